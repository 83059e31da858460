package aslsuite_test

import (
	"testing"

	"github.com/flowstone-go/flow/cmd/conform/internal/aslsuite"
	"github.com/flowstone-go/flow/internal/document"
)

func TestFromAPI(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ events, want string }{
		{
			`[{"id":1,"type":"ExecutionStarted","executionStartedEventDetails":{"input":"{\"a\": 1}","inputDetails":{"truncated":false},"roleArn":"r"}},
			{"id":2,"type":"PassStateExited","stateExitedEventDetails":{"name":"{}","output":"null","assignedVariables":{"x":"\"1\"","y":"[2]"}}},
			{"id":3,"type":"TaskScheduled","taskScheduledEventDetails":{"parameters":"{}","resource":"r"}},
			{"id":4,"type":"TaskFailed","taskFailedEventDetails":{"cause":"{\"a\":1}"}},{"id":5,"type":"TaskStateAborted"}]`,
			`[{"id":1,"type":"ExecutionStarted","executionStartedEventDetails":{"input":{"a":1},"inputDetails":{"truncated":false},"roleArn":"r"}},` +
				`{"id":2,"type":"PassStateExited","stateExitedEventDetails":{"name":"{}","output":null,"assignedVariables":{"x":"1","y":[2]}}},` +
				`{"id":3,"type":"TaskScheduled","taskScheduledEventDetails":{"parameters":{},"resource":"r"}},` +
				`{"id":4,"type":"TaskFailed","taskFailedEventDetails":{"cause":"{\"a\":1}"}},{"id":5,"type":"TaskStateAborted"}]`,
		},
		{`[1]`, "error: event 1 is no object"},
		{`[{"xEventDetails":{"input":{}}}]`, "error: event 1: xEventDetails: input: object, not JSON text"},
		{`[{"xEventDetails":{"assignedVariables":{"x":1}}}]`, "error: event 1: xEventDetails: assignedVariables: x: number, not JSON text"},
		{`[{"xEventDetails":{"assignedVariables":1}}]`, "error: event 1: xEventDetails: assignedVariables: number, not an object"},
	} {
		events, _ := value(t, test.events).([]any)
		got, err := aslsuite.FromAPI(events)
		text := document.Text(got)
		if err != nil {
			text = "error: " + err.Error()
		}
		if text != test.want {
			t.Errorf("got  %s\nwant %s", text, test.want)
		}
	}
}
