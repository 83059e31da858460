package jsonata

import "github.com/flowstone-go/flow/internal/document"

// invoke calls a function given to a higher-order function with as many of
// the arguments as it declares, at least one.
func (ev *evaluator) invoke(f *closure, arity int, args *[3]value) (value, error) {
	v, err := ev.call(f, args[:min(max(arity, 1), 3)], value{})
	return unwrap(v, false), err
}

func fnMap(ev *evaluator, args []value, _ value) (value, error) {
	v, f := arg(args, 0), arg(args, 1).fn()
	if v.kind == undefined {
		return v, nil
	}
	n := length(v)
	out := newSequence(n)
	arity := f.arity()
	for i := range n {
		r, err := ev.invoke(f, arity, &[3]value{item(v, i), numberOf(float64(i)), v})
		if err != nil {
			return value{}, err
		}
		if r.kind != undefined {
			out.vals = append(out.vals, r)
		}
	}
	return listOf(out), ev.charge(n)
}

func fnFilter(ev *evaluator, args []value, _ value) (value, error) {
	v, f := arg(args, 0), arg(args, 1).fn()
	if v.kind == undefined {
		return v, nil
	}
	out := &list{seq: true}
	arity := f.arity()
	for i := range length(v) {
		e := item(v, i)
		r, err := ev.invoke(f, arity, &[3]value{e, numberOf(float64(i)), v})
		if err != nil {
			return value{}, err
		}
		if truth(r) {
			out.vals = append(out.vals, e)
		}
	}
	return listOf(out), ev.charge(len(out.vals))
}

func fnSingle(ev *evaluator, args []value, _ value) (value, error) {
	v, f := arg(args, 0), arg(args, 1)
	if v.kind == undefined {
		return v, nil
	}
	found := false
	var out value
	for i := range length(v) {
		e := item(v, i)
		ok := true
		if f.kind == function {
			r, err := ev.invoke(f.fn(), f.fn().arity(), &[3]value{e, numberOf(float64(i)), v})
			if err != nil {
				return value{}, err
			}
			ok = truth(r)
		}
		if !ok {
			continue
		}
		if found {
			return value{}, dynamic("D3138")
		}
		found, out = true, e
	}
	if !found {
		return value{}, dynamic("D3139")
	}
	return out, nil
}

func fnReduce(ev *evaluator, args []value, _ value) (value, error) {
	v, f, total := arg(args, 0), arg(args, 1).fn(), arg(args, 2)
	if v.kind == undefined {
		return v, nil
	}
	arity := f.arity()
	if arity < 2 {
		return value{}, dynamic("D3050")
	}
	n, i := length(v), 0
	if total.kind == undefined && n > 0 {
		total, i = item(v, 0), 1
	}
	for ; i < n; i++ {
		all := [4]value{total, item(v, i), numberOf(float64(i)), v}
		r, err := ev.call(f, all[:min(arity, 4)], value{})
		if err != nil {
			return value{}, err
		}
		total = unwrap(r, false)
	}
	return total, nil
}

func fnEach(ev *evaluator, args []value, _ value) (value, error) {
	o, f := arg(args, 0), arg(args, 1).fn()
	out := &list{seq: true}
	if o.kind != object {
		return listOf(out), nil
	}
	arity := f.arity()
	for k, m := range document.Entries(o.ref) {
		r, err := ev.invoke(f, arity, &[3]value{valueOf(m), textOf(k), o})
		if err != nil {
			return value{}, err
		}
		if r.kind != undefined {
			out.vals = append(out.vals, r)
		}
	}
	return listOf(out), ev.charge(len(out.vals))
}

func fnSift(ev *evaluator, args []value, _ value) (value, error) {
	o, f := arg(args, 0), arg(args, 1)
	if o.kind != object {
		return value{}, nil
	}
	if f.kind != function {
		return value{}, dynamic("T1006")
	}
	out := document.NewObject(0)
	arity := f.fn().arity()
	for k, m := range document.Entries(o.ref) {
		r, err := ev.invoke(f.fn(), arity, &[3]value{valueOf(m), textOf(k), o})
		if err != nil {
			return value{}, err
		}
		if truth(r) {
			out.Set(k, m)
		}
	}
	if out.Len() == 0 {
		return value{}, nil
	}
	return value{kind: object, ref: out}, ev.charge(2 * out.Len())
}
