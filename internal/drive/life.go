package drive

import (
	"context"
	"reflect"
	"sync"
)

// life is the context of a started execution: its caller's, and done too when
// the execution is stopped. It is smaller than one of the standard library's,
// which matters where a hundred thousand executions wait.
type life struct {
	context.Context //nolint:containedctx // this is a context

	mu    sync.Mutex
	done  chan struct{} // made when it is asked for
	ended bool
	shut  bool  // done is closed, perhaps before the end: the caller's context was done when it was made
	after *hook // a list

	watch      *watch // of the caller's context; nil where that never ends
	x          *Exec
	next, prev *life
}

// hook is a function that waits for the end of a life.
type hook struct {
	run  func()
	next *hook
}

// begin has the life end with the caller's context.
func (l *life) begin(parent context.Context, x *Exec) {
	l.Context = parent
	l.x = x
	if parent.Done() != nil {
		watchOf(parent, l)
	}
}

// end makes the context done.
func (l *life) end() {
	l.mu.Lock()
	if l.ended {
		l.mu.Unlock()
		return
	}
	l.ended = true
	if l.done != nil && !l.shut {
		close(l.done)
		l.shut = true
	}
	after := l.after
	l.after = nil
	l.mu.Unlock()
	if l.watch != nil {
		l.watch.leave(l)
	}
	for ; after != nil; after = after.next {
		go after.run()
	}
}

// Done is closed when the execution is stopped, or its caller's context done.
func (l *life) Done() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.done == nil {
		l.done = make(chan struct{})
		if l.ended || l.Context.Err() != nil {
			close(l.done)
			l.shut = true
		}
	}
	return l.done
}

// Err is that of the caller's context, or context.Canceled.
func (l *life) Err() error {
	if err := l.Context.Err(); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return context.Canceled
	}
	return nil
}

// AfterFunc lets contexts derived from this one wait for its end without a
// goroutine each.
func (l *life) AfterFunc(f func()) (stop func() bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	h := &hook{run: f, next: l.after}
	if l.ended {
		go f()
		return func() bool { return false }
	}
	l.after = h
	return func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		for at := &l.after; *at != nil; at = &(*at).next {
			if *at == h {
				*at = h.next
				return true
			}
		}
		return false
	}
}

// watch waits for the end of one context for all the executions that were
// started with it.
type watch struct {
	ctx   context.Context //nolint:containedctx // the key under which it is found
	mu    sync.Mutex
	lives *life
	stop  func() bool
}

// watches are the watches in use, by context.
var watches sync.Map

// watchOf has the life end with its parent context. Contexts that may be
// no key of a map get a watch of their own.
func watchOf(parent context.Context, l *life) {
	shared := reflect.TypeOf(parent).Kind() == reflect.Pointer
	for {
		w := &watch{ctx: parent}
		if shared {
			if known, ok := watches.Load(parent); ok {
				w, _ = known.(*watch)
			} else {
				w.mu.Lock() // nobody joins before it is complete
				if known, raced := watches.LoadOrStore(parent, w); raced {
					w, _ = known.(*watch)
				} else {
					w.stop = context.AfterFunc(parent, w.end)
					w.mu.Unlock()
				}
			}
		} else {
			w.stop = context.AfterFunc(parent, w.end)
		}
		if w.join(l) {
			return
		}
	}
}

// join enters a life; false where the watch has just ended for want of any.
func (w *watch) join(l *life) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stop == nil {
		return false
	}
	l.watch = w
	l.next = w.lives
	if l.next != nil {
		l.next.prev = l
	}
	w.lives = l
	return true
}

// leave takes a life off; the last one ends the watch.
func (w *watch) leave(l *life) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case l.prev != nil:
		l.prev.next = l.next
	case w.lives == l:
		w.lives = l.next
	default:
		return // taken off already
	}
	if l.next != nil {
		l.next.prev = l.prev
	}
	l.next, l.prev = nil, nil
	if w.lives == nil && w.stop != nil {
		w.stop()
		w.stop = nil
		watches.CompareAndDelete(w.ctx, w)
	}
}

// end ends all lives: their context is done.
func (w *watch) end() {
	over := false
	defer func() {
		if !over { // a function of the user's ends this goroutine
			go w.end()
		}
	}()
	for {
		w.mu.Lock()
		l := w.lives
		w.mu.Unlock()
		if l == nil {
			over = true
			return
		}
		l.end() // takes itself off
		l.x.cancelParked(nil)
	}
}
