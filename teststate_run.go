package flow

import (
	"bytes"
	"context"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/flowstone-go/flow/internal/asl"
	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/drive"
	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/internal/states"
)

// visit is the test of one state.
type visit struct {
	*StateTest
	settings  *settings
	in        *asl.Inspected
	simulated asl.Simulated
	input     any
	variables *document.Object
	context   *document.Object // nil: none is given
	notes     map[string]any
	tried     *machine.Failure // the last that a retrier was asked about
	refused   error            // what came up on the way and is the request's fault
}

func (v *visit) note(name string, value any) { v.notes[name] = value }

// longestTest is how long AWS lets the test of a state take.
const longestTest = 5 * time.Minute

// run visits the state.
func (v *visit) run(ctx context.Context) (*StateResult, error) {
	if err := v.missingTask(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, longestTest)
	defer cancel()
	f := machine.New(v.exec(), v.input)
	if v.variables.Len() > 0 {
		f.Vars = &machine.Vars{}
		for name, value := range v.variables.All() {
			f.Vars.Names, f.Vars.Values = append(f.Vars.Names, name), append(f.Vars.Values, value)
		}
	}
	if v.RetrierRetryCount > 0 {
		f.Tried(int32(v.RetrierRetryCount)) //nolint:gosec // it was bounded
	}
	v.watchRetries()
	v.note("input", v.input)
	op := machine.Next(f, machine.Completion{})
	for v.visiting(f, op) {
		c, err := v.answer(ctx, f, op)
		if err != nil {
			return nil, err
		}
		op = machine.Next(f, c)
	}
	if v.refused != nil {
		return nil, v.refused
	}
	return v.result(f, op)
}

// watchRetries has the failures seen that retriers are asked about.
func (v *visit) watchRetries() {
	st := v.in.State
	st.Retry = slices.Clone(st.Retry)
	for i := range st.Retry {
		match := st.Retry[i].Match
		st.Retry[i].Match = func(fail *machine.Failure) bool {
			v.tried = fail
			return match(fail)
		}
	}
}

// visiting tells whether the state is still at work.
func (v *visit) visiting(f *machine.Frame, op machine.Op) bool {
	switch {
	case op == machine.Done, op == machine.Broken, f.Visit > 0:
		return false
	}
	return f.Phase != machine.BackingOff
}

// answer does what the state asks for.
func (v *visit) answer(ctx context.Context, f *machine.Frame, op machine.Op) (machine.Completion, error) {
	switch op {
	case machine.Sleep:
		return machine.Completion{Answer: machine.Woke}, nil
	case machine.Children:
		return machine.Completion{Answer: machine.Joined}, nil
	case machine.Call:
		return v.work(ctx, f)
	}
	return machine.Completion{}, nil
}

