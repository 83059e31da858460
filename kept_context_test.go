package flow_test

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/model"
)

// A goroutine that a task has left behind may ask its context what any context can
// be asked, for as long as it likes, while the memory of its execution, and that of
// the workers of its branches, is used for others. From the end of the execution on
// it may ask for the place of the call too, and is told of its own, or of nothing.
func TestGoroutinesMayAskAKeptContext(t *testing.T) {
	type key struct{}
	type in struct{ N int }
	var left sync.WaitGroup
	stop := make(chan struct{})
	leave := func(ctx context.Context, d in) (in, error) {
		own, _ := flow.StateOf(ctx)
		over, _ := ctx.Value(key{}).(chan struct{})
		left.Go(func() {
			for {
				select {
				case <-over:
					if s, ok := flow.StateOf(ctx); ok && s != own {
						t.Errorf("the context of %+v tells of %+v", own, s)
					}
					if c, ok := ctx.Value(model.CallerKey{}).(model.Caller); ok && c.Execution != own.Execution {
						t.Errorf("the context of %+v tells of %+v", own, c)
					}
					if err := flow.Caught(ctx); err != nil {
						t.Errorf("the context of %+v tells of %v", own, err)
					}
				case <-stop:
					return
				default:
				}
				inner, cancel := context.WithCancel(context.WithoutCancel(ctx))
				if v := inner.Value("nothing"); v != nil {
					t.Errorf("it has %v", v)
				}
				flow.Beat(inner)
				cancel()
				runtime.Gosched()
			}
		})
		return d, nil
	}
	quick := func(_ context.Context, d in) (in, error) { return d, nil }
	watch := func(name string, fn func(context.Context, in) (in, error)) flow.Node {
		return flow.Do(name, func(ctx context.Context, d in) error { _, err := fn(ctx, d); return err })
	}
	branch := func(name string) flow.Node {
		return flow.Branch(name, watch("left", leave), watch("A", quick), watch("B", quick))
	}
	line := flow.New[in, in]("line").Then(flow.Task("A", leave), flow.Task("B", quick)).Must()
	fork := flow.New[in, in]("fork").Then(flow.Parallel("P", branch("x"), branch("y"), watch("z", quick))).Must()
	for n := range 200 {
		for _, f := range []*flow.Flow[in, in]{line, fork} {
			for _, o := range [][]flow.Option{nil, {flow.WithName(fmt.Sprint("run-", n))}, {flow.MaxTransitions(100)}} {
				over := make(chan struct{})
				if _, err := f.Run(context.WithValue(t.Context(), key{}, over), in{n}, o...); err != nil {
					t.Fatal(err)
				}
				close(over)
			}
		}
		if n%10 == 9 {
			close(stop)
			left.Wait()
			stop = make(chan struct{})
		}
	}
	close(stop)
	left.Wait()
}

// Whoever asks for the place of a call when that has ended gets no useful answer,
// and does no harm.
func TestAskingTooLateDoesNoHarm(t *testing.T) {
	if raced {
		t.Skip("to ask while the execution goes on is a data race")
	}
	var left sync.WaitGroup
	stop := make(chan struct{})
	leave := func(ctx context.Context, _ int) error {
		left.Go(func() {
			for range 2000 {
				_, _ = flow.StateOf(ctx)
				_ = ctx.Value(model.CallerKey{})
				_ = flow.Caught(ctx)
				select {
				case <-stop:
					return
				default:
				}
			}
		})
		return nil
	}
	quick := func(context.Context, int) error { return nil }
	f := flow.New[int, int]("late").Then(
		flow.Parallel("P",
			flow.Branch("long", flow.Do("1", quick), flow.Do("2", quick), flow.Do("3", leave)),
			flow.Do("short", leave), flow.Do("shorter", leave),
		).Concurrency(1),
		flow.Do("last", leave),
	).Must()
	for n := range 2000 {
		if out, err := f.Run(t.Context(), n); err != nil || out != n {
			t.Fatal(out, err)
		}
	}
	close(stop)
	left.Wait()
}
