package states_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/internal/states"
)

// findings checks a definition and gives what was found, a line each.
func findings(t *testing.T, text string, workflow states.Workflow) []string {
	t.Helper()
	m, ds := states.ParseJSON([]byte(text))
	if m != nil {
		ds = states.Check(m, workflow)
	}
	var lines []string
	for _, d := range ds {
		line := fmt.Sprintf("%s: %s", d.Code, d.Message)
		if d.Severity == states.Warning {
			line = "warning " + line
		}
		if d.Location != "" {
			line += " at " + d.Location
		}
		lines = append(lines, strings.Replace(line, "SCHEMA_VALIDATION_FAILED", "SVF", 1))
	}
	return lines
}

// one makes a definition of a state S, and of E to end in.
func one(state string) string {
	return `{"StartAt": "S", "States": {"S": ` + state + `, "E": {"Type": "Succeed"}}}`
}

func oneJSONata(state string) string {
	return `{"QueryLanguage": "JSONata", ` + strings.TrimPrefix(one(state), "{")
}

// in makes a state of a type that goes on to E, with more fields.
func in(kind states.Type, fields string) string {
	needs := map[states.Type]string{
		states.Task:     `"Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "Next": "E"`,
		states.Pass:     `"Next": "E"`,
		states.Wait:     `"Next": "E"`,
		states.Parallel: `"Next": "E", "Branches": [{"StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}}}]`,
		states.Map:      `"Next": "E", "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}}}`,
		states.Choice:   `"Default": "E"`,
		states.Fail:     `"Comment": "failed"`,
		states.Succeed:  `"Comment": "done"`,
	}[kind]
	if fields != "" {
		needs += ", " + fields
	}
	return fmt.Sprintf(`{"Type": %q, %s}`, kind, needs)
}

type checkTest struct {
	name     string
	text     string
	workflow states.Workflow
	want     []string
}

func runChecks(t *testing.T, tests []checkTest) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if !json.Valid([]byte(tt.text)) {
				t.Fatal("the test is no JSON: " + tt.text)
			}
			if diff := cmp.Diff(tt.want, findings(t, tt.text, tt.workflow)); diff != "" {
				t.Errorf("%s\n%s", tt.text, diff)
			}
		})
	}
}

func TestCheckMachine(t *testing.T) {
	t.Parallel()
	runChecks(t, []checkTest{
		{name: "nothing", text: `{}`, want: []string{"SVF: These fields are required: [States, StartAt] at /"}},
		{name: "no StartAt", text: `{"States": {"A": {"Type": "Succeed"}}}`, want: []string{"SVF: These fields are required: [StartAt] at /"}},
		{name: "no object", text: `[]`, want: []string{"SVF: Definition must be a valid JSON object"}},
		{name: "null", text: `null`, want: []string{"SVF: Definition must be a valid JSON object"}},
		{name: "no states", text: `{"StartAt": "A", "States": {}}`, want: []string{
			"SVF: Value cannot be empty at /States", "MISSING_TRANSITION_TARGET: Missing 'Next' target: A at /StartAt",
		}},
		{name: "states of another kind", text: `{"StartAt": "A", "States": []}`, want: []string{"SVF: Expected value of type [OBJECT] at /States"}},
		{name: "a state of another kind", text: `{"StartAt": "A", "States": {"A": 1}}`, want: []string{"SVF: Expected value of type [OBJECT] at /States/A"}},
		{name: "all fields", text: `{"Comment": "c", "Version": "1.0", "TimeoutSeconds": 99999999, "QueryLanguage": "JSONPath", "StartAt": "A", "States": {"A": {"Type": "Succeed", "Comment": "c"}}}`},
		{name: "fields of other kinds", text: `{"Comment": 1, "Version": "2.0", "TimeoutSeconds": 1.5, "Name": "x", "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}`, want: []string{
			"SVF: Expected value of type [STRING] at /Comment",
			"SVF: Value should be one of the following: [1.0] at /Version",
			"SVF: Expected value of type [INTEGER] at /TimeoutSeconds",
			"SVF: Field 'Name' is not supported at /",
		}},
		{name: "a timeout out of range", text: `{"TimeoutSeconds": 0, "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}`, want: []string{"SVF: Minimum value is 1 at /TimeoutSeconds"}},
		{name: "a timeout out of range above", text: `{"TimeoutSeconds": 1e400, "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}`, want: []string{"SVF: Maximum value is 99999999 at /TimeoutSeconds"}},
		{name: "an unknown language", text: `{"QueryLanguage": "jsonpath", "StartAt": "A", "States": {"A": {"Type": "Pass", "InputPath": "$", "End": true}}}`, want: []string{
			"SVF: Value should be one of the following: [JSONPath, JSONata] at /QueryLanguage",
			"SVF: The QueryLanguage is set to 'JSONata', but field 'InputPath' is only supported for the 'JSONPath' QueryLanguage at /States/A",
		}},
		{name: "no type", text: one(`{"Next": "E"}`), want: []string{"SVF: These fields are required: [Type] at /States/S"}},
		{name: "an unknown type", text: one(`{"Type": "task", "Next": "E"}`), want: []string{
			"SVF: The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map] at /States/S/Type",
		}},
		{name: "a name too long", text: `{"StartAt": "` + strings.Repeat("é", 81) + `", "States": {"` + strings.Repeat("é", 81) + `": {"Type": "Succeed"}}}`, want: []string{
			"INVALID_STATE_NAME: The name of a state must have between 1 and 80 characters at /States/" + strings.Repeat("é", 81),
		}},
		{name: "a name just long enough", text: `{"StartAt": "` + strings.Repeat("é", 80) + `", "States": {"` + strings.Repeat("é", 80) + `": {"Type": "Succeed"}}}`},
		{name: "a slash in a name", text: `{"StartAt": "a/b", "States": {"a/b": {"Type": "Wait", "End": true}}}`, want: []string{
			"SVF: Exactly one of these fields is required: [Seconds, SecondsPath, Timestamp, TimestampPath] at /States/a/b",
		}},
	})
}

