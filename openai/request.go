package openai

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"strings"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/packages/param"
	"github.com/openai/openai-go/v3/shared"

	"github.com/flowstone-go/flow/model"
)

func unsupported(format string, args ...any) error {
	return model.NewError(model.ErrUnsupported.Name, fmt.Sprintf(format, args...), nil)
}

func invalid(format string, args ...any) error {
	return model.NewError(model.ErrValidation.Name, fmt.Sprintf(format, args...), nil)
}

// within says where in a request an error is.
func within(err error, format string, args ...any) error {
	own, ok := errors.AsType[*model.Error](err)
	if !ok {
		return err
	}
	e := *own
	e.Message = fmt.Sprintf(format, args...) + ": " + e.Message
	return &e
}

func (m *Model) params(req *model.Request) (*openai.ChatCompletionNewParams, error) {
	if err := m.refuse(req); err != nil {
		return nil, err
	}
	p := &openai.ChatCompletionNewParams{Model: m.id}
	if req.Model != "" {
		p.Model = req.Model
	}
	if p.Model == "" {
		return nil, invalid("no model is named")
	}
	var err error
	if p.Messages, err = messages(req); err != nil {
		return nil, err
	}
	if req.MaxTokens > 0 {
		if m.compatible {
			p.MaxTokens = openai.Int(int64(req.MaxTokens))
		} else {
			p.MaxCompletionTokens = openai.Int(int64(req.MaxTokens))
		}
	}
	p.Temperature, p.TopP, p.Seed = opt(req.Temperature), opt(req.TopP), opt(req.Seed)
	p.FrequencyPenalty, p.PresencePenalty = opt(req.FrequencyPenalty), opt(req.PresencePenalty)
	p.ParallelToolCalls = opt(req.ParallelTools)
	p.Stop.OfStringArray = req.Stop
	p.ReasoningEffort = shared.ReasoningEffort(req.Effort)
	p.ServiceTier = openai.ChatCompletionNewParamsServiceTier(req.ServiceTier)
	p.Metadata = req.Metadata
	if err := tools(p, req); err != nil {
		return nil, err
	}
	if err := output(p, req.Output); err != nil {
		return nil, err
	}
	return p, m.extra(p, req)
}

func opt[T comparable](v *T) param.Opt[T] {
	if v == nil {
		return param.Opt[T]{}
	}
	return param.NewOpt(*v)
}

// refuse reports what the API has no place for.
func (m *Model) refuse(req *model.Request) error {
	switch {
	case req.MaxTokens < 0:
		return invalid("MaxTokens is %d", req.MaxTokens)
	case req.TopK != nil && !m.compatible:
		return unsupported("OpenAI's models have no TopK; for a server that has, see Compatible")
	case req.Guardrail != nil:
		return unsupported("the API has no guardrails")
	case len(req.Variables) > 0:
		return unsupported("the API has no managed prompts with variables")
	case len(req.ExtraPaths) > 0:
		return unsupported("the API has no extra paths")
	case req.Latency != "":
		return unsupported("the API has no latency setting")
	}
	return nil
}

// extra puts the members of Extra into the body, unless the request has them already.
func (m *Model) extra(p *openai.ChatCompletionNewParams, req *model.Request) error {
	extra := map[string]any{}
	if req.TopK != nil {
		extra["top_k"] = *req.TopK
	}
	if len(req.Extra) > 0 {
		body, err := json.Marshal(p)
		if err != nil {
			return model.NewError(model.ErrValidation.Name, "", err)
		}
		var have map[string]json.RawMessage
		if err := json.Unmarshal(body, &have); err != nil {
			return model.NewError(model.ErrValidation.Name, "", err)
		}
		for name, v := range req.Extra {
			if _, taken := have[name]; taken || extra[name] != nil || name == "stream" || name == "stream_options" {
				return invalid("Extra has %q, which the request or the call sets", name)
			}
			data, err := json.Marshal(v)
			if err != nil {
				return model.NewError(model.ErrValidation.Name, fmt.Sprintf("Extra %q: %v", name, err), err)
			}
			if name == "n" && string(data) != "1" {
				return unsupported("a model gives one answer, not %s", data)
			}
			extra[name] = json.RawMessage(data)
		}
	}
	if len(extra) > 0 {
		p.SetExtraFields(extra)
	}
	return nil
}

