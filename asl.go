package flow

import (
	"reflect"

	"github.com/flowstone-go/flow/internal/asl"
	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/internal/states"
)

// Parse reads a workflow in the Amazon States Language, in JSON or YAML, as
// one that runs on the same engine as flows built in Go. Its documents are any
// JSON values. The error is a [*BuildError] with all that AWS Step Functions
// would find wrong with the definition, in its words; the place of each is a
// JSON pointer, followed by line and column.
//
// What the resources of its Task states mean is said by the [Registry] that it
// runs with ([Resources]); Parse needs none.
func Parse(text []byte, opts ...ParseOption) (*Flow[any, any], error) {
	p := parsing{name: "StateMachine"}
	for _, o := range opts {
		if o != nil {
			o(&p)
		}
	}
	m, found := states.Parse(text)
	if m != nil {
		found = states.Check(m, p.workflow)
	}
	if found = found.Errors(); len(found) > 0 {
		return nil, &BuildError{Flow: p.name, Problems: problemsOf(found)}
	}
	compiled, problems := asl.Compile(p.name, m)
	if len(problems) > 0 {
		e := &BuildError{Flow: p.name}
		for _, q := range problems {
			line, column := q.Pos.LineColumn()
			e.Problems = append(e.Problems, Problem{Place: states.PlaceOf(q.Pos.Pointer(), line, column), Text: q.Text})
		}
		return nil, e
	}
	anything := reflect.TypeFor[any]()
	def := &definition{
		name: p.name, in: anything, out: anything, machine: compiled.Machine,
		asl: &parsed{source: m, compiled: compiled, express: p.workflow == states.Express},
	}
	f := newFlow[any, any](def)
	f.settings.drive.Explain = explainTask
	f.settings.drive.Child, f.settings.drive.MapRun = childOf, mapRunOf
	return f, nil
}

// parsed is what a definition keeps of the States Language that it was read
// from.
type parsed struct {
	source   *states.Machine
	compiled *asl.Compiled
	express  bool
}

// label is the Label of a distributed Map.
func (p *parsed) label(st *machine.State) string {
	if s, ok := p.compiled.Maps[st]; ok {
		return s.Label
	}
	return ""
}

// expressItems tells whether the children of a distributed Map are Express
// workflows.
func (p *parsed) expressItems(st *machine.State) bool {
	s, ok := p.compiled.Maps[st]
	return ok && s.Processor.Config.ExecutionType == "EXPRESS"
}

// ParseOption says how [Parse] reads.
type ParseOption func(*parsing)

type parsing struct {
	name     string
	workflow states.Workflow
}

// ParseName names the state machine. The default is "StateMachine".
func ParseName(name string) ParseOption { return func(p *parsing) { p.name = name } }

// ParseExpress reads the definition as an Express workflow, which may not use
// activities, task tokens, .sync integrations and distributed Maps.
func ParseExpress() ParseOption { return func(p *parsing) { p.workflow = states.Express } }

// As gives a flow of any documents the Go types that it is given and gives. A
// document that does not fit them is an error of the run.
func As[In, Out any](f *Flow[any, any]) *Flow[In, Out] {
	if f.made() != nil {
		return &Flow[In, Out]{} // its runs say so
	}
	out := newFlow[In, Out](f.def)
	out.settings = f.settings
	return out
}

func problemsOf(found states.Diagnostics) []Problem {
	all := make([]Problem, 0, len(found))
	for _, d := range found {
		at, text := d.PlaceAndText()
		all = append(all, Problem{Place: at, Text: text})
	}
	return all
}
