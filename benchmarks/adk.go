package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"sync/atomic"

	"google.golang.org/adk/v2/agent"
	"google.golang.org/adk/v2/agent/workflowagent"
	"google.golang.org/adk/v2/runner"
	"google.golang.org/adk/v2/session"
	"google.golang.org/adk/v2/workflow"
	"google.golang.org/genai"
)

const sessions = "each run has a session of its own in memory, made and deleted; the input is a message"

// adkApp is a workflow as its documents run one: as an agent of a runner.
type adkApp struct {
	runner   *runner.Runner
	sessions session.Service
	named    atomic.Int64
}

func newADK(name string, edges []workflow.Edge) (*adkApp, error) {
	a, err := workflowagent.New(workflowagent.Config{Name: name, Edges: edges})
	if err != nil {
		return nil, err
	}
	return newADKApp(a)
}

func newADKApp(a agent.Agent) (*adkApp, error) {
	app := &adkApp{sessions: session.InMemoryService()}
	var err error
	app.runner, err = runner.New(runner.Config{AppName: "bench", Agent: a, SessionService: app.sessions})
	return app, err
}

// run gives the last output of a workflow.
func (a *adkApp) run(ctx context.Context, text string) (out any, err error) {
	id := strconv.FormatInt(a.named.Add(1), 10)
	if _, err := a.sessions.Create(ctx, &session.CreateRequest{AppName: "bench", UserID: "u", SessionID: id}); err != nil {
		return nil, err
	}
	for e, err := range a.runner.Run(ctx, "u", id, genai.NewContentFromText(text, genai.RoleUser), agent.RunConfig{}) {
		switch {
		case err != nil:
			return nil, err
		case e.Output != nil:
			out = e.Output
		case e.Content != nil && len(e.Content.Parts) > 0:
			out = e.Content.Parts[0].Text
		}
	}
	return out, a.sessions.Delete(ctx, &session.DeleteRequest{AppName: "bench", UserID: "u", SessionID: id})
}

// remade makes a T of an output, which may be the T or its JSON.
func remade[T any](v any) (T, error) {
	if t, ok := v.(T); ok {
		return t, nil
	}
	var t T
	data, err := json.Marshal(v)
	if err != nil {
		return t, err
	}
	return t, json.Unmarshal(data, &t)
}

// adk is a contender that runs the workflow of some edges over a text.
func adk[T any](name, note, text string, edges func() ([]workflow.Edge, error)) contender {
	return contender{name: "adk-go workflow", note: note, prepare: func(context.Context) (func(context.Context, int) (any, error), error) {
		list, err := edges()
		if err != nil {
			return nil, err
		}
		app, err := newADK(name, list)
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context, n int) (any, error) {
			var out any
			for range n {
				var err error
				if out, err = app.run(ctx, text); err != nil {
					return nil, err
				}
			}
			return remade[T](out)
		}, nil
	}}
}

// adkSteps are n nodes in a line.
func adkSteps(n int) []workflow.Node {
	nodes := make([]workflow.Node, n)
	for i := range nodes {
		nodes[i] = workflow.NewFunctionNode(fmt.Sprintf("S%d", i), func(ctx agent.Context, d doc) (doc, error) { return step(ctx, d) }, workflow.NodeConfig{})
	}
	return nodes
}

// adkOpening makes the document of the message: the first of the nodes.
func adkOpening(ctx agent.Context, text string) (doc, error) {
	return step(ctx, doc{ID: text, N: 1})
}

func adkTen() ([]workflow.Edge, error) {
	nodes := adkSteps(10)
	nodes[0] = workflow.NewFunctionNode("S0", adkOpening, workflow.NodeConfig{})
	return workflow.Chain(append([]workflow.Node{workflow.Start}, nodes...)...), nil
}

func adkChain() contender { return adk[doc]("ten", sessions, "a", adkTen) }

func adkCrowd() contender {
	return contender{name: "adk-go workflow", note: sessions, prepare: func(ctx context.Context) (func(context.Context, int) (any, error), error) {
		edges, err := adkTen()
		if err != nil {
			return nil, err
		}
		app, err := newADK("ten", edges)
		if err != nil {
			return nil, err
		}
		return together("", "", func(ctx context.Context) (doc, error) {
			out, err := app.run(ctx, "a")
			if err != nil {
				return doc{}, err
			}
			return remade[doc](out)
		}).prepare(ctx)
	}}
}

