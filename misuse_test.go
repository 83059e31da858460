package flow_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/model"
)

func noContext() context.Context { return nil }

// slow is a flow that waits for an hour.
func slow() *flow.Flow[int, int] {
	return flow.New[int, int]("slow").Then(flow.Wait("W", time.Hour)).Must()
}

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
		"a nil context, waited with": {func() error {
			e := slow().Start(t.Context(), 1)
			defer e.Stop(nil)
			_, err := e.Wait(noContext())
			return err
		}, "context is nil"},
		"a nil context, read with": {func() error {
			e := slow().Start(t.Context(), 1)
			defer e.Stop(nil)
			for _, err := range e.Events(noContext()) {
				if err != nil {
					return err
				}
			}
			return nil
		}, "context is nil"},
		"a nil context, tested with": {func() error { _, err := flow.TestState(noContext(), &flow.StateTest{}); return err }, "context is nil"},
		"a nil context, resumed": {func() error {
			p := flow.NewService(slow())
			if _, err := p.Start(t.Context(), 1); err != nil {
				return err
			}
			parked := p.Drain(noContext()).Parked
			_, err := slow().Resume(noContext(), parked[0].Snapshot).Wait(t.Context())
			return err
		}, "context is nil"},
		"a nil context, asked": {func() error {
			_, ok := flow.StateOf(noContext())
			if ok || flow.Beat(noContext()) || flow.Caught(noContext()) != nil {
				return errors.New("it knows something")
			}
			return nil
		}, ""},
		"a nil test":        {func() error { _, err := flow.TestState(t.Context(), nil); return err }, "InvalidDefinition"},
		"a nil builder":     {func() error { _, err := (*flow.Builder[int, int])(nil).Then(flow.Pass("P")).Build(); return err }, "Builder that is nil (begin the flow with New)"},
		"a zero builder":    {func() error { _, err := new(flow.Builder[int, int]).Then(flow.Pass("P")).Build(); return err }, "a flow without a name"},
		"a nil flow, bound": {func() error { _, err := new(flow.Flow[int, int]).Bind(nil); return err }, "was not made by Build"},
		"a zero execution":  {func() error { _, err := new(flow.Execution[int]).Wait(t.Context()); return err }, "was not begun by Start"},
		"a zero service":    {func() error { _, err := new(flow.Service[int, int]).Start(t.Context(), 1); return err }, "was not made by Build"},
		"a drained zero service": {func() error {
			s := new(flow.Service[int, int])
			s.Drain(t.Context())
			_, err := s.Start(t.Context(), 1)
			return err
		}, "is draining"},
		"a request of nothing": {func() error { _, err := new(flow.Machines).Handle(t.Context(), nil); return err }, "there is no request"},
		"nil options":          {func() error { _, err := ok.Run(t.Context(), 1, nil, nil); return err }, ""},
		"a nil observer":       {func() error { _, err := ok.Run(t.Context(), 1, flow.Observe(nil)); return err }, "Observe(nil)"},
		"a nil history":        {func() error { _, err := ok.With(flow.Record(nil)).Run(t.Context(), 1); return err }, "Record(nil)"},
		"a history of two": {func() error {
			var h flow.History
			f := ok.With(flow.Record(&h))
			if _, err := f.Run(t.Context(), 1); err != nil {
				return err
			}
			events := h.Len()
			if _, err := f.Start(t.Context(), 1).Wait(t.Context()); err == nil || h.Len() != events {
				return errors.New("it took another execution")
			}
			h.Reset()
			if _, err := f.Run(t.Context(), 1); err != nil || h.Len() != events {
				return errors.New("it took none after Reset")
			}
			_, err := f.Run(t.Context(), 1)
			return err
		}, "the History has the events of another execution (give each its own, or Reset it in between)"},
		"negative transitions": {func() error { _, err := ok.Run(t.Context(), 1, flow.MaxTransitions(-1)); return err }, "MaxTransitions(-1)"},
		"no time to run":       {func() error { _, err := ok.Run(t.Context(), 1, flow.RunTimeout(0)); return err }, "RunTimeout(0s)"},
		"negative grace":       {func() error { _, err := ok.Run(t.Context(), 1, flow.Grace(-1)); return err }, "Grace(-1ns)"},
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
	if e.Status() != flow.Aborted || e.ID() != "" || e.Usage() != (model.Usage{}) {
		t.Errorf("an execution that could not begin is %s, %q, %v", e.Status(), e.ID(), e.Usage())
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

// What is no node is a mistake in the flow, with the place where it was given or
// made.
func TestNodesThatAreNone(t *testing.T) {
	long := strings.Repeat("é", 80)
	fine := flow.Pass("Fine")
	number := func(_ context.Context, i int) (int, error) { return i, nil }
	items := flow.At[[]int]("$")
	for name, c := range map[string]struct {
		nodes []flow.Node
		want  string // of the one mistake; empty: there is none
	}{
		"nil":                       {[]flow.Node{nil}, "a node that is nil (it was given to what is named here)"},
		"a nil pointer":             {[]flow.Node{fine, (*flow.TaskNode[int, int])(nil)}, "a node that is nil (it was given after the node named here)"},
		"nil in a Map":              {[]flow.Node{flow.Map[int]("M", items, nil)}, "a node that is nil (it was given to what is named here)"},
		"a zero task":               {[]flow.Node{&flow.TaskNode[int, int]{}}, "the zero value of a *flow.TaskNode[int,int], which is no node (make nodes with the functions of package flow)"},
		"a zero Goto":               {[]flow.Node{fine, &flow.GotoNode{}}, "the zero value of a *flow.GotoNode, which is no node (make nodes with the functions of package flow)"},
		"a retrier of a nil error":  {[]flow.Node{flow.Task("T", number).Retry(flow.Retry{On: (*flow.Error)(nil)})}, "Retry: nil is no error to match"},
		"a name in other letters":   {[]flow.Node{flow.Pass("Größe 大/0")}, ""},
		"a long name":               {[]flow.Node{flow.Pass(long)}, ""},
		"too long a name":           {[]flow.Node{flow.Pass(long + "!")}, "a name of 81 characters; at most 80 are allowed"},
		"too long a name of a way":  {[]flow.Node{flow.Parallel("P", flow.Branch(long+"!", fine))}, "a name of 81 characters; at most 80 are allowed"},
		"a line break in a name":    {[]flow.Node{flow.Pass("a\nb")}, `control characters in the name "a\nb" (leave them out)`},
		"a name that is no text":    {[]flow.Node{flow.Pass("\xff")}, `the name "\xff" is no UTF-8 (write it as UTF-8)`},
		"a name like a path":        {[]flow.Node{flow.Map[int]("A", items, flow.Task("B", number)).Drop(), flow.Pass("A/B")}, `the path "A/B" is also that of another state (at misuse_test.go`},
		"a name like an item's":     {[]flow.Node{flow.Map[int]("A", items, flow.Task("B", number)).Drop(), flow.Pass("A[0]/B")}, `is also that of another state (at misuse_test.go`},
		"names like those of paths": {[]flow.Node{flow.Map[int]("A", items, flow.Task("B", number)).Drop(), flow.Pass("A/C"), flow.Pass("A[0]")}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := flow.New[any, any]("f").Then(c.nodes...).Build()
			var all *flow.BuildError
			switch {
			case c.want == "" && err == nil:
			case !errors.As(err, &all) || len(all.Problems) != 1 || !strings.HasPrefix(all.Problems[0].Place, "misuse_test.go:") || !strings.Contains(err.Error(), c.want):
				t.Errorf("want %q, got %v", c.want, err)
			}
		})
	}
}

