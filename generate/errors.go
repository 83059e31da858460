package generate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/states"
)

// sentinels are the names that the builder has values for.
var sentinels = map[string]string{
	"States.ALL": "ErrAll", "States.TaskFailed": "ErrTaskFailed", "States.Timeout": "ErrTimeout", "States.HeartbeatTimeout": "ErrHeartbeat",
	"States.DataLimitExceeded": "ErrDataLimit", "States.QueryEvaluationError": "ErrQuery", "States.Permissions": "ErrPermissions",
	"States.ExceedToleratedFailureThreshold": "ErrTolerance", "States.ItemReaderFailed": "ErrItemReader", "States.ResultWriterFailed": "ErrResultWriter",
	"States.NoChoiceMatched": "ErrNoChoice",
}

// matcher writes a list of names.
func (s *scoping) matcher(st *states.State, pos states.Pos, names []string) string {
	all := make([]string, len(names))
	for i, name := range names {
		if name == "States.Runtime" {
			s.wrong(pos, st.Name, "it retries or catches States.Runtime, which nothing can")
		}
		if sentinel, ok := sentinels[name]; ok {
			all[i] = "flow." + sentinel
		} else {
			all[i] = fmt.Sprintf("&flow.Error{Name: %q}", name)
		}
	}
	if len(all) == 1 {
		return all[0]
	}
	return "flow.On(" + strings.Join(all, ", ") + ")"
}

func (s *scoping) retries(st *states.State) string {
	if len(st.Retry) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(".\nRetry(")
	for _, r := range st.Retry {
		b.WriteString("\n")
		if r.Comment != "" {
			b.WriteString(comment(r.Comment))
		}
		fmt.Fprintf(&b, "flow.Retry{On: %s", s.matcher(st, r.Pos, r.ErrorEquals))
		if n, ok := r.IntervalSeconds.Int(); ok {
			fmt.Fprintf(&b, ", Interval: %s", s.seconds(n))
		}
		if n, ok := r.MaxAttempts.Int(); ok && n == 0 {
			b.WriteString(", MaxAttempts: flow.Never")
		} else if ok {
			fmt.Fprintf(&b, ", MaxAttempts: %d", n)
		}
		if r.BackoffRate != nil {
			fmt.Fprintf(&b, ", BackoffRate: %s", s.literal(r.BackoffRate.V))
		}
		if n, ok := r.MaxDelaySeconds.Int(); ok {
			fmt.Fprintf(&b, ", MaxDelay: %s", s.seconds(n))
		}
		if r.JitterStrategy == "FULL" {
			b.WriteString(", FullJitter: true")
		}
		b.WriteString("},")
	}
	return b.String() + "\n)"
}

// catches writes the catchers: each with the way that it takes, up to where
// that joins the others.
func (s *scoping) catches(st *states.State) string {
	var b strings.Builder
	for _, c := range st.Catch {
		if c.Assign != nil {
			s.wrong(c.Pos, st.Name, "a catcher with Assign")
		}
		on := s.matcher(st, c.Pos, c.ErrorEquals)
		switch text, ok := c.ResultPath.Text(); {
		case c.ResultPath.IsNull():
		case !ok:
			text = "$"
			fallthrough
		default:
			if !strings.HasPrefix(on, "flow.On(") {
				on = "flow.On(" + on + ")"
			}
			on += fmt.Sprintf(".Into(flow.At[*flow.Failure](%q))", text)
		}
		b.WriteString(".\n")
		if c.Comment != "" {
			b.WriteString(comment(c.Comment))
		}
		handler := s.sequence(c.Next, "", true)
		fmt.Fprintf(&b, "Catch(%s, %s)", on, handler.list())
	}
	return b.String()
}

// assign writes the assignments of a state.
func (s *scoping) assign(st *states.State) string {
	if st.Assign == nil {
		return ""
	}
	o, ok := st.Assign.V.(*document.Object)
	if !ok {
		return "" // Check has refused it
	}
	var b strings.Builder
	b.WriteString(".\nAssign(")
	for key, v := range o.All() {
		name, dynamic := strings.CutSuffix(key, ".$")
		text, isText := v.(string)
		switch {
		case !dynamic || !isText:
			if template, ok := v.(*document.Object); ok && hasPaths(template) {
				s.wrong(st.Assign.Pos, st.Name, "it assigns an object that is made of parts")
			}
			fmt.Fprintf(&b, "\nflow.Set(flow.Var[any](%q), any(%s)),", name, s.literal(v))
		case st.Type == states.Pass || st.Type == states.Wait, strings.HasPrefix(text, "$$"), text[1:] != "" && text[1] != '.' && text[1] != '[' && strings.HasPrefix(text, "$"):
			if st.Type == states.Pass && (st.Result != nil || st.Parameters != nil || st.InputPath != nil) {
				s.wrong(st.Assign.Pos, st.Name, "it assigns part of a value that it gives")
			}
			fmt.Fprintf(&b, "\nflow.SetFrom(flow.Var[any](%q), %s),", name, reference(text, "any"))
		case text == "$":
			fmt.Fprintf(&b, "\nflow.SetFrom(flow.Var[any](%q), flow.Result[any]()),", name)
		default:
			s.wrong(st.Assign.Pos, st.Name, "it assigns part of its result, %s", text)
		}
	}
	return b.String() + "\n)"
}

// hasPaths tells whether a template is more than a constant.
func hasPaths(v any) bool {
	switch v := v.(type) {
	case *document.Object:
		for key, member := range v.All() {
			if strings.HasSuffix(key, ".$") || hasPaths(member) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, hasPaths)
	}
	return false
}
