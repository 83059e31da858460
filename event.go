package flow

import (
	"fmt"
	"strings"
	"time"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/model"
)

// Event is one thing that happened in an execution: what the history of Step
// Functions records, with the same types, ids and order, and a few more that
// have no twin there ([RetryScheduled], [ModelText]), whose ID is 0.
// encoding/json writes it in the form of GetExecutionHistory.
type Event struct {
	// ID counts from 1 in each execution. Previous is the event that this one
	// follows in its own branch or item; 0 for the first.
	ID, Previous int64
	// Type is the name that Step Functions has for it, such as "TaskStateEntered".
	Type string
	// Time is when it happened.
	Time time.Time
	// State is the name of the state, and Path the name qualified by what is
	// around it: "Each[3]/Resize" is the state Resize for item 3 of the Map
	// Each. Empty for events of the execution itself.
	State, Path string
	// Kind is the type of the state: "Task", "Choice"…
	Kind string
	// Attempt counts the attempts before this one.
	Attempt int
	// Index is the item of a MapIteration event, Length the number of items of
	// a MapStateStarted, of a ModelTextDropped that of pieces; of a StreamProgress how many items are through and read,
	// and Failed how many have failed.
	Index, Length, Failed int
	// Delay is the time before the retry, of a RetryScheduled.
	Delay time.Duration
	// Error is what failed; nil where nothing did.
	Error *Error
	// Text is the piece of text of a ModelText.
	Text string
	// Model, Usage and Stop are those of a ModelAnswered.
	Model string
	Usage model.Usage
	Stop  model.StopReason

	source *machine.Event
}

// Types of events that Step Functions does not have.
const (
	// RetryScheduled tells that an attempt has failed and when the next begins.
	RetryScheduled = "RetryScheduled"
	// CallAbandoned tells that a call was left behind when its time was up.
	CallAbandoned = "CallAbandoned"
)

// Value gives the input of an event that tells of entering, starting or
// scheduling, and the output of one that tells of an end, as any JSON value of
// Go (map[string]any, []any, string, float64 or json.Number, bool, nil). It is
// nil for other events.
func (e Event) Value() any {
	if e.source == nil || e.source.Type >= machine.Told {
		return nil
	}
	v, err := document.Plain(e.source.Value)
	if err != nil {
		return nil
	}
	return v
}

// Variables gives the variables that a StateExited assigned; nil for none.
func (e Event) Variables() map[string]any {
	if e.source == nil || e.source.Assigned() == nil {
		return nil
	}
	out := make(map[string]any, len(e.source.Assigned().Names))
	for i, name := range e.source.Assigned().Names {
		out[name], _ = document.Plain(e.source.Assigned().Values[i])
	}
	return out
}

// String gives the event in one line, for people.
func (e Event) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s", e.ID, e.Type)
	if e.Path != "" {
		b.WriteString(" " + e.Path)
	}
	if strings.HasPrefix(e.Type, "MapIteration") {
		fmt.Fprintf(&b, "[%d]", e.Index)
	}
	if e.Attempt > 0 {
		fmt.Fprintf(&b, " attempt %d", e.Attempt+1)
	}
	if e.Delay > 0 {
		fmt.Fprintf(&b, " in %v", e.Delay)
	}
	if e.Error != nil {
		fmt.Fprintf(&b, ": %s: %s", e.Error.Name, e.Error.Cause)
	}
	if e.Text != "" {
		fmt.Fprintf(&b, ": %q", e.Text)
	}
	if e.Type == ModelAnswered {
		fmt.Fprintf(&b, ": %s: %d tokens in, %d out, %s", e.Model, e.Usage.TotalInput(), e.Usage.Output, e.Stop)
	}
	return b.String()
}

