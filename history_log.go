package flow

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/machine"
)

// LogLevel says which events a state machine writes to its log.
type LogLevel string

// The levels, each with all of the next.
const (
	LogAll   LogLevel = "ALL"
	LogError LogLevel = "ERROR" // failures, timeouts and aborts, caught or not
	LogFatal LogLevel = "FATAL" // those of the execution itself
	LogOff   LogLevel = "OFF"
)

// LogRecord is an event as AWS Step Functions writes it to CloudWatch Logs: its
// JSON is a line of that log.
type LogRecord struct {
	ID       string          `json:"id"`
	Type     string          `json:"type"`
	Details  json.RawMessage `json:"details"`
	Previous string          `json:"previous_event_id"`
	// Timestamp is in milliseconds since 1970.
	Timestamp string `json:"event_timestamp"`
	// Execution is the ARN of the execution; empty for a flow built in Go.
	Execution string `json:"execution_arn,omitempty"`
	Redrives  string `json:"redrive_count"`
}

// Logs gives the records of the events that a level asks for; an unknown level
// asks for none. executionData tells whether they hold the documents too.
func (h *History) Logs(level LogLevel, executionData bool) ([]LogRecord, error) {
	var out []LogRecord
	for _, e := range h.Events() {
		if e.source.Type >= machine.RetryScheduled || !level.has(e.Type) {
			continue
		}
		_, details, err := e.details()
		if err != nil {
			return nil, err
		}
		if details == nil {
			details = document.NewObject(0)
		}
		for _, name := range []string{"input", "output", "parameters", "assignedVariables"} {
			if !executionData {
				details.Delete(name)
				details.Delete(name + "Details")
			}
		}
		text, err := document.Encode(details)
		if err != nil {
			return nil, err
		}
		out = append(out, LogRecord{
			ID: strconv.FormatInt(e.ID, 10), Type: e.Type, Details: text, Previous: strconv.FormatInt(e.Previous, 10),
			Timestamp: strconv.FormatInt(e.Time.UnixMilli(), 10), Execution: h.execution, Redrives: "0",
		})
	}
	return out, nil
}

// has tells whether a level asks for a type of events.
func (l LogLevel) has(event string) bool {
	failure := strings.HasSuffix(event, "Failed") || strings.HasSuffix(event, "TimedOut") || strings.HasSuffix(event, "Aborted")
	switch l {
	case LogAll:
		return true
	case LogError:
		return failure || event == "FailStateEntered"
	case LogFatal:
		return failure && strings.HasPrefix(event, "Execution")
	}
	return false
}
