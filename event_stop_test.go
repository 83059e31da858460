package flow_test

import (
	"encoding/json"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow"
)

// The event that an execution was stopped says what StopExecution was given.
func TestStopEvent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cause error
		want  map[string]any
	}{
		"no reason":        {nil, map[string]any{}},
		"a name and cause": {&flow.Error{Name: "Late", Cause: "nobody waits"}, map[string]any{"error": "Late", "cause": "nobody waits"}},
		"a name":           {&flow.Error{Name: "Late"}, map[string]any{"error": "Late"}},
		"another error":    {errors.New("going home"), map[string]any{"error": flow.ErrCancelled.Name, "cause": "going home"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f, err := flow.Parse([]byte(`{"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 100, "End": true}}}`))
				if err != nil {
					t.Fatal(err)
				}
				var h flow.History
				e := f.Start(t.Context(), map[string]any{}, flow.Record(&h))
				time.Sleep(time.Second)
				e.Stop(c.cause)
				if _, err := e.Wait(t.Context()); !errors.Is(err, flow.ErrCancelled) {
					t.Errorf("the error is %v", err)
				}
				events := h.Events()
				text, err := json.Marshal(events[len(events)-1])
				if err != nil {
					t.Fatal(err)
				}
				var got struct {
					Type    string
					Details map[string]any `json:"executionAbortedEventDetails"`
				}
				if err := json.Unmarshal(text, &got); err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(c.want, got.Details); d != "" || got.Type != "ExecutionAborted" {
					t.Errorf("%s\n%s", text, d)
				}
			})
		})
	}
}
