package flow_test

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"github.com/flowstone-go/flow"
)

type pair = map[string]any

func inc(_ context.Context, v float64) (float64, error) { return v + 1, nil }

func incremented(name string, ref flow.Ref[float64]) flow.Node {
	return flow.Task(name, inc).From(ref).Into(ref)
}

// Into changes the document in place where nothing else holds it. Nobody may
// see that: neither the caller, nor who was given a document before, nor a
// variable, nor a handler; and with history or step by step, where documents
// are kept, all comes out the same.
func TestIntoInPlace(t *testing.T) {
	a, b, inner := flow.At[float64]("$.a"), flow.At[float64]("$.b"), flow.At[float64]("$.c.d")
	all := flow.At[map[string]any]("$")
	kept := flow.Var[map[string]any]("kept")
	var seen []map[string]any
	look := func(name string) flow.Node {
		return flow.Do(name, func(_ context.Context, m map[string]any) error { seen = append(seen, m); return nil })
	}
	broken := errors.New("broken")
	tries := 0
	for _, tc := range []struct {
		name  string
		nodes []flow.Node
		want  map[string]any
		seen  []map[string]any
	}{
		{
			name:  "a line",
			nodes: []flow.Node{incremented("1", a), incremented("2", a), incremented("3", b), incremented("4", inner), incremented("5", inner)},
			want:  pair{"a": 3.0, "b": 3.0, "c": pair{"d": 5.0, "e": 0.0}},
		},
		{
			name:  "who was given the document before",
			nodes: []flow.Node{incremented("1", a), look("2"), incremented("3", a), look("4"), incremented("5", inner), look("6")},
			want:  pair{"a": 3.0, "b": 2.0, "c": pair{"d": 4.0, "e": 0.0}},
			seen: []map[string]any{
				{"a": 2.0, "b": 2.0, "c": pair{"d": 3.0, "e": 0.0}},
				{"a": 3.0, "b": 2.0, "c": pair{"d": 3.0, "e": 0.0}},
				{"a": 3.0, "b": 2.0, "c": pair{"d": 4.0, "e": 0.0}},
			},
		},
		{
			name: "a variable",
			nodes: []flow.Node{
				incremented("1", a), flow.Pass("keep").Assign(flow.SetFrom(kept, all)), incremented("2", a),
				flow.Do("3", func(_ context.Context, m map[string]any) error { seen = append(seen, m); return nil }).From(kept),
			},
			want: pair{"a": 3.0, "b": 2.0, "c": pair{"d": 3.0, "e": 0.0}},
			seen: []map[string]any{{"a": 2.0, "b": 2.0, "c": pair{"d": 3.0, "e": 0.0}}},
		},
		{
			name: "a variable of the node that writes",
			nodes: []flow.Node{
				incremented("1", a),
				flow.Task("2", inc).From(a).Into(a).Assign(flow.SetFrom(kept, all)),
				flow.Do("3", func(_ context.Context, m map[string]any) error { seen = append(seen, m); return nil }).From(kept),
			},
			want: pair{"a": 3.0, "b": 2.0, "c": pair{"d": 3.0, "e": 0.0}},
			seen: []map[string]any{{"a": 2.0, "b": 2.0, "c": pair{"d": 3.0, "e": 0.0}}},
		},
		{
			name: "the document within itself",
			nodes: []flow.Node{
				incremented("1", a),
				flow.Task("2", func(_ context.Context, m map[string]any) (map[string]any, error) { return m, nil }).From(all).Into(flow.At[map[string]any]("$.self")),
				incremented("3", a),
			},
			want: pair{"a": 3.0, "b": 2.0, "c": pair{"d": 3.0, "e": 0.0}, "self": pair{"a": 2.0, "b": 2.0, "c": pair{"d": 3.0, "e": 0.0}}},
		},
		{
			name: "branches",
			nodes: []flow.Node{
				incremented("1", a),
				flow.Parallel("P", flow.Branch("x", incremented("2", a), incremented("3", a)), flow.Branch("y", incremented("4", b), look("5"), incremented("6", b))),
				incremented("7", a),
			},
			want: pair{"a": 5.0, "b": 4.0, "c": pair{"d": 3.0, "e": 0.0}},
			seen: []map[string]any{{"a": 2.0, "b": 3.0, "c": pair{"d": 3.0, "e": 0.0}}},
		},
		{
			name: "a branch on the way",
			nodes: []flow.Node{
				incremented("1", a), flow.Choice("C").When(flow.More(a, 1), incremented("2", b)).Otherwise(), flow.Pass("P"), incremented("3", a),
			},
			want: pair{"a": 3.0, "b": 3.0, "c": pair{"d": 3.0, "e": 0.0}},
		},
		{
			name: "a handler",
			nodes: []flow.Node{
				incremented("1", a),
				flow.Task("2", func(context.Context, float64) (float64, error) { return 100, broken }).From(a).Into(a).
					Catch(flow.On(broken), incremented("3", b)),
				incremented("4", a),
			},
			want: pair{"a": 3.0, "b": 3.0, "c": pair{"d": 3.0, "e": 0.0}},
		},
		{
			name: "a retry",
			nodes: []flow.Node{
				incremented("1", a),
				flow.Task("2", func(_ context.Context, x float64) (float64, error) {
					if tries++; tries%3 != 0 {
						return 100, broken
					}
					return x + 1, nil
				}).From(a).Into(a).Retry(flow.Retry{Interval: flow.NoDelay}),
				incremented("3", a),
			},
			want: pair{"a": 4.0, "b": 2.0, "c": pair{"d": 3.0, "e": 0.0}},
		},
	} {
		f, err := flow.New[map[string]any, map[string]any]("passing").Then(tc.nodes...).Build()
		if err != nil {
			t.Fatal(tc.name, err)
		}
		var h flow.History
		for how, f := range map[string]*flow.Flow[map[string]any, map[string]any]{
			"alone": f, "with history": f.With(flow.Record(&h)), "stepwise": f.With(flow.Stepwise()), "checked": f.With(flow.Checked()),
		} {
			t.Run(tc.name+" "+how, func(t *testing.T) {
				seen, tries = nil, 0
				start := func() map[string]any { return pair{"a": 1.0, "b": 2.0, "c": pair{"d": 3.0, "e": 0.0}} }
				in := start()
				out, err := f.Run(t.Context(), in)
				if err != nil || !reflect.DeepEqual(out, tc.want) {
					t.Errorf("%v, %v, want %v", out, err, tc.want)
				}
				if !reflect.DeepEqual(seen, tc.seen) {
					t.Errorf("seen %v, want %v", seen, tc.seen)
				}
				if !reflect.DeepEqual(in, start()) {
					t.Errorf("the caller's document has become %v", in)
				}
			})
		}
	}
}

