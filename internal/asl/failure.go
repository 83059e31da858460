package asl

import (
	"errors"
	"strconv"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/internal/path"
)

// placed puts before a text what AWS puts before the causes of failures of a
// state itself.
func placed(f *machine.Frame, text string) string {
	if runOf(f).Alone {
		return text
	}
	return "An error occurred while executing the state '" + f.Current().Name +
		"' (entered at the event id #" + strconv.Itoa(int(f.Entered)) + "). " + text
}

// wrong is a mistake of the definition that came up: nothing retries or
// catches it.
func wrong(f *machine.Frame, text string, err error) *machine.Failure {
	return &machine.Failure{Name: machine.Runtime, Cause: placed(f, text), Fatal: true, Err: err}
}

// wrongPath is what becomes of an error of a path or template.
func wrongPath(f *machine.Frame, err error) *machine.Failure {
	if mismatch, ok := errors.AsType[*path.MatchError](err); ok {
		return &machine.Failure{Name: "States.ResultPathMatchFailure", Cause: placed(f, mismatch.Error()), Err: err}
	}
	return wrong(f, err.Error(), err)
}

// query is a JSONata expression, or a value that stands for one, that failed.
func query(f *machine.Frame, location, text string, err error) *machine.Failure {
	return &machine.Failure{Name: machine.QueryEvaluation, Cause: placed(f, text), Query: true, Location: location, Err: err}
}

// errorOutput is what a catcher is given of the failure that it caught.
func errorOutput(f *machine.Frame) *document.Object {
	fail := f.Err
	var name, cause any = fail.Name, fail.Cause
	if fail.Bare && fail.Name == "" {
		name = nil
	}
	if fail.Bare && fail.Cause == "" {
		cause = nil
	}
	return document.ObjectOf(document.Field{Key: "Error", Value: name}, document.Field{Key: "Cause", Value: cause})
}