func adkBranch() contender {
	return adk[doc]("branch", "the branch is a node that makes the document and names a route", "a", func() ([]workflow.Edge, error) {
		route := workflow.NewEmittingFunctionNode("C", func(ctx agent.Context, text string, emit func(*session.Event) error) (any, error) {
			d, way := doc{ID: text, N: 1}, "on"
			if d.N > 1 {
				way = "other"
			}
			e := session.NewEvent(ctx, ctx.InvocationID())
			e.Routes, e.Output = []string{way}, d
			return nil, emit(e)
		}, workflow.NodeConfig{})
		other := workflow.NewFunctionNode("F", func(agent.Context, doc) (doc, error) { return doc{}, errOther }, workflow.NodeConfig{})
		line := adkSteps(3)
		return append(workflow.Chain(line...),
			workflow.Edge{From: workflow.Start, To: route},
			workflow.Edge{From: route, To: line[0], Route: workflow.StringRoute("on")},
			workflow.Edge{From: route, To: other, Route: workflow.StringRoute("other")}), nil
	})
}

func adkParallel() contender {
	return adk[doc]("eight", "a node before the branches makes the document; one after them takes it from the map of their outputs", "a", func() ([]workflow.Edge, error) {
		open := workflow.NewFunctionNode("open", func(_ agent.Context, text string) (doc, error) { return doc{ID: text, N: 1}, nil }, workflow.NodeConfig{})
		join := workflow.NewJoinNode("join")
		end := workflow.NewFunctionNode("end", func(_ agent.Context, m map[string]any) (doc, error) {
			if len(m) != 8 {
				return doc{}, fmt.Errorf("%d branches", len(m))
			}
			return remade[doc](m["B0"])
		}, workflow.NodeConfig{})
		edges := workflow.Chain(join, end)
		edges = append(edges, workflow.Edge{From: workflow.Start, To: open})
		for i := range 8 {
			b := workflow.NewFunctionNode(fmt.Sprintf("B%d", i), func(ctx agent.Context, d doc) (doc, error) { return d, nothing(ctx, d) }, workflow.NodeConfig{})
			edges = append(edges, workflow.Edge{From: open, To: b}, workflow.Edge{From: b, To: join})
		}
		return edges, nil
	})
}

func adkItems() contender {
	return adk[[]int]("items", "a node before makes the list", "a", func() ([]workflow.Edge, error) {
		list := numbers()
		open := workflow.NewFunctionNode("open", func(agent.Context, string) ([]int, error) { return list, nil }, workflow.NodeConfig{})
		one := workflow.NewFunctionNode("S", func(ctx agent.Context, i int) (int, error) { return square(ctx, i) }, workflow.NodeConfig{})
		all, err := workflow.NewParallelWorker("M", one, 16, workflow.NodeConfig{})
		return workflow.Chain(workflow.Start, open, all), err
	})
}

func adkFields() contender {
	return adk[map[string]any]("fields", "each node is given the whole map and changes it; "+sessions, "a", func() ([]workflow.Edge, error) {
		nodes := []workflow.Node{workflow.Start, workflow.NewFunctionNode("S0", func(ctx agent.Context, _ string) (map[string]any, error) {
			return setField(ctx, fieldNames[0], eight())
		}, workflow.NodeConfig{})}
		for i := 1; i < 10; i++ {
			nodes = append(nodes, workflow.NewFunctionNode(fmt.Sprintf("S%d", i), func(ctx agent.Context, m map[string]any) (map[string]any, error) {
				return setField(ctx, fieldNames[i%8], m)
			}, workflow.NodeConfig{}))
		}
		return workflow.Chain(nodes...), nil
	})
}

func adkRetry() contender {
	return adk[doc]("retry", sessions, "a", func() ([]workflow.Edge, error) {
		try := flaky()
		node := workflow.NewFunctionNode("T", func(ctx agent.Context, text string) (doc, error) { return try(ctx, doc{ID: text, N: 1}) },
			workflow.NodeConfig{RetryConfig: &workflow.RetryConfig{MaxAttempts: 4}})
		return workflow.Chain(workflow.Start, node), nil
	})
}
