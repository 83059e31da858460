package jsonata

import "github.com/flowstone-go/flow/internal/document"

func fnKeys(ev *evaluator, args []value, _ value) (value, error) {
	out := &list{seq: true}
	seen := map[string]bool{}
	if err := ev.keys(out, seen, arg(args, 0), 0); err != nil {
		return value{}, err
	}
	return listOf(out), ev.charge(len(out.vals))
}

func (ev *evaluator) keys(out *list, seen map[string]bool, v value, depth int) error {
	if depth > document.MaxDepth {
		return tooDeep()
	}
	switch v.kind {
	case array:
		for i := range length(v) {
			if err := ev.tick(); err != nil {
				return err
			}
			if err := ev.keys(out, seen, item(v, i), depth+1); err != nil {
				return err
			}
		}
	case object:
		for k := range document.Entries(v.ref) {
			if !seen[k] {
				seen[k] = true
				out.vals = append(out.vals, textOf(k))
			}
		}
	}
	return nil
}

func fnLookup(ev *evaluator, args []value, _ value) (value, error) {
	return ev.lookup(arg(args, 0), arg(args, 1).str()), nil
}

func fnExists(_ *evaluator, args []value, _ value) (value, error) {
	return booleanOf(arg(args, 0).kind != undefined), nil
}

func fnSpread(ev *evaluator, args []value, _ value) (value, error) {
	v := arg(args, 0)
	switch v.kind {
	case array, object:
		out := &list{seq: true}
		if err := ev.spread(out, v, 0); err != nil {
			return value{}, err
		}
		return listOf(out), ev.charge(len(out.vals))
	}
	return v, nil
}

func (ev *evaluator) spread(out *list, v value, depth int) error {
	if depth > document.MaxDepth {
		return tooDeep()
	}
	switch v.kind {
	case array:
		out.seq = out.seq && length(v) == 0 // joined by append, which makes a plain array
		for i := range length(v) {
			if err := ev.tick(); err != nil {
				return err
			}
			if err := ev.spread(out, item(v, i), depth+1); err != nil {
				return err
			}
		}
	case object:
		for k, m := range document.Entries(v.ref) {
			if err := ev.charge(2); err != nil {
				return err
			}
			one := document.NewObject(1)
			one.Set(k, m)
			out.vals = append(out.vals, value{kind: object, ref: one})
		}
	case undefined:
	default:
		if err := ev.grow(len(out.vals)); err != nil {
			return err
		}
		out.vals = append(out.vals, v)
	}
	return nil
}

func fnMerge(ev *evaluator, args []value, _ value) (value, error) {
	v := arg(args, 0)
	if v.kind == undefined {
		return v, nil
	}
	out := document.NewObject(4)
	for i := range length(v) {
		for k, m := range document.Entries(item(v, i).ref) {
			out.Set(k, m)
		}
	}
	return value{kind: object, ref: out}, ev.charge(2 * out.Len())
}

func fnError(_ *evaluator, args []value, _ value) (value, error) {
	return value{}, withMessage("D3137", arg(args, 0), "$error() function evaluated")
}

func fnAssert(ev *evaluator, args []value, _ value) (value, error) {
	if ev.truth(arg(args, 0)) {
		return value{}, nil
	}
	return value{}, withMessage("D3141", arg(args, 1), "$assert() statement failed")
}

func withMessage(code string, message value, otherwise string) error {
	f := dynamic(code)
	f.extra = otherwise
	if s := message.str(); message.kind == text && s != "" {
		f.extra = s
	}
	return f
}

var kindNames = [...]string{null: "null", boolean: "boolean", number: "number", text: "string", array: "array", object: "object", function: "function"}

func fnType(_ *evaluator, args []value, _ value) (value, error) {
	v := arg(args, 0)
	if v.kind == undefined || int(v.kind) >= len(kindNames) {
		return value{}, nil
	}
	return textOf(kindNames[v.kind]), nil
}

func fnBoolean(ev *evaluator, args []value, _ value) (value, error) {
	v := arg(args, 0)
	if v.kind == undefined {
		return v, nil
	}
	return booleanOf(ev.truth(v)), nil
}

func fnNot(ev *evaluator, args []value, _ value) (value, error) {
	v := arg(args, 0)
	if v.kind == undefined {
		return v, nil
	}
	return booleanOf(!ev.truth(v)), nil
}

func fnClone(ev *evaluator, args []value, _ value) (value, error) {
	v := arg(args, 0)
	if v.kind == undefined {
		return v, nil
	}
	return ev.clone(v, 0)
}
