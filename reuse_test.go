package flow_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/flowstone-go/flow"
)

// A task may keep its context. Once its execution has ended, whose memory the
// next one takes, that context tells of nothing.
func TestAKeptContextTellsOfNoOtherExecution(t *testing.T) {
	type in struct{ N int }
	var mu sync.Mutex
	kept := map[int][]context.Context{}
	keep := func(ctx context.Context, d in) (in, error) {
		mu.Lock()
		defer mu.Unlock()
		kept[d.N] = append(kept[d.N], ctx)
		return d, nil
	}
	watch := func(ctx context.Context, d in) error {
		_, err := keep(ctx, d)
		return err
	}
	flows := map[string]*flow.Flow[in, in]{
		"line":     flow.New[in, in]("line").Then(flow.Task("A", keep), flow.Task("B", keep)).Must(),
		"retry":    flow.New[in, in]("retry").Then(flow.Task("A", keep).Retry(flow.Retry{})).Must(),
		"parallel": flow.New[in, in]("parallel").Then(flow.Parallel("P", flow.Do("A", watch), flow.Do("B", watch), flow.Do("C", watch))).Must(),
	}
	for name, f := range flows {
		t.Run(name, func(t *testing.T) {
			clear(kept)
			for n := range 20 {
				_, err := f.Run(t.Context(), in{n}, flow.WithName(fmt.Sprint("run-", n)))
				require.NoError(t, err)
			}
			assert.Len(t, kept, 20)
			for n, list := range kept {
				for _, ctx := range list {
					s, ok := flow.StateOf(ctx)
					assert.False(t, ok && s.Execution != fmt.Sprint("run-", n), "the context of run %d tells of %+v", n, s)
					assert.False(t, flow.Beat(ctx) && !ok)
				}
			}
		})
	}
}

// Errors that were given out stay as they are when the memory of the failures
// behind them is used again.
func TestRetriedFailuresAreNotMixedUp(t *testing.T) {
	calls := 0
	f := flow.New[int, int]("mixed").Then(
		flow.Task("A", func(_ context.Context, n int) (int, error) {
			if calls++; calls%3 != 0 {
				return 0, fmt.Errorf("A %d", calls)
			}
			return n, nil
		}).Retry(flow.Retry{Interval: flow.NoDelay}),
		flow.Task("B", func(_ context.Context, n int) (int, error) { return 0, fmt.Errorf("B %d", n) }).
			Retry(flow.Retry{Interval: flow.NoDelay, MaxAttempts: 1}),
	).Must()
	var errs []error
	for n := range 10 {
		_, err := f.Run(t.Context(), n)
		errs = append(errs, err)
	}
	for n, err := range errs {
		assert.EqualError(t, err, fmt.Sprintf(`state "B": attempt 2: B %d`, n))
	}
	observed := 0
	_, err := f.Run(t.Context(), 7, flow.Observe(func(e flow.Event) {
		if e.Error != nil {
			observed++
		}
	}))
	assert.EqualError(t, err, `state "B": attempt 2: B 7`)
	assert.Equal(t, 8, observed, "four failures, of which three are retried, and that of the execution")
}

// Executions whose branches fail, wait, time out and go on alone take one
// another's memory: what each gives has to be its own.
func TestForksThatRunSideBySideStayApart(t *testing.T) {
	type in struct{ N, Kind int }
	bad := errors.New("bad")
	branch := func(i int) flow.Node {
		return flow.Task(fmt.Sprint("T", i), func(ctx context.Context, d in) (string, error) {
			if i == d.N%4 {
				switch d.Kind {
				case 1:
					return "", fmt.Errorf("%w: %d", bad, d.N)
				case 2:
					time.Sleep(time.Millisecond)
				case 3:
					<-ctx.Done()
					return "", ctx.Err()
				}
			}
			s, _ := flow.StateOf(ctx)
			return fmt.Sprint(s.Execution, s.Path, i), ctx.Err()
		}).Into(flow.At[string](fmt.Sprint("$.r", i)))
	}
	f := flow.New[in, map[string]any]("apart").Then(
		flow.Parallel("P", branch(0), branch(1), branch(2), branch(3)),
	).Must()
	synctest.Test(t, func(t *testing.T) {
		var all sync.WaitGroup
		for n := range 200 {
			all.Go(func() {
				d := in{n, n / 4 % 4}
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if d.Kind == 3 {
					time.AfterFunc(time.Second, cancel)
				}
				name := fmt.Sprint("e", n)
				out, err := f.Run(ctx, d, flow.WithName(name))
				switch d.Kind {
				case 1:
					assert.ErrorIs(t, err, bad)
					assert.ErrorContains(t, err, fmt.Sprintf("bad: %d", n))
				case 3:
					assert.ErrorIs(t, err, flow.ErrCancelled)
				default:
					assert.NoError(t, err)
					for i := range 4 {
						assert.Equal(t, fmt.Sprintf("%sP/T%d%d", name, i, i), out[fmt.Sprint("r", i)])
					}
				}
			})
		}
		all.Wait()
	})
}

