package wire

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/flowstone-go/flow/model"
)

// chat answers Chat Completions.
type chat struct{ model model.Model }

// words is the content of a message: a text or blocks of it.
type words string

// UnmarshalJSON reads either form.
func (w *words) UnmarshalJSON(data []byte) error {
	var whole string
	if json.Unmarshal(data, &whole) == nil {
		*w = words(whole)
		return nil
	}
	var blocks []block
	err := json.Unmarshal(data, &blocks)
	*w = words(join(blocks))
	return err
}

func (s *chat) complete(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Stream   bool
		Format   *struct{} `json:"response_format"`
		Messages []struct {
			Role    string
			Content words
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		s.fail(w, model.NewError(model.ErrValidation.Name, err.Error(), err))
		return
	}
	req := &model.Request{}
	if in.Format != nil {
		req.Output = &model.Output{}
	}
	for _, m := range in.Messages {
		if m.Role == "system" {
			req.System = append(req.System, &model.Text{Text: string(m.Content)})
			continue
		}
		req.Messages = append(req.Messages, model.UserText(string(m.Content)))
	}
	resp, err := s.model.Generate(r.Context(), req)
	if err != nil {
		s.fail(w, err)
		return
	}
	usage := object{"prompt_tokens": resp.Usage.Input, "completion_tokens": resp.Usage.Output, "total_tokens": resp.Usage.Input + resp.Usage.Output}
	if !in.Stream {
		respond(w, http.StatusOK, "application/json", text(object{
			"id": "c-1", "object": "chat.completion", "model": "small-1", "usage": usage,
			"choices": []object{{"index": 0, "finish_reason": "stop", "message": object{"role": "assistant", "content": resp.Text()}}},
		}))
		return
	}
	var body strings.Builder
	chunk := func(choices []object, usage any) {
		body.WriteString("data: " + text(object{"id": "c-1", "object": "chat.completion.chunk", "model": "small-1", "choices": choices, "usage": usage}) + "\n\n")
	}
	for _, piece := range halves(resp.Text()) {
		chunk([]object{{"index": 0, "delta": object{"role": "assistant", "content": piece}}}, nil)
	}
	chunk([]object{{"index": 0, "delta": object{}, "finish_reason": "stop"}}, nil)
	chunk([]object{}, usage)
	body.WriteString("data: [DONE]\n\n")
	respond(w, http.StatusOK, "text/event-stream", body.String())
}

func (s *chat) fail(w http.ResponseWriter, err error) {
	e := refuse(w, err)
	respond(w, e.Status, "application/json", text(object{"error": object{"message": e.Message, "type": "error", "code": nil, "param": nil}}))
}
