package flow

import (
	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/model"
)

// Types of events that tell of a model at work. They have no twin in Step
// Functions.
const (
	// ModelText is a piece of the text that a model is writing, in Text. A
	// RetryScheduled, a ModelFellBack or a ModelReasked of the same state says that
	// what came before it is void.
	ModelText = "ModelText"
	// ModelTextDropped stands where Length pieces of text were that are kept no
	// more: see [KeepText].
	ModelTextDropped = "ModelTextDropped"
	// ModelAnswered tells that a model has answered: Model, Usage and Stop say
	// which, at what cost, and why it ended.
	ModelAnswered = "ModelAnswered"
	// ModelReasked tells that an answer is not of the form that was asked for,
	// with Error, and that the state is visited again to have the model correct it;
	// see [PromptNode.Reasks].
	ModelReasked = "ModelReasked"
	// ModelFellBack tells that a model has failed, with Error, and the next one
	// is asked; see [PromptNode.Fallback].
	ModelFellBack = "ModelFellBack"
)

// What a prompt tells while it runs.
type (
	chunk    struct{ text string }
	answered struct{ resp *model.Response }
	fellBack struct{ fail *machine.Failure }
	reasked  struct{ fail *machine.Failure } // by an agent; a prompt is visited again
)

// tellOf fills an event with what the work of a state has told.
func tellOf(e *Event, v any) {
	switch v := v.(type) {
	case *chunk:
		e.Type, e.Text = ModelText, v.text
	case *answered:
		e.Type, e.Model, e.Usage, e.Stop = ModelAnswered, v.resp.Model, v.resp.Usage, v.resp.Stop
	case *fellBack:
		e.Type, e.Error = ModelFellBack, errorOf(v.fail)
	case *reasked:
		e.Type, e.Error = ModelReasked, errorOf(v.fail)
	case *progress:
		e.Type, e.Index, e.Failed, e.Length = StreamProgress, v.through, v.failed, v.read
	}
}

// toldDetails puts what the event tells of a model.
func (e Event) toldDetails(o *document.Object) {
	switch e.Type {
	case ModelText:
		o.Set("text", e.Text)
	case ModelAnswered:
		o.Set("model", e.Model)
		o.Set("usage", e.Usage)
		o.Set("stop", string(e.Stop))
	case ModelFellBack, ModelReasked:
		o.Set("error", e.Error.Name)
		o.Set("cause", e.Error.Cause)
	case StreamProgress:
		o.Set("through", e.Index)
		o.Set("failed", e.Failed)
		o.Set("read", e.Length)
	}
}
