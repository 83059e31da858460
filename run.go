package flow

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"time"

	"github.com/flowstone-go/flow/internal/drive"
	"github.com/flowstone-go/flow/internal/machine"
)

// run is one execution in one piece of memory, which is used again where nothing
// keeps it: the contexts of its calls, and what a log holds, are not in it.
type run[In, Out any] struct {
	x   drive.Exec
	in  In
	out Out // takes a result, where its memory may be used again
}

// Run runs the flow to its end and gives its result. It runs in the caller's
// goroutine as far as it goes one after another; what it starts has ended when
// it returns (but see [Grace]). The error is an [*Error]; with a context that
// is done already, nothing is run.
//
// A function of a node that calls runtime.Goexit, as testing's FailNow does,
// fails its node as a panic would. Where it was called in the goroutine of Run's
// caller, that ends too, after the execution.
func (f *Flow[In, Out]) Run(ctx context.Context, in In, opts ...Option) (out Out, err error) {
	s, err := f.begin(ctx, opts)
	if err != nil {
		return out, err
	}
	if !s.bare || !f.def.machine.Inline {
		return f.runAmid(ctx, in, s)
	}
	// Nothing but the execution keeps its documents, and they go through no
	// further function: each time one is given or returned it is copied, at the
	// price of a third of a task.
	r, _ := f.spare.Get().(*run[In, Out])
	r.in = in
	s.prepare(f.def, &r.x, &r.in)
	r.x.Init(ctx, f.def.machine, &r.in, &s.drive, nil)
	end := r.x.Frame()
	end.Lend(&r.out)
	r.x.Run()
	if p, ok := end.Doc.(*Out); ok && p != nil && end.Phase == machine.Ended {
		out = *p
	} else {
		out, err = resultOf[Out](f.def, end)
	}
	f.release(r)
	return out, err
}

// runAmid is Run with all that the settings may ask for around it.
func (f *Flow[In, Out]) runAmid(ctx context.Context, in In, s *settings) (Out, error) {
	ctx, _ = s.funded(ctx)
	if limit := s.realLimit(f.def); limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, limit, errOvertime)
		defer cancel()
	}
	ctx, o, done := s.observed(ctx)
	defer done()
	out, err := f.run(ctx, &in, s, s.watch(nil, o))
	if broken := o.broken(); broken != nil && err == nil {
		var zero Out
		return zero, broken
	}
	return out, err
}

func (f *Flow[In, Out]) run(ctx context.Context, in *In, s *settings, log *machine.Log) (Out, error) {
	if s.stepped() {
		r := &run[In, Out]{}
		s.prepare(f.def, &r.x, in)
		return resultOf[Out](f.def, drive.RunStepped(ctx, &r.x, f.def.machine, in, &s.drive, log, s.steps(f.def)))
	}
	r, _ := f.spare.Get().(*run[In, Out])
	s.prepare(f.def, &r.x, in)
	r.x.Init(ctx, f.def.machine, in, &s.drive, log)
	out, err := resultOf[Out](f.def, r.x.Run())
	f.release(r)
	return out, err
}

// release gives back the memory of an execution whose result has been read.
func (f *Flow[In, Out]) release(r *run[In, Out]) {
	var in In
	var out Out
	r.in, r.out = in, out
	if r.x.Release() {
		f.spare.Put(r)
	}
}

// begin gives the settings of a run and reports what can't begin.
func (f *Flow[In, Out]) begin(ctx context.Context, opts []Option) (*settings, error) {
	if err := f.made(); err != nil {
		return nil, err
	}
	if ctx == nil {
		return nil, errNilContext()
	}
	if ctx.Err() != nil {
		return nil, errorOf(cancelled(nil, context.Cause(ctx)))
	}
	s := f.settings
	if len(opts) > 0 {
		s = s.with(opts)
	}
	if s.bare {
		return s, s.missing(f.def)
	}
	if s.problem != nil {
		return nil, s.problem
	}
	if err := s.checkStandIns(f.def.machine); err != nil {
		return nil, err
	}
	if wrong := s.unpriced(f.def); len(wrong) > 0 {
		return nil, &Error{Name: ErrBudget.Name, State: wrong[0].state, Cause: wrong[0].text + " (" + wrong[0].cure + ")"}
	}
	if err := s.missing(f.def); err != nil {
		return nil, err
	}
	return s, s.history.take()
}

func errNilContext() error {
	return &Error{Name: machine.Runtime, Cause: "the context is nil (where there is none, give context.Background())", fatal: true}
}

