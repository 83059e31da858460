package main

import (
	"context"
	"fmt"
	"maps"

	"github.com/flowstone-go/flow"
)

var fieldNames = []string{"a", "b", "c", "d", "e", "f", "g", "h"}

// eight is a map-shaped state of eight fields.
func eight() map[string]any {
	return map[string]any{"a": 1.0, "b": 2.0, "c": 3.0, "d": 4.0, "e": 5.0, "f": 6.0, "g": 7.0, "h": 8.0}
}

func increment(_ context.Context, v float64) (float64, error) { return v + 1, nil }

// incremented is the state after ten nodes have incremented a field each.
func incremented() map[string]any {
	m := eight()
	for i := range 10 {
		k := fieldNames[i%8]
		x, _ := m[k].(float64)
		m[k] = x + 1
	}
	return m
}

// setField is a node that is given the whole state.
func setField(ctx context.Context, k string, state map[string]any) (map[string]any, error) {
	x, ok := state[k].(float64)
	if !ok {
		return nil, fmt.Errorf("the field %s is a %T", k, state[k])
	}
	y, err := increment(ctx, x)
	if err != nil {
		return nil, err
	}
	state[k] = y
	return state, nil
}

func setting(copying bool) func(ctx context.Context, n int) (any, error) {
	return func(ctx context.Context, n int) (any, error) {
		var state map[string]any
		for range n {
			state = eight()
			for i := range 10 {
				if err := ctx.Err(); err != nil {
					return nil, err
				}
				if copying {
					state = maps.Clone(state)
				}
				var err error
				if state, err = setField(ctx, fieldNames[i%8], state); err != nil {
					return nil, err
				}
			}
		}
		return state, nil
	}
}

func fields() workload {
	b := flow.New[map[string]any, map[string]any]("fields")
	for i := range 10 {
		ref := flow.At[float64]("$." + fieldNames[i%8])
		b.Then(flow.Task(fmt.Sprintf("S%d", i), increment).From(ref).Into(ref))
	}
	f := b.Must()
	return workload{
		letter: "b", title: "Ten nodes that each set one field of a map-shaped state of eight", want: incremented(), base: hand, most: 1,
		who: []contender{
			{name: hand, note: "a new map at each node, so that the state before it stays", prepare: ready(setting(true))},
			{name: "hand-written Go, in place", note: "the one map is changed: nothing could be tried again", prepare: ready(setting(false))},
			{name: ours, note: "From and Into on one field; the caller's map is not changed", prepare: ready(mapping(func(ctx context.Context) (map[string]any, error) { return f.Run(ctx, eight()) }))},
			einoFields(), genkitFields(), adkFields(), langgraphFields(), coinbaseFields(),
		},
	}
}
