package flow

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/internal/states"
)

// writing writes one state.
type writing struct {
	*exporter
	st      *machine.State
	n       *lowered
	vars    renaming
	out     *states.State
	end     string // the Succeed state that ends the scope; empty where none is needed
	jsonata bool
}

// state fills in the state.
func (w *writing) state() {
	if w.needsJSONata() {
		w.jsonata = true
		w.out.QueryLanguage, w.out.Language = "JSONata", states.JSONata
	}
	switch w.kind() {
	case machine.Choice:
		w.choice()
		return
	case machine.Succeed:
		return
	case machine.Fail:
		w.fail()
		return
	case machine.Task:
		if w.n.stream != nil {
			w.wrong(w.n.spec, "use a Map", "a Stream")
			return
		}
		w.task()
	case machine.Wait:
		w.wait()
	case machine.Pass:
		if w.n.gives {
			w.input()
			w.output()
		}
	case machine.Parallel:
		w.parallel()
	case machine.Map:
		w.iterate()
	}
	w.assign()
	w.retries(w.n.retries)
	w.catches()
	if w.st.Next == machine.End {
		w.out.End = true
	} else {
		w.out.Next = w.nameOf(w.st.Next)
	}
}

func (w *writing) nameOf(i int32) string {
	if i == machine.End {
		return w.end
	}
	return w.names[w.st.Scope.States[i]]
}

// kind is the type that the state has in the definition: an Agent is a Task.
func (w *writing) kind() machine.Kind {
	if w.n.opening != nil {
		return machine.Task
	}
	return w.st.Kind
}

// called tells that the node is a Call, whose result is that of one branch.
func (w *writing) called() bool { return w.n.call != nil && w.n.opening == nil }

// works tells that the node does something of which the document is another
// thing than its result.
func (w *writing) works() bool {
	return w.st.Kind == machine.Task || w.st.Kind == machine.Parallel || w.st.Kind == machine.Map || w.n.gives
}

// needsJSONata tells whether JSONPath has no words for the state.
func (w *writing) needsJSONata() bool {
	n := w.n
	if n.from != nil && !w.readsByPath(n.from) || n.selects != nil && !w.selectsByPath(n.selects) {
		return true
	}
	if slices.ContainsFunc(n.assign, w.assignsByJSONata) {
		return true
	}
	switch w.st.Kind {
	case machine.Choice:
		for _, r := range n.rules {
			if conditionNeedsJSONata(r.when.export) {
				return true
			}
		}
	case machine.Wait:
		return n.wait.ref != nil && (n.wait.ref.hasOr || n.wait.ref.typ != timeType)
	case machine.Map:
		return n.iterator.size > 0 || n.iterator.items.hasOr
	case machine.Parallel:
		if n.call != nil {
			return w.called() && w.into() != nil
		}
		return !n.gathers && len(w.writes()) > 0
	}
	return false
}

func (w *writing) assignsByJSONata(a Assignment) bool {
	switch a.export.op {
	case "set":
		_, ok, _ := constantValue(a.export.value, false)
		return !ok
	case "SetFrom":
		r := a.export.refs[0]
		return r.hasOr || w.works() && r.source == fromDocument || w.called() && r.source == fromResult
	}
	return true
}

// into is where the result goes; nil where it replaces the document.
func (w *writing) into() *reference {
	if r := w.n.into; r != nil && !r.whole() {
		return r
	}
	return nil
}

// unsaid reports a value that has no JSON.
func (w *writing) unsaid(err error) {
	if err != nil {
		w.wrong(w.n.spec, "", "%v", err)
	}
}

// read spells a reference in JSONata.
func (w *writing) read(r *reference) string {
	text, err := w.vars.read(r)
	w.unsaid(err)
	return text
}

// input says what the work is given.
func (w *writing) input() {
	r := w.n.from
	switch {
	case w.n.recovers:
		w.out.InputPath = states.Of("$" + w.caughtBy(w.st))
	case r == nil || r.whole() && !r.hasOr:
	case w.jsonata && w.n.gives: // the output has it
	case w.jsonata:
		w.out.Arguments = expression(w.read(r))
	case r.source == fromConstant && w.n.gives:
		v, err := document.Canonical(r.constant)
		w.unsaid(err)
		w.out.Result = states.Of(v)
	case r.source == fromParts || r.source == fromConstant:
		w.out.Parameters = states.Of(w.templateOf(r))
	default:
		w.out.InputPath = states.Of(w.pathOf(r))
	}
}

