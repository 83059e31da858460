package machine

import "time"

// EventType names what happened, as the history of Step Functions does.
type EventType uint8

// The events. The driver tells of the last group: they have no twin in Step
// Functions.
const (
	ExecutionStarted EventType = iota
	ExecutionSucceeded
	ExecutionFailed
	ExecutionAborted
	ExecutionTimedOut
	StateEntered
	StateExited
	StateAborted
	TaskScheduled
	TaskStarted
	TaskSubmitted
	TaskSucceeded
	TaskDidFail
	TaskTimedOut
	ForkStarted
	ForkSucceeded
	ForkFailed
	IterationStarted
	IterationSucceeded
	IterationFailed
	IterationAborted
	MapRunStarted
	MapRunSucceeded
	MapRunFailed
	MapRunAborted
	EvaluationFailed

	RetryScheduled
	CallAbandoned
	VisitedAgain
	Told // something that the work says while it runs, in Value
	// Piece is a piece of something that the work says while it runs, and that
	// its result has as a whole: a Log does not keep any number of them.
	Piece
	// Dropped stands where N pieces were that the Log keeps no more.
	Dropped
)

// Event is one thing that happened in an execution. It is kept small: a
// history is many of them.
type Event struct {
	Nanos        int64  // when, in nanoseconds since 1970
	State        *State // nil for the execution's own
	Value        any    // input, output, arguments
	Spot         *Spot  // nil outside a Parallel or Map
	Extra        *Extra // nil where there is nothing of that
	ID, Previous int32
	N            int32 // length of a Map, index of an iteration
	Attempt      int32
	Type         EventType
}

// Extra is what few events have.
type Extra struct {
	Fail      *Failure      // what failed
	Assigned  *Vars         // StateExited: the variables that were assigned
	Text      string        // name of a map run, of a worker
	Timeout   time.Duration // bound of an attempt; delay of a retry
	Heartbeat time.Duration
	Role      any // credentials, or the role of the execution
	Run       *MapRun
}

// Fail is what failed; nil where nothing did.
func (e *Event) Fail() *Failure {
	if e.Extra == nil {
		return nil
	}
	return e.Extra.Fail
}

// Assigned is the variables that a state has assigned; nil for none.
func (e *Event) Assigned() *Vars {
	if e.Extra == nil {
		return nil
	}
	return e.Extra.Assigned
}

func failing(fail *Failure) *Extra { return &Extra{Fail: fail} }

// Time is when it happened.
func (e *Event) Time() time.Time { return time.Unix(0, e.Nanos) }

// Spot tells in which child of which Parallel or Map a thread of work runs.
type Spot struct {
	Outer *Spot
	Owner *State
	Index int
}

// tell records an event that follows the last one of the thread and is
// followed by its next.
func (f *Frame) tell(e Event) {
	if f.Exec.Observed {
		f.Last = f.record(f.Last, &e)
	}
}

// Tell tells of something that the work of the frame's state says while it
// runs. It may be called from the work's own goroutine.
func (f *Frame) Tell(v any) {
	f.note(Event{Type: Told, State: f.Current(), Value: v, Nanos: f.Exec.Host.Now().UnixNano()})
}

// TellPiece is Tell for a [Piece].
func (f *Frame) TellPiece(v any) {
	f.note(Event{Type: Piece, State: f.Current(), Value: v, Nanos: f.Exec.Host.Now().UnixNano()})
}

// note records an event beside the thread's chain: what follows the last
// event goes on following that.
func (f *Frame) note(e Event) {
	if f.Exec.Observed {
		f.record(f.Last, &e)
	}
}

// record completes an event and writes it to the log.
//
//go:noinline
func (f *Frame) record(previous int32, e *Event) int32 {
	e.Previous = previous
	if e.State == nil && int(f.State) < len(f.Scope.States) && e.Type > ExecutionTimedOut {
		e.State = f.Current()
	}
	e.Attempt = f.Attempt
	if f.rare != nil {
		e.Spot = f.rare.spot
	}
	if e.Nanos == 0 {
		e.Nanos = f.Clock
	}
	return f.Exec.Log.add(e)
}
