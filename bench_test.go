package flow_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/flowstone-go/flow"
)

// The benchmarks come in pairs: a flow, and the same work in hand-written Go
// that looks at its context and its errors as the flow does. What counts is
// the ratio of the two in one run.

type doc struct {
	ID    string  `json:"id"`
	N     int     `json:"n"`
	Score float64 `json:"score"`
	Text  string  `json:"text"`
}

func step(_ context.Context, d doc) (doc, error) { d.N++; d.Score += 0.5; return d, nil }

var (
	sink  doc
	isink int
)

func chain(n int) *flow.Flow[doc, doc] {
	b := flow.New[doc, doc]("chain")
	for i := range n {
		b.Then(flow.Task(fmt.Sprintf("S%d", i), step))
	}
	return b.Must()
}

// A chain of ten typed nodes, struct in and out.
func BenchmarkChain(b *testing.B) {
	b.Run("hand", func(b *testing.B) {
		steps := []func(context.Context, doc) (doc, error){step, step, step, step, step, step, step, step, step, step}
		ctx := b.Context()
		b.ReportAllocs()
		for b.Loop() {
			d := doc{ID: "a", N: 1}
			var err error
			for _, s := range steps {
				if err = ctx.Err(); err != nil {
					b.Fatal(err)
				}
				if d, err = s(ctx, d); err != nil {
					b.Fatal(err)
				}
			}
			sink = d
		}
	})
	f := chain(10)
	b.Run("flow", func(b *testing.B) { runDoc(b, f) })
	b.Run("flow observed", func(b *testing.B) { runDoc(b, f.With(flow.Observe(func(flow.Event) {}))) })
	b.Run("flow with history", func(b *testing.B) {
		var h flow.History
		ctx, f := b.Context(), f.With(flow.Record(&h))
		b.ReportAllocs()
		for b.Loop() {
			h.Reset()
			d, err := f.Run(ctx, doc{ID: "a", N: 1})
			if err != nil {
				b.Fatal(err)
			}
			sink = d
		}
	})
}

func runDoc(b *testing.B, f *flow.Flow[doc, doc]) {
	b.Helper()
	ctx := b.Context()
	b.ReportAllocs()
	for b.Loop() {
		d, err := f.Run(ctx, doc{ID: "a", N: 1})
		if err != nil {
			b.Fatal(err)
		}
		sink = d
	}
}

// A branch, then three nodes.
func BenchmarkBranch(b *testing.B) {
	b.Run("hand", func(b *testing.B) {
		steps := []func(context.Context, doc) (doc, error){step, step, step}
		ctx := b.Context()
		b.ReportAllocs()
		for b.Loop() {
			d := doc{ID: "a", N: 1}
			var err error
			if d.N > 1 {
				b.Fatal("the other way")
			}
			for _, s := range steps {
				if err = ctx.Err(); err != nil {
					b.Fatal(err)
				}
				if d, err = s(ctx, d); err != nil {
					b.Fatal(err)
				}
			}
			sink = d
		}
	})
	count := flow.At[int]("$.n")
	f := flow.New[doc, doc]("branch").Then(
		flow.Choice("C").When(flow.More(count, 1), flow.Fail("F", "No", "")).Otherwise(),
		flow.Task("A", step), flow.Task("B", step), flow.Task("D", step)).Must()
	b.Run("flow", func(b *testing.B) { runDoc(b, f) })
}

// Eight branches that do nothing.
func BenchmarkParallel(b *testing.B) {
	nothing := func(context.Context, doc) error { return nil }
	b.Run("errgroup", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			g, ctx := errgroup.WithContext(b.Context())
			d := doc{ID: "a"}
			for range 8 {
				g.Go(func() error { return nothing(ctx, d) })
			}
			if err := g.Wait(); err != nil {
				b.Fatal(err)
			}
			sink = d
		}
	})
	var branches []flow.Node
	for i := range 8 {
		branches = append(branches, flow.Do(fmt.Sprintf("B%d", i), nothing))
	}
	f := flow.New[doc, doc]("parallel").Then(flow.Parallel("P", branches...)).Must()
	b.Run("flow", func(b *testing.B) { runDoc(b, f) })
}

