package bedrock

import (
	"encoding/json"
	"fmt"

	"github.com/flowstone-go/flow/model"
)

// commandRBody is that of Cohere's Command R and R+.
type commandRBody struct{}

func (commandRBody) request(req *model.Request) (map[string]any, error) {
	if err := lacks(CohereCommandR, req, "output", "effort", "parallel"); err != nil {
		return nil, err
	}
	if len(req.Messages) == 0 || req.Messages[len(req.Messages)-1].Role != model.User {
		return nil, unsupported("the family %s answers a user's message, and the conversation ends with none", CohereCommandR)
	}
	m := members{}
	if len(req.System) > 0 {
		text, err := onlyText(CohereCommandR, req.System)
		if err != nil {
			return nil, within(err, "system")
		}
		m["preamble"] = text
	}
	var history []any
	calls := map[string]jsonObject{} // by id
	for i, msg := range req.Messages {
		text, results, err := commandRMessage(msg, calls)
		if err != nil {
			return nil, within(err, "message %d", i)
		}
		if i == len(req.Messages)-1 {
			m["message"] = text
			if results != nil {
				m["tool_results"] = results
			}
			break
		}
		turn := jsonObject{"role": map[model.Role]string{model.User: "USER", model.Assistant: "CHATBOT"}[msg.Role], "message": text}
		switch {
		case results != nil:
			turn = jsonObject{"role": "TOOL", "tool_results": results}
		case msg.Role == model.Assistant && len(msg.Content.ToolUses()) > 0:
			var made []any
			for _, use := range msg.Content.ToolUses() {
				made = append(made, calls[use.ID])
			}
			turn["tool_calls"] = made
		}
		history = append(history, turn)
	}
	if history != nil {
		m["chat_history"] = history
	}
	if err := commandRTools(m, req); err != nil {
		return nil, err
	}
	m.int("max_tokens", req.MaxTokens)
	m.list("stop_sequences", req.Stop)
	optionalNumber(m, "temperature", req.Temperature)
	optionalNumber(m, "p", req.TopP)
	return m, m.sampling(CohereCommandR, req)
}

// commandRMessage gives a message's text and the results of tools in it; calls are remembered by id, because a result repeats its call.
func commandRMessage(msg model.Message, calls map[string]jsonObject) (text string, results []any, err error) {
	if msg.Role != model.User && msg.Role != model.Assistant {
		return "", nil, unsupported("the family %s has no role %q among the messages", CohereCommandR, msg.Role)
	}
	var rest model.Contents
	for i, c := range msg.Content {
		switch b := c.(type) {
		case *model.ToolUse:
			if b.Malformed != "" {
				return "", nil, within(unsupported("the family %s takes no call without an object as its input", CohereCommandR), "block %d", i)
			}
			calls[b.ID] = jsonObject{"name": b.Name, "parameters": b.Input}
		case *model.ToolResult:
			call, ok := calls[b.ID]
			if !ok {
				return "", nil, within(invalid("the result answers %q, which nobody called", b.ID), "block %d", i)
			}
			text, err := resultText(CohereCommandR, b)
			if err != nil {
				return "", nil, within(err, "block %d", i)
			}
			output := jsonObject{"text": text}
			var object jsonObject
			if json.Unmarshal([]byte(text), &object) == nil {
				output = object
			}
			results = append(results, jsonObject{"call": call, "outputs": []any{output}})
		default:
			rest = append(rest, c)
		}
	}
	text, err = onlyText(CohereCommandR, rest)
	return text, results, err
}

// commandRTypes are Cohere's names, which are Python's, for those of JSON schema.
var commandRTypes = map[string]string{"string": "str", "integer": "int", "number": "float", "boolean": "bool", "array": "List", "object": "Dict"}

func commandRTools(m members, req *model.Request) error {
	if req.ToolChoice.Mode != "" && req.ToolChoice.Mode != model.ToolAuto {
		return unsupported("the family %s cannot be told which tool to use", CohereCommandR)
	}
	var tools []any
	for _, t := range req.Tools {
		if t.Server || t.Strict || t.Cache != nil {
			return unsupported("tool %q: the family %s has no tools of the provider, strict tools or cache points", t.Name, CohereCommandR)
		}
		var schema struct {
			Properties map[string]struct {
				Type        any    `json:"type"`
				Description string `json:"description"`
			} `json:"properties"`
			Required []string `json:"required"`
		}
		if len(t.Schema) > 0 {
			if err := json.Unmarshal(t.Schema, &schema); err != nil {
				return invalid("tool %q: the schema cannot be read: %v", t.Name, err)
			}
		}
		parameters := jsonObject{}
		for name, p := range schema.Properties {
			typ, ok := commandRTypes[fmt.Sprint(p.Type)]
			if !ok {
				return unsupported("tool %q: the family %s has no type %v, which %q has", t.Name, CohereCommandR, p.Type, name)
			}
			parameters[name] = jsonObject{"type": typ, "description": p.Description, "required": false}
		}
		for _, name := range schema.Required {
			if p, ok := parameters[name].(jsonObject); ok {
				p["required"] = true
			}
		}
		tools = append(tools, jsonObject{"name": t.Name, "description": t.Description, "parameter_definitions": parameters})
	}
	if tools != nil {
		m["tools"] = tools
	}
	return nil
}

