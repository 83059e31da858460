package draw

import (
	"cmp"
	"slices"
)

// A layout is made in layers, after Sugiyama: edges that lead back are turned
// round for the time being, each node gets the layer below its lowest
// predecessor, the order within layers is chosen so that few edges cross, and
// then each node is moved as near above and below its neighbours as the order
// allows. Every edge has a stop in each layer that it passes and one between two
// layers for its label, so that edges never run through nodes, nor labels
// through anything.

const (
	gapX  = 26.0 // between nodes of a layer
	gapY  = 18.0 // between two layers
	loopW = 34.0 // room for an edge from a node to itself
)

// point is a place in a picture, from its upper left corner.
type point struct{ x, y float64 }

// layout is where the parts of one level are.
type layout struct {
	w, h  float64
	nodes []point   // the middle of each node
	edges [][]point // the way of each edge, from its beginning to its end
	texts []point   // the middle of each edge's label
}

// stop is a node, or a place that an edge passes.
type stop struct {
	w, h     float64
	layer    int
	x        float64
	up, down []int // stops above and below that it is joined to
	virtual  bool
}

// sized is the size of a node or label.
type sized struct{ w, h float64 }

func arrange(g *Graph, nodes, labels []sized) *layout {
	a := arranging{g: g}
	for _, size := range nodes {
		a.stops = append(a.stops, stop{w: size.w, h: size.h})
	}
	for _, e := range g.Edges {
		if e.From == e.To {
			a.stops[e.From].w += 2 * loopW
		}
	}
	a.turn()
	a.layer()
	a.lanes()
	a.pass(labels)
	a.order()
	a.straighten()
	return a.finish(nodes, labels)
}

type arranging struct {
	g      *Graph
	back   []bool // by edge: it leads back
	round  []bool // by edge: it goes round; nil: none does
	stops  []stop // the nodes first
	passes [][]int
	layers [][]int
}

// ends gives the upper and lower node of an edge.
func (a *arranging) ends(i int) (upper, lower int) {
	e := a.g.Edges[i]
	if a.back[i] {
		return e.To, e.From
	}
	return e.From, e.To
}

// turn finds the edges that lead back to a node on the way to where they begin.
func (a *arranging) turn() {
	n := len(a.g.Nodes)
	out := make([][]int, n)
	for i, e := range a.g.Edges {
		out[e.From] = append(out[e.From], i)
	}
	a.back = make([]bool, len(a.g.Edges))
	const unseen, open, closed = 0, 1, 2
	state := make([]int, n)
	type visit struct{ node, next int }
	for root := range n {
		if state[root] != unseen {
			continue
		}
		state[root] = open
		for way := []visit{{root, 0}}; len(way) > 0; {
			top := &way[len(way)-1]
			if top.next == len(out[top.node]) {
				state[top.node] = closed
				way = way[:len(way)-1]
				continue
			}
			edge := out[top.node][top.next]
			top.next++
			to := a.g.Edges[edge].To
			switch state[to] {
			case open:
				a.back[edge] = true
			case unseen:
				state[to] = open
				way = append(way, visit{to, 0})
			}
		}
	}
}

// layer gives each node the even layer below its lowest predecessor.
func (a *arranging) layer() {
	n := len(a.g.Nodes)
	waits := make([]int, n)
	below := make([][]int, n)
	for i, e := range a.g.Edges {
		if e.From == e.To {
			continue
		}
		upper, lower := a.ends(i)
		below[upper] = append(below[upper], lower)
		waits[lower]++
	}
	var ready []int
	for v := range n {
		if waits[v] == 0 {
			ready = append(ready, v)
		}
	}
	for len(ready) > 0 {
		v := ready[0]
		ready = ready[1:]
		for _, w := range below[v] {
			a.stops[w].layer = max(a.stops[w].layer, a.stops[v].layer+2)
			if waits[w]--; waits[w] == 0 {
				ready = append(ready, w)
			}
		}
	}
}

