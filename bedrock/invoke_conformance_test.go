package bedrock_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/flowstone-go/flow/bedrock"
	"github.com/flowstone-go/flow/bedrock/internal/wire"
	"github.com/flowstone-go/flow/model"
	"github.com/flowstone-go/flow/model/modeltest"
)

// TestInvokeModelConformance runs the suite over Claude's body, which can say nearly all of it.
func TestInvokeModelConformance(t *testing.T) {
	err := modeltest.Test(t.Context(), func(_ context.Context, c modeltest.Case) (model.Model, error) {
		s := newServer(t)
		if err := serveClaude(s, c); err != nil {
			return nil, err
		}
		return bedrock.NewInvoke(runtime(s), "anthropic.claude-3-haiku-20240307-v1:0"), nil
	})
	if err != nil {
		t.Error(err)
	}
}

func serveClaude(s *wire.Server, c modeltest.Case) error {
	if c.Err != nil {
		if c.Pieces > 0 {
			frames := append(chunks(`{"type":"message_start","message":{}}`, `{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}`),
				slices.Repeat(chunks(`{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"piece"}}`), c.Pieces)...)
			name := map[string]string{"Model.Throttled": "throttlingException", "Model.Stream": "modelStreamErrorException"}[c.Err.Name]
			s.On("InvokeModelWithResponseStream", wire.Stream(append(frames, wire.Exception(name, text(object{"message": c.Err.Message})))...))
			return nil
		}
		var header []string
		if c.Err.After > 0 {
			header = []string{"Retry-After", fmt.Sprint(c.Err.After.Seconds())}
		}
		r := wire.Error(c.Err.Status, codes[c.Err.Name], c.Err.Message, header...)
		s.On("InvokeModel", r).On("InvokeModelWithResponseStream", r)
		return nil
	}
	r := c.Response
	if r.Usage.Reasoning != 0 || r.Stop == model.StopFiltered {
		return errors.ErrUnsupported
	}
	stop, guard := string(r.Stop), ""
	if r.Stop == model.StopGuardrail {
		stop, guard = "end_turn", "INTERVENED"
	}
	usage := object{
		"input_tokens": r.Usage.Input, "output_tokens": r.Usage.Output, "cache_read_input_tokens": r.Usage.CacheRead,
		"cache_creation_input_tokens": r.Usage.CacheWrite, "cache_creation": object{"ephemeral_1h_input_tokens": r.Usage.CacheWriteLong},
	}
	blocks := []any{}
	stream := []string{text(object{"type": "message_start", "message": object{"id": "m1", "usage": usage}})}
	for i, content := range r.Content {
		block, events := claudeBlock(i, content)
		if block == nil {
			return errors.ErrUnsupported
		}
		blocks = append(blocks, block)
		stream = append(stream, events...)
		stream = append(stream, text(object{"type": "content_block_stop", "index": i}))
	}
	stream = append(stream,
		text(object{"type": "message_delta", "delta": object{"stop_reason": stop, "stop_sequence": r.StopSequence}, "usage": object{"output_tokens": r.Usage.Output}}),
		text(object{"type": "message_stop", "amazon-bedrock-guardrailAction": guard}))
	s.On("InvokeModel", wire.JSON(text(object{"id": "m1", "content": blocks, "stop_reason": stop, "stop_sequence": r.StopSequence, "usage": usage, "amazon-bedrock-guardrailAction": guard})))
	s.On("InvokeModelWithResponseStream", wire.Stream(chunks(stream...)...))
	return nil
}

// claudeBlock gives a block whole and in events; nil for what Claude's body cannot say.
func claudeBlock(i int, content model.Content) (block object, events []string) {
	start := func(b object) {
		events = append(events, text(object{"type": "content_block_start", "index": i, "content_block": b}))
	}
	delta := func(d object) {
		events = append(events, text(object{"type": "content_block_delta", "index": i, "delta": d}))
	}
	switch b := content.(type) {
	case *model.Text:
		start(object{"type": "text", "text": ""})
		for _, part := range halves(b.Text) {
			delta(object{"type": "text_delta", "text": part})
		}
		var citations []any
		for _, c := range b.Citations {
			l := c.Location
			cited := object{"type": "char_location", "cited_text": c.Cited[0], "document_title": c.Title, "document_index": l.Index, "start_char_index": l.Start, "end_char_index": l.End}
			citations = append(citations, cited)
			delta(object{"type": "citations_delta", "citation": cited})
		}
		return object{"type": "text", "text": b.Text, "citations": citations}, events
	case *model.Reasoning:
		if b.Redacted != nil {
			return nil, nil // in Claude's body it is a text, which those bytes are not
		}
		start(object{"type": "thinking", "thinking": "", "signature": ""})
		for _, part := range halves(b.Text) {
			delta(object{"type": "thinking_delta", "thinking": part})
		}
		delta(object{"type": "signature_delta", "signature": b.Signature})
		return object{"type": "thinking", "thinking": b.Text, "signature": b.Signature}, events
	case *model.ToolUse:
		if b.Malformed != "" {
			return nil, nil
		}
		start(object{"type": "tool_use", "id": b.ID, "name": b.Name, "input": object{}})
		for _, part := range halves(string(b.Input)) {
			delta(object{"type": "input_json_delta", "partial_json": part})
		}
		return object{"type": "tool_use", "id": b.ID, "name": b.Name, "input": b.Input}, events
	default:
		return nil, nil
	}
}

func TestAServerThatIsNotBedrock(t *testing.T) {
	// What an HTTP server of another kind answers to any call.
	s := newServer(t)
	html := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		if _, err := w.Write([]byte("<html>welcome</html>")); err != nil {
			return
		}
	}
	s.On("Converse", html).On("ConverseStream", html).On("InvokeModel", html).On("InvokeModelWithResponseStream", html)
	for _, m := range []model.Streamer{bedrock.New(runtime(s), nova), bedrock.NewInvoke(runtime(s), nova)} {
		if _, err := m.Generate(t.Context(), hello()); err == nil {
			t.Errorf("%T: no error", m)
		}
		if _, err := model.Collect(m.Stream(t.Context(), hello())); err == nil {
			t.Errorf("%T: no error of the stream", m)
		}
	}
}
