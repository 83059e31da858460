package bedrock

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"strings"

	"github.com/flowstone-go/flow/model"
)

// anthropicVersion is the version of the Messages API that Bedrock's body must name.
const anthropicVersion = "bedrock-2023-05-31"

// anthropicTokens is the limit of an answer if the request names none, because the body must have one.
const anthropicTokens = 4096

// anthropicBody is the Messages API of Claude.
type anthropicBody struct{}

type jsonObject = map[string]any

func (anthropicBody) request(req *model.Request) (map[string]any, error) {
	m := members{"anthropic_version": anthropicVersion, "max_tokens": anthropicTokens}
	m.int("max_tokens", req.MaxTokens)
	m.list("stop_sequences", req.Stop)
	optionalNumber(m, "temperature", req.Temperature)
	optionalNumber(m, "top_p", req.TopP)
	var list []any
	for i, msg := range req.Messages {
		if msg.Role != model.User && msg.Role != model.Assistant {
			return nil, within(unsupported("the family %s has no role %q among the messages", Anthropic, msg.Role), "message %d", i)
		}
		blocks, err := anthropicBlocks(msg.Content)
		if err != nil {
			return nil, within(err, "message %d", i)
		}
		list = append(list, jsonObject{"role": msg.Role, "content": blocks})
	}
	m["messages"] = list
	if len(req.System) > 0 {
		blocks, err := anthropicBlocks(req.System)
		if err != nil {
			return nil, within(err, "system")
		}
		m["system"] = blocks
	}
	if err := anthropicTools(m, req); err != nil {
		return nil, err
	}
	output := jsonObject{}
	if req.Effort != "" {
		output["effort"] = req.Effort
	}
	if req.Output != nil {
		if len(req.Output.Schema) == 0 {
			return nil, unsupported("Claude has structured output only with a schema")
		}
		output["format"] = jsonObject{"type": "json_schema", "schema": req.Output.Schema}
	}
	if len(output) > 0 {
		m["output_config"] = output
	}
	return m, m.sampling(Anthropic, req)
}

func anthropicTools(m members, req *model.Request) error {
	var tools []any
	for _, t := range req.Tools {
		tool := jsonObject{"name": t.Name}
		if t.Server {
			if t.Extra["type"] == nil {
				return unsupported("tool %q: a tool of the provider needs its type in Extra", t.Name)
			}
		} else {
			schema := t.Schema
			if len(schema) == 0 {
				schema = json.RawMessage(`{"type":"object"}`)
			}
			tool["input_schema"] = schema
		}
		if t.Description != "" {
			tool["description"] = t.Description
		}
		if t.Strict {
			tool["strict"] = true
		}
		if t.Cache != nil {
			tool["cache_control"] = cacheControl(t.Cache)
		}
		maps.Copy(tool, t.Extra)
		tools = append(tools, tool)
	}
	if tools != nil {
		m["tools"] = tools
	}
	choice := jsonObject{}
	switch req.ToolChoice.Mode {
	case "":
	case model.ToolAuto, model.ToolAny, model.ToolNone:
		choice["type"] = req.ToolChoice.Mode
	case model.ToolNamed:
		choice["type"], choice["name"] = "tool", req.ToolChoice.Name
	default:
		return unsupported("there is no tool choice %q", req.ToolChoice.Mode)
	}
	if req.ParallelTools != nil {
		if choice["type"] == nil {
			choice["type"] = model.ToolAuto
		}
		choice["disable_parallel_tool_use"] = !*req.ParallelTools
	}
	if len(choice) > 0 && tools != nil {
		m["tool_choice"] = choice
	}
	return nil
}

func cacheControl(c *model.CachePoint) jsonObject {
	out := jsonObject{"type": "ephemeral"}
	if c.TTL != "" {
		out["ttl"] = c.TTL
	}
	return out
}

// anthropicBlocks writes contents. A cache point marks the block in front of it.
func anthropicBlocks(contents model.Contents) ([]jsonObject, error) {
	out := []jsonObject{}
	for i, c := range contents {
		if point, ok := c.(*model.CachePoint); ok {
			if len(out) == 0 {
				return nil, within(unsupported("a cache point needs a block in front of it"), "block %d", i)
			}
			out[len(out)-1]["cache_control"] = cacheControl(point)
			continue
		}
		block, err := anthropicBlock(c)
		if err != nil {
			return nil, within(err, "block %d", i)
		}
		out = append(out, block)
	}
	return out, nil
}

