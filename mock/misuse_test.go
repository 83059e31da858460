package mock_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/flowstone-go/flow/mock"
	"github.com/flowstone-go/flow/model"
)

// failing gives the error of a call, by Generate and by Stream. The context is what is under test.
func failing(t *testing.T, of func() model.Model, ctx context.Context, req *model.Request) string {
	t.Helper()
	_, err := of().Generate(ctx, req)
	if err == nil {
		t.Fatal("no error")
	}
	var streamed error
	for _, streamed = range model.Stream(ctx, of(), req) {
	}
	if streamed == nil || streamed.Error() != err.Error() {
		t.Errorf("streamed: %v, want %v", streamed, err)
	}
	return err.Error()
}

func TestMisuse(t *testing.T) {
	script := func(write func(m *mock.Model)) func() model.Model {
		return func() model.Model {
			m := mock.New()
			write(m)
			return m
		}
	}
	replay := func() model.Model {
		p, err := mock.Replay(strings.NewReader(`{"flowstoneRecording":1}`))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	ask := &model.Request{Messages: []model.Message{model.UserText("Hi")}}
	for name, c := range map[string]struct {
		make func() model.Model
		ctx  context.Context //nolint:containedctx // under test
		req  *model.Request
		want string
	}{
		"a request that is nil":             {script(func(m *mock.Model) { m.When().Text("x") }), t.Context(), nil, "mock: the model was called with a request that is nil"},
		"a context that is nil":             {script(func(m *mock.Model) { m.When().Text("x") }), nil, ask, "mock: the model was called with a context that is nil"},
		"a replay of a request that is nil": {replay, t.Context(), nil, "mock: the model was called with a request that is nil"},
		"When(nil)":                         {script(func(m *mock.Model) { m.When(nil).Text("x") }), t.Context(), ask, "When: a matcher is nil (without any, every call matches)"},
		"Where without a function":          {script(func(m *mock.Model) { m.When(mock.Where("odd", nil)).Text("x") }), t.Context(), ask, `Where("odd", nil) (which matches nothing) does not match`},
		"Not(nil)":                          {script(func(m *mock.Model) { m.When(mock.Not(nil)).Text("x") }), t.Context(), ask, `Not(nil) (which matches nothing) does not match`},
		"Any(nil)":                          {script(func(m *mock.Model) { m.When(mock.Any(nil, mock.Node("A"))).Text("x") }), t.Context(), ask, `Any(nil, Node("A")) does not match`},
		"Faults of nil":                     {script(func(m *mock.Model) { m.Faults(1, 1, nil) }), t.Context(), ask, "mock: Faults: an error is nil"},
		"a recorder of nil":                 {func() model.Model { return mock.Record(nil, &strings.Builder{}) }, t.Context(), ask, "mock: Record of a model that is nil"},
		"a recorder without a file":         {func() model.Model { return mock.Record(mock.Always("x"), nil) }, t.Context(), ask, "mock: recording: there is no file to write to"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := failing(t, c.make, c.ctx, c.req); !strings.Contains(got, c.want) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
	if n := len(mock.Always("x").Calls().Of(nil)); n != 0 {
		t.Errorf("%d calls", n)
	}
}

func TestAnUnexpectedErrorOfOnesOwnSaysSomething(t *testing.T) {
	for _, e := range []*mock.UnexpectedError{{}, {Call: &mock.Call{}}, mock.ErrUnexpected} {
		if e.Error() != "mock: unexpected call" || e.Report() != e.Error() || !errors.Is(e, mock.ErrUnexpected) {
			t.Errorf("got %q, %q", e.Error(), e.Report())
		}
	}
	if c := (&mock.Call{}); c.Prompt()+c.Asked() != "" {
		t.Errorf("got %q, %q", c.Prompt(), c.Asked())
	}
}
