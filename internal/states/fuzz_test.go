package states_test

import (
	"encoding/json"
	"testing"

	"github.com/flowstone-go/flow/internal/states"
)

// FuzzParse holds for any text: nothing panics, a text that is not read has
// its reason, and one that is read means the same once written.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": {"a": [1, 2.50, null]}, "End": true}}}`,
		`{"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [{"Condition": "{% $x %}", "Next": "B"}], "Default": "B"}, "B": {"Type": "Fail", "Error": "{% 'e' %}"}}}`,
		`{"StartAt": "M", "States": {"M": {"Type": "Map", "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, "StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "Parameters": {"MessageBody.$": "States.Format('{}', $$.Task.Token)"}, "End": true}}},
			"ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["a"]}, "Parameters": {"Bucket": "b"}}, "Retry": [{"ErrorEquals": ["States.ALL"]}], "End": true}}}`,
		"StartAt: A\nStates:\n  A: &a {Type: Wait, Seconds: 1, End: true}\n  B:\n    <<: *a\n",
		"", "{", "[]", "a: *b", "not a definition", `{"a": "\ud834`, "---\n- !x y\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m, ds := states.Parse(text)
		if m == nil {
			if ds.OK() {
				t.Fatal("not read, and no reason")
			}
			_ = ds.Exception()
			return
		}
		states.Check(m, states.Express)
		states.Lint(m)
		states.VariableReferences(m)
		written, err := states.Write(m)
		if err != nil {
			t.Fatal(err)
		}
		if !json.Valid(written) {
			t.Fatalf("written as %s", written)
		}
		again, ds := states.ParseJSON(written)
		if again == nil {
			t.Fatal(ds)
		}
		if !states.Equal(m, again) {
			t.Fatalf("%s means something else", written)
		}
	})
}
