package openai

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/flowstone-go/flow/model"
)

// cured adds to an error of a call what to do about it, where that is known.
func (m *Model) cured(err error, id string) error {
	e, ok := err.(*model.Error) //nolint:errorlint // what is inside another is of no call
	if !ok {
		return err
	}
	if advice := m.cure(e, id); advice != "" {
		e.Message = strings.TrimSuffix(strings.TrimSpace(e.Message), ".") + ". To cure it: " + advice
	}
	return e
}

func (m *Model) cure(e *model.Error, id string) string {
	text := strings.ToLower(e.Message)
	switch e.Name {
	case model.ErrNotFound.Name:
		switch {
		case !strings.Contains(text, "model") && e.Code != "model_not_found":
			return "check the URL of the server, which goes up to and with the version: http://localhost:11434/v1"
		case m.compatible:
			return fmt.Sprintf("check the model's id; Ollama gets a model by `ollama pull %s`, other servers are started with theirs", id)
		default:
			return "check the model's id, and that the key's project may use it"
		}
	case model.ErrAccessDenied.Name:
		return "give a key that is valid for this server by APIKey"
	case model.ErrQuota.Name:
		return "look at plan and billing of the account: waiting does not help"
	case model.ErrThrottled.Name:
		return "retry after a while, and bound the calls by flow.Limit"
	case model.ErrContextTooLong.Name:
		return "shorten the request, or have the server load the model with a larger context"
	case model.ErrTimeout.Name:
		if e.Status == 0 {
			return "give the HTTP client a longer timeout or none: a model can take minutes"
		}
	case model.ErrUnavailable.Name:
		if e.Status == 0 && strings.Contains(text, "refused") { // the word of every system
			return "start the server (Ollama: `ollama serve`), or check its URL: nothing listens there"
		}
	case model.ErrValidation.Name, model.ErrUnsupported.Name:
		switch {
		case strings.Contains(text, "response_format"), strings.Contains(text, "json_schema"):
			return "say by WithoutStructuredOutput that the server does not enforce a schema: a tool is used then"
		case strings.Contains(text, "does not support tools"), e.Status == http.StatusBadRequest && strings.Contains(text, "tool choice requires"):
			return "use a model that has tools, and start the server so that it reads their calls"
		}
	}
	return ""
}
