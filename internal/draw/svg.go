package draw

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"unicode"
)

const (
	labelSize  = 13.0
	smallSize  = 10.5
	padding    = 14.0 // within frames, and round the picture
	headHeight = 22.0 // of a frame's name
	longest    = 44   // characters of a label; the whole is in its tooltip
)

// SVG writes the graph as a picture that any browser shows, without scripts or
// anything from outside. It is the same for the same graph.
func SVG(w io.Writer, g *Graph) error {
	p := picture{colored: g.colored()}
	level := measure(g)
	width, height := level.w+2*padding, level.h+2*padding
	p.line(`<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" role="img" font-family="system-ui, 'Segoe UI', Helvetica, Arial, sans-serif">`,
		width, height, width, height)
	p.line(`<title>%s</title>`, escape(g.Title))
	p.line(`<defs><marker id="a" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse" markerUnits="userSpaceOnUse"><path d="M0,0 8,4 0,8z" fill="context-stroke"/></marker></defs>`)
	p.line(`<rect width="%.0f" height="%.0f" fill="#ffffff"/>`, width, height)
	p.graph(g, level, point{padding, padding})
	p.line(`</svg>`)
	_, err := io.WriteString(w, p.String())
	return err
}

// measured is a level with the sizes and places of all that is in it.
type measured struct {
	*layout
	nodes  []sized
	labels []sized
	inner  [][]*measured // by node: its children
}

func measure(g *Graph) *measured {
	m := &measured{inner: make([][]*measured, len(g.Nodes))}
	for i := range g.Nodes {
		n := &g.Nodes[i]
		size := leafSize(n)
		if len(n.Children) > 0 {
			frame := sized{padding, 0}
			for j := range n.Children {
				child := measure(&n.Children[j])
				m.inner[i] = append(m.inner[i], child)
				extra := headFor(&n.Children[j])
				frame.w += max(child.w, textWidth(n.Children[j].Title, smallSize)) + padding
				frame.h = max(frame.h, child.h+extra)
			}
			size = sized{max(frame.w, size.w), frame.h + headHeight + 2*padding}
		}
		m.nodes = append(m.nodes, size)
	}
	for _, e := range g.Edges {
		if e.Label == "" {
			m.labels = append(m.labels, sized{})
			continue
		}
		m.labels = append(m.labels, sized{textWidth(short(e.Label), smallSize), smallSize + 4})
	}
	m.layout = arrange(g, m.nodes, m.labels)
	return m
}

func headFor(g *Graph) float64 {
	if g.Title == "" {
		return 0
	}
	return headHeight
}

func leafSize(n *Node) sized {
	if n.Shape == Begin || n.Shape == End {
		d := max(textWidth(n.Label, smallSize)+14, 40)
		return sized{d, d}
	}
	size := sized{max(textWidth(short(n.Label), labelSize), textWidth(short(n.Detail), smallSize)) + 28, 34}
	if n.Detail != "" {
		size.h += smallSize + 3
	}
	if n.Shape == Diamond {
		size.w += 26
	}
	return size
}

// textWidth estimates how wide a text is drawn: no font is the same everywhere.
func textWidth(text string, size float64) float64 {
	w := 0.0
	for _, r := range text {
		switch {
		case r >= 0x1100:
			w += 1.05
		case strings.ContainsRune("ijltfrI.,:;|!'()[]/ ", r):
			w += 0.36
		case strings.ContainsRune("mwMW@%—…", r):
			w += 0.9
		case unicode.IsUpper(r):
			w += 0.7
		default:
			w += 0.57
		}
	}
	return w * size
}

func short(text string) string {
	if r := []rune(text); len(r) > longest {
		return string(r[:longest-1]) + "…"
	}
	return text
}

type picture struct {
	strings.Builder
	colored bool
}

func (p *picture) line(format string, args ...any) {
	fmt.Fprintf(&p.Builder, format+"\n", args...)
}

// graph draws a level whose upper left corner is at a point: edges first, so
// that nodes lie on them.
func (p *picture) graph(g *Graph, m *measured, at point) {
	for i, e := range g.Edges {
		p.edge(e, m.edges[i], at)
	}
	for i, e := range g.Edges {
		if e.Label != "" {
			p.text(short(e.Label), e.Label, point{at.x + m.texts[i].x, at.y + m.texts[i].y + smallSize*0.35}, smallSize, "#3d4650", true)
		}
	}
	for i := range g.Nodes {
		middle := point{at.x + m.layout.nodes[i].x, at.y + m.layout.nodes[i].y}
		p.node(&g.Nodes[i], m.nodes[i], m.inner[i], middle)
	}
}

