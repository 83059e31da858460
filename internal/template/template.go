// Package template renders prompts: text with {{variable}} in it, the syntax
// of Amazon Bedrock's prompts.
//
// Bedrock documents the braces and the form of a name, nothing else. The rest
// is decided here:
//
//   - Blanks inside the braces don't count: {{ name }} is {{name}}.
//   - In place of a name there may be a path into the document:
//     {{order.items[0].name}}, {{order['unit price']}}, with or without a
//     leading "$."; {{$}} is the whole document.
//   - What is neither, {{#if}} for example, is text and stays as it is;
//     [Template.Literals] lists such places, since they are often mistakes.
//   - \{{ is {{ as text. Before it, each \\ is one backslash.
//   - A variable without a value is an error, never an empty text; but a field
//     of a Go struct that is left out while it is empty (omitempty) is its zero
//     value.
//   - A string is inserted as it is; a number, boolean or null as its JSON; an
//     array or object as compact JSON.
//   - What is inserted is not searched for variables again.
package template

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/flowstone-go/flow/internal/document"
)

// Template is a text that was compiled once. It is immutable.
type Template struct {
	parts    []part
	literals []Literal
	text     int // bytes of text in it
}

// part is a piece of text and, unless it is the last, a variable behind it.
type part struct {
	text string
	path Path
	src  string // between the braces; empty for no variable
	at   int    // offset of the braces
}

// Literal is a place in the source that looks like a variable and is none.
type Literal struct {
	Text string // with its braces
	Line int    // in the source, from 1
	Open bool   // its braces are never closed
}

// String says what is wrong with it.
func (l Literal) String() string {
	if l.Open {
		return l.Text + " is never closed"
	}
	return l.Text + " is no variable"
}

// Cure says what to do about it.
func (l Literal) Cure() string {
	if l.Open {
		return `close it with }}, or write \{{ for braces that are text`
	}
	return `write {{name}} or {{order.items[0].name}}, or \{{ for braces that are text`
}

