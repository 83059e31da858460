package states_test

import (
	"testing"

	"github.com/flowstone-go/flow/internal/states"
)

func TestCheckExpressions(t *testing.T) {
	t.Parallel()
	output := func(value string) string { return oneJSONata(in(states.Task, `"Output": `+value)) }
	const at = " at /States/S/Output"
	runChecks(t, []checkTest{
		{name: "any value", text: output(`{"a": [1, null, true, "text", {"b": "{% $states.result %}"}]}`)},
		{name: "null", text: output(`null`)},
		{name: "a place of its own in a predicate", text: output(`"{% $states.input.orders[price > 10 and $.open].id %}"`)},
		{name: "delimiters inside", text: output(`"a {% $states.input %} b"`)},
		{name: "space before", text: output(`" {% $states.input %} "`)},
		{name: "no end", text: output(`"{% $states.input"`), want: []string{"SVF: A JSONata expression must start with '{%' and end with '%}'" + at}},
		{name: "no start", text: output(`["$states.input %}"]`), want: []string{"SVF: A JSONata expression must start with '{%' and end with '%}' at /States/S/Output[0]"}},
		{name: "one percent sign for both", text: output(`"{%}"`), want: []string{"SVF: A JSONata expression must start with '{%' and end with '%}'" + at}},
		{name: "nothing inside", text: output(`"{% %}"`), want: []string{"INVALID_JSONATA_EXPRESSION: Unexpected end of expression" + at}},
		{name: "half of an expression", text: output(`"{% $states.input + %}"`), want: []string{"INVALID_JSONATA_EXPRESSION: Unexpected end of expression" + at}},
		{name: "the input document by a name", text: output(`{"v": "{% phone %}"}`), want: []string{
			"UNSUPPORTED_JSONATA_EXPRESSION: Reference to 'phone' at the top level is not supported. at /States/S/Output/v",
		}},
		{name: "an error where there is none", text: output(`"{% $states.errorOutput.Error %}"`), want: []string{
			"UNSUPPORTED_JSONATA_EXPRESSION: Reference to '$states.errorOutput' is only supported in a Catch." + at,
		}},
		{name: "an error where there is one", text: oneJSONata(in(states.Task, `"Catch": [{"ErrorEquals": ["A"], "Output": ["{% $states.errorOutput %}"], "Assign": {"e": "{% $states.errorOutput.Error %}"}, "Next": "E"}]`))},
		{name: "expressions everywhere", text: oneJSONata(in(states.Task, `"Arguments": "{% ) %}", "TimeoutSeconds": "{% ) %}", "HeartbeatSeconds": "{% ) %}", "Credentials": {"RoleArn": "{% ) %}"}, "Assign": {"v": "{% ) %}"}, "Catch": [{"ErrorEquals": ["A"], "Output": "{% ) %}", "Next": "E"}]`)), want: []string{
			syntax + "Arguments", syntax + "TimeoutSeconds", syntax + "HeartbeatSeconds", syntax + "Credentials/RoleArn", syntax + "Assign/v", syntax + "Catch[0]/Output",
		}},
		{name: "expressions of a Map", text: oneJSONata(in(states.Map, `"Items": "{% ) %}", "ItemSelector": {"a": "{% ) %}"}, "MaxConcurrency": "{% ) %}", "ToleratedFailureCount": "{% ) %}", "ToleratedFailurePercentage": "{% ) %}",
			"ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Arguments": "{% ) %}", "ReaderConfig": {"MaxItems": "{% ) %}"}}, "ItemBatcher": {"BatchInput": "{% ) %}", "MaxItemsPerBatch": "{% ) %}"}, "ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Arguments": {"Bucket": "{% ) %}"}}`)), want: []string{
			syntax + "Items", syntax + "ItemSelector/a", syntax + "MaxConcurrency", syntax + "ToleratedFailureCount", syntax + "ToleratedFailurePercentage",
			syntax + "ItemReader/Arguments", syntax + "ItemReader/ReaderConfig/MaxItems", syntax + "ItemBatcher/BatchInput", syntax + "ItemBatcher/MaxItemsPerBatch", syntax + "ResultWriter/Arguments/Bucket",
		}},
		{name: "expressions of a Choice", text: oneJSONata(in(states.Choice, `"Choices": [{"Condition": "{% ) %}", "Output": "{% ) %}", "Assign": {"a": "{% ) %}"}, "Next": "E"}]`)), want: []string{
			syntax + "Choices[0]/Condition", syntax + "Choices[0]/Output", syntax + "Choices[0]/Assign/a",
		}},
		{name: "expressions of a Wait", text: oneJSONata(in(states.Wait, `"Seconds": "{% ) %}"`)), want: []string{syntax + "Seconds"}},
		{name: "another expression of a Wait", text: oneJSONata(in(states.Wait, `"Timestamp": "{% ) %}"`)), want: []string{syntax + "Timestamp"}},
		{name: "expressions of a Fail", text: `{"QueryLanguage": "JSONata", "StartAt": "S", "States": {"S": {"Type": "Fail", "Error": "{% ) %}", "Cause": "{% ) %}"}}}`, want: []string{syntax + "Error", syntax + "Cause"}},
		{name: "texts that are none under JSONPath", text: one(in(states.Pass, `"Parameters": {"a": "{% ) %}"}`))},
	})
}

const syntax = "INVALID_JSONATA_EXPRESSION: The symbol \")\" cannot be used as a unary operator at /States/S/"
