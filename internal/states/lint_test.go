package states_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/internal/states"
)

func TestLint(t *testing.T) {
	t.Parallel()
	task := func(fields string) string { return one(in(states.Task, fields)) }
	tests := []struct {
		name, text string
		want       []string
	}{
		{"nothing to say", task(`"HeartbeatSeconds": 1, "Retry": [{"ErrorEquals": ["Lambda.TooManyRequestsException", "States.Timeout"]}, {"ErrorEquals": ["States.ALL"]}],
			"Catch": [{"ErrorEquals": ["States.TaskFailed"], "Next": "E"}, {"ErrorEquals": ["States.Timeout", "States.Http.StatusCode.429"], "Next": "E"}]`), nil},
		{"loops", `{"StartAt": "A", "States": {
			"A": {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": true, "Next": "B"}], "Default": "E"},
			"B": {"Type": "Pass", "Next": "C"}, "C": {"Type": "Wait", "Seconds": 1, "Next": "B"}, "E": {"Type": "Parallel", "End": true, "Branches": [
			{"StartAt": "F", "States": {"F": {"Type": "Pass", "Next": "F"}}}]}}}`, []string{
			"LOOP_WITHOUT_EXIT: No way leads to an end from: B, C at /States/B",
			"LOOP_WITHOUT_EXIT: No way leads to an end from: F at /States/E/Branches[0]/States/F",
		}},
		{"a catcher is a way out", `{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Catch": [{"ErrorEquals": ["Stop"], "Next": "E"}], "Next": "A"}, "E": {"Type": "Succeed"}}}`, nil},
		{"retriers that come too late", task(`"Retry": [{"ErrorEquals": ["A", "B"]}, {"ErrorEquals": ["B"]}, {"ErrorEquals": ["B", "C"]}, {"ErrorEquals": ["States.TaskFailed"]}, {"ErrorEquals": ["D"]}]`), []string{
			"NEVER_MATCHES: This retrier can never match: those before it take B at /States/S/Retry[1]",
			"NEVER_MATCHES: This retrier can never match: those before it take D at /States/S/Retry[4]",
		}},
		{"catchers that come too late", task(`"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "E"}, {"ErrorEquals": ["States.Timeout"], "Next": "E"}]`), []string{
			"NEVER_MATCHES: This catcher can never match: those before it take States.Timeout at /States/S/Catch[1]",
		}},
		{"errors that do not come", task(`"Retry": [{"ErrorEquals": ["States.Runtime", "States.NoChoiceMatched", "States.HeartbeatTimeout", "States.Oops"]}]`), []string{
			"NEVER_MATCHES: States.Runtime is never retried and never caught at /States/S/Retry[0]",
			"NEVER_MATCHES: AWS does not report States.NoChoiceMatched: the state fails with States.Runtime or the error of what failed inside at /States/S/Retry[0]",
			"NEVER_MATCHES: States.HeartbeatTimeout needs HeartbeatSeconds at /States/S/Retry[0]",
			"UNKNOWN_ERROR: There is no error States.Oops; names that begin with States. are reserved at /States/S/Retry[0]",
		}},
		{"rules below one that always holds", oneJSONata(in(states.Choice, `"Choices": [{"Condition": "{% $states.input.a %}", "Next": "E"}, {"Condition": "{% true %}", "Next": "E"}, {"Condition": false, "Next": "E"}]`)), []string{
			"NEVER_CHOSEN: This rule is never looked at: the condition before it always holds at /States/S/Choices[2]",
		}},
		{"names of variables", one(in(states.Pass, `"Assign": {"a-b": 1, "states": 3, "é": 4}`)), []string{
			"INVALID_VARIABLE_NAME: 'a-b' is not a name that AWS takes for a variable at /States/S/Assign",
			"INVALID_VARIABLE_NAME: 'states' is not a name that AWS takes for a variable at /States/S/Assign",
		}},
		{"variables that nothing assigns", `{"StartAt": "A", "States": {
			"A": {"Type": "Pass", "Parameters": {"a.$": "$v", "b.$": "$nobody"}, "Assign": {"v": 1}, "Next": "M"},
			"M": {"Type": "Map", "End": true, "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "B", "States": {"B": {"Type": "Pass", "InputPath": "$v", "End": true}}}}}}`, []string{
			"UNASSIGNED_VARIABLE: No state assigns the variable 'nobody' where this one could see it at /States/A",
			"UNASSIGNED_VARIABLE: No state assigns the variable 'v' where this one could see it at /States/M/ItemProcessor/States/B",
		}},
		{"results before there are any", oneJSONata(in(states.Task, `"Arguments": {"a": ["{% $states.result.a %}"]}, "Output": "{% $states.result %}", "Assign": {"v": "{% $states.result.v %}"}, "Catch": [{"ErrorEquals": ["A"], "Output": "{% $states.result %}", "Next": "E"}]`)), []string{
			"MISPLACED_RESULT: There is no $states.result here: only Output and Assign of a Task, Parallel or Map have it at /States/S/Arguments",
			"MISPLACED_RESULT: There is no $states.result here: only Output and Assign of a Task, Parallel or Map have it at /States/S/Catch[0]/Output",
		}},
		{"results that never are", oneJSONata(in(states.Pass, `"Output": "{% $states.result %}"`)), []string{
			"MISPLACED_RESULT: There is no $states.result here: only Output and Assign of a Task, Parallel or Map have it at /States/S/Output",
		}},
		{"parameters that are missing", one(`{"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": {"MessageBody.$": "$"}, "Next": "E"}`), []string{
			"MISSING_PARAMETER: The field 'QueueUrl' is required but was missing at /States/S/Parameters",
		}},
		{"an HTTP task without a connection", one(`{"Type": "Task", "Resource": "arn:aws:states:::http:invoke", "Parameters": {"ApiEndpoint": "https://example.com"}, "Next": "E"}`), []string{
			"MISSING_PARAMETER: The field 'Method' is required but was missing at /States/S/Parameters",
			"MISSING_PARAMETER: One of the fields 'Authentication' and 'InvocationConfig' is required but both were missing at /States/S/Parameters",
		}},
		{"an HTTP task with one", one(`{"Type": "Task", "Resource": "arn:aws:states:::http:invoke", "Parameters": {"ApiEndpoint": "https://example.com", "Method": "GET", "InvocationConfig.$": "$.c"}, "Next": "E"}`), nil},
		{"credentials for an activity", one(`{"Type": "Task", "Resource": "arn:aws:states:us-east-1:111111111111:activity:a", "Credentials": {"RoleArn": "arn:aws:iam::111111111111:role/r"}, "Next": "E"}`), []string{
			"NO_CREDENTIALS: Activities and HTTP tasks cannot be given credentials at /States/S/Credentials",
		}},
		{"fields without effect", one(`{"Type": "Map", "Next": "E", "Label": "L", "ToleratedFailureCount": 1, "ItemProcessor": {"StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}}}}`), []string{
			"DISTRIBUTED_ONLY: Field 'Label' has no effect unless the mode is DISTRIBUTED at /States/S",
			"DISTRIBUTED_ONLY: Field 'ToleratedFailureCount' has no effect unless the mode is DISTRIBUTED at /States/S",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m, ds := states.ParseJSON([]byte(tt.text))
			if m == nil {
				t.Fatal(ds)
			}
			var got []string
			for _, d := range states.Lint(m) {
				if d.Severity != states.Hint || d.Line == 0 {
					t.Errorf("%+v", d)
				}
				got = append(got, fmt.Sprintf("%s: %s at %s", d.Code, d.Message, d.Location))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCheckOfALoopWithoutExit(t *testing.T) {
	t.Parallel()
	// AWS creates it: that a branch never ends is for Lint to say.
	text := one(`{"Type": "Parallel", "Next": "E", "Branches": [{"StartAt": "F", "States": {"F": {"Type": "Pass", "Next": "F"}}}]}`)
	if got := findings(t, text, states.Standard); got != nil {
		t.Error(got)
	}
}
