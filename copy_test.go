package flow_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow"
)

// What a node is given is its own: whatever it does to it, nobody else sees.
func TestNodesOwnWhatTheyAreGiven(t *testing.T) {
	type tree struct {
		List []int          `json:"list"`
		Map  map[string]int `json:"map"`
		Ptr  *int           `json:"ptr"`
		Any  any            `json:"any"`
	}
	fresh := func() tree {
		n := 1
		return tree{List: []int{1, 2}, Map: map[string]int{"a": 1}, Ptr: &n, Any: []any{map[string]any{"x": 1.0}}}
	}
	spoil := func(v tree) {
		v.List[0] = 99
		v.Map["a"] = 99
		*v.Ptr = 99
		v.Any.([]any)[0].(map[string]any)["x"] = 99.0
	}
	vandal := func(_ context.Context, v tree) error { spoil(v); return nil }
	list := flow.At[[]int]("$.list")
	for name, nodes := range map[string][]flow.Node{
		"do":       {flow.Do("V", vandal)},
		"parallel": {flow.Parallel("P", flow.Do("V", vandal), flow.Do("W", vandal))},
		"retry": {flow.Do("V", func(ctx context.Context, v tree) error {
			spoil(v)
			if !again(ctx) {
				return errStock
			}
			return nil
		}).Retry(flow.Retry{Interval: flow.NoDelay})},
		"catch": {flow.Do("V", func(_ context.Context, v tree) error { spoil(v); return errStock }).Catch(flow.ErrAll, flow.Pass("P"))},
		"into": {
			flow.Task("T", func(_ context.Context, v tree) (int, error) { spoil(v); return 1, nil }).Into(flow.At[int]("$.other")),
		},
		"from": {flow.Do("V", func(_ context.Context, l []int) error { l[0] = 99; return nil }).From(list)},
		"map": {
			flow.Map[int]("M", list, flow.Do("V", func(_ context.Context, i int) error { return nil })).Into(flow.At[[]int]("$.same")),
			flow.Do("V2", vandal),
		},
		"variable": {
			flow.Pass("P").Assign(flow.SetFrom(flow.Var[tree]("v"), flow.At[tree]("$"))),
			flow.Do("V", vandal).From(flow.Var[tree]("v")),
			flow.Do("W", func(_ context.Context, v tree) error {
				if v.List[0] != 1 {
					return errors.New("the variable was changed")
				}
				return nil
			}).From(flow.Var[tree]("v")),
		},
	} {
		t.Run(name, func(t *testing.T) {
			in := fresh()
			f := flow.New[tree, tree]("f").Then(nodes...).Must()
			out, err := f.Run(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(fresh(), in); d != "" {
				t.Errorf("the caller's value was changed:\n%s", d)
			}
			if d := cmp.Diff(fresh(), out); d != "" {
				t.Errorf("the document was changed:\n%s", d)
			}
		})
	}
}

// A chain that replaces the document hands it on without copying.
func TestAChainHandsItsDocumentOn(t *testing.T) {
	var seen *int
	f := flow.New[[]int, []int]("f").Then(
		flow.Task("A", func(_ context.Context, v []int) ([]int, error) { seen = &v[0]; return v, nil }),
		flow.Task("B", func(_ context.Context, v []int) ([]int, error) {
			if seen != &v[0] {
				t.Error("the second node was given a copy")
			}
			return v, nil
		})).Must()
	in := []int{1}
	if _, err := f.Run(t.Context(), in); err != nil || seen == &in[0] {
		t.Errorf("%v; the caller's own slice was handed out: %v", err, seen == &in[0])
	}
}

type keeper struct{ kept []int }

func TestCheckedFindsANodeThatKeepsWhatItGave(t *testing.T) {
	var k keeper
	f := flow.New[int, []int]("f").Then(
		flow.Task("Give", func(context.Context, int) ([]int, error) { k.kept = []int{1}; return k.kept, nil }),
		flow.Do("Change", func(context.Context, []int) error { k.kept[0] = 99; return nil }),
	).Must()
	out, err := f.Run(t.Context(), 1, flow.Checked())
	if err != nil || out[0] != 1 {
		t.Errorf("under Checked a value goes through JSON: %v, %v", out, err)
	}
	type nan struct{ F float64 }
	g := flow.New[int, any]("f").Then(flow.Task("T", func(context.Context, int) (nan, error) {
		zero := 0.0
		return nan{zero / zero}, nil
	})).Must()
	if _, err := g.Run(t.Context(), 1, flow.Checked()); !errors.Is(err, flow.ErrRuntime) || !strings.Contains(err.Error(), `state "T"`) {
		t.Errorf("NaN: %v", err)
	}
	type loop struct {
		Next *loop `json:"next"`
	}
	h := flow.New[int, any]("f").Then(flow.Task("T", func(context.Context, int) (*loop, error) {
		l := &loop{}
		l.Next = l
		return l, nil
	})).Must()
	for _, opts := range [][]flow.Option{nil, {flow.Checked()}, {flow.Stepwise()}} {
		if _, err := h.Run(t.Context(), 1, opts...); err == nil {
			t.Errorf("%v: a value that holds itself went through", opts)
		}
	}
}
