package flow

import (
	"context"
	"errors"
	"fmt"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/drive"
	"github.com/flowstone-go/flow/internal/machine"
)

// Handlers gives a registry that does the Tasks of what [Flow.ASL] writes, given
// the same options, with the functions and models of the flow itself: parsed and
// run with it the definition does what the flow does. So a test shows that what
// is deployed is what was tested. The error is that of ASL.
//
//	text, err := f.ASL()
//	handlers, err := f.Handlers()
//	exported, err := flow.Parse(text)
//	out, err := exported.Run(ctx, in, flow.Resources(handlers))
func (f *Flow[In, Out]) Handlers(opts ...ExportOption) (*Registry, error) {
	if err := f.made(); err != nil {
		return nil, err
	}
	if f.def.asl != nil {
		return NewRegistry(), nil
	}
	x, _, err := f.def.export(f.settings, opts)
	if err != nil {
		return nil, err
	}
	r := NewRegistry()
	for resource := range x.calls {
		r.Handle(resource, HandlerFunc(func(ctx context.Context, q *Request) (any, error) {
			callee, ok := x.callees[q.State]
			if !ok {
				return nil, &Error{Name: machine.Runtime, Cause: fmt.Sprintf("the flow %q has no function for the state %q", f.def.name, q.State), fatal: true}
			}
			return callee.handle(ctx, q)
		}))
	}
	return r, nil
}

// exportedCall is the work of a state of an exported definition.
type exportedCall struct{ *lowered }

func (c exportedCall) handle(ctx context.Context, q *Request) (any, error) {
	if c.opening != nil {
		return c.agent(ctx, q)
	}
	frame := *drive.FrameOf(ctx)
	frame.Args, frame.Own = q.Parameters, false
	if c.awaits {
		frame.Args = payloadOf(q)
	}
	v, err := c.callee.Call(ctx, &frame, nil)
	for { // a definition has no way to visit a state once more
		again, ok := errors.AsType[*misfit](err)
		if !ok || ctx.Err() != nil {
			break
		}
		frame.Res = again.Left()
		v, err = c.callee.Call(ctx, &frame, nil)
	}
	if err != nil || c.awaits {
		return nil, err
	}
	return document.Canonical(v)
}

// payloadOf is what a Callback is asked about.
func payloadOf(q *Request) any {
	payload, _ := document.Member(q.Parameters, "Payload")
	if input, ok := document.Member(payload, "input"); ok {
		return input
	}
	return q.Parameters
}

// agent runs an Agent as an execution of its own.
func (c exportedCall) agent(ctx context.Context, q *Request) (any, error) {
	alone := *c.spec
	alone.from, alone.into, alone.catches, alone.assign = nil, nil, nil, nil
	f, err := New[any, any](c.name).Then(&alone).Build()
	if err != nil {
		return nil, err
	}
	return f.Run(ctx, q.Parameters)
}
