package states_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/internal/states"
)

func TestException(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		ds   states.Diagnostics
		want string
	}{
		{"none", nil, ""},
		{"warnings only", states.Diagnostics{{Severity: states.Warning, Code: states.NoPath, Message: "m"}}, ""},
		{
			"one",
			states.Diagnostics{{Severity: states.Error, Code: states.SchemaFailed, Message: "Value cannot be empty", Location: "/States"}},
			"Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: Value cannot be empty at /States'",
		},
		{"several, one of no place", states.Diagnostics{
			{Severity: states.Error, Code: states.MissingTarget, Message: "Missing 'Next' target: B", Location: "/StartAt"},
			{Severity: states.Warning, Code: states.NoPath, Message: "m"},
			{Severity: states.Error, Code: states.MissingEndState, Message: "Workflow has no terminal state"},
		}, "Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: Missing 'Next' target: B at /StartAt, MISSING_END_STATE: Workflow has no terminal state at null'"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, tt.ds.Exception()); diff != "" {
				t.Error(diff)
			}
			if ok := tt.ds.OK(); ok != (tt.want == "") {
				t.Errorf("OK is %t", ok)
			}
		})
	}
}

func TestDiagnosticsForPeople(t *testing.T) {
	t.Parallel()
	for want, d := range map[string]states.Diagnostic{
		"3:7: NO_PATH: m at /States/A/Error": {Code: states.NoPath, Message: "m", Location: "/States/A/Error", Line: 3, Column: 7},
		"MISSING_END_STATE: m":               {Code: states.MissingEndState, Message: "m"},
	} {
		if diff := cmp.Diff(want, d.String()); diff != "" {
			t.Error(diff)
		}
	}
}
