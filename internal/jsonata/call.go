package jsonata

// closure is a function value: a builtin, a function of the expression with
// the frame it was made in, or one made of other functions.
type closure struct {
	builtin *builtin
	lambda  *lambdaNode
	frame   *frame
	ctx     value   // context item of the place where a lambda was made
	globals []value // of the expression that a lambda is part of
	made    madeFunction
}

// madeFunction is a function that the evaluation put together.
type madeFunction interface {
	call(ev *evaluator, args []value, ctx value) (value, error)
	arity() int
}

func functionOf(c *closure) value { return value{kind: function, ref: c} }

// arity is how many arguments the function declares; higher-order functions
// hand it no more of the optional ones.
func (f *closure) arity() int {
	switch {
	case f.builtin != nil:
		return f.builtin.arity
	case f.lambda != nil:
		return f.lambda.params
	}
	return f.made.arity()
}

// lambdaNode is a function definition.
type lambdaNode struct {
	params int
	slots  []int
	sig    *signature
	layout layout
	body   node
	reach  int
}

func (n *lambdaNode) eval(ev *evaluator, fr *frame, ctx value) (value, error) {
	return functionOf(&closure{lambda: n, frame: fr, ctx: ctx, globals: ev.globals}), ev.charge(0)
}

// call applies a function. The slice of arguments is only read, and not kept.
func (ev *evaluator) call(f *closure, args []value, ctx value) (value, error) {
	if f.lambda == nil {
		return ev.callOther(f, args, ctx)
	}
	v, err := ev.callLambda(f, args, ctx)
	if err != nil || v.kind != tail {
		return v, err
	}
	return ev.goOn()
}

// goOn makes the call that a body has left to its caller, and those that it
// leaves in turn. What a function of the library gives to such a call comes
// back as it is, a sequence of one as an array, which a higher-order function
// keeps: $map([1, 2], function($x) { $filter([$x], $boolean) }) is [[1], [2]].
func (ev *evaluator) goOn() (value, error) {
	for {
		f, call, ctx := ev.later.fn, ev.later.call, ev.later.ctx
		if f.lambda == nil {
			ev.base++ // what the function calls is nested in it
			v, err := ev.callOther(f, append([]value(nil), ev.later.args...), ctx)
			ev.base--
			if err != nil {
				return value{}, located(err, call.name, call.pos)
			}
			return v, nil
		}
		v, err := ev.callLambda(f, ev.later.args, ctx)
		if err != nil {
			return value{}, located(err, call.name, call.pos)
		}
		if v.kind != tail {
			return v, nil
		}
	}
}

func (ev *evaluator) callLambda(f *closure, args []value, ctx value) (value, error) {
	l := f.lambda
	if err := ev.tick(); err != nil {
		return value{}, err
	}
	if ev.base+l.reach > ev.expr.opts.Limits.Depth {
		return value{}, tooDeep()
	}
	if l.sig != nil {
		var err error
		if args, err = l.sig.validate(args, ctx); err != nil {
			return value{}, err
		}
	}
	var fr *frame
	if l.layout.captured {
		fr = &frame{vals: make([]value, l.layout.size), up: f.frame}
	} else {
		fr = ev.newFrame(l.layout.size, f.frame)
	}
	fr.reset(0, l.layout.size)
	for i, slot := range l.slots {
		fr.vals[slot] = value{}
		if i < len(args) {
			fr.vals[slot] = args[i]
		}
	}
	globals := ev.globals
	ev.globals = f.globals
	v, err := l.body.eval(ev, fr, f.ctx)
	ev.globals = globals
	if !l.layout.captured {
		ev.drop(fr)
	}
	if v.kind == array {
		v = unwrap(v, false)
	}
	return v, err
}

func (ev *evaluator) callOther(f *closure, args []value, ctx value) (value, error) {
	if err := ev.tick(); err != nil {
		return value{}, err
	}
	if f.builtin == nil {
		ev.base++ // functions made of functions may be nested deep
		v, err := value{}, ev.enter(0)
		if err == nil {
			v, err = f.made.call(ev, args, ctx)
		}
		ev.base--
		return v, err
	}
	for i := range args { // its work goes with the size of what it is given
		switch args[i].kind {
		case text:
			ev.spend(len(args[i].str()) >> textStep)
		case array:
			ev.spend(length(args[i]) >> 2)
		}
	}
	if f.builtin.sig != nil {
		var err error
		if args, err = f.builtin.sig.validate(args, ctx); err != nil {
			return value{}, named(err, f.builtin.name)
		}
	}
	return f.builtin.run(ev, args, ctx)
}

