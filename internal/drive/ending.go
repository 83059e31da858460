package drive

import (
	"context"
	"sync"
	"sync/atomic"
)

// ending is a context that ends by itself, and with its parent for whoever asks
// Err. It is smaller than one of the standard library's and costs next to
// nothing until it is waited for: that matters where a hundred thousand
// executions wait, and where branches do little.
//
// Who owns it sees to it that it ends with its parent for whoever waits, too.
type ending struct {
	context.Context //nolint:containedctx // this is a context

	mu    sync.Mutex
	done  chan struct{} // made when it is asked for
	after *hook         // a list
	// outcome is how it has ended, for whatever happens to the parent later; it is
	// set under the lock.
	outcome atomic.Pointer[outcomeOf]
}

// outcomeOf is how a context has ended.
type outcomeOf struct {
	err error
	// because has the cause in the form in which package context finds it; nil
	// where that is the parent's.
	because context.Context //nolint:containedctx // of one that has ended
}

// plain is the end of a context without a cause, while its parent went on.
var plain = func() *outcomeOf {
	ctx, cancel := context.WithCancel(context.Background()) //nolint:forbidigo // of no caller: it is over before it is used
	cancel()
	return &outcomeOf{context.Canceled, ctx}
}()

// hook is a function that waits for the end of a context.
type hook struct {
	run  func()
	next *hook
}

// end makes the context done, for a cause; nil is context.Canceled. One that is
// done already stays as it is.
func (e *ending) end(cause error) {
	if e.outcome.Load() != nil {
		return
	}
	var because context.Context
	if cause != nil {
		ctx, cancel := context.WithCancelCause(e.Context)
		cancel(cause)
		because = ctx
	}
	e.mu.Lock()
	if e.outcome.Load() != nil {
		e.mu.Unlock()
		return
	}
	o := plain
	if err := e.Context.Err(); err != nil {
		o = &outcomeOf{err: err}
	} else if because != nil {
		o = &outcomeOf{context.Canceled, because}
	}
	e.outcome.Store(o)
	if e.done != nil {
		close(e.done)
	}
	after := e.after
	e.after = nil
	e.mu.Unlock()
	for ; after != nil; after = after.next {
		go after.run()
	}
}

// Done is closed when the context has ended, or its parent.
func (e *ending) Done() <-chan struct{} {
	_ = e.Err()
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.done == nil {
		e.done = make(chan struct{})
		if e.outcome.Load() != nil {
			close(e.done)
		}
	}
	return e.done
}

// Err is that of the parent, or context.Canceled. Where the parent has ended
// before whoever owns the context has ended it, it does so itself, so that nobody
// sees an error before Done is closed, or two errors one after the other.
func (e *ending) Err() error {
	if e.outcome.Load() == nil {
		if e.Context.Err() == nil {
			return nil
		}
		e.end(nil)
	}
	e.mu.Lock() // under which Done is closed
	defer e.mu.Unlock()
	return e.outcome.Load().err
}

// Value gives the parent's values, and to context.Cause why it has ended.
func (e *ending) Value(key any) any {
	if o := e.outcome.Load(); o != nil && o.because != nil {
		if v := o.because.Value(key); v != nil || o != plain {
			return v
		}
	}
	return e.Context.Value(key)
}

// AfterFunc lets contexts derived from this one wait for its end without a
// goroutine each.
func (e *ending) AfterFunc(f func()) (stop func() bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	h := &hook{run: f, next: e.after}
	if e.outcome.Load() != nil {
		go f()
		return func() bool { return false }
	}
	e.after = h
	return func() bool {
		e.mu.Lock()
		defer e.mu.Unlock()
		for at := &e.after; *at != nil; at = &(*at).next {
			if *at == h {
				*at = h.next
				return true
			}
		}
		return false
	}
}

// branching is the context of the children of a Parallel or Map: it ends when
// they have, or when one of them fails. It watches its parent from when it is
// first waited for.
type branching struct {
	ending
	watching bool
	stop     func() bool // the watching
}

// watch has the context end with its parent.
func (b *branching) watch() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.watching || b.outcome.Load() != nil || b.Context.Done() == nil {
		return
	}
	b.watching = true
	b.stop = context.AfterFunc(b.Context, func() { b.ending.end(nil) })
}

// end makes the context done, for a cause; nil is context.Canceled.
func (b *branching) end(cause error) {
	b.ending.end(cause)
	b.mu.Lock()
	stop := b.stop
	b.stop = nil
	b.mu.Unlock()
	if stop != nil {
		stop()
	}
}

// Done is closed when the context has ended, or its parent.
func (b *branching) Done() <-chan struct{} {
	b.watch()
	return b.ending.Done()
}

// AfterFunc lets contexts derived from this one wait for its end without a
// goroutine each.
func (b *branching) AfterFunc(f func()) (stop func() bool) {
	b.watch()
	return b.ending.AfterFunc(f)
}
