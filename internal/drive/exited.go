package drive

import (
	"errors"

	"github.com/flowstone-go/flow/internal/machine"
)

// A function of the user's may end the goroutine that calls it, by
// runtime.Goexit, as testing's FailNow does. Nothing can hold that up: the
// deferred functions run, and in one of them another goroutine is begun that
// goes on with the thread.
//
// In a call it is a failure of the work, as a panic is. Elsewhere, in a
// predicate or a MarshalJSON or an observer, the thread may stand in the middle
// of a step, so that it ends there.

// errExited is the failure of a callee that ended its goroutine.
var errExited = errors.New("the function called runtime.Goexit (testing's FailNow does)")

// exitedCall is the failure of work that has ended the goroutine of the caller
// of Run: nobody waits for the outcome any more, so that nothing deals with it.
func exitedCall() *machine.Failure {
	return &machine.Failure{Name: machine.TaskFailed, Cause: errExited.Error(), Err: errExited, Fatal: true}
}

// exitedStep is the failure of a step in which a function that is no work ended
// the goroutine.
func exitedStep() *machine.Failure {
	return &machine.Failure{
		Name: machine.Runtime, Err: errExited, Fatal: true,
		Cause: "a condition, an observer or a method of a value called runtime.Goexit (testing's FailNow does)",
	}
}

// flee notes that a function of the user's has ended its goroutine.
func (x *Exec) flee() {
	x.marks.set(fled)
	x.top().marks.set(kept)
}

// exited goes on with a thread whose goroutine is about to end. Where that is
// its caller's, all of the execution has ended before it does.
func (t *thread) exited(callers bool) {
	x := t.x
	x.flee()
	if t.fled {
		t.fled = false
		err := errExited
		if callers {
			err = exitedCall()
		}
		go t.take(func(t *thread) machine.Completion {
			c, _ := t.raised(err)
			return c
		})
	} else {
		go t.lost()
	}
	if callers && x.inline() {
		<-x.Done()
	}
}

// lost ends a thread in the middle of a step.
func (t *thread) lost() {
	t.onwards(func() (*thread, machine.Completion) {
		if t.group != nil {
			return t.group.lost(t, exitedStep())
		}
		t.tick()
		t.frame.Break(exitedStep())
		t.x.finish()
		return nil, machine.Completion{}
	})
}

// lost takes a child that ended in the middle of a step: with it ends the state.
func (g *group) lost(t *thread, fail *machine.Failure) (*thread, machine.Completion) {
	if g.losing(t, fail) {
		g.ctx.end(errSibling)
		g.x.cancelParked(g)
	}
	return g.next(t)
}

// losing tells whether the others are to be stopped.
func (g *group) losing(t *thread, fail *machine.Failure) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.parent.frame.Lost(&t.frame, fail)
	return !g.stopped.Swap(true)
}

// take goes on with what the answer to an attempt comes to.
func (t *thread) take(r reply) {
	t.onwards(func() (*thread, machine.Completion) { return t, r(t) })
}

// onwards goes on with the thread that f gives, if any, in a goroutine of the
// driver's.
func (t *thread) onwards(f func() (*thread, machine.Completion)) {
	x := t.x
	over := false
	defer func() {
		if over {
			return
		}
		if p := recover(); p != nil {
			panic(p) // one of ours
		}
		x.flee()
		go t.lost()
	}()
	next, c := f()
	over = true
	switch {
	case next != nil:
		next.run(c)
	case x.counted:
		x.still()
	}
}
