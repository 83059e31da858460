package bedrock

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/document"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"

	"github.com/flowstone-go/flow/model"
)

// response translates an answer of Converse.
func response(out *bedrockruntime.ConverseOutput, c *conversation) (*model.Response, error) {
	var msg *types.ConverseOutputMemberMessage
	if out != nil {
		msg, _ = out.Output.(*types.ConverseOutputMemberMessage)
	}
	if msg == nil {
		return nil, model.NewError(model.ErrFailed.Name, "Converse: the answer holds no message", nil)
	}
	resp := &model.Response{ID: requestID(out.ResultMetadata), Model: c.modelID}
	var err error
	if resp.Content, err = contents(msg.Value.Content); err != nil {
		return nil, err
	}
	if err := finished(resp, out.StopReason, out.AdditionalModelResponseFields, c.stopPath); err != nil {
		return nil, err
	}
	resp.Usage = usage(out.Usage)
	if out.Metrics != nil {
		resp.Latency = milliseconds(out.Metrics.LatencyMs)
	}
	served(resp, out.PerformanceConfig, out.ServiceTier)
	if out.Trace != nil {
		return resp, traced(resp, out.Trace.Guardrail, out.Trace.PromptRouter)
	}
	return resp, nil
}

// finished fills in why an answer ended and the model's own fields; where the stop sequence was asked for on our own account, it does not
// stay among those.
func finished(resp *model.Response, reason types.StopReason, extra document.Interface, ownPath bool) error {
	resp.Stop = model.StopReason(reason)
	if reason == "" {
		resp.Stop = model.StopEnd
	}
	if extra == nil {
		return nil
	}
	data, err := extra.MarshalSmithyDocument()
	if err != nil {
		return model.NewError(model.ErrFailed.Name, "the additional response fields cannot be read", err)
	}
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return model.NewError(model.ErrFailed.Name, "the additional response fields cannot be read", err)
	}
	switch fields := v.(type) {
	case nil:
	case map[string]any:
		if s, ok := fields[stopField].(string); ok {
			resp.StopSequence = s
		}
		if ownPath {
			delete(fields, stopField)
		}
		if len(fields) > 0 || !ownPath {
			resp.Extra = fields
		}
	default:
		resp.Extra = map[string]any{"additionalModelResponseFields": v}
	}
	return nil
}

func served(resp *model.Response, performance *types.PerformanceConfiguration, tier *types.ServiceTier) {
	if performance != nil {
		resp.LatencyMode = string(performance.Latency)
	}
	if tier != nil {
		resp.ServiceTier = string(tier.Type)
	}
}

func traced(resp *model.Response, guardrail *types.GuardrailTraceAssessment, router *types.PromptRouterTrace) error {
	if router != nil && aws.ToString(router.InvokedModelId) != "" {
		resp.Model = *router.InvokedModelId
	}
	if guardrail == nil {
		return nil
	}
	v, err := plain(guardrail)
	if err != nil {
		return model.NewError(model.ErrFailed.Name, "the guardrail's trace cannot be read", err)
	}
	if resp.GuardrailTrace, err = json.Marshal(v); err != nil {
		return model.NewError(model.ErrFailed.Name, "the guardrail's trace cannot be read", err)
	}
	return nil
}

func usage(u *types.TokenUsage) model.Usage {
	if u == nil {
		return model.Usage{}
	}
	out := model.Usage{
		Input:      int(aws.ToInt32(u.InputTokens)),
		Output:     int(aws.ToInt32(u.OutputTokens)),
		CacheRead:  int(aws.ToInt32(u.CacheReadInputTokens)),
		CacheWrite: int(aws.ToInt32(u.CacheWriteInputTokens)),
	}
	for _, d := range u.CacheDetails {
		if d.Ttl == types.CacheTTLOneHour {
			out.CacheWriteLong += int(aws.ToInt32(d.InputTokens))
		}
	}
	return out
}

func milliseconds(ms *int64) time.Duration {
	return time.Duration(min(aws.ToInt64(ms), math.MaxInt64/int64(time.Millisecond))) * time.Millisecond
}

// unknown stands for a block that the SDK at hand cannot read.
func unknown() model.Content { return &model.Other{Type: "unknown"} }

func contents(blocks []types.ContentBlock) (model.Contents, error) {
	out := make(model.Contents, 0, len(blocks))
	for i, b := range blocks {
		// For a member that it does not know, the SDK (1.63) repeats the pointer of the element before, or leaves nil.
		if b == nil || i > 0 && b == blocks[i-1] {
			out = append(out, unknown())
			continue
		}
		c, err := content(b)
		if err != nil {
			return nil, model.NewError(model.ErrFailed.Name, fmt.Sprintf("block %d of the answer cannot be read", i), err)
		}
		out = append(out, c)
	}
	return out, nil
}

