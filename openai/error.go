package openai

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/openai/openai-go/v3/packages/ssestream"

	"github.com/flowstone-go/flow/model"
)

// names maps codes and types of the API's errors to names of ours. A code is looked up before a type, and both before the status.
var names = map[string]*model.Error{
	"rate_limit_exceeded":       model.ErrThrottled,
	"rate_limit_error":          model.ErrThrottled,
	"requests":                  model.ErrThrottled,
	"tokens":                    model.ErrThrottled,
	"insufficient_quota":        model.ErrQuota,
	"billing_not_active":        model.ErrQuota,
	"invalid_api_key":           model.ErrAccessDenied,
	"authentication_error":      model.ErrAccessDenied,
	"permission_error":          model.ErrAccessDenied,
	"model_not_found":           model.ErrNotFound,
	"not_found_error":           model.ErrNotFound,
	"context_length_exceeded":   model.ErrContextTooLong,
	"exceed_context_size_error": model.ErrContextTooLong, // llama.cpp
	"string_above_max_length":   model.ErrContextTooLong,
	"content_filter":            model.ErrGuardrail,
	"content_policy_violation":  model.ErrGuardrail,
	"server_error":              model.ErrInternal,
	"internal_error":            model.ErrInternal,
	"internal_server_error":     model.ErrInternal,
	"overloaded_error":          model.ErrUnavailable,
	"engine_overloaded":         model.ErrUnavailable,
	"unavailable_error":         model.ErrUnavailable, // llama.cpp
	"timeout":                   model.ErrTimeout,
}

// hints are cases that servers tell in words only, in lower case.
var hints = []struct {
	fragment string
	only     *model.Error
	is       *model.Error
}{
	{"loading model", model.ErrUnavailable, model.ErrNotReady},
	{"maximum context length", model.ErrValidation, model.ErrContextTooLong},
	{"context window", model.ErrValidation, model.ErrContextTooLong},
	{"exceeds the available context size", model.ErrValidation, model.ErrContextTooLong},
	{"prompt is too long", model.ErrValidation, model.ErrContextTooLong},
	{"does not support tools", model.ErrValidation, model.ErrUnsupported}, // Ollama
}

var errCut = errors.New("the connection was closed before the answer was complete")

// failure turns an error of a call into one of ours. Where the caller's context has ended it is the context's error that comes back.
func failure(ctx context.Context, raw *http.Response, err error) error {
	if ctx.Err() != nil {
		if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, ctx.Err()) {
			return fmt.Errorf("openai: %w: %w", ctx.Err(), cause)
		}
		return fmt.Errorf("openai: %w", ctx.Err())
	}
	e := &model.Error{Err: err}
	if raw != nil {
		e.Status = raw.StatusCode
		e.RequestID = raw.Header.Get("X-Request-Id")
		e.After = retryAfter(raw.Header)
	}
	var timeout net.Error
	switch {
	case e.Status >= http.StatusBadRequest:
		classify(e, readError(bodyOf(raw)))
	case e.Status == http.StatusOK:
		name(e, model.ErrInternal)
		e.Message = "the answer cannot be read: " + err.Error()
	case errors.As(err, &timeout) && timeout.Timeout():
		name(e, model.ErrTimeout)
		e.Message = err.Error()
	default:
		name(e, model.ErrUnavailable)
		e.Message = err.Error()
	}
	return e
}

// bodyLimit is how much of an error's body is read.
const bodyLimit = 64 << 10

// bodyOf reads the body of a failed answer, which the SDK has put back, and puts it back again.
func bodyOf(raw *http.Response) []byte {
	data, err := io.ReadAll(io.LimitReader(raw.Body, bodyLimit))
	raw.Body = io.NopCloser(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	return data
}

// said is what a server says about an error.
type said struct {
	code, typ, message string
	status             int // in place of a code
}

// readError reads a body: OpenAI's {"error":{…}}, or what other servers have for it: the same without the object around it, or a text in
// one of several places.
func readError(body []byte) said {
	var outer map[string]json.RawMessage
	if json.Unmarshal(body, &outer) != nil {
		return said{message: strings.TrimSpace(string(body))}
	}
	inner := outer
	if raw, ok := outer["error"]; ok {
		var text string
		if json.Unmarshal(raw, &text) == nil {
			return said{message: text}
		}
		var object map[string]json.RawMessage
		if json.Unmarshal(raw, &object) == nil && object != nil {
			inner = object
		}
	}
	var out said
	text := func(member string) (s string) {
		if json.Unmarshal(inner[member], &s) != nil {
			return ""
		}
		return s
	}
	out.code, out.typ, out.message = text("code"), text("type"), text("message")
	if out.message == "" {
		out.message = text("detail")
	}
	if json.Unmarshal(inner["code"], &out.status) != nil {
		out.status = 0
	}
	return out
}

func name(e, rule *model.Error) {
	known := model.NewError(rule.Name, "", nil)
	e.Name, e.Retryable = known.Name, known.Retryable
}

// classify names an error by what the server says.
func classify(e *model.Error, s said) {
	e.Code, e.Message = s.code, s.message
	if e.Code == "" {
		e.Code = s.typ
	}
	if e.Status == 0 {
		e.Status = s.status
	}
	if e.Message == "" {
		e.Message = http.StatusText(e.Status)
	}
	switch {
	case names[s.code] != nil:
		name(e, names[s.code])
	case names[s.typ] != nil && e.Status != http.StatusUnauthorized:
		name(e, names[s.typ])
	case e.Status >= http.StatusBadRequest:
		known := model.ErrorOfStatus(e.Status, "", nil)
		e.Name, e.Retryable = known.Name, known.Retryable
	default:
		name(e, model.ErrStream)
	}
	text := strings.ToLower(e.Message)
	for _, h := range hints {
		if h.only.Name == e.Name && strings.Contains(text, h.fragment) {
			name(e, h.is)
			break
		}
	}
}

// brokenStream names an error of a stream that was open: what the server says within it, or that it broke off.
func brokenStream(ctx context.Context, raw *http.Response, err error) error {
	if ctx.Err() != nil {
		return failure(ctx, raw, err)
	}
	e := &model.Error{Err: err}
	if raw != nil {
		e.RequestID = raw.Header.Get("X-Request-Id")
	}
	told, ok := errors.AsType[*ssestream.StreamError](err)
	if !ok {
		e.Message = err.Error()
		name(e, model.ErrStream)
		return e
	}
	classify(e, readError(told.Event.Data))
	return e
}

// retryAfter reads how long the server asks to wait.
func retryAfter(h http.Header) time.Duration {
	if ms, err := strconv.ParseFloat(h.Get("Retry-After-Ms"), 64); err == nil && ms >= 0 && ms < 1e9 {
		return time.Duration(ms * float64(time.Millisecond))
	}
	text := h.Get("Retry-After")
	if s, err := strconv.ParseFloat(text, 64); err == nil && s >= 0 && s < 1e6 {
		return time.Duration(s * float64(time.Second))
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(time.Until(at), 0)
	}
	return 0
}
