package flow_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/flowstone-go/flow"
)

// refusal is an error whose methods read what a nil one does not have.
type refusal struct{ why string }

func (r *refusal) Error() string { return r.why }

// nameless panics when it is asked for its name.
type nameless struct{}

func (nameless) Error() string     { return "nameless" }
func (nameless) ErrorName() string { panic("no name") }

// An error that panics when it is asked what it is, as a nil pointer that stands
// in an error does, fails its node as any other and takes nobody down.
func TestErrorThatPanics(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"a nil *Error":     {(*flow.Error)(nil), "a nil *flow.Error was returned as an error"},
		"a nil pointer":    {(*refusal)(nil), "a nil *flow_test.refusal was returned as an error"},
		"an ErrorName":     {nameless{}, "a flow_test.nameless, panics when it is asked what it is: no name"},
		"one of a library": {errors.Join(errors.New("both"), nameless{}), "panics when it is asked what it is: no name"},
	} {
		t.Run(name, func(t *testing.T) {
			fail := func(context.Context, int) (int, error) { return 0, c.err }
			f := flow.New[int, int]("f").Then(flow.Task("T", fail)).Must()
			_, run := f.Run(t.Context(), 1)
			_, started := f.Start(t.Context(), 1).Wait(t.Context())
			desk := flow.NewDesk()
			ask := func(ctx context.Context, _ int, token flow.Token) error { return desk.Fail(ctx, token, c.err) }
			_, answered := flow.New[int, int]("f").Then(flow.Callback[int]("C", ask)).Must().Run(t.Context(), 1, desk)
			for _, err := range []error{run, started, answered} {
				if !errors.Is(err, flow.ErrTaskFailed) || !strings.Contains(err.Error(), c.want) {
					t.Errorf("want %q, got %v", c.want, err)
				}
			}
			out, err := flow.New[int, int]("f").Then(flow.Task("T", fail).
				Recover(flow.ErrAll, func(context.Context, *flow.Error) (int, error) { return 7, nil })).Must().Run(t.Context(), 1)
			if out != 7 || err != nil {
				t.Errorf("a catcher takes it: %d, %v", out, err)
			}
			e := flow.New[int, int]("f").Then(flow.Callback[int]("C", func(context.Context, int, flow.Token) error { return nil })).Must().Start(t.Context(), 1)
			e.Stop(c.err)
			if _, err := e.Wait(t.Context()); err == nil || e.Status() != flow.Aborted {
				t.Errorf("stopped by it: %s", e.Status())
			}
		})
	}
}

// unwritable panics when it is asked for its JSON, unreadable when it is given
// some.
type (
	unwritable struct{ N int }
	unreadable struct{ N int }
)

func (unwritable) MarshalJSON() ([]byte, error) { panic("no JSON") }
func (*unreadable) UnmarshalJSON([]byte) error  { panic("no reading") }

// A type whose JSON methods panic fails the flow, also where no task is under
// way: in a Choice, at a place that is written, at the end.
func TestJSONThatPanics(t *testing.T) {
	ask := func(context.Context, any) (unwritable, error) { return unwritable{}, nil }
	one := func(context.Context, any) (int, error) { return 1, nil }
	member := flow.At[int]("$.a")
	for name, c := range map[string]struct {
		run  func() error
		want string
	}{
		"a Choice": {func() error {
			f := flow.New[int, any]("f").Then(flow.Task("T", ask), flow.Choice("C").When(flow.Eq(member, 1)).Otherwise()).Must()
			_, err := f.Start(t.Context(), 1).Wait(t.Context())
			return err
		}, "States.Runtime: $.a is missing"},
		"a place": {func() error {
			f := flow.New[int, any]("f").Then(flow.Task("T", ask), flow.Task("U", one).From(flow.At[any]("$.b").Or(1)).Into(member)).Must()
			_, err := f.Start(t.Context(), 1).Wait(t.Context())
			return err
		}, "no JSON"},
		"the end": {func() error {
			f := flow.New[any, unreadable]("f").Then(flow.Pass("P")).Must()
			_, err := f.Start(t.Context(), map[string]any{"N": 1}).Wait(t.Context())
			return err
		}, "no reading"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := c.run(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("want %q, got %v", c.want, err)
			}
		})
	}
}
