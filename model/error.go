package model

import (
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Error is a failed call of a model. Retry and Catch of a workflow match its
// Name; errors.Is matches it with any Error of the same Name, such as
// [ErrThrottled], and errors.As reaches the provider's own error in Err.
type Error struct {
	// Name is one of the names of [ErrorNames].
	Name string `json:"name"`

	// Message says what happened, in the provider's words.
	Message string `json:"message,omitempty"`

	// Retryable says that the same call may succeed later.
	Retryable bool `json:"retryable,omitempty"`

	// After is how long the provider asks to wait before the next call; 0 if it
	// does not say. In nanoseconds in JSON.
	After time.Duration `json:"after,omitempty"`

	// Status is the HTTP status, 0 if there was none; Code the provider's own
	// name for the error; RequestID its name for the call.
	Status    int    `json:"status,omitempty"`
	Code      string `json:"code,omitempty"`
	RequestID string `json:"requestId,omitempty"`

	// Err is the error behind this one.
	Err error `json:"-"`
}

// Error names the error and says what happened.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Name)
	msg := e.Message
	if msg == "" && e.Err != nil {
		msg = e.Err.Error()
	}
	if msg != "" {
		b.WriteString(": ")
		b.WriteString(msg)
	}
	switch {
	case e.Code != "" && e.Status != 0:
		fmt.Fprintf(&b, " (%s, HTTP %d)", e.Code, e.Status)
	case e.Code != "":
		fmt.Fprintf(&b, " (%s)", e.Code)
	case e.Status != 0:
		fmt.Fprintf(&b, " (HTTP %d)", e.Status)
	}
	return b.String()
}

// ErrorName is the name by which a workflow's Retry and Catch know the error.
func (e *Error) ErrorName() string { return e.Name }

// RetryAfter is how long to wait at least before the next attempt; 0 if the
// provider did not say.
func (e *Error) RetryAfter() time.Duration { return e.After }

// Unwrap gives the error behind this one.
func (e *Error) Unwrap() error { return e.Err }

// Is tells whether target is an Error of the same Name.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Name == e.Name
}

// One value for each name, to compare with by errors.Is.
var (
	ErrThrottled      = &Error{Name: "Model.Throttled"}
	ErrUnavailable    = &Error{Name: "Model.Unavailable"}
	ErrInternal       = &Error{Name: "Model.Internal"}
	ErrNotReady       = &Error{Name: "Model.NotReady"}
	ErrTimeout        = &Error{Name: "Model.Timeout"}
	ErrFailed         = &Error{Name: "Model.Failed"}
	ErrStream         = &Error{Name: "Model.Stream"}
	ErrQuota          = &Error{Name: "Model.Quota"}
	ErrValidation     = &Error{Name: "Model.Validation"}
	ErrContextTooLong = &Error{Name: "Model.ContextTooLong"}
	ErrUnsupported    = &Error{Name: "Model.Unsupported"}
	ErrAccessDenied   = &Error{Name: "Model.AccessDenied"}
	ErrUseCaseMissing = &Error{Name: "Model.UseCaseMissing"}
	ErrNotFound       = &Error{Name: "Model.NotFound"}
	ErrGuardrail      = &Error{Name: "Model.Guardrail"}
	ErrRefused        = &Error{Name: "Model.Refused"}
	ErrOutput         = &Error{Name: "Model.Output"}
)

// ErrorInfo describes one name of error.
type ErrorInfo struct {
	Name      string
	Status    int  // the HTTP status it usually comes with; 0 for none
	Retryable bool // as a rule; an [Error] says it for itself
	Meaning   string
}

// errorTable is the one place that knows the names. The statuses are those of
// the Bedrock runtime.
var errorTable = []ErrorInfo{
	{"Model.Throttled", http.StatusTooManyRequests, true, "too many requests or tokens in too short a time"},
	{"Model.Unavailable", http.StatusServiceUnavailable, true, "the service is down or overloaded"},
	{"Model.Internal", http.StatusInternalServerError, true, "the service failed"},
	{"Model.NotReady", http.StatusTooManyRequests, true, "the model is being loaded, which can take minutes"},
	{"Model.Timeout", http.StatusRequestTimeout, true, "the model took too long"},
	{"Model.Failed", http.StatusFailedDependency, true, "the model failed on the request"},
	{"Model.Stream", http.StatusFailedDependency, true, "the answer broke off in mid stream"},
	{"Model.Quota", http.StatusBadRequest, false, "a quota of the account is used up"},
	{"Model.Validation", http.StatusBadRequest, false, "the provider does not accept the request"},
	{"Model.ContextTooLong", http.StatusBadRequest, false, "the request is longer than the model's context window"},
	{"Model.Unsupported", 0, false, "the request asks for something that the provider or model cannot do; it was not sent"},
	{"Model.AccessDenied", http.StatusForbidden, false, "credentials are missing, wrong or expired, or do not allow the call"},
	{"Model.UseCaseMissing", http.StatusNotFound, false, "the account has not sent in the form that the model's maker asks for"},
	{"Model.NotFound", http.StatusNotFound, false, "there is no such model, prompt or guardrail"},
	{"Model.Guardrail", 0, false, "a guardrail intervened, and the caller asked for that to be an error"},
	{"Model.Refused", 0, false, "the model declined to answer, and the caller asked for that to be an error"},
	{"Model.Output", 0, false, "the answer is not of the form that was asked for"},
}

// ErrorNames ranges over all names that errors of this package have.
func ErrorNames() iter.Seq[ErrorInfo] { return slices.Values(errorTable) }

// NewError makes an error of a name with the status and retryability that go
// with it. err, which may be nil, is what it wraps.
func NewError(name, message string, err error) *Error {
	e := &Error{Name: name, Message: message, Err: err}
	for _, info := range errorTable {
		if info.Name == name {
			e.Status, e.Retryable = info.Status, info.Retryable
		}
	}
	return e
}

// ErrorOfStatus makes an error of an HTTP status, for providers that say no
// more: 429 is Model.Throttled, 401 and 403 Model.AccessDenied, 503, 529 and
// other failures of gateways Model.Unavailable, and so on.
func ErrorOfStatus(status int, message string, err error) *Error {
	name := "Model.Validation"
	switch {
	case status == http.StatusTooManyRequests:
		name = "Model.Throttled"
	case status == http.StatusRequestTimeout || status == http.StatusGatewayTimeout:
		name = "Model.Timeout"
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		name = "Model.AccessDenied"
	case status == http.StatusPaymentRequired:
		name = "Model.Quota"
	case status == http.StatusNotFound:
		name = "Model.NotFound"
	case status == http.StatusRequestEntityTooLarge:
		name = "Model.ContextTooLong"
	case status == http.StatusFailedDependency:
		name = "Model.Failed"
	case status == http.StatusBadGateway || status == http.StatusServiceUnavailable || status > 504:
		name = "Model.Unavailable"
	case status >= http.StatusInternalServerError:
		name = "Model.Internal"
	}
	e := NewError(name, message, err)
	e.Status = status
	return e
}
