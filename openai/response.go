package openai

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/packages/respjson"

	"github.com/flowstone-go/flow/model"
)

// response translates an answer. Its blocks come in the order reasoning, text, refusal, audio, tool calls.
func (m *Model) response(out *openai.ChatCompletion, asked string, req *model.Request) (*model.Response, error) {
	at := slices.IndexFunc(out.Choices, func(c openai.ChatCompletionChoice) bool { return c.Index == 0 })
	if at < 0 {
		return nil, model.NewError(model.ErrFailed.Name, "the answer holds no choice", nil)
	}
	choice := out.Choices[at]
	msg := choice.Message
	resp := &model.Response{
		ID: out.ID, Model: out.Model, Content: model.Contents{}, ServiceTier: string(out.ServiceTier), Usage: usage(out.Usage),
	}
	if resp.Model == "" {
		resp.Model = asked
	}
	reasoning, text := extraText(msg.JSON.ExtraFields), msg.Content
	if m.compatible {
		marked, rest := think(text)
		reasoning, text = reasoning+marked, rest
	}
	if reasoning != "" {
		resp.Content = append(resp.Content, &model.Reasoning{Text: reasoning})
	}
	if text != "" || len(msg.Annotations) > 0 {
		t := &model.Text{Text: text}
		for _, a := range msg.Annotations {
			t.Citations = append(t.Citations, citation(a.URLCitation.Title, a.URLCitation.URL, a.URLCitation.StartIndex, a.URLCitation.EndIndex))
		}
		resp.Content = append(resp.Content, t)
	}
	if msg.Refusal != "" {
		resp.Content = append(resp.Content, &model.Refusal{Text: msg.Refusal})
	}
	if msg.Audio.ID != "" || msg.Audio.Data != "" {
		data, err := base64.StdEncoding.DecodeString(msg.Audio.Data)
		if err != nil {
			return nil, model.NewError(model.ErrFailed.Name, "the answer's audio cannot be read", err)
		}
		resp.Content = append(resp.Content, &model.Audio{
			Format: audioFormat(req), ID: msg.Audio.ID, Transcript: msg.Audio.Transcript, Source: model.Source{Bytes: data},
		})
	}
	for i, call := range msg.ToolCalls {
		resp.Content = append(resp.Content, toolUse(i, call))
	}
	resp.Stop, resp.StopSequence = stop(choice.FinishReason, choice.JSON.ExtraFields, len(msg.ToolCalls) > 0, msg.Refusal != "")
	return resp, nil
}

func citation(title, url string, start, end int64) model.Citation {
	return model.Citation{
		Title: title, Source: url, Location: model.Location{Kind: model.LocationWeb, URL: url}, Start: int(start), End: int(end),
	}
}

func toolUse(i int, call openai.ChatCompletionMessageToolCallUnion) *model.ToolUse {
	id := call.ID
	if id == "" {
		id = callID(i)
	}
	if call.Type == "custom" {
		// Its input is free text, which as JSON is a string.
		text, err := json.Marshal(call.Custom.Input)
		if err != nil {
			text = nil
		}
		return model.NewToolUse(id, call.Custom.Name, string(text))
	}
	return model.NewToolUse(id, call.Function.Name, call.Function.Arguments)
}

// callID names a call for a server that does not.
func callID(i int) string { return fmt.Sprintf("call_%d", i) }

// extraText is the reasoning of servers that tell it, in either of the names that they have for it.
func extraText(fields map[string]respjson.Field) string {
	for _, name := range []string{"reasoning_content", "reasoning"} {
		var text string
		if f, ok := fields[name]; ok && json.Unmarshal([]byte(f.Raw()), &text) == nil && text != "" {
			return text
		}
	}
	return ""
}

// stopReasons maps the API's reasons to ours; others pass as they are.
var stopReasons = map[string]model.StopReason{
	"stop": model.StopEnd, "length": model.StopMaxTokens, "tool_calls": model.StopToolUse, "function_call": model.StopToolUse,
	"content_filter": model.StopFiltered,
}

