package path

import (
	"fmt"
)

// SyntaxError says why a text is no path.
type SyntaxError struct {
	Text    string // the whole text
	Offset  int    // where in it, in bytes
	Problem string
}

// Error gives the text, the place and the problem.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("path %q: at offset %d: %s", abridge(e.Text), e.Offset, e.Problem)
}

// NotFoundError says that a path names nothing in the value that it was
// applied to.
type NotFoundError struct {
	Path *Path
	// Reason is AWS's sentence: "No results for path: $['X']" where the last
	// step is missing, "Missing property in path $['no']" where an earlier
	// one is.
	Reason string
}

// Error words the problem as Step Functions does for InputPath and OutputPath.
func (e *NotFoundError) Error() string {
	if e.Reason == nullRoot {
		return e.Reason
	}
	return "Invalid path '" + e.Path.Inner() + "' : " + e.Reason
}

// nullRoot is AWS's sentence for a path below a document that is null.
const nullRoot = "Unable to apply Path transformation to null or empty input."

// EvalError says that a path can't be applied to a value at all: a slice to an
// object, a function to a value that it has no result for, or that the read
// exceeded [MaxVisits].
type EvalError struct {
	Path   *Path
	Reason string
	Err    error // of a value that has no JSON; else nil
}

// Error gives the path and the reason.
func (e *EvalError) Error() string { return "Invalid path '" + e.Path.Inner() + "' : " + e.Reason }

// Unwrap gives why a value has no JSON.
func (e *EvalError) Unwrap() error { return e.Err }

// MatchError says that a result can't be placed where a path wants it
// (States.ResultPathMatchFailure).
type MatchError struct {
	Path   *Path
	Step   string // the step that doesn't fit
	Input  string // the JSON of the value that it was applied to, cut short
	Reason string // more than "Unable to apply step", where there is more to say
}

// Error words the problem as Step Functions is reported to.
func (e *MatchError) Error() string {
	s := fmt.Sprintf("Unable to apply step %q to input %s", e.Step, e.Input)
	if e.Reason != "" {
		s += ": " + e.Reason
	}
	return s
}

func abridge(s string) string {
	const most = 200
	if len(s) <= most {
		return s
	}
	return s[:most] + "…"
}
