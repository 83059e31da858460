// Fraud scores card payments. A payment with a high score is explained by a
// model and blocked, one in between is explained and shown to somebody, the rest
// goes through.
//
//	Score → Risk ─ ≥ 0.8 → Explain → Block ─→ Settle
//	          ├─ ≥ 0.5 → ExplainWarning → Warn ─→ Settle
//	          └─ otherwise ────────────────────→ Settle
//
// What to look at: the Choice on a number; a Recover, by which a model that fails
// is replaced by a sentence made of the reasons; and the picture of what was done,
// which -picture FILE.svg draws. bank.go has what the nodes call.
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
	"github.com/flowstone-go/flow/examples/internal/picture"
	"github.com/flowstone-go/flow/examples/internal/provider"
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

func main() {
	choice := provider.Flags(flag.CommandLine)
	shot := picture.Flag(flag.CommandLine)
	provider.Parse()
	if err := run(context.Background(), os.Stdout, choice, shot); err != nil {
		fmt.Fprintln(os.Stderr, "fraud:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, choice *provider.Choice, shot *picture.Picture) error {
	m, err := choice.Open(ctx, offline())
	if err != nil {
		return err
	}
	f, err := fraud(m, &Desk{out})
	if err != nil {
		return err
	}
	f = f.With(shot.Watch())
	for _, p := range payments {
		verdict, err := f.Run(ctx, p)
		if err != nil {
			return fmt.Errorf("payment %s: %w", p.ID, err)
		}
		_, _ = fmt.Fprintln(out, strings.TrimSuffix(verdict.ID+": "+verdict.Action+": "+verdict.Why, ": "))
	}
	return shot.Save(f, out)
}
