package jsonata

import "github.com/flowstone-go/flow/internal/document"

// applier calls one function many times. A function of the expression that
// makes no closures and has no signature runs in one frame all along.
type applier struct {
	ev      *evaluator
	f       *closure
	arity   int
	fr      *frame
	globals []value
}

func (ev *evaluator) applier(f *closure, most int) applier {
	a := applier{ev: ev, f: f, arity: min(max(f.arity(), 1), most)}
	if l := f.lambda; l != nil && l.sig == nil && !l.layout.captured && ev.base+l.reach <= ev.expr.opts.Limits.Depth {
		a.fr = ev.newFrame(l.layout.size, f.frame)
		a.globals, ev.globals = ev.globals, f.globals
	}
	return a
}

// done gives back the frame.
func (a *applier) done() {
	if a.fr != nil {
		a.ev.drop(a.fr)
		a.ev.globals = a.globals
	}
}

// call hands the function as many of the arguments as it declares, of those
// that the higher-order function offers.
func (a *applier) call(v0, v1, v2, v3 value) (value, error) {
	ev := a.ev
	if a.f.builtin == nil { // which alone is given a sequence as it is
		v0, v1 = unwrap(v0, false), unwrap(v1, false)
	}
	if a.fr == nil {
		mark := len(ev.args)
		ev.args = append(ev.args, v0, v1, v2, v3)
		v, err := ev.call(a.f, ev.args[mark:mark+a.arity:mark+a.arity], value{kind: null})
		ev.pop(mark)
		return v, err
	}
	if err := ev.tick(); err != nil {
		return value{}, err
	}
	l := a.f.lambda
	fr := a.fr
	if len(l.slots) < l.layout.size {
		fr.reset(0, l.layout.size)
	}
	for i, slot := range l.slots {
		var v value
		if i < a.arity {
			switch i {
			case 0:
				v = v0
			case 1:
				v = v1
			case 2:
				v = v2
			case 3:
				v = v3
			}
		}
		fr.vals[slot] = v
	}
	v, err := l.body.eval(ev, fr, a.f.ctx)
	if v.kind == tail && err == nil {
		return ev.goOn()
	}
	if v.kind == array {
		v = unwrap(v, false)
	}
	return v, err
}

func fnMap(ev *evaluator, args []value, _ value) (value, error) {
	v, f := arg(args, 0), arg(args, 1).fn()
	if v.kind == undefined {
		return v, nil
	}
	n := length(v)
	if err := ev.charge(n); err != nil {
		return value{}, err
	}
	out := newSequence(n)
	a := ev.applier(f, 3)
	defer a.done()
	for i := range n {
		r, err := a.call(item(v, i), numberOf(float64(i)), v, value{})
		if err != nil {
			return value{}, err
		}
		if r.kind != undefined {
			out.vals = append(out.vals, r)
		}
	}
	return listOf(out), nil
}

func fnFilter(ev *evaluator, args []value, _ value) (value, error) {
	v, f := arg(args, 0), arg(args, 1).fn()
	if v.kind == undefined {
		return v, nil
	}
	out := &list{seq: true}
	a := ev.applier(f, 3)
	defer a.done()
	for i := range length(v) {
		e := item(v, i)
		r, err := a.call(e, numberOf(float64(i)), v, value{})
		if err != nil {
			return value{}, err
		}
		if ev.truth(r) {
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
	var a applier
	if f.kind == function {
		a = ev.applier(f.fn(), 3)
		defer a.done()
	}
	found := false
	var out value
	for i := range length(v) {
		e := item(v, i)
		ok := true
		if f.kind == function {
			r, err := a.call(e, numberOf(float64(i)), v, value{})
			if err != nil {
				return value{}, err
			}
			ok = ev.truth(r)
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
	if f.arity() < 2 {
		return value{}, dynamic("D3050")
	}
	n, i := length(v), 0
	if total.kind == undefined && n > 0 {
		total, i = item(v, 0), 1
	}
	a := ev.applier(f, 4)
	defer a.done()
	for ; i < n; i++ {
		var err error
		if total, err = a.call(total, item(v, i), numberOf(float64(i)), v); err != nil {
			return value{}, err
		}
	}
	return total, nil
}

func fnEach(ev *evaluator, args []value, _ value) (value, error) {
	o, f := arg(args, 0), arg(args, 1).fn()
	out := &list{seq: true}
	if o.kind != object {
		return listOf(out), nil
	}
	a := ev.applier(f, 3)
	defer a.done()
	for k, m := range document.Entries(o.ref) {
		r, err := a.call(valueOf(m), textOf(k), o, value{})
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
		if size(o) == 0 {
			return value{}, nil
		}
		return value{}, dynamic("T1006")
	}
	out := document.NewObject(0)
	a := ev.applier(f.fn(), 3)
	defer a.done()
	for k, m := range document.Entries(o.ref) {
		r, err := a.call(valueOf(m), textOf(k), o, value{})
		if err != nil {
			return value{}, err
		}
		if ev.truth(r) {
			out.Set(k, m)
		}
	}
	if out.Len() == 0 {
		return value{}, nil
	}
	return value{kind: object, ref: out}, ev.charge(2 * out.Len())
}