// output says where the result goes.
func (w *writing) output() {
	switch into := w.into(); {
	case w.n.keeps && w.jsonata:
		w.out.Output = expression("$states.input")
	case w.n.keeps:
		w.out.ResultPath = states.Of(nil)
	case w.jsonata && into != nil:
		steps, _ := into.path.Steps()
		w.out.Output = expression(written("$states.input", steps, w.result()))
	case w.jsonata && w.result() != "$states.result":
		w.out.Output = expression(w.result())
	case into != nil:
		w.out.ResultPath = states.Of(w.pathOf(into))
	}
}

// result spells the result of the work in JSONata.
func (w *writing) result() string {
	switch {
	case w.n.gives:
		return w.read(w.n.from)
	case w.n.selects != nil:
		return w.selected()
	case w.called():
		return "$states.result[0]"
	}
	return "$states.result"
}

func (w *writing) task() {
	w.out.Resource = w.resourceOf(w.st.Path)
	w.input()
	if w.n.awaits {
		w.awaits()
	}
	if w.n.selects != nil && !w.jsonata {
		w.selects()
	}
	w.calls[w.out.Resource] = true
	w.callees[w.out.Name] = exportedCall{w.n}
	w.output()
	if w.n.timeout > 0 {
		w.out.TimeoutSeconds = w.seconds(w.n.spec, w.n.timeout, "Timeout")
	}
	if w.n.heartbeat > 0 {
		w.out.HeartbeatSeconds = w.seconds(w.n.spec, w.n.heartbeat, "Heartbeat")
	}
	if low := w.n.more; low != nil {
		for _, r := range low.readsRaw {
			if w.n.from != nil || r.source == fromVariable || r.hasOr {
				w.wrong(w.n.spec, "have a node before it put that into the document", "%s is read beside what the node is given", r)
			}
		}
	}
}

// awaits has the Task invoke a Lambda function with a token and wait for it. An
// activity is given one in any case; what an integration that waits is given
// says From, which has to pass on the token.
func (w *writing) awaits() {
	arn := w.out.Resource
	switch {
	case strings.Contains(arn, ":activity:"), strings.HasSuffix(arn, ".waitForTaskToken"):
		return
	case !strings.HasPrefix(arn, "arn:") || !strings.Contains(arn, ":lambda:"):
		w.wrong(w.n.spec, "call a Lambda function, an activity or an integration that ends in .waitForTaskToken", "a Callback by %s", arn)
	}
	w.out.Resource = "arn:aws:states:::lambda:invoke.waitForTaskToken"
	payload, token := document.ObjectOf(document.Field{Key: "input.$", Value: "$"}), document.Field{Key: "token.$", Value: "$$.Task.Token"}
	if w.jsonata {
		input := "{% $states.input %}"
		if text, ok := w.out.Arguments.Text(); ok {
			input = text
		}
		payload, token = document.ObjectOf(document.Field{Key: "input", Value: input}), document.Field{Key: "token", Value: "{% $states.context.Task.Token %}"}
	}
	payload.Set(token.Key, token.Value)
	arguments := states.Of(document.ObjectOf(document.Field{Key: "FunctionName", Value: arn}, document.Field{Key: "Payload", Value: payload}))
	if w.jsonata {
		w.out.Arguments = arguments
	} else {
		w.out.Parameters = arguments
	}
}

func (w *writing) fail() {
	if w.n.errName != "" {
		w.out.Error = states.Of(w.n.errName)
	}
	if w.n.cause != "" {
		w.out.Cause = states.Of(w.n.cause)
	}
}

func (w *writing) wait() {
	r := w.n.wait.ref
	switch {
	case r == nil && !w.n.wait.until.IsZero():
		w.out.Timestamp = states.Of(w.n.wait.until.UTC().Format(time.RFC3339Nano))
	case r == nil:
		w.out.Seconds = w.seconds(w.n.spec, w.n.wait.d, "Wait")
	case r.typ != timeType:
		w.out.Seconds = expression("$ceil(" + w.read(r) + " / 1000000000)") // documents have nanoseconds
	case w.jsonata:
		w.out.Timestamp = expression(w.read(r))
	default:
		w.out.TimestampPath = states.Of(w.pathOf(r))
	}
}

