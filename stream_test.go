package flow_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/mock"
)

// pages is a resumable source of the numbers below n.
type pages struct {
	n, size int
	fails   func(cursor string) error
	reads   *atomic.Int64
	closed  *atomic.Int64
}

func (p pages) Read(_ context.Context, cursor string) (items []int, next string, err error) {
	if p.reads != nil {
		p.reads.Add(1)
	}
	if p.fails != nil {
		if err := p.fails(cursor); err != nil {
			return nil, "", err
		}
	}
	start := 0
	if cursor != "" {
		if _, err := fmt.Sscan(cursor, &start); err != nil {
			return nil, "", err
		}
	}
	for i := start; i < min(start+p.size, p.n); i++ {
		items = append(items, i)
	}
	if start+p.size < p.n {
		next = strconv.Itoa(start + p.size)
	}
	return items, next, nil
}

func (p pages) Close() error {
	if p.closed != nil {
		p.closed.Add(1)
	}
	return nil
}

func (p pages) open(context.Context, any) (flow.Source[int], error) { return p, nil }

func counting(n int) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		for i := range n {
			if !yield(i, nil) {
				return
			}
		}
	}
}

func double(_ context.Context, i int) (int, error) { return 2 * i, nil }

type doubled = flow.StreamItem[int, int]

// collector is a sink that keeps what it is given.
type collector struct {
	mu    sync.Mutex
	items []doubled
}

func (c *collector) write(_ context.Context, batch []doubled) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.items = append(c.items, batch...)
	return nil
}

func (c *collector) indexes() []int {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]int, len(c.items))
	for i, t := range c.items {
		out[i] = t.Index
	}
	return out
}

func upTo(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func streamFlow(n flow.Node) *flow.Flow[any, flow.Streamed] {
	return flow.New[any, flow.Streamed]("f").Then(n).Must()
}

func TestStreamKeepsTheOrder(t *testing.T) {
	for name, open := range map[string]func(context.Context, any) (flow.Source[int], error){
		"pages":        pages{n: 100, size: 7}.open,
		"one page":     pages{n: 100, size: 1000}.open,
		"pages of one": pages{n: 100, size: 1}.open,
		"a sequence":   func(context.Context, any) (flow.Source[int], error) { return flow.Seq(counting(100)), nil },
		"a function": func(context.Context, any) (flow.Source[int], error) {
			return flow.SourceFunc[int](pages{n: 100, size: 9}.Read), nil
		},
	} {
		for mode, opts := range map[string][]flow.Option{"inline": nil, "checked": {flow.Checked()}, "stepwise": {flow.Stepwise()}} {
			t.Run(name+" "+mode, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					var c collector
					f := streamFlow(flow.Stream[int]("S", open,
						flow.Choice("Odd").When(flow.Test(flow.At[int]("$"), func(i int) bool { return i%2 == 1 }), flow.Wait("W", time.Minute)).Otherwise(),
						flow.Task("Double", double)).Concurrency(5).Sink(c.write))
					got, err := f.Run(t.Context(), nil, opts...)
					if err != nil || got.Items != 100 || got.Failed != 0 {
						t.Fatalf("%+v, %v", got, err)
					}
					var want []doubled
					for i := range 100 {
						want = append(want, doubled{Index: i, Item: i, Output: 2 * i})
					}
					if d := cmp.Diff(want, c.items); d != "" {
						t.Error(d)
					}
				})
			})
		}
	}
}

// Never more items than the window are between source and sink, never more at
// work than the concurrency.
func TestStreamIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var held, most, working, mostWorking atomic.Int64
		raise := func(n, most *atomic.Int64) {
			if v := n.Add(1); v > most.Load() {
				most.Store(v)
			}
		}
		f := streamFlow(flow.Stream[int]("S",
			func(context.Context, any) (flow.Source[int], error) {
				return flow.Seq(func(yield func(int, error) bool) {
					for i := range 500 {
						raise(&held, &most)
						if !yield(i, nil) {
							return
						}
					}
				}), nil
			},
			flow.Task("T", func(_ context.Context, i int) (int, error) {
				raise(&working, &mostWorking)
				time.Sleep(time.Duration(i%7) * time.Second)
				working.Add(-1)
				return i, nil
			})).Concurrency(4).Window(10).
			Sink(func(_ context.Context, batch []doubled) error {
				time.Sleep(3 * time.Second)
				held.Add(-int64(len(batch)))
				return nil
			}))
		if _, err := f.Run(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if mostWorking.Load() != 4 || most.Load() > 11 || most.Load() < 10 { // one is read and waits for a place
			t.Errorf("%d held, %d at work", most.Load(), mostWorking.Load())
		}
	})
}

