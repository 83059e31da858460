// Package aslsuite runs the ASL conformance cases: recordings of what AWS Step
// Functions did with a state machine.
//
// It reads the cases, puts stand-ins in the place of the services that they
// call, and compares an engine's answer, given as the API gives it, with the
// recording. The engine itself is behind [Engine].
package aslsuite

import (
	"fmt"
	"time"

	"github.com/flowstone-go/flow/cmd/conform/internal/compare"
	"github.com/flowstone-go/flow/internal/document"
)

// The kinds of cases.
const (
	KindExecution          = "execution"
	KindTestState          = "test-state"
	KindCreate             = "create"
	KindValidate           = "validate"
	KindStart              = "start"
	KindVariableReferences = "variable-references"
	KindMapRun             = "map-run"
)

// Case is one conformance case. Values are documents; where a member may be
// absent and its zero value is a value of its own, a Has field tells.
type Case struct {
	Name string
	Area string
	Kind string
	// Problem is why the case can't be read; nil if it could.
	Problem error

	// Express tells that the workflow is an Express one, and Synchronous that
	// it was run by StartSyncExecution.
	Express, Synchronous bool

	// Definition is the text of the definition under test.
	Definition string
	// Input is the text of the input, "" if none was given and HasInput is false.
	Input    string
	HasInput bool

	// Start is when the execution starts; AsOf is when AWS gave the answer.
	Start, AsOf time.Time

	Expect       *document.Object
	History      []any
	HasHistory   bool
	HistoryOrder string
	Logs         *document.Object // nil where no logs were recorded
	Placeholders *compare.Placeholders

	Tasks     []Task
	Calls     []Call
	Objects   []Object
	Machines  []Machine
	Workers   map[string]string // of activities, by ARN; "" has no name
	Needs     []string
	Actions   []any
	TestState TestState
}

// Given is the input that the recording says the execution was given; ok is
// false where it does not. A case whose own input is another one was written
// down wrongly.
func (c *Case) Given() (v any, ok bool) {
	if len(c.History) == 0 {
		return nil, false
	}
	return document.Member(get(c.History[0], "executionStartedEventDetails"), "input")
}

// TestState is what the TestState API was given beside the definition.
type TestState struct {
	StateName       string
	InspectionLevel string
	Mock            *document.Object // nil if there is none
	Context         string           // "" if none was given
	Variables       string           // "" if none were given
	Configuration   *document.Object // nil if there is none
	RevealSecrets   bool
	RoleGiven       bool
}

// Task is what a Lambda function of a case does.
type Task struct {
	Resource  string // ARN
	Function  string // name
	Behaviour *document.Object
}

// Call is one recorded attempt of a task.
type Call struct {
	State      string
	Resource   string
	Parameters any // what it was given
	Submitted  any // the answer to the request, where the task waited afterwards
	Output     any

	HasSubmitted, HasOutput bool
	Failed                  *document.Object // nil if it did not fail
	TimedOut                bool
	Unfinished              bool
}

// Object is an object in S3.
type Object struct{ Bucket, Key, Body string }

// Machine is another state machine that a case starts.
type Machine struct {
	ARN        string
	Definition string
}

// recorded is how the cases write the time of a recording.
const recorded = "02-01-2006, 15:04:05"

// parse reads one case.
func parse(v any) (*Case, error) {
	o, ok := v.(*document.Object)
	if !ok {
		return nil, fmt.Errorf("a case is an object, not %s", document.KindOf(v))
	}
	f := fields{object: o}
	c := &Case{
		Name: f.str("name"), Area: f.str("area"), Kind: f.str("kind"),
		Express:      f.str("workflow_type") == "EXPRESS",
		Expect:       f.obj("expect"),
		HistoryOrder: f.str("history_order"),
		Logs:         f.obj("logs"),
		Placeholders: compare.NewPlaceholders(f.strings("placeholders")),
		Needs:        f.strings("needs"),
		Actions:      f.list("actions"),
	}
	c.Synchronous = c.Express && synchronous(c.Name)
	c.Definition = f.text("definition_text", "definition")
	c.Input, c.HasInput = f.given("input_text", "input")
	c.History, c.HasHistory = f.list("history"), f.has("history")
	c.AsOf, c.Start = f.times()
	f.tasks(c)
	f.calls(c)
	f.resources(c)
	c.TestState = TestState{
		StateName: f.str("state_name"), InspectionLevel: f.str("inspection_level"),
		Mock: f.obj("mock"), Context: f.str("context_text"), Variables: f.str("variables_text"),
		Configuration: f.obj("state_configuration"),
		RevealSecrets: f.flag("reveal_secrets"), RoleGiven: f.flag("role_given"),
	}
	switch {
	case c.Name == "":
		return nil, fmt.Errorf("a case without a name")
	case c.Expect == nil:
		return nil, fmt.Errorf("case %s: nothing is expected", c.Name)
	case f.err != nil:
		return nil, fmt.Errorf("case %s: %w", c.Name, f.err)
	}
	return c, nil
}
