package aslsuite_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/flowstone-go/flow/cmd/conform/internal/aslsuite"
	"github.com/flowstone-go/flow/cmd/conform/internal/corpus"
	"github.com/flowstone-go/flow/internal/document"
)

const (
	lambdaInvoke = "arn:aws:states:::lambda:invoke"
	functionARN  = "arn:aws:lambda:us-east-1:111111111111:function:f"
)

func value(t *testing.T, text string) any {
	t.Helper()
	v, err := document.Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// show is a reply as text.
func show(r aslsuite.Reply, err error) string {
	if err != nil {
		return "error: " + err.Error()
	}
	var parts []string
	if r.HasSubmitted {
		parts = append(parts, "submitted "+document.Text(r.Submitted))
	}
	switch {
	case r.Never:
		parts = append(parts, "never")
	case r.Failed != nil:
		given := func(s *string) string {
			if s == nil {
				return "none"
			}
			return *s
		}
		parts = append(parts, "error "+given(r.Failed.Error)+" cause "+given(r.Failed.Cause))
	default:
		parts = append(parts, document.Text(r.Output))
	}
	if r.After > 0 {
		parts = append(parts, "after "+r.After.String())
	}
	return strings.Join(parts, ", ")
}

func TestReplay(t *testing.T) {
	t.Parallel()
	c := parseOne(t, `{"name":"n","kind":"execution","expect":{},"placeholders":["<token:1>","<uuid:1>","<name_0idx>","date"],
	 "input":{"machine":"sm"},"history":[{"id":1,"executionStartedEventDetails":{"input":{"machine":"<name_0idx>"}}}],
	 "calls":[
	  {"state":"A","resource":"sqs:sendMessage.waitForTaskToken","parameters":{"Token":"<token:1>","n":1},"submitted":{"Id":"<uuid:1>","Date":"date"},"output":{"echo":"<token:1>"}},
	  {"state":"A","resource":"sqs:sendMessage.waitForTaskToken","parameters":{"Token":"<token:1>","n":1},"failed":{}},
	  {"state":"A","resource":"sqs:sendMessage.waitForTaskToken","parameters":{"Token":"<token:1>","n":2},"failed":{"error":"E","cause":{"a":1,"m":"<name_0idx>"}}},
	  {"state":"B","resource":"arn:f","input":{},"timed_out":{"error":"States.Timeout"}},
	  {"state":"B","resource":"arn:f","input":{},"unfinished":true},
	  {"state":"B","resource":"arn:f","input":{}}]}`)
	s := aslsuite.NewServices(c)
	for i, test := range []struct{ state, resource, parameters, reply string }{
		{"A", "arn:aws:states:::sqs:sendMessage.waitForTaskToken", `{"Token":"t5","n":1.0}`, `submitted {"Id":"<uuid:1>","Date":"date"}, {"echo":"t5"}`},
		{"A", "arn:aws:states:::sqs:sendMessage.waitForTaskToken", `{"Token":"t6","n":1}`, `error none cause none`},
		{"A", "arn:aws:states:::sqs:sendMessage.waitForTaskToken", `{"Token":"t7","n":1}`, `error: state A: the case has no answer to a call of sqs:sendMessage.waitForTaskToken with {"Token":"t7","n":1}`},
		{"A", "arn:aws:states:::sqs:sendMessage", `{"Token":"t7","n":2}`, `error: state A: the case has no answer to a call of sqs:sendMessage with {"Token":"t7","n":2}`},
		{"A", "arn:aws:states:::sqs:sendMessage.waitForTaskToken", `{"Token":"t7","n":2}`, `error E cause {"a":1,"m":"sm"}`},
		{"B", "arn:f", `{}`, "never"},
		{"B", "arn:f", `{}`, "never"},
		{"B", "arn:f", `{}`, "error: state B: the recorded call of arn:f has no end"},
	} {
		r, err := s.Call(aslsuite.Request{State: test.state, Resource: test.resource, Parameters: value(t, test.parameters)})
		if got := show(r, err); got != test.reply {
			t.Errorf("call %d: %s, want %s", i+1, got, test.reply)
		}
		if i == 4 {
			if unused := s.Unused(); len(unused) != 3 {
				t.Errorf("unused: %q", unused)
			}
		}
	}
}

func TestFunctions(t *testing.T) {
	t.Parallel()
	const raised = `{"errorMessage":"no \"x\"","errorType":"E","requestId":"00000000-0000-4000-8000-000000000001",` +
		`"stackTrace":["  File \"/var/task/handler.py\", line 2, in handler\n    raise E(\"no \\\"x\\\"\")\n"]}`
	for _, test := range []struct{ behaviour, resource, parameters, reply string }{
		{`{"kind":"echo"}`, functionARN, `{"a":1.0}`, `{"a":1.0}`},
		{`{"kind":"echo"}`, functionARN, `null`, `null`},
		{`{"kind":"return","value":[1]}`, functionARN, `{}`, `[1]`},
		{`{"kind":"return-repeated","text":"ab","count":3}`, functionARN, `{}`, `"ababab"`},
		{`{"kind":"return-repeated","text":"ab","count":1e15}`, functionARN, `{}`, `error: function f: no count of repetitions that can be met`},
		{`{"kind":"raise","errorType":"E","errorMessage":"no \"x\""}`, functionARN, `{}`, "error E cause " + raised},
		{`{"kind":"sleep","seconds":60,"then":{"kind":"echo"}}`, functionARN, `{}`, `{}, after 1m0s`},
		{`{"kind":"sleep","seconds":60}`, functionARN, `{}`, `error: function f: nothing comes after its sleep`},
		{`{"kind":"dance"}`, functionARN, `{}`, `error: function f: unknown behaviour "dance"`},
		{`{"kind":"recorded"}`, functionARN, `{}`, `error: function f: no recorded result is left for it`},
		{`{"kind":"echo"}`, lambdaInvoke, `{"FunctionName":"g"}`, `error: state S: the case has no answer to a call of lambda:invoke with {"FunctionName":"g"}`},
	} {
		c := parseOne(t, fmt.Sprintf(`{"name":"n","expect":{},"tasks":[{"resource":%q,"function":"f","behaviour":%s}]}`, functionARN, test.behaviour))
		r, err := aslsuite.NewServices(c).Call(aslsuite.Request{State: "S", Resource: test.resource, Parameters: value(t, test.parameters)})
		if got := show(r, err); got != test.reply {
			t.Errorf("%s: %s, want %s", test.behaviour, got, test.reply)
		}
	}
}

// The optimized integration sends a payload as Lambda receives it, and wraps
// the result.
func TestInvocation(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ parameters, payload, length string }{
		{`{"FunctionName":"f","Payload":{"a":[1,"é😀"]}}`, `{"a":[1,"é😀"]}`, "32"},
		{`{"FunctionName":"` + functionARN + `","Payload":null}`, `{}`, "2"},
		{`{"FunctionName":"f"}`, `{}`, "2"},
		{`{"FunctionName":"f","Payload":"[1]"}`, `[1]`, "3"},
		{`{"FunctionName":"f","Payload":"text"}`, `"text"`, "6"},
	} {
		c := parseOne(t, fmt.Sprintf(`{"name":"n","expect":{},"tasks":[{"resource":%q,"function":"f","behaviour":{"kind":"echo"}}]}`, functionARN))
		r, err := aslsuite.NewServices(c).Call(aslsuite.Request{State: "S", Resource: lambdaInvoke, Parameters: value(t, test.parameters)})
		if err != nil {
			t.Fatal(err)
		}
		payload, _ := document.Member(r.Output, "Payload")
		metadata, _ := document.Member(r.Output, "SdkHttpMetadata")
		headers, _ := document.Member(metadata, "HttpHeaders")
		length, _ := document.Member(headers, "Content-Length")
		if document.Text(payload) != test.payload || length != test.length {
			t.Errorf("%s: payload %s, length %v", test.parameters, document.Text(payload), length)
		}
	}
}

