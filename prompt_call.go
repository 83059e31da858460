package flow

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v4"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/drive"
	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/internal/schema"
	"github.com/flowstone-go/flow/internal/template"
	"github.com/flowstone-go/flow/model"
)

// promptCall is a Prompt as a callee.
type promptCall[Out any] struct{ *prompting }

// Call asks, and puts the answer into a cell.
func (p *promptCall[Out]) Call(ctx context.Context, f *machine.Frame, spare any) (any, error) {
	a := &asked{}
	if err := p.ask(f, a); err != nil {
		return nil, err
	}
	resp, err := p.generate(ctx, f, &a.request)
	if err != nil {
		return nil, err
	}
	cell := cellOf[Out](spare)
	if p.answer == nil {
		reflect.ValueOf(cell).Elem().SetString(resp.Text())
		return cell, nil
	}
	v, err := p.answer.read(resp)
	if err == nil {
		*cell, err = convert[Out](v)
	}
	if wrong, ok := errors.AsType[*model.Error](err); ok {
		if wrong.Name == model.ErrOutput.Name {
			return nil, permanently(wrong) // asking again would not make it shorter
		}
		return nil, wrong
	}
	if err != nil {
		return nil, p.again(a, resp, err)
	}
	return cell, nil
}

// permanently marks an error as one that no retry cures.
func permanently(err error) error { return backoff.Permanent(err) }

// asked is a request with the memory for the usual one: a text and perhaps
// instructions.
type asked struct {
	request  model.Request
	messages [1]model.Message
	blocks   [2]model.Content
	texts    [2]model.Text
	reasked  []model.Message // what answers that did not fit have added
}

// ask makes the request of a call.
func (p *prompting) ask(f *machine.Frame, a *asked) error {
	a.request = p.request
	system, question, err := p.templates()
	if err != nil {
		return err
	}
	var vars template.Vars
	if len(p.with) > 0 {
		vars = p.vars(f)
	}
	if p.source != nil {
		p.apply(&a.request)
		err := p.fill(&a.request, func(text string) (string, error) { return template.Compile(text).Render(f.Args, vars) })
		if err != nil {
			return unrendered(err)
		}
	}
	if system != nil {
		text, err := system.Render(f.Args, vars)
		if err != nil {
			return unrendered(err)
		}
		a.texts[0].Text, a.blocks[0] = text, &a.texts[0]
		a.request.System = append(a.request.System[:len(a.request.System):len(a.request.System)], a.blocks[:1]...)
	}
	said, messages := p.question(slices.Clip(a.request.Messages))
	if p.history != nil {
		v, err := p.history.get(f, f.Doc)
		if err != nil {
			return err
		}
		before, err := borrowing[[]model.Message](v)
		if err != nil {
			return unrendered(fmt.Errorf("History(%s): %w", p.history, err))
		}
		messages = append(messages, before...)
	}
	content := append(model.Contents(a.blocks[1:1]), said...)
	if question != nil {
		text, err := question.Render(f.Args, vars)
		if err != nil {
			return unrendered(err)
		}
		a.texts[1].Text = text
		content = append(content, &a.texts[1])
	}
	if content, err = p.attachments(f, content); err != nil {
		return err
	}
	if len(content) > 0 {
		a.messages[0] = model.Message{Role: model.User, Content: content}
		if len(messages) == 0 {
			messages = a.messages[:]
		} else {
			messages = append(messages, a.messages[0])
		}
	}
	if f.Res != nil && p.answer != nil { // an answer before this one did not fit
		if a.reasked, err = borrowing[[]model.Message](f.Res); err != nil {
			return err
		}
		messages = append(messages[:len(messages):len(messages)], a.reasked...)
	}
	a.request.Messages = messages
	return nil
}

func (p *prompting) attachments(f *machine.Frame, content model.Contents) (model.Contents, error) {
	for _, ref := range p.attach {
		v, err := ref.get(f, f.Doc)
		if err != nil {
			return nil, err
		}
		var block model.Content
		if ref.typ == reflect.TypeFor[model.Image]() {
			var b model.Image
			b, err = borrowing[model.Image](v)
			block = &b
		} else {
			var b model.Document
			b, err = borrowing[model.Document](v)
			block = &b
		}
		if err != nil {
			return nil, unrendered(fmt.Errorf("%s: %w", ref, err))
		}
		content = append(content, block)
	}
	return content, nil
}

// vars gives the variables that With has bound.
func (p *prompting) vars(f *machine.Frame) template.Vars {
	return func(name string) (any, bool, error) {
		for _, b := range p.with {
			if b.name == name {
				v, err := b.ref.get(f, f.Doc)
				return v, true, err
			}
		}
		return nil, false, nil
	}
}

