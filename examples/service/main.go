// Service serves a flow over HTTP: a model drafts the answer to a customer's letter
// while the client watches the words come, a person approves what costs more, and on
// SIGTERM the program finishes what works and keeps what waits for its next start.
//
//	Draft → Refund ─ above 50 → Approve → Agreed ─ yes → Send
//	              │                              └ no → Refuse
//	              └ otherwise → Send
//
// What to look at: a Service that starts a letter once per Idempotency-Key and
// drains; model text as server-sent events; the Desk behind an approval endpoint;
// Parked executions in a file, taken up again.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/examples/internal/provider"
	"github.com/flowstone-go/flow/mock"
	"github.com/flowstone-go/flow/model"
)

// Letter is what a customer writes.
type Letter struct {
	Text   string  `json:"text"`
	Refund float64 `json:"refund"`
}

// Decision is what a person says to a refund.
type Decision struct {
	Approved bool   `json:"approved"`
	By       string `json:"by"`
}

// Answer is what the customer gets.
type Answer struct {
	Text     string `json:"text"`
	Approved string `json:"approved,omitempty"`
}

// Case is the document when all is known.
type Case struct {
	Letter
	Draft    string   `json:"draft"`
	Decision Decision `json:"decision,omitzero"`
}

var (
	refund   = flow.At[float64]("$.refund")
	draft    = flow.At[string]("$.draft")
	decision = flow.At[Decision]("$.decision")
	approved = flow.Field(decision, func(d *Decision) *bool { return &d.Approved })
)

// letters is the flow. ask hands a token to whoever approves; here the approvals
// are listed at GET /approvals, so that there is nothing else to do.
func letters(m model.Model) (*flow.Flow[Letter, Answer], error) {
	ask := func(context.Context, Letter, flow.Token) error { return nil }
	return flow.New[Letter, Answer]("letters").Then(
		flow.Prompt[string]("Draft", m).Text("Answer this letter politely: {{text}}").
			Retry(flow.Retry{On: flow.ErrThrottled, Interval: time.Second}).Into(draft),
		flow.Choice("Refund").
			When(flow.More(refund, 50),
				flow.Callback[Decision]("Approve", ask).Timeout(7*24*time.Hour).Into(decision),
				flow.Choice("Agreed").When(flow.Eq(approved, true)).Otherwise(flow.Task("Refuse", refuse), flow.Succeed("Refused"))).
			Otherwise(),
		flow.Task("Send", send),
	).Build()
}

func send(_ context.Context, c Case) (Answer, error) {
	return Answer{Text: fmt.Sprintf("%s We pay back %.2f.", c.Draft, c.Refund), Approved: c.Decision.By}, nil
}

func refuse(_ context.Context, c Case) (Answer, error) {
	return Answer{Text: c.Draft + " We can't pay that back."}, nil
}

// offline is a model that writes slowly.
func offline() *mock.Model {
	m := mock.New()
	m.When().Chunks("Dear customer, ", "thank you ", "for your letter.").Pace(20 * time.Millisecond).Always().Maybe()
	return m
}

func main() {
	addr := flag.String("addr", "localhost:8080", "where to listen")
	keep := flag.String("keep", "parked.json", "the file for what waits while the program is down")
	choice := provider.Flags(flag.CommandLine)
	provider.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *addr, *keep, choice); err != nil {
		slog.Error("service", "err", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, addr, keep string, choice *provider.Choice) error {
	m, err := choice.Open(ctx, offline())
	if err != nil {
		return err
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	slog.Info("listening", "addr", ln.Addr().String(), "model", choice.String())
	return serve(ctx, ln, keep, m)
}
