package asl

import (
	"errors"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/internal/payload"
	"github.com/flowstone-go/flow/internal/states"
)

// raise compiles Fail.
func (c *stateCompiler) raise() {
	s := c.in
	name := c.failText(s.Error, s.ErrorPath, "Error")
	cause := c.failText(s.Cause, s.CausePath, "Cause")
	c.out.Raise = func(f *machine.Frame, doc any) *machine.Failure {
		fail := &machine.Failure{Bare: true}
		for _, part := range []struct {
			read textOf
			to   *string
		}{{name, &fail.Name}, {cause, &fail.Cause}} {
			if part.read == nil {
				continue
			}
			text, wrong := part.read(f, doc)
			if wrong != nil {
				return wrong
			}
			*part.to = text
		}
		return fail
	}
}

// textOf reads the error or the cause of a Fail.
type textOf func(f *machine.Frame, doc any) (string, *machine.Failure)

func (c *stateCompiler) failText(v, byPath *states.Value, field string) textOf {
	switch {
	case byPath != nil:
		return c.failPath(byPath, field+"Path")
	case v == nil:
		return nil
	}
	if c.in.Language != states.JSONata {
		text, _ := v.Text()
		return func(*machine.Frame, any) (string, *machine.Failure) { return text, nil }
	}
	t := c.query(v, field)
	return func(f *machine.Frame, _ any) (string, *machine.Failure) {
		out, err := t.eval(&ask{f: f})
		if err != nil {
			return "", asFailure(f, err)
		}
		text, ok := out.(string)
		if !ok {
			return "", unexpected(f, t, "string", out)
		}
		return text, nil
	}
}

// failPath compiles ErrorPath and CausePath: a path, or a function.
func (c *stateCompiler) failPath(v *states.Value, field string) textOf {
	text, ok := v.Text()
	if !ok {
		c.fail(v.Pos, "%s is no path", field)
		return nil
	}
	x, err := payload.CompileExpression(text)
	if err != nil {
		c.fail(v.Pos, "%v", err)
		return nil
	}
	return func(f *machine.Frame, doc any) (string, *machine.Failure) {
		out, err := x.Evaluate(&env{f: f, doc: doc}, field)
		if err != nil {
			return "", wrongPath(f, err)
		}
		s, ok := document.Str(out)
		if !ok {
			return "", wrong(f, "The JSONPath '"+x.String()+"' specified for the field '"+field+"' must reference a string, but was: "+document.Text(out), nil)
		}
		return s, nil
	}
}

func asFailure(f *machine.Frame, err error) *machine.Failure {
	if fail, ok := errors.AsType[*machine.Failure](err); ok {
		return fail
	}
	return wrong(f, err.Error(), err)
}
