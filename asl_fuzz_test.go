package flow_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/flowstone-go/flow"
)

// Whatever is parsed and given runs to an end.
func FuzzParsedRun(f *testing.F) {
	for _, seed := range []machineCase{
		{states: `"A": {"Type": "Pass", "Parameters": {"x.$": "States.Format('{}', $.a[0:2])"}, "ResultPath": "$.r.s", "OutputPath": "$..s", "Next": "B"}, "B": {"Type": "Wait", "SecondsPath": "$[0].x", "End": true}`, in: `{"a": [1, 2]}`},
		{states: `"A": {"Type": "Map", "ItemsPath": "$.l", "ItemSelector": {"c.$": "$$"}, ` + failingItems + `, "ToleratedFailureCount": 1, "Retry": [{"ErrorEquals": ["States.ALL"], "JitterStrategy": "FULL"}], "End": true}`, in: `{"l": ["bad", 1]}`},
		{more: `"QueryLanguage": "JSONata", `, states: `"A": {"Type": "Choice", "Choices": [{"Condition": "{% $count($states.input) > 1 %}", "Assign": {"v": "{% $states.input[0] %}"}, "Next": "B"}], "Default": "B"}, "B": {"Type": "Parallel", "Branches": [{"StartAt": "C", "States": {"C": {"Type": "Fail", "Error": "{% $v %}"}}}], "Catch": [{"ErrorEquals": ["States.ALL"], "Output": "{% $states.errorOutput %}", "Next": "D"}], "End": true}, "D": {"Type": "Succeed"}`, in: `[1, 2]`},
		{states: lambdaTask("x", `"TimeoutSecondsPath": "$.t", "Credentials": {"RoleArn.$": "$.r"}, "Catch": [{"ErrorEquals": ["States.Timeout"], "ResultPath": "$.e[0]", "Next": "B"}], `) + `, "B": {"Type": "Fail", "CausePath": "States.JsonToString($)"}`, in: `{"t": 3, "r": "x"}`},
	} {
		f.Add(seed.definition(), []byte(seed.in))
	}
	r := flow.NewRegistry()
	r.Handle("*", flow.HandlerFunc(func(_ context.Context, q *flow.Request) (any, error) { return q.Parameters, nil }))
	f.Fuzz(func(t *testing.T, definition, input []byte) {
		if len(definition) > 1<<14 || len(input) > 1<<12 {
			return
		}
		m, err := flow.Parse(definition)
		if err != nil {
			return
		}
		var in any
		if json.Unmarshal(input, &in) != nil {
			return
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		_, err = m.Run(ctx, in, flow.Resources(r), flow.VirtualTime(time.Time{}), flow.EventLimit(500), flow.PayloadLimit(1<<16), flow.Store(&flow.MemoryStorage{}))
		if ctx.Err() != nil {
			t.Errorf("it has not ended: %v", err)
		}
	})
}
