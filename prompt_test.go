package flow_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/mock"
	"github.com/flowstone-go/flow/mock/mocktest"
	"github.com/flowstone-go/flow/model"
	"github.com/flowstone-go/flow/prompt"
)

type letter struct {
	From  string `json:"from"`
	Body  string `json:"body"`
	Place string `json:"place,omitempty"`
}

type verdict struct {
	Mood  string `json:"mood" enum:"glad,sad" description:"How the writer feels"`
	Score int    `json:"score,omitempty"`
}

var ada = letter{From: "Ada", Body: "All is well."}

func run[In, Out any](t *testing.T, in In, nodes ...flow.Node) (Out, error) {
	t.Helper()
	f, err := flow.New[In, Out]("letters").Then(nodes...).Build()
	if err != nil {
		t.Fatal(err)
	}
	return f.Run(t.Context(), in)
}

func TestPromptAsksWhatItsTemplatesSay(t *testing.T) {
	m := mocktest.Model(t)
	m.When(mock.Node("Draft")).Chunks("Dear ", "Ada").Usage(120, 40)
	got, err := run[letter, string](
		t, ada,
		flow.Prompt[string]("Draft", m).System("Write to {{from}} of {{place}}.").With("place", flow.At[string]("$.place").Or("")).Text(`Answer this: {{body}} \{{x}}`).
			MaxTokens(300).Temperature(0).Stop("END").Guardrail(model.Guardrail{ID: "g"}).
			Settings(func(r *model.Request) { r.TopP = new(0.5) }),
	)
	if err != nil || got != "Dear Ada" {
		t.Fatalf("got %q, %v", got, err)
	}
	want := &model.Request{
		System: model.Texts("Write to Ada of ."), Messages: []model.Message{model.UserText("Answer this: All is well. {{x}}")},
		MaxTokens: 300, Temperature: new(0.0), TopP: new(0.5), Stop: []string{"END"}, Guardrail: &model.Guardrail{ID: "g"},
	}
	call := m.Calls().Last()
	if diff := cmp.Diff(want, call.Request); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
	if c := call.Caller; c.Flow != "letters" || c.State != "Draft" || c.Attempt != 1 || c.Execution == "" {
		t.Errorf("caller %+v", c)
	}
}