func anthropicBlock(c model.Content) (jsonObject, error) {
	switch b := c.(type) {
	case *model.Text:
		return anthropicText(b)
	case *model.Refusal:
		return jsonObject{"type": "text", "text": b.Text}, nil
	case *model.JSON:
		return jsonObject{"type": "text", "text": string(b.Value)}, nil
	case *model.Image:
		source, err := anthropicSource(b.Source, "image/"+format(b.Format, b.Source))
		return jsonObject{"type": "image", "source": source}, err
	case *model.Document:
		return anthropicDocument(b)
	case *model.ToolUse:
		input := any(b.Input)
		switch {
		case b.Malformed != "":
			input = jsonObject{"malformed": b.Malformed}
		case len(b.Input) == 0:
			input = jsonObject{}
		}
		typ := "tool_use"
		if b.Server {
			typ = "server_tool_use"
		}
		return jsonObject{"type": typ, "id": b.ID, "name": b.Name, "input": input}, nil
	case *model.ToolResult:
		if b.Server != "" {
			return nil, unsupported("the result of a tool that the provider ran goes back as the block it came in")
		}
		content, err := anthropicBlocks(b.Content)
		out := jsonObject{"type": "tool_result", "tool_use_id": b.ID, "content": content}
		if b.Error {
			out["is_error"] = true
		}
		return out, err
	case *model.Reasoning:
		switch {
		case b.ID != "" || b.Summary != "" || b.Redacted != nil && (b.Text != "" || b.Signature != ""):
			return nil, unsupported("reasoning of another provider cannot be sent")
		case b.Redacted != nil:
			return jsonObject{"type": "redacted_thinking", "data": string(b.Redacted)}, nil
		}
		return jsonObject{"type": "thinking", "thinking": b.Text, "signature": b.Signature}, nil
	case *model.SearchResult:
		content := []any{}
		for _, text := range b.Content {
			content = append(content, jsonObject{"type": "text", "text": text})
		}
		out := jsonObject{"type": "search_result", "source": b.Source, "title": b.Title, "content": content}
		if b.Cite {
			out["citations"] = jsonObject{"enabled": true}
		}
		return out, nil
	case *model.Other:
		var out jsonObject
		if err := json.Unmarshal(b.Value, &out); err != nil || out["type"] != b.Type {
			return nil, unsupported("a block of type %q is none of Claude's", b.Type)
		}
		return out, nil
	default:
		return nil, unsupported("the body of the family %s has no place for %s", Anthropic, c.Kind())
	}
}

func anthropicText(b *model.Text) (jsonObject, error) {
	out := jsonObject{"type": "text", "text": b.Text}
	var list []any
	for _, c := range b.Citations {
		cited := jsonObject{"cited_text": strings.Join(c.Cited, "")}
		l := c.Location
		switch l.Kind {
		case model.LocationChars:
			maps.Copy(cited, jsonObject{"type": "char_location", "document_index": l.Index, "document_title": c.Title, "start_char_index": l.Start, "end_char_index": l.End})
		case model.LocationPages:
			maps.Copy(cited, jsonObject{"type": "page_location", "document_index": l.Index, "document_title": c.Title, "start_page_number": l.Start, "end_page_number": l.End})
		case model.LocationChunks:
			maps.Copy(cited, jsonObject{"type": "content_block_location", "document_index": l.Index, "document_title": c.Title, "start_block_index": l.Start, "end_block_index": l.End})
		case model.LocationSearchResult:
			maps.Copy(cited, jsonObject{"type": "search_result_location", "search_result_index": l.Index, "source": c.Source, "title": c.Title, "start_block_index": l.Start, "end_block_index": l.End})
		default:
			return nil, unsupported("a citation's location of kind %q cannot be sent", l.Kind)
		}
		list = append(list, cited)
	}
	if list != nil {
		out["citations"] = list
	}
	return out, nil
}

func anthropicSource(s model.Source, mime string) (jsonObject, error) {
	switch {
	case s.Bytes != nil && s.URL == "" && s.FileID == "":
		return jsonObject{"type": "base64", "media_type": mime, "data": base64.StdEncoding.EncodeToString(s.Bytes)}, nil
	case s.Bytes == nil && s.URL == "" && s.FileID == "":
		return nil, model.NewError(model.ErrValidation.Name, "", errNoSource)
	}
	return nil, unsupported("Claude's body takes bytes only")
}