func TestStreamUnordered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c collector
		f := streamFlow(flow.Stream[int]("S", pages{n: 4, size: 2}.open,
			flow.Task("T", func(_ context.Context, i int) (int, error) {
				time.Sleep(time.Duration(10-i) * time.Second)
				return i, nil
			})).Unordered().Sink(c.write))
		if _, err := f.Run(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]int{3, 2, 1, 0}, c.indexes()); d != "" {
			t.Error(d)
		}
	})
}

func TestStreamFailures(t *testing.T) {
	oddly := func(_ context.Context, i int) (int, error) {
		if i%10 == 3 {
			return 0, namedError{"Odd"}
		}
		return i, nil
	}
	t.Run("tolerated", func(t *testing.T) {
		var c collector
		got, err := streamFlow(flow.Stream[int]("S", pages{n: 30, size: 4}.open, flow.Task("T", oddly)).Tolerate(3).Sink(c.write)).Run(t.Context(), nil)
		want := flow.Streamed{Items: 30, Failed: 3, Failures: []flow.ItemFailure{{3, "Odd", "it is Odd"}, {13, "Odd", "it is Odd"}, {23, "Odd", "it is Odd"}}}
		if err != nil || len(got.Failures) != 3 {
			t.Fatal(got, err)
		}
		if d := cmp.Diff(want.Items, got.Items); d != "" {
			t.Error(d)
		}
		for i, x := range c.items {
			if x.Index != i || x.Item != i || (x.Err != nil) != (i%10 == 3) {
				t.Errorf("item %d is %+v", i, x)
			}
			if x.Err != nil && (x.Err.Name != "Odd" || x.Err.State != "S/T" || x.Output != 0) {
				t.Errorf("item %d failed with %#v", i, x.Err)
			}
		}
	})
	t.Run("one too many", func(t *testing.T) {
		_, err := streamFlow(flow.Stream[int]("S", pages{n: 1000, size: 4}.open, flow.Task("T", oddly)).Tolerate(2)).Run(t.Context(), nil)
		var named namedError
		if !errors.Is(err, flow.ErrTolerance) || !errors.As(err, &named) {
			t.Error(err)
		}
	})
	t.Run("a share", func(t *testing.T) {
		for name, c := range map[string]struct {
			percent float64
			items   int
			through int64 // at most; 0: all
			want    string
		}{
			"tolerated":   {12, 100, 0, ""},
			"at the end":  {9, 14, 0, "2 of 14 items have failed, more than the 9 percent that are tolerated"},
			"on the way":  {5, 1_000_000, 200, "more than the 5 percent that are tolerated"},
			"all of them": {100, 30, 0, ""},
		} {
			for mode, opts := range map[string][]flow.Option{"inline": nil, "stepwise": {flow.Stepwise()}, "checked": {flow.Checked()}} {
				t.Run(name+" "+mode, func(t *testing.T) {
					var got collector
					var reads atomic.Int64
					f := streamFlow(flow.Stream[int]("S", pages{n: c.items, size: 4, reads: &reads}.open, flow.Task("T", oddly)).
						ToleratePercent(c.percent).Concurrency(4).Sink(got.write).Retry(flow.Retry{Interval: flow.NoDelay, MaxAttempts: 2}))
					out, err := f.Run(t.Context(), nil, opts...)
					if c.want == "" {
						if err != nil || out.Items != c.items || out.Failed != c.items/10 {
							t.Errorf("%+v, %v", out, err)
						}
						return
					}
					if !errors.Is(err, flow.ErrTolerance) || !strings.Contains(err.Error(), c.want) {
						t.Error(err)
					}
					// A retry has nothing to do where all items are through.
					if n := len(got.indexes()); c.through == 0 && n != c.items || c.through > 0 && int64(n) > c.through {
						t.Errorf("%d items went to the sink", n)
					}
				})
			}
		}
		_, err := streamFlow(flow.Stream[int]("S", pages{n: 14, size: 4}.open, flow.Task("T", oddly)).ToleratePercent(9)).Run(t.Context(), nil)
		if !errors.Is(err, namedError{"Odd"}) || !strings.HasSuffix(err.Error(), "; the last: Odd: it is Odd") {
			t.Error(err)
		}
		both := streamFlow(flow.Stream[int]("S", pages{n: 1000, size: 4}.open, flow.Task("T", oddly)).Tolerate(2).ToleratePercent(50))
		if _, err := both.Run(t.Context(), nil); !errors.Is(err, flow.ErrTolerance) || !strings.Contains(err.Error(), "one failure more than the 2") {
			t.Error(err)
		}
		for _, wrong := range []float64{0, -1, 101, math.NaN()} {
			if _, err := flow.New[any, flow.Streamed]("f").Then(flow.Stream[int]("S", pages{}.open, flow.Task("T", oddly)).ToleratePercent(wrong)).Build(); err == nil {
				t.Errorf("ToleratePercent(%v) builds", wrong)
			}
		}
	})
	t.Run("not tolerated", func(t *testing.T) {
		var reads atomic.Int64
		_, err := streamFlow(flow.Stream[int]("S", pages{n: 100_000, size: 1, reads: &reads}.open, flow.Task("T", oddly)).Concurrency(2)).Run(t.Context(), nil)
		e, ok := errors.AsType[*flow.Error](err)
		if !ok || e.Name != "Odd" || e.State != "S/T" || reads.Load() > 100 {
			t.Errorf("%v after %d reads", err, reads.Load())
		}
	})
	t.Run("a mistake of the flow is not tolerated", func(t *testing.T) {
		_, err := flow.New[any, flow.Streamed]("f").Then(flow.Stream[any]("S",
			func(context.Context, any) (flow.Source[map[string]any], error) {
				return flow.Seq(func(yield func(map[string]any, error) bool) { yield(map[string]any{}, nil) }), nil
			}, flow.Do("T", func(context.Context, string) error { return nil }).From(note))).Must().Run(t.Context(), nil)
		if !errors.Is(err, flow.ErrRuntime) {
			t.Error(err)
		}
	})
}

