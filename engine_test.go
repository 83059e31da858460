package flow_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow"
)

func TestZooComesToTheSameUnderEveryDriver(t *testing.T) {
	modes := map[string][]flow.Option{
		"inline":               nil,
		"checked":              {flow.Checked()},
		"stepwise":             {flow.Stepwise()},
		"stepwise and checked": {flow.Stepwise(), flow.Checked()},
		"stepwise in own time": {flow.Stepwise(), flow.VirtualTime(time.Time{})},
	}
	for _, a := range zoo() {
		t.Run(a.name, func(t *testing.T) {
			histories := map[string][]string{}
			for mode, opts := range modes {
				if a.name == "timeout" && mode == "stepwise in own time" {
					continue // calls take no time on that clock
				}
				synctest.Test(t, func(t *testing.T) {
					var events []flow.Event
					out, err := a.run(t.Context(), append(opts, flow.Observe(func(e flow.Event) { events = append(events, e) }))...)
					a.check(t, out, err)
					histories[mode] = chains(t, events)
					out, err = a.run(t.Context(), opts...)
					a.check(t, out, err)
				})
			}
			for mode, h := range histories {
				if d := cmp.Diff(histories["inline"], h); d != "" {
					t.Errorf("the history %s differs from that inline (- inline, + %s):\n%s", mode, mode, d)
				}
			}
		})
	}
}

func TestStartedZoo(t *testing.T) {
	for _, a := range zoo() {
		t.Run(a.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := a.start(t.Context())
				var read sync.WaitGroup
				counts := make([]int, 3)
				for i := range counts {
					read.Go(func() {
						for _, err := range e.Events(t.Context()) {
							if err != nil {
								t.Error(err)
							}
							counts[i]++
						}
					})
				}
				out, err := e.Wait(t.Context())
				a.check(t, out, err)
				read.Wait()
				if counts[0] == 0 || counts[0] != counts[1] || counts[0] != counts[2] {
					t.Errorf("readers saw %v events", counts)
				}
				want := flow.Succeeded
				if err != nil {
					want = flow.Failed
				}
				if got := e.Status(); got != want {
					t.Errorf("want status %s, got %s", want, got)
				}
			})
		})
	}
}

// Every flow is cancelled at every one of its events: it ends as cancelled
// with nothing left behind, or with the result that it had already.
func TestCancelledAtEveryEvent(t *testing.T) {
	for _, a := range zoo() {
		t.Run(a.name, func(t *testing.T) {
			var n int
			synctest.Test(t, func(t *testing.T) {
				_, _ = a.run(t.Context(), flow.Observe(func(flow.Event) { n++ }))
			})
			for at := range n {
				for _, mode := range [][]flow.Option{nil, {flow.Stepwise()}} {
					synctest.Test(t, func(t *testing.T) {
						ctx, cancel := context.WithCancel(t.Context())
						defer cancel()
						seen, ended := 0, false
						out, err := a.run(ctx, append(mode, flow.Observe(func(e flow.Event) {
							if seen == at {
								cancel()
							}
							seen++
							ended = ended || strings.HasPrefix(e.Type, "Execution") && e.Type != "ExecutionStarted"
						}))...)
						if !ended {
							t.Errorf("cancelled at event %d: no event told of the end", at+1)
						}
						if errors.Is(err, flow.ErrCancelled) {
							if !errors.Is(err, context.Canceled) {
								t.Errorf("%v is not context.Canceled", err)
							}
							return
						}
						a.check(t, out, err)
					})
				}
			}
		})
	}
}

func TestACancelledContextRunsNothing(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("closing")
	cancel(cause)
	ran := false
	f := flow.New[int, int]("f").Then(flow.Task("T", func(_ context.Context, i int) (int, error) { ran = true; return i, nil })).Must()
	_, err := f.Run(ctx, 1)
	if ran || !errors.Is(err, flow.ErrCancelled) || !errors.Is(err, context.Canceled) || !errors.Is(err, cause) {
		t.Errorf("ran %v, error %v", ran, err)
	}
	if _, err := f.Start(ctx, 1).Wait(t.Context()); ran || !errors.Is(err, flow.ErrCancelled) {
		t.Errorf("started: ran %v, error %v", ran, err)
	}
}

