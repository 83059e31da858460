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

func TestVariableReferencesOfJSONata(t *testing.T) {
	t.Parallel()
	text := `{"QueryLanguage": "JSONata", "StartAt": "Task", "States": {
		"Task": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {"FunctionName": "{% $fn.name %}", "Payload": ["{% $sum($list) %}", "$no"]}, "TimeoutSeconds": "{% $time %}", "HeartbeatSeconds": "{% $beat %}", "Credentials": {"RoleArn": "{% $role %}"},
			"Output": "{% ($local := $out; $local & $states.input.a) %}", "Assign": {"assigned": "{% $map($as, function($v) { $v + $inner }) %}"},
			"Catch": [{"ErrorEquals": ["A"], "Output": "{% $caught %}", "Assign": {"x": "{% $kept %}", "error": 1, "count": 2, "max": 3}, "Next": "Choice"}], "Next": "Choice"},
		"Choice": {"Type": "Choice", "Choices": [{"Condition": "{% $if %}", "Output": "{% $then %}", "Assign": {"y": "{% $rule %}"}, "Next": "Map"}], "Default": "Map", "Output": "{% $else %}"},
		"Map": {"Type": "Map", "Items": ["{% $items %}"], "ItemSelector": "{% $item %}", "MaxConcurrency": "{% $most %}", "ToleratedFailureCount": "{% $count %}", "ToleratedFailurePercentage": "{% $percent %}",
			"ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"MaxItems": "{% $max %}"}, "Arguments": "{% $bucket %}"},
			"ItemBatcher": {"BatchInput": "{% $batch %}", "MaxItemsPerBatch": "{% $per %}", "MaxInputBytesPerBatch": "{% $bytes %}"},
			"ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Arguments": {"Bucket": "{% $to %}"}},
			"ItemProcessor": {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": "{% $seconds + $min %}", "Next": "Until"}, "Until": {"Type": "Wait", "Timestamp": "{% $until %}", "End": true}}}, "Next": "Nothing"},
		"Nothing": {"Type": "Pass", "Comment": "{% $nope %}", "Output": "{% $states.context %}", "Next": "Fail"},
		"Fail": {"Type": "Fail", "Error": "{% $error %}", "Cause": "{% $cause %}"}}}`
	m, ds := states.ParseJSON([]byte(text))
	if m == nil {
		t.Fatal(ds)
	}
	if ds := states.Check(m, states.Standard); !ds.OK() {
		t.Error(ds)
	}
	want := map[string][]string{
		"Task":   {"as", "beat", "caught", "fn", "inner", "kept", "list", "out", "role", "time"},
		"Choice": {"else", "if", "rule", "then"},
		"Map":    {"batch", "bucket", "bytes", "count", "item", "items", "max", "most", "per", "percent", "to"},
		"Wait":   {"seconds"},
		"Until":  {"until"},
		"Fail":   {"cause", "error"},
	}
	if diff := cmp.Diff(want, states.VariableReferences(m)); diff != "" {
		t.Error(diff)
	}
}
