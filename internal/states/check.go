package states

import (
	"fmt"
	"maps"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
)

// Workflow is the type of state machine that a definition is checked for.
type Workflow string

// The workflow types. Empty means Standard.
const (
	Standard Workflow = "STANDARD"
	Express  Workflow = "EXPRESS"
)

// Check gives every diagnostic of a definition at once: errors, which keep AWS
// from creating the state machine, and warnings. They come in the order of the
// text, first those of single fields, then those of transitions and names.
// Where AWS's wording is recorded it is kept to the letter; elsewhere the
// words are ours and the code is AWS's. A machine built by hand is written
// first, and checked as what it then reads.
func Check(m *Machine, workflow Workflow) Diagnostics {
	if m.source == nil {
		text, err := Write(m)
		if err != nil {
			return Diagnostics{{Severity: Error, Code: SchemaFailed, Message: err.Error()}}
		}
		read, ds := ParseJSON(text)
		if read == nil {
			return ds
		}
		m = read
	}
	c := &checker{source: m.source, language: m.Language, labels: map[string]bool{}}
	c.machine(m.source.root, workflow == Express)
	return c.found
}

// checker walks the nodes of a definition.
type checker struct {
	source   *source
	language Language // of the machine
	found    Diagnostics
	labels   map[string]bool
}

// place is what a check has to know about where a field stands.
type place struct {
	language Language
	state    Type
	express  bool
	foreign  bool // the task calls what AWS does not know
	free     bool // fields of both languages are let pass
	catcher  bool // $states.errorOutput is there
}

func (c *checker) report(severity Severity, n *node, offset int, code Code, format string, args ...any) {
	d := Diagnostic{Severity: severity, Code: code, Message: fmt.Sprintf(format, args...)}
	if n != nil {
		d.Location = n.location()
		d.Line, d.Column = c.source.places().lineColumn(offset)
	}
	c.found = append(c.found, d)
}

// fail reports that a field breaks the schema.
func (c *checker) fail(n *node, format string, args ...any) {
	c.report(Error, n, n.offset, SchemaFailed, format, args...)
}

func (c *checker) failCode(n *node, code Code, format string, args ...any) {
	c.report(Error, n, n.offset, code, format, args...)
}

func (c *checker) warn(n *node, code Code, format string, args ...any) {
	c.report(Warning, n, n.offset, code, format, args...)
}

// languages says in which query languages a field exists.
type languages uint8

const (
	both languages = iota
	pathOnly
	jsonataOnly
)

func (l languages) excludes(language Language) bool {
	return l == pathOnly && language == JSONata || l == jsonataOnly && language == JSONPath
}

// field says what a field of an object has to be.
type field struct {
	in    languages
	check func(*checker, *node, place)
}

// fields are the fields that an object may have.
type fields map[string]field

// with gives these fields and more.
func (f fields) with(more fields) fields {
	all := make(fields, len(f)+len(more))
	maps.Copy(all, f)
	maps.Copy(all, more)
	return all
}

// object checks that n is an object of these fields, and has the required
// ones. It tells whether it is an object.
func (c *checker) object(n *node, known fields, p place, required ...string) bool {
	if !c.is(n, document.ObjectKind) {
		return false
	}
	c.required(n, required...)
	for _, item := range n.items {
		f, ok := known[item.key]
		switch {
		case !ok:
			c.report(Error, n, item.index, SchemaFailed, "Field '%s' is not supported", item.key)
			continue
		case f.in.excludes(p.language) && !p.free:
			c.report(Error, n, item.index, SchemaFailed, "The QueryLanguage is set to '%s', but field '%s' is only supported for the '%s' QueryLanguage",
				p.language, item.key, 1-p.language)
			continue
		}
		own := p
		switch {
		case f.in == pathOnly:
			own.language = JSONPath
		case f.in == jsonataOnly:
			own.language = JSONata
		}
		f.check(c, item, own)
	}
	return true
}

func (c *checker) required(n *node, keys ...string) {
	var missing []string
	for _, key := range keys {
		if n.get(key) == nil {
			missing = append(missing, key)
		}
	}
	if missing != nil {
		c.fail(n, "These fields are required: [%s]", strings.Join(missing, ", "))
	}
}

// atMostOne refuses more than one of the fields.
func (c *checker) atMostOne(n *node, keys ...string) {
	if there := present(n, keys); len(there) > 1 {
		c.fail(n, "Only one of these fields can be set: [%s]", strings.Join(there, ", "))
	}
}

// exactlyOne refuses none and more than one of the fields.
func (c *checker) exactlyOne(n *node, keys ...string) {
	if len(present(n, keys)) == 0 {
		c.fail(n, "Exactly one of these fields is required: [%s]", strings.Join(keys, ", "))
	}
	c.atMostOne(n, keys...)
}

func present(n *node, keys []string) []string {
	var there []string
	for _, key := range keys {
		if n.get(key) != nil {
			there = append(there, key)
		}
	}
	return there
}

// is refuses a node of another kind.
func (c *checker) is(n *node, kind document.Kind) bool {
	if n.kind != kind {
		c.fail(n, "Expected value of type [%s]", kindNames[kind])
		return false
	}
	return true
}

var kindNames = map[document.Kind]string{
	document.Null:       "NULL",
	document.Bool:       "BOOLEAN",
	document.Number:     "NUMBER",
	document.String:     "STRING",
	document.Array:      "ARRAY",
	document.ObjectKind: "OBJECT",
}
