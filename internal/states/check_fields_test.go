package states_test

import (
	"testing"

	"github.com/flowstone-go/flow/internal/states"
)

const (
	reference = "SVF: Value is not a valid Reference Path at /States/S/"
	notAPath  = "SVF: Value is not a valid JSONPath at /States/S/"
)

func TestCheckFields(t *testing.T) {
	t.Parallel()
	runChecks(t, []checkTest{
		{name: "a Pass with everything", text: one(in(states.Pass, `"Comment": "", "InputPath": null, "OutputPath": "$$.Execution", "Parameters": {"a.$": "$.b"}, "Result": [1], "ResultPath": "$['a'].b", "Assign": {"v": 1}`))},
		{name: "a Pass with what it has not", text: one(in(states.Pass, `"ResultSelector": {}, "TimeoutSeconds": 1, "Retry": []`)), want: []string{
			"SVF: Field 'ResultSelector' is not supported at /States/S",
			"SVF: Field 'TimeoutSeconds' is not supported at /States/S",
			"SVF: Field 'Retry' is not supported at /States/S",
		}},
		{name: "paths", text: one(in(states.Pass, `"InputPath": "a", "OutputPath": "$.", "ResultPath": "$$.a"`)), want: []string{
			notAPath + "InputPath", notAPath + "OutputPath", reference + "ResultPath",
		}},
		{name: "results that go nowhere", text: one(in(states.Task, `"ResultPath": "$v.a"`)), want: []string{reference + "ResultPath"}},
		{name: "results that go to many places", text: one(in(states.Task, `"ResultPath": "$.a[*]"`)), want: []string{reference + "ResultPath"}},
		{name: "paths of other kinds", text: one(in(states.Pass, `"InputPath": 1, "ResultPath": {}`)), want: []string{
			"SVF: Expected value of type [STRING] at /States/S/InputPath", "SVF: Expected value of type [STRING] at /States/S/ResultPath",
		}},
		{name: "what a Result holds is not evaluated", text: one(in(states.Pass, `"Result": {"a": ["$.b"]}`)), want: []string{
			"warning PASS_RESULT_IS_STATIC: The Result of a Pass state is used as it stands: '$.b' is not evaluated at /States/S/Result/a[0]",
		}},

		{name: "a Task with everything", text: one(in(states.Task, `"Parameters": {}, "ResultSelector": {}, "TimeoutSeconds": 60, "HeartbeatSeconds": 59, "Credentials": {"RoleArn.$": "States.Format('{}', $.r)"}, "Retry": [], "Catch": []`))},
		{name: "times of a Task", text: one(in(states.Task, `"TimeoutSeconds": 0, "HeartbeatSeconds": 100000000`)), want: []string{
			"SVF: Minimum value is 1 at /States/S/TimeoutSeconds",
			"SVF: Maximum value is 99999999 at /States/S/HeartbeatSeconds",
			"SVF: HeartbeatSeconds must be smaller than TimeoutSeconds at /States/S/HeartbeatSeconds",
		}},
		{name: "a heartbeat as long as the timeout", text: one(in(states.Task, `"TimeoutSeconds": 5, "HeartbeatSeconds": 5`)), want: []string{
			"SVF: HeartbeatSeconds must be smaller than TimeoutSeconds at /States/S/HeartbeatSeconds",
		}},
		{name: "times twice", text: one(in(states.Task, `"TimeoutSeconds": 5, "TimeoutSecondsPath": "$.t", "HeartbeatSeconds": 2, "HeartbeatSecondsPath": "$..t"`)), want: []string{
			reference + "HeartbeatSecondsPath",
			"SVF: Only one of these fields can be set: [TimeoutSeconds, TimeoutSecondsPath] at /States/S",
			"SVF: Only one of these fields can be set: [HeartbeatSeconds, HeartbeatSecondsPath] at /States/S",
		}},
		{name: "times that are expressions", text: oneJSONata(in(states.Task, `"TimeoutSeconds": "{% $t %}", "HeartbeatSeconds": "5"`)), want: []string{
			"SVF: Expected value of type [INTEGER] or a JSONata expression at /States/S/HeartbeatSeconds",
		}},
		{name: "times that are expressions under JSONPath", text: one(in(states.Task, `"TimeoutSeconds": "{% $t %}"`)), want: []string{
			"SVF: Expected value of type [INTEGER] at /States/S/TimeoutSeconds",
		}},
		{name: "credentials without a role", text: one(in(states.Task, `"Credentials": {"Role": "r"}`)), want: []string{
			"SVF: The field 'RoleArn' is required but was missing at /States/S/Credentials",
		}},
		{name: "credentials of another kind", text: one(in(states.Task, `"Credentials": "r"`)), want: []string{"SVF: Expected value of type [OBJECT] at /States/S/Credentials"}},
		{name: "a role of another kind", text: one(in(states.Task, `"Credentials": {"RoleArn": 1}`)), want: []string{"SVF: Expected value of type [STRING] at /States/S/Credentials/RoleArn"}},
		{name: "a role by path under JSONata", text: oneJSONata(in(states.Task, `"Credentials": {"RoleArn.$": "$.r"}`)), want: []string{
			"SVF: The field 'RoleArn' is required but was missing at /States/S/Credentials",
		}},

		{name: "a Wait for seconds", text: one(in(states.Wait, `"Seconds": 0`))},
		{name: "a Wait for too long", text: one(in(states.Wait, `"Seconds": 100000000`)), want: []string{"SVF: Maximum value is 99999999 at /States/S/Seconds"}},
		{name: "a Wait for a path", text: one(in(states.Wait, `"Seconds": "$.s"`)), want: []string{
			"SVF: Expected value of type [INTEGER] at /States/S/Seconds",
			"warning NO_PATH: The value of 'Seconds' looks like a path; a path belongs into 'SecondsPath' at /States/S/Seconds",
		}},
		{name: "a Wait until a path", text: one(in(states.Wait, `"Timestamp": "$.t"`)), want: []string{
			"SVF: String does not match RFC3339 timestamp at /States/S/Timestamp",
			"warning NO_PATH: The value of 'Timestamp' looks like a path; a path belongs into 'TimestampPath' at /States/S/Timestamp",
		}},
		{name: "a Wait for half a second", text: one(in(states.Wait, `"Seconds": 0.5`)), want: []string{"SVF: Expected value of type [INTEGER] at /States/S/Seconds"}},
		{name: "a Wait for a whole number spelled as a fraction", text: one(in(states.Wait, `"Seconds": 1.0`))},
		{name: "a Wait by path", text: one(in(states.Wait, `"SecondsPath": "$$.Execution.Input.s"`))},
		{name: "a Wait by variable", text: one(in(states.Wait, `"TimestampPath": "$v.t"`))},
		{name: "a Wait by many paths", text: one(in(states.Wait, `"SecondsPath": "$.a[0:2]"`)), want: []string{reference + "SecondsPath"}},
		{name: "a Wait for two things", text: one(in(states.Wait, `"Seconds": 1, "TimestampPath": "$.t"`)), want: []string{
			"SVF: Only one of these fields can be set: [Seconds, TimestampPath] at /States/S",
		}},
		{name: "a Wait until an expression", text: oneJSONata(in(states.Wait, `"Timestamp": "{% $now() %}"`))},
		{name: "a Wait until an expression under JSONPath", text: one(in(states.Wait, `"Timestamp": "{% $now() %}"`)), want: []string{"SVF: String does not match RFC3339 timestamp at /States/S/Timestamp"}},
		{name: "a Wait until a number", text: one(in(states.Wait, `"Timestamp": 0`)), want: []string{"SVF: Expected value of type [STRING] at /States/S/Timestamp"}},

		{name: "a Fail with texts", text: `{"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E", "Cause": ""}}}`},
		{name: "a Fail by paths", text: `{"StartAt": "F", "States": {"F": {"Type": "Fail", "ErrorPath": "$$.State.Name", "CausePath": "States.Format('{}', $v)"}}}`},
		{name: "a Fail by calls that give no text", text: `{"StartAt": "F", "States": {"F": {"Type": "Fail", "ErrorPath": "States.Array($.a)", "CausePath": "$.a[*]"}}}`, want: []string{
			"SVF: Value is not a valid JSONPath or intrinsic function call at /States/F/ErrorPath",
			"SVF: Value is not a valid JSONPath or intrinsic function call at /States/F/CausePath",
		}},
		{name: "a Fail twice", text: `{"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E", "ErrorPath": "$.e", "Cause": "C", "CausePath": "$.c"}}}`, want: []string{
			"SVF: Only one of these fields can be set: [Error, ErrorPath] at /States/F",
			"SVF: Only one of these fields can be set: [Cause, CausePath] at /States/F",
		}},
		{name: "a Fail with a path for a text", text: `{"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "$.e", "Cause": "It cost $5"}}}`, want: []string{
			"warning NO_PATH: The value of 'Error' looks like a path; a path belongs into 'ErrorPath' at /States/F/Error",
		}},
		{name: "a Fail with what it has not", text: `{"StartAt": "F", "States": {"F": {"Type": "Fail", "InputPath": "$", "Assign": {}, "End": true}}}`, want: []string{
			"SVF: Field 'InputPath' is not supported at /States/F", "SVF: Field 'Assign' is not supported at /States/F", "SVF: Field 'End' is not supported at /States/F",
		}},

		{name: "a Succeed with what it has", text: `{"StartAt": "S", "States": {"S": {"Type": "Succeed", "InputPath": "$.a", "OutputPath": null}}}`},
		{name: "a Succeed with what it has not", text: `{"StartAt": "S", "States": {"S": {"Type": "Succeed", "End": true, "Assign": {}}}}`, want: []string{
			"SVF: Field 'End' is not supported at /States/S", "SVF: Field 'Assign' is not supported at /States/S",
		}},

		{name: "a Parallel without branches", text: one(`{"Type": "Parallel", "Next": "E"}`), want: []string{"SVF: These fields are required: [Branches] at /States/S"}},
		{name: "a Parallel of none", text: one(`{"Type": "Parallel", "Next": "E", "Branches": []}`), want: []string{"SVF: Value cannot be empty at /States/S/Branches"}},
		{name: "branches of other kinds", text: one(`{"Type": "Parallel", "Next": "E", "Branches": ["B", {"Comment": "c", "TimeoutSeconds": 1}]}`), want: []string{
			"SVF: Expected value of type [OBJECT] at /States/S/Branches[0]",
			"SVF: These fields are required: [States, StartAt] at /States/S/Branches[1]",
			"SVF: Field 'TimeoutSeconds' is not supported at /States/S/Branches[1]",
		}},
	})
}

