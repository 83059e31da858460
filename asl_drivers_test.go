package flow_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow"
)

// Definitions of our own that between them use every type of state in both
// query languages, with what they come to for the input {"n": 3, "list": [1, 2, 3]}.
var definitions = []struct {
	name, text string
	want       string // JSON
	err        string
}{
	{"pass and choice", `{"StartAt": "P", "States": {
		"P": {"Type": "Pass", "Parameters": {"twice.$": "States.MathAdd($.n, $.n)"}, "ResultPath": "$.p", "Next": "C"},
		"C": {"Type": "Choice", "Choices": [{"Variable": "$.p.twice", "NumericGreaterThan": 5, "Next": "Big"}], "Default": "Small"},
		"Big": {"Type": "Pass", "Result": "big", "End": true},
		"Small": {"Type": "Fail", "Error": "Small", "Cause": "it is"}}}`, `"big"`, ""},
	{
		"map and wait", `{"StartAt": "M", "States": {"M": {"Type": "Map", "ItemsPath": "$.list", "End": true,
		"ItemSelector": {"v.$": "$$.Map.Item.Value", "i.$": "$$.Map.Item.Index"},
		"ItemProcessor": {"StartAt": "W", "States": {
			"W": {"Type": "Wait", "SecondsPath": "$.v", "Next": "T"},
			"T": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:echo", "End": true}}}}}}`,
		`[{"i": 0, "v": 1}, {"i": 1, "v": 2}, {"i": 2, "v": 3}]`, "",
	},
	{"parallel with a failure that is caught", `{"StartAt": "P", "States": {
		"P": {"Type": "Parallel", "Catch": [{"ErrorEquals": ["Bad"], "ResultPath": "$.e", "Next": "Got"}], "Next": "No",
			"Branches": [
				{"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "Bad", "Cause": "so it is"}}},
				{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3600, "End": true}}}]},
		"Got": {"Type": "Pass", "InputPath": "$.e", "End": true},
		"No": {"Type": "Fail"}}}`, `{"Error": "Bad", "Cause": "so it is"}`, ""},
	{"retry", `{"StartAt": "T", "States": {"T": {"Type": "Task", "End": true,
		"Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "flaky", "Payload": {"try.$": "$$.State.RetryCount"}},
		"Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 5, "MaxAttempts": 4}]}}}`, `{"Payload": {"try": 2}}`, ""},
	{"JSONata", `{"QueryLanguage": "JSONata", "StartAt": "A", "States": {
		"A": {"Type": "Pass", "Assign": {"sum": "{% $sum($states.input.list) %}"}, "Next": "M"},
		"M": {"Type": "Map", "Items": "{% $states.input.list %}", "MaxConcurrency": 2, "Next": "C",
			"ItemProcessor": {"StartAt": "X", "States": {"X": {"Type": "Pass", "Output": "{% $states.input * $sum %}", "End": true}}}},
		"C": {"Type": "Choice", "Choices": [{"Condition": "{% $sum = 6 %}", "Output": "{% $reverse($states.input) %}", "Next": "S"}], "Default": "F"},
		"S": {"Type": "Succeed"},
		"F": {"Type": "Fail", "Error": "{% 'No' %}"}}}`, `[18, 12, 6]`, ""},
	{
		"an expression that fails", `{"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": {"Type": "Pass", "Output": "{% $states.input.nothing %}", "End": true}}}`,
		"", "States.QueryEvaluationError",
	},
	{"a path that leads nowhere", `{"StartAt": "A", "States": {"A": {"Type": "Pass", "InputPath": "$.nothing", "End": true}}}`, "", "States.Runtime"},
	{"distributed", `{"StartAt": "D", "States": {"D": {"Type": "Map", "ItemsPath": "$.list", "End": true, "ToleratedFailureCount": 1,
		"ItemBatcher": {"MaxItemsPerBatch": 2},
		"ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "P",
			"States": {"P": {"Type": "Pass", "End": true}}}}}}`, `[{"Items": [1, 2]}, {"Items": [3]}]`, ""},
	{"in time", `{"StartAt": "W", "TimeoutSeconds": 60, "States": {"W": {"Type": "Wait", "Seconds": 3600, "End": true}}}`, "", "States.Timeout"},
}

