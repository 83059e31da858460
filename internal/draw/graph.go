// Package draw makes pictures of graphs of states: as Mermaid, as DOT, and as
// SVG with a layout of its own. It knows nothing of workflows beyond what a
// picture shows; the root package says what there is to show.
package draw

// Graph is a picture's content: one level of nodes. The first node is where it
// begins.
type Graph struct {
	Title string
	Nodes []Node
	Edges []Edge
}

// Node is a state, or one of the two round ends of a graph.
type Node struct {
	Shape    Shape
	Label    string  // its name
	Detail   string  // a second, smaller line; may be empty
	Mark     Mark    // how it fared
	Children []Graph // what runs inside it: branches side by side, or the body of a Map
}

// Edge leads from one node of a graph to another, by their indexes.
type Edge struct {
	From, To int
	Label    string
	Catch    bool // taken when From fails
	Taken    bool // an execution went this way
}

// Shape is how a node is drawn.
type Shape uint8

// The shapes.
const (
	Box     Shape = iota // a state that works
	Diamond              // a choice
	Clock                // a wait
	Begin                // the round beginning
	End                  // the round end
	Good                 // a state that ends well
	Bad                  // a state that fails
	Group                // a frame around Children
)

// Mark is how a node fared in an execution.
type Mark uint8

// The marks. None is the mark of a plain picture, too.
const (
	None    Mark = iota // not reached
	Done                // left well
	Retried             // left well after attempts that failed
	Caught              // failed, and a catcher took over
	Failed              // failed
	Running             // entered and not left
)

// marks has for each mark its name as a class and its colours: fill, border.
var marks = [...]struct{ class, fill, line string }{
	None:    {"plain", "#ffffff", "#5b6572"},
	Done:    {"done", "#e2f4e5", "#2e7d3c"},
	Retried: {"retried", "#fff6d6", "#b58900"},
	Caught:  {"caught", "#ffe8d1", "#c8650a"},
	Failed:  {"failed", "#fde0e0", "#c62828"},
	Running: {"running", "#dcebfd", "#1f63c0"},
}

// colored tells whether a picture shows an execution: what was not reached is
// then drawn paler.
func (g *Graph) colored() bool {
	for i := range g.Nodes {
		if g.Nodes[i].Mark != None {
			return true
		}
		for j := range g.Nodes[i].Children {
			if g.Nodes[i].Children[j].colored() {
				return true
			}
		}
	}
	return false
}

// pale is the colour of what an execution did not reach.
const pale = "#b4bac2"
