package bedrock_test

import (
	"context"
	"errors"
	"iter"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagentruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagentruntime/types"
	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/bedrock"
	"github.com/flowstone-go/flow/bedrock/internal/wire"
	"github.com/flowstone-go/flow/model"
)

func agent(s *wire.Server) *bedrock.Agent {
	return &bedrock.Agent{Client: agentRuntime(s), Request: bedrockagentruntime.InvokeAgentInput{
		AgentId: aws.String("AGENT12345"), AgentAliasId: aws.String("ALIAS12345"), EnableTrace: aws.Bool(true),
		SessionState: &types.SessionState{SessionAttributes: map[string]string{"tenant": "t1", "user": "nobody"}},
	}}
}

var agentFrames = []wire.Frame{
	wire.Event("trace", `{"agentId":"AGENT12345","sessionId":"s1","trace":{"orchestrationTrace":{"rationale":{"text":"think","traceId":"x"}}}}`),
	wire.Event("chunk", `{"bytes":"SGVsbG8g"}`),
	wire.Event("chunk", `{"bytes":"QWRh","attribution":{"citations":[{"generatedResponsePart":{"textResponsePart":{"text":"Ada","span":{"start":6,"end":8}}},"retrievedReferences":[`+reference+`]}]}}`),
	wire.Event("files", `{"files":[{"name":"a.csv","type":"text/csv","bytes":"YSxi"}]}`),
	wire.Event("returnControl", `{"invocationId":"i1","invocationInputs":[
		{"functionInvocationInput":{"actionGroup":"g","function":"f","agentId":"a","collaboratorName":"c","actionInvocationType":"RESULT","parameters":[{"name":"n","type":"integer","value":"7"}]}},
		{"apiInvocationInput":{"actionGroup":"g","apiPath":"/p","httpMethod":"post","parameters":[{"name":"q","type":"string","value":"v"}],
			"requestBody":{"content":{"application/json":{"properties":[{"name":"b","type":"string","value":"w"}]}}}}}]}`),
}

