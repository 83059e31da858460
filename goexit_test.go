package flow_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/flowstone-go/flow"
)

// leaving ends its goroutine when it is asked for its JSON, parting when it is
// asked for its name.
type (
	leaving struct{ N int }
	parting struct{}
)

func (leaving) MarshalJSON() ([]byte, error) { runtime.Goexit(); return nil, nil }
func (parting) Error() string                { return "parting" }
func (parting) ErrorName() string            { runtime.Goexit(); return "" }

type goexit struct {
	nodes []flow.Node
	want  error
}

// goexits are flows of lists in which a function ends its goroutine, as FailNow
// of a test does, and what they fail with.
func goexits() map[string]goexit {
	leave := func(context.Context, int) (int, error) { runtime.Goexit(); return 0, nil }
	number := func(_ context.Context, i int) (int, error) { return i, nil }
	list, first, item := flow.At[[]int]("$"), flow.At[int]("$[0]"), flow.At[int]("$")
	holds := func(int) bool { runtime.Goexit(); return true }
	unwritable := flow.Task("T", func(context.Context, any) (leaving, error) { return leaving{}, nil })
	choose := flow.Choice("C").When(flow.Eq(flow.At[int]("$.a"), 1)).Otherwise()
	wait := flow.Wait("W", time.Hour)
	return map[string]goexit{
		"a task":                {[]flow.Node{flow.Task("T", leave).From(first)}, flow.ErrTaskFailed},
		"a task after others":   {[]flow.Node{flow.Task("A", number).From(first), flow.Task("B", number), flow.Task("T", leave)}, flow.ErrTaskFailed},
		"a task after a wait":   {[]flow.Node{flow.Wait("W", time.Millisecond), flow.Task("T", leave).From(first)}, flow.ErrTaskFailed},
		"a task with a timeout": {[]flow.Node{flow.Task("T", leave).From(first).Timeout(time.Hour)}, flow.ErrTaskFailed},
		"items":                 {[]flow.Node{flow.Map[int]("M", list, flow.Task("T", leave)).Concurrency(2)}, flow.ErrTaskFailed},
		"items, one by one":     {[]flow.Node{flow.Map[int]("M", list, flow.Task("T", leave)).Concurrency(1)}, flow.ErrTaskFailed},
		"items that wait": {[]flow.Node{flow.Map[int]("M", list, flow.Choice("C").
			When(flow.Eq(item, 1), flow.Task("T", leave)).Otherwise(wait))}, flow.ErrTaskFailed},
		"a branch": {[]flow.Node{flow.Parallel("P",
			flow.Task("T", leave).From(first).Into(flow.At[int]("$[0]")), wait)}, flow.ErrTaskFailed},
		"an error's name": {[]flow.Node{flow.Task("T", func(context.Context, int) (int, error) { return 0, parting{} }).From(first)}, flow.ErrRuntime},
		"a predicate":     {[]flow.Node{flow.Choice("C").When(flow.Test(first, holds)).Otherwise()}, flow.ErrRuntime},
		"a predicate after a wait": {[]flow.Node{
			flow.Wait("W", time.Millisecond),
			flow.Choice("C").When(flow.Test(first, holds)).Otherwise(),
		}, flow.ErrRuntime},
		"a predicate in items": {[]flow.Node{
			flow.Map[int]("M", list, flow.Choice("C").When(flow.Test(item, holds)).Otherwise(), flow.Task("T", number)),
		}, flow.ErrRuntime},
		"a marshaler":          {[]flow.Node{unwritable, choose}, flow.ErrRuntime},
		"a marshaler in items": {[]flow.Node{flow.Map[any]("M", flow.At[[]any]("$"), unwritable, choose)}, flow.ErrRuntime},
	}
}

// awaited calls f in a goroutine of its own, and tells whether it returned, or
// its goroutine was ended.
func awaited(t *testing.T, f func()) (returned bool) {
	t.Helper()
	over := make(chan struct{})
	go func() {
		defer close(over)
		f()
		returned = true
	}()
	select {
	case <-over:
	case <-time.After(10 * time.Second):
		panic("it hangs")
	}
	return returned
}

// A function that ends its goroutine fails a started execution, and nothing hangs.
func TestGoexit(t *testing.T) {
	for name, c := range goexits() {
		for mode, opts := range map[string][]flow.Option{
			"": nil, " stepwise": {flow.Stepwise()}, " virtual": {flow.VirtualTime(time.Time{})}, " checked": {flow.Checked()},
			" observed": {flow.Observe(func(flow.Event) {})},
		} {
			t.Run(name+mode, func(t *testing.T) {
				f := flow.New[[]int, any]("f").Then(c.nodes...).Must()
				e := f.Start(t.Context(), []int{1, 2, 3}, opts...)
				var err error
				awaited(t, func() { _, err = e.Wait(t.Context()) })
				want := c.want
				if (mode == " stepwise" || mode == " checked") && strings.Contains(name, "marshaler") {
					want = flow.ErrRuntime
				}
				if !errors.Is(err, want) || !strings.Contains(err.Error(), "runtime.Goexit") {
					t.Errorf("got %v", err)
				}
				if e.Status() != flow.Failed {
					t.Errorf("it is %s", e.Status())
				}
			})
		}
	}
}

