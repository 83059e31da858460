package main

import (
	"context"
	"fmt"

	"github.com/tmc/langchaingo/chains"
)

// langchainStep is a chain that reads one key and writes another.
func langchainStep(from, to string) chains.Chain {
	return chains.NewTransform(func(ctx context.Context, in map[string]any, _ ...chains.ChainCallOption) (map[string]any, error) {
		d, ok := in[from].(doc)
		if !ok {
			return nil, fmt.Errorf("%s is a %T", from, in[from])
		}
		d, err := step(ctx, d)
		return map[string]any{to: d}, err
	}, []string{from}, []string{to})
}

func langchainSequence() contender {
	return contender{name: "langchaingo", note: "documents are members of a map", prepare: func(context.Context) (func(context.Context, int) (any, error), error) {
		var list []chains.Chain
		for i := range 10 {
			list = append(list, langchainStep(fmt.Sprintf("d%d", i), fmt.Sprintf("d%d", i+1)))
		}
		seq, err := chains.NewSequentialChain(list, []string{"d0"}, []string{"d10"})
		if err != nil {
			return nil, err
		}
		return looping(func(ctx context.Context) (doc, error) {
			out, err := chains.Call(ctx, seq, map[string]any{"d0": first})
			d, _ := out["d10"].(doc)
			return d, err
		}), nil
	}}
}

func langchainItems() contender {
	return contender{name: "langchaingo", note: "chains.Apply: items are maps", prepare: func(context.Context) (func(context.Context, int) (any, error), error) {
		one := chains.NewTransform(func(ctx context.Context, in map[string]any, _ ...chains.ChainCallOption) (map[string]any, error) {
			i, ok := in["x"].(int)
			if !ok {
				return nil, fmt.Errorf("x is a %T", in["x"])
			}
			y, err := square(ctx, i)
			return map[string]any{"y": y}, err
		}, []string{"x"}, []string{"y"})
		list := numbers()
		return func(ctx context.Context, n int) (any, error) {
			var out []int
			for range n {
				in := make([]map[string]any, len(list))
				for i, x := range list {
					in[i] = map[string]any{"x": x}
				}
				results, err := chains.Apply(ctx, one, in, 16)
				if err != nil {
					return nil, err
				}
				out = make([]int, len(results))
				for i, r := range results {
					out[i], _ = r["y"].(int)
				}
			}
			return out, nil
		}, nil
	}}
}