// eventOf makes the public event.
func eventOf(m *machine.Event) Event {
	e := Event{ID: int64(m.ID), Previous: int64(m.Previous), Type: typeName(m), Time: m.Time(), Attempt: int(m.Attempt), source: m}
	if m.State != nil {
		e.State, e.Kind = m.State.Name, m.State.Kind.String()
		e.Path = m.State.PathAt(m.Spot)
	}
	switch m.Type {
	case machine.ForkStarted:
		e.Length = int(m.N)
	case machine.IterationStarted, machine.IterationSucceeded, machine.IterationFailed, machine.IterationAborted:
		e.Index = int(m.N)
	case machine.Dropped:
		e.Length = int(m.N)
	case machine.RetryScheduled:
		e.Delay = m.Extra.Timeout
	}
	if m.Fail() != nil {
		e.Error = errorOf(m.Fail())
	}
	if m.Type == machine.Told || m.Type == machine.Piece {
		tellOf(&e, m.Value)
	}
	return e
}

// plainTypes are the types whose names are the same for every state.
var plainTypes = map[machine.EventType]string{
	machine.ExecutionStarted:   "ExecutionStarted",
	machine.ExecutionSucceeded: "ExecutionSucceeded",
	machine.ExecutionFailed:    "ExecutionFailed",
	machine.ExecutionAborted:   "ExecutionAborted",
	machine.ExecutionTimedOut:  "ExecutionTimedOut",
	machine.IterationStarted:   "MapIterationStarted",
	machine.IterationSucceeded: "MapIterationSucceeded",
	machine.IterationFailed:    "MapIterationFailed",
	machine.IterationAborted:   "MapIterationAborted",
	machine.MapRunStarted:      "MapRunStarted",
	machine.MapRunSucceeded:    "MapRunSucceeded",
	machine.MapRunFailed:       "MapRunFailed",
	machine.MapRunAborted:      "MapRunAborted",
	machine.EvaluationFailed:   "EvaluationFailed",
	machine.RetryScheduled:     RetryScheduled,
	machine.CallAbandoned:      CallAbandoned,
	machine.VisitedAgain:       ModelReasked,
	machine.Dropped:            ModelTextDropped,
}

// stateTypes are those that begin with the type of the state.
var stateTypes = map[machine.EventType]string{
	machine.StateEntered:  "StateEntered",
	machine.StateExited:   "StateExited",
	machine.StateAborted:  "StateAborted",
	machine.ForkStarted:   "StateStarted",
	machine.ForkSucceeded: "StateSucceeded",
	machine.ForkFailed:    "StateFailed",
}

// workTypes are those that begin with the style of the work.
var workTypes = map[machine.EventType]string{
	machine.TaskScheduled: "Scheduled",
	machine.TaskStarted:   "Started",
	machine.TaskSubmitted: "Submitted",
	machine.TaskSucceeded: "Succeeded",
	machine.TaskDidFail:   "Failed",
	machine.TaskTimedOut:  "TimedOut",
}

// eventNames are the names of all events by type: one, or one for each kind of
// state, or one for each style of work.
var eventNames = func() (names [machine.Dropped + 1][]string) {
	for t, name := range plainTypes {
		names[t] = []string{name}
	}
	for t, name := range stateTypes {
		for kind := machine.Pass; kind <= machine.Fail; kind++ {
			names[t] = append(names[t], kind.String()+name)
		}
	}
	for t, name := range workTypes {
		names[t] = []string{machine.ServiceStyle: "Task" + name, machine.LambdaStyle: "LambdaFunction" + name, machine.ActivityStyle: "Activity" + name}
	}
	return names
}()

func typeName(m *machine.Event) string {
	switch names := eventNames[m.Type]; {
	case len(names) == 0:
		return "" // what was told knows its type itself
	case len(names) == 1:
		return names[0]
	case m.Type >= machine.TaskScheduled && m.Type <= machine.TaskTimedOut: // workTypes
		return names[m.State.Work.Style]
	default:
		return names[m.State.Kind]
	}
}