// One that is called in the goroutine of the caller of Run ends that, so that
// FailNow of a test works; all of the execution has ended before.
func TestGoexitOfTheCaller(t *testing.T) {
	for name, c := range goexits() {
		elsewhere := map[string]bool{
			"a task with a timeout": true, "a task after a wait": true, "a predicate after a wait": true,
			"items": true, "items that wait": true, "a branch": true, "a predicate in items": true, "a marshaler in items": true,
		}[name]
		for mode, opts := range map[string][]flow.Option{"": nil, " stepwise": {flow.Stepwise()}} {
			t.Run(name+mode, func(t *testing.T) {
				f := flow.New[[]int, any]("f").Then(c.nodes...).Must()
				var h flow.History
				var err error
				returned := awaited(t, func() { _, err = f.Run(t.Context(), []int{1, 2, 3}, append(opts, flow.Record(&h))...) })
				if returned && !elsewhere {
					t.Errorf("Run has returned: %v", err)
				}
				if returned && (!errors.Is(err, c.want) || !strings.Contains(err.Error(), "runtime.Goexit")) {
					t.Errorf("got %v", err)
				}
				events := h.Events()
				last := events[len(events)-1]
				if last.Type != "ExecutionFailed" || !errors.Is(last.Error, c.want) || !strings.Contains(last.Error.Error(), "runtime.Goexit") {
					t.Errorf("it ended with %s, %v", last.Type, last.Error)
				}
			})
		}
	}
}

// The work of a goroutine of its own that ends it may be tried again and caught,
// as if it had panicked; where it ends the caller's, nobody waits for that.
func TestGoexitIsCaught(t *testing.T) {
	var mu sync.Mutex
	calls := 0
	leave := func(context.Context, int) (int, error) {
		mu.Lock()
		calls++
		mu.Unlock()
		runtime.Goexit()
		return 0, nil
	}
	f := flow.New[int, int]("f").Then(flow.Task("T", leave).
		Retry(flow.Retry{On: flow.ErrAll, MaxAttempts: 2, Interval: flow.NoDelay}).
		Recover(flow.ErrAll, func(context.Context, *flow.Error) (int, error) { return 7, nil })).Must()
	for mode, opts := range map[string][]flow.Option{"": nil, "stepwise": {flow.Stepwise()}} {
		calls = 0
		e := f.Start(t.Context(), 1, opts...)
		awaited(t, func() {
			if out, err := e.Wait(t.Context()); out != 7 || err != nil || calls != 3 {
				t.Errorf("%s: %d, %v after %d calls", mode, out, err, calls)
			}
		})
	}
	calls = 0
	if awaited(t, func() { _, _ = f.Run(t.Context(), 1) }) || calls != 1 {
		t.Errorf("the caller of Run goes on after %d calls", calls)
	}
}

// An observer that ends its goroutine is not called again, and its execution ends.
func TestGoexitOfAnObserver(t *testing.T) {
	number := func(_ context.Context, i int) (int, error) { return i, nil }
	nodes := map[string][]flow.Node{
		"line": {flow.Task("A", func(_ context.Context, l []int) (int, error) { return len(l), nil }), flow.Task("B", number)},
		"wait": {flow.Wait("W", time.Millisecond)},
		"map":  {flow.Map[int]("M", flow.At[[]int]("$"), flow.Task("A", number), flow.Task("B", number))},
		"fail": {flow.Map[int]("M", flow.At[[]int]("$"), flow.Fail("F", "Broken", "as meant"))},
	}
	for name, n := range nodes {
		f := flow.New[[]int, any]("f").Then(n...).Must()
		loose := name == "fail" // how many items begin before the others are stopped is chance
		var total flow.History
		_, _ = f.Run(t.Context(), []int{1, 2, 3}, flow.Record(&total))
		for at := range total.Len() {
			for mode, opts := range map[string][]flow.Option{"": nil, "stepwise": {flow.Stepwise()}} {
				var mu sync.Mutex
				seen := 0
				leave := flow.Observe(func(flow.Event) {
					mu.Lock()
					defer mu.Unlock()
					if seen++; seen == at+1 {
						runtime.Goexit()
					}
				})
				var e *flow.Execution[any]
				var err error
				awaited(t, func() { e = f.Start(t.Context(), []int{1, 2, 3}, append(opts, leave)...) })
				if e == nil {
					continue // it ended the goroutine that called Start
				}
				awaited(t, func() { _, err = e.Wait(t.Context()) })
				if seen > at+1 || seen < at+1 && !loose || !errors.Is(err, flow.ErrRuntime) && !loose || err == nil {
					t.Errorf("%s %s: event %d of %d: %v", name, mode, at, seen, err)
				}
				seen = 0
				awaited(t, func() { _, err = f.Run(t.Context(), []int{1, 2, 3}, append(opts, leave)...) })
				if seen > at+1 || seen < at+1 && !loose {
					t.Errorf("%s %s: %d events after event %d", name, mode, seen, at)
				}
			}
		}
	}
}