// schema gives the members of a JSON schema as they were written.
func schema(raw json.RawMessage) (map[string]any, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return nil, invalid("the schema is no JSON object: %v", err)
	}
	out := make(map[string]any, len(members))
	for name, v := range members {
		out[name] = v
	}
	return out, nil
}

func tools(p *openai.ChatCompletionNewParams, req *model.Request) error {
	for _, t := range req.Tools {
		tool, err := toolOf(t)
		if err != nil {
			return within(err, "tool %q", t.Name)
		}
		p.Tools = append(p.Tools, tool)
	}
	choice := req.ToolChoice
	if len(req.Tools) == 0 && (choice.Mode == model.ToolAny || choice.Mode == model.ToolNamed) {
		return invalid("the tool choice is %q and there are no tools", choice.Mode)
	}
	switch choice.Mode {
	case "":
	case model.ToolAuto, model.ToolNone:
		if len(req.Tools) > 0 {
			p.ToolChoice.OfAuto = openai.String(string(choice.Mode))
		}
	case model.ToolAny:
		p.ToolChoice.OfAuto = openai.String("required")
	case model.ToolNamed:
		p.ToolChoice.OfFunctionToolChoice = &openai.ChatCompletionNamedToolChoiceParam{
			Function: openai.ChatCompletionNamedToolChoiceFunctionParam{Name: choice.Name},
		}
	default:
		return unsupported("there is no tool choice %q", choice.Mode)
	}
	return nil
}

func toolOf(t model.Tool) (openai.ChatCompletionToolUnionParam, error) {
	var none openai.ChatCompletionToolUnionParam
	if t.Cache != nil {
		return none, unsupported("the API has no cache points")
	}
	if t.Server {
		// A tool of the server: its type and whatever belongs to it.
		body := map[string]any{"type": t.Name}
		maps.Copy(body, t.Extra)
		data, err := json.Marshal(body)
		if err != nil {
			return none, model.NewError(model.ErrValidation.Name, err.Error(), err)
		}
		return param.Override[openai.ChatCompletionToolUnionParam](json.RawMessage(data)), nil
	}
	f := shared.FunctionDefinitionParam{Name: t.Name}
	if t.Description != "" {
		f.Description = openai.String(t.Description)
	}
	if t.Strict {
		f.Strict = openai.Bool(true)
	}
	if len(t.Schema) > 0 {
		var err error
		if f.Parameters, err = schema(t.Schema); err != nil {
			return none, err
		}
	}
	tool := &openai.ChatCompletionFunctionToolParam{Function: f}
	if len(t.Extra) > 0 {
		tool.SetExtraFields(t.Extra)
	}
	return openai.ChatCompletionToolUnionParam{OfFunction: tool}, nil
}

func output(p *openai.ChatCompletionNewParams, o *model.Output) error {
	if o == nil {
		return nil
	}
	if len(o.Schema) == 0 {
		p.ResponseFormat.OfJSONObject = &shared.ResponseFormatJSONObjectParam{}
		return nil
	}
	members, err := schema(o.Schema)
	if err != nil {
		return within(err, "output")
	}
	def := shared.ResponseFormatJSONSchemaJSONSchemaParam{Name: "answer", Schema: members}
	if o.Name != "" {
		def.Name = o.Name
	}
	if o.Description != "" {
		def.Description = openai.String(o.Description)
	}
	if o.Strict {
		def.Strict = openai.Bool(true)
	}
	p.ResponseFormat.OfJSONSchema = &shared.ResponseFormatJSONSchemaParam{JSONSchema: def}
	return nil
}

type messageParam = openai.ChatCompletionMessageParamUnion

