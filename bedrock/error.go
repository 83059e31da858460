package bedrock

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
	"github.com/aws/smithy-go"

	"github.com/flowstone-go/flow/model"
)

// names maps the codes of the service's errors to names of ours. The same code means the same in the runtime and in the agent
// runtime, whatever status it has there. It is the table of the package's section on errors.
var names = map[string]*model.Error{
	"ThrottlingException":      model.ErrThrottled,
	"Throttling":               model.ErrThrottled,
	"TooManyRequestsException": model.ErrThrottled,
	"RequestLimitExceeded":     model.ErrThrottled,

	"ServiceUnavailableException": model.ErrUnavailable,
	"ServiceUnavailable":          model.ErrUnavailable,
	"overloaded_error":            model.ErrUnavailable,
	"BadGatewayException":         model.ErrUnavailable,

	"InternalServerException": model.ErrInternal,
	"InternalFailure":         model.ErrInternal,
	"InternalServerError":     model.ErrInternal,

	"ModelNotReadyException":    model.ErrNotReady,
	"ModelTimeoutException":     model.ErrTimeout,
	"RequestTimeout":            model.ErrTimeout,
	"RequestTimeoutException":   model.ErrTimeout,
	"ModelErrorException":       model.ErrFailed,
	"DependencyFailedException": model.ErrFailed,
	"ModelStreamErrorException": model.ErrStream,

	"ServiceQuotaExceededException": model.ErrQuota,

	"ValidationException":    model.ErrValidation,
	"ConflictException":      model.ErrValidation,
	"SerializationException": model.ErrValidation,

	"AccessDeniedException":               model.ErrAccessDenied,
	"UnrecognizedClientException":         model.ErrAccessDenied,
	"InvalidClientTokenId":                model.ErrAccessDenied,
	"ExpiredTokenException":               model.ErrAccessDenied,
	"ExpiredToken":                        model.ErrAccessDenied,
	"InvalidSignatureException":           model.ErrAccessDenied,
	"SignatureDoesNotMatch":               model.ErrAccessDenied,
	"IncompleteSignature":                 model.ErrAccessDenied,
	"MissingAuthenticationTokenException": model.ErrAccessDenied,
	"OptInRequired":                       model.ErrAccessDenied,
	"MPAgreementBeingCreated":             model.ErrAccessDenied,

	"ResourceNotFoundException": model.ErrNotFound,
	"FTUFormNotFilled":          model.ErrUseCaseMissing,
}

// failure turns an error of the SDK into one of ours. Where the caller's context has ended it is the context's error that comes back.
func failure(ctx context.Context, op string, err error) error {
	if ctx.Err() != nil {
		if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, ctx.Err()) {
			return fmt.Errorf("bedrock: %s: %w: %w", op, ctx.Err(), cause)
		}
		return fmt.Errorf("bedrock: %s: %w", op, ctx.Err())
	}
	if own, ok := errors.AsType[*model.Error](err); ok {
		return own
	}
	e := classify(err)
	e.Message = op + ": " + e.Message
	e.Err = err
	advise(e, op)
	return e
}

// classify finds name, status and the rest, and the service's message.
func classify(err error) *model.Error {
	e := &model.Error{Message: err.Error()}
	if resp, ok := errors.AsType[*awshttp.ResponseError](err); ok {
		e.Status = resp.HTTPStatusCode()
		e.RequestID = resp.ServiceRequestID()
		if resp.Response != nil {
			e.After = retryAfter(resp.Response.Header)
		}
	}
	api, isAPI := errors.AsType[smithy.APIError](err)
	if !isAPI {
		return local(e, err)
	}
	e.Code, e.Message = api.ErrorCode(), api.ErrorMessage()
	named, ok := names[e.Code]
	var rule *model.Error
	switch {
	case ok:
		rule = model.NewError(named.Name, "", nil)
	case e.Status != 0:
		rule = model.ErrorOfStatus(e.Status, "", nil)
	case api.ErrorFault() == smithy.FaultClient:
		rule = model.NewError(model.ErrValidation.Name, "", nil)
	default:
		rule = model.NewError(model.ErrInternal.Name, "", nil)
	}
	e.Name, e.Retryable = rule.Name, rule.Retryable
	if e.Status == 0 {
		e.Status = rule.Status // an error within a stream has no status of its own
	}
	if failed, ok := errors.AsType[*types.ModelErrorException](err); ok && failed.OriginalStatusCode != nil {
		e.Retryable = *failed.OriginalStatusCode >= http.StatusInternalServerError || *failed.OriginalStatusCode == http.StatusTooManyRequests
	}
	if broken, ok := errors.AsType[*types.ModelStreamErrorException](err); ok && broken.OriginalMessage != nil {
		e.Message = strings.TrimSpace(e.Message + " " + *broken.OriginalMessage)
	}
	return e
}

// local names an error that is no answer of the service: the request did not get there, or the answer did not get back.
func local(e *model.Error, err error) *model.Error {
	name := model.ErrUnavailable
	var params smithy.InvalidParamsError
	var ser *smithy.SerializationError
	var deser *smithy.DeserializationError
	var canceled *smithy.CanceledError
	var timeout net.Error
	text := err.Error()
	switch {
	case errors.As(err, &params), errors.As(err, &ser),
		strings.Contains(text, "resolve endpoint"), strings.Contains(text, "resolve service endpoint"):
		name = model.ErrValidation
	case strings.Contains(text, "get identity"), strings.Contains(text, "resolve auth scheme"), strings.Contains(text, "sign request"):
		name = model.ErrAccessDenied
	case errors.As(err, &timeout) && timeout.Timeout(), errors.As(err, &canceled):
		name = model.ErrTimeout // the client's own: the caller's context is still going
	case errors.As(err, &deser) && e.Status < http.StatusMultipleChoices:
		name = model.ErrInternal
	case e.Status >= http.StatusMultipleChoices:
		known := model.ErrorOfStatus(e.Status, e.Message, nil)
		e.Name, e.Retryable = known.Name, known.Retryable
		return e
	}
	rule := model.NewError(name.Name, "", nil)
	e.Name, e.Retryable = rule.Name, rule.Retryable
	return e
}

// retryAfter reads how long the service asks to wait, in seconds or as a date, or in milliseconds as AWS has it.
func retryAfter(h http.Header) time.Duration {
	if ms, err := strconv.ParseInt(h.Get("X-Amz-Retry-After"), 10, 32); err == nil && ms >= 0 {
		return time.Duration(ms) * time.Millisecond
	}
	text := h.Get("Retry-After")
	if s, err := strconv.ParseFloat(text, 64); err == nil && s >= 0 && s < 1e6 {
		return time.Duration(s * float64(time.Second))
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(time.Until(at), 0)
	}
	return 0
}
