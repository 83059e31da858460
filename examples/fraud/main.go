// Fraud scores card payments. A payment with a high score is explained by a
// model and blocked, one in between is explained and shown to somebody, the rest
// goes through.
//
//	Score → Risk ─ ≥ 0.8 → Explain → Block ─→ Settle
//	          ├─ ≥ 0.5 → ExplainWarning → Warn ─→ Settle
//	          └─ otherwise ────────────────────→ Settle
//
// What to look at: the Choice on a number; a Recover, by which a model that fails
// is replaced by a sentence made of the reasons; and the picture of a run, which
// `-picture FILE.svg` writes.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/examples/internal/provider"
	"github.com/flowstone-go/flow/mock"
	"github.com/flowstone-go/flow/model"
)

// Payment is what the flow is given.
type Payment struct {
	ID      string    `json:"id"`
	Amount  float64   `json:"amount"`
	Usual   float64   `json:"usual"` // what this card pays as a rule
	Country string    `json:"country"`
	Home    string    `json:"home"`
	At      time.Time `json:"at"`
}

// Risk is how likely a payment is a fraud, and why.
type Risk struct {
	Score   float64  `json:"score"` // from 0 to 1
	Reasons []string `json:"reasons"`
}

// Note is what the model says about a risk.
type Note struct {
	Text string `json:"text"`
}

// Case is all that is known in the end. There is a note only where one was asked for.
type Case struct {
	Payment
	Risk Risk  `json:"risk"`
	Note *Note `json:"note,omitempty"`
}

// Verdict is the flow's result.
type Verdict struct {
	ID     string
	Action string // "block", "warn" or "pass"
	Why    string
}

var (
	risk  = flow.At[Risk]("$.risk")
	score = flow.Field(risk, func(r *Risk) *float64 { return &r.Score })
	note  = flow.At[Note]("$.note")
)

func fraud(m flow.Model, desk *Desk) (*flow.Flow[Payment, Verdict], error) {
	explain := func(name string) *flow.PromptNode[Note] {
		return flow.Prompt[Note](name, m).MaxTokens(100).From(risk).Into(note).Timeout(10*time.Second).
			Text("Explain to a clerk in one sentence why this payment is suspicious: {{reasons}}").
			Recover(flow.ErrAll, inOwnWords)
	}
	return flow.New[Payment, Verdict]("fraud").Then(
		flow.Task("Score", rate).Into(risk),
		flow.Choice("Risk").
			When(flow.AtLeast(score, 0.8),
				explain("Explain"), flow.Do("Block", desk.block)).
			When(flow.AtLeast(score, 0.5),
				explain("ExplainWarning"), flow.Do("Warn", desk.warn)).
			Otherwise(),
		flow.Task("Settle", settle),
	).Build()
}

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

func settle(_ context.Context, c Case) (Verdict, error) {
	v := Verdict{ID: c.ID, Action: "pass", Why: strings.Join(c.Risk.Reasons, "; ")}
	switch {
	case c.Risk.Score >= 0.8:
		v.Action = "block"
	case c.Risk.Score >= 0.5:
		v.Action = "warn"
	}
	if c.Note != nil {
		v.Why += ": " + c.Note.Text
	}
	return v, nil
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

func main() {
	choice := provider.Flags(flag.CommandLine)
	picture := flag.String("picture", "", "write a picture of the last payment's run to this SVG `file`")
	flag.Parse()
	if err := run(context.Background(), os.Stdout, choice, *picture); err != nil {
		fmt.Fprintln(os.Stderr, "fraud:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, choice *provider.Choice, picture string) error {
	m, err := choice.Open(ctx, offline())
	if err != nil {
		return err
	}
	f, err := fraud(m, &Desk{out})
	if err != nil {
		return err
	}
	var events []flow.Event
	for _, p := range payments {
		events = nil
		verdict, err := f.Run(ctx, p, flow.Observe(func(e flow.Event) { events = append(events, e) }))
		if err != nil {
			return fmt.Errorf("payment %s: %w", p.ID, err)
		}
		_, _ = fmt.Fprintln(out, strings.TrimSuffix(verdict.ID+": "+verdict.Action+": "+verdict.Why, ": "))
	}
	if picture != "" {
		return os.WriteFile(picture, []byte(flow.Draw(f, events...).SVG()), 0o600)
	}
	return nil
}