func TestCheckTimestamps(t *testing.T) {
	t.Parallel()
	const wrong = "SVF: String does not match RFC3339 timestamp at /States/S/Timestamp"
	var tests []checkTest
	for _, text := range []string{"2016-03-14T01:59:00Z", "2016-03-14T01:59:00.00Z", "2016-03-14T01:59:00.123456789+05:30", "2024-02-29T00:00:00-00:00"} {
		tests = append(tests, checkTest{name: text, text: one(in(states.Wait, `"Timestamp": "`+text+`"`))})
	}
	for _, text := range []string{
		"", "2016-03-14", "2016-03-14T01:59:00", "2016-03-14 01:59:00Z", "2016-03-14t01:59:00Z", "2016-03-14T01:59:00z", "14-03-2016T01:59:00Z",
		"2016-13-14T01:59:00Z", "2016-03-14T25:59:00Z", "2023-02-29T00:00:00Z", "2016-03-14T01:59Z", "2016-03-14T01:59:00,5Z", "2016-03-14T01:59:00+0530",
	} {
		tests = append(tests, checkTest{name: text, text: one(in(states.Wait, `"Timestamp": "`+text+`"`)), want: []string{wrong}})
	}
	runChecks(t, tests)
}

func TestCheckErrorFields(t *testing.T) {
	t.Parallel()
	const at = "/States/S/Retry[0]"
	runChecks(t, []checkTest{
		{name: "a retrier with everything", text: one(in(states.Task, `"Retry": [{"Comment": "c", "ErrorEquals": ["A", "B"], "IntervalSeconds": 1, "MaxAttempts": 0, "BackoffRate": 1.0, "MaxDelaySeconds": 31622400, "JitterStrategy": "FULL"}, {"ErrorEquals": ["States.ALL"]}]`))},
		{name: "ranges of a retrier", text: one(in(states.Parallel, `"Retry": [{"ErrorEquals": [], "IntervalSeconds": 0, "MaxAttempts": -1, "BackoffRate": 0.99, "MaxDelaySeconds": 31622401, "JitterStrategy": "full"}]`)), want: []string{
			"SVF: Value cannot be empty at " + at + "/ErrorEquals",
			"SVF: Minimum value is 1 at " + at + "/IntervalSeconds",
			"SVF: Minimum value is 0 at " + at + "/MaxAttempts",
			"SVF: Minimum value is 1 at " + at + "/BackoffRate",
			"SVF: Maximum value is 31622400 at " + at + "/MaxDelaySeconds",
			"SVF: Value should be one of the following: [FULL, NONE] at " + at + "/JitterStrategy",
		}},
		{name: "no expressions in a retrier", text: oneJSONata(in(states.Task, `"Retry": [{"ErrorEquals": ["A"], "MaxAttempts": "{% 3 %}", "Output": 1}]`)), want: []string{
			"SVF: Expected value of type [INTEGER] at " + at + "/MaxAttempts",
			"SVF: Field 'Output' is not supported at " + at,
		}},
		{name: "fields of other kinds", text: one(in(states.Task, `"Retry": {"ErrorEquals": ["A"]}, "Catch": ["A"]`)), want: []string{
			"SVF: Expected value of type [ARRAY] at /States/S/Retry",
			"SVF: Expected value of type [OBJECT] at /States/S/Catch[0]",
		}},
		{name: "a retrier without errors", text: one(in(states.Task, `"Retry": [{"ErrorEquals": [1]}, {}]`)), want: []string{
			"SVF: Expected value of type [STRING] at /States/S/Retry[0]/ErrorEquals[0]",
			"SVF: These fields are required: [ErrorEquals] at /States/S/Retry[1]",
		}},
		{name: "States.ALL in company and not last", text: one(in(states.Task, `"Retry": [{"ErrorEquals": ["A", "States.ALL"]}, {"ErrorEquals": ["B"]}], "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "E"}, {"ErrorEquals": ["B"], "Next": "E"}]`)), want: []string{
			"SVF: States.ALL must stand alone in ErrorEquals at /States/S/Retry[0]/ErrorEquals",
			"SVF: States.ALL must be in the last element of Retry at /States/S/Retry[0]/ErrorEquals",
			"SVF: States.ALL must be in the last element of Catch at /States/S/Catch[0]/ErrorEquals",
		}},
		{name: "a catcher with everything", text: one(in(states.Map, `"Catch": [{"Comment": "c", "ErrorEquals": ["A"], "ResultPath": null, "Assign": {"e.$": "$.Error"}, "Next": "E"}]`))},
		{name: "a JSONata catcher with everything", text: oneJSONata(in(states.Task, `"Catch": [{"ErrorEquals": ["A"], "Output": "{% $states.errorOutput %}", "Assign": {"e": "{% $states.errorOutput.Error %}"}, "Next": "E"}]`))},
		{name: "a catcher without what it needs", text: one(in(states.Task, `"Catch": [{"Output": 1, "_comment": "c"}]`)), want: []string{
			"SVF: These fields are required: [ErrorEquals, Next] at /States/S/Catch[0]",
			"SVF: The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the 'JSONata' QueryLanguage at /States/S/Catch[0]",
			"SVF: Field '_comment' is not supported at /States/S/Catch[0]",
		}},
	})
}

