package bedrock

import (
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"

	"github.com/flowstone-go/flow/model"
)

func contentBlocks(contents model.Contents) ([]types.ContentBlock, error) {
	out := make([]types.ContentBlock, 0, len(contents))
	for i, c := range contents {
		blocks, err := contentBlock(c)
		if err != nil {
			return nil, within(err, "block %d", i)
		}
		out = append(out, blocks...)
	}
	return out, nil
}

// contentBlock makes the block, or the two blocks, that stand for one of ours.
func contentBlock(c model.Content) ([]types.ContentBlock, error) {
	var block types.ContentBlock
	var err error
	switch b := c.(type) {
	case *model.Text:
		block, err = textBlock(b)
	case *model.Refusal:
		block = &types.ContentBlockMemberText{Value: b.Text} // the API does not tell it from text
	case *model.Image:
		var v types.ImageBlock
		v, err = imageBlock(b)
		block = &types.ContentBlockMemberImage{Value: v}
	case *model.Document:
		var v types.DocumentBlock
		v, err = documentBlock(b)
		block = &types.ContentBlockMemberDocument{Value: v}
	case *model.Video:
		var v types.VideoBlock
		v, err = videoBlock(b)
		block = &types.ContentBlockMemberVideo{Value: v}
	case *model.Audio:
		var v types.AudioBlock
		v, err = audioBlock(b)
		block = &types.ContentBlockMemberAudio{Value: v}
	case *model.ToolUse:
		block, err = toolUseBlock(b)
	case *model.ToolResult:
		block, err = toolResultBlock(b)
	case *model.Reasoning:
		return reasoningBlocks(b)
	case *model.SearchResult:
		block = &types.ContentBlockMemberSearchResult{Value: searchResultBlock(b)}
	case *model.Guard:
		var g types.GuardrailConverseContentBlock
		g, err = guardContent(b)
		block = &types.ContentBlockMemberGuardContent{Value: g}
	case *model.CachePoint:
		block = &types.ContentBlockMemberCachePoint{Value: cachePoint(b)}
	case *model.ToolChange:
		block = toolChangeBlock(b)
	default:
		return nil, unsupported("Converse has no block of kind %s in a message", c.Kind())
	}
	if err != nil {
		return nil, err
	}
	return []types.ContentBlock{block}, nil
}

func textBlock(b *model.Text) (types.ContentBlock, error) {
	if len(b.Citations) == 0 {
		return &types.ContentBlockMemberText{Value: b.Text}, nil
	}
	citations := make([]types.Citation, len(b.Citations))
	for i, c := range b.Citations {
		loc, err := locationOf(c.Location)
		if err != nil {
			return nil, err
		}
		citations[i] = types.Citation{Location: loc, Title: optional(c.Title), Source: optional(c.Source)}
		for _, text := range c.Cited {
			citations[i].SourceContent = append(citations[i].SourceContent, &types.CitationSourceContentMemberText{Value: text})
		}
	}
	return &types.ContentBlockMemberCitationsContent{Value: types.CitationsContentBlock{
		Content:   []types.CitationGeneratedContent{&types.CitationGeneratedContentMemberText{Value: b.Text}},
		Citations: citations,
	}}, nil
}

func locationOf(l model.Location) (types.CitationLocation, error) {
	index, start, end := aws.Int32(int32(l.Index)), aws.Int32(int32(l.Start)), aws.Int32(int32(l.End))
	switch l.Kind {
	case "":
		return nil, nil
	case model.LocationChars:
		return &types.CitationLocationMemberDocumentChar{Value: types.DocumentCharLocation{DocumentIndex: index, Start: start, End: end}}, nil
	case model.LocationChunks:
		return &types.CitationLocationMemberDocumentChunk{Value: types.DocumentChunkLocation{DocumentIndex: index, Start: start, End: end}}, nil
	case model.LocationPages:
		return &types.CitationLocationMemberDocumentPage{Value: types.DocumentPageLocation{DocumentIndex: index, Start: start, End: end}}, nil
	case model.LocationSearchResult:
		return &types.CitationLocationMemberSearchResultLocation{Value: types.SearchResultLocation{SearchResultIndex: index, Start: start, End: end}}, nil
	case model.LocationWeb:
		return &types.CitationLocationMemberWeb{Value: types.WebLocation{Url: optional(l.URL), Domain: optional(l.Domain)}}, nil
	default:
		return nil, unsupported("a citation's location cannot be of kind %q", l.Kind)
	}
}

