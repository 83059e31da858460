package flow

import (
	"context"
	"encoding/json"
)

// StateTest is the test of one state, as the operation TestState of AWS Step
// Functions has it. What is empty counts as not given.
type StateTest struct {
	// Definition is a state in JSON, or a whole definition, of which State then
	// names the state, wherever in it that stands.
	Definition []byte
	State      string
	// Input is what the state is given, as JSON; {} by default.
	Input []byte
	// Role is the ARN of the role that the state runs with. A Task without a Mock
	// needs one.
	Role string
	// Level tells how much the answer says: [InspectInfo] by default.
	Level InspectionLevel
	// RevealSecrets has the answer show the secrets of an HTTP request. It goes
	// with no Mock.
	RevealSecrets bool
	// Variables are those that the state sees, a JSON object.
	Variables []byte
	// Context stands in for the context object, a JSON object. It goes with a Mock
	// only.
	Context []byte
	// Mock is what comes of the work of a Task, Map or Parallel, in the place of
	// doing it. A Map or Parallel needs one.
	Mock *StateMock
	// RetrierRetryCount is how often each retrier has retried already.
	RetrierRetryCount int
	// MapIterationFailureCount is how many iterations of a Map have failed; nil:
	// nothing is said of that.
	MapIterationFailureCount *int
	// MapItemReaderData is the text of the object that the ItemReader of a Map has
	// read.
	MapItemReaderData []byte
}

// StateMock is the outcome of the work of a state: Result or Failure.
type StateMock struct {
	// Result is the result, as JSON.
	Result []byte
	// Failure is the error that the work fails with.
	Failure *Failure
	// Validation is how closely Result is compared with what the called
	// operation answers, where Flowstone knows that: of the operations of Lambda,
	// Step Functions, EventBridge, SQS, SNS, DynamoDB, S3, KMS, Secrets Manager,
	// Systems Manager and Bedrock that state machines call most. The empty value
	// is [ValidateStrict].
	Validation FieldValidation
}

// FieldValidation says how closely a mocked result is compared with the answer
// of the operation in whose place it stands.
type FieldValidation string

// The modes.
const (
	// ValidateStrict wants every required member, and each member to be of its type.
	ValidateStrict FieldValidation = "STRICT"
	// ValidatePresent wants those members that are there to be of their type.
	ValidatePresent FieldValidation = "PRESENT"
	// ValidateNone compares nothing.
	ValidateNone FieldValidation = "NONE"
)

// InspectionLevel tells how much of the data of a tested state is shown.
type InspectionLevel string

// The levels. Flowstone shows the same at the last two: what AWS adds at TRACE
// is of HTTP requests.
const (
	InspectInfo  InspectionLevel = "INFO"
	InspectDebug InspectionLevel = "DEBUG"
	InspectTrace InspectionLevel = "TRACE"
)

// The statuses of a tested state, beside [Succeeded] and [Failed].
const (
	// Retriable: a retrier would try the state again.
	Retriable Status = "RETRIABLE"
	// CaughtError: a catcher took the error.
	CaughtError Status = "CAUGHT_ERROR"
)

// StateResult is what came of the test of a state. Its JSON is that of
// TestState, but with documents as JSON values rather than as text.
type StateResult struct {
	Status Status `json:"status"`
	// Output is the state's output, as JSON; nil if it failed.
	Output json.RawMessage `json:"output,omitempty"`
	// NextState is where it leads; empty if it ends the flow.
	NextState string `json:"nextState,omitempty"`
	// Error and Cause are what it failed with, caught or not.
	Error string `json:"error,omitempty"`
	Cause string `json:"cause,omitempty"`
	// Inspection is what the data was on the way, by the names of TestState's
	// inspectionData: "input", "afterParameters", "errorDetails" and so on. It is
	// nil at [InspectInfo].
	Inspection map[string]json.RawMessage `json:"inspectionData,omitempty"`
}

// RequestError is what is wrong with a request: the exception that the
// operation of AWS Step Functions would raise.
type RequestError struct {
	Exception string // such as "InvalidDefinition" or "ValidationException"
	Message   string
}

// Error gives exception and message.
func (e *RequestError) Error() string { return e.Exception + ": " + e.Message }

func invalid(message string) error { return &RequestError{"ValidationException", message} }

func invalidDefinition(message string) error { return &RequestError{"InvalidDefinition", message} }

// TestState visits one state alone, as the operation of AWS Step Functions
// does: with its input, variables and context object, and with a mock, or the
// handlers of [Resources], for its work. A Wait does not wait, and a retrier
// that would try again ends the test. The error is a [*RequestError] for what
// AWS would refuse; a state that fails is a result.
func TestState(ctx context.Context, t *StateTest, opts ...Option) (*StateResult, error) {
	switch {
	case ctx == nil:
		return nil, errNilContext()
	case t == nil:
		t = &StateTest{} // of which there is enough to be said
	}
	v, err := newVisit(t, defaults().with(opts))
	if err != nil {
		return nil, err
	}
	return v.run(ctx)
}
