package flow

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/flowstone-go/flow/internal/asl"
	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/internal/response"
	"github.com/flowstone-go/flow/internal/states"
)

// newVisit checks a request and prepares the visit of its state.
func newVisit(t *StateTest, s *settings) (*visit, error) {
	v := &visit{StateTest: t, settings: s, notes: map[string]any{}}
	switch {
	case s.problem != nil:
		return nil, s.problem
	case t.RevealSecrets && t.Mock != nil:
		return nil, invalid("TestState does not support RevealSecrets when a mock is specified.")
	case t.Mock != nil && t.Mock.Result != nil && t.Mock.Failure != nil:
		return nil, invalid("A test mock should have only one of the following fields: [result, errorOutput].")
	case t.RetrierRetryCount < 0 || t.RetrierRetryCount > 1<<30:
		return nil, invalid(fmt.Sprintf("RetrierRetryCount can't be %d", t.RetrierRetryCount))
	}
	for _, step := range []func() error{v.compile, v.checkMock, v.documents, v.checkContext} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// compile reads the definition and finds the state.
func (v *visit) compile() error {
	name := v.State
	parse := states.ParseJSON
	if name == "" {
		name, parse = states.SingleState, states.ParseState
	}
	m, found := parse(v.Definition)
	if m != nil {
		found = states.Check(m, states.Standard)
	}
	if text := found.Errors().Exception(); text != "" {
		return invalidDefinition(text)
	}
	in, problems, ok := asl.CompileState(m, name, v.note, &v.simulated)
	switch {
	case !ok:
		return invalid("State not found in definition")
	case len(problems) > 0:
		return invalidDefinition(problems[0].Text)
	}
	v.in = in
	return nil
}

// checkMock looks whether the mock is one for the state.
func (v *visit) checkMock() error {
	s := v.in.Source
	forked := s.Type == states.Map || s.Type == states.Parallel
	switch {
	case v.Mock == nil && v.MapIterationFailureCount != nil:
		return invalid("TestState does not support MapIterationFailureCount when a mock is not specified.")
	case v.Mock == nil && forked:
		return invalidDefinition("TestState API does not support Map or Parallel states. Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]")
	case v.Mock == nil && s.Type == states.Task && v.Role == "":
		return invalid("RoleArn must be specified when testing a Task state")
	case v.Mock == nil:
		return nil
	case !forked && s.Type != states.Task:
		return invalid("State type '" + string(s.Type) + "' is not supported when a mock is specified")
	}
	if f := v.Mock.Failure; f != nil {
		v.simulated.Fail = &machine.Failure{Name: f.Error, Cause: f.Cause, Bare: true}
		return nil
	}
	if v.Mock.Result == nil {
		return nil
	}
	result, err := document.Decode(v.Mock.Result)
	if err != nil {
		return invalid("Mocked result must be valid JSON")
	}
	v.simulated.Result = result
	if err := wrongShape(s, result); err != nil {
		return err
	}
	return v.checkAnswer(result)
}

// checkAnswer compares a mocked result with what the called operation answers,
// or with the description of the execution that it waits for. What another job
// or the holder of a token gives may be anything.
func (v *visit) checkAnswer(result any) error {
	mode := v.Mock.Validation
	switch mode {
	case "":
		mode = ValidateStrict
	case ValidateStrict, ValidatePresent, ValidateNone:
	default:
		return invalid(fmt.Sprintf("Field validation mode %q is none of STRICT, PRESENT and NONE", mode))
	}
	t := v.in.Task
	if t == nil || t.Action == "" || t.Pattern == asl.Token {
		return nil
	}
	operation := t.Service + ":" + t.Action
	if t.Pattern != asl.RequestResponse {
		operation += "." + string(t.Pattern)
	}
	if problem := response.Problem(operation, result, response.Mode(mode)); problem != "" {
		return invalid("Mock result schema validation error: " + problem)
	}
	return nil
}

// wrongShape looks whether a result is one that the state's work could have.
func wrongShape(s *states.State, result any) error {
	kind := document.KindOf(result)
	switch {
	case s.Type == states.Map && s.ResultWriter != nil && s.ResultWriter.Resource != "":
		if kind != document.ObjectKind {
			return invalid("Mocked result must be a JSON object.")
		}
	case s.Type == states.Map, s.Type == states.Parallel:
		if kind != document.Array {
			return invalid("Mocked result must be an array.")
		}
		if s.Type == states.Parallel && document.Len(result) != len(s.Branches) {
			return invalid("Mocked result must contain the same number of items as number of Parallel branches.")
		}
	}
	return nil
}

// documents reads what the state is given.
func (v *visit) documents() error {
	v.input = document.NewObject(0)
	if v.Input != nil {
		if text := states.InputProblem(v.Input); text != "" {
			return &RequestError{"InvalidExecutionInput", text}
		}
		v.input, _ = document.Decode(v.Input)
	}
	v.variables = document.NewObject(0)
	if v.Variables != nil {
		given, err := document.Decode(v.Variables)
		o, ok := given.(*document.Object)
		if err != nil || !ok {
			return invalid("Variables must be a JSON object")
		}
		v.variables = o
	}
	v.simulated.Data = v.MapItemReaderData
	if n := v.MapIterationFailureCount; n != nil {
		v.simulated.Failed = *n
		v.simulated.Refused = func(failed, iterations int) error {
			if failed > iterations {
				v.refused = invalid("Map iteration failure count must be less than or equal to the number of Map iterations")
			}
			return v.refused
		}
	}
	return nil
}

// contextFields are the members that a given context object may have.
var contextFields = map[string]map[string]string{
	"Execution":    {"Id": "a string", "Input": "", "Name": "a string", "RoleArn": "a string", "StartTime": "a string"},
	"State":        {"EnteredTime": "a string", "Name": "a string", "RetryCount": "a number"},
	"StateMachine": {"Id": "a string", "Name": "a string"},
	"Task":         {"Token": "a string"},
}

// checkContext looks whether the context object is one for the state.
func (v *visit) checkContext() error {
	if v.Context == nil {
		return nil
	}
	if v.Mock == nil {
		return invalid("TestState does not support Context when a mock is not specified.")
	}
	const prefix = "Invalid Context object provided: "
	given, err := document.Decode(v.Context)
	all, ok := given.(*document.Object)
	if err != nil || !ok {
		return invalid(prefix + "Context must be a JSON object")
	}
	for name, part := range all.All() {
		fields, known := contextFields[name]
		switch {
		case name == "Map":
			return invalid(prefix + "'Map' field is not supported when mocking a Context object")
		case !known:
			return invalid(prefix + "Field '" + name + "' is not allowed")
		case name == "Task" && (v.in.Task == nil || v.in.Task.Pattern == asl.RequestResponse):
			return invalid(prefix + "Context object contains 'Task' when state is not a Task state with a '.sync' or '.waitForTaskToken' service integration pattern")
		}
		if problem := badFields(name, part, fields); problem != "" {
			return invalid(prefix + problem)
		}
	}
	v.context = all
	return nil
}

// badFields says what is wrong with a member of a context object.
func badFields(name string, part any, fields map[string]string) string {
	o, ok := part.(*document.Object)
	if !ok {
		return name + " must be an object"
	}
	for key, value := range o.All() {
		want, known := fields[key]
		if !known {
			return "Field '" + key + "' is not allowed"
		}
		kind := document.KindOf(value)
		if want == "a string" && kind != document.String || want == "a number" && kind != document.Number {
			return name + "." + key + " must be " + want
		}
	}
	return ""
}

// missingTask is the error for a Task that nothing handles.
func (v *visit) missingTask() error {
	if v.in.Task == nil || v.Mock != nil || v.settings.registry.find(v.in.Task) != nil {
		return nil
	}
	known := []string{}
	if r := v.settings.registry; r != nil {
		r.mu.RLock()
		known = slices.Sorted(maps.Keys(r.handlers))
		r.mu.RUnlock()
	}
	return &Error{
		Name: machine.Runtime, fatal: true,
		Cause: fmt.Sprintf("nothing handles the resource %s: there are handlers for [%s]", v.in.Task.Resource, strings.Join(known, ", ")),
	}
}
