package flow_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/mock"
	"github.com/flowstone-go/flow/mock/mocktest"
	"github.com/flowstone-go/flow/model"
)

// cents is a price list by which a token costs a cent.
var cents = model.Prices{"mock": {Input: 10_000, Output: 10_000}}

func TestBudget(t *testing.T) {
	ten := strings.Repeat("0123", 10) // ten tokens
	for _, c := range []struct {
		name    string
		dollars float64
		prices  model.Prices
		node    func(flow.Model) flow.Node
		write   func(*mock.Script)
		calls   int
		want    string
	}{
		{"enough", 1, cents, func(m flow.Model) flow.Node { return flow.Prompt[string]("P", m).Text(ten).MaxTokens(90) }, func(s *mock.Script) { s.Text("a").Usage(10, 90) }, 1, ""},
		{
			"not enough for the worst", 0.99, cents, func(m flow.Model) flow.Node {
				return flow.Prompt[string]("P", m).Text(ten).MaxTokens(90).Retry(flow.Retry{})
			}, nil, 0,
			`state "P": Budget.Exceeded: a call of the model "mock" could cost $1.000000, and $0.990000 is left of $0.99`,
		},
		{
			"what was not used is there again", 1.5, cents,
			func(m flow.Model) flow.Node {
				return flow.Prompt[string]("P", m).Text(ten).MaxTokens(90).Retry(flow.Retry{Interval: flow.NoDelay})
			},
			func(s *mock.Script) { s.Fail(model.ErrThrottled).Text("a").Usage(10, 5) }, 2, "",
		},
		{
			"an agent, turn by turn", 3, cents, func(m flow.Model) flow.Node { return flow.Agent[string]("P", m, findTool).Text("0123").MaxTokens(50) },
			func(s *mock.Script) {
				s.ToolCall("find", lookup{7}).Usage(60, 40).Times(2)
			}, 2,
			`state "P/Model": Budget.Exceeded: a call of the model "mock" could cost $`,
		},
		{"no price", 1, model.Prices{}, func(m flow.Model) flow.Node { return flow.Prompt[string]("P", m).Text(ten).MaxTokens(90) }, nil, 0, `state "P": Budget.Exceeded: no price is known for the model "mock"`},
		{"no price, by default", 1, nil, func(m flow.Model) flow.Node { return flow.Prompt[string]("P", m).Text(ten).MaxTokens(90) }, nil, 0, `state "P": Budget.Exceeded: no price is known for the model "mock"`},
		{"no bound", 1, cents, func(m flow.Model) flow.Node { return flow.Prompt[string]("P", m).Text(ten) }, nil, 0, `state "P": Budget.Exceeded: the answer of the model "mock" has no bound (set MaxTokens)`},
		{"the model's own bound", 1, cents, func(m flow.Model) flow.Node { return flow.Prompt[string]("P", bounded{m}).Text(ten) }, func(s *mock.Script) { s.Text("a") }, 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := mocktest.Model(t)
			if c.write != nil {
				c.write(m.When())
			}
			f := flow.New[letter, string]("letters").Then(c.node(m)).Must()
			_, err := f.Run(t.Context(), ada, flow.Budget(c.dollars, c.prices))
			if (err != nil || c.want != "") && (c.want == "" || !strings.HasPrefix(fmt.Sprint(err), c.want) || !errors.Is(err, flow.ErrBudget)) {
				t.Errorf("got %v, want %s", err, c.want)
			}
			if n := len(m.Calls()); n != c.calls {
				t.Errorf("%d calls, want %d", n, c.calls)
			}
		})
	}
}

// bounded is a model that says how much it can write.
type bounded struct{ flow.Model }

func (bounded) Describe() model.Description { return model.Description{Model: "mock", MaxOutput: 90} }

