package aslsuite

import (
	"fmt"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
)

// FromAPI gives events as GetExecutionHistory has them in the form of the
// cases: what it carries as JSON text becomes a value. Text that is no JSON is
// an error.
func FromAPI(events []any) ([]any, error) {
	all := make([]any, len(events))
	for i, e := range events {
		event, ok := e.(*document.Object)
		if !ok {
			return nil, fmt.Errorf("event %d is no object", i+1)
		}
		out := document.NewObject(event.Len())
		for key, v := range event.All() {
			if details, ok := v.(*document.Object); ok && strings.HasSuffix(key, "EventDetails") {
				opened, err := open(details)
				if err != nil {
					return nil, fmt.Errorf("event %d: %s: %w", i+1, key, err)
				}
				v = opened
			}
			out.Set(key, v)
		}
		all[i] = out
	}
	return all, nil
}

// open decodes the members of an event's details that are JSON text.
func open(details *document.Object) (*document.Object, error) {
	out := document.NewObject(details.Len())
	for key, v := range details.All() {
		var err error
		switch key {
		case "input", "output", "parameters":
			v, err = fromText(v)
		case "assignedVariables":
			v, err = openEach(v)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		out.Set(key, v)
	}
	return out, nil
}

func openEach(v any) (any, error) {
	variables, ok := v.(*document.Object)
	if !ok {
		return nil, fmt.Errorf("%s, not an object", document.KindOf(v))
	}
	out := document.NewObject(variables.Len())
	for name, text := range variables.All() {
		value, err := fromText(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out.Set(name, value)
	}
	return out, nil
}

func fromText(v any) (any, error) {
	text, ok := v.(string)
	if !ok {
		return nil, fmt.Errorf("%s, not JSON text", document.KindOf(v))
	}
	return document.Decode([]byte(text))
}

// FromLog gives a line of the log in the form of the cases, which leave out
// what differs from run to run.
func FromLog(v any) (*document.Object, error) {
	record, ok := v.(*document.Object)
	if !ok {
		return nil, fmt.Errorf("a record of the log is %s", document.KindOf(v))
	}
	out := record.Copy(0)
	out.Delete("event_timestamp")
	out.Delete("execution_arn")
	given, _ := record.Get("details")
	details, ok := given.(*document.Object)
	if !ok {
		return nil, fmt.Errorf("the details of a record of the log are %s", document.KindOf(given))
	}
	details, err := open(details)
	if err != nil {
		return nil, err
	}
	DropWhole(details)
	out.Set("details", details)
	return out, nil
}

// DropWhole drops from an event's details that its documents are whole.
func DropWhole(details *document.Object) {
	for _, key := range []string{"inputDetails", "outputDetails", "assignedVariablesDetails"} {
		if v, ok := details.Get(key); ok && document.Equal(v, notTruncated) {
			details.Delete(key)
		}
	}
}

var notTruncated = document.ObjectOf(document.Field{Key: "truncated", Value: false})