// A function without recorded calls takes the recorded result that no other
// function explains.
func TestRecordedResult(t *testing.T) {
	t.Parallel()
	c := parseOne(t, `{"name":"n","expect":{},"tasks":[
	 {"resource":"arn:f","function":"f","behaviour":{"kind":"echo"}},{"resource":"arn:g","function":"g","behaviour":{"kind":"recorded"}}],
	 "history":[{"type":"LambdaFunctionSucceeded","lambdaFunctionSucceededEventDetails":{"output":{"x":1}}},
	  {"type":"LambdaFunctionSucceeded","lambdaFunctionSucceededEventDetails":{"output":"x=1"}}]}`)
	s := aslsuite.NewServices(c)
	for _, want := range []string{`"x=1"`, `error: function g: no recorded result is left for it`} {
		r, err := s.Call(aslsuite.Request{State: "G", Resource: "arn:g", Parameters: value(t, `{"x":1}`)})
		if got := show(r, err); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// Every task that a recording schedules has an answer, and every recorded call
// is of a task that was scheduled.
func TestRecordedTasksAreAnswered(t *testing.T) {
	t.Parallel()
	dir, err := corpus.Dir("", "asl")
	if err != nil {
		t.Skip(err)
	}
	cases, err := aslsuite.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		s := aslsuite.NewServices(c)
		for _, r := range scheduled(c) {
			if _, err := s.Call(r); err != nil {
				t.Errorf("%s: %v", c.Name, err)
			}
		}
		if unused := s.Unused(); len(unused) > 0 && c.HasHistory {
			t.Errorf("%s: not called: %q", c.Name, unused)
		}
	}
}

// scheduled reads from a recorded history what each task was given.
func scheduled(c *aslsuite.Case) []aslsuite.Request {
	var all []aslsuite.Request
	state := ""
	for _, e := range c.History {
		if details, ok := document.Member(e, "stateEnteredEventDetails"); ok {
			name, _ := document.Member(details, "name")
			state, _ = document.Str(name)
		}
		if details, ok := document.Member(e, "taskScheduledEventDetails"); ok {
			typ, _ := document.Member(details, "resourceType")
			action, _ := document.Member(details, "resource")
			parameters, _ := document.Member(details, "parameters")
			all = append(all, aslsuite.Request{State: state, Resource: fmt.Sprintf("arn:aws:states:::%v:%v", typ, action), Parameters: parameters})
		}
		for _, key := range []string{"lambdaFunctionScheduledEventDetails", "activityScheduledEventDetails"} {
			if details, ok := document.Member(e, key); ok {
				arn, _ := document.Member(details, "resource")
				input, _ := document.Member(details, "input")
				resource, _ := document.Str(arn)
				all = append(all, aslsuite.Request{State: state, Resource: resource, Parameters: input})
			}
		}
	}
	return all
}

func TestReplyTakesTime(t *testing.T) {
	t.Parallel()
	c := parseOne(t, fmt.Sprintf(`{"name":"n","expect":{},"tasks":[{"resource":%q,"behaviour":{"kind":"sleep","seconds":1.5,"then":{"kind":"sleep","seconds":1,"then":{"kind":"echo"}}}}]}`, functionARN))
	r, err := aslsuite.NewServices(c).Call(aslsuite.Request{State: "S", Resource: functionARN})
	if err != nil || r.After != 2500*time.Millisecond {
		t.Errorf("after %v, %v", r.After, err)
	}
}
