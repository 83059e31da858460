package bedrock

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"

	"github.com/flowstone-go/flow/model"
)

// translator turns the events of ConverseStream into those of a model, one stream each.
type translator struct {
	model string // the model that was asked

	stopPath bool   // as in conversation
	open     bool   // the service has taken the call
	id       string // its request id

	started bool // EventStart has been given
	blocks  map[int]*streamed
	stop    model.StopReason
	usage   bool // the metadata has come
}

// streamed is a block under way.
type streamed struct {
	result *model.ToolResult // the parts so far, for a block of that kind
	other  bool              // of a kind that the SDK cannot read
}

// translate gives the events for one of the service's. On an error those before it still count.
func (t *translator) translate(ev types.ConverseStreamOutput) ([]model.Event, error) {
	var out []model.Event
	if !t.started {
		t.started = true
		t.blocks = map[int]*streamed{}
		out = append(out, model.Event{Type: model.EventStart, Response: &model.Response{ID: t.id, Model: t.model}})
	}
	switch ev := ev.(type) {
	case *types.ConverseStreamOutputMemberContentBlockStart:
		return append(out, t.begin(int(aws.ToInt32(ev.Value.ContentBlockIndex)), ev.Value.Start)...), nil
	case *types.ConverseStreamOutputMemberContentBlockDelta:
		more, err := t.delta(int(aws.ToInt32(ev.Value.ContentBlockIndex)), ev.Value.Delta)
		return append(out, more...), err
	case *types.ConverseStreamOutputMemberContentBlockStop:
		return append(out, t.end(int(aws.ToInt32(ev.Value.ContentBlockIndex)))...), nil
	case *types.ConverseStreamOutputMemberMessageStop:
		resp := &model.Response{}
		if err := finished(resp, ev.Value.StopReason, ev.Value.AdditionalModelResponseFields, t.stopPath); err != nil {
			return out, err
		}
		t.stop = resp.Stop
		return append(out, model.Event{Type: model.EventEnd, Response: resp}), nil
	case *types.ConverseStreamOutputMemberMetadata:
		more, err := t.metadata(&ev.Value)
		return append(out, more...), err
	}
	// messageStart, which says nothing but the role, and events that are new to the SDK.
	return out, nil
}

func (t *translator) metadata(md *types.ConverseStreamMetadataEvent) ([]model.Event, error) {
	t.usage = true
	resp := &model.Response{Usage: usage(md.Usage)}
	if md.Metrics != nil {
		resp.Latency = milliseconds(md.Metrics.LatencyMs)
	}
	served(resp, md.PerformanceConfig, md.ServiceTier)
	if md.Trace != nil {
		if err := traced(resp, md.Trace.Guardrail, md.Trace.PromptRouter); err != nil {
			return nil, err
		}
	}
	return []model.Event{{Type: model.EventEnd, Response: resp}}, nil
}

// block gives the record of a block, and whether it is new.
func (t *translator) block(i int) (*streamed, bool) {
	b, ok := t.blocks[i]
	if !ok {
		b = &streamed{}
		t.blocks[i] = b
	}
	return b, !ok
}

func (t *translator) begin(i int, start types.ContentBlockStart) []model.Event {
	b, _ := t.block(i)
	var block model.Content
	switch s := start.(type) {
	case *types.ContentBlockStartMemberToolUse:
		block = &model.ToolUse{
			ID: aws.ToString(s.Value.ToolUseId), Name: aws.ToString(s.Value.Name),
			Server: s.Value.Type == types.ToolUseTypeServerToolUse,
		}
	case *types.ContentBlockStartMemberToolResult:
		b.result = &model.ToolResult{}
		block = &model.ToolResult{
			ID: aws.ToString(s.Value.ToolUseId), Server: aws.ToString(s.Value.Type),
			Error: s.Value.Status == types.ToolResultStatusError,
		}
	case *types.ContentBlockStartMemberImage:
		block = &model.Image{Format: string(s.Value.Format)}
	default:
		b.other = true
		block = unknown()
	}
	return []model.Event{{Type: model.EventBlock, Index: i, Block: block}}
}

