package machine

import (
	"strconv"
	"time"
)

// Phase is where in the visit of a state a frame stands.
type Phase uint8

// The phases.
const (
	Entering   Phase = iota // the state has not been entered
	Beginning               // an attempt of the work is to begin
	Running                 // a call is out
	Awaiting                // a call was submitted; a token answers
	Waiting                 // a Wait waits
	BackingOff              // a retry waits
	Reading                 // the items of a Map are being read
	Joining                 // children are at work
	Writing                 // the results of a Map are being written
	Ended                   // the scope has ended with Doc
	Failed                  // the scope has ended with Err
)

// Frame is one thread of work: the visit of one state, and all that is needed
// to go on from there. The frames of an execution form a tree, since the
// children of a Parallel or Map are frames of their own; that tree is the
// whole truth of the execution.
type Frame struct {
	Carrier any // the driver's own; it does not survive encoding
	Exec    *Exec
	Parent  *Frame
	Scope   *Scope
	State   int32
	Attempt int32 // attempts of the work before this one, in this visit
	Visit   int32 // states entered by this frame so far
	made    int32 // the visit whose document the one before it has made; see Made
	Last    int32 // the event that the next one of this thread follows
	Entered int32 // the event that told of entering the state
	before  int32 // the event that the one of entering the state follows
	Phase   Phase
	// Own tells that Doc was made by a task of this frame and that nothing keeps
	// it but the frame (in a scope that recycles).
	Own bool

	Doc  any      // the raw input of the state; the output of the scope at the end
	In   any      // the effective input
	Args any      // what the work is given
	Res  any      // the raw result of the work; what a failed attempt leaves to the next
	Err  *Failure // the failure that was caught last, or that ended the scope

	Vars *Vars
	Join *Join
	Wake time.Time // when the sleep ends

	Clock int64 // the time of the present step, for its events; the driver sets it
	rare  *rare
	spare any // a cell that is free to take the next result
}

// rare is what few frames have: those that retry, that are children, that
// have bounds or a token, or whose expressions ask for the time.
type rare struct {
	counts    []int32  // retries by each retrier, in this visit
	pauses    []pause  // delays of retriers that bring their own; remade when lost
	trail     []int32  // the last states before the transition limit
	taken     *Failure // one that a retrier has taken and nobody has seen
	enteredAt time.Time
	timeout   time.Duration
	heartbeat time.Duration
	token     string
	role      any  // the credentials of the attempt
	child     bool // item, spot and ending are those of a child
	mapped    bool // a child of a Map
	item      Item
	spot      *Spot
	ending    int32 // the event that told of the end of a child of a Map
}

// Made tells that the output of the present visit is an object that was made
// for it, or was the frame's own already, and that nothing else holds it.
func (f *Frame) Made() { f.made = f.Visit + 1 }

// Owns tells that the visit before has made the document of this one, so that
// it may be changed in place. It is said by the number of the visit: whatever
// else gives a state its document ends it.
func (f *Frame) Owns() bool { return f.made > 0 && f.made == f.Visit }

func (f *Frame) rarely() *rare {
	if f.rare == nil {
		f.rare = &rare{}
	}
	return f.rare
}

// Item is the item that the frame is for; nil unless it is a child of a Map.
func (f *Frame) Item() *Item {
	if f.rare == nil || !f.rare.mapped {
		return nil
	}
	return &f.rare.item
}

// Index is which child the frame is, from 0.
func (f *Frame) Index() int {
	if f.rare == nil {
		return 0
	}
	return f.rare.item.Index
}

// Spot tells where the frame runs; nil outside a Parallel or Map, and where
// nobody observes.
func (f *Frame) Spot() *Spot {
	if f.rare == nil {
		return nil
	}
	return f.rare.spot
}

// Path names the state that the frame visits, with the items around it:
// "Each[3]/Resize".
func (f *Frame) Path() string {
	return f.Current().PathAt(f.place())
}

// place is the Spot of the frame, made of the frames around it where nobody
// observes.
func (f *Frame) place() *Spot {
	if f.Spot() != nil || f.Parent == nil {
		return f.Spot()
	}
	return &Spot{Outer: f.Parent.place(), Owner: f.Parent.Current(), Index: f.Index()}
}

