package drive

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime/debug"
	"time"

	"github.com/flowstone-go/flow/internal/machine"
)

// Pending is the error by which a callee says that its call was submitted and
// is answered later, by token. Value is the answer to the submission.
type Pending struct{ Value any }

// Error says what it is.
func (*Pending) Error() string { return "the call is answered later" }

// Panic is the error of a callee that panicked.
type Panic struct {
	Value any
	Stack []byte
}

// Error gives the value of the panic.
func (p *Panic) Error() string { return fmt.Sprintf("panic: %v", p.Value) }

// Unwrap gives the value of the panic if it is an error.
func (p *Panic) Unwrap() error {
	err, _ := p.Value.(error)
	return err
}

// call does the work that the thread's state asks for and says which thread
// goes on with its outcome.
func (t *thread) call() (*thread, machine.Completion) {
	if t.stopped() {
		return t.cancelled()
	}
	c, stop := t.work()
	if stop {
		return t.cancelled()
	}
	return t, c
}

// work does the work that the thread's state asks for. stop tells that it
// ended by the cancellation of the thread.
func (t *thread) work() (c machine.Completion, stop bool) {
	f := &t.frame
	if t.answer != nil {
		t.x.desk().ask(t)
	}
	callee, bounded := t.callee(f)
	var v any
	var err error
	switch {
	case t.x.opts.Check != nil:
		v, err = t.x.opts.Check(f, func() (any, error) { return t.perform(callee, bounded) })
	case bounded:
		v, err = t.callBounded(callee)
	default:
		v, err = guard(t, callee)
	}
	if err == nil && t.answer == nil {
		return machine.Completion{Answer: machine.Returned, Value: v}, false
	}
	if err == nil {
		return t.overtaken(v), false
	}
	return t.raised(err)
}

// overtaken is the completion of a call that returned v in a state with a
// token: an answer that came before counts, and none does from now on.
func (t *thread) overtaken(v any) machine.Completion {
	if c, answered := t.x.desk().leave(t); answered {
		return c
	}
	return machine.Completion{Answer: machine.Returned, Value: v}
}

func (t *thread) perform(callee machine.Callee, bounded bool) (any, error) {
	if bounded {
		return t.callBounded(callee)
	}
	return guard(t, callee)
}

// raised makes of a callee's error what the machine is told. An error with a
// method Left leaves its value to the next attempt, as the frame's Res; one with
// a method Failure is that failure.
//
//go:noinline
func (t *thread) raised(err error) (c machine.Completion, stop bool) {
	if pending, ok := err.(*Pending); ok { //nolint:errorlint // a signal to the driver, never wrapped
		return machine.Completion{Answer: machine.Submitted, Value: pending.Value}, false
	}
	if t.frame.Token() != "" {
		if c, answered := t.x.desk().leave(t); answered {
			return c, false // whoever answered was told that the answer counts
		}
	}
	if _, made := err.(*machine.Failure); !made && t.under.Err() != nil { //nolint:errorlint // one made here
		return machine.Completion{}, true // the caller's cancellation, not a failure of the work
	}
	fail, left := t.explain(err)
	return machine.Completion{Answer: machine.Raised, Fail: fail, Value: left}, false
}

// explain makes a failure of an error, and gives what the error leaves to the
// next attempt. It asks the error by methods
// of the user's, which may panic: those of a nil pointer do, which stands in an
// error where a function returns a nil *T of its own as one. Nobody asks such
// an error again.
func (t *thread) explain(err error) (fail *machine.Failure, left any) {
	defer func() {
		if p := recover(); p != nil {
			said := fmt.Sprintf("the error that was returned, a %T, panics when it is asked what it is: %v", err, p)
			if v := reflect.ValueOf(err); v.Kind() == reflect.Pointer && v.IsNil() {
				said = fmt.Sprintf("a nil %T was returned as an error, which is not nil (return nil itself)", err)
			}
			fail, left = &machine.Failure{Name: machine.TaskFailed, Cause: said, Err: &Panic{Value: said, Stack: debug.Stack()}}, nil
		}
	}()
	if m, ok := errors.AsType[interface {
		error
		Left() any
	}](err); ok {
		left = m.Left()
	}
	if made, ok := err.(*machine.Failure); ok { //nolint:errorlint // one made here
		return made, left
	}
	if m, has := err.(interface{ Failure() *machine.Failure }); has {
		return m.Failure(), left
	}
	return t.x.opts.Explain(&t.frame, err), left
}

