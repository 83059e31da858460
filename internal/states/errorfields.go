package states

import "github.com/flowstone-go/flow/internal/document"

// maxDelay is the largest MaxDelaySeconds: 366 days.
const maxDelay = 31_622_400

var retrierFields = fields{
	"Comment":         comment,
	"ErrorEquals":     {both, filled(str)},
	"IntervalSeconds": {both, literal(1, maxSeconds)},
	"MaxAttempts":     {both, literal(0, maxSeconds)},
	"BackoffRate":     {both, literalReal(1, unbounded)},
	"MaxDelaySeconds": {both, literal(1, maxDelay)},
	"JitterStrategy":  {both, oneOf("FULL", "NONE")},
}

var catcherFields = fields{
	"Comment":     comment,
	"ErrorEquals": {both, filled(str)},
	"Next":        {both, str},
	"ResultPath":  {pathOnly, resultPath},
	"Output":      {jsonataOnly, expressions},
	"Assign":      {both, assignment},
}

func retriers(c *checker, n *node, p place) {
	c.array(n, p, func(c *checker, n *node, p place) { c.object(n, retrierFields, p, "ErrorEquals") })
	c.allLast(n)
}

func catchers(c *checker, n *node, p place) {
	p.catcher = true
	c.array(n, p, func(c *checker, n *node, p place) { c.object(n, catcherFields, p, "ErrorEquals", "Next") })
	c.allLast(n)
}

// allLast wants States.ALL alone in its list, and in the last element.
func (c *checker) allLast(n *node) {
	if n.kind != document.Array {
		return
	}
	for i, item := range n.items {
		names := item.get("ErrorEquals")
		if names == nil {
			continue
		}
		for _, name := range names.items {
			if name.str() != "States.ALL" {
				continue
			}
			if len(names.items) > 1 {
				c.fail(names, "States.ALL must stand alone in ErrorEquals")
			}
			if i < len(n.items)-1 {
				c.fail(names, "States.ALL must be in the last element of %s", n.key)
			}
			break
		}
	}
}
