package flow_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/flowstone-go/flow"
)

// Each flow of the zoo is run by many at once, in all ways: each is watched by
// readers of which some stop reading, awaited by several, and some are stopped or
// cancelled at any moment. What is not stopped comes to what it should. (Run
// under the race detector, this is where what they share would show.)
func TestZooAtOnce(t *testing.T) {
	for _, a := range zoo() {
		if a.name == "timeout" {
			continue // calls take no time here
		}
		t.Run(a.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var all sync.WaitGroup
				for seed := range uint64(30) {
					all.Go(func() { visit(t, a, rand.New(rand.NewPCG(seed, 7))) })
				}
				all.Wait()
			})
		})
	}
}

// visit runs an animal in one of the many ways.
func visit(t *testing.T, a animal, r *rand.Rand) {
	t.Helper()
	var opts []flow.Option
	for _, o := range []flow.Option{
		flow.Checked(), flow.Stepwise(), flow.Record(&flow.History{}),
		flow.Observe(func(e flow.Event) { _, _ = e.String(), e.Value() }),
	} {
		if r.IntN(3) == 0 {
			opts = append(opts, o)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if r.IntN(3) == 0 {
		out, err := a.run(ctx, opts...)
		a.check(t, out, err)
		return
	}
	e := a.start(ctx, opts...)
	var beside sync.WaitGroup
	for i := range 4 {
		beside.Go(func() {
			n := 0
			for ev, err := range e.Events(t.Context()) {
				if n++; err != nil || ev.String() == "" || n > 4*i {
					break
				}
			}
			_, _, _ = e.Status(), e.Usage(), e.ID()
			_, _ = e.Wait(t.Context())
		})
	}
	moment := time.Duration(r.Int64N(int64(2 * time.Hour)))
	if r.IntN(2) == 0 {
		moment = time.Duration(r.Int64N(int64(time.Second)))
	}
	switch r.IntN(3) {
	case 0:
		beside.Go(func() { time.Sleep(moment); e.Stop(errStock) })
	case 1:
		beside.Go(func() { time.Sleep(moment); cancel() })
	}
	out, err := e.Wait(t.Context())
	if !errors.Is(err, flow.ErrCancelled) {
		a.check(t, out, err)
	}
	beside.Wait()
}
