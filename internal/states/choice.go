package states

import (
	"strings"

	"github.com/flowstone-go/flow/internal/document"
)

// operators are the comparisons of a Choice rule, with what they compare to.
var operators = func() fields {
	all := fields{
		"StringMatches": {pathOnly, pattern},
	}
	compared := map[string]func(*checker, *node, place){
		"String":    comparedText,
		"Numeric":   comparedNumber,
		"Timestamp": comparedTime,
	}
	for kind, check := range compared {
		for _, relation := range []string{"Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals"} {
			all[kind+relation] = field{pathOnly, check}
			all[kind+relation+"Path"] = field{pathOnly, valuePath}
		}
	}
	all["BooleanEquals"] = field{pathOnly, boolean}
	all["BooleanEqualsPath"] = field{pathOnly, valuePath}
	for _, test := range []string{"IsNull", "IsPresent", "IsNumeric", "IsString", "IsBoolean", "IsTimestamp"} {
		all[test] = field{pathOnly, boolean}
	}
	return all
}()

func innerRuleFields() fields {
	return operators.with(fields{
		"Comment":  comment,
		"Variable": {pathOnly, valuePath},
		"And":      {pathOnly, filled(innerRule)},
		"Or":       {pathOnly, filled(innerRule)},
		"Not":      {pathOnly, innerRule},
	})
}

var topRuleFields = fields{
	"Next":      {both, str},
	"Assign":    {both, assignment},
	"Condition": {jsonataOnly, condition},
	"Output":    {jsonataOnly, expressions},
}

func topRule(c *checker, n *node, p place) {
	required := []string{"Next"}
	if p.language == JSONata {
		required = []string{"Condition", "Next"}
	}
	if c.object(n, topFields, p, required...) && p.language == JSONPath {
		c.comparison(n)
	}
}

func innerRule(c *checker, n *node, p place) {
	if c.object(n, innerFields, p) {
		c.comparison(n)
	}
}

// comparison wants a Variable with one operator, or one of And, Or and Not.
func (c *checker) comparison(n *node) {
	var found []string
	combined := false
	for _, item := range n.items {
		switch _, isOperator := operators[item.key]; {
		case item.key == "And", item.key == "Or", item.key == "Not":
			combined = true
			found = append(found, item.key)
		case isOperator:
			found = append(found, item.key)
		case item.key == "Condition": // reported as a field of the other language
			return
		}
	}
	switch variable := n.get("Variable"); {
	case len(found) > 1:
		c.fail(n, "Only one of these fields can be set: [%s]", strings.Join(found, ", "))
	case len(found) == 0 && variable != nil:
		c.fail(n, "A rule with a Variable needs a comparison operator")
	case len(found) == 0:
		c.fail(n, "A rule needs a Variable with a comparison operator, or one of these fields: [And, Or, Not]")
	case combined && variable != nil:
		c.fail(n, "Only one of these fields can be set: [Variable, %s]", found[0])
	case !combined && variable == nil:
		c.fail(n, "These fields are required: [Variable]")
	}
}

func comparedText(c *checker, n *node, _ place) {
	if c.is(n, document.String) {
		c.warnOfPath(n)
	}
}

func comparedNumber(c *checker, n *node, _ place) {
	if c.is(n, document.Number) {
		return
	}
	c.warnOfPath(n)
}

func comparedTime(c *checker, n *node, _ place) {
	if c.is(n, document.String) && !isTimestamp(n.str()) {
		c.fail(n, "String does not match RFC3339 timestamp")
		c.warnOfPath(n)
	}
}

// pattern takes the operand of StringMatches: a backslash must be followed by
// a star or another backslash.
func pattern(c *checker, n *node, _ place) {
	if !c.is(n, document.String) {
		return
	}
	text := n.str()
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		if i++; i == len(text) || text[i] != '\\' && text[i] != '*' {
			c.fail(n, `A backslash in a pattern must be followed by '*' or '\'`)
			return
		}
	}
}

// condition takes a boolean or an expression.
func condition(c *checker, n *node, p place) {
	if n.kind == document.Bool {
		return
	}
	if !n.isString() {
		c.fail(n, "Expected value of type [BOOLEAN]")
		return
	}
	c.onlyExpression(n, p, "BOOLEAN")
}
