package flow_test

import (
	"context"
	"testing"

	"github.com/flowstone-go/flow"
)

// A field that its JSON leaves out while it is empty is missing to an Or, as it
// is to Present and to the definition that is exported: whichever Go value holds
// it.
func TestOrOfEmptyField(t *testing.T) {
	t.Parallel()
	type order struct {
		Discount int `json:"discount,omitempty"`
	}
	type parts struct {
		N int `json:"n"`
	}
	discount := flow.At[int]("$.discount").Or(5)
	same := func(_ context.Context, n int) (int, error) { return n, nil }
	get := func(_ context.Context, p parts) (int, error) { return p.N, nil }
	say := func(n int) flow.Node { return flow.Give("Say", flow.Const(n)) }
	for name, node := range map[string]flow.Node{
		"Give": flow.Give("Read", discount),
		"From": flow.Task("Read", same).From(discount),
		"Make": flow.Task("Read", get).From(flow.Make[parts](flow.Parts{"n": discount})),
		"Choice": flow.Choice("Read").When(flow.Eq(discount, 5), say(5)).
			When(flow.Eq(discount, 7), flow.Give("Seven", flow.Const(7))).Otherwise(flow.Give("None", flow.Const(0))),
	} {
		f := flow.New[order, int]("discount").Then(node).Must()
		handlers, err := f.Handlers()
		if err != nil {
			t.Fatal(err)
		}
		definition, err := f.ASL()
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := flow.Parse(definition)
		if err != nil {
			t.Fatal(err)
		}
		exported := flow.As[order, int](parsed).With(flow.Resources(handlers))
		for how, run := range map[string]*flow.Flow[order, int]{
			"run": f, "checked": f.With(flow.Checked()), "stepwise": f.With(flow.Stepwise()), "exported": exported,
		} {
			for in, want := range map[order]int{{}: 5, {7}: 7} {
				if got, err := run.Run(t.Context(), in); err != nil || got != want {
					t.Errorf("%s, %s of %+v: %d, %v, want %d", name, how, in, got, err, want)
				}
			}
		}
	}
}
