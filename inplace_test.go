package flow_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/flowstone-go/flow"
)

type placedIn struct {
	Code  int16  `json:"code"`
	Label string `json:"label"`
}

type Placed struct {
	Deep  int     `json:"deep"`
	Ratio float32 `json:"ratio"`
}

type placed struct {
	Name string `json:"name"`
	Placed
	N      int           `json:"n"`
	Small  int8          `json:"small"`
	Inner  placedIn      `json:"inner"`
	Behind *placedIn     `json:"behind"`
	Wait   time.Duration `json:"wait"`
	Empty  int           `json:"empty,omitempty"`
	Digits int           `json:"digits,string"`
}

// A condition reads a field in the struct where it lies; that must give what the
// JSON of the struct gives, whatever lies on the way and however often it is
// asked of documents of other types.
func TestConditionsReadFieldsInPlace(t *testing.T) {
	doc := placed{
		Name: "a", Placed: Placed{Deep: 7, Ratio: 0.5}, N: -3, Small: 5, Inner: placedIn{Code: 9, Label: "in"},
		Behind: &placedIn{Code: 11, Label: "behind"}, Wait: time.Second, Digits: 12,
	}
	for name, holds := range map[string]flow.Condition{
		"string":              flow.Eq(flow.At[string]("$.name"), "a"),
		"int":                 flow.Eq(flow.At[int]("$.n"), -3),
		"another type":        flow.Eq(flow.At[int]("$.small"), 5),
		"a wider type":        flow.Eq(flow.At[float64]("$.ratio"), 0.5),
		"a named type":        flow.Eq(flow.At[time.Duration]("$.wait"), time.Second),
		"its underlying type": flow.Eq(flow.At[int64]("$.wait"), int64(time.Second)),
		"embedded":            flow.Eq(flow.At[int]("$.deep"), 7),
		"a field of a field":  flow.Eq(flow.At[int16]("$.inner.code"), 9),
		"behind a pointer":    flow.Eq(flow.At[int16]("$.behind.code").Or(0), 11),
		"a struct":            flow.Eq(flow.At[placedIn]("$.inner"), placedIn{Code: 9, Label: "in"}),
		"empty, and left out": flow.Eq(flow.At[int]("$.empty").Or(0), 0),
		"written as a string": flow.Eq(flow.At[string]("$.digits"), "12"),
		"of two fields":       flow.LessRef(flow.At[int]("$.n"), flow.At[int]("$.deep")),
		"any":                 flow.Eq(flow.At[any]("$.n"), any(-3.0)),
		"a predicate":         flow.Test(flow.At[placedIn]("$.inner"), func(p placedIn) bool { return p.Label == "in" }),
		"the whole":           flow.Test(flow.At[placed]("$"), func(p placed) bool { return p.Inner.Code == 9 && p.Deep == 7 }),
		"with a stand-in":     flow.Not(flow.Eq(flow.At[int]("$.n").Or(1), 1)),
	} {
		t.Run(name, func(t *testing.T) {
			yes := func(context.Context, any) (bool, error) { return true, nil }
			no := func(context.Context, any) (bool, error) { return false, nil }
			nodes := []flow.Node{flow.Choice("C").When(holds, flow.Task("Yes", yes)).Otherwise(flow.Task("No", no))}
			byType := flow.New[placed, bool]("f").Then(nodes...).Must()
			byPointer := flow.New[*placed, bool]("f").Then(nodes...).Must()
			byJSON := flow.New[any, bool]("f").Then(nodes...).Must()
			for range 2 {
				for how, run := range map[string]func() (bool, error){
					"struct":       func() (bool, error) { return byType.Run(t.Context(), doc) },
					"pointer":      func() (bool, error) { return byPointer.Run(t.Context(), &doc) },
					"in any":       func() (bool, error) { return byJSON.Run(t.Context(), doc) },
					"JSON":         func() (bool, error) { return byJSON.Run(t.Context(), asMap(t, doc)) },
					"step by step": func() (bool, error) { return byType.Run(t.Context(), doc, flow.Stepwise()) },
				} {
					if got, err := run(); err != nil || !got {
						t.Errorf("%s: %v, %v, want it to hold", how, got, err)
					}
				}
			}
		})
	}
}

func TestConditionsOfANilStruct(t *testing.T) {
	f := flow.New[*placed, string]("f").Then(
		flow.Choice("C").When(flow.Eq(flow.At[int]("$.n").Or(8), 8), flow.Task("A", func(context.Context, any) (string, error) { return "none", nil })).
			Otherwise(flow.Task("B", func(context.Context, any) (string, error) { return "there", nil }))).Must()
	for range 2 {
		if out, err := f.Run(t.Context(), &placed{}); err != nil || out != "there" {
			t.Errorf("%q, %v", out, err)
		}
		if out, err := f.Run(t.Context(), nil); err != nil || out != "none" {
			t.Errorf("a condition about a field of null: %q, %v", out, err)
		}
	}
}

// asMap gives what the JSON of v is.
func asMap(t *testing.T, v any) map[string]any {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	return m
}
