package extract

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// parseHTML reads what a page shows: no scripts, styles, forms or hidden parts.
// The parser forgives nearly everything; what it refuses (elements nested
// beyond its bound) is read as the text that it also is.
func parseHTML(page string) *Text {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		root = &html.Node{Type: html.TextNode, Data: page}
	}
	var p prose
	p.walk(root)
	p.flush()
	if p.title == "" {
		p.title = p.heading
	}
	return &Text{Title: clean([]string{p.title}), Pages: 1, Body: clean(p.paragraphs)}
}

// prose collects the paragraphs of a page.
type prose struct {
	title, heading string
	paragraphs     []string
	open           strings.Builder
}

func (p *prose) flush() {
	p.paragraphs = append(p.paragraphs, p.open.String())
	p.open.Reset()
}

func (p *prose) walk(node *html.Node) {
	switch {
	case node.Type == html.TextNode:
		p.open.WriteString(node.Data)
		return
	case node.DataAtom == atom.Head:
		for child := range node.ChildNodes() {
			if child.DataAtom == atom.Title && p.title == "" {
				p.title = textOf(child)
			}
		}
		return
	case node.Type == html.ElementNode && unseen(node):
		return
	}
	block := node.Type == html.ElementNode && blocks[node.DataAtom]
	if block {
		p.flush()
	}
	switch node.DataAtom {
	case atom.Br:
		p.open.WriteByte(' ')
	case atom.Td, atom.Th:
		p.open.WriteByte(' ')
	case atom.Img:
		p.open.WriteString(" " + attribute(node, "alt") + " ")
	case atom.H1:
		if p.heading == "" {
			p.heading = textOf(node)
		}
	}
	for child := range node.ChildNodes() {
		p.walk(child)
	}
	if block {
		p.flush()
	}
}

// unseen tells that an element's content is not what the page says: it is not
// shown as text, leads elsewhere, or is struck out.
func unseen(node *html.Node) bool {
	switch node.DataAtom {
	case atom.Script, atom.Style, atom.Template, atom.Noscript, atom.Svg, atom.Math, atom.Iframe, atom.Object,
		atom.Video, atom.Audio, atom.Canvas, atom.Select, atom.Textarea, atom.Nav, atom.Del, atom.S, atom.Strike:
		return true
	}
	for _, a := range node.Attr {
		if a.Key == "hidden" || a.Key == "aria-hidden" && a.Val == "true" {
			return true
		}
	}
	return false
}

var blocks = map[atom.Atom]bool{
	atom.Address: true, atom.Article: true, atom.Aside: true, atom.Blockquote: true, atom.Body: true, atom.Caption: true,
	atom.Dd: true, atom.Details: true, atom.Div: true, atom.Dl: true, atom.Dt: true, atom.Fieldset: true, atom.Figcaption: true,
	atom.Figure: true, atom.Footer: true, atom.Form: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true,
	atom.H5: true, atom.H6: true, atom.Header: true, atom.Hr: true, atom.Li: true, atom.Main: true, atom.Ol: true,
	atom.P: true, atom.Pre: true, atom.Section: true, atom.Summary: true, atom.Table: true, atom.Tr: true, atom.Ul: true,
}

func textOf(node *html.Node) string {
	if node.Type == html.TextNode {
		return node.Data
	}
	var b strings.Builder
	for child := range node.ChildNodes() {
		b.WriteString(textOf(child))
	}
	return b.String()
}

func attribute(node *html.Node, key string) string {
	for _, a := range node.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}
