// Package compare tells where an answer differs from the expected one of a
// conformance case.
//
// The order of an object's keys does not matter, that of an array's elements
// does; numbers are equal if their values are. What a case lists as a
// placeholder matches what it stands for, and the numbered ones must stand for
// the same text throughout. Nothing else may differ.
package compare

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/flowstone-go/flow/internal/document"
)

// Difference is one place where the answer is not the expected one.
type Difference struct {
	Path string // where: expect.output.items[2], event 5 .type
	Want string // "" where nothing was expected
	Got  string // "" where nothing was there
	Note string // what is wrong, where Want and Got alone do not say it
}

// String gives the difference as a few lines for people.
func (d Difference) String() string {
	var b strings.Builder
	b.WriteString(d.Path)
	if d.Note != "" {
		b.WriteString(": " + d.Note)
	}
	if d.Want != "" {
		b.WriteString("\n    want " + d.Want)
	}
	if d.Got != "" {
		b.WriteString("\n    got  " + d.Got)
	}
	return b.String()
}

// Values tells where got differs from want, each place under path.
func (p *Placeholders) Values(path string, want, got any) []Difference {
	c := comparison{p: p, freeIDs: p.anyEvent}
	c.value(path, want, canonical(got))
	return c.finish()
}

// AnyEvent gives placeholders with which the causes of failures may name any
// event as the one that entered a state: in which order branches ran side by
// side decides its number.
func (p *Placeholders) AnyEvent() *Placeholders {
	free := *p
	free.anyEvent = true
	return &free
}

// Equal tells that Values finds no difference.
func (p *Placeholders) Equal(want, got any) bool {
	c := comparison{p: p, first: true}
	c.value("", want, canonical(got))
	return len(c.finish()) == 0
}

// Bind tells that want and got are equal in a way that agrees with what is
// known of numbered placeholders, and then adds to known what got shows.
func (p *Placeholders) Bind(want, got any, known map[string]string) bool {
	c := comparison{p: p, first: true}
	c.value("", want, canonical(got))
	if len(c.found) > 0 {
		return false
	}
	_, ok := consistent(c.equations, known)
	return ok
}

// comparison gathers what one comparison finds.
type comparison struct {
	p         *Placeholders
	first     bool // one difference is enough
	freeIDs   bool // "entered at the event id #5" may name any event
	equations []equation
	found     []Difference
}

// equation is a string with numbered placeholders and the text that it met.
type equation struct {
	path, pattern, text string
	pieces              []piece
}

func (c *comparison) done() bool { return c.first && len(c.found) > 0 }

func (c *comparison) differ(d Difference) { c.found = append(c.found, d) }

func (c *comparison) finish() []Difference {
	if len(c.found) == 0 {
		if d, ok := consistent(c.equations, map[string]string{}); !ok {
			c.found = append(c.found, d)
		}
	}
	return c.found
}

// canonical gives v in canonical form. What has no JSON stays as it is, and
// then differs from everything.
func canonical(v any) any {
	if c, err := document.Canonical(v); err == nil {
		return c
	}
	return v
}

func (c *comparison) value(path string, want, got any) {
	if c.done() || c.p.Whole(want) {
		return
	}
	switch want := want.(type) {
	case *document.Object:
		if text, ok := got.(string); ok && isCause(path) {
			got = parsed(text)
		}
		object, ok := got.(*document.Object)
		if !ok || object == nil {
			c.unequal(path, want, got)
			return
		}
		c.object(path, want, object)
	case []any:
		if text, ok := got.(string); ok && isCause(path) {
			got = parsed(text)
		}
		array, ok := got.([]any)
		if !ok {
			c.unequal(path, want, got)
			return
		}
		c.array(path, want, array)
	case string:
		text, ok := got.(string)
		if !ok {
			c.unequal(path, want, got)
			return
		}
		c.text(path, want, text)
	default:
		if !document.Equal(want, got) {
			c.unequal(path, want, got)
		}
	}
}

// isCause tells that a path ends in a member named cause, which the API
// carries as JSON text where a case shows an object.
func isCause(path string) bool { return path == "cause" || strings.HasSuffix(path, ".cause") }

// parsed gives the object or array that a text is in JSON, else the text.
func parsed(text string) any {
	trimmed := strings.TrimLeft(text, " \t\r\n")
	if !strings.HasPrefix(trimmed, "{") && !strings.HasPrefix(trimmed, "[") {
		return text
	}
	v, err := document.Decode([]byte(text))
	if err != nil {
		return text
	}
	return v
}

func (c *comparison) object(path string, want, got *document.Object) {
	for key, w := range want.All() {
		g, ok := got.Get(key)
		if !ok {
			c.differ(Difference{Path: member(path, key), Want: document.Text(w), Note: "missing"})
			continue
		}
		c.value(member(path, key), w, g)
	}
	for key, g := range got.All() {
		if _, ok := want.Get(key); !ok {
			c.differ(Difference{Path: member(path, key), Got: document.Text(g), Note: "not expected"})
		}
	}
}

func (c *comparison) array(path string, want, got []any) {
	if len(want) != len(got) {
		c.differ(Difference{
			Path: path, Want: document.Text(want), Got: document.Text(got),
			Note: fmt.Sprintf("%d elements, not %d", len(got), len(want)),
		})
		return
	}
	for i := range want {
		c.value(path+"["+strconv.Itoa(i)+"]", want[i], got[i])
	}
}

// text compares strings. JSON inside a string was written by the called
// service: its white space and the order of its keys carry no meaning.
func (c *comparison) text(path, want, got string) {
	if c.freeIDs {
		want, got = withoutIDs(want), withoutIDs(got)
	}
	pieces := c.p.pieces(want)
	if pieces == nil {
		if want == got {
			return
		}
	} else if c.matches(path, want, got, pieces) {
		return
	}
	w, g := parsed(want), parsed(got)
	_, wantIsText := w.(string)
	_, gotIsText := g.(string)
	if !wantIsText && !gotIsText {
		c.value(path, w, g)
		return
	}
	c.unequal(path, want, got)
}

func (c *comparison) matches(path, want, got string, pieces []piece) bool {
	ok := false
	readings(pieces, got, nil, func(map[string]string) bool {
		ok = true
		return false
	})
	if !ok {
		return false
	}
	for _, q := range pieces {
		if q.numbered() {
			c.equations = append(c.equations, equation{path, want, got, pieces})
			break
		}
	}
	return true
}

func (c *comparison) unequal(path string, want, got any) {
	c.differ(Difference{Path: path, Want: document.Text(want), Got: document.Text(got)})
}

// member gives the path of an object's member: a.b, or a["b c"] where the name
// is no word.
func member(path, key string) string {
	if path != "" && !strings.HasSuffix(path, " ") {
		path += "."
	}
	for _, r := range key {
		if r != '_' && r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return strings.TrimSuffix(path, ".") + "[" + strconv.Quote(key) + "]"
		}
	}
	if key == "" {
		return strings.TrimSuffix(path, ".") + `[""]`
	}
	return path + key
}
