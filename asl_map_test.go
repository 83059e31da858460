package flow_test

import (
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/flowstone-go/flow"
)

func TestParsedMap(t *testing.T) {
	each := `"ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}}`
	runAll(t, []machineCase{
		{
			name:   "items with a selector",
			states: `"A": {"Type": "Map", "ItemsPath": "$.list", "MaxConcurrency": 1, "ItemSelector": {"i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value", "all.$": "$.k"}, ` + each + `, "ResultPath": "$.out", "OutputPath": "$.out", "End": true}`,
			in:     `{"list": ["a", "b"], "k": 1}`, out: `[{"i": 0, "v": "a", "all": 1}, {"i": 1, "v": "b", "all": 1}]`,
			trail: "ExecutionStarted<0 MapStateEntered<0 MapStateStarted<2 MapIterationStarted<3 PassStateEntered<4 PassStateExited<5 MapIterationSucceeded<6 MapIterationStarted<6 PassStateEntered<8 PassStateExited<9 MapIterationSucceeded<10 MapStateSucceeded<11 MapStateExited<11 ExecutionSucceeded<13",
		},
		{
			name: "nothing to do", states: `"A": {"Type": "Map", ` + each + `, "End": true}`, in: `[]`, out: `[]`,
			trail: "ExecutionStarted<0 MapStateEntered<0 MapStateStarted<2 MapStateSucceeded<3 MapStateExited<3 ExecutionSucceeded<5",
		},
		{
			name: "no array", states: `"A": {"Type": "Map", "ItemsPath": "$.list", ` + each + `, "End": true}`, in: `{"list": {}}`,
			err: "States.Runtime: " + entered + `Reference path "$.list" must point to array.`,
		},
		{
			name: "no array, in JSONata", more: `"QueryLanguage": "JSONata", `, states: `"A": {"Type": "Map", "Items": "{% 1 %}", ` + each + `, "End": true}`,
			err:   "States.QueryEvaluationError: " + entered + "The JSONata expression '1' specified for the field 'Items' returned an unexpected result type. Expected 'array', but was 'number' for value: 1",
			trail: "ExecutionStarted<0 MapStateEntered<0 EvaluationFailed<0 MapStateFailed<3 ExecutionFailed<4",
		},
		{
			name: "a concurrency that is none", states: `"A": {"Type": "Map", "ItemsPath": "$.list", "MaxConcurrencyPath": "$.n", ` + each + `, "End": true}`, in: `{"list": [], "n": "many"}`,
			err: "States.Runtime: " + entered + `The MaxConcurrencyPath field refers to value "many" which is not a valid integer: $.n`,
		},
		{
			name: "the failure of an item fails it", states: `"A": {"Type": "Map", "MaxConcurrency": 1, "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Fail", "Error": "Bad", "CausePath": "$"}}}, "Catch": [{"ErrorEquals": ["Bad"], "Next": "B"}], "End": true}, "B": {"Type": "Succeed"}`,
			in: `["x", "y"]`, out: `{"Error": "Bad", "Cause": "x"}`,
			trail: "ExecutionStarted<0 MapStateEntered<0 MapStateStarted<2 MapIterationStarted<3 FailStateEntered<4 MapIterationFailed<5 MapStateFailed<5 MapStateExited<7 SucceedStateEntered<8 SucceedStateExited<9 ExecutionSucceeded<10",
		},
		{
			name: "a failed expression in an item is told once", more: `"QueryLanguage": "JSONata", `,
			states: `"A": {"Type": "Map", "MaxConcurrency": 1, "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Pass", "Output": "{% $nothing %}", "End": true}}}, "End": true}`, in: `[1]`,
			err:   "States.QueryEvaluationError: An error occurred while executing the state 'I' (entered at the event id #5). The JSONata expression '$nothing' specified for the field 'Output' returned nothing (undefined).",
			trail: "ExecutionStarted<0 MapStateEntered<0 MapStateStarted<2 MapIterationStarted<3 PassStateEntered<4 EvaluationFailed<4 MapIterationFailed<6 MapStateFailed<6 ExecutionFailed<8",
		},
	})
}

