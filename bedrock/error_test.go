package bedrock_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/flowstone-go/flow/bedrock"
	"github.com/flowstone-go/flow/bedrock/internal/wire"
	"github.com/flowstone-go/flow/model"
)

const formMissing = "Model use case details have not been submitted for this account. Fill out the Anthropic use case details form before using the model."

func TestErrors(t *testing.T) {
	const id = "X-Amzn-Requestid"
	for _, tc := range []struct {
		name   string
		reply  wire.Reply
		want   model.Error // all but Message and Err
		advice string
	}{
		{
			"throttled", wire.Error(429, "ThrottlingException", "Too many tokens per minute.", id, "r1"),
			model.Error{Name: "Model.Throttled", Retryable: true, Status: 429, Code: "ThrottlingException", RequestID: "r1"},
			"set MaxTokens",
		},
		{
			"throttled, with a wait in seconds", wire.Error(429, "ThrottlingException", "m", "Retry-After", "7"),
			model.Error{Name: "Model.Throttled", Retryable: true, Status: 429, Code: "ThrottlingException", After: 7 * time.Second},
			"",
		},
		{
			"throttled, with a wait in milliseconds", wire.Error(429, "ThrottlingException", "m", "X-Amz-Retry-After", "1500", "Retry-After", "9"),
			model.Error{Name: "Model.Throttled", Retryable: true, Status: 429, Code: "ThrottlingException", After: 1500 * time.Millisecond},
			"",
		},
		{
			"a wait that is over", wire.Error(429, "ThrottlingException", "m", "Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT"),
			model.Error{Name: "Model.Throttled", Retryable: true, Status: 429, Code: "ThrottlingException"},
			"",
		},
		{
			"a wait that makes no sense", wire.Error(429, "ThrottlingException", "m", "Retry-After", "-3"),
			model.Error{Name: "Model.Throttled", Retryable: true, Status: 429, Code: "ThrottlingException"},
			"",
		},
		{
			"unavailable", wire.Error(503, "ServiceUnavailableException", "m"),
			model.Error{Name: "Model.Unavailable", Retryable: true, Status: 503, Code: "ServiceUnavailableException"},
			"retry after a while",
		},
		{
			"overloaded", wire.Error(529, "overloaded_error", "m", "Retry-After", "2"),
			model.Error{Name: "Model.Unavailable", Retryable: true, Status: 529, Code: "overloaded_error", After: 2 * time.Second},
			"another region",
		},
		{
			"internal", wire.Error(500, "InternalServerException", "m"),
			model.Error{Name: "Model.Internal", Retryable: true, Status: 500, Code: "InternalServerException"},
			"",
		},
		{
			"not ready", wire.Error(429, "ModelNotReadyException", "m"),
			model.Error{Name: "Model.NotReady", Retryable: true, Status: 429, Code: "ModelNotReadyException"},
			"being loaded",
		},
		{
			"model timeout", wire.Error(408, "ModelTimeoutException", "m"),
			model.Error{Name: "Model.Timeout", Retryable: true, Status: 408, Code: "ModelTimeoutException"},
			"streamed",
		},
		{
			"model error", wire.Error(424, "ModelErrorException", "m"),
			model.Error{Name: "Model.Failed", Retryable: true, Status: 424, Code: "ModelErrorException"},
			"",
		},
		{
			"model error that stays", modelError(400),
			model.Error{Name: "Model.Failed", Status: 424, Code: "ModelErrorException"},
			"",
		},
		{
			"model error that passes", modelError(503),
			model.Error{Name: "Model.Failed", Retryable: true, Status: 424, Code: "ModelErrorException"},
			"",
		},
		{
			"quota", wire.Error(400, "ServiceQuotaExceededException", "m"),
			model.Error{Name: "Model.Quota", Status: 400, Code: "ServiceQuotaExceededException"},
			"Service Quotas",
		},
		{
			"validation", wire.Error(400, "ValidationException", "Malformed input request"),
			model.Error{Name: "Model.Validation", Status: 400, Code: "ValidationException"},
			"WithFamily",
		},
		{
			"too long", wire.Error(400, "ValidationException", "Input is too long for requested model."),
			model.Error{Name: "Model.ContextTooLong", Status: 400, Code: "ValidationException"},
			"larger context window",
		},
		{
			"needs a profile", wire.Error(400, "ValidationException", "Invocation of model ID anthropic.x with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model."),
			model.Error{Name: "Model.Validation", Status: 400, Code: "ValidationException"},
			"prefix such as us.",
		},
		{
			"an id that is none", wire.Error(400, "ValidationException", "The provided model identifier is invalid."),
			model.Error{Name: "Model.Validation", Status: 400, Code: "ValidationException"},
			"client's region",
		},
		{
			"no tools", wire.Error(400, "ValidationException", "This model doesn't support tool use."),
			model.Error{Name: "Model.Unsupported", Status: 400, Code: "ValidationException"},
			"another model",
		},
		{
			"no tools in a stream", wire.Error(400, "ValidationException", "This model doesn't support tool use in streaming mode."),
			model.Error{Name: "Model.Unsupported", Status: 400, Code: "ValidationException"},
			"the node's Whole",
		},
		{
			"the day's quota", wire.Error(429, "ThrottlingException", "Too many tokens per day, please wait before trying again."),
			model.Error{Name: "Model.Quota", Status: 429, Code: "ThrottlingException"},
			"Service Quotas",
		},
		{
			"conflict", wire.Error(400, "ConflictException", "m"),
			model.Error{Name: "Model.Validation", Status: 400, Code: "ConflictException"},
			"",
		},
		{
			"access denied", wire.Error(403, "AccessDeniedException", "You don't have access to the model with the specified model ID."),
			model.Error{Name: "Model.AccessDenied", Status: 403, Code: "AccessDeniedException"},
			"allow the caller bedrock:InvokeModel on it",
		},
		{
			"expired keys", wire.Error(403, "ExpiredTokenException", "The security token included in the request is expired"),
			model.Error{Name: "Model.AccessDenied", Status: 403, Code: "ExpiredTokenException"},
			"renew the AWS credentials",
		},
		{
			"unknown keys", wire.Error(403, "UnrecognizedClientException", "The security token included in the request is invalid."),
			model.Error{Name: "Model.AccessDenied", Status: 403, Code: "UnrecognizedClientException"},
			"renew the AWS credentials",
		},
		{
			"marketplace at work", wire.Error(403, "AccessDeniedException", "MPAgreementBeingCreated: try later"),
			model.Error{Name: "Model.AccessDenied", Status: 403, Code: "AccessDeniedException", After: 15 * time.Minute},
			"about 15 minutes",
		},
		{
			"not found", wire.Error(404, "ResourceNotFoundException", "Could not resolve the foundation model"),
			model.Error{Name: "Model.NotFound", Status: 404, Code: "ResourceNotFoundException"},
			"client's region",
		},
		{
			"legacy", wire.Error(404, "ResourceNotFoundException", "Access denied. This Model is marked by provider as Legacy and you have not been actively using the model in the last 30 days."),
			model.Error{Name: "Model.NotFound", Status: 404, Code: "ResourceNotFoundException"},
			"newer model",
		},
		{
			"use case form, as seen in the field", wire.Error(404, "ResourceNotFoundException", formMissing),
			model.Error{Name: "Model.UseCaseMissing", Status: 404, Code: "ResourceNotFoundException"},
			"model catalog",
		},
		{
			"use case form, by its code", wire.Error(404, "FTUFormNotFilled", "form"),
			model.Error{Name: "Model.UseCaseMissing", Status: 404, Code: "FTUFormNotFilled"},
			"PutUseCaseForModelAccess",
		},
		{
			"a client's error that is new", wire.Error(418, "TeapotException", "m"),
			model.Error{Name: "Model.Validation", Status: 418, Code: "TeapotException"},
			"",
		},
		{
			"a server's error that is new", wire.Error(507, "StorageException", "m"),
			model.Error{Name: "Model.Unavailable", Retryable: true, Status: 507, Code: "StorageException"},
			"",
		},
		{
			"an answer that is no JSON", wire.JSON(`<html>`),
			model.Error{Name: "Model.Internal", Retryable: true, Status: 200},
			"",
		},
		{
			"an answer without a message", wire.JSON(`{}`),
			model.Error{Name: "Model.Failed", Retryable: true, Status: 424},
			"",
		},
		{
			"no answer at all", wire.Drop(),
			model.Error{Name: "Model.Unavailable", Retryable: true},
			"region and endpoint",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newServer(t).On("Converse", tc.reply)
			resp, err := newModel(s).Generate(t.Context(), hello())
			if resp != nil {
				t.Errorf("response %v", resp)
			}
			got, ok := err.(*model.Error)
			if !ok {
				t.Fatalf("error %v is a %T", err, err)
			}
			if diff := cmp.Diff(&tc.want, got, cmpopts.IgnoreFields(model.Error{}, "Message", "Err")); diff != "" {
				t.Errorf("error (-want +got):\n%s\n%v", diff, err)
			}
			if !strings.Contains(got.Message, tc.advice) || !strings.HasPrefix(got.Message, "Converse: ") || strings.Contains(got.Message, "\n") {
				t.Errorf("message %q does not say %q", got.Message, tc.advice)
			}
			if n := len(s.Requests("")); n != 1 {
				t.Errorf("%d calls, want one: the SDK must not retry", n)
			}
		})
	}
}

