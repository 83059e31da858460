package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"sync"
	"time"

	"github.com/cloudwego/eino/compose"

	"github.com/flowstone-go/flow"
)

// waiter begins executions that wait until ctx ends.
type waiter struct {
	name, note string
	// begin gives what starts one execution, and what waits for the end of all.
	begin func(ctx context.Context) (start, wait func(), err error)
}

// holdOn is a node that waits, for those that have no state for it.
func holdOn(ctx context.Context) error {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// waiting has a goroutine for each execution.
func waiting(run func() error) (start, wait func(), err error) {
	var all sync.WaitGroup
	return func() {
		all.Go(func() {
			_ = run() // it ends by the cancellation
		})
	}, all.Wait, nil
}

func waiters() []waiter {
	f := flow.New[doc, doc]("waiting").Then(flow.Wait("W", time.Hour)).Must()
	return []waiter{
		{name: hand, note: "a goroutine with a timer", begin: func(ctx context.Context) (start, wait func(), err error) {
			return waiting(func() error { return holdOn(ctx) })
		}},
		{name: ours, note: "Start of a flow of one Wait", begin: func(ctx context.Context) (start, wait func(), err error) {
			var all []*flow.Execution[doc]
			return func() { all = append(all, f.Start(ctx, first)) }, func() {
				for _, e := range all {
					<-e.Done()
				}
			}, nil
		}},
		{name: "eino chain", note: "a node that waits: it has no wait of its own", begin: func(ctx context.Context) (start, wait func(), err error) {
			r, err := compose.NewChain[doc, doc]().AppendLambda(compose.InvokableLambda(func(ctx context.Context, d doc) (doc, error) { return d, holdOn(ctx) })).Compile(ctx)
			if err != nil {
				return nil, nil, err
			}
			return waiting(func() error {
				_, err := r.Invoke(ctx, first)
				return err
			})
		}},
	}
}

// crowds measures memory and goroutines of executions that wait.
func crowds(ctx context.Context, w io.Writer, n int) ([]result, error) {
	var results []result
	p := &printer{w: w}
	p.line("\n### (i) %d executions that wait\n", n)
	p.line("| | heap and stacks per execution | goroutines per execution | not alike |\n|---|---:|---:|---|")
	for _, c := range waiters() {
		octets, goroutines, err := crowdOf(ctx, c, n)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
		results = append(results, result{name: c.name, note: c.note, octets: octets, goroutines: goroutines})
		p.line("| %s | %.0f bytes | %.2f | %s |", c.name, octets, goroutines, c.note)
	}
	return results, p.err
}

// crowdOf has n executions wait and looks at what each holds.
func crowdOf(ctx context.Context, c waiter, n int) (octets, goroutines float64, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	start, wait, err := c.begin(ctx)
	if err != nil {
		return 0, 0, err
	}
	before, had := held(), runtime.NumGoroutine()
	for range n {
		start()
	}
	settle()
	octets = float64(held()-before) / float64(n)
	goroutines = float64(runtime.NumGoroutine()-had) / float64(n)
	cancel()
	wait()
	return octets, goroutines, nil
}

// held is the memory in use, after a collection.
func held() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse) //nolint:gosec // far below the bound
}

// settle waits until the number of goroutines stays the same.
func settle() {
	for last, same := -1, 0; same < 20; {
		time.Sleep(5 * time.Millisecond)
		if now := runtime.NumGoroutine(); now == last {
			same++
		} else {
			last, same = now, 0
		}
	}
}