func content(block types.ContentBlock) (model.Content, error) {
	switch b := block.(type) {
	case *types.ContentBlockMemberText:
		return &model.Text{Text: b.Value}, nil
	case *types.ContentBlockMemberCitationsContent:
		return citedText(b.Value), nil
	case *types.ContentBlockMemberReasoningContent:
		return reasoning(b.Value), nil
	case *types.ContentBlockMemberToolUse:
		return toolUse(b.Value)
	case *types.ContentBlockMemberToolResult:
		return toolResult(b.Value)
	case *types.ContentBlockMemberImage:
		return image(b.Value), nil
	case *types.ContentBlockMemberAudio:
		return audio(b.Value), nil
	case *types.ContentBlockMemberVideo:
		return video(b.Value), nil
	case *types.ContentBlockMemberDocument:
		return documentContent(b.Value), nil
	case *types.ContentBlockMemberSearchResult:
		return searchResult(b.Value), nil
	case *types.ContentBlockMemberGuardContent:
		return guard(b.Value), nil
	case *types.ContentBlockMemberCachePoint:
		return &model.CachePoint{TTL: string(b.Value.Ttl)}, nil
	case *types.ContentBlockMemberToolAddition:
		return toolChange(b.Value.Tool, false), nil
	case *types.ContentBlockMemberToolRemoval:
		return toolChange(b.Value.Tool, true), nil
	}
	return unknown(), nil
}

func citedText(b types.CitationsContentBlock) *model.Text {
	t := &model.Text{}
	var text strings.Builder
	for _, part := range b.Content {
		if p, ok := part.(*types.CitationGeneratedContentMemberText); ok {
			text.WriteString(p.Value)
		}
	}
	t.Text = text.String()
	for _, c := range b.Citations {
		t.Citations = append(t.Citations, citation(c))
	}
	return t
}

func citation(c types.Citation) model.Citation {
	out := model.Citation{Title: aws.ToString(c.Title), Source: aws.ToString(c.Source), Location: location(c.Location)}
	for _, s := range c.SourceContent {
		if text, ok := s.(*types.CitationSourceContentMemberText); ok {
			out.Cited = append(out.Cited, text.Value)
		}
	}
	return out
}

func location(l types.CitationLocation) model.Location {
	at := func(kind model.LocationKind, index, start, end *int32) model.Location {
		return model.Location{
			Kind: kind, Index: int(aws.ToInt32(index)), Start: int(aws.ToInt32(start)), End: int(aws.ToInt32(end)),
		}
	}
	switch l := l.(type) {
	case *types.CitationLocationMemberDocumentChar:
		return at(model.LocationChars, l.Value.DocumentIndex, l.Value.Start, l.Value.End)
	case *types.CitationLocationMemberDocumentChunk:
		return at(model.LocationChunks, l.Value.DocumentIndex, l.Value.Start, l.Value.End)
	case *types.CitationLocationMemberDocumentPage:
		return at(model.LocationPages, l.Value.DocumentIndex, l.Value.Start, l.Value.End)
	case *types.CitationLocationMemberSearchResultLocation:
		return at(model.LocationSearchResult, l.Value.SearchResultIndex, l.Value.Start, l.Value.End)
	case *types.CitationLocationMemberWeb:
		return model.Location{Kind: model.LocationWeb, URL: aws.ToString(l.Value.Url), Domain: aws.ToString(l.Value.Domain)}
	}
	return model.Location{}
}

func reasoning(b types.ReasoningContentBlock) model.Content {
	switch r := b.(type) {
	case *types.ReasoningContentBlockMemberReasoningText:
		return &model.Reasoning{Text: aws.ToString(r.Value.Text), Signature: aws.ToString(r.Value.Signature)}
	case *types.ReasoningContentBlockMemberRedactedContent:
		return &model.Reasoning{Redacted: r.Value}
	}
	return unknown()
}

func toolUse(b types.ToolUseBlock) (model.Content, error) {
	input := ""
	if b.Input != nil {
		data, err := b.Input.MarshalSmithyDocument()
		if err != nil {
			return nil, err
		}
		input = string(data)
	}
	u := model.NewToolUse(aws.ToString(b.ToolUseId), aws.ToString(b.Name), input)
	u.Server = b.Type == types.ToolUseTypeServerToolUse
	return u, nil
}

func toolResult(b types.ToolResultBlock) (model.Content, error) {
	r := &model.ToolResult{
		ID: aws.ToString(b.ToolUseId), Server: aws.ToString(b.Type), Error: b.Status == types.ToolResultStatusError,
	}
	for i, c := range b.Content {
		if c == nil || i > 0 && c == b.Content[i-1] {
			r.Content = append(r.Content, unknown())
			continue
		}
		part, err := toolResultPart(c)
		if err != nil {
			return nil, err
		}
		r.Content = append(r.Content, part)
	}
	return r, nil
}

