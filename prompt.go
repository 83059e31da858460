package flow

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync/atomic"
	"time"

	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/internal/schema"
	"github.com/flowstone-go/flow/internal/template"
	"github.com/flowstone-go/flow/model"
)

// Model answers requests; see package model.
type Model = model.Model

// DefaultReasks is how often a [Prompt] asks again for an answer in the form
// of its type; see [PromptNode.Reasks].
const DefaultReasks = 2

// PromptNode asks a model. See [Prompt].
type PromptNode[Out any] struct {
	spec
	prompt *prompting
}

// Prompt asks a model. With Out string its result is the text of the answer;
// with any other type the answer is JSON by a schema made of the type (its
// fields in order, with descriptions and enums from the tags description, enum
// and jsonschema; a type with a method JSONSchema() json.RawMessage says itself
// what it may be), checked by that schema, and asked for again with what is wrong
// where it does not fit.
//
// [PromptNode.Text] is what is asked, with variables in the syntax of Amazon
// Bedrock: {{name}} and {{order.items[0].name}} are read from the document, or
// with From from the value there; Build checks them as it does references. A
// variable without a value fails the node with [ErrRuntime].
//
// Where the execution is watched (Start, Observe) and the model can stream, the
// text comes as [ModelText] events while the model writes it; see
// [PromptNode.Whole]. A failed call has
// the name that the provider's error has, "Model.Throttled" for one: see
// [model.ErrorNames]. Its time to wait is kept by a [Retry].
func Prompt[Out any](name string, m Model) *PromptNode[Out] {
	out := reflect.TypeFor[Out]()
	n := &PromptNode[Out]{
		spec:   spec{name: name, at: here(), kind: machine.Task, out: out},
		prompt: &prompting{models: []Model{m}, reasks: DefaultReasks},
	}
	n.checkName()
	n.checkModel("a Prompt of a model", m)
	if !isText(out) {
		s, err := schema.For(out)
		if err != nil {
			n.wrong("", "no JSON schema for what the model is to answer: %v", err)
		} else {
			n.prompt.expect(out, s)
		}
	}
	n.callee = &promptCall[Out]{n.prompt}
	n.asks = n.prompt
	n.lower = func() *lowering { return n.prompt.lowering(&n.spec, "a Prompt") }
	return n
}

// isText tells that an answer of the type is the model's text as it is: strings,
// but for types that say themselves what they may be.
func isText(t reflect.Type) bool { return t.Kind() == reflect.String && !schema.Own(t) }

// prompting is what a Prompt asks and how.
type prompting struct {
	models  []Model
	text    *template.Template
	system  *template.Template
	source  PromptSource
	sourced atomic.Pointer[sourced]
	with    []binding
	history *reference
	attach  []*reference
	request model.Request // the settings; messages and system are added for each call
	answer  *answerForm   // nil for text
	reasks  int
	idle    time.Duration
	whole   bool // never streamed but for idle
}

// sourced is what a PromptSource gave last.
type sourced struct {
	systemText, text string
	system, asks     *template.Template
}

// templates gives the templates of a call; nil for none.
func (p *prompting) templates() (system, text *template.Template, err error) {
	system, text = p.system, p.text
	if p.source == nil {
		return system, text, nil
	}
	s, t, err := p.source.Templates()
	if err != nil {
		return nil, nil, fmt.Errorf("the prompt can't be read: %w", err)
	}
	now := p.sourced.Load()
	if now == nil || now.systemText != s || now.text != t {
		now = &sourced{systemText: s, text: t}
		if s != "" {
			now.system = template.Compile(s)
		}
		if t != "" {
			now.asks = template.Compile(t)
		}
		p.sourced.Store(now)
	}
	return cmp.Or(system, now.system), cmp.Or(text, now.asks), nil
}

// binding is a variable of the templates that is not read from the document.
type binding struct {
	name string
	ref  *reference
}

// Text sets what is asked, as a template.
func (n *PromptNode[Out]) Text(text string) *PromptNode[Out] {
	n.prompt.text = template.Compile(text)
	return n
}

// Of takes text, instructions and settings from a prompt that is kept outside of
// the code, such as a *prompt.Prompt. What is set by other methods counts before
// it, but for settings, which the prompt sets over them.
func (n *PromptNode[Out]) Of(p PromptSource) *PromptNode[Out] {
	if p == nil {
		n.wrong("", "Of a prompt that is nil")
		return n
	}
	n.prompt.source = p
	return n
}

// PromptSource is a prompt that is kept outside of the code: see package
// prompt. It is asked for each call, and may change between two.
type PromptSource interface {
	// Templates are the templates of the instructions and of what is asked;
	// empty for none.
	Templates() (system, text string, err error)
	// Apply sets the prompt's model and settings in a request. Instructions and
	// messages that it adds, at the end of the lists, come before those of
	// Templates; their texts are templates too. If the last one is the user's,
	// what else is asked stands in it.
	Apply(r *model.Request)
}

// System sets the instructions, as a template.
func (n *PromptNode[Out]) System(text string) *PromptNode[Out] {
	n.prompt.system = template.Compile(text)
	return n
}

// With binds a name in the templates to a reference: a variable of the flow,
// or a place in the document, whatever From says.
func (n *PromptNode[Out]) With(name string, ref AnyRef) *PromptNode[Out] {
	if r := n.setAny("With", ref); r != nil {
		n.prompt.with = append(n.prompt.with, binding{name, r})
	}
	return n
}

// History puts the messages at ref before what is asked.
func (n *PromptNode[Out]) History(ref Ref[[]model.Message]) *PromptNode[Out] {
	n.prompt.history = n.setAny("History", ref)
	return n
}

