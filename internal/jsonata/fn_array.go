package jsonata

import "math"

func fnSum(_ *evaluator, args []value, _ value) (value, error) {
	v := arg(args, 0)
	if v.kind == undefined {
		return v, nil
	}
	total := 0.0
	for i := range length(v) {
		total += item(v, i).num
	}
	return numberOf(total), nil
}

func fnCount(_ *evaluator, args []value, _ value) (value, error) {
	if v := arg(args, 0); v.kind == array {
		return numberOf(float64(length(v))), nil
	}
	return numberOf(0), nil
}

func fnMax(_ *evaluator, args []value, _ value) (value, error) {
	return extreme(arg(args, 0), math.Inf(-1), func(a, b float64) bool { return a > b })
}

func fnMin(_ *evaluator, args []value, _ value) (value, error) {
	return extreme(arg(args, 0), math.Inf(1), func(a, b float64) bool { return a < b })
}

func extreme(v value, most float64, better func(a, b float64) bool) (value, error) {
	if v.kind == undefined || length(v) == 0 {
		return value{}, nil
	}
	for i := range length(v) {
		if f := item(v, i).num; better(f, most) {
			most = f
		}
	}
	return numberOf(most), nil
}

func fnAverage(ev *evaluator, args []value, ctx value) (value, error) {
	v := arg(args, 0)
	if v.kind == undefined || length(v) == 0 {
		return value{}, nil
	}
	total, err := fnSum(ev, args, ctx)
	return numberOf(total.num / float64(length(v))), err
}

func fnAppend(ev *evaluator, args []value, _ value) (value, error) {
	a, b := arg(args, 0), arg(args, 1)
	if a.kind != undefined && b.kind != undefined {
		if err := ev.charge(sizeAsArray(a) + sizeAsArray(b)); err != nil {
			return value{}, err
		}
	}
	return appendValues(a, b), nil
}

func fnReverse(ev *evaluator, args []value, _ value) (value, error) {
	v := arg(args, 0)
	if v.kind == undefined || length(v) <= 1 {
		return v, nil
	}
	n := length(v)
	if err := ev.charge(n); err != nil {
		return value{}, err
	}
	out := &list{vals: make([]value, n)}
	for i := range n {
		out.vals[n-1-i] = item(v, i)
	}
	return listOf(out), nil
}

func fnShuffle(ev *evaluator, args []value, _ value) (value, error) {
	v := arg(args, 0)
	if v.kind == undefined || length(v) <= 1 {
		return v, nil
	}
	if err := ev.charge(length(v)); err != nil {
		return value{}, err
	}
	out := appendItems(nil, v)
	for i := len(out) - 1; i > 0; i-- {
		j := int(ev.random() * float64(i+1))
		out[i], out[j] = out[j], out[i]
	}
	return listOf(&list{vals: out}), nil
}

func fnDistinct(ev *evaluator, args []value, _ value) (value, error) {
	v := arg(args, 0)
	if v.kind != array || length(v) <= 1 {
		return v, nil
	}
	out := &list{seq: isSequence(v)}
	seen := make(map[any]bool)
	for i := range length(v) {
		e := item(v, i)
		if key, ok := scalarKey(e); ok {
			if seen[key] {
				continue
			}
			seen[key] = true
		} else if known, err := ev.holds(out.vals, e); known || err != nil {
			if err != nil {
				return value{}, err
			}
			continue
		}
		out.vals = append(out.vals, e)
	}
	return listOf(out), ev.charge(len(out.vals))
}

// scalarKey gives a key that two scalars share only if they are equal.
func scalarKey(v value) (any, bool) {
	switch v.kind {
	case number:
		return v.num, v.num == v.num
	case text:
		return v.str(), true
	case boolean:
		return v.num != 0, true
	case null:
		return nil, true
	}
	return nil, false
}

func (ev *evaluator) holds(vals []value, v value) (bool, error) {
	for _, e := range vals {
		if err := ev.tick(); err != nil {
			return false, err
		}
		if ev.equal(e, v) {
			return true, nil
		}
	}
	return false, nil
}

func fnZip(ev *evaluator, args []value, _ value) (value, error) {
	n := -1
	for _, a := range args {
		if a.kind != array {
			n = 0
			break
		}
		if m := length(a); n < 0 || m < n {
			n = m
		}
	}
	out := &list{}
	for i := range max(n, 0) {
		if err := ev.charge(len(args)); err != nil {
			return value{}, err
		}
		row := &list{vals: make([]value, len(args))}
		for k, a := range args {
			row.vals[k] = item(a, i)
		}
		out.vals = append(out.vals, listOf(row))
	}
	return listOf(out), nil
}

func fnSort(ev *evaluator, args []value, _ value) (value, error) {
	v := arg(args, 0)
	if v.kind == undefined || length(v) <= 1 {
		return v, nil
	}
	if err := ev.charge(length(v)); err != nil {
		return value{}, err
	}
	out := appendItems(make([]value, 0, length(v)), v)
	if by := arg(args, 1); by.kind == function {
		apply := ev.applier(by.fn(), 2)
		apply.arity = 2
		defer apply.done()
		err := mergeSort(out, func(a, b value) (bool, error) {
			r, err := apply.call(a, b, value{}, value{})
			return apply.ev.truth(r), err
		})
		return listOf(&list{vals: out}), err
	}
	kind := out[0].kind
	for _, e := range out {
		if e.kind != kind || (kind != number && kind != text) {
			return value{}, dynamic("D3070")
		}
	}
	err := mergeSort(out, func(a, b value) (bool, error) {
		if kind == number {
			return a.num > b.num, nil
		}
		return compareText(a.str(), b.str()) > 0, nil
	})
	return listOf(&list{vals: out}), err
}
