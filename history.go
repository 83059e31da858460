package flow

import (
	"encoding/json"
	"sync/atomic"

	"github.com/flowstone-go/flow/internal/machine"
)

// History is the events of one run, for [Record]. The zero value is empty and
// ready. It may be read when the run has ended.
type History struct {
	log       machine.Log
	execution string      // its ARN, of a parsed flow
	taken     atomic.Bool // by an execution, up to the next Reset
}

// take has the history be that of an execution that is about to begin.
func (h *History) take() error {
	if h == nil || !h.taken.Swap(true) {
		return nil
	}
	return &Error{
		Name: machine.Runtime, fatal: true,
		Cause: "Record: the History has the events of another execution (give each its own, or Reset it in between)",
	}
}

// Record has Run or Start write the events of the execution to h. A History
// takes one execution: before the next it is to be Reset, or that does not begin.
func Record(h *History) Option {
	return option(func(s *settings) {
		if h == nil {
			s.fail("Record(nil)")
			return
		}
		s.history = h
	})
}

// Events gives the events in order.
func (h *History) Events() []Event {
	events := h.log.Events()
	out := make([]Event, len(events))
	for i := range events {
		out[i] = eventOf(&events[i])
	}
	return out
}

// Len is the number of events.
func (h *History) Len() int {
	return h.log.Count()
}

// Reset empties the history; its memory is used again.
func (h *History) Reset() {
	h.log.Reset()
	h.execution = ""
	h.taken.Store(false)
}

// MarshalJSON writes the events that Step Functions has too, in the form of
// GetExecutionHistory: {"events": […]}.
func (h *History) MarshalJSON() ([]byte, error) {
	events := []Event{}
	for _, e := range h.Events() {
		if e.source.Type < machine.RetryScheduled {
			events = append(events, e)
		}
	}
	return json.Marshal(map[string]any{"events": events})
}
