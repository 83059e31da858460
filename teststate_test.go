package flow_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/flowstone-go/flow"
)

func TestTestState(t *testing.T) {
	two := 2
	mapState := `{"Type": "Map", "ItemsPath": "$.l", "ToleratedFailureCount": 1, "ItemSelector": {"v.$": "$$.Map.Item.Value"}, ` + processor + `, "Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 2, "MaxAttempts": 1}], "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Sorry"}], "Next": "Done"}`
	task := `{"Type": "Task", "Resource": "` + lambda + `double", "InputPath": "$.a", "Parameters": {"N.$": "$.n"}, "ResultSelector": {"m.$": "$.n"}, "ResultPath": "$.r", "OutputPath": "$.r.m", "End": true}`
	for _, c := range []struct {
		name string
		test flow.StateTest
		want string
	}{
		{
			name: "a Pass", test: flow.StateTest{Definition: []byte(`{"Type": "Pass", "Parameters": {"x.$": "$.a"}, "ResultPath": "$.r", "OutputPath": "$.r", "Next": "B"}`), Input: []byte(`{"a": 1}`), Level: flow.InspectDebug},
			want: `{"status": "SUCCEEDED", "output": {"x": 1}, "nextState": "B", "inspectionData": {"input": {"a": 1}, "afterInputPath": {"a": 1}, "afterParameters": {"x": 1}, "afterResultSelector": {"x": 1}, "afterResultPath": {"a": 1, "r": {"x": 1}}}}`,
		},
		{
			name: "a Task by its handler", test: flow.StateTest{Definition: []byte(task), Input: []byte(`{"a": {"n": 4}}`), Role: "r", Level: flow.InspectTrace},
			want: `{"status": "SUCCEEDED", "output": 8, "inspectionData": {"input": {"a": {"n": 4}}, "afterInputPath": {"n": 4}, "afterParameters": {"N": 4}, "result": {"n": 8}, "afterResultSelector": {"m": 8}, "afterResultPath": {"a": {"n": 4}, "r": {"m": 8}}}}`,
		},
		{
			name: "the text of a mock", test: flow.StateTest{Definition: []byte(`{"Type": "Task", "Resource": "` + lambda + `none", "End": true}`), Mock: &flow.StateMock{Result: []byte(`{"x":  1.0}`)}},
			want: `{"status": "SUCCEEDED", "output": {"x": 1.0}}`,
		},
		{
			name: "a state in a Map, by name", test: flow.StateTest{Definition: []byte(`{"StartAt": "M", "States": {"M": {"Type": "Map", ` + failingItems + `, "End": true}}}`), State: "I", Input: []byte(`"bad"`)},
			want: `{"status": "SUCCEEDED", "output": "bad", "nextState": "F"}`,
		},
		{
			name: "a Wait does not wait", test: flow.StateTest{Definition: []byte(`{"Type": "Wait", "Seconds": 90000, "Next": "B"}`)},
			want: `{"status": "SUCCEEDED", "output": {}, "nextState": "B"}`,
		},
		{
			name: "variables", test: flow.StateTest{Definition: []byte(`{"Type": "Pass", "QueryLanguage": "JSONata", "Assign": {"b": "{% $a + 1 %}"}, "Output": "{% $a %}", "End": true}`), Variables: []byte(`{"a": 1}`), Level: flow.InspectDebug},
			want: `{"status": "SUCCEEDED", "output": 1, "inspectionData": {"input": {}, "variables": {"a": 1, "b": 2}}}`,
		},
		{
			name: "a failed expression, without its place", test: flow.StateTest{Definition: []byte(`{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $no %}", "End": true}`)},
			want: `{"status": "FAILED", "error": "States.QueryEvaluationError", "cause": "The JSONata expression '$no' specified for the field 'Output' returned nothing (undefined)."}`,
		},
		{
			name: "too many failed iterations are tried again", test: flow.StateTest{Definition: []byte(mapState), Input: []byte(`{"l": [1, 2]}`), Mock: &flow.StateMock{Result: []byte(`[1, 2]`)}, MapIterationFailureCount: &two, Level: flow.InspectDebug},
			want: `{"status": "RETRIABLE", "error": "States.ExceedToleratedFailureThreshold", "cause": "The specified tolerated failure threshold was exceeded", "inspectionData": {"input": {"l": [1, 2]}, "afterInputPath": {"l": [1, 2]}, "afterItemsPath": [1, 2],
				"afterItemSelector": [{"v": 1}, {"v": 2}], "maxConcurrency": 0, "toleratedFailureCount": 1, "errorDetails": {"retryIndex": 0, "retryBackoffIntervalSeconds": 2}}}`,
		},
		{
			name: "then caught", test: flow.StateTest{Definition: []byte(mapState), Input: []byte(`{"l": []}`), Mock: &flow.StateMock{Failure: &flow.Failure{Error: "E", Cause: "c"}}, RetrierRetryCount: 1},
			want: `{"status": "CAUGHT_ERROR", "error": "E", "cause": "c", "nextState": "Sorry", "output": {"Error": "E", "Cause": "c"}}`,
		},
		{
			name: "a given context object is taken as it is", test: flow.StateTest{Definition: []byte(`{"Type": "Task", "Resource": "` + lambda + `none", "ResultSelector": {"c.$": "$$"}, "End": true}`), Mock: &flow.StateMock{Result: []byte(`1`)}, Context: []byte(`{"State": {"Name": "S"}}`)},
			want: `{"status": "SUCCEEDED", "output": {"c": {"State": {"Name": "S"}}}}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := flow.TestState(t.Context(), &c.test, tasks())
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			if compact(t, string(got)) != compact(t, c.want) {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}

// What AWS refuses to test.
func TestTestStateRefuses(t *testing.T) {
	pass := []byte(`{"Type": "Pass", "End": true}`)
	task := []byte(`{"Type": "Task", "Resource": "` + lambda + `x", "End": true}`)
	parallel := []byte(`{"Type": "Parallel", "Branches": [{"StartAt": "X", "States": {"X": {"Type": "Succeed"}}}], "End": true}`)
	mock := func(text string) *flow.StateMock { return &flow.StateMock{Result: []byte(text)} }
	one := 1
	for want, test := range map[string]flow.StateTest{
		"ValidationException: TestState does not support RevealSecrets when a mock is specified.":                                                            {Definition: task, RevealSecrets: true, Mock: mock(`1`)},
		"ValidationException: A test mock should have only one of the following fields: [result, errorOutput].":                                              {Definition: task, Mock: &flow.StateMock{Result: []byte(`1`), Failure: &flow.Failure{}}},
		"ValidationException: State not found in definition":                                                                                                 {Definition: []byte(`{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}`), State: "B"},
		"ValidationException: RoleArn must be specified when testing a Task state":                                                                           {Definition: task},
		"ValidationException: State type 'Pass' is not supported when a mock is specified":                                                                   {Definition: pass, Mock: mock(`1`)},
		"ValidationException: Mocked result must be valid JSON":                                                                                              {Definition: task, Mock: mock(`{`)},
		"ValidationException: Mocked result must be an array.":                                                                                               {Definition: parallel, Mock: mock(`{}`)},
		"ValidationException: Mocked result must contain the same number of items as number of Parallel branches.":                                           {Definition: parallel, Mock: mock(`[]`)},
		"ValidationException: TestState does not support MapIterationFailureCount when a mock is not specified.":                                             {Definition: pass, MapIterationFailureCount: &one},
		"InvalidDefinition: TestState API does not support Map or Parallel states. Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]": {Definition: parallel},
		"ValidationException: Invalid Context object provided: Field 'X' is not allowed":                                                                     {Definition: task, Mock: mock(`1`), Context: []byte(`{"X": 1}`)},
		"ValidationException: Invalid Context object provided: Execution.Id must be a string":                                                                {Definition: task, Mock: mock(`1`), Context: []byte(`{"Execution": {"Id": 1}}`)},
		"ValidationException: Variables must be a JSON object":                                                                                               {Definition: pass, Variables: []byte(`[]`)},
		"InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map] at /States/StateName/Type'": {Definition: []byte(`{"Type": "Nap", "End": true}`)},
	} {
		r, err := flow.TestState(t.Context(), &test)
		var refused *flow.RequestError
		if !errors.As(err, &refused) || refused.Error() != want {
			t.Errorf("want %s\n got %+v, %v", want, r, err)
		}
	}
	if _, err := flow.TestState(t.Context(), &flow.StateTest{Definition: task, Role: "r"}); !errors.Is(err, flow.ErrRuntime) {
		t.Errorf("a Task that nothing handles: %v", err)
	}
}