func unrendered(err error) error {
	return &machine.Failure{Name: machine.Runtime, Fatal: true, Err: err, Cause: err.Error()}
}

// generate asks the models in turn.
func (p *prompting) generate(ctx context.Context, f *machine.Frame, req *model.Request) (*model.Response, error) {
	for i, m := range p.models {
		r := req
		if p.answer != nil {
			r = p.answer.demand(m, req)
		}
		resp, err := p.call(ctx, f, m, r)
		if err == nil {
			if f.Exec.Observed && !counts(m) {
				f.Tell(&answered{resp})
			}
			return resp, nil
		}
		if i == len(p.models)-1 || ctx.Err() != nil || uncatchable(err) {
			return nil, err
		}
		if f.Exec.Observed {
			f.Tell(&fellBack{explain(f, err)})
		}
	}
	return nil, errors.New("a Prompt without a model") // Build refuses it
}

func uncatchable(err error) bool {
	hard, ok := errors.AsType[interface {
		error
		Uncatchable() bool
	}](err)
	return ok && hard.Uncatchable()
}

// call asks one model: piece by piece where somebody listens or waits for
// pieces.
func (p *prompting) call(ctx context.Context, f *machine.Frame, m Model, req *model.Request) (*model.Response, error) {
	settle, err := reserve(ctx, m, req)
	if err != nil {
		return nil, err
	}
	resp, err := p.answerOf(ctx, f, m, req)
	settle(resp)
	return resp, err
}

func (p *prompting) answerOf(ctx context.Context, f *machine.Frame, m Model, req *model.Request) (*model.Response, error) {
	_, streams := m.(model.Streamer)
	if p.idle == 0 && (!streams || p.whole || !f.Exec.Observed) {
		resp, err := m.Generate(ctx, req)
		if err == nil && resp == nil {
			err = errors.New("the model gave neither a response nor an error")
		}
		return resp, err
	}
	var idle *time.Timer
	if p.idle > 0 {
		own, cancel := context.WithCancelCause(ctx)
		defer cancel(nil)
		late := model.NewError(model.ErrTimeout.Name, fmt.Sprintf("no part of the answer for %v", p.idle), nil)
		idle = time.AfterFunc(p.idle, func() { cancel(late) })
		defer idle.Stop()
		ctx = own
	}
	var c model.Collector
	for ev, err := range model.Stream(ctx, m, req) {
		if err != nil {
			if late, ok := errors.AsType[*model.Error](context.Cause(ctx)); ok {
				return nil, late
			}
			return nil, err
		}
		c.Add(ev)
		if idle != nil {
			idle.Reset(p.idle)
		}
		if f.Exec.Observed && ev.Type == model.EventText && ctx.Err() == nil {
			f.TellPiece(&chunk{ev.Text})
		}
	}
	return c.Response()
}

// answerForm is what an answer of another type than string has to be.
type answerForm struct {
	schema *schema.Schema
	output model.Output
	closed *model.Output // for models that take strict schemas only; nil if there is none
	tool   model.Tool
}

// expect sets the form of the answer.
func (p *prompting) expect(t reflect.Type, s *schema.Schema) {
	name := t.Name()
	for u := t; u.Kind() == reflect.Pointer || u.Kind() == reflect.Slice; {
		u = u.Elem()
		name = u.Name()
	}
	name = strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, name)
	if name == "" {
		name = "answer"
	}
	text, strict := s.Strict()
	if !strict {
		text = s.JSON()
	}
	p.answer = &answerForm{
		schema: s,
		output: model.Output{Name: name, Schema: text, Strict: strict},
		tool:   model.Tool{Name: "answer_" + name, Description: "Gives the answer. Call it exactly once.", Schema: s.JSON()},
	}
	if text, ok := s.Closed(); ok {
		p.answer.closed = &model.Output{Name: name, Schema: text, Strict: true}
	}
}

// demand adds to a request the form of the answer: as structured output, or
// for a model that says it has none as a tool that it must call.
func (a *answerForm) demand(m Model, req *model.Request) *model.Request {
	r := *req
	var about model.Description
	d, told := model.Find[model.Describer](m)
	if told {
		about = d.Describe()
	}
	switch {
	case told && a.byTool(about):
		r.ToolChoice = model.ToolChoice{Mode: model.ToolNamed, Name: a.tool.Name}
		if len(r.Tools) > 0 {
			r.ToolChoice = model.ToolChoice{Mode: model.ToolAny}
		}
		r.Tools = append(r.Tools[:len(r.Tools):len(r.Tools)], a.tool)
	case about.StrictOnly:
		r.Output = a.closed
	default:
		r.Output = &a.output
	}
	return &r
}

