package mock_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/mock"
	"github.com/flowstone-go/flow/model"
	"github.com/flowstone-go/flow/model/modeltest"
)

func ask(text string) *model.Request {
	return &model.Request{Messages: []model.Message{model.UserText(text)}}
}

func from(ctx context.Context, state string, attempt int) context.Context {
	return model.WithCaller(ctx, model.Caller{Flow: "letters", State: state, Attempt: attempt})
}

func TestConformance(t *testing.T) {
	err := modeltest.Test(t.Context(), func(_ context.Context, c modeltest.Case) (model.Model, error) {
		m := mock.New()
		switch {
		case c.Pieces > 0:
			m.When().Chunks("a ", "b ", "c ").BreakAfter(c.Pieces, c.Err).Always()
		case c.Err != nil:
			m.When().Fail(c.Err).Always()
		default:
			m.When().Reply(c.Response).Always()
		}
		return m, nil
	})
	if err != nil {
		t.Error(err)
	}
}

// outcome is what a call gave, in short.
func outcome(resp *model.Response, err error) string {
	var named interface {
		error
		ErrorName() string
	}
	switch {
	case errors.As(err, &named):
		return named.ErrorName()
	case err != nil:
		return err.Error()
	case resp == nil:
		return "nothing"
	}
	var parts []string
	for _, block := range resp.Content {
		switch b := block.(type) {
		case *model.Text:
			parts = append(parts, b.Text)
		case *model.ToolUse:
			parts = append(parts, b.ID+"="+b.Name+string(b.Input))
		default:
			parts = append(parts, block.Kind())
		}
	}
	return strings.Join(parts, "|") + " " + string(resp.Stop)
}

func TestSequence(t *testing.T) {
	for _, c := range []struct {
		name  string
		write func(*mock.Model)
		want  []string // outcomes of calls with the texts a, a, b, a, b
	}{
		{"nothing scripted", func(*mock.Model) {}, []string{mock.Unexpected, mock.Unexpected, mock.Unexpected, mock.Unexpected, mock.Unexpected}},
		{
			"replies are given once, in order",
			func(m *mock.Model) { m.When().Text("1").Text("2").Text("3") },
			[]string{"1 end_turn", "2 end_turn", "3 end_turn", mock.Unexpected, mock.Unexpected},
		},
		{
			"times and always",
			func(m *mock.Model) { m.When().Text("0").Times(0).Text("1").Times(2).Text("2").Always().Text("never") },
			[]string{"1 end_turn", "1 end_turn", "2 end_turn", "2 end_turn", "2 end_turn"},
		},
		{
			"throttled, then fine",
			func(m *mock.Model) { m.When(mock.AskedHas("a")).Throttle(2, time.Second).Text("1") },
			[]string{"Model.Throttled", "Model.Throttled", mock.Unexpected, "1 end_turn", mock.Unexpected},
		},
		{
			"the first script that matches and has something left",
			func(m *mock.Model) {
				m.When(mock.AskedHas("b")).Text("b1")
				m.When(mock.AskedHas("a")).Text("a1").Text("a2")
				m.When().Text("rest").Always()
			},
			[]string{"a1 end_turn", "a2 end_turn", "b1 end_turn", "rest end_turn", "rest end_turn"},
		},
		{
			"a script that was written wrong",
			func(m *mock.Model) { m.When().Usage(1, 2).Text("1") },
			[]string{mock.Unexpected, mock.Unexpected, mock.Unexpected, mock.Unexpected, mock.Unexpected},
		},
		{
			"failures of all kinds",
			func(m *mock.Model) {
				m.When().Fail(model.ErrAccessDenied).Fail(errors.New("boom")).Fail(context.DeadlineExceeded).Fail(model.ErrGuardrail).Text("1")
			},
			[]string{"Model.AccessDenied", "boom", "context deadline exceeded", "Model.Guardrail", "1 end_turn"},
		},
		{
			"JSON, tool calls, reasoning, a stop reason, a function",
			func(m *mock.Model) {
				m.When().JSON(struct {
					N int `json:"n"`
				}{7}).ToolCall("lookup", map[string]int{"id": 7}).
					Content(&model.Text{Text: "both"}, mock.ToolUse("now", nil), mock.ToolUse("lookup", 1)).
					Text("cut").Think("hm").Stop(model.StopMaxTokens).
					Do(func(_ context.Context, c *mock.Call) (*model.Response, error) {
						return &model.Response{Content: model.Texts(c.Asked() + "!")}, nil
					})
			},
			[]string{`{"n":7} end_turn`, `call_1_0=lookup{"id":7} tool_use`, `both|call_1_1=now{}|call_1_2=lookup1 tool_use`, "reasoning|cut max_tokens", "b! end_turn"},
		},
		{
			"a function that gives nothing",
			func(m *mock.Model) {
				m.When().Do(func(context.Context, *mock.Call) (*model.Response, error) { return nil, nil }).Always() //nolint:nilnil // the mistake under test
			},
			[]string{
				"mock: the function of Do gave neither a response nor an error", "mock: the function of Do gave neither a response nor an error",
				"mock: the function of Do gave neither a response nor an error", "mock: the function of Do gave neither a response nor an error",
				"mock: the function of Do gave neither a response nor an error",
			},
		},
	} {
		for _, streamed := range []bool{false, true} {
			name := c.name
			if streamed {
				name += ", streamed"
			}
			t.Run(name, func(t *testing.T) {
				m := mock.New()
				c.write(m)
				for range 2 { // a reset starts all over
					var got []string
					for _, text := range []string{"a", "a", "b", "a", "b"} {
						if streamed {
							got = append(got, outcome(model.Collect(m.Stream(t.Context(), ask(text)))))
						} else {
							got = append(got, outcome(m.Generate(t.Context(), ask(text))))
						}
					}
					if diff := cmp.Diff(c.want, got); diff != "" {
						t.Errorf("(-want +got):\n%s", diff)
					}
					m.Reset()
				}
			})
		}
	}
}

