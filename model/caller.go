package model

import "context"

// Caller is the place in a workflow from which a model is called.
type Caller struct {
	Flow      string `json:"flow,omitempty"`      // the workflow's name
	Execution string `json:"execution,omitempty"` // the execution's name
	State     string `json:"state,omitempty"`     // the state's name
	Attempt   int    `json:"attempt,omitempty"`   // from 1 on, in each visit of the state
}

// CallerKey is the key under which the [Caller] stands in a context, for
// contexts that answer it themselves, as those of the engine do. Its value is a
// Caller.
type CallerKey struct{}

// WithCaller says in a context who calls. In a workflow the engine does so.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, CallerKey{}, c)
}

// CallerOf tells who calls; ok is false outside a workflow.
func CallerOf(ctx context.Context) (c Caller, ok bool) {
	c, ok = ctx.Value(CallerKey{}).(Caller)
	return c, ok
}
