package jsonata

import (
	"errors"
)

// fnEval compiles and evaluates an expression while evaluating another. It
// shares the bounds of that evaluation.
func fnEval(ev *evaluator, args []value, ctx value) (value, error) {
	src := arg(args, 0)
	if src.kind != text {
		return value{}, nil
	}
	e, err := Compile(src.str(), ev.expr.opts)
	if err != nil {
		f := dynamic("D3120")
		f.value = messageOf(err)
		return value{}, f
	}
	input := ctx
	if focus := arg(args, 1); focus.kind != undefined {
		input = focus
		if input.kind == array && !isSequence(input) {
			input = listOf(&list{seq: true, outer: true, vals: []value{input}})
		}
	}
	inner := *ev
	inner.expr, inner.globals = e, append([]value(nil), e.known...)
	for i, name := range e.globals {
		if ev.env.Variables == nil {
			break
		}
		if v, ok := ev.env.Variables.Lookup(name); ok {
			inner.globals[i] = valueOf(v)
		}
	}
	inner.args, inner.free, inner.later = nil, nil, tailCall{}
	if inner.base+e.reach > e.opts.Limits.Depth {
		return value{}, tooDeep()
	}
	fr := inner.newFrame(e.layout.size, nil)
	fr.reset(0, e.layout.size)
	v, err := e.root.eval(&inner, fr, input)
	ev.room, ev.steps, ev.fuel, ev.now = inner.room, inner.steps, inner.fuel, inner.now
	if err == nil {
		return v, nil
	}
	var f *fault
	if !errors.As(err, &f) || f.Kind == Bound {
		return value{}, err
	}
	out := dynamic("D3121")
	out.value = messageOf(public(err))
	return value{}, out
}

func messageOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Message
	}
	return err.Error()
}
