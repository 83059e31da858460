package drive

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/flowstone-go/flow/internal/machine"
)

// thread is a frame in this process.
type thread struct {
	x       *Exec
	frame   machine.Frame
	under   context.Context //nolint:containedctx // the execution's, or that of the group
	ctx     *callCtx        // of its calls; nil before the first
	group   *group          // of the Parallel or Map that this is a child of; nil for the root
	index   int32           // which child
	resting bool            // in the list of parked threads
	fresh   bool            // a worker that has not taken a child yet
	clean   bool            // a worker whose memory nothing can keep
	fled    bool            // its work has ended the goroutine that moved it

	timer      *time.Timer
	answer     *answer // what an awaited token brings
	next, prev *thread
	step       *stepper // where the thread is moved step by step; nil where it runs
}

// init prepares a thread that lies in its owner.
func (t *thread) init(x *Exec, ctx context.Context) {
	t.x = x
	t.under = ctx
	t.frame.Carrier = t
}

// calling is the context of the thread's calls.
func (t *thread) calling() *callCtx {
	if t.ctx == nil {
		t.ctx = &callCtx{Context: t.under, frame: &t.frame, opts: t.x.opts}
	}
	return t.ctx
}

// clear makes a thread as good as new. The contexts of its calls, which a task
// may have kept, tell of nothing from then on.
func (t *thread) clear() {
	if t.ctx != nil {
		t.ctx.over.Store(true)
	}
	t.frame.Clear()
	t.x, t.under, t.ctx, t.group, t.index, t.fresh = nil, nil, nil, nil, 0, false
}

// callCtx is the context of a thread's calls: its parent's, and where the
// call is. A task may keep it, so that it is never used again.
type callCtx struct {
	context.Context //nolint:containedctx // this is a context
	frame           *machine.Frame
	opts            *Options    // it may be asked after the call
	detached        *detached   // of a detached call
	over            atomic.Bool // the frame has become another's
}

// detached is what a detached call has beside its context.
type detached struct {
	beat      func()
	submitted chan any // whoever moves the thread tells of it
}

// AfterFunc passes on that the parent has a cheap way to wait for its end.
func (c *callCtx) AfterFunc(f func()) (stop func() bool) { return context.AfterFunc(c.Context, f) }

type placeKey struct{}

// Value gives the parent's values, and the call itself to [FrameOf].
func (c *callCtx) Value(key any) any {
	if key == (placeKey{}) {
		return c
	}
	if c.opts.Value != nil && !c.over.Load() {
		if v := c.opts.Value(c.frame, key); v != nil {
			return v
		}
	}
	return c.Context.Value(key)
}

// callOf gives the call under ctx; nil outside of one, and where its execution is
// over and has left its memory to another.
func callOf(ctx context.Context) *callCtx {
	if ctx == nil {
		return nil
	}
	c, ok := ctx.Value(placeKey{}).(*callCtx)
	if !ok || c.over.Load() {
		return nil
	}
	return c
}

// FrameOf gives the frame whose work runs under ctx; nil outside of one.
func FrameOf(ctx context.Context) *machine.Frame {
	if c := callOf(ctx); c != nil {
		return c.frame
	}
	return nil
}

// IdentityOf is the name of the execution of a frame.
func IdentityOf(f *machine.Frame) string {
	x, ok := f.Exec.Host.(*Exec)
	if !ok {
		return f.Exec.Known().Name
	}
	return x.Identity()
}

// Beat tells that the work under ctx is alive. It gives false outside of one.
func Beat(ctx context.Context) bool {
	c := callOf(ctx)
	if c != nil && c.detached != nil {
		c.detached.beat()
	}
	return c != nil
}

// Submit tells of what the request behind the call under ctx was answered
// with, while the call goes on. It is called once at most, by the goroutine
// that makes the call.
func Submit(ctx context.Context, v any) {
	switch c := callOf(ctx); {
	case c == nil:
	case c.detached != nil:
		c.detached.submitted <- v
	default:
		c.frame.Submitted(v)
	}
}

// run moves a thread, and those around it that it ends, as far as it goes
// without waiting.
func (t *thread) run(c machine.Completion) { t.move(c, false) }

// move is run; callers tells that the goroutine is that of the caller of Run. It
// is the main loop of every execution.
func (t *thread) move(c machine.Completion, callers bool) {
	x := t.x
	over := false
	defer func() {
		if over {
			return
		}
		if p := recover(); p != nil {
			panic(p) // one of ours
		}
		t.exited(callers)
	}()
	for t != nil {
		if c.Answer != machine.Returned && t.stopped() {
			t, c = t.cancelled()
			continue
		}
		t.tick()
		switch machine.Next(&t.frame, c) {
		case machine.Step:
			c = machine.Completion{}
		case machine.Call:
			t, c = t.call()
		case machine.Sleep:
			if t.park(t.frame.Wake) {
				over = true
				return
			}
			c = machine.Completion{}
		case machine.Await:
			var answered bool
			if c, answered = t.await(); !answered {
				over = true
				return
			}
		case machine.Children:
			t = t.spread()
			t, c = t.group.claim(t)
		case machine.Done:
			t, c = t.ended(nil)
		case machine.Broken:
			t, c = t.ended(t.frame.Err)
		}
	}
	if x.counted {
		x.still()
	}
	over = true
}

// stopped tells that the thread is to stop. That its execution is to stop is
// known before the contexts of groups are done: those end one after another.
func (t *thread) stopped() bool { return t.under.Err() != nil || t.x.stopping.Load() }

// tick sets the time of the step that is about to be made, if its events are
// told.
func (t *thread) tick() {
	if f := &t.frame; f.Visit == 0 && f.Phase == machine.Entering && f.Clock != 0 {
		return // it was set when it began
	}
	if t.x.Log != nil && !t.x.Log.Counts() {
		t.frame.Clock = t.x.nanos()
	}
}

// ended says what goes on when the scope of a thread has ended.
func (t *thread) ended(fail *machine.Failure) (*thread, machine.Completion) {
	if t.group != nil {
		return t.group.ended(t, fail)
	}
	t.x.finish()
	return nil, machine.Completion{}
}

// cancelled ends a thread whose context is done.
func (t *thread) cancelled() (*thread, machine.Completion) {
	x := t.x
	if t.answer != nil {
		x.desk().forget(t)
	}
	if t.group != nil {
		return t.group.aborted(t)
	}
	fail := x.opts.Cancelled(&t.frame, x.cause())
	t.tick()
	t.frame.Stop(fail)
	x.finish()
	return nil, machine.Completion{}
}

// cause is why the execution was stopped.
func (x *Exec) cause() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.rare != nil && x.rare.stop != nil {
		return x.rare.stop
	}
	return context.Cause(x.root.under)
}
