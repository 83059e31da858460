package flow

import (
	"fmt"
	"slices"
	"strings"

	"github.com/flowstone-go/flow/internal/machine"
)

// What Build finds in the structure of a flow.

// maxNested is how deep nodes may stand in each other: as deep as a definition
// in the States Language may be nested.
const maxNested = 1000

// checkNesting reports a node that stands inside itself, and nodes that are
// nested too deep to follow. Where it gives false nothing else may follow the
// nodes.
func (c *compiler) checkNesting(nodes []Node) bool {
	before := len(c.problems)
	around, done := map[*spec]bool{}, map[*spec]bool{}
	var follow func(nodes []Node)
	follow = func(nodes []Node) {
		for _, n := range nodes {
			if isNil(n) {
				continue
			}
			s := n.describe()
			switch {
			case around[s]:
				c.add(problem{at: s.at, state: s.name, text: "stands inside itself", cure: "make a node for each place where one stands, or lead back with Goto"})
				continue
			case len(around) == maxNested:
				c.add(problem{at: s.at, state: s.name, text: fmt.Sprintf("stands more than %d nodes deep in others", maxNested), cure: "list nodes one after another, or make a part a flow and Call it"})
				continue
			case done[s]:
				continue
			}
			around[s], done[s] = true, true
			follow(s.body)
			follow(s.branches)
			for _, r := range s.rules {
				follow(r.nodes)
			}
			if s.otherwise != nil {
				follow(*s.otherwise)
			}
			for _, h := range s.catches {
				follow(h.handler)
			}
			delete(around, s)
		}
	}
	follow(nodes)
	return len(c.problems) == before
}

// checkReach reports nodes that nothing leads to, and loops without an exit.
func (b *scoping) checkReach() {
	n := len(b.scope.States)
	reached := make([]bool, n)
	b.walk(b.scope.Start, reached)
	for i, ok := range reached {
		if ok {
			continue
		}
		s := b.specs[i]
		p := problem{at: s.at, state: s.name, text: "can't be reached: nothing leads to it"}
		if i > 0 {
			p.cure = fmt.Sprintf("what stands before it, %q, goes elsewhere or ends the flow", b.specs[i-1].name)
		}
		b.add(p)
	}
	ends := make([]bool, n)
	for changed := true; changed; {
		changed = false
		for i, st := range slices.Backward(b.scope.States) { // most lead forward
			if !ends[i] && canEnd(st, ends) {
				ends[i], changed = true, true
			}
		}
	}
	for i, st := range b.scope.States {
		if reached[i] && !ends[i] {
			b.add(problem{
				at: b.specs[i].at, state: st.Name, text: "is in a loop without an exit: no way leads from here to an end",
				cure: "let a Choice leave the loop",
			})
			return
		}
	}
}

// canEnd tells whether a state ends the scope, or leads to one that does.
func canEnd(st *machine.State, ends []bool) bool {
	if st.Kind == machine.Succeed || st.Kind == machine.Fail {
		return true
	}
	for _, next := range exits(st) {
		if next == machine.End || ends[next] {
			return true
		}
	}
	return false
}

// exits are where a state may lead.
func exits(st *machine.State) []int32 {
	var out []int32
	switch st.Kind {
	case machine.Succeed, machine.Fail:
		return nil
	case machine.Choice:
		for _, r := range st.Rules {
			out = append(out, r.Next)
		}
		if st.Else != nil {
			out = append(out, st.Else.Next)
		}
	default:
		out = append(out, st.Next)
	}
	for _, c := range st.Catch {
		out = append(out, c.Next)
	}
	return out
}

func (b *scoping) walk(i int32, reached []bool) {
	if i == machine.End || reached[i] {
		return
	}
	reached[i] = true
	for _, next := range exits(b.scope.States[i]) {
		b.walk(next, reached)
	}
}

// checkMatching reports retriers and catchers that can never be used.
func (b *scoping) checkMatching(s *spec) {
	var retried, caught []string
	for i, r := range s.retries {
		m := &matcher{names: []string{machine.All}}
		if r.On != nil {
			m = r.On.matching()
		}
		b.checkMatcher(s, s.at, fmt.Sprintf("Retry %d", i+1), m, i == len(s.retries)-1, &retried)
	}
	for i, c := range s.catches {
		b.checkMatcher(s, c.at, fmt.Sprintf("Catch %d", i+1), c.on, i == len(s.catches)-1, &caught)
		if s.keeps {
			b.checkHandler(s, c.handler)
		}
	}
}

