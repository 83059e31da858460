// Package response knows what the answers of some operations of AWS services
// look like, so that a mocked answer can be compared with them.
//
// The shapes are facts of the services' published API models, in the spelling
// that Step Functions gives their members: the first letter is a capital.
package response

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/flowstone-go/flow/internal/document"
)

// Mode says how closely a mock is compared. The names are those of TestState.
type Mode string

// The modes.
const (
	// Strict compares all that is there, and required members have to be.
	Strict Mode = "STRICT"
	// Present compares what is there.
	Present Mode = "PRESENT"
	// None compares nothing.
	None Mode = "NONE"
)

// shape is what a value has to be like. The zero kind is anything.
type shape struct {
	kind     document.Kind
	element  *shape // of an array, or of an object that is a map
	fields   []field
	min, max float64 // of a number, where max > 0
	atLeast  bool    // min counts though max is 0
	length   int     // the fewest characters of a string
	values   []string
}

type field struct {
	name     string
	required bool
	shape    *shape
}

var (
	anything = &shape{}
	text     = &shape{kind: document.String}
	number   = &shape{kind: document.Number}
	flag     = &shape{kind: document.Bool}
	// A time is text, and so are bytes, in Base64.
	timestamp, blob = text, text
)

func list(of *shape) *shape { return &shape{kind: document.Array, element: of} }

func dict(of *shape) *shape { return &shape{kind: document.ObjectKind, element: of} }

func between(low, high float64) *shape {
	return &shape{kind: document.Number, min: low, max: high, atLeast: true}
}

func atLeast(low float64) *shape { return &shape{kind: document.Number, min: low, atLeast: true} }

// long is a string of so many characters at least.
func long(least int) *shape { return &shape{kind: document.String, length: least} }

// oneOf is a string out of those named.
func oneOf(values string) *shape {
	return &shape{kind: document.String, values: strings.Fields(values)}
}

// object makes the shape of an object: each line has one shape after the names
// of the members that have it, with ! after those that are required.
func object(lines ...any) *shape {
	s := &shape{kind: document.ObjectKind}
	for i := 0; i+1 < len(lines); i += 2 {
		names, _ := lines[i].(string)
		of, _ := lines[i+1].(*shape)
		for name := range strings.FieldsSeq(names) {
			name, required := strings.CutSuffix(name, "!")
			s.fields = append(s.fields, field{name, required, of})
		}
	}
	return s
}

// Problem says what is wrong with the mocked answer of an operation, in the
// words of TestState; it is empty if nothing is, or if the operation is not
// known here. The operation is named as in a resource: "events:putEvents",
// "aws-sdk:s3:getObject", "states:startExecution.sync".
func Problem(operation string, answer any, mode Mode) string {
	if mode == None {
		return ""
	}
	s := models()[strings.TrimPrefix(operation, "aws-sdk:")]
	if own, ok := models()[operation]; ok {
		s = own
	}
	if s == nil || document.KindOf(answer) != document.ObjectKind {
		return ""
	}
	return s.problem("", answer, mode)
}

// problem says what is wrong with the value of a member.
func (s *shape) problem(name string, v any, mode Mode) string {
	if s.kind == document.Invalid {
		return ""
	}
	if document.KindOf(v) != s.kind {
		return "Field '" + name + "' must be " + article[s.kind]
	}
	switch s.kind {
	case document.String:
		text, _ := document.Str(v)
		switch {
		case s.values != nil && !slices.Contains(s.values, text):
			return "Field '" + name + "' is not an expected value"
		case utf8.RuneCountInString(text) < s.length:
			return "Field '" + name + "' is smaller than the minimum length"
		}
	case document.Number:
		n, _ := document.Float(v)
		switch {
		case s.atLeast && n < s.min:
			return "Field '" + name + "' is less than the minimum value"
		case s.max > 0 && n > s.max:
			return "Field '" + name + "' exceeds the maximum value"
		}
	case document.Array:
		for e := range document.Elements(v) {
			if problem := s.element.problem(name, e, mode); problem != "" {
				return problem
			}
		}
	case document.ObjectKind:
		return s.members(v, mode)
	}
	return ""
}

var article = map[document.Kind]string{
	document.String: "a string", document.Number: "a number", document.Bool: "a boolean",
	document.Array: "an array", document.ObjectKind: "an object",
}

func (s *shape) members(v any, mode Mode) string {
	if s.element != nil {
		for key, e := range document.Entries(v) {
			if problem := s.element.problem(key, e, mode); problem != "" {
				return problem
			}
		}
		return ""
	}
	for _, f := range s.fields {
		e, there := document.Member(v, f.name)
		if !there {
			if f.required && mode != Present {
				return "Required field '" + f.name + "' is missing"
			}
			continue
		}
		if problem := f.shape.problem(f.name, e, mode); problem != "" {
			return problem
		}
	}
	return ""
}
