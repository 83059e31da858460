package jsonata

import (
	"strings"

	"github.com/flowstone-go/flow/internal/document"
)

// Kind tells at which point an expression failed.
type Kind uint8

// The kinds of errors.
const (
	// Syntax is an expression that does not parse; only [Compile] gives it.
	Syntax Kind = iota
	// Unsupported is an expression that parses but refers to the input document,
	// which the Step Functions dialect does not have; only [Compile] gives it.
	Unsupported
	// Dynamic is an error of the evaluation.
	Dynamic
	// Bound is an evaluation that took too many steps, too much memory, or too
	// deep a recursion.
	Bound
	// Internal is what the service reports as an internal error: base64 text
	// that is none, in the Step Functions dialect.
	Internal
)

// Error is what Compile and Eval fail with. Code and Message are those of the
// JSONata reference implementation.
type Error struct {
	Kind     Kind
	Code     string // S0201, T2001, D3030, U1001, ...
	Position int    // offset in the expression in bytes, just after the token
	Token    string // the operator, function or piece of text at fault
	Message  string // without the code, its placeholders filled in
}

// Error gives the code and the message.
func (e *Error) Error() string {
	if e.Code == "" {
		return e.Message
	}
	return e.Code + ": " + e.Message
}

// details is Error by a name that leaves fault its method Error.
type details = Error

// Cause says what happened as the causes of States.QueryEvaluationError do,
// from the word "threw" on; the identifier that the service puts behind an
// internal error is left out.
func (e *Error) Cause() string {
	switch {
	case e.Kind == Internal:
		return "threw an internal error during evaluation."
	case e.Kind == Bound || e.Code == "":
		return "threw an error during evaluation: " + e.Message
	}
	return "threw an error during evaluation. " + e.Code + ": " + e.Message
}

// fault is an error on its way up: token and position are filled in by the
// innermost operator or call that knows them, then the text is made.
type fault struct {
	*details
	index    int // of the argument, from 1
	typ      string
	value    any
	value2   any
	extra    string
	hasToken bool
	hasPos   bool

	bareToken bool // the token is a number, true, false or null
}

// Error gives the text as far as it is known.
func (f *fault) Error() string { return f.finish().Error() }

func (f *fault) finish() *Error {
	if f.Message == "" {
		f.Message = fill(messages[f.Code], f)
	}
	return f.details
}

func dynamic(code string) *fault { return &fault{details: &Error{Kind: Dynamic, Code: code}} }

func dynamicValue(code string, v value) *fault {
	f := dynamic(code)
	f.value = plainForMessage(v)
	return f
}

// located fills in what an error from below does not know yet.
func located(err error, token string, pos int) error {
	f, ok := err.(*fault) //nolint:errorlint // faults travel unwrapped
	if !ok || f.Kind == Bound {
		return err
	}
	if !f.hasToken {
		f.Token, f.hasToken = token, true
	}
	if !f.hasPos {
		f.Position, f.hasPos = pos, true
	}
	return f
}

// relocated puts an error from below down to an operator, whatever it knows
// itself, as the reference implementation does for the right side of and and or.
func relocated(err error, token string, pos int) error {
	if f, ok := err.(*fault); ok && f.Kind != Bound { //nolint:errorlint // faults travel unwrapped
		f.Token, f.hasToken, f.Position, f.hasPos = token, true, pos, true
	}
	return err
}

// named fills in the token alone.
func named(err error, token string) error {
	if f, ok := err.(*fault); ok && f.Kind != Bound && !f.hasToken { //nolint:errorlint // faults travel unwrapped
		f.Token, f.hasToken = token, true
	}
	return err
}

func syntaxError(code string, pos int, token string) *fault {
	return &fault{details: &Error{Kind: Syntax, Code: code, Position: pos, Token: token}, hasToken: true, hasPos: true}
}

// fill replaces {{name}} by the JSON of what the error knows under that name,
// and {{{name}}} by the bare text.
func fill(template string, f *fault) string {
	var out strings.Builder
	for {
		before, rest, ok := strings.Cut(template, "{{")
		out.WriteString(before)
		if !ok {
			return out.String()
		}
		bare := strings.HasPrefix(rest, "{")
		end := "}}"
		if bare {
			rest, end = rest[1:], "}}}"
		}
		name, after, _ := strings.Cut(rest, end)
		switch v, known := f.field(name); v := v.(type) {
		case fragment:
			out.WriteString(string(v))
		case string:
			if !bare {
				v = document.Text(v)
			}
			out.WriteString(v)
		default:
			if known {
				out.WriteString(document.Text(v))
			}
		}
		template = after
	}
}

func (f *fault) field(name string) (any, bool) {
	switch name {
	case "token":
		if f.bareToken {
			return fragment(f.Token), true
		}
		return f.Token, f.hasToken
	case "index":
		return f.index, true
	case "type":
		return f.typ, true
	case "value":
		return f.value, true
	case "value2", "exp":
		return f.value2, true
	case "message", "functionName":
		return f.extra, true
	}
	return nil, false
}

// fragment is the beginning of a JSON text that is too long for a message.
type fragment string

// plainForMessage makes a value fit for a message: bounded in length.
func plainForMessage(v value) any {
	const most = 1000
	if s := v.str(); v.kind == text && len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	x := exporter{mode: exportMessage, room: most * itemBytes}
	out, err := x.value(v, 0)
	if err != nil {
		return fragment("…")
	}
	data, err := document.Encode(out)
	if err != nil {
		return nil
	}
	if len(data) > most {
		return fragment(strings.ToValidUTF8(string(data[:most]), "") + "…")
	}
	return out
}
