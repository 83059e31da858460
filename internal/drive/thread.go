package drive

import (
	"context"
	"time"

	"github.com/flowstone-go/flow/internal/machine"
)

// thread is a frame in this process.
type thread struct {
	x       *Exec
	frame   machine.Frame
	under   context.Context //nolint:containedctx // the execution's, or that of the group
	ctx     *callCtx        // of its calls; nil before the first
	again   *contexts       // of a thread that is used again
	group   *group          // of the Parallel or Map that this is a child of; nil for the root
	index   int32           // which child
	resting bool            // in the list of parked threads
	clean   bool            // a worker whose memory nothing can keep
	fled    bool            // its work has ended the goroutine that moved it

	timer      *time.Timer
	answer     *answer // what an awaited token brings
	next, prev *thread
}

// init prepares a thread that lies in its owner.
func (t *thread) init(x *Exec, ctx context.Context) {
	t.x = x
	t.under = ctx
	t.frame.Carrier = t
}

// clear makes a thread as good as new. The contexts of its calls, which a task
// may have kept, tell of nothing from then on.
func (t *thread) clear() {
	if t.ctx != nil {
		t.ctx.shut()
	}
	t.frame.Clear()
	if t.again == nil {
		t.again = &contexts{}
	}
	t.x, t.under, t.ctx, t.group, t.index = nil, nil, nil, nil, 0
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
		op := machine.Next(&t.frame, c)
		if op == machine.Call && t.glides() {
			op = t.glide()
		}
		switch op {
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
func (t *thread) stopped() bool { return t.under.Err() != nil || t.x.marks.has(stopping) }

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
