package flow_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/flowstone-go/flow"
)

// machineCase is a definition with an input and what comes of it: an output,
// or an error.
type machineCase struct {
	name   string
	states string // the States object
	start  string // "A" by default
	more   string // further fields of the definition
	in     string // "{}" by default
	out    string // JSON; empty: it fails
	err    string // "name: cause"
	trail  string // the types of the events, where it matters
	beside bool   // branches run side by side, so that their events come in any order
}

func (c *machineCase) definition() []byte {
	start := c.start
	if start == "" {
		start = "A"
	}
	return []byte(`{"StartAt": "` + start + `", ` + c.more + `"States": {` + c.states + `}}`)
}

// run runs the case under each driver, in virtual time; all have to agree.
func (c *machineCase) run(t *testing.T, opts ...flow.Option) {
	t.Helper()
	f, err := flow.Parse(c.definition(), flow.ParseName("machine"))
	if err != nil {
		t.Fatal(err)
	}
	text := c.in
	if text == "" {
		text = "{}"
	}
	var histories []string
	for _, driver := range []flow.Option{flow.Observe(func(flow.Event) {}), flow.Stepwise()} {
		synctest.Test(t, func(t *testing.T) {
			var in any
			if err := json.Unmarshal([]byte(text), &in); err != nil {
				t.Fatal(err)
			}
			var h flow.History
			out, err := f.Run(t.Context(), in, append([]flow.Option{driver, flow.Record(&h), flow.WithName("run")}, opts...)...)
			c.check(t, out, err)
			histories = append(histories, trailOf(&h))
		})
	}
	if !c.beside && histories[0] != histories[1] {
		t.Errorf("the drivers disagree:\n%s\n%s", histories[0], histories[1])
	}
	if c.trail != "" && histories[0] != c.trail {
		t.Errorf("events:\n got %s\nwant %s", histories[0], c.trail)
	}
}

func (c *machineCase) check(t *testing.T, out any, err error) {
	t.Helper()
	if c.out == "" {
		var e *flow.Error
		if !errors.As(err, &e) || e.Name+": "+e.Cause != c.err {
			t.Errorf("want the error %s\n got %v, %v", c.err, out, err)
		}
		return
	}
	if err != nil {
		t.Errorf("want %s\n got %v", c.out, err)
		return
	}
	got, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	if want := compact(t, c.out); string(got) != want {
		t.Errorf("want %s\n got %s", want, got)
	}
}

// compact writes JSON as encoding/json does.
func compact(t *testing.T, text string) string {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// trailOf lists the types of events with what each follows: "TaskScheduled<2".
func trailOf(h *flow.History) string {
	var all []string
	for _, e := range h.Events() {
		if e.ID > 0 {
			all = append(all, strings.TrimSuffix(e.Type, "State")+"<"+json.Number(itoa(e.Previous)).String())
		}
	}
	return strings.Join(all, " ")
}

func itoa(n int64) string {
	b, _ := json.Marshal(n)
	return string(b)
}

func runAll(t *testing.T, cases []machineCase, opts ...flow.Option) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { c.run(t, opts...) })
	}
}

const entered = "An error occurred while executing the state 'A' (entered at the event id #2). "

