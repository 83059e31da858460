// Package path reads and writes documents by JSONPath, in the dialect that AWS
// Step Functions accepts: that of the Jayway implementation, rooted in the
// document ($), the context object ($$) or a workflow variable ($name).
//
// A path is compiled once and may be used by any number of goroutines. It
// reads document values in place, Go guests included. A path that names one
// node ($.a[0].b, [Path.Definite]) gives that node, or a [NotFoundError]; any
// other ($.a[*], $..b, a filter, a slice, a list of indexes) gives an array of
// what it found, an empty one where it found nothing.
//
// # Limits
//
// A path of more than [MaxLength] bytes, or with filters, parentheses and
// functions more than [MaxNesting] deep, is not compiled. A read that visits
// more than [MaxVisits] nodes ends with an error, so that $..*..* over a large
// document can't run without end.
package path

import (
	"fmt"

	"github.com/flowstone-go/flow/internal/document"
)

// Limits on paths and on the work of one read.
const (
	MaxLength  = 64 << 10 // bytes of a path's text
	MaxNesting = 50       // filters, parentheses and function arguments inside one another
	MaxVisits  = 5 << 20  // nodes visited by one read
)

// Root is what a path starts from.
type Root uint8

// The roots.
const (
	Document Root = iota // $: the document that a state works on
	Context              // $$: the context object
	Variable             // $name: a workflow variable
)

// Env is where paths find their roots.
type Env interface {
	// Input is the document that $ stands for.
	Input() any
	// Context is the context object that $$ stands for.
	Context() any
	// Variable gives the value of a workflow variable; ok is false where it
	// was never assigned.
	Variable(name string) (v any, ok bool)
}

// Path is a compiled path. It is immutable and safe for concurrent use.
type Path struct {
	text     string // as written, without trailing white space
	root     Root
	variable string
	steps    []step
	definite bool // names one node
	plain    bool // names and indexes only: read by a loop
}

// Step is one step of a path that has only names and indexes.
type Step struct {
	Name    string // the name of a member, where IsIndex is false
	Index   int    // the place of an element, negative from the end
	IsIndex bool
}

type stepKind uint8

const (
	stepName     stepKind = iota // .name ['name']
	stepIndex                    // [0] [-1]
	stepNames                    // ['a', 'b']
	stepIndexes                  // [0, 1]
	stepSlice                    // [1:3]
	stepWildcard                 // .* [*]
	stepScan                     // ..
	stepFilter                   // [?(…)]
	stepFunction                 // .length()
)

type step struct {
	kind     stepKind
	name     string // of a member or a function
	written  string // the name before its escapes were resolved, if that differs
	names    []string
	index    int
	indexes  []int
	from, to *int
	filter   predicate
	call     *call
}

// Compile reads a path. White space after it is ignored. The error, if any, is
// a [SyntaxError].
func Compile(text string) (*Path, error) {
	p := parser{text: trimEnd(text)}
	return p.whole()
}

// CompileReference reads a reference path: names and indexes only, none of the
// operators @ , : ? * and .. outside quotes, and no functions. A backslash
// takes the special meaning from the character after it.
func CompileReference(text string) (*Path, error) {
	p := parser{text: trimEnd(text), reference: true}
	return p.whole()
}

// CompileTarget reads a reference path that can be written to by [Path.Set]:
// rooted in the document, without negative indexes. ASL's ResultPath is one.
func CompileTarget(text string) (*Path, error) {
	p, err := CompileReference(text)
	if err != nil {
		return nil, err
	}
	if p.root != Document {
		return nil, &SyntaxError{Text: text, Offset: 1, Problem: "a result can only be placed in the document, below $"}
	}
	for _, s := range p.steps {
		if s.kind == stepIndex && s.index < 0 {
			return nil, &SyntaxError{Text: text, Offset: len(text), Problem: "a result can't be placed at a negative index"}
		}
	}
	return p, nil
}

// CompilePrefix reads the path at the start of text, as it stands among the
// arguments of an intrinsic function: a name without quotes ends at a comma, a
// parenthesis or white space. It returns the number of bytes read.
func CompilePrefix(text string) (*Path, int, error) {
	p := parser{text: text, prefix: true}
	path, err := p.path()
	if err != nil {
		return nil, 0, err
	}
	return path, p.at, nil
}

// String gives the path as it was written.
func (p *Path) String() string { return p.text }

// Inner gives the path as AWS quotes it in messages about the value that it is
// applied to: with $ in the place of $$.
func (p *Path) Inner() string {
	if p.root == Context {
		return p.text[1:]
	}
	return p.text
}

// Root tells what the path starts from.
func (p *Path) Root() Root { return p.root }

// Variable is the name of the variable that the path starts from; it is empty
// for other roots.
func (p *Path) Variable() string { return p.variable }

// Definite tells that the path names one node, so that reading it gives that
// node and not an array of what was found.
func (p *Path) Definite() bool { return p.definite }

// Steps gives the steps of a path that has only names and indexes; ok is false
// for any other.
func (p *Path) Steps() (steps []Step, ok bool) {
	if !p.plain {
		return nil, false
	}
	steps = make([]Step, len(p.steps))
	for i, s := range p.steps {
		steps[i] = Step{Name: s.name, Index: s.index, IsIndex: s.kind == stepIndex}
	}
	return steps, true
}

// Get reads the path from its root in env.
func (p *Path) Get(env Env) (any, error) {
	switch p.root {
	case Context:
		return p.GetFrom(env.Context())
	case Variable:
		v, ok := env.Variable(p.variable)
		if !ok {
			return nil, &NotFoundError{Path: p, Reason: "No results for path: $['" + p.variable + "']"}
		}
		return p.GetFrom(v)
	default:
		return p.GetFrom(env.Input())
	}
}

// GetFrom reads the path from root, whichever root the path names. The value
// is shared with root. The error is a [NotFoundError] or an [EvalError].
func (p *Path) GetFrom(root any) (any, error) {
	if !p.plain {
		return p.read(root)
	}
	v := root
	for i := range p.steps {
		next, ok := p.steps[i].into(v)
		if !ok {
			if err := p.unreadable(v); err != nil {
				return nil, err
			}
			return p.read(root) // finds nothing too, and words what is missing
		}
		v = next
	}
	return v, nil
}

// unreadable is the error of a value with no members, since it has no JSON: what
// it would have is not missing.
func (p *Path) unreadable(v any) error {
	if document.KindOf(v) != document.Invalid {
		return nil
	}
	_, err := document.Encode(v)
	return &EvalError{Path: p, Reason: fmt.Sprintf("a %T can't be written as JSON: %v", v, err), Err: err}
}

// into takes one step of a path of names and indexes.
func (s *step) into(v any) (any, bool) {
	if s.kind == stepName {
		switch v := v.(type) {
		case *document.Object:
			return v.Get(s.name)
		case map[string]any:
			m, ok := v[s.name]
			return m, ok
		}
		return document.Member(v, s.name)
	}
	at := s.index
	if at < 0 {
		at += document.Len(v)
	}
	if list, ok := v.([]any); ok && at >= 0 && at < len(list) {
		return list[at], true
	}
	return document.Index(v, at)
}

func trimEnd(s string) string {
	for s != "" {
		switch s[len(s)-1] {
		case ' ', '\t', '\n', '\r':
			s = s[:len(s)-1]
		default:
			return s
		}
	}
	return s
}
