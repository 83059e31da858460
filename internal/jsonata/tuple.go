package jsonata

import "slices"

// itemScope is where the steps of a path bind variables anew for every item.
type itemScope struct {
	layout   *layout // nil where the scope shares the frame around it
	from, to int
	names    []scopeName
	scope    *scope
}

// tuple is an item on its way along such a path, with what was bound so far.
type tuple struct {
	at   value
	vars []boundName
}

type boundName struct {
	name string
	v    value
}

type stream struct{ items []tuple }

func (t tuple) with(name string, v value) tuple {
	for i := range t.vars {
		if t.vars[i].name == name {
			vars := append([]boundName(nil), t.vars...)
			vars[i].v = v
			return tuple{t.at, vars}
		}
	}
	return tuple{t.at, append(slices.Clip(t.vars), boundName{name, v})}
}

// enter gives a frame in which the variables of an item stand.
func (s *itemScope) enter(ev *evaluator, fr *frame, t tuple) *frame {
	if s.layout != nil {
		fr = ev.keptFrame(s.layout.size, fr)
	} else {
		fr.reset(s.from, s.to)
	}
	for _, b := range t.vars {
		for _, n := range s.names {
			if n.name == b.name {
				fr.vals[n.index] = b.v
			}
		}
	}
	return fr
}

// again gives a frame in which the variables of an item that an expression in
// parentheses handed on stand beside those of the item around it.
func (s *itemScope) again(ev *evaluator, fr *frame, t tuple) *frame {
	if s.layout != nil {
		vals := fr.vals
		fr = ev.keptFrame(len(vals), fr.up)
		copy(fr.vals, vals)
	}
	for _, b := range t.vars {
		for _, n := range s.names {
			if n.name == b.name {
				fr.vals[n.index] = b.v
			}
		}
	}
	return fr
}

func (p *pathNode) evalTuples(ev *evaluator, fr *frame, ctx value) (value, error) {
	var items []value
	if ctx.kind == array && !p.variable {
		items = appendItems(nil, ctx)
	} else {
		items = []value{ctx}
	}
	var st *stream
	inner := p.items.enter(ev, fr, tuple{})
	binding := false
	for _, s := range p.steps {
		binding = binding || s.tuple
		if st == nil && binding && !s.cons { // an array written first binds nothing
			st = &stream{}
			for _, e := range items {
				st.items = append(st.items, tuple{at: e})
			}
			if s.tuple && s.terms != nil { // sorted values first, then numbered
				sorted, err := s.sort(ev, inner, listOf(&list{vals: items}), true)
				if err != nil {
					return value{}, err
				}
				st.items = st.items[:0]
				for k, e := range appendItems(nil, sorted) {
					st.items = append(st.items, tuple{at: e}.with(s.index, numberOf(float64(k))))
				}
				if err := s.applyStages(ev, fr, p.items, st); err != nil {
					return value{}, err
				}
				continue
			}
		}
		if st != nil {
			next, err := p.tupleStep(ev, fr, s, st)
			if err != nil {
				return value{}, err
			}
			st = next
			continue
		}
		var v value
		var err error
		switch {
		case s.cons:
			v, err = s.node.eval(ev, inner, listOf(&list{vals: items}))
		case s.terms != nil:
			v, err = s.sortStep(ev, inner, listOf(&list{vals: items}), true)
		default:
			v, err = s.each(ev, inner, listOf(&list{vals: items}))
		}
		if err != nil || v.kind == undefined {
			return value{}, err
		}
		if items = appendItems(nil, v); len(items) == 0 {
			if s.cons && !s.tuple && p.group == nil {
				return p.finish(ev, fr, v) // as it was written
			}
			break
		}
	}
	if st == nil { // nothing left before the first step that binds
		if p.group != nil {
			return p.group.byTuples(ev, fr, p.items, &stream{})
		}
		return p.finish(ev, fr, value{})
	}
	if p.yields && p.group == nil {
		return value{kind: tuples, ref: st}, nil
	}
	if p.group != nil {
		return p.group.byTuples(ev, fr, p.items, st)
	}
	return p.finish(ev, fr, st.values())
}