// Compile reads a template. Every text is one.
func Compile(source string) *Template {
	t := &Template{}
	var text strings.Builder // text so far, with escapes resolved
	rest, at := source, 0
	for {
		open := strings.Index(rest, "{{")
		if open < 0 {
			break
		}
		before := rest[:open]
		slashes := len(before) - len(strings.TrimRight(before, `\`))
		text.WriteString(before[:len(before)-slashes])
		text.WriteString(strings.Repeat(`\`, slashes/2))
		start := open // of the braces, in rest
		if slashes%2 == 1 {
			text.WriteString("{{")
			rest, at = rest[start+2:], at+start+2
			continue
		}
		for strings.HasPrefix(rest[start+1:], "{{") { // the innermost of {{{ opens
			text.WriteByte('{')
			start++
		}
		inner, _, closed := strings.Cut(rest[start+2:], "}}")
		if path, ok := ParsePath(strings.TrimSpace(inner)); closed && ok {
			t.parts = append(t.parts, part{text: text.String(), path: path, at: at + start, src: strings.TrimSpace(inner)})
			t.text += text.Len()
			text.Reset()
			rest, at = rest[start+4+len(inner):], at+start+4+len(inner)
			continue
		}
		t.literals = append(t.literals, literalOf(source, at+start, inner, closed))
		text.WriteString("{{")
		rest, at = rest[start+2:], at+start+2
	}
	text.WriteString(rest)
	t.parts = append(t.parts, part{text: text.String()})
	t.text += text.Len()
	return t
}

// literalOf is the place at an offset that is no variable. inner is what stands
// between its braces.
func literalOf(source string, offset int, inner string, closed bool) Literal {
	l := Literal{Text: "{{" + inner + "}}", Line: 1 + strings.Count(source[:offset], "\n")}
	if within, _, another := strings.Cut(inner, "{{"); another || !closed {
		l.Open = true
		text, _, _ := strings.Cut(within, "\n")
		l.Text = "{{" + strings.TrimRight(strings.ToValidUTF8(text[:min(len(text), 40)], ""), " {")
	}
	return l
}

// Paths are the variables and paths of the template in order, each once; that
// of {{$}} has no steps.
func (t *Template) Paths() []Path {
	var paths []Path
	for _, p := range t.parts {
		if p.src != "" && !slices.ContainsFunc(paths, func(q Path) bool { return slices.Equal(p.path, q) }) {
			paths = append(paths, p.path)
		}
	}
	return paths
}

// Variables are the names that the template uses in order, each once; of a path
// it is the first step, if that is a name.
func (t *Template) Variables() []string {
	var names []string
	for _, p := range t.parts {
		if p.named() && !slices.Contains(names, p.path[0].Key) {
			names = append(names, p.path[0].Key)
		}
	}
	return names
}

// named tells that the part has a variable that begins with a name.
func (p *part) named() bool { return len(p.path) > 0 && !p.path[0].IsIndex }

// Literals are the places that look like variables and are text.
func (t *Template) Literals() []Literal { return t.literals }

// MissingError says that a variable has no value.
type MissingError struct {
	Name   string   // the variable or path as it is written
	Offset int      // where in the source, in bytes from 0
	Found  string   // the part of the path that is there, "" if none is
	Have   []string // the names that there are in its place, at most 20
}

// Error says which variable is missing and what there is instead.
func (e *MissingError) Error() string {
	where := "the input"
	if e.Found != "" {
		where = e.Found
	}
	if len(e.Have) == 0 {
		return fmt.Sprintf("template variable {{%s}} has no value: %s has no such member", e.Name, where)
	}
	return fmt.Sprintf("template variable {{%s}} has no value: %s has only %s", e.Name, where, strings.Join(e.Have, ", "))
}

// Vars gives the values of names that are not looked for in the document.
type Vars func(name string) (value any, ok bool, err error)

var buffers = sync.Pool{New: func() any { return new([]byte) }}

// largest is the size from which a buffer is not kept for the next rendering.
const largest = 64 << 10

// Render renders the template over a document. vars, which may be nil, is asked
// for the first step of each path before the document is.
func (t *Template) Render(doc any, vars Vars) (string, error) {
	if len(t.parts) == 1 {
		return t.parts[0].text, nil
	}
	buf, _ := buffers.Get().(*[]byte)
	out, err := t.Append((*buf)[:0], doc, vars)
	text := ""
	if err == nil {
		text = string(out)
	}
	if cap(out) <= largest {
		*buf = out
		buffers.Put(buf)
	}
	return text, err
}

// Append is [Template.Render] onto dst. What was appended before an error is
// part of the result.
func (t *Template) Append(dst []byte, doc any, vars Vars) ([]byte, error) {
	dst = slices.Grow(dst, t.text)
	for i := range t.parts {
		p := &t.parts[i]
		dst = append(dst, p.text...)
		if p.src == "" {
			continue
		}
		v, err := p.value(doc, vars)
		if err != nil {
			return dst, err
		}
		if s, ok := document.Str(v); ok {
			dst = append(dst, s...)
			continue
		}
		if dst, err = document.Append(dst, v); err != nil {
			return dst, fmt.Errorf("template variable {{%s}}: %w", p.src, err)
		}
	}
	return dst, nil
}

func (p *part) value(doc any, vars Vars) (any, error) {
	if vars != nil && p.named() {
		v, ok, err := vars(p.path[0].Key)
		if err != nil {
			return nil, err
		}
		if ok {
			v, n := p.path[1:].Walk(v)
			if n == len(p.path)-1 {
				return v, nil
			}
			return nil, p.missing(v, n+1)
		}
	}
	v, n := p.path.Walk(doc)
	if n == len(p.path) {
		return v, nil
	}
	return nil, p.missing(v, n)
}

// missing describes that of the path only n steps are there, leading to v.
func (p *part) missing(v any, n int) error {
	e := &MissingError{Name: p.src, Offset: p.at}
	if n > 0 {
		e.Found = p.path[:n].String()
	}
	for key := range document.Entries(v) {
		if e.Have = append(e.Have, key); len(e.Have) == 20 {
			break
		}
	}
	return e
}
