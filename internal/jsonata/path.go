package jsonata

// pathNode is a path: steps that each take the items of the one before.
type pathNode struct {
	steps     []*step
	group     *grouping
	variable  bool // begins with a variable: an array as context is one item
	keep      bool // has a step marked []
	keepArray bool
	items     *itemScope // where steps bind variables
	yields    bool       // hands its items with their variables on to a path around it
}

// step is one step of a path.
type step struct {
	node   node
	field  *fieldName
	isName bool
	stages []stepStage
	terms  []sortTerm // of an order-by step, which has no node
	pos    int
	last   bool
	cons   bool // an array constructor as first step
	tuple  bool
	focus  string // @$focus
	index  string // #$index
	label  string // under which a % finds the item before this step
}

type stepStage struct {
	filter filter
	index  string
}

func (p *pathNode) eval(ev *evaluator, fr *frame, ctx value) (value, error) {
	if p.items != nil {
		return p.evalTuples(ev, fr, ctx)
	}
	result, err := p.walk(ev, fr, ctx, 0, ctx.kind == array && !p.variable)
	if err != nil {
		return value{}, err
	}
	return p.finish(ev, fr, result)
}

// finish applies what stands behind the last step.
func (p *pathNode) finish(ev *evaluator, fr *frame, result value) (value, error) {
	if p.keep {
		result = keepSingle(result)
	}
	if p.group != nil {
		return p.group.by(ev, fr, result)
	}
	return unwrap(result, p.keepArray), nil
}

// keepSingle marks a result to stay an array.
func keepSingle(v value) value {
	l, made := v.ref.(*list)
	switch {
	case v.kind == undefined:
		return v
	case v.kind != array, made && l.cons && !l.seq:
		return listOf(&list{seq: true, keep: true, vals: []value{v}})
	case made && l.seq:
		kept := *l
		kept.keep = true
		return listOf(&kept)
	}
	return v
}

// walk takes the steps from the one at i on, for the single item cur or for
// the items of the array cur; its result is a single value, an array that the
// last step gave as it is, or a sequence.
func (p *pathNode) walk(ev *evaluator, fr *frame, cur value, i int, many bool) (value, error) {
	for ; i < len(p.steps); i++ {
		s := p.steps[i]
		var err error
		switch {
		case s.cons:
			if cur, err = s.node.eval(ev, fr, cur); err != nil {
				return value{}, err
			}
			many = cur.kind == array
		case s.terms != nil:
			if cur, err = s.sortStep(ev, fr, cur, many); err != nil {
				return value{}, err
			}
			many = cur.kind == array
		case many:
			if cur, err = s.each(ev, fr, cur); err != nil {
				return value{}, err
			}
		default:
			if cur, err = s.one(ev, fr, cur); err != nil {
				return value{}, err
			}
			many = cur.kind == array
			if many && s.last {
				return spread(cur), nil
			}
			if l := cur.list(); many && l != nil && l.cons {
				many = false // an item of its own
				continue
			}
		}
		if cur.kind == undefined {
			return cur, nil
		}
		if many && length(cur) == 0 {
			if s.cons || s.last {
				return cur, nil
			}
			return value{}, nil // an empty array leads nowhere
		}
	}
	return cur, nil
}

// one evaluates the step for a single item.
func (s *step) one(ev *evaluator, fr *frame, ctx value) (value, error) {
	var v value
	if s.isName {
		if ctx.kind == object {
			v = s.field.get(ctx)
		} else {
			v = unwrap(ev.lookup(ctx, s.field.name), false)
		}
	} else {
		var err error
		if v, err = s.node.eval(ev, fr, ctx); err != nil {
			return value{}, err
		}
	}
	for i := range s.stages {
		var err error
		if v, err = s.stages[i].filter.apply(ev, fr, v); err != nil {
			return value{}, err
		}
	}
	return v, nil
}

// each evaluates the step for every item and joins the results.
func (s *step) each(ev *evaluator, fr *frame, items value) (value, error) {
	n := length(items)
	if err := ev.charge(n); err != nil {
		return value{}, err
	}
	out := newSequence(n)
	results := 0
	var only value
	for i := range n {
		if err := ev.tick(); err != nil {
			return value{}, err
		}
		v, err := s.one(ev, fr, item(items, i))
		if err != nil {
			return value{}, err
		}
		if v.kind == undefined {
			continue
		}
		results++
		only = v
		if v.kind == array {
			if err := ev.charge(out.len() + length(v)); err != nil {
				return value{}, err
			}
			ev.room += int64(itemBytes * out.len()) // counted before
		}
		out.join(v)
	}
	if s.last && results == 1 && only.kind == array && !isSequence(only) {
		return only, nil
	}
	return listOf(out), nil
}

// join adds a result of a step: the items of an array, unless it was written
// as one, else the value itself.
func (l *list) join(v value) {
	if v.kind != array {
		l.vals = append(l.vals, v)
		return
	}
	if made := v.list(); made != nil {
		switch {
		case made.cons:
			l.vals = append(l.vals, v)
		case made.n == 0:
			l.vals = append(l.vals, made.vals...)
		default:
			for i := range made.n {
				l.vals = append(l.vals, made.at(i))
			}
		}
		return
	}
	if items, ok := v.ref.([]any); ok {
		for _, e := range items {
			l.vals = append(l.vals, valueOf(e))
		}
		return
	}
	for i := range length(v) {
		l.vals = append(l.vals, item(v, i))
	}
}

// spread gives what a path makes of an array that its last step gave for a
// single item: an array as it is, a sequence flattened anew.
func spread(v value) value {
	l := v.list()
	if l == nil || !l.seq {
		return v
	}
	if l.n > 0 {
		return listOf(&list{seq: true, lo: l.lo, n: l.n})
	}
	flat := true
	for i := range l.vals {
		flat = flat && l.vals[i].kind != array
	}
	if flat {
		return listOf(&list{seq: true, vals: l.vals})
	}
	out := newSequence(len(l.vals))
	for i := range l.vals {
		out.join(l.vals[i])
	}
	return listOf(out)
}

// lookup finds a field of an object, or of all objects in an array.
func (ev *evaluator) lookup(v value, key string) value {
	switch v.kind {
	case object:
		return member(v, key)
	case array:
		out := &list{seq: true}
		ev.lookupInto(out, v, key)
		return listOf(out)
	}
	return value{}
}

func (ev *evaluator) lookupInto(out *list, v value, key string) {
	for i := range length(v) {
		if !ev.hold(len(out.vals)) {
			return
		}
		switch e := item(v, i); e.kind {
		case object:
			switch m := member(e, key); m.kind {
			case undefined:
			case array:
				for j := range length(m) {
					if !ev.hold(len(out.vals)) {
						return
					}
					out.vals = append(out.vals, item(m, j))
				}
			default:
				out.vals = append(out.vals, m)
			}
		case array:
			ev.lookupInto(out, e, key)
		}
	}
}
