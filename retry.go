package flow

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/cenkalti/backoff/v4"

	"github.com/flowstone-go/flow/internal/machine"
)

// Never, as MaxAttempts of a [Retry], is no retry at all.
const Never = -1

// NoDelay, as Interval of a [Retry], retries at once.
const NoDelay time.Duration = -1

// Retry says which failures of a node are tried again, and when, exactly as a
// retrier of Step Functions does: of several the first that matches counts, and
// when it is used up the error goes to the catchers even if a later one
// matches. Counters begin anew at each visit of the node.
//
// A provider's RetryAfter() time.Duration on the error is a lower bound for the
// delay. An error wrapped by backoff.Permanent is not tried again.
type Retry struct {
	// On says which errors: one of the Err values, [On] for several. Nil is ErrAll.
	On Matcher
	// Interval is the delay before the first retry. 0 is 1 s; [NoDelay] is none.
	Interval time.Duration
	// MaxAttempts is the number of retries. 0 is 3; [Never] is none.
	MaxAttempts int
	// BackoffRate multiplies the delay from retry to retry. 0 is 2; at least 1.
	BackoffRate float64
	// MaxDelay bounds the delay. 0 is no bound.
	MaxDelay time.Duration
	// FullJitter takes a random time between 0 and the delay in its place.
	FullJitter bool
	// BackOff, if set, gives the delays instead of Interval, BackoffRate and
	// MaxDelay. It is called for a fresh BackOff at each visit of the node;
	// backoff.Stop ends retrying.
	BackOff func() backoff.BackOff
}

// Matcher says which errors are meant: an [*Error] such as [ErrTimeout] by its
// name, or [On].
type Matcher interface{ matching() *matcher }

type matcher struct {
	names   []string
	errs    []error // matched by errors.Is
	problem string
}

func (e *Error) matching() *matcher {
	if e == nil {
		return &matcher{problem: "nil is no error to match"}
	}
	return &matcher{names: []string{e.Name}}
}

// ErrorMatcher matches any of several errors. See [On].
type ErrorMatcher struct {
	errs []error
	into *reference
	bad  string
}

// On matches any of these errors: an [*Error] by its name, any other Go error
// by errors.Is, and by the name it gives itself where an execution that was
// written to JSON has only that. To match names that are no Go values, give &Error{Name: "…"}.
func On(errs ...error) ErrorMatcher { return ErrorMatcher{errs: errs} }

// Into has a catcher put the failure at ref in the document.
func (m ErrorMatcher) Into(ref Ref[*Failure]) ErrorMatcher {
	m.into = ref.r
	switch {
	case ref.r == nil:
		m.bad = "On(…).Into of a reference that refers to nothing"
	case ref.r.source != fromDocument || ref.r.hasOr || ref.r.making != nil:
		m.bad = fmt.Sprintf("On(…).Into(%s): a failure goes to a place in the document", ref)
	}
	return m
}

func (m ErrorMatcher) matching() *matcher {
	out := &matcher{problem: m.bad}
	if len(m.errs) == 0 {
		out.problem = "On without an error matches nothing"
	}
	for _, err := range m.errs {
		e, named := err.(*Error) //nolint:errorlint // the sentinel itself, not what it wraps
		switch {
		case err == nil || named && e == nil:
			out.problem = "On(nil): nil is no error to match"
		case named:
			out.names = append(out.names, e.Name)
		default:
			out.errs = append(out.errs, err)
		}
	}
	return out
}

// match compiles the rules of the States Language: States.ALL is every error
// that may be matched, States.TaskFailed every one but timeouts and failed
// queries, a missed heartbeat is a timeout too.
func (m *matcher) match() func(*machine.Failure) bool {
	return func(fail *machine.Failure) bool {
		for _, name := range m.names {
			if nameMatches(name, fail) {
				return true
			}
		}
		for _, err := range m.errs {
			if fail.Err != nil && errors.Is(fail.Err, err) || fail.Err == nil && nameOf(err) != "" && nameOf(err) == fail.Name {
				return true
			}
		}
		return false
	}
}

// nameOf is the name that a Go error gives itself: all that is left of one that
// was written to JSON and read again.
func nameOf(err error) string {
	if n, ok := errors.AsType[namedError](err); ok {
		return n.ErrorName()
	}
	return ""
}

