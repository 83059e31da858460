package flow_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/mock"
	"github.com/flowstone-go/flow/model"
	"github.com/flowstone-go/flow/model/modeltest"
)

func TestMeteredConformance(t *testing.T) {
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
		return flow.Metered(m), nil
	})
	if err != nil {
		t.Error(err)
	}
	if flow.Metered(nil) != nil {
		t.Error("no model became one")
	}
}

// ask is a task that asks a model n times at once, streamed or not.
func ask(m flow.Model, n int, streamed bool) func(context.Context, letter) (string, error) {
	return func(ctx context.Context, l letter) (string, error) {
		errs := make([]error, n)
		var wg sync.WaitGroup
		for i := range n {
			wg.Go(func() {
				if streamed {
					_, errs[i] = model.Collect(model.Stream(ctx, m, request(tenTokens)))
				} else {
					_, errs[i] = m.Generate(ctx, request(tenTokens))
				}
			})
		}
		wg.Wait()
		return "done", errors.Join(errs...)
	}
}

func TestMeteredCallsCount(t *testing.T) {
	for _, streamed := range []bool{false, true} {
		m := mock.New()
		m.When().Text("a").Usage(10, 90).Always()
		metered := flow.Metered(flow.Metered(m))
		tool := flow.Tool("ask", "Asks.", func(ctx context.Context, _ struct{}) (string, error) {
			return ask(metered, 1, streamed)(ctx, ada)
		})
		agent := mock.New()
		agent.When().ToolCall("ask", nil).Usage(5, 1).Text("ok").Usage(5, 1)
		f := flow.New[letter, string]("letters").Then(
			flow.Task("Ask", ask(metered, 3, streamed)).Into(flow.At[string]("$.body")),
			flow.Prompt[string]("Draft", flow.Limit(metered, flow.InFlight(1))).Text("?").Into(flow.At[string]("$.body")),
			flow.Agent[string]("Support", agent, tool).Text("?"),
		).Must()
		var meter flow.Meter
		e := f.Start(t.Context(), ada, flow.Observe(meter.Observe))
		if _, err := e.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := map[string]model.Usage{"Ask": {Input: 30, Output: 270}, "Draft": {Input: 10, Output: 90}, "Support": {Input: 20, Output: 92}}
		if diff := cmp.Diff(want, e.UsageByState()); diff != "" {
			t.Errorf("streamed %v (-want +got):\n%s", streamed, diff)
		}
		if diff := cmp.Diff(want, meter.ByState()); diff != "" || e.Usage() != (model.Usage{Input: 60, Output: 452}) {
			t.Errorf("streamed %v: %v in all (-want +got):\n%s", streamed, e.Usage(), diff)
		}
	}
}

func TestMeteredCallsAreOfTheBudget(t *testing.T) {
	for _, streamed := range []bool{false, true} {
		m := mock.New()
		m.When().Text("a").Usage(10, 40).Always()
		f := flow.New[letter, string]("letters").Then(
			flow.Task("Ask", ask(flow.Metered(m), 1, streamed)).Into(flow.At[string]("$.body")),
			flow.Prompt[string]("Draft", flow.Metered(m)).Text(strings.Repeat("0123", 10)).MaxTokens(90).Into(flow.At[string]("$.body")),
			flow.Task("Again", ask(flow.Metered(m), 1, streamed)),
		).Must()
		if _, err := f.Run(t.Context(), ada, flow.Budget(2, cents)); err != nil {
			t.Errorf("half a dollar each: %v", err)
		}
		_, err := f.Run(t.Context(), ada, flow.Budget(1.9, cents))
		if e, ok := errors.AsType[*flow.Error](err); !ok || e.State != "Again" || !errors.Is(err, flow.ErrBudget) {
			t.Errorf("got %v", err)
		}
		if n := len(m.Calls()); n != 5 {
			t.Errorf("%d calls", n)
		}
	}
}

// Outside of a task it is just the model.
func TestMeteredElsewhere(t *testing.T) {
	if resp, err := flow.Metered(mock.Always("a")).Generate(t.Context(), request("?")); err != nil || resp.Text() != "a" {
		t.Errorf("got %v, %v", resp, err)
	}
	if d := model.Describe(flow.Metered(mock.New().Named("mine"))); d.Model != "mine" {
		t.Errorf("got %+v", d)
	}
}
