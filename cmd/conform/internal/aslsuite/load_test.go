package aslsuite_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/flowstone-go/flow/cmd/conform/internal/aslsuite"
	"github.com/flowstone-go/flow/internal/document"
)

const one = `{"name":"express_sync.py::T::one","area":"a","kind":"execution","workflow_type":"EXPRESS",
 "definition":{"StartAt":"A","States":{"A":{"Type":"Pass","Result":"$repeat:3:é","End":true}}},
 "input":{"$repeat:2:k":"$repeat:0:x","s":"$repeat:x:y"},
 "expect":{"status":"SUCCEEDED"},"placeholders":["date"],"needs":["lambda:echo"],
 "clock":"2024-01-01T00:00:00Z","recorded":{"snapshot":"28-10-2025, 09:45:56","validated":"2025-10-28T09:45:58+00:00"},
 "tasks":[{"resource":"arn:f","function":"f","behaviour":{"kind":"echo"}}],
 "calls":[{"state":"A","resource":"arn:f","input":1,"timed_out":{"error":"States.Timeout"}}],
 "resources":{"s3_objects":[{"bucket":"b","key":"k","body":"x"}],"state_machines":[{"arn":"m","definition":{"StartAt":"A"}}],"dynamodb_tables":[{"name":"t"}]},
 "mock":{"result":"1"},"state_name":"A","role_given":true}`

func TestParse(t *testing.T) {
	t.Parallel()
	c := parseOne(t, one)
	if c.Definition != `{"StartAt":"A","States":{"A":{"Type":"Pass","Result":"ééé","End":true}}}` {
		t.Errorf("definition %s", c.Definition)
	}
	if !c.HasInput || c.Input != `{"kk":"","s":"$repeat:x:y"}` {
		t.Errorf("input %s", c.Input)
	}
	if !c.Express || !c.Synchronous || c.Area != "a" || c.Kind != aslsuite.KindExecution || c.HasHistory {
		t.Errorf("case %+v", c)
	}
	if !c.Start.Equal(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)) || !c.AsOf.Equal(time.Date(2025, 10, 28, 9, 45, 56, 0, time.UTC)) {
		t.Errorf("starts %v, as of %v", c.Start, c.AsOf)
	}
	if len(c.Tasks) != 1 || c.Tasks[0].Function != "f" || len(c.Calls) != 1 || !c.Calls[0].TimedOut || !document.Equal(c.Calls[0].Parameters, 1) {
		t.Errorf("tasks %+v, calls %+v", c.Tasks, c.Calls)
	}
	if len(c.Objects) != 1 || c.Objects[0] != (aslsuite.Object{Bucket: "b", Key: "k", Body: "x"}) || c.Machines[0].Definition != `{"StartAt":"A"}` {
		t.Errorf("objects %+v, machines %+v", c.Objects, c.Machines)
	}
	if !c.TestState.RoleGiven || c.TestState.StateName != "A" || c.TestState.Mock == nil {
		t.Errorf("test state %+v", c.TestState)
	}
}

func TestParseTexts(t *testing.T) {
	t.Parallel()
	c := parseOne(t, `{"name":"n","kind":"validate","definition_text":" not JSON","input_text":"","expect":{}}`)
	if c.Definition != " not JSON" || !c.HasInput || c.Input != "" || c.Express {
		t.Errorf("case %+v", c)
	}
	if !c.Start.Equal(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)) || !c.AsOf.IsZero() {
		t.Errorf("starts %v, as of %v", c.Start, c.AsOf)
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, message string }{
		{`{`, "unexpected EOF"},
		{`{}`, "not an array of cases but object"},
	} {
		if _, err := aslsuite.Parse([]byte(test.text)); err == nil || !strings.Contains(err.Error(), test.message) {
			t.Errorf("%s: %v, want %s", test.text, err, test.message)
		}
	}
}

// A case that can't be read does not keep the others from being run.
func TestUnreadableCases(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, message string }{
		{`[1]`, "a case is an object, not number"},
		{`[{"kind":"execution","expect":{}}]`, "a case without a name"},
		{`[{"name":"n"}]`, "case n: nothing is expected"},
		{`[{"name":"n","expect":{},"history":{}}]`, "history is object, not an array"},
		{`[{"name":"n","expect":[]}]`, "nothing is expected"},
		{`[{"name":"n","expect":{},"clock":"noon"}]`, "clock: "},
		{`[{"name":"n","expect":{},"needs":[1]}]`, "needs is number, not an array of strings"},
		{`[{"name":"n","expect":{},"calls":[1]}]`, "calls is number, not an array of objects"},
		{`[{"name":"n","expect":{},"calls":[{"state":1}]}]`, "state is number, not a string"},
		{`[{"name":"n","expect":{},"resources":{"s3_objects":[{"key":1}]}}]`, "resources: key is number"},
		{`[{"name":"n","expect":{},"role_given":1}]`, "role_given is number, not a boolean"},
		{`[{"name":"n","expect":{},"input":"$repeat:999999999999:x"}]`, "longer than"},
	} {
		cases, err := aslsuite.Parse([]byte(test.text))
		if err != nil || len(cases) != 1 || cases[0].Name == "" {
			t.Errorf("%s: %v, %v", test.text, cases, err)
			continue
		}
		if p := cases[0].Problem; p == nil || !strings.Contains(p.Error(), test.message) {
			t.Errorf("%s: %v, want %s", test.text, p, test.message)
		}
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := aslsuite.Load(dir); err == nil {
		t.Error("an empty folder is no error")
	}
	for name, text := range map[string]string{
		"b.json": `[{"name":"n2","expect":{}}]`, "a.json": `[{"name":"n1","area":"x","expect":{}}]`, "README.md": `no case`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cases, err := aslsuite.Load(dir)
	if err != nil || len(cases) != 2 || cases[0].Area != "x" || cases[1].Area != "b" {
		t.Errorf("%v, %v", cases, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "c.json"), []byte(`[`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := aslsuite.Load(dir); err == nil || !strings.Contains(err.Error(), "c.json") {
		t.Errorf("a broken file: %v", err)
	}
}

func parseOne(t *testing.T, text string) *aslsuite.Case {
	t.Helper()
	cases, err := aslsuite.Parse([]byte("[" + text + "]"))
	if err != nil {
		t.Fatal(err)
	}
	if cases[0].Problem != nil {
		t.Fatal(cases[0].Problem)
	}
	return cases[0]
}