func (st *stream) values() value {
	out := newSequence(len(st.items))
	for _, t := range st.items {
		out.vals = append(out.vals, t.at)
	}
	return listOf(out)
}

// tupleStep takes every item one step on; what the step binds is added.
func (p *pathNode) tupleStep(ev *evaluator, fr *frame, s *step, in *stream) (*stream, error) {
	out := &stream{}
	if s.terms != nil {
		sorted, err := s.sortTuples(ev, fr, p.items, in)
		if err != nil {
			return nil, err
		}
		if s.index != "" {
			for k := range sorted.items {
				sorted.items[k] = sorted.items[k].with(s.index, numberOf(float64(k)))
			}
		}
		return sorted, s.applyStages(ev, fr, p.items, sorted)
	}
	for _, t := range in.items {
		if err := ev.tick(); err != nil {
			return nil, err
		}
		res, err := s.node.eval(ev, p.items.enter(ev, fr, t), t.at)
		if err != nil {
			return nil, err
		}
		if res.kind == tuples {
			inner, _ := res.ref.(*stream)
			for k, sub := range inner.items {
				next := tuple{at: sub.at, vars: t.vars}
				for _, b := range sub.vars {
					next = next.with(b.name, b.v)
				}
				out.items = append(out.items, s.bind(next, t, k))
			}
			continue
		}
		if res.kind == undefined {
			continue
		}
		if res.kind != array {
			out.items = append(out.items, s.bind(tuple{res, t.vars}, t, 0))
			continue
		}
		for k := range length(res) {
			out.items = append(out.items, s.bind(tuple{item(res, k), t.vars}, t, k))
		}
	}
	if err := ev.charge(4 * len(out.items)); err != nil {
		return nil, err
	}
	return out, s.applyStages(ev, fr, p.items, out)
}

// bind adds to an item what the step calls it, its place, and its parent.
func (s *step) bind(next, from tuple, k int) tuple {
	if s.focus != "" {
		next = next.with(s.focus, next.at)
		next.at = from.at
	}
	if s.index != "" {
		next = next.with(s.index, numberOf(float64(k)))
	}
	if s.label != "" {
		next = next.with(s.label, from.at)
	}
	return next
}

func (s *step) applyStages(ev *evaluator, fr *frame, scope *itemScope, st *stream) error {
	for i := range s.stages {
		if name := s.stages[i].index; name != "" {
			for k := range st.items {
				st.items[k] = st.items[k].with(name, numberOf(float64(k)))
			}
			continue
		}
		if err := s.stages[i].filter.keep(ev, st, func(t tuple) *frame { return scope.enter(ev, fr, t) }); err != nil {
			return err
		}
	}
	return nil
}

// keep drops the items of a stream that the filter does not let through.
func (f *filter) keep(ev *evaluator, st *stream, enter func(tuple) *frame) error {
	n := len(st.items)
	if f.isIndex {
		i := indexed(f.index, n)
		if i < 0 || i >= float64(n) {
			st.items = nil
			return nil
		}
		st.items = []tuple{st.items[int(i)]}
		return nil
	}
	var out []tuple
	for i, t := range st.items {
		if err := ev.tick(); err != nil {
			return err
		}
		r, err := f.test.eval(ev, enter(t), t.at)
		if err != nil {
			return err
		}
		for range ev.selects(r, i, n) {
			out = append(out, t)
		}
	}
	st.items = out
	return nil
}

// applyTuples filters a stream that an expression in parentheses gave.
func (f *filter) applyTuples(ev *evaluator, fr *frame, scope *itemScope, v value) (value, error) {
	st, _ := v.ref.(*stream)
	if scope == nil { // no path around it that could use the variables
		return f.apply(ev, fr, st.values())
	}
	kept := &stream{items: st.items}
	if err := f.keep(ev, kept, func(t tuple) *frame { return scope.again(ev, fr, t) }); err != nil {
		return value{}, err
	}
	return value{kind: tuples, ref: kept}, nil
}

func appendItems(dst []value, v value) []value {
	if v.kind != array {
		return append(dst, v)
	}
	for i := range length(v) {
		dst = append(dst, item(v, i))
	}
	return dst
}
