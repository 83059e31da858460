package openai_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/model"
)

func same(t *testing.T, want, got *model.Response) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("response (-want +got):\n%s", diff)
	}
}

func TestStreamEvents(t *testing.T) {
	s := newServer(t, nil, sse(okStream...))
	var got []model.Event
	for ev, err := range s.model().Stream(t.Context(), hello()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, ev)
	}
	want := []model.Event{
		{Type: model.EventStart, Response: &model.Response{ID: "c1", Model: "gpt-real"}},
		{Type: model.EventText, Index: 1, Text: "H"},
		{Type: model.EventText, Index: 1, Text: "i"},
		{Type: model.EventBlockEnd, Index: 1},
		{Type: model.EventEnd, Response: &model.Response{Stop: model.StopEnd, Usage: model.Usage{Input: 3, Output: 1}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	equalJSON(t, `{"model":"gpt-test","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"Hello"}]}`, s.body(0))
}

func TestStreamsOfServersThatDiffer(t *testing.T) {
	delta := func(d string) string { return `{"id":"c1","model":"m","choices":[{"index":0,"delta":` + d + `}]}` }
	const stop = `{"id":"c1","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`
	for _, tc := range []struct {
		name   string
		chunks []string
		want   *model.Response
	}{
		{
			"reasoning_content, no usage, no end mark",
			[]string{delta(`{"reasoning_content":"h"}`), delta(`{"reasoning_content":"m"}`), delta(`{"content":"Hi"}`), stop},
			&model.Response{ID: "c1", Model: "m", Content: model.Contents{&model.Reasoning{Text: "hm"}, &model.Text{Text: "Hi"}}, Stop: model.StopEnd},
		},
		{
			"reasoning, usage in the last chunk",
			[]string{delta(`{"reasoning":"hm","content":""}`), delta(`{"content":"Hi"}`), `{"id":"c1","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"length"}],"usage":{"prompt_tokens":1,"completion_tokens":2}}`, done},
			&model.Response{ID: "c1", Model: "m", Content: model.Contents{&model.Reasoning{Text: "hm"}, &model.Text{Text: "Hi"}}, Stop: model.StopMaxTokens, Usage: model.Usage{Input: 1, Output: 2}},
		},
		{
			"whole calls, all at index 0, and \"stop\" as the reason",
			[]string{delta(`{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"n\":1}"}}]}`), delta(`{"tool_calls":[{"index":0,"id":"b","function":{"name":"f","arguments":"{\"n\":2}"}}]}`), stop, done},
			&model.Response{ID: "c1", Model: "m", Stop: model.StopToolUse, Content: model.Contents{
				&model.ToolUse{ID: "a", Name: "f", Input: json.RawMessage(`{"n":1}`)}, &model.ToolUse{ID: "b", Name: "f", Input: json.RawMessage(`{"n":2}`)},
			}},
		},
		{
			"calls without ids",
			[]string{delta(`{"tool_calls":[{"index":0,"function":{"name":"f"}},{"index":1,"function":{"name":"g","arguments":"{}"}}]}`), delta(`{"tool_calls":[{"index":0,"function":{"arguments":"{\"n\":1}"}}]}`), stop, done},
			&model.Response{ID: "c1", Model: "m", Stop: model.StopToolUse, Content: model.Contents{
				&model.ToolUse{ID: "call_0", Name: "f", Input: json.RawMessage(`{"n":1}`)}, &model.ToolUse{ID: "call_1", Name: "g", Input: json.RawMessage(`{}`)},
			}},
		},
		{
			"a citation, audio in pieces, another choice, an unknown reason",
			[]string{
				delta(`{"content":"See."}`), `{"id":"c1","model":"m","choices":[{"index":1,"delta":{"content":"other"},"finish_reason":"stop"}]}`,
				delta(`{"annotations":[{"type":"url_citation","url_citation":{"title":"T","url":"u","start_index":1,"end_index":2}}]}`),
				delta(`{"audio":{"id":"a1","transcript":"so"}}`), delta(`{"audio":{"data":"c24="}}`), delta(`{"audio":{"data":"ZA==","transcript":"und"}}`),
				`{"id":"c1","model":"m","service_tier":"flex","choices":[{"index":0,"delta":{},"finish_reason":"bored"}]}`, done,
			},
			&model.Response{ID: "c1", Model: "m", ServiceTier: "flex", Stop: "bored", Content: model.Contents{
				&model.Text{Text: "See.", Citations: []model.Citation{{Title: "T", Source: "u", Start: 1, End: 2, Location: model.Location{Kind: model.LocationWeb, URL: "u"}}}},
				&model.Audio{ID: "a1", Transcript: "sound", Source: model.Source{Bytes: []byte("snd")}},
			}},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newServer(t, nil, sse(tc.chunks...))
			got, err := model.Collect(s.model().Stream(t.Context(), hello()))
			if err != nil {
				t.Fatal(err)
			}
			same(t, tc.want, got)
		})
	}
}

func TestLeavingAStreamHangsUp(t *testing.T) {
	s := newServer(t, nil, sse(append(okStream[:5:5], silence)...))
	for stop := range 3 { // what follows comes with the end of the stream
		seen := 0
		for _, err := range s.model().Stream(t.Context(), hello()) {
			if err != nil {
				t.Fatal(err)
			}
			if seen == stop {
				break
			}
			seen++
		}
		s.open.Wait()
	}
	if s.calls() != 3 {
		t.Errorf("%d calls", s.calls())
	}
	_ = s.model().Stream(t.Context(), hello())
	if s.calls() != 3 {
		t.Error("a call started before the range")
	}
}

func TestStreamsThatBreak(t *testing.T) {
	for name, tc := range map[string]struct {
		chunks []string
		want   *model.Error
		text   string
	}{
		"the connection ends cleanly": {okStream[:3], model.ErrStream, "Hi"},
		"nothing comes at all":        {nil, model.ErrStream, ""},
		"the end mark comes too soon": {append(okStream[:2:2], done), model.ErrStream, "H"},
		"a chunk is torn":             {append(okStream[:2:2], torn), model.ErrStream, "H"},
		"a chunk is no JSON":          {append(okStream[:2:2], `{`), model.ErrStream, "H"},
		"throttled":                   {append(okStream[:2:2], `{"error":{"message":"slow","code":"rate_limit_exceeded"}}`), model.ErrThrottled, "H"},
		"overloaded":                  {append(okStream[:2:2], `{"error":{"message":"busy","type":"overloaded_error"}}`), model.ErrUnavailable, "H"},
		"an error with a status":      {append(okStream[:2:2], `{"error":{"message":"bad","code":500,"type":"InternalError"}}`), model.ErrInternal, "H"},
		"an error as a text":          {append(okStream[:2:2], `{"error":"out of memory"}`), model.ErrStream, "H"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, nil, sse(tc.chunks...))
			var text string
			var last error
			for ev, err := range s.model().Stream(t.Context(), hello()) {
				text, last = text+ev.Text, err
			}
			if !errors.Is(last, tc.want) || text != tc.text {
				t.Errorf("%q and %v, want %q and %v", text, last, tc.text, tc.want)
			}
			if s.calls() != 1 {
				t.Errorf("%d calls", s.calls())
			}
		})
	}
}

func TestCancellingAndDeadlines(t *testing.T) {
	s := newServer(t, nil, sse(append(okStream[:2:2], silence)...))
	stopped := errors.New("stopped by hand")
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	var last error
	for ev, err := range s.model().Stream(ctx, hello()) {
		if ev.Type == model.EventText {
			cancel(stopped)
		}
		last = err
	}
	if !errors.Is(last, context.Canceled) || !errors.Is(last, stopped) {
		t.Errorf("cancelled: %v", last)
	}
	slow := newServer(t, sse(silence), sse(silence))
	due, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer stop()
	if _, err := slow.model().Generate(due, hello()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Generate: %v", err)
	}
	if _, err := model.Collect(slow.model().Stream(due, hello())); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Stream: %v", err)
	}
}