func TestInvokeAgent(t *testing.T) {
	s := newServer(t).On("InvokeAgent", wire.StreamWith([]string{"X-Amz-Bedrock-Agent-Session-Id", "s1", "X-Amz-Bedrock-Agent-Memory-Id", "m1"}, agentFrames...))
	a := agent(s)
	got, err := a.Invoke(t.Context(), bedrock.Turn{
		Session: "s1", Text: "Hi", Memory: "m1", End: true,
		SessionAttributes: map[string]string{"user": "ada"}, PromptAttributes: map[string]string{"p": "q"},
		Files:      []bedrock.AgentFile{{Name: "in.csv", MediaType: "text/csv", Bytes: []byte("a,b")}, {Name: "big", S3: "s3://b/k", UseCase: "CODE_INTERPRETER"}},
		Invocation: "i0",
		Results: []bedrock.AgentResult{
			{ActionGroup: "g", Function: "f", Agent: "a", Body: map[string]string{"TEXT": "done"}, Confirmation: "CONFIRM"},
			{ActionGroup: "g", Path: "/p", Method: "POST", Status: 500, Body: map[string]string{"application/json": "{}"}, State: "REPROMPT"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := bedrock.Reply{
		Text: "Hello Ada", Session: "s1", Memory: "m1",
		Citations: []bedrock.AnswerCitation{{Text: "Ada", Start: 6, End: 8, References: wantAnswer().Citations[0].References}},
		Files:     []bedrock.AgentFile{{Name: "a.csv", MediaType: "text/csv", Bytes: []byte("a,b")}},
		ReturnControl: &bedrock.ReturnControl{Invocation: "i1", Calls: []bedrock.AgentCall{
			{ActionGroup: "g", Function: "f", Agent: "a", Collaborator: "c", Mode: "RESULT", Parameters: []bedrock.AgentParameter{{Name: "n", Type: "integer", Value: "7"}}},
			{
				ActionGroup: "g", Path: "/p", Method: "post", Parameters: []bedrock.AgentParameter{{Name: "q", Type: "string", Value: "v"}},
				Body: map[string][]bedrock.AgentParameter{"application/json": {{Name: "b", Type: "string", Value: "w"}}},
			},
		}},
		Trace: []map[string]any{{"agentId": "AGENT12345", "sessionId": "s1", "trace": map[string]any{
			"orchestrationTrace": map[string]any{"rationale": map[string]any{"text": "think", "traceId": "x"}},
		}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("reply (-want +got):\n%s", diff)
	}
	call := s.Requests("InvokeAgent")[0]
	if want := []string{"agents", "AGENT12345", "agentAliases", "ALIAS12345", "sessions", "s1", "text"}; !cmp.Equal(want, call.Path) {
		t.Errorf("path %v", call.Path)
	}
	equalJSON(t, `{"inputText":"Hi","memoryId":"m1","endSession":true,"enableTrace":true,"sessionState":{
		"sessionAttributes":{"tenant":"t1","user":"ada"},"promptSessionAttributes":{"p":"q"},"invocationId":"i0",
		"files":[{"name":"in.csv","useCase":"CHAT","source":{"sourceType":"BYTE_CONTENT","byteContent":{"mediaType":"text/csv","data":"YSxi"}}},
			{"name":"big","useCase":"CODE_INTERPRETER","source":{"sourceType":"S3","s3Location":{"uri":"s3://b/k"}}}],
		"returnControlInvocationResults":[
			{"functionResult":{"actionGroup":"g","function":"f","agentId":"a","confirmationState":"CONFIRM","responseBody":{"TEXT":{"body":"done"}}}},
			{"apiResult":{"actionGroup":"g","apiPath":"/p","httpMethod":"POST","httpStatusCode":500,"responseState":"REPROMPT","responseBody":{"application/json":{"body":"{}"}}}}]}}`, call.Body)
	if got := a.Request.SessionState.SessionAttributes["user"]; got != "nobody" {
		t.Errorf("a call changed the settings: %q", got)
	}
}

func TestAgentsSay(t *testing.T) {
	s := newServer(t).On("InvokeAgent", wire.Stream(agentFrames[:3]...), wire.Stream(agentFrames...))
	a := agent(s)
	if text, err := a.Say(t.Context(), "Hi"); text != "Hello Ada" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	if text, err := a.Say(t.Context(), "Hi"); text != "" || !errors.Is(err, model.ErrFailed) {
		t.Errorf("%q, %v", text, err)
	}
	calls := s.Requests("InvokeAgent")
	if a, b := calls[0].Path[5], calls[1].Path[5]; a == b || !strings.HasPrefix(a, "flow-") {
		t.Errorf("sessions %q and %q", a, b)
	}
}

func TestAgentsBreak(t *testing.T) {
	for name, tc := range map[string]struct {
		reply wire.Reply
		turn  bedrock.Turn
		want  error
	}{
		"throttled":                 {wire.Error(429, "ThrottlingException", "m"), bedrock.Turn{Text: "x"}, model.ErrThrottled},
		"not ready":                 {wire.Error(424, "ModelNotReadyException", "m"), bedrock.Turn{Text: "x"}, model.ErrNotReady},
		"a dependency in mid reply": {wire.Stream(agentFrames[1], wire.Exception("dependencyFailedException", `{"message":"m"}`)), bedrock.Turn{Text: "x"}, model.ErrFailed},
		"nothing comes":             {wire.Stream(), bedrock.Turn{Text: "x"}, model.ErrStream},
		"nothing comes at the end":  {wire.Stream(), bedrock.Turn{End: true}, nil},
		"no JSON":                   {wire.Stream(wire.Event("chunk", `{`)), bedrock.Turn{Text: "x"}, model.ErrStream},
		"a file in two places":      {nil, bedrock.Turn{Files: []bedrock.AgentFile{{Bytes: []byte("x"), S3: "s3://b/k"}}}, model.ErrValidation},
		"a call of a new kind":      {wire.Stream(wire.Event("returnControl", `{"invocationId":"i","invocationInputs":[{"functionInvocationInput":{"function":"f"}},{"dreamInvocationInput":{}}]}`)), bedrock.Turn{Text: "x"}, model.ErrStream},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t).On("InvokeAgent", tc.reply)
			if _, err := agent(s).Invoke(t.Context(), tc.turn); !errors.Is(err, tc.want) {
				t.Errorf("error %v, want %v", err, tc.want)
			}
		})
	}
	if _, err := (&bedrock.Agent{}).Say(t.Context(), "x"); !errors.Is(err, model.ErrValidation) {
		t.Errorf("without a client: %v", err)
	}
}

func TestLeavingAnAgentsReply(t *testing.T) {
	s := newServer(t).On("InvokeAgent", wire.Stream(append(agentFrames[:4:4], wire.Silence())...))
	for stop := range 4 {
		n := 0
		for _, err := range agent(s).Stream(t.Context(), bedrock.Turn{Text: "x"}) {
			if err != nil {
				t.Fatal(err)
			}
			if n == stop {
				break
			}
			n++
		}
		s.Drain()
	}
}

// fakeAgent answers without the SDK's client.
type fakeAgent struct{ bedrock.AgentClient }

func (fakeAgent) AgentEvents(context.Context, *bedrockagentruntime.InvokeAgentInput) iter.Seq2[types.ResponseStream, error] {
	return func(yield func(types.ResponseStream, error) bool) {
		yield(&types.ResponseStreamMemberChunk{Value: types.PayloadPart{Bytes: []byte("faked")}}, nil)
	}
}

func TestAgentsThatAreNotTheSDKs(t *testing.T) {
	got, err := (&bedrock.Agent{Client: fakeAgent{}}).Invoke(t.Context(), bedrock.Turn{Session: "s", Text: "x"})
	if diff := cmp.Diff(bedrock.Reply{Text: "faked", Session: "s"}, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
}
