// Package machine is the workflow engine without its hands: a compiled graph of
// states and [Next], the pure step function that moves one [Frame] by one step
// and says what is to be done before the next.
//
// It knows no JSON text, no model, no clock, no goroutine and no AWS. What a
// state does with data stands in its hooks ([Eval]), compiled once by the Go
// builder or from the States Language. A driver (internal/drive) carries out
// what Next asks for: calls, sleeps, forks.
package machine

import (
	"context"
	"slices"
	"time"
)

// Kind is the type of a state.
type Kind uint8

// The types of the States Language.
const (
	Pass Kind = iota
	Task
	Wait
	Choice
	Parallel
	Map
	Succeed
	Fail
)

// String gives the name of the type as the States Language has it.
func (k Kind) String() string {
	return [...]string{"Pass", "Task", "Wait", "Choice", "Parallel", "Map", "Succeed", "Fail"}[k]
}

// Machine is a compiled workflow. It is never changed after it was made and
// may be run by any number of executions at once.
type Machine struct {
	Name   string
	Root   *Scope
	Scopes []*Scope // every scope at its ID; Root is at 0

	// Timeout bounds a whole execution; 0 is no bound.
	Timeout time.Duration
	// Times tells that expressions may ask when a state was entered.
	Times bool
	// Inline tells that an execution goes from start to end in one goroutine
	// without a stop: nothing in it waits, forks or is bounded in time.
	Inline bool
	// Numbered tells that causes of errors name event ids, so that events are
	// counted even where nobody listens.
	Numbered bool
}

// Seal completes a machine whose scopes and states are made.
func (m *Machine) Seal() {
	for _, sc := range m.Scopes {
		for _, s := range sc.States {
			s.Plain = sc.Recycle && s.plain()
		}
		for _, s := range sc.States {
			if s.Next != End && sc.States[s.Next].Plain && sc.States[s.Next].Kind == Task {
				s.then = sc.States[s.Next]
			}
		}
		for _, s := range sc.States {
			for t := s; t != nil && t.Plain && t.Kind == Task && s.ahead < farAhead; t = t.then {
				s.ahead++
			}
		}
	}
}

// farAhead bounds how far ahead is looked: a line of tasks may be a circle.
const farAhead = 16

// Streams tells whether a scope of the machine is that of a stream's items.
func (m *Machine) Streams() bool {
	for _, sc := range m.Scopes {
		if sc.Streamed {
			return true
		}
	}
	return false
}

func (s *State) plain() bool {
	if s.Input != nil || s.Args != nil || s.Select != nil || s.Output != nil || len(s.Assign) > 0 {
		return false
	}
	switch w := s.Work; s.Kind {
	case Task:
		return w.Timeout == nil && w.Heartbeat == nil && w.Ready == nil && w.Check == nil && !w.Awaits
	case Choice:
		return !slices.ContainsFunc(s.Rules, func(r Rule) bool { return r.Own })
	default:
		return false
	}
}

// Scope is one States object: the machine's own, a branch, or the processor
// of a Map. Transitions never leave it.
type Scope struct {
	ID     int
	States []*State
	Start  int32
	Owner  *State // the Parallel or Map whose scope this is; nil for the root
	Label  string // how paths name it below its owner, such as "branch 2"
	// Recycle tells that nothing in this scope keeps a document that a Task has
	// replaced, so that its cell may take the next result.
	Recycle bool
	// Passing tells that nothing in this scope keeps the document of a state
	// that has been left.
	Passing bool
	// Streamed tells that the scope runs for the items of a stream, itself or
	// one around it.
	Streamed bool
}

// End, as a Next, ends the scope.
const End int32 = -1

// Eval is a compiled expression, path or template: doc is what its $ stands
// for; whatever else it reads (variables, context, result, error) comes from
// the frame. It must not change what it reads.
type Eval func(f *Frame, doc any) (any, error)

// State is one compiled state. Nil hooks leave the data as it is.
type State struct {
	Name  string
	Path  string // qualified by the states around it: "Each/Resize"
	Kind  Kind
	Scope *Scope
	Index int32
	Next  int32

	// Plain tells of a state, in a scope that recycles, that has nothing but its
	// work: what a Task gives is the next document, and a Choice leaves it. See
	// [Follow]; [Machine.Seal] finds out.
	Plain bool
	then  *State // the next state, if that is a plain Task
	ahead int    // the plain Tasks in a line, from this one on

	Input  Eval // the raw input to the effective input: InputPath, From
	Args   Eval // the effective input to what the work is given, afresh for each attempt: Parameters, Arguments
	Select Eval // the result to the effective result: ResultSelector
	Output Eval // the effective result to the state's output; the raw input is the frame's Doc

	Assign []Assignment

	Work   *Work            // Task
	Rules  []Rule           // Choice
	Else   *Rule            // Choice: the default; nil fails
	Until  UntilFunc        // Wait
	Raise  RaiseFunc        // Fail
	Fork   *Fork            // Parallel, Map
	Result func(*Frame) any // Pass: a literal result; nil: what Args gave
	Retry  []Retrier
	Catch  []Catcher
}

