package jsonata

import "errors"

// fnEval is $eval where it is handed on as a value: what it evaluates sees no
// variables of the expression around it.
func fnEval(ev *evaluator, args []value, ctx value) (value, error) {
	return ev.evalText(args, ctx, nil, nil)
}

// evalText compiles and evaluates an expression while evaluating another, in
// the scope of the call, and within the bounds of the evaluation.
func (ev *evaluator) evalText(args []value, ctx value, around *scope, fr *frame) (value, error) {
	src := arg(args, 0)
	if src.kind != text {
		return value{}, nil
	}
	if err := ev.take(int64(len(src.str())) * evalBytes); err != nil {
		return value{}, err
	}
	e, err := compile(src.str(), ev.expr.opts, around)
	if err != nil {
		f := dynamic("D3120")
		f.value = messageOf(public(err))
		return value{}, f
	}
	input := ctx
	if focus := arg(args, 1); focus.kind != undefined {
		input = focus
		if input.kind == array && !isSequence(input) {
			input = listOf(&list{seq: true, outer: true, vals: []value{input}})
		}
	}
	if err := ev.enter(e.reach); err != nil {
		return value{}, err
	}
	saved, globals := ev.globals, append([]value(nil), e.known...)
	ev.bindGlobals(e, globals)
	ev.globals = globals
	v, err := e.root.eval(ev, ev.keptFrame(e.layout.size, fr), input)
	ev.globals = saved
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

// evalBytes is what compiling takes for each byte of an expression, roughly.
const evalBytes = 64

func messageOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Message
	}
	return err.Error()
}
