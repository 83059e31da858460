package model_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/model"
)

// counting answers with the number of the call.
type counting struct {
	n    int
	name string
	err  error
}

func (c *counting) Generate(context.Context, *model.Request) (*model.Response, error) {
	if c.n++; c.err != nil {
		return nil, c.err
	}
	return &model.Response{Model: "m", Content: model.Texts(strconv.Itoa(c.n)), Stop: model.StopEnd, Usage: model.Usage{Input: 1}, Latency: 5}, nil
}
func (c *counting) Describe() model.Description { return model.Description{Model: c.name} }

func hi(text string) *model.Request {
	return &model.Request{Messages: []model.Message{model.UserText(text)}}
}

func TestCache(t *testing.T) {
	m := &counting{name: "a"}
	store := model.NewMemoryStore(2)
	cached := &model.Cache{Model: m, Store: store}
	ask := func(c *model.Cache, text string, streamed bool) string {
		t.Helper()
		var resp *model.Response
		var err error
		if streamed {
			resp, err = model.Collect(c.Stream(t.Context(), hi(text)))
		} else {
			resp, err = c.Generate(t.Context(), hi(text))
		}
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(resp.Text(), " ", resp.Usage.Input, " ", int(resp.Latency))
	}
	var got []string
	for _, streamed := range []bool{false, true} {
		for _, text := range []string{"x", "x", "y", "x", "z", "y", "x"} {
			got = append(got, ask(cached, text, streamed))
		}
	}
	want := []string{
		"1 1 5", "1 0 0", "2 1 5", "1 0 0", "3 1 5", "4 1 5", "5 1 5", // z drives out y, y drives out x, x drives out z
		"5 0 0", "5 0 0", "4 0 0", "5 0 0", "6 1 5", "7 1 5", "8 1 5",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := ask(&model.Cache{Model: &counting{name: "b"}, Store: store}, "x", false); got != "1 1 5" {
		t.Errorf("another model got the answer of the first: %s", got)
	}
	if model.Describe(cached).Model != "a" {
		t.Error("the model inside is not seen")
	}
}

func TestFailuresAreNotKept(t *testing.T) {
	m := &counting{err: model.ErrThrottled}
	cached := &model.Cache{Model: m, Store: model.NewMemoryStore(0)}
	if _, err := cached.Generate(t.Context(), hi("x")); !errors.Is(err, model.ErrThrottled) {
		t.Errorf("got %v", err)
	}
	if _, err := model.Collect(cached.Stream(t.Context(), hi("x"))); !errors.Is(err, model.ErrThrottled) {
		t.Errorf("got %v", err)
	}
	m.err = nil
	for _, err := range cached.Stream(t.Context(), hi("x")) {
		if err != nil {
			t.Error(err)
		}
		break // left before its end
	}
	if resp, err := cached.Generate(t.Context(), hi("x")); err != nil || resp.Text() != "4" {
		t.Errorf("got %v, %v", resp, err)
	}
}

// lame is a store that fails.
type lame struct{ get, put error }

func (s lame) Get(context.Context, string) (*model.Response, bool, error) { return nil, false, s.get }
func (s lame) Put(context.Context, string, *model.Response) error         { return s.put }

func TestAStoreThatFails(t *testing.T) {
	bad := errors.New("disk full")
	for name, store := range map[string]lame{"get": {get: bad}, "put": {put: bad}} {
		if _, err := (&model.Cache{Model: &counting{}, Store: store}).Generate(t.Context(), hi("x")); !errors.Is(err, bad) {
			t.Errorf("%s: got %v", name, err)
		}
		if _, err := model.Collect((&model.Cache{Model: &counting{}, Store: store}).Stream(t.Context(), hi("x"))); !errors.Is(err, bad) {
			t.Errorf("%s, streamed: got %v", name, err)
		}
		var told []error
		c := &model.Cache{Model: &counting{}, Store: store, OnError: func(err error) { told = append(told, err) }}
		if resp, err := c.Generate(t.Context(), hi("x")); err != nil || resp.Text() != "1" || len(told) != 1 || !errors.Is(told[0], bad) {
			t.Errorf("%s: got %v, %v, told %v", name, resp, err, told)
		}
	}
}

func TestACacheWithoutAPart(t *testing.T) {
	for want, c := range map[string]*model.Cache{
		"Model.Validation: a Cache without a Model (HTTP 400)": {Store: model.NewMemoryStore(1)},
		"Model.Validation: a Cache without a Store (HTTP 400)": {Model: &counting{}},
	} {
		if _, err := c.Generate(t.Context(), hi("x")); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		if _, err := model.Collect(c.Stream(t.Context(), hi("x"))); err == nil || err.Error() != want {
			t.Errorf("streamed: got %v, want %s", err, want)
		}
	}
}
