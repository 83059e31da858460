package mock

import (
	"context"
	"errors"
	"iter"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/flowstone-go/flow/model"
)

// Model is a model whose answers are scripted. The zero value is ready and
// strict: it has no script, so every call is the error [UnexpectedError]. Scripts
// are added by [Model.When]; the first in order that matches a call and has a
// reply left answers it. Safe for concurrent use.
type Model struct {
	mu      sync.Mutex
	name    string
	scripts []*Script
	calls   []*Call
	faults  *faults
}

// New gives a model without any script.
func New() *Model { return &Model{} }

// Echo gives a model that answers every call with the text of the last user
// message.
func Echo() *Model {
	m := New()
	m.When().Do(func(_ context.Context, c *Call) (*model.Response, error) {
		return &model.Response{Content: model.Texts(c.Asked())}, nil
	}).Always().Maybe()
	return m
}

// Always gives a model that answers every call with this text.
func Always(text string) *Model {
	m := New()
	m.When().Text(text).Always().Maybe()
	return m
}

// Named sets the name that the model gives for itself; it is "mock" otherwise.
func (m *Model) Named(name string) *Model {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.name = name
	return m
}

// When begins a script for the calls that all the matchers match, for every
// call if there are none. With one that is nil every call fails and says so.
func (m *Model) When(matchers ...Matcher) *Script {
	s := &Script{mu: &m.mu, matchers: matchers}
	if slices.Contains(matchers, nil) {
		s.mistake = "When: a matcher is nil (without any, every call matches)"
	}
	if _, file, line, ok := runtime.Caller(1); ok {
		s.at = shortFile(file) + ":" + strconv.Itoa(line)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.scripts = append(m.scripts, s)
	return s
}

// Describe says that this is a mock.
func (m *Model) Describe() model.Description {
	m.mu.Lock()
	defer m.mu.Unlock()
	return model.Description{Provider: "mock", Model: m.id(), StructuredOutput: true}
}

// id is the model's name; m.mu is held.
func (m *Model) id() string {
	if m.name == "" {
		return "mock"
	}
	return m.name
}

// CountTokens estimates a request; see [model.EstimateTokens].
func (m *Model) CountTokens(ctx context.Context, req *model.Request) (int, error) {
	return model.EstimateTokens(req), ctx.Err()
}

// Generate answers as the scripts say.
func (m *Model) Generate(ctx context.Context, req *model.Request) (*model.Response, error) {
	if err := unfit(ctx, req); err != nil {
		return nil, err
	}
	call, step := m.take(ctx, req, false)
	resp, err := step.answer(ctx, call)
	m.finish(call, resp, err)
	return resp, err
}

// Stream answers as the scripts say, text in the pieces of [Script.Chunks]. The
// call is taken from the scripts when the sequence is ranged over.
func (m *Model) Stream(ctx context.Context, req *model.Request) iter.Seq2[model.Event, error] {
	return func(yield func(model.Event, error) bool) {
		if err := unfit(ctx, req); err != nil {
			yield(model.Event{}, err)
			return
		}
		call, step := m.take(ctx, req, true)
		var c model.Collector
		for ev, err := range step.events(ctx, call) {
			if err != nil {
				m.finish(call, nil, err)
				yield(model.Event{}, err)
				return
			}
			c.Add(ev)
			if !yield(ev, nil) {
				m.leave(call)
				return
			}
		}
		resp, err := c.Response()
		m.finish(call, resp, err)
	}
}

// unfit says why a call can't even be looked at.
func unfit(ctx context.Context, req *model.Request) error {
	switch {
	case ctx == nil:
		return &scriptError{"the model was called with a context that is nil"}
	case req == nil:
		return &scriptError{"the model was called with a request that is nil"}
	}
	return ctx.Err()
}

// take records a call and finds what answers it.
func (m *Model) take(ctx context.Context, req *model.Request, streamed bool) (*Call, step) {
	caller, _ := model.CallerOf(ctx)
	m.mu.Lock()
	defer m.mu.Unlock()
	call := &Call{Number: len(m.calls) + 1, Caller: caller, Request: req, Streamed: streamed, At: time.Now(), model: m.id()}
	m.calls = append(m.calls, call)
	if err := m.faults.next(call); err != nil {
		return call, step{err: err}
	}
	for _, s := range m.scripts {
		if s.matches(call) {
			if st, ok := s.next(); ok {
				return call, st
			}
		}
	}
	return call, step{err: m.unexpected(call)}
}

func (m *Model) finish(call *Call, resp *model.Response, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	call.Response, call.Err, call.Done = resp, err, true
}

// leave notes that the reader of a stream went away.
func (m *Model) leave(call *Call) {
	m.mu.Lock()
	defer m.mu.Unlock()
	call.Left, call.Done = true, true
}

// Calls are all calls up to now, in the order in which they came.
func (m *Model) Calls() Calls {
	m.mu.Lock()
	defer m.mu.Unlock()
	calls := make(Calls, len(m.calls))
	for i, c := range m.calls {
		copied := *c
		calls[i] = &copied
	}
	return calls
}

// Reset forgets the calls and starts all scripts over.
func (m *Model) Reset() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls = nil
	for _, s := range m.scripts {
		for i := range s.steps {
			s.steps[i].used = 0
		}
	}
	m.faults.reset()
}

// Problems lists what is wrong with how the scripts were used, for a test to
// report at its end: mistakes in a script, calls that were not expected, replies
// that nobody asked for (see [Script.Maybe]). Empty if all is well.
func (m *Model) Problems() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var problems []string
	for _, s := range m.scripts {
		if s.mistake != "" {
			problems = append(problems, s.String()+": "+s.mistake)
		}
	}
	for _, c := range m.calls {
		if u, ok := errors.AsType[*UnexpectedError](c.Err); ok {
			problems = append(problems, u.Report())
		}
	}
	for _, s := range m.scripts {
		if left := s.left(); left != "" {
			problems = append(problems, s.String()+": "+left)
		}
	}
	return problems
}