func TestBudgetIsEachExecutionsOwn(t *testing.T) {
	m := mocktest.Model(t)
	m.When().Text("a").Usage(10, 90).Times(2)
	f := flow.New[letter, string]("letters").Then(flow.Prompt[string]("P", m).Text(strings.Repeat("0123", 10)).MaxTokens(90)).Must().With(flow.Budget(1, cents))
	for range 2 {
		if _, err := f.Start(t.Context(), ada).Wait(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

func TestAModelThatOnlyTheCallKnows(t *testing.T) {
	m := mock.New()
	unnamed := model.Func(m.Generate)
	f := flow.New[letter, string]("letters").Then(flow.Prompt[string]("P", unnamed).Text("?").MaxTokens(9)).Must()
	if _, err := f.Run(t.Context(), ada, flow.Budget(1, cents)); !errors.Is(err, flow.ErrBudget) || !strings.Contains(err.Error(), `no price is known for the model ""`) {
		t.Errorf("got %v", err)
	}
	free := flow.New[letter, string]("letters").Then(flow.Prompt[string]("P", mock.Always("a").Named("mine")).Text("?").MaxTokens(9)).Must()
	if got, err := free.Run(t.Context(), ada, flow.Budget(1, cents.With(model.Prices{"mine": {}}))); err != nil || got != "a" {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestItemsReserveFirst(t *testing.T) {
	m := mock.New()
	m.When().Text("a").Usage(10, 90).Always()
	f := flow.New[[]letter, []string]("letters").Then(
		flow.Map[string]("Each", flow.At[[]letter]("$"), flow.Prompt[string]("P", m).Text(strings.Repeat("0123", 10)).MaxTokens(90)),
	).Must()
	_, err := f.Run(t.Context(), make([]letter, 20), flow.Budget(5.5, cents))
	if !errors.Is(err, flow.ErrBudget) || len(m.Calls()) > 5 {
		t.Errorf("got %v after %d calls of a dollar", err, len(m.Calls()))
	}
}

func TestBudgetCanBeCaught(t *testing.T) {
	m := mock.New()
	got, err := func() (string, error) {
		f := flow.New[letter, string]("letters").Then(
			flow.Prompt[string]("P", m).Text("?").MaxTokens(90).Recover(flow.ErrBudget, func(context.Context, *flow.Error) (string, error) { return "too dear", nil }),
		).Must()
		return f.Run(t.Context(), ada, flow.Budget(0.01, cents))
	}()
	if err != nil || got != "too dear" {
		t.Errorf("got %q, %v", got, err)
	}
	f := flow.New[letter, string]("letters").Then(flow.Prompt[string]("P", m).Text("?")).Must()
	if _, err := f.Run(t.Context(), ada, flow.Budget(0, nil)); err == nil || !strings.Contains(err.Error(), "Budget(0): it has to be positive") {
		t.Errorf("got %v", err)
	}
}

func TestBuildChecksTheBudget(t *testing.T) {
	m, mine := mock.New(), mock.New().Named("mine")
	prompt := func(m flow.Model) *flow.PromptNode[string] { return flow.Prompt[string]("Draft", m).Text("?") }
	build := func(n flow.Node, opts ...flow.Option) error {
		_, err := flow.New[letter, any]("letters").Then(n).Build(opts...)
		return err
	}
	named := func(r *model.Request) { r.Model = "other" }
	for _, c := range []struct {
		name string
		err  error
		want []string // what the error has; nil for none
	}{
		{"all is known", build(prompt(m).MaxTokens(5), flow.Budget(1, cents)), nil},
		{"no budget", build(prompt(m)), nil},
		{"no price", build(prompt(mine).MaxTokens(5), flow.Budget(1, cents)), []string{"budget_test.go:", `state "Draft": no price is known for the model "mine" (give Budget one; zero allows the model)`}},
		{"a price of zero", build(prompt(mine).MaxTokens(5), flow.Budget(1, model.Prices{"mine": {}})), nil},
		{"a model that the settings name", build(prompt(m).MaxTokens(5).Settings(named), flow.Budget(1, cents)), []string{`for the model "other"`}},
		{"a model that the prompt names", build(prompt(m).MaxTokens(5).Of(&changing{text: "?", model: "third"}), flow.Budget(1, cents)), []string{`for the model "third"`}},
		{"a fallback", build(prompt(m).MaxTokens(5).Fallback(m, mine), flow.Budget(1, cents)), []string{`for the model "mine"`}},
		{"no bound", build(prompt(m), flow.Budget(1, cents)), []string{`state "Draft": the answer of the model "mock" has no bound (set MaxTokens)`}},
		{"an agent in a Map", build(flow.Map[string]("Each", flow.Const([]letter{ada}), flow.Agent[string]("Ask", mine).Text("?").MaxTokens(5)), flow.Budget(1, cents)), []string{`state "Each/Ask/Model": no price`}},
		{"what a stand-in does", build(prompt(mine), flow.Budget(1, cents), flow.StandIn("Draft", func(context.Context, letter) (string, error) { return "", nil })), nil},
		{"a stand-in for nothing", build(prompt(m), flow.StandIn("Drift", func(context.Context, letter) (string, error) { return "", nil })), []string{`StandIn("Drift"): the flow has no such task (did you mean "Draft"?)`}},
		{"an option that is none", build(prompt(m), flow.Budget(-1, nil)), []string{"Budget(-1): it has to be positive"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.want == nil {
				if c.err != nil {
					t.Error(c.err)
				}
				return
			}
			if _, ok := errors.AsType[*flow.BuildError](c.err); !ok {
				t.Fatalf("got %v", c.err)
			}
			for _, want := range c.want {
				if strings.Count(c.err.Error(), want) != 1 {
					t.Errorf("got  %v\nwant %s", c.err, want)
				}
			}
		})
	}
}

func TestTheOptionsOfBuildAreThoseOfItsRuns(t *testing.T) {
	m := mock.New()
	m.When().Text("a").Usage(10, 90).Always()
	f := flow.New[letter, string]("letters").Then(flow.Prompt[string]("P", m).Text(strings.Repeat("0123", 10)).MaxTokens(90)).Must(flow.Budget(0.5, cents))
	if _, err := f.Run(t.Context(), ada); !errors.Is(err, flow.ErrBudget) {
		t.Errorf("got %v", err)
	}
	if _, err := f.Run(t.Context(), ada, flow.Budget(1, cents)); err != nil {
		t.Errorf("a budget of its own: %v", err)
	}
}