func TestPanicsBecomeErrors(t *testing.T) {
	boom := func(context.Context, int) (int, error) { panic(errStock) }
	for name, b := range map[string]*flow.Builder[[]int, any]{
		"task": flow.New[[]int, any]("f").Then(flow.Task("T", boom).From(flow.At[int]("$[0]"))),
		"branch": flow.New[[]int, any]("f").Then(flow.Parallel("P", flow.Pass("A"), flow.Branch("B",
			flow.Do("T", func(context.Context, []int) error { panic(errStock) })))),
		"item":      flow.New[[]int, any]("f").Then(flow.Map[int]("M", flow.At[[]int]("$"), flow.Task("T", boom))),
		"timeout":   flow.New[[]int, any]("f").Then(flow.Task("T", boom).From(flow.At[int]("$[0]")).Timeout(time.Hour)),
		"predicate": flow.New[[]int, any]("f").Then(flow.Choice("T").When(flow.Test(flow.At[[]int]("$"), func([]int) bool { panic(errStock) })).Otherwise()),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := b.Must().Run(t.Context(), []int{1, 2, 3})
			var p *flow.PanicError
			var e *flow.Error
			if !errors.As(err, &p) || !errors.As(err, &e) {
				t.Fatalf("no PanicError in %v", err)
			}
			if !errors.Is(err, errStock) || !strings.Contains(string(p.Stack), "engine_test.go") || !strings.HasSuffix(e.State, "T") {
				t.Errorf("want the value, the stack and the state of the panic, got %v at %q\n%s", p.Value, e.State, p.Stack)
			}
		})
	}
}

func TestEndlessLoopNamesItsCycle(t *testing.T) {
	f := flow.New[int, int]("f").Then(
		flow.Pass("Start"), flow.Pass("Ping"), flow.Pass("Pong"),
		flow.Choice("Again").When(flow.Eq(flow.At[int]("$"), 1), flow.Goto("Ping")).Otherwise()).Must()
	_, err := f.Run(t.Context(), 1, flow.MaxTransitions(5000))
	if !errors.Is(err, flow.ErrRuntime) || !strings.Contains(err.Error(), "5000 transitions") {
		t.Fatal(err)
	}
	for _, name := range []string{`"Ping"`, `"Pong"`, `"Again"`} {
		if strings.Count(err.Error(), name) < 1 {
			t.Errorf("%v does not name %s", err, name)
		}
	}
	if strings.Contains(err.Error(), `"Start"`) {
		t.Errorf("%v names a state outside of the cycle", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := f.Run(ctx, 1, flow.MaxTransitions(0)); !errors.Is(err, flow.ErrCancelled) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("want the end of the context, got %v", err)
	}
}

func TestCausesAreReachable(t *testing.T) {
	type point struct{ X int }
	fail := func(context.Context, point) (int, error) { return 0, fmt.Errorf("pricing: %w", errStock) }
	at := flow.At[int]("$.a")
	for name, b := range map[string]*flow.Builder[point, any]{
		"task":    flow.New[point, any]("f").Then(flow.Task("T", fail)),
		"retried": flow.New[point, any]("f").Then(flow.Task("T", fail).Retry(flow.Retry{Interval: flow.NoDelay})),
		"branch":  flow.New[point, any]("f").Then(flow.Parallel("P", flow.Task("T", fail).Into(at))),
		"item": flow.New[point, any]("f").Then(
			flow.Task("L", func(context.Context, point) ([]point, error) { return make([]point, 5), nil }),
			flow.Map[int]("M", flow.At[[]point]("$"), flow.Task("T", fail))),
		"threshold": flow.New[point, any]("f").Then(
			flow.Task("L", func(context.Context, point) ([]point, error) { return make([]point, 5), nil }).Into(flow.At[[]point]("$.list")),
			flow.Map[int]("M", flow.At[[]point]("$.list"), flow.Task("T", fail)).Tolerate(2, flow.At[[]flow.ItemFailure]("$.failed")).Into(flow.At[[]int]("$.out"))),
		"caught and failed again": flow.New[point, any]("f").Then(
			flow.Task("T", fail).Catch(flow.ErrAll, flow.Task("H", func(ctx context.Context, _ point) (int, error) { return 0, flow.Caught(ctx) }))),
		"called": flow.New[point, any]("f").Then(flow.Call("C", flow.New[point, int]("sub").Then(flow.Task("T", fail)).Must())),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := b.Must().Run(t.Context(), point{})
			if !errors.Is(err, errStock) {
				t.Errorf("%v does not wrap the error of the task", err)
			}
			e, ok := errors.AsType[*flow.Error](err)
			if !ok || e.State == "" {
				t.Errorf("%#v names no state", err)
			}
		})
	}
}

