package bedrock

import (
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"

	"github.com/flowstone-go/flow/model"
)

// novaBody is Nova's body, which is that of Converse with a few differences: bytes as base64, TopK among the settings, no
// documents.
type novaBody struct{}

func (novaBody) request(req *model.Request) (map[string]any, error) {
	if err := lacks(Nova, req, "output", "effort"); err != nil {
		return nil, err
	}
	for i, msg := range req.Messages {
		for j, c := range msg.Content {
			switch c.(type) {
			case *model.Document, *model.Guard:
				return nil, within(unsupported("Nova's body has no place for %s", c.Kind()), "message %d: block %d", i, j)
			default:
			}
		}
	}
	list, err := messages(req.Messages)
	if err != nil {
		return nil, err
	}
	instructions, err := system(req.System)
	if err != nil {
		return nil, err
	}
	tools, err := toolConfig(req)
	if err != nil {
		return nil, err
	}
	m := members{"schemaVersion": "messages-v1"}
	if m["messages"], err = plain(list); err != nil {
		return nil, err
	}
	if len(instructions) > 0 {
		if m["system"], err = plain(instructions); err != nil {
			return nil, err
		}
	}
	if tools != nil {
		if m["toolConfig"], err = plain(tools); err != nil {
			return nil, err
		}
	}
	config := members{}
	config.int("maxTokens", req.MaxTokens)
	config.list("stopSequences", req.Stop)
	optionalNumber(config, "temperature", req.Temperature)
	optionalNumber(config, "topP", req.TopP)
	if len(config) > 0 {
		m["inferenceConfig"] = jsonObject(config)
	}
	return m, m.sampling(Nova, req)
}

type novaUsage struct {
	Input   *int32 `json:"inputTokens"`
	Output  *int32 `json:"outputTokens"`
	Read    *int32 `json:"cacheReadInputTokenCount"`
	Written *int32 `json:"cacheWriteInputTokenCount"`
}

func (u novaUsage) usage() model.Usage {
	return model.Usage{
		Input: int(aws.ToInt32(u.Input)), Output: int(aws.ToInt32(u.Output)),
		CacheRead: int(aws.ToInt32(u.Read)), CacheWrite: int(aws.ToInt32(u.Written)),
	}
}

type novaBlock struct {
	Text    *string `json:"text"`
	ToolUse *struct {
		ID    string          `json:"toolUseId"`
		Name  string          `json:"name"`
		Input json.RawMessage `json:"input"`
	} `json:"toolUse"`
	Reasoning *struct {
		Text struct {
			Text      string `json:"text"`
			Signature string `json:"signature"`
		} `json:"reasoningText"`
		Redacted []byte `json:"redactedContent"`
	} `json:"reasoningContent"`
	Image *struct {
		Format string `json:"format"`
		Source struct {
			Bytes []byte `json:"bytes"`
		} `json:"source"`
	} `json:"image"`
}

func novaContent(raw json.RawMessage) (model.Content, error) {
	var b novaBlock
	if err := json.Unmarshal(raw, &b); err != nil {
		return nil, err
	}
	switch {
	case b.Text != nil:
		return &model.Text{Text: *b.Text}, nil
	case b.ToolUse != nil:
		return model.NewToolUse(b.ToolUse.ID, b.ToolUse.Name, string(b.ToolUse.Input)), nil
	case b.Reasoning != nil:
		r := b.Reasoning
		return &model.Reasoning{Text: r.Text.Text, Signature: r.Text.Signature, Redacted: r.Redacted}, nil
	case b.Image != nil:
		return &model.Image{Format: b.Image.Format, Source: model.Source{Bytes: b.Image.Source.Bytes}}, nil
	}
	return &model.Other{Type: "unknown", Value: raw}, nil
}

func (novaBody) response(data []byte) (*model.Response, error) {
	var a struct {
		Output struct {
			Message *struct {
				Content []json.RawMessage `json:"content"`
			} `json:"message"`
		} `json:"output"`
		Stop  string    `json:"stopReason"`
		Usage novaUsage `json:"usage"`
	}
	if err := json.Unmarshal(data, &a); err != nil {
		return nil, err
	}
	if a.Output.Message == nil {
		return nil, errNoAnswer
	}
	resp := &model.Response{Content: model.Contents{}, Stop: ended(a.Stop), Usage: a.Usage.usage()}
	for _, raw := range a.Output.Message.Content {
		c, err := novaContent(raw)
		if err != nil {
			return nil, err
		}
		resp.Content = append(resp.Content, c)
	}
	return resp, nil
}