func anthropicDocument(b *model.Document) (jsonObject, error) {
	out := jsonObject{"type": "document", "title": b.Name}
	if b.Context != "" {
		out["context"] = b.Context
	}
	if b.Cite {
		out["citations"] = jsonObject{"enabled": true}
	}
	f := format(b.Format, b.Source)
	switch {
	case b.Text != "" && len(b.Content) == 0 && b.Source.Bytes == nil:
		out["source"] = jsonObject{"type": "text", "media_type": "text/plain", "data": b.Text}
	case len(b.Content) > 0 && b.Text == "" && b.Source.Bytes == nil:
		list := []any{}
		for _, text := range b.Content {
			list = append(list, jsonObject{"type": "text", "text": text})
		}
		out["source"] = jsonObject{"type": "content", "content": list}
	case b.Text == "" && len(b.Content) == 0 && (f == "txt" || f == "md") && b.Source.Bytes != nil:
		out["source"] = jsonObject{"type": "text", "media_type": "text/plain", "data": string(b.Source.Bytes)}
	case b.Text == "" && len(b.Content) == 0 && f == "pdf":
		source, err := anthropicSource(b.Source, "application/pdf")
		if err != nil {
			return nil, err
		}
		out["source"] = source
	default:
		return nil, unsupported("Claude's body takes a document as one of PDF, text and chunks of text; %q is not", b.Name)
	}
	return out, nil
}

type anthropicUsage struct {
	Input    int `json:"input_tokens"`
	Output   int `json:"output_tokens"`
	Written  int `json:"cache_creation_input_tokens"`
	Read     int `json:"cache_read_input_tokens"`
	Creation struct {
		Hour int `json:"ephemeral_1h_input_tokens"`
	} `json:"cache_creation"`
}

func (u anthropicUsage) usage() model.Usage {
	return model.Usage{Input: u.Input, Output: u.Output, CacheRead: u.Read, CacheWrite: u.Written, CacheWriteLong: u.Creation.Hour}
}

type anthropicMessage struct {
	ID       string            `json:"id"`
	Model    string            `json:"model"`
	Content  []json.RawMessage `json:"content"`
	Stop     string            `json:"stop_reason"`
	Sequence string            `json:"stop_sequence"`
	Usage    anthropicUsage    `json:"usage"`
}

func (anthropicBody) response(data []byte) (*model.Response, error) {
	var a anthropicMessage
	if err := json.Unmarshal(data, &a); err != nil {
		return nil, err
	}
	if a.Content == nil {
		return nil, errNoAnswer
	}
	resp := &model.Response{
		ID: a.ID, Model: a.Model, Content: model.Contents{}, Stop: ended(a.Stop), StopSequence: a.Sequence, Usage: a.Usage.usage(),
	}
	for _, raw := range a.Content {
		c, err := anthropicContent(raw)
		if err != nil {
			return nil, err
		}
		resp.Content = append(resp.Content, c)
	}
	return resp, nil
}

type anthropicAnswer struct {
	Type      string              `json:"type"`
	Text      string              `json:"text"`
	Citations []anthropicCitation `json:"citations"`
	ID        string              `json:"id"`
	Name      string              `json:"name"`
	Input     json.RawMessage     `json:"input"`
	Thinking  string              `json:"thinking"`
	Signature string              `json:"signature"`
	Data      string              `json:"data"`
}

func anthropicContent(raw json.RawMessage) (model.Content, error) {
	var b anthropicAnswer
	if err := json.Unmarshal(raw, &b); err != nil {
		return nil, err
	}
	switch b.Type {
	case "text":
		t := &model.Text{Text: b.Text}
		for _, c := range b.Citations {
			t.Citations = append(t.Citations, c.citation())
		}
		return t, nil
	case "tool_use", "server_tool_use":
		u := model.NewToolUse(b.ID, b.Name, string(b.Input))
		u.Server = b.Type == "server_tool_use"
		return u, nil
	case "thinking":
		return &model.Reasoning{Text: b.Thinking, Signature: b.Signature}, nil
	case "redacted_thinking":
		return &model.Reasoning{Redacted: []byte(b.Data)}, nil
	}
	return &model.Other{Type: b.Type, Value: raw}, nil
}

type anthropicCitation struct {
	Type       string `json:"type"`
	Cited      string `json:"cited_text"`
	Document   int    `json:"document_index"`
	DocTitle   string `json:"document_title"`
	Title      string `json:"title"`
	Source     string `json:"source"`
	URL        string `json:"url"`
	Result     int    `json:"search_result_index"`
	StartChar  int    `json:"start_char_index"`
	EndChar    int    `json:"end_char_index"`
	StartPage  int    `json:"start_page_number"`
	EndPage    int    `json:"end_page_number"`
	StartBlock int    `json:"start_block_index"`
	EndBlock   int    `json:"end_block_index"`
}

