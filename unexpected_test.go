package flow_test

import (
	"context"
	"errors"
	"testing"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/mock"
)

func TestUnexpectedPassesEverythingAround(t *testing.T) {
	m := mock.New()
	ask := func() flow.Node { return flow.Prompt[string]("P", m).Text("?").Into(flow.At[string]("$.p")) }
	caught := func(context.Context, any) (any, error) { return "caught", nil }
	for name, n := range map[string]flow.Node{
		"a Parallel": flow.Parallel("All", ask(), flow.Branch("b", flow.Prompt[string]("Q", m).Text("?").Into(flow.At[string]("$.q")))).Retry(flow.Retry{}).Catch(flow.ErrAll, flow.Pass("C")),
		"a tolerant Map": flow.Map[any]("Each", flow.At[[]any]("$.list"), ask()).Retry(flow.Retry{}).ToleratePercent(100, flow.At[[]flow.ItemFailure]("$.failed")).Into(flow.At[[]any]("$.out")).
			Catch(flow.ErrAll, flow.Task("C", caught)),
		"an Agent": flow.Agent[string]("A", m).Text("?").Retry(flow.Retry{}).Catch(flow.ErrAll, flow.Task("C", func(context.Context, any) (string, error) { return "caught", nil })),
		"a Call":   flow.Call("Call", flow.New[any, any]("inner").Then(ask()).Must()).Retry(flow.Retry{}).Catch(flow.ErrAll, flow.Task("C", caught)),
	} {
		f, err := flow.New[any, any]("f").Then(n).Build()
		if err != nil {
			t.Fatal(name, err)
		}
		for mode, opts := range map[string][]flow.Option{"inline": nil, "stepwise": {flow.Stepwise()}} {
			out, err := f.Run(t.Context(), map[string]any{"list": []any{map[string]any{}, map[string]any{}}}, opts...)
			if mode == "inline" && !errors.Is(err, mock.ErrUnexpected) || err == nil {
				t.Errorf("%s, %s: got %v, %v", name, mode, out, err)
			}
		}
	}
}
