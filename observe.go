package flow

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync/atomic"

	"github.com/flowstone-go/flow/internal/machine"
)

// Observe has fn called with each event, in order, before the execution goes
// on: it should be quick. It must not block. One that panics, or ends its
// goroutine as testing's FailNow does, is not called again, and its execution
// ends with [ErrRuntime], which for a panic wraps the [PanicError].
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
// observers panicked, or ended its goroutine.
type brokenObserver struct{ err error }

// Error says what happened.
func (b *brokenObserver) Error() string {
	if p, ok := b.err.(*PanicError); ok { //nolint:errorlint // made here
		return fmt.Sprintf("an observer panicked: %v", p.Value)
	}
	return b.err.Error()
}

func (b *brokenObserver) failure() *machine.Failure {
	return &machine.Failure{Name: machine.Runtime, Cause: b.Error(), Fatal: true, Err: b.err}
}

var errObserverExited = errors.New("an observer called runtime.Goexit (testing's FailNow does)")

// observed gives what calls the observers of an execution, and its context,
// which ends when one panics. done lets go of it.
func (s *settings) observed(ctx context.Context) (in context.Context, o *observing, done func()) {
	if len(s.observers) == 0 {
		return ctx, nil, func() {}
	}
	in, cancel := context.WithCancelCause(ctx)
	return in, &observing{fns: slices.Clone(s.observers), stop: cancel}, func() { cancel(nil) }
}

// tell calls the observers with an event, which is theirs to keep.
func (o *observing) tell(m *machine.Event) {
	e := eventOf(m)
	for i, fn := range o.fns {
		if fn != nil {
			o.call(i, e)
		}
	}
}

func (o *observing) call(i int, e Event) {
	returned := false
	defer func() {
		if returned {
			return
		}
		b := &brokenObserver{errObserverExited}
		if p := recover(); p != nil {
			b.err = &PanicError{Value: p, Stack: debug.Stack()}
		}
		o.fns[i] = nil
		o.bad.CompareAndSwap(nil, b)
		o.stop(b)
	}()
	o.fns[i](e)
	returned = true
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
