package draw

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sample has one of each shape, a catch, a way back, an edge to itself, and
// names that mean something to the formats.
func sample(m func(Mark) Mark) *Graph {
	return &Graph{
		Title: "a <b> & c",
		Nodes: []Node{
			{Shape: Begin, Label: "Start", Mark: m(Done)},
			{Label: `Say "hi"`, Detail: "Task", Mark: m(Caught)},
			{Shape: Diamond, Label: "Which; one", Mark: m(Done)},
			{Shape: Group, Label: "Both", Detail: "Parallel", Mark: m(Running), Children: []Graph{
				{Title: "one", Nodes: []Node{{Label: "A", Mark: m(Retried)}, {Shape: Clock, Label: "B"}}, Edges: []Edge{{From: 0, To: 1}}},
				{Nodes: []Node{{Label: "C", Mark: m(Failed)}}, Edges: []Edge{{From: 0, To: 0, Label: "again"}}},
			}},
			{Shape: Bad, Label: "No"},
			{Shape: End, Label: "End"},
		},
		Edges: []Edge{
			{From: 0, To: 1, Taken: m(Done) == Done},
			{From: 1, To: 2},
			{From: 1, To: 3, Label: "States.ALL", Catch: true, Taken: m(Done) == Done},
			{From: 2, To: 3, Label: "x > 1"},
			{From: 2, To: 4},
			{From: 3, To: 5},
			{From: 2, To: 1, Label: "back"},
		},
	}
}

func plain(Mark) Mark     { return None }
func colored(m Mark) Mark { return m }

func TestMermaid(t *testing.T) {
	t.Parallel()
	want := strings.TrimLeft(`
flowchart TD
  n0(("Start")):::done
  n1["Say #quot;hi#quot;<br/><small>Task</small>"]:::caught
  n2{"Which#59; one"}:::done
  subgraph n3["Both<br/><small>Parallel</small>"]
    subgraph n3_0_b["one"]
      n3_0_0["A"]:::retried
      n3_0_1(["B"]):::plain
      n3_0_0 --> n3_0_1
    end
    n3_1_0["C"]:::failed
    n3_1_0 -->|"again"| n3_1_0
  end
  class n3 running
  n4[["No"]]:::plain
  n5(("End")):::plain
  n0 --> n1
  n1 --> n2
  n1 -.->|"States.ALL"| n3
  n2 -->|"x #gt; 1"| n3
  n2 --> n4
  n3 --> n5
  n2 -->|"back"| n1
  classDef plain fill:#ffffff,stroke:#5b6572,color:#1c2128
  classDef done fill:#e2f4e5,stroke:#2e7d3c,color:#1c2128
  classDef retried fill:#fff6d6,stroke:#b58900,color:#1c2128
  classDef caught fill:#ffe8d1,stroke:#c8650a,color:#1c2128
  classDef failed fill:#fde0e0,stroke:#c62828,color:#1c2128
  classDef running fill:#dcebfd,stroke:#1f63c0,color:#1c2128
  linkStyle 2,4 stroke-width:3px
`, "\n")
	var got strings.Builder
	if err := Mermaid(&got, sample(colored)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Error(diff)
	}
	got.Reset()
	if err := Mermaid(&got, sample(plain)); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(got.String(), "class") || strings.Contains(got.String(), "linkStyle") {
		t.Errorf("a plain picture has colours:\n%s", got.String())
	}
}

func TestDOT(t *testing.T) {
	t.Parallel()
	want := strings.TrimLeft(`
digraph {
  graph [label="a <b> & c", labelloc=t, compound=true, fontname="Helvetica", rankdir=TB]
  node [fontname="Helvetica", style="filled,rounded", shape=box, fillcolor=white]
  edge [fontname="Helvetica", fontsize=11]
  n0 [label="Start", shape=circle]
  n1 [label="Say \"hi\"\nTask"]
  n2 [label="Which; one", shape=diamond, style=filled]
  subgraph cluster_n3 {
    label="Both\nParallel"; style="filled,rounded"; fillcolor="#ffffff"; color="#5b6572"
    subgraph cluster_n3_0_ {
      label="one"; style=rounded
      n3_0_0 [label="A"]
      n3_0_1 [label="B"]
      n3_0_0 -> n3_0_1 []
    }
    n3_1_0 [label="C"]
    n3_1_0 -> n3_1_0 [label="again"]
  }
  n4 [label="No"]
  n5 [label="End", shape=doublecircle]
  n0 -> n1 []
  n1 -> n2 []
  n1 -> n3_0_0 [lhead=cluster_n3, label="States.ALL", style=dashed]
  n2 -> n3_0_0 [lhead=cluster_n3, label="x > 1"]
  n2 -> n4 []
  n3_0_1 -> n5 [ltail=cluster_n3]
  n2 -> n1 [label="back"]
}
`, "\n")
	var got strings.Builder
	if err := DOT(&got, sample(plain)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Error(diff)
	}
}

