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
	ended atomic.Bool   // set under the lock
	shut  bool          // done is closed, perhaps before the end: the parent was done when it was made
	after *hook         // a list
	// because has the cause of the end, in the form in which package context
	// finds it; nil where the cause is none but context.Canceled.
	because atomic.Pointer[because]
}

// because is a context that has ended for a cause.
type because struct{ context.Context } //nolint:containedctx // this is a context

// hook is a function that waits for the end of a context.
type hook struct {
	run  func()
	next *hook
}

// end makes the context done, for a cause; nil is context.Canceled. It gives
// false where it was done by an end before.
func (e *ending) end(cause error) bool {
	var b *because
	if cause != nil {
		ctx, cancel := context.WithCancelCause(e.Context)
		cancel(cause)
		b = &because{ctx}
	}
	e.mu.Lock()
	if e.ended.Load() {
		e.mu.Unlock()
		return false
	}
	e.because.Store(b)
	e.ended.Store(true)
	if e.done != nil && !e.shut {
		close(e.done)
		e.shut = true
	}
	after := e.after
	e.after = nil
	e.mu.Unlock()
	for ; after != nil; after = after.next {
		go after.run()
	}
	return true
}

// Done is closed when the context has ended, or its parent.
func (e *ending) Done() <-chan struct{} {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.done == nil {
		e.done = make(chan struct{})
		if e.ended.Load() || e.Context.Err() != nil {
			close(e.done)
			e.shut = true
		}
	}
	return e.done
}

// Err is that of the parent, or context.Canceled.
func (e *ending) Err() error {
	if err := e.Context.Err(); err != nil {
		return err
	}
	if e.ended.Load() {
		return context.Canceled
	}
	return nil
}

// Value gives the parent's values, and to context.Cause why it has ended.
func (e *ending) Value(key any) any {
	if b := e.because.Load(); b != nil {
		return b.Value(key)
	}
	return e.Context.Value(key)
}

// AfterFunc lets contexts derived from this one wait for its end without a
// goroutine each.
func (e *ending) AfterFunc(f func()) (stop func() bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	h := &hook{run: f, next: e.after}
	if e.ended.Load() {
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
	if b.watching || b.ended.Load() || b.Context.Done() == nil {
		return
	}
	b.watching = true
	b.stop = context.AfterFunc(b.Context, func() { b.ending.end(nil) })
}

// end makes the context done, for a cause; nil is context.Canceled.
func (b *branching) end(cause error) {
	if !b.ending.end(cause) {
		return
	}
	b.mu.Lock()
	stop := b.stop
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
