package bedrock

import (
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagent"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagentruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
)

// once makes a client of the Bedrock runtime call the service one time: retrying is the workflow's business.
func once(o *bedrockruntime.Options) {
	o.Retryer = aws.NopRetryer{}
	o.HTTPClient = sender{o.HTTPClient}
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
