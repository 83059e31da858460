package main

import (
	"context"
	"fmt"
	"sync"

	"github.com/firebase/genkit/go/core"
	"github.com/firebase/genkit/go/genkit"
	"golang.org/x/sync/errgroup"
)

const traced = "each step is a span of a trace, and its input and output are JSON; the flow between them is Go"

// genkitApp is the registry of all flows; there is one for a program.
var genkitApp = sync.OnceValue(func() *genkit.Genkit { return genkit.Init(context.Background()) })

// genkitFlow defines a flow, once.
func genkitFlow[In, Out any](name string, fn core.Func[In, Out]) func() *core.Flow[In, Out, struct{}] {
	return sync.OnceValue(func() *core.Flow[In, Out, struct{}] { return genkit.DefineFlow(genkitApp(), name, fn) })
}

// genkitWalk runs n steps.
func genkitWalk(ctx context.Context, n int, d doc) (doc, error) {
	for i := range n {
		var err error
		if d, err = genkit.Run(ctx, fmt.Sprintf("S%d", i), func() (doc, error) { return step(ctx, d) }); err != nil {
			return d, err
		}
	}
	return d, nil
}

var genkitTen = genkitFlow("ten", func(ctx context.Context, d doc) (doc, error) { return genkitWalk(ctx, 10, d) })

func genkitSteps(int) contender {
	return contender{name: "genkit", note: traced, prepare: func(context.Context) (func(context.Context, int) (any, error), error) {
		f := genkitTen()
		return looping(func(ctx context.Context) (doc, error) { return f.Run(ctx, first) }), nil
	}}
}

var genkitChoice = genkitFlow("choice", func(ctx context.Context, d doc) (doc, error) {
	if d.N > 1 {
		return d, errOther
	}
	return genkitWalk(ctx, 3, d)
})

func genkitBranch() contender {
	return contender{name: "genkit", note: "the branch is an if", prepare: func(context.Context) (func(context.Context, int) (any, error), error) {
		f := genkitChoice()
		return looping(func(ctx context.Context) (doc, error) { return f.Run(ctx, first) }), nil
	}}
}

var genkitEight = genkitFlow("eight", func(ctx context.Context, d doc) (doc, error) {
	g, ctx := errgroup.WithContext(ctx)
	for i := range 8 {
		g.Go(func() error {
			_, err := genkit.Run(ctx, fmt.Sprintf("B%d", i), func() (struct{}, error) { return struct{}{}, nothing(ctx, d) })
			return err
		})
	}
	return d, g.Wait()
})

func genkitParallel() contender {
	return contender{name: "genkit", note: "branches are errgroup's", prepare: func(context.Context) (func(context.Context, int) (any, error), error) {
		f := genkitEight()
		return looping(func(ctx context.Context) (doc, error) { return f.Run(ctx, first) }), nil
	}}
}

var genkitThousand = genkitFlow("thousand", func(ctx context.Context, list []int) ([]int, error) {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(16)
	out := make([]int, len(list))
	for i, x := range list {
		g.Go(func() (err error) {
			out[i], err = genkit.Run(ctx, "S", func() (int, error) { return square(ctx, x) })
			return err
		})
	}
	return out, g.Wait()
})

func genkitItems() contender {
	return contender{name: "genkit", note: "items are errgroup's", prepare: func(context.Context) (func(context.Context, int) (any, error), error) {
		f, list := genkitThousand(), numbers()
		return mapping(func(ctx context.Context) ([]int, error) { return f.Run(ctx, list) }), nil
	}}
}

var genkitMap = genkitFlow("fields", func(ctx context.Context, m map[string]any) (map[string]any, error) {
	for i := range 10 {
		k := fieldNames[i%8]
		var err error
		if m, err = genkit.Run(ctx, k, func() (map[string]any, error) { return setField(ctx, k, m) }); err != nil {
			return nil, err
		}
	}
	return m, nil
})

func genkitFields() contender {
	return contender{name: "genkit", note: "each step gives the whole map, changed in place", prepare: func(context.Context) (func(context.Context, int) (any, error), error) {
		f := genkitMap()
		return mapping(func(ctx context.Context) (map[string]any, error) { return f.Run(ctx, eight()) }), nil
	}}
}

func genkitCrowd() contender {
	return contender{name: "genkit", prepare: func(ctx context.Context) (func(context.Context, int) (any, error), error) {
		f := genkitTen()
		return together("", "", func(ctx context.Context) (doc, error) { return f.Run(ctx, first) }).prepare(ctx)
	}}
}
