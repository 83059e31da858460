package states_test

import (
	"testing"

	"github.com/flowstone-go/flow/internal/states"
)

func TestCheckChoice(t *testing.T) {
	t.Parallel()
	choice := func(rules string) string { return one(in(states.Choice, `"Choices": [`+rules+`]`)) }
	jsonata := func(rules string) string { return oneJSONata(in(states.Choice, `"Choices": [`+rules+`]`)) }
	const at = "/States/S/Choices[0]"
	runChecks(t, []checkTest{
		{name: "none", text: one(in(states.Choice, "")), want: []string{"SVF: These fields are required: [Choices] at /States/S"}},
		{name: "an empty list", text: choice(``), want: []string{"SVF: Value cannot be empty at /States/S/Choices"}},
		{name: "each kind of rule", text: choice(`
			{"Comment": "c", "Variable": "$.a", "StringEquals": "b", "Next": "E", "Assign": {"v": 1}},
			{"Variable": "$$.State.Name", "StringMatches": "a*\\*\\\\", "Next": "E"},
			{"Variable": "$v", "NumericLessThanEqualsPath": "$.b", "Next": "E"},
			{"Variable": "$.a[0]", "TimestampGreaterThan": "2016-03-14T01:59:00Z", "Next": "E"},
			{"And": [{"Comment": "c", "Variable": "$.a", "IsPresent": true}, {"Not": {"Variable": "$.a", "BooleanEquals": false}}], "Next": "E"},
			{"Or": [{"Variable": "$.a", "IsNull": true}], "Next": "E"}`)},
		{name: "operands of other kinds", text: choice(`
			{"Variable": "$.a", "StringEquals": 1, "Next": "E"}, {"Variable": "$.a", "NumericEquals": "1", "Next": "E"},
			{"Variable": "$.a", "BooleanEquals": "true", "Next": "E"}, {"Variable": "$.a", "TimestampEquals": "now", "Next": "E"},
			{"Variable": "$.a", "IsPresent": null, "Next": "E"}, {"Variable": "$.a", "StringEqualsPath": "b", "Next": "E"},
			{"Variable": "a", "StringLessThan": "b", "Next": "E"}, {"Variable": 1, "IsNull": true, "Next": "E"}`), want: []string{
			"SVF: Expected value of type [STRING] at /States/S/Choices[0]/StringEquals",
			"SVF: Expected value of type [NUMBER] at /States/S/Choices[1]/NumericEquals",
			"SVF: Expected value of type [BOOLEAN] at /States/S/Choices[2]/BooleanEquals",
			"SVF: String does not match RFC3339 timestamp at /States/S/Choices[3]/TimestampEquals",
			"SVF: Expected value of type [BOOLEAN] at /States/S/Choices[4]/IsPresent",
			"SVF: Value is not a valid JSONPath at /States/S/Choices[5]/StringEqualsPath",
			"SVF: Value is not a valid JSONPath at /States/S/Choices[6]/Variable",
			"SVF: Expected value of type [STRING] at /States/S/Choices[7]/Variable",
		}},
		{name: "no comparison", text: choice(`{"Variable": "$.a", "Next": "E"}, {"Next": "E"}, {"IsNull": true, "Next": "E"}, "x"`), want: []string{
			"SVF: A rule with a Variable needs a comparison operator at /States/S/Choices[0]",
			"SVF: A rule needs a Variable with a comparison operator, or one of these fields: [And, Or, Not] at /States/S/Choices[1]",
			"SVF: These fields are required: [Variable] at /States/S/Choices[2]",
			"SVF: Expected value of type [OBJECT] at /States/S/Choices[3]",
		}},
		{name: "two comparisons", text: choice(`{"Variable": "$.a", "IsNull": true, "IsString": true, "Next": "E"}, {"And": [{"Variable": "$.a", "IsNull": true}], "Not": {"Variable": "$.a", "IsNull": true}, "Next": "E"},
			{"Variable": "$.a", "Or": [{"Variable": "$.a", "IsNull": true}], "Next": "E"}`), want: []string{
			"SVF: Only one of these fields can be set: [IsNull, IsString] at /States/S/Choices[0]",
			"SVF: Only one of these fields can be set: [And, Not] at /States/S/Choices[1]",
			"SVF: Only one of these fields can be set: [Variable, Or] at /States/S/Choices[2]",
		}},
		{name: "no operators that do not exist", text: choice(`{"Variable": "$.a", "StringMatchesPath": "$.b", "Next": "E"}`), want: []string{
			"SVF: Field 'StringMatchesPath' is not supported at " + at,
			"SVF: A rule with a Variable needs a comparison operator at " + at,
		}},
		{name: "inner rules lead nowhere", text: choice(`{"And": [{"Variable": "$.a", "IsNull": true, "Next": "E"}, {"Variable": "$.a", "IsNull": true, "Assign": {}}]}`), want: []string{
			"SVF: These fields are required: [Next] at " + at,
			"SVF: Field 'Next' is not supported at " + at + "/And[0]",
			"SVF: Field 'Assign' is not supported at " + at + "/And[1]",
		}},
		{name: "empty combinations", text: choice(`{"And": [], "Next": "E"}, {"Not": [], "Next": "E"}`), want: []string{
			"SVF: Value cannot be empty at /States/S/Choices[0]/And",
			"SVF: Expected value of type [OBJECT] at /States/S/Choices[1]/Not",
		}},
		{name: "patterns that end too early", text: choice(`{"Variable": "$.a", "StringMatches": "a\\", "Next": "E"}, {"Variable": "$.a", "StringMatches": "\\a", "Next": "E"}`), want: []string{
			`SVF: A backslash in a pattern must be followed by '*' or '\' at /States/S/Choices[0]/StringMatches`,
			`SVF: A backslash in a pattern must be followed by '*' or '\' at /States/S/Choices[1]/StringMatches`,
		}},
		{name: "a path for a text", text: choice(`{"Variable": "$.a", "StringEquals": "$.b", "Next": "E"}`), want: []string{
			"warning NO_PATH: The value of 'StringEquals' looks like a path; a path belongs into 'StringEqualsPath' at " + at + "/StringEquals",
		}},
		{name: "conditions", text: jsonata(`{"Condition": true, "Next": "E", "Output": null, "Assign": {"v": "{% 1 %}"}}, {"Condition": "{% $states.input.a = 1 %}", "Next": "E"}`)},
		{name: "conditions of other kinds", text: jsonata(`{"Condition": "true", "Next": "E"}, {"Condition": 1, "Next": "E"}, {"Next": "E"}, {"Condition": true}`), want: []string{
			"SVF: Expected value of type [BOOLEAN] or a JSONata expression at /States/S/Choices[0]/Condition",
			"SVF: Expected value of type [BOOLEAN] at /States/S/Choices[1]/Condition",
			"SVF: These fields are required: [Condition] at /States/S/Choices[2]",
			"SVF: These fields are required: [Next] at /States/S/Choices[3]",
		}},
		{name: "a condition under JSONPath", text: choice(`{"Condition": true, "Next": "E"}`), want: []string{
			"SVF: The QueryLanguage is set to 'JSONPath', but field 'Condition' is only supported for the 'JSONata' QueryLanguage at " + at,
		}},
		{name: "a comparison under JSONata", text: jsonata(`{"Condition": true, "Variable": "$.a", "Next": "E"}`), want: []string{
			"SVF: The QueryLanguage is set to 'JSONata', but field 'Variable' is only supported for the 'JSONPath' QueryLanguage at " + at,
		}},
		{name: "what a Choice has not", text: one(`{"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": true, "Next": "E"}], "Next": "E", "End": false, "ResultPath": "$"}`), want: []string{
			"SVF: Field 'Next' is not supported at /States/S", "SVF: Field 'End' is not supported at /States/S", "SVF: Field 'ResultPath' is not supported at /States/S",
		}},
	})
}
