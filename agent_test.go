package flow_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/mock"
	"github.com/flowstone-go/flow/mock/mocktest"
	"github.com/flowstone-go/flow/model"
)

type lookup struct {
	ID int `json:"id" description:"The number of the order"`
}

type found struct {
	State string `json:"state"`
}

func find(_ context.Context, in lookup) (found, error) {
	if in.ID != 7 {
		return found{}, fmt.Errorf("there is no order %d", in.ID)
	}
	return found{"sent"}, nil
}

var findTool = flow.Tool("find", "Finds an order.", find)

func TestAgent(t *testing.T) {
	nowTool := flow.Tool("now", "Tells the time.", func(context.Context, struct{}) (string, error) { return "noon", nil })
	for name, opts := range map[string][]flow.Option{"inline": nil, "stepwise and checked": {flow.Stepwise(), flow.Checked()}, "watched": {flow.Observe(func(flow.Event) {})}} {
		t.Run(name, func(t *testing.T) {
			m := mocktest.Model(t)
			m.When(mock.Node("Support"), mock.AskedHas("Where")).
				Content(&model.Text{Text: "Let me see."}, mock.ToolUse("find", lookup{7}), mock.ToolUse("find", lookup{8}), mock.ToolUse("now", nil))
			m.When(mock.Node("Support"), mock.ToolResult("find", "sent"), mock.ToolResult("now", "noon")).
				Content(mock.ToolUse("fetch", nil), mock.ToolUse("find", map[string]any{"id": "x"}), &model.ToolUse{ID: "t", Name: "find", Malformed: "{"})
			m.When(mock.ToolResult("fetch", "there is no tool")).Text("It was sent.")
			f := flow.New[letter, string]("support").Then(
				flow.Agent[string]("Support", m, findTool, nowTool).System("Help {{from}}.").Text("{{body}}").MaxTokens(100),
			).Must()
			got, err := f.Run(t.Context(), letter{From: "Ada", Body: "Where is order 7?"}, opts...)
			if err != nil || got != "It was sent." {
				t.Fatalf("got %q, %v", got, err)
			}
			result := func(id, name string, isError bool, content ...model.Content) model.Content {
				return &model.ToolResult{ID: id, Name: name, Error: isError, Content: content}
			}
			want := []model.Message{
				model.UserText("Where is order 7?"),
				{Role: model.Assistant, Content: model.Contents{
					&model.Text{Text: "Let me see."}, model.NewToolUse("call_1_1", "find", `{"id":7}`), model.NewToolUse("call_1_2", "find", `{"id":8}`), model.NewToolUse("call_1_3", "now", ""),
				}},
				{Role: model.User, Content: model.Contents{
					result("call_1_1", "find", false, &model.JSON{Value: json.RawMessage(`{"state":"sent"}`)}),
					result("call_1_2", "find", true, &model.Text{Text: "there is no order 8"}),
					result("call_1_3", "now", false, &model.Text{Text: "noon"}),
				}},
				{Role: model.Assistant, Content: model.Contents{
					model.NewToolUse("call_3_0", "fetch", ""), model.NewToolUse("call_3_1", "find", `{"id":"x"}`), &model.ToolUse{ID: "t", Name: "find", Malformed: "{"},
				}},
				{Role: model.User, Content: model.Contents{
					result("call_3_0", "fetch", true, &model.Text{Text: `there is no tool "fetch"; the tools are: find, now`}),
					result("call_3_1", "find", true, &model.Text{Text: `the input does not fit: id must be an integer, it is "x"`}),
					result("t", "find", true, &model.Text{Text: "the input is not JSON: {"}),
				}},
			}
			last := m.Calls().Last().Request
			if diff := cmp.Diff(want, last.Messages); diff != "" {
				t.Errorf("messages (-want +got):\n%s", diff)
			}
			wantTools := []model.Tool{
				{Name: "find", Description: "Finds an order.", Schema: json.RawMessage(`{"type":"object","properties":{"id":{"type":"integer","description":"The number of the order"}},"required":["id"],"additionalProperties":false}`)},
				{Name: "now", Description: "Tells the time.", Schema: json.RawMessage(`{"type":"object","properties":{},"required":[],"additionalProperties":false}`)},
			}
			if diff := cmp.Diff(wantTools, last.Tools); diff != "" || last.MaxTokens != 100 || last.System.Text() != "Help Ada." {
				t.Errorf("%+v\n%s", last, diff)
			}
		})
	}
}