func (b *scoping) checkMatcher(s *spec, at place, what string, m *matcher, last bool, seen *[]string) {
	report := func(cure, format string, args ...any) {
		b.add(problem{at: at, state: s.name, text: what + ": " + fmt.Sprintf(format, args...), cure: cure})
	}
	for _, name := range m.names {
		switch {
		case name == machine.All && len(m.names)+len(m.errs) > 1:
			report("leave the others out, they are matched too", "States.ALL has to stand alone")
		case name == machine.All && !last:
			report("put it last", "States.ALL matches everything, so that what follows is never used")
		case name == machine.Runtime || name == ErrCancelled.Name || name == "Mock.Unexpected":
			report("", "%s is matched by no retrier and no catcher", name)
		case name == machine.HeartbeatTimedOut && s.heartbeat == 0 && s.kind == machine.Task:
			report("give the node a Heartbeat", "matches a missed heartbeat, but the node has none")
		}
		for _, earlier := range *seen {
			if earlier == name {
				report("", "%s is matched by an earlier one already", name)
			}
		}
		*seen = append(*seen, name)
	}
}

// checkHandler reports a handler whose result would replace the document of a
// node that has none.
func (b *scoping) checkHandler(s *spec, handler []Node) {
	if len(handler) == 0 || isNil(handler[len(handler)-1]) {
		return
	}
	h := handler[len(handler)-1].describe()
	if h.results() && h.into == nil {
		b.add(problem{
			at: h.at, state: h.name, text: fmt.Sprintf("gives a result at the end of a handler of %q, which has none: it would replace the document", s.name),
			cure: "use Do, or say where it goes with Into",
		})
	}
}

// checkWrites reports branches of a Parallel that write the same place, or
// replace the document.
func (b *scoping) checkWrites(s *spec, writes [][]*reference) {
	for i, n := range s.branches {
		if isNil(n) {
			continue
		}
		nodes, _ := nodesOf(n)
		for _, node := range nodes {
			b.checkReplaces(s, node)
		}
		for j := range i {
			b.checkOverlap(s, n, writes[i], writes[j], j)
		}
	}
}

func (b *scoping) checkReplaces(parallel *spec, n Node) {
	if isNil(n) {
		return
	}
	s := n.describe()
	if s.results() && s.into == nil {
		b.add(problem{
			at: s.at, state: s.name, text: fmt.Sprintf("replaces the document in a branch of %q, so that its result would be lost", parallel.name),
			cure: "say where it goes with Into, or use Do",
		})
	}
	for _, r := range s.rules {
		for _, inner := range r.nodes {
			b.checkReplaces(parallel, inner)
		}
	}
	if s.otherwise != nil {
		for _, inner := range *s.otherwise {
			b.checkReplaces(parallel, inner)
		}
	}
}

func (b *scoping) checkOverlap(s *spec, n Node, mine, theirs []*reference, other int) {
	for _, a := range mine {
		for _, o := range theirs {
			if overlaps(a, o) {
				b.add(problem{
					at: n.describe().at, state: s.name, cure: "give each branch a place of its own",
					text: fmt.Sprintf("branches %q and %q both write %s", branchName(s.branches[other]), branchName(n), a),
				})
				return
			}
		}
	}
}

func branchName(n Node) string { return n.describe().name }

// nearest gives the name that a misspelt one was probably meant to be: one that
// has letters in common with it.
func nearest(name string, names []string) string {
	best, least := "", 1+len(name)/3
	for _, n := range names {
		d := distance(strings.ToLower(name), strings.ToLower(n))
		if d <= least && d < max(len(name), len(n)) && (best == "" || d < least) {
			best, least = n, d
		}
	}
	return best
}

// distance is the number of letters to insert, delete or change.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range x {
		prev := row[0]
		row[0] = i + 1
		for j, q := range y {
			cost := prev
			if r != q {
				cost = 1 + min(prev, row[j], row[j+1])
			}
			prev, row[j+1] = row[j+1], cost
		}
	}
	return row[len(y)]
}
