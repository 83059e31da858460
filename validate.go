package flow

import (
	"fmt"

	"github.com/flowstone-go/flow/internal/states"
)

// Diagnostic is one thing that [Validate] has found.
type Diagnostic struct {
	// Severity is "ERROR" for what keeps AWS from creating the state machine,
	// "WARNING" for what AWS warns of, and "LINT" for what it lets pass although
	// hardly anybody means it: a loop without an exit, a retrier that nothing
	// ever gets to.
	Severity string
	// Code is AWS's, such as "MISSING_TRANSITION_TARGET"; those of lints are ours.
	Code string
	// Message is worded as AWS does where its wording is known.
	Message string
	// Location is where it is, as AWS writes it: "/States/Draft/Next". Empty
	// where it is nowhere in particular.
	Location string
	// Line and Column count from 1; 0 where there is no place in the text.
	Line, Column int
}

// String gives the diagnostic in one line, for people.
func (d Diagnostic) String() string {
	at, text := states.Diagnostic{
		Code: states.Code(d.Code), Message: d.Message, Location: d.Location, Line: d.Line, Column: d.Column,
	}.PlaceAndText()
	if at != "" {
		at += ": "
	}
	return fmt.Sprintf("%s%s: %s", at, d.Severity, text)
}

// Validate tells all that can be told of a definition in the Amazon States
// Language, in JSON or YAML, at once: first what ValidateStateMachineDefinition
// of AWS gives, errors and warnings, in the order of the text; then, for a
// definition without errors, the lints. [ParseExpress] has it judged as an
// Express workflow. It is nil for a definition with which nothing is wrong;
// [Parse] takes every one without an error.
func Validate(text []byte, opts ...ParseOption) []Diagnostic {
	p := parsing{}
	for _, o := range opts {
		if o != nil {
			o(&p)
		}
	}
	m, found := states.Parse(text)
	if m != nil {
		found = states.Check(m, p.workflow)
		if found.OK() {
			found = append(found, states.Lint(m)...)
		}
	}
	var out []Diagnostic
	for _, d := range found {
		out = append(out, Diagnostic{string(d.Severity), string(d.Code), d.Message, d.Location, d.Line, d.Column})
	}
	return out
}