// callNode is a call of a function.
type callNode struct {
	proc      node
	args      []node
	name      string
	pos       int
	depth     int
	guess     int    // global of the same name as the field that is called, or -1
	first     node   // what ~> puts in front of the arguments
	scope     *scope // of a call of $eval
	isTail    bool
	keepArray bool
}

func (n *callNode) eval(ev *evaluator, fr *frame, ctx value) (value, error) {
	v, err := n.evalRaw(ev, fr, ctx)
	if err != nil || v.kind == tail {
		return v, err
	}
	return unwrap(v, n.keepArray), nil
}

func (n *callNode) evalRaw(ev *evaluator, fr *frame, ctx value) (value, error) {
	mark := len(ev.args)
	if n.first != nil {
		v, err := n.first.eval(ev, fr, ctx)
		if err != nil {
			return value{}, err
		}
		ev.args = append(ev.args, v)
	}
	p, err := n.proc.eval(ev, fr, ctx)
	if err != nil {
		return value{}, err
	}
	if p.kind == undefined && n.guess >= 0 && ev.globals[n.guess].kind != undefined {
		return value{}, located(dynamic("T1005"), n.name, n.pos)
	}
	for _, a := range n.args {
		v, err := a.eval(ev, fr, ctx)
		if err != nil {
			return value{}, err
		}
		ev.args = append(ev.args, v)
	}
	args := ev.args[mark:len(ev.args):len(ev.args)]
	if p.kind != function {
		return value{}, located(dynamic("T1006"), n.name, n.pos)
	}
	f := p.fn()
	if n.isTail {
		ev.later.fn, ev.later.call, ev.later.ctx = f, n, ctx
		ev.later.args = append(ev.later.args[:0], args...)
		ev.pop(mark)
		return value{kind: tail}, nil
	}
	base := ev.base
	ev.base += n.depth
	var v value
	if n.scope != nil && f.builtin != nil {
		if args, err = f.builtin.sig.validate(args, ctx); err == nil {
			v, err = ev.evalText(args, ctx, n.scope, fr)
		}
	} else {
		v, err = ev.call(f, args, ctx)
	}
	ev.base = base
	ev.pop(mark)
	if err != nil {
		return value{}, located(err, n.name, n.pos)
	}
	return v, nil
}

func (c *compiler) call(n *ast) (node, int, error) {
	out := &callNode{pos: n.pos, depth: c.depth, guess: -1, isTail: n.isTail, keepArray: n.keepArray}
	var reach, deep int
	var err error
	if out.proc, reach, err = c.procedure(n.lhs); err != nil {
		return nil, 0, err
	}
	out.name, out.guess = c.calledName(n.lhs)
	if out.args, deep, err = c.list(n.list); err != nil {
		return nil, 0, err
	}
	if v, free := out.proc.(*variableNode); free && n.lhs.value == "eval" && len(v.places) == 0 && c.opts.Dialect == Standard {
		out.scope, out.isTail = c.scope, false
	}
	return out, max(reach, deep) + 1, nil
}

// procedure compiles what is called. A bare name calls nothing; it is let
// through even where there is no input document, to fail when it runs.
func (c *compiler) procedure(n *ast) (node, int, error) {
	was, refs := c.inside, len(c.uses.refs)
	if n.typ == astPath && len(n.list) == 1 && n.list[0].typ == astName {
		c.inside = true
	}
	out, reach, err := c.below(n)
	c.inside = was
	if n.typ == astVariable && len(c.uses.refs) > refs {
		c.uses.called(n.value)
	}
	return out, reach, err
}

// calledName is the name by which errors speak of a called function, and the
// global that might have been meant.
func (c *compiler) calledName(n *ast) (string, int) {
	if n.typ == astPath {
		name := n.list[0].value
		if n.list[0].typ == astName {
			return name, c.global(name)
		}
		return name, -1
	}
	return n.value, -1
}

