package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/schema"
	"github.com/flowstone-go/flow/model"
)

// AgentTool is something that a model may have done: see [Tool] and [ToolFlow].
// It is immutable and may be given to any number of agents.
type AgentTool struct {
	at      place
	def     model.Tool
	call    func(ctx context.Context, input any) (model.Contents, error) // of a function
	flow    *toolFlow                                                    // of a flow
	schema  *schema.Schema
	problem string
}

// Tool makes a Go function a tool for an [Agent]. The model is told its name,
// what it does, and the JSON schema of In, made as for [Prompt]; description and
// schema are all that it knows, so both are worth some care. What the model
// gives is checked by the schema before the function is called.
//
// The result goes to the model: a string, or model.Contents, as it is, anything
// else as JSON. So does an error, as text: the model may try something else.
// (An error with a method Uncatchable() bool that gives true ends the run.)
// Several calls that the model asks for at once run side by side.
func Tool[In, Out any](name, description string, fn func(context.Context, In) (Out, error)) *AgentTool {
	t := &AgentTool{at: here(), def: model.Tool{Name: name, Description: description}}
	if fn == nil {
		t.problem = "Tool without a function"
		return t
	}
	if !t.takes(reflect.TypeFor[In]()) {
		return t
	}
	t.call = func(ctx context.Context, input any) (model.Contents, error) {
		in, err := convert[In](input)
		if err != nil {
			return nil, err
		}
		out, err := fn(ctx, in)
		if err != nil {
			return nil, err
		}
		return contentsOf(&out)
	}
	return t
}

// toolName is what providers allow as the name of a tool.
var toolName = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_-]{0,63}$`)

// takes gives the tool its input, and tells whether all is well.
func (t *AgentTool) takes(in reflect.Type) bool {
	if !toolName.MatchString(t.def.Name) {
		t.problem = fmt.Sprintf("the tool name %q: it has to be 1 to 64 letters, digits, _ and -, beginning with a letter", t.def.Name)
		return false
	}
	s, err := schema.For(in)
	if err != nil {
		t.problem = fmt.Sprintf("tool %q: no JSON schema for its input: %v", t.def.Name, err)
		return false
	}
	t.schema, t.def.Schema = s, s.JSON()
	return true
}

// contentsOf makes of a tool's result what the model reads.
func contentsOf(result any) (model.Contents, error) {
	switch r := result.(type) {
	case *string:
		return model.Texts(*r), nil
	case *model.Contents:
		return *r, nil
	case *None:
		return model.Texts("done"), nil
	}
	data, err := document.Encode(result)
	if err != nil {
		return nil, fmt.Errorf("the result can't be written as JSON: %w", err)
	}
	if s, ok := document.Str(result); ok {
		return model.Texts(s), nil
	}
	return model.Contents{&model.JSON{Value: json.RawMessage(data)}}, nil
}

// answer does what a model has asked for. An error that is for the model is a
// result.
func (t *AgentTool) answer(ctx context.Context, u *model.ToolUse) (*model.ToolResult, error) {
	result := &model.ToolResult{ID: u.ID, Name: u.Name}
	content, err := t.attempt(ctx, u)
	switch {
	case err == nil:
		result.Content = content
	case uncatchable(err) || ctx.Err() != nil:
		return nil, err
	default:
		result.Content, result.Error = model.Texts(err.Error()), true
	}
	return result, nil
}

func (t *AgentTool) attempt(ctx context.Context, u *model.ToolUse) (model.Contents, error) {
	v, err := t.input(u)
	if err != nil {
		return nil, err
	}
	if t.flow != nil { // only what the flow can't read comes here
		_, err := t.flow.read(v)
		return nil, err
	}
	return t.call(ctx, v)
}

// input is what a model gives a tool, if it fits.
func (t *AgentTool) input(u *model.ToolUse) (any, error) {
	if u.Malformed != "" {
		return nil, fmt.Errorf("the input is not JSON: %s", abridged([]byte(u.Malformed)))
	}
	input := u.Input
	if len(input) == 0 {
		input = json.RawMessage("{}")
	}
	v, err := document.Decode(input)
	if err != nil {
		return nil, fmt.Errorf("the input is not JSON: %w", err)
	}
	if err := t.schema.Check(v); err != nil {
		return nil, fmt.Errorf("the input does not fit: %w", err)
	}
	return t.schema.Unwrap(v), nil
}
