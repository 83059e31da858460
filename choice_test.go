package flow_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/flowstone-go/flow"
)

type subject struct {
	S     string         `json:"s"`
	N     int            `json:"n"`
	F     float64        `json:"f"`
	B     bool           `json:"b"`
	T     time.Time      `json:"t"`
	U     time.Time      `json:"u"`
	Ptr   *int           `json:"ptr"`
	Opt   string         `json:"opt,omitempty"`
	Any   map[string]any `json:"any"`
	Other string         `json:"other"`
}

func TestConditions(t *testing.T) {
	noon := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	doc := subject{S: "hello world", N: 3, F: 2.5, B: true, T: noon, U: noon.Add(time.Hour), Other: "hello", Any: map[string]any{
		"num": 1.5, "str": "x", "nil": nil, "yes": true, "time": "2026-07-01T12:00:00Z", "list": []any{1},
	}}
	var (
		s, other = flow.At[string]("$.s"), flow.At[string]("$.other")
		n        = flow.At[int]("$.n")
		f        = flow.At[float64]("$.f")
		b        = flow.At[bool]("$.b")
		at, u    = flow.At[time.Time]("$.t"), flow.At[time.Time]("$.u")
		anyAt    = func(name string) flow.Ref[any] { return flow.At[any]("$.any." + name) }
		yes, no  = flow.Eq(n, 3), flow.Eq(n, 4)
	)
	cases := []struct {
		name string
		cond flow.Condition
		want bool
	}{
		{"equal", flow.Eq(s, "hello world"), true},
		{"not equal", flow.Eq(s, "hello"), false},
		{"NotEq", flow.NotEq(n, 4), true},
		{"Less", flow.Less(n, 4), true},
		{"Less of equals", flow.Less(n, 3), false},
		{"AtMost", flow.AtMost(n, 3), true},
		{"More", flow.More(f, 2.4), true},
		{"AtLeast", flow.AtLeast(f, 2.6), false},
		{"strings in order", flow.Less(other, "help"), true},
		{"EqRef", flow.EqRef(s, other), false},
		{"LessRef", flow.LessRef(other, s), true},
		{"AtMostRef", flow.AtMostRef(s, s), true},
		{"Before", flow.Before(at, noon.Add(1)), true},
		{"Before itself", flow.Before(at, noon), false},
		{"After", flow.After(at, noon.Add(-1)), true},
		{"the same instant elsewhere", flow.SameTime(at, noon.In(time.FixedZone("x", 3600))), true},
		{"BeforeRef", flow.BeforeRef(at, u), true},
		{"True", flow.True(b), true},
		{"False", flow.False(b), false},
		{"Like", flow.Like(s, "hello*"), true},
		{"Like in the middle", flow.Like(s, "h*o*d"), true},
		{"Like as a whole", flow.Like(s, "hello"), false},
		{"Like overlapping", flow.Like(other, "hell*ello"), false},
		{"Like with a literal star", flow.Like(s, `hello\*`), false},
		{"Present", flow.Present(s), true},
		{"Present null", flow.Present(anyAt("nil")), true},
		{"Present omitted", flow.Present(flow.At[string]("$.opt")), false},
		{"Present nowhere", flow.Present(anyAt("none")), false},
		{"IsNull", flow.IsNull(anyAt("nil")), true},
		{"IsNull of a nil pointer", flow.IsNull(flow.At[*int]("$.ptr")), true},
		{"IsNull of a value", flow.IsNull(s), false},
		{"IsString", flow.IsString(anyAt("str")), true},
		{"IsString of a number", flow.IsString(anyAt("num")), false},
		{"IsNumber", flow.IsNumber(anyAt("num")), true},
		{"IsNumber of a Go int", flow.IsNumber(n), true},
		{"IsBool", flow.IsBool(anyAt("yes")), true},
		{"IsTime of a string", flow.IsTime(anyAt("time")), true},
		{"IsTime of a Go time", flow.IsTime(at), true},
		{"IsTime of another string", flow.IsTime(s), false},
		{"IsTime of a number", flow.IsTime(n), false},
		{"Test", flow.Test(n, func(i int) bool { return i%2 == 1 }), true},
		{"And", flow.And(yes, yes), true},
		{"And of one that fails", flow.And(yes, no), false},
		{"And asks no further", flow.And(no, flow.Test(n, func(int) bool { panic("asked") })), false},
		{"Or", flow.Or(no, yes), true},
		{"Or of none", flow.Or(no, no), false},
		{"Or asks no further", flow.Or(yes, flow.Test(n, func(int) bool { panic("asked") })), true},
		{"Not", flow.Not(no), true},
		{"a missing value with Or", flow.Eq(anyAt("none").Or("x"), any("x")), true},
	}
	for _, c := range cases {
		for mode, opts := range map[string][]flow.Option{"in place": nil, "as JSON": {flow.Stepwise()}} {
			t.Run(c.name+" "+mode, func(t *testing.T) {
				w := flow.New[subject, any]("f").Then(flow.Choice("C").When(c.cond, flow.Succeed("Yes")).Otherwise(flow.Fail("No", "No", ""))).Must()
				_, err := w.Run(t.Context(), doc, opts...)
				e, _ := errors.AsType[*flow.Error](err)
				if e != nil && e.Name != "No" {
					t.Fatal(err)
				}
				if (err == nil) != c.want {
					t.Errorf("want %v", c.want)
				}
			})
		}
	}
}

