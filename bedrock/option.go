package bedrock

import "github.com/flowstone-go/flow/model"

// Option sets something about a [Model] or an [InvokeModel].
type Option interface{ apply(*settings) }

type settings struct {
	family          Family
	maxOutput       int
	contextWindow   int
	structured      *bool
	failOnGuardrail bool
}

type option func(*settings)

func (o option) apply(s *settings) { o(s) }

// settingsOf applies options; one that is nil sets nothing.
func settingsOf(opts []Option) (s settings) {
	for _, opt := range opts {
		if opt != nil {
			opt.apply(&s)
		}
	}
	return s
}

// WithFamily says of which maker's kind a model is, for ids that do not tell it: ARNs of provisioned, imported and application
// inference profile models.
func WithFamily(f Family) Option { return option(func(s *settings) { s.family = f }) }

// WithLimits says how many tokens an answer can have at most, and request and answer together; 0 means not known. Both only describe
// the model, for budgets and the like.
func WithLimits(maxOutput, contextWindow int) Option {
	return option(func(s *settings) { s.maxOutput, s.contextWindow = maxOutput, contextWindow })
}

// WithStructuredOutput says whether the model has Converse's structured output. Without the option it is taken to be so for the
// models of Anthropic from 4.5 on, and not for others.
func WithStructuredOutput(has bool) Option { return option(func(s *settings) { s.structured = &has }) }

// FailOnGuardrail makes an answer that a guardrail replaced the error Model.Guardrail, rather than an answer with
// [model.StopGuardrail]. A stream has then already shown the guardrail's message.
func FailOnGuardrail() Option { return option(func(s *settings) { s.failOnGuardrail = true }) }

func describe(id string, s settings) model.Description {
	d := model.Description{Provider: "aws.bedrock", Model: id, MaxOutput: s.maxOutput, ContextWindow: s.contextWindow}
	if s.structured != nil {
		d.StructuredOutput = *s.structured
	} else {
		d.StructuredOutput = structuredByName(id)
	}
	d.StrictOnly = d.StructuredOutput // a schema with an object that is not closed is a ValidationException
	return d
}
