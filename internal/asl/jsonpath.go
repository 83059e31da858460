package asl

import (
	"strings"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/internal/path"
	"github.com/flowstone-go/flow/internal/payload"
	"github.com/flowstone-go/flow/internal/states"
)

// jsonPath compiles the data flow of a state in JSONPath.
func (c *stateCompiler) jsonPath() {
	s, st := c.in, c.out
	if s.Type != states.Fail {
		st.Input = c.filter(s.InputPath)
	}
	switch s.Type {
	case states.Task, states.Parallel:
		st.Args = c.template(s.Parameters)
	case states.Pass:
		if s.Result != nil {
			result := s.Result.V
			st.Result = func(*machine.Frame) any { return result }
		} else {
			st.Args = c.template(s.Parameters)
		}
	}
	st.Select = c.template(s.ResultSelector)
	st.Assign = c.assignments(s.Assign, nil)
	place := c.placement(s.ResultPath)
	output := c.filter(s.OutputPath)
	if c.parts != nil {
		c.parts[st] = parts{place, output}
	}
	switch {
	case place == nil:
		st.Output = output
	case output == nil:
		st.Output = place
	default:
		st.Output = func(f *machine.Frame, result any) (any, error) {
			doc, err := place(f, result)
			if err != nil {
				return nil, err
			}
			return output(f, doc)
		}
	}
}

// filter compiles InputPath and OutputPath; nil where it changes nothing.
func (c *stateCompiler) filter(v *states.Value) machine.Eval {
	switch text, ok := v.Text(); {
	case v == nil, ok && strings.TrimSpace(text) == "$":
		return nil
	case v.IsNull():
		return func(*machine.Frame, any) (any, error) { return empty, nil }
	}
	p := c.path(v, path.Compile)
	if p == nil {
		return nil
	}
	return func(f *machine.Frame, doc any) (any, error) {
		out, err := get(p, f, doc)
		if err != nil {
			return nil, wrongPath(f, err)
		}
		return out, nil
	}
}

// placement compiles ResultPath; nil where the result replaces the input.
func (c *stateCompiler) placement(v *states.Value) machine.Eval {
	switch text, ok := v.Text(); {
	case v == nil, ok && strings.TrimSpace(text) == "$":
		return nil
	case v.IsNull():
		return func(f *machine.Frame, _ any) (any, error) { return f.Doc, nil }
	}
	p := c.path(v, path.CompileReference) // one that nothing can be placed at fails when it is tried
	if p == nil {
		return nil
	}
	return func(f *machine.Frame, result any) (any, error) {
		out, err := p.Set(f.Doc, result)
		if err != nil {
			return nil, wrongPath(f, err)
		}
		return out, nil
	}
}

// path compiles the path that a field holds.
func (c *stateCompiler) path(v *states.Value, compile func(string) (*path.Path, error)) *path.Path {
	text, ok := v.Text()
	if !ok {
		c.fail(v.Pos, "this is no path")
		return nil
	}
	p, err := compile(text)
	if err != nil {
		c.fail(v.Pos, "%v", err)
		return nil
	}
	return p
}

// template compiles a payload template; nil where there is none.
func (c *stateCompiler) template(v *states.Value) machine.Eval {
	if v == nil {
		return nil
	}
	t := c.compileTemplate(v)
	if t == nil {
		return nil
	}
	if literal, ok := t.Literal(); ok {
		return func(*machine.Frame, any) (any, error) { return literal, nil }
	}
	return func(f *machine.Frame, doc any) (any, error) { return fill(t, f, doc, nil) }
}

func (c *stateCompiler) compileTemplate(v *states.Value) *payload.Template {
	t, err := payload.Compile(v.V)
	if err != nil {
		c.fail(v.Pos, "%v", err)
		return nil
	}
	return t
}

func fill(t *payload.Template, f *machine.Frame, doc any, item *machine.Item) (any, error) {
	out, err := t.Eval(&env{f, doc, item})
	if err != nil {
		return nil, wrongPath(f, err)
	}
	return out, nil
}

// assignments compiles Assign: each variable by itself. doc gives what $
// stands for in the place of what the machine gives; nil: that.
func (c *stateCompiler) assignments(v *states.Value, doc func(*machine.Frame) any) []machine.Assignment {
	if v == nil {
		return nil
	}
	fields, ok := v.V.(*document.Object)
	if !ok {
		c.fail(v.Pos, "Assign is no object")
		return nil
	}
	var all []machine.Assignment
	for key, value := range fields.All() {
		name := strings.TrimSuffix(key, ".$")
		one, err := payload.Compile(document.ObjectOf(document.Field{Key: key, Value: value}))
		if err != nil {
			c.fail(v.Pos, "%v", err)
			continue
		}
		all = append(all, machine.Assignment{Name: name, Value: func(f *machine.Frame, given any) (any, error) {
			if doc != nil {
				given = doc(f)
			}
			out, err := fill(one, f, given, nil)
			if err != nil {
				return nil, err
			}
			value, _ := document.Member(out, name)
			return value, nil
		}})
	}
	return all
}
