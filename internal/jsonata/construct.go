package jsonata

import (
	"slices"

	"github.com/flowstone-go/flow/internal/document"
)

// arrayNode is [...]: arrays among the items are taken apart unless they are
// written in brackets themselves.
type arrayNode struct {
	items  []node
	nested []bool
	cons   bool
}

func (n *arrayNode) eval(ev *evaluator, fr *frame, ctx value) (value, error) {
	out := &list{cons: n.cons}
	for i, e := range n.items {
		v, err := e.eval(ev, fr, ctx)
		if err != nil {
			return value{}, err
		}
		switch made := v.list(); {
		case v.kind == undefined:
		case n.nested[i] || v.kind != array:
			if out.vals == nil {
				out.vals = make([]value, 0, len(n.items))
			}
			out.vals = append(out.vals, v)
		case made != nil && len(n.items) == 1:
			out.vals, out.lo, out.n = slices.Clip(made.vals), made.lo, made.n
			return listOf(out), nil
		default:
			if err := ev.take(int64(itemBytes * length(v))); err != nil {
				return value{}, err
			}
			out.vals = appendItems(out.vals, v)
		}
	}
	return listOf(out), ev.charge(len(n.items))
}

type pairNode struct{ key, value node }

// grouping is a list of key: value pairs, in {...} behind a path or alone.
type grouping struct {
	pairs    []pairNode
	pos      int
	keys     []string // the keys, where all are constant and different
	distinct bool
}

func newGroup(pairs []pairNode, pos int) *grouping {
	g := &grouping{pairs: pairs, pos: pos, distinct: true}
	seen := make(map[string]bool, len(pairs))
	for _, p := range pairs {
		c, ok := p.key.(*constNode)
		if !ok || c.v.kind != text || seen[c.v.str()] {
			g.distinct = false
			break
		}
		seen[c.v.str()] = true
		g.keys = append(g.keys, c.v.str())
	}
	return g
}

// objectNode is {...} alone.
type objectNode struct{ *grouping }

func newObjectNode(g *grouping) node { return &objectNode{g} }

func (n *objectNode) eval(ev *evaluator, fr *frame, ctx value) (value, error) {
	if n.distinct && ctx.kind != array {
		return n.plain(ev, fr, ctx)
	}
	return n.by(ev, fr, ctx)
}

// plain makes an object whose keys are known.
func (g *grouping) plain(ev *evaluator, fr *frame, ctx value) (value, error) {
	out := document.NewObject(len(g.pairs))
	for i, p := range g.pairs {
		v, err := p.value.eval(ev, fr, ctx)
		if err != nil {
			return value{}, err
		}
		if v.kind != undefined {
			out.Set(g.keys[i], boxed(v))
		}
	}
	return value{kind: object, ref: out}, ev.charge(2 * len(g.pairs))
}

// groupNode is {...} behind an expression that is no path.
type groupNode struct {
	of    node
	group *grouping
}

func (n *groupNode) eval(ev *evaluator, fr *frame, ctx value) (value, error) {
	v, err := evalRaw(n.of, ev, fr, ctx)
	if err != nil {
		return value{}, err
	}
	return n.group.by(ev, fr, v)
}

// bucket is what shares one key.
type bucket struct {
	key   string
	pair  int
	data  value
	items *list     // where there are several
	vars  []*bucket // what the items bound, by name
}

// buckets gathers items by key, in the order in which the keys come up.
type buckets struct {
	all   []*bucket
	index map[string]*bucket
}

func (b *buckets) find(key string) *bucket {
	if b.index == nil {
		for _, e := range b.all {
			if e.key == key {
				return e
			}
		}
		return nil
	}
	return b.index[key]
}

func (b *buckets) add(e *bucket) {
	b.all = append(b.all, e)
	if len(b.all) > 8 && b.index == nil {
		b.index = make(map[string]*bucket, 32)
		for _, old := range b.all {
			b.index[old.key] = old
		}
	}
	if b.index != nil {
		b.index[e.key] = e
	}
}

// key evaluates a key; ok is false where it gives nothing.
func (g *grouping) key(ev *evaluator, fr *frame, p pairNode, ctx value) (key string, ok bool, err error) {
	k, err := p.key.eval(ev, fr, ctx)
	if err != nil || k.kind == undefined {
		return "", false, err
	}
	if k.kind != text {
		return "", false, located(dynamicValue("T1003", k), "", g.pos)
	}
	return k.str(), true, nil
}

