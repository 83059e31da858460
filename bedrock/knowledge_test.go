package bedrock_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagentruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagentruntime/document"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagentruntime/types"
	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/bedrock"
	"github.com/flowstone-go/flow/bedrock/internal/wire"
	"github.com/flowstone-go/flow/model"
)

const passages = `[
	{"content":{"type":"TEXT","text":"Water boils."},"location":{"type":"S3","s3Location":{"uri":"s3://b/k"}},"metadata":{"page":3,"tags":["a"]},"documentId":"d1","score":0.71},
	{"content":{"type":"ROW","row":[{"columnName":"c","columnValue":"v","type":"STRING"}]},"location":{"type":"SQL","sqlLocation":{"query":"select 1"}}},
	{"content":{"type":"VIDEO","video":{"s3Uri":"s3://b/v","summary":"s"}},"location":{"type":"WEB","webLocation":{"url":"u"}}},
	{"content":{"type":"AUDIO","audio":{"s3Uri":"s3://b/a","transcription":"t"}},"location":{"type":"CUSTOM","customDocumentLocation":{"id":"i"}}}]`

func knowledge(s *wire.Server) *bedrock.KnowledgeBase {
	return &bedrock.KnowledgeBase{Client: agentRuntime(s), Request: bedrockagentruntime.RetrieveInput{
		KnowledgeBaseId: aws.String("KB12345678"),
		RetrievalConfiguration: &types.KnowledgeBaseRetrievalConfiguration{VectorSearchConfiguration: &types.KnowledgeBaseVectorSearchConfiguration{
			NumberOfResults: aws.Int32(3),
			Filter:          &types.RetrievalFilterMemberEquals{Value: types.FilterAttribute{Key: aws.String("page"), Value: document.NewLazyDocument(3)}},
		}},
	}}
}

func TestRetrieve(t *testing.T) {
	s := newServer(t).On("Retrieve", wire.JSON(`{"retrievalResults":`+passages+`,"nextToken":"more","guardrailAction":"NONE"}`))
	kb := knowledge(s)
	found, err := kb.Find(t.Context(), "boil")
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(found)
	if err != nil {
		t.Fatal(err)
	}
	equalJSON(t, passages, got)
	page, err := kb.Retrieve(t.Context(), bedrock.Query{Image: []byte("i"), ImageFormat: "png", User: "u1", Next: "more"})
	if err != nil || page.Next != "more" || page.Guardrail != "NONE" || len(page.Passages) != 4 {
		t.Errorf("%v, %v", page, err)
	}
	calls := s.Requests("Retrieve")
	const config = `"retrievalConfiguration":{"vectorSearchConfiguration":{"numberOfResults":3,"filter":{"equals":{"key":"page","value":3}}}}`
	equalJSON(t, `{"retrievalQuery":{"text":"boil"},`+config+`}`, calls[0].Body)
	equalJSON(t, `{"retrievalQuery":{"type":"IMAGE","image":{"format":"png","inlineContent":"aQ=="}},"nextToken":"more","userContext":{"userId":"u1"},`+config+`}`, calls[1].Body)
	if kb.Request.RetrievalQuery != nil || kb.Request.NextToken != nil {
		t.Error("a call changed the settings")
	}
}

func TestRetrieveFails(t *testing.T) {
	s := newServer(t).On("Retrieve", wire.JSON(`{"retrievalResults":[],"guardrailAction":"INTERVENED"}`),
		wire.Error(424, "DependencyFailedException", "down"), wire.Error(502, "BadGatewayException", "down"), wire.Error(404, "ResourceNotFoundException", "none"))
	kb := knowledge(s)
	for _, want := range []error{model.ErrGuardrail, model.ErrFailed, model.ErrUnavailable, model.ErrNotFound} {
		if found, err := kb.Find(t.Context(), "x"); !errors.Is(err, want) || found != nil {
			t.Errorf("%v, %v, want %v", found, err, want)
		}
	}
	if _, err := (&bedrock.KnowledgeBase{}).Find(t.Context(), "x"); !errors.Is(err, model.ErrValidation) {
		t.Errorf("without a client: %v", err)
	}
	if n := len(s.Requests("")); n != 4 {
		t.Errorf("%d calls, want 4: the SDK must not retry", n)
	}
}

func answerer(s *wire.Server) *bedrock.Answerer {
	return &bedrock.Answerer{Client: agentRuntime(s), Request: bedrockagentruntime.RetrieveAndGenerateInput{
		RetrieveAndGenerateConfiguration: &types.RetrieveAndGenerateConfiguration{
			Type: types.RetrieveAndGenerateTypeKnowledgeBase,
			KnowledgeBaseConfiguration: &types.KnowledgeBaseRetrieveAndGenerateConfiguration{
				KnowledgeBaseId: aws.String("KB12345678"), ModelArn: aws.String("arn:m"),
			},
		},
	}}
}

const reference = `{"content":{"type":"TEXT","text":"Water boils."},"location":{"type":"S3","s3Location":{"uri":"s3://b/k"}},"metadata":{"n":1}}`

func wantAnswer() bedrock.Answer {
	return bedrock.Answer{
		Text: "At 100.", Session: "s1", Guardrail: "NONE",
		Citations: []bedrock.AnswerCitation{{Text: "At 100.", Start: 0, End: 6, References: []bedrock.Passage{{
			Content:  bedrock.PassageContent{Type: "TEXT", Text: "Water boils."},
			Location: &bedrock.PassageLocation{Type: "S3", S3: &bedrock.PassagePlace{URI: "s3://b/k"}}, Metadata: map[string]any{"n": 1.0},
		}}}},
	}
}

