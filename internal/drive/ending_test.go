package drive

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestABranchingEndsWithItsParent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		why := errors.New("why")
		parent, cancel := context.WithCancelCause(t.Context())
		b := &branching{}
		b.Context = parent
		inner, stop := context.WithTimeout(b, time.Hour)
		defer stop()
		if b.Err() != nil || inner.Err() != nil {
			t.Errorf("fresh: %v, %v", b.Err(), inner.Err())
		}
		cancel(why)
		<-b.Done()
		<-inner.Done()
		if b.Err() != context.Canceled || context.Cause(b) != why || context.Cause(inner) != why {
			t.Errorf("ended by its parent: %v, causes %v, %v", b.Err(), context.Cause(b), context.Cause(inner))
		}
	})
}

func TestABranchingEndsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		why := errors.New("why")
		parent, cancel := context.WithCancel(t.Context())
		defer cancel()
		outer := &branching{}
		outer.Context = parent
		b := &branching{}
		b.Context = outer
		ran := make(chan struct{})
		context.AfterFunc(b, func() { close(ran) })
		b.end(why)
		b.end(errors.New("too late"))
		<-b.Done()
		<-ran
		if b.Err() != context.Canceled || context.Cause(b) != why {
			t.Errorf("ended alone: %v, cause %v", b.Err(), context.Cause(b))
		}
		if outer.Err() != nil || context.Cause(outer) != nil {
			t.Errorf("the one around it: %v, cause %v", outer.Err(), context.Cause(outer))
		}
		outer.end(nil)
		if outer.Err() != context.Canceled || context.Cause(outer) != context.Canceled {
			t.Errorf("the one around it: %v, cause %v", outer.Err(), context.Cause(outer))
		}
	})
}

// Nobody who waits is told before the end: what nobody waits for makes no channel.
func TestABranchingCostsNothingUntilItIsWaitedFor(t *testing.T) {
	b := &branching{}
	b.Context = t.Context()
	_ = b.Err()
	b.end(nil)
	if b.done != nil || b.stop != nil {
		t.Error("a channel or a watch was made")
	}
}

// How a context has ended is told once: not before Done is closed, and not in
// another way when its parent ends too, later.
func TestAContextEndsOnce(t *testing.T) {
	why := errors.New("why")
	for name, begin := range map[string]func(parent context.Context) (context.Context, func(error)){
		"branching": func(parent context.Context) (context.Context, func(error)) {
			b := &branching{}
			b.Context = parent
			return b, b.end
		},
		"life": func(parent context.Context) (context.Context, func(error)) {
			l := newLife(parent)
			return l, l.end
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				parent, cancel := context.WithCancelCause(t.Context())
				ctx, end := begin(parent)
				done, inner := ctx.Done(), context.WithoutCancel(ctx)
				cancel(why)
				if ctx.Err() == nil {
					t.Error("no error, though the parent has ended")
				}
				select {
				case <-done:
				default:
					t.Error("an error before Done is closed")
				}
				end(errors.New("too late"))
				if ctx.Err() != context.Canceled || context.Cause(ctx) != why || inner.Err() != nil {
					t.Errorf("ended by its parent: %v, cause %v", ctx.Err(), context.Cause(ctx))
				}
				if _, kept := watches.Load(parent); kept {
					t.Error("the watch of a context that has ended is kept")
				}
				for _, cause := range []error{why, nil} {
					parent, cancel := context.WithTimeoutCause(t.Context(), time.Second, errors.New("too late"))
					ctx, end := begin(parent)
					end(cause)
					want := cause
					if cause == nil {
						want = context.Canceled
					}
					for range 2 {
						if ctx.Err() != context.Canceled || context.Cause(ctx) != want {
							t.Errorf("ended for %v: %v, cause %v", cause, ctx.Err(), context.Cause(ctx))
						}
						<-ctx.Done()
						<-parent.Done()
					}
					cancel()
				}
			})
		})
	}
}