// apply compiles a ~> b: a call with a in front, or the composition of two
// functions.
func (c *compiler) apply(n *ast) (node, int, error) {
	l, lReach, err := c.below(n.lhs)
	if err != nil {
		return nil, 0, err
	}
	if n.rhs.typ == astFunction && len(n.rhs.predicate) == 0 && n.rhs.group == nil {
		n.rhs.isTail = false
		r, rReach, err := c.below(n.rhs)
		if err != nil {
			return nil, 0, err
		}
		call := r
		if k, ok := r.(*keepNode); ok {
			call = k.of
		}
		if call, ok := call.(*callNode); ok {
			call.first = l
		}
		return r, max(lReach, rReach) + 1, nil
	}
	r, rReach, err := c.below(n.rhs)
	return &applyNode{l: l, r: r, pos: n.pos, depth: c.depth}, max(lReach, rReach) + 1, err
}

type applyNode struct {
	l, r  node
	pos   int
	depth int
}

func (n *applyNode) eval(ev *evaluator, fr *frame, ctx value) (value, error) {
	v, err := n.evalRaw(ev, fr, ctx)
	return unwrap(v, false), err
}

func (n *applyNode) evalRaw(ev *evaluator, fr *frame, ctx value) (value, error) {
	l, err := n.l.eval(ev, fr, ctx)
	if err != nil {
		return value{}, err
	}
	r, err := n.r.eval(ev, fr, ctx)
	if err != nil {
		return value{}, err
	}
	if r.kind != function {
		return value{}, located(dynamicValue("T2006", r), "~>", n.pos)
	}
	if l.kind == function {
		return functionOf(&closure{made: &chained{l.fn(), r.fn()}}), ev.charge(0)
	}
	base := ev.base
	ev.base += n.depth
	v, err := ev.call(r.fn(), []value{l}, value{kind: null})
	ev.base = base
	return v, located(err, "~>", n.pos)
}

// chained is f ~> g: g after f.
type chained struct{ f, g *closure }

func (c *chained) arity() int { return 1 }

func (c *chained) call(ev *evaluator, args []value, ctx value) (value, error) {
	v, err := ev.call(c.f, []value{arg(args, 0)}, ctx)
	if err != nil {
		return value{}, err
	}
	return ev.call(c.g, []value{unwrap(v, false)}, ctx)
}

// partialNode is f(a, ?): a function of the arguments that are missing.
type partialNode struct {
	proc  node
	args  []node // nil for a placeholder
	name  string
	guess int
	pos   int
}

func (c *compiler) partial(n *ast) (node, int, error) {
	out := &partialNode{pos: n.pos}
	var reach int
	var err error
	if out.proc, reach, err = c.procedure(n.lhs); err != nil {
		return nil, 0, err
	}
	out.name, out.guess = c.calledName(n.lhs)
	for _, a := range n.list {
		if a.typ == astPlaceholder {
			out.args = append(out.args, nil)
			continue
		}
		e, deep, err := c.below(a)
		if err != nil {
			return nil, 0, err
		}
		out.args, reach = append(out.args, e), max(reach, deep)
	}
	return out, reach + 1, nil
}

func (n *partialNode) eval(ev *evaluator, fr *frame, ctx value) (value, error) {
	p := &partial{args: make([]value, len(n.args))}
	for i, a := range n.args {
		if a == nil {
			p.holes = append(p.holes, i)
			continue
		}
		v, err := a.eval(ev, fr, ctx)
		if err != nil {
			return value{}, err
		}
		p.args[i] = v
	}
	f, err := n.proc.eval(ev, fr, ctx)
	if err != nil {
		return value{}, err
	}
	if f.kind == undefined && n.guess >= 0 && ev.globals[n.guess].kind != undefined {
		return value{}, located(dynamic("T1007"), n.name, n.pos)
	}
	if f.kind != function {
		return value{}, located(dynamic("T1008"), n.name, n.pos)
	}
	p.fn = f.fn()
	for i := len(n.args); i < p.fn.arity(); i++ { // arguments not mentioned stay open as well
		p.args = append(p.args, value{})
	}
	return functionOf(&closure{made: p}), ev.charge(len(p.args))
}

// partial is a function with some of its arguments bound.
type partial struct {
	fn    *closure
	args  []value
	holes []int
}

func (p *partial) arity() int { return len(p.holes) }

func (p *partial) call(ev *evaluator, args []value, ctx value) (value, error) {
	all := append([]value(nil), p.args...)
	for i, hole := range p.holes {
		all[hole] = arg(args, i)
	}
	return ev.call(p.fn, all, ctx)
}

func arg(args []value, i int) value {
	if i < len(args) {
		return args[i]
	}
	return value{}
}