func TestCheckTransitions(t *testing.T) {
	t.Parallel()
	runChecks(t, []checkTest{
		{name: "targets that are not there", text: `{"StartAt": "A", "States": {
			"A": {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": true, "Next": "Ghost1"}], "Default": "Ghost2"}}}`, want: []string{
			"MISSING_TRANSITION_TARGET: Missing 'Next' target: Ghost1 at /States/A/Choices[0]/Next",
			"MISSING_TRANSITION_TARGET: Missing 'Next' target: Ghost2 at /States/A/Default",
			"MISSING_END_STATE: Workflow has no terminal state",
		}},
		{name: "a start that is not there", text: `{"StartAt": "a", "States": {"A": {"Type": "Succeed"}}}`, want: []string{
			"MISSING_TRANSITION_TARGET: Missing 'Next' target: a at /StartAt",
		}},
		{name: "a catcher that leads nowhere", text: one(in(states.Task, `"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Ghost"}]`)), want: []string{
			"MISSING_TRANSITION_TARGET: Missing 'Next' target: Ghost at /States/S/Catch[0]/Next",
		}},
		{name: "out of a branch", text: one(`{"Type": "Parallel", "Next": "E", "Branches": [
			{"StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}}},
			{"StartAt": "E", "States": {"C": {"Type": "Pass", "Next": "B"}}}]}`), want: []string{
			"MISSING_TRANSITION_TARGET: Missing 'Next' target: E at /States/S/Branches[1]/StartAt",
			"MISSING_TRANSITION_TARGET: Missing 'Next' target: B at /States/S/Branches[1]/States/C/Next",
		}},
		{name: "out of a processor", text: one(`{"Type": "Map", "Next": "E", "ItemProcessor": {"StartAt": "X", "States": {"B": {"Type": "Pass", "End": true}}}}`), want: []string{
			"MISSING_TRANSITION_TARGET: Missing 'Next' target: X at /States/S/ItemProcessor/StartAt",
		}},
		{name: "states that nothing reaches", text: `{"StartAt": "A", "States": {
			"A": {"Type": "Parallel", "End": true, "Branches": [{"StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}, "C": {"Type": "Pass", "Next": "B"}}}]},
			"D": {"Type": "Pass", "Next": "F"}, "F": {"Type": "Pass", "Next": "D"}}}`, want: []string{
			`MISSING_TRANSITION_TARGET: State "D" is not reachable. at /States/D`,
			`MISSING_TRANSITION_TARGET: State "F" is not reachable. at /States/F`,
			`MISSING_TRANSITION_TARGET: State "C" is not reachable. at /States/A/Branches[0]/States/C`,
		}},
		{name: "no end hides what nothing reaches", text: `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "A"}, "B": {"Type": "Pass", "Next": "A"}}}`, want: []string{
			"MISSING_END_STATE: Workflow has no terminal state",
		}},
		{name: "Next and End", text: one(`{"Type": "Pass", "Next": "E", "End": true}`), want: []string{"SVF: Only one of these fields can be set: [Next, End] at /States/S"}},
		{name: "Next and no End", text: one(`{"Type": "Pass", "Next": "E", "End": false}`)},
		{name: "End that is false", text: `{"StartAt": "S", "States": {"S": {"Type": "Pass", "End": false}}}`, want: []string{
			"SVF: Exactly one of these fields is required: [Next, End] at /States/S", "MISSING_END_STATE: Workflow has no terminal state",
		}},
		{name: "Next of another kind", text: `{"StartAt": "S", "States": {"S": {"Type": "Pass", "Next": null}, "T": {"Type": "Pass", "End": "true"}}}`, want: []string{
			"SVF: Expected value of type [STRING] at /States/S/Next",
			"SVF: Expected value of type [BOOLEAN] at /States/T/End",
			"SVF: Exactly one of these fields is required: [Next, End] at /States/T",
			"MISSING_END_STATE: Workflow has no terminal state",
		}},
		{name: "one name twice", text: one(`{"Type": "Parallel", "Next": "E", "Branches": [
			{"StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}}},
			{"StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}}},
			{"StartAt": "E", "States": {"E": {"Type": "Pass", "End": true}}}]}`), want: []string{
			"DUPLICATE_STATE_NAME: Duplicate State name: B at /States/S/Branches[1]/States/B",
			"DUPLICATE_STATE_NAME: Duplicate State name: E at /States/E",
		}},
	})
}