func TestCheckTemplates(t *testing.T) {
	t.Parallel()
	const must = "' must be a valid JSONPath or a valid intrinsic function call at /States/S/"
	runChecks(t, []checkTest{
		{name: "all that may stand in one", text: one(in(states.Task, `"Parameters": {"a.$": "$", "b": {"c.$": "$$.Task.Token", "d": [{"e.$": "$v.x"}]}, "f.$": "States.UUID()", "g.$": "$..x[?(@.y > 1)]", "h": null}`))},
		{name: "what may not", text: one(in(states.Task, `"Parameters": {"a.$": "a", "b": {"c.$": 1, "d": [{"e.$": "States.Nothing()"}]}}`)), want: []string{
			"SVF: The value for the field 'a.$" + must + "Parameters",
			"SVF: The value for the field 'c.$" + must + "Parameters/b",
			"SVF: The value for the field 'e.$" + must + "Parameters/b/d[0]",
		}},
		{name: "one key twice", text: one(in(states.Pass, `"Parameters": {"a": 1, "a.$": "$.a"}`)), want: []string{
			"SVF: Only one of these fields can be set: [a, a.$] at /States/S/Parameters",
		}},
		{name: "keys that miss a dollar", text: one(in(states.Pass, `"Parameters": {"a": "$.b", "c": "States.UUID()", "d": ["$.e"], "f": "$", "g": "$5", "h": "States.nothing"}`)), want: []string{
			"warning NO_DOLLAR: The value of 'a' looks like a path or an intrinsic function; it is used as it stands unless the field is 'a.$' at /States/S/Parameters/a",
			"warning NO_DOLLAR: The value of 'c' looks like a path or an intrinsic function; it is used as it stands unless the field is 'c.$' at /States/S/Parameters/c",
		}},
		{name: "no templates under JSONata", text: oneJSONata(in(states.Pass, `"Output": {"a.$": "a"}`))},
		{name: "variables", text: one(in(states.Pass, `"Assign": {"a.$": "$.a", "b": {"c.$": "x"}}`)), want: []string{
			"SVF: The value for the field 'c.$" + must + "Assign/b",
		}},
		{name: "variables of other kinds", text: oneJSONata(in(states.Pass, `"Assign": "{% {} %}"`)), want: []string{"SVF: Expected value of type [OBJECT] at /States/S/Assign"}},
		{name: "a variable without a name", text: one(in(states.Pass, `"Assign": {".$": "$.a"}`)), want: []string{
			"SVF: The name of a variable must have between 1 and 80 characters at /States/S/Assign",
		}},
		{name: "names that are none of a variable", text: one(in(states.Pass, `"Assign": {"_a": 1, "b.c": 2, "1d": 3, "$e": 4, "é1_": 5, "f-g": 6, "-h": 7}`)), want: []string{
			"SVF: '_a' is not a valid name of a variable at /States/S/Assign",
			"SVF: 'b.c' is not a valid name of a variable at /States/S/Assign",
			"SVF: '1d' is not a valid name of a variable at /States/S/Assign",
			"SVF: '$e' is not a valid name of a variable at /States/S/Assign",
			"SVF: '-h' is not a valid name of a variable at /States/S/Assign",
		}},
		{name: "a variable of a scope around", text: `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Assign": {"v": 1}, "Next": "S"}, "S": {"Type": "Map", "End": true, "ItemProcessor": {
			"StartAt": "B", "States": {"B": {"Type": "Pass", "Assign": {"v.$": "$.a", "w": 1}, "End": true}}}}}}`, want: []string{
			"DUPLICATE_VARIABLE_NAME: Variable 'v' is assigned in an outer scope already at /States/S/ItemProcessor/States/B/Assign",
		}},
		{name: "children of a distributed Map have their own", text: `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Assign": {"v": 1}, "Next": "S"}, "S": ` + in(states.Map, `"Assign": {"v": 2}`) + `, "E": {"Type": "Succeed"}}}`},
		{name: "branches side by side", text: one(`{"Type": "Parallel", "Next": "E", "Branches": [
			{"StartAt": "B", "States": {"B": {"Type": "Pass", "Assign": {"v": 1}, "End": true}}},
			{"StartAt": "C", "States": {"C": {"Type": "Pass", "Assign": {"v": 1}, "End": true}}}]}`)},
	})
}
