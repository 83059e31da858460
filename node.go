package flow

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/machine"
)

// Node is a step of a flow, as the functions of this package make it: [Task],
// [Do], [Pass], [Wait], [Choice], [Parallel], [Map], [Call], [Succeed], [Fail],
// [Goto]. A node is a description without state: the same one may stand in
// several flows. Its methods never fail; what is wrong with it, Build reports: a
// nil node too, and the zero value of a node's type, which is no node. As with
// any pointer in Go, the methods of a nil one panic.
type Node interface{ describe() *spec }

// spec is what a node is, whatever its Go types.
type spec struct {
	name string
	at   place
	kind machine.Kind
	role role

	in, out reflect.Type // what the work takes and gives; nil: any document, nothing
	from    *reference
	into    *reference
	selects *reference // what of the result counts; nil: all of it
	keeps   bool       // the work has no result: the document stays
	callee  machine.Callee
	collect func(f *machine.Frame, results []any) (any, error)

	retries   []Retry
	catches   []catching
	timeout   time.Duration
	heartbeat time.Duration
	assign    []Assignment
	awaits    bool
	recovers  bool // the function of a Recover
	gives     bool // a Pass that gives a value
	gathers   bool // a Parallel that gives the results of its branches

	rules      []rule  // Choice
	otherwise  *[]Node // Choice
	wait       *waiting
	errName    string // Fail
	cause      string
	target     string // Goto
	branches   []Node // Parallel
	body       []Node // Map, Branch
	iterator   *iterating
	call       *definition
	stream     *streaming                                                     // Stream
	opening    func(f *machine.Frame, doc any, it *machine.Item) (any, error) // the document that call begins with; nil: what the node was given
	transcript *reference                                                     // of an Agent
	tool       *AgentTool                                                     // of a flow that is a tool
	speaks     string                                                         // who calls a model, if not the node of this name

	asks     *prompting       // of a Prompt, or of an Agent's Model
	lower    func() *lowering // nil: there is nothing more to know
	problems []problem
}

// role tells apart what is no state of its own.
type role uint8

const (
	stateRole role = iota
	gotoRole
	branchRole
	endRole
)

func (s *spec) describe() *spec { return s }

// results tells that the node has a result, which replaces the document or goes
// to a place in it.
func (s *spec) results() bool {
	if s.keeps {
		return false
	}
	return s.role == stateRole && (s.kind == machine.Task || s.kind == machine.Map || s.kind == machine.Parallel || s.gives)
}

func (s *spec) wrong(cure, format string, args ...any) {
	s.problems = append(s.problems, problem{at: s.at, state: s.name, text: fmt.Sprintf(format, args...), cure: cure})
}

// noName reports a node without a name; it is called by each constructor.
func (s *spec) checkName() {
	if s.name == "" {
		s.wrong("give each node a name of its own", "a %s without a name", s.kind)
	}
	s.checkNameText()
}

// checkNameText refuses what Step Functions takes as the name of a state and
// nobody can tell apart, as well as what it does not take.
func (s *spec) checkNameText() {
	switch n := utf8.RuneCountInString(s.name); {
	case n > maxName:
		s.wrong("", "a name of %d characters; at most %d are allowed", n, maxName)
	case !utf8.ValidString(s.name):
		s.wrong("write it as UTF-8", "the name %q is no UTF-8", s.name)
	case strings.ContainsFunc(s.name, unicode.IsControl):
		s.wrong("leave them out", "control characters in the name %q", s.name)
	}
}

func (s *spec) setRef(slot **reference, r *reference, method string) {
	if r == nil {
		s.wrong("make it with At, Field or Var", "%s of a reference that refers to nothing", method)
		return
	}
	if method == "Into" {
		switch {
		case r.hasOr:
			s.wrong("write to the reference without its Or", "Into(%s): a reference with Or can't be written to", r)
		case r.source == fromVariable:
			s.wrong("write variables with Assign(Set(…))", "Into(%s): a variable is not a place in the document", r)
		case r.source == fromResult:
			s.wrong("", "Into(%s): a result is not a place in the document", r)
		case r.making != nil:
			s.wrong("", "Into(%s): it is made when it is read, and no place in the document", r)
		}
	}
	if method == "Into" && slot == &s.into && s.keeps && r.problem == "" {
		s.wrong("leave one of them out", "Into(%s) of what is dropped", r)
	}
	*slot = r
}