func (p *picture) edge(e Edge, way []point, at point) {
	var d strings.Builder
	for i, q := range way {
		q = point{q.x + at.x, q.y + at.y}
		if i == 0 {
			fmt.Fprintf(&d, "M%.1f,%.1f", q.x, q.y)
			continue
		}
		from := point{way[i-1].x + at.x, way[i-1].y + at.y}
		half := (from.y + q.y) / 2
		switch {
		case e.From == e.To: // a bow on the right
			fmt.Fprintf(&d, "Q%.1f,%.1f %.1f,%.1f", q.x, from.y, q.x, q.y)
		case from.x == q.x:
			fmt.Fprintf(&d, "L%.1f,%.1f", q.x, q.y)
		default:
			fmt.Fprintf(&d, "C%.1f,%.1f %.1f,%.1f %.1f,%.1f", from.x, half, q.x, half, q.x, q.y)
		}
	}
	colour, width, dash := "#5b6572", 1.3, ""
	switch {
	case e.Taken:
		colour, width = "#1c2128", 2.4
	case p.colored:
		colour = pale
	}
	if e.Catch {
		dash = ` stroke-dasharray="5 4"`
	}
	p.line(`<path d="%s" fill="none" stroke="%s" stroke-width="%.1f"%s marker-end="url(#a)"/>`, d.String(), colour, width, dash)
}

func (p *picture) node(n *Node, size sized, inner []*measured, middle point) {
	mark := marks[n.Mark]
	fill, line := mark.fill, mark.line
	if p.colored && n.Mark == None {
		line = pale
	}
	left, top := middle.x-size.w/2, middle.y-size.h/2
	style := fmt.Sprintf(`fill="%s" stroke="%s" stroke-width="1.5"`, fill, line)
	switch {
	case n.Shape == Begin || n.Shape == End:
		p.line(`<circle cx="%.1f" cy="%.1f" r="%.1f" fill="#eef0f3" stroke="%s"/>`, middle.x, middle.y, size.w/2, line)
		p.text(n.Label, "", point{middle.x, middle.y + smallSize*0.35}, smallSize, "#1c2128", false)
		return
	case len(inner) > 0:
		p.line(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="8" %s fill-opacity="0.35"/>`, left, top, size.w, size.h, style)
		p.frame(n, size, inner, point{left, top})
		return
	case n.Shape == Diamond:
		p.line(`<path d="M%.1f,%.1f l13,%.1f h%.1f l13,%.1f l-13,%.1f h%.1f z" %s/>`,
			left, middle.y, -size.h/2, size.w-26, size.h/2, size.h/2, -(size.w - 26), style)
	default:
		radius := 6.0
		if n.Shape == Clock || n.Shape == Good {
			radius = 17
		}
		p.line(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="%.0f" %s/>`, left, top, size.w, size.h, radius, style)
		if n.Shape == Bad {
			p.line(`<path d="M%.1f,%.1f v%.1f M%.1f,%.1f v%.1f" stroke="%s"/>`, left+6, top, size.h, left+size.w-6, top, size.h, line)
		}
	}
	if n.Detail == "" {
		p.text(short(n.Label), n.Label, point{middle.x, middle.y + labelSize*0.35}, labelSize, "#1c2128", false)
		return
	}
	p.text(short(n.Label), n.Label, point{middle.x, middle.y - 2}, labelSize, "#1c2128", false)
	p.text(short(n.Detail), n.Detail, point{middle.x, middle.y + smallSize + 2}, smallSize, "#5b6572", false)
}

// frame draws what is inside a group: its name, and its children side by side.
func (p *picture) frame(n *Node, size sized, inner []*measured, corner point) {
	title := n.Label
	if n.Detail != "" {
		title += " · " + n.Detail
	}
	p.text(short(title), title, point{corner.x + size.w/2, corner.y + headHeight - 4}, labelSize, "#1c2128", false)
	x := corner.x + padding
	used := padding
	for i, child := range inner {
		used += max(child.w, textWidth(n.Children[i].Title, smallSize)) + padding
	}
	x += (size.w - used) / 2
	for i, child := range inner {
		width := max(child.w, textWidth(n.Children[i].Title, smallSize))
		y := corner.y + headHeight + padding
		if title := n.Children[i].Title; title != "" {
			p.text(title, "", point{x + width/2, y + smallSize}, smallSize, "#5b6572", false)
			y += headHeight
		}
		p.graph(&n.Children[i], child, point{x + (width-child.w)/2, y})
		x += width + padding
	}
}

// text writes a text around the middle of its baseline. What was cut off is in
// the tooltip; a halo keeps a label readable that lies on a line.
func (p *picture) text(text, whole string, at point, size float64, colour string, halo bool) {
	tip := ""
	if whole != "" && whole != text {
		tip = "<title>" + escape(whole) + "</title>"
	}
	paint := ""
	if halo {
		paint = ` paint-order="stroke" stroke="#ffffff" stroke-width="3"`
	}
	p.line(`<text x="%.1f" y="%.1f" font-size="%.1f" text-anchor="middle" fill="%s"%s>%s%s</text>`, at.x, at.y, size, colour, paint, tip, escape(text))
}

// escape writes text as XML; what XML cannot hold becomes U+FFFD.
func escape(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text))
	return b.String()
}
