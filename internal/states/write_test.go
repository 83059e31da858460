package states_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/states"
)

// everything is a definition with each field of each state.
const everything = `{"Comment":"all","QueryLanguage":"JSONPath","Version":"1.0","TimeoutSeconds":60,"StartAt":"Task","States":{
"Task":{"Type":"Task","Comment":"c","InputPath":null,"Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken","Credentials":{"RoleArn":"r"},"Parameters":{"QueueUrl":"q","MessageBody.$":"$"},
	"TimeoutSecondsPath":"$.t","HeartbeatSeconds":5,"ResultSelector":{"a.$":"$"},"ResultPath":"$.r","OutputPath":"$.o","Assign":{"v":1},
	"Retry":[{"Comment":"c","ErrorEquals":["A"],"IntervalSeconds":1,"MaxAttempts":2,"BackoffRate":1.50,"MaxDelaySeconds":9,"JitterStrategy":"FULL"}],
	"Catch":[{"Comment":"c","ErrorEquals":["A"],"ResultPath":null,"Assign":{"w":1},"Next":"Fail"}],"Next":"Query"},
"Query":{"Type":"Task","QueryLanguage":"JSONata","Resource":"arn:aws:states:::lambda:invoke","Arguments":{"FunctionName":"f"},"TimeoutSeconds":"{% 5 %}","Output":"{% $states.result %}","Catch":[{"ErrorEquals":["A"],"Output":1,"Next":"Fail"}],"Next":"Pass"},
"Pass":{"Type":"Pass","Parameters":{},"Result":{"z":0.0,"a":[]},"ResultPath":null,"Next":"Wait"},
"Wait":{"Type":"Wait","Seconds":1,"Next":"Wait by path"},
"Wait by path":{"Type":"Wait","SecondsPath":"$.s","Next":"Wait until"},
"Wait until":{"Type":"Wait","Timestamp":"2016-03-14T01:59:00Z","Next":"Wait until a path"},
"Wait until a path":{"Type":"Wait","TimestampPath":"$.t","Next":"Choice"},
"Choice":{"Type":"Choice","Choices":[{"Comment":"c","And":[{"Variable":"$.a","IsNull":true},{"Not":{"Or":[{"Variable":"$.a","NumericEqualsPath":"$.b"}]}}],"Assign":{"x":1},"Next":"Parallel"}],"Default":"Ask","Assign":{"x":2}},
"Ask":{"Type":"Choice","QueryLanguage":"JSONata","Choices":[{"Condition":true,"Output":null,"Next":"Parallel"}],"Default":"Parallel","Output":"{% 1 %}"},
"Parallel":{"Type":"Parallel","Branches":[{"Comment":"c","StartAt":"B","States":{"B":{"Type":"Succeed"}}}],"Retry":[],"Catch":[],"Next":"Map"},
"Map":{"Type":"Map","Label":"L","ItemsPath":"$.i","ItemSelector":{"a":1},"MaxConcurrency":0,"ToleratedFailureCount":1,"ToleratedFailurePercentagePath":"$.p",
	"ItemReader":{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":{"InputType":"CSV","CSVHeaderLocation":"GIVEN","CSVHeaders":["a"],"CSVDelimiter":"TAB","MaxItemsPath":"$.m","ItemsPointer":""},"Parameters":{"Bucket":"b","Key":"k"}},
	"ItemBatcher":{"BatchInput":{"b":1},"MaxItemsPerBatch":2,"MaxInputBytesPerBatchPath":"$.b"},
	"ItemProcessor":{"Comment":"c","ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"EXPRESS"},"StartAt":"C","States":{"C":{"Type":"Pass","End":true}}},
	"ResultWriter":{"Resource":"arn:aws:states:::s3:putObject","WriterConfig":{"Transformation":"NONE","OutputType":"JSON"},"Parameters":{"Bucket":"b"}},"Next":"Old map"},
"Old map":{"Type":"Map","Parameters":{"a":1},"MaxConcurrencyPath":"$.c","Iterator":{"StartAt":"D","States":{"D":{"Type":"Pass","End":true}}},"Next":"New map"},
"New map":{"Type":"Map","QueryLanguage":"JSONata","Items":[1],"ToleratedFailurePercentage":0.5,"ItemReader":{"Resource":"arn:aws:states:::s3:listObjectsV2","ReaderConfig":{"Transformation":"LOAD_AND_FLATTEN","InputType":"MANIFEST","ManifestType":"ATHENA_DATA","MaxItems":1},"Arguments":"{% $a %}"},
	"ItemBatcher":{"MaxItemsPerBatchPath":"$.m","MaxInputBytesPerBatch":5},"ResultWriter":{"Resource":"arn:aws:states:::s3:putObject","Arguments":{"Bucket":"b"}},"ItemProcessor":{"StartAt":"F","States":{"F":{"Type":"Pass","End":true}}},"ToleratedFailureCountPath":"$.c","Next":"Succeed"},
"Succeed":{"Type":"Succeed","OutputPath":"$.a"},
"Fail":{"Type":"Fail","Error":"E","Cause":"C"},
"Fail by path":{"Type":"Fail","ErrorPath":"$.e","CausePath":"$.c"}}}`

