package asl

import (
	"strconv"
	"strings"

	"github.com/flowstone-go/flow/internal/compare"
	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/internal/path"
	"github.com/flowstone-go/flow/internal/states"
)

func (c *stateCompiler) choice() {
	s, st := c.in, c.out
	for i, r := range s.Choices {
		rule := machine.Rule{Own: true, Next: c.target(r.Next, r.Pos)}
		if s.Language == states.JSONata {
			c.condition(&rule, r, "Choices["+strconv.Itoa(i)+"]/")
		} else {
			c.comparison(&rule, r)
		}
		if rule.When != nil {
			st.Rules = append(st.Rules, rule)
		}
	}
	if s.Default != "" {
		st.Else = &machine.Rule{Next: c.target(s.Default, s.Pos)}
	}
	st.Raise = func(f *machine.Frame, _ any) *machine.Failure {
		return wrong(f, "Failed to transition out of the state. The state does not point to a next state.", nil)
	}
}

// condition compiles a rule in JSONata.
func (c *stateCompiler) condition(rule *machine.Rule, r *states.Rule, at string) {
	t := c.query(r.Condition, at+"Condition")
	if t == nil {
		c.fail(r.Pos, "a rule without a Condition")
		return
	}
	rule.When = func(f *machine.Frame, _ any) (bool, error) {
		v, err := t.eval(&ask{f: f})
		if err != nil {
			return false, err
		}
		yes, ok := v.(bool)
		if !ok {
			return false, unexpected(f, t, "boolean", v)
		}
		return yes, nil
	}
	rule.Assign = c.queried(r.Assign, at+"Assign", plainly)
	if out := c.query(r.Output, at+"Output"); out != nil {
		rule.Output = func(f *machine.Frame, _ any) (any, error) { return out.eval(&ask{f: f}) }
	}
}

// comparison compiles a rule in JSONPath.
func (c *stateCompiler) comparison(rule *machine.Rule, r *states.Rule) {
	test := c.test(r)
	if test == nil {
		return
	}
	rule.When = func(f *machine.Frame, doc any) (bool, error) {
		yes, err := test.Test(&env{f: f, doc: doc})
		if err != nil {
			return false, wrongPath(f, err)
		}
		return yes, nil
	}
	rule.Assign = c.assignments(r.Assign, nil)
	rule.Output = c.filter(c.in.OutputPath)
}

// test compiles what a rule compares; nil where it can't be.
func (c *stateCompiler) test(r *states.Rule) compare.Condition {
	switch {
	case r.And != nil:
		if parts, ok := c.tests(r.And); ok {
			return compare.And(parts...)
		}
		return nil
	case r.Or != nil:
		if parts, ok := c.tests(r.Or); ok {
			return compare.Or(parts...)
		}
		return nil
	case r.Not != nil:
		if part := c.test(r.Not); part != nil {
			return compare.Not(part)
		}
		return nil
	}
	op, byPath, ok := compare.Named(r.Operator)
	if !ok {
		c.fail(r.Pos, "there is no comparison %q", r.Operator)
		return nil
	}
	variable := c.path(r.Variable, path.Compile)
	if variable == nil {
		return nil
	}
	var out compare.Condition
	var err error
	if byPath {
		operand := c.path(r.Operand, path.Compile)
		if operand == nil {
			return nil
		}
		out, err = compare.NewPath(variable, op, operand)
	} else {
		out, err = compare.New(variable, op, r.Operand.V)
	}
	if err != nil {
		c.fail(r.Pos, "%s: %v", strings.TrimSuffix(r.Operator, "Path"), err)
		return nil
	}
	return out
}

func (c *stateCompiler) tests(rules []*states.Rule) ([]compare.Condition, bool) {
	all := make([]compare.Condition, len(rules))
	for i, r := range rules {
		if all[i] = c.test(r); all[i] == nil {
			return nil, false
		}
	}
	return all, true
}