// work does the work of a Task, or what the mock has in its place.
func (v *visit) work(ctx context.Context, f *machine.Frame) (machine.Completion, error) {
	if v.Mock != nil {
		if v.simulated.Fail != nil {
			return machine.Completion{Answer: machine.Raised, Fail: v.simulated.Fail}, nil
		}
		return v.returned(v.simulated.Result), nil
	}
	own := ctx
	if timeout, _ := f.Bounds(); timeout > 0 {
		var cancel context.CancelFunc
		own, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	value, err := v.settings.call(own, f, v.in.Task)
	switch {
	case err == nil:
		canonical, err := document.Canonical(value)
		if err != nil {
			return machine.Completion{Answer: machine.Raised, Fail: explainTask(f, err)}, nil
		}
		return v.returned(canonical), nil
	case own.Err() != nil && context.Cause(ctx) == context.Canceled: //nolint:errorlint // the caller's own
		return machine.Completion{}, context.Cause(ctx)
	case own.Err() != nil:
		return machine.Completion{Answer: machine.Raised, Fail: &machine.Failure{Name: machine.TimedOut, Timer: true}}, nil
	}
	if _, waits := err.(*drive.Pending); waits { //nolint:errorlint // a signal, never wrapped
		return machine.Completion{}, invalid("A Task that waits for a job or a token can be tested with a mock only")
	}
	return machine.Completion{Answer: machine.Raised, Fail: explainTask(f, err)}, nil
}

func (v *visit) returned(result any) machine.Completion {
	if v.in.Source.Language != states.JSONata {
		v.note("result", result)
	}
	return machine.Completion{Answer: machine.Returned, Value: result}
}

// exec is the execution that the state believes to be in.
func (v *visit) exec() *machine.Exec {
	id := v.settings.identity
	if id.Account == "" {
		id.Account = "123456789012"
	}
	if id.Region == "" {
		id.Region = "us-east-1"
	}
	if id.Machine == "" {
		id.Machine = randomUUID()
	}
	if id.Execution == "" {
		id.Execution = randomUUID()
	}
	place := "arn:aws:states:" + id.Region + ":" + id.Account + ":"
	run := &asl.Run{
		Ready: v.settings.ready, Call: v.settings.call, Storage: v.settings.storage, Limit: v.settings.payloadLimit,
		NoRedrives: true, Alone: true,
	}
	if v.context != nil {
		run.Context = v.context
	}
	if v.Mock != nil {
		run.Ready = nil
	}
	host := &visitHost{now: v.settings.drive.Now, float: v.settings.drive.Float64}
	return &machine.Exec{
		Machine: v.in.Machine, Host: host, Input: v.input, Observed: true, Log: machine.Counting(0),
		About: &machine.About{
			ID: place + "express:" + id.Machine + ":" + id.Execution, Name: id.Execution, Role: v.Role,
			MachineID: place + "stateMachine:" + id.Machine, Started: host.Now(), Data: run,
		},
	}
}

// result puts the answer together.
func (v *visit) result(f *machine.Frame, op machine.Op) (*StateResult, error) {
	r := &StateResult{Status: Succeeded}
	details := document.NewObject(2)
	fail := f.Err
	switch {
	case op == machine.Broken:
		r.Status = Failed
	case f.Phase == machine.BackingOff:
		r.Status = Retriable
	case fail != nil:
		r.Status = CaughtError
	}
	if r.Status != Succeeded {
		v.failed(f, r, details)
	}
	if r.Status == Succeeded || r.Status == CaughtError {
		out, err := v.text(f.Doc)
		if err != nil {
			return nil, err
		}
		r.Output = out
	}
	if f.Visit > 0 {
		r.NextState = f.Current().Name
	}
	return r, v.inspect(f, r, details)
}

// failed tells what the state failed with, and who took it.
func (v *visit) failed(f *machine.Frame, r *StateResult, details *document.Object) {
	st := v.in.State
	fail := f.Err
	if r.Status == Retriable {
		fail = v.tried
	}
	r.Error, r.Cause = fail.Name, fail.Cause
	if fail.Fatal || st.Kind == machine.Fail {
		return
	}
	for i := range st.Retry {
		if !st.Retry[i].Match(fail) {
			continue
		}
		details.Set("retryIndex", float64(i))
		if r.Status == Retriable {
			details.Set("retryBackoffIntervalSeconds", machine.Delay(&st.Retry[i], v.RetrierRetryCount).Seconds())
		}
		break
	}
	for i := range st.Catch {
		if r.Status == CaughtError && st.Catch[i].Match(fail) {
			details.Set("catchIndex", float64(i))
			break
		}
	}
}

// inspect puts down what the data was on the way.
func (v *visit) inspect(f *machine.Frame, r *StateResult, details *document.Object) error {
	if v.Level == "" || v.Level == InspectInfo {
		return nil
	}
	if details.Len() > 0 {
		v.note("errorDetails", details)
	}
	if f.Vars != nil {
		all := document.NewObject(len(f.Vars.Names))
		for i, name := range f.Vars.Names {
			all.Set(name, f.Vars.Values[i])
		}
		v.note("variables", all)
	}
	r.Inspection = make(map[string]json.RawMessage, len(v.notes))
	for name, value := range v.notes {
		text, err := v.text(value)
		if err != nil {
			return err
		}
		r.Inspection[name] = text
	}
	return nil
}

// text writes a document; the result of a mock stays as it was written.
func (v *visit) text(doc any) (json.RawMessage, error) {
	data, err := document.Encode(doc)
	if err != nil {
		return nil, err
	}
	if v.Mock != nil && v.Mock.Result != nil && document.Equal(doc, v.simulated.Result) {
		return json.RawMessage(bytes.TrimSpace(v.Mock.Result)), nil
	}
	return data, nil
}

// visitHost is what a tested state asks of its driver.
type visitHost struct {
	now   func() time.Time
	float func() float64
}

// Now is the present time.
func (h *visitHost) Now() time.Time {
	if h.now != nil {
		return h.now()
	}
	return time.Now()
}

// Float64 gives a random number in [0,1).
func (h *visitHost) Float64() float64 {
	if h.float != nil {
		return h.float()
	}
	return rand.Float64() //nolint:gosec // no secret
}

// Token makes a token that nobody answers.
func (*visitHost) Token(*machine.Frame) string { return randomUUID() }

// Forget has nothing to forget.
func (*visitHost) Forget(*machine.Frame) {}

// Spawn is never asked for: children are simulated.
func (*visitHost) Spawn(f *machine.Frame, _ *machine.Item) *machine.Exec { return f.Exec }

// MapRun names nothing.
func (*visitHost) MapRun(*machine.Frame) string { return "" }
