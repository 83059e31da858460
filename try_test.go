package flow_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow"
)

// later asks to be called again after a time.
type later time.Duration

func (l later) Error() string             { return "later" }
func (l later) RetryAfter() time.Duration { return time.Duration(l) }

// Try deals with a failing function as a node does: the table says after what
// time which attempts are made, and what comes of it.
func TestTry(t *testing.T) {
	second := time.Second
	for _, c := range []struct {
		name string
		errs []error // of the attempts; those after succeed
		how  []flow.Policy
		at   []time.Duration // of the attempts
		is   error           // what the error is; nil for none
		says string
	}{
		{name: "at once", at: []time.Duration{0}},
		{name: "no policy", errs: []error{errStock}, at: []time.Duration{0}, is: errStock, says: `state "Try": `},
		{name: "retried", errs: []error{errStock, errStock}, how: []flow.Policy{flow.Retry{}}, at: []time.Duration{0, second, 3 * second}},
		{name: "given up", errs: []error{errStock, errStock, errStock}, how: []flow.Policy{flow.Retry{MaxAttempts: 1}}, at: []time.Duration{0, second}, is: errStock, says: "attempt 2"},
		{
			name: "the first that matches", errs: []error{namedError{"A"}, namedError{"B"}, namedError{"A"}},
			how: []flow.Policy{flow.Retry{On: &flow.Error{Name: "A"}, MaxAttempts: 1, Interval: 5 * second}, flow.Retry{BackoffRate: 1}},
			at:  []time.Duration{0, 5 * second, 6 * second}, is: &flow.Error{Name: "A"},
		},
		{name: "permanent", errs: []error{backoff.Permanent(errStock)}, how: []flow.Policy{flow.Retry{}}, at: []time.Duration{0}, is: errStock},
		{name: "told when", errs: []error{later(9 * second)}, how: []flow.Policy{flow.Retry{}}, at: []time.Duration{0, 9 * second}},
		{
			name: "delays of a BackOff", errs: []error{errStock, errStock},
			how: []flow.Policy{flow.Retry{BackOff: func() backoff.BackOff { return backoff.NewConstantBackOff(2 * second) }}},
			at:  []time.Duration{0, 2 * second, 4 * second},
		},
		{name: "nil is no policy", how: []flow.Policy{nil}, at: []time.Duration{0}},
		{name: "wrong policy", how: []flow.Policy{flow.Retry{MaxAttempts: -7}}, says: `try_test.go:`},
		{name: "wrong timeout", how: []flow.Policy{flow.Timeout(0)}, says: "Timeout(0s): the time has to be positive"},
		{name: "wrong option", how: []flow.Policy{flow.RunTimeout(-1)}, is: flow.ErrRuntime, says: "RunTimeout(-1ns)"},
		{name: "for several calls", how: []flow.Policy{flow.Concurrency(1)}, says: "use TryEach"},
		{name: "tolerance of one", how: []flow.Policy{flow.Tolerate(1, nil)}, says: "use TryEach"},
		{name: "no time left", errs: []error{errStock, errStock}, how: []flow.Policy{flow.Retry{}, flow.RunTimeout(2 * second)}, at: []time.Duration{0, second}, is: flow.ErrTimeout},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				var at []time.Duration
				keys := map[string]bool{}
				out, err := flow.Try(t.Context(), func(ctx context.Context) (chan int, error) {
					s, _ := flow.StateOf(ctx)
					if s.Attempt != len(at) {
						t.Errorf("attempt %d says that it is number %d", len(at), s.Attempt)
					}
					keys[s.Key] = true
					at = append(at, time.Since(start))
					if len(at) <= len(c.errs) {
						return nil, c.errs[len(at)-1]
					}
					return make(chan int, 7), nil
				}, c.how...)
				if d := cmp.Diff(c.at, at); d != "" || len(keys) > 1 {
					t.Error(d, keys)
				}
				switch {
				case c.is == nil && c.says == "":
					if err != nil || cap(out) != 7 {
						t.Errorf("%v, %v", out, err)
					}
				case err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) || out != nil:
					t.Errorf("%v, %v", out, err)
				}
			})
		})
	}
}