func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	m, ds := states.ParseJSON([]byte(everything))
	if m == nil {
		t.Fatal(ds)
	}
	text, err := states.Write(m)
	if err != nil {
		t.Fatal(err)
	}
	want, err := document.Decode([]byte(everything))
	if err != nil {
		t.Fatal(err)
	}
	got, err := document.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	if !document.Equal(want, got) {
		t.Errorf("written as\n%s", text)
	}
}

func TestWriteInTheOrderOfPeople(t *testing.T) {
	t.Parallel()
	m := &states.Machine{
		Scope: states.Scope{Comment: "two states", StartAt: "Ask", States: []*states.State{
			{
				Name: "Ask", Type: states.Task, Next: "Done",
				Resource:   "arn:aws:states:::lambda:invoke",
				Parameters: states.Of(document.ObjectOf(document.Field{Key: "FunctionName", Value: "f"})),
				ResultPath: states.Of(nil),
				Retry:      []*states.Retrier{{ErrorEquals: []string{"States.ALL"}, MaxAttempts: states.Of(2.0)}},
			},
			{Name: "Done", Type: states.Succeed},
		}},
		TimeoutSeconds: states.Of(60.0),
	}
	got, err := states.Write(m)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"Comment":"two states","TimeoutSeconds":60,"StartAt":"Ask","States":{` +
		`"Ask":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"f"},"ResultPath":null,` +
		`"Retry":[{"ErrorEquals":["States.ALL"],"MaxAttempts":2}],"Next":"Done"},"Done":{"Type":"Succeed"}}}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	if ds := states.Check(m, states.Standard); len(ds) > 0 {
		t.Errorf("a machine built by hand: %v", ds)
	}
}

func TestWriteWhatIsNoJSON(t *testing.T) {
	t.Parallel()
	m := &states.Machine{Scope: states.Scope{StartAt: "A", States: []*states.State{{Name: "A", Type: states.Pass, Result: states.Of(math.NaN()), End: true}}}}
	if text, err := states.Write(m); err == nil {
		t.Errorf("written as %s", text)
	}
	if ds := states.Check(m, states.Standard); ds.OK() {
		t.Error("no error")
	}
}

func TestEqual(t *testing.T) {
	t.Parallel()
	definition := func(text string) *states.Machine {
		m, ds := states.ParseJSON([]byte(text))
		if m == nil {
			t.Fatal(ds)
		}
		return m
	}
	base := `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": {"a": 1, "b": 2}, "Next": "B"}, "B": {"Type": "Succeed"}}}`
	tests := []struct {
		name, text string
		want       bool
	}{
		{"the same", base, true},
		{"another order, and numbers spelled otherwise", `{"States": {"B": {"Type": "Succeed"}, "A": {"Next": "B", "Result": {"b": 2.0, "a": 1e0}, "Type": "Pass"}}, "StartAt": "A"}`, true},
		{"what changes nothing", `{"Comment": "", "StartAt": "A", "States": {"A": {"Type": "Pass", "End": false, "Result": {"a": 1, "b": 2}, "Next": "B"}, "B": {"Type": "Succeed"}}}`, true},
		{"another comment", `{"Comment": "c", "StartAt": "A", "States": {"A": {"Type": "Pass", "Result": {"a": 1, "b": 2}, "Next": "B"}, "B": {"Type": "Succeed"}}}`, false},
		{"another value", `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": {"a": 1, "b": "2"}, "Next": "B"}, "B": {"Type": "Succeed"}}}`, false},
		{"null for absent", `{"StartAt": "A", "States": {"A": {"Type": "Pass", "InputPath": null, "Result": {"a": 1, "b": 2}, "Next": "B"}, "B": {"Type": "Succeed"}}}`, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := states.Equal(definition(base), definition(tt.text)); got != tt.want {
				t.Errorf("Equal is %t", got)
			}
		})
	}
}