// echo answers every task with what it was given; flaky fails twice.
var echo = flow.HandlerFunc(func(_ context.Context, r *flow.Request) (any, error) {
	if r.Action == "invoke" && r.Attempt < 2 {
		return nil, &flow.Error{Name: "Lambda.TooManyRequestsException", Cause: "slow down"}
	}
	if p, ok := r.Parameters.(map[string]any); ok && r.Action == "invoke" {
		return map[string]any{"Payload": p["Payload"]}, nil
	}
	return r.Parameters, nil
})

func echoing() *flow.Registry {
	r := flow.NewRegistry()
	r.Handle("*", echo)
	return r
}

func TestParsedFlowsUnderEveryDriver(t *testing.T) {
	for _, d := range definitions {
		t.Run(d.name, func(t *testing.T) {
			f, err := flow.Parse([]byte(d.text))
			if err != nil {
				t.Fatal(err)
			}
			f = f.With(flow.Resources(echoing()))
			input := map[string]any{"n": 3, "list": []any{1, 2, 3}}
			for mode, opts := range map[string][]flow.Option{
				"inline": nil, "checked": {flow.Checked()}, "stepwise": {flow.Stepwise()},
				"in virtual time": {flow.VirtualTime(time.Time{})}, "recorded": {flow.Record(&flow.History{})},
			} {
				synctest.Test(t, func(t *testing.T) {
					out, err := f.Run(t.Context(), input, opts...)
					e, _ := errors.AsType[*flow.Error](err)
					switch {
					case d.err != "" && (e == nil || e.Name != d.err):
						t.Errorf("%s: want the error %s, got %v, %v", mode, d.err, out, err)
					case d.err == "" && err != nil:
						t.Errorf("%s: %v", mode, err)
					case d.err == "" && sorted(t, out) != sortedText(t, d.want):
						t.Errorf("%s: want %s, got %s", mode, d.want, sorted(t, out))
					}
				})
			}
		})
	}
}

// random is what differs from run to run: identifiers and times.
var random = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}|\d{4}-\d\d-\d\dT[\d:.]+Z`)

// Every published definition comes to the same in its caller's goroutine, with
// workers side by side, and step by step in virtual time.
func TestPublishedDefinitionsUnderBothDrivers(t *testing.T) {
	dir := os.Getenv("FLOWSTONE_CONFORMANCE")
	if dir == "" {
		dir = filepath.Join("..", "shared", "conformance")
	}
	data, err := os.ReadFile(filepath.Join(dir, "definitions", "asl-valid.json"))
	if err != nil {
		t.Skipf("no published definitions (FLOWSTONE_CONFORMANCE names their folder): %v", err)
	}
	var entries []struct {
		Name       string
		Definition json.RawMessage
	}
	if err := json.Unmarshal(data, &entries); err != nil {
		t.Fatal(err)
	}
	if testing.Short() {
		entries = entries[:60]
	}
	for _, e := range entries {
		t.Run(e.Name, func(t *testing.T) {
			f, err := flow.Parse(e.Definition)
			if err != nil {
				t.Fatal(err)
			}
			f = f.With(flow.Resources(echoing()), flow.MaxTransitions(1000), flow.Store(&flow.MemoryStorage{}))
			outcome := func(opts ...flow.Option) (got string) {
				synctest.Test(t, func(t *testing.T) {
					ctx, cancel := context.WithTimeout(t.Context(), 100*365*24*time.Hour)
					defer cancel()
					out, err := f.Run(ctx, map[string]any{}, opts...)
					if e, ok := errors.AsType[*flow.Error](err); ok {
						got = e.Name
						return
					}
					data, err := json.Marshal(out)
					if err != nil {
						t.Error(err)
					}
					got = random.ReplaceAllString(string(data), "<random>")
				})
				return got
			}
			if d := cmp.Diff(outcome(flow.VirtualTime(time.Time{})), outcome()); d != "" {
				t.Errorf("- in virtual time, + inline:\n%s", d)
			}
		})
	}
}
