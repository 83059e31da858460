package states

import (
	"errors"
	"slices"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/jsonata"
)

// expressions takes any JSON, with JSONata expressions in its texts.
func expressions(c *checker, n *node, p place) {
	switch n.kind {
	case document.String:
		c.expression(n, p)
	case document.Array, document.ObjectKind:
		for _, item := range n.items {
			expressions(c, item, p)
		}
	}
}

// arguments takes an object with expressions, or an expression for it.
func arguments(c *checker, n *node, p place) {
	if n.isString() {
		c.onlyExpression(n, p, "OBJECT")
		return
	}
	if c.is(n, document.ObjectKind) {
		expressions(c, n, p)
	}
}

// onlyExpression takes a text that has to be an expression for a value of
// another type.
func (c *checker) onlyExpression(n *node, p place, kind string) {
	if _, ok := Expression(n.str()); !ok {
		c.fail(n, "Expected value of type [%s] or a JSONata expression", kind)
		return
	}
	c.expression(n, p)
}

// expression checks a text that may be an expression. One that has only the
// one of the two delimiters is refused.
func (c *checker) expression(n *node, p place) {
	text := n.str()
	source, ok := Expression(text)
	if !ok {
		if strings.HasPrefix(text, "{%") || strings.HasSuffix(text, "%}") {
			c.fail(n, "A JSONata expression must start with '{%%' and end with '%%}'")
		}
		return
	}
	e, err := compile(source)
	if err != nil {
		code := InvalidJSONata
		if err.Kind == jsonata.Unsupported {
			code = UnsupportedJSONata
		}
		c.failCode(n, code, "%s", err.Message)
		return
	}
	if members, _ := e.States(); slices.Contains(members, "errorOutput") && !p.catcher {
		c.failCode(n, UnsupportedJSONata, "Reference to '$states.errorOutput' is only supported in a Catch.")
	}
}

// compile compiles an expression in the dialect of Step Functions.
func compile(source string) (*jsonata.Expr, *jsonata.Error) {
	e, err := jsonata.Compile(source, jsonata.Options{Dialect: jsonata.StepFunctions})
	if err == nil {
		return e, nil
	}
	if failure, ok := errors.AsType[*jsonata.Error](err); ok {
		return nil, failure
	}
	return nil, &jsonata.Error{Message: err.Error()}
}