// The picture is XML, and each text stands in it.
func TestSVG(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := SVG(&out, sample(colored)); err != nil {
		t.Fatal(err)
	}
	texts := map[string]bool{}
	for decoder := xml.NewDecoder(strings.NewReader(out.String())); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if data, ok := token.(xml.CharData); ok {
			texts[string(data)] = true
		}
	}
	for _, want := range []string{"a <b> & c", `Say "hi"`, "Task", "Which; one", "Both · Parallel", "A", "B", "C", "one", "No", "States.ALL", "x > 1", "back", "again"} {
		if !texts[want] {
			t.Errorf("%q is not in the picture", want)
		}
	}
}

// A long name is cut, and whole in the tooltip.
func TestLongName(t *testing.T) {
	t.Parallel()
	name := strings.Repeat("long", 20)
	var out strings.Builder
	if err := SVG(&out, &Graph{Nodes: []Node{{Label: name}}}); err != nil {
		t.Fatal(err)
	}
	if want := "<title>" + name + "</title>" + name[:43] + "…</text>"; !strings.Contains(out.String(), want) {
		t.Errorf("%s\nis not in\n%s", want, out.String())
	}
}

func random(r *rand.Rand) *Graph {
	g := &Graph{Nodes: make([]Node, 1+r.IntN(14))}
	for i := range g.Nodes {
		g.Nodes[i] = Node{Shape: Shape(r.IntN(int(Group))), Label: strings.Repeat("x", 1+r.IntN(20))}
		if r.IntN(6) == 0 {
			g.Nodes[i] = Node{Shape: Group, Label: "g", Children: []Graph{{Nodes: make([]Node, 2), Edges: []Edge{{From: 0, To: 1}}}}}
		}
	}
	for range r.IntN(25) {
		g.Edges = append(g.Edges, Edge{From: r.IntN(len(g.Nodes)), To: r.IntN(len(g.Nodes)), Label: strings.Repeat("y", r.IntN(9))})
	}
	return g
}

// Whatever the graph: nodes lie in the picture and not on each other, edges
// run from border to border, pass no node, and labels lie on nothing.
func TestLayout(t *testing.T) {
	t.Parallel()
	for seed := range uint64(400) {
		g := random(rand.New(rand.NewPCG(seed, 1)))
		m := measure(g)
		var taken []rect
		for i, size := range m.nodes {
			taken = append(taken, rectOf(m.layout.nodes[i], size))
		}
		for i, e := range g.Edges {
			if e.Label != "" && e.From != e.To {
				taken = append(taken, rectOf(m.texts[i], m.labels[i]))
			}
		}
		for i, r := range taken {
			if r.left < -0.1 || r.top < -0.1 || r.right > m.w+0.1 || r.bottom > m.h+0.1 {
				t.Errorf("seed %d: %v lies outside of %v × %v", seed, r, m.w, m.h)
			}
			for _, other := range taken[:i] {
				if r.left < other.right && other.left < r.right && r.top < other.bottom && other.top < r.bottom {
					t.Errorf("seed %d: %v lies on %v", seed, r, other)
				}
			}
		}
		for i, e := range g.Edges {
			way := m.edges[i]
			if !onBorder(way[0], taken[e.From]) || !onBorder(way[len(way)-1], taken[e.To]) {
				t.Errorf("seed %d: edge %d runs %v, from %v to %v", seed, i, way, taken[e.From], taken[e.To])
			}
			for _, p := range way[1 : len(way)-1] {
				for n, r := range taken[:len(g.Nodes)] {
					if p.x > r.left+0.1 && p.x < r.right-0.1 && p.y > r.top+0.1 && p.y < r.bottom-0.1 {
						t.Errorf("seed %d: edge %d runs through node %d", seed, i, n)
					}
				}
			}
		}
	}
}

type rect struct{ left, top, right, bottom float64 }

func rectOf(middle point, size sized) rect {
	return rect{middle.x - size.w/2, middle.y - size.h/2, middle.x + size.w/2, middle.y + size.h/2}
}

func onBorder(p point, r rect) bool {
	near := func(a, b float64) bool { return math.Abs(a-b) < 0.1 }
	return p.x > r.left-0.1 && p.x < r.right+0.1 && p.y > r.top-0.1 && p.y < r.bottom+0.1 &&
		(near(p.x, r.left) || near(p.x, r.right) || near(p.y, r.top) || near(p.y, r.bottom))
}

// A chain stands in one line, straight.
func TestChainIsStraight(t *testing.T) {
	t.Parallel()
	g := &Graph{Nodes: []Node{{Label: "a"}, {Label: "much longer"}, {Label: "c"}}, Edges: []Edge{{From: 0, To: 1}, {From: 1, To: 2}}}
	m := measure(g)
	for i, p := range m.layout.nodes {
		if math.Abs(p.x-m.w/2) > 0.1 {
			t.Errorf("node %d stands at %v of %v", i, p.x, m.w)
		}
	}
}