// stop says why an answer ended. Some servers say "stop" for calls too, and some tell the stop sequence that they met.
func stop(reason string, fields map[string]respjson.Field, called, refused bool) (model.StopReason, string) {
	known, ok := stopReasons[reason]
	switch {
	case !ok && reason == "":
		known = model.StopEnd
	case !ok:
		known = model.StopReason(reason)
	}
	var sequence string
	if f, ok := fields["stop_reason"]; ok && known == model.StopEnd && json.Unmarshal([]byte(f.Raw()), &sequence) == nil && sequence != "" {
		return model.StopSequence, sequence
	}
	switch {
	case known == model.StopEnd && refused:
		return model.StopRefusal, ""
	case known == model.StopEnd && called:
		return model.StopToolUse, ""
	}
	return known, ""
}

// usage takes the cached tokens out of the input, where the API counts them in.
func usage(u openai.CompletionUsage) model.Usage {
	cached, written := int(u.PromptTokensDetails.CachedTokens), int(u.PromptTokensDetails.CacheWriteTokens)
	return model.Usage{
		Input: max(int(u.PromptTokens)-cached-written, 0), CacheRead: cached, CacheWrite: written,
		Output: int(u.CompletionTokens), Reasoning: int(u.CompletionTokensDetails.ReasoningTokens),
		AudioInput: int(u.PromptTokensDetails.AudioTokens), AudioOutput: int(u.CompletionTokensDetails.AudioTokens),
	}
}

// audioFormat is the format that the request asked the answer's audio to have; the answer does not repeat it.
func audioFormat(req *model.Request) string {
	data, err := json.Marshal(req.Extra["audio"])
	if err != nil {
		return ""
	}
	var asked struct {
		Format string `json:"format"`
	}
	if json.Unmarshal(data, &asked) != nil {
		return ""
	}
	return asked.Format
}

// The places of the blocks of a stream, so that they come in the order of a whole answer; tool calls follow.
const (
	reasoningAt = iota
	textAt
	refusalAt
	audioAt
	callsAt
)

// translator turns chunks into events, one stream each.
type translator struct {
	started bool
	asked   string
	format  string   // of audio
	think   *thinker // nil where the text has no reasoning in it

	begun   map[int]bool
	current map[int64]call // by the server's index
	calls   int
	reason  string
	fields  map[string]respjson.Field
	refused bool
	end     model.Response
}

// call is a tool call under way.
type call struct {
	id    string
	block int
}

func (m *Model) newTranslator(asked string, req *model.Request) *translator {
	t := &translator{asked: asked, format: audioFormat(req), begun: map[int]bool{}, current: map[int64]call{}}
	if m.compatible {
		t.think = &thinker{}
	}
	return t
}

func (t *translator) chunk(c *openai.ChatCompletionChunk) []model.Event {
	var out []model.Event
	if !t.started {
		t.started = true
		name := c.Model
		if name == "" {
			name = t.asked
		}
		out = append(out, model.Event{Type: model.EventStart, Response: &model.Response{ID: c.ID, Model: name}})
	}
	if c.JSON.Usage.Valid() {
		t.end.Usage = usage(c.Usage)
	}
	if c.ServiceTier != "" {
		t.end.ServiceTier = string(c.ServiceTier)
	}
	for i := range c.Choices {
		if c.Choices[i].Index != 0 {
			continue // the request asked for one
		}
		out = append(out, t.delta(&c.Choices[i].Delta)...)
		if reason := c.Choices[i].FinishReason; reason != "" {
			t.reason, t.fields = reason, c.Choices[i].JSON.ExtraFields
		}
	}
	return out
}