// drop has the node have no result.
func (s *spec) drop() {
	s.keeps = true
	if s.into != nil {
		s.wrong("leave one of them out", "Drop of what goes Into(%s)", s.into)
	}
}

func (s *spec) setBound(slot *time.Duration, d time.Duration, method string) {
	if d <= 0 {
		s.wrong("leave it out for no bound", "%s(%v): the time has to be positive", method, d)
	}
	*slot = d
}

// TaskNode is a function as a node. See [Task].
type TaskNode[In, Out any] struct{ spec }

// Task is a function of the user's as a node. It is given the document, or
// with From a part of it, as an In: the same Go value if the document holds
// one, else what encoding/json makes of its JSON. It may change what it is
// given. Its result replaces the document, or with Into goes to a place in it.
//
// The context is the execution's, cancelled also when the Timeout of the node
// runs out; [StateOf] tells from it where the call is. An error fails the node
// under the name that its ErrorName method gives, else [ErrTaskFailed]; a panic
// is such an error, with the stack (see [PanicError]).
func Task[In, Out any](name string, fn func(context.Context, In) (Out, error)) *TaskNode[In, Out] {
	n := &TaskNode[In, Out]{spec{name: name, at: here(), kind: machine.Task, in: reflect.TypeFor[In](), out: reflect.TypeFor[Out]()}}
	n.checkName()
	if fn == nil {
		n.wrong("", "Task without a function")
	}
	n.callee = calling(fn)
	return n
}

// Do is a [Task] without a result: the document stays as it is.
func Do[In any](name string, fn func(context.Context, In) error) *TaskNode[In, None] {
	n := &TaskNode[In, None]{spec{name: name, at: here(), kind: machine.Task, in: reflect.TypeFor[In](), keeps: true}}
	n.checkName()
	if fn == nil {
		n.wrong("", "Do without a function")
	}
	n.callee = calling(func(ctx context.Context, in In) (None, error) { return None{}, fn(ctx, in) })
	return n
}

// None is the result of a node that has none.
type None struct{}

// call is a Go function as a callee.
type call[In, Out any] struct {
	fn   func(context.Context, In) (Out, error)
	own  reader[In]
	flat bool // a copy of an In shares nothing with it
}

func calling[In, Out any](fn func(context.Context, In) (Out, error)) *call[In, Out] {
	return &call[In, Out]{fn: fn, own: owning[In](), flat: document.Copier[In]() == nil}
}

// Call reads the argument, calls, and puts the result into a cell.
func (c *call[In, Out]) Call(ctx context.Context, f *machine.Frame, spare any) (any, error) {
	in, ok := f.Args.(*In)
	if !ok || in == nil || !c.flat && !f.Own { // Own: nobody else reads it
		return c.callOwn(ctx, f, spare)
	}
	out, err := c.fn(ctx, *in)
	return landed(&out, err, spare, f)
}

// callOwn is Call with an argument that is made for it.
func (c *call[In, Out]) callOwn(ctx context.Context, f *machine.Frame, spare any) (any, error) {
	in, err := c.own(f.Args)
	if err != nil {
		return nil, wrongInput(reflect.TypeFor[In](), err)
	}
	out, err := c.fn(ctx, in)
	return landed(&out, err, spare, f)
}

// landed puts a result into a cell: the spare one, if that is of its type.
func landed[T any](out *T, err error, spare any, f *machine.Frame) (any, error) {
	cell, ok := spare.(*T)
	if !ok {
		if err != nil {
			return nil, err // without a cell, that a retry would pay for
		}
		cell = newCell[T](spare, f)
	}
	*cell = *out
	return cell, err
}

// cells are for the results of a line of tasks that are all to be kept: made
// together they cost half.
type cells[T any] struct{ left []T }

// mostCells bounds what is made together, in bytes: who keeps one keeps all.
const mostCells = 512