func modelError(original int) wire.Reply {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Amzn-ErrorType", "ModelErrorException")
		w.WriteHeader(http.StatusFailedDependency)
		if _, err := w.Write([]byte(text(object{"message": "m", "originalStatusCode": original}))); err != nil {
			panic(err)
		}
	}
}

func TestErrorsKeepTheProvidersOwn(t *testing.T) {
	s := newServer(t).On("Converse", wire.Error(429, "ThrottlingException", "slow down"))
	_, err := newModel(s).Generate(t.Context(), hello())
	own, ok := errors.AsType[*types.ThrottlingException](err)
	if !ok || own.ErrorMessage() != "slow down" {
		t.Errorf("error %v", err)
	}
}

func TestOpeningAStreamFails(t *testing.T) {
	s := newServer(t).On("ConverseStream", wire.Error(404, "ResourceNotFoundException", formMissing))
	_, err := model.Collect(newModel(s).Stream(t.Context(), hello()))
	if !errors.Is(err, model.ErrUseCaseMissing) {
		t.Errorf("error %v", err)
	}
	s.On("ConverseStream", wire.Error(403, "AccessDeniedException", "User is not authorized to perform an action."))
	if _, err := model.Collect(newModel(s).Stream(t.Context(), hello())); err == nil || !strings.Contains(err.Error(), "bedrock:InvokeModelWithResponseStream") {
		t.Errorf("error %v", err)
	}
	s.On("ConverseStream", wire.Drop())
	if _, err := model.Collect(newModel(s).Stream(t.Context(), hello())); !errors.Is(err, model.ErrUnavailable) {
		t.Errorf("error %v", err)
	}
}

