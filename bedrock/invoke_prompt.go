package bedrock

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/flowstone-go/flow/model"
)

// This file holds the families that complete one prompt: Titan Text, Llama, Cohere Command and Mistral's older models. The
// conversation is written into the prompt as the family was trained to read it.

// turn is a message as its text.
type turn struct {
	role model.Role
	text string
}

// turns gives instructions and messages as texts. Text that spells one of the family's marks is refused, because the model would
// take it for the end of a turn: whoever wrote it could speak as somebody else.
func turns(family Family, req *model.Request, marks ...string) (system string, list []turn, err error) {
	clean := func(text string) error {
		for _, mark := range marks {
			if strings.Contains(text, mark) {
				return invalid("a text holds %q, which separates turns for the family %s", mark, family)
			}
		}
		return nil
	}
	if system, err = onlyText(family, req.System); err != nil {
		return "", nil, within(err, "system")
	}
	if err := clean(system); err != nil {
		return "", nil, within(err, "system")
	}
	for i, msg := range req.Messages {
		text, err := onlyText(family, msg.Content)
		if err == nil {
			err = clean(text)
		}
		if err == nil && msg.Role != model.User && msg.Role != model.Assistant {
			err = unsupported("the family %s has no role %q among the messages", family, msg.Role)
		}
		if err != nil {
			return "", nil, within(err, "message %d", i)
		}
		list = append(list, turn{msg.Role, text})
	}
	if len(list) == 0 {
		return "", nil, invalid("there are no messages")
	}
	return system, list, nil
}

// dialogue writes a conversation as lines that say who speaks, the user and somebody of the given name, whose line is the next. A
// single message needs none.
func dialogue(system string, list []turn, name string) string {
	var b strings.Builder
	if system != "" {
		fmt.Fprintf(&b, "%s\n\n", system)
	}
	if len(list) == 1 && list[0].role == model.User {
		b.WriteString(list[0].text)
		return b.String()
	}
	for _, t := range list {
		speaker := "User"
		if t.role == model.Assistant {
			speaker = name
		}
		fmt.Fprintf(&b, "%s: %s\n", speaker, t.text)
	}
	b.WriteString(name + ":")
	return b.String()
}

var errNoAnswer = errors.New("the answer holds no text")

// lineReader reads streams whose chunks each hold a piece of the one text.
type lineReader struct {
	parse func(data []byte) (piece, error)
	begun bool
	stop  model.StopReason
	usage model.Usage
}

// piece is what one chunk says.
type piece struct {
	text   string
	stop   model.StopReason
	input  int
	output int
}

func (r *lineReader) chunk(data []byte) ([]model.Event, error) {
	p, err := r.parse(data)
	if err != nil {
		return nil, err
	}
	if p.stop != "" {
		r.stop = p.stop
	}
	r.usage.Input = max(r.usage.Input, p.input)
	r.usage.Output = max(r.usage.Output, p.output)
	if p.text == "" {
		return nil, nil
	}
	r.begun = true
	return []model.Event{{Type: model.EventText, Text: p.text}}, nil
}

func (r *lineReader) finish() ([]model.Event, error) {
	if r.stop == "" {
		return nil, errCut
	}
	var out []model.Event
	if !r.begun {
		out = append(out, model.Event{Type: model.EventText})
	}
	return append(out, model.Event{Type: model.EventBlockEnd},
		model.Event{Type: model.EventEnd, Response: &model.Response{Stop: r.stop, Usage: r.usage}}), nil
}

func oneText(text string, stop model.StopReason, usage model.Usage) *model.Response {
	return &model.Response{Content: model.Texts(text), Stop: stop, Usage: usage}
}

// stopNames maps the families' reasons, in lower case, to ours; others pass as they are.
var stopNames = map[string]model.StopReason{
	"finish": model.StopEnd, "finished": model.StopEnd, "stop": model.StopEnd, "complete": model.StopEnd, "end_turn": model.StopEnd,
	"endoftext": model.StopEnd, "length": model.StopMaxTokens, "max_tokens": model.StopMaxTokens, "model_length": model.StopContextWindow,
	"stop_criteria_met": model.StopSequence, "stop_sequence": model.StopSequence, "tool_calls": model.StopToolUse, "tool_call": model.StopToolUse,
	"content_filtered": model.StopFiltered, "content_filter": model.StopFiltered, "error_toxic": model.StopFiltered, "error_limit": model.StopContextWindow,
}

