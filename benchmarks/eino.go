package main

import (
	"context"
	"fmt"

	"github.com/cloudwego/eino/callbacks"
	"github.com/cloudwego/eino/compose"
)

// invoking runs what eino has compiled.
func invoking(name, note string, compile func(ctx context.Context) (compose.Runnable[doc, doc], error), opts ...compose.Option) contender {
	return contender{name: name, note: note, prepare: func(ctx context.Context) (func(context.Context, int) (any, error), error) {
		r, err := compile(ctx)
		if err != nil {
			return nil, err
		}
		return looping(func(ctx context.Context) (doc, error) { return r.Invoke(ctx, first, opts...) }), nil
	}}
}

func einoChainOf(ctx context.Context) (compose.Runnable[doc, doc], error) {
	c := compose.NewChain[doc, doc]()
	for range 10 {
		c.AppendLambda(compose.InvokableLambda(step))
	}
	return c.Compile(ctx)
}

func einoChain() contender { return invoking("eino chain", "", einoChainOf) }

func einoGraph() contender {
	return invoking("eino graph", "", func(ctx context.Context) (compose.Runnable[doc, doc], error) {
		g := compose.NewGraph[doc, doc]()
		if err := einoLine(g, compose.START, 10); err != nil {
			return nil, err
		}
		return g.Compile(ctx)
	})
}

// einoLine adds n nodes from a node to the end.
func einoLine(g *compose.Graph[doc, doc], from string, n int) error {
	for i := range n {
		name := fmt.Sprintf("S%d", i)
		if err := g.AddLambdaNode(name, compose.InvokableLambda(step)); err != nil {
			return err
		}
		if from != "" {
			if err := g.AddEdge(from, name); err != nil {
				return err
			}
		}
		from = name
	}
	return g.AddEdge(from, compose.END)
}

func einoCallbacks() contender {
	seen := 0
	h := callbacks.NewHandlerBuilder().
		OnStartFn(func(ctx context.Context, _ *callbacks.RunInfo, _ callbacks.CallbackInput) context.Context {
			seen++
			return ctx
		}).
		OnEndFn(func(ctx context.Context, _ *callbacks.RunInfo, _ callbacks.CallbackOutput) context.Context {
			seen++
			return ctx
		}).
		Build()
	return invoking("eino chain, callbacks", "two callbacks a node, which do nothing; it has no history", einoChainOf, compose.WithCallbacks(h))
}

func einoBranch() contender {
	return invoking("eino graph", "", func(ctx context.Context) (compose.Runnable[doc, doc], error) {
		g := compose.NewGraph[doc, doc]()
		if err := einoLine(g, "", 3); err != nil {
			return nil, err
		}
		b := compose.NewGraphBranch(func(_ context.Context, d doc) (string, error) {
			if d.N > 1 {
				return compose.END, nil
			}
			return "S0", nil
		}, map[string]bool{"S0": true, compose.END: true})
		if err := g.AddBranch(compose.START, b); err != nil {
			return nil, err
		}
		return g.Compile(ctx)
	})
}

func einoParallel() contender {
	return contender{name: "eino chain", note: "a node that joins, since branches give a map", prepare: func(ctx context.Context) (func(context.Context, int) (any, error), error) {
		c := compose.NewChain[doc, doc]()
		p := compose.NewParallel()
		for i := range 8 {
			p.AddLambda(fmt.Sprintf("B%d", i), compose.InvokableLambda(func(ctx context.Context, d doc) (doc, error) { return d, nothing(ctx, d) }))
		}
		c.AppendParallel(p)
		c.AppendLambda(compose.InvokableLambda(func(_ context.Context, m map[string]any) (doc, error) {
			d, ok := m["B0"].(doc)
			if !ok || len(m) != 8 {
				return d, fmt.Errorf("%d branches gave %v", len(m), m)
			}
			return d, nil
		}))
		r, err := c.Compile(ctx)
		if err != nil {
			return nil, err
		}
		return looping(func(ctx context.Context) (doc, error) { return r.Invoke(ctx, first) }), nil
	}}
}

func einoFields() contender {
	return contender{name: "eino chain", note: "each node is given the whole map and changes it in place", prepare: func(ctx context.Context) (func(context.Context, int) (any, error), error) {
		c := compose.NewChain[map[string]any, map[string]any]()
		for i := range 10 {
			k := fieldNames[i%8]
			c.AppendLambda(compose.InvokableLambda(func(ctx context.Context, m map[string]any) (map[string]any, error) { return setField(ctx, k, m) }))
		}
		r, err := c.Compile(ctx)
		if err != nil {
			return nil, err
		}
		return mapping(func(ctx context.Context) (map[string]any, error) { return r.Invoke(ctx, eight()) }), nil
	}}
}

func einoCrowd() contender {
	return contender{name: "eino chain", prepare: func(ctx context.Context) (func(context.Context, int) (any, error), error) {
		r, err := einoChainOf(ctx)
		if err != nil {
			return nil, err
		}
		return together("", "", func(ctx context.Context) (doc, error) { return r.Invoke(ctx, first) }).prepare(ctx)
	}}
}
