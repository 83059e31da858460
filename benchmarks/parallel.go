package main

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/flowstone-go/flow"
)

var errOther = errors.New("the other way")

func nothing(context.Context, doc) error { return nil }

func parallels() workload {
	nodes := make([]flow.Node, 8)
	for i := range nodes {
		nodes[i] = flow.Do(fmt.Sprintf("B%d", i), nothing)
	}
	f := flow.New[doc, doc]("parallel").Then(flow.Parallel("P", nodes...)).Must()
	return workload{
		letter: "d", title: "Eight parallel branches that do nothing, joined", want: first, base: group, most: 1.2,
		who: []contender{
			{name: group, prepare: ready(func(ctx context.Context, n int) (any, error) {
				var d doc
				for range n {
					d = first
					g, ctx := errgroup.WithContext(ctx)
					for range 8 {
						g.Go(func() error { return nothing(ctx, d) })
					}
					if err := g.Wait(); err != nil {
						return nil, err
					}
				}
				return d, nil
			})},
			running(f), einoParallel(), genkitParallel(), adkParallel(), langgraphParallel(),
		},
	}
}

// group is hand-written Go with goroutines.
const group = "errgroup"

const itemCount = 1000

func square(_ context.Context, i int) (int, error) { return i * i, nil }

func numbers() []int {
	list := make([]int, itemCount)
	for i := range list {
		list[i] = i
	}
	return list
}

func squares() []int {
	list := numbers()
	for i := range list {
		list[i] *= list[i]
	}
	return list
}

func items() workload {
	list := numbers()
	f := flow.New[[]int, []int]("map").Then(flow.Map[int]("M", flow.At[[]int]("$"), flow.Task("S", square)).Concurrency(16)).Must()
	return workload{
		letter: "e", title: "Map over 1,000 items, 16 at once", want: squares(), base: group, most: 0.5, per: itemCount, unit: "item",
		who: []contender{
			{name: group, prepare: ready(func(ctx context.Context, n int) (any, error) {
				var out []int
				for range n {
					g, ctx := errgroup.WithContext(ctx)
					g.SetLimit(16)
					out = make([]int, len(list))
					for i, x := range list {
						g.Go(func() (err error) {
							out[i], err = square(ctx, x)
							return err
						})
					}
					if err := g.Wait(); err != nil {
						return nil, err
					}
				}
				return out, nil
			})},
			{name: ours, prepare: ready(mapping(func(ctx context.Context) ([]int, error) { return f.Run(ctx, list) }))},
			genkitItems(), adkItems(), langchainItems(), coinbaseItems(),
		},
	}
}