// Assignment gives a variable of the scope its value after the state's work.
type Assignment struct {
	Name  string
	Value Eval // doc is the raw result
}

// UntilFunc tells when a Wait ends. doc is the effective input.
type UntilFunc func(f *Frame, doc any) (time.Time, error)

// RaiseFunc gives the failure of a Fail state. doc is the raw input.
type RaiseFunc func(f *Frame, doc any) *Failure

// Rule is one way out of a Choice.
type Rule struct {
	// When tells whether the rule is taken; a nil When always is.
	When   func(f *Frame, doc any) (bool, error)
	Output Eval // nil: the state's own
	Assign []Assignment
	// Own tells that Output and Assign stand in the place of the state's own.
	Own  bool
	Next int32
}

// Work is what a Task calls.
type Work struct {
	// Callee is what the driver calls; the machine never does.
	Callee Callee
	// Style decides which events tell of the work.
	Style Style
	// Resource and ResourceType name the work in those events.
	Resource, ResourceType, Region string
	// Timeout and Heartbeat give the bounds of an attempt; 0 is none. Nil: none.
	Timeout, Heartbeat DurationFunc
	// Credentials gives the role that is assumed for the call, for the events.
	Credentials Eval
	// Awaits tells that the call is answered later, by a token.
	Awaits bool
	// Scope is what the work runs for each item of a stream; nil for most.
	Scope *Scope
	// Ready looks, before anything is scheduled, whether the work is there.
	Ready func(f *Frame, args any) *Failure
	// Worker names who does the work, for the events; nil: nobody asks.
	Worker func(f *Frame) string
	// Explain makes the failure of the work from the error that it returned.
	Explain func(f *Frame, err error) *Failure
	// Check looks at the result, for a limit on its size, say.
	Check func(f *Frame, result any) *Failure
}

// Callee is a piece of work outside the machine. It is given the frame's Args,
// and may put its result into spare, a cell that nobody else holds, if that is
// of its type. It must not change the frame.
type Callee interface {
	Call(ctx context.Context, f *Frame, spare any) (any, error)
}

// DurationFunc gives a time bound. doc is the effective input.
type DurationFunc func(f *Frame, doc any) (time.Duration, error)

// Style is the family of history events by which a Task is told.
type Style uint8

// The styles: a service integration or a function of this process; an AWS
// Lambda function called by its ARN; an activity.
const (
	ServiceStyle Style = iota
	LambdaStyle
	ActivityStyle
)

// Fork is what a Parallel or Map runs side by side.
type Fork struct {
	// Branches are the scopes of a Parallel, or the one of a Map.
	Branches []*Scope
	// Items gives what a Map goes over, from the effective input; nil for a Parallel.
	Items func(f *Frame, doc any) (Items, error)
	// Item gives the document of one child; nil: the item, or for a Parallel
	// what the state was given. doc is the effective input.
	Item func(f *Frame, doc any, it *Item) (any, error)
	// Concurrency gives the number of children at work at once; 0 is no limit.
	Concurrency IntFunc
	// Tolerate gives how many children may fail; nil: none.
	Tolerate func(f *Frame, doc any) (Tolerance, error)
	// Collect makes the result of what the children gave; nil: the array of it.
	Collect func(f *Frame, results []any) (any, error)
	// Run makes each child an execution of its own; nil: children are parts of this one.
	Run *ChildRun
}

// IntFunc gives a whole number. doc is the effective input.
type IntFunc func(f *Frame, doc any) (int, error)

// Items is what a Map goes over.
type Items interface {
	Len() int
	// At gives an item with its index, value, and key and source if it has them.
	At(i int) Item
}

// Tolerance is how much of a Map may fail: more than Count children or more
// than Percent of them fail it. Set tells which of the two hold.
type Tolerance struct {
	Count, Percent       float64
	HasCount, HasPercent bool
}

// Exceeded tells whether so many failures of so many items are too many.
func (t Tolerance) Exceeded(failed, items int) bool {
	if failed == 0 {
		return false
	}
	if !t.HasCount && !t.HasPercent {
		return true
	}
	return t.HasCount && float64(failed) > t.Count || t.HasPercent && float64(failed)*100 > t.Percent*float64(items)
}

// ChildRun is the Map whose children are executions (a distributed Map).
type ChildRun struct {
	// Read fetches the items by a call of the driver's; nil: Items has them.
	Read Callee
	// ReadArgs gives the arguments of Read from the effective input.
	ReadArgs Eval
	// Write puts the results away by a call of the driver's; nil: they are the
	// result of the state.
	Write Callee
	// WriteArgs gives the arguments of Write.
	WriteArgs Eval
	// Weigh gives how many items a child stands for (a batch); nil: one.
	Weigh func(it *Item) int
	// Succeeded makes the entry of a child among the results; nil: its document.
	// f is the Map's frame, c the child's.
	Succeeded func(f, c *Frame) any
	// Failed makes the entry of a tolerated failure.
	Failed func(f, c *Frame, fail *Failure) any
}
