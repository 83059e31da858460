package flow

import (
	"context"
	"fmt"
	"maps"

	"github.com/flowstone-go/flow/internal/machine"
)

// StandIn has a function do the work of a node instead of its own, for tests and
// dry runs: of a Task, Do, Prompt or Callback, and of a Task of a parsed flow.
// The node is named as in the flow; where several have the name, all are meant,
// and the path ("Each/Resize") means one. What the function takes and gives need
// not be of the node's types, only of the same JSON. Retry, Catch and bounds of
// the node hold for the function; a node that awaits an answer is done when it
// returns.
//
// Run and Start fail with [ErrRuntime] where the flow has no such node.
func StandIn[In, Out any](node string, fn func(ctx context.Context, in In) (Out, error)) Option {
	callee := calling(fn)
	return option(func(s *settings) {
		if fn == nil {
			s.fail("StandIn(%q) without a function", node)
			return
		}
		s.standIns = maps.Clone(s.standIns)
		if s.standIns == nil {
			s.standIns = map[string]machine.Callee{}
		}
		s.standIns[node] = callee
		s.drive.StandIn = s.standInFor
	})
}

// standInFor gives what stands in for the work of a state; nil for nothing.
func (s *settings) standInFor(st *machine.State) machine.Callee {
	if c, ok := s.standIns[st.Path]; ok {
		return c
	}
	return s.standIns[st.Name]
}

// checkStandIns reports stand-ins for nodes that are not there.
func (s *settings) checkStandIns(m *machine.Machine) error {
	for name := range s.standIns {
		found, names := false, []string{}
		for _, scope := range m.Scopes {
			for _, st := range scope.States {
				if st.Work != nil {
					found = found || st.Name == name || st.Path == name
					names = append(names, st.Name)
				}
			}
		}
		if found {
			continue
		}
		cause := fmt.Sprintf("StandIn(%q): the flow has no such task", name)
		if near := nearest(name, names); near != "" {
			cause += fmt.Sprintf(" (did you mean %q?)", near)
		}
		return &Error{Name: machine.Runtime, Cause: cause, fatal: true}
	}
	return nil
}
