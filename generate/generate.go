// Package generate writes the Go source of a flow from a definition in the
// Amazon States Language: the road in for who has state machines and wants them
// as typed Go. The source is a start, to be edited: documents are of type any,
// and the functions of the Tasks are stubs.
//
//	source, err := generate.Source(text, generate.Options{Package: "orders"})
//
// flow.New[…]…ASL of what it writes means the same as the definition; the test
// helper mocktest.SameAsASL keeps it so. What the builder has no words for is an
// error that lists all of it.
package generate

import (
	"bytes"
	"fmt"
	"go/format"
	"go/token"
	"strings"

	"github.com/flowstone-go/flow/internal/states"
)

// Options say how source is written. The zero value is fine.
type Options struct {
	// Package is the name of the package. Empty is "main" with a function main
	// left to be written; it has to be an identifier.
	Package string
	// Name is the name of the flow. Empty is "StateMachine".
	Name string
	// File is where the definition comes from, for the comment at the top. Empty
	// leaves it out.
	File string
}

// Error is all that the builder has no words for in a definition.
type Error struct {
	// Problems are in the order of the definition.
	Problems []Problem
}

// Problem is one thing that can't be written.
type Problem struct {
	// Place is the JSON pointer of it, perhaps with line and column, State the name
	// of the state; either may be empty.
	Place, State string
	// Text says what it is.
	Text string
}

// Error gives the problems, one a line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("the definition can't be written as a Go flow:")
	for _, p := range e.Problems {
		b.WriteString("\n\t")
		if p.Place != "" {
			b.WriteString(p.Place + ": ")
		}
		b.WriteString(p.Text)
	}
	return b.String()
}

// Source writes the Go source of a definition in JSON or YAML, as gofmt would.
// It declares
//
//	func New() (*flow.Flow[any, any], error) // the flow
//	func Resource(path string) string        // what its tasks call, for flow.ExportResource
//
// and a function for each Task, to be written. Comments of the definition are
// comments of the source.
//
// The error is an [*Error]: the definition is none that AWS would take, or the
// builder has no words for something in it, such as states in JSONata, an
// OutputPath behind a ResultPath, a distributed Map.
func Source(definition []byte, o Options) ([]byte, error) {
	if o.Package == "" {
		o.Package = "main"
	}
	if o.Name == "" {
		o.Name = "StateMachine"
	}
	m, found := states.Parse(definition)
	if m != nil {
		found = states.Check(m, states.Standard)
	}
	e := &Error{}
	for _, d := range found.Errors() {
		place, text := d.PlaceAndText()
		e.Problems = append(e.Problems, Problem{Place: place, Text: text})
	}
	if !token.IsIdentifier(o.Package) {
		e.Problems = append(e.Problems, Problem{Text: fmt.Sprintf("%q is no name of a package", o.Package)})
	}
	if len(e.Problems) > 0 {
		return nil, e
	}
	g := &generator{names: map[string]bool{}, err: e}
	body := g.machine(m, o)
	if len(e.Problems) > 0 {
		return nil, e
	}
	source, err := format.Source([]byte(body))
	if err != nil {
		return nil, fmt.Errorf("format the source: %w", err)
	}
	return source, nil
}

// generator writes one source file.
type generator struct {
	names     map[string]bool // identifiers of the package
	functions []function
	times     bool // package time is used
	numbers   bool // package encoding/json is used
	err       *Error
}

// function is a stub for a Task.
type function struct {
	name, state, path, resource string
	kind                        taskKind
}

type taskKind uint8

const (
	taskFunction taskKind = iota
	doFunction
	askFunction
)

func (g *generator) wrong(pos states.Pos, state, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if state != "" {
		text = fmt.Sprintf("state %q: %s", state, text)
	}
	g.err.Problems = append(g.err.Problems, Problem{Place: pos.Pointer(), State: state, Text: text})
}

func (g *generator) machine(m *states.Machine, o Options) string {
	nodes := g.scope(&m.Scope, "") // it tells what is imported
	var b bytes.Buffer
	from := ""
	if o.File != "" {
		from = " of " + oneLine(o.File)
	}
	fmt.Fprintf(&b, "// Written by flowgen after the state machine%s, to be edited.\n\npackage %s\n\nimport (\n", from, o.Package)
	if len(g.functions) > 0 {
		b.WriteString("\"context\"\n\"errors\"\n")
	}
	if g.numbers {
		b.WriteString("\"encoding/json\"\n")
	}
	timeout := ""
	if n, ok := m.TimeoutSeconds.Int(); ok {
		timeout = g.seconds(n)
	}
	if g.times {
		b.WriteString("\"time\"\n")
	}
	b.WriteString("\n\"github.com/flowstone-go/flow\"\n)\n\n")
	fmt.Fprintf(&b, "// New builds the flow %s.\n", oneLine(o.Name))
	if m.Comment != "" {
		b.WriteString("//\n" + comment(m.Comment))
	}
	fmt.Fprintf(&b, "func New() (*flow.Flow[any, any], error) {\n")
	build := fmt.Sprintf("flow.New[any, any](%q).Then(%s).Build()", o.Name, nodes.list())
	if timeout != "" {
		fmt.Fprintf(&b, "f, err := %s\nif err != nil {\nreturn nil, err\n}\nreturn f.With(flow.RunTimeout(%s)), nil\n}\n\n", build, timeout)
	} else {
		fmt.Fprintf(&b, "return %s\n}\n\n", build)
	}
	b.WriteString("// Resource is what the node of a path calls in the definition.\nfunc Resource(path string) string {\n")
	if len(g.functions) > 0 {
		b.WriteString("return map[string]string{\n")
		for _, f := range g.functions {
			fmt.Fprintf(&b, "%q: %q,\n", f.path, f.resource)
		}
		b.WriteString("}[path]\n}\n")
	} else {
		b.WriteString("return \"\"\n}\n")
	}
	for _, f := range g.functions {
		b.WriteString(f.stub())
	}
	return b.String()
}

// stub is the function of a Task, to be written.
func (f function) stub() string {
	text := fmt.Sprintf("\n// %s does the work of the state %q, %s.\n", f.name, f.state, oneLine(f.resource))
	unwritten := fmt.Sprintf("errors.New(%q)", f.name+" is not written yet")
	switch f.kind {
	case doFunction:
		return text + fmt.Sprintf("func %s(ctx context.Context, in any) error {\nreturn %s\n}\n", f.name, unwritten)
	case askFunction:
		return text + fmt.Sprintf("func %s(ctx context.Context, in any, token flow.Token) error {\nreturn %s\n}\n", f.name, unwritten)
	}
	return text + fmt.Sprintf("func %s(ctx context.Context, in any) (any, error) {\nreturn nil, %s\n}\n", f.name, unwritten)
}
