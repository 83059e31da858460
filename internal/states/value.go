package states

import (
	"strings"

	"github.com/flowstone-go/flow/internal/document"
)

// Value is the value of a field as it stands in the definition: a document of
// [document.Decode]'s form.
type Value struct {
	V   any
	Pos Pos
}

// Of makes a Value of a document that stands in no text.
func Of(v any) *Value { return &Value{V: v} }

// IsNull tells whether the field is there and null.
func (v *Value) IsNull() bool { return v != nil && v.V == nil }

// Text gives the string that the field holds.
func (v *Value) Text() (string, bool) {
	if v == nil {
		return "", false
	}
	text, ok := v.V.(string)
	return text, ok
}

// Int gives the whole number that the field holds.
func (v *Value) Int() (int64, bool) {
	if v == nil {
		return 0, false
	}
	return document.Integer(v.V)
}

// Float gives the number that the field holds.
func (v *Value) Float() (float64, bool) {
	if v == nil {
		return 0, false
	}
	return document.Float(v.V)
}

// Expression gives the JSONata expression that the field is, trimmed of its
// delimiters and of the space inside them. ok is false if the field is no
// string or no expression.
func (v *Value) Expression() (expression string, ok bool) {
	text, ok := v.Text()
	if !ok {
		return "", false
	}
	return Expression(text)
}

// Expression gives what stands between the delimiters {% and %}, trimmed. ok
// is false if the text does not start with the one and end with the other.
func Expression(text string) (expression string, ok bool) {
	if len(text) < 4 || !strings.HasPrefix(text, "{%") || !strings.HasSuffix(text, "%}") {
		return "", false
	}
	return strings.TrimSpace(text[2 : len(text)-2]), true
}
