package model_test

import (
	"encoding/json"
	"errors"
	"iter"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/model"
)

func stream(events ...model.Event) iter.Seq2[model.Event, error] {
	return func(yield func(model.Event, error) bool) {
		for _, ev := range events {
			if !yield(ev, nil) {
				return
			}
		}
	}
}

func end(reason model.StopReason) model.Event {
	return model.Event{Type: model.EventEnd, Response: &model.Response{Stop: reason}}
}

func fullResponse() *model.Response {
	return &model.Response{
		ID: "id", Model: "m", Content: everyBlock(), Stop: model.StopSequence, StopSequence: "END",
		Usage:   model.Usage{Input: 1, Output: 2, CacheRead: 3, CacheWrite: 4, CacheWriteLong: 1, Reasoning: 1, AudioInput: 1, AudioOutput: 1},
		Latency: time.Second, ServiceTier: "flex", LatencyMode: "optimized",
		GuardrailTrace: json.RawMessage(`{"a":1}`), Extra: map[string]any{"k": 1.0},
	}
}

func TestCollectUndoesEvents(t *testing.T) {
	want := fullResponse()
	got, err := model.Collect(model.Events(want))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(fullResponse(), want); diff != "" {
		t.Errorf("the response was changed (-want +got):\n%s", diff)
	}
}

