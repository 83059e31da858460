package bedrock_test

import (
	"encoding/json"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagent"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagentruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/flowstone-go/flow/bedrock"
	"github.com/flowstone-go/flow/bedrock/internal/wire"
	"github.com/flowstone-go/flow/model"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// titan is an id that names no family with settings of its own.
const titan = "amazon.titan-text-express-v1"

// claude is a model of Anthropic.
const claude = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"

// nova is the model that most tests ask.
const nova = "us.amazon.nova-lite-v1:0"

func newServer(t *testing.T) *wire.Server {
	t.Helper()
	s := wire.NewServer()
	t.Cleanup(s.Close)
	return s
}

// runtime is the SDK's own client, its retries as they are by default.
func runtime(s *wire.Server) *bedrockruntime.Client {
	return bedrockruntime.New(bedrockruntime.Options{
		Region:       "us-east-1",
		BaseEndpoint: aws.String(s.URL),
		HTTPClient:   s.Client(),
		Credentials:  credentials.NewStaticCredentialsProvider("id", "secret", ""),
	})
}

func agentRuntime(s *wire.Server) *bedrockagentruntime.Client {
	return bedrockagentruntime.New(bedrockagentruntime.Options{
		Region:       "us-east-1",
		BaseEndpoint: aws.String(s.URL),
		HTTPClient:   s.Client(),
		Credentials:  credentials.NewStaticCredentialsProvider("id", "secret", ""),
	})
}

func agentBuild(s *wire.Server) *bedrockagent.Client {
	return bedrockagent.New(bedrockagent.Options{
		Region:       "us-east-1",
		BaseEndpoint: aws.String(s.URL),
		HTTPClient:   s.Client(),
		Credentials:  credentials.NewStaticCredentialsProvider("id", "secret", ""),
	})
}

func newModel(s *wire.Server, opts ...bedrock.Option) *bedrock.Model {
	return bedrock.New(runtime(s), nova, opts...)
}

// hello is a request that no test looks at.
func hello() *model.Request {
	return &model.Request{Messages: []model.Message{model.UserText("Hello")}}
}

const okAnswer = `{"output":{"message":{"role":"assistant","content":[{"text":"Hi"}]}},"stopReason":"end_turn",
	"usage":{"inputTokens":3,"outputTokens":1,"totalTokens":4},"metrics":{"latencyMs":12}}`

// equalJSON compares two texts as JSON.
func equalJSON(t *testing.T, want string, got []byte) {
	t.Helper()
	if diff := cmp.Diff(parse(t, want), parse(t, string(got))); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
}

func parse(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}
