package bedrock

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/flowstone-go/flow/model"
)

// Embedder turns texts into vectors with an embedding model of Amazon (Titan) or Cohere. Its methods are tasks. It is safe for
// concurrent use.
type Embedder struct {
	// Client makes the calls. Required.
	Client InvokeClient
	// Model is the id of an embedding model: amazon.titan-embed-… or cohere.embed-…, with or without a region in front, or an ARN that
	// ends so.
	Model string
	// Dimensions asks for vectors of so many numbers; 0 leaves it to the model. Titan V2 and Cohere V4 can choose.
	Dimensions int
	// Normalize asks Titan V2 for vectors of length 1, or not; nil leaves it to the model, which does.
	Normalize *bool
	// InputType is what the vectors are for, which Cohere's models want to know: "search_document" (also if empty), "search_query",
	// "classification", "clustering".
	InputType string
	// Truncate says which end of too long a text Cohere's models cut off: "NONE" for an error (also if empty), "START", "END".
	Truncate string
}

// Embeddings are vectors in the order of their texts.
type Embeddings struct {
	Vectors [][]float64 `json:"vectors"`
	// Tokens counts the tokens read, where the service says.
	Tokens int `json:"tokens,omitempty"`
}

// embedBatch is how many texts Cohere's models take in a call.
const embedBatch = 96

// EmbedText gives the vector of one text.
func (e *Embedder) EmbedText(ctx context.Context, text string) ([]float64, error) {
	out, err := e.Embed(ctx, []string{text})
	if err != nil {
		return nil, err
	}
	return out.Vectors[0], nil
}

// Embed gives the vector of each text. Titan takes one text a call and Cohere 96, so that many texts make several calls, one after
// the other; a failing one ends it.
func (e *Embedder) Embed(ctx context.Context, texts []string) (Embeddings, error) {
	if missing(e.Client) {
		return Embeddings{}, errNoClient
	}
	out := Embeddings{Vectors: make([][]float64, 0, len(texts))}
	batch, embed := 1, e.titan
	switch name := modelName(e.Model); {
	case strings.HasPrefix(name, "amazon.titan-embed-"):
	case strings.HasPrefix(name, "cohere.embed-"):
		batch, embed = embedBatch, e.cohere
	default:
		return Embeddings{}, unsupported("%q is no embedding model that is known", e.Model)
	}
	for len(texts) > 0 {
		n := min(batch, len(texts))
		vectors, tokens, err := embed(ctx, texts[:n])
		if err != nil {
			return Embeddings{}, err
		}
		if len(vectors) != n {
			return Embeddings{}, model.NewError(model.ErrFailed.Name, fmt.Sprintf("InvokeModel: %d vectors for %d texts", len(vectors), n), nil)
		}
		out.Vectors = append(out.Vectors, vectors...)
		out.Tokens += tokens
		texts = texts[n:]
	}
	return out, nil
}

func (e *Embedder) titan(ctx context.Context, texts []string) ([][]float64, int, error) {
	body := members{"inputText": texts[0]}
	if strings.HasPrefix(modelName(e.Model), "amazon.titan-embed-image") {
		if e.Dimensions != 0 {
			body["embeddingConfig"] = jsonObject{"outputEmbeddingLength": e.Dimensions}
		}
	} else {
		body.int("dimensions", e.Dimensions)
	}
	optionalNumber(body, "normalize", e.Normalize)
	var answer struct {
		Vector []float64 `json:"embedding"`
		Tokens int       `json:"inputTextTokenCount"`
	}
	if _, err := e.invoke(ctx, body, &answer); err != nil {
		return nil, 0, err
	}
	if len(answer.Vector) == 0 {
		return nil, 0, model.NewError(model.ErrFailed.Name, "InvokeModel: the answer holds no vector", nil)
	}
	return [][]float64{answer.Vector}, answer.Tokens, nil
}

func (e *Embedder) cohere(ctx context.Context, texts []string) ([][]float64, int, error) {
	body := members{"texts": texts, "input_type": "search_document"}
	if e.InputType != "" {
		body["input_type"] = e.InputType
	}
	if e.Truncate != "" {
		body["truncate"] = e.Truncate
	}
	body.int("output_dimension", e.Dimensions)
	if e.Normalize != nil {
		return nil, 0, unsupported("Cohere's models have no setting Normalize")
	}
	var answer struct {
		Vectors json.RawMessage `json:"embeddings"`
	}
	tokens, err := e.invoke(ctx, body, &answer)
	if err != nil {
		return nil, 0, err
	}
	var vectors [][]float64
	if json.Unmarshal(answer.Vectors, &vectors) == nil {
		return vectors, tokens, nil
	}
	var byType struct { // from V4 on
		Float [][]float64 `json:"float"`
	}
	if err := json.Unmarshal(answer.Vectors, &byType); err != nil {
		return nil, 0, model.NewError(model.ErrFailed.Name, "InvokeModel: the vectors cannot be read", err)
	}
	return byType.Float, tokens, nil
}

// invoke calls the model and gives the number of tokens that the header tells.
func (e *Embedder) invoke(ctx context.Context, body members, answer any) (int, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return 0, model.NewError(model.ErrValidation.Name, "", err)
	}
	out, err := e.Client.InvokeModel(ctx, &bedrockruntime.InvokeModelInput{
		ModelId: aws.String(e.Model), Body: data, ContentType: aws.String("application/json"), Accept: aws.String("application/json"),
	}, once)
	if err != nil {
		return 0, failure(ctx, "InvokeModel", err)
	}
	if err := json.Unmarshal(out.Body, answer); err != nil {
		return 0, model.NewError(model.ErrFailed.Name, "InvokeModel: the answer cannot be read", err)
	}
	raw, ok := awsmiddleware.GetRawResponse(out.ResultMetadata).(*smithyhttp.Response)
	if !ok || raw.Response == nil {
		return 0, nil
	}
	return headerInt(raw.Header, "X-Amzn-Bedrock-Input-Token-Count"), nil
}
