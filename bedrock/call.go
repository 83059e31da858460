package bedrock

import (
	"io"
	"net/http"
	"reflect"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagent"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagentruntime"
	agentschemas "github.com/aws/aws-sdk-go-v2/service/bedrockagentruntime/schemas"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/schemas"
	"github.com/aws/smithy-go/transport/http/protocol/restjson1"

	"github.com/flowstone-go/flow/model"
)

// once makes a client of the Bedrock runtime call the service one time: retrying is the workflow's business.
func once(o *bedrockruntime.Options) {
	o.Retryer = aws.NopRetryer{}
	o.HTTPClient = sender{o.HTTPClient}
}

// onceStream is once for a call that streams. The SDK (1.63) decodes all streams of a client with one codec, whose fields they write
// without a lock; a protocol for each call keeps them apart.
func onceStream(o *bedrockruntime.Options) {
	once(o)
	if _, ok := o.Protocol.(*restjson1.Protocol); ok {
		o.Protocol = restjson1.New(schemas.AmazonBedrockFrontendService)
	}
}

// onceAgentStream is onceStream for the agent runtime.
func onceAgentStream(o *bedrockagentruntime.Options) {
	onceAgent(o)
	if _, ok := o.Protocol.(*restjson1.Protocol); ok {
		o.Protocol = restjson1.New(agentschemas.AmazonBedrockAgentRunTimeService)
	}
}

// onceAgent is once for the agent runtime.
func onceAgent(o *bedrockagentruntime.Options) {
	o.Retryer = aws.NopRetryer{}
	o.HTTPClient = sender{o.HTTPClient}
}

// onceBuild is once for the build-time API of agents, flows and prompts.
func onceBuild(o *bedrockagent.Options) {
	o.Retryer = aws.NopRetryer{}
	o.HTTPClient = sender{o.HTTPClient}
}

// errNoClient is the error for a value that was made without its client.
var errNoClient = model.NewError(model.ErrValidation.Name, "there is no client", nil)

// missing tells whether a client is nil, or an interface around nil.
func missing(client any) bool {
	if client == nil {
		return true
	}
	v := reflect.ValueOf(client)
	return v.Kind() == reflect.Pointer && v.IsNil()
}

type httpClient interface {
	Do(*http.Request) (*http.Response, error)
}

// sender hides from net/http that the SDK's request bodies have WriteTo. The SDK closes the body as soon as the answer begins, and
// its WriteTo then reports io.EOF as an error; if net/http was about to look for the body's end just then, it takes that for a broken
// request and closes the connection under the answer. Servers nearby are fast enough for it. Read has no such fault.
type sender struct{ next httpClient }

func (s sender) Do(req *http.Request) (*http.Response, error) {
	if req.Body == nil || req.Body == http.NoBody {
		return s.next.Do(req)
	}
	sent := *req
	sent.Body = struct{ io.ReadCloser }{req.Body}
	return s.next.Do(&sent)
}
