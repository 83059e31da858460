package main

import (
	"context"
	"fmt"
	"io/fs"
	"time"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/examples/internal/extract"
	"github.com/flowstone-go/flow/examples/internal/offline"
)

// Document is what the flow is given.
type Document struct {
	Path string `json:"path"`
}

// Summary is what the model answers: in JSON, by a schema made of this type.
type Summary struct {
	Text      string  `json:"text"`
	Sentiment string  `json:"sentiment" enum:"positive,neutral,negative"`
	Score     float64 `json:"score" description:"from -1, negative, to 1, positive"`
}

// Record is what Store wants; Build checks it against what the nodes above wrote.
type Record struct {
	Document
	Text    extract.Text  `json:"text"`
	Summary Summary       `json:"summary"`
	Failure *flow.Failure `json:"failure,omitempty"`
}

var (
	text      = flow.At[extract.Text]("$.text") // a typed reference: a path that knows its Go type
	summary   = flow.At[Summary]("$.summary")
	sentiment = flow.Field(summary, func(s *Summary) *string { return &s.Sentiment }) // misspelt = does not compile
	failure   = flow.At[*flow.Failure]("$.failure")
)

const prompt = "Summarize in three sentences, and say how the mood is:\n\n{{text.body}}"

// pipeline is the flow. The shape of the code is the shape of the graph.
func pipeline(m flow.Model, files *library, db *DB) (*flow.Flow[Document, Receipt], error) {
	return flow.New[Document, Receipt]("documents").Then(
		flow.Task("ExtractText", files.extract).Timeout(time.Minute).Into(text),
		flow.Prompt[Summary]("Summarize", m).Text(prompt).MaxTokens(300).
			Retry(flow.Retry{On: flow.ErrThrottled, Interval: time.Second / 2, MaxAttempts: 3, BackoffRate: 2}).
			Catch(flow.On(flow.ErrAll).Into(failure), flow.Task("AskAPerson", askAPerson).From(text)).
			Into(summary),
		flow.Choice("Mood").
			When(flow.Eq(sentiment, "negative"), flow.Do("Alert", files.alert).From(summary)).
			Otherwise(), // go on
		flow.Task("Store", db.Put),
	).Build()
}

// library is where documents are read from, and who is told about bad ones.
type library struct {
	fs       fs.FS // nil: the operating system's files
	maxBytes int64
	alerts   func(ctx context.Context, note string)
}

func (l *library) extract(ctx context.Context, d Document) (extract.Text, error) {
	text, err := extract.File(ctx, d.Path, extract.Options{FS: l.fs, MaxBytes: l.maxBytes})
	if err != nil {
		return extract.Text{}, err
	}
	return *text, nil
}

func (l *library) alert(ctx context.Context, s Summary) error {
	l.alerts(ctx, fmt.Sprintf("alert: the mood is %s (%+.2f)", s.Sentiment, s.Score))
	return nil
}

// byHand marks what waits for a person.
const byHand = "unknown"

// askAPerson is where somebody would be asked who can read: here the first
// sentences have to do until somebody has.
func askAPerson(ctx context.Context, t extract.Text) (Summary, error) {
	caught := flow.Caught(ctx)
	note(ctx, "Summarize: "+caught.Name+": "+caught.Cause+": a person is asked")
	return Summary{Text: offline.Lead(t.Body, 2), Sentiment: byHand}, nil
}
