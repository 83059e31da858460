package meter_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/examples/internal/meter"
	"github.com/flowstone-go/flow/model"
)

// Each context has a tally of its own; calls that fail are not counted.
func TestModel(t *testing.T) {
	t.Parallel()
	n := 0
	m := meter.Model{Model: model.Func(func(context.Context, *model.Request) (*model.Response, error) {
		if n++; n == 2 {
			return nil, errors.New("no")
		}
		return &model.Response{Model: "m", Usage: model.Usage{Input: 10 * n, Output: n}}, nil
	})}
	a, tally := meter.Begin(t.Context())
	b, other := meter.Begin(t.Context())
	for _, ctx := range []context.Context{a, a, a, b, t.Context()} {
		_, _ = m.Generate(ctx, &model.Request{})
	}
	type used struct {
		Usage model.Usage
		Calls int
		By    string
	}
	of := func(t *meter.Tally) (u used) { u.Usage, u.Calls, u.By = t.Usage(); return u }
	if diff := cmp.Diff(used{model.Usage{Input: 40, Output: 4}, 2, "m"}, of(tally)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(used{model.Usage{Input: 40, Output: 4}, 1, "m"}, of(other)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(used{}, of(meter.Of(t.Context()))); diff != "" {
		t.Error(diff)
	}
}

func TestPrice(t *testing.T) {
	t.Parallel()
	var p meter.Price
	if err := p.Set("3, 15"); err != nil {
		t.Fatal(err)
	}
	if got, want := p.Cost(model.Usage{Input: 1e6, CacheRead: 1e6, Output: 2e5}), 9.0; got != want {
		t.Errorf("cost %v, want %v", got, want)
	}
	if got := p.String(); got != "3,15" {
		t.Errorf("price %s", got)
	}
	for _, wrong := range []string{"", "3", "3,x", "-1,2", "NaN,1", "1,Inf"} {
		if err := new(meter.Price).Set(wrong); err == nil {
			t.Errorf("%q was taken for a price", wrong)
		}
	}
}