// What stops an execution is the cause of the contexts of its tasks, in a branch
// too, and of those made from them.
func TestTasksSeeTheCauseOfTheStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		why := errors.New("the operator said so")
		causes := make(chan error, 3)
		wait := func(ctx context.Context, _ doc) error {
			inner, cancel := context.WithTimeout(ctx, time.Hour)
			defer cancel()
			<-inner.Done()
			causes <- context.Cause(inner)
			causes <- context.Cause(ctx)
			return ctx.Err()
		}
		for name, node := range map[string]flow.Node{
			"a task":   flow.Do("T", wait),
			"a branch": flow.Parallel("P", flow.Do("T", wait), flow.Pass("Q")),
		} {
			f := flow.New[doc, doc]("stopped").Then(node).Must()
			e := f.Start(t.Context(), doc{})
			synctest.Wait()
			e.Stop(why)
			_, err := e.Wait(t.Context())
			require.ErrorIs(t, err, flow.ErrCancelled, name)
			require.ErrorIs(t, err, why, name)
			assert.Equal(t, why, <-causes, name)
			assert.Equal(t, why, <-causes, name)

			e = f.Start(t.Context(), doc{})
			synctest.Wait()
			e.Stop(nil)
			_, err = e.Wait(t.Context())
			require.ErrorIs(t, err, context.Canceled, name)
			assert.Equal(t, context.Canceled, <-causes, name)
			assert.Equal(t, context.Canceled, <-causes, name)
		}
	})
}

// The events that a History has given stay as they are when it is used again.
func TestEventsOutliveTheirHistory(t *testing.T) {
	f := chain(2)
	var h flow.History
	f = f.With(flow.Record(&h))
	_, err := f.Run(t.Context(), doc{N: 1})
	require.NoError(t, err)
	before := h.Events()
	var values []any
	for _, e := range before {
		values = append(values, e.Value())
	}
	h.Reset()
	assert.Zero(t, h.Len())
	_, err = f.Run(t.Context(), doc{N: 100})
	require.NoError(t, err)
	assert.Len(t, before, h.Len())
	for i, e := range before {
		assert.Equal(t, values[i], e.Value(), e.String())
	}
}

// What was reset or given back keeps no document: neither a History nor a Flow.
func TestNothingIsKeptForTheNextExecution(t *testing.T) {
	type big struct{ Data *[1 << 16]byte }
	pass := func(_ context.Context, b big) (big, error) { return b, nil }
	see := func(context.Context, big) error { return nil }
	f := flow.New[big, big]("big").Then(
		flow.Task("A", pass), flow.Task("B", pass), flow.Parallel("P", flow.Do("C", see), flow.Do("D", see)), flow.Task("E", pass),
	).Must()
	var h flow.History
	for name, opts := range map[string][]flow.Option{"bare": nil, "named": {flow.WithName("n")}, "recorded": {flow.Record(&h)}} {
		t.Run(name, func(t *testing.T) {
			data := new([1 << 16]byte)
			gone := make(chan struct{})
			runtime.AddCleanup(data, func(gone chan struct{}) { close(gone) }, gone)
			_, err := f.Run(context.WithoutCancel(t.Context()), big{data}, opts...)
			require.NoError(t, err)
			h.Reset()
			data = nil   //nolint:ineffassign,wastedassign // nothing of ours is to keep it
			runtime.GC() // one, since a pool is emptied by two
			select {
			case <-gone:
			case <-time.After(time.Second):
				t.Error("the document is kept")
			}
		})
	}
	runtime.KeepAlive(&h)
	runtime.KeepAlive(f)
}

// A hundred thousand executions may wait: what each of them holds is counted, in
// the sizes in which memory is given out.
func TestAnExecutionIsSmall(t *testing.T) {
	if size := reflect.TypeFor[flow.Execution[doc]]().Size(); size > 640 {
		t.Errorf("%d bytes for an Execution", size)
	}
}
