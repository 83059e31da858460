package draw

import (
	"cmp"
	"slices"
)

// Long edges have a stop in each layer that they pass. Where nodes stand in one
// another a thousand deep, and all lead on to what follows them, that would be
// millions: then the long ones go round, in lanes on the right of the picture,
// and those that lead to the same node share one.

const (
	manyStops  = 10_000
	longLayers = 8 // layers that an edge passes before it goes round
	laneGap    = 12.0
)

// lanes chooses the edges that go round.
func (a *arranging) lanes() {
	all := 0
	for i := range a.g.Edges {
		all += a.length(i)
	}
	if all <= manyStops {
		return
	}
	a.round = make([]bool, len(a.g.Edges))
	for i := range a.g.Edges {
		a.round[i] = a.length(i) > longLayers
	}
}

// length is how many layers an edge passes.
func (a *arranging) length(i int) int {
	upper, lower := a.ends(i)
	return a.stops[lower].layer - a.stops[upper].layer - 1
}

// goesRound tells whether an edge has a lane.
func (a *arranging) goesRound(i int) bool { return a.round != nil && a.round[i] }

// lane is a piece of a lane: what leads to one node, in one look.
type lane struct {
	look        Edge
	first, last int // layers
	edges       []int
	place       int // of the lane, from the left
}

// placeLanes gives the place of each edge's lane, and how many lanes there are.
func (a *arranging) placeLanes() (places map[int]int, n int) {
	byLook := map[Edge]*lane{}
	var all []*lane
	for i, e := range a.g.Edges {
		if !a.goesRound(i) {
			continue
		}
		look := Edge{To: e.To, Catch: e.Catch, Taken: e.Taken}
		upper, lower := a.ends(i)
		first, last := a.stops[upper].layer, a.stops[lower].layer
		l := byLook[look]
		if l == nil {
			l = &lane{look: look, first: first, last: last}
			byLook[look] = l
			all = append(all, l)
		}
		l.first, l.last = min(l.first, first), max(l.last, last)
		l.edges = append(l.edges, i)
	}
	slices.SortStableFunc(all, func(x, y *lane) int { return cmp.Compare(x.first, y.first) })
	places = map[int]int{}
	var ends []int // the last layer that is taken, by lane
	for _, l := range all {
		l.place = slices.IndexFunc(ends, func(end int) bool { return end < l.first })
		if l.place < 0 {
			l.place = len(ends)
			ends = append(ends, 0)
		}
		ends[l.place] = l.last
		for _, i := range l.edges {
			places[i] = l.place
		}
	}
	return places, len(ends)
}
