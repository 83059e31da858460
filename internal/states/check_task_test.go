package states_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/flowstone-go/flow/internal/states"
)

func TestCheckResources(t *testing.T) {
	t.Parallel()
	const (
		unknown = "SVF: The resource provided %s is not recognized. The value is not a valid resource ARN, or the resource is not available in this region. at /States/S/Resource"
		noARN   = "SVF: Value is not a valid resource ARN at /States/S/Resource"
		sync    = "SVF: Express state machine does not support '.sync' service integration at /States/S/Resource"
		token   = "SVF: Express state machine does not support '.waitForTaskToken' service integration  at /States/S/Resource"
	)
	tests := []struct{ resource, standard, express string }{
		{"arn:aws:lambda:eu-west-1:123456789012:function:f", "", ""},
		{"arn:aws-cn:lambda:cn-north-1:123456789012:function:f:$LATEST", "", ""},
		{"arn:aws:states:eu-west-1:123456789012:activity:a", "", "SVF: Express state machine does not support Activity ARN at /States/S/Resource"},
		{"arn:aws:states:::lambda:invoke", "", ""},
		{"arn:aws:states:::lambda:invoke.waitForTaskToken", "", token},
		{"arn:aws:states:::lambda:invoke.sync", unknown, unknown},
		{"arn:aws-us-gov:states:::ecs:runTask.sync", "", sync},
		{"arn:aws:states:::states:startExecution.sync:2", "", sync},
		{"arn:aws:states:::batch:submitJob.sync:2", unknown, unknown},
		{"arn:aws:states:::dynamodb:query", unknown, unknown},
		{"arn:aws:states:::http:invoke", "", ""},
		{"arn:aws:states:::http:invoke.waitForTaskToken", unknown, unknown},
		{"arn:aws:states:::aws-sdk:dynamodb:query", "", ""},
		{"arn:aws:states:::aws-sdk:sfn:startExecution.waitForTaskToken", "", token},
		{"arn:aws:states:::aws-sdk:sfn:startExecution.sync", unknown, unknown},
		{"arn:aws:states:::aws-sdk:dynamodb:Query", unknown, unknown},
		{"arn:aws:states:::lambda", unknown, unknown},
		{"docker://example.com/image:latest", "", ""},
		{"lambda", noARN, noARN},
		{"", noARN, noARN},
		{"arn:aws:lambda", noARN, noARN},
		{"{% $states.input.arn %}", noARN, noARN},
		{"${FunctionArn}", noARN, noARN},
	}
	var checks []checkTest
	for _, tt := range tests {
		state := one(fmt.Sprintf(`{"Type": "Task", "Resource": %q, "Next": "E"}`, tt.resource))
		for workflow, want := range map[states.Workflow]string{states.Standard: tt.standard, states.Express: tt.express} {
			check := checkTest{name: string(workflow) + " " + tt.resource, text: state, workflow: workflow}
			if want != "" {
				check.want = []string{strings.Replace(want, "%s", tt.resource, 1)}
			}
			checks = append(checks, check)
		}
	}
	runChecks(t, checks)
}

func TestCheckTaskParameters(t *testing.T) {
	t.Parallel()
	invoke := func(fields string) string {
		return one(`{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Next": "E", ` + fields + `}`)
	}
	const kinds = "SVF: Expected value of type [OBJECT, ARRAY, STRING, NULL] at /States/S/"
	runChecks(t, []checkTest{
		{name: "payloads", text: invoke(`"Parameters": {"FunctionName": "f", "Payload": null}`)},
		{name: "a payload that is a number", text: invoke(`"Parameters": {"FunctionName": "f", "Payload": 1}`), want: []string{kinds + "Parameters/Payload"}},
		{name: "a payload that is a boolean", text: invoke(`"QueryLanguage": "JSONata", "Arguments": {"FunctionName": "f", "Payload": true}`), want: []string{kinds + "Arguments/Payload"}},
		{name: "an SDK call without arguments", text: oneJSONata(`{"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:listBuckets", "Next": "E"}`), want: []string{"SVF: These fields are required: [Arguments] at /States/S"}},
		{name: "an SDK call without parameters", text: one(`{"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:listBuckets", "Next": "E"}`)},
		{name: "no resource", text: one(`{"Type": "Task", "Next": "E"}`), want: []string{"SVF: These fields are required: [Resource] at /States/S"}},
		{name: "a resource of another kind", text: one(`{"Type": "Task", "Resource": ["a"], "Next": "E"}`), want: []string{"SVF: Expected value of type [STRING] at /States/S/Resource"}},
	})
}

