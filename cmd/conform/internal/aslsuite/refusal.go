package aslsuite

import (
	"fmt"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
)

// Refuse says what AWS has against a request before it schedules it; empty:
// nothing.
func (s *Services) Refuse(r Request) string {
	if strings.Contains(r.Resource, ":activity:") {
		if _, there := s.c.Workers[r.Resource]; !there {
			return "The activity " + r.Resource + " does not exist."
		}
	}
	if shortResource(r.Resource) == "apigateway:invoke" {
		if problem := badHeaders(get(r.Parameters, "Headers")); problem != "" {
			return fmt.Sprintf("The Parameters '%s' could not be used to start the Task: [%s]", document.Text(r.Parameters), problem)
		}
	}
	return ""
}

// badHeaders says what is wrong with headers: each is a list of values.
func badHeaders(headers any) string {
	for _, values := range document.Entries(headers) {
		if document.KindOf(values) != document.Array {
			return "The value of the field 'Headers' has an invalid format"
		}
	}
	return ""
}

// Worker is the name with which a worker asks for tasks of an activity.
func (s *Services) Worker(activity string) string { return s.c.Workers[activity] }

// workerName finds that name in the state machine that is the worker.
func workerName(definition *document.Object) string {
	states := get(definition, "States")
	for _, state := range document.Entries(states) {
		if resource, _ := document.Str(get(state, "Resource")); strings.HasSuffix(resource, ":sfn:getActivityTask") {
			name, _ := document.Str(get(get(state, "Parameters"), "WorkerName"))
			return name
		}
	}
	return ""
}