func messages(req *model.Request) ([]messageParam, error) {
	out := []messageParam{}
	if len(req.System) > 0 {
		m, err := systemMessage(req.System)
		if err != nil {
			return nil, within(err, "system")
		}
		out = append(out, m)
	}
	for i, msg := range req.Messages {
		if err := noNil(msg.Content); err != nil {
			return nil, within(err, "message %d", i)
		}
		var list []messageParam
		var err error
		switch msg.Role {
		case model.User:
			list, err = userMessages(msg.Content)
		case model.Assistant:
			list, err = assistantMessage(msg.Content)
		case model.System:
			var m messageParam
			m, err = systemMessage(msg.Content)
			list = []messageParam{m}
		default:
			err = unsupported("there is no role %q", msg.Role)
		}
		if err != nil {
			return nil, within(err, "message %d", i)
		}
		out = append(out, list...)
	}
	return out, nil
}

func noNil(contents model.Contents) error {
	for i, c := range contents {
		if c == nil || reflect.ValueOf(c).IsNil() {
			return invalid("block %d is nil", i)
		}
		if result, ok := c.(*model.ToolResult); ok {
			if err := noNil(result.Content); err != nil {
				return within(err, "block %d", i)
			}
		}
	}
	return nil
}

func systemMessage(contents model.Contents) (messageParam, error) {
	if err := noNil(contents); err != nil {
		return messageParam{}, err
	}
	var parts []openai.ChatCompletionContentPartTextParam
	for i, c := range contents {
		t, ok := c.(*model.Text)
		if !ok {
			return messageParam{}, unsupported("block %d: %s cannot be an instruction", i, c.Kind())
		}
		parts = append(parts, openai.ChatCompletionContentPartTextParam{Text: t.Text})
	}
	if len(parts) == 1 {
		return openai.SystemMessage(parts[0].Text), nil
	}
	return openai.SystemMessage(parts), nil
}

// userMessages gives a user's message; results of tools are messages of their own in front of it.
func userMessages(contents model.Contents) ([]messageParam, error) {
	var out []messageParam
	var parts []openai.ChatCompletionContentPartUnionParam
	for i, c := range contents {
		if result, ok := c.(*model.ToolResult); ok {
			text, err := resultText(result)
			if err != nil {
				return nil, within(err, "block %d", i)
			}
			out = append(out, openai.ToolMessage(text, result.ID))
			continue
		}
		part, err := userPart(c)
		if err != nil {
			return nil, within(err, "block %d", i)
		}
		parts = append(parts, part)
	}
	switch {
	case len(parts) == 1 && parts[0].OfText != nil:
		return append(out, openai.UserMessage(parts[0].OfText.Text)), nil
	case len(parts) > 0 || out == nil:
		return append(out, openai.UserMessage(parts)), nil
	}
	return out, nil
}

func resultText(r *model.ToolResult) (string, error) {
	var text strings.Builder
	if r.Error {
		text.WriteString("Error: ")
	}
	for _, c := range r.Content {
		switch b := c.(type) {
		case *model.Text:
			text.WriteString(b.Text)
		case *model.JSON:
			text.Write(b.Value)
		default:
			return "", unsupported("a tool's result cannot hold %s", c.Kind())
		}
	}
	return text.String(), nil
}

func userPart(c model.Content) (part openai.ChatCompletionContentPartUnionParam, err error) {
	switch b := c.(type) {
	case *model.Text:
		return openai.TextContentPart(b.Text), nil
	case *model.Image:
		url, err := imageURL(b)
		if err != nil {
			return part, err
		}
		return openai.ImageContentPart(openai.ChatCompletionContentPartImageImageURLParam{URL: url, Detail: b.Detail}), nil
	case *model.Audio:
		if b.Source.Bytes == nil {
			return part, unsupported("audio is sent as its bytes")
		}
		return openai.InputAudioContentPart(openai.ChatCompletionContentPartInputAudioInputAudioParam{
			Data: base64.StdEncoding.EncodeToString(b.Source.Bytes), Format: formatOf(b.Format, b.Source.MIMEType),
		}), nil
	case *model.Document:
		return filePart(b)
	default:
		return part, unsupported("the API has no place for %s in a user's message", c.Kind())
	}
}

func formatOf(format, mime string) string {
	if format != "" {
		return format
	}
	switch mime {
	case "audio/mpeg":
		return "mp3"
	case "audio/x-wav":
		return "wav"
	}
	_, sub, _ := strings.Cut(mime, "/")
	return sub
}