func TestCheckExpressInside(t *testing.T) {
	t.Parallel()
	processor := func(config string) string {
		return one(`{"Type": "Map", "Next": "E", "ItemProcessor": {"ProcessorConfig": ` + config + `, "StartAt": "T", "States": {
			"T": {"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask.sync", "End": true}}}}`)
	}
	const sync = "SVF: Express state machine does not support '.sync' service integration at /States/S/ItemProcessor/States/T/Resource"
	const distributed = "SVF: Express state machine does not support distributed Map state at /States/S/ItemProcessor/ProcessorConfig/Mode"
	runChecks(t, []checkTest{
		{name: "inline", text: processor(`{"Mode": "INLINE"}`), workflow: states.Express, want: []string{sync}},
		{name: "standard children", text: processor(`{"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}`)},
		{name: "express children", text: processor(`{"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}`), want: []string{sync}},
		{name: "children of an express machine", text: processor(`{"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}`), workflow: states.Express, want: []string{sync, distributed}},
	})
}

func TestCheckMap(t *testing.T) {
	t.Parallel()
	const inside = `"StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}}`
	mapped := func(fields string) string { return one(in(states.Map, fields)) }
	jsonata := func(fields string) string { return oneJSONata(in(states.Map, fields)) }
	const at = "/States/S"
	runChecks(t, []checkTest{
		{name: "no processor", text: one(`{"Type": "Map", "Next": "E"}`), want: []string{"SVF: These fields are required: [ItemProcessor] at " + at}},
		{name: "two processors", text: mapped(`"Iterator": {"StartAt": "C", "States": {"C": {"Type": "Pass", "End": true}}}`), want: []string{
			"SVF: Only one of these fields can be set: [ItemProcessor, Iterator] at " + at,
		}},
		{name: "an empty processor", text: one(`{"Type": "Map", "Next": "E", "ItemProcessor": {}}`), want: []string{"SVF: These fields are required: [States, StartAt] at " + at + "/ItemProcessor"}},
		{name: "modes", text: one(`{"Type": "Map", "Next": "E", "ItemProcessor": {"ProcessorConfig": {"Mode": "inline"}, ` + inside + `}}`), want: []string{
			"SVF: Value should be one of the following: [INLINE, DISTRIBUTED] at " + at + "/ItemProcessor/ProcessorConfig/Mode",
		}},
		{name: "the type of no executions", text: one(`{"Type": "Map", "Next": "E", "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE", "ExecutionType": "STANDARD"}, ` + inside + `}}`), want: []string{
			"SVF: Field 'ExecutionType' is not supported at " + at + "/ItemProcessor/ProcessorConfig",
		}},
		{name: "executions without a type", text: one(`{"Type": "Map", "Next": "E", "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED"}, ` + inside + `}}`), want: []string{
			"SVF: These fields are required: [ExecutionType] at " + at + "/ItemProcessor/ProcessorConfig",
		}},
		{name: "executions of an unknown type", text: one(`{"Type": "Map", "Next": "E", "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "FAST"}, ` + inside + `}}`), want: []string{
			"SVF: Value should be one of the following: [STANDARD, EXPRESS] at " + at + "/ItemProcessor/ProcessorConfig/ExecutionType",
		}},
		{name: "numbers", text: mapped(`"MaxConcurrency": 0, "ToleratedFailureCount": 0, "ToleratedFailurePercentage": 99.5`)},
		{name: "numbers out of range", text: mapped(`"MaxConcurrency": -1, "ToleratedFailureCount": 1.5, "ToleratedFailurePercentage": 100.5`), want: []string{
			"SVF: Minimum value is 0 at " + at + "/MaxConcurrency",
			"SVF: Expected value of type [INTEGER] at " + at + "/ToleratedFailureCount",
			"SVF: Maximum value is 100 at " + at + "/ToleratedFailurePercentage",
		}},
		{name: "numbers that are expressions", text: jsonata(`"MaxConcurrency": "{% 1 %}", "ToleratedFailureCount": "1", "ToleratedFailurePercentage": "{% 0.5 %}", "Items": "{% [] %}"`), want: []string{
			"SVF: Expected value of type [INTEGER] or a JSONata expression at " + at + "/ToleratedFailureCount",
		}},
		{name: "twice", text: mapped(`"ItemSelector": {}, "Parameters": {}, "MaxConcurrency": 1, "MaxConcurrencyPath": "$.a", "ToleratedFailurePercentage": 1, "ToleratedFailurePercentagePath": "$.a"`), want: []string{
			"SVF: Only one of these fields can be set: [ItemSelector, Parameters] at " + at,
			"SVF: Only one of these fields can be set: [MaxConcurrency, MaxConcurrencyPath] at " + at,
			"SVF: Only one of these fields can be set: [ToleratedFailurePercentage, ToleratedFailurePercentagePath] at " + at,
		}},
		{name: "items by path", text: mapped(`"ItemsPath": "$$.Execution.Input.items"`)},
		{name: "items by many paths", text: mapped(`"ItemsPath": "$.items[*]"`), want: []string{"SVF: Value is not a valid Reference Path at " + at + "/ItemsPath"}},
		{name: "arguments", text: jsonata(`"Arguments": {}`), want: []string{"SVF: Field 'Arguments' is not supported at " + at}},
		{name: "labels", text: mapped(`"Label": "a.b-c_d"`)},
		{name: "a label too long", text: mapped(`"Label": "` + strings.Repeat("x", 41) + `"`), want: []string{"INVALID_LABEL_NAME: A label must have between 1 and 40 characters at " + at + "/Label"}},
		{name: "a label of two words", text: mapped(`"Label": "a b"`), want: []string{"INVALID_LABEL_NAME: Label 'a b' has a character that labels cannot have at " + at + "/Label"}},
		{name: "a label twice", text: `{"StartAt": "S", "States": {"S": ` + strings.Replace(mapState("B", "L"), `"End": true`, `"Next": "T"`, 1) + `, "T": ` + mapState("C", "L") + `}}`, want: []string{
			"DUPLICATE_LABEL_NAME: Duplicate label name: L at /States/T/Label",
		}},
	})
}