// PathAt is the path of a state at a spot.
func (s *State) PathAt(spot *Spot) string {
	path := s.Path
	if spot != nil && spot.Owner == s {
		spot = spot.Outer // the event of an item itself: named by its Map
	}
	for ; spot != nil; spot = spot.Outer {
		if own := spot.Owner; own.Kind != Parallel && len(path) > len(own.Path) {
			path = path[:len(own.Path)] + "[" + strconv.Itoa(spot.Index) + "]" + path[len(own.Path):]
		}
	}
	return path
}

// Detached gives a copy of the frame for a call that may go on after the
// frame has: nothing that it tells of itself changes any more.
func (f *Frame) Detached() *Frame {
	c := *f
	if f.rare != nil {
		r := *f.rare
		c.rare = &r
	}
	if f.Parent != nil {
		c.rarely().spot = f.place()
	}
	return &c
}

// EnteredAt is when the state was entered, in a machine that asks for times.
func (f *Frame) EnteredAt() time.Time {
	if f.rare == nil {
		return time.Time{}
	}
	return f.rare.enteredAt
}

// Bounds are the time bounds of the attempt: as a whole, and between two
// beats; 0 is none.
func (f *Frame) Bounds() (timeout, heartbeat time.Duration) {
	if f.rare == nil {
		return 0, 0
	}
	return f.rare.timeout, f.rare.heartbeat
}

// Credentials are those that the attempt is made with; nil where the state
// names none.
func (f *Frame) Credentials() any {
	if f.rare == nil {
		return nil
	}
	return f.rare.role
}

// Token answers an attempt that waits for its token; empty where none does.
func (f *Frame) Token() string {
	if f.rare == nil {
		return ""
	}
	return f.rare.token
}

// Expect gives the attempt a token, if it has none.
func (f *Frame) Expect() string {
	r := f.rarely()
	if r.token == "" {
		r.token = f.Exec.Host.Token(f)
	}
	return r.token
}

// Item is one item of a Map.
type Item struct {
	Index  int
	Value  any
	Key    string // of an object's entry
	Keyed  bool
	Source string
}

// Join is where a frame gathers its children.
type Join struct {
	N       int
	Begun   int           // children begun so far
	Limit   int           // at most so many at once; 0: no limit
	Items   Items         // of a Map
	Results []any         // by index
	Fails   []*ChildFault // failed children in the order in which they failed
	Weight  int           // items that failed
	Total   int           // items in all
	Bound   Tolerance
	Live    []*Frame // children at work
	First   *Failure // the failure that ends the state
	Tail    int32    // the event that the end of the state follows
	Run     string   // name of the map run
	RunID   int32    // the event that told of its start
	tally   *tally   // of a distributed Map whose items are known
}

// ChildFault is a failed child.
type ChildFault struct {
	Item Item
	Fail *Failure
}

// Within makes c the frame of item i of the work of f's state, in execution x,
// about to enter its first state.
func (f *Frame) Within(x *Exec, i int, doc any, c *Frame) {
	s := f.Current()
	r := &rare{child: true, mapped: true, item: Item{Index: i, Value: doc}}
	*c = Frame{Carrier: c.Carrier, Exec: x, Parent: f, Scope: s.Work.Scope, State: s.Work.Scope.Start, Last: f.Last, Doc: doc, rare: r}
	if f.Vars != nil {
		c.Vars = &Vars{Outer: f.Vars}
	}
	if x.Observed {
		r.spot = &Spot{Outer: f.Spot(), Owner: s, Index: i}
	}
}

// Begun tells that the execution has started.
func (f *Frame) Begun(input any) {
	if f.Exec.Observed {
		e := Event{Type: ExecutionStarted, Value: input}
		if role := f.Exec.Known().Role; role != "" {
			e.Extra = &Extra{Role: role}
		}
		f.tell(e)
	}
}

// Stop ends the execution by something that is no error of a state: it was
// cancelled, or its time is up.
func (f *Frame) Stop(fail *Failure) {
	f.Phase = Failed
	f.Err = fail.at(f)
	if !f.Exec.Observed || f.Exec.Within {
		return
	}
	t := ExecutionAborted
	if fail.Machine {
		t = ExecutionTimedOut
	}
	f.Last = f.record(0, &Event{Type: t, Extra: failing(fail)})
}

// Abandoned tells that a call whose time is up was left behind.
func (f *Frame) Abandoned() {
	f.note(Event{Type: CallAbandoned, State: f.Current(), Nanos: f.Exec.Host.Now().UnixNano()})
}

// Current is the state that the frame visits.
func (f *Frame) Current() *State { return f.Scope.States[f.State] }

