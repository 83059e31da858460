package flow

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/machine"
)

// Builder collects the nodes of a flow. See [New].
type Builder[In, Out any] struct {
	name  string
	at    place
	nodes []Node
}

// New begins a flow that is given an In and gives an Out. Both are Go types
// that JSON has a form for; any stands for any JSON value.
func New[In, Out any](name string) *Builder[In, Out] {
	return &Builder[In, Out]{name: name, at: here()}
}

// Then adds nodes, which run one after another.
func (b *Builder[In, Out]) Then(nodes ...Node) *Builder[In, Out] {
	if b != nil {
		b.nodes = append(b.nodes, nodes...)
	}
	return b
}

// Build checks the flow and compiles it. The error is a [*BuildError] with all
// that is wrong, each with the place in the source where the node was made.
// The Builder may be used on; the Flow does not change with it.
//
// Its runs have the options, as if by With; what does not go with this flow is a
// mistake too: a model without a price under a [Budget], a [StandIn] for a node
// that is not there.
func (b *Builder[In, Out]) Build(opts ...Option) (*Flow[In, Out], error) {
	if b == nil {
		return nil, &BuildError{Problems: []Problem{{Text: "Build of a Builder that is nil", Cure: "begin the flow with New"}}}
	}
	in, out := reflect.TypeFor[In](), reflect.TypeFor[Out]()
	def := &definition{name: b.name, at: b.at, nodes: slices.Clone(b.nodes), in: in, out: out}
	if problems := def.compile(); len(problems) > 0 {
		return nil, &BuildError{Flow: b.name, Problems: problems}
	}
	f := newFlow[In, Out](def)
	f.settings = f.settings.with(opts)
	if problems := f.settings.unfit(def); len(problems) > 0 {
		return nil, &BuildError{Flow: b.name, Problems: published(problems)}
	}
	return f, nil
}

// Must is Build for package variables: it panics if the flow has mistakes.
func (b *Builder[In, Out]) Must(opts ...Option) *Flow[In, Out] {
	f, err := b.Build(opts...)
	if err != nil {
		panic(err)
	}
	return f
}

// Flow is a workflow that is ready to run. It is immutable and safe for
// concurrent use: any number of executions run on it at once.
type Flow[In, Out any] struct {
	def      *definition
	settings *settings
	spare    *sync.Pool // of *run[In, Out]
}

func newFlow[In, Out any](def *definition) *Flow[In, Out] {
	return &Flow[In, Out]{def: def, settings: defaults(), spare: &sync.Pool{New: func() any { return &run[In, Out]{} }}}
}

// Name is the name that New was given, or ParseName; empty for a nil Flow.
func (f *Flow[In, Out]) Name() string {
	if f.made() != nil {
		return ""
	}
	return f.def.name
}

// Definition is a Flow of whatever types: what drawing, export and a registry
// take.
type Definition interface {
	Name() string
	definition() *definition
}

func (f *Flow[In, Out]) definition() *definition { return f.definitionOrNil() }

// definition is a flow without its Go types: its nodes, and the machine that
// they compile to.
type definition struct {
	name    string
	at      place
	nodes   []Node
	in, out reflect.Type
	machine *machine.Machine
	lowered map[*machine.State]*lowered
	shapes  map[string]*shape // what Build knows where each node is entered
	asl     *parsed           // nil for a flow that was built in Go
}

// BuildError is all that is wrong with a flow.
type BuildError struct {
	// Flow is the name of the flow.
	Flow string
	// Problems are in the order of the nodes in the source.
	Problems []Problem
}

// Problem is one mistake in a flow.
type Problem struct {
	// Place is file and line where the node was made, or for a definition in
	// the States Language the JSON pointer.
	Place string
	// State is the name of the node; empty where it has none.
	State string
	// Text says what is wrong, with what was found and what was wanted.
	Text string
	// Cure says what to do about it; empty where there is nothing better to say
	// than Text.
	Cure string
}

// String gives the problem in one line.
func (p Problem) String() string {
	var b strings.Builder
	if p.Place != "" { // of what is wrong with the whole definition
		b.WriteString(p.Place + ": ")
	}
	if p.State != "" {
		fmt.Fprintf(&b, "state %q: ", p.State)
	}
	b.WriteString(p.Text)
	if p.Cure != "" {
		b.WriteString(" (" + p.Cure + ")")
	}
	return b.String()
}

// Error gives the problems, one a line.
func (e *BuildError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "flow %q has ", e.Flow)
	if len(e.Problems) == 1 {
		b.WriteString("a mistake: ")
		b.WriteString(e.Problems[0].String())
		return b.String()
	}
	fmt.Fprintf(&b, "%d mistakes:", len(e.Problems))
	for _, p := range e.Problems {
		b.WriteString("\n\t" + p.String())
	}
	return b.String()
}

// problem is a Problem whose place is not written out yet.
type problem struct {
	at    place
	state string
	text  string
	cure  string
}

func (p problem) public() Problem {
	return Problem{Place: p.at.String(), State: p.state, Text: p.text, Cure: p.cure}
}

// published gives problems with their places written out, each once.
func published(problems []problem) []Problem {
	out := make([]Problem, 0, len(problems))
	for _, p := range problems {
		if q := p.public(); !slices.Contains(out, q) {
			out = append(out, q)
		}
	}
	return out
}

func waits(st *machine.State) bool { return st.Kind == machine.Wait }

// compile makes the machine, or finds why there can be none.
func (d *definition) compile() []Problem {
	c := &compiler{machine: &machine.Machine{Name: d.name}, nodes: map[*machine.State]*lowered{}, paths: map[string]place{}, open: []*definition{d}}
	if d.name == "" {
		c.add(problem{at: d.at, text: "a flow without a name", cure: "give New a name"})
	}
	if len(d.nodes) == 0 {
		c.add(problem{at: d.at, text: "a flow without a node", cure: "add nodes with Then"})
	}
	for _, t := range []reflect.Type{d.in, d.out} {
		if why := document.Unfit(t); why != "" {
			c.add(problem{at: d.at, text: "flow[" + d.in.String() + ", " + d.out.String() + "]: " + why})
		}
	}
	if c.checkNesting(d.nodes) {
		c.machine.Root = c.scope(nil, "", "", d.nodes)
	}
	if len(c.problems) == 0 {
		d.checkData(c)
	}
	if len(c.problems) == 0 {
		c.machine.Seal()
		c.machine.Inline = c.machine.Root.Recycle && !slices.ContainsFunc(c.machine.Root.States, waits)
		d.machine, d.lowered = c.machine, c.nodes
		return nil
	}
	return published(c.problems)
}
