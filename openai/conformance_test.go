package openai_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/flowstone-go/flow/model"
	"github.com/flowstone-go/flow/model/modeltest"
	"github.com/flowstone-go/flow/openai"
)

func TestModelConformance(t *testing.T) {
	var left []string
	err := modeltest.Test(t.Context(), func(_ context.Context, c modeltest.Case) (model.Model, error) {
		whole, stream, ok := handlers(c)
		if !ok {
			left = append(left, c.Name)
			return nil, errors.ErrUnsupported
		}
		s := newServer(t, whole, stream)
		return openai.Open("gpt-test", openai.BaseURL(s.URL+"/v1"), openai.HTTPClient(s.Client())), nil
	})
	if err != nil {
		t.Error(err)
	}
	want := []string{
		"several texts", "a guardrail intervened", "tokens put into the cache", "reasoning before the text", "encrypted reasoning", "a text with a citation",
	}
	if !slices.Equal(want, left) {
		t.Errorf("left out: %q, want %q: what Chat Completions cannot say", left, want)
	}
}

var finishReasons = map[model.StopReason]string{
	model.StopEnd: "stop", model.StopMaxTokens: "length", model.StopToolUse: "tool_calls", model.StopFiltered: "content_filter",
	model.StopRefusal: "stop", model.StopSequence: "stop",
}

// handlers answer as a case says, in the words of Chat Completions.
func handlers(c modeltest.Case) (whole, stream http.HandlerFunc, ok bool) {
	if c.Err != nil {
		whole, stream = errorHandlers(c)
		return whole, stream, true
	}
	r := c.Response
	finish, known := finishReasons[r.Stop]
	if !known || r.Usage.CacheWriteLong > 0 {
		return nil, nil, false
	}
	message := object{"role": "assistant", "content": nil}
	var chunks []string
	delta := func(d object) {
		chunks = append(chunks, text(object{"id": "c1", "model": "gpt-real", "choices": []any{object{"index": 0, "delta": d, "finish_reason": nil}}}))
	}
	delta(object{"role": "assistant", "content": ""})
	var calls []any
	texts := 0
	for _, block := range r.Content {
		switch b := block.(type) {
		case *model.Text:
			texts++
			if b.Citations != nil || texts > 1 {
				return nil, nil, false
			}
			message["content"] = b.Text
			for _, part := range halves(b.Text) {
				delta(object{"content": part})
			}
		case *model.Refusal:
			message["refusal"] = b.Text
			for _, part := range halves(b.Text) {
				delta(object{"refusal": part})
			}
		case *model.ToolUse:
			arguments := b.Malformed + string(b.Input)
			call := object{"id": b.ID, "type": "function", "function": object{"name": b.Name, "arguments": arguments}}
			delta(object{"tool_calls": []any{object{"index": len(calls), "id": b.ID, "type": "function", "function": object{"name": b.Name, "arguments": ""}}}})
			for _, part := range halves(arguments) {
				delta(object{"tool_calls": []any{object{"index": len(calls), "function": object{"arguments": part}}}})
			}
			calls = append(calls, call)
		default:
			return nil, nil, false
		}
	}
	if calls != nil {
		message["tool_calls"] = calls
	}
	usage := object{
		"prompt_tokens": r.Usage.TotalInput(), "completion_tokens": r.Usage.Output, "total_tokens": r.Usage.Total(),
		"prompt_tokens_details":     object{"cached_tokens": r.Usage.CacheRead},
		"completion_tokens_details": object{"reasoning_tokens": r.Usage.Reasoning},
	}
	choice, last := object{"index": 0, "message": message, "finish_reason": finish}, object{"index": 0, "delta": object{}, "finish_reason": finish}
	if r.StopSequence != "" {
		choice["stop_reason"], last["stop_reason"] = r.StopSequence, r.StopSequence
	}
	chunks = append(chunks, text(object{"id": "c1", "model": "gpt-real", "choices": []any{last}}),
		text(object{"id": "c1", "model": "gpt-real", "choices": []any{}, "usage": usage}), done)
	return answer(http.StatusOK, text(object{"id": "c1", "model": "gpt-real", "choices": []any{choice}, "usage": usage})), sse(chunks...), true
}

func halves(s string) []string {
	runes := []rune(s)
	half := len(runes) / 2
	return []string{string(runes[:half]), string(runes[half:])}
}

func errorHandlers(c modeltest.Case) (whole, stream http.HandlerFunc) {
	said := object{"error": object{"message": c.Err.Message, "type": "some_error", "code": nil, "param": nil}}
	if c.Pieces == 0 {
		var header []string
		if c.Err.After > 0 {
			header = []string{"Retry-After", fmt.Sprint(c.Err.After.Seconds())}
		}
		h := answer(c.Err.Status, text(said), header...)
		return h, h
	}
	chunks := slices.Repeat([]string{`{"id":"c1","choices":[{"index":0,"delta":{"content":"piece"}}]}`}, c.Pieces)
	if c.Err.Name == "Model.Throttled" {
		said["error"].(object)["code"] = "rate_limit_exceeded"
		return nil, sse(append(chunks, text(said))...)
	}
	return nil, sse(append(chunks, torn)...)
}

func TestResponseFields(t *testing.T) {
	const body = `{"id":"c1","model":"qwen","service_tier":"flex","choices":[{"index":1,"message":{"content":"other"},"finish_reason":"stop"},{"index":0,"finish_reason":"stop","message":{"role":"assistant",
			"reasoning_content":"hm","content":"See.","annotations":[{"type":"url_citation","url_citation":{"title":"T","url":"https://example.com","start_index":0,"end_index":4}}],
			"audio":{"id":"a1","data":"c25k","expires_at":1,"transcript":"sound"},
			"tool_calls":[{"type":"function","function":{"name":"f","arguments":""}},{"id":"x","type":"custom","custom":{"name":"g","input":"free \"text\""}}]}}],
		"usage":{"prompt_tokens":30,"completion_tokens":20,"total_tokens":50,"prompt_tokens_details":{"cached_tokens":10,"cache_write_tokens":5,"audio_tokens":2},"completion_tokens_details":{"reasoning_tokens":7,"audio_tokens":3}}}`
	s := newServer(t, answer(http.StatusOK, body), nil)
	req := hello()
	req.Extra = map[string]any{"modalities": []string{"text", "audio"}, "audio": map[string]any{"voice": "alloy", "format": "wav"}}
	got, err := s.model().Generate(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	same(t, &model.Response{
		ID: "c1", Model: "qwen", ServiceTier: "flex", Stop: model.StopToolUse,
		Content: model.Contents{
			&model.Reasoning{Text: "hm"},
			&model.Text{Text: "See.", Citations: []model.Citation{{
				Title: "T", Source: "https://example.com", Start: 0, End: 4, Location: model.Location{Kind: model.LocationWeb, URL: "https://example.com"},
			}}},
			&model.Audio{Format: "wav", ID: "a1", Transcript: "sound", Source: model.Source{Bytes: []byte("snd")}},
			&model.ToolUse{ID: "call_0", Name: "f", Input: json.RawMessage(`{}`)},
			&model.ToolUse{ID: "x", Name: "g", Input: json.RawMessage(`"free \"text\""`)},
		},
		Usage: model.Usage{Input: 15, CacheRead: 10, CacheWrite: 5, Output: 20, Reasoning: 7, AudioInput: 2, AudioOutput: 3},
	}, got)
}