// made gives an error for a nil or a zero Flow, as one is whose Build failed.
func (f *Flow[In, Out]) made() error {
	if f == nil || f.def == nil || f.def.machine == nil {
		return &Error{Name: machine.Runtime, Cause: "this Flow was not made by Build or Parse (see whether that gave an error)", fatal: true}
	}
	return nil
}

func (f *Flow[In, Out]) definitionOrNil() *definition {
	if f == nil {
		return nil
	}
	return f.def
}

func resultOf[Out any](d *definition, end *machine.Frame) (Out, error) {
	if end.Phase == machine.Failed {
		var zero Out
		return zero, errorIn(d, end.Err)
	}
	out, err := borrowing[Out](end.Doc)
	if err != nil {
		return out, &Error{
			Name: machine.Runtime, State: end.Current().Path, wrapped: err, fatal: true,
			Cause: fmt.Sprintf("the document at the end of the flow %q is not its result, a %v: %v (let the last node give one, or name another type of result)", d.name, reflect.TypeFor[Out](), err),
		}
	}
	return out, nil
}

// Start begins an execution and returns at once. The execution ends with ctx;
// it holds no goroutine while it waits, backs off or awaits a callback.
func (f *Flow[In, Out]) Start(ctx context.Context, in In, opts ...Option) *Execution[Out] {
	return f.start(ctx, in, opts, nil)
}

// start is Start; before, if set, is called before the execution begins.
func (f *Flow[In, Out]) start(ctx context.Context, in In, opts []Option, before func(*Execution[Out])) *Execution[Out] {
	e, s := f.prepareStart(&ctx, &in, opts)
	if e.never() != nil {
		return e
	}
	if before != nil {
		before(e)
	}
	if s.stepped() {
		go drive.RunStepped(ctx, &e.x, f.def.machine, &in, &s.drive, e.x.Log, s.steps(f.def))
	} else {
		e.x.Start()
	}
	return e
}

// prepareStart makes an execution that is ready to begin, and the context that
// it runs under.
func (f *Flow[In, Out]) prepareStart(under *context.Context, cell any, opts []Option) (*Execution[Out], *settings) {
	e := &Execution[Out]{def: f.definitionOrNil()}
	ctx := *under
	s, err := f.begin(ctx, opts)
	if err != nil {
		e.rarely().refused = err
		return e, s
	}
	ctx, purse := s.funded(ctx)
	if purse != nil {
		e.rarely().purse = purse
	}
	if limit := s.realLimit(f.def); limit > 0 {
		ctx, e.rarely().release = context.WithTimeoutCause(ctx, limit, errOvertime)
	}
	*under = ctx
	log := &e.own
	if s.history != nil {
		log = &s.history.log
	}
	if len(s.observers) > 0 {
		e.rarely().observing = &observing{fns: slices.Clone(s.observers), stop: func(cause error) { go e.x.Stop(cause) }}
	}
	log = s.watch(log, e.observing())
	if f.def.machine.Streams() {
		e.rarely().spent = &spent{}
		log.Terms().Pass = e.rare.spent.add
	}
	s.prepare(f.def, &e.x, cell)
	e.x.InitStart(ctx, f.def.machine, cell, &s.drive, log)
	return e, s
}

// Execution is a run of a flow that was begun with Start; the zero value is one
// that could not begin. It is safe for concurrent use.
type Execution[Out any] struct {
	x    drive.Exec
	own  machine.Log // its log, unless a History is
	def  *definition
	rare *rarity
}

// rarity is what few executions have.
type rarity struct {
	refused   error              // why it could not begin
	release   context.CancelFunc // of the RunTimeout
	spent     *spent             // of events that the log does not keep; nil where it keeps all
	observing *observing         // nil where nobody does
	purse     *purse             // of a Budget
}

func (e *Execution[Out]) rarely() *rarity {
	if e.rare == nil {
		e.rare = &rarity{}
	}
	return e.rare
}

func (e *Execution[Out]) observing() *observing {
	if e.rare == nil {
		return nil
	}
	return e.rare.observing
}

// release lets go of what bounds the time of the execution.
func (e *Execution[Out]) release() {
	if e.rare != nil && e.rare.release != nil {
		e.rare.release()
	}
}

// never is why the execution could not begin; nil if it did.
func (e *Execution[Out]) never() error {
	switch {
	case e.rare != nil && e.rare.refused != nil:
		return e.rare.refused
	case e.x.Log == nil:
		return &Error{Name: machine.Runtime, Cause: "this Execution was not begun by Start", fatal: true}
	}
	return nil
}

// Status is how an execution stands, in the words of Step Functions.
type Status string

// The statuses.
const (
	Running   Status = "RUNNING"
	Succeeded Status = "SUCCEEDED"
	Failed    Status = "FAILED"
	TimedOut  Status = "TIMED_OUT"
	Aborted   Status = "ABORTED"
)