func TestParsedDataFlow(t *testing.T) {
	runAll(t, []machineCase{
		{name: "a Pass gives its input", states: `"A": {"Type": "Pass", "End": true}`, in: `{"a": [1, null, true]}`, out: `{"a": [1, null, true]}`},
		{
			name:   "null paths are empty objects",
			states: `"A": {"Type": "Pass", "InputPath": null, "Next": "B"}, "B": {"Type": "Pass", "Result": 7, "ResultPath": "$.seven", "OutputPath": null, "End": true}`,
			in:     `{"a": 1}`, out: `{}`,
		},
		{
			name:   "ResultPath puts into the raw input",
			states: `"A": {"Type": "Pass", "InputPath": "$.a", "Parameters": {"half.$": "$.b"}, "ResultPath": "$.x.y", "OutputPath": "$.x", "End": true}`,
			in:     `{"a": {"b": 2}, "x": {"z": 1}}`, out: `{"y": {"half": 2}, "z": 1}`,
		},
		{
			name:   "ResultPath null drops the result",
			states: `"A": {"Type": "Pass", "Result": {"r": 1}, "ResultPath": null, "End": true}`, in: `{"a": 1}`, out: `{"a": 1}`,
		},
		{
			name:   "a Result is no template",
			states: `"A": {"Type": "Pass", "Result": {"r.$": "$.a"}, "End": true}`, in: `{"a": 1}`, out: `{"r.$": "$.a"}`,
		},
		{
			name: "templates reach into arrays and call functions",
			states: `"A": {"Type": "Pass", "Parameters": {"list": [{"n.$": "$.n"}, "$.n"], "sum.$": "States.MathAdd($.n, 1)",
				"text.$": "States.Format('{}/{}', $$.Execution.Name, $.s)"}, "End": true}`,
			in: `{"n": 1, "s": "x"}`, out: `{"list": [{"n": 1}, "$.n"], "sum": 2, "text": "run/x"}`,
		},
		{
			name: "numbers keep their text", states: `"A": {"Type": "Pass", "Parameters": {"n.$": "$.n"}, "End": true}`,
			in: `{"n": 1e2}`, out: `{"n": 100}`,
		},
		{
			name:   "the context object",
			states: `"A": {"Type": "Pass", "Parameters": {"in.$": "$$.Execution.Input", "id.$": "$$.Execution.Id", "role.$": "$$.Execution.RoleArn", "m.$": "$$.StateMachine", "s.$": "$$.State", "r.$": "$$.Execution.RedriveCount", "t.$": "$$.Execution.StartTime"}, "End": true}`,
			in:     `{"a": 1}`,
			out: `{"in": {"a": 1}, "id": "arn:aws:states:us-east-1:123456789012:execution:machine:run", "role": "arn:aws:iam::123456789012:role/machine",
				"m": {"Id": "arn:aws:states:us-east-1:123456789012:stateMachine:machine", "Name": "machine"},
				"s": {"Name": "A", "EnteredTime": "2000-01-01T00:00:00.000Z"}, "r": 0, "t": "2000-01-01T00:00:00.000Z"}`,
		},
		{
			name: "a missing OutputPath", states: `"A": {"Type": "Pass", "OutputPath": "$.x", "End": true}`,
			err: "States.Runtime: " + entered + "Invalid path '$.x' : No results for path: $['x']",
		},
		{
			name: "a missing deep InputPath", states: `"A": {"Type": "Pass", "InputPath": "$.x.y.z", "End": true}`,
			err:   "States.Runtime: " + entered + "Invalid path '$.x.y.z' : Missing property in path $['x']",
			trail: "ExecutionStarted<0 PassStateEntered<0 ExecutionFailed<2",
		},
		{
			name: "a missing path in a template", states: `"A": {"Type": "Pass", "Parameters": {"v.$": "$.x"}, "End": true}`, in: `{"a": 1}`,
			err: "States.Runtime: " + entered + `The JSONPath '$.x' specified for the field 'v.$' could not be found in the input '{"a":1}'`,
		},
		{
			name:   "Succeed and its paths",
			states: `"A": {"Type": "Succeed", "InputPath": "$.a", "OutputPath": "$.b"}`, in: `{"a": {"b": 3}}`, out: `3`,
			trail: "ExecutionStarted<0 SucceedStateEntered<0 SucceedStateExited<2 ExecutionSucceeded<3",
		},
	})
}

