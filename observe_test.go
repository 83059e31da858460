package flow_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/flowstone-go/flow"
)

// An observer that panics ends its execution, wherever the event comes from, and
// takes nobody down.
func TestObserverThatPanics(t *testing.T) {
	list := flow.At[[]int]("$")
	inc := func(_ context.Context, n int) (int, error) { return n + 1, nil }
	flows := map[string]*flow.Flow[[]int, []int]{
		"a Map":     flow.New[[]int, []int]("f").Then(flow.Map[int]("M", list, flow.Task("T", inc)).Concurrency(4)).Must(),
		"a Wait":    flow.New[[]int, []int]("f").Then(flow.Wait("W", time.Millisecond)).Must(),
		"a Timeout": flow.New[[]int, []int]("f").Then(flow.Map[int]("M", list, flow.Task("T", inc).Timeout(time.Minute))).Must(),
		"a Pass":    flow.New[[]int, []int]("f").Then(flow.Pass("P")).Must(),
	}
	for name, f := range flows {
		for _, at := range []string{"ExecutionStarted", "PassStateEntered", "WaitStateEntered", "MapIterationStarted", "TaskSucceeded", "ExecutionSucceeded"} {
			t.Run(name+"/"+at, func(t *testing.T) {
				panicked, told := 0, 0
				broken := flow.Observe(func(e flow.Event) {
					if e.Type == at {
						panicked++
						panic("no more")
					}
				})
				counting := flow.Observe(func(flow.Event) { told++ })
				in := []int{1, 2, 3, 4, 5, 6, 7}
				check := func(how string, err error) {
					t.Helper()
					p, ok := errors.AsType[*flow.PanicError](err)
					if panicked > 1 || told == 0 || (panicked == 1) != (errors.Is(err, flow.ErrRuntime) && ok && p.Value == "no more") {
						t.Errorf("%s: %d panics, the other observer saw %d events, error %v", how, panicked, told, err)
					}
					panicked, told = 0, 0
				}
				_, err := f.Run(t.Context(), in, broken, counting)
				check("Run", err)
				_, err = f.Run(t.Context(), in, broken, counting, flow.Stepwise())
				check("Stepwise", err)
				e := f.Start(t.Context(), in, broken, counting)
				_, err = e.Wait(t.Context())
				if failed := e.Status() == flow.Failed; failed != (err != nil) {
					t.Errorf("with the error %v it is %s", err, e.Status())
				}
				check("Start", err)
			})
		}
	}
}

// A History that is used again does not call the observers of the run before.
func TestHistoryUsedAgain(t *testing.T) {
	f := flow.New[int, int]("f").Then(flow.Pass("P")).Must()
	var h flow.History
	told := 0
	if _, err := f.Run(t.Context(), 1, flow.Record(&h), flow.Observe(func(flow.Event) { told++ })); err != nil {
		t.Fatal(err)
	}
	h.Reset()
	if _, err := f.Run(t.Context(), 1, flow.Record(&h)); err != nil {
		t.Fatal(err)
	}
	if told != 4 || h.Len() != 4 {
		t.Errorf("the observer of the first run saw %d events, the second run has %d", told, h.Len())
	}
}