func TestTryMisuse(t *testing.T) {
	if _, err := flow.Try[int](t.Context(), nil); err == nil || !strings.Contains(err.Error(), "Try without a function") {
		t.Error(err)
	}
	if _, err := flow.TryEach[int, int](t.Context(), []int{1}, nil); err == nil || !strings.Contains(err.Error(), "TryEach without a function") {
		t.Error(err)
	}
	one := func(context.Context) (int, error) { return 1, nil }
	if _, err := flow.Try(nil, one); err == nil || !strings.Contains(err.Error(), "context is nil") { //nolint:staticcheck // that is the point
		t.Error(err)
	}
	if _, err := flow.TryEach(t.Context(), []int{1}, double, flow.Concurrency(-1)); err == nil || !strings.Contains(err.Error(), "Concurrency(-1)") {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := flow.Try(ctx, one); !errors.Is(err, flow.ErrCancelled) || !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := flow.Try(t.Context(), func(context.Context) (int, error) { panic(errStock) }); !errors.Is(err, errStock) {
		t.Error(err)
	}
}

// A call that its Timeout left behind is not awaited, and what it gives in the
// end counts for nothing.
func TestTryLeavesBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var calls atomic.Int64
		out, err := flow.Try(t.Context(), func(context.Context) (int64, error) {
			n := calls.Add(1)
			if n == 1 {
				time.Sleep(time.Hour) // deaf to its context
			}
			return n, nil
		}, flow.Timeout(time.Second), flow.Retry{On: flow.ErrTimeout, Interval: flow.NoDelay})
		if out != 2 || err != nil || time.Since(start) != time.Second {
			t.Errorf("%d, %v after %v", out, err, time.Since(start))
		}
		time.Sleep(time.Hour)
	})
}

// The engine is that of all flows: its options work, and its observers see it.
func TestTryIsAFlow(t *testing.T) {
	for name, opts := range map[string][]flow.Option{"plain": nil, "checked": {flow.Checked()}, "stepwise": {flow.Stepwise()}} {
		t.Run(name, func(t *testing.T) {
			var events []string
			how := []flow.Policy{flow.Retry{}, flow.VirtualTime(time.Time{}), flow.Observe(func(e flow.Event) {
				events = append(events, e.Type+" "+e.Path)
			})}
			for _, o := range opts {
				how = append(how, o)
			}
			n := 0
			_, err := flow.Try(t.Context(), func(context.Context) (*os.File, error) {
				if n++; n == 1 {
					return nil, errStock
				}
				return nil, nil
			}, how...)
			if err != nil {
				t.Fatal(err)
			}
			want := []string{
				"ExecutionStarted ", "TaskStateEntered Try", "TaskScheduled Try", "TaskStarted Try", "TaskFailed Try",
				"RetryScheduled Try", "TaskScheduled Try", "TaskStarted Try", "TaskSucceeded Try", "TaskStateExited Try", "ExecutionSucceeded ",
			}
			if d := cmp.Diff(want, events); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestTryEach(t *testing.T) {
	words := make([]string, 100)
	for i := range words {
		words[i] = fmt.Sprint("w", i)
	}
	// shout fails the words that end with 7, the first attempt of those with 3.
	shout := func(ctx context.Context, w string) (func() string, error) {
		s, _ := flow.StateOf(ctx)
		switch {
		case strings.HasSuffix(w, "7"):
			return nil, namedError{"Seven"}
		case strings.HasSuffix(w, "3") && s.Attempt == 0:
			return nil, errStock
		}
		return func() string { return strings.ToUpper(w) }, nil
	}
	for name, opts := range map[string][]flow.Policy{"plain": nil, "checked": {flow.Checked()}, "stepwise": {flow.Stepwise()}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var failed []flow.ItemFailure
				out, err := flow.TryEach(t.Context(), words, shout, append(opts,
					flow.Retry{On: &flow.Error{Name: "Seven"}, MaxAttempts: flow.Never}, flow.Retry{}, flow.Tolerate(10, &failed), flow.Concurrency(3))...)
				if err != nil || len(out) != 100 || len(failed) != 10 {
					t.Fatalf("%d results, %d failures, %v", len(out), len(failed), err)
				}
				for i, say := range out {
					if strings.HasSuffix(words[i], "7") {
						if say != nil || failed[i/10] != (flow.ItemFailure{Index: i, Error: "Seven", Cause: "it is Seven"}) {
							t.Errorf("item %d: %+v", i, failed[i/10])
						}
						continue
					}
					if say == nil || say() != fmt.Sprint("W", i) {
						t.Errorf("item %d has another's result", i)
					}
				}
				_, err = flow.TryEach(t.Context(), words, shout, append(opts, flow.Retry{}, flow.ToleratePercent(5, nil))...)
				if !errors.Is(err, flow.ErrTolerance) || name != "stepwise" && !errors.Is(err, namedError{"Seven"}) {
					t.Error(err)
				}
				_, err = flow.TryEach(t.Context(), words[:8], shout, append(opts, flow.Retry{On: flow.On(errStock)})...)
				says := `item 7: state "Each/Try": Seven: it is Seven`
				if name == "stepwise" { // what an error wraps is not written to JSON
					says = strings.TrimPrefix(says, "item 7: ")
				}
				if e, ok := errors.AsType[*flow.Error](err); !ok || e.Name != "Seven" || err.Error() != says {
					t.Errorf("%v", err)
				}
				out, err = flow.TryEach(t.Context(), nil, shout, opts...)
				if err != nil || len(out) != 0 {
					t.Error(out, err)
				}
			})
		})
	}
}