func (t *translator) delta(d *openai.ChatCompletionChunkChoiceDelta) []model.Event {
	var out []model.Event
	add := func(ev model.Event) {
		t.begun[ev.Index] = true
		out = append(out, ev)
	}
	reasoning, text := extraText(d.JSON.ExtraFields), d.Content
	if t.think != nil && text != "" {
		marked, rest := t.think.take(text)
		reasoning, text = reasoning+marked, rest
	}
	for _, ev := range words(reasoning, text) {
		add(ev)
	}
	if citations := annotations(d.JSON.ExtraFields); citations != nil {
		add(model.Event{Type: model.EventMore, Index: textAt, Block: &model.Text{Citations: citations}})
	}
	if d.Refusal != "" {
		t.refused = true
		typ := model.EventMore
		if !t.begun[refusalAt] {
			typ = model.EventBlock
		}
		add(model.Event{Type: typ, Index: refusalAt, Block: &model.Refusal{Text: d.Refusal}})
	}
	if d.Audio.ID != "" || d.Audio.Data != "" || d.Audio.Transcript != "" {
		a := &model.Audio{ID: d.Audio.ID, Transcript: d.Audio.Transcript}
		if data, err := base64.StdEncoding.DecodeString(d.Audio.Data); err == nil {
			a.Source.Bytes = data
		} else {
			a.Error = "a piece of the audio cannot be read: " + err.Error()
		}
		typ := model.EventMore
		if !t.begun[audioAt] {
			typ, a.Format = model.EventBlock, t.format
		}
		add(model.Event{Type: typ, Index: audioAt, Block: a})
	}
	for _, c := range d.ToolCalls {
		for _, ev := range t.call(c) {
			add(ev)
		}
	}
	return out
}

// words are the events of a piece of reasoning and a piece of text; an empty one has none.
func words(reasoning, text string) []model.Event {
	var out []model.Event
	if reasoning != "" {
		out = append(out, model.Event{Type: model.EventReasoning, Index: reasoningAt, Text: reasoning})
	}
	if text != "" {
		out = append(out, model.Event{Type: model.EventText, Index: textAt, Text: text})
	}
	return out
}

// call takes a piece of a tool call. A new id at the same index is a new call: some servers give all calls the index 0.
func (t *translator) call(c openai.ChatCompletionChunkChoiceDeltaToolCall) []model.Event {
	var out []model.Event
	now, ok := t.current[c.Index]
	if !ok || c.ID != "" && c.ID != now.id {
		now = call{id: c.ID, block: callsAt + t.calls}
		id := c.ID
		if id == "" {
			id = callID(t.calls)
		}
		t.calls++
		t.current[c.Index] = now
		out = append(out, model.Event{Type: model.EventBlock, Index: now.block, Block: &model.ToolUse{ID: id, Name: c.Function.Name}})
	}
	if c.Function.Arguments != "" {
		out = append(out, model.Event{Type: model.EventToolInput, Index: now.block, Text: c.Function.Arguments})
	}
	return out
}

func annotations(fields map[string]respjson.Field) []model.Citation {
	f, ok := fields["annotations"]
	if !ok {
		return nil
	}
	var list []struct {
		Citation struct {
			Title string `json:"title"`
			URL   string `json:"url"`
			Start int64  `json:"start_index"`
			End   int64  `json:"end_index"`
		} `json:"url_citation"`
	}
	if json.Unmarshal([]byte(f.Raw()), &list) != nil {
		return nil
	}
	var out []model.Citation
	for _, a := range list {
		out = append(out, citation(a.Citation.Title, a.Citation.URL, a.Citation.Start, a.Citation.End))
	}
	return out
}

// finish gives the events that are due when the stream is over; an error if it broke off before it said why the answer ends.
func (t *translator) finish() ([]model.Event, error) {
	if t.reason == "" {
		return nil, errCut
	}
	var out []model.Event
	if t.think != nil {
		for _, ev := range words(t.think.rest()) {
			t.begun[ev.Index] = true
			out = append(out, ev)
		}
	}
	for _, i := range slices.Sorted(maps.Keys(t.begun)) {
		out = append(out, model.Event{Type: model.EventBlockEnd, Index: i})
	}
	t.end.Stop, t.end.StopSequence = stop(t.reason, t.fields, t.calls > 0, t.refused)
	return append(out, model.Event{Type: model.EventEnd, Response: &t.end}), nil
}
