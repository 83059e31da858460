package aslsuite_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/flowstone-go/flow/cmd/conform/internal/aslsuite"
	"github.com/flowstone-go/flow/cmd/conform/internal/corpus"
	"github.com/flowstone-go/flow/cmd/conform/internal/report"
	"github.com/flowstone-go/flow/internal/document"
)

const failing = `{"name":"n","kind":"execution","expect":{"status":"FAILED","error":"E","cause":{"id":"<uuid:1>"}},
 "placeholders":["<uuid:1>","role"],"history_order":"total",
 "history":[{"id":1,"previousEventId":0,"type":"ExecutionStarted","executionStartedEventDetails":{"input":{},"roleArn":"role"}},
  {"id":2,"previousEventId":0,"type":"FailStateEntered","stateEnteredEventDetails":{"input":{},"name":"F"}},
  {"id":3,"previousEventId":2,"type":"ExecutionFailed","executionFailedEventDetails":{"error":"E","cause":{"id":"<uuid:1>"}}}],
 "logs":{"level":"FATAL","events":[{"id":"3","type":"ExecutionFailed"}]}}`

const answer = `{"expect":{"status":"FAILED","error":"E","cause":"{\"id\": \"5\"}"},
 "history":[{"timestamp":1,"id":1,"previousEventId":0,"type":"ExecutionStarted","executionStartedEventDetails":{"input":{},"inputDetails":{"truncated":false},"roleArn":"arn:r"}},
  {"id":2,"previousEventId":0,"type":"FailStateEntered","stateEnteredEventDetails":{"input":{},"name":"F"}},
  {"id":3,"previousEventId":2,"type":"ExecutionFailed","executionFailedEventDetails":{"error":"E","cause":"{\"id\": \"5\"}"}}],
 "logs":[{"id":"3","type":"ExecutionFailed"}]}`

func TestJudge(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name          string
		replace, with string
		disagree      string // levels
	}{
		{"everything agrees", "", "", ""},
		{"the outcome", `"status":"FAILED"`, `"status":"SUCCEEDED"`, "outcome"},
		{"an error that was not expected to be there", `"status":"FAILED"`, `"status":"FAILED","output":1`, "outcome"},
		{"an event", `"previousEventId":2`, `"previousEventId":1`, "history"},
		{"a state", `"name":"F"`, `"name":"G"`, "path history"},
		{"the logs", `[{"id":"3","type":"ExecutionFailed"}]`, `[]`, "answer"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := strings.Replace(answer, test.replace, test.with, 1)
			if got := disagreeing(aslsuite.Judge(parseOne(t, failing), answerOf(t, a), nil)); got != test.disagree {
				t.Errorf("disagrees at %q, want %q", got, test.disagree)
			}
		})
	}
	c := parseOne(t, failing)
	for _, levels := range [][]report.Level{aslsuite.Judge(c, nil, nil), aslsuite.Judge(c, nil, errors.New("broken"))} {
		if got := disagreeing(levels); got != "outcome path history answer" {
			t.Errorf("without an answer: %q", got)
		}
	}
}

// Without recorded events nothing must be logged.
func TestJudgeNothingLogged(t *testing.T) {
	t.Parallel()
	c := parseOne(t, `{"name":"n","kind":"execution","expect":{},"logs":{"level":"OFF","note":"nothing was logged"}}`)
	if got := disagreeing(aslsuite.Judge(c, answerOf(t, `{"expect":{},"history":[]}`), nil)); got != "" {
		t.Errorf("disagrees at %q", got)
	}
	if got := disagreeing(aslsuite.Judge(c, answerOf(t, `{"expect":{},"history":[],"logs":[{}]}`), nil)); got != "answer" {
		t.Errorf("disagrees at %q", got)
	}
}

// Other operations have one answer.
func TestJudgeAnswer(t *testing.T) {
	t.Parallel()
	c := parseOne(t, `{"name":"n","kind":"create","expect":{"exception":{"type":"T"}}}`)
	levels := aslsuite.Judge(c, answerOf(t, `{"expect":{"exception":{"type":"T"}},"history":[]}`), nil)
	if len(levels) != 1 || levels[0].Name != aslsuite.LevelAnswer || !levels[0].Agrees {
		t.Errorf("%+v", levels)
	}
}

// Every recording agrees with itself: its placeholders are consistent, and the
// comparison finds nothing where nothing is.
func TestRecordingsAgreeWithThemselves(t *testing.T) {
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
		a := &aslsuite.Answer{Expect: c.Expect, History: c.History}
		if c.Logs != nil {
			logged, _ := document.Member(c.Logs, "events")
			a.Logs, _ = logged.([]any)
		}
		for _, l := range aslsuite.Judge(c, a, nil) {
			lost := c.HistoryOrder == "parallel-unordered" && l.Name == aslsuite.LevelHistory // some of its events
			if !l.Agrees && !lost {
				t.Errorf("%s: %s\n%s", c.Name, l.Name, strings.Join(l.Differences, "\n"))
			}
		}
	}
}

func answerOf(t *testing.T, text string) *aslsuite.Answer {
	t.Helper()
	v, err := document.Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	expect, _ := document.Member(v, "expect")
	history, _ := document.Member(v, "history")
	logs, _ := document.Member(v, "logs")
	a := &aslsuite.Answer{}
	a.Expect, _ = expect.(*document.Object)
	a.History, _ = history.([]any)
	a.Logs, _ = logs.([]any)
	return a
}

func disagreeing(levels []report.Level) string {
	var names []string
	for _, l := range levels {
		if !l.Agrees {
			names = append(names, l.Name)
		}
	}
	return strings.Join(names, " ")
}