func TestErrorsBeforeTheCall(t *testing.T) {
	s := newServer(t)
	denied := errors.New("no role")
	options := bedrockruntime.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(s.URL), HTTPClient: s.Client(),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return aws.Credentials{}, denied }),
	}
	_, err := bedrock.New(bedrockruntime.New(options), nova).Generate(t.Context(), hello())
	if !errors.Is(err, model.ErrAccessDenied) || !errors.Is(err, denied) || !strings.Contains(err.Error(), "configure AWS credentials") {
		t.Errorf("without credentials: %v", err)
	}
	options.Credentials = credentials.NewStaticCredentialsProvider("id", "secret", "")
	options.Region, options.BaseEndpoint = "", nil
	if _, err := bedrock.New(bedrockruntime.New(options), nova).Generate(t.Context(), hello()); !errors.Is(err, model.ErrValidation) || !strings.Contains(err.Error(), "set the client's Region") {
		t.Errorf("without a region: %v", err)
	}
	if _, err := bedrock.New(runtime(s), "").Generate(t.Context(), hello()); !errors.Is(err, model.ErrValidation) {
		t.Errorf("without a model: %v", err)
	}
	if n := len(s.Requests("")); n != 0 {
		t.Errorf("%d calls", n)
	}
	var none *bedrockruntime.Client
	for _, m := range []model.Streamer{bedrock.New(nil, nova), bedrock.New(none, nova), bedrock.NewInvoke(nil, nova), bedrock.NewInvoke(none, nova)} {
		if _, err := m.Generate(t.Context(), hello()); !errors.Is(err, model.ErrValidation) {
			t.Errorf("Generate without a client: %v", err)
		}
		if _, err := model.Collect(m.Stream(t.Context(), hello())); !errors.Is(err, model.ErrValidation) {
			t.Errorf("Stream without a client: %v", err)
		}
	}
}

func TestTheClientsOwnTimeoutIsNotTheCallers(t *testing.T) {
	s := newServer(t).On("Converse", wire.Hang())
	slow := *s.Client()
	slow.Timeout = 20 * time.Millisecond
	c := bedrockruntime.New(bedrockruntime.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(s.URL), HTTPClient: &slow,
		Credentials: credentials.NewStaticCredentialsProvider("id", "secret", ""),
	})
	if _, err := bedrock.New(c, nova).Generate(t.Context(), hello()); !errors.Is(err, model.ErrTimeout) || !strings.Contains(err.Error(), "longer timeout") {
		t.Errorf("error %v", err)
	}
}
