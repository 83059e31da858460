package states

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/flowstone-go/flow/internal/document"
)

// yamlError is what keeps a YAML text from being a definition.
type yamlError struct {
	message string
	token   *token.Token
}

// parseYAML reads YAML 1.2 as far as it stands for JSON. A key that stands
// twice, a tag beyond the core ones and a number that JSON lacks are errors.
func parseYAML(text []byte) (*Machine, Diagnostics) {
	if ds := tooLong(text, MaxYAML); ds != nil {
		return nil, ds
	}
	text = bytes.TrimPrefix(text, byteOrderMark)
	root, failure := readYAML(text)
	if failure == nil {
		return machineOf(text, root)
	}
	d := Diagnostic{Severity: Error, Code: InvalidJSON, Message: "YAML: " + failure.message}
	if failure.token != nil && failure.token.Position != nil {
		d.Line, d.Column = failure.token.Position.Line, failure.token.Position.Column
		d.Location = fmt.Sprintf("[Source: YAML; line: %d, column: %d]", d.Line, d.Column)
	}
	return nil, Diagnostics{d}
}

func readYAML(text []byte) (root *node, failure *yamlError) {
	if !utf8.Valid(text) {
		return nil, &yamlError{message: "the text is not UTF-8"}
	}
	if nestsDeep(text) {
		return nil, &yamlError{message: fmt.Sprintf("the text is nested more than %d deep", document.MaxDepth)}
	}
	file, failure := yamlFile(text)
	if failure != nil {
		return nil, failure
	}
	r := &yamlReader{text: text, anchors: map[string]ast.Node{}}
	start := 0
	for line := range bytes.Lines(text) {
		r.lines = append(r.lines, yamlLine{start: start, text: line})
		start += len(line)
	}
	defer func() {
		switch e := recover().(type) {
		case nil:
		case yamlError:
			root, failure = nil, &e
		default:
			panic(e)
		}
	}()
	for _, doc := range file.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.CommentType || doc.Body.Type() == ast.DirectiveType {
			continue
		}
		if root != nil {
			r.fail(doc.Body, "a definition is one document, here begins a second")
		}
		root = r.node(doc.Body, nil, 0)
	}
	return root, nil
}

// nestsDeep looks for brackets and list marks nested so deep that parsing them
// would take long. It does not know which of them stand in texts; those of a
// text that is no attack are not so many.
func nestsDeep(text []byte) bool {
	brackets, marks := 0, 0
	for i, c := range text {
		switch c {
		case '[', '{':
			brackets++
		case ']', '}':
			brackets = max(0, brackets-1)
		case '-', '?':
			if i+1 < len(text) && (text[i+1] == ' ' || text[i+1] == '\t') {
				marks++
			}
		case '\n':
			marks = 0
		}
		if brackets > document.MaxDepth || marks > document.MaxDepth {
			return true
		}
	}
	return false
}

// yamlFile parses the text. The library has been seen to panic on broken
// texts; that is a broken text too.
func yamlFile(text []byte) (file *ast.File, failure *yamlError) {
	defer func() {
		if e := recover(); e != nil {
			file, failure = nil, &yamlError{message: fmt.Sprintf("the text can't be parsed: %v", e)}
		}
	}()
	file, err := parser.ParseBytes(text, 0, parser.AllowDuplicateMapKey()) // we look for them, and report them as in JSON
	if err == nil {
		return file, nil
	}
	if syntax, ok := errors.AsType[yaml.Error](err); ok {
		return nil, &yamlError{syntax.GetMessage(), syntax.GetToken()}
	}
	return nil, &yamlError{message: err.Error()}
}

// yamlLine is a line of the text. columns, the offset of each character in it,
// is filled in when it is first asked for; a line of ASCII goes without.
type yamlLine struct {
	start   int
	text    []byte
	ascii   bool
	columns []int
}

// yamlReader turns YAML's nodes into ours. It ends in a panic of yamlError.
type yamlReader struct {
	text    []byte
	lines   []yamlLine
	anchors map[string]ast.Node
	count   int
}

func (r *yamlReader) fail(n ast.Node, format string, args ...any) {
	panic(yamlError{fmt.Sprintf(format, args...), n.GetToken()})
}

// offset finds the byte of a token, whose column counts characters.
func (r *yamlReader) offset(t *token.Token) int {
	if t == nil || t.Position == nil || t.Position.Line < 1 || t.Position.Line > len(r.lines) {
		return 0
	}
	line := &r.lines[t.Position.Line-1]
	column := max(0, t.Position.Column-1)
	if line.columns == nil && !line.ascii {
		for i := range string(line.text) {
			line.columns = append(line.columns, i)
		}
		line.ascii = len(line.columns) == len(line.text)
	}
	if line.ascii {
		return line.start + min(column, len(line.text))
	}
	return line.start + line.columns[min(column, len(line.columns)-1)]
}

