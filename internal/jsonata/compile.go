package jsonata

// node is a compiled expression. eval gives its value for a context item ctx
// in a frame of variables; it may be called by many evaluations at once.
type node interface {
	eval(ev *evaluator, fr *frame, ctx value) (value, error)
}

// rawNode is a node whose result may be a sequence that a filter or a group
// wants to see before a single item slips out of it.
type rawNode interface {
	node
	evalRaw(ev *evaluator, fr *frame, ctx value) (value, error)
}

// compiler turns a shaped tree into nodes. Every node stands at a static depth
// below the body (of the expression or of a function) that it belongs to.
// Compiling gives a node and its reach: how many levels evaluating it enters
// for certain. Together they make the bound on nesting cost next to nothing:
// only bodies and branches are looked at when running.
type compiler struct {
	opts    *Options
	scope   *scope
	items   *itemScope // of the path being compiled
	globals []string
	uses    usage
	inside  bool // below a step, predicate or function: $ has a meaning there
	depth   int
}

// below compiles a part of the node being compiled.
func (c *compiler) below(n *ast) (node, int, error) {
	c.depth++
	out, reach, err := c.compile(n)
	c.depth--
	return out, reach, err
}

// within compiles a part that has a context item of its own.
func (c *compiler) within(n *ast) (node, int, error) {
	was := c.inside
	c.inside = true
	out, reach, err := c.below(n)
	c.inside = was
	return out, reach, err
}

func (c *compiler) compile(n *ast) (node, int, error) {
	if c.depth > 20*maxNesting {
		return nil, 0, tooNested(n.pos)
	}
	out, reach, err := c.base(n)
	if err != nil {
		return nil, 0, err
	}
	for _, st := range n.predicate {
		f, deep, err := c.filter(st.filter)
		if err != nil {
			return nil, 0, err
		}
		node := &filterNode{of: out, filter: f}
		if c.items != nil && c.items.scope == c.scope {
			node.items = c.items
		}
		out, reach = node, max(reach, deep+1)
	}
	if n.group != nil && n.typ != astPath {
		pairs, deep, err := c.pairs(n.group.pairs, true)
		if err != nil {
			return nil, 0, err
		}
		out, reach = &groupNode{of: out, group: newGroup(pairs, n.group.pos)}, max(reach, deep+1)
	}
	if n.keepArray && n.typ != astPath {
		out = &keepNode{of: out}
	}
	return out, reach, nil
}

func (c *compiler) base(n *ast) (node, int, error) {
	switch n.typ {
	case astString:
		return &constNode{textOf(n.value)}, 1, nil
	case astNumber:
		return &constNode{numberOf(n.num)}, 1, nil
	case astValue:
		return &constNode{valueOf(n.literal())}, 1, nil
	case astName: // a step of its own
		return &nameNode{&fieldName{name: n.value}}, 1, nil
	case astVariable:
		return c.variable(n)
	case astParent:
		return c.lookup(n.slot.label, n), 1, nil
	case astRegex:
		return c.regex(n)
	case astWildcard, astDescendant:
		if err := c.needsInput(n, n.value); err != nil {
			return nil, 0, err
		}
		if n.typ == astWildcard {
			return &wildcardNode{}, 1, nil
		}
		return &descendantNode{}, 1, nil
	case astPath:
		return c.path(n)
	case astBinary, astCoalesce, astDefault:
		return c.binary(n)
	case astNegate:
		of, reach, err := c.below(n.lhs)
		return &negateNode{of: of, pos: n.pos}, reach + 1, err
	case astArray:
		return c.array(n)
	case astObject:
		pairs, reach, err := c.pairs(n.pairs, false)
		return newObjectNode(newGroup(pairs, n.pos)), reach + 1, err
	case astFunction:
		return c.call(n)
	case astPartial:
		return c.partial(n)
	case astLambda:
		return c.lambda(n)
	case astCondition:
		return c.condition(n)
	case astBlock:
		return c.block(n)
	case astBind:
		return c.bind(n)
	case astApply:
		return c.apply(n)
	case astTransform:
		return c.transform(n)
	}
	return nil, 0, syntaxError("S0201", n.pos, n.value)
}

// list compiles parts that are all evaluated.
func (c *compiler) list(parts []*ast) ([]node, int, error) {
	out, reach := make([]node, len(parts)), 0
	for i, part := range parts {
		e, deep, err := c.below(part)
		if err != nil {
			return nil, 0, err
		}
		out[i], reach = e, max(reach, deep)
	}
	return out, reach, nil
}

func (c *compiler) array(n *ast) (node, int, error) {
	items, reach, err := c.list(n.list)
	if err != nil {
		return nil, 0, err
	}
	a := &arrayNode{items: items, nested: make([]bool, len(items)), cons: n.consArray}
	for i, item := range n.list {
		a.nested[i] = item.typ == astArray
	}
	return a, reach + 1, nil
}

func (c *compiler) pairs(pairs []pair, within bool) ([]pairNode, int, error) {
	out, reach := make([]pairNode, len(pairs)), 0
	compile := c.below
	if within {
		compile = c.within
	}
	for i, p := range pairs {
		key, deep, err := compile(p.key)
		if err != nil {
			return nil, 0, err
		}
		v, deeper, err := compile(p.value)
		if err != nil {
			return nil, 0, err
		}
		out[i], reach = pairNode{key: key, value: v}, max(reach, deep, deeper)
	}
	return out, reach, nil
}

