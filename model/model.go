package model

import (
	"context"
	"iter"
)

// Model answers requests. An implementation is safe for concurrent use, does
// not change or keep the request, returns either a response or an error, and
// reports failures as [*Error] (a cancelled context may come back as it is).
type Model interface {
	Generate(ctx context.Context, req *Request) (*Response, error)
}

// Streamer is a [Model] that can answer piece by piece.
//
// Nothing starts before the sequence is ranged over, and it may be ranged over
// once. The events are those that [Collector] takes; an error comes last, with a
// zero Event, and nothing follows it. When the loop is left early, everything
// that the stream held is released before the loop statement ends.
type Streamer interface {
	Model
	Stream(ctx context.Context, req *Request) iter.Seq2[Event, error]
}

// TokenCounter is a [Model] that can tell how many input tokens a request has,
// without answering it.
type TokenCounter interface {
	Model
	CountTokens(ctx context.Context, req *Request) (int, error)
}

// Describer is a [Model] that tells what it is.
type Describer interface {
	Model
	Describe() Description
}

// Description says what a model is and can do. A zero field means that it is
// not known.
type Description struct {
	Provider         string `json:"provider,omitempty"`         // as OpenTelemetry's gen_ai.provider.name: "aws.bedrock", "openai", "mock"
	Model            string `json:"model,omitempty"`            // the id by which requests go out when they name none
	MaxOutput        int    `json:"maxOutput,omitempty"`        // the most tokens one answer can have
	ContextWindow    int    `json:"contextWindow,omitempty"`    // the most tokens that request and answer can have together
	StructuredOutput bool   `json:"structuredOutput,omitempty"` // Request.Output is enforced by the provider
	StrictOnly       bool   `json:"strictOnly,omitempty"`       // and only for schemas of closed objects, without bounds and recursion
}

// Func makes a Model of a function.
type Func func(ctx context.Context, req *Request) (*Response, error)

// Generate calls the function.
func (f Func) Generate(ctx context.Context, req *Request) (*Response, error) { return f(ctx, req) }

// Wrapper is a [Model] around another one, such as a limit or a recorder. It
// implements [Streamer] with [Stream] of the model inside.
type Wrapper interface {
	Model
	Unwrap() Model
}

// Find gives the outermost of a model and the models it wraps that implements
// T, usually one of the optional interfaces.
func Find[T any](m Model) (T, bool) {
	for m != nil {
		if t, ok := m.(T); ok {
			return t, true
		}
		w, ok := m.(Wrapper)
		if !ok {
			break
		}
		m = w.Unwrap()
	}
	var none T
	return none, false
}

// Describe tells what a model is, asking the models it wraps too; zero if none
// says.
func Describe(m Model) Description {
	if d, ok := Find[Describer](m); ok {
		return d.Describe()
	}
	return Description{}
}

// CountTokens counts a request's input tokens with the model or one that it
// wraps. Where none can count, ok is false.
func CountTokens(ctx context.Context, m Model, req *Request) (n int, ok bool, err error) {
	c, ok := Find[TokenCounter](m)
	if !ok {
		return 0, false, nil
	}
	n, err = c.CountTokens(ctx, req)
	return n, true, err
}

// Stream streams an answer. A model that is no [Streamer] is asked with
// Generate, and its answer comes as the events of [Events]. The sequence may be
// ranged over once.
func Stream(ctx context.Context, m Model, req *Request) iter.Seq2[Event, error] {
	if s, ok := m.(Streamer); ok {
		return s.Stream(ctx, req)
	}
	return func(yield func(Event, error) bool) {
		resp, err := m.Generate(ctx, req)
		if err != nil {
			yield(Event{}, err)
			return
		}
		Events(resp)(yield)
	}
}