func TestCheckLanguages(t *testing.T) {
	t.Parallel()
	runChecks(t, []checkTest{
		{name: "fields of JSONata under JSONPath", text: one(in(states.Task, `"Arguments": {}, "Output": 1`)), want: []string{
			"SVF: The QueryLanguage is set to 'JSONPath', but field 'Arguments' is only supported for the 'JSONata' QueryLanguage at /States/S",
			"SVF: The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the 'JSONata' QueryLanguage at /States/S",
		}},
		{name: "fields of JSONPath under JSONata", text: oneJSONata(in(states.Task, `"InputPath": "$", "TimeoutSecondsPath": "$.t"`)), want: []string{
			"SVF: The QueryLanguage is set to 'JSONata', but field 'InputPath' is only supported for the 'JSONPath' QueryLanguage at /States/S",
			"SVF: The QueryLanguage is set to 'JSONata', but field 'TimeoutSecondsPath' is only supported for the 'JSONPath' QueryLanguage at /States/S",
		}},
		{name: "fields of no language", text: oneJSONata(in(states.Succeed, `"Parameters": {}`)), want: []string{
			"SVF: Field 'Parameters' is not supported at /States/S", `MISSING_TRANSITION_TARGET: State "E" is not reachable. at /States/E`,
		}},
		{name: "a JSONata state in a JSONPath machine", text: one(in(states.Pass, `"QueryLanguage": "JSONata", "Output": "{% $states.input %}"`))},
		{name: "a JSONPath state in a JSONata machine", text: oneJSONata(in(states.Wait, `"QueryLanguage": "JSONPath", "SecondsPath": "$.s", "Output": 1`)), want: []string{
			"SVF: 'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine at /States/S",
		}},
		{name: "ranges count all the same", text: oneJSONata(in(states.Wait, `"QueryLanguage": "JSONPath", "Seconds": -1`)), want: []string{
			"SVF: 'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine at /States/S",
			"SVF: Minimum value is 0 at /States/S/Seconds",
		}},
		{name: "the machine's language inside a JSONata Map", text: one(`{"Type": "Map", "QueryLanguage": "JSONata", "Next": "E", "ItemProcessor": {
			"StartAt": "B", "States": {"B": {"Type": "Pass", "InputPath": "$.a", "End": true}}}}`)},
		{name: "a language of a processor", text: one(`{"Type": "Map", "Next": "E", "ItemProcessor": {"QueryLanguage": "JSONPath",
			"StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}}}}`), want: []string{"SVF: Field 'QueryLanguage' is not supported at /States/S/ItemProcessor"}},
		{name: "an unknown language", text: one(in(states.Pass, `"QueryLanguage": "XPath", "Result": 1`)), want: []string{
			"SVF: Value should be one of the following: [JSONPath, JSONata] at /States/S/QueryLanguage",
			"SVF: The QueryLanguage is set to 'JSONata', but field 'Result' is only supported for the 'JSONPath' QueryLanguage at /States/S",
		}},
	})
}

func TestCheckSingleState(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want []string
	}{
		{`{"Type": "Pass", "Next": "Elsewhere"}`, nil},
		{`{"Type": "Parallel", "Branches": [], "End": true}`, []string{"Value cannot be empty at /States/StateName/Branches"}},
		{`{"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}}}`, []string{
			"Missing 'Next' target: B at /States/StateName/ItemProcessor/States/A/Next",
		}},
		{`{"Type": "Nothing"}`, []string{
			"The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map] at /States/StateName/Type",
		}},
		{`"Pass"`, []string{"Definition must be a valid JSON object at "}},
	}
	for _, tt := range tests {
		m, ds := states.ParseState([]byte(tt.text))
		if m != nil {
			ds = states.Check(m, states.Standard)
		}
		var got []string
		for _, d := range ds {
			got = append(got, d.Message+" at "+d.Location)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s\n%s", tt.text, diff)
		}
	}
}
