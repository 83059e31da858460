package flow_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow"
)

type throttled struct{ after time.Duration }

func (throttled) Error() string               { return "slow down" }
func (throttled) ErrorName() string           { return "Model.Throttled" }
func (t throttled) RetryAfter() time.Duration { return t.after }

// The delays between the attempts of a node that fails with the given errors,
// and how it ends.
func TestRetryDelays(t *testing.T) {
	a, b := namedError{"A"}, namedError{"B"}
	sec := func(n ...float64) []time.Duration {
		out := make([]time.Duration, len(n))
		for i, x := range n {
			out[i] = time.Duration(x * float64(time.Second))
		}
		return out
	}
	named := func(name string) flow.Matcher { return &flow.Error{Name: name} }
	cases := []struct {
		name  string
		retry []flow.Retry
		fails []error // by attempt; then it succeeds
		want  []time.Duration
		err   string
	}{
		{"defaults: 3 retries after 1, 2 and 4 s", []flow.Retry{{}}, []error{a, a, a}, sec(1, 2, 4), ""},
		{"and no fourth", []flow.Retry{{}}, []error{a, a, a, a}, sec(1, 2, 4), "A"},
		{"never", []flow.Retry{{MaxAttempts: flow.Never}}, []error{a}, nil, "A"},
		{"no delay", []flow.Retry{{Interval: flow.NoDelay}}, []error{a, a}, sec(0, 0), ""},
		{"rate", []flow.Retry{{Interval: 2 * time.Second, BackoffRate: 1.5, MaxAttempts: 4}}, []error{a, a, a, a}, sec(2, 3, 4.5, 6.75), ""},
		{"rate 1", []flow.Retry{{BackoffRate: 1}}, []error{a, a, a}, sec(1, 1, 1), ""},
		{"bounded", []flow.Retry{{MaxDelay: 3 * time.Second, MaxAttempts: 4}}, []error{a, a, a, a}, sec(1, 2, 3, 3), ""},
		{"a delay beyond all time is the bound", []flow.Retry{{Interval: time.Hour, BackoffRate: 1e300, MaxDelay: 2 * time.Hour}}, []error{a, a, a}, sec(3600, 7200, 7200), ""},
		{"counters for each retrier", []flow.Retry{
			{On: named("A"), Interval: 10 * time.Second, MaxAttempts: 2},
			{On: named("B"), Interval: 20 * time.Second, MaxAttempts: 2},
		}, []error{a, b, a, b}, sec(10, 20, 20, 40), ""},
		{"the first that matches counts, even used up", []flow.Retry{
			{On: named("A"), MaxAttempts: 1},
			{On: flow.ErrAll, MaxAttempts: 5},
		}, []error{a, a}, sec(1), "A"},
		{"no match", []flow.Retry{{On: named("B")}}, []error{a}, nil, "A"},
		{"a Go error", []flow.Retry{{On: flow.On(errStock)}}, []error{fmt.Errorf("so: %w", errStock)}, sec(1), ""},
		{"States.TaskFailed matches names of one's own", []flow.Retry{{On: flow.ErrTaskFailed}}, []error{a}, sec(1), ""},
		{"an error of another flow keeps its name", []flow.Retry{{On: flow.ErrTimeout}}, []error{flow.ErrTimeout}, sec(1), ""},
		{"States.TaskFailed does not match a timeout", []flow.Retry{{On: flow.ErrTaskFailed}}, []error{flow.ErrTimeout}, nil, "States.Timeout"},
		{"nothing matches States.Runtime", []flow.Retry{{On: flow.ErrAll}}, []error{&uncatchable{}}, nil, "My.Fatal"},
		{"permanent", []flow.Retry{{}}, []error{backoff.Permanent(a)}, nil, "A"},
		{"a provider's delay is the least", []flow.Retry{{Interval: 5 * time.Second}}, []error{throttled{7 * time.Second}, throttled{time.Second}}, sec(7, 10), ""},
		{"delays from elsewhere", []flow.Retry{{BackOff: func() backoff.BackOff { return backoff.NewConstantBackOff(9 * time.Second) }}}, []error{a, a}, sec(9, 9), ""},
		{"that stop", []flow.Retry{{MaxAttempts: 9, BackOff: func() backoff.BackOff { return backoff.WithMaxRetries(&backoff.ZeroBackOff{}, 2) }}}, []error{a, a, a}, sec(0, 0), "A"},
		{"that are none", []flow.Retry{{BackOff: func() backoff.BackOff { return nil }}}, []error{a}, nil, "A"},
	}
	for _, c := range cases {
		for mode, opts := range map[string][]flow.Option{"inline": nil, "stepwise": {flow.Stepwise()}} {
			t.Run(c.name+" "+mode, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					var got []time.Duration
					var last time.Time
					f := flow.New[int, int]("f").Then(flow.Task("T", func(ctx context.Context, i int) (int, error) {
						now := time.Now()
						if !last.IsZero() {
							got = append(got, now.Sub(last))
						}
						last = now
						if s, _ := flow.StateOf(ctx); s.Attempt < len(c.fails) {
							return 0, c.fails[s.Attempt]
						}
						return i, nil
					}).Retry(c.retry...)).Must()
					_, err := f.Run(t.Context(), 1, opts...)
					name := ""
					if e, ok := errors.AsType[*flow.Error](err); ok {
						name = e.Name
					}
					if d := cmp.Diff(c.want, got); d != "" || name != c.err {
						t.Errorf("error %q, want %q; delays:\n%s", name, c.err, d)
					}
				})
			})
		}
	}
}

