package draw

import (
	"fmt"
	"io"
	"strings"
)

// DOT writes the graph in the language of Graphviz. The lines are the same for
// the same graph.
func DOT(w io.Writer, g *Graph) error {
	d := dot{colored: g.colored()}
	d.line("digraph {")
	d.line("  graph [label=%s, labelloc=t, compound=true, fontname=%s, rankdir=TB]", d.quote(g.Title), d.quote("Helvetica"))
	d.line("  node [fontname=%s, style=\"filled,rounded\", shape=box, fillcolor=white]", d.quote("Helvetica"))
	d.line("  edge [fontname=%s, fontsize=11]", d.quote("Helvetica"))
	d.graph(g, "n", "  ")
	d.line("}")
	_, err := io.WriteString(w, d.String())
	return err
}

type dot struct {
	strings.Builder
	colored bool
}

func (d *dot) line(format string, args ...any) {
	fmt.Fprintf(&d.Builder, format+"\n", args...)
}

func (d *dot) graph(g *Graph, level, indent string) {
	for i := range g.Nodes {
		d.node(&g.Nodes[i], fmt.Sprintf("%s%d", level, i), indent)
	}
	for _, e := range g.Edges {
		from, to := fmt.Sprintf("%s%d", level, e.From), fmt.Sprintf("%s%d", level, e.To)
		var attrs []string
		// An edge of a group goes to a node in it and is cut at the frame.
		if inner := last(&g.Nodes[e.From], from); inner != from {
			attrs = append(attrs, "ltail=cluster_"+from)
			from = inner
		}
		if inner := first(&g.Nodes[e.To], to); inner != to {
			attrs = append(attrs, "lhead=cluster_"+to)
			to = inner
		}
		if e.Label != "" {
			attrs = append(attrs, "label="+d.quote(e.Label))
		}
		if e.Catch {
			attrs = append(attrs, "style=dashed")
		}
		switch {
		case e.Taken:
			attrs = append(attrs, "penwidth=2.5")
		case d.colored:
			attrs = append(attrs, "color="+d.quote(pale))
		}
		d.line("%s%s -> %s [%s]", indent, from, to, strings.Join(attrs, ", "))
	}
}

// first and last are a node within a group by which edges reach it.
func first(n *Node, id string) string {
	if len(n.Children) == 0 || len(n.Children[0].Nodes) == 0 {
		return id
	}
	return first(&n.Children[0].Nodes[0], id+"_0_0")
}

func last(n *Node, id string) string {
	if len(n.Children) == 0 || len(n.Children[0].Nodes) == 0 {
		return id
	}
	end := len(n.Children[0].Nodes) - 1
	return last(&n.Children[0].Nodes[end], fmt.Sprintf("%s_0_%d", id, end))
}

var dotShapes = [...]string{
	Box: "", Diamond: "shape=diamond, style=filled", Clock: "", Begin: "shape=circle", End: "shape=doublecircle", Good: "", Bad: "", Group: "",
}

func (d *dot) node(n *Node, id, indent string) {
	mark := marks[n.Mark]
	if len(n.Children) > 0 {
		d.line("%ssubgraph cluster_%s {", indent, id)
		d.line("%s  label=%s; style=\"filled,rounded\"; fillcolor=%s; color=%s", indent, d.label(n), d.quote(mark.fill), d.quote(mark.line))
		for i := range n.Children {
			child := &n.Children[i]
			if child.Title == "" {
				d.graph(child, fmt.Sprintf("%s_%d_", id, i), indent+"  ")
				continue
			}
			d.line("%s  subgraph cluster_%s_%d_ {", indent, id, i)
			d.line("%s    label=%s; style=rounded", indent, d.quote(child.Title))
			d.graph(child, fmt.Sprintf("%s_%d_", id, i), indent+"    ")
			d.line("%s  }", indent)
		}
		d.line("%s}", indent)
		return
	}
	attrs := []string{"label=" + d.label(n)}
	if shape := dotShapes[n.Shape]; shape != "" {
		attrs = append(attrs, shape)
	}
	if d.colored {
		line := mark.line
		if n.Mark == None {
			line = pale
		}
		attrs = append(attrs, "fillcolor="+d.quote(mark.fill), "color="+d.quote(line))
	}
	d.line("%s%s [%s]", indent, id, strings.Join(attrs, ", "))
}

func (d *dot) label(n *Node) string {
	if n.Detail == "" {
		return d.quote(n.Label)
	}
	return strings.TrimSuffix(d.quote(n.Label), `"`) + `\n` + strings.TrimPrefix(d.quote(n.Detail), `"`)
}

// quote writes text as a string of the language, in which a backslash begins
// an escape of its own.
func (*dot) quote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\r", "", "\n", " ").Replace(text) + `"`
}
