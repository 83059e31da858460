package openai_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	sdk "github.com/openai/openai-go/v3"

	"github.com/flowstone-go/flow/model"
	"github.com/flowstone-go/flow/openai"
)

func TestErrors(t *testing.T) {
	said := func(message, typ, code string) string {
		e := object{"message": message, "type": typ, "param": nil, "code": nil}
		if code != "" {
			e["code"] = code
		}
		return text(object{"error": e})
	}
	for _, tc := range []struct {
		name   string
		status int
		body   string
		header []string
		want   model.Error // all but Err; its Message without the advice
		advice string
	}{
		{"throttled", 429, said("Slow down.", "requests", "rate_limit_exceeded"), []string{"Retry-After", "20", "X-Request-Id", "r1"}, model.Error{
			Name: "Model.Throttled", Message: "Slow down.", Retryable: true, After: 20 * time.Second, Status: 429, Code: "rate_limit_exceeded", RequestID: "r1",
		}, "flow.Limit"},
		{"throttled for milliseconds", 429, said("m", "tokens", ""), []string{"Retry-After-Ms", "1500", "Retry-After", "9"}, model.Error{
			Name: "Model.Throttled", Message: "m", Retryable: true, After: 1500 * time.Millisecond, Status: 429, Code: "tokens",
		}, "flow.Limit"},
		{"quota", 429, said("You exceeded your current quota.", "insufficient_quota", "insufficient_quota"), nil, model.Error{
			Name: "Model.Quota", Message: "You exceeded your current quota.", Status: 429, Code: "insufficient_quota",
		}, "plan and billing"},
		{"a wrong key", 401, said("Incorrect API key.", "invalid_request_error", "invalid_api_key"), nil, model.Error{
			Name: "Model.AccessDenied", Message: "Incorrect API key.", Status: 401, Code: "invalid_api_key",
		}, "by APIKey"},
		{"no such model", 404, said("The model does not exist.", "invalid_request_error", "model_not_found"), nil, model.Error{
			Name: "Model.NotFound", Message: "The model does not exist.", Status: 404, Code: "model_not_found",
		}, "`ollama pull gpt-test`"},
		{"no such model at Ollama", 404, `{"error":{"message":"model \"x\" not found, try pulling it first","type":"api_error","param":null,"code":null}}`, nil, model.Error{
			Name: "Model.NotFound", Message: `model "x" not found, try pulling it first`, Status: 404, Code: "api_error",
		}, "`ollama pull gpt-test`"},
		{"too long", 400, said("m", "invalid_request_error", "context_length_exceeded"), nil, model.Error{
			Name: "Model.ContextTooLong", Message: "m", Status: 400, Code: "context_length_exceeded",
		}, "larger context"},
		{"too long at vLLM", 400, `{"object":"error","message":"This model's maximum context length is 4096 tokens.","type":"BadRequestError","code":400}`, nil, model.Error{
			Name: "Model.ContextTooLong", Message: "This model's maximum context length is 4096 tokens.", Status: 400, Code: "BadRequestError",
		}, "larger context"},
		{"filtered", 400, said("m", "", "content_filter"), nil, model.Error{Name: "Model.Guardrail", Message: "m", Status: 400, Code: "content_filter"}, ""},
		{"not valid", 400, said("m", "invalid_request_error", "unknown_parameter"), nil, model.Error{
			Name: "Model.Validation", Message: "m", Status: 400, Code: "unknown_parameter",
		}, ""},
		{"internal", 500, said("m", "server_error", ""), nil, model.Error{Name: "Model.Internal", Message: "m", Retryable: true, Status: 500, Code: "server_error"}, ""},
		{"loading", 503, `{"error":{"message":"Loading model","type":"unavailable_error","code":503}}`, nil, model.Error{
			Name: "Model.NotReady", Message: "Loading model", Retryable: true, Status: 503, Code: "unavailable_error",
		}, ""},
		{"no such path", 404, "404 page not found", nil, model.Error{Name: "Model.NotFound", Message: "404 page not found", Status: 404}, "http://localhost:11434/v1"},
		{"no structured output", 400, said("response_format is not supported", "invalid_request_error", ""), nil, model.Error{
			Name: "Model.Validation", Message: "response_format is not supported", Status: 400, Code: "invalid_request_error",
		}, "WithoutStructuredOutput"},
		{"no tools at Ollama", 400, said("gemma does not support tools", "api_error", ""), nil, model.Error{
			Name: "Model.Unsupported", Message: "gemma does not support tools", Status: 400, Code: "api_error",
		}, "a model that has tools"},
		{"a gateway", 502, `<html>Bad Gateway</html>`, nil, model.Error{Name: "Model.Unavailable", Message: "<html>Bad Gateway</html>", Retryable: true, Status: 502}, ""},
		{"an error as a text", 400, `{"error":"nope"}`, nil, model.Error{Name: "Model.Validation", Message: "nope", Status: 400}, ""},
		{"an error as a detail", 422, `{"detail":"nope"}`, nil, model.Error{Name: "Model.Validation", Message: "nope", Status: 422}, ""},
		{"an error without a word", 504, ``, nil, model.Error{Name: "Model.Timeout", Message: "Gateway Timeout", Retryable: true, Status: 504}, ""},
		{"an answer that is no JSON", 200, `<html>`, nil, model.Error{Name: "Model.Internal", Retryable: true, Status: 200}, ""},
		{"an answer without a choice", 200, `{"choices":[]}`, nil, model.Error{Name: "Model.Failed", Message: "the answer holds no choice", Retryable: true, Status: 424}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h := answer(tc.status, tc.body, tc.header...)
			s := newServer(t, h, h)
			resp, err := s.model().Generate(t.Context(), hello())
			got, ok := errors.AsType[*model.Error](err)
			if !ok || resp != nil {
				t.Fatalf("%v, %v", resp, err)
			}
			ignore := []string{"Err"}
			if tc.want.Message == "" {
				ignore = append(ignore, "Message")
			}
			var advice string
			if got.Message, advice, _ = strings.Cut(got.Message, ". To cure it: "); !strings.Contains(advice, tc.advice) || tc.advice == "" && advice != "" {
				t.Errorf("advice %q, want %q", advice, tc.advice)
			}
			tc.want.Message = strings.TrimSuffix(tc.want.Message, ".")
			if diff := cmp.Diff(&tc.want, got, cmpopts.IgnoreFields(model.Error{}, ignore...)); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if tc.status >= 400 {
				// The SDK gives up on a body whose error is a text.
				if own, ok := errors.AsType[*sdk.Error](err); tc.name != "an error as a text" && (!ok || own.StatusCode != tc.status) {
					t.Errorf("the SDK's own error is lost: %v", err)
				}
				if _, err := model.Collect(s.model().Stream(t.Context(), hello())); !errors.Is(err, &tc.want) {
					t.Errorf("streaming gives %v", err)
				}
			}
			if want := 1 + min(tc.status/400, 1); s.calls() != want {
				t.Errorf("%d calls, want %d: the SDK must not retry", s.calls(), want)
			}
		})
	}
}

