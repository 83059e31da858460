package flow

import (
	"context"
	"fmt"
	"sync"

	"github.com/flowstone-go/flow/model"
)

// ErrBudget is a call of a model that was not made, since it could have cost
// more than was left of the [Budget], or since nobody knows what it costs.
var ErrBudget = &Error{Name: "Budget.Exceeded"}

// Budget bounds what the models asked by the Prompts and Agents of an execution
// may cost, in US dollars. Before each call its highest cost is reserved: its
// input tokens, counted by the provider where that can and estimated otherwise,
// and MaxTokens, or the most that the model can write, at list price; after it
// what was used is settled. A call that could cost more than is left fails with
// [ErrBudget]: no Retry helps, a Catch may go another way.
//
// prices nil is [model.BedrockPrices]. Run and Start fail with ErrBudget before
// anything is done where a model that the flow names has no price in the list; a
// price of zero allows it. So does a call of a model that is only known then, or
// whose answer has no bound. Models that a task of your own asks are not seen.
func Budget(dollars float64, prices model.Prices) Option {
	if prices == nil {
		prices = model.BedrockPrices()
	}
	return option(func(s *settings) {
		if !(dollars > 0) {
			s.fail("Budget(%v): it has to be positive", dollars)
		}
		s.budget = &budgeting{dollars, prices}
	})
}

// budgeting is the Budget of all executions that run with an option.
type budgeting struct {
	dollars float64
	prices  model.Prices
}

// purse is the Budget of one execution.
type purse struct {
	prices model.Prices
	total  float64

	mu   sync.Mutex
	left float64
}

type purseKey struct{}

// funded gives the context of an execution with its budget.
func (s *settings) funded(ctx context.Context) context.Context {
	if s.budget == nil {
		return ctx
	}
	return context.WithValue(ctx, purseKey{}, &purse{prices: s.budget.prices, total: s.budget.dollars, left: s.budget.dollars})
}

// reserve takes the highest cost of a call from the budget, if there is one.
// settle gives back what was not used.
func reserve(ctx context.Context, m Model, req *model.Request) (settle func(*model.Response), err error) {
	p, _ := ctx.Value(purseKey{}).(*purse)
	if p == nil {
		return func(*model.Response) {}, nil
	}
	about := model.Describe(m)
	id := req.Model
	if id == "" {
		id = about.Model
	}
	price, ok := p.prices.Find(id)
	if !ok {
		return nil, overBudget("no price is known for the model %q", id)
	}
	output := req.MaxTokens
	if output == 0 {
		output = about.MaxOutput
	}
	if output == 0 {
		return nil, overBudget("the answer of the model %q has no bound: set MaxTokens", id)
	}
	input, counted, err := model.CountTokens(ctx, m, req)
	if err != nil {
		return nil, err
	}
	if !counted {
		input = model.EstimateTokens(req)
	}
	most := price.Cost(model.Usage{Input: input, Output: output})
	p.mu.Lock()
	defer p.mu.Unlock()
	if most > p.left {
		return nil, overBudget("a call of the model %q could cost $%.6f, and $%.6f is left of $%g", id, most, p.left, p.total)
	}
	p.left -= most
	return func(resp *model.Response) {
		used := 0.0
		if resp != nil {
			used = price.Cost(resp.Usage)
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.left += most - used
	}, nil
}

// checkPrices reports models of a flow that have no price.
func (b *budgeting) checkPrices(d *definition) error {
	if b == nil {
		return nil
	}
	for _, n := range d.lowered {
		if n.asks == nil {
			continue
		}
		for _, m := range n.asks.models {
			id := n.asks.request.Model
			if id == "" {
				id = model.Describe(m).Model
			}
			if id == "" || n.asks.source != nil {
				continue // only the call will tell
			}
			if _, ok := b.prices.Find(id); !ok {
				return &Error{Name: ErrBudget.Name, State: n.name, Cause: fmt.Sprintf("no price is known for the model %q", id)}
			}
		}
	}
	return nil
}

func overBudget(format string, args ...any) error {
	return permanently(&Error{Name: ErrBudget.Name, Cause: fmt.Sprintf(format, args...)})
}
