package flow_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/flowstone-go/flow"
)

// tenStates is a machine of ten states in JSONPath: what a definition of
// middling size does with its data.
func tenStates(tb testing.TB) *flow.Flow[any, any] {
	tb.Helper()
	var b strings.Builder
	b.WriteString(`{"StartAt": "S0", "States": {`)
	for i := range 9 {
		state := `{"Type": "Pass", "Parameters": {"sum.$": "States.MathAdd($.order.total, 1)", "id.$": "$.order.id"}, "ResultPath": "$.step", "Next": "S%d"}`
		switch i % 3 {
		case 1:
			state = `{"Type": "Choice", "Choices": [{"And": [{"Variable": "$.step.sum", "NumericGreaterThan": 10}, {"Variable": "$.order.id", "StringMatches": "o-*"}], "Next": "S%d"}]}`
		case 2:
			state = `{"Type": "Pass", "InputPath": "$.order.customer.address", "ResultPath": "$.address", "Next": "S%d"}`
		}
		fmt.Fprintf(&b, `"S%d": `+state+`,`, i, i+1)
	}
	b.WriteString(`"S9": {"Type": "Pass", "OutputPath": "$.address", "End": true}}}`)
	f, err := flow.Parse([]byte(b.String()))
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

func tenStatesInput() any {
	return map[string]any{"order": map[string]any{
		"id": "o-17", "total": 12.5,
		"customer": map[string]any{"name": "Ada", "address": map[string]any{"city": "Turin", "zip": "10121"}},
	}}
}

func BenchmarkParsedTenStates(b *testing.B) {
	f := tenStates(b)
	in := tenStatesInput()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.Run(b.Context(), in); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParsedTenStatesHistory(b *testing.B) {
	f := tenStates(b)
	in := tenStatesInput()
	b.ReportAllocs()
	var h flow.History
	record := flow.Record(&h)
	for b.Loop() {
		h.Reset()
		if _, err := f.Run(b.Context(), in, record); err != nil {
			b.Fatal(err)
		}
	}
}