func TestAgentVisits(t *testing.T) {
	m := mocktest.Model(t)
	m.When().Content(mock.ToolUse("find", lookup{7}), mock.ToolUse("find", lookup{7})).Throttle(1, 0).Text("done")
	f := flow.New[letter, string]("support").Then(
		flow.Agent[string]("Support", m, findTool).Text("?").Retry(flow.Retry{Interval: flow.NoDelay}).ToolConcurrency(1),
	).Must()
	var got []string
	_, err := f.Run(t.Context(), ada, flow.Observe(func(e flow.Event) {
		if strings.HasSuffix(e.Type, "StateEntered") || e.Type == flow.ModelAnswered || e.Type == flow.RetryScheduled {
			got = append(got, e.Type+" "+e.Path)
		}
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"ParallelStateEntered Support",
		"TaskStateEntered Support/Model", "ModelAnswered Support/Model", "ChoiceStateEntered Support/Next",
		"MapStateEntered Support/Tools", "TaskStateEntered Support/Tools[0]/Tool", "TaskStateEntered Support/Tools[1]/Tool",
		"TaskStateEntered Support/Model", "RetryScheduled Support/Model", "ModelAnswered Support/Model", "ChoiceStateEntered Support/Next",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAgentAnswersInJSON(t *testing.T) {
	for _, has := range []bool{true, false} {
		t.Run(fmt.Sprint("structured output ", has), func(t *testing.T) {
			m := mocktest.Model(t)
			answer := func(v any) *model.ToolUse { return mock.ToolUse("answer_verdict", v) }
			s := m.When().ToolCall("find", lookup{7})
			if has {
				s.Text("glad").JSON(verdict{Mood: "glad"})
			} else {
				s.Content(answer(map[string]int{"mood": 1})).Content(answer(verdict{Mood: "glad"}))
			}
			var reasked []string
			f := flow.New[letter, verdict]("letters").Then(flow.Agent[verdict]("Judge", structured{m, has}, findTool).Text("?")).Must()
			got, err := f.Run(t.Context(), ada, flow.Observe(func(e flow.Event) {
				if e.Type == flow.ModelReasked {
					reasked = append(reasked, e.Path+" "+e.Error.Name)
				}
			}))
			if err != nil || got.Mood != "glad" {
				t.Fatalf("got %v, %v", got, err)
			}
			if diff := cmp.Diff([]string{"Judge/Model Model.Output"}, reasked); diff != "" {
				t.Error(diff)
			}
			req := m.Calls().Last().Request
			if asked := req.Messages[len(req.Messages)-1].Content; !strings.Contains(m.Calls().Last().Prompt(), "Your answer does not have the form") {
				t.Errorf("it was not told: %v", asked)
			}
			if has && (req.Output == nil || len(req.Tools) != 1) || !has && (len(req.Tools) != 2 || req.ToolChoice.Mode != model.ToolAny) {
				t.Errorf("request %+v", req)
			}
		})
	}
}

func TestAgentBounds(t *testing.T) {
	for _, c := range []struct {
		name string
		set  func(*flow.AgentNode[string])
		want string
		asks int
	}{
		{"turns", func(n *flow.AgentNode[string]) { n.MaxTurns(3) }, "no answer after 3 turns (MaxTurns)", 3},
		{"turns by default", func(*flow.AgentNode[string]) {}, "no answer after 10 turns (MaxTurns)", 10},
		{"tokens", func(n *flow.AgentNode[string]) { n.MaxTokensInAll(250) }, "no answer after 300 tokens (MaxTokensInAll 250)", 3},
		{"time", func(n *flow.AgentNode[string]) { n.MaxTime(90 * time.Second) }, "no answer after 2m0s (MaxTime 1m30s)", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := mock.New()
				m.When().ToolCall("find", lookup{7}).Usage(90, 10).Delay(time.Minute).Always()
				n := flow.Agent[string]("Support", m, findTool).Text("?")
				c.set(n)
				_, err := run[letter, string](t, ada, n)
				if !errors.Is(err, flow.ErrAgentLimit) || !strings.HasSuffix(err.Error(), ": "+c.want) || len(m.Calls()) != c.asks {
					t.Errorf("got %v after %d calls", err, len(m.Calls()))
				}
			})
		})
	}
}

func TestAgentTools(t *testing.T) {
	inner := flow.New[lookup, found]("inner").Then(flow.Task("Find", find)).Must()
	for _, c := range []struct {
		name string
		tool *flow.AgentTool
		want *model.ToolResult
	}{
		{"a flow", flow.ToolFlow("t", "", inner), &model.ToolResult{Content: model.Contents{&model.JSON{Value: json.RawMessage(`{"state":"sent"}`)}}}},
		{"contents", flow.Tool("t", "", func(context.Context, lookup) (model.Contents, error) {
			return model.Contents{&model.Image{Format: "png", Source: model.Source{Bytes: []byte{1}}}}, nil
		}), &model.ToolResult{Content: model.Contents{&model.Image{Format: "png", Source: model.Source{Bytes: []byte{1}}}}}},
		{"nothing to tell", flow.Tool("t", "", func(context.Context, lookup) (flow.None, error) { return flow.None{}, nil }), &model.ToolResult{Content: model.Texts("done")}},
		{"a named string", flow.Tool("t", "", func(context.Context, lookup) (flow.Status, error) { return flow.Running, nil }), &model.ToolResult{Content: model.Texts("RUNNING")}},
		{"a tool that takes too long", flow.Tool("t", "", func(ctx context.Context, _ lookup) (string, error) {
			<-ctx.Done()
			return "", ctx.Err()
		}), &model.ToolResult{Content: model.Texts("the tool took too long and was stopped"), Error: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := mocktest.Model(t)
				m.When().ToolCall("t", lookup{7}).Text("ok")
				if _, err := run[letter, string](t, ada, flow.Agent[string]("Support", m, c.tool).Text("?").ToolTimeout(time.Minute)); err != nil {
					t.Fatal(err)
				}
				msgs := m.Calls().Last().Request.Messages
				c.want.ID, c.want.Name = "call_1_0", "t"
				if diff := cmp.Diff(model.Contents{c.want}, msgs[len(msgs)-1].Content); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestWhatEndsAnAgent(t *testing.T) {
	stranger := mock.New()
	for _, c := range []struct {
		name string
		tool *flow.AgentTool
		want error
	}{
		{"a call that no mock expects, in a tool", flow.Tool("t", "", func(ctx context.Context, _ lookup) (string, error) {
			_, err := stranger.Generate(ctx, &model.Request{Messages: []model.Message{model.UserText("?")}})
			return "", err
		}), mock.ErrUnexpected},
		{"a panic", flow.Tool("t", "", func(context.Context, lookup) (string, error) { panic(errStock) }), errStock},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := mocktest.Model(t)
			m.When().ToolCall("t", lookup{7})
			_, err := run[letter, string](t, ada, flow.Agent[string]("Support", m, c.tool).Text("?"))
			if !errors.Is(err, c.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestAgentCatchesAndLands(t *testing.T) {
	type doc struct {
		Body  string `json:"body"`
		Reply string `json:"reply,omitempty"`
	}
	m := mocktest.Model(t)
	m.When().Fail(model.ErrAccessDenied).Text("hello").Fail(model.ErrAccessDenied).Text("hello")
	reply := flow.At[string]("$.reply")
	f := flow.New[doc, doc]("support").Then(
		flow.Agent[string]("Support", m).Text("{{body}}").Into(reply).
			Recover(flow.On(model.ErrAccessDenied), func(_ context.Context, e *flow.Error) (string, error) { return e.Name, nil }),
	).Must()
	for name, opts := range map[string][]flow.Option{"inline": nil, "stepwise": {flow.Stepwise()}} {
		for _, want := range []string{"Model.AccessDenied", "hello"} {
			if got, err := f.Run(t.Context(), doc{Body: "b"}, opts...); err != nil || got != (doc{"b", want}) {
				t.Errorf("%s: got %v, %v", name, got, err)
			}
		}
	}
}

func TestAgentTranscript(t *testing.T) {
	type chat struct {
		Said  string          `json:"said"`
		Past  []model.Message `json:"past"`
		Reply string          `json:"reply"`
	}
	past, reply := flow.At[[]model.Message]("$.past"), flow.At[string]("$.reply")
	m := mocktest.Model(t)
	m.When().ToolCall("find", lookup{7}).Text("It was sent.").Text("You are welcome.")
	f := flow.New[chat, chat]("chat").Then(
		flow.Agent[string]("Support", m, findTool).Text("{{said}}").History(past).Transcript(past).Into(reply),
	).Must()
	for name, opts := range map[string][]flow.Option{"inline": nil, "stepwise": {flow.Stepwise(), flow.Checked()}} {
		m.Reset()
		one, err := f.Run(t.Context(), chat{Said: "Where is 7?"}, opts...)
		if err != nil {
			t.Fatal(name, err)
		}
		one.Said = "Thanks!"
		two, err := f.Run(t.Context(), one, opts...)
		if err != nil {
			t.Fatal(name, err)
		}
		want := []model.Message{
			model.UserText("Where is 7?"),
			{Role: model.Assistant, Content: model.Contents{model.NewToolUse("call_1_0", "find", `{"id":7}`)}},
			{Role: model.User, Content: model.Contents{&model.ToolResult{ID: "call_1_0", Name: "find", Content: model.Contents{&model.JSON{Value: json.RawMessage(`{"state":"sent"}`)}}}}},
			model.AssistantText("It was sent."), model.UserText("Thanks!"), model.AssistantText("You are welcome."),
		}
		if diff := cmp.Diff(chat{"Thanks!", want, "You are welcome."}, two); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestAgentMistakesAreFoundAtBuild(t *testing.T) {
	m := mock.New()
	var noFlow *flow.Flow[lookup, string]
	var noFunc func(context.Context, lookup) (string, error)
	for _, c := range []struct {
		name string
		node flow.Node
		want string
	}{
		{"no model", flow.Agent[string]("A", nil).Text("?"), "an Agent of a model that is nil"},
		{"nothing asked", flow.Agent[string]("A", m), "an Agent that asks nothing"},
		{"a variable that is not there", flow.Agent[string]("A", m).Text("{{boddy}}"), "the template's ($.boddy)"},
		{"a tool that is nil", flow.Agent[string]("A", m, nil).Text("?"), "a tool that is nil"},
		{"a tool twice", flow.Agent[string]("A", m, findTool, findTool).Text("?"), `two tools of the name "find"`},
		{"a tool without a function", flow.Agent[string]("A", m, flow.Tool("t", "", noFunc)).Text("?"), "Tool without a function"},
		{"a tool without a flow", flow.Agent[string]("A", m, flow.ToolFlow("t", "", noFlow)).Text("?"), "ToolFlow of a flow that is nil"},
		{"a name that is none", flow.Agent[string]("A", m, flow.Tool("a b", "", find)).Text("?"), `the tool name "a b"`},
		{"an input that has no JSON", flow.Agent[string]("A", m, flow.Tool("t", "", func(context.Context, chan int) (string, error) { return "", nil })).Text("?"), `tool "t": no JSON schema for its input`},
		{"no turns", flow.Agent[string]("A", m).Text("?").MaxTurns(0), "MaxTurns(0)"},
		{"no tokens", flow.Agent[string]("A", m).Text("?").MaxTokensInAll(0), "MaxTokensInAll(0)"},
		{"no concurrency", flow.Agent[string]("A", m).Text("?").ToolConcurrency(0), "ToolConcurrency(0)"},
		{"a transcript without a place for the result", flow.Agent[string]("A", m).Text("?").Transcript(flow.At[[]model.Message]("$.past")), "Transcript without Into"},
		{"no time", flow.Agent[string]("A", m).Text("?").MaxTime(0), "MaxTime(0s)"},
		{"a Retry that is none", flow.Agent[string]("A", m).Text("?").Retry(flow.Retry{MaxAttempts: -7}), "Retry with MaxAttempts -7"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := flow.New[letter, any]("letters").Then(c.node).Build()
			if err == nil || strings.Count(err.Error(), c.want) != 1 || !strings.Contains(err.Error(), "agent_test.go:") {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
}
