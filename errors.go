package flow

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/flowstone-go/flow/internal/drive"
	"github.com/flowstone-go/flow/internal/machine"
)

// Error is what a flow fails with: an error as the States Language has it, a
// name and a cause, with the place where it came up and the Go error behind it.
//
// errors.Is compares names: errors.Is(err, [ErrTimeout]) holds for every error
// of the name States.Timeout. errors.Is and errors.As also reach the Go error
// that a task returned, through retries, catchers, branches and items.
//
// A Go error gives its name by a method ErrorName() string; without one it is
// States.TaskFailed. Names that begin with "States." belong to the engine.
type Error struct {
	// Name is what retriers and catchers match, such as "States.Timeout".
	Name string
	// Cause says what happened, for people.
	Cause string
	// State is the path of the state where it came up: "Each/Resize" is the
	// state Resize in the Map or branch Each.
	State string
	// Attempt counts the attempts of that state before the one that failed.
	Attempt int

	wrapped error
	fatal   bool
	missed  bool // a heartbeat
}

// Error gives name and cause behind the state and the attempt.
func (e *Error) Error() string {
	var b strings.Builder
	if e.State != "" {
		fmt.Fprintf(&b, "state %q: ", e.State)
		if e.Attempt > 0 {
			fmt.Fprintf(&b, "attempt %d: ", e.Attempt+1)
		}
	}
	switch {
	case e.Name == "" && e.Cause == "":
		b.WriteString("failed without an error name")
	case e.Cause == "":
		b.WriteString(e.Name)
	case e.Name == "", e.Name == machine.TaskFailed && e.wrapped != nil:
		b.WriteString(e.Cause)
	default:
		b.WriteString(e.Name + ": " + e.Cause)
	}
	return b.String()
}

// Unwrap gives the Go error behind e, nil where there is none.
func (e *Error) Unwrap() error { return e.wrapped }

// ErrorName gives the name, so that an Error that a task returns keeps it.
func (e *Error) ErrorName() string { return e.Name }

// Is tells whether target is an [*Error] of the same name. A missed heartbeat
// is both ErrHeartbeat and ErrTimeout; a cancelled execution is also
// context.Canceled.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	if !ok {
		return e.Name == ErrCancelled.Name && target == context.Canceled
	}
	return t.Name == e.Name || t.Name == ErrTimeout.Name && e.Name == ErrHeartbeat.Name || t.Name == ErrHeartbeat.Name && e.missed
}

// The reserved names of the States Language, and those of Flowstone. Each is
// used in three ways: in a [Retry], in [On], and with errors.Is on what Run
// returned.
var (
	// ErrAll matches every error that may be matched at all. It must stand
	// alone, in the last retrier or catcher.
	ErrAll = &Error{Name: machine.All}
	// ErrTaskFailed matches every error but timeouts. It is also the name of a
	// Go error that gives none.
	ErrTaskFailed = &Error{Name: machine.TaskFailed}
	// ErrTimeout is a Timeout or Heartbeat that ran out, by our own timer. A
	// context.DeadlineExceeded that a task returns is ErrTaskFailed.
	ErrTimeout = &Error{Name: machine.TimedOut}
	// ErrHeartbeat is a missed heartbeat.
	ErrHeartbeat = &Error{Name: machine.HeartbeatTimedOut}
	// ErrRuntime is a mistake in the flow itself that came up while it ran: a
	// path that leads nowhere, a Choice without a way out. Doing the same again
	// would fail the same, so no retrier and no catcher sees it (as on AWS).
	ErrRuntime = &Error{Name: machine.Runtime}
	// ErrDataLimit is a payload over the limit, where [Limits] sets one.
	ErrDataLimit = &Error{Name: machine.DataLimitExceeded}
	// ErrQuery is a JSONata expression that failed.
	ErrQuery = &Error{Name: machine.QueryEvaluation}
	// ErrTolerance is a Map of which more failed than was tolerated.
	ErrTolerance = &Error{Name: machine.ToleranceExceeded}
	// ErrPermissions is a task that may not be called.
	ErrPermissions = &Error{Name: "States.Permissions"}
	// ErrItemReader is a reader of the items of a Map that failed.
	ErrItemReader = &Error{Name: "States.ItemReaderFailed"}
	// ErrResultWriter is a writer of the results of a Map that failed.
	ErrResultWriter = &Error{Name: "States.ResultWriterFailed"}
	// ErrNoChoice is a Choice without a way out. AWS reports ErrRuntime.
	ErrNoChoice = &Error{Name: "States.NoChoiceMatched"}

	// ErrCancelled is an execution whose context was cancelled, or that was
	// stopped. It is context.Canceled to errors.Is, and no retrier and no
	// catcher sees it.
	ErrCancelled = &Error{Name: "Flow.Cancelled"}
	// ErrThrottled is a model that asks for fewer requests.
	ErrThrottled = &Error{Name: "Model.Throttled"}
)

