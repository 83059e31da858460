package flow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sort"
	"strings"
	"time"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/model"
)

// agent is what an Agent asks, and how far it goes.
type agent struct {
	*prompting
	name   string
	tools  map[string]*AgentTool
	defs   []model.Tool
	turns  int
	tokens int           // 0: no bound
	time   time.Duration // 0: no bound
}

// conversation is the document of an agent's scope: all that is needed to go
// on.
type conversation struct {
	System   model.Contents     `json:"system,omitempty"`
	Messages []model.Message    `json:"messages"`
	Turns    int                `json:"turns"`
	Usage    model.Usage        `json:"usage"`
	Started  time.Time          `json:"started"`
	Calls    []model.ToolUse    `json:"calls"`   // that the model asked for and that were not made
	Results  []model.ToolResult `json:"results"` // that the model has not been told
	Again    bool               `json:"again"`   // the answer did not fit
	Reasks   int                `json:"reasks"`
	Answer   json.RawMessage    `json:"answer,omitempty"`
	Text     string             `json:"text,omitempty"`
}

var (
	conversationType = reflect.TypeFor[conversation]()
	agentWhole       = At[conversation]("$")
	agentCalls       = At[[]model.ToolUse]("$.calls")
	agentResults     = At[[]model.ToolResult]("$.results")
)

// open makes the conversation of what a fork of the agent's was given.
func (a *agent) open(f *machine.Frame, _ any, _ *machine.Item) (any, error) {
	var q asked
	if err := a.prompting.ask(f, &q); err != nil {
		return nil, err
	}
	return &conversation{System: q.request.System, Messages: q.request.Messages, Started: f.Exec.Host.Now()}, nil
}

// agentAsk is a call of the model.
type agentAsk agent

// Call asks the model and gives the conversation with its answer.
func (a *agentAsk) Call(ctx context.Context, f *machine.Frame, _ any) (any, error) {
	c, err := borrowing[conversation](f.Args)
	if err != nil {
		return nil, err
	}
	if err := a.bounds(f, &c); err != nil {
		return nil, err
	}
	// What is shared with the conversation before is never written to.
	c.Messages = c.Messages[:len(c.Messages):len(c.Messages)]
	if len(c.Results) > 0 {
		told := model.Message{Role: model.User}
		for i := range c.Results {
			told.Content = append(told.Content, &c.Results[i])
		}
		c.Messages = append(c.Messages, told)
	}
	req := a.request
	if a.source != nil {
		a.source.Apply(&req)
	}
	req.System, req.Messages = c.System, c.Messages
	req.Tools = append(req.Tools[:len(req.Tools):len(req.Tools)], a.defs...)
	resp, err := a.generate(ctx, f, &req)
	if err != nil {
		return nil, err
	}
	said := resp.Message()
	if len(said.Content) == 0 {
		said.Content = model.Texts("(no answer)")
	}
	c.Messages = append(c.Messages, said)
	c.Usage = c.Usage.Add(resp.Usage)
	c.Turns++
	c.Calls, c.Results, c.Again = nil, nil, false
	misfit, err := (*agent)(a).take(&c, resp)
	if err != nil {
		return nil, err
	}
	if misfit != nil && f.Exec.Observed {
		f.Tell(&reasked{explain(f, misfit)})
	}
	return &c, nil
}

// take finds in an answer what is to be done next. misfit is why the answer is
// asked for again.
func (a *agent) take(c *conversation, resp *model.Response) (misfit, err error) {
	answered := false
	for _, u := range resp.ToolUses() {
		if a.answer != nil && u.Name == a.answer.tool.Name {
			answered = true
			continue
		}
		c.Calls = append(c.Calls, *u)
	}
	switch {
	case len(c.Calls) > 0 && !answered:
		return nil, nil
	case resp.Stop == model.StopPause:
		c.Again = true
		return nil, nil
	case a.answer == nil:
		c.Text = resp.Text()
		return nil, nil
	}
	c.Calls = nil
	v, err := a.answer.read(resp)
	if _, final := errors.AsType[*model.Error](err); final {
		return nil, err
	}
	if err == nil {
		c.Answer, err = document.Encode(v)
		return nil, err
	}
	misfit = model.NewError(model.ErrOutput.Name, err.Error(), err)
	if c.Reasks++; c.Reasks > a.reasks {
		return nil, misfit
	}
	c.Again = true
	c.Messages = append(c.Messages, complaint(resp, err))
	return misfit, nil
}

func (a *agentAsk) bounds(f *machine.Frame, c *conversation) error {
	switch {
	case c.Turns >= a.turns:
		return limit("no answer after %d turns (MaxTurns)", c.Turns)
	case a.tokens > 0 && c.Usage.Total() >= a.tokens:
		return limit("no answer after %d tokens (MaxTokensInAll %d)", c.Usage.Total(), a.tokens)
	case a.time > 0 && f.Exec.Host.Now().Sub(c.Started) >= a.time:
		return limit("no answer after %v (MaxTime %v)", f.Exec.Host.Now().Sub(c.Started), a.time)
	}
	return nil
}

// agentUse is a call of a tool.
type agentUse agent

// Call calls the tool that the model has asked for.
func (a *agentUse) Call(ctx context.Context, f *machine.Frame, _ any) (any, error) {
	u, err := borrowing[model.ToolUse](f.Args)
	if err != nil {
		return nil, err
	}
	t, ok := a.tools[u.Name]
	if !ok {
		names := make([]string, 0, len(a.tools))
		for name := range a.tools {
			names = append(names, name)
		}
		sort.Strings(names)
		text := fmt.Sprintf("there is no tool %q; the tools are: %s", u.Name, strings.Join(names, ", "))
		return &model.ToolResult{ID: u.ID, Name: u.Name, Content: model.Texts(text), Error: true}, nil
	}
	return t.answer(ctx, &u)
}

// agentLate stands in for a tool whose time ran out.
type agentLate agent

// Call tells the model.
func (*agentLate) Call(_ context.Context, f *machine.Frame, _ any) (any, error) {
	u, err := borrowing[model.ToolUse](f.Args)
	if err != nil {
		return nil, err
	}
	return &model.ToolResult{ID: u.ID, Name: u.Name, Content: model.Texts("the tool took too long and was stopped"), Error: true}, nil
}

// toolItems gives the tool calls of a conversation as the items of a Map.
func toolItems(v any) (machine.Items, error) {
	list, err := borrowing[[]model.ToolUse](v)
	return itemList[model.ToolUse](list), err
}

// conclude makes the agent's result of its last document.
func conclude[Out any](a *agent, last any) (any, error) {
	c, err := borrowing[conversation](last)
	if err != nil {
		return nil, wrongOutput(a.name, reflect.TypeFor[Out](), err)
	}
	out := new(Out)
	if a.answer == nil {
		reflect.ValueOf(out).Elem().SetString(c.Text)
		return out, nil
	}
	v, err := document.Decode(c.Answer)
	if err == nil {
		*out, err = convert[Out](v)
	}
	if err != nil {
		return nil, &machine.Failure{Name: model.ErrOutput.Name, Cause: err.Error(), Err: err}
	}
	return out, nil
}

// withTranscript puts the conversation of an agent into its output.
func withTranscript(output machine.Eval, ref *reference) machine.Eval {
	return func(f *machine.Frame, result any) (any, error) {
		out := result
		var err error
		if output != nil {
			if out, err = output(f, result); err != nil {
				return nil, err
			}
		}
		c, err := borrowing[conversation](f.Join.Results[0])
		if err != nil {
			return nil, err
		}
		return ref.set(out, &c.Messages)
	}
}
