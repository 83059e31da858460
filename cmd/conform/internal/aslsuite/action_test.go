package aslsuite_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/cmd/conform/internal/aslsuite"
	"github.com/flowstone-go/flow/internal/document"
)

func TestStop(t *testing.T) {
	t.Parallel()
	text := func(s string) *string { return &s }
	for name, c := range map[string]struct {
		actions string
		want    *aslsuite.Failure
	}{
		"none":              {`[]`, nil},
		"another":           {`["SendTaskSuccess", {"error": "E"}]`, nil},
		"only a name":       {`["StopExecution"]`, &aslsuite.Failure{}},
		"an object":         {`[{"action": "stop_execution", "error": "E", "cause": "c"}]`, &aslsuite.Failure{Error: text("E"), Cause: text("c")}},
		"by key":            {`[{"StopExecution": {"Cause": "c"}}]`, &aslsuite.Failure{Cause: text("c")}},
		"deeper, after one": {`[{"wait": 1}, {"call": [{"operation": "StopExecution"}, {"error": "E"}]}]`, &aslsuite.Failure{Error: text("E")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, err := document.Decode([]byte(c.actions))
			if err != nil {
				t.Fatal(err)
			}
			got := (&aslsuite.Case{Actions: v.([]any)}).Stop()
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}