// byTool tells that a model takes the form of the answer as a tool only.
func (a *answerForm) byTool(d model.Description) bool {
	return !d.StructuredOutput || d.StrictOnly && a.closed == nil
}

// read gives the value of an answer. An error that is a *model.Error is final,
// any other may be cured by asking again.
func (a *answerForm) read(resp *model.Response) (any, error) {
	text := resp.Text()
	for _, u := range resp.ToolUses() {
		if u.Name == a.tool.Name {
			text = string(u.Input) + u.Malformed
			break
		}
	}
	switch resp.Stop {
	case model.StopGuardrail, model.StopFiltered:
		return nil, model.NewError(model.ErrGuardrail.Name, "the answer was blocked: "+abridged([]byte(text)), nil)
	case model.StopRefusal:
		return nil, model.NewError(model.ErrRefused.Name, "the model declined to answer: "+abridged([]byte(refusal(resp)+text)), nil)
	case model.StopMaxTokens, model.StopContextWindow:
		return nil, model.NewError(model.ErrOutput.Name, fmt.Sprintf("the answer was cut off (%s) after %d tokens; MaxTokens is too small for it", resp.Stop, resp.Usage.Output), nil)
	}
	v, err := document.Decode([]byte(unfenced(text)))
	if err != nil {
		return nil, fmt.Errorf("it is not JSON: %w", err)
	}
	if err := a.schema.Check(v); err != nil {
		return nil, err
	}
	return a.schema.Unwrap(v), nil
}

func refusal(resp *model.Response) string {
	for _, b := range resp.Content {
		if r, ok := b.(*model.Refusal); ok {
			return r.Text
		}
	}
	return ""
}

// unfenced takes the JSON out of a Markdown code block, in which some models
// wrap it.
func unfenced(text string) string {
	text = strings.TrimSpace(text)
	if inner, ok := strings.CutPrefix(text, "```"); ok {
		if _, body, ok := strings.Cut(inner, "\n"); ok {
			return strings.TrimSuffix(strings.TrimSpace(body), "```")
		}
	}
	return text
}

// again makes the error of an answer that does not fit: one that has the state
// visited once more, until the model has been asked often enough.
func (p *prompting) again(asked *asked, resp *model.Response, why error) error {
	e := model.NewError(model.ErrOutput.Name, why.Error(), why)
	switch n := len(asked.reasked) / 2; { // each has added an answer and what is wrong with it
	case p.reasks == 0:
		return e
	case n >= p.reasks:
		return permanently(e)
	}
	answer := resp.Message()
	if len(answer.Content) == 0 {
		answer.Content = model.Texts("(no answer)")
	}
	return &misfit{e, append(asked.reasked[:len(asked.reasked):len(asked.reasked)], answer, complaint(resp, why))}
}

// complaint is what a model is told whose answer does not fit.
func complaint(resp *model.Response, why error) model.Message {
	text := "Your answer does not have the form that was asked for: " + why.Error() + ". Answer again, with the whole answer corrected and nothing else."
	reply := model.Message{Role: model.User}
	for _, u := range resp.ToolUses() {
		reply.Content = append(reply.Content, &model.ToolResult{ID: u.ID, Name: u.Name, Content: model.Texts(text), Error: true})
	}
	if reply.Content == nil {
		reply.Content = model.Texts(text)
	}
	return reply
}

// misfit is an answer that does not fit and that the model is to give again, with
// the conversation that tells it so.
type misfit struct {
	err      *model.Error
	messages []model.Message
}

// Error says what does not fit.
func (m *misfit) Error() string { return m.err.Error() }

// Unwrap gives the model's error.
func (m *misfit) Unwrap() error { return m.err }

// Failure has the state visited once more.
func (m *misfit) Failure() *machine.Failure {
	return &machine.Failure{Name: m.err.Name, Cause: m.err.Message, Err: m.err, Again: true}
}

// Left is what that visit is to know.
func (m *misfit) Left() any { return &m.messages }

// callerOf answers what package model asks a context: from where it is called.
func callerOf(f *machine.Frame, key any) any {
	if key != (model.CallerKey{}) {
		return nil
	}
	return model.Caller{Flow: f.Exec.Machine.Name, Execution: drive.IdentityOf(f), State: speaker(f.Current()), Attempt: int(f.Attempt) + 1}
}
