// Moderation decides on posts: a model classifies each, what it is sure of is
// approved or rejected at once, and the rest is escalated to a moderator, who has
// some time to decide.
//
//	Classify → Sure ─ fine, sure → Approve ────┐
//	             ├── spam, sure → Reject ──────┼→ Verdict ─ approved → Publish ─→ Log
//	             └── otherwise → Escalate ─────┘     └─ otherwise → Hide ───────↗
//	                               └ nobody in time: rejected
//
// What to look at: conditions put together by And; a Callback, which waits for a
// person without holding a goroutine, its Timeout, and the Recover that decides
// in the person's place. office.go has what the nodes call.
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

// Post is what the flow is given.
type Post struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// Label is what the model says of a post.
type Label struct {
	Kind       string  `json:"kind" enum:"fine,spam"`
	Confidence float64 `json:"confidence" description:"from 0 to 1"`
}

// Decision is made by the model or by a moderator.
type Decision struct {
	Approved bool   `json:"approved"`
	By       string `json:"by"`
}

// Item is all that is known in the end, and the flow's result.
type Item struct {
	Post
	Label    Label    `json:"label"`
	Decision Decision `json:"decision"`
}

var (
	label      = flow.At[Label]("$.label")
	kind       = flow.Field(label, func(l *Label) *string { return &l.Kind })
	confidence = flow.Field(label, func(l *Label) *float64 { return &l.Confidence })
	decision   = flow.At[Decision]("$.decision")
	approved   = flow.Field(decision, func(d *Decision) *bool { return &d.Approved })
	post       = flow.At[Post]("$")
)

func moderation(m flow.Model, office *Office) (*flow.Flow[Post, Item], error) {
	sure := flow.AtLeast(confidence, 0.9)
	return flow.New[Post, Item]("moderation").Then(
		flow.Prompt[Label]("Classify", m).MaxTokens(50).Into(label).
			Text("Is this post fine or spam, and how sure are you?\n\n{{text}}").
			Retry(flow.Retry{On: flow.ErrThrottled, Interval: time.Second}),
		flow.Choice("Sure").
			When(flow.And(sure, flow.Eq(kind, "fine")), flow.Task("Approve", byModel(true)).From(label).Into(decision)).
			When(flow.And(sure, flow.Eq(kind, "spam")), flow.Task("Reject", byModel(false)).From(label).Into(decision)).
			Otherwise(
				flow.Callback[Decision]("Escalate", office.escalate).From(post).Timeout(office.patience).
					Recover(flow.ErrTimeout, nobody).Into(decision)),
		flow.Choice("Verdict").
			When(flow.True(approved), flow.Do("Publish", office.publish).From(post)).
			Otherwise(flow.Do("Hide", office.hide).From(post)),
	).Build()
}

func byModel(approve bool) func(context.Context, Label) (Decision, error) {
	return func(context.Context, Label) (Decision, error) { return Decision{approve, "the model"}, nil }
}

// nobody decides where no moderator did in time.
func nobody(context.Context, *flow.Error) (Decision, error) {
	return Decision{false, "nobody in time"}, nil
}

func main() {
	choice := provider.Flags(flag.CommandLine)
	shot := picture.Flag(flag.CommandLine)
	provider.Parse()
	if err := run(context.Background(), os.Stdout, choice, shot, time.Second); err != nil {
		fmt.Fprintln(os.Stderr, "moderation:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, choice *provider.Choice, shot *picture.Picture, patience time.Duration) error {
	m, err := choice.Open(ctx, offline())
	if err != nil {
		return err
	}
	office := &Office{out, patience, make(chan question, len(posts))}
	f, err := moderation(m, office)
	if err != nil {
		return err
	}
	desk := flow.NewDesk()
	f = f.With(desk, shot.Watch())
	answered := make(chan error, 1)
	go func() { answered <- moderator(ctx, desk, office.queue) }()
	for _, p := range posts {
		item, err := f.Start(ctx, p).Wait(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", p.ID, err)
		}
		_, _ = fmt.Fprintf(out, "  %s, %.0f %% sure; approved: %t, by %s\n", item.Label.Kind, 100*item.Label.Confidence, item.Decision.Approved, item.Decision.By)
	}
	close(office.queue)
	if err := <-answered; err != nil {
		return err
	}
	return shot.Save(f, out)
}
