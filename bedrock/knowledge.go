package bedrock

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagentruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagentruntime/types"

	"github.com/flowstone-go/flow/model"
)

// RetrieveClient is what a [KnowledgeBase] needs. *bedrockagentruntime.Client has it.
type RetrieveClient interface {
	Retrieve(context.Context, *bedrockagentruntime.RetrieveInput, ...func(*bedrockagentruntime.Options)) (*bedrockagentruntime.RetrieveOutput, error)
}

// KnowledgeBase searches a knowledge base with Retrieve. Its methods are tasks. It is safe for concurrent use.
type KnowledgeBase struct {
	// Client makes the calls. Required.
	Client RetrieveClient
	// Request is what each call begins with: the knowledge base's id and whatever else of the SDK's request is wanted, such as the
	// number of results, filters, reranking and a guardrail. Query and token are set by the call.
	Request bedrockagentruntime.RetrieveInput
}

// Query is a search.
type Query struct {
	// Text is what to look for.
	Text string `json:"text,omitempty"`
	// Image searches by a picture instead; ImageFormat is "png", "jpeg", "gif" or "webp".
	Image       []byte `json:"image,omitempty"`
	ImageFormat string `json:"imageFormat,omitempty"`
	// User is the id of the user on whose behalf the search is made; empty leaves that of Request.
	User string `json:"user,omitempty"`
	// Next continues an earlier search: [Passages].Next.
	Next string `json:"next,omitempty"`
}

// Passages are the results of a search, in the service's order.
type Passages struct {
	Passages []Passage `json:"passages"`
	// Next is not empty if there are more.
	Next string `json:"next,omitempty"`
	// Guardrail is "INTERVENED" or "NONE" if the search had a guardrail.
	Guardrail string `json:"guardrail,omitempty"`
}

// Passage is a found piece of a document. Its JSON is that of the service.
type Passage struct {
	Content  PassageContent   `json:"content"`
	Location *PassageLocation `json:"location,omitempty"`
	// Metadata are the attributes of the document, as encoding/json reads them.
	Metadata   map[string]any `json:"metadata,omitempty"`
	DocumentID string         `json:"documentId,omitempty"`
	// Score is the relevance; nil where the service gives none.
	Score *float64 `json:"score,omitempty"`
}

// PassageContent is what was found.
type PassageContent struct {
	Type string `json:"type,omitempty"` // TEXT, IMAGE, ROW, AUDIO, VIDEO
	Text string `json:"text,omitempty"`
	// ByteContent is a picture as a data URI.
	ByteContent string          `json:"byteContent,omitempty"`
	Row         []PassageColumn `json:"row,omitempty"`
	Audio       *PassageAudio   `json:"audio,omitempty"`
	Video       *PassageVideo   `json:"video,omitempty"`
}

// PassageColumn is a column of a row of a table.
type PassageColumn struct {
	Name  string `json:"columnName,omitempty"`
	Value string `json:"columnValue,omitempty"`
	Type  string `json:"type,omitempty"`
}

// PassageAudio is a piece of a recording.
type PassageAudio struct {
	S3URI         string `json:"s3Uri,omitempty"`
	Transcription string `json:"transcription,omitempty"`
}

// PassageVideo is a piece of a video.
type PassageVideo struct {
	S3URI   string `json:"s3Uri,omitempty"`
	Summary string `json:"summary,omitempty"`
}

// PassageLocation is where a passage comes from; the field that belongs to the type is set.
type PassageLocation struct {
	Type        string        `json:"type,omitempty"` // S3, WEB, CONFLUENCE, SALESFORCE, SHAREPOINT, CUSTOM, KENDRA, SQL, ONEDRIVE, GOOGLEDRIVE
	S3          *PassagePlace `json:"s3Location,omitempty"`
	Web         *PassagePlace `json:"webLocation,omitempty"`
	Confluence  *PassagePlace `json:"confluenceLocation,omitempty"`
	Salesforce  *PassagePlace `json:"salesforceLocation,omitempty"`
	SharePoint  *PassagePlace `json:"sharePointLocation,omitempty"`
	Custom      *PassagePlace `json:"customDocumentLocation,omitempty"`
	Kendra      *PassagePlace `json:"kendraDocumentLocation,omitempty"`
	SQL         *PassagePlace `json:"sqlLocation,omitempty"`
	OneDrive    *PassagePlace `json:"oneDriveLocation,omitempty"`
	GoogleDrive *PassagePlace `json:"googleDriveLocation,omitempty"`
}

// PassagePlace is a place: one of its fields is set.
type PassagePlace struct {
	URI   string `json:"uri,omitempty"`
	URL   string `json:"url,omitempty"`
	ID    string `json:"id,omitempty"`
	Query string `json:"query,omitempty"`
}

// Find searches for a text and gives the first page of results. If a guardrail intervened the error is Model.Guardrail.
func (k *KnowledgeBase) Find(ctx context.Context, text string) ([]Passage, error) {
	found, err := k.Retrieve(ctx, Query{Text: text})
	if err != nil {
		return nil, err
	}
	if found.Guardrail == string(types.GuadrailActionIntervened) {
		return nil, model.NewError(model.ErrGuardrail.Name, "Retrieve: the guardrail intervened", nil)
	}
	return found.Passages, nil
}

// Retrieve searches and gives one page of results.
func (k *KnowledgeBase) Retrieve(ctx context.Context, q Query) (Passages, error) {
	if missing(k.Client) {
		return Passages{}, errNoClient
	}
	in := k.Request
	query := types.KnowledgeBaseQuery{}
	if t := k.Request.RetrievalQuery; t != nil {
		query = *t
	}
	if q.Text != "" || q.Image == nil {
		query.Text = aws.String(q.Text)
	}
	if q.Image != nil {
		query.Type = types.KnowledgeBaseQueryTypeImage
		query.Image = &types.InputImage{Format: types.InputImageFormat(q.ImageFormat), InlineContent: q.Image}
	}
	in.RetrievalQuery = &query
	if q.Next != "" {
		in.NextToken = aws.String(q.Next)
	}
	if q.User != "" {
		in.UserContext = &types.UserContext{UserId: aws.String(q.User)}
	}
	out, err := k.Client.Retrieve(ctx, &in, onceAgent)
	if err != nil {
		return Passages{}, failure(ctx, "Retrieve", err)
	}
	passages, err := shape[[]Passage](out.RetrievalResults)
	if err != nil {
		return Passages{}, model.NewError(model.ErrFailed.Name, "Retrieve: the answer cannot be read", err)
	}
	return Passages{Passages: passages, Next: aws.ToString(out.NextToken), Guardrail: string(out.GuardrailAction)}, nil
}
