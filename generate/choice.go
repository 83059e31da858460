package generate

import (
	"fmt"
	"strings"
	"time"

	"github.com/flowstone-go/flow/internal/states"
)

func (s *scoping) choice(st *states.State, next string) string {
	if st.Default == "" {
		s.wrong(st.Pos, st.Name, "a Choice without Default: the builder wants Otherwise")
	}
	if st.Assign != nil {
		s.wrong(st.Assign.Pos, st.Name, "a Choice with Assign")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "flow.Choice(%q)", st.Name)
	for _, r := range st.Choices {
		if r.Assign != nil {
			s.wrong(r.Assign.Pos, st.Name, "a rule with Assign")
		}
		b.WriteString(".\n")
		if r.Comment != "" {
			b.WriteString(comment(r.Comment))
		}
		condition := s.condition(st, r)
		if nodes := s.sequence(r.Next, next, true); len(nodes) > 0 {
			fmt.Fprintf(&b, "When(%s, %s)", condition, nodes.list())
		} else {
			fmt.Fprintf(&b, "When(%s)", condition)
		}
	}
	b.WriteString(".\nOtherwise()")
	return b.String()
}

// condition writes a rule.
func (s *scoping) condition(st *states.State, r *states.Rule) string {
	switch {
	case r.And != nil:
		return s.conditions(st, "And", r.And)
	case r.Or != nil:
		return s.conditions(st, "Or", r.Or)
	case r.Not != nil:
		return s.conditions(st, "Not", []*states.Rule{r.Not})
	}
	variable, _ := r.Variable.Text()
	if name, ok := questions[r.Operator]; ok {
		asked := fmt.Sprintf("flow.%s(%s)", name, reference(variable, "any"))
		if r.Operand.V == false {
			return "flow.Not(" + asked + ")"
		}
		return asked
	}
	switch {
	case r.Operator == "StringMatches":
		pattern, _ := r.Operand.Text()
		return fmt.Sprintf("flow.Like(%s, %q)", reference(variable, "string"), pattern)
	case r.Operator == "BooleanEquals" && r.Operand.V == true:
		return fmt.Sprintf("flow.True(%s)", reference(variable, "bool"))
	case r.Operator == "BooleanEquals":
		return fmt.Sprintf("flow.False(%s)", reference(variable, "bool"))
	}
	operator, byPath := strings.CutSuffix(r.Operator, "Path")
	for _, kind := range kinds {
		comparison, ok := strings.CutPrefix(operator, kind.name)
		if !ok {
			continue
		}
		if byPath {
			return s.pair(st, r, kind, comparison, variable)
		}
		name, ok := kind.operators[comparison]
		if !ok {
			break
		}
		return fmt.Sprintf("flow.%s(%s, %s)", name, reference(variable, kind.goType), s.operand(kind, r.Operand))
	}
	s.wrong(r.Pos, st.Name, "the builder has no %s", r.Operator)
	return ""
}

func (s *scoping) conditions(st *states.State, name string, rules []*states.Rule) string {
	all := make([]string, len(rules))
	for i, r := range rules {
		all[i] = s.condition(st, r)
	}
	return "flow." + name + "(" + strings.Join(all, ", ") + ")"
}

var questions = map[string]string{
	"IsPresent": "Present", "IsNull": "IsNull", "IsString": "IsString", "IsNumeric": "IsNumber", "IsBoolean": "IsBool", "IsTimestamp": "IsTime",
}

// kind is a kind of values that are compared.
type kind struct {
	name, goType string
	operators    map[string]string // functions of the builder
	pairs        map[string]string // those that compare two references
}

var (
	ordered     = map[string]string{"Equals": "Eq", "LessThan": "Less", "LessThanEquals": "AtMost", "GreaterThan": "More", "GreaterThanEquals": "AtLeast"}
	orderedRefs = map[string]string{"Equals": "EqRef", "LessThan": "LessRef", "LessThanEquals": "AtMostRef"}
)

var kinds = []kind{
	{"String", "string", ordered, orderedRefs},
	{"Numeric", "float64", ordered, orderedRefs},
	{"Boolean", "bool", nil, map[string]string{"Equals": "EqRef"}},
	{"Timestamp", "time.Time", map[string]string{"Equals": "SameTime", "LessThan": "Before", "GreaterThan": "After"}, map[string]string{"LessThan": "BeforeRef"}},
}

// pair writes the comparison of two references. What the builder has only for
// the smaller of the two it says the other way round.
func (s *scoping) pair(st *states.State, r *states.Rule, k kind, comparison, variable string) string {
	operand, _ := r.Operand.Text()
	a, b := reference(variable, k.goType), reference(operand, k.goType)
	if less, ok := strings.CutPrefix(comparison, "GreaterThan"); ok {
		comparison, a, b = "LessThan"+less, b, a
	}
	name, ok := k.pairs[comparison]
	if !ok {
		s.wrong(r.Pos, st.Name, "the builder has no %s", r.Operator)
		return ""
	}
	if k.goType == "time.Time" {
		s.times = true
	}
	return fmt.Sprintf("flow.%s(%s, %s)", name, a, b)
}

// operand writes what a reference is compared with.
func (s *scoping) operand(k kind, v *states.Value) string {
	if k.goType != "time.Time" {
		return s.literal(v.V)
	}
	text, _ := v.Text()
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return "" // Check has refused it
	}
	return s.date(at)
}
