// Package drive runs the machine in this process.
//
// A thread is a frame with the goroutine that moves it for the moment. It goes
// in its caller's goroutine as far as it can; where it sleeps or awaits an
// answer it gives the goroutine back, and whatever wakes it goes on in its own.
// Whoever ends the last child of a Parallel or Map goes on with the state
// around it.
package drive

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/flowstone-go/flow/internal/machine"
)

// Options are the services that an execution runs with. The zero value runs
// on the real clock, with real chance, unobserved.
type Options struct {
	// Desk holds attempts that await an answer by token; nil: a private one.
	Desk *Desk
	// Explain makes the failure of an error that a callee returned.
	Explain func(f *machine.Frame, err error) *machine.Failure
	// Cancelled makes the failure of an execution that was cancelled for cause.
	Cancelled func(f *machine.Frame, cause error) *machine.Failure
	// Detach gives a private copy of arguments that an abandoned call may go
	// on to read; nil: they are immutable.
	Detach func(args any) any
	// Check, if set, is around each call.
	Check func(f *machine.Frame, call func() (any, error)) (any, error)
	// StandIn gives what is called instead of a state's own work; nil for that.
	StandIn func(s *machine.State) machine.Callee
	// Value gives further values of the context of a call; nil for none.
	Value func(f *machine.Frame, key any) any
	// MaxEvents bounds the events of the execution; 0 is no limit.
	MaxEvents int64
	// Grace is how long the end of an execution waits for abandoned calls.
	Grace time.Duration
	// Now, Float64 and NewID stand in for clock, chance and identity; nil: the
	// real ones.
	Now     func() time.Time
	Float64 func() float64
	NewID   func() string
	// Child gives the execution of a child of a distributed Map.
	Child func(f *machine.Frame, it *machine.Item, x *machine.Exec)
	// MapRun names the run of a distributed Map.
	MapRun func(f *machine.Frame) string

	step *stepper // moves the execution step by step; nil: it runs
}

// Exec is one execution.
type Exec struct {
	machine.Exec
	opts  *Options
	root  thread
	base  *base // when it began, for the times of events
	outer *Exec // of an item of a state's work; nil for an execution of its own

	marks           marks
	calls           atomic.Int32 // abandoned calls that have not returned yet
	busy            atomic.Int32 // goroutines that move it, where that is counted
	counted, frozen bool         // that it is counted; that it was put away

	mu     sync.Mutex
	parked *thread // list of the threads that hold no goroutine
	done   chan struct{}
	rare   *rarity
	life   life // of an execution that was started
}

// rarity is what few executions have.
type rarity struct {
	stop  error // why it was stopped
	idle  chan struct{}
	own   *Desk
	calm  chan struct{} // told when nothing moves
	ended func()        // called at the end
}

// rarely gives the rarity. The execution is locked.
func (x *Exec) rarely() *rarity {
	if x.rare == nil {
		x.rare = &rarity{}
	}
	return x.rare
}

// Init prepares an execution of m with the document doc. It is a method
// rather than a constructor so that the execution can lie inside its owner.
func (x *Exec) Init(ctx context.Context, m *machine.Machine, doc any, opts *Options, log *machine.Log) {
	x.Machine = m
	x.Host = x
	x.opts = opts
	if log == nil && (m.Numbered || opts.MaxEvents > 0) {
		log = machine.Counting(0)
	}
	x.Log, x.Observed = log, log != nil
	if log != nil {
		if opts.MaxEvents > 0 {
			log.Terms().Limit = opts.MaxEvents
		}
		if ctx != &x.life && opts.Now == nil {
			x.root.frame.Clock = x.begin()
		}
	}
	x.root.init(x, ctx)
	x.root.frame.Reset(&x.Exec, doc)
}

// Release lets go of what the execution has used, so that its memory may be used
// for another one. It gives false where something may keep that memory.
func (x *Exec) Release() bool {
	if x.marks.has(kept) {
		return false
	}
	x.root.clear()
	x.About, x.Input, x.Log = nil, nil, nil
	x.rare, x.done = nil, nil
	if x.marks.has(over) {
		x.marks.clear()
	}
	return true
}

