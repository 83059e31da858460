package modeltest_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/flowstone-go/flow/model"
	"github.com/flowstone-go/flow/model/modeltest"
)

// scripted answers as its case says. The functions, where set, break a rule.
type scripted struct {
	c        modeltest.Case
	generate func(context.Context, *model.Request) (*model.Response, error)
	events   func([]model.Event) []model.Event
	ignores  bool // a context that is over
	goesOn   bool // behind an error
	again    bool // calls yield after it returned false
}

func (s scripted) Generate(ctx context.Context, req *model.Request) (*model.Response, error) {
	if s.generate != nil {
		return s.generate(ctx, req)
	}
	if err := ctx.Err(); err != nil && !s.ignores {
		return nil, err
	}
	if s.c.Err != nil {
		return nil, s.c.Err
	}
	resp := *s.c.Response
	resp.Model = "scripted"
	return &resp, nil
}

func (s scripted) Stream(ctx context.Context, req *model.Request) iter.Seq2[model.Event, error] {
	return func(yield func(model.Event, error) bool) {
		var events []model.Event
		if s.c.Err == nil {
			resp, err := s.Generate(ctx, req)
			if err != nil {
				yield(model.Event{}, err)
				return
			}
			for ev := range model.Events(resp) {
				events = append(events, ev)
			}
		}
		for range s.c.Pieces {
			events = append(events, model.Event{Type: model.EventText, Text: "piece"})
		}
		if s.events != nil {
			events = s.events(events)
		}
		for _, ev := range events {
			if err := ctx.Err(); err != nil && !s.ignores {
				yield(model.Event{}, err)
				return
			}
			if !yield(ev, nil) && !s.again {
				return
			}
		}
		if s.c.Err != nil && yield(model.Event{}, s.c.Err) && s.goesOn {
			yield(model.Event{}, s.c.Err)
		}
	}
}

func TestAModelThatKeepsTheRules(t *testing.T) {
	ran := 0
	err := modeltest.Test(t.Context(), func(_ context.Context, c modeltest.Case) (model.Model, error) {
		ran++
		return scripted{c: c}, nil
	})
	if err != nil {
		t.Error(err)
	}
	if want := len(modeltest.Cases()); ran != want {
		t.Errorf("%d cases ran, want %d", ran, want)
	}
}

func TestCasesHaveNamesOfTheirOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range modeltest.Cases() {
		if seen[c.Name] || (c.Response == nil) == (c.Err == nil) || c.Request == nil {
			t.Errorf("case %q is not well formed", c.Name)
		}
		seen[c.Name] = true
	}
}

func TestCasesMayBeLeftOut(t *testing.T) {
	if err := modeltest.Test(t.Context(), only("a text", scripted{})); err != nil {
		t.Error(err)
	}
	err := modeltest.Test(t.Context(), only("no such case", scripted{}))
	if err == nil || err.Error() != "every case was left out" {
		t.Errorf("got %v", err)
	}
}

// only opens s for one case.
func only(name string, s scripted) modeltest.Open {
	return func(_ context.Context, c modeltest.Case) (model.Model, error) {
		if c.Name != name {
			return nil, errors.ErrUnsupported
		}
		s.c = c
		return s, nil
	}
}

func TestBrokenRulesAreFound(t *testing.T) {
	var mu sync.Mutex // the suite's finding is wanted here, not the race detector's
	mutate := func(req *model.Request) (*model.Response, error) {
		mu.Lock()
		defer mu.Unlock()
		req.MaxTokens++
		return nil, errors.New("no")
	}
	for _, c := range []struct {
		name, of string
		broken   scripted
		want     string
	}{
		{"another text", "a text", scripted{generate: func(context.Context, *model.Request) (*model.Response, error) {
			return &model.Response{Model: "m", Content: model.Texts("x"), Stop: model.StopEnd}, nil
		}}, "Generate: the wrong response"},
		{"no model", "a text", scripted{generate: func(context.Context, *model.Request) (*model.Response, error) {
			return &model.Response{}, nil
		}}, "Generate: Response.Model is empty"},
		{"nothing", "a text", scripted{generate: func(context.Context, *model.Request) (*model.Response, error) {
			return nil, nil //nolint:nilnil // the mistake under test
		}}, "Generate: neither response nor error"},
		{"a failure", "a text", scripted{generate: func(context.Context, *model.Request) (*model.Response, error) {
			return nil, model.ErrInternal
		}}, "Generate: unexpected error: Model.Internal"},
		{"a changed request", "a text", scripted{generate: func(_ context.Context, req *model.Request) (*model.Response, error) {
			return mutate(req)
		}}, "the request was changed"},
		{"a context ignored", "a text", scripted{ignores: true}, "Generate with a cancelled context: response true and error none"},
		{"a response beside the error", "throttled", scripted{generate: func(context.Context, *model.Request) (*model.Response, error) {
			return &model.Response{}, model.ErrThrottled
		}}, "Generate: there is a response beside the error"},
		{"an answer in place of the error", "throttled", scripted{generate: func(context.Context, *model.Request) (*model.Response, error) {
			return nil, nil //nolint:nilnil // the mistake under test
		}}, "Generate: no error, want Model.Throttled"},
		{"an error of another type", "throttled", scripted{generate: func(context.Context, *model.Request) (*model.Response, error) {
			return nil, errors.New("429")
		}}, "Generate: no *model.Error: 429"},
		{"an error of another name", "throttled", scripted{generate: func(context.Context, *model.Request) (*model.Response, error) {
			return nil, model.NewError("Model.Quota", "m", nil)
		}}, "Generate: error Model.Quota, want Model.Throttled"},
		{"an error not to be retried", "throttled", scripted{generate: func(context.Context, *model.Request) (*model.Response, error) {
			return nil, &model.Error{Name: "Model.Throttled", Message: "m"}
		}}, "Generate: error Model.Throttled: retryable is false, want true"},
		{"no time to wait", "throttled, with a time to wait", scripted{generate: func(context.Context, *model.Request) (*model.Response, error) {
			return nil, model.NewError("Model.Throttled", "m", nil)
		}}, "Generate: error Model.Throttled asks to wait 0s, want 7s"},
		{"a silent error", "throttled", scripted{generate: func(context.Context, *model.Request) (*model.Response, error) {
			return nil, model.NewError("Model.Throttled", "", nil)
		}}, "Generate: error Model.Throttled says nothing"},
		{"a stream without an end", "a text", scripted{events: func(evs []model.Event) []model.Event {
			return evs[:len(evs)-1]
		}}, "Stream: unexpected error: Model.Stream: the stream ended before the answer did"},
		{"a stream of something else", "a text", scripted{events: func(evs []model.Event) []model.Event {
			return slices.Insert(evs, 1, model.Event{Type: model.EventText, Text: "x"})
		}}, "Stream: the wrong response"},
		{"events behind an error", "throttled in mid stream", scripted{goesOn: true}, "Stream: the sequence goes on after an error"},
		{"too few pieces", "throttled in mid stream", scripted{events: func(evs []model.Event) []model.Event {
			return evs[:1]
		}}, "Stream: 1 pieces of text came before the error, want 2"},
		{"a stream that goes on when it is left", "a text", scripted{again: true}, "Stream, left at event 0: panic"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := modeltest.Test(t.Context(), only(c.of, c.broken))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