func imageBlock(b *model.Image) (types.ImageBlock, error) {
	v := types.ImageBlock{Format: types.ImageFormat(format(b.Format, b.Source)), Error: errorBlock(b.Error)}
	if b.Detail != "" && b.Detail != "auto" {
		return v, unsupported("an image has no detail %q", b.Detail)
	}
	var err error
	v.Source, err = placed(b.Source, b.Error,
		func(data []byte) types.ImageSource { return &types.ImageSourceMemberBytes{Value: data} },
		func(at types.S3Location) types.ImageSource { return &types.ImageSourceMemberS3Location{Value: at} })
	return v, err
}

func videoBlock(b *model.Video) (types.VideoBlock, error) {
	f := format(b.Format, b.Source)
	if f == "3gp" || f == "3gpp" {
		f = string(types.VideoFormatThreeGp)
	}
	v := types.VideoBlock{Format: types.VideoFormat(f)}
	var err error
	v.Source, err = placed(b.Source, "",
		func(data []byte) types.VideoSource { return &types.VideoSourceMemberBytes{Value: data} },
		func(at types.S3Location) types.VideoSource { return &types.VideoSourceMemberS3Location{Value: at} })
	return v, err
}

func audioBlock(b *model.Audio) (types.AudioBlock, error) {
	v := types.AudioBlock{Format: types.AudioFormat(format(b.Format, b.Source)), Error: errorBlock(b.Error)}
	if b.ID != "" || b.Transcript != "" {
		return v, unsupported("audio of another provider, known by id or transcript, cannot be sent")
	}
	var err error
	v.Source, err = placed(b.Source, b.Error,
		func(data []byte) types.AudioSource { return &types.AudioSourceMemberBytes{Value: data} },
		func(at types.S3Location) types.AudioSource { return &types.AudioSourceMemberS3Location{Value: at} })
	return v, err
}

func documentBlock(b *model.Document) (types.DocumentBlock, error) {
	v := types.DocumentBlock{
		Name:    aws.String(b.Name),
		Format:  types.DocumentFormat(format(b.Format, b.Source)),
		Context: optional(b.Context),
	}
	if b.Cite {
		v.Citations = &types.CitationsConfig{Enabled: aws.Bool(true)}
	}
	ways := 0
	if b.Text != "" {
		ways++
		v.Source = &types.DocumentSourceMemberText{Value: b.Text}
	}
	if len(b.Content) > 0 {
		ways++
		list := make([]types.DocumentContentBlock, len(b.Content))
		for i, text := range b.Content {
			list[i] = &types.DocumentContentBlockMemberText{Value: text}
		}
		v.Source = &types.DocumentSourceMemberContent{Value: list}
	}
	data, s3, err := sourceOf(b.Source)
	switch {
	case errors.Is(err, errNoSource):
	case err != nil:
		return v, err
	case s3 != nil:
		ways++
		v.Source = &types.DocumentSourceMemberS3Location{Value: *s3}
	default:
		ways++
		v.Source = &types.DocumentSourceMemberBytes{Value: data}
	}
	if ways != 1 {
		return v, invalid("document %q has %d of Source, Text and Content, not one", b.Name, ways)
	}
	return v, nil
}

func toolUseBlock(b *model.ToolUse) (types.ContentBlock, error) {
	input := any(b.Input)
	switch {
	case b.Malformed != "":
		// The API takes nothing but an object; the text goes inside one, so that the model sees what it did.
		input = map[string]string{"malformed": b.Malformed}
	case len(b.Input) == 0:
		input = map[string]any{}
	}
	doc, err := documentOf(input)
	if err != nil {
		return nil, within(err, "input of tool %q", b.Name)
	}
	v := types.ToolUseBlock{ToolUseId: aws.String(b.ID), Name: aws.String(b.Name), Input: doc}
	if b.Server {
		v.Type = types.ToolUseTypeServerToolUse
	}
	return &types.ContentBlockMemberToolUse{Value: v}, nil
}

