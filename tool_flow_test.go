package flow_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/mock"
	"github.com/flowstone-go/flow/mock/mocktest"
	"github.com/flowstone-go/flow/model"
)

var errCard = errors.New("the card was declined")

// refunds is a flow that pays back, where it can; it fails once before it does.
func refunds(paid *atomic.Int32) *flow.Flow[lookup, found] {
	return flow.New[lookup, found]("refund").Then(
		flow.Task("Find", func(_ context.Context, in lookup) (lookup, error) { return in, nil }),
		flow.Wait("Settle", time.Hour),
		flow.Task("Pay", func(ctx context.Context, in lookup) (found, error) {
			switch s, _ := flow.StateOf(ctx); {
			case in.ID == 13:
				return found{}, errCard
			case s.Attempt == 0:
				return found{}, model.ErrThrottled
			}
			paid.Add(1)
			return found{"paid"}, nil
		}).Retry(flow.Retry{On: flow.ErrThrottled, Interval: flow.NoDelay}),
	).Must()
}

func TestToolFlowIsPartOfTheExecution(t *testing.T) {
	want := []string{
		"Support/Model", "Support/Next", "Support/Tools",
		"Support/Tools[0]/Which", "Support/Tools[0]/refund", "Support/Tools[0]/refund/Find", "Support/Tools[0]/refund/Settle", "Support/Tools[0]/refund/Pay",
		"Support/Tools[1]/Which", "Support/Tools[1]/refund", "Support/Tools[1]/refund/Find", "Support/Tools[1]/refund/Settle", "Support/Tools[1]/refund/Pay", "Support/Tools[1]/refund.Failed",
		"Support/Tools[2]/Which", "Support/Tools[2]/Tool",
		"Support/Tools[3]/Which", "Support/Tools[3]/Tool",
		"Support/Tools[4]/Which", "Support/Tools[4]/Tool",
		"Support/Model", "Support/Next",
	}
	for name, opts := range map[string][]flow.Option{
		"virtual": nil, "stepwise and checked": {flow.Stepwise(), flow.Checked()},
	} {
		t.Run(name, func(t *testing.T) {
			m := mocktest.Model(t)
			m.When().Content(
				mock.ToolUse("refund", lookup{7}), mock.ToolUse("refund", lookup{13}), mock.ToolUse("refund", map[string]any{"id": "x"}),
				&model.ToolUse{ID: "t", Name: "refund", Malformed: "{"}, mock.ToolUse("find", lookup{7}),
			).Text("done")
			var paid atomic.Int32
			f := flow.New[letter, string]("support").Then(
				flow.Agent[string]("Support", m, flow.ToolFlow("refund", "Pays back.", refunds(&paid)), findTool).Text("?").ToolConcurrency(1),
			).Must()
			var got []string
			out, err := f.Run(t.Context(), ada, append(opts, flow.VirtualTime(time.Time{}), flow.Observe(func(e flow.Event) {
				if strings.HasSuffix(e.Type, "StateEntered") && e.Path != "Support" {
					got = append(got, e.Path)
				}
			}))...)
			if err != nil || out != "done" || paid.Load() != 1 {
				t.Fatalf("got %q, %v, %d paid", out, err, paid.Load())
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			result := func(id, name string, isError bool, content model.Content) model.Content {
				return &model.ToolResult{ID: id, Name: name, Error: isError, Content: model.Contents{content}}
			}
			wantTold := model.Contents{
				result("call_1_0", "refund", false, &model.JSON{Value: json.RawMessage(`{"state":"paid"}`)}),
				result("call_1_1", "refund", true, &model.Text{Text: "the card was declined"}),
				result("call_1_2", "refund", true, &model.Text{Text: `the input does not fit: id must be an integer, it is "x"`}),
				result("t", "refund", true, &model.Text{Text: "the input is not JSON: {"}),
				result("call_1_4", "find", false, &model.JSON{Value: json.RawMessage(`{"state":"sent"}`)}),
			}
			messages := m.Calls().Last().Request.Messages
			if diff := cmp.Diff(wantTold, messages[len(messages)-1].Content); diff != "" {
				t.Errorf("told (-want +got):\n%s", diff)
			}
		})
	}
}

func TestToolFlowSharesBudgetStandInsAndEnd(t *testing.T) {
	m := mock.New()
	m.When(mock.Node("Support")).ToolCall("ask", lookup{7}).Usage(1, 1)
	m.When(mock.Node("Draft")).Text("a").Usage(1, 89)
	m.When(mock.Node("Support")).Text("done").Usage(1, 1)
	drafts := flow.New[lookup, string]("drafts").Then(flow.Prompt[string]("Draft", m).Text("{{id}}").MaxTokens(89)).Must()
	f := flow.New[letter, string]("support").Then(
		flow.Agent[string]("Support", m, flow.ToolFlow("ask", "Asks.", drafts)).Text("?").MaxTokens(5),
	).Must()
	e := f.Start(t.Context(), ada)
	if out, err := e.Wait(t.Context()); err != nil || out != "done" {
		t.Fatalf("got %q, %v", out, err)
	}
	if diff := cmp.Diff(map[string]model.Usage{"Support": {Input: 2, Output: 2}, "Draft": {Input: 1, Output: 89}}, e.UsageByState()); diff != "" {
		t.Errorf("usage (-want +got):\n%s", diff)
	}
	_, err := flow.New[letter, string]("support").Then(
		flow.Agent[string]("Support", m, flow.ToolFlow("ask", "Asks.", drafts)).Text("?").MaxTokens(5),
	).Build(flow.Budget(1, model.Prices{}))
	if n := strings.Count(err.Error(), "no price is known"); n != 2 || !strings.Contains(err.Error(), `state "Support/Tools/ask/Draft"`) {
		t.Errorf("got %v", err)
	}
	m.Reset()
	out, err := f.Run(t.Context(), ada, flow.StandIn("Draft", func(context.Context, lookup) (string, error) { return "stood in", nil }))
	if err != nil || out != "done" || !strings.Contains(m.Calls().Last().Prompt(), "stood in") {
		t.Errorf("got %q, %v", out, err)
	}
	stranger := mock.New()
	lost := flow.New[lookup, string]("lost").Then(flow.Prompt[string]("Draft", stranger).Text("?")).Must()
	m.Reset()
	_, err = run[letter, string](t, ada, flow.Agent[string]("Support", m, flow.ToolFlow("ask", "Asks.", lost)).Text("?"))
	if !errors.Is(err, mock.ErrUnexpected) {
		t.Errorf("got %v", err)
	}
}

// Tools whose names are those of the agent's own nodes, and a flow in a flow.
func TestToolFlowsOfAnyName(t *testing.T) {
	inner := flow.New[lookup, found]("inner").Then(flow.Task("Find", find)).Must()
	outer := flow.New[lookup, found]("outer").Then(flow.Call("Inner", inner)).Must()
	m := mocktest.Model(t)
	m.When().Content(mock.ToolUse("Tool", lookup{7}), mock.ToolUse("Which", lookup{8}), mock.ToolUse("TooLate", lookup{7})).Text("done")
	got, err := run[letter, string](t, ada, flow.Agent[string](
		"Support", m,
		flow.ToolFlow("Tool", "", outer), flow.ToolFlow("Which", "", inner), flow.ToolFlow("TooLate", "", inner),
	).Text("?").ToolTimeout(time.Minute))
	if err != nil || got != "done" {
		t.Fatalf("got %q, %v", got, err)
	}
	if last := m.Calls().Last().Prompt(); !strings.Contains(last, "there is no order 8") || strings.Count(last, `{"state":"sent"}`) != 2 {
		t.Errorf("told %s", last)
	}
}

func TestToolFlowIsDrawn(t *testing.T) {
	inner := flow.New[lookup, found]("inner").Then(flow.Task("Find", find)).Must()
	f := flow.New[letter, string]("support").Then(flow.Agent[string]("Support", mock.New(), flow.ToolFlow("search", "", inner)).Text("?")).Must()
	if text := flow.Draw(f).Mermaid(); !strings.Contains(text, "flow inner") || strings.Count(text, "Agent") != 1 {
		t.Errorf("got %s", text)
	}
}
