package flow

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync/atomic"

	"github.com/flowstone-go/flow/internal/machine"
)

// Observe has fn called with each event, in order, before the execution goes
// on: it should be quick. It must not block, and must not end its goroutine, as
// testing's FailNow does. One that panics is not called again, and its execution
// ends with [ErrRuntime], which wraps the [PanicError].
func Observe(fn func(Event)) Option {
	return option(func(s *settings) {
		if fn == nil {
			s.fail("Observe(nil)")
			return
		}
		s.observers = append(s.observers, fn)
	})
}

// observing calls the observers of one execution; nil where there are none.
type observing struct {
	fns  []func(Event)
	stop func(cause error) // ends the execution; it returns at once
	bad  atomic.Pointer[brokenObserver]
}

// brokenObserver is the cause of an execution that was stopped since one of its
// observers panicked.
type brokenObserver struct{ panicked *PanicError }

// Error says what happened.
func (b *brokenObserver) Error() string {
	return fmt.Sprintf("an observer panicked: %v", b.panicked.Value)
}

func (b *brokenObserver) failure() *machine.Failure {
	return &machine.Failure{Name: machine.Runtime, Cause: b.Error(), Fatal: true, Err: b.panicked}
}

// observed gives what calls the observers of an execution, and its context,
// which ends when one panics. done lets go of it.
func (s *settings) observed(ctx context.Context) (in context.Context, o *observing, done func()) {
	if len(s.observers) == 0 {
		return ctx, nil, func() {}
	}
	in, cancel := context.WithCancelCause(ctx)
	return in, &observing{fns: slices.Clone(s.observers), stop: cancel}, func() { cancel(nil) }
}

// tell calls the observers with an event.
func (o *observing) tell(m *machine.Event) {
	kept := *m
	e := eventOf(&kept)
	for i, fn := range o.fns {
		if fn != nil && !o.call(fn, e) {
			o.fns[i] = nil
		}
	}
}

func (o *observing) call(fn func(Event), e Event) (ok bool) {
	defer func() {
		if p := recover(); p != nil {
			b := &brokenObserver{&PanicError{Value: p, Stack: debug.Stack()}}
			o.bad.CompareAndSwap(nil, b)
			o.stop(b)
		}
	}()
	fn(e)
	return true
}

// broken is the error of an execution that had nothing left to do when one of
// its observers panicked; nil where none did.
func (o *observing) broken() error {
	if o == nil {
		return nil
	}
	if b := o.bad.Load(); b != nil {
		return errorOf(b.failure())
	}
	return nil
}
