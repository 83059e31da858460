package bedrock_test

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/bedrock"
	"github.com/flowstone-go/flow/bedrock/internal/wire"
	"github.com/flowstone-go/flow/model"
)

const (
	endOfText = `{"stopReason":"end_turn"}`
	metadata  = `{"usage":{"inputTokens":3,"outputTokens":1,"totalTokens":4},"metrics":{"latencyMs":12}}`
)

// textStream streams what okAnswer says.
func textStream() []wire.Frame {
	return []wire.Frame{
		wire.Event("messageStart", `{"role":"assistant"}`),
		wire.Event("contentBlockDelta", `{"contentBlockIndex":0,"delta":{"text":"H"}}`),
		wire.Event("contentBlockDelta", `{"contentBlockIndex":0,"delta":{"text":"i"}}`),
		wire.Event("contentBlockStop", `{"contentBlockIndex":0}`),
		wire.Event("messageStop", endOfText),
		wire.Event("metadata", metadata),
	}
}

// wholeAnswer has every kind of block and every field that an answer can have.
const wholeAnswer = `{"output":{"message":{"role":"assistant","content":[
		{"reasoningContent":{"reasoningText":{"text":"Let me think.","signature":"c2ln"}}},
		{"reasoningContent":{"redactedContent":"ZGFyaw=="}},
		{"text":"Looking."},
		{"toolUse":{"toolUseId":"s1","name":"web","type":"server_tool_use","input":{"q":"x"}}},
		{"toolResult":{"toolUseId":"s1","type":"web_result","status":"error","content":[{"text":"not found"},{"json":{"n":1.50}}]}},
		{"citationsContent":{"content":[{"text":"As said."}],"citations":[
			{"title":"T","source":"S","sourceContent":[{"text":"said"}],"location":{"web":{"url":"u","domain":"d"}}},
			{"location":{"documentChar":{"documentIndex":1,"start":2,"end":3}}}]}},
		{"image":{"format":"png","source":{"bytes":"cGl4ZWxz"}}},
		{"toolUse":{"toolUseId":"t1","name":"lookup","input":{}}},
		{"toolUse":{"toolUseId":"t2","name":"lookup","input":{"n":12345678901234567890}}}]}},
	"stopReason":"tool_use",
	"usage":{"inputTokens":10,"outputTokens":20,"totalTokens":60,"cacheReadInputTokens":12,"cacheWriteInputTokens":18,
		"cacheDetails":[{"ttl":"1h","inputTokens":11},{"ttl":"5m","inputTokens":7}]},
	"metrics":{"latencyMs":1500},
	"additionalModelResponseFields":{"stop_sequence":"END","deep":{"n":[1,2.5,null]}},
	"performanceConfig":{"latency":"optimized"},"serviceTier":{"type":"priority"},
	"trace":{"promptRouter":{"invokedModelId":"anthropic.claude-3-haiku-20240307-v1:0"},
		"guardrail":{"actionReason":"none","modelOutput":["x"],"inputAssessment":{"abc":{"topicPolicy":{"topics":[]}}}}}}`