func (novaBody) reader() chunkReader {
	return &novaReader{t: translator{started: true, blocks: map[int]*streamed{}}}
}

// novaReader reads Nova's chunks, which are the events of ConverseStream as JSON.
type novaReader struct {
	t     translator
	usage model.Usage
}

type novaChunk struct {
	Start *struct {
		Index *int32 `json:"contentBlockIndex"`
		Start struct {
			ToolUse *struct {
				ID   *string `json:"toolUseId"`
				Name *string `json:"name"`
			} `json:"toolUse"`
		} `json:"start"`
	} `json:"contentBlockStart"`
	Delta *struct {
		Index *int32 `json:"contentBlockIndex"`
		Delta struct {
			Text    *string `json:"text"`
			ToolUse *struct {
				Input json.RawMessage `json:"input"`
			} `json:"toolUse"`
			Reasoning *struct {
				Text      *string `json:"text"`
				Signature *string `json:"signature"`
				Nested    *struct {
					Text      *string `json:"text"`
					Signature *string `json:"signature"`
				} `json:"reasoningText"`
			} `json:"reasoningContent"`
		} `json:"delta"`
	} `json:"contentBlockDelta"`
	BlockStop *struct {
		Index *int32 `json:"contentBlockIndex"`
	} `json:"contentBlockStop"`
	Stop *struct {
		Reason string `json:"stopReason"`
	} `json:"messageStop"`
	Metadata *struct {
		Usage novaUsage `json:"usage"`
	} `json:"metadata"`
}

func (r *novaReader) chunk(data []byte) ([]model.Event, error) {
	var c novaChunk
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, err
	}
	switch {
	case c.Start != nil:
		if c.Start.Start.ToolUse == nil {
			return nil, nil // text begins with its first piece
		}
		use := types.ToolUseBlockStart{ToolUseId: c.Start.Start.ToolUse.ID, Name: c.Start.Start.ToolUse.Name}
		return r.t.begin(int(aws.ToInt32(c.Start.Index)), &types.ContentBlockStartMemberToolUse{Value: use}), nil
	case c.Delta != nil:
		return r.t.delta(int(aws.ToInt32(c.Delta.Index)), c.delta())
	case c.BlockStop != nil:
		return r.t.end(int(aws.ToInt32(c.BlockStop.Index))), nil
	case c.Stop != nil:
		r.t.stop = ended(c.Stop.Reason)
	case c.Metadata != nil:
		r.t.usage, r.usage = true, c.Metadata.Usage.usage()
	}
	return nil, nil
}

func (c *novaChunk) delta() types.ContentBlockDelta {
	d := c.Delta.Delta
	switch {
	case d.Text != nil:
		return &types.ContentBlockDeltaMemberText{Value: *d.Text}
	case d.ToolUse != nil:
		// Nova gives the input as text in pieces, and some of its models as one object.
		text := string(d.ToolUse.Input)
		if strings.HasPrefix(text, `"`) {
			if err := json.Unmarshal(d.ToolUse.Input, &text); err != nil {
				return nil
			}
		}
		return &types.ContentBlockDeltaMemberToolUse{Value: types.ToolUseBlockDelta{Input: &text}}
	case d.Reasoning != nil:
		text, signature := d.Reasoning.Text, d.Reasoning.Signature
		if d.Reasoning.Nested != nil {
			text, signature = d.Reasoning.Nested.Text, d.Reasoning.Nested.Signature
		}
		if text == nil {
			return &types.ContentBlockDeltaMemberReasoningContent{Value: &types.ReasoningContentBlockDeltaMemberSignature{Value: aws.ToString(signature)}}
		}
		return &types.ContentBlockDeltaMemberReasoningContent{Value: &types.ReasoningContentBlockDeltaMemberText{Value: *text}}
	}
	return nil
}

func (r *novaReader) finish() ([]model.Event, error) {
	if r.t.stop == "" {
		return nil, errCut
	}
	return []model.Event{{Type: model.EventEnd, Response: &model.Response{Stop: r.t.stop, Usage: r.usage}}}, nil
}
