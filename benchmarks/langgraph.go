package main

import (
	"context"
	"fmt"
	"time"

	"github.com/smallnest/langgraphgo/graph"
)

// compiled gives what is to be prepared of a graph of langgraphgo.
func compiled[S any](g *graph.StateGraph[S], loop func(func(context.Context) (S, error)) func(context.Context, int) (any, error), in func() S) func(context.Context) (func(context.Context, int) (any, error), error) {
	return func(context.Context) (func(context.Context, int) (any, error), error) {
		r, err := g.Compile()
		if err != nil {
			return nil, err
		}
		return loop(func(ctx context.Context) (S, error) { return r.Invoke(ctx, in()) }), nil
	}
}

func begun() doc { return first }

// langgraphLine is a graph of nodes in a line.
func langgraphLine[S any](nodes []func(context.Context, S) (S, error)) *graph.StateGraph[S] {
	g := graph.NewStateGraph[S]()
	g.SetEntryPoint("S0")
	for i, fn := range nodes {
		name, next := fmt.Sprintf("S%d", i), fmt.Sprintf("S%d", i+1)
		g.AddNode(name, name, fn)
		if i == len(nodes)-1 {
			next = graph.END
		}
		g.AddEdge(name, next)
	}
	return g
}

func langgraphChain() contender {
	return contender{name: "langgraphgo", prepare: compiled(langgraphLine(steps(10)), looping, begun)}
}

func langgraphFields() contender {
	nodes := make([]func(context.Context, map[string]any) (map[string]any, error), 10)
	for i := range nodes {
		k := fieldNames[i%8]
		nodes[i] = func(ctx context.Context, m map[string]any) (map[string]any, error) { return setField(ctx, k, m) }
	}
	return contender{name: "langgraphgo", note: "each node is given the whole map and changes it in place", prepare: compiled(langgraphLine(nodes), mapping, eight)}
}

func langgraphBranch() contender {
	g := langgraphLine(steps(3))
	g.AddNode("C", "a node, since an edge with a condition leaves one", func(_ context.Context, d doc) (doc, error) { return d, nil })
	g.SetEntryPoint("C")
	g.AddConditionalEdge("C", func(_ context.Context, d doc) string {
		if d.N > 1 {
			return graph.END
		}
		return "S0"
	})
	return contender{name: "langgraphgo", note: "the branch leaves a node that does nothing", prepare: compiled(g, looping, begun)}
}

func langgraphParallel() contender {
	g := graph.NewStateGraph[doc]()
	nodes := map[string]func(context.Context, doc) (doc, error){}
	for i := range 8 {
		nodes[fmt.Sprintf("B%d", i)] = func(ctx context.Context, d doc) (doc, error) { return d, nothing(ctx, d) }
	}
	g.AddParallelNodes("P", nodes, func(all []doc) doc { return all[0] })
	g.SetEntryPoint("P")
	g.AddEdge("P", graph.END)
	return contender{name: "langgraphgo", note: "branches give documents, and a function makes one of them", prepare: compiled(g, looping, begun)}
}

func langgraphRetry() contender {
	g := graph.NewStateGraph[doc]()
	g.AddNodeWithRetry("T", "fails twice", flaky(), &graph.RetryConfig{MaxAttempts: 3, InitialDelay: time.Duration(0), BackoffFactor: 1})
	g.SetEntryPoint("T")
	g.AddEdge("T", graph.END)
	return contender{name: "langgraphgo", note: "waits for a timer of no time", prepare: compiled(g, looping, begun)}
}
