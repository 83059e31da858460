package compare

import (
	"errors"
	"fmt"
	"time"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/path"
)

// Condition is what a Choice decides by. It is immutable and safe for
// concurrent use.
type Condition interface {
	// Test evaluates the condition. The error is that of a path that leads
	// nowhere, an [InvalidValueError].
	Test(env path.Env) (bool, error)
	// Paths gives the paths that the condition reads, in their order.
	Paths() []*path.Path
}

// InvalidValueError says that a path of a condition leads nowhere. Step
// Functions reports it as States.Runtime, even where there is a default.
type InvalidValueError struct {
	Path *path.Path
	Err  error // of the path
}

// Error words the problem as Step Functions is reported to.
func (e *InvalidValueError) Error() string {
	return "Invalid path '" + e.Path.Inner() + "': The choice state's condition path references an invalid value."
}

// Unwrap gives the error of the path.
func (e *InvalidValueError) Unwrap() error { return e.Err }

// Comparison is a condition of one operator.
type Comparison struct {
	variable *path.Path
	op       Operator
	value    any
	path     *path.Path
	glob     glob
	instant  time.Time
}

// New gives the condition that the value at a path satisfies an operator with a
// literal operand. The error tells that the operand is not of the operator's
// type: no string, number or boolean, a pattern with a stray backslash, a
// string that is no timestamp.
func New(variable *path.Path, op Operator, operand any) (*Comparison, error) {
	c := &Comparison{variable: variable, op: op, value: operand}
	s, isString := document.Str(operand)
	ok := isString
	switch op.Operand() {
	case String:
	case Pattern:
		if isString {
			var err error
			if c.glob, err = compileGlob(s); err != nil {
				return nil, err
			}
		}
	case Numeric:
		ok = document.KindOf(operand) == document.Number
	case Boolean:
		ok = document.KindOf(operand) == document.Bool
	case Timestamp:
		if c.instant, ok = ParseTimestamp(s); isString && !ok {
			return nil, fmt.Errorf("%s: %q is no timestamp of RFC 3339", op, s)
		}
	}
	if !ok {
		return nil, fmt.Errorf("%s compares with a %s, not with %s", op, op.Operand(), document.Text(operand))
	}
	return c, nil
}

// NewPath is [New] with an operand that is read at another path. The error
// tells that the operator takes no path.
func NewPath(variable *path.Path, op Operator, operand *path.Path) (*Comparison, error) {
	if !op.TakesPath() {
		return nil, fmt.Errorf("%s takes no path as its operand", op)
	}
	return &Comparison{variable: variable, op: op, path: operand}, nil
}

// String names the type of operand.
func (o Operand) String() string {
	return [...]string{"string", "string", "number", "boolean", "timestamp"}[o]
}

// Variable is the path to the value.
func (c *Comparison) Variable() *path.Path { return c.variable }

// Operator is the operator.
func (c *Comparison) Operator() Operator { return c.op }

// Operand gives the literal operand, or the path to it.
func (c *Comparison) Operand() (value any, p *path.Path) { return c.value, c.path }

// Paths gives the path to the value and that to the operand, where there is
// one.
func (c *Comparison) Paths() []*path.Path {
	if c.path != nil {
		return []*path.Path{c.variable, c.path}
	}
	return []*path.Path{c.variable}
}

// Test reads the value and compares it. Only IsPresent takes a path that leads
// nowhere.
func (c *Comparison) Test(env path.Env) (bool, error) {
	v, err := c.variable.Get(env)
	if err != nil {
		if _, missing := errors.AsType[*path.NotFoundError](err); missing && c.op == IsPresent {
			want, _ := document.Boolean(c.value)
			return !want, nil
		}
		return false, &InvalidValueError{c.variable, err}
	}
	operand := c.value
	if c.path != nil {
		if operand, err = c.path.Get(env); err != nil {
			return false, &InvalidValueError{c.path, err}
		}
		return c.op.Holds(v, operand), nil
	}
	switch c.op.Operand() {
	case Pattern:
		s, ok := document.Str(v)
		return ok && c.glob.match(s), nil
	case Timestamp:
		t, ok := timestampOf(v)
		return ok && c.op.accepts(t.Compare(c.instant)), nil
	default:
		return c.op.Holds(v, operand), nil
	}
}

type (
	all    []Condition
	either []Condition
	not    struct{ Condition }
)

// And is true if all conditions are; they are tested in order, up to the first
// that is false. Without conditions it is true.
func And(conditions ...Condition) Condition { return all(conditions) }

// Or is true if a condition is; they are tested in order, up to the first that
// is true. Without conditions it is false.
func Or(conditions ...Condition) Condition { return either(conditions) }

// Not is true if the condition is false.
func Not(condition Condition) Condition { return not{condition} }

func (cs all) Test(env path.Env) (bool, error) {
	for _, c := range cs {
		if ok, err := c.Test(env); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

func (cs either) Test(env path.Env) (bool, error) {
	for _, c := range cs {
		if ok, err := c.Test(env); ok || err != nil {
			return ok && err == nil, err
		}
	}
	return false, nil
}

func (n not) Test(env path.Env) (bool, error) {
	ok, err := n.Condition.Test(env)
	return !ok && err == nil, err
}

func (cs all) Paths() []*path.Path    { return pathsOf(cs) }
func (cs either) Paths() []*path.Path { return pathsOf(cs) }

func pathsOf(conditions []Condition) []*path.Path {
	var paths []*path.Path
	for _, c := range conditions {
		paths = append(paths, c.Paths()...)
	}
	return paths
}