func toolResultBlock(b *model.ToolResult) (types.ContentBlock, error) {
	v := types.ToolResultBlock{ToolUseId: aws.String(b.ID), Type: optional(b.Server), Content: []types.ToolResultContentBlock{}}
	if b.Error {
		v.Status = types.ToolResultStatusError
	}
	for i, c := range b.Content {
		block, err := toolResultContent(c)
		if err != nil {
			return nil, within(err, "result %d", i)
		}
		v.Content = append(v.Content, block)
	}
	return &types.ContentBlockMemberToolResult{Value: v}, nil
}

func toolResultContent(c model.Content) (types.ToolResultContentBlock, error) {
	switch b := c.(type) {
	case *model.Text:
		if len(b.Citations) > 0 {
			return nil, unsupported("the text of a tool's result has no citations")
		}
		return &types.ToolResultContentBlockMemberText{Value: b.Text}, nil
	case *model.JSON:
		doc, err := documentOf(b.Value)
		if err != nil {
			return nil, err
		}
		return &types.ToolResultContentBlockMemberJson{Value: doc}, nil
	case *model.Image:
		v, err := imageBlock(b)
		return &types.ToolResultContentBlockMemberImage{Value: v}, err
	case *model.Document:
		v, err := documentBlock(b)
		return &types.ToolResultContentBlockMemberDocument{Value: v}, err
	case *model.Video:
		v, err := videoBlock(b)
		return &types.ToolResultContentBlockMemberVideo{Value: v}, err
	case *model.SearchResult:
		return &types.ToolResultContentBlockMemberSearchResult{Value: searchResultBlock(b)}, nil
	default:
		return nil, unsupported("a tool's result cannot hold %s", c.Kind())
	}
}

// reasoningBlocks sends text and encrypted reasoning as the two blocks that the API has for them.
func reasoningBlocks(b *model.Reasoning) ([]types.ContentBlock, error) {
	if b.ID != "" || b.Summary != "" {
		return nil, unsupported("reasoning of another provider, known by id or summary, cannot be sent")
	}
	var out []types.ContentBlock
	if b.Text != "" || b.Signature != "" || b.Redacted == nil {
		out = append(out, &types.ContentBlockMemberReasoningContent{Value: &types.ReasoningContentBlockMemberReasoningText{
			Value: types.ReasoningTextBlock{Text: aws.String(b.Text), Signature: optional(b.Signature)},
		}})
	}
	if b.Redacted != nil {
		out = append(out, &types.ContentBlockMemberReasoningContent{
			Value: &types.ReasoningContentBlockMemberRedactedContent{Value: b.Redacted},
		})
	}
	return out, nil
}

func searchResultBlock(b *model.SearchResult) types.SearchResultBlock {
	v := types.SearchResultBlock{Source: aws.String(b.Source), Title: aws.String(b.Title), Content: []types.SearchResultContentBlock{}}
	for _, text := range b.Content {
		v.Content = append(v.Content, types.SearchResultContentBlock{Text: aws.String(text)})
	}
	if b.Cite {
		v.Citations = &types.CitationsConfig{Enabled: aws.Bool(true)}
	}
	return v
}

func guardContent(b *model.Guard) (types.GuardrailConverseContentBlock, error) {
	if b.Image == nil {
		v := types.GuardrailConverseTextBlock{Text: aws.String(b.Text)}
		for _, q := range b.Qualifiers {
			v.Qualifiers = append(v.Qualifiers, types.GuardrailConverseContentQualifier(q))
		}
		return &types.GuardrailConverseContentBlockMemberText{Value: v}, nil
	}
	if b.Text != "" || len(b.Qualifiers) > 0 {
		return nil, invalid("guard content is a text or an image, not both")
	}
	data, s3, err := sourceOf(b.Image.Source)
	if err != nil {
		return nil, err
	}
	if s3 != nil {
		return nil, unsupported("guard content takes an image's bytes, not its place in S3")
	}
	return &types.GuardrailConverseContentBlockMemberImage{Value: types.GuardrailConverseImageBlock{
		Format: types.GuardrailConverseImageFormat(format(b.Image.Format, b.Image.Source)),
		Source: &types.GuardrailConverseImageSourceMemberBytes{Value: data},
	}}, nil
}

