package payload

import (
	"errors"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/intrinsic"
	"github.com/flowstone-go/flow/internal/path"
)

// Env is where expressions find their paths' roots, chance and identifiers.
type Env = intrinsic.Env

// Expression is a path or the call of an intrinsic function: what stands as
// the value of a field whose name ends in .$, and in ErrorPath and CausePath.
// It is immutable and safe for concurrent use.
type Expression struct {
	path *path.Path
	call *intrinsic.Call
}

// CompileExpression reads a path or a call. The error is the
// [path.SyntaxError] or [intrinsic.SyntaxError] of what the text looks like.
func CompileExpression(text string) (*Expression, error) {
	if intrinsic.IsCall(text) {
		call, err := intrinsic.Compile(text)
		if err != nil {
			return nil, err
		}
		return &Expression{call: call}, nil
	}
	p, err := path.Compile(text)
	if err != nil {
		return nil, err
	}
	return &Expression{path: p}, nil
}

// String gives the expression as it was written, without trailing white space.
func (x *Expression) String() string {
	if x.call != nil {
		return x.call.String()
	}
	return x.path.String()
}

// Path gives the path that the expression is, or nil.
func (x *Expression) Path() *path.Path { return x.path }

// Call gives the call that the expression is, or nil.
func (x *Expression) Call() *intrinsic.Call { return x.call }

// Paths gives the paths in the expression, in their order.
func (x *Expression) Paths() []*path.Path {
	if x.call != nil {
		return x.call.Paths()
	}
	return []*path.Path{x.path}
}

// Variables gives the names of the workflow variables that the expression
// reads, sorted, each once.
func (x *Expression) Variables() []string { return variables(x.Paths()) }

// Eval reads the path or calls the function. The error is that of
// [path.Path.Get] or [intrinsic.Call.Eval].
func (x *Expression) Eval(env Env) (any, error) {
	if x.call != nil {
		return x.call.Eval(env)
	}
	return x.path.Get(env)
}

// FieldError says that the expression of a field could not be evaluated. Step
// Functions reports it as States.Runtime.
type FieldError struct {
	Field      string // the name with its .$
	Expression *Expression
	Input      any // the document that $ stood for
	Err        error
}

// Evaluate is [Expression.Eval] for a field of this name, which the
// [FieldError] then speaks of.
func (x *Expression) Evaluate(env Env, field string) (any, error) {
	v, err := x.Eval(env)
	if err != nil {
		return nil, &FieldError{field, x, env.Input(), err}
	}
	return v, nil
}

// Error words the problem as Step Functions does.
func (e *FieldError) Error() string {
	if _, missing := errors.AsType[*path.NotFoundError](e.Err); missing && e.Expression.path != nil {
		return "The JSONPath '" + e.Expression.String() + "' specified for the field '" + e.Field +
			"' could not be found in the input '" + document.Text(e.Input) + "'"
	}
	return e.Err.Error()
}

// Unwrap gives the error of the path or the function.
func (e *FieldError) Unwrap() error { return e.Err }
