package machine

import (
	"errors"
	"time"
)

// Failure is an error as the States Language sees it: a name and a cause.
type Failure struct {
	Name  string
	Cause string
	// Bare tells that whoever failed gave no cause (and, with an empty Name, no
	// name), so that a catcher sees null.
	Bare bool
	// Fatal tells that no retrier and no catcher sees it, here or further out.
	Fatal bool
	// Permanent tells that retrying is of no use; a catcher may still see it.
	Permanent bool
	// Again tells that the state is visited once more, with the document of
	// before, before anybody else sees the failure: what the attempt has left is
	// there for that visit. Whoever raises it bounds how often.
	Again bool
	// After is the least time before a retry, as a provider asked for.
	After time.Duration
	// Timer tells that a timer of the driver's ran out: the attempt's, or with
	// Machine that of the whole execution. Heartbeat: it was a missed beat.
	Timer, Machine, Heartbeat bool
	// Query tells that an expression failed, at Location; Late, that it did so
	// after the state was told to have been entered.
	Query, Late bool
	Location    string
	// Err is the Go error behind it; it does not survive encoding.
	Err error
	// State and Attempt tell where it came up.
	State   string
	Attempt int

	blank bool // it came from Blank
}

// Blank gives an empty failure to be made that of the frame's work: the one
// before it, where a retrier has taken that and nobody has seen it.
func (f *Frame) Blank() *Failure {
	if f.rare == nil || f.rare.taken == nil {
		return &Failure{blank: true}
	}
	fail := f.rare.taken
	f.rare.taken = nil
	*fail = Failure{blank: true}
	return fail
}

// Error gives name and cause.
func (e *Failure) Error() string {
	switch {
	case e.Cause == "":
		return e.Name
	case e.Name == "":
		return e.Cause
	}
	return e.Name + ": " + e.Cause
}

// Unwrap gives the Go error behind the failure.
func (e *Failure) Unwrap() error { return e.Err }

// failureOf makes a failure of what a hook returned; what is none yet can't
// be retried or caught, since doing the same again would fail the same.
func failureOf(err error) *Failure {
	if fail, ok := errors.AsType[*Failure](err); ok {
		return fail
	}
	return &Failure{Name: Runtime, Cause: err.Error(), Err: err, Fatal: true}
}

// at gives a failure its place, once.
func (e *Failure) at(f *Frame) *Failure {
	if e.State == "" {
		e.State, e.Attempt = f.Current().Path, int(f.Attempt)
	}
	return e
}

// Uncatchable tells that the failure passes every retrier and catcher, that
// of a state around a failed child too.
func (e *Failure) Uncatchable() bool { return e.Fatal }

// Break ends the scope of the frame with a failure, wherever it stands.
func (f *Frame) Break(fail *Failure) { broken(f, fail) }

// Lost takes a child that has ended in the middle of a step, by which the state
// fails. Calls must not run at the same time as others that take a child.
func (f *Frame) Lost(c *Frame, fail *Failure) {
	c.Phase = Failed
	if f.Join.First == nil {
		f.Join.First = fail.at(c)
		f.Join.Tail = max(c.Last, f.Last)
	}
}