func (r *yamlReader) node(n ast.Node, parent *node, depth int) *node {
	if r.count++; r.count > MaxNodes {
		r.fail(n, "the text has more than %d values once its aliases are resolved", MaxNodes)
	}
	if depth > document.MaxDepth {
		r.fail(n, "the text is nested more than %d deep", document.MaxDepth)
	}
	out := &node{parent: parent, offset: r.offset(n.GetToken())}
	switch n := n.(type) {
	case *ast.MappingNode:
		r.mapping(out, n.Values, depth)
	case *ast.MappingValueNode:
		out.offset = r.offset(n.Key.GetToken())
		r.mapping(out, []*ast.MappingValueNode{n}, depth)
	case *ast.SequenceNode:
		out.kind = document.Array
		for i, value := range n.Values {
			item := r.node(value, out, depth+1)
			item.index = i
			out.items = append(out.items, item)
		}
	case *ast.AnchorNode:
		r.anchors[n.Name.GetToken().Value] = n.Value
		return r.node(n.Value, parent, depth)
	case *ast.AliasNode:
		return r.node(r.anchored(n), parent, depth+1)
	case *ast.TagNode:
		return r.tagged(n, parent, depth)
	default:
		r.scalar(out, n)
	}
	return out
}

func (r *yamlReader) anchored(n *ast.AliasNode) ast.Node {
	name := n.Value.GetToken().Value
	anchored, ok := r.anchors[name]
	if !ok {
		r.fail(n, "there is no anchor '%s' above", name)
	}
	return anchored
}

func (r *yamlReader) mapping(out *node, values []*ast.MappingValueNode, depth int) {
	out.kind = document.ObjectKind
	seen := make(map[string]bool, len(values))
	var merged []*node
	for _, value := range values {
		if value.Key.IsMergeKey() {
			merged = append(merged, r.merge(out, value.Value, depth)...)
			continue
		}
		key := r.key(value.Key)
		if seen[key] {
			r.fail(value.Key, "Duplicate field '%s'", key)
		}
		seen[key] = true
		member := r.node(value.Value, out, depth+1)
		member.key, member.index = key, r.offset(value.Key.GetToken())
		out.items = append(out.items, member)
	}
	for _, member := range merged { // what stands here goes before what is merged in
		if !seen[member.key] {
			seen[member.key] = true
			out.items = append(out.items, member)
		}
	}
}

// merge gives the members of the mappings that a merge key (<<) names.
func (r *yamlReader) merge(out *node, value ast.Node, depth int) []*node {
	from := r.node(value, out, depth+1)
	sources := []*node{from}
	if from.kind == document.Array {
		sources = from.items
	}
	var members []*node
	for _, source := range sources {
		if source.kind != document.ObjectKind {
			r.fail(value, "only mappings can be merged")
		}
		for _, member := range source.items {
			member.parent = out
			members = append(members, member)
		}
	}
	return members
}

func (r *yamlReader) key(n ast.MapKeyNode) string {
	var inner ast.Node = n
	if explicit, ok := n.(*ast.MappingKeyNode); ok {
		inner = explicit.Value
	}
	switch key := inner.(type) {
	case *ast.StringNode:
		return key.Value
	case *ast.LiteralNode:
		return key.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode:
		return key.GetToken().Value
	}
	r.fail(n, "a key must be a text")
	return ""
}

// tagged reads a value with a tag of YAML's core.
func (r *yamlReader) tagged(n *ast.TagNode, parent *node, depth int) *node {
	switch tag := n.Start.Value; tag {
	case "!!str":
		if scalar, ok := n.Value.(ast.ScalarNode); ok {
			text, isText := scalar.GetValue().(string)
			if !isText {
				text = scalar.GetToken().Value
			}
			return &node{parent: parent, offset: r.offset(n.Start), kind: document.String, scalar: text}
		}
	case "!!int", "!!float", "!!bool", "!!null", "!!map", "!!seq":
		return r.node(n.Value, parent, depth+1)
	}
	r.fail(n, "the tag %s has no meaning in a definition", n.Start.Value)
	return nil
}

func (r *yamlReader) scalar(out *node, n ast.Node) {
	switch n := n.(type) {
	case *ast.StringNode:
		if n.Token.Type == token.StringType && r.spelledNumber(out, n.Value) { // 3e2, which the library takes for a text
			return
		}
		out.kind, out.scalar = document.String, n.Value
	case *ast.LiteralNode:
		out.kind, out.scalar = document.String, n.Value.Value
	case *ast.BoolNode:
		out.kind, out.scalar = document.Bool, n.Value
	case *ast.NullNode:
		out.kind = document.Null
	case *ast.IntegerNode:
		r.number(out, n, fmt.Sprint(n.Value))
	case *ast.FloatNode:
		r.number(out, n, strings.ReplaceAll(n.Token.Value, "_", ""))
	default:
		r.fail(n, "%s has no counterpart in JSON", n.GetToken().Value)
	}
}

// spelledNumber reads a number that is spelled as in JSON, and keeps its text.
func (r *yamlReader) spelledNumber(out *node, text string) bool {
	if text == "" || text[0] != '-' && (text[0] < '0' || text[0] > '9') {
		return false
	}
	spelled, failure := readJSON([]byte(text))
	if failure != nil || spelled == nil || spelled.kind != document.Number {
		return false
	}
	out.kind, out.scalar = document.Number, spelled.scalar
	return true
}

func (r *yamlReader) number(out *node, n ast.ScalarNode, text string) {
	if r.spelledNumber(out, text) {
		return
	}
	f, ok := n.GetValue().(float64)
	if !ok {
		r.fail(n, "%s is not a number", text)
	}
	out.kind, out.scalar = document.Number, f
}