// wholeStream streams the same.
func wholeStream() []wire.Frame {
	return []wire.Frame{
		wire.Event("messageStart", `{"role":"assistant"}`),
		wire.Event("contentBlockDelta", `{"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"Let me "}}}`),
		wire.Event("contentBlockDelta", `{"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"think."}}}`),
		wire.Event("contentBlockDelta", `{"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"c2ln"}}}`),
		wire.Event("contentBlockStop", `{"contentBlockIndex":0}`),
		wire.Event("contentBlockDelta", `{"contentBlockIndex":1,"delta":{"reasoningContent":{"redactedContent":"ZGFyaw=="}}}`),
		wire.Event("contentBlockStop", `{"contentBlockIndex":1}`),
		wire.Event("contentBlockDelta", `{"contentBlockIndex":2,"delta":{"text":"Looking."}}`),
		wire.Event("contentBlockStop", `{"contentBlockIndex":2}`),
		wire.Event("contentBlockStart", `{"contentBlockIndex":3,"start":{"toolUse":{"toolUseId":"s1","name":"web","type":"server_tool_use"}}}`),
		wire.Event("contentBlockDelta", `{"contentBlockIndex":3,"delta":{"toolUse":{"input":"{\"q\":"}}}`),
		wire.Event("contentBlockDelta", `{"contentBlockIndex":3,"delta":{"toolUse":{"input":"\"x\"}"}}}`),
		wire.Event("contentBlockStop", `{"contentBlockIndex":3}`),
		wire.Event("contentBlockStart", `{"contentBlockIndex":4,"start":{"toolResult":{"toolUseId":"s1","type":"web_result","status":"error"}}}`),
		wire.Event("contentBlockDelta", `{"contentBlockIndex":4,"delta":{"toolResult":[{"text":"not "}]}}`),
		wire.Event("contentBlockDelta", `{"contentBlockIndex":4,"delta":{"toolResult":[{"text":"found"},{"json":{"n":1.50}}]}}`),
		wire.Event("contentBlockStop", `{"contentBlockIndex":4}`),
		wire.Event("contentBlockDelta", `{"contentBlockIndex":5,"delta":{"citation":{"title":"T","source":"S","sourceContent":[{"text":"said"}],"location":{"web":{"url":"u","domain":"d"}}}}}`),
		wire.Event("contentBlockDelta", `{"contentBlockIndex":5,"delta":{"text":"As said."}}`),
		wire.Event("contentBlockDelta", `{"contentBlockIndex":5,"delta":{"citation":{"location":{"documentChar":{"documentIndex":1,"start":2,"end":3}}}}}`),
		wire.Event("contentBlockStop", `{"contentBlockIndex":5}`),
		wire.Event("contentBlockStart", `{"contentBlockIndex":6,"start":{"image":{"format":"png"}}}`),
		wire.Event("contentBlockDelta", `{"contentBlockIndex":6,"delta":{"image":{"source":{"bytes":"cGl4"}}}}`),
		wire.Event("contentBlockDelta", `{"contentBlockIndex":6,"delta":{"image":{"source":{"bytes":"ZWxz"}}}}`),
		wire.Event("contentBlockStop", `{"contentBlockIndex":6}`),
		wire.Event("contentBlockStart", `{"contentBlockIndex":7,"start":{"toolUse":{"toolUseId":"t1","name":"lookup"}}}`),
		wire.Event("contentBlockStop", `{"contentBlockIndex":7}`),
		wire.Event("contentBlockStart", `{"contentBlockIndex":8,"start":{"toolUse":{"toolUseId":"t2","name":"lookup"}}}`),
		wire.Event("contentBlockDelta", `{"contentBlockIndex":8,"delta":{"toolUse":{"input":"{\"n\":12345678901234567890}"}}}`),
		wire.Event("contentBlockStop", `{"contentBlockIndex":8}`),
		wire.Event("messageStop", `{"stopReason":"tool_use","additionalModelResponseFields":{"stop_sequence":"END","deep":{"n":[1,2.5,null]}}}`),
		wire.Event("metadata", `{"usage":{"inputTokens":10,"outputTokens":20,"totalTokens":60,"cacheReadInputTokens":12,"cacheWriteInputTokens":18,
			"cacheDetails":[{"ttl":"1h","inputTokens":11},{"ttl":"5m","inputTokens":7}]},"metrics":{"latencyMs":1500},
			"performanceConfig":{"latency":"optimized"},"serviceTier":{"type":"priority"},
			"trace":{"promptRouter":{"invokedModelId":"anthropic.claude-3-haiku-20240307-v1:0"},
				"guardrail":{"actionReason":"none","modelOutput":["x"],"inputAssessment":{"abc":{"topicPolicy":{"topics":[]}}}}}}`),
	}
}

func wholeResponse() *model.Response {
	return &model.Response{
		ID:    "req-1",
		Model: "anthropic.claude-3-haiku-20240307-v1:0",
		Content: model.Contents{
			&model.Reasoning{Text: "Let me think.", Signature: "c2ln"},
			&model.Reasoning{Redacted: []byte("dark")},
			&model.Text{Text: "Looking."},
			&model.ToolUse{ID: "s1", Name: "web", Server: true, Input: json.RawMessage(`{"q":"x"}`)},
			&model.ToolResult{ID: "s1", Server: "web_result", Error: true, Content: model.Contents{
				&model.Text{Text: "not found"}, &model.JSON{Value: json.RawMessage(`{"n":1.50}`)},
			}},
			&model.Text{Text: "As said.", Citations: []model.Citation{
				{Title: "T", Source: "S", Cited: []string{"said"}, Location: model.Location{Kind: model.LocationWeb, URL: "u", Domain: "d"}},
				{Location: model.Location{Kind: model.LocationChars, Index: 1, Start: 2, End: 3}},
			}},
			&model.Image{Format: "png", Source: model.Source{Bytes: []byte("pixels")}},
			&model.ToolUse{ID: "t1", Name: "lookup", Input: json.RawMessage(`{}`)},
			&model.ToolUse{ID: "t2", Name: "lookup", Input: json.RawMessage(`{"n":12345678901234567890}`)},
		},
		Stop:         model.StopToolUse,
		StopSequence: "END",
		Usage:        model.Usage{Input: 10, Output: 20, CacheRead: 12, CacheWrite: 18, CacheWriteLong: 11},
		Latency:      1500 * time.Millisecond,
		ServiceTier:  "priority",
		LatencyMode:  "optimized",
		GuardrailTrace: json.RawMessage(
			`{"actionReason":"none","inputAssessment":{"abc":{"topicPolicy":{"topics":[]}}},"modelOutput":["x"]}`),
		Extra: map[string]any{"stop_sequence": "END", "deep": map[string]any{"n": []any{1.0, 2.5, nil}}},
	}
}

