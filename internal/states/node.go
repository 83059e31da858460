package states

import (
	"strconv"
	"strings"
	"sync"

	"github.com/flowstone-go/flow/internal/document"
)

// source is a text that was read, with the tree of its values.
type source struct {
	text   []byte
	root   *node
	single bool // the text is that of one state
	places func() *places
}

func newSource(text []byte, root *node) *source {
	return &source{text: text, root: root, places: sync.OnceValue(func() *places { return newPlaces(text) })}
}

// node is a value in its text. Diagnostics are made of nodes, so that every
// one knows its place; the tree of structs is read off them.
type node struct {
	kind   document.Kind
	offset int   // of the value's first byte
	parent *node // nil: the whole definition
	key    string
	index  int     // in an array its place; in an object the offset of its key
	scalar any     // bool, float64, json.Number, string or nil
	items  []*node // elements of an array, or members of an object, in order
	doc    any     // of an array or object, once asked for
}

// get gives the member of an object that has the key, or nil.
func (n *node) get(key string) *node {
	if n == nil || n.kind != document.ObjectKind {
		return nil
	}
	for _, item := range n.items {
		if item.key == key {
			return item
		}
	}
	return nil
}

// str gives the string that the node holds, or "".
func (n *node) str() string {
	if n == nil {
		return ""
	}
	s, _ := n.scalar.(string)
	return s
}

func (n *node) isString() bool { return n != nil && n.kind == document.String }

// document gives the node as a document.
func (n *node) document() any {
	if n.doc != nil {
		return n.doc
	}
	switch n.kind {
	case document.Array:
		list := make([]any, len(n.items))
		for i, item := range n.items {
			list[i] = item.document()
		}
		n.doc = list
	case document.ObjectKind:
		object := document.NewObject(len(n.items))
		for _, item := range n.items {
			object.Set(item.key, item.document())
		}
		n.doc = object
	default:
		return n.scalar
	}
	return n.doc
}

// location gives the node's place as AWS writes it: /States/Name/Retry[0],
// names as they are, and / for the whole definition.
func (n *node) location() string {
	if n == nil || n.parent == nil {
		return "/"
	}
	var b strings.Builder
	n.writeLocation(&b)
	return b.String()
}

func (n *node) writeLocation(b *strings.Builder) {
	if n.parent == nil {
		return
	}
	n.parent.writeLocation(b)
	if n.parent.kind == document.Array {
		b.WriteByte('[')
		b.WriteString(strconv.Itoa(n.index))
		b.WriteByte(']')
		return
	}
	b.WriteByte('/')
	b.WriteString(n.key)
}

// pointer gives the node's place as a JSON pointer (RFC 6901).
func (n *node) pointer() string {
	if n == nil || n.parent == nil {
		return ""
	}
	if n.parent.kind == document.Array {
		return n.parent.pointer() + "/" + strconv.Itoa(n.index)
	}
	return n.parent.pointer() + "/" + pointerEscape.Replace(n.key)
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

// Pos is a place in the text of a definition. The zero Pos is that of what
// stands in no text.
type Pos struct {
	source *source
	node   *node
}

// Location gives the place as AWS's diagnostics write it, such as
// /States/Name/Choices[0]/Next; / is the whole definition, and "" the place of
// what stands in no text.
func (p Pos) Location() string {
	if p.node == nil {
		return ""
	}
	return p.node.location()
}

// Pointer gives the place as a JSON pointer (RFC 6901).
func (p Pos) Pointer() string { return p.node.pointer() }

// LineColumn gives the line and the column, in characters, both from 1; or
// 0, 0 for what stands in no text.
func (p Pos) LineColumn() (line, column int) {
	if p.source == nil || p.node == nil {
		return 0, 0
	}
	return p.source.places().lineColumn(p.node.offset)
}