// assign writes the assignments of the state.
func (w *writing) assign() {
	if len(w.n.assign) == 0 {
		return
	}
	o := document.NewObject(len(w.n.assign))
	for _, a := range w.n.assign {
		name := w.vars.of(a.ref.name)
		switch r := refOrNil(a.export.refs); {
		case a.export.op == "set":
			v, _, err := constantValue(a.export.value, w.jsonata)
			w.unsaid(err)
			o.Set(name, v)
		case a.export.op == "add":
			d, err := literal(a.export.value)
			w.unsaid(err)
			o.Set(name, "{% $exists($"+name+") ? $"+name+" + "+d+" : "+d+" %}")
		case w.jsonata && r.source == fromResult:
			if !w.n.results() {
				w.wrong(w.n.spec, "read the document", "Result, of a node that has none")
			}
			steps, _ := r.path.Steps()
			o.Set(name, "{% "+w.result()+below(steps)+" %}")
		case w.jsonata:
			o.Set(name, "{% "+w.read(r)+" %}")
		default:
			o.Set(name+".$", w.pathOf(r))
		}
	}
	w.out.Assign = states.Of(o)
}

func refOrNil(refs []*reference) *reference {
	if len(refs) == 0 {
		return nil
	}
	return refs[0]
}

// retries writes the retriers, each with what its zero values mean where the
// States Language means something else by leaving them out.
func (w *writing) retries(list []Retry) {
	for _, r := range list {
		out := &states.Retrier{ErrorEquals: w.errorsOf(matcherOf(r.On), "Retry")}
		switch {
		case r.BackOff != nil:
			w.wrong(w.n.spec, "use Interval, BackoffRate and MaxDelay", "a BackOff function of a Retry")
		case r.Interval == NoDelay && !w.rounds:
			w.wrong(w.n.spec, "use a second, or ExportRounded", "a Retry with NoDelay: the least is a second")
		case r.Interval == NoDelay:
			out.IntervalSeconds = number(1)
		case r.Interval > 0:
			out.IntervalSeconds = w.seconds(w.n.spec, r.Interval, "Retry with an Interval")
		}
		switch {
		case r.MaxAttempts == Never:
			out.MaxAttempts = number(0)
		case r.MaxAttempts > 0:
			out.MaxAttempts = number(int64(min(r.MaxAttempts, 99_999_999)))
		}
		if r.BackoffRate != 0 {
			out.BackoffRate = states.Of(r.BackoffRate)
		}
		if r.MaxDelay > 0 {
			out.MaxDelaySeconds = w.seconds(w.n.spec, r.MaxDelay, "Retry with a MaxDelay")
		}
		if r.FullJitter {
			out.JitterStrategy = "FULL"
		}
		w.out.Retry = append(w.out.Retry, out)
	}
}

func matcherOf(on Matcher) *matcher {
	if on == nil {
		return &matcher{names: []string{machine.All}}
	}
	return on.matching()
}

// errorsOf gives the names that a matcher matches.
func (w *writing) errorsOf(m *matcher, what string) []string {
	names := append([]string{}, m.names...)
	for _, err := range m.errs {
		var named interface{ ErrorName() string }
		if errors.As(err, &named) && named.ErrorName() != "" && !strings.HasPrefix(named.ErrorName(), "States.") {
			names = append(names, named.ErrorName())
			continue
		}
		w.wrong(w.n.spec, "give it a method ErrorName() string", "%s on the Go error %q, which has no name", what, err)
	}
	return names
}

// catches writes the catchers. The document is as before the node, with the
// error where On(…).Into says; a Recover gets the error by a variable.
func (w *writing) catches() {
	for i, c := range w.n.catches {
		to := w.st.Catch[i].Next
		out := &states.Catcher{ErrorEquals: w.errorsOf(c.on, "Catch"), Next: w.nameOf(to)}
		switch {
		case w.jsonata && c.into != nil:
			steps, _ := c.into.path.Steps()
			out.Output = expression(written("$states.input", steps, "$states.errorOutput"))
		case w.jsonata:
			out.Output = expression("$states.input")
		case c.into != nil && !c.into.whole():
			out.ResultPath = states.Of(w.pathOf(c.into))
		case c.into == nil:
			out.ResultPath = states.Of(nil)
		}
		if to != machine.End {
			w.recovers(out, w.st.Scope.States[to])
		}
		w.out.Catch = append(w.out.Catch, out)
	}
}

// recovers hands the error to the function of a Recover.
func (w *writing) recovers(c *states.Catcher, handler *machine.State) {
	if !w.def.lowered[handler].recovers {
		return
	}
	key, value := w.caughtBy(handler)+".$", "$"
	if w.jsonata {
		key, value = w.caughtBy(handler), "{% $states.errorOutput %}"
	}
	c.Assign = states.Of(document.ObjectOf(document.Field{Key: key, Value: value}))
}

// caughtBy names the variable that the error for a Recover is in.
func (x *exporter) caughtBy(handler *machine.State) string {
	name, ok := x.caught[handler]
	if !ok {
		name = x.variable("caught")
		x.caught[handler] = name
	}
	return name
}