func TestEventsSurviveJSON(t *testing.T) {
	for want := range model.Events(fullResponse()) {
		data, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got model.Event
		if err := json.Unmarshal(data, &got); err != nil {
			t.Fatalf("%v in %s", err, data)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestCollect(t *testing.T) {
	for _, c := range []struct {
		name   string
		events []model.Event
		want   *model.Response
	}{
		{"an answer without content", []model.Event{end(model.StopEnd)}, &model.Response{Stop: model.StopEnd}},
		{
			"text in pieces, without a beginning or an end",
			[]model.Event{{Type: model.EventText, Text: "Dear "}, {Type: model.EventText, Text: "Ada"}, end(model.StopEnd)},
			&model.Response{Content: model.Texts("Dear Ada"), Stop: model.StopEnd},
		},
		{
			"tool input in fragments, and none at all",
			[]model.Event{
				{Type: model.EventBlock, Index: 1, Block: &model.ToolUse{ID: "a", Name: "x"}},
				{Type: model.EventToolInput, Index: 1, Text: `{"k":`},
				{Type: model.EventBlock, Index: 3, Block: &model.ToolUse{ID: "b", Name: "y"}},
				{Type: model.EventToolInput, Index: 1, Text: `1}`},
				{Type: model.EventBlockEnd, Index: 1},
				{Type: model.EventBlockEnd, Index: 3},
				end(model.StopToolUse),
			},
			&model.Response{Stop: model.StopToolUse, Content: model.Contents{
				&model.ToolUse{ID: "a", Name: "x", Input: json.RawMessage(`{"k":1}`)},
				&model.ToolUse{ID: "b", Name: "y", Input: json.RawMessage(`{}`)},
			}},
		},
		{
			"tool input that is no JSON",
			[]model.Event{
				{Type: model.EventBlock, Block: &model.ToolUse{ID: "a", Name: "x"}}, {Type: model.EventToolInput, Text: `{"k":`}, end(model.StopMaxTokens),
			},
			&model.Response{Stop: model.StopMaxTokens, Content: model.Contents{&model.ToolUse{ID: "a", Name: "x", Malformed: `{"k":`}}},
		},
		{
			"blocks come in the order of their indexes",
			[]model.Event{{Type: model.EventText, Index: 2, Text: "b"}, {Type: model.EventReasoning, Index: 0, Text: "a"}, end(model.StopEnd)},
			&model.Response{Stop: model.StopEnd, Content: model.Contents{&model.Reasoning{Text: "a"}, &model.Text{Text: "b"}}},
		},
		{
			"reasoning with signature, text with citations",
			[]model.Event{
				{Type: model.EventReasoning, Text: "h"},
				{Type: model.EventReasoning, Text: "m"},
				{Type: model.EventMore, Block: &model.Reasoning{Signature: "s1"}},
				{Type: model.EventMore, Block: &model.Reasoning{Signature: "s2"}},
				{Type: model.EventText, Index: 1, Text: "a"},
				{Type: model.EventMore, Index: 1, Block: &model.Text{Citations: []model.Citation{{Title: "t"}}}},
				{Type: model.EventText, Index: 1, Text: "b"},
				{Type: model.EventMore, Index: 1, Block: &model.Text{Citations: []model.Citation{{Title: "u"}}}},
				end(model.StopEnd),
			},
			&model.Response{Stop: model.StopEnd, Content: model.Contents{
				&model.Reasoning{Text: "hm", Signature: "s1s2"}, &model.Text{Text: "ab", Citations: []model.Citation{{Title: "t"}, {Title: "u"}}},
			}},
		},
		{
			"an image and speech in pieces",
			[]model.Event{
				{Type: model.EventBlock, Block: &model.Image{Format: "png"}},
				{Type: model.EventMore, Block: &model.Image{Source: model.Source{Bytes: []byte{1}}}},
				{Type: model.EventMore, Block: &model.Image{Source: model.Source{Bytes: []byte{2}}}},
				{Type: model.EventBlock, Index: 1, Block: &model.Audio{ID: "a"}},
				{Type: model.EventText, Index: 1, Text: "He"},
				{Type: model.EventText, Index: 1, Text: "llo"},
				{Type: model.EventMore, Index: 1, Block: &model.Audio{Source: model.Source{Bytes: []byte{3}}}},
				end(model.StopEnd),
			},
			&model.Response{Stop: model.StopEnd, Content: model.Contents{
				&model.Image{Format: "png", Source: model.Source{Bytes: []byte{1, 2}}},
				&model.Audio{ID: "a", Transcript: "Hello", Source: model.Source{Bytes: []byte{3}}},
			}},
		},
		{
			"a tool result of the server in parts",
			[]model.Event{
				{Type: model.EventBlock, Block: &model.ToolResult{ID: "t", Server: "web"}},
				{Type: model.EventMore, Block: &model.ToolResult{Content: model.Texts("a")}},
				{Type: model.EventMore, Block: &model.ToolResult{Content: model.Texts("b"), Error: true}},
				end(model.StopEnd),
			},
			&model.Response{Stop: model.StopEnd, Content: model.Contents{&model.ToolResult{ID: "t", Server: "web", Error: true, Content: model.Texts("a", "b")}}},
		},
		{
			"the end in two parts",
			[]model.Event{
				{Type: model.EventStart, Response: &model.Response{ID: "i", Model: "asked"}},
				{Type: model.EventEnd, Response: &model.Response{Stop: model.StopEnd, Extra: map[string]any{"a": 1}}},
				{Type: model.EventEnd, Response: &model.Response{Model: "routed", Usage: model.Usage{Input: 3}, Extra: map[string]any{"b": 2}}},
			},
			&model.Response{ID: "i", Model: "routed", Stop: model.StopEnd, Usage: model.Usage{Input: 3}, Extra: map[string]any{"a": 1, "b": 2}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			before, err := json.Marshal(c.events)
			if err != nil {
				t.Fatal(err)
			}
			got, err := model.Collect(stream(c.events...))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if after, _ := json.Marshal(c.events); string(after) != string(before) {
				t.Errorf("the events were changed: %s, were %s", after, before)
			}
		})
	}
}

func TestCollectRejects(t *testing.T) {
	text := model.Event{Type: model.EventText, Text: "a"}
	use := model.Event{Type: model.EventBlock, Block: &model.ToolUse{ID: "a"}}
	for _, c := range []struct {
		name   string
		events []model.Event
		want   string
	}{
		{"nothing", nil, "the stream ended before the answer did"},
		{"no end", []model.Event{text}, "the stream ended before the answer did"},
		{"a start in the middle", []model.Event{text, {Type: model.EventStart}}, `event "start" in the middle of an answer`},
		{"text behind the end", []model.Event{end(model.StopEnd), text}, `event "text" behind the end of the answer`},
		{"text for a tool", []model.Event{use, text}, `event "text" for a block that is toolUse`},
		{"text for reasoning", []model.Event{{Type: model.EventReasoning, Text: "a"}, text}, `event "text" for a block that is reasoning`},
		{"tool input for text", []model.Event{text, {Type: model.EventToolInput, Text: "{}"}}, "tool input for a block that is text"},
		{"tool input for nothing", []model.Event{{Type: model.EventToolInput, Index: 4}}, "tool input for block 4, which has not begun"},
		{"a block that begins twice", []model.Event{use, use}, "block 0 begins twice"},
		{"a block without content", []model.Event{{Type: model.EventBlock}}, "event without its block"},
		{"an end of nothing", []model.Event{{Type: model.EventBlockEnd, Index: 1}}, "block 1 ends but has not begun"},
		{"more for a complete block", []model.Event{text, {Type: model.EventBlockEnd}, text}, `event "text" for block 0, which is complete`},
		{"a part of another kind", []model.Event{text, {Type: model.EventMore, Block: &model.Image{}}}, "a part that is image for a block that is text"},
		{
			"a part of what has none",
			[]model.Event{{Type: model.EventBlock, Block: &model.CachePoint{}}, {Type: model.EventMore, Block: &model.CachePoint{}}},
			"a block that is cachePoint does not come in parts",
		},
		{"content in the end", []model.Event{{Type: model.EventEnd, Response: &model.Response{Content: model.Texts("a")}}}, "the response of an event holds content"},
		{"an unknown event", []model.Event{{Type: "surprise"}}, `unknown event "surprise"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			resp, err := model.Collect(stream(c.events...))
			want := &model.Error{Name: "Model.Stream", Message: c.want, Retryable: true, Status: 424}
			if diff := cmp.Diff(error(want), err, cmp.Comparer(func(a, b error) bool { return errors.Is(a, b) && a.Error() == b.Error() })); diff != "" || resp != nil {
				t.Errorf("response %v, error (-want +got):\n%s", resp, diff)
			}
		})
	}
}

func TestCollectGivesTheErrorOfTheStream(t *testing.T) {
	broken := errors.New("broken")
	_, err := model.Collect(func(yield func(model.Event, error) bool) {
		if yield(model.Event{Type: model.EventText, Text: "a"}, nil) {
			yield(model.Event{}, broken)
		}
	})
	if err != broken {
		t.Errorf("got %v, want %v", err, broken)
	}
}

func FuzzCollect(f *testing.F) {
	seed, err := json.Marshal([]model.Event{{Type: model.EventText, Text: "a"}, {Type: model.EventMore, Block: &model.Text{}}, end(model.StopEnd)})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Fuzz(func(t *testing.T, data []byte) {
		var events []model.Event
		if json.Unmarshal(data, &events) != nil {
			return
		}
		resp, err := model.Collect(stream(events...))
		if err != nil {
			return
		}
		again, err := model.Collect(model.Events(resp))
		if err != nil {
			t.Fatalf("events of a collected response do not collect: %v", err)
		}
		if diff := cmp.Diff(resp, again); diff != "" {
			t.Errorf("collected twice (-once +twice):\n%s", diff)
		}
	})
}

func BenchmarkCollector(b *testing.B) {
	ev := model.Event{Type: model.EventText, Text: "token "}
	var c model.Collector
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i%1000 == 0 {
			c = model.Collector{}
		}
		c.Add(ev)
	}
}