func TestGenerateGivesEveryField(t *testing.T) {
	s := newServer(t).On("Converse", wire.JSON(wholeAnswer, "X-Amzn-Requestid", "req-1"))
	got, err := newModel(s).Generate(t.Context(), hello())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wholeResponse(), got); diff != "" {
		t.Errorf("response (-want +got):\n%s", diff)
	}
}

func TestAStreamsFoldEqualsGenerate(t *testing.T) {
	s := newServer(t).On("ConverseStream", wire.StreamWith([]string{"X-Amzn-Requestid", "req-1"}, wholeStream()...))
	got, err := model.Collect(newModel(s).Stream(t.Context(), hello()))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wholeResponse(), got); diff != "" {
		t.Errorf("response (-want +got):\n%s", diff)
	}
}

func TestStreamEvents(t *testing.T) {
	s := newServer(t).On("ConverseStream", wire.StreamWith([]string{"X-Amzn-Requestid", "req-1"}, textStream()...))
	got := collect(t, newModel(s).Stream(t.Context(), hello()))
	want := []model.Event{
		{Type: model.EventStart, Response: &model.Response{ID: "req-1", Model: nova}},
		{Type: model.EventText, Text: "H"},
		{Type: model.EventText, Text: "i"},
		{Type: model.EventBlockEnd},
		{Type: model.EventEnd, Response: &model.Response{Stop: model.StopEnd}},
		{Type: model.EventEnd, Response: &model.Response{Usage: model.Usage{Input: 3, Output: 1}, Latency: 12 * time.Millisecond}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func collect(t *testing.T, events iter.Seq2[model.Event, error]) []model.Event {
	t.Helper()
	var out []model.Event
	for ev, err := range events {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, ev)
	}
	return out
}

func TestBreakingOutOfAStreamAtAnyEventHangsUp(t *testing.T) {
	// The server goes silent at the end, so that only a client that hangs up lets Drain return; goleak sees the client's goroutines.
	s := newServer(t).On("ConverseStream", wire.Stream(append(wholeStream(), wire.Silence())...))
	m := newModel(s)
	n := len(collect(t, model.Events(wholeResponse()))) // no fewer events than that
	for stop := range n {
		seen := 0
		for _, err := range m.Stream(t.Context(), hello()) {
			if err != nil {
				t.Fatal(err)
			}
			if seen == stop {
				break
			}
			seen++
		}
		s.Drain()
	}
	if got := len(s.Requests("ConverseStream")); got != n {
		t.Errorf("%d calls, want %d", got, n)
	}
}

func TestNothingStartsBeforeTheRange(t *testing.T) {
	s := newServer(t)
	_ = newModel(s).Stream(t.Context(), hello())
	if n := len(s.Requests("")); n != 0 {
		t.Errorf("%d calls", n)
	}
}

func TestStreamsThatBreak(t *testing.T) {
	whole := textStream()
	for name, tc := range map[string]struct {
		frames []wire.Frame
		want   *model.Error
		text   string // what came before
	}{
		"the connection ends cleanly":     {whole[:3], model.ErrStream, "Hi"},
		"it ends before the usage":        {whole[:5], model.ErrStream, "Hi"},
		"nothing comes at all":            {nil, model.ErrStream, ""},
		"a frame is cut":                  {append(whole[:2:2], wire.Broken()), model.ErrStream, "H"},
		"throttled in mid stream":         {append(whole[:2:2], wire.Exception("throttlingException", `{"message":"slow down"}`)), model.ErrThrottled, "H"},
		"throttled at once":               {[]wire.Frame{wire.Exception("throttlingException", `{"message":"slow down"}`)}, model.ErrThrottled, ""},
		"the model fails in mid stream":   {append(whole[:3:3], wire.Exception("modelStreamErrorException", `{"message":"broke","originalStatusCode":500,"originalMessage":"GPU"}`)), model.ErrStream, "Hi"},
		"invalid in mid stream":           {append(whole[:2:2], wire.Exception("validationException", `{"message":"bad"}`)), model.ErrValidation, "H"},
		"internal in mid stream":          {append(whole[:2:2], wire.Exception("internalServerException", `{"message":"oops"}`)), model.ErrInternal, "H"},
		"unavailable in mid stream":       {append(whole[:2:2], wire.Exception("serviceUnavailableException", `{"message":"gone"}`)), model.ErrUnavailable, "H"},
		"an exception nobody knows":       {append(whole[:2:2], wire.Exception("strangeException", `{"message":"?"}`)), model.ErrInternal, "H"},
		"an event that is no JSON":        {append(whole[:2:2], wire.Event("contentBlockDelta", `{"contentBlockIndex":`)), model.ErrStream, "H"},
		"a part of a kind nobody knows":   {append(whole[:2:2], wire.Event("contentBlockDelta", `{"contentBlockIndex":0,"delta":{"smell":"x"}}`)), model.ErrStream, "H"},
		"a result's part without a start": {append(whole[:1:1], wire.Event("contentBlockDelta", `{"contentBlockIndex":0,"delta":{"toolResult":[{"text":"x"}]}}`)), model.ErrStream, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t).On("ConverseStream", wire.Stream(tc.frames...))
			var text string
			var last error
			for ev, err := range newModel(s).Stream(t.Context(), hello()) {
				if last != nil {
					t.Fatal("something came after the error")
				}
				if err != nil && ev != (model.Event{}) {
					t.Errorf("the error comes with %v", ev)
				}
				text, last = text+ev.Text, err
			}
			if !errors.Is(last, tc.want) || text != tc.text {
				t.Errorf("%q and error %v, want %q and %v", text, last, tc.text, tc.want)
			}
		})
	}
}