func TestPromptReadsFromWithAndHistory(t *testing.T) {
	type in struct {
		Letter letter          `json:"letter"`
		Past   []model.Message `json:"past"`
		Pic    model.Image     `json:"pic"`
		Doc    model.Document  `json:"doc"`
		Lang   string          `json:"lang"`
	}
	m := mocktest.Model(t)
	m.When().Text("ok")
	given := in{
		Letter: ada, Lang: "French", Past: []model.Message{model.UserText("Hi"), model.AssistantText("Hello")},
		Pic: model.Image{Format: "png", Source: model.Source{Bytes: []byte{1}}}, Doc: model.Document{Name: "d", Format: "txt", Text: "t"},
	}
	_, err := run[in, string](
		t, given,
		flow.Pass("Mark").Assign(flow.Set(flow.Var[int]("words"), 50)),
		flow.Prompt[string]("Draft", m).From(flow.At[letter]("$.letter")).Text("{{from}} in {{lang}}, {{n}} words").
			With("lang", flow.At[string]("$.lang")).With("n", flow.Var[int]("words")).
			History(flow.At[[]model.Message]("$.past")).Image(flow.At[model.Image]("$.pic")).Document(flow.At[model.Document]("$.doc")),
	)
	if err != nil {
		t.Fatal(err)
	}
	want := []model.Message{given.Past[0], given.Past[1], {Role: model.User, Content: model.Contents{
		&model.Text{Text: "Ada in French, 50 words"}, &given.Pic, &given.Doc,
	}}}
	if diff := cmp.Diff(want, m.Calls().Last().Request.Messages); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPromptOfAFile(t *testing.T) {
	file := &fstest.MapFile{Data: []byte("---\nmodel: nova\nsystem: Be {{tone}}.\nsettings: {maxTokens: 9}\n---\nAnswer {{from}}")}
	set, err := prompt.Load(fstest.MapFS{"draft.md": file})
	if err != nil {
		t.Fatal(err)
	}
	p, err := set.Get("draft")
	if err != nil {
		t.Fatal(err)
	}
	m := mocktest.Model(t)
	m.When().Text("ok").Text("ok")
	for _, n := range []flow.Node{
		flow.Prompt[string]("Draft", m).Of(p).With("tone", flow.Var[string]("tone").Or("kind")),
		flow.Agent[string]("Draft", m).Of(p).With("tone", flow.Var[string]("tone").Or("kind")),
	} {
		if _, err := run[letter, string](t, ada, n); err != nil {
			t.Fatal(err)
		}
		want := &model.Request{Model: "nova", System: model.Texts("Be kind."), Messages: []model.Message{model.UserText("Answer Ada")}, MaxTokens: 9}
		if diff := cmp.Diff(want, m.Calls().Last().Request); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// changing is a prompt that is edited.
type changing struct {
	text   string
	model  string
	err    error
	panics string // the method that does
}

func (c *changing) Templates() (string, string, error) {
	if c.panics == "Templates" {
		panic("boom")
	}
	return "", c.text, c.err
}

func (c *changing) Apply(r *model.Request) {
	if c.panics == "Apply" {
		panic("boom")
	}
	if c.model != "" {
		r.Model = c.model
	}
}

func TestPromptOfAFileThatChanges(t *testing.T) {
	m := mock.Echo()
	source := &changing{text: "one {{from}}"}
	f := flow.New[letter, string]("letters").Then(flow.Prompt[string]("Draft", m).Of(source)).Must()
	for _, c := range []struct{ text, want string }{{"one {{from}}", "one Ada"}, {"two {{body}}", "two All is well."}, {"three {{nope}}", "template variable {{nope}} has no value"}} {
		source.text = c.text
		got, err := f.Run(t.Context(), ada)
		if got != c.want && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("got %q, %v; want %s", got, err, c.want)
		}
	}
	source.err = errors.New("gone")
	if _, err := f.Run(t.Context(), ada); !errors.Is(err, source.err) || !strings.Contains(err.Error(), "the prompt can't be read: gone") {
		t.Errorf("got %v", err)
	}
}

// structured is a model that says whether it has structured output.
type structured struct {
	*mock.Model
	has bool
}

func (s structured) Describe() model.Description {
	return model.Description{Model: "m", StructuredOutput: s.has}
}

func TestPromptAsksForJSON(t *testing.T) {
	const schema = `{"type":"object","properties":{"mood":{"type":"string","enum":["glad","sad"],"description":"How the writer feels"},"score":{"type":["integer","null"]}},"required":["mood","score"],"additionalProperties":false}`
	for _, c := range []struct {
		name string
		has  bool
		want *model.Request
	}{
		{"as structured output", true, &model.Request{Output: &model.Output{Name: "verdict", Schema: json.RawMessage(schema), Strict: true}}},
		{"as a tool", false, &model.Request{
			Tools: []model.Tool{{
				Name: "answer_verdict", Description: "Gives the answer. Call it exactly once.",
				Schema: json.RawMessage(strings.NewReplacer(`["integer","null"]`, `"integer"`, `"mood","score"]`, `"mood"]`).Replace(schema)),
			}},
			ToolChoice: model.ToolChoice{Mode: model.ToolNamed, Name: "answer_verdict"},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := mocktest.Model(t)
			if c.has {
				m.When().JSON(verdict{Mood: "glad"})
			} else {
				m.When().ToolCall("answer_verdict", verdict{Mood: "glad"})
			}
			got, err := run[letter, verdict](t, ada, flow.Prompt[verdict]("Judge", structured{m, c.has}).Text("{{body}}"))
			if err != nil || got != (verdict{Mood: "glad"}) {
				t.Fatalf("got %v, %v", got, err)
			}
			req := *m.Calls().Last().Request
			req.Messages = nil
			if diff := cmp.Diff(c.want, &req); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// strictOnly is a model that takes schemas of closed objects alone.
type strictOnly struct{ *mock.Model }

func (strictOnly) Describe() model.Description {
	return model.Description{Model: "m", StructuredOutput: true, StrictOnly: true}
}

func TestAMapIsAskedForByToolWhereOutputIsStrict(t *testing.T) {
	m := mocktest.Model(t)
	m.When(mock.OffersTool("answer_answer")).ToolCall("answer_answer", map[string]int{"a": 1})
	m.When(mock.Not(mock.OffersTool("answer_verdict"))).JSON(verdict{Mood: "sad"})
	counts, err := run[letter, map[string]int](t, ada, flow.Prompt[map[string]int]("Count", strictOnly{m}).Text("?"))
	if err != nil || counts["a"] != 1 {
		t.Errorf("got %v, %v", counts, err)
	}
	type bounded struct {
		N int `json:"n" jsonschema:"minimum=1"`
	}
	m.When().JSON(bounded{0}).JSON(bounded{2})
	if v, err := run[letter, verdict](t, ada, flow.Prompt[verdict]("Judge", strictOnly{m}).Text("?")); err != nil || v.Mood != "sad" {
		t.Errorf("got %v, %v", v, err)
	}
	v, err := run[letter, bounded](t, ada, flow.Prompt[bounded]("Rate", strictOnly{m}).Text("?")) // the bound is held here
	if err != nil || v.N != 2 || strings.Contains(string(m.Calls().Last().Request.Output.Schema), "minimum") {
		t.Errorf("got %v, %v", v, err)
	}
}

func TestPromptUnderstandsAnswers(t *testing.T) {
	for _, c := range []struct{ name, answer string }{
		{"plain", `{"mood":"sad","score":2}`},
		{"with blanks", " \n{\"mood\":\"sad\",\"score\":2}\n"},
		{"in a code block", "```json\n{\"mood\":\"sad\",\"score\":2}\n```"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := mocktest.Model(t)
			m.When().Text(c.answer)
			got, err := run[letter, verdict](t, ada, flow.Prompt[verdict]("Judge", m).Text("?"))
			if err != nil || got != (verdict{"sad", 2}) {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
	m := mocktest.Model(t)
	m.When().JSON(map[string]any{"value": []string{"a", "b"}})
	m.When().JSON(map[string]any{"value": 7})
	list, err := run[letter, []string](t, ada, flow.Prompt[[]string]("List", m).Text("?"))
	if diff := cmp.Diff([]string{"a", "b"}, list); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	if n, err := run[letter, int](t, ada, flow.Prompt[int]("Count", m).Text("?")); n != 7 || err != nil {
		t.Errorf("got %d, %v", n, err)
	}
}

// topic is a Go enum.
type topic string

func (topic) JSONSchema() json.RawMessage {
	return json.RawMessage(`{"type":"string","enum":["delivery","invoice"]}`)
}

func TestPromptOfAnEnum(t *testing.T) {
	m := mocktest.Model(t)
	m.When().Text(`{"value":"weather"}`).Text(`{"value":"invoice"}`)
	got, err := run[letter, topic](t, ada, flow.Prompt[topic]("Sort", m).Text("?"))
	if err != nil || got != "invoice" {
		t.Errorf("got %v, %v", got, err)
	}
	type plain string
	m.When().Text("anything")
	if got, err := run[letter, plain](t, ada, flow.Prompt[plain]("Say", m).Text("?")); err != nil || got != "anything" {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestPromptAsksAgain(t *testing.T) {
	for _, streamed := range []bool{false, true} {
		for name, opts := range map[string][]flow.Option{"inline": nil, "stepwise": {flow.Stepwise(), flow.Checked()}} {
			t.Run(fmt.Sprint(name, ", streamed ", streamed), func(t *testing.T) {
				m := mocktest.Model(t)
				m.When().Text("glad").Text(`{"mood":"so so"}`).Throttle(1, 0).JSON(verdict{Mood: "glad"})
				f := flow.New[letter, verdict]("letters").Then(
					flow.Prompt[verdict]("Judge", m).Text("{{body}}").Retry(flow.Retry{On: flow.ErrThrottled, Interval: flow.NoDelay}),
				).Must()
				if streamed {
					opts = append(opts, flow.Observe(func(flow.Event) {}))
				}
				got, err := f.Run(t.Context(), ada, opts...)
				if err != nil || got.Mood != "glad" {
					t.Fatalf("got %v, %v", got, err)
				}
				again := func(why string) model.Message {
					return model.UserText("Your answer does not have the form that was asked for: " + why + ". Answer again, with the whole answer corrected and nothing else.")
				}
				want := []model.Message{
					model.UserText("All is well."),
					model.AssistantText("glad"), again("it is not JSON: expected a value, found \"glad\" at offset 0"),
					model.AssistantText(`{"mood":"so so"}`), again(`mood must be one of "glad", "sad", it is "so so"`),
				}
				calls := m.Calls()
				got2 := calls.Last().Request.Messages
				if len(got2) == len(want) {
					want[2] = got2[2] // in the words of the JSON reader
				}
				if diff := cmp.Diff(want, got2); diff != "" || !strings.Contains(got2[2].Text(), "it is not JSON") {
					t.Errorf("(-want +got):\n%s", diff)
				}
				var attempts []int
				for _, c := range calls {
					attempts = append(attempts, c.Caller.Attempt)
				}
				if diff := cmp.Diff([]int{1, 1, 1, 2}, attempts); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

func TestPromptAsksAgainByTool(t *testing.T) {
	m := mocktest.Model(t)
	m.When().ToolCall("answer_verdict", map[string]any{"mood": 1})
	m.When().ToolCall("answer_verdict", map[string]any{"mood": "sad"})
	if got, err := run[letter, verdict](t, ada, flow.Prompt[verdict]("Judge", structured{m, false}).Text("?")); err != nil || got.Mood != "sad" {
		t.Fatalf("got %v, %v", got, err)
	}
	if n := len(m.Calls().Last().Request.Messages); n != 3 {
		t.Fatalf("%d messages", n)
	}
	last := m.Calls().Last().Request.Messages[2].Content[0]
	if r, ok := last.(*model.ToolResult); !ok || r.ID != "call_1_0" || !r.Error || !strings.Contains(r.Content.Text(), "mood must be a string, it is 1") {
		t.Errorf("got %#v", last)
	}
}

func TestPromptGivesUp(t *testing.T) {
	for _, c := range []struct {
		name, want string
		calls      int
		write      func(*mock.Script)
		reasks     int
	}{
		{"after as many questions as allowed", `state "Judge": Model.Output: mood is missing`, 3, func(s *mock.Script) { s.Text("{}").Always() }, 2},
		{"at once", `state "Judge": Model.Output: mood is missing`, 1, func(s *mock.Script) { s.Text("{}") }, 0},
		{"when the answer was cut off", `state "Judge": Model.Output: the answer was cut off (max_tokens) after 9 tokens; MaxTokens is too small for it`, 1, func(s *mock.Script) {
			s.Text(`{"mo`).Stop(model.StopMaxTokens).Usage(1, 9)
		}, 2},
		{"when a guardrail intervened", `state "Judge": Model.Guardrail: the answer was blocked: Sorry.`, 1, func(s *mock.Script) { s.Text("Sorry.").Stop(model.StopGuardrail) }, 2},
		{"when the model declines", `state "Judge": Model.Refused: the model declined to answer: I won't.`, 1, func(s *mock.Script) {
			s.Content(&model.Refusal{Text: "I won't."}).Stop(model.StopRefusal)
		}, 2},
		{"when the model fails", `state "Judge": Model.AccessDenied: the mock was told to fail (HTTP 403)`, 1, func(s *mock.Script) { s.Fail(model.ErrAccessDenied) }, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := mocktest.Model(t)
			c.write(m.When())
			_, err := run[letter, verdict](t, ada, flow.Prompt[verdict]("Judge", m).Text("?").Reasks(c.reasks))
			if err == nil || err.Error() != c.want {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
			if _, ok := errors.AsType[*model.Error](err); !ok {
				t.Errorf("%v wraps no *model.Error", err)
			}
			if n := len(m.Calls()); n != c.calls {
				t.Errorf("%d calls, want %d", n, c.calls)
			}
		})
	}
}

func TestPromptFallsBack(t *testing.T) {
	first, second, third := mocktest.Model(t), mocktest.Model(t), mocktest.Model(t)
	first.When().Fail(model.ErrUnavailable)
	second.When().Fail(model.ErrThrottled)
	third.When().Text("third")
	f := flow.New[letter, string]("letters").Then(flow.Prompt[string]("Draft", first).Text("?").Fallback(second, third)).Must()
	var events []string
	got, err := f.Run(t.Context(), ada, flow.Observe(func(e flow.Event) {
		if e.Type == flow.ModelFellBack {
			events = append(events, e.Error.Name)
		}
	}))
	if err != nil || got != "third" {
		t.Fatalf("got %q, %v", got, err)
	}
	if diff := cmp.Diff([]string{"Model.Unavailable", "Model.Throttled"}, events); diff != "" {
		t.Error(diff)
	}
}

func TestAnUnexpectedCallPassesRetryCatchAndFallback(t *testing.T) {
	m, other := mock.New(), mock.New()
	other.When().Text("not asked").Maybe()
	_, err := run[letter, string](
		t, ada,
		flow.Prompt[string]("Draft", m).Text("?").Fallback(other).Retry(flow.Retry{}).
			Catch(flow.ErrAll, flow.Task("Plan B", func(context.Context, letter) (string, error) { return "caught", nil })),
	)
	if !errors.Is(err, mock.ErrUnexpected) || len(m.Calls()) != 1 || len(other.Calls()) != 0 {
		t.Errorf("got %v after %d and %d calls", err, len(m.Calls()), len(other.Calls()))
	}
}

func TestPromptTellsWhileItRuns(t *testing.T) {
	m := mocktest.Model(t)
	m.When().Chunks("Dear ", "B").BreakAfter(2, model.ErrStream).Chunks("Dear ", "Ada").Usage(120, 40)
	f := flow.New[letter, string]("letters").Then(flow.Prompt[string]("Draft", m).Text("?").Retry(flow.Retry{Interval: flow.NoDelay})).Must()
	e := f.Start(t.Context(), ada)
	var got []string
	for ev, err := range e.Events(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		switch ev.Type {
		case flow.ModelText, flow.ModelAnswered, flow.RetryScheduled:
			got = append(got, ev.String())
			if ev.ID != 0 || ev.State != "Draft" {
				t.Errorf("%+v", ev)
			}
		}
	}
	want := []string{
		`0 ModelText Draft: "Dear "`, `0 ModelText Draft: "B"`, `0 RetryScheduled Draft attempt 2: Model.Stream: the mock was told to fail (HTTP 424)`,
		`0 ModelText Draft attempt 2: "Dear "`, `0 ModelText Draft attempt 2: "Ada"`, `0 ModelAnswered Draft attempt 2: mock: 120 tokens in, 40 out, end_turn`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if u := e.Usage(); u != (model.Usage{Input: 120, Output: 40}) {
		t.Errorf("usage %+v", u)
	}
}

func TestModelEventsInJSON(t *testing.T) {
	m := mocktest.Model(t)
	m.When().Text("Hi").Usage(1, 2)
	f := flow.New[letter, string]("letters").Then(flow.Prompt[string]("Draft", m).Text("?")).Must()
	var got []string
	_, err := f.Run(t.Context(), ada, flow.Observe(func(e flow.Event) {
		if strings.HasPrefix(e.Type, "Model") {
			e.Time = time.Unix(0, 0)
			data, err := json.Marshal(e)
			if err != nil {
				t.Error(err)
			}
			_, details, _ := strings.Cut(string(data), `0Z",`)
			got = append(got, details)
			if e.Value() != nil {
				t.Errorf("value %v", e.Value())
			}
		}
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`"modelTextEventDetails":{"name":"Draft","text":"Hi"}}`,
		`"modelAnsweredEventDetails":{"name":"Draft","model":"mock","usage":{"input":1,"output":2},"stop":"end_turn"}}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPromptTimes(t *testing.T) {
	for _, c := range []struct {
		name  string
		write func(*mock.Script)
		node  func(*flow.PromptNode[string])
		want  string
		after time.Duration
	}{
		{
			"a model that stops writing", func(s *mock.Script) { s.Chunks("a", "b").Pace(time.Minute) }, func(n *flow.PromptNode[string]) { n.IdleTimeout(time.Second) },
			`state "Draft": Model.Timeout: no part of the answer for 1s (HTTP 408)`, time.Second,
		},
		{
			"a model that goes on writing", func(s *mock.Script) { s.Chunks("a", "b", "c").Pace(time.Minute) }, func(n *flow.PromptNode[string]) { n.IdleTimeout(2 * time.Minute) },
			"", 2 * time.Minute,
		},
		{
			"a model that hangs", func(s *mock.Script) { s.Hang() }, func(n *flow.PromptNode[string]) { n.Timeout(time.Hour) },
			`state "Draft": States.Timeout: the time for the attempt ran out`, time.Hour,
		},
		{
			"a model that asks to wait", func(s *mock.Script) { s.Throttle(1, time.Minute).Text("a") }, func(n *flow.PromptNode[string]) { n.Retry(flow.Retry{On: flow.ErrThrottled}) },
			"", time.Minute,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := mocktest.Model(t)
				c.write(m.When())
				n := flow.Prompt[string]("Draft", m).Text("?")
				c.node(n)
				start := time.Now()
				_, err := run[letter, string](t, ada, n)
				if fmt.Sprint(err) != c.want && (err != nil || c.want != "") {
					t.Errorf("got %v, want %s", err, c.want)
				}
				if d := time.Since(start); d != c.after {
					t.Errorf("after %v, want %v", d, c.after)
				}
			})
		})
	}
}

func TestPromptMistakesAreFoundAtBuild(t *testing.T) {
	m := mock.New()
	for _, c := range []struct {
		name string
		node flow.Node
		want string
	}{
		{"no model", flow.Prompt[string]("P", nil).Text("?"), "a Prompt of a model that is nil"},
		{"a limit of no model", flow.Prompt[string]("P", flow.Limit(nil)).Text("?"), "a Prompt of a model: Limit of a model that is nil"},
		{"a limit that is none", flow.Prompt[string]("P", &model.Cache{Model: flow.Limit(m, flow.RPM(0))}).Text("?"), "a Prompt of a model: RPM(0): a limit has to be positive"},
		{"no prompt", flow.Prompt[string]("P", m).Of(nil).Text("?"), "Of a prompt that is nil"},
		{"a prompt that can't be read", flow.Prompt[string]("P", m).Of(&changing{err: errors.New("gone")}), "the prompt can't be read: gone"},
		{"a variable of a prompt that is not there", flow.Prompt[string]("P", m).Of(&changing{text: "{{boddy}}"}), "the template's ($.boddy)"},
		{"nothing asked", flow.Prompt[string]("P", m), "a Prompt that asks nothing (say what is asked with Text)"},
		{"a variable that is not there", flow.Prompt[string]("P", m).Text("{{boddy}}"), `the template's ($.boddy)`},
		{"the cure", flow.Prompt[string]("P", m).Text("{{boddy}}"), `did you mean "body"?`},
		{"a path that is not there", flow.Prompt[string]("P", m).System("{{body.x}}"), `the template's ($.body.x)`},
		{"braces that are no variable", flow.Prompt[string]("P", m).Text("\n{{#if body}}"), `{{#if body}} is no variable, in line 2 of the template (write {{name}} or {{order.items[0].name}}, or \{{ for braces that are text)`},
		{"braces that are not closed", flow.Prompt[string]("P", m).Text("Dear {{from,"), `{{from, is never closed, in line 1 of the template (close it with }}, or write \{{ for braces that are text)`},
		{"a binding that is not used", flow.Prompt[string]("P", m).Text("?").With("x", flow.At[string]("$.body")), `With("x"): no template has a variable {{x}}`},
		{"a binding that is not there", flow.Prompt[string]("P", m).Text("{{x}}").With("x", flow.Var[string]("nope")), "the variable is never assigned before"},
		{"a name that is none", flow.Prompt[string]("P", m).Text("?").With("x.y", flow.At[string]("$.body")), `With("x.y"): that is no name of a template variable`},
		{"a type that has no JSON", flow.Prompt[func()]("P", m).Text("?"), "no JSON schema for what the model is to answer"},
		{"negative settings", flow.Prompt[string]("P", m).Text("?").MaxTokens(-1), "MaxTokens(-1)"},
		{"negative questions", flow.Prompt[string]("P", m).Text("?").Reasks(-1), "Reasks(-1)"},
		{"a fallback that is nil", flow.Prompt[string]("P", m).Text("?").Fallback(nil), "Fallback to a model that is nil"},
		{"settings without a function", flow.Prompt[string]("P", m).Text("?").Settings(nil), "Settings without a function"},
		{"a prompt that panics", flow.Prompt[string]("P", m).Of(&changing{panics: "Templates"}), "the prompt can't be read: its Templates panics: boom"},
		{"a prompt whose settings panic", flow.Prompt[string]("P", m).Of(&changing{text: "?", panics: "Apply"}), "the prompt can't be read: its Apply panics: boom"},
		{"settings that panic", flow.Prompt[string]("P", m).Text("?").Settings(func(*model.Request) { panic("boom") }), "the function of Settings panics: boom"},
		{"an agent's settings that panic", flow.Agent[string]("P", m).Text("?").Settings(func(*model.Request) { panic("boom") }), "the function of Settings panics: boom"},
		{"an agent's prompt that panics", flow.Agent[string]("P", m).Of(&changing{panics: "Templates"}), "its Templates panics: boom"},
		{"a place that is none", flow.Prompt[string]("P", m).Text("?").From(flow.Ref[letter]{}), "From of a reference that refers to nothing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := flow.New[letter, any]("letters").Then(c.node)
			for range 2 { // a second Build finds the same
				_, err := b.Build()
				if err == nil || strings.Count(err.Error(), c.want) != 1 || !strings.Contains(err.Error(), "prompt_test.go:") {
					t.Errorf("got %v\nwant %s", err, c.want)
				}
			}
		})
	}
}

func TestAMissingVariableFailsTheFlow(t *testing.T) {
	m := mocktest.Model(t)
	_, err := run[any, string](t, map[string]any{"a": 1}, flow.Prompt[string]("Draft", m).Text("{{b}}").Retry(flow.Retry{}))
	if !errors.Is(err, flow.ErrRuntime) || !strings.Contains(err.Error(), "template variable {{b}} has no value: the input has only a") {
		t.Errorf("got %v", err)
	}
}

func TestATaskIsKnownToTheModelItCalls(t *testing.T) {
	m := mocktest.Model(t)
	m.When(mock.Node("Ask")).Text("yes")
	got, err := run[letter, string](t, ada, flow.Task("Ask", func(ctx context.Context, l letter) (string, error) {
		resp, err := m.Generate(ctx, &model.Request{Messages: []model.Message{model.UserText(l.Body)}})
		if err != nil {
			return "", err
		}
		return resp.Text(), nil
	}))
	if err != nil || got != "yes" {
		t.Errorf("got %q, %v", got, err)
	}
}
