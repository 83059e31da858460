package draw

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// ladder is what n Choices in one another make: each goes down to the next and,
// on another way, to a node of its own that leads to the end; with back each
// also leads back to the first.
func ladder(n int, back bool) *Graph {
	g := &Graph{Title: "ladder", Nodes: []Node{{Shape: End, Label: "End"}}}
	for i := range n {
		own := len(g.Nodes)
		g.Nodes = append(g.Nodes, Node{Shape: Diamond, Label: fmt.Sprint("C", i)}, Node{Label: fmt.Sprint("P", i)})
		g.Edges = append(g.Edges, Edge{From: own, To: own + 1, Label: "x"}, Edge{From: own + 1, To: 0, Catch: i%2 == 0})
		if i+1 < n {
			g.Edges = append(g.Edges, Edge{From: own, To: own + 2})
		}
		if back && i > 0 {
			g.Edges = append(g.Edges, Edge{From: own, To: 1, Label: "again"})
		}
	}
	return g
}

// A picture grows with its graph, and not with its square, also where many edges
// pass many layers.
func TestLongEdgesGoRound(t *testing.T) {
	t.Parallel()
	for _, back := range []bool{false, true} {
		var small, large strings.Builder
		if err := SVG(&small, ladder(500, back)); err != nil {
			t.Fatal(err)
		}
		if err := SVG(&large, ladder(2000, back)); err != nil {
			t.Fatal(err)
		}
		if large.Len() > 5*small.Len() {
			t.Errorf("back %t: %d bytes for 500, %d for 2000", back, small.Len(), large.Len())
		}
		g := ladder(500, back)
		m := measure(g)
		nodesEnd := 0.0
		for i, at := range m.layout.nodes {
			nodesEnd = max(nodesEnd, at.x+m.nodes[i].w/2)
		}
		round := 0
		for i, e := range g.Edges {
			way := m.edges[i]
			first, last := way[0], way[len(way)-1]
			if first.x != m.layout.nodes[e.From].x || last.x != m.layout.nodes[e.To].x {
				t.Fatalf("edge %d leads from %v to %v", i, first, last)
			}
			for j := 1; j < len(way); j++ {
				if way[j].x < 0 || way[j].x > m.w || way[j].y < 0 || way[j].y > m.h {
					t.Fatalf("edge %d leaves the picture at %v", i, way[j])
				}
				if dy := way[j].y - way[j-1].y; dy > 200 || dy < -200 { // past nodes
					round++
					if way[j].x != way[j-1].x || way[j].x < nodesEnd {
						t.Fatalf("edge %d runs through nodes: %v, %v", i, way[j-1], way[j])
					}
				}
			}
		}
		if round < 400 {
			t.Errorf("only %d edges go round", round)
		}
	}
}

// The edges that cross are counted as by looking at each pair.
func TestCrossings(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		a := arranging{layers: make([][]int, 3)}
		for i := range 3 + r.IntN(20) {
			l := i % 3
			a.stops = append(a.stops, stop{layer: l, x: float64(len(a.layers[l]))})
			a.layers[l] = append(a.layers[l], i)
		}
		for range r.IntN(40) {
			l := r.IntN(2)
			from, to := a.layers[l][r.IntN(len(a.layers[l]))], a.layers[l+1][r.IntN(len(a.layers[l+1]))]
			a.join(from, to)
		}
		want := 0
		for l := range 2 {
			for i, from := range a.layers[l] {
				for _, other := range a.layers[l][:i] {
					for _, x := range a.stops[from].down {
						for _, y := range a.stops[other].down {
							if a.stops[y].x > a.stops[x].x {
								want++
							}
						}
					}
				}
			}
		}
		if got := a.crossings(); got != want {
			t.Fatalf("seed %d: %d crossings, want %d", seed, got, want)
		}
	}
}

func BenchmarkNested(b *testing.B) {
	g := ladder(1000, false)
	for b.Loop() {
		_ = SVG(io.Discard, g)
	}
}