func TestStreamSourcesThatFail(t *testing.T) {
	pass := flow.Task("T", double)
	failing := func(yield func(int, error) bool) {
		for i := range 10 {
			if !yield(i, nil) {
				return
			}
		}
		yield(0, errStock)
	}
	for name, c := range map[string]struct {
		open  func(context.Context, any) (flow.Source[int], error)
		items int
		cause string
	}{
		"at open": {func(context.Context, any) (flow.Source[int], error) { return nil, errStock }, 0, "out of stock"},
		"none":    {func(context.Context, any) (flow.Source[int], error) { return nil, nil }, 0, "there is no source"},
		"at once": {pages{n: 10, size: 3, fails: func(string) error { return errStock }}.open, 0, "out of stock"},
		"later":   {pages{n: 10, size: 3, fails: func(c string) error { return map[string]error{"6": errStock}[c] }}.open, 6, "out of stock"},
		"panic": {pages{n: 10, size: 3, fails: func(c string) error {
			if c == "6" {
				panic(errStock)
			}
			return nil
		}}.open, 6, "out of stock"},
		"a sequence": {func(context.Context, any) (flow.Source[int], error) { return flow.Seq(failing), nil }, 10, "out of stock"},
	} {
		t.Run(name, func(t *testing.T) {
			var got collector
			_, err := streamFlow(flow.Stream[int]("S", c.open, pass).Sink(got.write)).Run(t.Context(), nil)
			if !errors.Is(err, flow.ErrItemReader) || !strings.Contains(err.Error(), c.cause) || c.cause == "out of stock" && !errors.Is(err, errStock) {
				t.Error(err)
			}
			// What was read before is through.
			if d := cmp.Diff(upTo(c.items), got.indexes()); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestAFailingSinkStopsTheSource(t *testing.T) {
	for name, fail := range map[string]func() error{
		"error": func() error { return errStock },
		"panic": func() error { panic(errStock) },
	} {
		t.Run(name, func(t *testing.T) {
			var reads, closed atomic.Int64
			n := 0
			f := streamFlow(flow.Stream[int]("S", pages{n: 1_000_000, size: 1, reads: &reads, closed: &closed}.open, flow.Task("T", double)).Concurrency(4).
				Sink(func(_ context.Context, batch []doubled) error {
					if n += len(batch); n > 20 {
						return fail()
					}
					return nil
				}))
			_, err := f.Run(t.Context(), nil)
			want := flow.ErrResultWriter
			if name == "panic" {
				want = flow.ErrTaskFailed
			}
			if !errors.Is(err, want) || !errors.Is(err, errStock) || reads.Load() > 100 || closed.Load() != 1 {
				t.Errorf("%v after %d reads, closed %d times", err, reads.Load(), closed.Load())
			}
		})
	}
}

// A retry goes on where the sink had come to: it is given each item once, in
// order, whatever fails and when.
func TestStreamRetryGoesOn(t *testing.T) {
	for mode, opts := range map[string][]flow.Option{"inline": nil, "stepwise": {flow.Stepwise()}, "checked": {flow.Checked()}} {
		for at := range 40 {
			t.Run(fmt.Sprintf("%s, item %d", mode, at), func(t *testing.T) {
				var c collector
				failed := map[string]bool{}
				once := func(what string) error {
					if failed[what] {
						return nil
					}
					failed[what] = true
					return fmt.Errorf("%s fails once", what)
				}
				var mu sync.Mutex
				f := streamFlow(flow.Stream[int]("S",
					pages{n: 40, size: 6, fails: func(cursor string) error {
						mu.Lock()
						defer mu.Unlock()
						if cursor == strconv.Itoa(at/6*6) {
							return once("source")
						}
						return nil
					}}.open,
					flow.Task("T", func(ctx context.Context, i int) (int, error) {
						mu.Lock()
						defer mu.Unlock()
						if i == at {
							return 0, once("item")
						}
						return 2 * i, nil
					})).Concurrency(3).Retry(flow.Retry{Interval: flow.NoDelay, MaxAttempts: 5}).
					Sink(func(ctx context.Context, batch []doubled) error {
						mu.Lock()
						defer mu.Unlock()
						if batch[len(batch)-1].Index >= at {
							if err := once("sink"); err != nil {
								return err
							}
						}
						return c.write(ctx, batch)
					}))
				got, err := f.Run(t.Context(), nil, opts...)
				if err != nil || got.Items != 40 {
					t.Fatalf("%+v, %v", got, err)
				}
				if d := cmp.Diff(upTo(40), c.indexes()); d != "" {
					t.Error(d)
				}
			})
		}
	}
}

func TestStreamRetryWithoutOrder(t *testing.T) {
	var c collector
	failed := false
	f := streamFlow(flow.Stream[int]("S", pages{n: 40, size: 6}.open,
		flow.Task("T", double)).Concurrency(3).Unordered().Retry(flow.Retry{Interval: flow.NoDelay}).
		Sink(func(ctx context.Context, batch []doubled) error {
			for _, x := range batch {
				if x.Index == 20 && !failed {
					failed = true
					return errStock
				}
			}
			return c.write(ctx, batch)
		}))
	got, err := f.Run(t.Context(), nil)
	if err != nil || got.Items != 40 {
		t.Fatalf("%+v, %v", got, err)
	}
	times := map[int]int{}
	for _, i := range c.indexes() {
		times[i]++
	}
	for i := range 40 {
		if times[i] < 1 {
			t.Errorf("item %d was lost", i)
		}
	}
}

// A source that is not resumable begins anew.
func TestStreamRetryOfASequence(t *testing.T) {
	var c collector
	opens := 0
	f := streamFlow(flow.Stream[int]("S", func(context.Context, any) (flow.Source[int], error) {
		opens++
		first := opens == 1
		return flow.Seq(func(yield func(int, error) bool) {
			for i := range 5 {
				if !yield(i, nil) {
					return
				}
			}
			if first {
				yield(0, errStock)
			}
		}), nil
	}, flow.Task("T", double)).Retry(flow.Retry{Interval: flow.NoDelay}).Sink(c.write))
	got, err := f.Run(t.Context(), nil)
	if err != nil || got.Items != 5 {
		t.Fatalf("%+v, %v", got, err)
	}
	if d := cmp.Diff([]int{0, 1, 2, 3, 4, 0, 1, 2, 3, 4}, c.indexes()); d != "" {
		t.Error(d)
	}
}

func TestStreamTellsItsProgress(t *testing.T) {
	f := flow.New[any, flow.Streamed]("f").Then(flow.Pass("V").Assign(flow.Set(rounds, 7)),
		flow.Stream[int]("S", pages{n: 100, size: 10}.open, flow.Task("T", func(ctx context.Context, _ int) (int, error) {
			if s, _ := flow.StateOf(ctx); !strings.HasPrefix(s.Path, "S[") || !strings.HasSuffix(s.Path, "]/T") {
				return 0, fmt.Errorf("at %s", s.Path)
			}
			return 1, nil
		}), flow.Task("Vars", func(_ context.Context, n int) (int, error) { return n, nil }).From(rounds)).Concurrency(2).Window(20)).Must()
	observed := map[string]int{}
	e := f.Start(t.Context(), nil, flow.Observe(func(e flow.Event) { observed[e.Type+" "+e.State]++ }))
	var steps []string
	var last flow.Event
	for ev, err := range e.Events(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if ev.Type == flow.StreamProgress {
			if ev.Index < last.Index || ev.Length < ev.Index || ev.Path != "S" {
				t.Errorf("%+v after %+v", ev, last)
			}
			last = ev
			continue
		}
		steps = append(steps, ev.Type+" "+ev.Path)
	}
	if last.Index != 100 || last.Length != 100 {
		t.Errorf("the last progress is %+v", last)
	}
	want := []string{
		"ExecutionStarted ", "PassStateEntered V", "PassStateExited V", "TaskStateEntered S", "TaskScheduled S", "TaskStarted S",
		"TaskSucceeded S", "TaskStateExited S", "ExecutionSucceeded ",
	}
	if d := cmp.Diff(want, steps); d != "" {
		t.Error(d)
	}
	if observed["TaskStateEntered T"] != 100 || observed["TaskStateExited Vars"] != 100 {
		t.Errorf("observers saw %v", observed)
	}
}

func TestStreamIsCancelled(t *testing.T) {
	for mode, opts := range map[string][]flow.Option{"inline": nil, "stepwise": {flow.Stepwise()}} {
		t.Run(mode, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				var closed atomic.Int64
				f := streamFlow(flow.Stream[int]("S", pages{n: 1_000_000, size: 5, closed: &closed}.open, flow.Wait("W", 7*time.Second), flow.Task("T", double)))
				_, err := f.Run(ctx, nil, opts...)
				if !errors.Is(err, flow.ErrCancelled) || closed.Load() != 1 {
					t.Error(err, closed.Load())
				}
				_, err = streamFlow(flow.Stream[int]("S", pages{n: 1_000_000, size: 5, closed: &closed}.open, flow.Wait("W", 7*time.Second), flow.Task("T", double)).Timeout(time.Minute)).
					Run(t.Context(), nil, append(opts, flow.Grace(time.Hour))...)
				if !errors.Is(err, flow.ErrTimeout) || closed.Load() != 2 {
					t.Error(err, closed.Load())
				}
			})
		})
	}
}

// A function that ends its goroutine, as FailNow of a test does, fails its item
// and holds up nothing.
func TestStreamSurvivesGoexit(t *testing.T) {
	got, err := streamFlow(flow.Stream[int]("S", pages{n: 50, size: 5}.open,
		flow.Task("T", func(_ context.Context, i int) (int, error) {
			if i%5 == 0 {
				runtime.Goexit()
			}
			return i, nil
		})).Concurrency(3).Tolerate(10)).Run(t.Context(), nil)
	if err != nil || got.Items != 50 || got.Failed != 10 {
		t.Errorf("%+v, %v", got, err)
	}
}

// What models cost in the items is counted, although nobody keeps the events.
func TestStreamCountsUsage(t *testing.T) {
	m := mock.New()
	m.When(mock.Node("P")).Chunks("fi", "ne").Usage(7, 3).Always()
	e := streamFlow(flow.Stream[string]("S", pages{n: 20, size: 3}.open, flow.Prompt[string]("P", m).Text("{{$}}"))).Start(t.Context(), nil)
	if _, err := e.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if u := e.Usage(); u.Output != 60 {
		t.Errorf("%+v", u)
	}
}