func TestATaskThatIgnoresItsContextCantHoldUpItsTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		var late atomic.Int32
		f := flow.New[int, string]("f").Then(
			flow.Task("Deaf", func(context.Context, int) (string, error) {
				<-release
				late.Add(1)
				return "too late", nil
			}).Timeout(time.Minute).Recover(flow.ErrTimeout, func(context.Context, *flow.Error) (string, error) { return "went on", nil }),
		).Must()
		start := time.Now()
		var abandoned int
		out, err := f.Run(t.Context(), 1, flow.Observe(func(e flow.Event) {
			if e.Type == flow.CallAbandoned {
				abandoned++
			}
		}))
		if out != "went on" || err != nil || abandoned != 1 {
			t.Errorf("got %q, %v, %d abandoned", out, err, abandoned)
		}
		if d := time.Since(start); d != time.Minute {
			t.Errorf("it took %v", d)
		}
		go func() {
			time.Sleep(time.Second)
			close(release)
		}()
		start = time.Now()
		if _, err = f.Run(t.Context(), 1, flow.Grace(time.Hour)); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if late.Load() != 2 || time.Since(start) >= time.Hour {
			t.Errorf("the grace took %v, %d late", time.Since(start), late.Load())
		}
	})
}

func TestHeartbeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		work := func(beats int) func(context.Context, int) (int, error) {
			return func(ctx context.Context, i int) (int, error) {
				for range beats {
					select {
					case <-time.After(40 * time.Second):
					case <-ctx.Done():
						return 0, ctx.Err()
					}
					if !flow.Beat(ctx) {
						return 0, errors.New("no task here")
					}
				}
				<-ctx.Done()
				return i, nil
			}
		}
		start := time.Now()
		f := flow.New[int, int]("f").Then(flow.Task("T", work(3)).Heartbeat(time.Minute).Timeout(time.Hour)).Must()
		_, err := f.Run(t.Context(), 1)
		if !errors.Is(err, flow.ErrHeartbeat) || !errors.Is(err, flow.ErrTimeout) || time.Since(start) != 3*time.Minute {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
		if flow.Beat(t.Context()) {
			t.Error("Beat outside of a task is true")
		}
	})
}

// A second run starts with fresh retry counters, and so does a second visit.
func TestRetryCountersBeginAnew(t *testing.T) {
	calls := 0
	f := flow.New[int, int]("f").Then(
		flow.Pass("Begin").Assign(flow.Set(rounds, 0)),
		flow.Task("T", func(ctx context.Context, i int) (int, error) {
			calls++
			if s, _ := flow.StateOf(ctx); s.Attempt < 2 {
				return 0, errStock
			}
			return i, nil
		}).Retry(flow.Retry{MaxAttempts: 2, Interval: flow.NoDelay}).Assign(flow.Add(rounds, 1)),
		flow.Choice("Again").When(flow.Less(rounds, 3), flow.Goto("T")).Otherwise(),
	).Must()
	for range 2 {
		calls = 0
		if _, err := f.Run(t.Context(), 7); err != nil || calls != 9 {
			t.Errorf("%d calls, %v", calls, err)
		}
	}
}

func TestRunTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := flow.New[int, int]("f").Then(flow.Wait("W", time.Hour)).Must()
		start := time.Now()
		_, err := f.Run(t.Context(), 1, flow.RunTimeout(time.Minute))
		if !errors.Is(err, flow.ErrTimeout) || time.Since(start) != time.Minute {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
		e := f.Start(t.Context(), 1, flow.RunTimeout(time.Minute))
		if _, err := e.Wait(t.Context()); !errors.Is(err, flow.ErrTimeout) || e.Status() != flow.TimedOut {
			t.Errorf("%v, %s", err, e.Status())
		}
	})
}

func TestStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := flow.New[int, int]("f").Then(
			flow.Parallel("P", flow.Wait("W", time.Hour), flow.Do("T", func(ctx context.Context, _ int) error { <-ctx.Done(); return ctx.Err() }).Catch(flow.ErrAll, flow.Pass("No")))).Must()
		e := f.Start(t.Context(), 1)
		synctest.Wait()
		if e.Status() != flow.Running {
			t.Errorf("status %s", e.Status())
		}
		cause := errors.New("no longer wanted")
		e.Stop(cause)
		_, err := e.Wait(t.Context())
		if !errors.Is(err, flow.ErrCancelled) || !errors.Is(err, cause) || e.Status() != flow.Aborted {
			t.Errorf("%v, %s", err, e.Status())
		}
		var last flow.Event
		for ev := range e.Events(t.Context()) {
			last = ev
			if strings.HasSuffix(ev.Type, "Failed") || strings.Contains(ev.Path, "No") {
				t.Errorf("the cancellation was taken for a failure: %v", ev)
			}
		}
		if last.Type != "ExecutionAborted" || last.Previous != 0 {
			t.Errorf("the last event is %v", last)
		}
		e.Stop(nil) // does nothing
	})
}

// A stop reaches threads that are just about to wait, and cuts no wait short: a
// context made from the execution's may be done later than that itself.
func TestStopAtAnyMoment(t *testing.T) {
	var began atomic.Int32
	never := flow.Do("Never", func(context.Context, int) error { began.Add(1); return nil })
	f := flow.New[int, int]("f").Then(flow.Parallel("P",
		flow.Branch("A", flow.Wait("W", time.Hour), never),
		flow.Parallel("Q", flow.Branch("B", flow.Wait("V", time.Hour), never), flow.Branch("C", flow.Wait("U", time.Hour), never)))).Must()
	for i := range 2000 {
		ctx, cancel := context.WithCancel(t.Context())
		e := f.Start(ctx, i)
		for range i % 50 {
			runtime.Gosched()
		}
		if i%2 == 0 {
			cancel()
		} else {
			e.Stop(nil)
		}
		if _, err := e.Wait(t.Context()); !errors.Is(err, flow.ErrCancelled) {
			t.Fatal(err)
		}
		cancel()
	}
	if began.Load() > 0 {
		t.Errorf("%d waits were cut short", began.Load())
	}
}

// An execution that is moved step by step is stopped by whoever moves it, and by
// nobody else beside that.
func TestStopStepwise(t *testing.T) {
	ask := func(context.Context, map[string]int, flow.Token) error { return nil }
	f := flow.New[map[string]int, any]("f").Then(flow.Parallel("P",
		flow.Branch("A", flow.Callback[int]("C", ask).Into(flow.At[int]("$.c"))), flow.Branch("B", flow.Callback[int]("D", ask).Into(flow.At[int]("$.d"))), flow.Wait("W", time.Hour))).Must()
	for i := range 300 {
		ctx, cancel := context.WithCancel(t.Context())
		e := f.Start(ctx, nil, flow.Stepwise(), flow.NewDesk())
		for range i % 50 {
			runtime.Gosched()
		}
		if i%2 == 0 {
			cancel()
		} else {
			e.Stop(nil)
		}
		if _, err := e.Wait(t.Context()); !errors.Is(err, flow.ErrCancelled) {
			t.Fatal(err)
		}
		cancel()
	}
}
