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

// Budget bounds what the models asked by an execution may cost, in US dollars:
// those of its Prompts and Agents, and those that its tasks ask by way of
// [Metered]. Before each call its highest cost is reserved: its
// input tokens, counted by the provider where that can and estimated otherwise,
// and MaxTokens, or the most that the model can write, at list price; after it
// what was used is settled. A call that could cost more than is left fails with
// [ErrBudget]: no Retry helps, a Catch may go another way.
//
// prices nil is [model.BedrockPrices]. A model that the flow names and that has no
// price in the list, or whose answers have no bound, is a mistake that Build
// reports where it is given the Budget; a price of zero allows it. Where With, Run
// or Start are, Run and Start fail with ErrBudget before anything is done. A call
// of a model that is only known when it is made fails with ErrBudget.
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
	*budgeting
	mu   sync.Mutex
	left float64
}

type purseKey struct{}

// terms are at what price a model answers, and how much at most.
type terms struct {
	model  string
	price  model.Price
	output int
}

// terms gives those of a request, or why there are none.
func (b *budgeting) terms(m Model, req *model.Request) (terms, *problem) {
	about := model.Describe(m)
	t := terms{model: req.Model, output: req.MaxTokens}
	if t.model == "" {
		t.model = about.Model
	}
	if t.output == 0 {
		t.output = about.MaxOutput
	}
	var ok bool
	if t.price, ok = b.prices.Find(t.model); !ok {
		return t, &problem{text: fmt.Sprintf("no price is known for the model %q", t.model), cure: "give Budget one; zero allows the model"}
	}
	if t.output == 0 {
		return t, &problem{text: fmt.Sprintf("the answer of the model %q has no bound", t.model), cure: "set MaxTokens"}
	}
	return t, nil
}

// funded gives the context of an execution with its budget, if it has one.
func (s *settings) funded(ctx context.Context) (context.Context, *purse) {
	if s.budget == nil {
		return ctx, nil
	}
	p := &purse{budgeting: s.budget, left: s.budget.dollars}
	return context.WithValue(ctx, purseKey{}, p), p
}

// spent is what has been taken from the purse.
func (p *purse) spent() float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.dollars - p.left
}

// spend takes what was spent before the execution was put away.
func (p *purse) spend(dollars float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left -= dollars
}

// reserve takes the highest cost of a call from the budget, if there is one.
// settle gives back what was not used.
func reserve(ctx context.Context, m Model, req *model.Request) (settle func(*model.Response), err error) {
	p, _ := ctx.Value(purseKey{}).(*purse)
	if p == nil || req == nil || counts(m) {
		return func(*model.Response) {}, nil
	}
	t, wrong := p.terms(m, req)
	if wrong != nil {
		return nil, overBudget("%s (%s)", wrong.text, wrong.cure)
	}
	input, counted, err := model.CountTokens(ctx, m, req)
	if err != nil {
		return nil, err
	}
	if !counted {
		input = model.EstimateTokens(req)
	}
	most := t.price.Cost(model.Usage{Input: input, Output: t.output})
	p.mu.Lock()
	defer p.mu.Unlock()
	if most > p.left {
		return nil, overBudget("a call of the model %q could cost $%.6f, and $%.6f is left of $%g", t.model, most, p.left, p.dollars)
	}
	p.left -= most
	return func(resp *model.Response) {
		used := 0.0
		if resp != nil {
			used = t.price.Cost(resp.Usage)
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.left += most - used
	}, nil
}

// unpriced reports the models of a flow whose calls the budget would refuse.
func (s *settings) unpriced(d *definition) (wrong []problem) {
	if s.budget == nil {
		return nil
	}
	for _, scope := range d.machine.Scopes {
		for _, st := range scope.States {
			n := d.lowered[st]
			if n == nil || n.asks == nil || s.standInFor(st) != nil {
				continue
			}
			for _, m := range n.asks.models {
				if _, p := s.budget.terms(m, n.asks.typical()); p != nil {
					p.at, p.state = n.at, st.Path
					wrong = append(wrong, *p)
				}
			}
		}
	}
	return wrong
}

// typical is a request as far as it is known before the flow runs.
func (p *prompting) typical() *model.Request {
	r := p.request
	if p.source != nil {
		p.source.Apply(&r)
	}
	return &r
}

func overBudget(format string, args ...any) error {
	return permanently(&Error{Name: ErrBudget.Name, Cause: fmt.Sprintf(format, args...)})
}
