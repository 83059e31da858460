package generate

import (
	"fmt"
	"strings"
	"time"

	"github.com/flowstone-go/flow/internal/path"
	"github.com/flowstone-go/flow/internal/states"
)

// state writes a state. next is the one that the list goes on with.
func (s *scoping) state(st *states.State, next string) string {
	if st.Language == states.JSONata {
		s.wrong(st.Pos, st.Name, "it is in JSONata")
		return ""
	}
	s.unsaid(st)
	switch st.Type {
	case states.Task:
		return s.task(st)
	case states.Pass:
		return s.pass(st)
	case states.Wait:
		return s.wait(st) + s.assign(st)
	case states.Choice:
		return s.choice(st, next)
	case states.Succeed:
		return fmt.Sprintf("flow.Succeed(%q)", st.Name)
	case states.Fail:
		return s.fail(st)
	case states.Parallel:
		return s.parallel(st)
	}
	return s.iterate(st)
}

// unsaid reports the fields that the builder has no words for.
func (s *scoping) unsaid(st *states.State) {
	for _, f := range []struct {
		name  string
		value *states.Value
	}{
		{"Credentials", st.Credentials},
		{"TimeoutSecondsPath", st.TimeoutSecondsPath},
		{"HeartbeatSecondsPath", st.HeartbeatSecondsPath},
		{"SecondsPath", st.SecondsPath},
		{"ErrorPath", st.ErrorPath},
		{"CausePath", st.CausePath},
		{"MaxConcurrencyPath", st.MaxConcurrencyPath},
		{"ToleratedFailureCount", st.ToleratedFailureCount},
		{"ToleratedFailureCountPath", st.ToleratedFailureCountPath},
		{"ToleratedFailurePercentage", st.ToleratedFailurePercentage},
		{"ToleratedFailurePercentagePath", st.ToleratedFailurePercentagePath},
	} {
		if f.value != nil {
			s.wrong(f.value.Pos, st.Name, "it has %s", f.name)
		}
	}
	if st.InputPath != nil && (st.Type == states.Choice || st.Type == states.Wait || st.Type == states.Succeed) {
		if text, _ := st.InputPath.Text(); text != "$" {
			s.wrong(st.InputPath.Pos, st.Name, "a %s with InputPath", st.Type)
		}
	}
	output, _ := st.OutputPath.Text()
	switch {
	case st.OutputPath != nil && output != "$" && (st.Type != states.Task || st.ResultPath != nil || st.ResultSelector != nil):
		s.wrong(st.OutputPath.Pos, st.Name, "it has OutputPath, and not as a Task without ResultPath and ResultSelector")
	case st.OutputPath.IsNull():
		s.wrong(st.OutputPath.Pos, st.Name, "its OutputPath is null")
	case st.ResultSelector != nil && (st.Type != states.Task || st.ResultPath.IsNull()):
		s.wrong(st.ResultSelector.Pos, st.Name, "it has ResultSelector, and not as a Task with a result")
	}
	if st.InputPath.IsNull() {
		s.wrong(st.InputPath.Pos, st.Name, "its InputPath is null")
	}
}

func (s *scoping) task(st *states.State) string {
	f := function{name: s.identifier(st.Name), state: st.Name, path: s.path + st.Name, resource: st.Resource}
	kept := st.ResultPath.IsNull()
	var b strings.Builder
	switch {
	case strings.HasSuffix(st.Resource, ".waitForTaskToken"):
		f.kind = askFunction
		fmt.Fprintf(&b, "flow.Callback[any](%q, %s)", st.Name, f.name)
		if kept {
			s.wrong(st.ResultPath.Pos, st.Name, "it waits for an answer and then drops it")
		}
	case kept:
		f.kind = doFunction
		fmt.Fprintf(&b, "flow.Do(%q, %s)", st.Name, f.name)
	default:
		fmt.Fprintf(&b, "flow.Task(%q, %s)", st.Name, f.name)
	}
	s.functions = append(s.functions, f)
	b.WriteString(s.from(st))
	if n, ok := st.TimeoutSeconds.Int(); ok {
		fmt.Fprintf(&b, ".Timeout(%s)", s.seconds(n))
	}
	if n, ok := st.HeartbeatSeconds.Int(); ok {
		fmt.Fprintf(&b, ".Heartbeat(%s)", s.seconds(n))
	}
	b.WriteString(s.retries(st) + s.catches(st) + s.assign(st))
	if !kept {
		b.WriteString(s.selects(st, f.kind) + s.into(st, "any"))
	}
	return b.String()
}

// selects writes what of a result counts.
func (s *scoping) selects(st *states.State, kind taskKind) string {
	text, _ := st.OutputPath.Text()
	switch whole := text == "" || text == "$"; {
	case whole && st.ResultSelector == nil:
		return ""
	case kind == askFunction:
		s.wrong(st.Pos, st.Name, "it selects from the answer that it waits for")
		return ""
	case whole:
		return ".Select(" + s.made(st, st.ResultSelector) + ")"
	}
	return ".Select(" + reference(text, "any") + ")"
}

