package flow_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/flowstone-go/flow"
)

// Bad use gives an error that says what is wrong; it never panics or hangs.
func TestMisuse(t *testing.T) {
	ok := flow.New[int, int]("f").Then(flow.Pass("P")).Must()
	var none *flow.Flow[int, int]
	for name, c := range map[string]struct {
		run  func() error
		want string
	}{
		"a nil flow":              {func() error { _, err := none.Run(t.Context(), 1); return err }, "was not made by Build"},
		"a nil flow, started":     {func() error { _, err := none.Start(t.Context(), 1).Wait(t.Context()); return err }, "was not made by Build"},
		"a zero flow":             {func() error { _, err := new(flow.Flow[int, int]).Run(t.Context(), 1); return err }, "was not made by Build"},
		"a nil flow with options": {func() error { _, err := none.With(flow.Checked()).Run(t.Context(), 1); return err }, "was not made by Build"},
		"a nil flow, typed":       {func() error { _, err := flow.As[int, int](nil).Run(t.Context(), 1); return err }, "was not made by Build"},
		"a nil flow, exported":    {func() error { _, err := none.ASL(); return err }, "was not made by Build"},
		"a nil flow, handled":     {func() error { _, err := none.Handlers(); return err }, "was not made by Build"},
		"a nil flow, described":   {func() error { return errors.New(none.Name() + none.Shape("P") + flow.Draw(none).DOT()) }, "digraph"},
		"a nil context":           {func() error { _, err := ok.Run(nil, 1); return err }, "context is nil"},                     //nolint:staticcheck // that is the point
		"a nil context, started":  {func() error { _, err := ok.Start(nil, 1).Wait(t.Context()); return err }, "context is nil"}, //nolint:staticcheck // that is the point
		"nil options":             {func() error { _, err := ok.Run(t.Context(), 1, nil, nil); return err }, ""},
		"a nil observer":          {func() error { _, err := ok.Run(t.Context(), 1, flow.Observe(nil)); return err }, "Observe(nil)"},
		"a nil history":           {func() error { _, err := ok.With(flow.Record(nil)).Run(t.Context(), 1); return err }, "Record(nil)"},
		"negative transitions":    {func() error { _, err := ok.Run(t.Context(), 1, flow.MaxTransitions(-1)); return err }, "MaxTransitions(-1)"},
		"no time to run":          {func() error { _, err := ok.Run(t.Context(), 1, flow.RunTimeout(0)); return err }, "RunTimeout(0s)"},
		"negative grace":          {func() error { _, err := ok.Run(t.Context(), 1, flow.Grace(-1)); return err }, "Grace(-1ns)"},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.run()
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("want %q, got %v", c.want, err)
			}
		})
	}
	e := none.Start(t.Context(), 1)
	e.Stop(nil)
	<-e.Done()
	if e.Status() != flow.Aborted {
		t.Errorf("an execution that could not begin is %s", e.Status())
	}
	for range e.Events(t.Context()) {
		t.Error("an event of an execution that could not begin")
	}
}

func TestWaitMoreThanOnce(t *testing.T) {
	e := flow.New[int, int]("f").Then(flow.Pass("P")).Must().Start(t.Context(), 7, flow.WithName("seven"))
	for range 3 {
		if out, err := e.Wait(t.Context()); out != 7 || err != nil {
			t.Errorf("%d, %v", out, err)
		}
	}
	if e.ID() != "seven" {
		t.Errorf("its ID is %q", e.ID())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if out, err := e.Wait(ctx); out != 7 || err != nil {
		t.Errorf("an execution that has ended does not ask the context of Wait: %d, %v", out, err)
	}
}
