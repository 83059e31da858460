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
	// Log takes the events; nil: none are made.
	Log *Log
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
}

// Exec is one execution.
type Exec struct {
	machine.Exec
	opts  *Options
	ctx   context.Context //nolint:containedctx // the execution's, as http.Request has its own
	root  thread
	calls atomic.Int32 // abandoned calls that have not returned yet
	count atomic.Int64 // events, where they are only counted

	mu      sync.Mutex
	parked  *thread // list of the threads that hold no goroutine
	done    chan struct{}
	over    bool
	stop    error // why it was stopped
	idle    chan struct{}
	onEnd   func()
	own     *Desk
	unwatch func() bool
}

// Init prepares an execution of m with the document doc. It is a method
// rather than a constructor so that the execution can lie inside its owner.
func (x *Exec) Init(ctx context.Context, m *machine.Machine, doc any, opts *Options) {
	x.Machine = m
	x.Host = x
	x.opts = opts
	x.ctx = ctx
	x.Observed = opts.Log != nil || m.Numbered
	x.root.init(x, ctx)
	x.root.frame.Reset(&x.Exec, doc)
}

// Run runs the execution to its end in the caller's goroutine, as far as it
// goes there, and waits for the rest. It returns the root frame, Ended or
// Failed.
func (x *Exec) Run() *machine.Frame {
	x.root.frame.Begun(x.Input)
	x.root.run(machine.Completion{})
	if !x.finished() {
		select {
		case <-x.Done():
		case <-x.ctx.Done():
			x.cancelParked(nil)
			<-x.Done()
		}
	}
	x.linger()
	return &x.root.frame
}

// Start runs the execution in goroutines of its own and calls onEnd when it
// has ended. It holds no goroutine while it waits.
func (x *Exec) Start(onEnd func()) {
	x.onEnd = onEnd
	x.root.frame.Begun(x.Input)
	if x.ctx.Done() != nil {
		x.unwatch = context.AfterFunc(x.ctx, func() { x.cancelParked(nil) })
	}
	go x.root.run(machine.Completion{})
}

// Frame is the root frame; it may be read once the execution has ended.
func (x *Exec) Frame() *machine.Frame { return &x.root.frame }

// Identity is the name of the execution, made when it is first asked for.
func (x *Exec) Identity() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.Name == "" {
		x.Name = x.newID()
	}
	return x.Name
}

// Done is closed when the execution has ended.
func (x *Exec) Done() <-chan struct{} {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.done == nil {
		x.done = make(chan struct{})
		if x.over {
			close(x.done)
		}
	}
	return x.done
}

func (x *Exec) finished() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.over
}

// finish ends the execution; the root frame has its outcome.
func (x *Exec) finish() {
	x.mu.Lock()
	x.over = true
	if x.done != nil {
		close(x.done)
	}
	x.mu.Unlock()
	if x.unwatch != nil {
		x.unwatch()
	}
	if x.opts.Log != nil && x.Exec.Parent == nil {
		x.opts.Log.close()
	}
	if x.onEnd != nil {
		x.onEnd()
	}
}

// linger waits for abandoned calls, as long as the grace allows.
func (x *Exec) linger() {
	if x.calls.Load() == 0 || x.opts.Grace <= 0 {
		return
	}
	x.mu.Lock()
	x.idle = make(chan struct{})
	idle := x.idle
	if x.calls.Load() == 0 {
		close(idle)
		x.idle = nil
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
	if x.idle != nil {
		close(x.idle)
		x.idle = nil
	}
}