func TestParsedJSONata(t *testing.T) {
	const lang = `"QueryLanguage": "JSONata", `
	runAll(t, []machineCase{
		{
			name: "Output holds expressions at any depth", more: lang,
			states: `"A": {"Type": "Pass", "Output": {"sum": "{% $sum($states.input.ns) %}", "list": [1, "{% $states.input.ns[0] %}"], "plain": " {% 1 %} "}, "End": true}`,
			in:     `{"ns": [1, 2, 3]}`, out: `{"sum": 6, "list": [1, 1], "plain": " {% 1 %} "}`,
		},
		{
			name:   "one state of a JSONPath machine",
			states: `"A": {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $states.context.State.Name %}", "Next": "B"}, "B": {"Type": "Pass", "Parameters": {"was.$": "$"}, "End": true}`,
			out:    `{"was": "A"}`,
		},
		{
			name: "nothing is an error", more: lang, states: `"A": {"Type": "Pass", "Output": {"x": "{% $states.input.no %}"}, "End": true}`,
			err:   "States.QueryEvaluationError: " + entered + "The JSONata expression '$states.input.no' specified for the field 'Output/x' returned nothing (undefined).",
			trail: "ExecutionStarted<0 PassStateEntered<0 EvaluationFailed<0 ExecutionFailed<3",
		},
		{
			name: "a function is no value", more: lang, states: `"A": {"Type": "Pass", "Output": "{% $sum %}", "End": true}`,
			err: "States.QueryEvaluationError: " + entered + "The JSONata expression '$sum' specified for the field 'Output' returned an unsupported result type.",
		},
		{
			name: "an error of an expression", more: lang, states: `"A": {"Type": "Pass", "Output": "{% $unknown() %}", "End": true}`,
			err: "States.QueryEvaluationError: " + entered + "The JSONata expression '$unknown()' specified for the field 'Output' threw an error during evaluation. T1006: Attempted to invoke a non-function",
		},
		{
			name: "text that is no base64", more: lang, states: `"A": {"Type": "Pass", "Output": "{% $base64decode('!') %}", "End": true}`,
			err: "States.QueryEvaluationError: " + entered + "The JSONata expression '$base64decode('!')' specified for the field 'Output' threw an internal error during evaluation.",
		},
		{
			name: "a Fail whose Error is an expression that fails", more: lang, states: `"A": {"Type": "Fail", "Error": "{% $states.input.no %}"}`,
			err:   "States.QueryEvaluationError: " + entered + "The JSONata expression '$states.input.no' specified for the field 'Error' returned nothing (undefined).",
			trail: "ExecutionStarted<0 FailStateEntered<0 EvaluationFailed<0 ExecutionFailed<3",
		},
	})
}

func TestParsedVariables(t *testing.T) {
	runAll(t, []machineCase{
		{
			name: "all are assigned at once, and seen by the next state",
			states: `"A": {"Type": "Pass", "Assign": {"x.$": "$.a", "y": 2}, "Next": "B"},
				"B": {"Type": "Pass", "Assign": {"x.$": "$y", "y.$": "$x"}, "Next": "C"},
				"C": {"Type": "Pass", "Parameters": {"x.$": "$x", "y.$": "$y"}, "End": true}`,
			in: `{"a": 1}`, out: `{"x": 2, "y": 1}`,
		},
		{
			name: "a Map's items see outer ones and keep their own to themselves",
			states: `"A": {"Type": "Pass", "Assign": {"k": 10}, "Result": [1, 2], "Next": "M"},
				"M": {"Type": "Map", "MaxConcurrency": 1, "ItemProcessor": {"StartAt": "I", "States": {
					"I": {"Type": "Pass", "Assign": {"own.$": "$"}, "Next": "J"},
					"J": {"Type": "Pass", "Parameters": {"s.$": "States.MathAdd($own, $k)"}, "End": true}}}, "End": true}`,
			out: `[{"s": 11}, {"s": 12}]`,
		},
		{
			name: "one that was never assigned", states: `"A": {"Type": "Pass", "Next": "B"}, "C": {"Type": "Pass", "Assign": {"v": 1}, "Next": "B"}, "B": {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $v %}", "Next": "D"}, "D": {"Type": "Choice", "Choices": [{"Variable": "$", "BooleanEquals": true, "Next": "C"}], "Default": "E"}, "E": {"Type": "Succeed"}`,
			err: "States.QueryEvaluationError: An error occurred while executing the state 'B' (entered at the event id #4). The JSONata expression '$v' specified for the field 'Output' returned nothing (undefined).",
		},
	})
}