// newCell makes a cell that is to be kept.
func newCell[T any](spare any, f *machine.Frame) *T {
	if c, ok := spare.(*cells[T]); ok && len(c.left) > 0 {
		cell := &c.left[0]
		c.left = c.left[1:]
		return cell
	}
	n := f.Ahead()
	if size := int(reflect.TypeFor[T]().Size()); n < 2 || size == 0 || 2*size > mostCells {
		return new(T)
	} else if n*size > mostCells {
		n = mostCells / size
	}
	list := make([]T, n)
	f.Lend(&cells[T]{list[1:]})
	return &list[0]
}

// wrongInput is the failure of a node whose document is not what it takes.
func wrongInput(t reflect.Type, err error) error {
	return &machine.Failure{
		Name: machine.Runtime, Fatal: true, Err: err,
		Cause: fmt.Sprintf("the document is not what the node takes, a %v: %v (From gives it a part of the document; a node before may make what it takes)", t, err),
	}
}

// From has the node given the value at ref instead of the whole document.
func (n *TaskNode[In, Out]) From(ref Ref[In]) *TaskNode[In, Out] {
	n.setRef(&n.from, ref.r, "From")
	return n
}

// Into puts the result at ref in the document instead of in its place.
func (n *TaskNode[In, Out]) Into(ref Ref[Out]) *TaskNode[In, Out] {
	n.setRef(&n.into, ref.r, "Into")
	return n
}

// Select has the result be what ref reads in it: a part of it ([At]), or an object
// that is made of parts of it ([Make]). It is for results that come from
// elsewhere as they are, such as those of a resource of the States Language,
// which calls this ResultSelector; a Go function best returns what is wanted.
func (n *TaskNode[In, Out]) Select(ref Ref[Out]) *TaskNode[In, Out] {
	n.setRef(&n.selects, ref.r, "Select")
	if r := n.selects; r != nil && r.source == fromResult {
		n.wrong("write the path with At", "Select of a Result: it reads in the result anyway")
	}
	return n
}

// Retry has failures tried again; see [Retry].
func (n *TaskNode[In, Out]) Retry(r ...Retry) *TaskNode[In, Out] {
	n.retry(r)
	return n
}

// Catch has failures that match go on at the handler; see [On]. The document
// is as it was before the node. The handler's last result lands where the
// node's own would; then the flow goes on after the node.
func (n *TaskNode[In, Out]) Catch(on Matcher, handler ...Node) *TaskNode[In, Out] {
	n.catch(here(), on, handler)
	return n
}

// Recover has failures that match give the result of fn instead.
func (n *TaskNode[In, Out]) Recover(on Matcher, fn func(context.Context, *Error) (Out, error)) *TaskNode[In, Out] {
	recovering(&n.spec, here(), on, fn)
	return n
}

// Timeout bounds an attempt. When it runs out the node fails with [ErrTimeout]
// and the flow goes on, whether the function has returned or not: it works on
// a copy of its input, and a late result is dropped (see [Grace]).
func (n *TaskNode[In, Out]) Timeout(d time.Duration) *TaskNode[In, Out] {
	n.setBound(&n.timeout, d, "Timeout")
	return n
}

// Heartbeat bounds the time between two calls of [Beat] in an attempt. When it
// runs out the node fails with [ErrHeartbeat].
func (n *TaskNode[In, Out]) Heartbeat(d time.Duration) *TaskNode[In, Out] {
	n.setBound(&n.heartbeat, d, "Heartbeat")
	return n
}

// Assign gives variables their values when the node has succeeded; see [Set].
func (n *TaskNode[In, Out]) Assign(a ...Assignment) *TaskNode[In, Out] {
	n.assign = append(n.assign, a...)
	return n
}

// PassNode leaves the document as it is, or replaces it. See [Pass].
type PassNode struct{ spec }

// Pass does nothing but to be there: a place for Goto, for Assign, a mark in
// the history.
func Pass(name string) *PassNode {
	n := &PassNode{spec{name: name, at: here(), kind: machine.Pass}}
	n.checkName()
	return n
}

// Assign gives variables their values; see [Set].
func (n *PassNode) Assign(a ...Assignment) *PassNode {
	n.assign = append(n.assign, a...)
	return n
}

