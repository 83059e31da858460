package jsonata

import "github.com/flowstone-go/flow/internal/document"

// transformNode is | pattern | update, deletion |: a function that copies an
// object and changes what the pattern finds in the copy.
type transformNode struct {
	pattern, update, remove node
	pos                     int
}

var transformSignature, _ = parseSignature("<(oa):o>")

func (n *transformNode) eval(ev *evaluator, fr *frame, _ value) (value, error) {
	return functionOf(&closure{made: &transformer{n, fr, ev.globals}}), ev.charge(0)
}

type transformer struct {
	*transformNode
	frame   *frame
	globals []value
}

func (t *transformer) arity() int { return 1 }

func (t *transformer) call(ev *evaluator, args []value, ctx value) (value, error) {
	args, err := transformSignature.validate(args, ctx)
	if err != nil {
		return value{}, err
	}
	in := arg(args, 0)
	if in.kind == undefined {
		return value{}, nil
	}
	if err := t.overridden(ev); err != nil {
		return value{}, err
	}
	out, err := ev.clone(in, 0)
	if err != nil {
		return value{}, err
	}
	globals := ev.globals
	ev.globals = t.globals
	defer func() { ev.globals = globals }()
	found, err := t.pattern.eval(ev, t.frame, out)
	if err != nil || found.kind == undefined {
		return out, err
	}
	for _, m := range appendItems(nil, found) {
		o, _ := m.ref.(*document.Object)
		if err := t.change(ev, m, o); err != nil {
			return value{}, located(err, "", t.pos)
		}
	}
	return out, nil
}

// overridden fails where a variable hides the function that copies.
func (t *transformer) overridden(ev *evaluator) error {
	if ev.env.Variables == nil {
		return nil
	}
	if _, hidden := ev.env.Variables.Lookup("clone"); hidden {
		return located(dynamic("T2013"), "", t.pos)
	}
	return nil
}

func (t *transformer) change(ev *evaluator, m value, o *document.Object) error {
	update, err := t.update.eval(ev, t.frame, m)
	if err != nil {
		return err
	}
	if update.kind != undefined {
		if update.kind != object {
			return dynamicValue("T2011", update)
		}
		if o != nil {
			for k, v := range document.Entries(update.ref) {
				o.Set(k, v)
			}
		}
	}
	if t.remove == nil {
		return nil
	}
	remove, err := t.remove.eval(ev, t.frame, m)
	if err != nil || remove.kind == undefined {
		return err
	}
	keys := appendItems(nil, remove)
	for _, k := range keys {
		if k.kind != text {
			return dynamicValue("T2012", remove)
		}
	}
	for _, k := range keys {
		if o != nil {
			o.Delete(k.str())
		}
	}
	return nil
}

// clone copies a value with all that is below it, so that it may be changed.
func (ev *evaluator) clone(v value, depth int) (value, error) {
	if depth > document.MaxDepth {
		return value{}, tooDeep()
	}
	switch v.kind {
	case array:
		n := length(v)
		if err := ev.charge(n); err != nil {
			return value{}, err
		}
		out := &list{vals: make([]value, n)}
		for i := range n {
			var err error
			if out.vals[i], err = ev.clone(item(v, i), depth+1); err != nil {
				return value{}, err
			}
		}
		return listOf(out), nil
	case object:
		if err := ev.charge(size(v)); err != nil {
			return value{}, err
		}
		out := document.NewObject(size(v))
		for k, e := range document.Entries(v.ref) {
			c, err := ev.clone(valueOf(e), depth+1)
			if err != nil {
				return value{}, err
			}
			out.Set(k, boxed(c))
		}
		return value{kind: object, ref: out}, nil
	case function:
		return textOf(""), nil // a copy is made of JSON
	}
	return v, nil
}