type commandRAnswer struct {
	ID     string          `json:"generation_id"`
	Text   *string         `json:"text"`
	Reason string          `json:"finish_reason"`
	Calls  []commandRCall  `json:"tool_calls"`
	Cites  []commandRCited `json:"citations"`
}

type commandRCall struct {
	Name       string          `json:"name"`
	Parameters json.RawMessage `json:"parameters"`
}

type commandRCited struct {
	Start     int      `json:"start"`
	End       int      `json:"end"`
	Documents []string `json:"document_ids"`
}

// contents gives the blocks of an answer. Cohere's calls have no ids: they get one by their place.
func (a *commandRAnswer) contents() model.Contents {
	out := model.Contents{}
	if a.Text != nil && *a.Text != "" || len(a.Calls) == 0 {
		t := &model.Text{}
		if a.Text != nil {
			t.Text = *a.Text
		}
		for _, c := range a.Cites {
			for _, id := range c.Documents {
				t.Citations = append(t.Citations, model.Citation{Source: id, Start: c.Start, End: c.End})
			}
		}
		out = append(out, t)
	}
	for i, c := range a.Calls {
		out = append(out, model.NewToolUse(fmt.Sprintf("call_%d", i), c.Name, string(c.Parameters)))
	}
	return out
}

func (a *commandRAnswer) stop() model.StopReason {
	if len(a.Calls) > 0 {
		return model.StopToolUse // Cohere says COMPLETE
	}
	return ended(a.Reason)
}

func (commandRBody) response(data []byte) (*model.Response, error) {
	var a commandRAnswer
	if err := json.Unmarshal(data, &a); err != nil {
		return nil, err
	}
	if a.Text == nil && len(a.Calls) == 0 {
		return nil, errNoAnswer
	}
	return &model.Response{ID: a.ID, Content: a.contents(), Stop: a.stop()}, nil
}

func (commandRBody) reader() chunkReader { return &commandRReader{} }

// commandRReader reads Cohere's events: pieces of the text, and at the end the whole answer once more.
type commandRReader struct {
	begun bool
	last  *commandRAnswer
}

func (r *commandRReader) chunk(data []byte) ([]model.Event, error) {
	var ev struct {
		Type     string          `json:"event_type"`
		Text     string          `json:"text"`
		Reason   string          `json:"finish_reason"`
		Response *commandRAnswer `json:"response"`
	}
	if err := json.Unmarshal(data, &ev); err != nil {
		return nil, err
	}
	switch ev.Type {
	case "text-generation":
		if ev.Text == "" {
			return nil, nil
		}
		r.begun = true
		return []model.Event{{Type: model.EventText, Text: ev.Text}}, nil
	case "stream-end":
		r.last = ev.Response
		if r.last == nil {
			r.last = &commandRAnswer{}
		}
		if ev.Reason != "" {
			r.last.Reason = ev.Reason
		}
	}
	return nil, nil
}

func (r *commandRReader) finish() ([]model.Event, error) {
	if r.last == nil {
		return nil, errCut
	}
	var out []model.Event
	blocks := r.last.contents()
	if _, text := blocks[0].(*model.Text); r.begun && !text {
		blocks = append(model.Contents{&model.Text{}}, blocks...) // it came in pieces and is not in the last event
	}
	for i, c := range blocks {
		switch b := c.(type) {
		case *model.Text:
			if !r.begun {
				out = append(out, model.Event{Type: model.EventText, Index: i, Text: b.Text})
			}
			if len(b.Citations) > 0 {
				out = append(out, model.Event{Type: model.EventMore, Index: i, Block: &model.Text{Citations: b.Citations}})
			}
		case *model.ToolUse:
			out = append(out, model.Event{Type: model.EventBlock, Index: i, Block: b})
		default: // contents makes no other
		}
		out = append(out, model.Event{Type: model.EventBlockEnd, Index: i})
	}
	return append(out, model.Event{Type: model.EventEnd, Response: &model.Response{ID: r.last.ID, Stop: r.last.stop()}}), nil
}
