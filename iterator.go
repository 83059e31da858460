package flow

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/machine"
)

// MapNode runs nodes for each item of an array. See [Map].
type MapNode[I, O any] struct{ spec }

// iterating is what a Map goes over, and how.
type iterating struct {
	items     *reference
	limit     int
	size      int // of a Batch; 0: single items
	count     int
	percent   float64
	tolerates bool
	failures  *reference
	list      func(v any) (machine.Items, error)
	itemAt    *reference // Item: where the item goes in its document
	carried   []*reference
}

// Map runs nodes for each item of the array at items and gives the array of
// what they gave, in the order of the items. The document that the nodes work
// on is the item; what it is at their end is the item's result, an O.
//
//	flow.Map[Thumbnail]("Thumbnails", pages, flow.Task("Resize", resize)).Into(thumbnails)
//
// At most 40 items are at work at once, as in Step Functions; see
// [MapNode.Concurrency]. The first item that fails fails the Map with its
// error, unless failures are tolerated; the others are cancelled and awaited.
func Map[O, I any](name string, items Ref[[]I], nodes ...Node) *MapNode[I, O] {
	n := newMap[I, O](here(), name, items.r, nodes)
	n.iterator.list = func(v any) (machine.Items, error) {
		if v == nil {
			return itemList[I](nil), nil
		}
		if p, ok := v.(*[]I); ok {
			return itemList[I](*p), nil
		}
		if document.KindOf(v) != document.Array {
			return nil, fmt.Errorf("it is of type %s, not an array", document.KindOf(v))
		}
		list := make(looseList, 0, document.Len(v))
		for e := range document.Elements(v) {
			list = append(list, e)
		}
		return list, nil
	}
	return n
}

// Batch is [Map] for batches: the document that the nodes work on is an array
// of up to size items, and what it is at their end is the batch's one result.
func Batch[O, I any](name string, items Ref[[]I], size int, nodes ...Node) *MapNode[[]I, O] {
	n := newMap[[]I, O](here(), name, items.r, nodes)
	if size < 1 {
		n.wrong("", "Batch of %d items: at least 1", size)
		size = 1
	}
	n.iterator.size = size
	n.iterator.list = func(v any) (machine.Items, error) {
		list, err := borrowing[[]I](v)
		if err != nil {
			return nil, err
		}
		batches := make(itemList[[]I], 0, (len(list)+size-1)/size)
		for len(list) > 0 {
			k := min(size, len(list))
			batches = append(batches, list[:k:k])
			list = list[k:]
		}
		return batches, nil
	}
	return n
}

func newMap[I, O any](at place, name string, items *reference, nodes []Node) *MapNode[I, O] {
	n := &MapNode[I, O]{spec{name: name, at: at, kind: machine.Map, in: reflect.TypeFor[I](), out: reflect.TypeFor[[]O](), body: nodes, iterator: &iterating{}}}
	n.checkName()
	n.setRef(&n.iterator.items, items, "Map")
	if len(nodes) == 0 {
		n.wrong("", "Map without a node")
	}
	n.collect = func(f *machine.Frame, results []any) (any, error) {
		out := make([]O, len(results))
		for i, r := range results {
			if r == nil && n.iterator.tolerates {
				continue // a tolerated failure: its place stays zero
			}
			var err error
			if out[i], err = borrowing[O](r); err != nil {
				return nil, wrongOutput(fmt.Sprintf("%s[%d]", name, i), reflect.TypeFor[O](), err)
			}
		}
		return &out, nil
	}
	return n
}

// Concurrency bounds the number of items at work at once. 0 is 40.
func (n *MapNode[I, O]) Concurrency(limit int) *MapNode[I, O] {
	if limit < 0 {
		n.wrong("1 is one after another", "Concurrency(%d)", limit)
	}
	n.iterator.limit = limit
	return n
}

// Item has the document of each item be an object with the item at ref, so
// that there is room for more beside it: what Carry brings, and what the nodes
// put Into it.
func (n *MapNode[I, O]) Item(ref Ref[I]) *MapNode[I, O] {
	n.setRef(&n.iterator.itemAt, ref.r, "Into")
	return n
}

// Carry puts values of the Map's own document into that of each item, at the
// same places. It needs Item, so that there is an object to put them into.
func (n *MapNode[I, O]) Carry(refs ...AnyRef) *MapNode[I, O] {
	for _, r := range refs {
		var slot *reference
		n.setRef(&slot, refOf(r), "Carry")
		if slot != nil {
			n.iterator.carried = append(n.iterator.carried, slot)
		}
	}
	return n
}

// Tolerate lets up to count items fail: their places in the result are zero,
// and what failed is listed at ref. One more fails the Map with [ErrTolerance],
// which wraps that item's error.
func (n *MapNode[I, O]) Tolerate(count int, ref Ref[[]ItemFailure]) *MapNode[I, O] {
	if count < 0 {
		n.wrong("", "Tolerate(%d)", count)
	}
	n.iterator.count = count
	n.iterator.tolerates = true
	n.setRef(&n.iterator.failures, ref.r, "Into")
	return n
}

