package states_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/internal/states"
)

func TestVariableReferences(t *testing.T) {
	t.Parallel()
	text := `{"StartAt": "Pass", "States": {
		"Pass": {"Type": "Pass", "InputPath": "$in.a", "OutputPath": "$out", "Parameters": {"a": "$literal", "b.$": "$par[0]", "c": [{"d.$": "States.Format('{}', States.MathAdd($deep, $.x))"}]}, "Assign": {"assigned": 1, "e.$": "$as"}, "Next": "Task"},
		"Task": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Credentials": {"RoleArn.$": "$role"}, "TimeoutSecondsPath": "$time", "HeartbeatSecondsPath": "$beat", "ResultSelector": {"a.$": "$sel"}, "ResultPath": "$.r",
			"Catch": [{"ErrorEquals": ["States.ALL"], "Assign": {"f.$": "$caught"}, "Next": "Choice"}], "Next": "Choice"},
		"Choice": {"Type": "Choice", "Choices": [
			{"And": [{"Variable": "$left", "NumericEqualsPath": "$right"}, {"Not": {"Variable": "$.a", "StringEquals": "$text"}}], "Next": "Map"},
			{"Or": [{"Variable": "$or", "IsNull": true}], "Assign": {"g.$": "$rule"}, "Next": "Map"}], "Default": "Map"},
		"Map": {"Type": "Map", "ItemsPath": "$items", "ItemSelector": {"a.$": "$$.Map.Item.Value", "b.$": "$item"}, "MaxConcurrencyPath": "$most", "ToleratedFailureCountPath": "$count", "ToleratedFailurePercentagePath": "$percent",
			"ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"MaxItemsPath": "$max"}, "Parameters": {"Bucket.$": "$bucket"}},
			"ItemBatcher": {"BatchInput": {"a.$": "$batch"}, "MaxItemsPerBatchPath": "$per", "MaxInputBytesPerBatchPath": "$bytes"},
			"ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket.$": "$to"}},
			"ItemProcessor": {"StartAt": "Inner", "States": {"Inner": {"Type": "Wait", "SecondsPath": "$seconds", "Next": "Until"}, "Until": {"Type": "Wait", "TimestampPath": "$until.t", "End": true}}}, "Next": "Nothing"},
		"Nothing": {"Type": "Pass", "Result": {"a.$": "$nope"}, "Next": "Fail"},
		"Fail": {"Type": "Fail", "ErrorPath": "$error", "CausePath": "States.JsonToString($cause)"}}}`
	m, ds := states.ParseJSON([]byte(text))
	if m == nil {
		t.Fatal(ds)
	}
	want := map[string][]string{
		"Pass":   {"as", "deep", "in", "out", "par"},
		"Task":   {"beat", "caught", "role", "sel", "time"},
		"Choice": {"left", "or", "right", "rule"},
		"Map":    {"batch", "bucket", "bytes", "count", "item", "items", "max", "most", "per", "percent", "to"},
		"Inner":  {"seconds"},
		"Until":  {"until"},
		"Fail":   {"cause", "error"},
	}
	if diff := cmp.Diff(want, states.VariableReferences(m)); diff != "" {
		t.Error(diff)
	}
}
