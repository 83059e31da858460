package jsonata

// layout is the plan of a frame: how many slots it has at run time, and
// whether a closure may keep it after the evaluation has left it.
type layout struct {
	size     int
	captured bool
}

// scope is a region of the expression in which names are bound: a function, a
// block, a path that binds variables. Scopes that no closure can see share
// the frame of the scope around them.
type scope struct {
	parent *scope
	layout *layout
	names  []scopeName
}

type scopeName struct {
	name  string
	index int
	sure  bool // bound as soon as the scope is entered
	bound bool // an assignment to it stands above what is being compiled
}

func (s *scope) declare(name string, sure bool) int {
	for i := range s.names {
		if s.names[i].name == name {
			return s.names[i].index
		}
	}
	index := s.layout.size
	s.layout.size++
	s.names = append(s.names, scopeName{name: name, index: index, sure: sure})
	return index
}

// place is where a variable may be: so many frames up, at an index.
type place struct{ hops, index int }

// find lists the places where a name may be bound, innermost first; sure
// tells that the last of them always is.
func (s *scope) find(name string) (places []place, sure bool) {
	hops := 0
	for ; s != nil; s = s.parent {
		for i := range s.names {
			if s.names[i].name == name {
				places = append(places, place{hops, s.names[i].index})
				if s.names[i].sure {
					return places, true
				}
			}
		}
		if s.parent != nil && s.parent.layout != s.layout {
			hops++
		}
	}
	return places, false
}

// bind notes that a declared name is bound above what is compiled from now on.
func (s *scope) bind(name string) {
	for i := range s.names {
		if s.names[i].name == name {
			s.names[i].bound = true
		}
	}
}

// meansOwn tells that a name is meant for a variable of the expression, not for
// one of its surroundings: an assignment stands above, or the name is read in a
// function, which is called later than where it is written.
func (s *scope) meansOwn(name string) bool {
	above := false
	for ; s != nil; s = s.parent {
		for i := range s.names {
			if s.names[i].name == name && (above || s.names[i].bound) {
				return true
			}
		}
		above = above || s.parent != nil && s.parent.layout != s.layout
	}
	return false
}

// inner opens a scope; it gets a frame of its own where a closure below it
// could see that frame again after another round has overwritten it.
func (s *scope) inner(closures bool) *scope {
	in := &scope{parent: s, layout: s.layout}
	if closures {
		in.layout = &layout{captured: true}
	}
	return in
}

// frame holds the variables of a scope at run time.
type frame struct {
	vals []value
	up   *frame
}

func (f *frame) reset(from, to int) {
	for i := from; i < to; i++ {
		f.vals[i] = value{kind: unset}
	}
}

// walk visits the nodes of a shaped tree below n; visit says whether to go on
// below the node it was given.
func walk(n *ast, visit func(*ast) bool) {
	if n == nil || !visit(n) {
		return
	}
	walkParts(n, func(part *ast) { walk(part, visit) })
}

func walkParts(n *ast, each func(*ast)) {
	for _, part := range [...]*ast{n.lhs, n.rhs, n.third} {
		if part != nil {
			each(part)
		}
	}
	for _, part := range n.list {
		each(part)
	}
	for _, p := range n.pairs {
		each(p.key)
		each(p.value)
	}
	for _, t := range n.terms {
		each(t.expr)
	}
	for _, stages := range [...][]stage{n.predicate, n.stages} {
		for _, st := range stages {
			if st.filter != nil {
				each(st.filter)
			}
		}
	}
	if n.group != nil {
		for _, p := range n.group.pairs {
			each(p.key)
			each(p.value)
		}
	}
}

// makesClosures tells that evaluating n may give a function that keeps the
// frame it was made in.
func makesClosures(n *ast) bool {
	found := false
	walk(n, func(m *ast) bool {
		found = found || m.typ == astLambda || m.typ == astTransform || m.typ == astVariable && m.value == "eval"
		return !found
	})
	return found
}

// binds lists the names that := binds in the scope that n stands in.
func binds(n *ast, each func(name string)) {
	walk(n, func(m *ast) bool {
		switch {
		case m.typ == astBind:
			each(m.lhs.value)
			binds(m.rhs, each)
			return false
		case m.typ == astBlock:
			bindsOutside(m, each)
			return false
		case m.typ == astLambda, m.typ == astPath && bindsPerItem(m):
			return false
		}
		return true
	})
}

// bindsOutside looks at what belongs to a block without being inside it.
func bindsOutside(block *ast, each func(name string)) {
	for _, stages := range [...][]stage{block.predicate, block.stages} {
		for _, st := range stages {
			if st.filter != nil {
				binds(st.filter, each)
			}
		}
	}
	if block.group != nil {
		for _, p := range block.group.pairs {
			binds(p.key, each)
			binds(p.value, each)
		}
	}
}

// bindsPerItem tells that a path has steps that bind variables.
func bindsPerItem(path *ast) bool {
	for _, step := range path.list {
		if step.hasTuple {
			return true
		}
	}
	return false
}

// itemNames lists the variables that a path binds per item, those of paths
// in parentheses that hand theirs on among them.
func itemNames(path *ast, each func(name string)) {
	for _, step := range path.list {
		for _, name := range [...]string{step.focus, step.index} {
			if name != "" {
				each(name)
			}
		}
		if step.ancestor != nil {
			each(step.ancestor.label)
		}
		for _, st := range step.stages {
			if st.index != "" {
				each(st.index)
			}
		}
		if step.typ == astBlock && len(step.list) > 0 {
			if last := step.list[len(step.list)-1]; last.typ == astPath && last.hasTuple {
				itemNames(last, each)
			} else if last.typ == astBlock && last.hasTuple {
				itemNames(&ast{typ: astPath, list: []*ast{last}}, each)
			}
		}
	}
}
