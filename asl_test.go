package flow_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/flowstone-go/flow"
)

// All mistakes are found at once, in AWS's words, with their places in the
// text.
func TestParseReportsAllMistakes(t *testing.T) {
	_, err := flow.Parse([]byte("{\"StartAt\": \"A\",\n \"States\": {\"A\": {\"Type\": \"Pass\", \"Next\": \"No\"},\n  \"B\": {\"Type\": \"Nap\", \"End\": true}}}"), flow.ParseName("broken"))
	var e *flow.BuildError
	if !errors.As(err, &e) || e.Flow != "broken" {
		t.Fatalf("%T %v", err, err)
	}
	var got []string
	for _, p := range e.Problems {
		got = append(got, p.Place+" | "+p.Text)
	}
	want := []string{
		"/States/B/Type (3:17) | SCHEMA_VALIDATION_FAILED: The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map]",
		"/States/A/Next (2:43) | MISSING_TRANSITION_TARGET: Missing 'Next' target: No",
		"/States/B (3:8) | MISSING_TRANSITION_TARGET: State \"B\" is not reachable.",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestParseRefusesWhatIsNoDefinition(t *testing.T) {
	for _, text := range []string{"", "null", "[]", "{", `{"StartAt": "A"}`, `{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}, "StartAt": "A"}`} {
		var e *flow.BuildError
		if _, err := flow.Parse([]byte(text)); !errors.As(err, &e) || len(e.Problems) == 0 {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestParseYAML(t *testing.T) {
	f, err := flow.Parse([]byte("StartAt: A\nStates:\n  A:\n    Type: Pass\n    Result: {n: 1}\n    End: true\n"))
	if err != nil {
		t.Fatal(err)
	}
	typed := flow.As[string, struct{ N int }](f)
	if out, err := typed.Run(t.Context(), "in"); out.N != 1 || err != nil {
		t.Errorf("%v, %v", out, err)
	}
	if _, err := flow.As[string, []int](f).Run(t.Context(), "in"); !errors.Is(err, flow.ErrRuntime) {
		t.Errorf("an object as a slice: %v", err)
	}
}

// An Express workflow can't wait for tokens.
func TestParseExpress(t *testing.T) {
	text := []byte(tokenMachine)
	if _, err := flow.Parse(text); err != nil {
		t.Error(err)
	}
	if _, err := flow.Parse(text, flow.ParseExpress()); err == nil || !strings.Contains(err.Error(), "does not support '.waitForTaskToken'") {
		t.Errorf("%v", err)
	}
}

// The time of the whole machine ends it, past retriers and catchers.
func TestParsedMachineTimeout(t *testing.T) {
	f, err := flow.Parse([]byte(`{"TimeoutSeconds": 5, "StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 60, "End": true}}}`))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		e := f.Start(t.Context(), nil)
		began := time.Now()
		<-e.Done()
		if took := time.Since(began); took != 5*time.Second || e.Status() != flow.TimedOut {
			t.Errorf("%v after %v", e.Status(), took)
		}
	})
}

// What AWS did before it changed is done for whoever asks for it.
func TestAsOf(t *testing.T) {
	f, err := flow.Parse([]byte(`{"StartAt": "A", "States": {"A": {"Type": "Map", ` + processor + `, "ItemSelector": {"e.$": "$$.Execution"}, "End": true}}}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		at       time.Time
		redrives bool
		exited   string
	}{
		{time.Time{}, true, "MapStateExited<4"},
		{time.Date(2023, 10, 1, 0, 0, 0, 0, time.UTC), false, "MapStateExited<5"},
		{time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC), true, "MapStateExited<5"},
	} {
		var h flow.History
		out, err := f.Run(t.Context(), []any{1.0}, flow.AsOf(c.at), flow.Record(&h))
		if err != nil {
			t.Fatal(err)
		}
		list, _ := out.([]any)
		first, _ := list[0].(map[string]any)
		execution, _ := first["e"].(map[string]any)
		if _, redrives := execution["RedriveCount"]; redrives != c.redrives || !strings.Contains(trailOf(&h), c.exited) {
			t.Errorf("%v: %v, %s", c.at, execution, trailOf(&h))
		}
	}
}

func TestHistoryLogs(t *testing.T) {
	f, err := flow.Parse([]byte(`{"StartAt": "A", "States": {`+lambdaTask("fail", `"Catch": [{"ErrorEquals": ["Bad"], "Next": "B"}], `)+`, "B": {"Type": "Fail", "Error": "Worse"}}}`), flow.ParseName("machine"))
	if err != nil {
		t.Fatal(err)
	}
	var h flow.History
	_, _ = f.Run(t.Context(), map[string]any{"name": "Bad"}, tasks(), flow.Record(&h), flow.WithName("run"))
	for _, c := range []struct {
		level flow.LogLevel
		data  bool
		want  string
	}{
		{flow.LogOff, true, ""},
		{flow.LogFatal, true, `8 ExecutionFailed {"error":"Worse"} <7`},
		{flow.LogError, false, `5 LambdaFunctionFailed {"error":"Bad"} <4, 7 FailStateEntered {"name":"B"} <6, 8 ExecutionFailed {"error":"Worse"} <7`},
		{flow.LogAll, false, `1 ExecutionStarted {"roleArn":"arn:aws:iam::123456789012:role/machine"} <0, 2 TaskStateEntered {"name":"A"} <0, 3 LambdaFunctionScheduled {"resource":"` + lambda + `fail"} <2, 4 LambdaFunctionStarted {} <3, 5 LambdaFunctionFailed {"error":"Bad"} <4, 6 TaskStateExited {"name":"A"} <5, 7 FailStateEntered {"name":"B"} <6, 8 ExecutionFailed {"error":"Worse"} <7`},
	} {
		records, err := h.Logs(c.level, c.data)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range records {
			if r.Execution != "arn:aws:states:us-east-1:123456789012:execution:machine:run" || r.Redrives != "0" || r.Timestamp == "" {
				t.Errorf("%+v", r)
			}
			got = append(got, r.ID+" "+r.Type+" "+string(r.Details)+" <"+r.Previous)
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.level, strings.Join(got, ", "), c.want)
		}
	}
}

// The history ends with its limit, whatever goes on.
func TestEventLimit(t *testing.T) {
	f, err := flow.Parse([]byte(`{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Map", "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}},
		"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "A"}], "Next": "C"}, "C": {"Type": "Choice", "Choices": [{"Variable": "$", "IsNull": true, "Next": "D"}], "Default": "A"}, "D": {"Type": "Succeed"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	for limit := 2; limit < 60; limit++ {
		var h flow.History
		_, err := f.Run(t.Context(), []any{1.0, 2.0}, flow.EventLimit(limit), flow.Record(&h))
		want := fmt.Sprintf("The execution reached the maximum number of history events (%d).", limit)
		var e *flow.Error
		if !errors.As(err, &e) || e.Name != "States.Runtime" || e.Cause != want {
			t.Fatalf("%d: %v", limit, err)
		}
		events := h.Events()
		if last := events[len(events)-1]; len(events) != limit || last.Type != "ExecutionFailed" || int(last.ID) != limit {
			t.Errorf("%d: %d events, the last %s %d", limit, len(events), last.Type, last.ID)
		}
		if _, unseen := f.Run(t.Context(), []any{1.0, 2.0}, flow.EventLimit(limit)); unseen == nil || unseen.Error() != err.Error() {
			t.Errorf("%d: unobserved: %v", limit, unseen)
		}
	}
}
