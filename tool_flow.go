package flow

import (
	"context"
	"reflect"

	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/model"
)

// toolFlow is a flow that a model may have run.
type toolFlow struct {
	def  *definition
	read func(input any) (cell any, err error)               // what it is given
	tell func(name string, last any) (model.Contents, error) // what it gave, for the model
}

// ToolFlow makes a flow a tool for an [Agent]; see [Tool]. Its nodes are part of
// the execution and its history, as those of a [Call] are, in the scope of the
// agent ("Support/Tools[0]/refund/Pay"), so that none of them is done twice. An
// error that the flow ends with goes to the model.
func ToolFlow[In, Out any](name, description string, f *Flow[In, Out]) *AgentTool {
	t := &AgentTool{at: here(), def: model.Tool{Name: name, Description: description}}
	if f == nil || f.def == nil {
		t.problem = "ToolFlow of a flow that is nil"
		return t
	}
	if !t.takes(reflect.TypeFor[In]()) {
		return t
	}
	t.flow = &toolFlow{
		def: f.def,
		read: func(input any) (any, error) {
			in, err := convert[In](input)
			return &in, err
		},
		tell: func(name string, last any) (model.Contents, error) {
			out, err := borrowing[Out](last)
			if err != nil {
				return nil, wrongOutput(name, reflect.TypeFor[Out](), err)
			}
			return contentsOf(&out)
		},
	}
	return t
}

var (
	toolUseType    = reflect.TypeFor[model.ToolUse]()
	toolResultType = reflect.TypeFor[model.ToolResult]()
	whichTool      = At[model.ToolUse]("$")
)

// nodesOfTools gives what the agent does for a call of a tool: it calls the
// function by use, or runs the flow.
func (a *agent) nodesOfTools(use *spec) []Node {
	which := &spec{name: "Which", at: use.at, kind: machine.Choice, otherwise: &[]Node{use}}
	for _, def := range a.defs {
		if t := a.tools[def.Name]; t.flow != nil {
			which.rules = append(which.rules, rule{at: use.at, when: Test(whichTool, t.runs), nodes: []Node{t.node()}})
		}
	}
	if which.rules == nil {
		return []Node{use}
	}
	return []Node{which}
}

// runs tells that a model has called this flow with what it takes. What it does
// not take is answered like a call of a function.
func (t *AgentTool) runs(u model.ToolUse) bool {
	if u.Name != t.def.Name {
		return false
	}
	v, err := t.input(&u)
	if err == nil {
		_, err = t.flow.read(v)
	}
	return err == nil
}

// node is the flow as a node of an agent.
func (t *AgentTool) node() *spec {
	name := t.def.Name
	if name == "Which" || name == "Tool" || name == "TooLate" {
		name += "Flow" // the agent's own nodes have those names
	}
	n := &spec{name: name, at: t.at, kind: machine.Parallel, in: toolUseType, out: toolResultType, call: t.flow.def, tool: t}
	n.opening = func(f *machine.Frame, _ any, _ *machine.Item) (any, error) {
		u, err := borrowing[model.ToolUse](f.In)
		if err != nil {
			return nil, err
		}
		v, err := t.input(&u)
		if err != nil {
			return nil, err
		}
		return t.flow.read(v)
	}
	n.collect = func(f *machine.Frame, results []any) (any, error) {
		u, err := borrowing[model.ToolUse](f.In)
		if err != nil {
			return nil, err
		}
		content, err := t.flow.tell(name, results[0])
		return &model.ToolResult{ID: u.ID, Name: u.Name, Content: content}, err
	}
	n.catch(t.at, ErrAll, []Node{&spec{name: name + ".Failed", at: t.at, kind: machine.Task, in: toolUseType, out: toolResultType, callee: toolFailed{}}})
	return n
}

// toolFailed tells a model that the flow which it called has failed.
type toolFailed struct{}

// Call makes the result of the failure.
func (toolFailed) Call(_ context.Context, f *machine.Frame, _ any) (any, error) {
	u, err := borrowing[model.ToolUse](f.Args)
	if err != nil {
		return nil, err
	}
	text := f.Err.Cause
	if f.Err.Name != machine.TaskFailed {
		text = f.Err.Error()
	}
	return &model.ToolResult{ID: u.ID, Name: u.Name, Content: model.Texts(text), Error: true}, nil
}