func TestMatchers(t *testing.T) {
	req := &model.Request{
		Model:  "large",
		System: model.Texts("Be kind."),
		Messages: []model.Message{
			model.UserText("Where is order 7?"),
			{Role: model.Assistant, Content: model.Contents{&model.Reasoning{Text: "look"}, model.NewToolUse("t1", "lookup", `{"id":7}`), model.NewToolUse("t2", "now", "")}},
			{Role: model.User, Content: model.Contents{
				&model.ToolResult{ID: "t1", Content: model.Contents{&model.JSON{Value: json.RawMessage(`{"state":"sent"}`)}}},
				&model.ToolResult{ID: "t2", Error: true, Content: model.Texts("no clock")},
				&model.Text{Text: "Go on."},
			}},
		},
		Tools: []model.Tool{{Name: "lookup"}},
	}
	for _, c := range []struct {
		m    mock.Matcher
		want bool
		text string
	}{
		{mock.Node("Draft"), true, `Node("Draft")`},
		{mock.Node("draft"), false, `Node("draft")`},
		{mock.Attempt(2), true, `Attempt(2)`},
		{mock.Attempt(1), false, `Attempt(1)`},
		{mock.ModelIs("large"), true, `ModelIs("large")`},
		{mock.ModelIs(""), false, `ModelIs("")`},
		{mock.PromptHas("order 7", "kind", "sent", "no clock", "look"), true, `PromptHas("order 7", "kind", "sent", "no clock", "look")`},
		{mock.PromptHas("order 7", "refund"), false, `PromptHas("order 7", "refund")`},
		{mock.AskedHas("Go on."), true, `AskedHas("Go on.")`},
		{mock.AskedHas("order"), false, `AskedHas("order")`},
		{mock.SystemHas("kind"), true, `SystemHas("kind")`},
		{mock.SystemHas("order"), false, `SystemHas("order")`},
		{mock.PromptLike(`order \d\?`), true, `PromptLike("order \\d\\?")`},
		{mock.PromptLike(`^order`), false, `PromptLike("^order")`},
		{mock.PromptLike(`(`), false, "PromptLike(\"(\", which is no regular expression: error parsing regexp: missing closing ): `(`)"},
		{mock.OffersTool("lookup"), true, `OffersTool("lookup")`},
		{mock.OffersTool("now"), false, `OffersTool("now")`},
		{mock.ToolResult("lookup"), true, `ToolResult("lookup")`},
		{mock.ToolResult("now", "error", "clock"), true, `ToolResult("now", "error", "clock")`},
		{mock.ToolResult("lookup", "clock"), false, `ToolResult("lookup", "clock")`},
		{mock.ToolResult("other"), false, `ToolResult("other")`},
		{mock.Not(mock.Node("Draft")), false, `Not(Node("Draft"))`},
		{mock.Any(mock.Node("x"), mock.Node("Draft")), true, `Any(Node("x"), Node("Draft"))`},
		{mock.Any(), false, `Any()`},
		{mock.Where("odd", func(c *mock.Call) bool { return c.Number%2 == 1 }), true, `Where("odd")`},
	} {
		t.Run(c.text, func(t *testing.T) {
			if got := c.m.String(); got != c.text {
				t.Errorf("it is written %s", got)
			}
			m := mock.New()
			m.When(c.m).Text("yes")
			_, err := m.Generate(from(t.Context(), "Draft", 2), req)
			if got := err == nil; got != c.want {
				t.Errorf("matches: %v, want %v (%v)", got, c.want, err)
			}
		})
	}
}

