package flow_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/flowstone-go/flow"
)

func TestMadeReferencesAreChecked(t *testing.T) {
	type charge struct {
		Order string `json:"order"`
	}
	for _, c := range []struct {
		name string
		node flow.Node
		want string
	}{
		{"a part that is missing", flow.Give("G", flow.Make[any](flow.Parts{"a": flow.At[string]("$.nothing")})), `From($.nothing): $ has no "nothing"`},
		{"a part of the wrong type", flow.Give("G", flow.Make[charge](flow.Parts{"order": total})), "From(the object of order): $.order is a Go float64, but string is wanted"},
		{"a part that the type wants", flow.Give("G", flow.Make[charge](flow.Parts{"of": id})), "wants $.order, which nothing before writes"},
		{"no expression", flow.Give("G", flow.Expr[any]("States.Nope(")), "is no expression"},
		{"no reference", flow.Give("G", flow.Make[any](flow.Parts{"a": flow.Ref[int]{}})), "Make of a reference that refers to nothing"},
		{"a result", flow.Give("G", flow.Make[any](flow.Parts{"a": flow.Result[int]()})), "Make of a result"},
		{"no JSON in it", flow.Give("G", flow.Make[any](flow.Parts{"a": math.NaN()})), "can't be a document"},
		{"no JSON", flow.Give("G", flow.Const(math.Inf(1))), "can't be a document"},
		{"no JSON type", flow.Give("G", flow.Const(func() {})), "Const: "},
		{"into", flow.Give("G", id).Into(flow.Const("x")), "it is made when it is read"},
		{"below", flow.Give("G", flow.Field(flow.Make[order](nil), func(o *order) *string { return &o.ID })), "it refers to no place"},
		{"assigned", flow.Pass("P").Assign(flow.SetFrom(rounds, flow.Expr[int]("$["))), "is no expression"},
		{"failure", flow.Task("T", anyText).Catch(flow.On(flow.ErrAll).Into(flow.Const[*flow.Failure](nil)), flow.Pass("P")), "a failure goes to a place in the document"},
		{"a result of it", flow.Task("T", anyText).Select(flow.Result[string]()), "it reads in the result anyway"},
		{"what is not in it", flow.Task("T", func(_ context.Context, o order) (order, error) { return o, nil }).Select(flow.At[order]("$.none")), `Select($.none): $ has no "none"`},
		{"dropped and kept", flow.Map[any]("M", lines, flow.Pass("P")).Into(flow.At[[]any]("$.x")).Drop(), "Drop of what goes Into($.x)"},
		{"kept and dropped", flow.Gather[any]("G", flow.Pass("P")).Drop().Into(flow.At[[]any]("$.x")), "Into($.x) of what is dropped"},
		{"branches", flow.Gather[int]("G"), "Gather without a branch"},
		{"what branches give", flow.Gather[int]("G", flow.Give("V", id)), "the document at the end of branch 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := flow.New[order, any]("f").Then(c.node).Build()
			var be *flow.BuildError
			if !errors.As(err, &be) {
				t.Fatalf("it was built: %v", err)
			}
			if len(be.Problems) != 1 || !strings.Contains(be.Problems[0].Text, c.want) {
				t.Errorf("got %v\nwant one problem with %s", be, c.want)
			}
		})
	}
}

// The context object has the name of the execution, whoever asks for it first.
func TestExprOfTheExecution(t *testing.T) {
	f := flow.New[int, string]("f").Then(flow.Give("G", flow.Expr[string]("$$.Execution.Name"))).Must()
	for range 100 {
		e := f.Start(t.Context(), 1)
		var asked sync.WaitGroup
		asked.Go(func() { e.ID() })
		got, err := e.Wait(t.Context())
		if err != nil || got == "" || got != e.ID() {
			t.Fatalf("%q of the execution %q, %v", got, e.ID(), err)
		}
		asked.Wait()
	}
}
