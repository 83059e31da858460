// Package treap has an immutable map by name whose versions share what they have
// in common.
//
// It is a search tree by name that is a heap by a hash of the name, so that the
// same names always make the same tree, however they came in. Two versions are
// compared and joined in the time that their differences take.
package treap

import "iter"

// Value is what a [Map] holds: something that is known, about to be joined with
// what is known on another way.
type Value[V any] interface {
	// Join is what is known where one or the other holds.
	Join(other V) V
	// Maybe is what is known where it may be missing.
	Maybe() V
	// Same tells that two values say the same.
	Same(other V) bool
	// Weight is what the value weighs.
	Weight() int
}

// Map holds values by name. The zero Map is empty.
type Map[V Value[V]] struct{ root *node[V] }

type node[V Value[V]] struct {
	name        string
	rank        uint64
	value       V
	left, right *node[V]
	size        int
	weight      int
	maybe       bool // of all values below, Maybe says nothing new
}

// rank is where a name stands in the heap: the finished FNV-1a hash of it.
func rank(name string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(name) {
		h = (h ^ uint64(name[i])) * 1099511628211
	}
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	return h ^ h>>33
}

// above tells whether n stands above o, which has another name.
func (n *node[V]) above(o *node[V]) bool {
	return n.rank > o.rank || n.rank == o.rank && n.name < o.name
}

func (n *node[V]) load() int {
	if n == nil {
		return 0
	}
	return n.weight
}

func (n *node[V]) len() int {
	if n == nil {
		return 0
	}
	return n.size
}

// with is n with other values and children; n itself where they are the same.
func (n *node[V]) with(v V, left, right *node[V]) *node[V] {
	if left == n.left && right == n.right && v.Same(n.value) {
		return n
	}
	return &node[V]{
		name: n.name, rank: n.rank, value: v, left: left, right: right,
		size: 1 + left.len() + right.len(), weight: v.Weight() + left.load() + right.load(),
		maybe: (left == nil || left.maybe) && (right == nil || right.maybe) && v.Same(v.Maybe()),
	}
}

// Len is the number of values.
func (m Map[V]) Len() int { return m.root.len() }

// Weight is what all values weigh.
func (m Map[V]) Weight() int { return m.root.load() }

// Get gives the value of a name.
func (m Map[V]) Get(name string) (v V, ok bool) {
	for n := m.root; n != nil; {
		switch {
		case name == n.name:
			return n.value, true
		case name < n.name:
			n = n.left
		default:
			n = n.right
		}
	}
	return v, false
}

// With is the Map with one value set.
func (m Map[V]) With(name string, v V) Map[V] {
	leaf := &node[V]{name: name, rank: rank(name), value: v, size: 1, weight: v.Weight(), maybe: v.Same(v.Maybe())}
	return Map[V]{put(m.root, leaf)}
}

func put[V Value[V]](n, leaf *node[V]) *node[V] {
	switch {
	case n == nil:
		return leaf
	case n.name == leaf.name:
		return n.with(leaf.value, n.left, n.right)
	case leaf.above(n):
		left, _, right := split(n, leaf.name)
		return leaf.with(leaf.value, left, right)
	case leaf.name < n.name:
		return n.with(n.value, put(n.left, leaf), n.right)
	}
	return n.with(n.value, n.left, put(n.right, leaf))
}

// split gives what stands before a name, at it, and after it.
func split[V Value[V]](n *node[V], name string) (before, at, after *node[V]) {
	switch {
	case n == nil:
		return nil, nil, nil
	case n.name == name:
		return n.left, n, n.right
	case name < n.name:
		before, at, after = split(n.left, name)
		return before, at, n.with(n.value, after, n.right)
	}
	before, at, after = split(n.right, name)
	return n.with(n.value, n.left, before), at, after
}

// both is one tree of two, all names of the first before those of the second.
func both[V Value[V]](a, b *node[V]) *node[V] {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	case a.above(b):
		return a.with(a.value, a.left, both(a.right, b))
	}
	return b.with(b.value, both(a, b.left), b.right)
}

// Join is what is known where one or the other holds: values of both are
// joined. Those that only one has may be missing, or, where the other is open,
// are not known at all.
func (m Map[V]) Join(other Map[V], open, otherOpen bool) Map[V] {
	return Map[V]{join(m.root, other.root, open, otherOpen)}
}

func join[V Value[V]](a, b *node[V], aOpen, bOpen bool) *node[V] {
	switch {
	case a == b:
		return a
	case a == nil:
		return alone(b, aOpen)
	case b == nil:
		return alone(a, bOpen)
	case a.name == b.name:
		return a.with(a.value.Join(b.value), join(a.left, b.left, aOpen, bOpen), join(a.right, b.right, aOpen, bOpen))
	case a.above(b):
		before, _, after := split(b, a.name)
		return single(a, join(a.left, before, aOpen, bOpen), join(a.right, after, aOpen, bOpen), bOpen)
	}
	before, _, after := split(a, b.name)
	return single(b, join(before, b.left, aOpen, bOpen), join(after, b.right, aOpen, bOpen), aOpen)
}

// alone is a tree that has no counterpart.
func alone[V Value[V]](n *node[V], open bool) *node[V] {
	switch {
	case n == nil || open:
		return nil
	case n.maybe:
		return n
	}
	return n.with(n.value.Maybe(), alone(n.left, false), alone(n.right, false))
}

// single is a node that has no counterpart, with other children.
func single[V Value[V]](n, left, right *node[V], open bool) *node[V] {
	if open {
		return both(left, right)
	}
	return n.with(n.value.Maybe(), left, right)
}

// Same tells that two Maps hold the same.
func (m Map[V]) Same(other Map[V]) bool { return same(m.root, other.root) }

func same[V Value[V]](a, b *node[V]) bool {
	if a == b {
		return true
	}
	return a != nil && b != nil && a.size == b.size && a.name == b.name &&
		a.value.Same(b.value) && same(a.left, b.left) && same(a.right, b.right)
}

// All ranges over the values in the order of their names.
func (m Map[V]) All() iter.Seq2[string, V] {
	return func(yield func(string, V) bool) { m.root.all(yield) }
}

func (n *node[V]) all(yield func(string, V) bool) bool {
	return n == nil || n.left.all(yield) && yield(n.name, n.value) && n.right.all(yield)
}