func stopOf(reason string) model.StopReason {
	if reason == "" {
		return ""
	}
	if known, ok := stopNames[strings.ToLower(reason)]; ok {
		return known
	}
	return model.StopReason(strings.ToLower(reason))
}

// ended is stopOf for a whole answer, which has ended even if it does not say why.
func ended(reason string) model.StopReason {
	if s := stopOf(reason); s != "" {
		return s
	}
	return model.StopEnd
}

// ---- Titan Text

type titanBody struct{}

func (titanBody) request(req *model.Request) (map[string]any, error) {
	if err := lacks(TitanText, req, "tools", "output", "effort"); err != nil {
		return nil, err
	}
	system, list, err := turns(TitanText, req, "\nUser:", "\nBot:")
	if err != nil {
		return nil, err
	}
	config := members{}
	config.int("maxTokenCount", req.MaxTokens)
	config.list("stopSequences", req.Stop)
	optionalNumber(config, "temperature", req.Temperature)
	optionalNumber(config, "topP", req.TopP)
	m := members{"inputText": dialogue(system, list, "Bot")}
	if len(config) > 0 {
		m["textGenerationConfig"] = config
	}
	return m, m.sampling(TitanText, req)
}

func (titanBody) response(data []byte) (*model.Response, error) {
	var a struct {
		Input   int `json:"inputTextTokenCount"`
		Results []struct {
			Tokens int    `json:"tokenCount"`
			Text   string `json:"outputText"`
			Reason string `json:"completionReason"`
		} `json:"results"`
	}
	if err := json.Unmarshal(data, &a); err != nil {
		return nil, err
	}
	if len(a.Results) == 0 {
		return nil, errNoAnswer
	}
	r := a.Results[0]
	return oneText(r.Text, ended(r.Reason), model.Usage{Input: a.Input, Output: r.Tokens}), nil
}

func (titanBody) reader() chunkReader {
	return &lineReader{parse: func(data []byte) (piece, error) {
		var c struct {
			Text   string `json:"outputText"`
			Reason string `json:"completionReason"`
			Input  int    `json:"inputTextTokenCount"`
			Total  int    `json:"totalOutputTextTokenCount"`
		}
		err := json.Unmarshal(data, &c)
		return piece{text: c.Text, stop: stopOf(c.Reason), input: c.Input, output: c.Total}, err
	}}
}

// ---- Llama 3 and later

type llamaBody struct{}

func (llamaBody) request(req *model.Request) (map[string]any, error) {
	if err := lacks(Llama, req, "tools", "output", "effort", "stop"); err != nil {
		return nil, err
	}
	system, list, err := turns(Llama, req, "<|")
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteString("<|begin_of_text|>")
	say := func(role, text string) {
		fmt.Fprintf(&b, "<|start_header_id|>%s<|end_header_id|>\n\n%s<|eot_id|>", role, text)
	}
	if system != "" {
		say("system", system)
	}
	for _, t := range list {
		say(string(t.role), t.text)
	}
	b.WriteString("<|start_header_id|>assistant<|end_header_id|>\n\n")
	m := members{"prompt": b.String()}
	m.int("max_gen_len", req.MaxTokens)
	optionalNumber(m, "temperature", req.Temperature)
	optionalNumber(m, "top_p", req.TopP)
	return m, m.sampling(Llama, req)
}

type llamaAnswer struct {
	Text   *string `json:"generation"`
	Input  int     `json:"prompt_token_count"`
	Output int     `json:"generation_token_count"`
	Reason string  `json:"stop_reason"`
}

func (llamaBody) response(data []byte) (*model.Response, error) {
	var a llamaAnswer
	if err := json.Unmarshal(data, &a); err != nil {
		return nil, err
	}
	if a.Text == nil {
		return nil, errNoAnswer
	}
	return oneText(*a.Text, ended(a.Reason), model.Usage{Input: a.Input, Output: a.Output}), nil
}

