package path

import (
	"math"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
)

// call is a function at the end of a path, with its arguments.
type call struct {
	name string
	args []*operand
}

// functions of the dialect. Those that need numbers or elements fail without
// any; the others give null for what they don't apply to.
var functions = map[string]func(w *walker, name string, v any, args []any) (any, error){
	"length": length,
	"size":   length,
	"keys":   keys,
	"min":    aggregate,
	"max":    aggregate,
	"avg":    aggregate,
	"stddev": aggregate,
	"sum":    aggregate,
	"concat": concat,
	"append": appended,
	"first":  place,
	"last":   place,
	"index":  place,
}

// function reads the arguments of a function; the opening parenthesis is next.
func (p *parser) function(steps []step, name string) ([]step, error) {
	if _, ok := functions[name]; !ok {
		return nil, p.fail("there is no function " + abridge(name))
	}
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	outer := p.inFilter
	p.inFilter = true
	defer func() { p.inFilter = outer }()
	p.at++
	c := &call{name: name}
	p.blanks()
	for !p.take(')') {
		if len(c.args) > 0 && !p.take(',') {
			return nil, p.fail("expected , or ) after the argument")
		}
		p.blanks()
		arg, err := p.operand()
		if err != nil {
			return nil, err
		}
		c.args = append(c.args, arg)
		p.blanks()
	}
	if name == "index" && len(c.args) != 1 {
		return nil, p.fail("index takes one argument")
	}
	return append(steps, step{kind: stepFunction, name: name, call: c}), nil
}

// of calls the function for v. An argument's path starts from the document
// ($) or from v (@); one that leads nowhere is left out.
func (c *call) of(w *walker, v any) (any, error) {
	var args []any
	for _, a := range c.args {
		arg, ok, err := a.get(w, v)
		if err != nil {
			return nil, err
		}
		if ok {
			args = append(args, arg)
		}
	}
	return functions[c.name](w, c.name, v, args)
}

func length(_ *walker, _ string, v any, args []any) (any, error) {
	if len(args) > 0 {
		v = args[0]
	}
	switch document.KindOf(v) {
	case document.Array, document.ObjectKind:
		return float64(document.Len(v)), nil
	default:
		return nil, nil //nolint:nilnil // JSON null
	}
}

func keys(w *walker, _ string, v any, _ []any) (any, error) {
	if document.KindOf(v) != document.ObjectKind {
		return nil, nil //nolint:nilnil // JSON null
	}
	names := make([]any, 0, document.Len(v))
	for name := range document.Entries(v) {
		names = append(names, name)
	}
	return names, w.spend(len(names))
}

// aggregate computes over the numbers of an array and of the arguments.
func aggregate(w *walker, name string, v any, args []any) (any, error) {
	var numbers []float64
	take := func(v any) error {
		if f, ok := document.Float(v); ok {
			numbers = append(numbers, f)
		}
		return w.visit()
	}
	for _, list := range append([]any{v}, args...) {
		if document.KindOf(list) != document.Array {
			list = []any{list}
		}
		for e := range document.Elements(list) {
			if err := take(e); err != nil {
				return nil, err
			}
		}
	}
	if document.KindOf(v) != document.Array && len(args) == 0 || len(numbers) == 0 {
		return nil, w.impossible("Aggregation function attempted to calculate value using empty array")
	}
	return statistic(name, numbers), nil
}

func statistic(name string, numbers []float64) float64 {
	low, high, sum, squares := numbers[0], numbers[0], 0.0, 0.0
	for _, f := range numbers {
		low, high, sum, squares = min(low, f), max(high, f), sum+f, squares+f*f
	}
	n := float64(len(numbers))
	switch name {
	case "min":
		return low
	case "max":
		return high
	case "avg":
		return sum / n
	case "stddev":
		return math.Sqrt(max(0, squares/n-sum*sum/n/n))
	}
	return sum
}

// concat joins the strings of an array and of the arguments; a string is first
// among them.
func concat(w *walker, _ string, v any, args []any) (any, error) {
	var b strings.Builder
	for _, part := range append([]any{v}, args...) {
		if document.KindOf(part) != document.Array {
			part = []any{part}
		}
		for e := range document.Elements(part) {
			s, _ := document.Str(e)
			if err := w.spend(1 + len(s)/16); err != nil {
				return nil, err
			}
			b.WriteString(s)
		}
	}
	return b.String(), nil
}

func appended(w *walker, _ string, v any, args []any) (any, error) {
	if document.KindOf(v) != document.Array {
		return v, nil
	}
	list := make([]any, 0, document.Len(v)+len(args))
	for e := range document.Elements(v) {
		list = append(list, e)
	}
	return append(list, args...), w.spend(len(list))
}

// place gives the first or last element, or the one at an index, which counts
// from the end if it is negative.
func place(w *walker, name string, v any, args []any) (any, error) {
	n := document.Len(v)
	if document.KindOf(v) != document.Array || n == 0 {
		return nil, w.impossible("Aggregation function attempted to calculate value using empty array")
	}
	at := 0
	switch name {
	case "last":
		at = n - 1
	case "index":
		var i int64
		ok := len(args) == 1
		if ok {
			i, ok = document.Integer(args[0])
		}
		if ok && i < 0 {
			i += int64(n)
		}
		if !ok || i < 0 || i >= int64(n) {
			return nil, w.impossible("the index is not a place in the array")
		}
		at = int(i)
	}
	e, _ := document.Index(v, at)
	return e, nil
}