// pass puts a stop into each layer that an edge passes; the first one carries
// the label.
func (a *arranging) pass(labels []sized) {
	a.passes = make([][]int, len(a.g.Edges))
	for i, e := range a.g.Edges {
		if e.From == e.To {
			continue
		}
		above, lower := a.ends(i)
		if a.goesRound(i) {
			a.join(above, a.stopFor(i, a.stops[above].layer+1, labels[i]))
			continue
		}
		for layer := a.stops[above].layer + 1; layer < a.stops[lower].layer; layer++ {
			here := a.stopFor(i, layer, labels[i])
			a.join(above, here)
			above = here
		}
		a.join(above, lower)
	}
}

// stopFor puts a stop of an edge into a layer.
func (a *arranging) stopFor(i, layer int, label sized) int {
	s := stop{w: 6, layer: layer, virtual: true}
	if len(a.passes[i]) == 0 {
		s.w, s.h = max(s.w, label.w+8), label.h
	}
	a.stops = append(a.stops, s)
	here := len(a.stops) - 1
	a.passes[i] = append(a.passes[i], here)
	return here
}

func (a *arranging) join(upper, lower int) {
	a.stops[upper].down = append(a.stops[upper].down, lower)
	a.stops[lower].up = append(a.stops[lower].up, upper)
}

// order chooses the order within the layers: each stop by the mean place of its
// neighbours above, then below, again and again; the best order counts.
func (a *arranging) order() {
	for i := range a.stops {
		for len(a.layers) <= a.stops[i].layer {
			a.layers = append(a.layers, nil)
		}
		a.layers[a.stops[i].layer] = append(a.layers[a.stops[i].layer], i)
	}
	a.number()
	best, fewest := a.snapshot(), a.crossings()
	for round := range 10 {
		if fewest == 0 {
			break
		}
		if round%2 == 0 {
			for l := 1; l < len(a.layers); l++ {
				a.sort(l, func(s *stop) []int { return s.up })
			}
		} else {
			for l := len(a.layers) - 2; l >= 0; l-- {
				a.sort(l, func(s *stop) []int { return s.down })
			}
		}
		if n := a.crossings(); n < fewest {
			best, fewest = a.snapshot(), n
		}
	}
	a.layers = best
	a.number()
}

func (a *arranging) snapshot() [][]int {
	copied := make([][]int, len(a.layers))
	for i := range a.layers {
		copied[i] = slices.Clone(a.layers[i])
	}
	return copied
}

// number notes in x the place of each stop in its layer.
func (a *arranging) number() {
	for _, layer := range a.layers {
		for place, i := range layer {
			a.stops[i].x = float64(place)
		}
	}
}

func (a *arranging) sort(l int, neighbours func(*stop) []int) {
	layer := a.layers[l]
	mean := make(map[int]float64, len(layer))
	for _, i := range layer {
		mean[i] = a.mean(neighbours(&a.stops[i]), a.stops[i].x)
	}
	slices.SortStableFunc(layer, func(i, j int) int { return cmp.Compare(mean[i], mean[j]) })
	for place, i := range layer {
		a.stops[i].x = float64(place)
	}
}

func (a *arranging) mean(stops []int, without float64) float64 {
	if len(stops) == 0 {
		return without
	}
	sum := 0.0
	for _, i := range stops {
		sum += a.stops[i].x
	}
	return sum / float64(len(stops))
}

// crossings counts how often edges cross, from the places in x, which are those
// in the order. It counts the ends to the left of each place in a Fenwick tree.
func (a *arranging) crossings() int {
	n := 0
	for l, layer := range a.layers {
		if l+1 == len(a.layers) {
			break
		}
		ends := make([]int, len(a.layers[l+1])+1)
		all := 0
		var below []int
		for _, i := range layer {
			below = below[:0]
			for _, j := range a.stops[i].down {
				below = append(below, int(a.stops[j].x))
			}
			for _, x := range below {
				n += all
				for k := x + 1; k > 0; k -= k & -k {
					n -= ends[k]
				}
			}
			for _, x := range below {
				all++
				for k := x + 1; k < len(ends); k += k & -k {
					ends[k]++
				}
			}
		}
	}
	return n
}
