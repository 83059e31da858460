package meter_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/examples/internal/meter"
	"github.com/flowstone-go/flow/mock"
	"github.com/flowstone-go/flow/model"
)

// Each context has a tally of its own, to which the events of its flow go; calls
// that fail are not counted.
func TestTally(t *testing.T) {
	t.Parallel()
	a, tally := meter.Begin(t.Context())
	_, other := meter.Begin(t.Context())
	m := mock.New().Named("m")
	m.When().Throttle(1, 0).Text("first").Text("second")
	f, err := flow.New[string, string]("twice").Then(
		flow.Prompt[string]("First", m).Text("{{$}}").MaxTokens(9).Retry(flow.Retry{Interval: flow.NoDelay}),
		flow.Prompt[string]("Second", m).Text("{{$}}").MaxTokens(9),
	).Build()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Run(a, "12345678", flow.Observe(meter.Of(a).Observe)); err != nil {
		t.Fatal(err)
	}
	type used struct {
		Usage model.Usage
		Calls int
		By    string
	}
	of := func(t *meter.Tally) (u used) { u.Usage, u.Calls, u.By = t.Usage(); return u }
	if diff := cmp.Diff(used{model.Usage{Input: 4, Output: 4}, 2, "m"}, of(tally)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(used{}, of(other)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(used{}, of(meter.Of(t.Context()))); diff != "" {
		t.Error(diff)
	}
}

func TestPrice(t *testing.T) {
	t.Parallel()
	var p meter.Price
	if err := p.Set("3, 15"); err != nil {
		t.Fatal(err)
	}
	if got, want := p.Cost(model.Usage{Input: 1e6, CacheRead: 1e6, Output: 2e5}), 9.0; got != want {
		t.Errorf("cost %v, want %v", got, want)
	}
	if got := p.String(); got != "3,15" {
		t.Errorf("price %s", got)
	}
	for _, wrong := range []string{"", "3", "3,x", "-1,2", "NaN,1", "1,Inf"} {
		if err := new(meter.Price).Set(wrong); err == nil {
			t.Errorf("%q was taken for a price", wrong)
		}
	}
}