func nameMatches(name string, fail *machine.Failure) bool {
	switch name {
	case fail.Name:
		return !fail.Bare || fail.Name != ""
	case machine.All:
		return true
	case machine.TaskFailed:
		return fail.Name != machine.TimedOut && fail.Name != machine.HeartbeatTimedOut && fail.Name != machine.QueryEvaluation
	case machine.HeartbeatTimedOut:
		return fail.Heartbeat
	}
	return false
}

// catching is a catcher of a node.
type catching struct {
	at      place
	on      *matcher
	into    *reference
	handler []Node
}

func (s *spec) retry(list []Retry) {
	for _, r := range list {
		s.checkRetry(r)
	}
	s.retries = append(s.retries, list...)
}

func (s *spec) checkRetry(r Retry) {
	switch {
	case r.MaxAttempts < Never:
		s.wrong("use flow.Never for no retry", "Retry with MaxAttempts %d", r.MaxAttempts)
	case r.Interval < 0 && r.Interval != NoDelay:
		s.wrong("use flow.NoDelay for none", "Retry with Interval %v", r.Interval)
	case r.BackoffRate != 0 && !(r.BackoffRate >= 1):
		s.wrong("1 keeps the delay as it is", "Retry with BackoffRate %v: it has to be at least 1", r.BackoffRate)
	case r.MaxDelay < 0:
		s.wrong("0 is no bound", "Retry with MaxDelay %v", r.MaxDelay)
	case r.BackOff != nil && (r.Interval != 0 || r.BackoffRate != 0 || r.MaxDelay != 0 || r.FullJitter):
		s.wrong("leave those out", "Retry with a BackOff and with Interval, BackoffRate, MaxDelay or FullJitter, which it stands in for")
	}
}

func (s *spec) catch(at place, on Matcher, handler []Node) {
	c := catching{at: at, handler: handler}
	if on == nil {
		s.wrong("flow.ErrAll matches every error", "Catch(nil): no error to match")
		on = ErrAll
	}
	c.on = on.matching()
	if m, ok := on.(ErrorMatcher); ok {
		c.into = m.into
	}
	if len(handler) == 0 {
		s.wrong("give it a node, such as flow.Pass, or use Recover", "Catch without a handler")
	}
	s.catches = append(s.catches, c)
}

// recovering is a Catch whose handler is one function of the error.
func recovering[Out any](s *spec, at place, on Matcher, fn func(context.Context, *Error) (Out, error)) {
	h := &spec{name: s.name + ".Recover", at: at, kind: machine.Task, out: reflect.TypeFor[Out](), keeps: s.keeps, recovers: true}
	if fn == nil {
		h.wrong("", "Recover without a function")
	}
	h.callee = &recoverer[Out]{fn}
	s.catch(at, on, []Node{h})
}

type recoverer[Out any] struct {
	fn func(context.Context, *Error) (Out, error)
}

// Call gives the function the error that was caught.
func (r *recoverer[Out]) Call(ctx context.Context, _ *machine.Frame, spare any) (any, error) {
	cell := cellOf[Out](spare)
	var err error
	*cell, err = r.fn(ctx, Caught(ctx))
	return cell, err
}

func isPermanent(err error) bool {
	_, ok := errors.AsType[*backoff.PermanentError](err)
	return ok
}

// retrier compiles a Retry.
func (r Retry) retrier() machine.Retrier {
	m := &matcher{names: []string{machine.All}}
	if r.On != nil {
		m = r.On.matching()
	}
	out := machine.Retrier{Match: m.match(), Interval: r.Interval, Rate: r.BackoffRate, MaxDelay: r.MaxDelay, Jitter: r.FullJitter}
	switch r.MaxAttempts {
	case 0:
		out.Max = 3
	case Never:
	default:
		out.Max = int32(min(r.MaxAttempts, 99_999_999)) //nolint:gosec // bounded
	}
	switch r.Interval {
	case 0:
		out.Interval = time.Second
	case NoDelay:
		out.Interval = 0
	}
	if r.BackoffRate == 0 {
		out.Rate = 2
	}
	if r.BackOff != nil {
		out.BackOff = func() func() (time.Duration, bool) {
			b := r.BackOff()
			if b == nil {
				b = &backoff.StopBackOff{}
			}
			return func() (time.Duration, bool) {
				d := b.NextBackOff()
				return d, d != backoff.Stop
			}
		}
	}
	return out
}
