package flow

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/internal/schema"
	"github.com/flowstone-go/flow/internal/template"
	"github.com/flowstone-go/flow/model"
)

// DefaultTurns is how often an [Agent] asks its model at most.
const DefaultTurns = 10

// ErrAgentLimit is an [Agent] that has come to one of its bounds, named in the
// cause, without an answer.
var ErrAgentLimit = &Error{Name: "Agent.LimitExceeded"}

// AgentNode is a model that may use tools. See [Agent].
type AgentNode[Out any] struct {
	spec
	agent *agent
	ask   *spec // the call of the model
	use   *spec // the call of a tool
	uses  *spec // the Map of those
}

// Agent is a model that may use tools until it has an answer: it is asked, the
// tools that it asks for are called, side by side, it is told what they gave, and
// so on. What is asked, and the form of the answer, are as for [Prompt].
//
// Each call of the model and of a tool is a state visit of its own in the scope
// of the node ("Support/Model", "Support/Tools[0]/Tool"), with its own events,
// retries and place in a durable execution, so that nothing is done twice. Its
// bounds are [AgentNode.MaxTurns], MaxTokensInAll and MaxTime: one that is
// reached fails the node with [ErrAgentLimit].
func Agent[Out any](name string, m Model, tools ...*AgentTool) *AgentNode[Out] {
	at, out := here(), reflect.TypeFor[Out]()
	a := &agent{prompting: &prompting{models: []Model{m}, reasks: DefaultReasks}, name: name, turns: DefaultTurns, tools: map[string]*AgentTool{}}
	n := &AgentNode[Out]{spec: spec{name: name, at: at, kind: machine.Parallel, out: out}, agent: a}
	n.checkName()
	n.checkModel("an Agent of a model", m)
	for _, t := range tools {
		n.addTool(t)
	}
	if !isText(out) {
		s, err := schema.For(out)
		if err != nil {
			n.wrong("", "no JSON schema for what the model is to answer: %v", err)
		} else {
			a.expect(out, s)
		}
	}
	n.ask = &spec{name: "Model", at: at, kind: machine.Task, in: conversationType, out: conversationType, callee: (*agentAsk)(a), speaks: name}
	n.use = &spec{name: "Tool", at: at, kind: machine.Task, in: toolUseType, out: toolResultType, callee: (*agentUse)(a), speaks: name}
	mapping := newMap[model.ToolUse, model.ToolResult](at, "Tools", agentCalls.r, a.nodesOfTools(n.use))
	mapping.iterator.list = toolItems
	mapping.into = agentResults.r
	n.uses = &mapping.spec
	n.call = &definition{name: name, at: at, in: conversationType, out: out, nodes: []Node{
		n.ask,
		&spec{name: "Next", at: at, kind: machine.Choice, otherwise: &[]Node{}, rules: []rule{
			{at: at, when: Test(agentWhole, func(c conversation) bool { return len(c.Calls) > 0 }), nodes: []Node{n.uses, &spec{target: "Model", at: at, role: gotoRole}}},
			{at: at, when: Test(agentWhole, func(c conversation) bool { return c.Again }), nodes: []Node{&spec{target: "Model", at: at, role: gotoRole}}},
		}},
	}}
	n.opening, n.ask.asks = a.open, a.prompting
	n.collect = func(_ *machine.Frame, results []any) (any, error) { return conclude[Out](a, results[0]) }
	n.lower = func() *lowering {
		low := a.lowering(&n.spec, "an Agent")
		if n.transcript != nil && n.into == nil {
			low.problems = append(low.problems, problem{at: at, state: name, text: "Transcript without Into: the result replaces the document", cure: "say with Into where the result goes"})
		}
		return low
	}
	return n
}

func (n *AgentNode[Out]) addTool(t *AgentTool) {
	switch {
	case t == nil:
		n.wrong("make it with Tool or ToolFlow", "a tool that is nil")
	case t.problem != "":
		n.problems = append(n.problems, problem{at: t.at, state: n.name, text: t.problem})
	case n.agent.tools[t.def.Name] != nil:
		n.wrong("", "two tools of the name %q", t.def.Name)
	default:
		n.agent.tools[t.def.Name] = t
		n.agent.defs = append(n.agent.defs, t.def)
	}
}

// Text sets what is asked first, as a template; see [Prompt].
func (n *AgentNode[Out]) Text(text string) *AgentNode[Out] {
	n.agent.text = template.Compile(text)
	return n
}

// Of takes text, instructions and settings from a prompt that is kept outside of
// the code; see [PromptNode.Of].
func (n *AgentNode[Out]) Of(p PromptSource) *AgentNode[Out] {
	if p == nil {
		n.wrong("", "Of a prompt that is nil")
		return n
	}
	n.agent.source = p
	return n
}

// System sets the instructions, as a template.
func (n *AgentNode[Out]) System(text string) *AgentNode[Out] {
	n.agent.system = template.Compile(text)
	return n
}

// With binds a name in the templates to a reference; see [PromptNode.With].
func (n *AgentNode[Out]) With(name string, ref AnyRef) *AgentNode[Out] {
	if r := n.setAny("With", ref); r != nil {
		n.agent.with = append(n.agent.with, binding{name, r})
	}
	return n
}

// History puts the messages at ref before what is asked.
func (n *AgentNode[Out]) History(ref Ref[[]model.Message]) *AgentNode[Out] {
	n.agent.history = n.setAny("History", ref)
	return n
}

// MaxTokens bounds each answer of the model; see [PromptNode.MaxTokens].
func (n *AgentNode[Out]) MaxTokens(tokens int) *AgentNode[Out] {
	if tokens <= 0 {
		n.wrong("leave it out for the model's maximum", "MaxTokens(%d)", tokens)
	}
	n.agent.request.MaxTokens = tokens
	return n
}