// by groups the items of v: each key's value is evaluated with all the items
// that share the key.
func (g *grouping) by(ev *evaluator, fr *frame, v value) (value, error) {
	var b buckets
	n := 1
	if v.kind == array && length(v) > 0 {
		n = length(v)
	}
	for i := range n {
		e := v
		if v.kind == array {
			if e = (value{}); length(v) > 0 {
				e = item(v, i)
			}
		}
		if err := ev.tick(); err != nil {
			return value{}, err
		}
		for pair, p := range g.pairs {
			key, ok, err := g.key(ev, fr, p, e)
			if err != nil {
				return value{}, err
			}
			if !ok {
				continue
			}
			if err := ev.take(itemBytes); err != nil {
				return value{}, err
			}
			at := b.find(key)
			switch {
			case at == nil:
				b.add(&bucket{key: key, pair: pair, data: e})
			case at.pair != pair:
				return value{}, located(dynamicValue("D1009", textOf(key)), "", g.pos)
			default:
				at.add(e)
			}
		}
	}
	out := document.NewObject(len(b.all))
	for _, e := range b.all {
		v, err := g.pairs[e.pair].value.eval(ev, fr, e.data)
		if err != nil {
			return value{}, err
		}
		if v.kind != undefined {
			out.Set(e.key, boxed(v))
		}
	}
	return value{kind: object, ref: out}, ev.charge(2 * out.Len())
}

// add appends an item, taking arrays apart.
func (b *bucket) add(e value) {
	if e.kind == undefined {
		return
	}
	if b.data.kind == undefined {
		b.data = e
		return
	}
	if b.items == nil {
		b.items = &list{vals: appendItems(nil, b.data)}
		b.data = listOf(b.items)
	}
	b.items.vals = appendItems(b.items.vals, e)
}

// byTuples is by for items that carry variables: each variable of a group is
// all values that its items bound to it.
func (g *grouping) byTuples(ev *evaluator, fr *frame, scope *itemScope, st *stream) (value, error) {
	var b buckets
	items := st.items
	if len(items) == 0 {
		items = []tuple{{}} // keys that need no item
	}
	for _, t := range items {
		if err := ev.tick(); err != nil {
			return value{}, err
		}
		if err := ev.take(int64(itemBytes * (1 + len(t.vars)))); err != nil {
			return value{}, err
		}
		inner := scope.enter(ev, fr, t)
		for pair, p := range g.pairs {
			key, ok, err := g.key(ev, inner, p, t.at)
			if err != nil {
				return value{}, err
			}
			if !ok {
				continue
			}
			at := b.find(key)
			switch {
			case at == nil:
				at = &bucket{key: key, pair: pair, data: t.at}
				at.bindAll(t.vars)
				b.add(at)
			case at.pair != pair:
				return value{}, located(dynamicValue("D1009", textOf(key)), "", g.pos)
			default:
				at.add(t.at)
				at.bindAll(t.vars)
			}
		}
	}
	out := document.NewObject(len(b.all))
	for _, e := range b.all {
		inner := scope.enter(ev, fr, e.tuple())
		v, err := g.pairs[e.pair].value.eval(ev, inner, e.data)
		if err != nil {
			return value{}, err
		}
		if v.kind != undefined {
			out.Set(e.key, boxed(v))
		}
	}
	return value{kind: object, ref: out}, ev.charge(2 * out.Len())
}

// bindAll adds what one more item of the group bound to its variables.
func (b *bucket) bindAll(vars []boundName) {
	for _, more := range vars {
		found := false
		for _, v := range b.vars {
			if v.key == more.name {
				v.add(more.v)
				found = true
			}
		}
		if !found {
			b.vars = append(b.vars, &bucket{key: more.name, data: more.v})
		}
	}
}

func (b *bucket) tuple() tuple {
	t := tuple{at: b.data}
	for _, v := range b.vars {
		t.vars = append(t.vars, boundName{v.key, v.data})
	}
	return t
}

// appendValues is the language's append: both sides as arrays, joined.
func appendValues(a, b value) value {
	switch {
	case a.kind == undefined:
		return b
	case b.kind == undefined:
		return a
	}
	out := &list{vals: make([]value, 0, sizeAsArray(a)+sizeAsArray(b))}
	out.vals = appendItems(appendItems(out.vals, a), b)
	return listOf(out)
}

func sizeAsArray(v value) int {
	if v.kind == array {
		return length(v)
	}
	return 1
}
