package drive

import (
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
	x       *Exec
	parent  *thread
	ctx     branching // that of the children
	n       int32
	most    int32        // workers
	claimed atomic.Int32 // children that were taken by a worker, or given up
	pending atomic.Int32 // children that have not ended; who ends the last goes on with the parent
	started atomic.Int32 // workers
	stopped atomic.Bool

	mu sync.Mutex // of the parent's Join, where order or failures matter
}

// idle are threads of workers that have left, to be used again. Whoever has
// the last child ended goes on with the parent, so that the execution may be over
// before the other workers have left: those look at their group alone.
var idle = sync.Pool{New: func() any { return new(thread) }}

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
	g := &group{x: t.x, parent: t, n: int32(join.N), most: int32(workers)} //nolint:gosec // bounded by memory
	g.pending.Store(g.n)
	g.ctx.Context = t.under //nolint:fatcontext // set once, where the group is made
	return g
}

// worker makes a worker.
func (g *group) worker() *thread {
	g.started.Add(1)
	w, _ := idle.Get().(*thread)
	w.group, w.clean = g, true
	w.init(g.x, &g.ctx)
	return w
}

// judge finds out whether anything may keep the memory of a worker whose child
// has ended, while the execution is there to be asked. The context of its calls
// tells of nothing then, up to the next child.
func (t *thread) judge() {
	if t.ctx != nil {
		t.ctx.shut()
	}
	t.clean = t.clean && t.timer == nil && !t.x.top().marks.has(kept)
}

// retire lets go of a worker without a child.
func (t *thread) retire() {
	if t.clean {
		t.clear()
		idle.Put(t)
	}
}

// join is the life of a worker that has a goroutine of its own.
func (t *thread) join() {
	t.onwards(func() (*thread, machine.Completion) { return t.group.claim(t) })
}

// claim gives a worker its next child; without one left the worker is done.
// Where the children are to stop, those that nobody has taken are given up.
func (g *group) claim(t *thread) (*thread, machine.Completion) {
	for {
		if g.claimed.Load() >= g.n {
			t.retire()
			return nil, machine.Completion{}
		}
		if g.stopped.Load() || g.ctx.Err() != nil {
			t.retire()
			if taken := g.claimed.Swap(g.n); taken < g.n {
				return g.gone(g.n - taken)
			}
			return nil, machine.Completion{}
		}
		i := g.claimed.Add(1) - 1
		if i >= g.n {
			t.retire()
			return nil, machine.Completion{}
		}
		t.index = i
		if first := t.frame.Parent == nil; first && i+1 < g.n && g.started.Load() < g.most {
			if g.x.counted {
				g.x.busy.Add(1)
			}
			go g.worker().join()
		}
		t.tick()
		fail := g.begin(t)
		if fail == nil {
			return t, machine.Completion{}
		}
		g.fault(t, fail)
		t.judge()
		if parent, c := g.gone(1); parent != nil {
			t.retire()
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
	g.ctx.end(nil)
	return g.parent, machine.Completion{Answer: machine.Joined}
}

// next goes on after a child has ended: with the parent if it was the last,
// else with another child.
func (g *group) next(t *thread) (*thread, machine.Completion) {
	t.judge()
	if parent, c := g.gone(1); parent != nil {
		t.retire()
		return parent, c
	}
	return g.claim(t)
}

// begin has a worker begin with the child that it has claimed.
func (g *group) begin(t *thread) *machine.Failure {
	if t.ctx != nil {
		defer t.ctx.open()
	}
	if g.parent.frame.Exec.Observed { // the parent keeps the order and the ids of the events
		g.mu.Lock()
		defer g.mu.Unlock()
	}
	return g.parent.frame.Begin(int(t.index), &t.frame)
}

// ended takes the outcome of a child.
func (g *group) ended(t *thread, fail *machine.Failure) (*thread, machine.Completion) {
	if fail != nil {
		g.fault(t, fail)
		return g.next(t)
	}
	g.succeeded(t)
	return g.next(t)
}

func (g *group) succeeded(t *thread) {
	if g.parent.frame.Exec.Observed {
		g.mu.Lock()
		defer g.mu.Unlock()
	}
	g.parent.frame.Succeeded(int(t.index), &t.frame)
}

// fault counts a failed child and stops the others if that fails the state.
func (g *group) fault(t *thread, fail *machine.Failure) {
	if g.faulted(t, fail) {
		g.ctx.end(errSibling)
		g.x.cancelParked(g)
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
	g.abort(t)
	return g.next(t)
}

func (g *group) abort(t *thread) {
	g.mu.Lock()
	defer g.mu.Unlock() // an observer may end this goroutine
	t.frame.Abort()
}
