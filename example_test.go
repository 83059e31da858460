package flow_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/mock"
)

type Document struct {
	Path string `json:"path"`
}

type Summary struct {
	Text      string `json:"text"`
	Sentiment string `json:"sentiment" enum:"positive,neutral,negative"`
}

type Receipt struct {
	ID string `json:"id"`
}

// Record is what Store wants: Build checks it against what the nodes before wrote.
type Record struct {
	Document
	Text    string        `json:"text"`
	Summary Summary       `json:"summary"`
	Failure *flow.Failure `json:"failure,omitempty"`
}

var (
	text      = flow.At[string]("$.text") // a typed reference: a path that knows its Go type
	summary   = flow.At[Summary]("$.summary")
	sentiment = flow.Field(summary, func(s *Summary) *string { return &s.Sentiment }) // misspelt = does not compile
	trouble   = flow.At[*flow.Failure]("$.failure")
)

func documents(m flow.Model, db DB) (*flow.Flow[Document, Receipt], error) {
	return flow.New[Document, Receipt]("documents").Then(
		flow.Task("ExtractText", extractText).Into(text),
		flow.Prompt[Summary]("Summarize", m).Text("Summarize in three sentences:\n\n{{text}}").MaxTokens(300).
			Retry(flow.Retry{On: flow.ErrThrottled, Interval: 2 * time.Second, MaxAttempts: 3}).
			Catch(flow.On(flow.ErrAll).Into(trouble), flow.Task("AskAPerson", askAPerson).From(text)).
			Into(summary),
		flow.Choice("Mood").
			When(flow.Eq(sentiment, "negative"), flow.Do("Alert", alert).From(summary)).
			Otherwise(), // go on
		flow.Task("Store", db.store),
	).Build()
}

// DB stands for a database.
type DB struct{}

func (DB) store(_ context.Context, r Record) (Receipt, error) {
	fmt.Printf("stored %q\n", r.Summary.Text)
	return Receipt{ID: "r-1"}, nil
}

func extractText(_ context.Context, d Document) (string, error) {
	return "The alarm was muted. Nobody noticed until noon.", nil
}

func askAPerson(context.Context, string) (Summary, error) {
	return Summary{}, errors.New("nobody is there")
}

func alert(_ context.Context, s Summary) error {
	fmt.Println("alert:", s.Text)
	return nil
}

// The whole story: a document is read, summarized by a model that is throttled
// twice, and stored.
func Example() {
	m := mock.New() // or bedrock.New(client, id), or openai.Open(id)
	m.When(mock.PromptHas("Nobody noticed")).Throttle(2, 0).
		JSON(Summary{Text: "An alarm was muted.", Sentiment: "negative"})
	f, err := documents(m, DB{})
	if err != nil {
		fmt.Println(err)
		return
	}
	// On a clock of its own the execution waits without time passing.
	f = f.With(flow.VirtualTime(time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)))
	out, err := f.Run(context.Background(), Document{Path: "report.pdf"}, flow.Observe(func(e flow.Event) {
		if e.Type == flow.RetryScheduled {
			fmt.Printf("%s: %s, again in %v\n", e.State, e.Error.Name, e.Delay)
		}
	}))
	fmt.Println(out.ID, err)
	// Output:
	// Summarize: Model.Throttled, again in 2s
	// Summarize: Model.Throttled, again in 4s
	// alert: An alarm was muted.
	// stored "An alarm was muted."
	// r-1 <nil>
}