func TestParsedParallel(t *testing.T) {
	branch := func(states string) string { return `{"StartAt": "X", "States": {` + states + `}}` }
	runAll(t, []machineCase{
		{
			name: "results in the order of the branches", beside: true,
			states: `"A": {"Type": "Parallel", "Parameters": {"n.$": "$.n"}, "Branches": [` + branch(`"X": {"Type": "Wait", "Seconds": 3, "End": true}`) + `, ` + strings.ReplaceAll(branch(`"X": {"Type": "Pass", "Result": 2, "End": true}`), `"X"`, `"Y"`) + `], "ResultSelector": {"first.$": "$[0]", "second.$": "$[1]"}, "End": true}`,
			in:     `{"n": 1, "m": 2}`, out: `{"first": {"n": 1}, "second": 2}`,
		},
		{
			name:   "a branch fails all",
			states: `"A": {"Type": "Parallel", "Branches": [` + branch(`"X": {"Type": "Fail", "Error": "Bad"}`) + `], "Retry": [{"ErrorEquals": ["Bad"], "MaxAttempts": 1}], "End": true}`,
			err:    "Bad: ",
			trail:  "ExecutionStarted<0 ParallelStateEntered<0 ParallelStateStarted<2 FailStateEntered<3 ParallelStateStarted<4 FailStateEntered<5 ParallelStateFailed<6 ExecutionFailed<7",
		},
	})
}

const processor = `"ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}}`

// failingItems fails for the items that are "bad".
const failingItems = `"ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, "StartAt": "I", "States": {
	"I": {"Type": "Choice", "Choices": [{"Variable": "$", "StringEquals": "bad", "Next": "F"}], "Default": "S"}, "F": {"Type": "Fail", "Error": "Bad", "Cause": "it is"}, "S": {"Type": "Succeed"}}}`

func reads(format, key string) string {
	return `"ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {` + format + `}, "Parameters": {"Bucket": "b", "Key": "` + key + `"}}, `
}