func TestTryEachIsBounded(t *testing.T) {
	for limit, want := range map[int]int64{0: 40, 1: 1, 7: 7} {
		synctest.Test(t, func(t *testing.T) {
			var now, most atomic.Int64
			_, err := flow.TryEach(t.Context(), make([]int, 100), func(context.Context, int) (int, error) {
				if n := now.Add(1); n > most.Load() {
					most.Store(n)
				}
				time.Sleep(time.Second)
				now.Add(-1)
				return 0, nil
			}, flow.Concurrency(limit))
			if err != nil || most.Load() != want {
				t.Errorf("Concurrency(%d): %d at once, %v", limit, most.Load(), err)
			}
		})
	}
}

func TestSingle(t *testing.T) {
	f := flow.Single(flow.Task("Double", double).Retry(flow.Retry{})).Must()
	if out, err := f.Run(t.Context(), 4); out != 8 || err != nil || f.Name() != "Double" {
		t.Errorf("%s gives %d, %v", f.Name(), out, err)
	}
	ran := 0
	do := flow.Do("Count", func(_ context.Context, n int) error { ran += n; return nil })
	if out, err := flow.Single(do).Must().Run(t.Context(), 3); out != (flow.None{}) || err != nil || ran != 3 {
		t.Error(ran, err)
	}
	// The node itself is as it was.
	if out, err := flow.New[int, int]("f").Then(do).Must().Run(t.Context(), 3); out != 3 || err != nil {
		t.Error(out, err)
	}
	if _, err := flow.Single[int, int](nil).Build(); err == nil || !strings.Contains(err.Error(), "a node that is nil") {
		t.Error(err)
	}
	if _, err := flow.Single(flow.Task("", double)).Build(); err == nil || !strings.Contains(err.Error(), "a Task without a name") {
		t.Error(err)
	}
}

func TestLimitFunc(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var mu sync.Mutex
		var at []time.Duration
		limited := flow.LimitFunc(func(_ context.Context, i int) (int, error) {
			mu.Lock()
			at = append(at, time.Since(start))
			n := len(at)
			mu.Unlock()
			switch n {
			case 2:
				panic(errStock)
			case 4:
				return 0, later(10 * time.Second)
			}
			return 2 * i, nil
		}, flow.RPM(60), flow.InFlight(1))
		out, err := flow.TryEach(t.Context(), []int{1, 2, 3, 4}, limited, flow.Retry{Interval: flow.NoDelay})
		if d := cmp.Diff([]int{2, 4, 6, 8}, out); d != "" || err != nil {
			t.Error(d, err)
		}
		want := []time.Duration{0, time.Second, 2 * time.Second, 3 * time.Second, 13 * time.Second, 13 * time.Second}
		if d := cmp.Diff(want, at); d != "" {
			t.Error(d)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		for range 2 {
			_, err = limited(ctx, 1)
		}
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
	for want, wrong := range map[string]func(context.Context, int) (int, error){
		"RPM(0)":                    flow.LimitFunc(double, flow.RPM(0)),
		"TPM counts the tokens":     flow.LimitFunc(double, flow.TPM(60)),
		"a function that is nil":    flow.LimitFunc[int, int](nil),
		"RPM(-1): a limit has to b": flow.LimitFunc(double, flow.RPM(-1)),
		"a limit that is nil":       flow.LimitFunc(double, nil),
	} {
		if _, err := wrong(t.Context(), 1); !errors.Is(err, flow.ErrRuntime) || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	if _, err := flow.LimitFunc(double)(nil, 1); err == nil || !strings.Contains(err.Error(), "context is nil") {
		t.Error(err)
	}
}
