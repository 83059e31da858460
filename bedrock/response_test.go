package bedrock_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/bedrock"
	"github.com/flowstone-go/flow/bedrock/internal/wire"
	"github.com/flowstone-go/flow/model"
)

// TestBlocksComeBackAsTheyWent answers with the blocks that everything() sends: what a request can say, an answer can say as well.
func TestBlocksComeBackAsTheyWent(t *testing.T) {
	sent := parse(t, everythingOnTheWire).(map[string]any)["messages"].([]any)
	var blocks []any
	for _, msg := range sent {
		blocks = append(blocks, msg.(map[string]any)["content"].([]any)...)
	}
	blocks = append(blocks,
		object{"image": object{"format": "png", "error": object{"message": "no pixels"}}},
		object{"audio": object{"format": "wav", "error": object{}, "source": object{"s3Location": object{"uri": "s3://b/a.wav"}}}},
		object{"document": object{"name": "S", "format": "pdf", "source": object{"s3Location": object{"uri": "s3://b/d.pdf"}}}},
		object{"video": object{"format": "mov", "source": object{"bytes": "dg=="}}},
		object{"toolAddition": object{}}, object{"reasoningContent": object{"smell": "x"}}, object{"guardContent": object{"smell": "x"}},
		object{"toolResult": object{"toolUseId": "t9", "content": []any{object{"smell": "x"}, object{"json": object{}}}}},
	)
	s := newServer(t).On("Converse", wire.JSON(text(object{"output": object{"message": object{"role": "assistant", "content": blocks}}, "stopReason": "end_turn"})))
	got, err := newModel(s).Generate(t.Context(), hello())
	if err != nil {
		t.Fatal(err)
	}
	var want model.Contents
	for _, msg := range everything().Messages {
		want = append(want, msg.Content...)
	}
	for i, c := range want { // what is told in another way
		switch b := c.(type) {
		case *model.Image:
			if b.Format == "" {
				b.Format = "jpeg"
			}
		case *model.Document:
			if b.Format == "" {
				b.Format, b.Source = "txt", model.Source{}
			}
		case *model.Audio:
			b.Format, b.Source.MIMEType = "mp3", ""
		case *model.Refusal:
			want[i] = &model.Text{Text: b.Text}
		case *model.ToolUse:
			if b.Malformed != "" {
				b.Malformed, b.Input = "", json.RawMessage(`{"malformed":"{\"n\":"}`)
			}
			if b.Input == nil {
				b.Input = json.RawMessage(`{}`)
			}
			if b.ID == "t1" { // the test's own decoder is not exact; TestConverseSendsEveryField looks at the digits
				b.Input = json.RawMessage(`{"f":1.5,"n":12345678901234567000}`)
			}
		case *model.ToolResult:
			b.Name = ""
			for _, part := range b.Content {
				if v, ok := part.(*model.Video); ok {
					v.Format = "three_gp"
				}
			}
		default:
		}
	}
	reasoning := 0
	for i, c := range want {
		if _, ok := c.(*model.Reasoning); ok {
			reasoning = i
		}
	}
	want[reasoning] = &model.Reasoning{Text: "hm", Signature: "sig"}
	want = append(want[:reasoning+1:reasoning+1], append(model.Contents{&model.Reasoning{Redacted: []byte("dark")}}, want[reasoning+1:]...)...)
	want = append(want,
		&model.Image{Format: "png", Error: "no pixels"},
		&model.Audio{Format: "wav", Source: model.Source{URL: "s3://b/a.wav"}, Error: "the provider reports an error without a message"},
		&model.Document{Name: "S", Format: "pdf", Source: model.Source{URL: "s3://b/d.pdf"}},
		&model.Video{Format: "mov", Source: model.Source{Bytes: []byte("v")}},
		&model.ToolChange{}, &model.Other{Type: "unknown"}, &model.Other{Type: "unknown"},
		&model.ToolResult{ID: "t9", Content: model.Contents{&model.Other{Type: "unknown"}, &model.JSON{Value: json.RawMessage("{}")}}},
	)
	if diff := cmp.Diff(asJSON(t, want), asJSON(t, got.Content)); diff != "" {
		t.Errorf("blocks (-want +got):\n%s", diff)
	}
}

// asJSON compares blocks by what they mean, one a line.
func asJSON(t *testing.T, contents model.Contents) []any {
	t.Helper()
	data, err := json.Marshal(contents)
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, string(data)).([]any)
}

func TestDescriptions(t *testing.T) {
	const profile = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"
	for _, tc := range []struct {
		m    model.Describer
		want model.Description
	}{
		{bedrock.New(nil, profile), model.Description{Provider: "aws.bedrock", Model: profile, StructuredOutput: true, StrictOnly: true}},
		{bedrock.New(nil, nova, bedrock.WithLimits(5000, 300_000)), model.Description{Provider: "aws.bedrock", Model: nova, MaxOutput: 5000, ContextWindow: 300_000}},
		{bedrock.New(nil, nova, bedrock.WithStructuredOutput(true)), model.Description{Provider: "aws.bedrock", Model: nova, StructuredOutput: true, StrictOnly: true}},
		{bedrock.NewInvoke(nil, profile, bedrock.WithStructuredOutput(false)), model.Description{Provider: "aws.bedrock", Model: profile}},
		{bedrock.NewInvoke(nil, nova), model.Description{Provider: "aws.bedrock", Model: nova}},
	} {
		if got := tc.m.Describe(); got != tc.want {
			t.Errorf("%+v, want %+v", got, tc.want)
		}
	}
}
