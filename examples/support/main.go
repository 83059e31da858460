// Support answers customers: a model finds out what a ticket is about; a refund
// is paid, above a limit only if a manager agrees; a question is answered from
// the handbook; everything else goes to a person.
//
//	Intent → Kind ─ refund → Order → Limit ─ small → Pay ─────────────┐
//	           │                       └ large → Approve → Agreed ─ yes → Pay → Reply
//	           │                                           └ no ─────────────→ Reply
//	           ├ question → Gather [ Handbook | Tone ] → Answer ─────────────→ Reply
//	           └ otherwise → Human ──────────────────────────────────────────→ Reply
//
// What to look at: a Choice within a Choice; a Callback that waits for a manager; a
// Parallel whose branches each write their own place; a Go error that is caught.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/examples/internal/picture"
	"github.com/flowstone-go/flow/examples/internal/provider"
)

// Ticket is what the flow is given.
type Ticket struct {
	ID      string `json:"id"`
	OrderID string `json:"orderId,omitempty"`
	Text    string `json:"text"`
}

// Intent is what a ticket is about.
type Intent struct {
	Kind string `json:"kind" enum:"refund,question,other"`
}

// Order is what was bought.
type Order struct {
	ID     string  `json:"id"`
	Amount float64 `json:"amount"`
}

// Reply is the flow's result.
type Reply struct {
	Text string `json:"text"`
	By   string `json:"by"`
}

var (
	ticket   = flow.At[Ticket]("$")
	intent   = flow.At[Intent]("$.intent")
	kind     = flow.Field(intent, func(i *Intent) *string { return &i.Kind })
	order    = flow.At[Order]("$.order")
	amount   = flow.Field(order, func(o *Order) *float64 { return &o.Amount })
	agreed   = flow.At[bool]("$.agreed")
	handbook = flow.At[string]("$.handbook")
	tone     = flow.At[string]("$.tone")
)

// limit is up to which amount nobody is asked.
const limit = 50

func support(m flow.Model, shop *Shop) (*flow.Flow[Ticket, Reply], error) {
	toHuman := flow.Task("Human", shop.human).From(ticket)
	return flow.New[Ticket, Reply]("support").Then(
		flow.Prompt[Intent]("Intent", m).MaxTokens(50).Into(intent).
			Text("What does this customer want?\n\n{{text}}").
			Retry(flow.Retry{On: flow.ErrThrottled, Interval: time.Second}),
		flow.Choice("Kind").
			When(flow.Eq(kind, "refund"),
				flow.Task("Order", shop.order).From(ticket).Into(order).
					Catch(flow.On(errNoOrder), flow.Task("AskForOrder", askForOrder), flow.Succeed("Asked")),
				flow.Choice("Limit").
					When(flow.AtMost(amount, limit)).
					Otherwise(
						flow.Callback[bool]("Approve", shop.askManager).From(order).Timeout(48*time.Hour).Into(agreed),
						flow.Choice("Agreed").When(flow.True(agreed)).
							Otherwise(flow.Task("Refuse", refuse).From(order), flow.Succeed("Refused"))),
				flow.Task("Pay", shop.pay).From(order)).
			When(flow.Eq(kind, "question"),
				flow.Parallel("Gather",
					flow.Task("Handbook", shop.lookUp).From(ticket).Into(handbook),
					flow.Task("Tone", toneOf).From(ticket).Into(tone)),
				flow.Prompt[Reply]("Answer", m).MaxTokens(300).
					Text("Answer in a {{tone}} tone, from this page only: {{handbook}}\n\n{{text}}")).
			Otherwise(toHuman),
	).Build()
}

func main() {
	choice := provider.Flags(flag.CommandLine)
	shot := picture.Flag(flag.CommandLine)
	provider.Parse()
	if err := run(context.Background(), os.Stdout, choice, shot); err != nil {
		fmt.Fprintln(os.Stderr, "support:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, choice *provider.Choice, shot *picture.Picture) error {
	m, err := choice.Open(ctx, offline())
	if err != nil {
		return err
	}
	desk := flow.NewDesk()
	f, err := support(m, newShop(desk))
	if err != nil {
		return err
	}
	f = f.With(desk, shot.Watch())
	for _, t := range tickets {
		reply, err := f.Run(ctx, t)
		if err != nil {
			return fmt.Errorf("%s: %w", t.ID, err)
		}
		_, _ = fmt.Fprintf(out, "%s: %s (%s)\n", t.ID, reply.Text, reply.By)
	}
	return shot.Save(f, out)
}
