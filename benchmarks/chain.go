package main

import (
	"context"
	"fmt"
	"sync"

	"github.com/flowstone-go/flow"
)

// doc is the document of the typed workloads.
type doc struct {
	ID    string  `json:"id"`
	N     int     `json:"n"`
	Score float64 `json:"score"`
	Text  string  `json:"text"`
}

var first = doc{ID: "a", N: 1}

// step is what a typed node does.
func step(_ context.Context, d doc) (doc, error) {
	d.N++
	d.Score += 0.5
	return d, nil
}

// after is the document after n steps.
func after(n int) doc {
	return doc{ID: "a", N: 1 + n, Score: 0.5 * float64(n)}
}

// steps are n steps in an order that the compiler does not know.
func steps(n int) []func(context.Context, doc) (doc, error) {
	s := make([]func(context.Context, doc) (doc, error), n)
	for i := range s {
		s[i] = step
	}
	return s
}

// walk is hand-written: it looks at its context and at errors, as a service
// that is to be stopped has to.
func walk(ctx context.Context, steps []func(context.Context, doc) (doc, error), d doc) (doc, error) {
	for _, s := range steps {
		if err := ctx.Err(); err != nil {
			return d, err
		}
		var err error
		if d, err = s(ctx, d); err != nil {
			return d, err
		}
	}
	return d, nil
}

func walking(n int) contender {
	s := steps(n)
	return contender{name: hand, prepare: ready(func(ctx context.Context, n int) (any, error) {
		var d doc
		var err error
		for range n {
			if d, err = walk(ctx, s, first); err != nil {
				return nil, err
			}
		}
		return d, nil
	})}
}

func chain(n int) *flow.Flow[doc, doc] {
	b := flow.New[doc, doc]("chain")
	for i := range n {
		b.Then(flow.Task(fmt.Sprintf("S%d", i), step))
	}
	return b.Must()
}

// running runs a flow of documents.
func running(f *flow.Flow[doc, doc]) contender {
	return contender{name: ours, prepare: ready(func(ctx context.Context, n int) (any, error) {
		var d doc
		var err error
		for range n {
			if d, err = f.Run(ctx, first); err != nil {
				return nil, err
			}
		}
		return d, nil
	})}
}

func typedChains() workload {
	return workload{
		letter: "a", title: "Ten typed nodes, struct in and out", want: after(10), base: hand, most: 2.5,
		who: []contender{
			walking(10), running(chain(10)),
			einoChain(), einoGraph(), genkitSteps(10), adkChain(), langchainSequence(), langgraphChain(), coinbaseChain(),
		},
	}
}

// everything is the same chain with everything recorded that happens.
func everything() workload {
	recorded := func(ctx context.Context, n int) (any, error) {
		var h flow.History
		f := chain(10).With(flow.Record(&h))
		var d doc
		for range n {
			h.Reset()
			var err error
			if d, err = f.Run(ctx, first); err != nil {
				return nil, err
			}
		}
		if h.Len() < 40 {
			return nil, fmt.Errorf("a history of %d events", h.Len())
		}
		return d, nil
	}
	watched := running(chain(10).With(flow.Observe(func(flow.Event) {})))
	watched.name, watched.note = "flow, observed", "an observer that does nothing, called for each event"
	without := running(chain(10))
	without.name, without.note = plain, "(a), in the same turns"
	return workload{
		letter: "j", title: "The chain of (a) with its full history", want: after(10), base: hand,
		who: []contender{
			walking(10),
			{name: ours, note: "the history in memory, with all documents; written over by the next run", prepare: ready(recorded)},
			without, watched, einoCallbacks(), genkitSteps(10), coinbaseChain(),
		},
	}
}

// crowd is how many executions run at once.
const crowd = 1000

// together has n executions run at once, in a goroutine each.
func together(name, note string, run func(ctx context.Context) (doc, error)) contender {
	return contender{name: name, note: note, prepare: ready(func(ctx context.Context, n int) (any, error) {
		out := make([]doc, crowd)
		errs := make([]error, crowd)
		for range n {
			var wg sync.WaitGroup
			for i := range crowd {
				wg.Go(func() { out[i], errs[i] = run(ctx) })
			}
			wg.Wait()
		}
		for i := range crowd {
			if errs[i] != nil || out[i] != after(10) {
				return nil, fmt.Errorf("execution %d gave %+v, %w", i, out[i], errs[i])
			}
		}
		return out[0], nil
	})}
}

func crowded() workload {
	s, f := steps(10), chain(10)
	started := contender{name: "flow, Start", note: "Start and Wait instead of Run: the execution has its own goroutine, log and identity", prepare: ready(func(ctx context.Context, n int) (any, error) {
		var d doc
		executions := make([]*flow.Execution[doc], crowd)
		for range n {
			for i := range executions {
				executions[i] = f.Start(ctx, first)
			}
			for _, e := range executions {
				var err error
				if d, err = e.Wait(ctx); err != nil {
					return nil, err
				}
			}
		}
		return d, nil
	})}
	return workload{
		letter: "f", title: "1,000 concurrent executions of (a)", want: after(10), base: hand, most: 2.5, per: crowd, unit: "execution",
		who: []contender{
			together(hand, "", func(ctx context.Context) (doc, error) { return walk(ctx, s, first) }),
			together(ours, "", func(ctx context.Context) (doc, error) { return f.Run(ctx, first) }),
			started, einoCrowd(), genkitCrowd(), adkCrowd(),
		},
	}
}