func (c *compiler) filter(n *ast) (filter, int, error) {
	if n.typ == astNumber && len(n.predicate) == 0 {
		return filter{isIndex: true, index: n.num}, 1, nil
	}
	test, reach, err := c.within(n)
	return filter{test: test}, reach, err
}

func (c *compiler) condition(n *ast) (node, int, error) {
	test, reach, err := c.below(n.lhs)
	if err != nil {
		return nil, 0, err
	}
	cond := &conditionNode{test: test, depth: c.depth}
	if cond.then, cond.thenReach, err = c.below(n.rhs); err != nil {
		return nil, 0, err
	}
	if n.third != nil {
		if cond.other, cond.otherReach, err = c.below(n.third); err != nil {
			return nil, 0, err
		}
	}
	return cond, reach + 1, nil
}

func (c *compiler) block(n *ast) (node, int, error) {
	b := &blockNode{}
	declared := false
	outer := c.scope
	for _, e := range n.list {
		binds(e, func(name string) {
			if !declared {
				declared = true
				c.scope = outer.inner(makesClosures(n))
				b.from = c.scope.layout.size
			}
			c.scope.declare(name, false)
		})
	}
	defer func() { c.scope = outer }()
	if declared && c.scope.layout != outer.layout {
		b.layout = c.scope.layout
	}
	b.to = b.from + len(c.scope.names)
	if !declared {
		b.to = b.from
	}
	items, reach, err := c.list(n.list)
	b.items = items
	return b, reach + 1, err
}

func (c *compiler) bind(n *ast) (node, int, error) {
	v, reach, err := c.below(n.rhs)
	if err != nil {
		return nil, 0, err
	}
	// The name is bound in the innermost scope that was told of it.
	hops := 0
	for s := c.scope; s != nil; s = s.parent {
		for i, name := range s.names {
			if name.name == n.lhs.value {
				s.names[i].bound = true
				return &bindNode{of: v, place: place{hops, name.index}}, reach + 1, nil
			}
		}
		if s.parent != nil && s.parent.layout != s.layout {
			hops++
		}
	}
	return v, reach, nil // nothing can see the name
}

func (c *compiler) lambda(n *ast) (node, int, error) {
	l := &lambdaNode{params: len(n.list), sig: n.sig}
	l.layout = layout{captured: makesClosures(n.lhs)}
	outer, depth, inside := c.scope, c.depth, c.inside
	defer func() { c.scope, c.depth, c.inside = outer, depth, inside }()
	c.scope = &scope{parent: outer, layout: &l.layout}
	l.slots = make([]int, len(n.list))
	for i, param := range n.list {
		l.slots[i] = c.scope.declare(param.value, true)
	}
	binds(n.lhs, func(name string) { c.scope.declare(name, false) })
	c.depth, c.inside = 0, true
	var err error
	l.body, l.reach, err = c.below(n.lhs)
	return l, 1, err
}

func (c *compiler) transform(n *ast) (node, int, error) {
	t := &transformNode{pos: n.pos}
	var err error
	if t.pattern, _, err = c.within(n.lhs); err != nil {
		return nil, 0, err
	}
	if t.update, _, err = c.within(n.rhs); err != nil {
		return nil, 0, err
	}
	if n.third != nil {
		if t.remove, _, err = c.within(n.third); err != nil {
			return nil, 0, err
		}
	}
	return t, 1, nil
}

func (c *compiler) variable(n *ast) (node, int, error) {
	switch n.value {
	case "":
		return contextNode{}, 1, c.needsInput(n, "$")
	case "$":
		if c.opts.noInput() {
			return nil, 0, unsupported(n.pos, "$$", "Reference to '$$' is not supported.")
		}
		return rootNode{}, 1, nil
	}
	return c.lookup(n.value, n), 1, nil
}

// needsInput refuses what means the input document where there is none.
func (c *compiler) needsInput(n *ast, name string) error {
	if c.inside || !c.opts.noInput() {
		return nil
	}
	return unsupported(n.pos, name, "Reference to '"+name+"' at the top level is not supported.")
}

func unsupported(pos int, token, message string) error {
	return &Error{Kind: Unsupported, Position: pos, Token: token, Message: message}
}

// lookup resolves a name to the places where it may be bound.
func (c *compiler) lookup(name string, n *ast) node {
	places, sure := c.scope.find(name)
	if sure && len(places) == 1 {
		if places[0].hops == 0 {
			return &localNode{index: places[0].index}
		}
		return &outerNode{place: places[0]}
	}
	v := &variableNode{places: places, global: -1}
	if !sure && n.typ == astVariable {
		v.global = c.global(name)
		if !c.scope.meansOwn(name) {
			c.uses.read(name)
		}
	}
	return v
}

func (c *compiler) global(name string) int {
	for i, g := range c.globals {
		if g == name {
			return i
		}
	}
	c.globals = append(c.globals, name)
	return len(c.globals) - 1
}
