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