func TestParsedChoice(t *testing.T) {
	ends := `, "Yes": {"Type": "Pass", "Result": "yes", "End": true}, "No": {"Type": "Pass", "Result": "no", "End": true}`
	rule := func(test string) string {
		return `"A": {"Type": "Choice", "Choices": [{` + test + `, "Next": "Yes"}], "Default": "No"}` + ends
	}
	runAll(t, []machineCase{
		{name: "a comparison", states: rule(`"Variable": "$.n", "NumericLessThanEquals": 3`), in: `{"n": 3}`, out: `"yes"`},
		{name: "another type is no error", states: rule(`"Variable": "$.n", "NumericEquals": 3`), in: `{"n": "3"}`, out: `"no"`},
		{name: "and, or, not", states: rule(`"And": [{"Not": {"Variable": "$.n", "IsString": true}}, {"Or": [{"Variable": "$.x", "IsPresent": true}, {"Variable": "$.n", "NumericGreaterThan": 2}]}]`), in: `{"n": 3}`, out: `"yes"`},
		{name: "against a path", states: rule(`"Variable": "$.n", "NumericEqualsPath": "$.m"`), in: `{"n": 3, "m": 3.0}`, out: `"yes"`},
		{
			name: "a missing variable", states: rule(`"Variable": "$.n", "NumericEquals": 3`),
			err: "States.Runtime: " + entered + "Invalid path '$.n': The choice state's condition path references an invalid value.",
		},
		{
			name: "no way out", states: `"A": {"Type": "Choice", "Choices": [{"Variable": "$", "IsString": true, "Next": "B"}]}, "B": {"Type": "Succeed"}`,
			err: "States.Runtime: " + entered + "Failed to transition out of the state. The state does not point to a next state.",
		},
		{
			name: "a Condition with what it assigns and puts out", more: `"QueryLanguage": "JSONata", `,
			states: `"A": {"Type": "Choice", "Choices": [{"Condition": "{% $states.input.n > 2 %}", "Assign": {"v": "{% $states.input.n * 2 %}"}, "Output": {"o": 1}, "Next": "E"}], "Default": "E"}, "E": {"Type": "Pass", "Output": {"in": "{% $states.input %}", "v": "{% $v %}"}, "End": true}`,
			in:     `{"n": 3}`, out: `{"in": {"o": 1}, "v": 6}`,
		},
		{
			name: "a Condition that is no boolean", more: `"QueryLanguage": "JSONata", `,
			states: `"A": {"Type": "Choice", "Choices": [{"Condition": "{% 1 %}", "Next": "E"}], "Default": "E"}, "E": {"Type": "Succeed"}`,
			err:    "States.QueryEvaluationError: " + entered + "The JSONata expression '1' specified for the field 'Choices[0]/Condition' returned an unexpected result type. Expected 'boolean', but was 'number' for value: 1",
		},
	})
}

func TestParsedWait(t *testing.T) {
	for _, c := range []struct {
		name, wait, in string
		took           time.Duration
	}{
		{"seconds", `"Seconds": 90`, `{}`, 90 * time.Second},
		{"seconds at a path", `"SecondsPath": "$.s"`, `{"s": 5}`, 5 * time.Second},
		{"a time", `"Timestamp": "2000-01-01T01:00:00+00:30"`, `{}`, 30 * time.Minute},
		{"a time at a path", `"TimestampPath": "$.t"`, `{"t": "2000-01-02T00:00:00.000Z"}`, 24 * time.Hour},
		{"a time that is past", `"Timestamp": "1999-01-01T00:00:00Z"`, `{}`, 0},
		{"an expression", `"QueryLanguage": "JSONata", "Seconds": "{% $states.input.s * 2 %}"`, `{"s": 5}`, 10 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := machineCase{states: `"A": {"Type": "Wait", ` + c.wait + `, "End": true}`, in: c.in, out: c.in}
			var took []time.Duration
			m.run(t, flow.Observe(func(e flow.Event) {
				if e.Type == "ExecutionSucceeded" {
					took = append(took, e.Time.Sub(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)))
				}
			}))
			if want := []time.Duration{c.took, c.took}; !slices.Equal(took, want) {
				t.Errorf("took %v, want %v", took, want)
			}
		})
	}
	runAll(t, []machineCase{
		{name: "no such path", states: `"A": {"Type": "Wait", "SecondsPath": "$.s", "End": true}`, err: "States.Runtime: " + entered + "The SecondsPath parameter does not reference an input value: $.s"},
		{name: "negative", states: `"A": {"Type": "Wait", "SecondsPath": "$.s", "End": true}`, in: `{"s": -1}`, err: "States.Runtime: " + entered + "The SecondsPath parameter references a negative value: $.s == -1"},
		{name: "no whole number", states: `"A": {"Type": "Wait", "SecondsPath": "$.s", "End": true}`, in: `{"s": 1.5}`, err: "States.Runtime: " + entered + "The SecondsPath parameter cannot be parsed as a long value: $.s == 1.5"},
		{name: "no time", states: `"A": {"Type": "Wait", "TimestampPath": "$.t", "End": true}`, in: `{"t": "soon"}`, err: "States.Runtime: " + entered + "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: $.t == soon"},
		{name: "too long", states: `"A": {"Type": "Wait", "Timestamp": "2070-01-01T00:00:00Z", "End": true}`, err: "States.Runtime: " + entered + "Wait state delay is too long."},
	})
}
