package openai_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/openai"
)

type question struct {
	Text string `json:"text"`
}

type reply struct {
	Mood  string `json:"mood" enum:"glad,sad"`
	Score int    `json:"score"`
}

// inTurn answers each call with the next of the texts.
func inTurn(texts ...string) http.HandlerFunc {
	n := 0
	return func(w http.ResponseWriter, r *http.Request) {
		message := object{"role": "assistant", "content": texts[n]}
		n++
		answer(http.StatusOK, text(object{
			"id": "c1", "model": "m", "choices": []any{object{"index": 0, "message": message, "finish_reason": "stop"}},
			"usage": object{"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4},
		}))(w, r)
	}
}

func TestStructuredAnswersInAFlow(t *testing.T) {
	for name, tc := range map[string]struct {
		answers []string
		calls   int
	}{
		"enforced":             {[]string{`{"mood":"sad","score":3}`}, 1},
		"in a block of code":   {[]string{"```json\n{\"mood\":\"sad\",\"score\":3}\n```"}, 1},
		"only when told again": {[]string{"The writer is sad.", `{"mood":"angry","score":3}`, `{"mood":"sad","score":3}`}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, inTurn(tc.answers...), nil)
			f, err := flow.New[question, reply]("moods").Then(flow.Prompt[reply]("Mood", s.model()).Text("{{text}}")).Build()
			if err != nil {
				t.Fatal(err)
			}
			got, err := f.Run(t.Context(), question{"It broke."})
			if diff := cmp.Diff(reply{"sad", 3}, got); diff != "" || err != nil {
				t.Errorf("%v, reply (-want +got):\n%s", err, diff)
			}
			if s.calls() != tc.calls {
				t.Errorf("%d calls, want %d", s.calls(), tc.calls)
			}
			format := parse(t, s.body(0)).(map[string]any)["response_format"].(map[string]any)
			if format["type"] != "json_schema" {
				t.Errorf("response_format %v", format)
			}
			if tc.calls > 1 && !strings.Contains(s.body(1), "does not have the form") {
				t.Errorf("asked again with %s", s.body(1))
			}
		})
	}
}

// A server that does not enforce a schema is given a tool to call.
func TestStructuredAnswersByATool(t *testing.T) {
	s := newServer(t, answer(http.StatusOK, `{"id":"c1","model":"m","choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","content":null,
		"tool_calls":[{"id":"t1","type":"function","function":{"name":"answer_reply","arguments":"{\"mood\":\"glad\",\"score\":1}"}}]}}]}`), nil)
	f := flow.New[question, reply]("moods").Then(flow.Prompt[reply]("Mood", s.model(openai.WithoutStructuredOutput())).Text("{{text}}")).Must()
	got, err := f.Run(t.Context(), question{"It works."})
	if diff := cmp.Diff(reply{"glad", 1}, got); diff != "" || err != nil {
		t.Errorf("%v, reply (-want +got):\n%s", err, diff)
	}
	body := parse(t, s.body(0)).(map[string]any)
	if choice := text(body["tool_choice"]); body["response_format"] != nil || !strings.Contains(choice, "answer_reply") {
		t.Errorf("asked %v", body)
	}
}

// An agent has its tools called, and hears what they gave.
func TestAnAgentOverTheWire(t *testing.T) {
	calls := 0
	s := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		calls++
		message, why := object{"role": "assistant", "content": "It is 21 degrees."}, "stop"
		if calls == 1 {
			message, why = object{"role": "assistant", "reasoning_content": "I need to look.", "content": nil, "tool_calls": []any{
				object{"id": "t1", "type": "function", "function": object{"name": "weather", "arguments": `{"place":"Turin"}`}},
			}}, "tool_calls"
		}
		answer(http.StatusOK, text(object{"id": "c1", "model": "m", "choices": []any{object{"index": 0, "message": message, "finish_reason": why}}}))(w, r)
	}, nil)
	type place struct {
		Place string `json:"place"`
	}
	weather := flow.Tool("weather", "Tells the weather at a place.", func(_ context.Context, p place) (int, error) { return len(p.Place) + 16, nil })
	f := flow.New[question, string]("agents").Then(flow.Agent[string]("Ask", s.model(), weather).Text("{{text}}")).Must()
	got, err := f.Run(t.Context(), question{"How warm is Turin?"})
	if err != nil || got != "It is 21 degrees." {
		t.Errorf("%q, %v", got, err)
	}
	equalJSON(t, `[{"role":"user","content":"How warm is Turin?"},
		{"role":"assistant","tool_calls":[{"id":"t1","type":"function","function":{"name":"weather","arguments":"{\"place\":\"Turin\"}"}}]},
		{"role":"tool","tool_call_id":"t1","content":"21"}]`, text(parse(t, s.body(1)).(map[string]any)["messages"]))
}
