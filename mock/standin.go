package mock

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/internal/document"
)

// Override gives a flow in which a function does the work of a task or prompt
// instead of its own; see [flow.StandIn]. The flow itself stays as it is.
//
//	f = mock.Override(f, "Store", func(_ context.Context, r Record) (Receipt, error) { return Receipt{"r1"}, nil })
func Override[In, Out, A, B any](f *flow.Flow[A, B], node string, fn func(ctx context.Context, in In) (Out, error)) *flow.Flow[A, B] {
	return f.With(flow.StandIn(node, fn))
}

// TestCase gives a flow whose tasks do what a test case of a [Config] says, as
// Step Functions Local runs one. A task that the test case does not name does
// its real work. Attempts count each call of the state in an execution, retries
// and further visits alike. A call behind the last attempt of a response is an
// error of the name Mock.Unexpected, which no Retry and no Catch matches.
//
// A machine or a test case that is not there is an error; a state that is not
// there fails Run.
func TestCase[A, B any](f *flow.Flow[A, B], c *Config, machine, testCase string) (*flow.Flow[A, B], error) {
	if _, _, err := c.Lookup(machine, testCase, "", 0); err != nil {
		return nil, err
	}
	n := &counter{calls: map[string]int{}}
	var opts []flow.Option
	for _, state := range slices.Sorted(maps.Keys(c.machines[machine][testCase])) {
		opts = append(opts, flow.StandIn(state, func(ctx context.Context, _ any) (any, error) {
			where, _ := flow.StateOf(ctx)
			m, _, err := c.Lookup(machine, testCase, state, n.next(where.Execution+"\x00"+where.Path))
			switch {
			case err != nil:
				return nil, &scriptError{err.Error()}
			case m.Throws:
				return nil, &flow.Error{Name: m.Error, Cause: m.Cause}
			}
			v, err := document.Decode(m.Return)
			if err != nil {
				return nil, fmt.Errorf("mock configuration: %w", err)
			}
			return document.Plain(v)
		}))
	}
	return f.With(opts...), nil
}

// counter counts calls by execution and state.
type counter struct {
	mu    sync.Mutex
	calls map[string]int
}

// next gives the number of a call, from 0.
func (c *counter) next(key string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.calls[key]
	c.calls[key]++
	return n
}
