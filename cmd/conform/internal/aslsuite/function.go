package aslsuite

import (
	"fmt"
	"strings"
	"time"

	"github.com/flowstone-go/flow/internal/document"
)

// invoke is how the recorded calls name the optimized Lambda integration.
const invoke = "lambda:invoke"

// function finds the Lambda function that a request calls, and what it is
// given.
func (s *Services) function(r Request) (Task, any, bool) {
	name := r.Resource
	payload := r.Parameters
	if shortResource(r.Resource) == invoke {
		name, _ = document.Str(get(r.Parameters, "FunctionName"))
		payload = sent(get(r.Parameters, "Payload"))
	}
	for _, t := range s.c.Tasks {
		if t.Behaviour != nil && name != "" && (name == t.Resource || name == t.Function) {
			return t, payload, true
		}
	}
	return Task{}, nil, false
}

// sent is what a function receives of a Payload: null calls it without a body,
// and it then sees {}; a string that holds JSON is sent as that JSON.
func sent(payload any) any {
	switch payload := payload.(type) {
	case nil:
		return document.NewObject(0)
	case string:
		if v, err := document.Decode([]byte(payload)); err == nil {
			return v
		}
	}
	return payload
}

// behave answers for a function.
func (s *Services) behave(r Request, t Task, payload any) (Reply, error) {
	f := fields{object: t.Behaviour}
	switch kind := f.str("kind"); kind {
	case "echo":
		return returned(r, payload), nil
	case "return":
		v, _ := t.Behaviour.Get("value")
		return returned(r, v), nil
	case "return-repeated":
		count, ok := document.Integer(get(t.Behaviour, "count"))
		text := f.str("text")
		if !ok || count < 0 || count > longest/int64(max(1, len(text))) {
			return Reply{}, fmt.Errorf("function %s: no count of repetitions that can be met", t.Function)
		}
		return returned(r, strings.Repeat(text, int(count))), nil
	case "raise":
		return raised(f.str("errorType"), f.str("errorMessage"))
	case "sleep":
		seconds, _ := document.Float(get(t.Behaviour, "seconds"))
		then := f.obj("then")
		if then == nil {
			return Reply{}, fmt.Errorf("function %s: nothing comes after its sleep", t.Function)
		}
		reply, err := s.behave(r, Task{Resource: t.Resource, Function: t.Function, Behaviour: then}, payload)
		reply.After += time.Duration(seconds * float64(time.Second))
		return reply, err
	case "recorded":
		if output, ok := s.recordedResult(r); ok {
			return Reply{Output: output}, nil
		}
		return Reply{}, fmt.Errorf("function %s: no recorded result is left for it", t.Function)
	default:
		return Reply{}, fmt.Errorf("function %s: unknown behaviour %q", t.Function, kind)
	}
}

// returned is the reply of a function that returns a value.
func returned(r Request, value any) Reply {
	if shortResource(r.Resource) == invoke {
		return Reply{Output: invocation(value)}
	}
	return Reply{Output: value}
}

// raised is the reply of a Python function that raises an exception in the
// line below its head.
func raised(errorType, message string) (Reply, error) {
	argument := ""
	if message != "" {
		argument = string(document.AppendString(nil, message))
	}
	cause, err := document.Encode(document.ObjectOf(
		document.Field{Key: "errorMessage", Value: message},
		document.Field{Key: "errorType", Value: errorType},
		document.Field{Key: "requestId", Value: requestID},
		document.Field{Key: "stackTrace", Value: []any{
			"  File \"/var/task/handler.py\", line 2, in handler\n    raise " + errorType + "(" + argument + ")\n",
		}},
	))
	if err != nil {
		return Reply{}, err
	}
	text := string(cause)
	return Reply{Failed: &Failure{Error: &errorType, Cause: &text}}, nil
}

// recordedResult gives the first recorded result of a task that was not used
// and that no other function of the case explains.
func (s *Services) recordedResult(r Request) (any, bool) {
	for i, e := range s.c.History {
		if s.usedEvent[i] {
			continue
		}
		for _, details := range []string{"taskSucceededEventDetails", "lambdaFunctionSucceededEventDetails"} {
			output, ok := document.Member(get(e, details), "output")
			if !ok || s.explained(r, output) {
				continue
			}
			s.usedEvent[i] = true
			return s.substitute(output), true
		}
	}
	return nil, false
}

// explained tells that a function whose behaviour is known would have given
// this result.
func (s *Services) explained(r Request, output any) bool {
	for _, t := range s.c.Tasks {
		if t.Behaviour == nil || get(t.Behaviour, "kind") == "recorded" {
			continue
		}
		payload := r.Parameters
		if shortResource(r.Resource) == invoke {
			payload = sent(get(r.Parameters, "Payload"))
		}
		if reply, err := s.behave(r, t, payload); err == nil && reply.Failed == nil && s.c.Placeholders.Equal(output, reply.Output) {
			return true
		}
	}
	return false
}
