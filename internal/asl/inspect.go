package asl

import (
	"context"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/internal/states"
)

// Note takes down what the data of an inspected state is after a step, under
// the name that TestState has for it.
type Note func(name string, v any)

// Simulated is what comes of the children of a Map or Parallel that is
// inspected, in the place of running them.
type Simulated struct {
	Result any
	Fail   *machine.Failure // instead of Result
	Failed int              // how many iterations failed
	Data   []byte           // what the reader of a Map read; nil: nothing is known of it
	// Refused says why there can't be as many failed iterations as that; nil
	// never does.
	Refused func(failed, iterations int) error
}

// Inspected is one state of a definition, to be visited alone.
type Inspected struct {
	Machine *machine.Machine
	State   *machine.State
	Source  *states.State
	Task    *Task // of a Task
}

// CompileState compiles a definition for the visit of one of its states,
// wherever that stands; ok is false if there is none of that name. What the
// state may lead to need not be there.
func CompileState(m *states.Machine, name string, note Note, sim *Simulated) (in *Inspected, problems []Problem, ok bool) {
	c := &compiler{
		compiled: &Compiled{
			Machine: &machine.Machine{Name: name, Times: true, Numbered: true},
			Tasks:   map[*machine.State]*Task{}, Maps: map[*machine.State]*states.State{},
		},
		parts: map[*machine.State]parts{},
	}
	c.compiled.Machine.Root = c.scope(nil, "", "", &m.Scope)
	source := find(&m.Scope, name)
	if source == nil {
		return nil, nil, false
	}
	if len(c.problems) > 0 {
		return nil, c.problems, true
	}
	var st *machine.State
	for _, scope := range c.compiled.Machine.Scopes {
		for _, s := range scope.States {
			if st == nil && s.Name == name {
				st = s
			}
		}
	}
	st = alone(c.compiled.Machine, st)
	in = &Inspected{Machine: c.compiled.Machine, State: st, Source: source}
	for s, t := range c.compiled.Tasks {
		if s.Path == st.Path && s.Name == name {
			in.Task = t
		}
	}
	for s, p := range c.parts {
		if s.Path == st.Path && s.Name == name {
			inspect(st, source, p, note)
		}
	}
	if source.Language == states.JSONata && source.Type == states.Task {
		st.Args = noted(st.Args, note, "afterArguments")
	}
	if st.Fork != nil {
		simulate(st, source, note, sim)
	}
	return in, nil, true
}

// find finds a state by name, the outermost first.
func find(s *states.Scope, name string) *states.State {
	for _, st := range s.States {
		if st.Name == name {
			return st
		}
	}
	for _, st := range s.States {
		inner := st.Branches
		if st.Processor != nil {
			inner = append(inner[:len(inner):len(inner)], &st.Processor.Scope)
		}
		for _, in := range inner {
			if found := find(in, name); found != nil {
				return found
			}
		}
	}
	return nil
}

// alone makes a machine begin at a state, with nothing but names around it.
func alone(m *machine.Machine, st *machine.State) *machine.State {
	root := &machine.Scope{Start: st.Index}
	for i, s := range st.Scope.States {
		root.States = append(root.States, &machine.State{Name: s.Name, Path: s.Path, Scope: root, Index: int32(i), Next: machine.End}) //nolint:gosec // bounded by the text
	}
	own := *st
	own.Scope = root
	root.States[st.Index] = &own
	m.Root, m.Scopes = root, []*machine.Scope{root}
	return &own
}

// noted is an Eval of which the outcome is taken down.
func noted(e machine.Eval, note Note, name string) machine.Eval {
	return func(f *machine.Frame, doc any) (any, error) {
		if e != nil {
			var err error
			if doc, err = e(f, doc); err != nil {
				return nil, err
			}
		}
		note(name, doc)
		return doc, nil
	}
}

// inspect has the steps of a state in JSONPath taken down.
func inspect(st *machine.State, s *states.State, p parts, note Note) {
	switch s.Type {
	case states.Parallel:
	case states.Pass:
		if s.Result != nil {
			result := st.Result
			st.Result = func(f *machine.Frame) any {
				v := result(f)
				note("result", v)
				return v
			}
			break
		}
		st.Input = noted(st.Input, note, "afterInputPath")
		st.Args = noted(st.Args, note, "afterParameters")
	case states.Task:
		st.Input = noted(st.Input, note, "afterInputPath")
		st.Args = noted(st.Args, note, "afterParameters")
	default:
		st.Input = noted(st.Input, note, "afterInputPath")
	}
	switch s.Type {
	case states.Pass, states.Task, states.Map, states.Parallel:
		place := noted(p.place, note, "afterResultPath")
		st.Output = func(f *machine.Frame, result any) (any, error) {
			note("afterResultSelector", result)
			doc, err := place(f, result)
			if err != nil || p.filter == nil {
				return doc, err
			}
			return p.filter(f, doc)
		}
	}
}

