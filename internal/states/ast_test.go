package states_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/flowstone-go/flow/internal/states"
)

func TestValues(t *testing.T) {
	t.Parallel()
	var absent *states.Value
	tests := []struct {
		name       string
		v          *states.Value
		null       bool
		text       string
		isText     bool
		whole      int64
		isWhole    bool
		number     float64
		isNumber   bool
		expression string
		isOne      bool
	}{
		{name: "absent", v: absent},
		{name: "null", v: states.Of(nil), null: true},
		{name: "a text", v: states.Of("$.a"), text: "$.a", isText: true},
		{name: "an expression", v: states.Of("{%  $a %}"), text: "{%  $a %}", isText: true, expression: "$a", isOne: true},
		{name: "delimiters that overlap", v: states.Of("{%}"), text: "{%}", isText: true},
		{name: "a whole number", v: states.Of(3.0), whole: 3, isWhole: true, number: 3, isNumber: true},
		{name: "a number", v: states.Of(json.Number("0.50")), number: 0.5, isNumber: true},
		{name: "a boolean", v: states.Of(true)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := tt.v.IsNull(); got != tt.null {
				t.Errorf("IsNull: %t", got)
			}
			if got, ok := tt.v.Text(); got != tt.text || ok != tt.isText {
				t.Errorf("Text: %q, %t", got, ok)
			}
			if got, ok := tt.v.Int(); got != tt.whole || ok != tt.isWhole {
				t.Errorf("Int: %d, %t", got, ok)
			}
			if got, ok := tt.v.Float(); got != tt.number || ok != tt.isNumber {
				t.Errorf("Float: %g, %t", got, ok)
			}
			if got, ok := tt.v.Expression(); got != tt.expression || ok != tt.isOne {
				t.Errorf("Expression: %q, %t", got, ok)
			}
		})
	}
}

func TestTree(t *testing.T) {
	t.Parallel()
	m, ds := states.ParseJSON([]byte(everything))
	if m == nil {
		t.Fatal(ds)
	}
	if s := m.State("Nobody"); s != nil {
		t.Errorf("found %v", s)
	}
	if s := m.State("Query"); s.Language != states.JSONata || m.State("Task").Language != states.JSONPath {
		t.Error("languages")
	}
	var terminal strings.Builder
	for _, s := range m.States {
		if s.Terminal() {
			terminal.WriteString(s.Name + ";")
		}
	}
	if terminal.String() != "Succeed;Fail;Fail by path;" {
		t.Error(terminal.String())
	}
	if m.State("Map").ItemTemplate() != m.State("Map").ItemSelector || m.State("Old map").ItemTemplate() != m.State("Old map").Parameters {
		t.Error("item templates")
	}
	if !m.State("Map").Processor.Distributed() || m.State("Old map").Processor.Distributed() || m.State("Pass").Processor.Distributed() {
		t.Error("modes")
	}
	var inside strings.Builder
	for _, s := range m.States {
		for _, scope := range s.Scopes() {
			inside.WriteString(s.Name + ":" + scope.StartAt + ";")
		}
	}
	if inside.String() != "Parallel:B;Map:C;Old map:D;New map:F;" {
		t.Error(inside.String())
	}
}