// WaitNode lets time pass. See [Wait], [WaitUntil], [WaitFor].
type WaitNode struct{ spec }

type waiting struct {
	d     time.Duration
	until time.Time
	ref   *reference // of a time.Time or a time.Duration
}

// Wait waits for a time. An execution begun with Start holds no goroutine
// while it waits.
func Wait(name string, d time.Duration) *WaitNode {
	n := newWait(here(), name, &waiting{d: d})
	if d < 0 {
		n.wrong("", "Wait(%v): the time can't be negative", d)
	}
	return n
}

// WaitFor waits for the time that stands at ref, a number of nanoseconds where
// the document is JSON. A negative time fails the flow with [ErrRuntime].
func WaitFor(name string, ref Ref[time.Duration]) *WaitNode {
	n := newWait(here(), name, &waiting{})
	n.setRef(&n.wait.ref, ref.r, "WaitFor")
	return n
}

// WaitUntil waits until the time that stands at ref; one that has passed is no
// wait.
func WaitUntil(name string, ref Ref[time.Time]) *WaitNode {
	n := newWait(here(), name, &waiting{})
	n.setRef(&n.wait.ref, ref.r, "WaitUntil")
	return n
}

// WaitUntilTime waits until a time; one that has passed is no wait.
func WaitUntilTime(name string, until time.Time) *WaitNode {
	return newWait(here(), name, &waiting{until: until})
}

func newWait(at place, name string, w *waiting) *WaitNode {
	n := &WaitNode{spec{name: name, at: at, kind: machine.Wait, wait: w}}
	n.checkName()
	return n
}

// Assign gives variables their values when the wait is over; see [Set].
func (n *WaitNode) Assign(a ...Assignment) *WaitNode {
	n.assign = append(n.assign, a...)
	return n
}

// EndNode ends the flow, or the branch or item it stands in. See [Succeed] and
// [Fail].
type EndNode struct{ spec }

// Succeed ends the flow with the document as its result. In a branch of a
// Parallel or in a Map it ends that branch or item only.
func Succeed(name string) *EndNode {
	n := &EndNode{spec{name: name, at: here(), kind: machine.Succeed}}
	n.checkName()
	return n
}

// Fail ends the flow, or the branch or item it stands in, with an error of
// this name and cause. The name must not begin with "States.".
func Fail(name, errorName, cause string) *EndNode {
	n := &EndNode{spec{name: name, at: here(), kind: machine.Fail, errName: errorName, cause: cause}}
	n.checkName()
	if len(errorName) >= 7 && errorName[:7] == "States." {
		n.wrong("use a name of your own, such as \"Orders.OutOfStock\"", "Fail with the name %q: names that begin with \"States.\" belong to the engine", errorName)
	}
	return n
}

// GotoNode goes on elsewhere. See [Goto] and [End].
type GotoNode struct{ spec }

// Goto goes on at the node of that name, earlier or later, in the same scope:
// the flow, or the branch or Map that it stands in.
func Goto(name string) *GotoNode {
	return &GotoNode{spec{target: name, at: here(), role: gotoRole}}
}

// End ends the flow, or the branch or item that it stands in, with the document
// as it is, where nodes that follow in the list are not to run: behind a Choice
// or in a handler of Catch. It is no state of its own, unlike [Succeed].
func End() *GotoNode {
	return &GotoNode{spec{at: here(), role: endRole}}
}

// CallNode runs another flow. See [Call].
type CallNode[In, Out any] struct{ spec }

// Call runs another flow as a node of this one: with variables of its own, its
// nodes part of this execution and its history.
func Call[In, Out any](name string, f *Flow[In, Out]) *CallNode[In, Out] {
	n := &CallNode[In, Out]{spec{name: name, at: here(), kind: machine.Parallel, in: reflect.TypeFor[In](), out: reflect.TypeFor[Out]()}}
	n.checkName()
	if f == nil || f.def == nil {
		n.wrong("Build it first", "Call of a flow that is nil")
		return n
	}
	n.call = f.def
	n.collect = func(_ *machine.Frame, results []any) (any, error) {
		out, err := borrowing[Out](results[0])
		if err != nil {
			return nil, wrongOutput(name, reflect.TypeFor[Out](), err)
		}
		return &out, nil
	}
	return n
}