// Image shows the model the picture at ref, behind the text.
func (n *PromptNode[Out]) Image(ref Ref[model.Image]) *PromptNode[Out] {
	return n.attached("Image", ref)
}

// Document has the model read the document at ref, behind the text.
func (n *PromptNode[Out]) Document(ref Ref[model.Document]) *PromptNode[Out] {
	return n.attached("Document", ref)
}

func (n *PromptNode[Out]) attached(method string, ref AnyRef) *PromptNode[Out] {
	if r := n.setAny(method, ref); r != nil {
		n.prompt.attach = append(n.prompt.attach, r)
	}
	return n
}

// MaxTokens bounds the answer. It should always be set: where it is not, the
// provider's maximum is reserved from the quota.
func (n *PromptNode[Out]) MaxTokens(tokens int) *PromptNode[Out] {
	if tokens <= 0 {
		n.wrong("leave it out for the model's maximum", "MaxTokens(%d)", tokens)
	}
	n.prompt.request.MaxTokens = tokens
	return n
}

// Temperature sets how freely the model chooses, 0 for the likeliest words.
func (n *PromptNode[Out]) Temperature(t float64) *PromptNode[Out] {
	n.prompt.request.Temperature = &t
	return n
}

// Stop sets texts at which the answer ends.
func (n *PromptNode[Out]) Stop(sequences ...string) *PromptNode[Out] {
	n.prompt.request.Stop = slices.Clone(sequences)
	return n
}

// Guardrail has a guardrail of the provider look at request and answer. Where
// it intervenes, its text is the answer of a Prompt[string], and one of another
// type fails with the name Model.Guardrail.
func (n *PromptNode[Out]) Guardrail(g model.Guardrail) *PromptNode[Out] {
	n.prompt.request.Guardrail = &g
	return n
}

// Settings sets everything else that a request has: it is called once, with
// the request as it is set up to here. What it puts into Messages and System
// stands before what the node asks.
func (n *PromptNode[Out]) Settings(set func(r *model.Request)) *PromptNode[Out] {
	n.setRequest(&n.prompt.request, set)
	return n
}

// Reasks bounds how often the model is asked again where its answer is not of
// the form of Out; the default is [DefaultReasks], 0 is never. Each time is a
// visit of the state of its own, told by a [ModelReasked]: an answer is never paid
// twice, and failed calls have all their retries again. The last answer that does
// not fit fails the node with the name Model.Output, which a Catch may match.
func (n *PromptNode[Out]) Reasks(times int) *PromptNode[Out] {
	if times < 0 {
		n.wrong("0 is never", "Reasks(%d)", times)
	}
	n.prompt.reasks = times
	return n
}

// Fallback names models that are asked in turn where the one before has
// failed, within the same attempt. A call that was cancelled or that a mock does
// not expect is not tried elsewhere.
func (n *PromptNode[Out]) Fallback(models ...Model) *PromptNode[Out] {
	for _, m := range models {
		n.checkModel("Fallback to a model", m)
	}
	n.prompt.models = append(n.prompt.models, models...)
	return n
}

// IdleTimeout bounds the time between two pieces of the answer, and before the
// first one: when it runs out the call fails with the name Model.Timeout. The
// answer is then streamed, whether anybody watches or not; of a model that can't
// stream the bound is one for the whole call.
func (n *PromptNode[Out]) IdleTimeout(d time.Duration) *PromptNode[Out] {
	n.setBound(&n.prompt.idle, d, "IdleTimeout")
	return n
}

// Whole has the answer come in one piece, by the model's Generate, even where the
// execution is watched. (Bedrock, for one, wants another permission for streams.)
func (n *PromptNode[Out]) Whole() *PromptNode[Out] {
	n.prompt.whole = true
	return n
}

// From has the templates read from the value at ref instead of the whole
// document.
func (n *PromptNode[Out]) From(ref AnyRef) *PromptNode[Out] {
	n.from = n.setAny("From", ref)
	return n
}

// Into puts the result at ref in the document instead of in its place.
func (n *PromptNode[Out]) Into(ref Ref[Out]) *PromptNode[Out] {
	n.setRef(&n.into, ref.r, "Into")
	return n
}

// Retry has failed calls tried again; see [Retry]. Asking again for an answer
// that does not fit is no retry; see [PromptNode.Reasks].
func (n *PromptNode[Out]) Retry(r ...Retry) *PromptNode[Out] {
	n.retry(r)
	return n
}

// Catch has failures that match go on at the handler; see [TaskNode.Catch].
func (n *PromptNode[Out]) Catch(on Matcher, handler ...Node) *PromptNode[Out] {
	n.catch(here(), on, handler)
	return n
}

// Recover has failures that match give the result of fn instead.
func (n *PromptNode[Out]) Recover(on Matcher, fn func(context.Context, *Error) (Out, error)) *PromptNode[Out] {
	recovering(&n.spec, here(), on, fn)
	return n
}

// Timeout bounds an attempt; see [TaskNode.Timeout].
func (n *PromptNode[Out]) Timeout(d time.Duration) *PromptNode[Out] {
	n.setBound(&n.timeout, d, "Timeout")
	return n
}

// Assign gives variables their values when the node has succeeded; see [Set].
func (n *PromptNode[Out]) Assign(a ...Assignment) *PromptNode[Out] {
	n.assign = append(n.assign, a...)
	return n
}

// setAny gives the reference of a method of the node, reporting one that
// refers to nothing.
func (s *spec) setAny(method string, ref AnyRef) *reference {
	var r *reference
	s.setRef(&r, refOf(ref), method)
	return r
}
