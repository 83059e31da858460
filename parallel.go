package flow

import (
	"context"
	"fmt"
	"reflect"

	"github.com/flowstone-go/flow/internal/machine"
)

// ParallelNode runs branches side by side. See [Parallel].
type ParallelNode struct{ spec }

// Parallel runs branches side by side and goes on when all have ended. A
// branch is a node, or several with [Branch]. Each works on the document as it
// was at the Parallel, and what its nodes put into places of the document
// (Into) is put there when all have ended; nothing else of a branch remains.
// Build refuses branches that write to the same place, and a branch that
// replaces the document.
//
// The first branch that fails fails the Parallel with its error; the others
// are cancelled and awaited.
func Parallel(name string, branches ...Node) *ParallelNode {
	n := &ParallelNode{spec{name: name, at: here(), kind: machine.Parallel, branches: branches, keeps: true}}
	n.checkName()
	if len(branches) == 0 {
		n.wrong("", "Parallel without a branch")
	}
	return n
}

// Concurrency bounds the number of branches at work at once. 0 is no bound.
func (n *ParallelNode) Concurrency(limit int) *ParallelNode {
	if limit < 0 {
		n.wrong("0 is no bound", "Concurrency(%d)", limit)
	}
	n.iterator = &iterating{limit: limit}
	return n
}

// Retry has failures tried again, all branches anew; see [Retry].
func (n *ParallelNode) Retry(r ...Retry) *ParallelNode {
	n.retry(r)
	return n
}

// Catch has failures that match go on at the handler; see [TaskNode.Catch].
func (n *ParallelNode) Catch(on Matcher, handler ...Node) *ParallelNode {
	n.catch(here(), on, handler)
	return n
}

// Recover has failures that match go on after fn, with the document as it was
// before the Parallel.
func (n *ParallelNode) Recover(on Matcher, fn func(context.Context, *Error) error) *ParallelNode {
	at := here()
	var run func(context.Context, *Error) (None, error)
	if fn != nil {
		run = func(ctx context.Context, err *Error) (None, error) { return None{}, fn(ctx, err) }
	}
	recovering(&n.spec, at, on, run)
	return n
}

// Assign gives variables their values when all branches have ended; see [Set].
func (n *ParallelNode) Assign(a ...Assignment) *ParallelNode {
	n.assign = append(n.assign, a...)
	return n
}

// BranchNode is several nodes as one branch. See [Branch].
type BranchNode struct{ spec }

// Branch is several nodes, one after another, as one branch of a [Parallel].
func Branch(name string, nodes ...Node) *BranchNode {
	n := &BranchNode{spec{name: name, at: here(), role: branchRole, body: nodes}}
	n.checkNameText()
	if len(nodes) == 0 {
		n.wrong("", "Branch without a node")
	}
	return n
}

// nodesOf are the nodes of a branch of a Parallel.
func nodesOf(branch Node) (nodes []Node, label string) {
	s := branch.describe()
	if s.role == branchRole {
		return s.body, s.name
	}
	return []Node{branch}, s.name
}

// writesOf collects the places in the document that nodes of one scope write.
func writesOf(nodes []Node, landing *reference, out *[]*reference) {
	for i, n := range nodes {
		if isNil(n) {
			continue
		}
		s := n.describe()
		last := i == len(nodes)-1
		into := s.into
		if into == nil && last && s.results() {
			into = landing
		}
		if into != nil {
			*out = append(*out, into)
		}
		if s.kind == machine.Parallel && s.call == nil && !s.gathers {
			for _, b := range s.branches {
				if !isNil(b) {
					inner, _ := nodesOf(b)
					writesOf(inner, nil, out)
				}
			}
		}
		for _, c := range s.catches {
			if c.into != nil {
				*out = append(*out, c.into)
			}
			writesOf(c.handler, into, out)
		}
		for _, r := range s.rules {
			writesOf(r.nodes, landingIf(last, landing), out)
		}
		if s.otherwise != nil {
			writesOf(*s.otherwise, landingIf(last, landing), out)
		}
	}
}

func landingIf(last bool, landing *reference) *reference {
	if last {
		return landing
	}
	return nil
}

// merge makes the document after a Parallel: that before it, with what each
// branch wrote.
func merge(writes [][]*reference) machine.Eval {
	return func(f *machine.Frame, result any) (any, error) {
		results, _ := result.([]any)
		doc := f.Doc
		for i, refs := range writes {
			for _, r := range refs {
				v, err := r.path.GetFrom(results[i])
				if err != nil {
					continue // this run of the branch did not write it
				}
				if doc, err = r.set(doc, v); err != nil {
					return nil, err
				}
			}
		}
		return doc, nil
	}
}

// isNil tells a node that is no node: nil, or a nil pointer to one.
func isNil(n Node) bool {
	if n == nil {
		return true
	}
	v := reflect.ValueOf(n)
	return v.Kind() == reflect.Pointer && v.IsNil()
}

// overlaps tells whether two references name places of which one lies in the
// other.
func overlaps(a, b *reference) bool {
	if a.path == nil || b.path == nil {
		return false
	}
	x, _ := a.path.Steps()
	y, _ := b.path.Steps()
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return false
		}
	}
	return true
}

func branchLabel(i int, name string) string {
	if name == "" {
		return fmt.Sprintf("branch %d", i+1)
	}
	return name
}