// Vars holds the variables of one scope and those around it. It is never
// changed: an assignment makes a new one.
type Vars struct {
	Outer  *Vars
	Names  []string
	Values []any
}

// Get gives a variable, the innermost of its name.
func (v *Vars) Get(name string) (any, bool) {
	for ; v != nil; v = v.Outer {
		for i, n := range v.Names {
			if n == name {
				return v.Values[i], true
			}
		}
	}
	return nil, false
}

// with gives the variables after an assignment.
func (v *Vars) with(names []string, values []any) *Vars {
	out := &Vars{}
	if v != nil {
		out.Outer = v.Outer
		out.Names = append(out.Names, v.Names...)
		out.Values = append(out.Values, v.Values...)
	}
next:
	for i, name := range names {
		for j, n := range out.Names {
			if n == name {
				out.Values[j] = values[i]
				continue next
			}
		}
		out.Names = append(out.Names, name)
		out.Values = append(out.Values, values[i])
	}
	return out
}

// Exec is what the frames of one execution share.
type Exec struct {
	Machine *Machine
	Host    Host
	Input   any
	About   *About // nil: nothing is known
	// MaxTransitions bounds the transitions of each thread of work; 0 is no
	// limit.
	MaxTransitions int32
	// Within tells that this is an item of the work of a state in another
	// execution, whose variables and place it shares.
	Within bool
	// Log takes the events; Observed tells that there is one.
	Observed bool
	Log      *Log
}

// About is the identity of an execution, and what it is part of.
type About struct {
	ID, Name, Role string
	MachineID      string
	Started        time.Time
	Redrives       int
	OldMapRuns     bool   // a Map of executions is left as AWS did before 2024-11: after MapRunSucceeded
	Parent         *Exec  // of a child of a distributed Map
	ParentFrame    *Frame // the Map's
	Data           any    // the driver's own
}

// nobody is the identity of an execution that has none.
var nobody About

// Known gives the identity of the execution, an empty one where there is none.
func (x *Exec) Known() *About {
	if x.About == nil {
		return &nobody
	}
	return x.About
}

// Host is what the machine asks its driver for, so that a driver can record
// and repeat it.
type Host interface {
	// Now is the present time.
	Now() time.Time
	// Float64 gives a random number in [0,1).
	Float64() float64
	// Token makes the name by which a waiting attempt is answered.
	Token(f *Frame) string
	// Forget takes back the token of an attempt that did not begin.
	Forget(f *Frame)
	// Spawn gives the execution of a child that is one of its own, and names
	// the run of the Map that it belongs to.
	Spawn(f *Frame, it *Item) *Exec
	MapRun(f *Frame) string
}

// New gives the frame of an execution that is about to begin with doc.
func New(x *Exec, doc any) *Frame {
	f := &Frame{}
	f.Reset(x, doc)
	return f
}

// Reset makes f the frame of an execution that is about to begin with doc.
func (f *Frame) Reset(x *Exec, doc any) {
	f.Exec, f.Scope, f.State, f.Doc = x, x.Machine.Root, x.Machine.Root.Start, doc
}

// Clear makes f as good as new, but for memory that it may use again.
func (f *Frame) Clear() {
	r := f.rare
	if r == nil && f.Phase == Ended && !f.Exec.Observed && f.Res == nil && f.Err == nil && f.Vars == nil && f.Join == nil {
		// To clear all of it would cost as much as a task.
		f.Carrier, f.Exec, f.Scope, f.Doc, f.In, f.Args, f.spare = nil, nil, nil, nil, nil, nil, nil
		f.State, f.Visit, f.made, f.Phase, f.Own = 0, 0, 0, Entering, false
		return
	}
	if r != nil {
		clear(r.pauses[:cap(r.pauses)])
		if r.taken != nil {
			*r.taken = Failure{}
		}
		*r = rare{counts: r.counts[:0], pauses: r.pauses[:0], taken: r.taken}
	}
	*f = Frame{rare: r}
}

// Names that the engine itself raises.
const (
	All               = "States.ALL"
	TaskFailed        = "States.TaskFailed"
	TimedOut          = "States.Timeout"
	HeartbeatTimedOut = "States.HeartbeatTimeout"
	Runtime           = "States.Runtime"
	DataLimitExceeded = "States.DataLimitExceeded"
	QueryEvaluation   = "States.QueryEvaluationError"
	ToleranceExceeded = "States.ExceedToleratedFailureThreshold"
)
