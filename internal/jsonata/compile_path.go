package jsonata

func (c *compiler) path(n *ast) (node, int, error) {
	p := &pathNode{keep: n.keepSingleton, keepArray: n.keepArray, yields: n.hasTuple}
	outer, items := c.scope, c.items
	defer func() { c.scope, c.items = outer, items }()
	if bindsPerItem(n) {
		p.items = c.itemScope(n)
		c.items = p.items
	}
	first := n.list[0]
	p.variable = first.typ == astVariable
	if first.typ == astName {
		if err := c.needsInput(first, first.value); err != nil {
			return nil, 0, err
		}
	}
	reach := 0
	inside := c.inside
	for i, s := range n.list {
		c.inside = inside || i > 0
		st, deep, err := c.step(s)
		c.inside = inside
		if err != nil {
			return nil, 0, err
		}
		st.last = i == len(n.list)-1
		st.cons = i == 0 && s.consArray
		p.steps, reach = append(p.steps, st), max(reach, deep)
	}
	if n.group != nil {
		pairs, deep, err := c.pairs(n.group.pairs, true)
		if err != nil {
			return nil, 0, err
		}
		p.group, reach = newGroup(pairs, n.group.pos), max(reach, deep)
	}
	c.uses.path(n, c.scope)
	return p.simplest(), reach + 1, nil
}

// simplest gives a node that does the same as the path with less.
func (p *pathNode) simplest() node {
	if p.items != nil || p.group != nil || p.keep || p.keepArray || p.steps[0].cons {
		return p
	}
	out := &fieldsNode{path: p}
	for i, s := range p.steps {
		switch {
		case len(s.stages) > 0 || s.terms != nil:
			return p
		case i == 0 && p.variable && !s.isName:
			switch s.node.(type) {
			case *localNode, *outerNode, *variableNode:
				out.of = s.node
			default:
				return p
			}
		case !s.isName:
			return p
		default:
			out.names = append(out.names, s.field)
		}
	}
	return out
}

// itemScope opens the scope of the variables that a path binds per item.
func (c *compiler) itemScope(n *ast) *itemScope {
	is := &itemScope{}
	outer := c.scope
	c.scope = outer.inner(makesClosures(n))
	is.from = c.scope.layout.size
	itemNames(n, func(name string) {
		c.scope.declare(name, false)
		c.scope.bind(name)
	})
	for _, step := range n.list {
		binds(step, func(name string) { c.scope.declare(name, false) })
	}
	if n.group != nil {
		for _, p := range n.group.pairs {
			binds(p.key, func(name string) { c.scope.declare(name, false) })
			binds(p.value, func(name string) { c.scope.declare(name, false) })
		}
	}
	is.to = c.scope.layout.size
	is.scope, is.names = c.scope, c.scope.names
	if c.scope.layout != outer.layout {
		is.layout = c.scope.layout
	}
	return is
}

func (c *compiler) step(s *ast) (*step, int, error) {
	st := &step{focus: s.focus, index: s.index, tuple: s.hasTuple}
	if s.ancestor != nil {
		st.label = s.ancestor.label
	}
	reach := 1
	if s.typ == astSort {
		for _, t := range s.terms {
			e, deep, err := c.within(t.expr)
			if err != nil {
				return nil, 0, err
			}
			st.terms, reach = append(st.terms, sortTerm{e, t.desc}), max(reach, deep)
		}
		st.pos = s.pos
	} else {
		var err error
		if s.typ == astName && !s.keepArray && len(s.predicate) == 0 && s.group == nil {
			st.field, st.isName = &fieldName{name: s.value}, true
			st.node = &nameNode{st.field}
		} else if st.node, reach, err = c.below(s); err != nil {
			return nil, 0, err
		}
	}
	for _, stg := range s.stages {
		if stg.filter == nil {
			st.stages = append(st.stages, stepStage{index: stg.index})
			continue
		}
		f, deep, err := c.filter(stg.filter)
		if err != nil {
			return nil, 0, err
		}
		st.stages, reach = append(st.stages, stepStage{filter: f}), max(reach, deep)
	}
	return st, reach, nil
}