// A history has each document as it was.
func TestIntoWithHistory(t *testing.T) {
	a := flow.At[float64]("$.a")
	var h flow.History
	f := flow.New[map[string]any, map[string]any]("kept").Then(incremented("1", a), incremented("2", a), incremented("3", a)).Must()
	if _, err := f.Run(t.Context(), pair{"a": 1.0}, flow.Record(&h)); err != nil {
		t.Fatal(err)
	}
	var got []any
	for _, e := range h.Events() {
		if e.Type == "TaskStateEntered" {
			got = append(got, e.Value())
		}
	}
	if want := []any{pair{"a": 1.0}, pair{"a": 2.0}, pair{"a": 3.0}}; !reflect.DeepEqual(got, want) {
		t.Errorf("the states were entered with %v, want %v", got, want)
	}
}

// A struct that becomes an object on the way is not changed either.
func TestIntoOfStructInPlace(t *testing.T) {
	in := doc{ID: "a", N: 1, Score: 1}
	score, extra := flow.At[float64]("$.score"), flow.At[float64]("$.extra.score")
	f := flow.New[*doc, map[string]any]("structs").Then(
		incremented("1", score), flow.Task("2", inc).From(score).Into(extra), incremented("3", extra), incremented("4", score)).Must()
	out, err := f.Run(t.Context(), &in)
	want := pair{"id": "a", "n": 1.0, "score": 3.0, "text": "", "extra": pair{"score": 4.0}}
	if err != nil || !reflect.DeepEqual(out, want) {
		t.Errorf("%v, %v, want %v", out, err, want)
	}
	if in != (doc{ID: "a", N: 1, Score: 1}) {
		t.Errorf("the caller's document has become %v", in)
	}
}
