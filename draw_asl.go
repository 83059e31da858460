package flow

import (
	"fmt"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/internal/states"
)

// writtenStates finds for each state of a parsed flow what was written of it.
func writtenStates(d *definition) map[*machine.State]*states.State {
	written := map[*machine.State]*states.State{}
	var walk func(m *machine.Scope, w *states.Scope)
	walk = func(m *machine.Scope, w *states.Scope) {
		for _, st := range m.States {
			s := w.State(st.Name)
			if s == nil {
				continue
			}
			written[st] = s
			if inner := s.Scopes(); st.Fork != nil && len(inner) == len(st.Fork.Branches) {
				for i, branch := range st.Fork.Branches {
					walk(branch, inner[i])
				}
			}
		}
	}
	if d.asl != nil {
		walk(d.machine.Root, &d.asl.source.Scope)
	}
	return written
}

// detailOf is the smaller line of a state that was written in the States
// Language.
func detailOf(s *states.State) string {
	detail := string(s.Type)
	first := func(values ...*states.Value) string {
		for _, v := range values {
			if v != nil && v.V != nil {
				return " " + textOf(v)
			}
		}
		return ""
	}
	switch s.Type {
	case states.Task:
		parts := strings.Split(s.Resource, ":")
		if detail = parts[len(parts)-1]; len(parts) > 6 && parts[2] == "states" {
			detail = strings.Join(parts[5:], ":")
		}
	case states.Wait:
		detail += first(s.Timestamp, s.TimestampPath, s.SecondsPath, s.Seconds)
		if s.Seconds != nil && document.KindOf(s.Seconds.V) == document.Number {
			detail += " s"
		}
	case states.Fail:
		detail = strings.TrimPrefix(first(s.Error, s.ErrorPath), " ")
	case states.Choice, states.Succeed:
		detail = ""
	}
	return detail
}

// textOf writes a value of a definition for people: an expression without its
// braces, a string as it is, anything else as JSON.
func textOf(v *states.Value) string {
	if expression, ok := v.Expression(); ok {
		return expression
	}
	if text, ok := v.Text(); ok {
		return text
	}
	return document.Text(v.V)
}

// ruleText says a rule of a Choice as the conditions of the builder are said.
func ruleText(r *states.Rule) string {
	joined := func(rules []*states.Rule, word string) string {
		parts := make([]string, len(rules))
		for i, part := range rules {
			if parts[i] = ruleText(part); len(part.And)+len(part.Or) > 1 {
				parts[i] = "(" + parts[i] + ")"
			}
		}
		return strings.Join(parts, word)
	}
	switch {
	case r.Condition != nil:
		return textOf(r.Condition)
	case r.And != nil:
		return joined(r.And, " and ")
	case r.Or != nil:
		return joined(r.Or, " or ")
	case r.Not != nil:
		return "not (" + ruleText(r.Not) + ")"
	case r.Variable == nil || r.Operand == nil:
		return ""
	}
	variable := strings.TrimPrefix(textOf(r.Variable), "$.")
	operator, byPath := strings.CutSuffix(r.Operator, "Path")
	if test, is := strings.CutPrefix(operator, "Is"); is {
		if holds, ok := document.Boolean(r.Operand.V); ok && !holds {
			test = "not " + test
		}
		return variable + " is " + strings.ToLower(test)
	}
	operand := document.Text(r.Operand.V)
	if byPath {
		operand = strings.TrimPrefix(textOf(r.Operand), "$.")
	}
	if operator == "StringMatches" {
		return variable + signs[operator] + operand
	}
	for _, kind := range []string{"String", "Numeric", "Boolean", "Timestamp"} {
		if sign, ok := signs[strings.TrimPrefix(operator, kind)]; ok {
			return variable + sign + operand
		}
	}
	return fmt.Sprintf("%s %s %s", variable, r.Operator, operand)
}
