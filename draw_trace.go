package flow

import (
	"strings"

	"github.com/flowstone-go/flow/internal/draw"
	"github.com/flowstone-go/flow/internal/machine"
)

// trace is what the events of executions tell about the states of a flow.
type trace struct {
	states map[*machine.State]*traced
	scopes map[*machine.Scope]bool // begun
}

// traced is how a state fared.
type traced struct {
	visits, retries         int
	done, caught, failed    int
	running                 int
	ways                    map[way]bool
	retriedWell, retriedNow bool
}

// way is a way out of a state that was taken.
type way struct {
	to    int32
	catch bool
}

// left is an exit whose next state is not known yet.
type left struct {
	state  *machine.State
	caught bool
}

func (t *trace) of(st *machine.State) *traced {
	if t.states[st] == nil {
		t.states[st] = &traced{ways: map[way]bool{}}
	}
	return t.states[st]
}

// traceOf reads events; nil for none of this machine.
func traceOf(m *machine.Machine, events []Event) *trace {
	t := &trace{states: map[*machine.State]*traced{}, scopes: map[*machine.Scope]bool{}}
	failing := map[string]bool{} // by path: the last attempt failed
	exits := map[int64]left{}
	known := false
	for i := range events {
		e := &events[i]
		if e.Type == "ExecutionStarted" { // ids begin anew
			t.settle(exits)
			failing, exits = map[string]bool{}, map[int64]left{}
		}
		st := stateOf(m, e)
		if st == nil {
			if strings.HasPrefix(e.Type, "Execution") && e.Error != nil {
				t.broke(m, e.Error.State)
			}
			continue
		}
		known = true
		s := t.of(st)
		switch {
		case e.Type == ModelReasked:
			failing[e.Path] = false
		case e.Type == RetryScheduled:
			s.retries++
			s.retriedNow = true
			failing[e.Path] = false
		case strings.HasSuffix(e.Type, "StateEntered"):
			s.visits++
			s.running++
			t.scopes[st.Scope] = true
			if from, ok := exits[e.Previous]; ok && from.state.Scope == st.Scope {
				t.of(from.state).ways[way{st.Index, from.caught}] = true
				delete(exits, e.Previous)
			}
			if st.Kind == machine.Fail {
				s.failed++
				s.running--
			}
		case strings.HasSuffix(e.Type, "StateExited"):
			s.running--
			caught := failing[e.Path]
			exits[e.ID] = left{st, caught}
			if caught {
				s.caught++
			} else {
				s.done++
				s.retriedWell = s.retriedWell || s.retriedNow
			}
			s.retriedNow, failing[e.Path] = false, false
		case e.Error != nil && !strings.HasPrefix(e.Type, "MapIteration"):
			failing[e.Path] = true
		}
	}
	if !known {
		return nil
	}
	t.settle(exits)
	for path, was := range failing {
		if was {
			t.broke(m, path)
		}
	}
	return t
}

// settle has the exits that no state followed lead to the end.
func (t *trace) settle(exits map[int64]left) {
	for _, from := range exits {
		t.of(from.state).ways[way{machine.End, from.caught}] = true
	}
}

// broke notes that an execution ended with the failure of a state.
func (t *trace) broke(m *machine.Machine, path string) {
	if st := find(m, path); st != nil {
		if s := t.of(st); s.running > 0 {
			s.running--
			s.failed++
		}
	}
}

// stateOf is the state of this machine that an event tells of.
func stateOf(m *machine.Machine, e *Event) *machine.State {
	if e.Path == "" {
		return nil
	}
	if e.source != nil && e.source.State != nil {
		st := e.source.State
		if st.Scope.ID < len(m.Scopes) && m.Scopes[st.Scope.ID] == st.Scope {
			return st
		}
	}
	return find(m, e.Path)
}

// find gives the state of a path, in which items of a Map may be numbered.
func find(m *machine.Machine, path string) *machine.State {
	for _, scope := range m.Scopes {
		for _, st := range scope.States {
			if st.Path == path || samePath(st.Path, path) {
				return st
			}
		}
	}
	return nil
}

// samePath tells that a path is that of a state but for numbers of items:
// "Each[3]/Resize" is "Each/Resize".
func samePath(state, path string) bool {
	for state != "" && path != "" {
		switch {
		case state[0] == path[0]:
			state, path = state[1:], path[1:]
			continue
		case path[0] != '[' || state[0] != '/':
			return false
		}
		end := strings.IndexByte(path, ']')
		if end < 2 || strings.Trim(path[1:end], "0123456789") != "" {
			return false
		}
		path = path[end+1:]
	}
	return state == path
}

// mark is the worst that befell a state.
func (t *trace) mark(st *machine.State) draw.Mark {
	s := t.states[st]
	switch {
	case s == nil || s.visits == 0:
		return draw.None
	case s.failed > 0:
		return draw.Failed
	case s.caught > 0:
		return draw.Caught
	case s.running > 0:
		return draw.Running
	case s.retriedWell:
		return draw.Retried
	}
	return draw.Done
}

func (t *trace) began(s *machine.Scope) bool { return t.scopes[s] }

// ways are the ways out of a state that were taken; the map is the caller's.
func (t *trace) ways(st *machine.State) map[way]bool {
	taken := map[way]bool{}
	if t != nil && t.states[st] != nil {
		for w := range t.states[st].ways {
			taken[w] = true
		}
	}
	return taken
}