// Failure is what a catcher puts into the document: the error in the shape of
// the States Language.
type Failure struct {
	Error string `json:"Error"`
	Cause string `json:"Cause"`
}

// Caught gives the error that led here: inside the handler of a Catch, and in
// whatever runs after it, the error that was caught last; nil if none was.
func Caught(ctx context.Context) *Error {
	var e *Error
	drive.Look(ctx, func(f *machine.Frame) {
		if f.Err != nil {
			e = errorOf(f.Err)
		}
	})
	return e
}

// errorOf makes the public error of a failure.
func errorOf(fail *machine.Failure) *Error {
	e := &Error{Name: fail.Name, Cause: fail.Cause, State: fail.State, Attempt: fail.Attempt, wrapped: fail.Err, fatal: fail.Fatal}
	if fail.Heartbeat {
		e.Name = ErrHeartbeat.Name
	}
	if fail.Timer && e.Cause == "" {
		e.Cause = "the time for the attempt ran out"
		switch {
		case fail.Machine:
			e.Cause = errOvertime.Error()
		case fail.Heartbeat:
			e.Cause = "no heartbeat came in time"
		}
	}
	return e
}

// errorIn is errorOf for what a flow ended with. Name and cause are as AWS has
// them if the flow is a parsed one: a timeout has no cause, and a missed
// heartbeat is one.
func errorIn(d *definition, fail *machine.Failure) *Error {
	e := errorOf(fail)
	if d.asl != nil {
		e.Name, e.Cause, e.missed = fail.Name, fail.Cause, fail.Heartbeat
	}
	return e
}

// What an error of the user's may tell of itself.
type (
	// namedError gives the name that retriers and catchers match.
	namedError interface {
		error
		ErrorName() string
	}
	// hardError tells that no retrier and no catcher is to see it.
	hardError interface {
		error
		Uncatchable() bool
	}
	// patientError gives the least time before a retry.
	patientError interface {
		error
		RetryAfter() time.Duration
	}
)

// explain makes a failure of what a task returned.
func explain(f *machine.Frame, err error) *machine.Failure {
	cause := err.Error() // it may panic
	fail := f.Blank()
	fail.Name, fail.Cause, fail.Err = machine.TaskFailed, cause, err
	if named, ok := errors.AsType[namedError](err); ok {
		name := named.ErrorName()
		e, ours := named.(*Error)
		switch {
		case ours:
			fail.Name, fail.Fatal = name, e.fatal
			if e.Cause != "" {
				fail.Cause = e.Cause
			}
		case name != "" && !strings.HasPrefix(name, "States."):
			fail.Name = name
			fail.Cause = strings.TrimPrefix(fail.Cause, name+": ")
		}
	}
	if hard, ok := errors.AsType[hardError](err); ok && hard.Uncatchable() {
		fail.Fatal = true
	}
	if after, ok := errors.AsType[patientError](err); ok {
		fail.After = after.RetryAfter()
	}
	fail.Permanent = isPermanent(err)
	return fail
}

// cancelled makes the failure of an execution that was cancelled.
func cancelled(_ *machine.Frame, cause error) *machine.Failure {
	cause = sound(cause)
	fail := &machine.Failure{Name: ErrCancelled.Name, Fatal: true, Err: cause, Bare: true}
	if broke, ok := errors.AsType[*brokenObserver](cause); ok {
		return broke.failure()
	}
	if errors.Is(cause, errOvertime) {
		return &machine.Failure{Name: machine.TimedOut, Fatal: true, Timer: true, Machine: true, Err: cause}
	}
	if cause != nil {
		fail.Cause = cause.Error()
	}
	return fail
}

// sound gives err if it can be asked what it is, else an error that says that it
// can't: a nil pointer that stands in an error panics.
func sound(err error) (same error) {
	if err == nil {
		return nil
	}
	defer func() {
		if p := recover(); p != nil {
			same = fmt.Errorf("a %T that panics when it is asked what it is: %v", err, p)
		}
	}()
	_, _ = err.Error(), errors.Is(err, errOvertime)
	return err
}

// errOvertime is the cause of a context whose execution has used up its time.
var errOvertime = errors.New("the time for the whole execution ran out")

// PanicError is the Go error behind a panic in a function of the user's.
// errors.As finds it in what Run returned.
type PanicError = drive.Panic
