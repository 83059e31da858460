package states

import (
	"slices"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/intrinsic"
	"github.com/flowstone-go/flow/internal/jsonata"
	"github.com/flowstone-go/flow/internal/path"
)

// VariableReferences gives, for each state that reads workflow variables, their
// names, sorted: what DescribeStateMachine reports. States that read none are
// left out; what a state only assigns does not count. A name that a JSONata
// function has too counts if some state assigns it: it then hides the function.
func VariableReferences(m *Machine) map[string][]string {
	references := map[string][]string{}
	assigned := map[string]bool{}
	eachState(&m.Scope, func(s *State) {
		for _, assign := range s.assigns() {
			for _, name := range assignedNames(assign) {
				assigned[name] = true
			}
		}
	})
	isAssigned := func(name string) bool { return assigned[name] }
	eachState(&m.Scope, func(s *State) {
		if names := referencesOf(s, isAssigned); len(names) > 0 {
			references[s.Name] = names
		}
	})
	return references
}

// eachState visits the states of a scope and of those inside it.
func eachState(s *Scope, visit func(*State)) {
	for _, state := range s.States {
		visit(state)
		for _, inner := range state.Scopes() {
			eachState(inner, visit)
		}
	}
}

// referencesOf gives the variables that a state reads, sorted. assigned tells
// which there are.
func referencesOf(s *State, assigned func(name string) bool) []string {
	c := collector{assigned: assigned}
	if s.Language == JSONata {
		c.expressions(s)
	} else {
		c.paths(s)
	}
	slices.Sort(c.names)
	return slices.Compact(c.names)
}

// collector gathers the names of variables.
type collector struct {
	names    []string
	assigned func(name string) bool
}

// paths goes through what a JSONPath state reads.
func (c *collector) paths(s *State) {
	for _, v := range []*Value{
		s.InputPath, s.OutputPath, s.ItemsPath, s.SecondsPath, s.TimestampPath, s.TimeoutSecondsPath, s.HeartbeatSecondsPath,
		s.ErrorPath, s.CausePath, s.MaxConcurrencyPath, s.ToleratedFailureCountPath, s.ToleratedFailurePercentagePath,
	} {
		c.dynamic(v)
	}
	for _, v := range []*Value{s.Parameters, s.ResultSelector, s.ItemSelector, s.Credentials} {
		c.template(v)
	}
	for _, v := range s.assigns() {
		c.template(v)
	}
	for _, rule := range s.Choices {
		c.rule(rule)
	}
	if r := s.ItemReader; r != nil {
		c.template(r.Parameters)
		if r.ReaderConfig != nil {
			c.dynamic(r.ReaderConfig.MaxItemsPath)
		}
	}
	if b := s.ItemBatcher; b != nil {
		c.template(b.BatchInput)
		c.dynamic(b.MaxItemsPerBatchPath)
		c.dynamic(b.MaxInputBytesPerBatchPath)
	}
	if w := s.ResultWriter; w != nil {
		c.template(w.Parameters)
	}
}

func (c *collector) rule(r *Rule) {
	c.dynamic(r.Variable)
	if strings.HasSuffix(r.Operator, "Path") {
		c.dynamic(r.Operand)
	}
	for _, inner := range slices.Concat(r.And, r.Or) {
		c.rule(inner)
	}
	if r.Not != nil {
		c.rule(r.Not)
	}
}

// dynamic takes a path or an intrinsic function call.
func (c *collector) dynamic(v *Value) {
	if text, ok := v.Text(); ok {
		c.dynamicText(text)
	}
}

func (c *collector) dynamicText(text string) {
	if intrinsic.IsCall(text) {
		if call, err := intrinsic.Compile(text); err == nil {
			c.names = append(c.names, call.Variables()...)
		}
		return
	}
	if p, err := path.Compile(text); err == nil && p.Root() == path.Variable {
		c.names = append(c.names, p.Variable())
	}
}

func (c *collector) template(v *Value) {
	if v != nil {
		c.templateValue(v.V)
	}
}

func (c *collector) templateValue(v any) {
	switch v := v.(type) {
	case *document.Object:
		for key, member := range v.All() {
			if text, ok := member.(string); ok && strings.HasSuffix(key, ".$") {
				c.dynamicText(text)
				continue
			}
			c.templateValue(member)
		}
	case []any:
		for _, item := range v {
			c.templateValue(item)
		}
	}
}

// expressions goes through what a JSONata state reads.
func (c *collector) expressions(s *State) {
	for _, v := range slices.Concat(resultFields(s), inputFields(s)) {
		if v != nil {
			eachExpression(v.V, c.expression)
		}
	}
}

func (c *collector) expression(e *jsonata.Expr) {
	c.names = append(c.names, e.Variables()...)
	for _, name := range e.Hiding() {
		if c.assigned(name) {
			c.names = append(c.names, name)
		}
	}
}

// resultFields are the fields of a JSONata state that are evaluated once there
// is a result.
func resultFields(s *State) []*Value { return []*Value{s.Assign, s.Output} }

// inputFields are its other fields with expressions.
func inputFields(s *State) []*Value {
	all := []*Value{
		s.Arguments, s.Credentials, s.TimeoutSeconds, s.HeartbeatSeconds, s.Seconds, s.Timestamp, s.Error, s.Cause,
		s.Items, s.ItemSelector, s.MaxConcurrency, s.ToleratedFailureCount, s.ToleratedFailurePercentage,
	}
	for _, rule := range s.Choices {
		all = append(all, rule.Condition, rule.Assign, rule.Output)
	}
	for _, catcher := range s.Catch {
		all = append(all, catcher.Assign, catcher.Output)
	}
	if r := s.ItemReader; r != nil {
		all = append(all, r.Arguments)
		if r.ReaderConfig != nil {
			all = append(all, r.ReaderConfig.MaxItems, r.ReaderConfig.ItemsPointer)
		}
	}
	if b := s.ItemBatcher; b != nil {
		all = append(all, b.BatchInput, b.MaxItemsPerBatch, b.MaxInputBytesPerBatch)
	}
	if w := s.ResultWriter; w != nil {
		all = append(all, w.Arguments)
	}
	return all
}

// eachExpression visits the expressions in a value; those that do not parse
// are passed over.
func eachExpression(v any, visit func(*jsonata.Expr)) {
	switch v := v.(type) {
	case string:
		source, ok := Expression(v)
		if !ok {
			return
		}
		if e, failure := compile(source); failure == nil {
			visit(e)
		}
	case *document.Object:
		for _, member := range v.All() {
			eachExpression(member, visit)
		}
	case []any:
		for _, item := range v {
			eachExpression(item, visit)
		}
	}
}