func distributedStore(t *testing.T) *flow.MemoryStorage {
	t.Helper()
	store := &flow.MemoryStorage{}
	for key, text := range map[string]string{
		"list.json":   `[1, {"a": 2}]`,
		"object.json": `{"x": 1, "y": 2}`,
		"deep.json":   `{"in": {"list": [7, 8, 9]}}`,
		"scalar.json": `3`,
		"lines.jsonl": "1\n\n{\"a\": 2}\n",
		"rows.csv":    "k,v\na,1\nb\nc,3,4\n",
		"twice.csv":   "k,k\n",
		"pipes.csv":   "a|b\n",
		"d/1.csv":     "k\na\n",
		"d/2.csv":     "k\nb\n",
		"m.json":      `{"destinationBucket": "arn:aws:s3:::b", "fileFormat": "CSV", "fileSchema": "Bucket, Key", "files": [{"key": "inv.csv"}]}`,
		"inv.csv":     "\"b\",\"one\"\n\"b\",\"two\"\n",
	} {
		if err := store.Put(t.Context(), "b", key, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	return store
}

func TestParsedDistributedMap(t *testing.T) {
	const label = `"Label": "Each", `
	state := func(more string) string {
		return `"A": {"Type": "Map", ` + label + more + processor + `, "End": true}`
	}
	runAll(t, []machineCase{
		{
			name: "an array of the input", states: state(`"ItemSelector": {"v.$": "$$.Map.Item.Value", "s.$": "$$.Map.Item.Source"}, `), in: `[1]`, out: `[{"v": 1, "s": "STATE_DATA"}]`,
			trail: "ExecutionStarted<0 MapStateEntered<0 MapStateStarted<2 MapRunStarted<3 MapRunSucceeded<4 MapStateSucceeded<5 MapStateExited<4 ExecutionSucceeded<7",
		},
		{name: "an object of the input", states: state(""), in: `{"x": 1}`, out: `[{"Key": "x", "Value": 1}]`},
		{name: "JSON", states: state(reads(`"InputType": "JSON"`, "list.json")), out: `[1, {"a": 2}]`},
		{name: "an object in JSON", states: state(reads(`"InputType": "JSON"`, "object.json") + `"ItemSelector": {"k.$": "$$.Map.Item.Key", "v.$": "$$.Map.Item.Value", "s.$": "$$.Map.Item.Source"}, `), out: `[{"k": "x", "v": 1, "s": "S3://b/object.json"}, {"k": "y", "v": 2, "s": "S3://b/object.json"}]`},
		{name: "a pointer into JSON", states: state(reads(`"InputType": "JSON", "ItemsPointer": "/in/list", "MaxItems": 2`, "deep.json")), out: `[7, 8]`},
		{
			name: "no items in JSON", states: state(reads(`"InputType": "JSON"`, "scalar.json")), err: "States.ItemReaderFailed: Attempting to map over non-iterable node.",
			trail: "ExecutionStarted<0 MapStateEntered<0 MapStateStarted<2 MapRunStarted<3 MapRunFailed<4 MapStateFailed<5 ExecutionFailed<6",
		},
		{name: "lines of JSON", states: state(reads(`"InputType": "JSONL"`, "lines.jsonl")), out: `[1, {"a": 2}]`},
		{name: "CSV", states: state(reads(`"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"`, "rows.csv")), out: `[{"k": "a", "v": "1"}, {"k": "b", "v": ""}, {"k": "c", "v": "3"}]`},
		{name: "CSV with headers given", states: state(reads(`"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["p", "q"], "CSVDelimiter": "PIPE"`, "pipes.csv")), out: `[{"p": "a", "q": "b"}]`},
		{name: "CSV with headers twice", states: state(reads(`"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"`, "twice.csv")), err: "States.ItemReaderFailed: CSV headers cannot contain duplicates."},
		{name: "an inventory", states: state(reads(`"InputType": "MANIFEST"`, "m.json")), out: `[{"Bucket": "b", "Key": "one"}, {"Bucket": "b", "Key": "two"}]`},
		{name: "no such object", states: state(reads(`"InputType": "JSON"`, "none.json")), err: "States.ItemReaderFailed: b/none.json: the specified key does not exist"},
		{
			name:   "a listing",
			states: state(`"ItemReader": {"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket": "b", "Prefix": "d/"}}, "ItemSelector": {"k.$": "$$.Map.Item.Value.Key", "n.$": "$$.Map.Item.Value.Size"}, `),
			out:    `[{"k": "d/1.csv", "n": 4}, {"k": "d/2.csv", "n": 4}]`,
		},
		{
			name:   "a listing whose objects are loaded",
			states: state(`"ItemReader": {"Resource": "arn:aws:states:::s3:listObjectsV2", "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW", "Transformation": "LOAD_AND_FLATTEN"}, "Parameters": {"Bucket": "b", "Prefix": "d/"}}, "ItemSelector": {"v.$": "$$.Map.Item.Value", "s.$": "$$.Map.Item.Source"}, `),
			out:    `[{"v": {"k": "a"}, "s": "S3://b/d/1.csv"}, {"v": {"k": "b"}, "s": "S3://b/d/2.csv"}]`,
		},
		{name: "batches", states: state(`"ItemBatcher": {"MaxItemsPerBatch": 2, "BatchInput": {"k": 1}}, `), in: `[1, 2, 3]`, out: `[{"BatchInput": {"k": 1}, "Items": [1, 2]}, {"BatchInput": {"k": 1}, "Items": [3]}]`},
		{name: "batches by size", states: state(`"ItemBatcher": {"MaxInputBytesPerBatch": 20}, `), in: `["aa", "bb", "cc"]`, out: `[{"Items": ["aa"]}, {"Items": ["bb"]}, {"Items": ["cc"]}]`},
		{
			name:   "a failed item is too much",
			states: `"A": {"Type": "Map", ` + failingItems + `, "End": true}`, in: `["ok", "bad"]`, err: "States.ExceedToleratedFailureThreshold: The specified tolerated failure threshold was exceeded",
		},
		{
			name:   "a failed item is tolerated",
			states: `"A": {"Type": "Map", "ToleratedFailurePercentage": 50, ` + failingItems + `, "End": true}`, in: `["ok", "bad"]`, out: `["ok", {"Status": "FAILED", "Error": "Bad", "Cause": "it is"}]`,
		},
		{
			name:   "a tolerance that is none",
			states: `"A": {"Type": "Map", "ItemsPath": "$.l", "ToleratedFailureCountPath": "$.n", ` + failingItems + `, "End": true}`, in: `{"l": [], "n": -1}`, err: "States.Runtime: " + entered + "ToleratedFailureCount cannot be negative.",
			trail: "ExecutionStarted<0 MapStateEntered<0 MapStateStarted<2 ExecutionFailed<3",
		},
	}, flow.Store(distributedStore(t)))
}

// A child is an execution of its own.
func TestDistributedChildren(t *testing.T) {
	runAll(t, []machineCase{{
		name: "context",
		states: `"A": {"Type": "Map", "Label": "Each", "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, "StartAt": "I", "States": {
			"I": {"Type": "Pass", "QueryLanguage": "JSONata", "Output": {"in": "{% $states.context.Execution.Input %}", "m": "{% $states.context.StateMachine.Id %}", "x": "{% $split($states.context.Execution.Id, ':')[[5..6]] %}"}, "End": true}}}, "End": true}`,
		in: `["x"]`, out: `[{"in": "x", "m": "arn:aws:states:us-east-1:123456789012:stateMachine:machine/Each", "x": ["express", "machine/Each"]}]`,
	}})
}

func TestResultWriter(t *testing.T) {
	store := &flow.MemoryStorage{}
	f, err := flow.Parse([]byte(`{"StartAt": "A", "States": {"A": {"Type": "Map", "Label": "Each", "ToleratedFailureCount": 1, `+failingItems+`,
		"ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "b", "Prefix": "out"}}, "End": true}}}`), flow.ParseName("machine"))
	if err != nil {
		t.Fatal(err)
	}
	out, err := f.Run(t.Context(), []any{"good", "bad"}, flow.Store(store))
	if err != nil {
		t.Fatal(err)
	}
	m, _ := out.(map[string]any)
	details, _ := m["ResultWriterDetails"].(map[string]any)
	key, _ := details["Key"].(string)
	run, _ := m["MapRunArn"].(string)
	uuid := run[strings.LastIndexByte(run, ':')+1:]
	if !strings.HasPrefix(run, "arn:aws:states:us-east-1:123456789012:mapRun:machine/Each:") || key != "out/"+uuid+"/manifest.json" || details["Bucket"] != "b" {
		t.Fatalf("%v", out)
	}
	var manifest struct {
		DestinationBucket, MapRunArn string
		ResultFiles                  map[string][]struct {
			Key  string
			Size int
		}
	}
	load(t, store, key, &manifest)
	if manifest.MapRunArn != run || len(manifest.ResultFiles) != 3 || len(manifest.ResultFiles["PENDING"]) != 0 {
		t.Errorf("%+v", manifest)
	}
	for status, want := range map[string]map[string]any{
		"SUCCEEDED": {"Input": `"good"`, "Output": `"good"`, "Status": "SUCCEEDED", "RedriveStatus": "NOT_REDRIVABLE"},
		"FAILED":    {"Input": `"bad"`, "Error": "Bad", "Cause": "it is", "Status": "FAILED", "RedriveStatus": "REDRIVABLE"},
	} {
		files := manifest.ResultFiles[status]
		if len(files) != 1 {
			t.Errorf("%s: %v", status, files)
			continue
		}
		var entries []map[string]any
		load(t, store, files[0].Key, &entries)
		if len(entries) != 1 {
			t.Errorf("%s: %v", status, entries)
			continue
		}
		for name, value := range want {
			if entries[0][name] != value {
				t.Errorf("%s: %s is %v, want %v", status, name, entries[0][name], value)
			}
		}
	}
}

func load(t *testing.T, store flow.Storage, key string, to any) {
	t.Helper()
	body, err := store.Get(t.Context(), "b", key, "")
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, to); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
}