// Run runs the execution to its end in the caller's goroutine, as far as it
// goes there, and waits for the rest. It returns the root frame, Ended or
// Failed.
func (x *Exec) Run() *machine.Frame {
	t := &x.root
	if x.inline() {
		// Where a function ends the goroutine on the way nothing is to be done:
		// nobody observes, and nobody waits for the outcome.
		if !x.Observed && t.glides() && machine.Next(&t.frame, machine.Completion{}) == machine.Call && t.glide() == machine.Done {
			return &t.frame
		}
		t.tick()
		t.frame.Begun(x.Input)
		t.move(machine.Completion{}, true)
		return &t.frame
	}
	defer func() {
		if x.marks.has(fled) { // perhaps this goroutine, which is about to end
			x.settle()
			x.linger()
		}
	}()
	t.tick()
	t.frame.Begun(x.Input)
	t.move(machine.Completion{}, true)
	x.settle()
	x.linger()
	return &t.frame
}

// settle waits for the end of what goes on in other goroutines. Whoever has
// ended the execution has let go of it then.
func (x *Exec) settle() {
	if !x.finished() {
		select {
		case <-x.Done():
		case <-x.root.under.Done():
			x.cancelParked(nil)
			<-x.Done()
		}
	}
	x.mu.Lock()   // finish holds it until it is through
	x.mu.Unlock() //nolint:staticcheck // nothing else is to be done
}

// InitStart is Init for an execution that is begun with Start: it ends also
// when it is stopped.
func (x *Exec) InitStart(ctx context.Context, m *machine.Machine, doc any, opts *Options, log *machine.Log) {
	log.Share()
	x.Init(&x.life, m, doc, opts, log)
	x.life.begin(ctx, x)
}

// Start runs the execution in goroutines of its own. It holds none while it
// waits.
func (x *Exec) Start() {
	x.counted = true
	x.busy.Store(1)
	begun := false
	defer func() {
		if !begun { // an observer ends this goroutine
			go x.root.lost()
		}
	}()
	x.root.tick()
	x.root.frame.Begun(x.Input)
	begun = true
	go x.root.run(machine.Completion{})
}

// Stop ends a started execution for a cause, if it has not ended yet.
func (x *Exec) Stop(cause error) {
	x.mu.Lock()
	if !x.marks.has(over) && x.rarely().stop == nil {
		x.rare.stop = cause
	}
	x.mu.Unlock()
	x.life.end(cause)
	x.cancelParked(nil)
}

// Frame is the root frame; it may be read once the execution has ended.
func (x *Exec) Frame() *machine.Frame { return &x.root.frame }

// Identity is the name of the execution, made when it is first asked for.
func (x *Exec) Identity() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.About == nil {
		x.About = &machine.About{}
	}
	if x.About.Name == "" {
		x.About.Name = x.newID()
	}
	return x.About.Name
}

// Done is closed when the execution has ended.
func (x *Exec) Done() <-chan struct{} {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.done == nil {
		x.done = make(chan struct{})
		if x.marks.has(over) {
			close(x.done)
		}
	}
	return x.done
}

func (x *Exec) finished() bool { return x.marks.has(over) }

// inline tells that all of the execution happens in the goroutine of the caller
// of Run.
func (x *Exec) inline() bool {
	return x.Machine.Inline && x.life.Context == nil && x.opts.step == nil
}

// finish ends the execution; the root frame has its outcome. One that was not
// begun by Start may be used again as soon as finish has unlocked it.
func (x *Exec) finish() {
	begun := x.life.Context != nil
	if !begun && x.Log != nil && x.outer == nil {
		x.Log.Close()
	}
	if x.inline() && !x.marks.has(fled) {
		return
	}
	x.mu.Lock()
	x.marks.set(over)
	if x.done != nil {
		close(x.done)
	}
	var ended func()
	if x.rare != nil {
		ended = x.rare.ended
		x.calm()
	}
	x.mu.Unlock()
	if !begun {
		return
	}
	x.life.end(nil)
	if x.Log != nil {
		x.Log.Close()
	}
	if ended != nil {
		ended()
	}
}

// linger waits for abandoned calls, as long as the grace allows.
func (x *Exec) linger() {
	if x.calls.Load() == 0 || x.opts.Grace <= 0 {
		return
	}
	x.mu.Lock()
	idle := make(chan struct{})
	x.rarely().idle = idle
	if x.calls.Load() == 0 {
		close(idle)
		x.rare.idle = nil
	}
	x.mu.Unlock()
	timer := time.NewTimer(x.opts.Grace)
	defer timer.Stop()
	select {
	case <-idle:
	case <-timer.C:
	}
}

func (x *Exec) returned() {
	if x.calls.Add(-1) > 0 {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.rare != nil && x.rare.idle != nil {
		close(x.rare.idle)
		x.rare.idle = nil
	}
}
