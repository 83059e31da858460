package draw

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Mermaid writes the graph as a Mermaid flowchart, as GitHub and many others
// show it. The lines are the same for the same graph.
func Mermaid(w io.Writer, g *Graph) error {
	m := mermaid{colored: g.colored()}
	m.line("flowchart TD")
	m.graph(g, "n", 1)
	if m.colored {
		for _, mark := range marks {
			m.line("  classDef %s fill:%s,stroke:%s,color:#1c2128", mark.class, mark.fill, mark.line)
		}
	}
	if len(m.taken) > 0 {
		m.line("  linkStyle %s stroke-width:3px", strings.Join(m.taken, ","))
	}
	_, err := io.WriteString(w, m.String())
	return err
}

type mermaid struct {
	strings.Builder
	colored bool
	edges   int
	taken   []string // indexes of edges, as linkStyle wants them
}

func (m *mermaid) line(format string, args ...any) {
	fmt.Fprintf(&m.Builder, format+"\n", args...)
}

// graph writes one level. The id of a node is that of its level and its index.
func (m *mermaid) graph(g *Graph, level string, depth int) {
	indent := strings.Repeat("  ", depth)
	for i := range g.Nodes {
		m.node(&g.Nodes[i], fmt.Sprintf("%s%d", level, i), indent, depth)
	}
	for _, e := range g.Edges {
		arrow := "-->"
		if e.Catch {
			arrow = "-.->"
		}
		if e.Label != "" {
			arrow += "|" + m.quote(e.Label) + "|"
		}
		m.line("%s%s%d %s %s%d", indent, level, e.From, arrow, level, e.To)
		if e.Taken {
			m.taken = append(m.taken, strconv.Itoa(m.edges))
		}
		m.edges++
	}
}

// brackets are what Mermaid draws the shapes by.
var brackets = [...][2]string{
	Box: {"[", "]"}, Diamond: {"{", "}"}, Clock: {"([", "])"}, Begin: {"((", "))"}, End: {"((", "))"}, Good: {"([", "])"}, Bad: {"[[", "]]"},
}

func (m *mermaid) node(n *Node, id, indent string, depth int) {
	class := ""
	if m.colored {
		class = ":::" + marks[n.Mark].class
	}
	label := m.quote(n.Label)
	if n.Detail != "" {
		label = strings.TrimSuffix(label, `"`) + "<br/><small>" + strings.Trim(m.quote(n.Detail), `"`) + `</small>"`
	}
	if len(n.Children) == 0 {
		shape := n.Shape
		if shape == Group {
			shape = Box
		}
		m.line("%s%s%s%s%s%s", indent, id, brackets[shape][0], label, brackets[shape][1], class)
		return
	}
	m.line("%ssubgraph %s[%s]", indent, id, label)
	for i := range n.Children {
		child := &n.Children[i]
		level := fmt.Sprintf("%s_%d_", id, i)
		if child.Title == "" {
			m.graph(child, level, depth+1)
			continue
		}
		m.line("%s  subgraph %sb[%s]", indent, level, m.quote(child.Title))
		m.graph(child, level, depth+2)
		m.line("%s  end", indent)
	}
	m.line("%send", indent)
	if m.colored {
		m.line("%sclass %s %s", indent, id, marks[n.Mark].class)
	}
}

// quote writes text as Mermaid reads it back: in quotes, with what has a meaning
// there as entities.
func (*mermaid) quote(text string) string {
	return `"` + mermaidEntities.Replace(text) + `"`
}

var mermaidEntities = strings.NewReplacer(
	"&", "#amp;", "#", "#35;", `"`, "#quot;", "<", "#lt;", ">", "#gt;", "\r", "", "\n", " ", "`", "#96;", "\\", "#92;", ";", "#59;",
	"{", "#123;", "}", "#125;", "|", "#124;", "[", "#91;", "]", "#93;", "*", "#42;", "_", "#95;",
)