func (c anthropicCitation) citation() model.Citation {
	out := model.Citation{Title: c.Title + c.DocTitle, Source: c.Source}
	if c.Cited != "" {
		out.Cited = []string{c.Cited}
	}
	switch c.Type {
	case "char_location":
		out.Location = model.Location{Kind: model.LocationChars, Index: c.Document, Start: c.StartChar, End: c.EndChar}
	case "page_location":
		out.Location = model.Location{Kind: model.LocationPages, Index: c.Document, Start: c.StartPage, End: c.EndPage}
	case "content_block_location":
		out.Location = model.Location{Kind: model.LocationChunks, Index: c.Document, Start: c.StartBlock, End: c.EndBlock}
	case "search_result_location":
		out.Location = model.Location{Kind: model.LocationSearchResult, Index: c.Result, Start: c.StartBlock, End: c.EndBlock}
	case "web_search_result_location":
		out.Location = model.Location{Kind: model.LocationWeb, URL: c.URL}
	}
	return out
}

func (anthropicBody) reader() chunkReader { return &anthropicReader{} }

// anthropicReader reads the events of the Messages API.
type anthropicReader struct {
	usage anthropicUsage
	end   model.Response
	done  bool
}

type anthropicEvent struct {
	Type    string           `json:"type"`
	Index   int              `json:"index"`
	Message anthropicMessage `json:"message"`
	Block   json.RawMessage  `json:"content_block"`
	Delta   struct {
		Type      string            `json:"type"`
		Text      string            `json:"text"`
		JSON      string            `json:"partial_json"`
		Thinking  string            `json:"thinking"`
		Signature string            `json:"signature"`
		Citation  anthropicCitation `json:"citation"`
		Stop      string            `json:"stop_reason"`
		Sequence  string            `json:"stop_sequence"`
	} `json:"delta"`
	Usage json.RawMessage `json:"usage"`
	Error struct {
		Type    string `json:"type"`
		Message string `json:"message"`
	} `json:"error"`
}

func (r *anthropicReader) chunk(data []byte) ([]model.Event, error) {
	var ev anthropicEvent
	if err := json.Unmarshal(data, &ev); err != nil {
		return nil, err
	}
	one := func(e model.Event) ([]model.Event, error) {
		e.Index = ev.Index
		return []model.Event{e}, nil
	}
	switch ev.Type {
	case "message_start":
		r.usage, r.end.ID, r.end.Model = ev.Message.Usage, ev.Message.ID, ev.Message.Model
	case "content_block_start":
		return r.begin(ev)
	case "content_block_delta":
		switch ev.Delta.Type {
		case "text_delta":
			return one(model.Event{Type: model.EventText, Text: ev.Delta.Text})
		case "input_json_delta":
			return one(model.Event{Type: model.EventToolInput, Text: ev.Delta.JSON})
		case "thinking_delta":
			return one(model.Event{Type: model.EventReasoning, Text: ev.Delta.Thinking})
		case "signature_delta":
			return one(model.Event{Type: model.EventMore, Block: &model.Reasoning{Signature: ev.Delta.Signature}})
		case "citations_delta":
			return one(model.Event{Type: model.EventMore, Block: &model.Text{Citations: []model.Citation{ev.Delta.Citation.citation()}}})
		}
		return nil, model.NewError(model.ErrStream.Name, "a part of type "+ev.Delta.Type+" cannot be read", nil)
	case "content_block_stop":
		return one(model.Event{Type: model.EventBlockEnd})
	case "message_delta":
		r.end.Stop, r.end.StopSequence = stopOf(ev.Delta.Stop), ev.Delta.Sequence
		if ev.Usage != nil { // what it does not repeat stays
			if err := json.Unmarshal(ev.Usage, &r.usage); err != nil {
				return nil, err
			}
		}
	case "message_stop":
		r.done = true
	case "error":
		return nil, model.NewError(model.ErrStream.Name, ev.Error.Type+": "+ev.Error.Message, nil)
	}
	return nil, nil
}

// begin opens a block. Text comes with its first piece, which may be in here already.
func (r *anthropicReader) begin(ev anthropicEvent) ([]model.Event, error) {
	block, err := anthropicContent(ev.Block)
	if err != nil {
		return nil, err
	}
	switch b := block.(type) {
	case *model.Text:
		return []model.Event{{Type: model.EventText, Index: ev.Index, Text: b.Text}}, nil
	case *model.ToolUse:
		if string(b.Input) == "{}" {
			b.Input = nil // the pieces follow
		}
	default: // whole as it is
	}
	return []model.Event{{Type: model.EventBlock, Index: ev.Index, Block: block}}, nil
}

func (r *anthropicReader) finish() ([]model.Event, error) {
	if !r.done || r.end.Stop == "" {
		return nil, errCut
	}
	r.end.Usage = r.usage.usage()
	return []model.Event{{Type: model.EventEnd, Response: &r.end}}, nil
}
