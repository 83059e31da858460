package states

import (
	"fmt"
	"strings"
)

// Severity tells whether a diagnostic keeps a definition from being used.
type Severity string

// The severities of ValidateStateMachineDefinition, and that of [Lint].
const (
	Error   Severity = "ERROR"
	Warning Severity = "WARNING"
	Hint    Severity = "LINT"
)

// Code names the kind of a diagnostic.
type Code string

// The codes of AWS.
const (
	InvalidJSON           Code = "INVALID_JSON_DESCRIPTION"
	SchemaFailed          Code = "SCHEMA_VALIDATION_FAILED"
	InvalidStateName      Code = "INVALID_STATE_NAME"
	DuplicateStateName    Code = "DUPLICATE_STATE_NAME"
	DuplicateLabelName    Code = "DUPLICATE_LABEL_NAME"
	InvalidLabelName      Code = "INVALID_LABEL_NAME"
	DuplicateVariableName Code = "DUPLICATE_VARIABLE_NAME"
	MissingTarget         Code = "MISSING_TRANSITION_TARGET"
	MissingEndState       Code = "MISSING_END_STATE"
	TooDeeplyNested       Code = "TOO_DEEPLY_NESTED"
	InvalidJSONata        Code = "INVALID_JSONATA_EXPRESSION"
	UnsupportedJSONata    Code = "UNSUPPORTED_JSONATA_EXPRESSION"
	NoDollar              Code = "NO_DOLLAR"
	NoPath                Code = "NO_PATH"
	PassResultIsStatic    Code = "PASS_RESULT_IS_STATIC"
)

// Diagnostic is one thing that was found.
type Diagnostic struct {
	Severity Severity
	Code     Code
	Message  string
	Location string // as AWS writes it; empty: none
	Line     int    // from 1; 0: the definition has no text
	Column   int    // in characters, from 1
}

// PlaceAndText gives where it is, and its code and message, for people. Of a text
// that can't be read AWS has the text itself as the place, and once more in the
// message: line and column say where.
func (d Diagnostic) PlaceAndText() (place, text string) {
	message := strings.TrimSuffix(d.Message, "\n at "+d.Location)
	place = PlaceOf(d.Location, d.Line, d.Column)
	if d.Code == InvalidJSON && d.Line > 0 {
		place = PlaceOf("", d.Line, d.Column)
	}
	return place, string(d.Code) + ": " + message
}

// PlaceOf writes where in a text something stands.
func PlaceOf(pointer string, line, column int) string {
	switch {
	case line == 0:
		return pointer
	case pointer == "":
		return fmt.Sprintf("%d:%d", line, column)
	}
	return fmt.Sprintf("%s (%d:%d)", pointer, line, column)
}

// String gives the diagnostic in one line, for people.
func (d Diagnostic) String() string {
	var b strings.Builder
	if d.Line > 0 {
		fmt.Fprintf(&b, "%d:%d: ", d.Line, d.Column)
	}
	fmt.Fprintf(&b, "%s: %s", d.Code, d.Message)
	if d.Location != "" && !strings.HasSuffix(d.Message, d.Location) {
		b.WriteString(" at " + d.Location)
	}
	return b.String()
}

// Diagnostics is a list of findings.
type Diagnostics []Diagnostic

// Errors gives those that keep the definition from being used.
func (ds Diagnostics) Errors() Diagnostics {
	var errors Diagnostics
	for _, d := range ds {
		if d.Severity == Error {
			errors = append(errors, d)
		}
	}
	return errors
}

// OK tells whether none is an error.
func (ds Diagnostics) OK() bool { return len(ds.Errors()) == 0 }

// Exception gives the message of the InvalidDefinition exception with which
// CreateStateMachine refuses a definition that has these errors, or "" if
// there are none. A diagnostic without a location is said to be "at null"
// unless its message says where.
func (ds Diagnostics) Exception() string {
	errors := ds.Errors()
	if len(errors) == 0 {
		return ""
	}
	parts := make([]string, len(errors))
	for i, d := range errors {
		location := d.Location
		if location == "" {
			location = "null"
		}
		parts[i] = fmt.Sprintf("%s: %s at %s", d.Code, d.Message, location)
	}
	return "Invalid State Machine Definition: '" + strings.Join(parts, ", ") + "'"
}
