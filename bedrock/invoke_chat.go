package bedrock

import (
	"encoding/json"
	"strings"

	"github.com/flowstone-go/flow/model"
)

// This file holds the families whose bodies are chats with choices: AI21's Jamba and Mistral's newer models.

// chatRequest writes the members that both have.
func chatRequest(family Family, req *model.Request) (members, error) {
	if err := lacks(family, req, "output", "effort", "parallel"); err != nil {
		return nil, err
	}
	list := []any{}
	if len(req.System) > 0 {
		text, err := onlyText(family, req.System)
		if err != nil {
			return nil, within(err, "system")
		}
		list = append(list, jsonObject{"role": "system", "content": text})
	}
	for i, msg := range req.Messages {
		turns, err := chatMessages(family, msg)
		if err != nil {
			return nil, within(err, "message %d", i)
		}
		list = append(list, turns...)
	}
	m := members{"messages": list}
	m.int("max_tokens", req.MaxTokens)
	m.list("stop", req.Stop)
	optionalNumber(m, "temperature", req.Temperature)
	optionalNumber(m, "top_p", req.TopP)
	var tools []any
	for _, t := range req.Tools {
		if t.Server || t.Strict || t.Cache != nil {
			return nil, unsupported("tool %q: the family %s has no tools of the provider, strict tools or cache points", t.Name, family)
		}
		schema := t.Schema
		if len(schema) == 0 {
			schema = json.RawMessage(`{"type":"object"}`)
		}
		function := jsonObject{"name": t.Name, "parameters": schema}
		if t.Description != "" {
			function["description"] = t.Description
		}
		tools = append(tools, jsonObject{"type": "function", "function": function})
	}
	if tools != nil {
		m["tools"] = tools
	}
	return m, m.sampling(family, req)
}

// chatMessages gives a message; results of tools are messages of their own.
func chatMessages(family Family, msg model.Message) ([]any, error) {
	var out, calls []any
	var rest model.Contents
	for i, c := range msg.Content {
		switch b := c.(type) {
		case *model.ToolUse:
			arguments := string(b.Input)
			if b.Malformed != "" {
				arguments = b.Malformed
			}
			calls = append(calls, jsonObject{"id": b.ID, "type": "function", "function": jsonObject{"name": b.Name, "arguments": arguments}})
		case *model.ToolResult:
			text, err := resultText(family, b)
			if err != nil {
				return nil, within(err, "block %d", i)
			}
			result := jsonObject{"role": "tool", "tool_call_id": b.ID, "content": text}
			if b.Name != "" {
				result["name"] = b.Name
			}
			out = append(out, result)
		default:
			rest = append(rest, c)
		}
	}
	text, err := onlyText(family, rest)
	if err != nil {
		return nil, err
	}
	if text == "" && calls == nil && out != nil {
		return out, nil
	}
	m := jsonObject{"role": msg.Role, "content": text}
	if calls != nil {
		m["tool_calls"] = calls
	}
	return append(out, m), nil
}

// resultText is a tool's result as the one text that these families take.
func resultText(family Family, b *model.ToolResult) (string, error) {
	var text strings.Builder
	if b.Error {
		text.WriteString("Error: ")
	}
	for _, c := range b.Content {
		switch p := c.(type) {
		case *model.Text:
			text.WriteString(p.Text)
		case *model.JSON:
			text.Write(p.Value)
		default:
			return "", unsupported("the family %s takes no %s as a tool's result", family, c.Kind())
		}
	}
	return text.String(), nil
}

type chatMessage struct {
	Content string         `json:"content"`
	Calls   []chatToolCall `json:"tool_calls"`
}

type chatToolCall struct {
	Index    *int   `json:"index"`
	ID       string `json:"id"`
	Function struct {
		Name      string          `json:"name"`
		Arguments json.RawMessage `json:"arguments"`
	} `json:"function"`
}

// arguments are a text that holds JSON, and JSON itself in some versions.
func (c chatToolCall) arguments() string {
	var text string
	if json.Unmarshal(c.Function.Arguments, &text) == nil {
		return text
	}
	return string(c.Function.Arguments)
}

type chatAnswer struct {
	ID      string `json:"id"`
	Choices []struct {
		Index   int          `json:"index"`
		Message *chatMessage `json:"message"`
		Delta   *chatMessage `json:"delta"`
		Stop    string       `json:"stop_reason"`
		Finish  string       `json:"finish_reason"`
	} `json:"choices"`
	Usage struct {
		Input  int `json:"prompt_tokens"`
		Output int `json:"completion_tokens"`
	} `json:"usage"`
}

