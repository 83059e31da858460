// Package asl compiles definitions in the Amazon States Language into machines:
// their data flow, expressions, choices and error handling become the hooks of
// package machine, compiled once.
//
// What a Task's resource means, where a reader's items lie and how large a
// payload may be is said by a run, not by the definition: see [Run].
package asl

import (
	"fmt"
	"time"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/internal/states"
)

// Problem is something in a definition that can't be compiled.
type Problem struct {
	Pos  states.Pos
	Text string
}

// Compiled is a definition that was compiled.
type Compiled struct {
	Machine *machine.Machine
	// Tasks are the resources that its Task states call, by state.
	Tasks map[*machine.State]*Task
	// Maps are the distributed Map states.
	Maps map[*machine.State]*states.State
}

// Compile compiles a definition that states.Check found no error in. The name
// is that of the state machine. Problems are what is left that can't be
// compiled; the result is then nil.
func Compile(name string, m *states.Machine) (*Compiled, []Problem) {
	c := &compiler{compiled: &Compiled{
		Machine: &machine.Machine{Name: name, Times: true, Numbered: true},
		Tasks:   map[*machine.State]*Task{}, Maps: map[*machine.State]*states.State{},
	}}
	c.compiled.Machine.Root = c.scope(nil, "", "", &m.Scope)
	if seconds, ok := m.TimeoutSeconds.Int(); ok {
		c.compiled.Machine.Timeout = time.Duration(seconds) * time.Second
	}
	if len(c.problems) > 0 {
		return nil, c.problems
	}
	return c.compiled, nil
}

type compiler struct {
	compiled *Compiled
	problems []Problem
	// parts has, where states are to be inspected, what their Output is made of.
	parts map[*machine.State]parts
}

// parts is the two steps of the output of a state in JSONPath; nil ones leave
// the data as it is.
type parts struct{ place, filter machine.Eval }

func (c *compiler) fail(pos states.Pos, format string, args ...any) {
	c.problems = append(c.problems, Problem{pos, fmt.Sprintf(format, args...)})
}

// scope compiles the definition's own states, a branch, or a processor.
func (c *compiler) scope(owner *machine.State, label, path string, s *states.Scope) *machine.Scope {
	out := &machine.Scope{ID: len(c.compiled.Machine.Scopes), Owner: owner, Label: label}
	c.compiled.Machine.Scopes = append(c.compiled.Machine.Scopes, out)
	names := map[string]int32{}
	for i, st := range s.States {
		names[st.Name] = int32(i) //nolint:gosec // bounded by the text
		out.States = append(out.States, &machine.State{
			Name: st.Name, Path: path + st.Name, Kind: kinds[st.Type], Scope: out, Index: int32(i), Next: machine.End, //nolint:gosec // as above
		})
	}
	start, ok := names[s.StartAt]
	if !ok {
		c.fail(s.Pos, "StartAt: there is no state %q", s.StartAt)
		return out
	}
	out.Start = start
	for i, st := range s.States {
		(&stateCompiler{compiler: c, in: st, out: out.States[i], names: names}).compile()
	}
	return out
}

var kinds = map[states.Type]machine.Kind{
	states.Task: machine.Task, states.Wait: machine.Wait, states.Pass: machine.Pass, states.Succeed: machine.Succeed,
	states.Fail: machine.Fail, states.Choice: machine.Choice, states.Parallel: machine.Parallel, states.Map: machine.Map,
}

// stateCompiler compiles one state.
type stateCompiler struct {
	*compiler
	in    *states.State
	out   *machine.State
	names map[string]int32
}

// target finds the state that a transition leads to.
func (c *stateCompiler) target(name string, pos states.Pos) int32 {
	i, ok := c.names[name]
	if !ok && c.parts != nil { // a state that is tested alone may lead anywhere
		scope := c.out.Scope
		i = int32(len(scope.States)) //nolint:gosec // bounded by the text
		c.names[name] = i
		scope.States = append(scope.States, &machine.State{Name: name, Path: name, Scope: scope, Index: i, Next: machine.End})
		return i
	}
	if !ok {
		c.fail(pos, "there is no state %q", name)
		return machine.End
	}
	return i
}

func (c *stateCompiler) compile() {
	s, st := c.in, c.out
	if s.Next != "" && s.Type != states.Choice && !s.Terminal() {
		st.Next = c.target(s.Next, s.Pos)
	}
	if s.Language == states.JSONata {
		c.jsonata()
	} else {
		c.jsonPath()
	}
	switch s.Type {
	case states.Task:
		c.task()
	case states.Choice:
		c.choice()
	case states.Wait:
		c.wait()
	case states.Fail:
		c.raise()
	case states.Parallel:
		c.parallel()
	case states.Map:
		c.mapping()
	}
	c.retries()
	c.catches()
	if s.Type != states.Fail {
		c.limit()
	}
}

// limit has the output of a state looked at where payloads are bounded.
func (c *stateCompiler) limit() {
	output := c.out.Output
	c.out.Output = func(f *machine.Frame, doc any) (any, error) {
		out := doc
		if output != nil {
			var err error
			if out, err = output(f, doc); err != nil {
				return nil, err
			}
		}
		if fail := oversize(f, out, f.Current().Name); fail != nil {
			return nil, fail
		}
		return out, nil
	}
}

// oversize tells of a payload that is larger than the run allows; subject is
// what gave it.
func oversize(f *machine.Frame, v any, subject string) *machine.Failure {
	limit := runOf(f).Limit
	if limit <= 0 {
		return nil
	}
	text, err := document.Encode(v)
	if err != nil {
		return wrong(f, err.Error(), err)
	}
	if len(text) <= limit {
		return nil
	}
	return &machine.Failure{
		Name:  machine.DataLimitExceeded,
		Cause: "The state/task '" + subject + "' returned a result with a size exceeding the maximum number of bytes service limit.",
	}
}

// empty is the object without members, which null as a path stands for.
var empty = document.NewObject(0)
