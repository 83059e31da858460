package bedrock_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/flowstone-go/flow/bedrock"
	"github.com/flowstone-go/flow/bedrock/internal/wire"
	"github.com/flowstone-go/flow/model"
	"github.com/flowstone-go/flow/model/modeltest"
)

func TestModelConformance(t *testing.T) {
	err := modeltest.Test(t.Context(), func(_ context.Context, c modeltest.Case) (model.Model, error) {
		s := newServer(t)
		if err := serve(s, c); err != nil {
			return nil, err
		}
		return bedrock.New(runtime(s), claude), nil
	})
	if err != nil {
		t.Error(err)
	}
}

// serve makes the server answer as a case says, in the words of Converse.
func serve(s *wire.Server, c modeltest.Case) error {
	if c.Err != nil {
		return serveError(s, c)
	}
	r := c.Response
	if r.Usage.Reasoning != 0 || r.Stop == model.StopRefusal {
		return errors.ErrUnsupported // Converse knows neither
	}
	var blocks []any
	frames := []wire.Frame{wire.Event("messageStart", `{"role":"assistant"}`)}
	for i, content := range r.Content {
		if use, ok := content.(*model.ToolUse); ok && use.Malformed != "" {
			return errors.ErrUnsupported // Converse gives no input that is no JSON; TestAToolCallCutOff streams one
		}
		block, events := onTheWire(i, content)
		blocks = append(blocks, block)
		frames = append(frames, events...)
		frames = append(frames, wire.Event("contentBlockStop", text(object{"contentBlockIndex": i})))
	}
	stop := object{"stopReason": r.Stop}
	if len(c.Request.Stop) > 0 { // Claude is asked for it
		stop["additionalModelResponseFields"] = object{"stop_sequence": orNull(r.StopSequence)}
	}
	usage := object{
		"inputTokens": r.Usage.Input, "outputTokens": r.Usage.Output, "totalTokens": r.Usage.Total(),
		"cacheReadInputTokens": r.Usage.CacheRead, "cacheWriteInputTokens": r.Usage.CacheWrite,
		"cacheDetails": []any{object{"ttl": "1h", "inputTokens": r.Usage.CacheWriteLong}},
	}
	frames = append(frames, wire.Event("messageStop", text(stop)), wire.Event("metadata", text(object{"usage": usage})))
	whole := object{"output": object{"message": object{"role": "assistant", "content": blocks}}, "usage": usage}
	maps.Copy(whole, stop)
	s.On("Converse", wire.JSON(text(whole)))
	s.On("ConverseStream", wire.Stream(frames...))
	return nil
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

type object map[string]any

func text(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(data)
}

// onTheWire gives a block whole and in events, its text cut in the middle.
func onTheWire(i int, content model.Content) (block any, events []wire.Frame) {
	delta := func(d any) {
		events = append(events, wire.Event("contentBlockDelta", text(object{"contentBlockIndex": i, "delta": d})))
	}
	switch b := content.(type) {
	case *model.Text:
		for _, part := range halves(b.Text) {
			delta(object{"text": part})
		}
		var citations []any
		for _, c := range b.Citations {
			citation := object{"title": c.Title, "sourceContent": []any{object{"text": c.Cited[0]}}, "location": object{"documentChar": object{
				"documentIndex": c.Location.Index, "start": c.Location.Start, "end": c.Location.End,
			}}}
			citations = append(citations, citation)
			delta(object{"citation": citation})
		}
		if citations != nil {
			return object{"citationsContent": object{"content": []any{object{"text": b.Text}}, "citations": citations}}, events
		}
		return object{"text": b.Text}, events
	case *model.Reasoning:
		if b.Redacted != nil {
			delta(object{"reasoningContent": object{"redactedContent": b.Redacted}})
			return object{"reasoningContent": object{"redactedContent": b.Redacted}}, events
		}
		for _, part := range halves(b.Text) {
			delta(object{"reasoningContent": object{"text": part}})
		}
		delta(object{"reasoningContent": object{"signature": b.Signature}})
		return object{"reasoningContent": object{"reasoningText": object{"text": b.Text, "signature": b.Signature}}}, events
	case *model.ToolUse:
		start := object{"toolUse": object{"toolUseId": b.ID, "name": b.Name}}
		events = append(events, wire.Event("contentBlockStart", text(object{"contentBlockIndex": i, "start": start})))
		for _, part := range halves(string(b.Input)) {
			delta(object{"toolUse": object{"input": part}})
		}
		return object{"toolUse": object{"toolUseId": b.ID, "name": b.Name, "input": b.Input}}, events
	default:
		return object{"unmapped": content.Kind()}, nil // the suite has no other, and would find the answer wrong
	}
}

func halves(s string) []string {
	runes := []rune(s)
	half := len(runes) / 2
	return []string{string(runes[:half]), string(runes[half:])}
}

// codes are the names that the service has for the errors of the suite.
var codes = map[string]string{
	"Model.Throttled": "ThrottlingException", "Model.Unavailable": "ServiceUnavailableException",
	"Model.Internal": "InternalServerException", "Model.Timeout": "ModelTimeoutException", "Model.Validation": "ValidationException",
	"Model.AccessDenied": "AccessDeniedException", "Model.NotFound": "ResourceNotFoundException",
	"Model.Stream": "ModelStreamErrorException",
}

func serveError(s *wire.Server, c modeltest.Case) error {
	code := codes[c.Err.Name]
	if c.Pieces > 0 {
		frames := slices.Repeat([]wire.Frame{wire.Event("contentBlockDelta", `{"contentBlockIndex":0,"delta":{"text":"piece"}}`)}, c.Pieces)
		name := strings.ToLower(code[:1]) + code[1:]
		s.On("ConverseStream", wire.Stream(append(frames, wire.Exception(name, text(object{"message": c.Err.Message})))...))
		return nil
	}
	var header []string
	if c.Err.After > 0 {
		header = []string{"Retry-After", fmt.Sprint(c.Err.After.Seconds())}
	}
	s.On("Converse", wire.Error(c.Err.Status, code, c.Err.Message, header...))
	s.On("ConverseStream", wire.Error(c.Err.Status, code, c.Err.Message, header...))
	return nil
}

func TestAToolCallCutOff(t *testing.T) {
	s := newServer(t).On("ConverseStream", wire.Stream(
		wire.Event("contentBlockStart", `{"contentBlockIndex":0,"start":{"toolUse":{"toolUseId":"t1","name":"lookup"}}}`),
		wire.Event("contentBlockDelta", `{"contentBlockIndex":0,"delta":{"toolUse":{"input":"{\"id\":"}}}`),
		wire.Event("contentBlockStop", `{"contentBlockIndex":0}`),
		wire.Event("messageStop", `{"stopReason":"max_tokens"}`), wire.Event("metadata", metadata)))
	resp, err := model.Collect(newModel(s).Stream(t.Context(), hello()))
	if err != nil {
		t.Fatal(err)
	}
	use, ok := resp.Content[0].(*model.ToolUse)
	if !ok || use.Malformed != `{"id":` || use.Input != nil || resp.Stop != model.StopMaxTokens {
		t.Errorf("%+v, stop %s", resp.Content[0], resp.Stop)
	}
}
