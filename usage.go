package flow

import (
	"maps"
	"sync"

	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/model"
)

// Usage counts the tokens of all models that the execution has asked up to now,
// failed attempts that gave an answer included.
func (e *Execution[Out]) Usage() model.Usage {
	var sum model.Usage
	for _, u := range e.UsageByState() {
		sum = sum.Add(u)
	}
	return sum
}

// UsageByState is Usage by the name of the state that asked: a Prompt, an Agent
// (with its tools), or a Task whose model is [Metered]. States that have asked
// nothing are not in it. The map is the caller's.
func (e *Execution[Out]) UsageByState() map[string]model.Usage {
	if e.never() != nil {
		return map[string]model.Usage{}
	}
	used := e.spentByState()
	for at := (machine.Cursor{}); ; {
		events, _, _ := e.x.Log.Read(&at)
		if len(events) == 0 {
			return used
		}
		for i := range events {
			if a, ok := events[i].Value.(*answered); ok {
				name := speaker(events[i].State)
				used[name] = used[name].Add(a.resp.Usage)
			}
		}
	}
}

// spent sums what models have used in the items of streams, by state.
type spent struct {
	mu    sync.Mutex
	usage map[string]model.Usage
}

func (s *spent) add(m *machine.Event) {
	if a, ok := m.Value.(*answered); ok {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.usage == nil {
			s.usage = map[string]model.Usage{}
		}
		name := speaker(m.State)
		s.usage[name] = s.usage[name].Add(a.resp.Usage)
	}
}

func (e *Execution[Out]) spentByState() map[string]model.Usage {
	out := map[string]model.Usage{}
	if e.rare != nil && e.rare.spent != nil {
		s := e.rare.spent
		s.mu.Lock()
		defer s.mu.Unlock()
		maps.Copy(out, s.usage)
	}
	return out
}
