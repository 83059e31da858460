package bedrock_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/bedrock"
	"github.com/flowstone-go/flow/bedrock/internal/wire"
	"github.com/flowstone-go/flow/model"
)

func TestEmbed(t *testing.T) {
	many := make([]string, 100)
	for i := range many {
		many[i] = fmt.Sprint("t", i)
	}
	vectors := func(n int) string {
		list := make([][]float64, n)
		for i := range list {
			list[i] = []float64{float64(i)}
		}
		return text(list)
	}
	for _, tc := range []struct {
		name    string
		e       bedrock.Embedder
		texts   []string
		answers []string
		bodies  []string
		want    bedrock.Embeddings
		err     error
	}{
		{
			"titan, one call a text",
			bedrock.Embedder{Model: "amazon.titan-embed-text-v2:0", Dimensions: 256, Normalize: new(true)},
			[]string{"a", "b"},
			[]string{`{"embedding":[0.5,-1],"inputTextTokenCount":2}`, `{"embedding":[0,1],"inputTextTokenCount":3}`},
			[]string{`{"inputText":"a","dimensions":256,"normalize":true}`, `{"inputText":"b","dimensions":256,"normalize":true}`},
			bedrock.Embeddings{Vectors: [][]float64{{0.5, -1}, {0, 1}}, Tokens: 5},
			nil,
		},
		{
			"titan for images",
			bedrock.Embedder{Model: "amazon.titan-embed-image-v1", Dimensions: 384},
			[]string{"a"},
			[]string{`{"embedding":[1]}`},
			[]string{`{"inputText":"a","embeddingConfig":{"outputEmbeddingLength":384}}`},
			bedrock.Embeddings{Vectors: [][]float64{{1}}},
			nil,
		},
		{
			"cohere",
			bedrock.Embedder{Model: "eu.cohere.embed-english-v3", InputType: "search_query", Truncate: "END"},
			[]string{"a", "b"},
			[]string{`{"embeddings":[[1,2],[3,4]]}`},
			[]string{`{"texts":["a","b"],"input_type":"search_query","truncate":"END"}`},
			bedrock.Embeddings{Vectors: [][]float64{{1, 2}, {3, 4}}, Tokens: 7},
			nil,
		},
		{
			"cohere by type",
			bedrock.Embedder{Model: "cohere.embed-v4:0", Dimensions: 512},
			[]string{"a"},
			[]string{`{"embeddings":{"float":[[1]]}}`},
			[]string{`{"texts":["a"],"input_type":"search_document","output_dimension":512}`},
			bedrock.Embeddings{Vectors: [][]float64{{1}}, Tokens: 7},
			nil,
		},
		{
			"cohere, a hundred texts",
			bedrock.Embedder{Model: "cohere.embed-english-v3"},
			many,
			[]string{`{"embeddings":` + vectors(96) + `}`, `{"embeddings":` + vectors(4) + `}`},
			[]string{text(object{"texts": many[:96], "input_type": "search_document"}), text(object{"texts": many[96:], "input_type": "search_document"})},
			bedrock.Embeddings{Vectors: append(parseVectors(t, vectors(96)), parseVectors(t, vectors(4))...), Tokens: 14},
			nil,
		},
		{"nothing to do", bedrock.Embedder{Model: "cohere.embed-english-v3"}, nil, nil, nil, bedrock.Embeddings{Vectors: [][]float64{}}, nil},
		{"a vector too few", bedrock.Embedder{Model: "cohere.embed-english-v3"}, []string{"a", "b"}, []string{`{"embeddings":[[1]]}`}, nil, bedrock.Embeddings{}, model.ErrFailed},
		{"no vector", bedrock.Embedder{Model: "amazon.titan-embed-text-v1"}, []string{"a"}, []string{`{}`}, nil, bedrock.Embeddings{}, model.ErrFailed},
		{"no JSON", bedrock.Embedder{Model: "amazon.titan-embed-text-v1"}, []string{"a"}, []string{`{`}, nil, bedrock.Embeddings{}, model.ErrFailed},
		{"another model", bedrock.Embedder{Model: nova}, []string{"a"}, nil, nil, bedrock.Embeddings{}, model.ErrUnsupported},
		{"a setting that Cohere lacks", bedrock.Embedder{Model: "cohere.embed-english-v3", Normalize: new(true)}, []string{"a"}, nil, nil, bedrock.Embeddings{}, model.ErrUnsupported},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newServer(t)
			var replies []wire.Reply
			for _, a := range tc.answers {
				replies = append(replies, wire.JSON(a, "X-Amzn-Bedrock-Input-Token-Count", "7"))
			}
			s.On("InvokeModel", replies...)
			tc.e.Client = runtime(s)
			got, err := tc.e.Embed(t.Context(), tc.texts)
			if !errors.Is(err, tc.err) {
				t.Fatalf("error %v, want %v", err, tc.err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("embeddings (-want +got):\n%s", diff)
			}
			calls := s.Requests("InvokeModel")
			for i, body := range tc.bodies {
				equalJSON(t, body, calls[i].Body)
			}
			if tc.err == nil && len(calls) != len(tc.bodies) {
				t.Errorf("%d calls, want %d", len(calls), len(tc.bodies))
			}
		})
	}
	s := newServer(t).On("InvokeModel", wire.JSON(`{"embedding":[1]}`), wire.Error(429, "ThrottlingException", "m"))
	e := &bedrock.Embedder{Client: runtime(s), Model: "amazon.titan-embed-text-v2:0"}
	if v, err := e.EmbedText(t.Context(), "a"); err != nil || !cmp.Equal([]float64{1}, v) {
		t.Errorf("%v, %v", v, err)
	}
	if v, err := e.EmbedText(t.Context(), "a"); v != nil || !errors.Is(err, model.ErrThrottled) {
		t.Errorf("%v, %v", v, err)
	}
	if _, err := (&bedrock.Embedder{}).EmbedText(t.Context(), "a"); !errors.Is(err, model.ErrValidation) {
		t.Errorf("without a client: %v", err)
	}
}

func parseVectors(t *testing.T, data string) [][]float64 {
	t.Helper()
	var out [][]float64
	for _, v := range parse(t, data).([]any) {
		out = append(out, []float64{v.([]any)[0].(float64)})
	}
	return out
}