func TestBlocksThatTheSDKCannotReadAreNotLost(t *testing.T) {
	want := model.Contents{
		&model.Other{Type: "unknown"}, &model.ToolUse{ID: "t1", Name: "pay", Input: json.RawMessage(`{}`)}, &model.Other{Type: "unknown"},
	}
	s := newServer(t).On("Converse", wire.JSON(`{"output":{"message":{"role":"assistant","content":[
		{"smell":{}},{"toolUse":{"toolUseId":"t1","name":"pay","input":{}}},{"smell":{}}]}},"stopReason":"tool_use"}`)).
		On("ConverseStream", wire.Stream(
			wire.Event("contentBlockStart", `{"contentBlockIndex":0,"start":{"smell":{}}}`),
			wire.Event("contentBlockDelta", `{"contentBlockIndex":0,"delta":{"smell":"x"}}`),
			wire.Event("contentBlockStop", `{"contentBlockIndex":0}`),
			wire.Event("contentBlockStart", `{"contentBlockIndex":1,"start":{"toolUse":{"toolUseId":"t1","name":"pay"}}}`),
			wire.Event("contentBlockStop", `{"contentBlockIndex":1}`),
			wire.Event("contentBlockDelta", `{"contentBlockIndex":2,"delta":{"smell":"x"}}`),
			wire.Event("contentBlockDelta", `{"contentBlockIndex":2,"delta":{"smell":"y"}}`),
			wire.Event("contentBlockStop", `{"contentBlockIndex":2}`),
			wire.Event("brandNewEvent", `{"x":1}`),
			wire.Event("messageStop", `{"stopReason":"tool_use"}`),
			wire.Event("metadata", metadata)))
	m := newModel(s)
	whole, err := m.Generate(t.Context(), hello())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, whole.Content); diff != "" {
		t.Errorf("Generate (-want +got):\n%s", diff)
	}
	streamed, err := model.Collect(m.Stream(t.Context(), hello()))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, streamed.Content); diff != "" {
		t.Errorf("Stream (-want +got):\n%s", diff)
	}
}

