package flow_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/mock"
	"github.com/flowstone-go/flow/model"
)

func TestMeter(t *testing.T) {
	one, two := mock.New().Named("one"), mock.New().Named("two")
	one.When().Throttle(1, 0).Text("a").Usage(10, 1).Text("{}").Usage(20, 2).JSON(verdict{Mood: "glad"}).Usage(30, 3)
	two.When().Text("b").Usage(100, 10)
	f := flow.New[letter, string]("letters").Then(
		flow.Prompt[string]("Draft", one).Text("?").Retry(flow.Retry{Interval: flow.NoDelay}).Into(flow.At[string]("$.draft")),
		flow.Prompt[verdict]("Judge", one).Text("?").Into(flow.At[verdict]("$.verdict")),
		flow.Prompt[string]("Polish", two).Text("?"),
	).Must()
	var m flow.Meter
	if n := m.Usage(); n != (model.Usage{}) {
		t.Errorf("the zero meter has %v", n)
	}
	if _, err := f.Run(t.Context(), ada, flow.Observe(m.Observe)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]model.Usage{"Draft": {Input: 10, Output: 1}, "Judge": {Input: 50, Output: 5}, "Polish": {Input: 100, Output: 10}}, m.ByState()); diff != "" {
		t.Errorf("by state (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]model.Usage{"one": {Input: 60, Output: 6}, "two": {Input: 100, Output: 10}}, m.ByModel()); diff != "" {
		t.Errorf("by model (-want +got):\n%s", diff)
	}
	if u := m.Usage(); u != (model.Usage{Input: 160, Output: 16}) {
		t.Errorf("usage %v", u)
	}
	dollars, unpriced := m.Cost(model.Prices{"one": {Input: 1e6, Output: 2e6}})
	if math.Abs(dollars-72) > 1e-9 || cmp.Diff([]string{"two"}, unpriced) != "" {
		t.Errorf("cost %v, unpriced %v", dollars, unpriced)
	}
	sf, bf := m.TransitionCost()
	if m.Transitions() != 5 || math.Abs(sf-5*0.000025) > 1e-12 || math.Abs(bf-4*0.000035) > 1e-12 {
		t.Errorf("%d transitions, %v and %v", m.Transitions(), sf, bf)
	}
}

func TestWholeIsNotStreamed(t *testing.T) {
	m := mock.New()
	m.When().Chunks("a", "b").Always()
	for _, n := range []flow.Node{flow.Prompt[string]("P", m).Text("?").Whole(), flow.Agent[string]("P", m).Text("?").Whole()} {
		f := flow.New[letter, string]("letters").Then(n).Must()
		if got, err := f.Run(t.Context(), ada, flow.Observe(func(flow.Event) {})); err != nil || got != "ab" {
			t.Errorf("got %q, %v", got, err)
		}
		if m.Calls().Last().Streamed {
			t.Error("it was streamed")
		}
	}
}