func (t *thread) callee(f *machine.Frame) (callee machine.Callee, detached bool) {
	s := f.Current()
	switch f.Phase {
	case machine.Reading:
		return s.Fork.Run.Read, false
	case machine.Writing:
		return s.Fork.Run.Write, false
	}
	if t.x.opts.StandIn != nil {
		if c := t.x.opts.StandIn(s); c != nil {
			return c, bounded(f)
		}
	}
	return s.Work.Callee, bounded(f)
}

func bounded(f *machine.Frame) bool {
	timeout, heartbeat := f.Bounds()
	return timeout > 0 || heartbeat > 0
}

// guard calls with the one recover that user code runs under.
func guard(t *thread, callee machine.Callee) (v any, err error) {
	returned := false
	defer func() {
		if !returned {
			err = t.caught(recover())
		}
	}()
	v, err = callee.Call(t.calling(), &t.frame, t.frame.Spare())
	returned = true
	return v, err
}

// caught makes a panic the error of the call. Without one the function has ended
// its goroutine: another one goes on with the thread.
func (t *thread) caught(p any) error {
	if p != nil {
		return &Panic{Value: p, Stack: debug.Stack()}
	}
	t.fled = true
	return nil
}

// guardDetached is guard for a call in a goroutine of its own.
func guardDetached(ctx context.Context, callee machine.Callee, f *machine.Frame, out chan<- outcome) {
	o := outcome{err: errExited}
	defer func() {
		if p := recover(); p != nil {
			o.err = &Panic{Value: p, Stack: debug.Stack()}
		}
		out <- o
	}()
	o.v, o.err = callee.Call(ctx, f, nil)
}

type outcome struct {
	v   any
	err error
}

// callBounded calls detached, so that a callee which ignores its context
// can't hold up the timeout of its state: then the flow goes on without it.
func (t *thread) callBounded(callee machine.Callee) (any, error) {
	snap := t.frame.Detached() // what the call may read after the thread has gone on
	if t.x.opts.Detach != nil {
		snap.Args = t.x.opts.Detach(snap.Args)
	}
	parent, cancel := context.WithCancelCause(t.under)
	defer cancel(nil)
	beats := make(chan struct{}, 1)
	beat := func() {
		select {
		case beats <- struct{}{}:
		default:
		}
	}
	if t.frame.Token() != "" {
		t.x.desk().hear(t, beat)
	}
	submitted := make(chan any, 1)
	ctx := &callCtx{Context: parent, at: &site{snap, t.x.opts, &detached{beat, submitted}}}
	out := make(chan outcome, 1)
	top := t.x.top()
	top.marks.set(kept)
	top.calls.Add(1)
	if log := t.frame.Exec.Log; log != nil {
		log.Share() // the call may tell while the thread goes on
	}
	go func() {
		defer top.returned()
		guardDetached(ctx, callee, snap, out)
	}()
	timeout, heartbeat := t.frame.Bounds()
	expired, missed := after(timeout), after(heartbeat)
	defer expired.Stop()
	defer missed.Stop()
	for {
		select {
		case o := <-out:
			select {
			case v := <-submitted:
				t.frame.Submitted(v)
			default:
			}
			return o.v, o.err
		case v := <-submitted:
			t.frame.Submitted(v)
		case <-beats:
			missed.Reset(heartbeat)
		case <-expired.C:
			return t.abandon(cancel, out, &machine.Failure{Name: machine.TimedOut, Timer: true})
		case <-missed.C:
			return t.abandon(cancel, out, &machine.Failure{Name: machine.TimedOut, Timer: true, Heartbeat: true})
		}
	}
}

// abandon leaves a call behind whose time is up, unless it has just returned.
func (t *thread) abandon(cancel context.CancelCauseFunc, out <-chan outcome, fail *machine.Failure) (any, error) {
	select {
	case o := <-out:
		return o.v, o.err
	default:
	}
	cancel(fail)
	t.frame.Abandoned()
	return nil, fail
}

// after is a timer that never fires for a bound of 0.
func after(d time.Duration) *time.Timer {
	if d > 0 {
		return time.NewTimer(d)
	}
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	return timer
}
