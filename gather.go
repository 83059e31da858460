package flow

import (
	"context"
	"fmt"
	"reflect"

	"github.com/flowstone-go/flow/internal/machine"
)

// GatherNode runs branches side by side for their results. See [Gather].
type GatherNode[O any] struct{ spec }

// Gather runs branches side by side and gives the array of what they gave, in
// the order of the branches: the document at the end of each, an O. It is the
// Parallel of the States Language; [Parallel] is for branches that put what they
// do into places of one document.
//
//	flow.Gather[Offer]("Ask", flow.Task("Cheap", cheap), flow.Task("Fast", fast)).Into(offers)
//
// A branch is a node, or several with [Branch]. Each works on the document as
// it was at the node. The first that fails fails the node with its error; the
// others are cancelled and awaited.
func Gather[O any](name string, branches ...Node) *GatherNode[O] {
	n := &GatherNode[O]{spec{name: name, at: here(), kind: machine.Parallel, out: reflect.TypeFor[[]O](), branches: branches, gathers: true}}
	n.checkName()
	if len(branches) == 0 {
		n.wrong("", "Gather without a branch")
	}
	n.collect = func(_ *machine.Frame, results []any) (any, error) {
		out := make([]O, len(results))
		for i, r := range results {
			var err error
			if out[i], err = borrowing[O](r); err != nil {
				return nil, wrongOutput(fmt.Sprintf("%s[%d]", name, i), reflect.TypeFor[O](), err)
			}
		}
		return &out, nil
	}
	return n
}

// From has the branches work on the value at ref instead of the whole document.
func (n *GatherNode[O]) From(ref AnyRef) *GatherNode[O] {
	n.from = n.setAny("From", ref)
	return n
}

// Into puts the array of results at ref in the document instead of in its
// place.
func (n *GatherNode[O]) Into(ref Ref[[]O]) *GatherNode[O] {
	n.setRef(&n.into, ref.r, "Into")
	return n
}

// Drop has the results dropped: the document stays as it is, and the node is
// there for what its branches do.
func (n *GatherNode[O]) Drop() *GatherNode[O] {
	n.drop()
	return n
}

// Retry has failures tried again, all branches anew; see [Retry].
func (n *GatherNode[O]) Retry(r ...Retry) *GatherNode[O] {
	n.retry(r)
	return n
}

// Catch has failures that match go on at the handler; see [TaskNode.Catch].
func (n *GatherNode[O]) Catch(on Matcher, handler ...Node) *GatherNode[O] {
	n.catch(here(), on, handler)
	return n
}

// Recover has failures that match give the result of fn instead.
func (n *GatherNode[O]) Recover(on Matcher, fn func(context.Context, *Error) ([]O, error)) *GatherNode[O] {
	recovering(&n.spec, here(), on, fn)
	return n
}

// Assign gives variables their values when all branches have ended; see [Set].
func (n *GatherNode[O]) Assign(a ...Assignment) *GatherNode[O] {
	n.assign = append(n.assign, a...)
	return n
}

// gather checks what the branches give and tells what is known after them.
func (c *checker) gather(n *lowered, st *machine.State, k knowledge, eff *shape) *shape {
	for i, sc := range st.Fork.Branches {
		end := c.scope(sc, knowledge{doc: eff, vars: k.vars})
		if end.doc == nil {
			continue // it never ends well
		}
		if why := end.doc.misfit(n.out.Elem()); why != "" {
			c.wrong(n, why, fmt.Sprintf("the document at the end of branch %d", i+1), "")
		}
	}
	return c.write(n, k.doc, shapeOf(n.out), n.into)
}