func TestUnexpected(t *testing.T) {
	for _, c := range []struct {
		name  string
		write func(*mock.Model)
		want  string
	}{
		{"no script", func(*mock.Model) {}, ""},
		{
			"the script with most matchers that match",
			func(m *mock.Model) {
				m.When(mock.Node("Other"), mock.PromptHas("refund")).Text("1")
				m.When(mock.Node("Draft"), mock.PromptHas("refund")).Text("2")
			},
			`When(Node("Draft"), PromptHas("refund")) at mock_test.go: PromptHas("refund") does not match`,
		},
		{
			"several that don't match",
			func(m *mock.Model) { m.When(mock.Node("Other"), mock.PromptHas("refund")).Text("1") },
			`When(Node("Other"), PromptHas("refund")) at mock_test.go: Node("Other") and PromptHas("refund") do not match`,
		},
		{
			"all replies given",
			func(m *mock.Model) { m.When(mock.Node("Draft")).Text("1").Times(0) },
			`When(Node("Draft")) at mock_test.go: all its 0 replies are given; Times or Always gives more`,
		},
		{"no reply", func(m *mock.Model) { m.When() }, `When() at mock_test.go: the script has no reply`},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := mock.New()
			c.write(m)
			req := ask("Dear\n" + strings.Repeat("long ", 100))
			req.Model = "large"
			_, err := m.Generate(from(t.Context(), "Draft", 2), req)
			u, ok := errors.AsType[*mock.UnexpectedError](err)
			if !ok || !errors.Is(err, mock.ErrUnexpected) || u.ErrorName() != "Mock.Unexpected" {
				t.Fatalf("got %v", err)
			}
			nearest := withoutLine(u.Nearest)
			if nearest != c.want {
				t.Errorf("nearest: got  %s\nwant %s", nearest, c.want)
			}
			want := `mock: call 1 from state "Draft" (attempt 2) for model "large" is not expected; it asks "user: Dear\nlong long `
			if !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "\n") || len(err.Error()) > 700 {
				t.Errorf("got %s", err)
			}
			if report := u.Report(); !strings.Contains(report, "\n\tlong long") || strings.Contains(report, "…") {
				t.Errorf("the report does not show the whole prompt: %s", report)
			}
		})
	}
}

// withoutLine cuts line numbers, which change with every edit of this file.
func withoutLine(s string) string {
	before, after, ok := strings.Cut(s, "mock_test.go:")
	if !ok {
		return s
	}
	return before + "mock_test.go" + strings.TrimLeft(after, "0123456789")
}