func TestRetrieveAndGenerate(t *testing.T) {
	const cited = `{"generatedResponsePart":{"textResponsePart":{"text":"At 100.","span":{"start":0,"end":6}}},"retrievedReferences":[` + reference + `]}`
	s := newServer(t).
		On("RetrieveAndGenerate", wire.JSON(`{"output":{"text":"At 100."},"sessionId":"s1","guardrailAction":"NONE","citations":[`+cited+`]}`)).
		On("RetrieveAndGenerateStream", wire.StreamWith([]string{"X-Amzn-Bedrock-Knowledge-Base-Session-Id", "s1"},
			wire.Event("output", `{"text":"At "}`), wire.Event("output", `{"text":"100."}`), wire.Event("citation", cited), wire.Event("guardrail", `{"action":"NONE"}`)))
	a := answerer(s)
	got, err := a.Answer(t.Context(), bedrock.Question{Text: "When?", Session: "s1", User: "u1"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wantAnswer(), got); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
	folded := bedrock.Answer{}
	for ev, err := range a.Stream(t.Context(), bedrock.Question{Text: "When?", Session: "s1", User: "u1"}) {
		if err != nil {
			t.Fatal(err)
		}
		folded.Text += ev.Text
		folded.Session += ev.Session
		folded.Guardrail += ev.Guardrail
		if ev.Citation != nil {
			folded.Citations = append(folded.Citations, *ev.Citation)
		}
	}
	if diff := cmp.Diff(wantAnswer(), folded); diff != "" {
		t.Errorf("stream (-want +got):\n%s", diff)
	}
	const body = `{"input":{"text":"When?"},"sessionId":"s1","userContext":{"userId":"u1"},
		"retrieveAndGenerateConfiguration":{"type":"KNOWLEDGE_BASE","knowledgeBaseConfiguration":{"knowledgeBaseId":"KB12345678","modelArn":"arn:m"}}}`
	equalJSON(t, body, s.Requests("RetrieveAndGenerate")[0].Body)
	equalJSON(t, body, s.Requests("RetrieveAndGenerateStream")[0].Body)
}

// whole hides that a client can stream.
type whole struct{ bedrock.AnswerClient }

func TestAnswersWithoutAStream(t *testing.T) {
	s := newServer(t).On("RetrieveAndGenerate", wire.JSON(`{"output":{"text":"At 100."},"sessionId":"s1","guardrailAction":"INTERVENED","citations":[{"generatedResponsePart":{}}]}`))
	a := answerer(s)
	a.Client = whole{a.Client}
	var got []bedrock.AnswerEvent
	for ev, err := range a.Stream(t.Context(), bedrock.Question{Text: "x"}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, ev)
	}
	want := []bedrock.AnswerEvent{{Session: "s1"}, {Text: "At 100."}, {Citation: &bedrock.AnswerCitation{}}, {Guardrail: "INTERVENED"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	for stop := range want { // leaving at any event
		n := 0
		for _, err := range a.Stream(t.Context(), bedrock.Question{Text: "x"}) {
			if err != nil {
				t.Fatal(err)
			}
			if n == stop {
				break
			}
			n++
		}
	}
}

func TestAnswersFail(t *testing.T) {
	s := newServer(t).On("RetrieveAndGenerate", wire.Error(429, "ThrottlingException", "m")).
		On("RetrieveAndGenerateStream", wire.Error(429, "ThrottlingException", "m"))
	a := answerer(s)
	if _, err := a.Ask(t.Context(), "x"); !errors.Is(err, model.ErrThrottled) {
		t.Errorf("Ask: %v", err)
	}
	last := func() (last error) {
		for _, err := range a.Stream(t.Context(), bedrock.Question{Text: "x"}) {
			last = err
		}
		return last
	}
	if err := last(); !errors.Is(err, model.ErrThrottled) {
		t.Errorf("Stream: %v", err)
	}
	for name, tc := range map[string]struct {
		frames []wire.Frame
		want   error
	}{
		"nothing comes":       {nil, model.ErrStream},
		"an exception":        {[]wire.Frame{wire.Event("output", `{"text":"x"}`), wire.Exception("dependencyFailedException", `{"message":"m"}`)}, model.ErrFailed},
		"an event is no JSON": {[]wire.Frame{wire.Event("output", `{`)}, model.ErrStream},
	} {
		s.On("RetrieveAndGenerateStream", wire.Stream(tc.frames...))
		if err := last(); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", name, err, tc.want)
		}
	}
	// Leaving and cancelling while the server has more to say.
	s.On("RetrieveAndGenerateStream", wire.Stream(wire.Event("output", `{"text":"x"}`), wire.Silence()))
	for _, err := range a.Stream(t.Context(), bedrock.Question{Text: "x"}) {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	s.Drain()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var got error
	for ev, err := range a.Stream(ctx, bedrock.Question{Text: "x"}) {
		if ev.Text != "" {
			cancel()
		}
		got = err
	}
	if !errors.Is(got, context.Canceled) {
		t.Errorf("cancelled: %v", got)
	}
	s.Drain()
}
