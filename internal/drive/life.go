package drive

import (
	"context"
	"reflect"
	"sync"
)

// life is the context of a started execution: its caller's, and done too when
// the execution is stopped.
type life struct {
	ending
	watch      *watch // of the caller's context; nil where that never ends
	x          *Exec
	next, prev *life
}

// begin has the life end with the caller's context.
func (l *life) begin(parent context.Context, x *Exec) {
	l.Context = parent
	l.x = x
	if parent.Done() != nil {
		watchOf(parent, l)
	}
}

// end makes the context done. It is taken off the watch even where it was done
// before: whoever asked its Err may have found that the caller's context is.
func (l *life) end(cause error) {
	l.ending.end(cause)
	if l.watch != nil {
		l.watch.leave(l)
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
		l.end(nil) // takes itself off
		l.x.cancelParked(nil)
	}
}