func (t *translator) delta(i int, delta types.ContentBlockDelta) ([]model.Event, error) {
	b, fresh := t.block(i)
	more := func(block model.Content) ([]model.Event, error) {
		return []model.Event{{Type: model.EventMore, Index: i, Block: block}}, nil
	}
	switch d := delta.(type) {
	case *types.ContentBlockDeltaMemberText:
		return []model.Event{{Type: model.EventText, Index: i, Text: d.Value}}, nil
	case *types.ContentBlockDeltaMemberToolUse:
		return []model.Event{{Type: model.EventToolInput, Index: i, Text: aws.ToString(d.Value.Input)}}, nil
	case *types.ContentBlockDeltaMemberCitation:
		return more(&model.Text{Citations: []model.Citation{citationDelta(d.Value)}})
	case *types.ContentBlockDeltaMemberImage:
		return more(&model.Image{Source: imageSource(d.Value.Source), Error: errorText(d.Value.Error)})
	case *types.ContentBlockDeltaMemberToolResult:
		if b.result == nil {
			return nil, model.NewError(model.ErrStream.Name, fmt.Sprintf("block %d holds parts of a tool's result without its start", i), nil)
		}
		return nil, b.add(d.Value)
	case *types.ContentBlockDeltaMemberReasoningContent:
		switch r := d.Value.(type) {
		case *types.ReasoningContentBlockDeltaMemberText:
			return []model.Event{{Type: model.EventReasoning, Index: i, Text: r.Value}}, nil
		case *types.ReasoningContentBlockDeltaMemberSignature:
			return more(&model.Reasoning{Signature: r.Value})
		case *types.ReasoningContentBlockDeltaMemberRedactedContent:
			return more(&model.Reasoning{Redacted: r.Value})
		}
	}
	if fresh {
		b.other = true
		return []model.Event{{Type: model.EventBlock, Index: i, Block: unknown()}}, nil
	}
	if b.other {
		return nil, nil
	}
	return nil, model.NewError(model.ErrStream.Name, fmt.Sprintf("block %d has a part that this version of the SDK cannot read", i), nil)
}

func citationDelta(d types.CitationsDelta) model.Citation {
	c := model.Citation{Title: aws.ToString(d.Title), Source: aws.ToString(d.Source), Location: location(d.Location)}
	for _, part := range d.SourceContent {
		c.Cited = append(c.Cited, aws.ToString(part.Text))
	}
	return c
}

// add collects parts of a tool's result, joining the pieces of a text.
func (b *streamed) add(parts []types.ToolResultBlockDelta) error {
	for _, part := range parts {
		switch p := part.(type) {
		case *types.ToolResultBlockDeltaMemberText:
			if n := len(b.result.Content); n > 0 {
				if text, ok := b.result.Content[n-1].(*model.Text); ok {
					text.Text += p.Value
					continue
				}
			}
			b.result.Content = append(b.result.Content, &model.Text{Text: p.Value})
		case *types.ToolResultBlockDeltaMemberJson:
			value := []byte("null")
			if p.Value != nil {
				var err error
				if value, err = p.Value.MarshalSmithyDocument(); err != nil {
					return model.NewError(model.ErrStream.Name, "a tool's result cannot be read", err)
				}
			}
			b.result.Content = append(b.result.Content, &model.JSON{Value: json.RawMessage(value)})
		default:
			b.result.Content = append(b.result.Content, unknown())
		}
	}
	return nil
}

func (t *translator) end(i int) []model.Event {
	b, begun := t.blocks[i]
	if !begun {
		// A block without a start or a piece is an empty text.
		t.block(i)
		return []model.Event{{Type: model.EventText, Index: i}, {Type: model.EventBlockEnd, Index: i}}
	}
	var out []model.Event
	if b.result != nil && len(b.result.Content) > 0 {
		out = append(out, model.Event{Type: model.EventMore, Index: i, Block: b.result})
	}
	return append(out, model.Event{Type: model.EventBlockEnd, Index: i})
}

// failure names the error of a stream. Once the call was taken, what is not the service's own word means that the answer broke off.
func (t *translator) failure(ctx context.Context, op string, err error) error {
	told := failure(ctx, op, err)
	own, ok := errors.AsType[*model.Error](told)
	if !ok || own.Code != "" || !t.open && !t.started {
		return told
	}
	return model.NewError(model.ErrStream.Name, op+": "+err.Error(), err)
}

var errCut = errors.New("the connection was closed before the answer was complete")

// finish tells whether the stream came to its end: the reason for stopping and the token counts must have come.
func (t *translator) finish() error {
	switch {
	case t.stop == "":
		return model.NewError(model.ErrStream.Name, "", errCut)
	case !t.usage:
		return model.NewError(model.ErrStream.Name, "the answer came without its usage", errCut)
	}
	return nil
}
