package flow

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/states"
)

var timeType = reflect.TypeFor[time.Time]()

// choice writes the ways of a Choice.
func (w *writing) choice() {
	for i, r := range w.n.rules {
		rule := &states.Rule{}
		if w.jsonata {
			rule.Condition = expression(w.condition(r.when.export))
		} else {
			rule = w.rule(r.when.export)
		}
		rule.Next = w.nameOf(w.st.Rules[i].Next)
		w.out.Choices = append(w.out.Choices, rule)
	}
	w.out.Default = w.nameOf(w.st.Else.Next)
}

// comparison is a condition as the operators of the States Language have it.
type comparison struct {
	kind  string // String, Numeric, Boolean, Timestamp, Null; empty: no operator compares such values
	value any
}

// compared says how values of a type are compared.
func compared(e exported) comparison {
	t := e.refs[0].typ // that of both
	if len(e.refs) == 2 {
		return comparison{kind: kindNames[jsonKindOrTime(t)]}
	}
	if v, ok := e.value.(time.Time); ok {
		return comparison{"Timestamp", v.Format(time.RFC3339Nano)}
	}
	v, err := document.Canonical(e.value)
	if err != nil {
		return comparison{value: e.value}
	}
	kind, ok := kindNames[document.KindOf(v)]
	if document.KindOf(v) == document.Null {
		kind, ok = "Null", true
	}
	if !ok || kind == "Null" && e.op != "Equals" && e.op != "NotEquals" {
		kind = ""
	}
	return comparison{kind, v}
}

var kindNames = map[document.Kind]string{document.String: "String", document.Number: "Numeric", document.Bool: "Boolean", timeKind: "Timestamp"}

// timeKind stands among the kinds of JSON for a time.
const timeKind = document.Kind(255)

func jsonKindOrTime(t reflect.Type) document.Kind {
	if t == timeType {
		return timeKind
	}
	if t == nil || t.Kind() == reflect.Interface {
		return document.Invalid
	}
	return jsonKindOf(t)
}

// conditionNeedsJSONata tells whether JSONPath has no words for a condition.
func conditionNeedsJSONata(e exported) bool {
	if slices.ContainsFunc(e.parts, conditionNeedsJSONata) {
		return true
	}
	for _, r := range e.refs {
		if r.hasOr && e.op != "IsPresent" {
			return true
		}
	}
	switch e.op {
	case "Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals":
		return compared(e).kind == ""
	}
	return false
}

// rule writes a condition for JSONPath.
func (w *writing) rule(e exported) *states.Rule {
	switch e.op {
	case "Test":
		w.wrong(w.n.spec, "ask by Eq, Less, Like and their kind, or have a Task find out", "a Test by a Go function")
		return &states.Rule{}
	case "And", "Or":
		var parts []*states.Rule
		for _, p := range e.parts {
			parts = append(parts, w.rule(p))
		}
		if e.op == "And" {
			return &states.Rule{And: parts}
		}
		return &states.Rule{Or: parts}
	case "Not":
		return &states.Rule{Not: w.rule(e.parts[0])}
	case "NotEquals":
		e.op = "Equals"
		return &states.Rule{Not: w.rule(e)}
	}
	out := &states.Rule{Variable: states.Of(w.pathOf(e.refs[0])), Operator: e.op}
	switch {
	case strings.HasPrefix(e.op, "Is"):
		out.Operand = states.Of(true)
	case e.op == "StringMatches":
		out.Operand = states.Of(e.value)
	case len(e.refs) == 2:
		out.Operator = compared(e).kind + e.op + "Path"
		out.Operand = states.Of(w.pathOf(e.refs[1]))
	default:
		switch c := compared(e); c.kind {
		case "Null":
			out.Operator, out.Operand = "IsNull", states.Of(true)
		default:
			out.Operator, out.Operand = c.kind+e.op, states.Of(c.value)
		}
	}
	return out
}

var jsonataOperators = map[string]string{
	"Equals": "=", "NotEquals": "!=", "LessThan": "<", "LessThanEquals": "<=", "GreaterThan": ">", "GreaterThanEquals": ">=",
}

// condition writes a condition in JSONata.
func (w *writing) condition(e exported) string {
	switch e.op {
	case "Test":
		w.rule(e) // reports it
		return "false"
	case "And", "Or":
		parts := make([]string, len(e.parts))
		for i, p := range e.parts {
			parts[i] = w.condition(p)
		}
		return "(" + strings.Join(parts, " "+strings.ToLower(e.op)+" ") + ")"
	case "Not":
		return "$not(" + w.condition(e.parts[0]) + ")"
	case "IsPresent":
		text, err := w.vars.bare(e.refs[0])
		w.unsaid(err)
		return "$exists(" + text + ")"
	}
	v := w.read(e.refs[0])
	switch e.op {
	case "IsNull":
		return v + " = null"
	case "IsString", "IsBoolean":
		return fmt.Sprintf("$type(%s) = %q", v, strings.ToLower(e.op[2:]))
	case "IsNumeric":
		return fmt.Sprintf("$type(%s) = \"number\"", v)
	case "IsTimestamp":
		return fmt.Sprintf(`($type(%s) = "string" and $contains(%s, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/))`, v, v)
	case "StringMatches":
		if pattern, ok := e.value.(string); ok {
			return fmt.Sprintf("$contains(%s, %s)", v, likeRegexp(pattern))
		}
	}
	var other string
	if len(e.refs) == 2 {
		other = w.read(e.refs[1])
	} else {
		text, err := literal(e.value)
		w.unsaid(err)
		other = text
	}
	if e.refs[0].typ == timeType {
		v, other = "$toMillis("+v+")", "$toMillis("+other+")"
	}
	return v + " " + jsonataOperators[e.op] + " " + other
}

// likeRegexp writes the pattern of a Like as a regular expression of JSONata.
func likeRegexp(pattern string) string {
	var b strings.Builder
	b.WriteString("/^")
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; c {
		case '*':
			b.WriteString(`[\s\S]*`)
			continue
		case '\\':
			i++
		}
		text := regexp.QuoteMeta(pattern[i : i+1])
		if text == "/" {
			text = `\/`
		}
		b.WriteString(text)
	}
	return b.String() + "$/"
}
