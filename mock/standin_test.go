package mock_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/mock"
	"github.com/flowstone-go/flow/model"
)

type order struct {
	ID string `json:"id"`
	N  int    `json:"n"`
}

func never(context.Context, order) (order, error) { return order{}, errors.New("the real one") }

func shop(m model.Model) *flow.Flow[order, order] {
	return flow.New[order, order]("shop").Then(
		flow.Task("Charge", never).Retry(flow.Retry{Interval: flow.NoDelay}),
		flow.Map[order]("Each", flow.At[[]order]("$.all").Or([]order{{"a", 1}}), flow.Task("Ship", never)).Into(flow.At[[]order]("$.all")),
		flow.Prompt[string]("Note", m).Text("{{id}}").Into(flow.At[string]("$.note")),
	).Must()
}

func TestOverride(t *testing.T) {
	f0 := shop(mock.New())
	f := mock.Override(f0, "Charge", func(_ context.Context, o order) (order, error) { return order{o.ID, 2}, nil })
	f = mock.Override(f, "Each/Ship", func(_ context.Context, o map[string]any) (map[string]any, error) { return o, nil }) // of the same JSON
	f = mock.Override(f, "Note", func(_ context.Context, o order) (string, error) { return "noted " + o.ID, nil })
	for name, opts := range map[string][]flow.Option{"inline": nil, "checked": {flow.Checked()}, "stepwise": {flow.Stepwise()}} {
		got, err := f.Run(t.Context(), order{ID: "o1"}, opts...)
		if diff := cmp.Diff(order{"o1", 2}, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
	if _, err := f0.Run(t.Context(), order{}); err == nil || !strings.Contains(err.Error(), "the real one") {
		t.Errorf("the flow itself was changed: %v", err)
	}
	var none func(context.Context, order) (order, error)
	for want, f := range map[string]*flow.Flow[order, order]{
		`StandIn("Chrage"): the flow has no such task (did you mean "Charge"?)`: mock.Override(f0, "Chrage", never),
		`StandIn("Each"): the flow has no such task`:                            mock.Override(f0, "Each", never),
		`StandIn("Charge") without a function`:                                  mock.Override(f0, "Charge", none),
	} {
		if _, err := f.Run(t.Context(), order{}); !errors.Is(err, flow.ErrRuntime) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
		if _, err := f.Start(t.Context(), order{}).Wait(t.Context()); !errors.Is(err, flow.ErrRuntime) {
			t.Errorf("started: got %v", err)
		}
	}
}

func TestTestCase(t *testing.T) {
	c, err := mock.ParseConfig([]byte(`{
		"StateMachines": {"Shop": {"TestCases": {
			"Busy": {"Charge": "BusyThenCharged", "Ship": "Shipped"},
			"TooBusy": {"Charge": "AlwaysBusy"},
			"Short": {"Charge": "Once"}
		}}},
		"MockedResponses": {
			"BusyThenCharged": {"0-1": {"Throw": {"Error": "States.Timeout", "Cause": "busy"}}, "2": {"Return": {"id": "o1", "n": 7}}},
			"AlwaysBusy": {"0-9": {"Throw": {"Error": "Shop.Busy", "Cause": "busy"}}},
			"Once": {"0": {"Throw": {"Error": "Shop.Busy"}}},
			"Shipped": {"0": {"Return": {"id": "s", "n": 1}}}
		}
	}`))
	if err != nil {
		t.Fatal(err)
	}
	m := mock.Always("ok")
	for _, c2 := range []struct{ test, want string }{
		{"Busy", ""},
		{"TooBusy", `state "Charge": attempt 4: Shop.Busy: busy`},
		{"Short", `mock: mock configuration: response "Once" of state "Charge" has no attempt 1`},
	} {
		f, err := mock.TestCase(shop(m), c, "Shop", c2.test)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // each execution counts for itself
			got, err := f.Run(t.Context(), order{ID: "o1"})
			switch {
			case c2.want != "":
				if err == nil || !strings.Contains(err.Error(), c2.want) {
					t.Errorf("%s: got %v, want %s", c2.test, err, c2.want)
				}
			case err != nil || got != (order{"o1", 7}):
				t.Errorf("%s: got %v, %v", c2.test, got, err)
			}
		}
	}
	if _, err := mock.TestCase(shop(m), c, "Shop", "None"); err == nil || err.Error() != `mock configuration: machine "Shop" has no test case "None"` {
		t.Errorf("got %v", err)
	}
}

func TestTestCaseOfAParsedFlow(t *testing.T) {
	c, err := mock.ParseConfig([]byte(`{
		"StateMachines": {"Shop": {"TestCases": {"Busy": {"Charge": "Busy"}}}},
		"MockedResponses": {"Busy": {"0": {"Throw": {"Error": "Lambda.TooManyRequestsException", "Cause": "busy"}}, "1": {"Return": {"Payload": {"n": 7}}}}}
	}`))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := flow.Parse([]byte(`{"StartAt": "Charge", "States": {"Charge": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
		"Parameters": {"FunctionName": "charge", "Payload.$": "$"}, "OutputPath": "$.Payload", "End": true,
		"Retry": [{"ErrorEquals": ["Lambda.TooManyRequestsException"], "IntervalSeconds": 1, "MaxAttempts": 2}]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	f, err := mock.TestCase(parsed, c, "Shop", "Busy")
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.Run(t.Context(), map[string]any{"id": "o1"}, flow.VirtualTime(time.Time{}))
	if diff := cmp.Diff(map[string]any{"n": 7.0}, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
}