func TestNoAnswer(t *testing.T) {
	drop := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	s := newServer(t, drop, drop)
	if _, err := s.model().Generate(t.Context(), hello()); !errors.Is(err, model.ErrUnavailable) {
		t.Errorf("Generate: %v", err)
	}
	if _, err := model.Collect(s.model().Stream(t.Context(), hello())); !errors.Is(err, model.ErrUnavailable) {
		t.Errorf("Stream: %v", err)
	}
	if s.calls() != 2 {
		t.Errorf("%d calls", s.calls())
	}
	hang := newServer(t, sse(silence), nil)
	slow := *hang.Client()
	slow.Timeout = 20 * time.Millisecond
	m := openai.Open("x", openai.BaseURL(hang.URL+"/v1"), openai.HTTPClient(&slow))
	if _, err := m.Generate(t.Context(), hello()); !errors.Is(err, model.ErrTimeout) || !strings.Contains(err.Error(), "longer timeout") {
		t.Errorf("the client's own timeout: %v", err)
	}
	nobody := newServer(t, nil, nil)
	nobody.Close()
	gone := nobody.model()
	_, whole := gone.Generate(t.Context(), hello())
	_, streamed := model.Collect(gone.Stream(t.Context(), hello()))
	for _, err := range []error{whole, streamed} {
		if !errors.Is(err, model.ErrUnavailable) || !strings.Contains(err.Error(), "connection refused") || !strings.Contains(err.Error(), "`ollama serve`") {
			t.Errorf("nobody listens: %v", err)
		}
	}
}