// Temperature sets how freely the model chooses, 0 for the likeliest words.
func (n *AgentNode[Out]) Temperature(t float64) *AgentNode[Out] {
	n.agent.request.Temperature = &t
	return n
}

// Settings sets everything else that a request has; see [PromptNode.Settings].
// Tools of the provider's own go here.
func (n *AgentNode[Out]) Settings(set func(r *model.Request)) *AgentNode[Out] {
	n.setRequest(&n.agent.request, set)
	return n
}

// Reasks bounds how often the model is asked again where its answer is not of
// the form of Out; see [PromptNode.Reasks].
func (n *AgentNode[Out]) Reasks(times int) *AgentNode[Out] {
	if times < 0 {
		n.wrong("0 is never", "Reasks(%d)", times)
	}
	n.agent.reasks = times
	return n
}

// Fallback names models that are asked in turn where the one before has failed;
// see [PromptNode.Fallback].
func (n *AgentNode[Out]) Fallback(models ...Model) *AgentNode[Out] {
	if slices.Contains(models, nil) {
		n.wrong("", "Fallback to a model that is nil")
		return n
	}
	n.agent.models = append(n.agent.models, models...)
	return n
}

// MaxTurns bounds how often the model is asked, retries left aside; the default
// is [DefaultTurns].
func (n *AgentNode[Out]) MaxTurns(turns int) *AgentNode[Out] {
	if turns <= 0 {
		n.wrong("", "MaxTurns(%d): at least 1", turns)
	}
	n.agent.turns = turns
	return n
}

// MaxTokensInAll bounds the tokens of all turns together, read and written: the
// model is not asked again when they are used up.
func (n *AgentNode[Out]) MaxTokensInAll(tokens int) *AgentNode[Out] {
	if tokens <= 0 {
		n.wrong("leave it out for no bound", "MaxTokensInAll(%d)", tokens)
	}
	n.agent.tokens = tokens
	return n
}

// MaxTime bounds the time from the first turn on: the model is not asked again
// when it is over. What is under way is not cut off; see Timeout and ToolTimeout.
func (n *AgentNode[Out]) MaxTime(d time.Duration) *AgentNode[Out] {
	n.setBound(&n.agent.time, d, "MaxTime")
	return n
}

// Timeout bounds each call of the model; when it runs out the call fails with
// [ErrTimeout], which a Retry may match.
func (n *AgentNode[Out]) Timeout(d time.Duration) *AgentNode[Out] {
	n.setBound(&n.ask.timeout, d, "Timeout")
	return n
}

// ToolTimeout bounds each call of a function; the model is told when it runs out.
// The nodes of a flow have Timeouts of their own.
func (n *AgentNode[Out]) ToolTimeout(d time.Duration) *AgentNode[Out] {
	n.setBound(&n.use.timeout, d, "ToolTimeout")
	if len(n.use.catches) == 0 {
		late := &spec{name: "TooLate", at: n.at, kind: machine.Task, in: n.use.in, out: n.use.out, callee: (*agentLate)(n.agent), speaks: n.name}
		n.use.catch(n.at, ErrTimeout, []Node{late})
	}
	return n
}

// ToolConcurrency bounds the number of tools at work at once; 1 is one after
// another. The default is 40.
func (n *AgentNode[Out]) ToolConcurrency(limit int) *AgentNode[Out] {
	if limit <= 0 {
		n.wrong("1 is one after another", "ToolConcurrency(%d)", limit)
	}
	n.uses.iterator.limit = limit
	return n
}

// Whole has the model's answers come in one piece; see [PromptNode.Whole].
func (n *AgentNode[Out]) Whole() *AgentNode[Out] {
	n.agent.whole = true
	return n
}

// Transcript puts the whole conversation at ref in the document, beside the
// result: what was asked, the answers, the tools and what they gave. A later turn
// of a chat gives it to History. It needs an Into, so that the document stays.
func (n *AgentNode[Out]) Transcript(ref Ref[[]model.Message]) *AgentNode[Out] {
	n.setRef(&n.transcript, ref.r, "Into")
	return n
}

// From has the templates read from the value at ref instead of the whole
// document.
func (n *AgentNode[Out]) From(ref AnyRef) *AgentNode[Out] {
	n.from = n.setAny("From", ref)
	return n
}

// Into puts the result at ref in the document instead of in its place.
func (n *AgentNode[Out]) Into(ref Ref[Out]) *AgentNode[Out] {
	n.setRef(&n.into, ref.r, "Into")
	return n
}

// Retry has failed calls of the model tried again, each for itself: the turns
// before it are not repeated. See [Retry].
func (n *AgentNode[Out]) Retry(r ...Retry) *AgentNode[Out] {
	n.ask.retry(r)
	return n
}

// Catch has failures that match go on at the handler; see [TaskNode.Catch].
func (n *AgentNode[Out]) Catch(on Matcher, handler ...Node) *AgentNode[Out] {
	n.catch(here(), on, handler)
	return n
}

// Recover has failures that match give the result of fn instead.
func (n *AgentNode[Out]) Recover(on Matcher, fn func(context.Context, *Error) (Out, error)) *AgentNode[Out] {
	recovering(&n.spec, here(), on, fn)
	return n
}

// Assign gives variables their values when the node has succeeded; see [Set].
func (n *AgentNode[Out]) Assign(a ...Assignment) *AgentNode[Out] {
	n.assign = append(n.assign, a...)
	return n
}

// limit is the failure of an agent that has come to a bound.
func limit(format string, args ...any) error {
	return &Error{Name: ErrAgentLimit.Name, Cause: fmt.Sprintf(format, args...)}
}