func (llamaBody) reader() chunkReader {
	return &lineReader{parse: func(data []byte) (piece, error) {
		var c llamaAnswer
		err := json.Unmarshal(data, &c)
		p := piece{stop: stopOf(c.Reason), input: c.Input, output: c.Output}
		if c.Text != nil {
			p.text = *c.Text
		}
		return p, err
	}}
}

// ---- Mistral 7B, Mixtral and the first Large and Small

type mistralTextBody struct{}

func (mistralTextBody) request(req *model.Request) (map[string]any, error) {
	if err := lacks(MistralText, req, "tools", "output", "effort"); err != nil {
		return nil, err
	}
	system, list, err := turns(MistralText, req, "[INST]", "[/INST]", "<s>", "</s>")
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteString("<s>")
	for i, t := range list {
		switch {
		case t.role == model.Assistant:
			fmt.Fprintf(&b, " %s</s>", t.text)
		case i == 0 && system != "":
			fmt.Fprintf(&b, "[INST] %s\n\n%s [/INST]", system, t.text)
		default:
			fmt.Fprintf(&b, "[INST] %s [/INST]", t.text)
		}
	}
	if system != "" && list[0].role != model.User {
		return nil, unsupported("the family %s reads instructions in front of a user's message, and the conversation begins with none", MistralText)
	}
	m := members{"prompt": b.String()}
	m.int("max_tokens", req.MaxTokens)
	m.list("stop", req.Stop)
	optionalNumber(m, "temperature", req.Temperature)
	optionalNumber(m, "top_p", req.TopP)
	return m, m.sampling(MistralText, req)
}

type mistralTextAnswer struct {
	Outputs []struct {
		Text   string `json:"text"`
		Reason string `json:"stop_reason"`
	} `json:"outputs"`
}

func (mistralTextBody) response(data []byte) (*model.Response, error) {
	var a mistralTextAnswer
	if err := json.Unmarshal(data, &a); err != nil {
		return nil, err
	}
	if len(a.Outputs) == 0 {
		return nil, errNoAnswer
	}
	return oneText(a.Outputs[0].Text, ended(a.Outputs[0].Reason), model.Usage{}), nil
}

func (mistralTextBody) reader() chunkReader {
	return &lineReader{parse: func(data []byte) (piece, error) {
		var c mistralTextAnswer
		err := json.Unmarshal(data, &c)
		if err != nil || len(c.Outputs) == 0 {
			return piece{}, err
		}
		return piece{text: c.Outputs[0].Text, stop: stopOf(c.Outputs[0].Reason)}, nil
	}}
}

// ---- Cohere Command

type commandBody struct{}

func (commandBody) request(req *model.Request) (map[string]any, error) {
	if err := lacks(CohereCommand, req, "tools", "output", "effort"); err != nil {
		return nil, err
	}
	system, list, err := turns(CohereCommand, req, "\nUser:", "\nChatbot:")
	if err != nil {
		return nil, err
	}
	m := members{"prompt": dialogue(system, list, "Chatbot")}
	m.int("max_tokens", req.MaxTokens)
	m.list("stop_sequences", req.Stop)
	optionalNumber(m, "temperature", req.Temperature)
	optionalNumber(m, "p", req.TopP)
	return m, m.sampling(CohereCommand, req)
}

func (commandBody) response(data []byte) (*model.Response, error) {
	var a struct {
		Generations []struct {
			Text   string `json:"text"`
			Reason string `json:"finish_reason"`
		} `json:"generations"`
	}
	if err := json.Unmarshal(data, &a); err != nil {
		return nil, err
	}
	if len(a.Generations) == 0 {
		return nil, errNoAnswer
	}
	return oneText(a.Generations[0].Text, ended(a.Generations[0].Reason), model.Usage{}), nil
}

func (commandBody) reader() chunkReader {
	return &lineReader{parse: func(data []byte) (piece, error) {
		var c struct {
			Text   string `json:"text"`
			Done   bool   `json:"is_finished"`
			Reason string `json:"finish_reason"`
		}
		err := json.Unmarshal(data, &c)
		p := piece{text: c.Text, stop: stopOf(c.Reason)}
		if c.Done {
			p.stop = ended(c.Reason)
		}
		return p, err
	}}
}
