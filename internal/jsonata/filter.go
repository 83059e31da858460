package jsonata

import "math"

// filter is a predicate in brackets: an index, or a test for every item.
type filter struct {
	test    node
	isIndex bool
	index   float64
}

var nothingFound = listOf(&list{seq: true})

// apply gives what the filter lets through: a single item, or a sequence.
func (f *filter) apply(ev *evaluator, fr *frame, v value) (value, error) {
	if f.isIndex {
		return f.pick(v), nil
	}
	n := 1
	if v.kind == array {
		n = length(v)
	}
	out := &list{seq: true}
	for i := range n {
		if err := ev.tick(); err != nil {
			return value{}, err
		}
		e := v
		if v.kind == array {
			e = item(v, i)
		}
		r, err := f.test.eval(ev, fr, e)
		if err != nil {
			return value{}, err
		}
		if r.kind == number && math.IsInf(r.num, 0) {
			return value{}, dynamicValue("D1001", r)
		}
		if times := ev.selects(r, i, n); times > 0 && e.kind != undefined {
			for range times {
				out.vals = append(out.vals, e)
			}
		}
	}
	return listOf(out), ev.charge(len(out.vals))
}

// pick gives the item at the constant index.
func (f *filter) pick(v value) value {
	i := math.Floor(f.index)
	n := 1
	if v.kind == array {
		n = length(v)
	}
	if i < 0 {
		i += float64(n)
	}
	if i < 0 || i >= float64(n) || v.kind == undefined {
		return nothingFound
	}
	if v.kind != array {
		return v
	}
	e := item(v, int(i))
	if e.kind == undefined {
		return nothingFound
	}
	return e
}

// selects tells how many times the result of a test selects the item at i of
// n: a number or an array of numbers are indexes, all else is a condition.
func (ev *evaluator) selects(r value, i, n int) int {
	switch r.kind {
	case number:
		if indexed(r.num, n) == float64(i) {
			return 1
		}
		return 0
	case array:
		m := length(r)
		if m == 0 || !ev.spend(m) {
			return 0
		}
		times := 0
		for j := range m {
			e := item(r, j)
			if e.kind != number {
				if ev.truth(r) {
					return 1
				}
				return 0
			}
			if indexed(e.num, n) == float64(i) {
				times++
			}
		}
		return times
	}
	if ev.truth(r) {
		return 1
	}
	return 0
}

func indexed(f float64, n int) float64 {
	f = math.Floor(f)
	if f < 0 {
		f += float64(n)
	}
	return f
}

// filterNode is a predicate behind an expression that is no path.
type filterNode struct {
	of     node
	filter filter
	items  *itemScope // of the path that it is a step of
}

func (n *filterNode) eval(ev *evaluator, fr *frame, ctx value) (value, error) {
	v, err := n.evalRaw(ev, fr, ctx)
	return unwrap(v, false), err
}

func (n *filterNode) evalRaw(ev *evaluator, fr *frame, ctx value) (value, error) {
	v, err := evalRaw(n.of, ev, fr, ctx)
	if err != nil {
		return value{}, err
	}
	if v.kind == tuples {
		return n.filter.applyTuples(ev, fr, n.items, v)
	}
	return n.filter.apply(ev, fr, v)
}

func evalRaw(n node, ev *evaluator, fr *frame, ctx value) (value, error) {
	if raw, ok := n.(rawNode); ok {
		return raw.evalRaw(ev, fr, ctx)
	}
	return n.eval(ev, fr, ctx)
}

// keepNode is an expression marked []: a sequence stays an array.
type keepNode struct{ of node }

func (n *keepNode) eval(ev *evaluator, fr *frame, ctx value) (value, error) {
	v, err := evalRaw(n.of, ev, fr, ctx)
	if err != nil {
		return value{}, err
	}
	if _, filtered := n.of.(*filterNode); filtered && v.kind != array && v.kind != undefined {
		return keepSingle(v), nil // the filter gave a sequence of one
	}
	return unwrap(v, true), nil
}