func TestAMissingValueFailsItsCondition(t *testing.T) {
	w := flow.New[subject, any]("f").Then(
		flow.Choice("C").When(flow.Eq(flow.At[int]("$.any.none"), 1)).Otherwise()).Must()
	_, err := w.Run(t.Context(), subject{})
	want := `state "C": States.Runtime: $.any.none is missing: `
	if !errors.Is(err, flow.ErrRuntime) || len(err.Error()) < len(want) || err.Error()[:len(want)] != want {
		t.Errorf("got %v", err)
	}
	w = flow.New[subject, any]("f").Then(flow.Choice("C").When(flow.Eq(flow.At[int]("$.any.x"), 1)).Otherwise()).Must()
	if _, err = w.Run(t.Context(), subject{Any: map[string]any{"x": "one"}}); !errors.Is(err, flow.ErrRuntime) {
		t.Errorf("a string where a number is wanted: %v", err)
	}
}

// Values of a reference to any are equal where they mean the same JSON, lists
// and objects too, which Go's == can't compare.
func TestEqualAny(t *testing.T) {
	type pair struct{ Key, Value any }
	whole := flow.At[any]("$")
	for name, c := range map[string]struct {
		in   any
		cond flow.Condition
		want bool
	}{
		"lists":            {[]int{1, 2}, flow.Eq(whole, any([]any{1.0, 2.0})), true},
		"other lists":      {[]int{1, 2}, flow.Eq(whole, any([]int{2, 1})), false},
		"an object":        {map[string]any{"a": 1}, flow.NotEq(whole, any(map[string]int{"a": 1})), false},
		"numbers":          {1.0, flow.Eq(whole, any(1)), true},
		"a list, a number": {[]int{1}, flow.Eq(whole, any(1)), false},
		"itself":           {[]int{1}, flow.EqRef(whole, whole), true},
		"a struct":         {pair{"a", []int{1}}, flow.Eq(flow.At[pair]("$"), pair{"a", []int{1}}), true},
	} {
		t.Run(name, func(t *testing.T) {
			f := flow.New[any, string]("f").Then(flow.Choice("C").
				When(c.cond, flow.Task("Yes", func(context.Context, any) (string, error) { return "yes", nil })).
				Otherwise(flow.Task("No", func(context.Context, any) (string, error) { return "no", nil }))).Must()
			out, err := f.Start(t.Context(), c.in).Wait(t.Context())
			if err != nil || (out == "yes") != c.want {
				t.Errorf("%q, %v", out, err)
			}
		})
	}
}
