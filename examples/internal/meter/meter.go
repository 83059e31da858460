// Package meter counts the tokens that are used on somebody's behalf, and says
// what they cost.
package meter

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/model"
)

// Tally is what was used. It is safe for concurrent use.
type Tally struct {
	mu    sync.Mutex
	usage model.Usage
	calls int
	by    string
}

type key struct{}

// Begin gives a context with a new Tally.
func Begin(ctx context.Context) (context.Context, *Tally) {
	t := new(Tally)
	return context.WithValue(ctx, key{}, t), t
}

// Of is the Tally of a context; an empty one if it has none.
func Of(ctx context.Context) *Tally {
	if t, ok := ctx.Value(key{}).(*Tally); ok {
		return t
	}
	return new(Tally)
}

// Observe counts what an event of a flow tells of a model; it is for
// [flow.Observe].
func (t *Tally) Observe(e flow.Event) {
	if e.Type == flow.ModelAnswered {
		t.Add(e.Usage, e.Model)
	}
}

// Add counts an answer of a model.
func (t *Tally) Add(u model.Usage, by string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.usage = t.usage.Add(u)
	t.calls++
	t.by = by
}

// Usage is what was used so far, by how many calls that were answered, and by
// which model the last one was.
func (t *Tally) Usage() (usage model.Usage, calls int, by string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.usage, t.calls, t.by
}

// Price is what a million tokens cost, in dollars. It is a flag of the form
// "3,15": input, output.
type Price struct{ Input, Output float64 }

// Cost is what a usage costs. Tokens from a cache are charged like others, so
// that it is an upper bound where they are cheaper.
func (p *Price) Cost(u model.Usage) float64 {
	return (float64(u.TotalInput())*p.Input + float64(u.Output)*p.Output) / 1e6
}

// String is the price as Set reads it.
func (p *Price) String() string { return fmt.Sprintf("%g,%g", p.Input, p.Output) }

// Set reads a price.
func (p *Price) Set(text string) error {
	input, output, found := strings.Cut(text, ",")
	if !found {
		return fmt.Errorf("want two prices, as in 3,15")
	}
	for _, part := range []struct {
		text string
		into *float64
	}{{input, &p.Input}, {output, &p.Output}} {
		v, err := strconv.ParseFloat(strings.TrimSpace(part.text), 64)
		if err != nil || !(v >= 0 && v < 1e9) {
			return fmt.Errorf("%q is not a price", part.text)
		}
		*part.into = v
	}
	return nil
}