func imageURL(b *model.Image) (string, error) {
	s := b.Source
	switch {
	case s.FileID != "" || strings.HasPrefix(s.URL, "s3:"):
		return "", unsupported("an image is sent as its bytes or as a URL of the web")
	case s.Bytes != nil && s.URL == "":
		mime := s.MIMEType
		if mime == "" {
			mime = "image/" + b.Format
		}
		return dataURL(mime, s.Bytes), nil
	case s.URL != "" && s.Bytes == nil:
		return s.URL, nil
	}
	return "", invalid("an image has its bytes or a URL, one of them")
}

func dataURL(mime string, data []byte) string {
	return "data:" + mime + ";base64," + base64.StdEncoding.EncodeToString(data)
}

func filePart(b *model.Document) (part openai.ChatCompletionContentPartUnionParam, err error) {
	if b.Cite || b.Context != "" || b.Text != "" || len(b.Content) > 0 {
		return part, unsupported("document %q: the API takes a file, without context and citations; put its text into a Text", b.Name)
	}
	file := openai.ChatCompletionContentPartFileFileParam{}
	switch {
	case b.Source.FileID != "" && b.Source.Bytes == nil && b.Source.URL == "":
		file.FileID = openai.String(b.Source.FileID)
	case b.Source.Bytes != nil && b.Source.FileID == "" && b.Source.URL == "":
		mime := b.Source.MIMEType
		if mime == "" {
			mime = "application/" + b.Format
		}
		file.FileData = openai.String(dataURL(mime, b.Source.Bytes))
		file.Filename = openai.String(b.Name)
	default:
		return part, unsupported("document %q: a file is sent as its bytes or by the id of an upload", b.Name)
	}
	return openai.FileContentPart(file), nil
}

type assistantPart = openai.ChatCompletionAssistantMessageParamContentArrayOfContentPartUnion

// assistantMessage gives an earlier answer. Reasoning and citations are left out, because the API has no place for them.
func assistantMessage(contents model.Contents) ([]messageParam, error) {
	m := &openai.ChatCompletionAssistantMessageParam{}
	var parts []assistantPart
	var texts []string
	for i, c := range contents {
		switch b := c.(type) {
		case *model.Text:
			texts = append(texts, b.Text)
			parts = append(parts, assistantPart{OfText: &openai.ChatCompletionContentPartTextParam{Text: b.Text}})
		case *model.Refusal:
			parts = append(parts, assistantPart{OfRefusal: &openai.ChatCompletionContentPartRefusalParam{Refusal: b.Text}})
		case *model.Reasoning:
		case *model.Audio:
			if b.ID == "" {
				return nil, within(unsupported("an answer's audio goes back by its id"), "block %d", i)
			}
			m.Audio = openai.ChatCompletionAssistantMessageParamAudio{ID: b.ID}
		case *model.ToolUse:
			if b.Server {
				return nil, within(unsupported("a call that the provider made itself cannot be sent"), "block %d", i)
			}
			arguments := string(b.Input)
			if b.Malformed != "" {
				arguments = b.Malformed
			} else if arguments == "" {
				arguments = "{}"
			}
			m.ToolCalls = append(m.ToolCalls, openai.ChatCompletionMessageToolCallUnionParam{OfFunction: &openai.ChatCompletionMessageFunctionToolCallParam{
				ID: b.ID, Function: openai.ChatCompletionMessageFunctionToolCallFunctionParam{Name: b.Name, Arguments: arguments},
			}})
		default:
			return nil, within(unsupported("the API has no place for %s in an answer", c.Kind()), "block %d", i)
		}
	}
	switch {
	case len(parts) == 1 && len(texts) == 1:
		m.Content.OfString = openai.String(texts[0])
	case len(parts) > 0:
		m.Content.OfArrayOfContentParts = parts
	case m.ToolCalls == nil && m.Audio.ID == "":
		m.Content.OfString = openai.String("") // an answer without content is none that the API takes
	}
	return []messageParam{{OfAssistant: m}}, nil
}