func mapState(inner, label string) string {
	return fmt.Sprintf(`{"Type": "Map", "End": true, "Label": %q, "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": %q, "States": {%[2]q: {"Type": "Succeed"}}}}`, label, inner)
}

func TestCheckMapReading(t *testing.T) {
	t.Parallel()
	mapped := func(fields string) string { return one(in(states.Map, fields)) }
	const reader = `"ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key.$": "$.k"}, "ReaderConfig": `
	const at = "/States/S/ItemReader"
	runChecks(t, []checkTest{
		{name: "a reader", text: mapped(reader + `{"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["a"], "CSVDelimiter": "PIPE", "MaxItems": 0}}`)},
		{name: "a listing", text: mapped(`"ItemReader": {"Resource": "arn:aws-cn:states:::s3:listObjectsV2", "Parameters": {"Bucket": "b"}, "ReaderConfig": {"Transformation": "NONE", "MaxItemsPath": "$$.Execution.Input.n"}}`)},
		{name: "a reader of nothing", text: mapped(`"ItemReader": {}`), want: []string{"SVF: These fields are required: [Resource] at " + at}},
		{name: "a reader of something else", text: mapped(`"ItemReader": {"Resource": "arn:aws:states:::s3:putObject"}`), want: []string{
			"SVF: The resource provided arn:aws:states:::s3:putObject is not recognized. The value is not a valid resource ARN, or the resource is not available in this region. at " + at + "/Resource",
		}},
		{name: "a reader of a number", text: mapped(`"ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": 1}}`), want: []string{"SVF: Expected value of type [STRING] at " + at + "/Parameters/Bucket"}},
		{name: "a reader in the other language", text: mapped(`"ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Arguments": {"Bucket": "b"}}`), want: []string{
			"SVF: The QueryLanguage is set to 'JSONPath', but field 'Arguments' is only supported for the 'JSONata' QueryLanguage at " + at,
		}},
		{name: "a configuration", text: mapped(reader + `{"InputType": "XML", "Transformation": "FLATTEN", "ManifestType": "S3", "CSVHeaderLocation": "GIVEN", "CSVDelimiter": ",", "MaxItems": -1, "MaxItemsPath": "$.n", "ItemsPointer": "a/b"}}`), want: []string{
			"SVF: Value should be one of the following: [CSV, JSON, JSONL, PARQUET, MANIFEST] at " + at + "/ReaderConfig/InputType",
			"SVF: Value should be one of the following: [NONE, LOAD_AND_FLATTEN] at " + at + "/ReaderConfig/Transformation",
			"SVF: Value should be one of the following: [S3_INVENTORY, ATHENA_DATA] at " + at + "/ReaderConfig/ManifestType",
			"SVF: Value should be one of the following: [COMMA, PIPE, SEMICOLON, SPACE, TAB] at " + at + "/ReaderConfig/CSVDelimiter",
			"SVF: Minimum value is 0 at " + at + "/ReaderConfig/MaxItems",
			"SVF: Value should be a JSON pointer at " + at + "/ReaderConfig/ItemsPointer",
			"SVF: Only one of these fields can be set: [MaxItems, MaxItemsPath] at " + at + "/ReaderConfig",
			"SVF: These fields are required: [CSVHeaders] at " + at + "/ReaderConfig",
		}},
		{name: "pointers", text: mapped(reader + `{"InputType": "JSON", "ItemsPointer": "/a~1b/0"}}`)},
		{name: "batches", text: mapped(`"ItemBatcher": {"MaxItemsPerBatch": 1, "MaxInputBytesPerBatchPath": "$.b", "BatchInput": {"a.$": "$.a"}}`)},
		{name: "batches without a limit", text: mapped(`"ItemBatcher": {"BatchInput": {"a.$": "a"}}`), want: []string{
			"SVF: The value for the field 'a.$' must be a valid JSONPath or a valid intrinsic function call at /States/S/ItemBatcher/BatchInput",
			"SVF: At least one of these fields is required: [MaxItemsPerBatch, MaxInputBytesPerBatch] at /States/S/ItemBatcher",
		}},
		{name: "batches out of range", text: mapped(`"ItemBatcher": {"MaxItemsPerBatch": 0, "MaxInputBytesPerBatch": 262145}`), want: []string{
			"SVF: Minimum value is 1 at /States/S/ItemBatcher/MaxItemsPerBatch",
			"SVF: Maximum value is 262144 at /States/S/ItemBatcher/MaxInputBytesPerBatch",
		}},
		{name: "batches twice", text: mapped(`"ItemBatcher": {"MaxItemsPerBatch": 1, "MaxItemsPerBatchPath": "$.a"}`), want: []string{
			"SVF: Only one of these fields can be set: [MaxItemsPerBatch, MaxItemsPerBatchPath] at /States/S/ItemBatcher",
		}},
		{name: "a writer", text: mapped(`"ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "b", "Prefix": "p"}, "WriterConfig": {"Transformation": "FLATTEN", "OutputType": "JSONL"}}`)},
		{name: "a writer that only formats", text: mapped(`"ResultWriter": {"WriterConfig": {"Transformation": "COMPACT", "OutputType": "JSON"}}`)},
		{name: "a writer to nowhere", text: mapped(`"ResultWriter": {"Parameters": {"Bucket": "b"}}`), want: []string{"SVF: These fields are required: [Resource] at /States/S/ResultWriter"}},
		{name: "a writer of nothing", text: mapped(`"ResultWriter": {}`), want: []string{"SVF: Value cannot be empty at /States/S/ResultWriter"}},
		{name: "a writer to somewhere else", text: mapped(`"ResultWriter": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": null}, "WriterConfig": {"Transformation": "none", "Else": 1}}`), want: []string{
			"SVF: The resource provided arn:aws:states:::s3:getObject is not recognized. The value is not a valid resource ARN, or the resource is not available in this region. at /States/S/ResultWriter/Resource",
			"SVF: These fields are required: [OutputType] at /States/S/ResultWriter/WriterConfig",
			"SVF: Value should be one of the following: [NONE, COMPACT, FLATTEN] at /States/S/ResultWriter/WriterConfig/Transformation",
			"SVF: Field 'Else' is not supported at /States/S/ResultWriter/WriterConfig",
			"SVF: Expected value of type [STRING] at /States/S/ResultWriter/Parameters/Bucket",
		}},
	})
}