func TestCancellingAStream(t *testing.T) {
	s := newServer(t).On("ConverseStream", wire.Stream(append(textStream()[:2:2], wire.Silence())...))
	stopped := errors.New("stopped by hand")
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	var last error
	for ev, err := range newModel(s).Stream(ctx, hello()) {
		if ev.Type == model.EventText {
			cancel(stopped)
		}
		last = err
	}
	if !errors.Is(last, context.Canceled) || !errors.Is(last, stopped) {
		t.Errorf("error %v", last)
	}
	s.Drain()
}

func TestTheDeadlineOfACall(t *testing.T) {
	s := newServer(t).On("Converse", wire.Hang()).On("ConverseStream", wire.Hang())
	m := newModel(s)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := m.Generate(ctx, hello()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Generate: %v", err)
	}
	if _, err := model.Collect(m.Stream(ctx, hello())); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Stream: %v", err)
	}
	s.Drain()
}

// fake answers without the SDK's client; its streams come through the seam.
type fake struct {
	out    *bedrockruntime.ConverseOutput
	events []types.ConverseStreamOutput
}

func (f fake) Converse(context.Context, *bedrockruntime.ConverseInput, ...func(*bedrockruntime.Options)) (*bedrockruntime.ConverseOutput, error) {
	return f.out, nil
}

type fakeSource struct{ fake }

func (f fakeSource) ConverseEvents(context.Context, *bedrockruntime.ConverseStreamInput) iter.Seq2[types.ConverseStreamOutput, error] {
	return func(yield func(types.ConverseStreamOutput, error) bool) {
		for _, ev := range f.events {
			if !yield(ev, nil) {
				return
			}
		}
	}
}

func TestClientsThatAreNotTheSDKs(t *testing.T) {
	f := fake{
		out: &bedrockruntime.ConverseOutput{
			StopReason: types.StopReasonEndTurn,
			Output: &types.ConverseOutputMemberMessage{Value: types.Message{
				Content: []types.ContentBlock{&types.ContentBlockMemberText{Value: "whole"}},
			}},
		},
		events: []types.ConverseStreamOutput{
			&types.ConverseStreamOutputMemberContentBlockDelta{Value: types.ContentBlockDeltaEvent{
				ContentBlockIndex: aws.Int32(0), Delta: &types.ContentBlockDeltaMemberText{Value: "streamed"},
			}},
			&types.ConverseStreamOutputMemberMessageStop{Value: types.MessageStopEvent{StopReason: types.StopReasonEndTurn}},
			&types.ConverseStreamOutputMemberMetadata{},
		},
	}
	for name, tc := range map[string]struct {
		client bedrock.ConverseClient
		want   string
	}{"without streams": {f, "whole"}, "with an event source": {fakeSource{f}, "streamed"}} {
		t.Run(name, func(t *testing.T) {
			got, err := model.Collect(bedrock.New(tc.client, titan).Stream(t.Context(), hello()))
			if err != nil {
				t.Fatal(err)
			}
			want := &model.Response{Model: titan, Content: model.Texts(tc.want), Stop: model.StopEnd}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("response (-want +got):\n%s", diff)
			}
		})
	}
	if _, err := bedrock.New(f, titan).CountTokens(t.Context(), hello()); !errors.Is(err, model.ErrUnsupported) {
		t.Errorf("CountTokens: %v", err)
	}
}

func TestGuardrailInterventionAsAnError(t *testing.T) {
	s := newServer(t).On("Converse", wire.JSON(`{"output":{"message":{"role":"assistant","content":[{"text":"Blocked."}]}},"stopReason":"guardrail_intervened"}`)).
		On("ConverseStream", wire.Stream(
			wire.Event("contentBlockDelta", `{"contentBlockIndex":0,"delta":{"text":"Blocked."}}`),
			wire.Event("messageStop", `{"stopReason":"guardrail_intervened"}`), wire.Event("metadata", metadata)))
	plain := newModel(s)
	resp, err := plain.Generate(t.Context(), hello())
	if err != nil || resp.Stop != model.StopGuardrail || resp.Text() != "Blocked." {
		t.Errorf("%v, %v", resp, err)
	}
	strict := newModel(s, bedrock.FailOnGuardrail())
	if resp, err := strict.Generate(t.Context(), hello()); !errors.Is(err, model.ErrGuardrail) || resp != nil {
		t.Errorf("Generate: %v, %v", resp, err)
	}
	if _, err := model.Collect(strict.Stream(t.Context(), hello())); !errors.Is(err, model.ErrGuardrail) {
		t.Errorf("Stream: %v", err)
	}
}
