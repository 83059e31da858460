package wire

import (
	"bytes"
	"encoding/json"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"

	"github.com/flowstone-go/flow/model"
)

// bedrock answers Converse and ConverseStream.
type bedrock struct{ model model.Model }

// ask reads a request and has the model answer it. It is asked for JSON where
// the request makes it call a tool.
func (s *bedrock) ask(r *http.Request) (resp *model.Response, tool string, err error) {
	var in struct {
		System   []block
		Messages []struct{ Content []block }
		Tools    struct {
			ToolChoice struct{ Tool struct{ Name string } }
		} `json:"toolConfig"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return nil, "", model.NewError(model.ErrValidation.Name, err.Error(), err)
	}
	req := &model.Request{Model: r.PathValue("id")}
	if system := join(in.System); system != "" {
		req.System = model.Contents{&model.Text{Text: system}}
	}
	for _, m := range in.Messages {
		req.Messages = append(req.Messages, model.UserText(join(m.Content)))
	}
	if tool = in.Tools.ToolChoice.Tool.Name; tool != "" {
		req.Output = &model.Output{}
	}
	resp, err = s.model.Generate(r.Context(), req)
	return resp, tool, err
}

// codes are the service's names for errors; the rest is a ValidationException.
var codes = map[string]string{
	"Model.Throttled": "ThrottlingException", "Model.Unavailable": "ServiceUnavailableException", "Model.Internal": "InternalServerException",
	"Model.Failed": "ModelErrorException",
}

func (s *bedrock) fail(w http.ResponseWriter, err error) {
	e := refuse(w, err)
	code, ok := codes[e.Name]
	if !ok {
		code = "ValidationException"
	}
	w.Header().Set("X-Amzn-ErrorType", code)
	respond(w, e.Status, "application/json", text(object{"message": e.Message}))
}

func (s *bedrock) converse(w http.ResponseWriter, r *http.Request) {
	resp, tool, err := s.ask(r)
	if err != nil {
		s.fail(w, err)
		return
	}
	content, stop := object{"text": resp.Text()}, "end_turn"
	if tool != "" {
		content, stop = object{"toolUse": object{"toolUseId": "t-1", "name": tool, "input": json.RawMessage(resp.Text())}}, "tool_use"
	}
	respond(w, http.StatusOK, "application/json", text(object{
		"output": object{"message": object{"role": "assistant", "content": []object{content}}}, "stopReason": stop, "usage": tokens(resp), "metrics": object{"latencyMs": 5},
	}))
}

func tokens(resp *model.Response) object {
	return object{"inputTokens": resp.Usage.Input, "outputTokens": resp.Usage.Output, "totalTokens": resp.Usage.Input + resp.Usage.Output}
}

func (s *bedrock) stream(w http.ResponseWriter, r *http.Request) {
	resp, tool, err := s.ask(r)
	if err != nil {
		s.fail(w, err)
		return
	}
	var body bytes.Buffer
	event := func(name string, payload object) {
		m := eventstream.Message{Payload: []byte(text(payload))}
		m.Headers.Set(":message-type", eventstream.StringValue("event"))
		m.Headers.Set(":event-type", eventstream.StringValue(name))
		m.Headers.Set(":content-type", eventstream.StringValue("application/json"))
		if err := eventstream.NewEncoder().Encode(&body, m); err != nil {
			panic(err) // a buffer takes all
		}
	}
	stop := "end_turn"
	event("messageStart", object{"role": "assistant"})
	if tool != "" {
		stop = "tool_use"
		event("contentBlockStart", object{"contentBlockIndex": 0, "start": object{"toolUse": object{"toolUseId": "t-1", "name": tool}}})
	}
	for _, piece := range halves(resp.Text()) {
		delta := object{"text": piece}
		if tool != "" {
			delta = object{"toolUse": object{"input": piece}}
		}
		event("contentBlockDelta", object{"contentBlockIndex": 0, "delta": delta})
	}
	event("contentBlockStop", object{"contentBlockIndex": 0})
	event("messageStop", object{"stopReason": stop})
	event("metadata", object{"usage": tokens(resp), "metrics": object{"latencyMs": 5}})
	respond(w, http.StatusOK, "application/vnd.amazon.eventstream", body.String())
}
