package states

import (
	"strings"

	"github.com/flowstone-go/flow/internal/document"
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
func (c *checker) expression(n *node, _ place) {
	text := n.str()
	if _, ok := Expression(text); !ok {
		if strings.HasPrefix(text, "{%") != strings.HasSuffix(text, "%}") {
			c.fail(n, "A JSONata expression must start with '{%%' and end with '%%}'")
		}
	}
}