func TestProblems(t *testing.T) {
	m := mock.New()
	m.When(mock.AskedHas("wrong")).JSON(func() {})
	m.When(mock.AskedHas("used")).Text("1")
	m.When(mock.AskedHas("often")).Text("1").Always()
	m.When(mock.AskedHas("half")).Text("1").Text("2")
	m.When(mock.AskedHas("unused")).Text("1").Always()
	m.When(mock.AskedHas("maybe")).Text("1").Maybe()
	for _, text := range []string{"used", "often", "often", "half", "surprise"} {
		_, _ = m.Generate(t.Context(), ask(text))
	}
	var got []string
	for _, p := range m.Problems() {
		got = append(got, withoutLine(p))
	}
	want := []string{
		`When(AskedHas("wrong")) at mock_test.go: JSON: json: unsupported type: func()`,
		"call 5 is not expected\nprompt:\n\tuser: surprise\nnearest: When(AskedHas(\"wrong\")) at mock_test.go: AskedHas(\"wrong\") does not match",
		`When(AskedHas("half")) at mock_test.go: only 1 of its 2 replies were asked for`,
		`When(AskedHas("unused")) at mock_test.go: nobody asked for it`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMistakesInAScript(t *testing.T) {
	for want, write := range map[string]func(*mock.Script){
		"Delay stands before any reply":              func(s *mock.Script) { s.Delay(1) },
		"Times: a negative number":                   func(s *mock.Script) { s.Text("").Times(-1) },
		"Reply: the response is nil":                 func(s *mock.Script) { s.Reply(nil).Fail(nil) },
		"Do: the function is nil":                    func(s *mock.Script) { s.Do(nil) },
		"Fail: the error is nil":                     func(s *mock.Script) { s.Fail(nil) },
		"BreakAfter: the error is nil":               func(s *mock.Script) { s.Text("").BreakAfter(1, nil) },
		"BreakAfter: a negative number":              func(s *mock.Script) { s.Text("").BreakAfter(-1, model.ErrStream) },
		"Think: there is no answer to put it before": func(s *mock.Script) { s.Hang().Think("") },
		"JSON: json: unsupported type: chan int":     func(s *mock.Script) { s.JSON(make(chan int)) },
		"Always stands before any reply":             func(s *mock.Script) { s.Always() },
		"Usage stands before any reply":              func(s *mock.Script) { s.Usage(1, 1) },
		"Pace stands before any reply":               func(s *mock.Script) { s.Pace(1) },
		"Stop stands before any reply":               func(s *mock.Script) { s.Stop("x") },
		"BreakAfter stands before any reply":         func(s *mock.Script) { s.BreakAfter(1, model.ErrStream) },
		"Times stands before any reply":              func(s *mock.Script) { s.Times(1) },
		"Think stands before any reply":              func(s *mock.Script) { s.Think("") },
	} {
		t.Run(want, func(t *testing.T) {
			m := mock.New()
			write(m.When())
			_, err := m.Generate(t.Context(), ask("a"))
			if err == nil || !strings.HasSuffix(err.Error(), ": "+want) || outcome(nil, err) != mock.Unexpected {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestReplyIsFilledIn(t *testing.T) {
	m := mock.New().Named("small")
	m.When().Text("12345").Text("x").Usage(120, 40).Reply(&model.Response{Model: "routed", Stop: "odd", Usage: model.Usage{Input: 1}}).Text("y")
	named := ask("12345678")
	named.Model = "asked"
	var got []model.Response
	for _, req := range []*model.Request{ask("123"), ask("x"), ask("x"), named} {
		resp, err := m.Generate(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Content = nil
		got = append(got, *resp)
	}
	want := []model.Response{
		{Model: "small", Stop: "end_turn", Usage: model.Usage{Input: 1, Output: 2}},
		{Model: "small", Stop: "end_turn", Usage: model.Usage{Input: 120, Output: 40}},
		{Model: "routed", Stop: "odd", Usage: model.Usage{Input: 1}},
		{Model: "asked", Stop: "end_turn", Usage: model.Usage{Input: 2, Output: 1}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if n, err := m.CountTokens(t.Context(), named); n != 2 || err != nil {
		t.Errorf("CountTokens: %d, %v", n, err)
	}
	if d := m.Describe(); d != (model.Description{Provider: "mock", Model: "small", StructuredOutput: true}) {
		t.Errorf("Describe: %+v", d)
	}
}

func TestFailuresAreThoseOfTheTable(t *testing.T) {
	for info := range model.ErrorNames() {
		m := mock.New()
		m.When().Fail(&model.Error{Name: info.Name})
		_, err := m.Generate(t.Context(), ask("a"))
		e, ok := errors.AsType[*model.Error](err)
		if !ok || e.Name != info.Name || e.Status != info.Status || e.Retryable != info.Retryable {
			t.Errorf("%s: got %#v", info.Name, err)
		}
	}
	m := mock.New()
	m.When().Throttle(1, 250*time.Millisecond)
	_, err := m.Generate(t.Context(), ask("a"))
	if e, ok := errors.AsType[*model.Error](err); !ok || e.RetryAfter() != 250*time.Millisecond || !e.Retryable {
		t.Errorf("throttled: got %#v", err)
	}
}

func TestTime(t *testing.T) {
	for _, c := range []struct {
		name  string
		write func(*mock.Script)
		want  []string // what is heard, with the seconds since the call
	}{
		{
			"delay and pace", func(s *mock.Script) { s.Chunks("a", "b", "c").Delay(10 * time.Second).Pace(2 * time.Second) },
			[]string{"10s a", "12s b", "14s c", "14s done"},
		},
		{"a deadline during the delay", func(s *mock.Script) { s.Text("a").Delay(time.Hour) }, []string{"1m0s context deadline exceeded"}},
		{"a deadline between pieces", func(s *mock.Script) { s.Chunks("a", "b").Pace(time.Hour) }, []string{"0s a", "1m0s context deadline exceeded"}},
		{"a model that hangs", func(s *mock.Script) { s.Hang() }, []string{"1m0s context deadline exceeded"}},
		{
			"a stream that breaks", func(s *mock.Script) { s.Chunks("a", "b", "c").Pace(time.Second).BreakAfter(2, model.ErrStream) },
			[]string{"0s a", "1s b", "1s Model.Stream"},
		},
		{"a stream that breaks at its end", func(s *mock.Script) { s.Chunks("a").BreakAfter(9, model.ErrStream) }, []string{"0s a", "0s Model.Stream"}},
		{"a failure after a delay", func(s *mock.Script) { s.Fail(model.ErrTimeout).Delay(30 * time.Second) }, []string{"30s Model.Timeout"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				m := mock.New()
				c.write(m.When())
				start := time.Now()
				var got []string
				note := func(s string) { got = append(got, time.Since(start).String()+" "+s) }
				for ev, err := range m.Stream(ctx, ask("a")) {
					switch {
					case err != nil:
						note(outcome(nil, err))
					case ev.Type == model.EventText:
						note(ev.Text)
					case ev.Type == model.EventEnd:
						note("done")
					}
				}
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestCallsAreRecorded(t *testing.T) {
	m := mock.New()
	m.When(mock.Node("A")).Text("one").Always()
	m.When(mock.Node("B")).Chunks("t", "w", "o")
	m.When(mock.Node("C")).Fail(model.ErrQuota)
	a, b := ask("first"), ask("second")
	a.System = model.Texts("Be kind.", "Be brief.")
	_, _ = m.Generate(from(t.Context(), "A", 1), a)
	for ev := range m.Stream(from(t.Context(), "B", 1), b) {
		if ev.Type == model.EventText {
			break
		}
	}
	_, _ = m.Generate(from(t.Context(), "C", 3), b)
	if _, err := model.Collect(m.Stream(from(t.Context(), "A", 2), a)); err != nil {
		t.Fatal(err)
	}
	type short struct {
		State    string
		Attempt  int
		Prompt   string
		Streamed bool
		Left     bool
		Answer   string
	}
	var got []short
	for i, c := range m.Calls() {
		s := short{c.Caller.State, c.Caller.Attempt, c.Prompt(), c.Streamed, c.Left, outcome(c.Response, c.Err)}
		got = append(got, s)
		if c.Number != i+1 || !c.Done {
			t.Errorf("call %d has number %d and is done: %v", i+1, c.Number, c.Done)
		}
	}
	want := []short{
		{"A", 1, "system: Be kind.\nBe brief.\n\nuser: first", false, false, "one end_turn"},
		{"B", 1, "user: second", true, true, "nothing"},
		{"C", 3, "user: second", false, false, "Model.Quota"},
		{"A", 2, "system: Be kind.\nBe brief.\n\nuser: first", true, false, "one end_turn"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if n := len(m.Calls().Of(mock.Node("A"), mock.SystemHas("kind"))); n != 2 {
		t.Errorf("%d calls of A, want 2", n)
	}
	if c := m.Calls().Of(mock.Node("X")).Last(); c != nil {
		t.Errorf("last call of X: %v", c)
	}
	if c := m.Calls().Last(); c.Caller.State != "A" || c.Caller.Attempt != 2 {
		t.Errorf("last call: %v", c)
	}
	if diff := cmp.Diff([]string{"user: second"}, m.Calls().Of(mock.Node("B")).Prompts()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFaults(t *testing.T) {
	run := func(seed uint64, rate float64, parallel bool, errs ...error) map[string]string {
		m := mock.New().Faults(seed, rate, errs...)
		m.When().Text("ok").Always()
		type result struct{ key, outcome string }
		results := make(chan result, 16)
		for _, state := range []string{"A", "B", "C", "D"} {
			work := func() {
				for _, text := range []string{"x", "y", "x", "x"} {
					resp, err := m.Generate(from(t.Context(), state, 1), ask(text))
					results <- result{state + text, outcome(resp, err)}
				}
			}
			if parallel {
				go work()
			} else {
				work()
			}
		}
		all := map[string]string{}
		for range 16 {
			r := <-results
			all[r.key] += r.outcome + ","
		}
		return all
	}
	first := run(7, 0.5, false)
	if diff := cmp.Diff(first, run(7, 0.5, true)); diff != "" {
		t.Errorf("the same seed, other faults:\n%s", diff)
	}
	if cmp.Equal(first, run(8, 0.5, false)) {
		t.Error("another seed, the same faults")
	}
	for rate, want := range map[float64]string{0: "ok end_turn,ok end_turn,ok end_turn,", 1: "Model.Quota,Model.Quota,Model.Quota,"} {
		if got := run(7, rate, false, model.ErrQuota)["Ax"]; got != want {
			t.Errorf("rate %v: got %s, want %s", rate, got, want)
		}
	}
	m := mock.New().Faults(3, 0.5)
	m.When().Text("ok").Always()
	again := func() (got []string) {
		for range 20 {
			got = append(got, outcome(m.Generate(t.Context(), ask("x"))))
		}
		m.Reset()
		return got
	}
	if diff := cmp.Diff(again(), again()); diff != "" {
		t.Errorf("after a reset, other faults:\n%s", diff)
	}
}

func TestReadyModels(t *testing.T) {
	for name, c := range map[string]struct {
		m    *mock.Model
		want string
	}{"echo": {mock.Echo(), "Hi end_turn"}, "always": {mock.Always("yes"), "yes end_turn"}, "zero": {new(mock.Model), mock.Unexpected}} {
		if got := outcome(c.m.Generate(t.Context(), ask("Hi"))); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
		if p := c.m.Problems(); name != "zero" && len(p) > 0 {
			t.Errorf("%s: %s", name, p)
		}
	}
}

func TestAskedWithoutAUser(t *testing.T) {
	m := mock.Echo()
	if got := outcome(m.Generate(t.Context(), &model.Request{})); got != " end_turn" {
		t.Errorf("got %q", got)
	}
}
