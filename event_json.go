package flow

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/machine"
)

// MarshalJSON writes the event as GetExecutionHistory does: id,
// previousEventId, type, timestamp (RFC 3339), and the details under the name
// of the type, documents in them as JSON text.
func (e Event) MarshalJSON() ([]byte, error) {
	o := document.NewObject(5)
	o.Set("id", float64(e.ID))
	o.Set("previousEventId", float64(e.Previous))
	o.Set("type", e.Type)
	o.Set("timestamp", e.Time.UTC().Format("2006-01-02T15:04:05.000Z"))
	if e.source != nil {
		key, details, err := e.details()
		if err != nil {
			return nil, err
		}
		if details != nil {
			o.Set(key, details)
		}
	}
	return document.Encode(o)
}

// details gives the details of the event and the key that they stand under;
// nil for a type that has none.
func (e Event) details() (key string, o *document.Object, err error) {
	m := e.source
	o = document.NewObject(6)
	key = strings.ToLower(e.Type[:1]) + e.Type[1:] + "EventDetails"
	switch m.Type {
	case machine.ExecutionStarted:
		err = payload(o, "input", m.Value)
		if m.Extra != nil && m.Extra.Role != nil {
			o.Set("roleArn", m.Extra.Role)
		}
	case machine.ExecutionSucceeded:
		err = payload(o, "output", m.Value)
	case machine.ExecutionAborted:
		stopped(o, m.Fail())
	case machine.ExecutionFailed, machine.ExecutionTimedOut, machine.MapRunFailed:
		failure(o, m.Fail())
	case machine.StateEntered:
		key = "stateEnteredEventDetails"
		o.Set("name", m.State.Name)
		err = payload(o, "input", m.Value)
	case machine.StateExited:
		key = "stateExitedEventDetails"
		o.Set("name", m.State.Name)
		if err = payload(o, "output", m.Value); err == nil {
			err = assignedVariables(o, m.Assigned())
		}
	case machine.TaskScheduled, machine.TaskStarted, machine.TaskSubmitted, machine.TaskSucceeded, machine.TaskDidFail, machine.TaskTimedOut:
		return e.workDetails(key, o)
	case machine.ForkStarted:
		if m.State.Kind != machine.Map {
			return "", nil, nil
		}
		o.Set("length", float64(m.N))
	case machine.IterationStarted, machine.IterationSucceeded, machine.IterationFailed, machine.IterationAborted:
		o.Set("name", m.State.Name)
		o.Set("index", float64(m.N))
	case machine.MapRunStarted:
		o.Set("mapRunArn", m.Extra.Text)
	case machine.EvaluationFailed:
		failure(o, m.Fail())
		o.Set("state", m.State.Name)
		if m.Fail().Location != "" {
			o.Set("location", m.Fail().Location)
		}
	case machine.RetryScheduled:
		o.Set("name", m.State.Name)
		failure(o, m.Fail())
		o.Set("delayInSeconds", e.Delay.Seconds())
	case machine.VisitedAgain:
		o.Set("name", m.State.Name)
		failure(o, m.Fail())
	case machine.CallAbandoned:
		o.Set("name", m.State.Name)
	case machine.Dropped:
		o.Set("pieces", float64(m.N))
	case machine.Told, machine.Piece:
		o.Set("name", m.State.Name)
		e.toldDetails(o)
	default:
		return "", nil, nil
	}
	return key, o, err
}

// workDetails gives the details of an event of a Task's work.
func (e Event) workDetails(key string, o *document.Object) (string, *document.Object, error) {
	m := e.source
	w := m.State.Work
	service := w.Style == machine.ServiceStyle
	if service {
		o.Set("resourceType", w.ResourceType)
		o.Set("resource", w.Resource)
	}
	var err error
	switch m.Type {
	case machine.TaskScheduled:
		if service {
			if w.Region != "" {
				o.Set("region", w.Region)
			}
			err = payload(o, "parameters", m.Value)
		} else {
			o.Set("resource", w.Resource)
			err = payload(o, "input", m.Value)
		}
		if x := m.Extra; x != nil {
			seconds(o, "timeoutInSeconds", x.Timeout)
			seconds(o, "heartbeatInSeconds", x.Heartbeat)
			if x.Role != nil {
				o.Set("taskCredentials", x.Role)
			}
		}
	case machine.TaskStarted:
		if w.Style == machine.LambdaStyle {
			return "", nil, nil
		}
		if m.Extra != nil && m.Extra.Text != "" {
			o.Set("workerName", m.Extra.Text)
		}
	case machine.TaskSubmitted, machine.TaskSucceeded:
		err = payload(o, "output", m.Value)
	default:
		failure(o, m.Fail())
	}
	return key, o, err
}

// payload puts a document as JSON text, and that it is whole.
func payload(o *document.Object, name string, v any) error {
	text, err := document.Encode(v)
	if err != nil {
		return err
	}
	o.Set(name, string(text))
	if name != "parameters" {
		o.Set(name+"Details", document.ObjectOf(document.Field{Key: "truncated", Value: false}))
	}
	return nil
}

func assignedVariables(o *document.Object, vars *machine.Vars) error {
	if vars == nil || len(vars.Names) == 0 {
		return nil
	}
	texts := document.NewObject(len(vars.Names))
	for i, name := range vars.Names {
		text, err := document.Encode(vars.Values[i])
		if err != nil {
			return err
		}
		texts.Set(name, string(text))
	}
	o.Set("assignedVariables", texts)
	o.Set("assignedVariablesDetails", document.ObjectOf(document.Field{Key: "truncated", Value: false}))
	return nil
}

func failure(o *document.Object, fail *machine.Failure) {
	if fail == nil {
		return
	}
	if fail.Name != "" {
		o.Set("error", fail.Name)
	}
	if fail.Cause != "" {
		o.Set("cause", fail.Cause)
	}
}

// stopped tells what an execution was stopped for: as StopExecution does, what
// was given for it, which may be nothing.
func stopped(o *document.Object, fail *machine.Failure) {
	if fail == nil || fail.Err == context.Canceled { //nolint:errorlint // what stands for no reason
		return
	}
	if given, ok := errors.AsType[*Error](fail.Err); ok {
		fail = &machine.Failure{Name: given.Name, Cause: given.Cause}
	}
	failure(o, fail)
}

func seconds(o *document.Object, name string, d time.Duration) {
	if d > 0 {
		o.Set(name, d.Seconds())
	}
}
