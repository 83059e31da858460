package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/mock"
	"github.com/flowstone-go/flow/model"
)

// rate scores by rules; here a model of your own would be called.
func rate(_ context.Context, p Payment) (Risk, error) {
	r := Risk{Reasons: []string{}}
	add := func(points float64, format string, args ...any) {
		r.Score += points
		r.Reasons = append(r.Reasons, fmt.Sprintf(format, args...))
	}
	if p.Usual > 0 && p.Amount > 5*p.Usual {
		add(0.5, "%.0f times the usual amount", p.Amount/p.Usual)
	}
	if p.Country != p.Home {
		add(0.3, "paid in %s with a card from %s", p.Country, p.Home)
	}
	if h := p.At.UTC().Hour(); h < 5 {
		add(0.25, "at %d o'clock at night", h)
	}
	return r, nil
}

// inOwnWords stands in for a model that fails.
func inOwnWords(_ context.Context, failure *flow.Error) (Note, error) {
	return Note{Text: "(" + failure.Name + ") see the reasons"}, nil
}

// Desk is where alarms go.
type Desk struct{ out io.Writer }

func (d *Desk) block(_ context.Context, c Case) error {
	_, err := fmt.Fprintf(d.out, "BLOCK %s, the customer is called\n", c.ID)
	return err
}

func (d *Desk) warn(_ context.Context, c Case) error {
	_, err := fmt.Fprintf(d.out, "WARN  %s\n", c.ID)
	return err
}

// offline is a model that answers from a script, and fails once.
func offline() model.Model {
	m := mock.New()
	m.When(mock.PromptHas("o'clock")).Fail(model.ErrUnavailable).Always().Maybe()
	m.When(mock.PromptHas("times the usual")).JSON(Note{"It is far more than this card ever pays."}).Always().Maybe()
	m.When().JSON(Note{"The card is used far from home."}).Always().Maybe()
	return m
}

// payments are what is scored.
var payments = []Payment{
	{ID: "p-1", Amount: 12.40, Usual: 30, Country: "NO", Home: "NO", At: time.Date(2026, 5, 4, 12, 30, 0, 0, time.UTC)},
	{ID: "p-2", Amount: 410, Usual: 60, Country: "NO", Home: "NO", At: time.Date(2026, 5, 4, 14, 0, 0, 0, time.UTC)},
	{ID: "p-3", Amount: 980, Usual: 45, Country: "PE", Home: "NO", At: time.Date(2026, 5, 4, 15, 10, 0, 0, time.UTC)},
	{ID: "p-4", Amount: 50, Usual: 45, Country: "PE", Home: "NO", At: time.Date(2026, 5, 5, 3, 20, 0, 0, time.UTC)},
}
