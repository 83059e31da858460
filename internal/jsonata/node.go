package jsonata

import "github.com/flowstone-go/flow/internal/document"

// contextNode is $.
type contextNode struct{}

func (contextNode) eval(_ *evaluator, _ *frame, ctx value) (value, error) {
	if ctx.kind != array {
		return ctx, nil
	}
	if l := ctx.list(); l != nil && l.outer {
		return l.vals[0], nil
	}
	return unwrap(ctx, false), nil
}

// rootNode is $$.
type rootNode struct{}

func (rootNode) eval(ev *evaluator, _ *frame, _ value) (value, error) { return ev.root, nil }

// localNode is a variable of the current frame that is always bound.
type localNode struct{ index int }

func (n *localNode) eval(_ *evaluator, fr *frame, _ value) (value, error) {
	if v := fr.vals[n.index]; v.kind != array {
		return v, nil
	}
	return unwrap(fr.vals[n.index], false), nil
}

// outerNode is a variable of a frame further up that is always bound.
type outerNode struct{ place }

func (n *outerNode) eval(_ *evaluator, fr *frame, _ value) (value, error) {
	for range n.hops {
		fr = fr.up
	}
	return unwrap(fr.vals[n.index], false), nil
}

// variableNode is a variable that may be bound in several places, or outside
// of the expression.
type variableNode struct {
	places []place
	global int // index among the globals, or -1
}

func (n *variableNode) eval(ev *evaluator, fr *frame, _ value) (value, error) {
	return unwrap(n.value(ev, fr), false), nil
}

func (n *variableNode) value(ev *evaluator, fr *frame) value {
	hops := 0
	for _, p := range n.places {
		for ; hops < p.hops; hops++ {
			fr = fr.up
		}
		if v := fr.vals[p.index]; v.kind != unset {
			return v
		}
	}
	if n.global < 0 {
		return value{}
	}
	return ev.globals[n.global]
}

type conditionNode struct {
	test, then, other     node
	depth                 int
	thenReach, otherReach int
}

func (n *conditionNode) eval(ev *evaluator, fr *frame, ctx value) (value, error) {
	t, err := n.test.eval(ev, fr, ctx)
	if err != nil {
		return value{}, err
	}
	if ev.truth(t) {
		if err := ev.enter(n.depth + n.thenReach); err != nil {
			return value{}, err
		}
		return n.then.eval(ev, fr, ctx)
	}
	if n.other == nil {
		return value{}, nil
	}
	if err := ev.enter(n.depth + n.otherReach); err != nil {
		return value{}, err
	}
	return n.other.eval(ev, fr, ctx)
}

// blockNode is (a; b; c).
type blockNode struct {
	items    []node
	layout   *layout // where a closure may keep the block's variables
	from, to int     // else its variables in the frame around it
}

func (n *blockNode) eval(ev *evaluator, fr *frame, ctx value) (value, error) {
	if n.layout != nil {
		fr = ev.keptFrame(n.layout.size, fr)
	} else {
		fr.reset(n.from, n.to)
	}
	var v value
	for _, e := range n.items {
		var err error
		if v, err = e.eval(ev, fr, ctx); err != nil {
			return value{}, err
		}
	}
	return v, nil
}

type bindNode struct {
	of    node
	place place
}

func (n *bindNode) eval(ev *evaluator, fr *frame, ctx value) (value, error) {
	v, err := n.of.eval(ev, fr, ctx)
	if err != nil {
		return value{}, err
	}
	for range n.place.hops {
		fr = fr.up
	}
	fr.vals[n.place.index] = v
	return v, nil
}

// wildcardNode is *: the values of all fields, arrays taken apart.
type wildcardNode struct{}

func (n *wildcardNode) eval(ev *evaluator, fr *frame, ctx value) (value, error) {
	v, err := n.evalRaw(ev, fr, ctx)
	return unwrap(v, false), err
}

func (*wildcardNode) evalRaw(ev *evaluator, _ *frame, ctx value) (value, error) {
	if l := ctx.list(); l != nil && l.outer {
		ctx = l.vals[0]
	}
	out := &list{seq: true}
	add := func(v value) {
		if v.kind == array {
			out.seq = false // joined by append, which makes a plain array
			ev.flattenInto(out, v)
			return
		}
		out.vals = append(out.vals, v)
	}
	switch ctx.kind {
	case array:
		for i := range length(ctx) {
			add(item(ctx, i))
		}
	case object:
		for _, m := range document.Entries(ctx.ref) {
			add(valueOf(m))
		}
	}
	return listOf(out), ev.charge(len(out.vals))
}

func (ev *evaluator) flattenInto(out *list, v value) {
	for i := range length(v) {
		if !ev.hold(len(out.vals)) {
			return
		}
		if e := item(v, i); e.kind == array {
			ev.flattenInto(out, e)
		} else {
			out.vals = append(out.vals, e)
		}
	}
}

// descendantNode is **: the context item and all that is below it.
type descendantNode struct{}

func (n *descendantNode) eval(ev *evaluator, _ *frame, ctx value) (value, error) {
	if ctx.kind == undefined {
		return value{}, nil
	}
	out := &list{seq: true}
	if err := ev.descend(out, ctx); err != nil {
		return value{}, err
	}
	return unwrap(listOf(out), false), nil
}

func (ev *evaluator) descend(out *list, v value) error {
	if err := ev.tick(); err != nil {
		return err
	}
	if err := ev.grow(len(out.vals)); err != nil {
		return err
	}
	if v.kind == array {
		for i := range length(v) {
			if err := ev.descend(out, item(v, i)); err != nil {
				return err
			}
		}
		return nil
	}
	out.vals = append(out.vals, v)
	if v.kind != object {
		return nil
	}
	for _, m := range document.Entries(v.ref) {
		if err := ev.descend(out, valueOf(m)); err != nil {
			return err
		}
	}
	return nil
}