// The zero value of a Registry and of Machines is empty and ready; a handler that
// is nil is none.
func TestRegistryOfNothing(t *testing.T) {
	number := func(_ context.Context, i int) (int, error) { return i, nil }
	var r flow.Registry
	flow.HandleFunc(&r, "sqs:sendMessage", number)
	flow.HandleLambda(&r, "f", number)
	call := func(r *flow.Registry, resource string) error {
		f, err := flow.Parse([]byte(`{"StartAt":"T","States":{"T":{"Type":"Task","Resource":"` + resource + `","End":true}}}`))
		if err != nil {
			return err
		}
		_, err = f.Run(t.Context(), 1, flow.Resources(r))
		return err
	}
	for _, resource := range []string{"arn:aws:states:::sqs:sendMessage", "arn:aws:lambda:us-east-1:123456789012:function:f"} {
		if err := call(&r, resource); err != nil {
			t.Errorf("%s: %v", resource, err)
		}
	}
	r.Handle("sqs:sendMessage", flow.HandlerFunc(nil))
	flow.HandleLambda[int, int](&r, "f", nil)
	for _, resource := range []string{"arn:aws:states:::sqs:sendMessage", "arn:aws:lambda:us-east-1:123456789012:function:f"} {
		for _, reg := range []*flow.Registry{&r, nil} {
			if err := call(reg, resource); !errors.Is(err, flow.ErrRuntime) || !strings.Contains(err.Error(), "nothing handles") {
				t.Errorf("%s: %v", resource, err)
			}
		}
	}
	defer func() {
		if p, ok := recover().(string); !ok || !strings.Contains(p, "NewRegistry") {
			t.Errorf("a handler for a nil registry: %v", p)
		}
	}()
	(*flow.Registry)(nil).Handle("sqs:sendMessage", flow.HandlerFunc(nil))
}