// simulate has a Map or Parallel give what it is told to.
func simulate(st *machine.State, s *states.State, note Note, sim *Simulated) {
	k := *st.Fork
	st.Fork = &k
	run := k.Run
	k.Run = nil
	iterations := len(k.Branches)
	var bound machine.Tolerance
	if s.Type == states.Map {
		simulateMap(&k, run, s, note, sim, &iterations, &bound)
	}
	k.Collect = func(f *machine.Frame, _ []any) (any, error) {
		if sim.Refused != nil {
			if err := sim.Refused(sim.Failed, iterations); err != nil {
				return nil, err
			}
		}
		switch {
		case sim.Fail != nil:
			return nil, sim.Fail
		case (bound.HasCount || bound.HasPercent) && bound.Exceeded(sim.Failed, iterations):
			return nil, &machine.Failure{Name: machine.ToleranceExceeded, Cause: "The specified tolerated failure threshold was exceeded"}
		}
		return sim.Result, nil
	}
}

func simulateMap(k *machine.Fork, run *machine.ChildRun, s *states.State, note Note, sim *Simulated, iterations *int, bound *machine.Tolerance) {
	concurrency := k.Concurrency
	most := 0
	k.Concurrency = func(f *machine.Frame, doc any) (int, error) {
		if concurrency == nil || s.MaxConcurrency == nil && s.MaxConcurrencyPath == nil {
			return 0, nil
		}
		var err error
		most, err = concurrency(f, doc)
		return most, err
	}
	items := k.Items
	k.Items = func(f *machine.Frame, doc any) (machine.Items, error) {
		found, err := itemsSeen(f, items, run, sim, doc)
		if err != nil {
			return nil, err
		}
		if s.Language != states.JSONata && s.ItemReader == nil {
			note("afterItemsPath", valuesOf(found))
		}
		*iterations = found.Len()
		if err := selectedItems(f, k, s, found, note); err != nil {
			return nil, err
		}
		note("maxConcurrency", float64(most))
		return found, nil
	}
	tolerate := k.Tolerate
	k.Tolerate = func(f *machine.Frame, doc any) (machine.Tolerance, error) {
		if tolerate == nil {
			return *bound, nil
		}
		var err error
		if *bound, err = tolerate(f, doc); err != nil {
			return *bound, err
		}
		if s.ToleratedFailureCount != nil || s.ToleratedFailureCountPath != nil {
			note("toleratedFailureCount", bound.Count)
		}
		if s.ToleratedFailurePercentage != nil || s.ToleratedFailurePercentagePath != nil {
			note("toleratedFailurePercentage", bound.Percent)
		}
		return machine.Tolerance{HasPercent: true, Percent: 100}, nil
	}
}

// selectedItems takes down what each iteration would be given.
func selectedItems(f *machine.Frame, k *machine.Fork, s *states.State, items machine.Items, note Note) error {
	if s.ItemTemplate() == nil || s.ItemBatcher != nil {
		return nil
	}
	inputs := make([]any, items.Len())
	for i := range inputs {
		it := items.At(i)
		var err error
		if inputs[i], err = k.Item(f, f.In, &it); err != nil {
			return err
		}
	}
	note("afterItemSelector", inputs)
	return nil
}

// itemsSeen is what a Map goes over: what its reader is said to have read, or
// what its input holds.
func itemsSeen(f *machine.Frame, items func(*machine.Frame, any) (machine.Items, error), run *machine.ChildRun, sim *Simulated, doc any) (machine.Items, error) {
	if run == nil || run.Read == nil {
		return items(f, doc)
	}
	r, ok := run.Read.(*reader)
	if !ok || sim.Data == nil {
		n := document.Len(sim.Result)
		return listed{values: make([]any, n)}, nil
	}
	if run.ReadArgs != nil {
		if _, err := run.ReadArgs(f, f.In); err != nil {
			return nil, err
		}
	}
	most := int64(0)
	if r.max != nil {
		var err error
		if most, err = r.max(f, f.In); err != nil {
			return nil, err
		}
	}
	found, err := r.itemsIn(context.Background(), runOf(f).Storage, sim.Data, most) //nolint:forbidigo // nothing is read but what is at hand
	if err != nil || r.wrap == nil {
		return found, err
	}
	return r.wrap(f, found)
}

func valuesOf(items machine.Items) []any {
	all := make([]any, items.Len())
	for i := range all {
		all[i] = items.At(i).Value
	}
	return all
}
