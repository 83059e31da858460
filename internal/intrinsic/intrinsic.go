// Package intrinsic evaluates the intrinsic functions of the Amazon States
// Language: States.Format and its family.
//
// A call is compiled once and may be used by any number of goroutines.
// Arguments are texts in single quotes, numbers, true, false, null, paths (of
// the document, the context object or a variable) and other calls. Chance and
// identifiers come from the [Env], so that a driver can record them.
//
// # Limits
//
// As on AWS, calls nest at most [MaxNesting] deep, States.ArrayRange gives at
// most 1,000 elements, and States.Base64Encode, States.Base64Decode and
// States.Hash take at most 10,000 characters. A text of more than [MaxText]
// bytes is not given as a result.
package intrinsic

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/path"
)

// Limits on calls and their results.
const (
	MaxNesting = 10       // calls inside one another
	MaxText    = 16 << 20 // bytes of a text that a call gives
)

// Env is where calls find their paths' roots, chance and identifiers.
type Env interface {
	path.Env
	// UUID gives a new identifier, a version 4 UUID in lower case.
	UUID() string
	// Random gives a number from 0 up to 1, exclusive.
	Random() float64
}

// Call is a compiled call. It is immutable and safe for concurrent use.
type Call struct {
	text string
	call *call
}

// IsCall tells that a text is meant as a call: it starts with "States.".
func IsCall(text string) bool { return strings.HasPrefix(text, "States.") }

// Compile reads a call. White space after it is ignored, before it is not
// allowed. The error is a [SyntaxError]: of the grammar, an unknown function or
// the wrong number of arguments.
func Compile(text string) (*Call, error) {
	p := parser{text: strings.TrimRight(text, " \t\r\n")}
	c, err := p.whole()
	if err != nil {
		return nil, err
	}
	return &Call{p.text, c}, nil
}

// String gives the call as it was written.
func (c *Call) String() string { return c.text }

// Paths gives the paths among the arguments, those of inner calls included, in
// their order.
func (c *Call) Paths() []*path.Path { return c.call.paths(nil) }

// Variables gives the names of the workflow variables that the call reads,
// sorted, each once.
func (c *Call) Variables() []string {
	var names []string
	for _, p := range c.Paths() {
		if p.Root() == path.Variable {
			names = append(names, p.Variable())
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Function is the name of the outermost function, without "States.".
func (c *Call) Function() string { return c.call.function.name }

// Eval calls the function. The error is an [EvalError]; where an argument's
// path leads nowhere it wraps the [path.NotFoundError].
func (c *Call) Eval(env Env) (any, error) {
	v, err := c.call.eval(env)
	if err == nil {
		return v, nil
	}
	e := &EvalError{Call: c, Err: err}
	if missing, ok := errors.AsType[*path.NotFoundError](err); ok {
		e.Input = env.Input()
		e.missing = missing
	}
	return nil, e
}

// SyntaxError says why a text is no call of an intrinsic function.
type SyntaxError struct {
	Text    string // the whole text
	Offset  int    // where in it, in bytes
	Problem string
}

// Error gives the text, the place and the problem.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("intrinsic function %q: at offset %d: %s", abridge(e.Text), e.Offset, e.Problem)
}

// EvalError says that a function could not be applied to its arguments
// (States.IntrinsicFailure in the language's specification; Step Functions
// reports States.Runtime).
type EvalError struct {
	Call    *Call
	Err     error // what is wrong
	Input   any   // the document, where a path led nowhere
	missing *path.NotFoundError
}

// Error words the problem as Step Functions is reported to.
func (e *EvalError) Error() string {
	text := "The function '" + e.Call.text + "' had the following error: "
	if e.missing != nil {
		return text + "The JsonPath argument for the field '" + e.missing.Path.String() +
			"' could not be found in the input '" + document.Text(e.Input) + "'"
	}
	return text + e.Err.Error()
}

// Unwrap gives what is wrong.
func (e *EvalError) Unwrap() error { return e.Err }

// argument is what stands between the parentheses.
type argument interface {
	eval(env Env) (any, error)
	paths(to []*path.Path) []*path.Path
}

type (
	// text is a literal in quotes; Format reads it as it is written.
	text struct{ value, written string }
	// constant is any other literal.
	constant struct{ value any }
	// reference is a path.
	reference struct{ *path.Path }
	// call is a function with its arguments.
	call struct {
		function *function
		args     []argument
	}
)

func (t text) eval(Env) (any, error)            { return t.value, nil }
func (c constant) eval(Env) (any, error)        { return c.value, nil }
func (r reference) eval(env Env) (any, error)   { return r.Get(env) }
func (text) paths(to []*path.Path) []*path.Path { return to }

func (constant) paths(to []*path.Path) []*path.Path    { return to }
func (r reference) paths(to []*path.Path) []*path.Path { return append(to, r.Path) }

func (c *call) paths(to []*path.Path) []*path.Path {
	for _, a := range c.args {
		to = a.paths(to)
	}
	return to
}

func (c *call) eval(env Env) (any, error) {
	args := make([]any, len(c.args))
	for i, a := range c.args {
		v, err := a.eval(env)
		if err != nil {
			return nil, err
		}
		args[i] = v
	}
	if t, ok := c.template(); ok {
		args[0] = t
	}
	v, err := c.function.apply(env, args)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", "States."+c.function.name, err)
	}
	if s, ok := v.(string); ok && len(s) > MaxText {
		return nil, fmt.Errorf("%s: the text is longer than %d bytes", "States."+c.function.name, MaxText)
	}
	return v, nil
}

// template gives the first argument of Format as it is written, since its
// escapes tell braces from places.
func (c *call) template() (written, bool) {
	if c.function.name != "Format" {
		return "", false
	}
	t, ok := c.args[0].(text)
	return written(t.written), ok
}

// function is one of the family.
type function struct {
	name        string
	least, most int // arguments; most -1: any number
	apply       func(env Env, args []any) (any, error)
}

var functions = map[string]*function{}

func init() {
	for _, f := range []function{
		{"Array", 0, -1, array},
		{"ArrayContains", 2, 2, arrayContains},
		{"ArrayGetItem", 2, 2, arrayGetItem},
		{"ArrayLength", 1, 1, arrayLength},
		{"ArrayPartition", 2, 2, arrayPartition},
		{"ArrayRange", 3, 3, arrayRange},
		{"ArrayUnique", 1, 1, arrayUnique},
		{"Base64Decode", 1, 1, base64Decode},
		{"Base64Encode", 1, 1, base64Encode},
		{"Format", 1, -1, format},
		{"Hash", 2, 2, hashOf},
		{"JsonMerge", 3, 3, jsonMerge},
		{"JsonToString", 1, 1, jsonToString},
		{"MathAdd", 2, 2, mathAdd},
		{"MathRandom", 2, 3, mathRandom},
		{"StringSplit", 2, 2, stringSplit},
		{"StringToJson", 1, 1, stringToJSON},
		{"UUID", 0, 0, uuid},
	} {
		functions[f.name] = &f
	}
}

func abridge(s string) string {
	const most = 200
	if len(s) <= most {
		return s
	}
	return s[:most] + "…"
}
