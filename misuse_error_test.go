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
		}, "States.Runtime: $.a can't be read: a *flow_test.unwritable can't be written as JSON: "},
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

// jsonless has no JSON, and says why.
type jsonless struct{ N int }

var errRefused = errors.New("as it happens")

func (jsonless) MarshalJSON() ([]byte, error) { return nil, errRefused }

// What a value without JSON would have in it is not missing: conditions, and all
// else that reads it, fail with the cause.
func TestConditionOnWhatHasNoJSON(t *testing.T) {
	whole, inside := flow.At[any]("$.v"), flow.At[int]("$.v.n")
	ask := func(context.Context, any) (jsonless, error) { return jsonless{}, nil }
	for name, c := range map[string]flow.Condition{
		"Eq": flow.Eq(inside, 1), "Present": flow.Present(inside), "IsNull": flow.IsNull(whole), "IsNumber": flow.IsNumber(inside),
		"IsTime": flow.IsTime(whole), "Less": flow.Less(inside.Or(7), 9), "Not": flow.Not(flow.Present(inside)), "Eq whole": flow.Eq(whole, any(1)),
	} {
		t.Run(name, func(t *testing.T) {
			f := flow.New[any, any]("f").Then(flow.Task("T", ask).Into(flow.At[jsonless]("$.v")), flow.Choice("C").When(c).Otherwise()).Must()
			_, err := f.Run(t.Context(), map[string]any{})
			if !errors.Is(err, errRefused) || !strings.Contains(err.Error(), `state "C"`) || strings.Contains(err.Error(), "is missing") {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("ASL", func(t *testing.T) {
		f, err := flow.Parse([]byte(`{"StartAt":"T","States":{
			"T":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage","ResultPath":"$.v","Next":"P"},
			"P":{"Type":"Pass","InputPath":"$.v.n","End":true}}}`))
		if err != nil {
			t.Fatal(err)
		}
		var r flow.Registry
		flow.HandleFunc(&r, "sqs:sendMessage", ask)
		if _, err = f.Run(t.Context(), map[string]any{}, flow.Resources(&r)); err == nil || !strings.Contains(err.Error(), errRefused.Error()) {
			t.Errorf("got %v", err)
		}
	})
}

// What is a time is the same in Go and in the definition that it is exported as.
func TestIsTimeIsStrict(t *testing.T) {
	f := flow.New[string, string]("f").Then(flow.Choice("C").
		When(flow.IsTime(flow.At[string]("$")), flow.Give("Yes", flow.Const("yes"))).
		Otherwise(flow.Give("No", flow.Const("no")))).Must()
	text, err := f.ASL()
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := flow.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	for s, want := range map[string]string{
		"2026-11-24T17:00:00Z": "yes", "2026-11-24T17:00:00.123456789+01:30": "yes",
		"2026-11-24t17:00:00z": "no", "2026-11-24T7:00:00Z": "no", "2026-11-24T17:00:00,5Z": "no", "2026-02-30T00:00:00Z": "no", "": "no",
	} {
		got, err := f.Run(t.Context(), s)
		there, failed := parsed.Run(t.Context(), s)
		if err != nil || failed != nil || got != want || there != want {
			t.Errorf("%q: %q, %v in Go, %q, %v in the States Language, want %q", s, got, err, there, failed, want)
		}
	}
}

// A mistake in the text of a definition is told with its place once, and a text
// may begin with a byte order mark.
func TestTextThatIsNoDefinition(t *testing.T) {
	for text, want := range map[string]string{
		"\ufeff" + `{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}`:             "",
		"\ufeffStartAt: A\nStates:\n  A:\n    Type: Pass\n    End: true\n":                 "",
		"\ufeff# what it does\nStartAt: A\nStates:\n  A:\n    Type: Pass\n    End: true\n": "",
		"\ufeff\ufeff" + `{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}`:       `1:2: INVALID_JSON_DESCRIPTION: Unexpected character`,
		`{"StartAt":}`: `flow "f" has a mistake: 1:13: INVALID_JSON_DESCRIPTION: Unexpected character ('}' (code 125)): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')`,
		"{\"StartAt\":\"A\",\n\"StartAt\":\"A\"}": `flow "f" has a mistake: 2:10: INVALID_JSON_DESCRIPTION: Duplicate field 'StartAt'`,
		"StartAt: A\nStates: [":                   `flow "f" has a mistake: 2:9: INVALID_JSON_DESCRIPTION: YAML: sequence end token ']' not found`,
	} {
		_, err := flow.Parse([]byte(text), flow.ParseName("f"))
		if err == nil != (want == "") || err != nil && (!strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "at [Source")) {
			t.Errorf("%.20q: want %q, got %v", text, want, err)
		}
		for _, d := range flow.Validate([]byte(text)) {
			if strings.Contains(d.String(), "at [Source") {
				t.Errorf("%.20q: the place stands twice in %v", text, d)
			}
		}
	}
}
