package states

import (
	"bytes"
	"fmt"
	"regexp"

	"github.com/flowstone-go/flow/internal/document"
)

// Parse reads a definition in JSON or YAML. A text that starts with a brace is
// JSON, and so is, for the sake of its diagnostic, what does not look like a
// YAML mapping. The machine is nil exactly if the text could not be read; then
// the diagnostics say why. Whether the definition is any good is for [Check]
// to say.
func Parse(text []byte) (*Machine, Diagnostics) {
	if looksLikeYAML(text) {
		return parseYAML(text)
	}
	return ParseJSON(text)
}

// ParseJSON is [Parse] of a definition that has to be JSON, as AWS takes it.
func ParseJSON(text []byte) (*Machine, Diagnostics) {
	if ds := tooLong(text, MaxText); ds != nil {
		return nil, ds
	}
	text = bytes.TrimPrefix(text, byteOrderMark)
	root, failure := readJSON(text)
	if failure != nil {
		return nil, Diagnostics{jsonDiagnostic(text, failure)}
	}
	return machineOf(text, root)
}

// SingleState is the name that a state gets which is tested on its own.
const SingleState = "StateName"

// ParseState reads a state that is to be tested on its own, as JSON, into a
// machine of that one state, which is called StateName as TestState calls it.
// Where it leads to is not judged by Check: there are no other states.
func ParseState(text []byte) (*Machine, Diagnostics) {
	if ds := tooLong(text, MaxText); ds != nil {
		return nil, ds
	}
	text = bytes.TrimPrefix(text, byteOrderMark)
	state, failure := readJSON(text)
	if failure != nil {
		return nil, Diagnostics{jsonDiagnostic(text, failure)}
	}
	if state == nil || state.kind != document.ObjectKind {
		return machineOf(text, state)
	}
	root := &node{kind: document.ObjectKind}
	start := &node{kind: document.String, parent: root, key: "StartAt", scalar: SingleState}
	all := &node{kind: document.ObjectKind, parent: root, key: "States", items: []*node{state}}
	root.items = []*node{start, all}
	state.parent, state.key = all, SingleState
	m, ds := machineOf(text, root)
	m.source.single = true
	return m, ds
}

var byteOrderMark = []byte("\ufeff")

// mappingLine is a line that has a key of a YAML mapping.
var mappingLine = regexp.MustCompile(`(?m)^\s*(---\s*$|%YAML|["']?[\w.-]+["']?\s*:(\s|$))`)

func looksLikeYAML(text []byte) bool {
	text = bytes.TrimSpace(bytes.TrimPrefix(text, byteOrderMark))
	if len(text) == 0 || text[0] == '{' || text[0] == '[' {
		return false
	}
	return mappingLine.Match(text)
}

func tooLong(text []byte, most int) Diagnostics {
	if len(text) <= most {
		return nil
	}
	return Diagnostics{{Severity: Error, Code: SchemaFailed, Message: fmt.Sprintf("The definition is longer than %d bytes", most)}}
}

func machineOf(text []byte, root *node) (*Machine, Diagnostics) {
	if root == nil || root.kind != document.ObjectKind {
		return nil, Diagnostics{{Severity: Error, Code: SchemaFailed, Message: "Definition must be a valid JSON object"}}
	}
	r := reader{source: newSource(text, root)}
	return r.machine(), nil
}