type uncatchable struct{}

func (*uncatchable) Error() string     { return "not to be dealt with" }
func (*uncatchable) ErrorName() string { return "My.Fatal" }
func (*uncatchable) Uncatchable() bool { return true }

func TestFullJitter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var shortest, longest time.Duration = time.Hour, 0
		f := flow.New[int, int]("f").Then(flow.Task("T", failing[int](100, errStock, 1)).
			Retry(flow.Retry{Interval: time.Minute, BackoffRate: 1, MaxAttempts: 100, FullJitter: true})).Must()
		_, err := f.Run(t.Context(), 1, flow.Observe(func(e flow.Event) {
			if e.Type == flow.RetryScheduled {
				shortest, longest = min(shortest, e.Delay), max(longest, e.Delay)
			}
		}))
		if err != nil || shortest < 0 || shortest > 20*time.Second || longest < 40*time.Second || longest > time.Minute {
			t.Errorf("100 delays from %v to %v, %v", shortest, longest, err)
		}
	})
}

func TestCatchersInOrder(t *testing.T) {
	said := flow.At[string]("$")
	say := func(name, what string) flow.Node {
		return flow.Task(name, func(context.Context, string) (string, error) { return what, nil })
	}
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"the first that matches": {namedError{"A"}, "a"},
		"the last for the rest":  {errStock, "rest"},
		"a timeout":              {flow.ErrTimeout, "timeout"},
		"a Go error":             {context.DeadlineExceeded, "deadline"},
	} {
		t.Run(name, func(t *testing.T) {
			f := flow.New[string, string]("f").Then(
				flow.Task("T", failing[string](1, c.err, "fine")).
					Catch(&flow.Error{Name: "A"}, say("1", "a")).
					Catch(flow.ErrTimeout, say("2", "timeout")).
					Catch(flow.On(context.DeadlineExceeded), say("3", "deadline")).
					Catch(flow.ErrAll, say("4", "rest")).Into(said)).Must()
			if got, err := f.Run(t.Context(), "in"); got != c.want || err != nil {
				t.Errorf("want %q, got %q, %v", c.want, got, err)
			}
		})
	}
}

func TestCaughtIsKnownToTheHandler(t *testing.T) {
	var got *flow.Error
	f := flow.New[int, int]("f").Then(
		flow.Task("T", failing[int](9, namedError{"Stock.Out"}, 1)).Retry(flow.Retry{MaxAttempts: 1, Interval: flow.NoDelay}).
			Catch(flow.ErrAll, flow.Task("H", func(ctx context.Context, i int) (int, error) {
				got = flow.Caught(ctx)
				return i, nil
			}))).Must()
	if _, err := f.Run(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if got == nil || got.Name != "Stock.Out" || got.Cause != "it is Stock.Out" || got.State != "T" || got.Attempt != 1 || !errors.As(got, new(namedError)) {
		t.Errorf("got %#v", got)
	}
	if flow.Caught(t.Context()) != nil {
		t.Error("something was caught outside of a flow")
	}
}