func chatResponse(data []byte) (*model.Response, error) {
	var a chatAnswer
	if err := json.Unmarshal(data, &a); err != nil {
		return nil, err
	}
	if len(a.Choices) == 0 || a.Choices[0].Message == nil {
		return nil, errNoAnswer
	}
	c := a.Choices[0]
	resp := &model.Response{
		ID: a.ID, Content: model.Contents{}, Stop: ended(c.Stop + c.Finish), Usage: model.Usage{Input: a.Usage.Input, Output: a.Usage.Output},
	}
	if c.Message.Content != "" {
		resp.Content = append(resp.Content, &model.Text{Text: c.Message.Content})
	}
	for _, call := range c.Message.Calls {
		resp.Content = append(resp.Content, model.NewToolUse(call.ID, call.Function.Name, call.arguments()))
	}
	return resp, nil
}

// chatReader reads chunks of choices. The text is block 0, tool calls follow it.
type chatReader struct {
	begun map[int]bool
	end   model.Response
}

func (r *chatReader) chunk(data []byte) ([]model.Event, error) {
	var a chatAnswer
	if err := json.Unmarshal(data, &a); err != nil {
		return nil, err
	}
	if r.begun == nil {
		r.begun = map[int]bool{}
	}
	if a.ID != "" {
		r.end.ID = a.ID
	}
	if a.Usage.Input+a.Usage.Output > 0 {
		r.end.Usage = model.Usage{Input: a.Usage.Input, Output: a.Usage.Output}
	}
	var out []model.Event
	for _, c := range a.Choices {
		if c.Index != 0 {
			continue // the request asked for one
		}
		delta := c.Delta
		if delta == nil {
			delta = c.Message
		}
		if delta != nil {
			out = append(out, r.delta(delta)...)
		}
		if stop := stopOf(c.Stop + c.Finish); stop != "" {
			r.end.Stop = stop
		}
	}
	return out, nil
}

func (r *chatReader) delta(d *chatMessage) []model.Event {
	var out []model.Event
	if d.Content != "" {
		r.begun[0] = true
		out = append(out, model.Event{Type: model.EventText, Text: d.Content})
	}
	for i, call := range d.Calls {
		if call.Index != nil {
			i = *call.Index
		}
		i++ // behind the text
		if !r.begun[i] {
			r.begun[i] = true
			out = append(out, model.Event{Type: model.EventBlock, Index: i, Block: &model.ToolUse{ID: call.ID, Name: call.Function.Name}})
		}
		out = append(out, model.Event{Type: model.EventToolInput, Index: i, Text: call.arguments()})
	}
	return out
}

func (r *chatReader) finish() ([]model.Event, error) {
	if r.end.Stop == "" {
		return nil, errCut
	}
	var out []model.Event
	for i := range r.begun {
		out = append(out, model.Event{Type: model.EventBlockEnd, Index: i})
	}
	return append(out, model.Event{Type: model.EventEnd, Response: &r.end}), nil
}

// jambaBody is that of AI21's Jamba.
type jambaBody struct{}

func (jambaBody) request(req *model.Request) (map[string]any, error) {
	if req.ToolChoice.Mode != "" && req.ToolChoice.Mode != model.ToolAuto {
		return nil, unsupported("the family %s cannot be told which tool to use", Jamba)
	}
	return chatRequest(Jamba, req)
}

func (jambaBody) response(data []byte) (*model.Response, error) { return chatResponse(data) }
func (jambaBody) reader() chunkReader                           { return &chatReader{} }

// mistralChatBody is that of Mistral's models from Large 2 on.
type mistralChatBody struct{}

func (mistralChatBody) request(req *model.Request) (map[string]any, error) {
	m, err := chatRequest(MistralChat, req)
	if err != nil {
		return nil, err
	}
	switch req.ToolChoice.Mode {
	case "":
	case model.ToolAuto, model.ToolAny, model.ToolNone:
		m["tool_choice"] = req.ToolChoice.Mode
	default:
		return nil, unsupported("the family %s has no tool choice %q", MistralChat, req.ToolChoice.Mode)
	}
	return m, nil
}

func (mistralChatBody) response(data []byte) (*model.Response, error) { return chatResponse(data) }
func (mistralChatBody) reader() chunkReader                           { return &chatReader{} }
