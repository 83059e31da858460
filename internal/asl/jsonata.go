package asl

import (
	"context"
	"errors"
	"strconv"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/jsonata"
	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/internal/states"
)

// jsonata compiles the data flow of a state in JSONata.
func (c *stateCompiler) jsonata() {
	s, st := c.in, c.out
	if t := c.query(s.Arguments, "Arguments"); t != nil {
		st.Args = func(f *machine.Frame, _ any) (any, error) { return t.eval(&ask{f: f}) }
	}
	st.Assign = c.queried(s.Assign, "Assign", ofResult(s))
	if t := c.query(s.Output, "Output"); t != nil {
		asks := ofResult(s)
		st.Output = func(f *machine.Frame, result any) (any, error) { return t.eval(asks(f, result)) }
	}
}

// asker makes the question that an expression is asked from what the machine
// gives.
type asker func(f *machine.Frame, given any) *ask

// ofResult is how the expressions of a state see its result.
func ofResult(s *states.State) asker {
	switch s.Type {
	case states.Task, states.Parallel, states.Map:
		return func(f *machine.Frame, result any) *ask { return &ask{f: f, result: result, hasResult: true} }
	}
	return plainly
}

func plainly(f *machine.Frame, _ any) *ask { return &ask{f: f} }

// ofError is how the expressions of a catcher see the error.
func ofError(f *machine.Frame, _ any) *ask { return &ask{f: f, failed: true} }

// queried compiles Assign.
func (c *stateCompiler) queried(v *states.Value, location string, asks asker) []machine.Assignment {
	if v == nil {
		return nil
	}
	fields, ok := v.V.(*document.Object)
	if !ok {
		c.fail(v.Pos, "Assign is no object")
		return nil
	}
	var all []machine.Assignment
	for name, value := range fields.All() {
		t := c.part(v.Pos, value, location+"/"+name)
		all = append(all, machine.Assignment{Name: name, Value: func(f *machine.Frame, given any) (any, error) {
			return t.eval(asks(f, given))
		}})
	}
	return all
}

// query compiles a value with expressions in it; nil where there is none.
func (c *stateCompiler) query(v *states.Value, location string) part {
	if v == nil {
		return nil
	}
	return c.part(v.Pos, v.V, location)
}

// part is a compiled piece of a value.
type part interface{ eval(a *ask) (any, error) }

type (
	literal  struct{ v any }
	elements []part
	members  struct {
		keys  []string
		parts []part
	}
	expression struct {
		expr     *jsonata.Expr
		text     string
		location string
		context  bool // it may ask for the context object
		states   bool // it mentions $states
	}
)

func (c *stateCompiler) part(pos states.Pos, v any, location string) part {
	switch v := v.(type) {
	case string:
		text, ok := states.Expression(v)
		if !ok {
			return literal{v}
		}
		expr, err := jsonata.Compile(text, jsonata.Options{Dialect: jsonata.StepFunctions})
		if err != nil {
			c.fail(pos, "%s: %v", location, err)
			return literal{v}
		}
		e := &expression{expr: expr, text: text, location: location}
		named, whole := expr.States()
		e.states = whole || len(named) > 0
		e.context = whole
		for _, name := range named {
			e.context = e.context || name == "context"
		}
		return e
	case []any:
		parts := make(elements, len(v))
		constant := true
		for i, e := range v {
			parts[i] = c.part(pos, e, location+"["+strconv.Itoa(i)+"]")
			constant = constant && isLiteral(parts[i])
		}
		if constant {
			return literal{v}
		}
		return parts
	case *document.Object:
		m := members{}
		constant := true
		for key, e := range v.All() {
			p := c.part(pos, e, location+"/"+key)
			m.keys, m.parts = append(m.keys, key), append(m.parts, p)
			constant = constant && isLiteral(p)
		}
		if constant {
			return literal{v}
		}
		return m
	}
	return literal{v}
}

func isLiteral(p part) bool {
	_, ok := p.(literal)
	return ok
}

func (l literal) eval(*ask) (any, error) { return l.v, nil }

func (es elements) eval(a *ask) (any, error) {
	out := make([]any, len(es))
	for i, e := range es {
		var err error
		if out[i], err = e.eval(a); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (m members) eval(a *ask) (any, error) {
	out := document.NewObject(len(m.keys))
	for i, key := range m.keys {
		v, err := m.parts[i].eval(a)
		if err != nil {
			return nil, err
		}
		out.Set(key, v)
	}
	return out, nil
}

// ask is what the expressions of one field see.
type ask struct {
	f         *machine.Frame
	item      *machine.Item
	result    any
	hasResult bool
	failed    bool // there is an error output

	e *expression // the one that is evaluated
}

// Lookup gives the variables of the state, and $states.
func (a *ask) Lookup(name string) (any, bool) {
	if name == "states" {
		return a.states(), true
	}
	return a.f.Vars.Get(name)
}

func (a *ask) states() *document.Object {
	o := document.NewObject(3)
	o.Set("input", a.f.Doc)
	if a.e.context {
		o.Set("context", contextOf(a.f, a.item))
	}
	if a.hasResult {
		o.Set("result", a.result)
	}
	if a.failed {
		o.Set("errorOutput", errorOutput(a.f))
	}
	return o
}

func (e *expression) eval(a *ask) (any, error) {
	a.e = e
	f := a.f
	v, err := e.expr.Eval(context.Background(), jsonata.Undefined, &jsonata.Env{ //nolint:forbidigo // an expression is bounded by its steps, and a frame has no context
		Variables: a, Now: f.Exec.Host.Now, Random: func() uint64 { return bits(f) },
	})
	if err != nil {
		return nil, e.thrown(f, err)
	}
	switch v.(type) {
	case jsonata.Nothing:
		return nil, e.failure(f, "returned nothing (undefined).", nil)
	case jsonata.Function:
		return nil, e.failure(f, "returned an unsupported result type.", nil)
	}
	return v, nil
}

func (e *expression) thrown(f *machine.Frame, err error) *machine.Failure {
	text := "threw an error during evaluation: " + err.Error()
	if known, ok := errors.AsType[*jsonata.Error](err); ok {
		text = known.Cause()
	}
	return e.failure(f, text, err)
}

func (e *expression) failure(f *machine.Frame, text string, err error) *machine.Failure {
	return query(f, e.location, "The JSONata expression '"+e.text+"' specified for the field '"+e.location+"' "+text, err)
}

// unexpected is a value of another type than a field demands. Of a literal,
// which was checked before, it can't come up.
func unexpected(f *machine.Frame, p part, want string, got any) *machine.Failure {
	e, ok := p.(*expression)
	if !ok {
		return wrong(f, "Expected '"+want+"', but was '"+document.KindOf(got).String()+"' for value: "+document.Text(got), nil)
	}
	return e.failure(f, "returned an unexpected result type. Expected '"+want+"', but was '"+
		document.KindOf(got).String()+"' for value: "+document.Text(got), nil)
}
