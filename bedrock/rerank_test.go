package bedrock_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/bedrock"
	"github.com/flowstone-go/flow/bedrock/internal/wire"
	"github.com/flowstone-go/flow/model"
)

const rerankModel = "arn:aws:bedrock:us-west-2::foundation-model/cohere.rerank-v3-5:0"

func candidates(t *testing.T) bedrock.Candidates {
	t.Helper()
	in := bedrock.Candidates{Query: "When does water boil?"}
	if err := json.Unmarshal([]byte(passages), &in.Passages); err != nil {
		t.Fatal(err)
	}
	return in
}

func TestRerank(t *testing.T) {
	s := newServer(t).On("Rerank",
		wire.JSON(`{"results":[{"index":1,"relevanceScore":0.9},{"index":3,"relevanceScore":0.5}],"nextToken":"more"}`),
		wire.JSON(`{"results":[{"index":0,"relevanceScore":0.1}]}`))
	r := &bedrock.Reranker{Client: agentRuntime(s), Model: rerankModel, Results: 9, Fields: map[string]any{"max_tokens_per_doc": 4096}}
	in := candidates(t)
	got, err := r.Rerank(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	want := []bedrock.Passage{in.Passages[1], in.Passages[3], in.Passages[0]}
	for i, score := range []float64{0.9, 0.5, 0.1} {
		want[i].Score = &score
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("passages (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(candidates(t), in); diff != "" {
		t.Errorf("the candidates were changed (-want +got):\n%s", diff)
	}
	const asked = `"queries":[{"type":"TEXT","textQuery":{"text":"When does water boil?"}}],
		"rerankingConfiguration":{"type":"BEDROCK_RERANKING_MODEL","bedrockRerankingConfiguration":{"numberOfResults":4,
			"modelConfiguration":{"modelArn":"` + rerankModel + `","additionalModelRequestFields":{"max_tokens_per_doc":4096}}}},
		"sources":[
			{"type":"INLINE","inlineDocumentSource":{"type":"TEXT","textDocument":{"text":"Water boils."}}},
			{"type":"INLINE","inlineDocumentSource":{"type":"JSON","jsonDocument":{"c":"v"}}},
			{"type":"INLINE","inlineDocumentSource":{"type":"TEXT","textDocument":{"text":"s"}}},
			{"type":"INLINE","inlineDocumentSource":{"type":"TEXT","textDocument":{"text":"t"}}}]`
	calls := s.Requests("Rerank")
	equalJSON(t, `{`+asked+`}`, calls[0].Body)
	equalJSON(t, `{`+asked+`,"nextToken":"more"}`, calls[1].Body)
}

func TestRerankFails(t *testing.T) {
	s := newServer(t)
	r := &bedrock.Reranker{Client: agentRuntime(s), Model: rerankModel}
	for reply, want := range map[string]error{
		`{"results":[{"index":4,"relevanceScore":1}]}`:                                                 model.ErrFailed,
		`{"results":[{"relevanceScore":1}]}`:                                                           model.ErrFailed,
		`{"results":[{"index":0,"relevanceScore":1},{"index":1,"relevanceScore":1}],"nextToken":"on"}`: model.ErrFailed, // without an end
	} {
		s.On("Rerank", wire.JSON(reply))
		if got, err := r.Rerank(t.Context(), candidates(t)); !errors.Is(err, want) || got != nil {
			t.Errorf("%s: %v, %v, want %v", reply, got, err, want)
		}
	}
	s.On("Rerank", wire.Error(403, "AccessDeniedException", "not authorized"))
	if _, err := r.Rerank(t.Context(), candidates(t)); !errors.Is(err, model.ErrAccessDenied) || !strings.Contains(err.Error(), "bedrock:Rerank") {
		t.Errorf("error %v", err)
	}
	calls := len(s.Requests("Rerank"))
	none, err := r.Rerank(t.Context(), bedrock.Candidates{Query: "x"})
	if err != nil || none == nil || len(none) != 0 {
		t.Errorf("without passages: %v, %v", none, err)
	}
	if _, err := r.Rerank(t.Context(), bedrock.Candidates{Passages: []bedrock.Passage{{Content: bedrock.PassageContent{Type: "IMAGE"}}}}); !errors.Is(err, model.ErrUnsupported) {
		t.Errorf("a picture: %v", err)
	}
	if n := len(s.Requests("Rerank")); n != calls {
		t.Errorf("%d calls, want %d", n, calls)
	}
	if _, err := (&bedrock.Reranker{}).Rerank(t.Context(), candidates(t)); !errors.Is(err, model.ErrValidation) {
		t.Errorf("without a client: %v", err)
	}
}
