package bedrock

import (
	"strings"
	"time"

	"github.com/flowstone-go/flow/model"
)

// cures say what to do about an error, by its name. An error of the client, which has no status, has others.
var cures = map[string]string{
	model.ErrThrottled.Name:   "retry after a while, bound the calls by flow.Limit, and set MaxTokens, which the quota is charged with in advance",
	model.ErrUnavailable.Name: "retry after a while, or ask another region by an inference profile",
	model.ErrNotReady.Name:    "retry for some minutes: the model is being loaded",
	model.ErrTimeout.Name:     "ask for less by MaxTokens, or have the answer streamed",
	model.ErrQuota.Name:       "ask for a higher quota in the Service Quotas console, or wait until it is renewed",
	model.ErrNotFound.Name:    "check the id and the client's region: not every region has every model, prompt or knowledge base",
}

var localCures = map[string]string{
	model.ErrUnavailable.Name: "check the network, and the client's region and endpoint",
	model.ErrTimeout.Name:     "give the SDK's HTTP client a longer timeout or none: a model can take minutes",
}

// permissions are what a caller needs for an operation, where that is not named like it.
var permissions = map[string]string{
	"Converse": "InvokeModel", "ConverseStream": "InvokeModelWithResponseStream", "RetrieveAndGenerateStream": "RetrieveAndGenerate",
}

// cure says what to do about an error of an operation; empty if its message has to do.
func cure(e *model.Error, op string) string {
	switch {
	case e.Name == model.ErrAccessDenied.Name && e.Status != 0:
		needed, ok := permissions[op]
		if !ok {
			needed = op
		}
		return "allow the caller bedrock:" + needed + " on it, and see that the account has access to the model"
	case e.Status == 0:
		return localCures[e.Name]
	default:
		return cures[e.Name]
	}
}

// hint is a case that hides behind a general error: what its message says, in lower case, and what to do about it.
type hint struct {
	fragments []string
	only      *model.Error // nil: whatever name the code has
	is        *model.Error // nil: keep that name
	advice    string
	after     time.Duration
}

var hints = []hint{
	{
		fragments: []string{"use case details have not been submitted", "ftuformnotfilled"},
		is:        model.ErrUseCaseMissing,
		advice: "fill in the form once for each account (or for the organization): open the Amazon Bedrock console, choose the model in the " +
			"model catalog, and submit the use case details that it asks for, or call PutUseCaseForModelAccess; it takes effect within " +
			"about 15 minutes",
	},
	{
		fragments: []string{"mpagreementbeingcreated", "agreement is being created"},
		advice:    "the subscription in AWS Marketplace is being made; try again in about 15 minutes",
		after:     15 * time.Minute,
	},
	{
		fragments: []string{"on-demand throughput isn", "on-demand throughput is not supported"},
		advice:    "use an inference profile as the model: the model's id with a prefix such as us., eu. or global.",
	},
	{
		fragments: []string{"provided model identifier is invalid", "could not resolve the foundation model"},
		advice:    cures[model.ErrNotFound.Name],
	},
	{
		fragments: []string{"model doesn't support tool use in streaming mode", "tool use in streaming mode"},
		is:        model.ErrUnsupported,
		advice:    "have the answer come whole: the node's Whole, or Generate in place of Stream",
	},
	{
		fragments: []string{"this model doesn't support", "this model does not support"},
		is:        model.ErrUnsupported,
		advice:    "leave it out, or use another model",
	},
	{
		fragments: []string{"malformed input request"},
		advice:    "the body is not of the model's family: say it by WithFamily, and see what Extra adds",
	},
	{
		fragments: []string{"tokens per day", "requests per day"},
		only:      model.ErrThrottled,
		is:        model.ErrQuota, // to wait for the next attempt is no use
		advice:    cures[model.ErrQuota.Name],
	},
	{
		fragments: []string{"resolve endpoint", "resolve service endpoint"},
		only:      model.ErrValidation,
		advice:    "set the client's Region, by AWS_REGION or the profile for instance",
	},
	{
		fragments: []string{"get identity", "resolve auth scheme", "sign request"},
		only:      model.ErrAccessDenied,
		advice:    "configure AWS credentials: by the environment, a profile or a role",
	},
	{
		fragments: []string{"token included in the request is", "expiredtoken", "unrecognizedclient", "invalidclienttokenid", "signature"},
		only:      model.ErrAccessDenied,
		advice:    "renew the AWS credentials, and look at the clock of this machine",
	},
	{
		fragments: []string{"input is too long", "prompt is too long", "too many tokens", "too many input tokens", "exceeds the maximum context", "context window", "maximum context length", "input length and `max_tokens` exceed"},
		only:      model.ErrValidation, // a throttled call has too many tokens too, in a minute
		is:        model.ErrContextTooLong,
		advice:    "shorten the request, or use a model with a larger context window",
	},
	{
		fragments: []string{"marked by provider as legacy"},
		advice:    "move to a newer model; a legacy one serves only accounts that used it lately",
	},
	{
		fragments: []string{"data retention mode"},
		advice:    "the account's data retention setting does not allow this model; change it in the Amazon Bedrock console",
	},
	{
		fragments: []string{"don't have access to the model", "you do not have access to the model"},
		is:        model.ErrAccessDenied,
	},
}

// advise recognizes the cases that hide behind a general error and adds what to do.
func advise(e *model.Error, op string) {
	advice := ""
	if h := hintFor(e); h != nil {
		if h.is != nil {
			e.Name, e.Retryable = h.is.Name, h.is.Retryable
		}
		if e.After == 0 {
			e.After = h.after
		}
		advice = h.advice
	}
	if advice == "" {
		advice = cure(e, op)
	}
	if advice != "" {
		e.Message = strings.TrimSuffix(strings.TrimSpace(e.Message), ".") + ". To cure it: " + advice
	}
}

// hintFor finds the case that a message tells of.
func hintFor(e *model.Error) *hint {
	text := strings.ToLower(strings.ReplaceAll(e.Code+" "+e.Message, "’", "'"))
	for i := range hints {
		h := &hints[i]
		if h.only != nil && h.only.Name != e.Name {
			continue
		}
		for _, fragment := range h.fragments {
			if strings.Contains(text, fragment) {
				return h
			}
		}
	}
	return nil
}
