package main

import (
	"context"

	"github.com/flowstone-go/flow"
)

func branches() workload {
	count := flow.At[int]("$.n")
	f := flow.New[doc, doc]("branch").Then(
		flow.Choice("C").When(flow.More(count, 1), flow.Fail("F", "No", "the other way")).Otherwise(),
		flow.Task("A", step), flow.Task("B", step), flow.Task("D", step)).Must()
	s := steps(3)
	return workload{
		letter: "c", title: "A branch, then three nodes", want: after(3), base: hand, most: 2.5,
		who: []contender{
			{name: hand, prepare: ready(func(ctx context.Context, n int) (any, error) {
				var d doc
				for range n {
					d = first
					if d.N > 1 {
						return nil, errOther
					}
					var err error
					if d, err = walk(ctx, s, d); err != nil {
						return nil, err
					}
				}
				return d, nil
			})},
			running(f), einoBranch(), genkitBranch(), adkBranch(), langgraphBranch(), coinbaseBranch(),
		},
	}
}
