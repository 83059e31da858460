package states

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/flowstone-go/flow/internal/document"
)

// maxSeconds is the largest number of seconds that a definition may name.
const maxSeconds = 99_999_999

func str(c *checker, n *node, _ place) { c.is(n, document.String) }

func boolean(c *checker, n *node, _ place) { c.is(n, document.Bool) }

func anything(*checker, *node, place) {}

// oneOf takes one of these strings.
func oneOf(values ...string) func(*checker, *node, place) {
	return func(c *checker, n *node, _ place) {
		if c.is(n, document.String) && !slices.Contains(values, n.str()) {
			c.fail(n, "Value should be one of the following: [%s]", strings.Join(values, ", "))
		}
	}
}

// whole takes a whole number in a range, and under JSONata an expression.
func whole(least, most int64) func(*checker, *node, place) {
	return func(c *checker, n *node, p place) {
		if p.language == JSONata && n.isString() {
			c.onlyExpression(n, p, "INTEGER")
			return
		}
		c.whole(n, least, most)
		c.warnOfPath(n)
	}
}

// literal takes a whole number in a range and never an expression.
func literal(least, most int64) func(*checker, *node, place) {
	return func(c *checker, n *node, _ place) { c.whole(n, least, most) }
}

func (c *checker) whole(n *node, least, most int64) {
	f, ok := document.Float(n.scalar)
	if n.kind != document.Number || !ok || f != math.Trunc(f) {
		c.fail(n, "Expected value of type [INTEGER]")
		return
	}
	c.inRange(n, f, least, most)
}

func (c *checker) inRange(n *node, f float64, least, most int64) {
	switch {
	case f < float64(least):
		c.fail(n, "Minimum value is %d", least)
	case most >= 0 && f > float64(most):
		c.fail(n, "Maximum value is %d", most)
	}
}

// unbounded stands for no greatest value.
const unbounded = -1

// inRange takes a number in a range, and under JSONata an expression.
func inRange(least, most int64) func(*checker, *node, place) {
	return func(c *checker, n *node, p place) {
		if p.language == JSONata && n.isString() {
			c.onlyExpression(n, p, "NUMBER")
			return
		}
		c.real(n, least, most)
		c.warnOfPath(n)
	}
}

func literalReal(least, most int64) func(*checker, *node, place) {
	return func(c *checker, n *node, _ place) { c.real(n, least, most) }
}

func (c *checker) real(n *node, least, most int64) {
	if !c.is(n, document.Number) {
		return
	}
	if f, ok := document.Float(n.scalar); ok {
		c.inRange(n, f, least, most)
	}
}

// array checks that n is an array of what the check takes, and tells whether it
// is an array.
func (c *checker) array(n *node, p place, check func(*checker, *node, place)) bool {
	if !c.is(n, document.Array) {
		return false
	}
	for _, item := range n.items {
		check(c, item, p)
	}
	return true
}

// filled takes an array of what the check takes, with an element at least.
func filled(check func(*checker, *node, place)) func(*checker, *node, place) {
	return func(c *checker, n *node, p place) {
		if c.array(n, p, check) && len(n.items) == 0 {
			c.fail(n, "Value cannot be empty")
		}
	}
}

// timestamp takes an RFC 3339 date and time, and under JSONata an expression.
func timestamp(c *checker, n *node, p place) {
	if !c.is(n, document.String) {
		return
	}
	if p.language == JSONata {
		if _, ok := Expression(n.str()); ok {
			c.expression(n, p)
			return
		}
	}
	if !isTimestamp(n.str()) {
		c.fail(n, "String does not match RFC3339 timestamp")
		c.warnOfPath(n)
	}
}

// isTimestamp tells whether a text is a date and time as the States Language
// wants it: RFC 3339 with an upper-case T, and Z or an offset.
func isTimestamp(text string) bool {
	if len(text) < len("2006-01-02T15:04:05Z") || text[10] != 'T' {
		return false
	}
	_, err := time.Parse(time.RFC3339Nano, text)
	return err == nil && !strings.ContainsRune(text, ',')
}