func wrongOutput(name string, t reflect.Type, err error) error {
	return &machine.Failure{
		Name: machine.Runtime, Fatal: true, Err: err,
		Cause: fmt.Sprintf("the document at the end of %q is not what it is to give, a %v: %v (let the last node there give one, or name another type)", name, t, err),
	}
}

// From has the flow given the value at ref instead of the whole document.
func (n *CallNode[In, Out]) From(ref Ref[In]) *CallNode[In, Out] {
	n.setRef(&n.from, ref.r, "From")
	return n
}

// Into puts the result at ref in the document instead of in its place.
func (n *CallNode[In, Out]) Into(ref Ref[Out]) *CallNode[In, Out] {
	n.setRef(&n.into, ref.r, "Into")
	return n
}

// Retry has failures tried again: the whole flow that is called; see [Retry].
func (n *CallNode[In, Out]) Retry(r ...Retry) *CallNode[In, Out] {
	n.retry(r)
	return n
}

// Catch has failures that match go on at the handler; see [TaskNode.Catch].
func (n *CallNode[In, Out]) Catch(on Matcher, handler ...Node) *CallNode[In, Out] {
	n.catch(here(), on, handler)
	return n
}

// Recover has failures that match give the result of fn instead.
func (n *CallNode[In, Out]) Recover(on Matcher, fn func(context.Context, *Error) (Out, error)) *CallNode[In, Out] {
	recovering(&n.spec, here(), on, fn)
	return n
}

// Assign gives variables their values when the node has succeeded; see [Set].
func (n *CallNode[In, Out]) Assign(a ...Assignment) *CallNode[In, Out] {
	n.assign = append(n.assign, a...)
	return n
}

// Assignment gives a variable a value when a node has succeeded. All
// assignments of a node see the values from before it.
type Assignment struct {
	at      place
	ref     *reference
	value   machine.Eval
	problem string
	export  exported // how the States Language says it
}

// exported is what an assignment or condition is made of, for export.
type exported struct {
	op    string
	refs  []*reference
	value any
	parts []exported
}

// Set gives a variable the value v.
func Set[T any](variable Ref[T], v T) Assignment {
	cell := any(&v)
	return assignment(here(), variable.r, func(*machine.Frame, any) (any, error) { return cell, nil }, exported{op: "set", value: cell})
}

// SetFrom gives a variable the value at from: a place in the document as it
// was when the node was entered, another variable, or with [Result] what the
// node gave.
func SetFrom[T any](variable, from Ref[T]) Assignment {
	a := assignment(here(), variable.r, nil, exported{op: "SetFrom", refs: []*reference{from.r}})
	if from.r == nil {
		a.problem = "SetFrom of a reference that refers to nothing"
		return a
	}
	own := owning[T]()
	a.value = func(f *machine.Frame, _ any) (any, error) {
		v, err := from.r.get(f, f.Doc)
		if err != nil {
			return nil, err
		}
		out, err := own(v)
		return &out, err
	}
	return a
}

// Add adds d to a variable; one that has no value yet counts as 0.
func Add[T ~int | ~int64 | ~float64](variable Ref[T], d T) Assignment {
	r := variable.r
	return assignment(here(), r, func(f *machine.Frame, _ any) (any, error) {
		sum := d
		there, err := r.present(f, f.Doc)
		if err != nil {
			return nil, err
		}
		if there {
			v, err := r.get(f, f.Doc)
			if err != nil {
				return nil, err
			}
			old, err := borrowing[T](v)
			if err != nil {
				return nil, err
			}
			sum += old
		}
		return &sum, nil
	}, exported{op: "add", value: d})
}

func assignment(at place, r *reference, value machine.Eval, export exported) Assignment {
	a := Assignment{at: at, ref: r, value: value, export: export}
	switch {
	case r == nil:
		a.problem = "an assignment to a reference that refers to nothing"
	case r.source != fromVariable || r.path != nil && r.path.String() != "$":
		a.problem = fmt.Sprintf("an assignment to %s: only a whole variable can be assigned (see Var)", r)
	}
	return a
}
