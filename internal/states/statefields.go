package states

import (
	"unicode/utf8"

	"github.com/flowstone-go/flow/internal/document"
)

var queryLanguage = field{both, oneOf("JSONPath", "JSONata")}

var comment = field{both, str}

// ofAll are the fields of every state.
var ofAll = fields{
	"Type":          {both, str},
	"Comment":       comment,
	"QueryLanguage": queryLanguage,
}

// The tables of fields. They are filled in by init, since states hold scopes
// and scopes hold states, and rules hold rules.
var (
	stateFields     map[Type]fields // of each type of state
	scopeFields     fields
	processorFields fields
	iteratorFields  fields // the older form: its ProcessorConfig is not judged
	innerFields     fields // of a rule inside And, Or and Not
	topFields       fields // of an element of Choices
)

func init() {
	scopeFields = fields{
		"Comment": comment,
		"StartAt": {both, str},
		"States":  {both, scopeStates},
	}
	processorFields = scopeFields.with(fields{"ProcessorConfig": {both, processorConfig}})
	iteratorFields = scopeFields.with(fields{"ProcessorConfig": {both, anything}})
	innerFields = innerRuleFields()
	topFields = innerFields.with(topRuleFields)
	stateFields = fieldsOfStates()
}

func fieldsOfStates() map[Type]fields {
	next := fields{"Next": {both, str}, "End": {both, boolean}}
	inOut := fields{"InputPath": {pathOnly, inputPath}, "OutputPath": {pathOnly, inputPath}, "Output": {jsonataOnly, expressions}}
	assign := fields{"Assign": {both, assignment}}
	parameters := fields{"Parameters": {pathOnly, template}}
	result := fields{"ResultPath": {pathOnly, resultPath}}
	work := fields{
		"ResultSelector": {pathOnly, template},
		"Retry":          {both, retriers},
		"Catch":          {both, catchers},
	}
	moving := ofAll.with(next).with(inOut).with(assign)
	working := moving.with(parameters).with(result).with(work)
	return map[Type]fields{
		Pass:     moving.with(parameters).with(result).with(fields{"Result": {pathOnly, passResult}}),
		Task:     working.with(taskFields),
		Parallel: working.with(fields{"Branches": {both, filled(branch)}, "Arguments": {jsonataOnly, expressions}}),
		Map:      working.with(mapFields()),
		Wait: moving.with(fields{
			"Seconds":       {both, whole(0, maxSeconds)},
			"SecondsPath":   {pathOnly, referencePath},
			"Timestamp":     {both, timestamp},
			"TimestampPath": {pathOnly, referencePath},
		}),
		Choice: ofAll.with(inOut).with(assign).with(fields{
			"Choices": {both, filled(topRule)},
			"Default": {both, str},
		}),
		Succeed: ofAll.with(inOut),
		Fail: ofAll.with(fields{
			"Error":     {both, failText},
			"ErrorPath": {pathOnly, failPath},
			"Cause":     {both, failText},
			"CausePath": {pathOnly, failPath},
		}),
	}
}

var taskFields = fields{
	"Resource":             {both, taskResource},
	"Arguments":            {jsonataOnly, expressions},
	"Credentials":          {both, credentials},
	"TimeoutSeconds":       {both, whole(1, maxSeconds)},
	"TimeoutSecondsPath":   {pathOnly, referencePath},
	"HeartbeatSeconds":     {both, whole(1, maxSeconds)},
	"HeartbeatSecondsPath": {pathOnly, referencePath},
}

// machine checks the whole definition.
func (c *checker) machine(n *node, express bool) {
	p := place{language: c.language, express: express}
	known := fields{
		"Comment":        comment,
		"QueryLanguage":  queryLanguage,
		"Version":        {both, oneOf("1.0")},
		"TimeoutSeconds": {both, literal(1, maxSeconds)},
		"StartAt":        {both, str},
		"States":         {both, scopeStates},
	}
	c.object(n, known, p, "States", "StartAt")
	c.transitions(n)
	c.names(n)
}