func toolResultPart(c types.ToolResultContentBlock) (model.Content, error) {
	switch p := c.(type) {
	case *types.ToolResultContentBlockMemberText:
		return &model.Text{Text: p.Value}, nil
	case *types.ToolResultContentBlockMemberJson:
		if p.Value == nil {
			return &model.JSON{Value: json.RawMessage("null")}, nil
		}
		data, err := p.Value.MarshalSmithyDocument()
		return &model.JSON{Value: data}, err
	case *types.ToolResultContentBlockMemberImage:
		return image(p.Value), nil
	case *types.ToolResultContentBlockMemberDocument:
		return documentContent(p.Value), nil
	case *types.ToolResultContentBlockMemberVideo:
		return video(p.Value), nil
	case *types.ToolResultContentBlockMemberSearchResult:
		return searchResult(p.Value), nil
	}
	return unknown(), nil
}

func s3Source(l types.S3Location) model.Source {
	return model.Source{URL: aws.ToString(l.Uri), S3Owner: aws.ToString(l.BucketOwner)}
}

func imageSource(s types.ImageSource) model.Source {
	switch s := s.(type) {
	case *types.ImageSourceMemberBytes:
		return model.Source{Bytes: s.Value}
	case *types.ImageSourceMemberS3Location:
		return s3Source(s.Value)
	}
	return model.Source{}
}

func errorText(e *types.ErrorBlock) string {
	if e == nil {
		return ""
	}
	if text := aws.ToString(e.Message); text != "" {
		return text
	}
	return "the provider reports an error without a message"
}

func image(b types.ImageBlock) *model.Image {
	return &model.Image{Format: string(b.Format), Source: imageSource(b.Source), Error: errorText(b.Error)}
}

func audio(b types.AudioBlock) *model.Audio {
	a := &model.Audio{Format: string(b.Format), Error: errorText(b.Error)}
	switch s := b.Source.(type) {
	case *types.AudioSourceMemberBytes:
		a.Source.Bytes = s.Value
	case *types.AudioSourceMemberS3Location:
		a.Source = s3Source(s.Value)
	}
	return a
}

func video(b types.VideoBlock) *model.Video {
	v := &model.Video{Format: string(b.Format)}
	switch s := b.Source.(type) {
	case *types.VideoSourceMemberBytes:
		v.Source.Bytes = s.Value
	case *types.VideoSourceMemberS3Location:
		v.Source = s3Source(s.Value)
	}
	return v
}

func documentContent(b types.DocumentBlock) *model.Document {
	d := &model.Document{
		Name: aws.ToString(b.Name), Format: string(b.Format), Context: aws.ToString(b.Context),
		Cite: b.Citations != nil && aws.ToBool(b.Citations.Enabled),
	}
	switch s := b.Source.(type) {
	case *types.DocumentSourceMemberBytes:
		d.Source.Bytes = s.Value
	case *types.DocumentSourceMemberS3Location:
		d.Source = s3Source(s.Value)
	case *types.DocumentSourceMemberText:
		d.Text = s.Value
	case *types.DocumentSourceMemberContent:
		for _, part := range s.Value {
			if text, ok := part.(*types.DocumentContentBlockMemberText); ok {
				d.Content = append(d.Content, text.Value)
			}
		}
	}
	return d
}

func searchResult(b types.SearchResultBlock) *model.SearchResult {
	r := &model.SearchResult{
		Source: aws.ToString(b.Source), Title: aws.ToString(b.Title),
		Cite: b.Citations != nil && aws.ToBool(b.Citations.Enabled),
	}
	for _, part := range b.Content {
		r.Content = append(r.Content, aws.ToString(part.Text))
	}
	return r
}

func guard(b types.GuardrailConverseContentBlock) model.Content {
	switch g := b.(type) {
	case *types.GuardrailConverseContentBlockMemberText:
		out := &model.Guard{Text: aws.ToString(g.Value.Text)}
		for _, q := range g.Value.Qualifiers {
			out.Qualifiers = append(out.Qualifiers, string(q))
		}
		return out
	case *types.GuardrailConverseContentBlockMemberImage:
		img := &model.Image{Format: string(g.Value.Format)}
		if s, ok := g.Value.Source.(*types.GuardrailConverseImageSourceMemberBytes); ok {
			img.Source.Bytes = s.Value
		}
		return &model.Guard{Image: img}
	}
	return unknown()
}

func toolChange(ref *types.ToolReference, remove bool) *model.ToolChange {
	if ref == nil {
		return &model.ToolChange{Remove: remove}
	}
	return &model.ToolChange{
		Name: aws.ToString(ref.Name), Server: aws.ToString(ref.ServerName), Type: aws.ToString(ref.Type), Remove: remove,
	}
}
