package flow_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/flowstone-go/flow"
)

// Tasks in a line are called one after another without a step of the machine
// between them; what goes wrong in the middle must still be told of the right
// one, and nothing after it may be called.
func TestLine(t *testing.T) {
	broken := errors.New("broken")
	cause := errors.New("enough")
	for _, tc := range []struct {
		name  string
		third func(ctx context.Context, stop context.CancelCauseFunc) error
		limit int
		state string
		is    error
		calls []string
	}{
		{name: "goes through", calls: []string{"S0", "S1", "S2", "S3", "S4"}},
		{
			name: "an error", state: "S2", is: broken, calls: []string{"S0", "S1", "S2"},
			third: func(context.Context, context.CancelCauseFunc) error { return broken },
		},
		{
			name: "a panic", state: "S2", is: broken, calls: []string{"S0", "S1", "S2"},
			third: func(context.Context, context.CancelCauseFunc) error { panic(broken) },
		},
		{
			name: "cancelled", is: cause, calls: []string{"S0", "S1", "S2"},
			third: func(_ context.Context, stop context.CancelCauseFunc) error { stop(cause); return nil },
		},
		{name: "too many transitions", state: "S3", is: flow.ErrRuntime, limit: 2, calls: []string{"S0", "S1", "S2"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			ctx, stop := context.WithCancelCause(t.Context())
			defer stop(nil)
			var calls []string
			b := flow.New[doc, doc]("line")
			for i := range 5 {
				b.Then(flow.Task(fmt.Sprintf("S%d", i), func(ctx context.Context, d doc) (doc, error) {
					s, _ := flow.StateOf(ctx)
					calls = append(calls, s.Name)
					if i == 2 && tc.third != nil {
						if err := tc.third(ctx, stop); err != nil {
							return d, err
						}
					}
					return step(ctx, d)
				}))
			}
			f := b.Must()
			if tc.limit > 0 {
				f = f.With(flow.MaxTransitions(tc.limit))
			}
			out, err := f.Run(ctx, doc{ID: "a"})
			if !reflect.DeepEqual(calls, tc.calls) {
				t.Errorf("called %v, want %v", calls, tc.calls)
			}
			if tc.is == nil {
				if want := (doc{ID: "a", N: 5, Score: 2.5}); err != nil || out != want {
					t.Errorf("%+v, %v, want %+v", out, err, want)
				}
				return
			}
			var e *flow.Error
			if !errors.Is(err, tc.is) || !errors.As(err, &e) || tc.state != "" && e.State != tc.state {
				t.Errorf("the error is %v (%+v), want one of %q that is %v", err, e, tc.state, tc.is)
			}
		})
	}
}

// A line inside of a Map ends with the call that stops the execution.
func TestLineStops(t *testing.T) {
	var e *flow.Execution[[]int]
	begun := make(chan struct{})
	var calls []string
	call := func(name string, stops bool) flow.Node {
		return flow.Task(name, func(_ context.Context, i int) (int, error) {
			<-begun
			calls = append(calls, name)
			if stops {
				e.Stop(nil)
			}
			return i, nil
		})
	}
	f := flow.New[[]int, []int]("stops").Then(
		flow.Map[int]("M", flow.At[[]int]("$"), call("A", false), call("B", true), call("C", false)).Concurrency(1)).Must()
	e = f.Start(t.Context(), []int{1, 2})
	close(begun)
	if _, err := e.Wait(t.Context()); !errors.Is(err, flow.ErrCancelled) {
		t.Errorf("%v, want %v", err, flow.ErrCancelled)
	}
	if want := []string{"A", "B"}; !reflect.DeepEqual(calls, want) {
		t.Errorf("called %v, want %v", calls, want)
	}
}

// Choices between tasks are part of the line: a loop of them has to end all the
// same, and an error of a condition is that of its Choice.
func TestLineWithChoices(t *testing.T) {
	n := flow.At[int]("$.n")
	loop := func(holds flow.Condition) *flow.Flow[doc, doc] {
		return flow.New[doc, doc]("loop").Then(
			flow.Task("A", step),
			flow.Choice("First").When(flow.Less(n, 0), flow.Fail("F", "No", "")).Otherwise(),
			flow.Choice("Second").When(holds, flow.Goto("First")).Otherwise(),
			flow.Task("B", step)).Must()
	}
	t.Run("goes through", func(t *testing.T) {
		rounds := 0
		f := loop(flow.Test(n, func(int) bool { rounds++; return rounds < 5 }))
		if out, err := f.Run(t.Context(), doc{}); err != nil || out.N != 2 || rounds != 5 {
			t.Errorf("%+v, %v after %d rounds", out, err, rounds)
		}
	})
	t.Run("is cancelled", func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		rounds := 0
		f := loop(flow.Test(n, func(int) bool {
			if rounds++; rounds == 1000 {
				stop()
			}
			return true
		}))
		if _, err := f.Run(ctx, doc{}, flow.MaxTransitions(0)); !errors.Is(err, flow.ErrCancelled) || rounds != 1000 {
			t.Errorf("%v after %d rounds", err, rounds)
		}
	})
	t.Run("comes to its limit", func(t *testing.T) {
		_, err := loop(flow.Test(n, func(int) bool { return true })).Run(t.Context(), doc{}, flow.MaxTransitions(300))
		if !errors.Is(err, flow.ErrRuntime) || !strings.Contains(err.Error(), `"Second" → "First" repeat`) {
			t.Errorf("%v, want an error that names the loop", err)
		}
	})
	t.Run("fails", func(t *testing.T) {
		_, err := loop(flow.Test(n, func(int) bool { panic("no") })).Run(t.Context(), doc{})
		if e, ok := errors.AsType[*flow.Error](err); !ok || e.State != "Second" {
			t.Errorf("%v (%+v), want an error of Second", err, e)
		}
	})
}

type tagged struct{}

// uncomparable is a context that == panics at.
type uncomparable struct {
	context.Context //nolint:containedctx // this is a context
	_               []int
}

// The memory of an execution is used again, but a context that a task has kept
// stays what it was.
func TestAKeptContextStaysWhatItWas(t *testing.T) {
	var kept []context.Context
	f := flow.New[doc, doc]("kept").Then(flow.Task("A", func(ctx context.Context, d doc) (doc, error) {
		kept = append(kept, ctx)
		return step(ctx, d)
	})).Must()
	under := func(name string) context.Context { return context.WithValue(t.Context(), tagged{}, name) }
	cancelled, stop := context.WithCancel(under("second"))
	parents := []context.Context{
		under("first"),
		cancelled,
		under("third"),
		uncomparable{Context: under("fourth")},
		uncomparable{Context: under("fifth")},
	}
	for _, parent := range parents {
		for range 3 {
			if _, err := f.Run(parent, doc{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	stop()
	for i, ctx := range kept {
		parent := parents[i/3]
		if ctx.Value(tagged{}) != parent.Value(tagged{}) || !errors.Is(ctx.Err(), parent.Err()) {
			t.Errorf("the context of run %d has become another's: %v, %v, want %v, %v", i, ctx.Value(tagged{}), ctx.Err(), parent.Value(tagged{}), parent.Err())
		}
	}
	if len(kept) != 3*len(parents) {
		t.Errorf("%d calls", len(kept))
	}
}