func branch(c *checker, n *node, p place) {
	c.object(n, scopeFields, place{language: c.language, express: p.express}, "States", "StartAt")
}

func scopeStates(c *checker, n *node, p place) {
	if !c.is(n, document.ObjectKind) {
		return
	}
	if len(n.items) == 0 {
		c.fail(n, "Value cannot be empty")
	}
	for _, item := range n.items {
		c.state(item, place{language: c.language, express: p.express})
	}
}

func (c *checker) state(n *node, p place) {
	if length := utf8.RuneCountInString(n.key); length == 0 || length > 80 {
		c.failCode(n, InvalidStateName, "The name of a state must have between 1 and 80 characters")
	}
	if !c.is(n, document.ObjectKind) {
		return
	}
	p.language = languageOf(n, c.language)
	if c.language == JSONata && p.language == JSONPath {
		p.free = true
		c.fail(n, "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine")
	}
	kind := n.get("Type")
	if kind == nil {
		c.fail(n, "These fields are required: [Type]")
		return
	}
	p.state = Type(kind.str())
	known, ok := stateFields[p.state]
	if !ok {
		c.fail(kind, "The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map]")
		return
	}
	p.foreign = otherURI.MatchString(text(n, "Resource"))
	c.object(n, known, p, requiredOf[p.state]...)
	c.together(n, p)
}

var requiredOf = map[Type][]string{
	Task:     {"Resource"},
	Choice:   {"Choices"},
	Parallel: {"Branches"},
}

// together checks what fields of one state demand of each other.
func (c *checker) together(n *node, p place) {
	if _, ok := stateFields[p.state]["End"]; ok {
		c.nextOrEnd(n)
	}
	switch p.state {
	case Task:
		c.atMostOne(n, "TimeoutSeconds", "TimeoutSecondsPath")
		c.atMostOne(n, "HeartbeatSeconds", "HeartbeatSecondsPath")
		c.heartbeat(n)
		c.taskParameters(n, p)
	case Wait:
		c.exactlyOne(n, "Seconds", "SecondsPath", "Timestamp", "TimestampPath")
	case Fail:
		c.atMostOne(n, "Error", "ErrorPath")
		c.atMostOne(n, "Cause", "CausePath")
	case Map:
		c.mapTogether(n, p)
	}
}

// nextOrEnd wants a Next or an End that is true, and not both.
func (c *checker) nextOrEnd(n *node) {
	end := n.get("End")
	ends := end != nil && end.scalar == true
	switch next := n.get("Next"); {
	case next == nil && !ends:
		c.fail(n, "Exactly one of these fields is required: [Next, End]")
	case next != nil && ends:
		c.fail(n, "Only one of these fields can be set: [Next, End]")
	}
}

// heartbeat wants the heartbeat below the timeout where both are constant.
func (c *checker) heartbeat(n *node) {
	timeout, beat := n.get("TimeoutSeconds"), n.get("HeartbeatSeconds")
	if timeout == nil || beat == nil {
		return
	}
	t, ok := document.Integer(timeout.scalar)
	b, ok2 := document.Integer(beat.scalar)
	if ok && ok2 && b >= t {
		c.fail(beat, "HeartbeatSeconds must be smaller than TimeoutSeconds")
	}
}

// failText takes the Error or Cause of a Fail.
func failText(c *checker, n *node, p place) {
	if !c.is(n, document.String) {
		return
	}
	if p.language == JSONata {
		c.expression(n, p)
		return
	}
	c.warnOfPath(n)
}

// passResult takes anything, and warns of what will stay as it is written.
func passResult(c *checker, n *node, _ place) {
	if dynamic := findDynamic(n); dynamic != nil {
		c.warn(dynamic, PassResultIsStatic, "The Result of a Pass state is used as it stands: '%s' is not evaluated", dynamic.str())
	}
}
