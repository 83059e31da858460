package drive

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/flowstone-go/flow/internal/machine"
)

// atOnce is how many children of a Map without a limit work at the same time,
// as in an inline Map of Step Functions.
const atOnce = 40

// group is the children of one attempt of a Parallel or Map: a number of
// workers, each a thread that takes the next child when it has ended one.
//
// A worker that takes its first child has the next worker started before it
// begins, so that children which wait all get to wait, while children that do
// nothing are done by the first workers before the others are there.
type group struct {
	parent  *thread
	ctx     context.Context //nolint:containedctx // that of the children
	cancel  context.CancelCauseFunc
	n       int32
	most    int32        // workers
	claimed atomic.Int32 // children that were taken by a worker, or given up
	pending atomic.Int32 // children that have not ended; who ends the last goes on with the parent
	started atomic.Int32 // workers
	stopped atomic.Bool

	mu sync.Mutex // of the parent's Join, where order or failures matter
}

// errSibling is the cause with which the children of a failed state are
// stopped.
var errSibling = &machine.Failure{Name: "States.BranchFailed", Cause: "another child of the state has failed", Fatal: true}

// spread prepares the children of the thread's state. It gives the first worker
// for its caller to run.
func (t *thread) spread() *thread {
	g := newGroup(t)
	if log := t.frame.Exec.Log; g.most > 1 && log != nil {
		log.Share()
	}
	return g.worker()
}

// newGroup makes the group for the children of the thread's state.
func newGroup(t *thread) *group {
	join := t.frame.Join
	workers := join.N
	switch s := t.frame.Current(); {
	case join.Limit > 0:
		workers = min(workers, join.Limit)
	case s.Kind == machine.Map:
		workers = min(workers, atOnce)
	}
	g := &group{parent: t, n: int32(join.N), most: int32(workers)} //nolint:gosec // bounded by memory
	g.pending.Store(g.n)
	g.ctx = t.ctx.Context
	if join.N > 1 {
		g.ctx, g.cancel = context.WithCancelCause(g.ctx)
	}
	return g
}

// worker makes a worker.
func (g *group) worker() *thread {
	g.started.Add(1)
	w := &thread{group: g, fresh: true}
	w.init(g.parent.x, g.ctx)
	return w
}

// join is the life of a worker that has a goroutine of its own.
func (t *thread) join() {
	t.onwards(func() (*thread, machine.Completion) { return t.group.claim(t) })
}

// claim gives a worker its next child; without one left the worker is done.
// Where the children are to stop, those that nobody has taken are given up.
func (g *group) claim(t *thread) (*thread, machine.Completion) {
	for {
		if g.stopped.Load() || t.ctx.Err() != nil {
			if taken := g.claimed.Swap(g.n); taken < g.n {
				return g.gone(g.n - taken)
			}
			return nil, machine.Completion{}
		}
		i := g.claimed.Add(1) - 1
		if i >= g.n {
			return nil, machine.Completion{}
		}
		t.index = i
		if t.fresh {
			t.fresh = false
			if i+1 < g.n && g.started.Load() < g.most {
				if g.parent.x.counted {
					g.parent.x.busy.Add(1)
				}
				go g.worker().join()
			}
		}
		var fail *machine.Failure
		t.tick()
		g.order(func() { fail = g.parent.frame.Begin(int(t.index), &t.frame) })
		if fail == nil {
			return t, machine.Completion{}
		}
		g.fault(t, fail)
		if parent, c := g.gone(1); parent != nil {
			return parent, c
		}
	}
}

// gone counts children that have ended, or that nobody will begin. The last
// of all gives the parent to go on with.
func (g *group) gone(n int32) (*thread, machine.Completion) {
	if g.pending.Add(-n) > 0 {
		return nil, machine.Completion{}
	}
	if g.cancel != nil {
		g.cancel(nil)
	}
	return g.parent, machine.Completion{Answer: machine.Joined}
}

// next goes on after a child has ended: with the parent if it was the last,
// else with another child.
func (g *group) next(t *thread) (*thread, machine.Completion) {
	if parent, c := g.gone(1); parent != nil {
		return parent, c
	}
	return g.claim(t)
}

// order runs f under the lock of the group if events are told, whose order
// and ids the parent keeps.
func (g *group) order(f func()) {
	if g.parent.frame.Exec.Observed {
		g.mu.Lock()
		defer g.mu.Unlock()
	}
	f()
}

// ended takes the outcome of a child.
func (g *group) ended(t *thread, fail *machine.Failure) (*thread, machine.Completion) {
	if fail == nil {
		g.order(func() { g.parent.frame.Succeeded(int(t.index), &t.frame) })
	} else {
		g.fault(t, fail)
	}
	return g.next(t)
}

// fault counts a failed child and stops the others if that fails the state.
func (g *group) fault(t *thread, fail *machine.Failure) {
	if g.faulted(t, fail) && g.cancel != nil {
		g.cancel(errSibling)
		g.parent.x.cancelParked(g)
	}
}

// faulted tells whether the others are to be stopped.
func (g *group) faulted(t *thread, fail *machine.Failure) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	t.frame.Phase = machine.Failed
	return g.parent.frame.Faulted(int(t.index), &t.frame, fail) && !g.stopped.Swap(true)
}

// aborted takes a child that was stopped.
func (g *group) aborted(t *thread) (*thread, machine.Completion) {
	t.tick()
	g.order(func() { t.frame.Abort() })
	return g.next(t)
}