// A Map over 1,000 items, 16 at once.
func BenchmarkMap(b *testing.B) {
	items := make([]int, 1000)
	for i := range items {
		items[i] = i
	}
	square := func(_ context.Context, i int) (int, error) { return i * i, nil }
	b.Run("errgroup", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			g, ctx := errgroup.WithContext(b.Context())
			g.SetLimit(16)
			out := make([]int, len(items))
			for i, x := range items {
				g.Go(func() (err error) {
					out[i], err = square(ctx, x)
					return err
				})
			}
			if err := g.Wait(); err != nil {
				b.Fatal(err)
			}
			isink = out[10]
		}
	})
	f := flow.New[[]int, []int]("map").Then(flow.Map[int]("M", flow.At[[]int]("$"), flow.Task("S", square)).Concurrency(16)).Must()
	b.Run("flow", func(b *testing.B) {
		ctx := b.Context()
		b.ReportAllocs()
		for b.Loop() {
			out, err := f.Run(ctx, items)
			if err != nil {
				b.Fatal(err)
			}
			isink = out[10]
		}
	})
}

// Fails twice, then succeeds, without a delay.
func BenchmarkRetry(b *testing.B) {
	err := errors.New("flaky")
	n := 0
	f := flow.New[doc, doc]("retry").Then(flow.Task("T", func(_ context.Context, d doc) (doc, error) {
		if n++; n%3 != 0 {
			return d, err
		}
		return d, nil
	}).Retry(flow.Retry{Interval: flow.NoDelay})).Must()
	runDoc(b, f)
}

// Ten nodes that each set one field of an object of eight.
func BenchmarkFields(b *testing.B) {
	set := func(_ context.Context, v float64) (float64, error) { return v + 1, nil }
	names := []string{"a", "b", "c", "d", "e", "f", "g", "h"}
	b.Run("hand", func(b *testing.B) {
		ctx := b.Context()
		b.ReportAllocs()
		for b.Loop() {
			state := map[string]any{"a": 1.0, "b": 2.0, "c": 3.0, "d": 4.0, "e": 5.0, "f": 6.0, "g": 7.0, "h": 8.0}
			for i := range 10 {
				k := names[i%8]
				next := make(map[string]any, len(state))
				maps.Copy(next, state)
				x, _ := state[k].(float64)
				y, err := set(ctx, x)
				if err != nil {
					b.Fatal(err)
				}
				next[k] = y
				state = next
			}
			isink = len(state)
		}
	})
	bl := flow.New[map[string]any, any]("fields")
	for i := range 10 {
		ref := flow.At[float64]("$." + names[i%8])
		bl.Then(flow.Task(fmt.Sprintf("S%d", i), set).From(ref).Into(ref))
	}
	f := bl.Must()
	b.Run("flow", func(b *testing.B) {
		ctx := b.Context()
		b.ReportAllocs()
		for b.Loop() {
			out, err := f.Run(ctx, map[string]any{"a": 1.0, "b": 2.0, "c": 3.0, "d": 4.0, "e": 5.0, "f": 6.0, "g": 7.0, "h": 8.0})
			if err != nil {
				b.Fatal(err)
			}
			if out == nil {
				b.Fatal("nothing")
			}
		}
	})
}

// Executions that were started and wait: memory and goroutines for each.
func BenchmarkWaiting(b *testing.B) {
	const n = 100_000
	f := flow.New[doc, doc]("waiting").Then(flow.Wait("W", time.Hour)).Must()
	for b.Loop() {
		executions := make([]*flow.Execution[doc], n)
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		goroutines := runtime.NumGoroutine()
		ctx, cancel := context.WithCancel(b.Context())
		for i := range executions {
			executions[i] = f.Start(ctx, doc{ID: "a", N: i})
		}
		for runtime.NumGoroutine() > goroutines+10 {
			runtime.Gosched()
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/n, "heap-B/execution")
		b.ReportMetric(float64(runtime.NumGoroutine()-goroutines)/n, "goroutines/execution")
		cancel()
		for _, e := range executions {
			<-e.Done()
		}
	}
}
