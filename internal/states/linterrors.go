package states

import (
	"slices"
	"strings"
)

// raised are the names of the States family that AWS reports, or takes in an
// ErrorEquals.
var raised = []string{
	"States.ALL", "States.TaskFailed", "States.Timeout", "States.HeartbeatTimeout", "States.Permissions",
	"States.DataLimitExceeded", "States.QueryEvaluationError", "States.ExceedToleratedFailureThreshold",
	"States.ItemReaderFailed", "States.ResultWriterFailed", "States.Http.Socket",
}

// specified are the names that the specification has and AWS does not report:
// it fails with States.Runtime or with the error of the branch.
var specified = []string{
	"States.BranchFailed", "States.NoChoiceMatched", "States.ParameterPathFailure", "States.IntrinsicFailure",
	"States.ResultPathMatchFailure",
}

// outsideTaskFailed are the errors that States.TaskFailed does not stand for.
var outsideTaskFailed = []string{"States.Timeout", "States.HeartbeatTimeout", "States.QueryEvaluationError", "States.ALL"}

func (l *linter) retriers(s *State) {
	var before []string
	for _, r := range s.Retry {
		l.errorNames(s, r.Pos, r.ErrorEquals)
		l.taken(r.Pos, "retrier", before, r.ErrorEquals)
		before = append(before, r.ErrorEquals...)
	}
}

func (l *linter) catchers(s *State) {
	var before []string
	for _, c := range s.Catch {
		l.errorNames(s, c.Pos, c.ErrorEquals)
		l.taken(c.Pos, "catcher", before, c.ErrorEquals)
		before = append(before, c.ErrorEquals...)
	}
}

// taken reports a retrier or catcher all of whose errors an earlier one takes.
func (l *linter) taken(pos Pos, what string, before, names []string) {
	if len(names) == 0 {
		return
	}
	for _, name := range names {
		if !covers(before, name) {
			return
		}
	}
	l.report(pos, NeverMatches, "This %s can never match: those before it take %s", what, strings.Join(names, ", "))
}

func covers(before []string, name string) bool {
	return slices.Contains(before, name) || slices.Contains(before, "States.ALL") ||
		slices.Contains(before, "States.TaskFailed") && !slices.Contains(outsideTaskFailed, name) ||
		slices.Contains(before, "States.Timeout") && name == "States.HeartbeatTimeout"
}

// errorNames reports names that no error of the state can have.
func (l *linter) errorNames(s *State, pos Pos, names []string) {
	for _, name := range names {
		switch {
		case name == "States.Runtime":
			l.report(pos, NeverMatches, "States.Runtime is never retried and never caught")
		case slices.Contains(specified, name):
			l.report(pos, NeverMatches, "AWS does not report %s: the state fails with States.Runtime or the error of what failed inside", name)
		case name == "States.HeartbeatTimeout" && s.Type == Task && s.HeartbeatSeconds == nil && s.HeartbeatSecondsPath == nil:
			l.report(pos, NeverMatches, "States.HeartbeatTimeout needs HeartbeatSeconds")
		case strings.HasPrefix(name, "States.") && !slices.Contains(raised, name) && !strings.HasPrefix(name, "States.Http.StatusCode."):
			l.report(pos, UnknownError, "There is no error %s; names that begin with States. are reserved", name)
		}
	}
}

// rules reports the rules below one that always holds.
func (l *linter) rules(s *State) {
	for i, rule := range s.Choices {
		if rule.Condition == nil || i == len(s.Choices)-1 {
			continue
		}
		expression, _ := rule.Condition.Expression()
		if rule.Condition.V == true || expression == "true" {
			l.report(s.Choices[i+1].Pos, NeverChosen, "This rule is never looked at: the condition before it always holds")
			return
		}
	}
}
