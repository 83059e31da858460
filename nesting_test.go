package flow_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/flowstone-go/flow"
)

// A node that stands inside itself, and nodes nested without end, are mistakes
// that Build names.
func TestNesting(t *testing.T) {
	n := flow.At[int]("$")
	loop := flow.Choice("Loop")
	loop.When(flow.More(n, 1), flow.Pass("P"), loop).Otherwise()
	last := flow.Choice("Last")
	last.When(flow.More(n, 1)).Otherwise(last)
	work := flow.Task("Work", func(_ context.Context, n int) (int, error) { return n, nil })
	work.Catch(flow.ErrAll, work)
	a, b := flow.Choice("A"), flow.Choice("B")
	a.When(flow.More(n, 1), flow.Parallel("Both", flow.Branch("Side", b))).Otherwise()
	b.When(flow.More(n, 1), a).Otherwise()
	var deep flow.Node = flow.Pass("P")
	for i := range 1001 {
		deep = flow.Parallel(fmt.Sprint("N", i), deep)
	}
	for name, c := range map[string]struct {
		node flow.Node
		want string
	}{
		"a way of a Choice": {loop, `state "Loop": stands inside itself`},
		"its Otherwise":     {last, `state "Last": stands inside itself`},
		"a handler":         {work, `state "Work": stands inside itself`},
		"one in another":    {a, `state "A": stands inside itself`},
		"too deep":          {deep, `state "N0": stands more than 1000 nodes deep in others`},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := flow.New[int, int]("f").Then(c.node).Build(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("want %q, got %v", c.want, err)
			}
		})
	}
}

// Build takes no time that doubles with each level of nesting, nor with the
// square of the number of nodes.
func TestBuildOfMuch(t *testing.T) {
	same := func(_ context.Context, n int) (int, error) { return n, nil }
	count := func(context.Context, any) (int, error) { return 1, nil }
	chain := flow.New[int, int]("chain")
	for i := range 5000 {
		chain.Then(flow.Task(fmt.Sprint("T", i), same))
	}
	var deep flow.Node = flow.Task("Inner", count).Into(flow.At[int]("$.n"))
	for i := range 200 {
		deep = flow.Parallel(fmt.Sprint("N", i), deep)
	}
	nested := flow.New[any, any]("nested").Then(deep)
	jumps := flow.New[any, any]("jumps")
	for i := range 200 {
		jumps.Then(
			flow.Choice(fmt.Sprint("C", i)).When(flow.Present(flow.At[int]("$.a")), flow.Goto("C0")).Otherwise(),
			flow.Task(fmt.Sprint("T", i), count).Into(flow.At[int](fmt.Sprint("$.x", i))),
		)
	}
	begun := time.Now()
	for _, build := range []func() error{
		func() error { _, err := chain.Build(); return err },
		func() error { _, err := nested.Build(); return err },
		func() error { _, err := jumps.Build(); return err },
	} {
		if err := build(); err != nil {
			t.Error(err)
		}
	}
	if took := time.Since(begun); took > 20*time.Second { // some tenths of a second; hours where it doubles
		t.Errorf("it took %v", took)
	}
}
