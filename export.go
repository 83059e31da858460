package flow

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/internal/states"
)

// ExportOption says how [Flow.ASL] writes a flow that was built in Go. Nil is
// no option.
type ExportOption func(*exporting)

type exporting struct {
	resource func(path string) string
	rounds   bool
}

// ExportResource says what the Tasks of an exported flow call. It is asked with
// the path of each node that is a Go function or a model, as events have it
// ("Each/Resize"), and gives an ARN; where it gives "" the placeholder stays.
//
// The placeholder is a Lambda function of the account 123456789012 in us-east-1
// whose name is made of the path: each character that such a name can't have is
// a hyphen, as in arn:aws:lambda:us-east-1:123456789012:function:Each-Resize;
// of two that would be the same the second gets a number.
func ExportResource(arn func(path string) string) ExportOption {
	return func(x *exporting) { x.resource = arn }
}

// ExportRounded has times that the States Language can't say, since it counts
// in whole seconds, rounded up: 1.5 s becomes 2 s, and [NoDelay] 1 s. Without it
// they are among the mistakes.
func ExportRounded() ExportOption { return func(x *exporting) { x.rounds = true } }

// ASL writes the flow in the Amazon States Language, as JSON that AWS Step
// Functions accepts. The options are for flows built in Go.
//
// Nodes become states of the same name; where a name is not unique in the whole
// definition, the one inside gets its path. References become paths, typed
// conditions comparisons, variables Assign. A state is in JSONata where JSONPath
// has no words for it: a Parallel whose branches write to places, Add, a Batch,
// an Or. A Call is a Parallel with one branch, Recover a Task whose input is the
// error output, a Choice that ends the flow leads to a Succeed state.
//
// A Go function becomes a Task; [ExportResource] says what it calls. So do a
// Prompt, and an Agent as a whole: how a model is asked, with what bounds, is up
// to the resource. A Callback invokes the Lambda function with the payload
// {"input": …, "token": …} and waits for the token, is the Task of an activity, or
// calls an integration that ends in .waitForTaskToken with what From gives.
// A Go error in On is matched by the name that its ErrorName method gives. A nil
// slice is null in JSON, and no Map of the States Language goes over null.
//
// What can't be said at all is an error, a [*BuildError] with all of it: Test,
// a BackOff function, an error without a name, Concurrency of a Parallel, a
// Stream.
func (f *Flow[In, Out]) ASL(opts ...ExportOption) ([]byte, error) {
	if err := f.made(); err != nil {
		return nil, err
	}
	if f.def.asl != nil {
		return states.Write(f.def.asl.source)
	}
	_, m, err := f.def.export(f.settings, opts)
	if err != nil {
		return nil, err
	}
	return states.Write(m)
}

// export makes the definition in the States Language.
func (d *definition) export(s *settings, opts []ExportOption) (*exporter, *states.Machine, error) {
	x := &exporter{
		def: d, names: map[*machine.State]string{}, taken: map[string]bool{}, variables: map[string]bool{}, caught: map[*machine.State]string{},
		resources: map[string]bool{}, calls: map[string]bool{}, callees: map[string]exportedCall{},
	}
	for _, o := range opts {
		if o != nil {
			o(&x.exporting)
		}
	}
	x.name()
	m := &states.Machine{Scope: *x.scope(d.machine.Root, renaming{x: x})}
	m.Comment = d.name
	if s.runTimeout > 0 {
		m.TimeoutSeconds = x.seconds(&spec{at: d.at}, s.runTimeout, "RunTimeout")
	}
	if len(x.problems) == 0 {
		for _, diagnostic := range states.Check(m, states.Standard).Errors() {
			x.problems = append(x.problems, problem{at: d.at, text: "the States Language has no form for it: " + diagnostic.String()})
		}
	}
	if len(x.problems) == 0 {
		return x, m, nil
	}
	e := &BuildError{Flow: d.name}
	for _, p := range x.problems {
		e.Problems = append(e.Problems, p.public())
	}
	return nil, nil, e
}

// exporter writes a definition in the States Language.
type exporter struct {
	exporting
	def       *definition
	problems  []problem
	names     map[*machine.State]string
	taken     map[string]bool           // names of states
	resources map[string]bool           // placeholders
	variables map[string]bool           // all names of variables
	caught    map[*machine.State]string // variables, by the state that runs a Recover
	calls     map[string]bool           // resources of the Tasks
	callees   map[string]exportedCall   // by the name of the Task
}

func (x *exporter) wrong(s *spec, cure, format string, args ...any) {
	x.problems = append(x.problems, problem{at: s.at, state: s.name, text: "the States Language can't say it: " + fmt.Sprintf(format, args...), cure: cure})
}

// seconds writes a time in whole seconds.
func (x *exporter) seconds(s *spec, d time.Duration, what string) *states.Value {
	whole := int64(math.Ceil(d.Seconds()))
	if time.Duration(whole)*time.Second != d && !x.rounds {
		x.wrong(s, "use whole seconds, or ExportRounded", "%s of %v: times are whole seconds", what, d)
	}
	return number(whole)
}

// scope writes one scope.
func (x *exporter) scope(sc *machine.Scope, vars renaming) *states.Scope {
	out := &states.Scope{StartAt: x.names[sc.States[sc.Start]]}
	end := ""
	for _, st := range sc.States {
		n := x.def.lowered[st]
		w := &writing{exporter: x, st: st, n: n, vars: vars, out: &states.State{Name: x.names[st]}}
		w.out.Type = typeNames[w.kind()]
		if st.Kind == machine.Choice && leadsToEnd(st) && end == "" {
			end = x.unique("End", sc.States[sc.Start].Path)
		}
		w.end = end
		w.state()
		out.States = append(out.States, w.out)
	}
	if end != "" {
		out.States = append(out.States, &states.State{Name: end, Type: states.Succeed})
	}
	return out
}

var typeNames = map[machine.Kind]states.Type{
	machine.Pass: states.Pass, machine.Task: states.Task, machine.Wait: states.Wait, machine.Choice: states.Choice,
	machine.Parallel: states.Parallel, machine.Map: states.Map, machine.Succeed: states.Succeed, machine.Fail: states.Fail,
}

func leadsToEnd(st *machine.State) bool {
	return slices.Contains(exits(st), machine.End)
}
