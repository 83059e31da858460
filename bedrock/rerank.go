package bedrock

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagentruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagentruntime/document"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagentruntime/types"

	"github.com/flowstone-go/flow/model"
)

// RerankClient is what a [Reranker] needs. *bedrockagentruntime.Client has it.
type RerankClient interface {
	Rerank(context.Context, *bedrockagentruntime.RerankInput, ...func(*bedrockagentruntime.Options)) (*bedrockagentruntime.RerankOutput, error)
}

// Reranker puts passages in the order of their relevance to a query, with Rerank: those of several searches, or of another store than a
// knowledge base, which can rerank for itself. Its methods are tasks. It is safe for concurrent use.
type Reranker struct {
	// Client makes the calls. Required.
	Client RerankClient
	// Model is the ARN of the reranking model, such as arn:aws:bedrock:us-west-2::foundation-model/cohere.rerank-v3-5:0. Required.
	Model string
	// Results bounds how many passages are left; 0 leaves it to the service.
	Results int
	// Fields are the additional fields of the model's own.
	Fields map[string]any
}

// Candidates are passages to put in order.
type Candidates struct {
	Query    string    `json:"query"`
	Passages []Passage `json:"passages"`
}

// Rerank gives the passages that are relevant to the query, the best first, each with the model's score, from 0 to 1, as its Score. A
// passage is judged by its text, a recording's transcription, a video's summary, or the columns of a row; one that has none of these is
// the error Model.Unsupported. Without passages nothing is asked.
func (r *Reranker) Rerank(ctx context.Context, in Candidates) ([]Passage, error) {
	if missing(r.Client) {
		return nil, errNoClient
	}
	out := make([]Passage, 0, len(in.Passages))
	if len(in.Passages) == 0 {
		return out, nil
	}
	req, err := r.request(in)
	if err != nil {
		return nil, err
	}
	for {
		page, err := r.Client.Rerank(ctx, req, onceAgent)
		if err != nil {
			return nil, failure(ctx, "Rerank", err)
		}
		for _, result := range page.Results {
			i := int(aws.ToInt32(result.Index))
			if result.Index == nil || i < 0 || i >= len(in.Passages) || len(out) == len(in.Passages) {
				return nil, model.NewError(model.ErrFailed.Name, fmt.Sprintf("Rerank: the answer does not fit the %d passages", len(in.Passages)), nil)
			}
			passage := in.Passages[i]
			passage.Score = float64Of(result.RelevanceScore)
			out = append(out, passage)
		}
		if page.NextToken == nil || len(page.Results) == 0 {
			return out, nil
		}
		next := *req
		next.NextToken, req = page.NextToken, &next
	}
}

func (r *Reranker) request(in Candidates) (*bedrockagentruntime.RerankInput, error) {
	chosen := &types.BedrockRerankingModelConfiguration{ModelArn: aws.String(r.Model)}
	for name, v := range r.Fields {
		x, err := lazy(v)
		if err != nil {
			return nil, invalid("field %q: %v", name, err)
		}
		if chosen.AdditionalModelRequestFields == nil {
			chosen.AdditionalModelRequestFields = make(map[string]document.Interface, len(r.Fields))
		}
		chosen.AdditionalModelRequestFields[name] = document.NewLazyDocument(x)
	}
	config := &types.BedrockRerankingConfiguration{ModelConfiguration: chosen}
	if r.Results > 0 {
		config.NumberOfResults = aws.Int32(int32(min(r.Results, len(in.Passages))))
	}
	req := &bedrockagentruntime.RerankInput{
		Queries: []types.RerankQuery{{Type: types.RerankQueryContentTypeText, TextQuery: &types.RerankTextDocument{Text: aws.String(in.Query)}}},
		RerankingConfiguration: &types.RerankingConfiguration{
			Type: types.RerankingConfigurationTypeBedrockRerankingModel, BedrockRerankingConfiguration: config,
		},
	}
	for i := range in.Passages {
		doc, err := rerankDocument(&in.Passages[i].Content)
		if err != nil {
			return nil, within(err, "passage %d", i)
		}
		req.Sources = append(req.Sources, types.RerankSource{Type: types.RerankSourceTypeInline, InlineDocumentSource: doc})
	}
	return req, nil
}

func rerankDocument(c *PassageContent) (*types.RerankDocument, error) {
	text := c.Text
	switch {
	case text == "" && c.Audio != nil:
		text = c.Audio.Transcription
	case text == "" && c.Video != nil:
		text = c.Video.Summary
	}
	switch {
	case text != "":
		return &types.RerankDocument{Type: types.RerankDocumentTypeText, TextDocument: &types.RerankTextDocument{Text: aws.String(text)}}, nil
	case len(c.Row) > 0:
		row := make(map[string]any, len(c.Row))
		for _, column := range c.Row {
			row[column.Name] = column.Value
		}
		return &types.RerankDocument{Type: types.RerankDocumentTypeJson, JsonDocument: document.NewLazyDocument(row)}, nil
	default:
		return nil, unsupported("a passage of type %q has neither a text nor a row to judge it by", c.Type)
	}
}