func cachePoint(b *model.CachePoint) types.CachePointBlock {
	return types.CachePointBlock{Type: types.CachePointTypeDefault, Ttl: types.CacheTTL(b.TTL)}
}

func toolChangeBlock(b *model.ToolChange) types.ContentBlock {
	ref := &types.ToolReference{Name: optional(b.Name), ServerName: optional(b.Server), Type: optional(b.Type)}
	if b.Remove {
		return &types.ContentBlockMemberToolRemoval{Value: types.ToolRemovalBlock{Tool: ref}}
	}
	return &types.ContentBlockMemberToolAddition{Value: types.ToolAdditionBlock{Tool: ref}}
}

// errNoSource is behind the error for a source that names nothing.
var errNoSource = errors.New("the source is empty")

// sourceOf gives the bytes or the place in S3 of a source.
func sourceOf(s model.Source) ([]byte, *types.S3Location, error) {
	switch {
	case s.FileID != "":
		return nil, nil, unsupported("Bedrock has no uploaded files; %q cannot be read", s.FileID)
	case s.Bytes != nil && s.URL != "":
		return nil, nil, invalid("a source has bytes and a URL")
	case s.Bytes != nil:
		return s.Bytes, nil, nil
	case strings.HasPrefix(s.URL, "s3://"):
		return nil, &types.S3Location{Uri: aws.String(s.URL), BucketOwner: optional(s.S3Owner)}, nil
	case s.URL != "":
		return nil, nil, unsupported("Bedrock reads from S3 only, not from %q", s.URL)
	}
	return nil, nil, model.NewError(model.ErrValidation.Name, "", errNoSource)
}

// placed makes the source of a picture, a video or a sound, which is bytes or a place in S3. There need be none where the block tells of
// an error in its place.
func placed[S any](s model.Source, instead string, held func([]byte) S, at func(types.S3Location) S) (source S, err error) {
	data, s3, err := sourceOf(s)
	switch {
	case err != nil && instead != "" && errors.Is(err, errNoSource):
		return source, nil
	case err != nil:
		return source, err
	case s3 != nil:
		return at(*s3), nil
	default:
		return held(data), nil
	}
}

// format is a block's format, or what its MIME type or file name says of it.
func format(f string, s model.Source) string {
	if f != "" {
		return f
	}
	if known, ok := formatByMIME[s.MIMEType]; ok {
		return known
	}
	if _, sub, ok := strings.Cut(s.MIMEType, "/"); ok {
		return sub
	}
	if slash := strings.LastIndexByte(s.URL, '/'); slash >= 0 {
		if dot := strings.LastIndexByte(s.URL, '.'); dot > slash {
			ext := strings.ToLower(s.URL[dot+1:])
			if ext == "jpg" {
				return "jpeg"
			}
			return ext
		}
	}
	return ""
}

// formatByMIME has the formats that are not the second part of their MIME type.
var formatByMIME = map[string]string{
	"text/plain":         "txt",
	"text/markdown":      "md",
	"application/msword": "doc",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
	"application/vnd.ms-excel": "xls",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
	"audio/mpeg":       "mp3",
	"audio/x-wav":      "wav",
	"video/quicktime":  "mov",
	"video/x-matroska": "mkv",
	"video/x-flv":      "flv",
	"video/x-ms-wmv":   "wmv",
	"video/3gpp":       "three_gp",
}

func errorBlock(msg string) *types.ErrorBlock {
	if msg == "" {
		return nil
	}
	return &types.ErrorBlock{Message: aws.String(msg)}
}

// optional is nil for an empty text.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return aws.String(s)
}
