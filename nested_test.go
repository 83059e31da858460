package flow_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/flowstone-go/flow"
)

const childARN = "arn:aws:states:eu-west-1:210987654321:stateMachine:child"

// nestedTasks starts a child that gives {"name": …, "in": …}, or fails for
// {"bad": true}.
func nestedTasks(t *testing.T) (flow.Option, *flow.Machines) {
	t.Helper()
	child, err := flow.Parse([]byte(`{"StartAt": "C", "States": {"C": {"Type": "Choice", "Choices": [{"Variable": "$.bad", "IsPresent": true, "Next": "F"}], "Default": "S"},
		"F": {"Type": "Fail", "Error": "Bad", "Cause": "it is"},
		"S": {"Type": "Pass", "Parameters": {"id.$": "$$.Execution.Id", "in.$": "$"}, "End": true}}}`))
	if err != nil {
		t.Fatal(err)
	}
	r := flow.NewRegistry()
	machines := flow.NewMachines(flow.Resources(r))
	machines.Add(childARN, child)
	r.Handle("states:startExecution", machines)
	return flow.Resources(r), machines
}

func nestedState(pattern, machine, more string) string {
	return `"A": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution` + pattern + `", "Parameters": {"StateMachineArn": "` + machine + `", "Name": "n", "Input.$": "$"}, ` + more + `"End": true}`
}

func TestNestedExecutions(t *testing.T) {
	r, machines := nestedTasks(t)
	const id = "arn:aws:states:eu-west-1:210987654321:execution:child:n"
	selected := `"ResultSelector": {"arn.$": "$.ExecutionArn", "in.$": "$.Input", "out.$": "$.Output", "status.$": "$.Status"}, `
	runAll(t, []machineCase{
		{
			name: "sync gives text", states: nestedState(".sync", childARN, selected), in: `{"a": 1}`,
			out:   `{"arn": "` + id + `", "in": "{\"a\":1}", "out": "{\"id\":\"` + id + `\",\"in\":{\"a\":1}}", "status": "SUCCEEDED"}`,
			trail: "ExecutionStarted<0 TaskStateEntered<0 TaskScheduled<2 TaskStarted<3 TaskSubmitted<4 TaskSucceeded<5 TaskStateExited<6 ExecutionSucceeded<7",
		},
		{
			name: "sync:2 gives JSON, also with a bound", states: nestedState(".sync:2", childARN, selected+`"TimeoutSeconds": 60, `), in: `{"a": 1}`,
			out:   `{"arn": "` + id + `", "in": {"a": 1}, "out": {"id": "` + id + `", "in": {"a": 1}}, "status": "SUCCEEDED"}`,
			trail: "ExecutionStarted<0 TaskStateEntered<0 TaskScheduled<2 TaskStarted<3 TaskSubmitted<4 TaskSucceeded<5 TaskStateExited<6 ExecutionSucceeded<7",
		},
		{
			name: "an unknown machine", states: nestedState("", childARN+"x", ""), err: "StepFunctions.StateMachineDoesNotExistException: State Machine Does Not Exist: '" + childARN + "x'",
		},
	}, r)
	f, err := flow.Parse([]byte(`{"StartAt": "A", "States": {` + nestedState(".sync", childARN, "") + `}}`))
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Run(t.Context(), map[string]any{"bad": true}, r)
	var e *flow.Error
	if !errors.As(err, &e) || e.Name != "States.TaskFailed" {
		t.Fatalf("%v", err)
	}
	var cause map[string]any
	if err := json.Unmarshal([]byte(e.Cause), &cause); err != nil || cause["Error"] != "Bad" || cause["Cause"] != "it is" || cause["Status"] != "FAILED" || cause["Input"] != `{"bad":true}` {
		t.Errorf("%s, %v", e.Cause, err)
	}
	started, err := flow.Parse([]byte(`{"StartAt": "A", "States": {` + nestedState("", childARN, "") + `}}`))
	if err != nil {
		t.Fatal(err)
	}
	out, err := started.Run(t.Context(), map[string]any{}, r)
	if m, _ := out.(map[string]any); m["ExecutionArn"] != id || err != nil {
		t.Errorf("%v, %v", out, err)
	}
	machines.Wait()
}

type outOfStock struct{}

func (outOfStock) Error() string { return "no more of it" }

func TestHandleLambda(t *testing.T) {
	r := flow.NewRegistry()
	flow.HandleLambda(r, "greet", func(_ context.Context, in struct{ Name string }) (string, error) {
		if in.Name == "" {
			return "", outOfStock{}
		}
		return "hello " + in.Name, nil
	})
	invoke := func(function, payload string) string {
		return `"A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "` + function + `", "Payload` + payload + `}, "ResultSelector": {"p.$": "$.Payload", "s.$": "$.StatusCode"}, "End": true}`
	}
	const wrong = `outOfStock: {"errorMessage":"no more of it","errorType":"outOfStock"}`
	runAll(t, []machineCase{
		{name: "by its ARN", states: lambdaTask("greet:live", ""), in: `{"Name": "Ada"}`, out: `"hello Ada"`},
		{name: "an error", states: lambdaTask("greet", ""), err: wrong},
		{name: "invoked by name", states: invoke("greet", `.$": "$"`), in: `{"Name": "Ada"}`, out: `{"p": "hello Ada", "s": 200}`},
		{name: "invoked by ARN, with text that is JSON", states: invoke("arn:aws:lambda:us-east-1:123456789012:function:greet:1", `": "{\"Name\": \"Bob\"}"`), out: `{"p": "hello Bob", "s": 200}`},
		{name: "invoked without a payload", states: invoke("greet", `": null`), err: wrong},
		{name: "invoked, and not there", states: invoke("greets", `": {}`), err: "Lambda.ResourceNotFoundException: Function not found: greets"},
	}, flow.Resources(r))
	f, err := flow.Parse([]byte(`{"StartAt": "A", "States": {` + lambdaTask("other", "") + `}}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Bind(r); err == nil || !strings.Contains(err.Error(), "function:other") {
		t.Errorf("%v", err)
	}
}
