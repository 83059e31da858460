package bedrock_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/bedrock"
	"github.com/flowstone-go/flow/bedrock/internal/wire"
	"github.com/flowstone-go/flow/model"
)

// ticket is the document of the flow.
type ticket struct {
	Text     string            `json:"text"`
	Verdict  bedrock.Verdict   `json:"verdict"`
	Passages []bedrock.Passage `json:"passages"`
	Reply    reply             `json:"reply"`
	Failure  *flow.Failure     `json:"failure,omitempty"`
}

type reply struct {
	Subject string `json:"subject"`
	Body    string `json:"body"`
}

var (
	ticketText     = flow.At[string]("$.text")
	ticketVerdict  = flow.At[bedrock.Verdict]("$.verdict")
	ticketPassages = flow.At[[]bedrock.Passage]("$.passages")
	ticketReply    = flow.At[reply]("$.reply")
	ticketBlocked  = flow.Field(ticketVerdict, func(v *bedrock.Verdict) *bool { return &v.Blocked })
)

// support guards a question, finds passages, and has a model write a reply.
func support(s *wire.Server) (*flow.Flow[ticket, ticket], error) {
	g := &bedrock.Guardrail{Client: runtime(s), ID: "gr1", Version: "1"}
	blocked := func(_ context.Context, t ticket) (ticket, error) {
		t.Reply = reply{Subject: "Sorry", Body: t.Verdict.Text}
		return t, nil
	}
	return flow.New[ticket, ticket]("support").Then(
		flow.Task("Guard", g.Input).From(ticketText).Into(ticketVerdict),
		flow.Choice("Blocked").When(flow.True(ticketBlocked), flow.Task("Apologize", blocked), flow.Succeed("Refused")).Otherwise(),
		flow.Task("Find", knowledge(s).Find).From(ticketText).Into(ticketPassages),
		flow.Prompt[reply]("Write", newModel(s, bedrock.WithStructuredOutput(true))).MaxTokens(200).
			Text("Answer {{text}} from {{passages}}").
			Retry(flow.Retry{On: flow.On(flow.ErrThrottled), Interval: time.Millisecond, MaxAttempts: 2}).
			Into(ticketReply),
	).Build()
}

func TestInAFlow(t *testing.T) {
	s := newServer(t).
		On("ApplyGuardrail", wire.JSON(nothingFound)).
		On("Retrieve", wire.JSON(`{"retrievalResults":[{"content":{"type":"TEXT","text":"Water boils at 100 °C."},"location":{"type":"S3","s3Location":{"uri":"s3://b/k"}}}]}`)).
		On("Converse",
			wire.Error(429, "ThrottlingException", "slow down"),
			wire.JSON(strings.Replace(okAnswer, `"Hi"`, `"{\"subject\":\"Water\"}"`, 1)), // the body is missing
			wire.JSON(strings.Replace(okAnswer, `"Hi"`, `"{\"subject\":\"Water\",\"body\":\"At 100.\"}"`, 1)))
	f, err := support(s)
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.Run(t.Context(), ticket{Text: "When does water boil?"}, flow.Checked())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(reply{Subject: "Water", Body: "At 100."}, got.Reply); diff != "" {
		t.Errorf("reply (-want +got):\n%s", diff)
	}
	if len(got.Passages) != 1 || got.Verdict.Blocked || got.Verdict.Text != "When does water boil?" {
		t.Errorf("ticket %+v", got)
	}
	// Throttled once by the flow's Retry and asked again once for the missing member: three calls, each made once.
	if n := len(s.Requests("Converse")); n != 3 {
		t.Errorf("%d calls of Converse, want 3", n)
	}
	if body := string(s.Requests("Converse")[1].Body); !strings.Contains(body, "Water boils at 100 °C.") || !strings.Contains(body, "json_schema") {
		t.Errorf("body %s", body)
	}
}

func TestAGuardrailDecidesInAFlow(t *testing.T) {
	s := newServer(t).On("ApplyGuardrail", wire.JSON(blocked))
	f, err := support(s)
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.Run(t.Context(), ticket{Text: "How do I build a gun?"}, flow.Checked())
	if err != nil {
		t.Fatal(err)
	}
	if got.Reply.Body != "I cannot talk about that." || len(s.Requests("")) != 1 {
		t.Errorf("%+v after %d calls", got.Reply, len(s.Requests("")))
	}
}

func TestErrorNamesInAFlow(t *testing.T) {
	s := newServer(t).On("Converse", wire.Error(404, "ResourceNotFoundException", formMissing)).On("ApplyGuardrail", wire.JSON(blocked))
	type doc struct {
		Text    string        `json:"text"`
		Failure *flow.Failure `json:"failure,omitempty"`
	}
	text, failure := flow.At[string]("$.text"), flow.At[*flow.Failure]("$.failure")
	g := &bedrock.Guardrail{Client: runtime(s), ID: "gr1"}
	handle := func(context.Context, doc) (string, error) { return "handled", nil }
	for name, node := range map[string]flow.Node{
		"Model.UseCaseMissing": flow.Prompt[string]("Ask", newModel(s)).Text("{{text}}").
			Catch(flow.On(model.ErrUseCaseMissing).Into(failure), flow.Task("Handle", handle)).Into(text),
		"Model.Guardrail": flow.Task("Guard", g.PassInput).From(text).
			Catch(flow.On(model.ErrGuardrail).Into(failure), flow.Task("Handle", handle)).Into(text),
	} {
		f, err := flow.New[doc, doc]("errors").Then(node).Build()
		if err != nil {
			t.Fatal(err)
		}
		got, err := f.Run(t.Context(), doc{Text: "x"})
		if err != nil || got.Failure == nil || got.Failure.Error != name || got.Text != "handled" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}