// ToleratePercent is Tolerate for a share of the items, from 0 to 100. With
// both, exceeding either fails the Map.
func (n *MapNode[I, O]) ToleratePercent(percent float64, ref Ref[[]ItemFailure]) *MapNode[I, O] {
	if !(percent >= 0 && percent <= 100) {
		n.wrong("", "ToleratePercent(%v): a share is from 0 to 100", percent)
	}
	n.iterator.percent = percent
	n.iterator.tolerates = true
	n.setRef(&n.iterator.failures, ref.r, "Into")
	return n
}

// ItemFailure is an item of a Map whose failure was tolerated.
type ItemFailure struct {
	// Index is the place of the item, from 0.
	Index int `json:"index"`
	// Error and Cause say how it failed.
	Error string `json:"Error"`
	Cause string `json:"Cause"`
}

// Into puts the array of results at ref in the document instead of in its
// place.
func (n *MapNode[I, O]) Into(ref Ref[[]O]) *MapNode[I, O] {
	n.setRef(&n.into, ref.r, "Into")
	return n
}

// Drop has the results dropped: the document stays as it is, and the Map is there
// for what its nodes do.
func (n *MapNode[I, O]) Drop() *MapNode[I, O] {
	n.drop()
	return n
}

// Retry has failures tried again, all items anew; see [Retry]. To retry one
// item, put the Retry on the node inside.
func (n *MapNode[I, O]) Retry(r ...Retry) *MapNode[I, O] {
	n.retry(r)
	return n
}

// Catch has failures that match go on at the handler; see [TaskNode.Catch].
func (n *MapNode[I, O]) Catch(on Matcher, handler ...Node) *MapNode[I, O] {
	n.catch(here(), on, handler)
	return n
}

// Recover has failures that match give the result of fn instead.
func (n *MapNode[I, O]) Recover(on Matcher, fn func(context.Context, *Error) ([]O, error)) *MapNode[I, O] {
	recovering(&n.spec, here(), on, fn)
	return n
}

// Assign gives variables their values when all items have ended; see [Set].
func (n *MapNode[I, O]) Assign(a ...Assignment) *MapNode[I, O] {
	n.assign = append(n.assign, a...)
	return n
}

// itemList is a slice of Go values as the items of a Map; each item is the
// address of its place.
type itemList[I any] []I

// Len is the number of items.
func (l itemList[I]) Len() int { return len(l) }

// At gives an item.
func (l itemList[I]) At(i int) machine.Item { return machine.Item{Index: i, Value: &l[i]} }

// looseList is an array of document values as the items of a Map.
type looseList []any

// Len is the number of items.
func (l looseList) Len() int { return len(l) }

// At gives an item.
func (l looseList) At(i int) machine.Item { return machine.Item{Index: i, Value: l[i]} }

// fork compiles what a Map goes over.
func (it *iterating) fork(s *spec, scope *machine.Scope) *machine.Fork {
	k := &machine.Fork{Branches: []*machine.Scope{scope}, Collect: s.collect}
	k.Items = func(f *machine.Frame, doc any) (machine.Items, error) {
		v, err := it.items.get(f, doc)
		if err != nil {
			return nil, err
		}
		list, err := it.list(v)
		if err != nil {
			return nil, &machine.Failure{Name: machine.Runtime, Fatal: true, Err: err, Cause: fmt.Sprintf("%s can't be gone over: %v", it.items, err)}
		}
		return list, nil
	}
	if it.limit > 0 {
		k.Concurrency = func(*machine.Frame, any) (int, error) { return it.limit, nil }
	}
	if it.tolerates {
		bound := machine.Tolerance{Count: float64(it.count), HasCount: it.count > 0, Percent: it.percent, HasPercent: it.percent > 0}
		if !bound.HasCount && !bound.HasPercent {
			bound.HasCount = true
		}
		k.Tolerate = func(*machine.Frame, any) (machine.Tolerance, error) { return bound, nil }
	}
	if it.itemAt != nil {
		k.Item = it.selectItem
	}
	return k
}

// selectItem makes the document of an item from the item and what is carried.
func (it *iterating) selectItem(f *machine.Frame, doc any, item *machine.Item) (any, error) {
	out, err := it.itemAt.set(document.NewObject(1+len(it.carried)), item.Value)
	for _, r := range it.carried {
		if err != nil {
			return nil, err
		}
		var v any
		if v, err = r.get(f, doc); err == nil {
			out, err = r.set(out, v)
		}
	}
	return out, err
}

// failuresOf lists the tolerated failures of a Map by index.
func failuresOf(f *machine.Frame) *[]ItemFailure {
	out := []ItemFailure{}
	for _, fault := range f.Join.Fails {
		out = append(out, ItemFailure{Index: fault.Item.Index, Error: fault.Fail.Name, Cause: fault.Fail.Cause})
	}
	slices.SortFunc(out, func(a, b ItemFailure) int { return a.Index - b.Index })
	return &out
}
