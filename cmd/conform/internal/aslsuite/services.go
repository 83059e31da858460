package aslsuite

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/flowstone-go/flow/internal/document"
)

// Services stand in the place of everything that the state machine of a case
// calls. They answer from what was recorded, else from what the case says of
// its Lambda functions. Safe for concurrent use.
type Services struct {
	c *Case

	mu        sync.Mutex
	used      []bool            // by call
	usedEvent map[int]bool      // by event of the history, see recordedResult
	known     map[string]string // what placeholders stand for in this run
}

// Request is one attempt of a task.
type Request struct {
	State      string // name of the state
	Resource   string // as in the definition
	Parameters any    // what the task is given, evaluated
}

// Reply is what comes of a request.
type Reply struct {
	// Submitted is the answer to the request itself, where the task then waits
	// for a job or a token.
	Submitted    any
	HasSubmitted bool

	Output any      // the result, unless it failed
	Failed *Failure // nil if it did not fail

	// Never tells that no result comes: the task runs until its own time is up
	// or it is stopped.
	Never bool
	// After is how long the result takes.
	After time.Duration
}

// Failure is the error of a task. What is nil was not given.
type Failure struct {
	Error, Cause *string
}

// NewServices gives the stand-ins of one run of a case.
func NewServices(c *Case) *Services {
	s := &Services{c: c, used: make([]bool, len(c.Calls)), usedEvent: map[int]bool{}, known: map[string]string{}}
	// What the recording shows of the input tells what some placeholders stand for.
	if len(c.History) > 0 && c.HasInput {
		given, _ := c.Given()
		if input, err := document.Decode([]byte(c.Input)); err == nil {
			c.Placeholders.Bind(given, input, s.known)
		}
	}
	return s
}

// Call answers an attempt of a task from the first unused recorded call of the
// same state and resource with equal parameters, else from the behaviour of
// the Lambda function that it calls. An error says that the case has no answer.
func (s *Services) Call(r Request) (Reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	resource := shortResource(r.Resource)
	for i, call := range s.c.Calls {
		if s.used[i] || call.State != r.State || call.Resource != resource || !s.c.Placeholders.Equal(call.Parameters, r.Parameters) {
			continue
		}
		s.used[i] = true
		s.c.Placeholders.Bind(call.Parameters, r.Parameters, s.known)
		return s.replay(call)
	}
	if t, payload, ok := s.function(r); ok {
		return s.behave(r, t, payload)
	}
	return Reply{}, fmt.Errorf("state %s: the case has no answer to a call of %s with %s", r.State, resource, document.Text(r.Parameters))
}

// Unused lists the recorded calls that were not made.
func (s *Services) Unused() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for i, call := range s.c.Calls {
		if !s.used[i] {
			all = append(all, fmt.Sprintf("state %s: %s with %s", call.State, call.Resource, document.Text(call.Parameters)))
		}
	}
	return all
}

// shortResource names a resource as the recorded calls do: service:action, or
// the ARN of a function or activity.
func shortResource(arn string) string {
	if short, ok := strings.CutPrefix(arn, "arn:aws:states:::"); ok {
		return short
	}
	return arn
}

func (s *Services) replay(call Call) (Reply, error) {
	r := Reply{Never: call.TimedOut || call.Unfinished}
	if call.HasSubmitted {
		r.Submitted, r.HasSubmitted = s.substitute(call.Submitted), true
	}
	switch {
	case call.Failed != nil:
		failure, err := s.failure(call.Failed)
		if err != nil {
			return Reply{}, fmt.Errorf("state %s: %w", call.State, err)
		}
		r.Failed = failure
	case call.HasOutput:
		r.Output = s.substitute(call.Output)
	case !r.Never:
		return Reply{}, fmt.Errorf("state %s: the recorded call of %s has no end", call.State, call.Resource)
	}
	return r, nil
}

// failure reads a recorded failure. A cause that is an object there is JSON
// text in truth.
func (s *Services) failure(o *document.Object) (*Failure, error) {
	var f Failure
	for key, to := range map[string]**string{"error": &f.Error, "cause": &f.Cause} {
		v, ok := o.Get(key)
		if !ok || v == nil {
			continue
		}
		v = s.substitute(v)
		text, isText := v.(string)
		if !isText {
			encoded, err := document.Encode(v)
			if err != nil {
				return nil, fmt.Errorf("the recorded %s: %w", key, err)
			}
			text = string(encoded)
		}
		*to = &text
	}
	return &f, nil
}

// substitute puts what is known of placeholders into a recorded value. The
// others stay as they are: they match themselves.
func (s *Services) substitute(v any) any {
	switch v := v.(type) {
	case string:
		return s.c.Placeholders.Substitute(v, s.known)
	case []any:
		all := make([]any, len(v))
		for i, e := range v {
			all[i] = s.substitute(e)
		}
		return all
	case *document.Object:
		all := document.NewObject(v.Len())
		for key, e := range v.All() {
			all.Set(key, s.substitute(e))
		}
		return all
	}
	return v
}

func get(v any, key string) any {
	m, _ := document.Member(v, key)
	return m
}