// from writes what a node is given.
func (s *scoping) from(st *states.State) string {
	text, _ := st.InputPath.Text()
	whole := text == "" || text == "$"
	switch {
	case st.Parameters != nil && !whole:
		s.wrong(st.InputPath.Pos, st.Name, "it has both InputPath and Parameters")
	case st.Parameters != nil:
		return ".From(" + s.made(st, st.Parameters) + ")"
	case !whole:
		return ".From(" + reference(text, "any") + ")"
	}
	return ""
}

// into writes where the result goes; typ is the Go type of it.
func (s *scoping) into(st *states.State, typ string) string {
	if st.ResultPath.IsNull() && (st.Type == states.Map || st.Type == states.Parallel) {
		return ".Drop()"
	}
	text, ok := st.ResultPath.Text()
	if !ok || text == "$" {
		return ""
	}
	if _, err := path.CompileTarget(text); err != nil {
		s.wrong(st.ResultPath.Pos, st.Name, "its result goes to %s, which is no place in the document", text)
	}
	return fmt.Sprintf(".Into(flow.At[%s](%q))", typ, text)
}

func (s *scoping) pass(st *states.State) string {
	given := ""
	switch text, _ := st.InputPath.Text(); {
	case st.ResultPath.IsNull():
		s.wrong(st.ResultPath.Pos, st.Name, "a Pass that drops its result")
	case st.Result != nil && (st.InputPath != nil || st.Parameters != nil):
		s.wrong(st.Result.Pos, st.Name, "a Pass with a Result and other input")
	case st.Result != nil:
		given = fmt.Sprintf("flow.Const[any](%s)", s.literal(st.Result.V))
	case st.Parameters != nil:
		if text != "" && text != "$" {
			s.wrong(st.InputPath.Pos, st.Name, "it has both InputPath and Parameters")
		}
		given = s.made(st, st.Parameters)
	case text != "" && text != "$":
		given = reference(text, "any")
	case s.into(st, "any") != "":
		given = `flow.At[any]("$")`
	}
	if given == "" {
		return fmt.Sprintf("flow.Pass(%q)", st.Name) + s.assign(st)
	}
	return fmt.Sprintf("flow.Give(%q, %s)", st.Name, given) + s.into(st, "any") + s.assign(st)
}

func (s *scoping) wait(st *states.State) string {
	if n, ok := st.Seconds.Int(); ok {
		return fmt.Sprintf("flow.Wait(%q, %s)", st.Name, s.seconds(n))
	}
	if text, ok := st.TimestampPath.Text(); ok {
		s.times = true
		return fmt.Sprintf("flow.WaitUntil(%q, %s)", st.Name, reference(text, "time.Time"))
	}
	if st.SecondsPath != nil {
		return "" // reported
	}
	text, _ := st.Timestamp.Text()
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		s.wrong(st.Timestamp.Pos, st.Name, "its Timestamp is no time: %v", err)
		return ""
	}
	return fmt.Sprintf("flow.WaitUntilTime(%q, %s)", st.Name, s.date(at))
}

func (s *scoping) date(at time.Time) string {
	s.times = true
	at = at.UTC()
	return fmt.Sprintf("time.Date(%d, %d, %d, %d, %d, %d, %d, time.UTC)", at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), at.Nanosecond())
}

// seconds writes a time in the greatest unit that it is whole in.
func (g *generator) seconds(n int64) string {
	if n == 0 {
		return "0"
	}
	g.times = true
	for _, unit := range []struct {
		seconds int64
		name    string
	}{{3600, "Hour"}, {60, "Minute"}, {1, "Second"}} {
		switch {
		case n == unit.seconds:
			return "time." + unit.name
		case n%unit.seconds == 0:
			return fmt.Sprintf("%d*time.%s", n/unit.seconds, unit.name)
		}
	}
	return ""
}

func (s *scoping) fail(st *states.State) string {
	name, _ := st.Error.Text()
	cause, _ := st.Cause.Text()
	if strings.HasPrefix(name, "States.") {
		s.wrong(st.Error.Pos, st.Name, "it fails with the name %s, which belongs to the engine", name)
	}
	return fmt.Sprintf("flow.Fail(%q, %q, %q)", st.Name, name, cause)
}

func (s *scoping) parallel(st *states.State) string {
	var b strings.Builder
	fmt.Fprintf(&b, "flow.Gather[any](%q,", st.Name)
	for i, branch := range st.Branches {
		label := fmt.Sprintf("Branch %d", i+1)
		inner := s.generator.scope(branch, s.path+st.Name+"/"+label+"/")
		b.WriteString("\n")
		if branch.Comment != "" {
			b.WriteString(comment(branch.Comment))
		}
		fmt.Fprintf(&b, "flow.Branch(%q, %s),", label, inner.list())
	}
	b.WriteString("\n)" + s.from(st) + s.retries(st) + s.catches(st) + s.assign(st) + s.into(st, "[]any"))
	return b.String()
}