// Status tells how the execution stands at the moment.
func (e *Execution[Out]) Status() Status {
	if e.never() != nil {
		return Aborted
	}
	select {
	case <-e.x.Done():
	default:
		return Running
	}
	end := e.x.Frame()
	switch {
	case end.Phase == machine.Ended && e.observing().broken() == nil:
		return Succeeded
	case end.Phase == machine.Ended:
		return Failed
	case end.Err.Machine:
		return TimedOut
	case end.Err.Name == ErrCancelled.Name:
		return Aborted
	}
	return Failed
}

// Done is closed when the execution has ended.
func (e *Execution[Out]) Done() <-chan struct{} {
	if e.never() != nil {
		return closed
	}
	return e.x.Done()
}

var closed = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

// Wait waits for the end and gives the result, as Run does. If ctx ends first
// it gives its cause; the execution goes on.
func (e *Execution[Out]) Wait(ctx context.Context) (Out, error) {
	var zero Out
	if err := e.never(); err != nil {
		return zero, err
	}
	select {
	case <-e.x.Done():
		return e.outcome()
	default:
	}
	if ctx == nil {
		return zero, errNilContext()
	}
	select {
	case <-e.x.Done():
		return e.outcome()
	case <-ctx.Done():
		return zero, context.Cause(ctx)
	}
}

// Stop ends the execution with [ErrCancelled], which wraps cause; nil is
// context.Canceled. Tasks learn of the cause by context.Cause. It returns at once: Wait waits for the end. An execution
// that has ended stays as it is.
func (e *Execution[Out]) Stop(cause error) {
	if e.never() != nil {
		return
	}
	if cause == nil {
		cause = context.Canceled
	}
	e.x.Stop(cause)
}

func (e *Execution[Out]) outcome() (Out, error) {
	e.release()
	if broken := e.observing().broken(); broken != nil && e.x.Frame().Phase == machine.Ended {
		var zero Out
		return zero, broken
	}
	return resultOf[Out](e.def, e.x.Frame())
}

// Events ranges over the events of the execution from the first on, as they
// come, and ends with it. Any number of readers may read, at any time, and none
// holds up the execution. Of the pieces of a model's text no more than [KeepText]
// says are kept for a reader that is slow. The error is the context's, if that ends first.
func (e *Execution[Out]) Events(ctx context.Context) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		if e.never() != nil {
			return
		}
		for at := (machine.Cursor{}); ; {
			events, over, more := e.x.Log.Read(&at)
			for i := range events {
				if !yield(eventOf(&events[i]), nil) {
					return
				}
			}
			if len(events) > 0 {
				continue
			}
			if over {
				return
			}
			if ctx == nil {
				yield(Event{}, errNilContext())
				return
			}
			select {
			case <-more:
			case <-ctx.Done():
				yield(Event{}, context.Cause(ctx))
				return
			}
		}
	}
}

// ID is the name of the execution: the one that [WithName] gave, else a
// random one; empty for one that could not begin.
func (e *Execution[Out]) ID() string {
	if e.never() != nil {
		return ""
	}
	return e.x.Identity()
}

// State tells a task where it is called from.
type State struct {
	// Execution is the execution's ID.
	Execution string
	// Name is that of the state, Path the name qualified by what is around it:
	// "Each[3]/Resize".
	Name, Path string
	// Attempt counts the attempts before this one.
	Attempt int
	// Key is the same for each attempt of one visit of the state and for no
	// other: give it to services that take an idempotency key.
	Key string
}

// StateOf tells where a task was called from; ok is false for a context that is
// not that of a task. Ask while the task runs: of an execution that has ended
// there may be nothing to tell.
func StateOf(ctx context.Context) (s State, ok bool) {
	ok = drive.Look(ctx, func(f *machine.Frame) {
		st := f.Current()
		id := drive.IdentityOf(f)
		path := f.Path()
		s = State{
			Execution: id, Name: st.Name, Path: path, Attempt: int(f.Attempt),
			Key: fmt.Sprintf("%s/%s#%d", id, path, f.Visit),
		}
	})
	return s, ok
}

// Beat tells that the task under ctx is alive, for its Heartbeat. It gives
// false for a context that is not that of a task.
func Beat(ctx context.Context) bool { return drive.Beat(ctx) }

var errNegative = errors.New("the time has to be positive")

func positive(d time.Duration, what string) error {
	if d <= 0 {
		return &Error{Name: machine.Runtime, Cause: fmt.Sprintf("%s(%v): %v", what, d, errNegative), fatal: true}
	}
	return nil
}
