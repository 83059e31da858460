package flow

import (
	"slices"

	"github.com/flowstone-go/flow/internal/machine"
)

// following is what following a scope came to.
type following struct {
	c          *checker
	scope      *machine.Scope
	start, end knowledge
	in         []knowledge // of each state; a nil doc where nothing known leads
	out        [][]edge    // of each state
	stale      []bool      // more is known of the state than when it was visited
	left       int         // how many are stale
	open       bool        // ways that nothing can take are followed too
}

// scope follows a scope from what is known at its start and gives what is
// known at its end; a nil doc where it never ends.
func (c *checker) scope(sc *machine.Scope, start knowledge) knowledge {
	f := c.followed[sc]
	if f == nil || !f.start.equal(start) {
		f = c.follow(sc, start)
		c.followed[sc] = f
	}
	if !c.quiet {
		for i, st := range sc.States {
			if f.in[i].doc != nil {
				c.shapes[st.Path] = f.in[i].doc
				c.state(st, f.in[i])
			}
		}
	}
	return f.end
}

// follow goes over the states of a scope until nothing changes. Ways that
// nothing can take come last, when nothing can open them any more: what stands
// there is checked too, as it is most likely meant to be reached.
func (c *checker) follow(sc *machine.Scope, start knowledge) *following {
	n := len(sc.States)
	f := &following{c: c, scope: sc, start: start, in: make([]knowledge, n), out: make([][]edge, n), stale: make([]bool, n)}
	quiet := c.quiet
	c.quiet = true
	f.learn(sc.Start, start)
	f.settle()
	if c.closed && (c.open || sc == c.root) {
		c.open = true
		clear(c.followed)
		f.open = true
		for i := range n {
			if f.in[i].doc != nil {
				f.stale[i] = true
				f.left++
			}
		}
		f.settle()
	}
	c.quiet = quiet
	for _, edges := range f.out {
		for _, e := range edges {
			if e.to == machine.End && (f.open || !e.closed) {
				f.end = f.end.join(e.out)
			}
		}
	}
	return f
}

// learn adds to what is known of a state.
func (f *following) learn(i int32, k knowledge) {
	joined := f.in[i].join(k)
	if joined.equal(f.in[i]) {
		return
	}
	f.in[i] = joined
	if !f.stale[i] {
		f.stale[i] = true
		f.left++
	}
}

// settle visits states until nothing changes: in the order of the source, in
// which what is known mostly moves on, then along the jumps back, and so on. Few
// rounds do, however loops stand in each other.
func (f *following) settle() {
	var back []int
	for f.left > 0 && f.c.visits < f.c.most {
		for i := range f.in {
			f.visit(i)
		}
		if f.left > 0 && back == nil {
			back = backward(f.scope)
		}
		for _, i := range back {
			f.visit(i)
		}
	}
}

func (f *following) visit(i int) {
	if !f.stale[i] || f.c.visits >= f.c.most {
		return
	}
	f.stale[i] = false
	f.left--
	f.c.visits++
	f.out[i] = f.c.state(f.scope.States[i], f.in[i])
	for _, e := range f.out[i] {
		switch {
		case e.closed && !f.open:
			f.c.closed = true
		case e.to != machine.End:
			f.learn(e.to, e.out)
		}
	}
}

// backward is an order of the states of a scope in which jumps back lead on:
// each chain of them from the last state that is not in it yet.
func backward(sc *machine.Scope) []int {
	n := len(sc.States)
	order, seen := make([]int, 0, n), make([]bool, n)
	var chain func(i int)
	chain = func(i int) {
		seen[i] = true
		for _, to := range exits(sc.States[i]) {
			if to != machine.End && !seen[to] {
				chain(int(to))
			}
		}
		order = append(order, i)
	}
	for i := n - 1; i >= 0; i-- {
		if from := len(order); !seen[i] {
			chain(i)
			slices.Reverse(order[from:])
		}
	}
	return order
}
