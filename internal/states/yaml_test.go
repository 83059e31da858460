package states_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/internal/states"
)

func TestYAMLMeansItsJSON(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, yaml, json string }{
		{"block", `
# a comment
Comment: It's a "test"
StartAt: First
States:
  First:
    Type: Pass
    Result: {a: [1, 2.50, -3e2, 0x10], b: null, c: ~, d: true, e: "01", f: ''}
    Next: Second
  Second: {Type: Wait, Timestamp: 2016-03-14T01:59:00Z, End: true}
`, `{"Comment":"It's a \"test\"","StartAt":"First","States":{
			"First":{"Type":"Pass","Result":{"a":[1,2.50,-3e2,16],"b":null,"c":null,"d":true,"e":"01","f":""},"Next":"Second"},
			"Second":{"Type":"Wait","Timestamp":"2016-03-14T01:59:00Z","End":true}}}`},
		{"anchors, aliases and merge keys", `
StartAt: A
States:
  A: &task
    Type: Task
    Resource: arn:aws:states:::lambda:invoke
    Retry: &retry
      - ErrorEquals: [States.ALL]
        MaxAttempts: 2
    End: true
  B:
    <<: *task
    Comment: B
  C:
    Type: Map
    Retry: *retry
    End: true
`, `{"StartAt":"A","States":{
			"A":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Retry":[{"ErrorEquals":["States.ALL"],"MaxAttempts":2}],"End":true},
			"B":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Retry":[{"ErrorEquals":["States.ALL"],"MaxAttempts":2}],"End":true,"Comment":"B"},
			"C":{"Type":"Map","Retry":[{"ErrorEquals":["States.ALL"],"MaxAttempts":2}],"End":true}}}`},
		{"block texts", `
StartAt: A
States:
  A:
    Type: Fail
    Error: !!str 404
    Cause: |
      two
      lines
`, `{"StartAt":"A","States":{"A":{"Type":"Fail","Error":"404","Cause":"two\nlines\n"}}}`},
		{"keys and numbers of all kinds", `
---
StartAt: "1"
States:
  1:
    Type: Pass
    Result: {2.5: 1_000, true: 1.5e3, null: 0b101, ? a : -.5, "é": !!int 7}
    End: Yes, it is a text
`, `{"StartAt":"1","States":{"1":{"Type":"Pass","Result":{"2.5":1000,"true":1500,"null":5,"a":-0.5,"é":7},"End":"Yes, it is a text"}}}`},
		{"one of several merged", `
StartAt: A
States:
  A: &a {Type: Pass, Comment: a, End: true}
  B: &b {Type: Fail, Error: b}
  C: {<<: [*a, *b], Comment: c}
`, `{"StartAt":"A","States":{"A":{"Type":"Pass","Comment":"a","End":true},"B":{"Type":"Fail","Error":"b"},"C":{"Type":"Pass","Comment":"c","End":true,"Error":"b"}}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, ds := states.Parse([]byte(tt.yaml))
			if got == nil {
				t.Fatal(ds)
			}
			want, ds := states.Parse([]byte(tt.json))
			if want == nil {
				t.Fatal(ds)
			}
			if !states.Equal(want, got) {
				text, _ := states.Write(got)
				t.Errorf("want %s\ngot  %s", tt.json, text)
			}
		})
	}
}

func TestYAMLMistakes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, yaml string
		want       states.Diagnostic
	}{
		{"a key twice", "StartAt: A\nStates: {}\nStartAt: B\n", states.Diagnostic{
			Message: "YAML: Duplicate field 'StartAt'", Line: 3, Column: 1,
		}},
		{"a tag of CloudFormation", "StartAt: !Ref Start\n", states.Diagnostic{
			Message: "YAML: the tag !Ref has no meaning in a definition", Line: 1, Column: 10,
		}},
		{"a number that JSON lacks", "StartAt: .inf\n", states.Diagnostic{
			Message: "YAML: .inf has no counterpart in JSON", Line: 1, Column: 10,
		}},
		{"two documents", "StartAt: A\n---\nStartAt: B\n", states.Diagnostic{
			Message: "YAML: a definition is one document, here begins a second", Line: 3, Column: 8,
		}},
		{"a merge of what is no mapping", "a: {<<: [1]}\n", states.Diagnostic{
			Message: "YAML: only mappings can be merged", Line: 1, Column: 9,
		}},
		{"broken", "a: [\n", states.Diagnostic{
			Message: "YAML: sequence end token ']' not found", Line: 1, Column: 4,
		}},
		{"not UTF-8", "a: \xff\n", states.Diagnostic{Message: "YAML: the text is not UTF-8"}},
		{"brackets without end", "a: " + strings.Repeat("[", 1001), states.Diagnostic{Message: "YAML: the text is nested more than 1000 deep"}},
		{"marks without end", "a:\n" + strings.Repeat("- ", 1001), states.Diagnostic{Message: "YAML: the text is nested more than 1000 deep"}},
		{"no anchor", "StartAt: *a\n", states.Diagnostic{
			Message: "YAML: there is no anchor 'a' above", Line: 1, Column: 10,
		}},
		{"a text that doubles itself", `a: &a [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]
b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]
c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]
d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]
e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]
`, states.Diagnostic{
			Message: "YAML: the text has more than 262144 values once its aliases are resolved", Line: 1, Column: 10,
		}},
		{"an anchor inside itself", "a: &a [*a]\n", states.Diagnostic{
			Message: "YAML: the text is nested more than 1000 deep", Line: 1, Column: 7,
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m, ds := states.Parse([]byte(tt.yaml))
			if m != nil || len(ds) != 1 {
				t.Fatal(m, ds)
			}
			ds[0].Location, ds[0].Severity, ds[0].Code = "", "", ""
			if diff := cmp.Diff(tt.want, ds[0]); diff != "" {
				t.Error(diff)
			}
		})
	}
}
