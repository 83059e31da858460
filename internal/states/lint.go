package states

import (
	"fmt"
	"slices"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/jsonata"
	"github.com/flowstone-go/flow/internal/path"
)

// The codes of Lint. AWS has none of them.
const (
	LoopWithoutExit     Code = "LOOP_WITHOUT_EXIT"
	NeverMatches        Code = "NEVER_MATCHES"
	NeverChosen         Code = "NEVER_CHOSEN"
	UnknownError        Code = "UNKNOWN_ERROR"
	InvalidVariableName Code = "INVALID_VARIABLE_NAME"
	UnassignedVariable  Code = "UNASSIGNED_VARIABLE"
	MisplacedResult     Code = "MISPLACED_RESULT"
	MissingParameter    Code = "MISSING_PARAMETER"
	DistributedOnly     Code = "DISTRIBUTED_ONLY"
	NoCredentials       Code = "NO_CREDENTIALS"
)

// Lint gives what AWS creates a state machine with, although it can hardly be
// meant: loops without an exit, retriers, catchers and rules that nothing ever
// gets to, errors that do not exist, variables that nothing assigns, results
// before there are any, fields without effect, tasks without a parameter that they need or with
// credentials that they cannot use. Its diagnostics have the severity LINT. They suppose a definition that [Check] accepts.
func Lint(m *Machine) Diagnostics {
	l := &linter{}
	l.scope(&m.Scope, nil)
	return l.found
}

type linter struct{ found Diagnostics }

func (l *linter) report(pos Pos, code Code, format string, args ...any) {
	d := Diagnostic{Severity: Hint, Code: code, Message: fmt.Sprintf(format, args...), Location: pos.Location()}
	d.Line, d.Column = pos.LineColumn()
	l.found = append(l.found, d)
}

// visible are the variables that a scope and those around it assign.
type visible struct {
	outer *visible
	names map[string]bool
}

func (v *visible) has(name string) bool {
	for ; v != nil; v = v.outer {
		if v.names[name] {
			return true
		}
	}
	return false
}

func (l *linter) scope(s *Scope, outer *visible) {
	l.loops(s)
	known := &visible{outer, map[string]bool{}}
	for _, state := range s.States {
		for _, assign := range state.assigns() {
			for _, name := range assignedNames(assign) {
				known.names[name] = true
			}
		}
	}
	for _, state := range s.States {
		l.state(state, known)
		for _, inner := range state.Scopes() {
			if state.Processor.Distributed() {
				l.scope(inner, nil)
				continue
			}
			l.scope(inner, known)
		}
	}
}

func (l *linter) state(s *State, known *visible) {
	for _, assign := range s.assigns() {
		for _, name := range assignedNames(assign) {
			if !path.ValidName(name) {
				l.report(assign.Pos, InvalidVariableName, "'%s' is not a name that AWS takes for a variable", name)
			}
		}
	}
	for _, name := range referencesOf(s, known.has) {
		if !known.has(name) {
			l.report(s.Pos, UnassignedVariable, "No state assigns the variable '%s' where this one could see it", name)
		}
	}
	l.results(s)
	l.retriers(s)
	l.catchers(s)
	l.rules(s)
	l.parameters(s)
	if s.Type == Map && !s.Processor.Distributed() {
		for _, field := range s.distributedOnly() {
			l.report(s.Pos, DistributedOnly, "Field '%s' has no effect unless the mode is DISTRIBUTED", field)
		}
	}
}

// results reports $states.result where there is none.
func (l *linter) results(s *State) {
	if s.Language != JSONata {
		return
	}
	fields := inputFields(s)
	if s.Type != Task && s.Type != Parallel && s.Type != Map {
		fields = append(fields, resultFields(s)...)
	}
	for _, v := range fields {
		if v == nil {
			continue
		}
		eachExpression(v.V, func(e *jsonata.Expr) {
			if members, _ := e.States(); slices.Contains(members, "result") {
				l.report(v.Pos, MisplacedResult, "There is no $states.result here: only Output and Assign of a Task, Parallel or Map have it")
			}
		})
	}
}

func (s *State) distributedOnly() []string {
	var fields []string
	for _, f := range []struct {
		name string
		is   bool
	}{
		{"ItemReader", s.ItemReader != nil},
		{"ItemBatcher", s.ItemBatcher != nil},
		{"ResultWriter", s.ResultWriter != nil},
		{"Label", s.Label != ""},
		{"ToleratedFailureCount", s.ToleratedFailureCount != nil},
		{"ToleratedFailureCountPath", s.ToleratedFailureCountPath != nil},
		{"ToleratedFailurePercentage", s.ToleratedFailurePercentage != nil},
		{"ToleratedFailurePercentagePath", s.ToleratedFailurePercentagePath != nil},
	} {
		if f.is {
			fields = append(fields, f.name)
		}
	}
	return fields
}

// assigns gives the Assign fields of the state, its rules and its catchers.
func (s *State) assigns() []*Value {
	all := []*Value{s.Assign}
	for _, rule := range s.Choices {
		all = append(all, rule.Assign)
	}
	for _, catcher := range s.Catch {
		all = append(all, catcher.Assign)
	}
	return slices.DeleteFunc(all, func(v *Value) bool { return v == nil })
}

func assignedNames(assign *Value) []string {
	object, ok := assign.V.(*document.Object)
	if !ok {
		return nil
	}
	var names []string
	for key := range object.All() {
		names = append(names, strings.TrimSuffix(key, ".$"))
	}
	return names
}

// next gives the names of the states that a state can be left for.
func (s *State) next() []string {
	var names []string
	add := func(name string) {
		if name != "" {
			names = append(names, name)
		}
	}
	add(s.Next)
	add(s.Default)
	for _, rule := range s.Choices {
		add(rule.Next)
	}
	for _, catcher := range s.Catch {
		add(catcher.Next)
	}
	return names
}

// loops reports the states that run for ever once one is reached: no way leads
// from them to the end of their scope.
func (l *linter) loops(s *Scope) {
	comesFrom := map[string][]string{}
	ends := map[string]bool{}
	var queue []string
	for _, state := range s.States {
		for _, next := range state.next() {
			comesFrom[next] = append(comesFrom[next], state.Name)
		}
		if state.Terminal() {
			ends[state.Name] = true
			queue = append(queue, state.Name)
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		for _, name := range comesFrom[queue[0]] {
			if !ends[name] {
				ends[name] = true
				queue = append(queue, name)
			}
		}
	}
	var first *State
	var caught []string
	for _, state := range s.States {
		if !ends[state.Name] {
			if first == nil {
				first = state
			}
			caught = append(caught, state.Name)
		}
	}
	if first != nil {
		l.report(first.Pos, LoopWithoutExit, "No way leads to an end from: %s", strings.Join(caught, ", "))
	}
}
