package flow

import (
	"context"
	"iter"

	"github.com/flowstone-go/flow/internal/drive"
	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/model"
)

// Metered is a model for tasks of your own, and for what they give it to: each
// call under the context of a task, or of an agent's tool, counts as one of a
// Prompt does. It is taken from the [Budget], told by a [ModelAnswered], and so
// is part of [Execution.Usage] and of a [Meter]:
//
//	m = flow.Metered(m)
//	flow.Task("Judge", func(ctx context.Context, d Document) (Verdict, error) {
//		resp, err := m.Generate(ctx, &model.Request{…})
//
// It is called while the task runs, by goroutines of the task's too. Under any
// other context it is just the model, and in a Prompt or an Agent it counts once.
// Nil stays nil. It is safe for concurrent use, and keeps the abilities of the
// model inside.
func Metered(m Model) Model {
	if m == nil || counts(m) {
		return m
	}
	return &metered{m}
}

type metered struct{ Model }

// Unwrap gives the model inside.
func (m *metered) Unwrap() model.Model { return m.Model }

// Generate asks the model, and counts.
func (m *metered) Generate(ctx context.Context, req *model.Request) (*model.Response, error) {
	settle, err := reserve(ctx, m.Model, req)
	if err != nil {
		return nil, err
	}
	resp, err := m.Model.Generate(ctx, req)
	settle(resp)
	if err == nil && resp != nil {
		tellAnswered(ctx, resp)
	}
	return resp, err
}

// Stream asks the model, and counts what it says of its usage at the end. Of a
// stream that is left before, the provider does not say it: what was reserved for
// it is spent.
func (m *metered) Stream(ctx context.Context, req *model.Request) iter.Seq2[model.Event, error] {
	return func(yield func(model.Event, error) bool) {
		settle, err := reserve(ctx, m.Model, req)
		if err != nil {
			yield(model.Event{}, err)
			return
		}
		var whole model.Collector
		for ev, err := range model.Stream(ctx, m.Model, req) {
			if err != nil {
				settle(nil)
				yield(model.Event{}, err)
				return
			}
			whole.Add(ev)
			if !yield(ev, nil) {
				return
			}
		}
		resp, err := whole.Response()
		settle(resp)
		if err == nil {
			tellAnswered(ctx, resp)
		}
	}
}

// tellAnswered tells of an answer in the state whose work runs under ctx.
func tellAnswered(ctx context.Context, resp *model.Response) {
	drive.Look(ctx, func(f *machine.Frame) {
		if f.Exec.Observed {
			f.Tell(&answered{resp})
		}
	})
}

// counts tells that calls of a model are counted by itself.
func counts(m Model) bool {
	_, ok := model.Find[*metered](m)
	return ok
}

// speaker is who a state speaks for where a model is asked: of an agent's model
// and tools, the agent.
func speaker(st *machine.State) string {
	if st.Work != nil && st.Work.ResourceType == goResource {
		return st.Work.Resource
	}
	return st.Name
}
