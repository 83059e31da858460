// Report writes a report on the sales in a database: a query gives the regions,
// each is analysed and put into words by a model, several at once, and the parts
// are collected into one page.
//
//	Query → Regions: for each [ Sales → Narrate ] → Write
//
// What to look at: the Map with its concurrency, what each item carries along,
// the failures that are tolerated, and that the results come in the order of the
// items, however long each took.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/examples/internal/picture"
	"github.com/flowstone-go/flow/examples/internal/provider"
	"github.com/flowstone-go/flow/mock"
	"github.com/flowstone-go/flow/model"
)

// Question is what the flow is given.
type Question struct {
	Year int `json:"year"`
}

// Query is the document of one item of the Map: the region, and the year that
// it carries along.
type Query struct {
	Question
	Region string `json:"region"`
}

// Sales are those of a region, quarter by quarter.
type Sales struct {
	Region   string     `json:"region"`
	Quarters [4]float64 `json:"quarters"`
}

// Part is a paragraph of the report.
type Part struct {
	Region string `json:"region"`
	Text   string `json:"text"`
}

// Page is what Write wants.
type Page struct {
	Question
	Parts  []Part             `json:"parts"`
	Failed []flow.ItemFailure `json:"failed"`
}

var (
	regions = flow.At[[]string]("$.regions")
	region  = flow.At[string]("$.region")
	year    = flow.At[int]("$.year")
	parts   = flow.At[[]Part]("$.parts")
	failed  = flow.At[[]flow.ItemFailure]("$.failed")
)

func report(m flow.Model, db *DB) (*flow.Flow[Question, string], error) {
	return flow.New[Question, string]("report").Then(
		flow.Task("Query", db.regions).Into(regions),
		flow.Map[Part]("Regions", regions,
			flow.Task("Sales", db.sales), // its result is the document of what follows
			flow.Prompt[Part]("Narrate", m).MaxTokens(200).
				Text("Put into two sentences how sales in {{region}} went, quarter by quarter: {{quarters}}").
				Retry(flow.Retry{On: flow.ErrThrottled, Interval: flow.NoDelay}),
		).Item(region).Carry(year).Concurrency(3).Tolerate(1, failed).Into(parts),
		flow.Task("Write", write),
	).Build()
}

// write makes a page of the parts.
func write(_ context.Context, p Page) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "# Sales in %d\n", p.Year)
	for _, part := range p.Parts {
		if part.Region != "" { // the place of a region that failed is zero
			fmt.Fprintf(&b, "\n## %s\n\n%s\n", part.Region, part.Text)
		}
	}
	for _, f := range p.Failed {
		fmt.Fprintf(&b, "\nRegion %d of %d is missing: %s: %s\n", f.Index+1, len(p.Parts), f.Error, f.Cause)
	}
	return b.String(), nil
}

// offline is a model that answers from a script, is throttled once, and cannot
// speak of the south.
func offline() model.Model {
	m := mock.New()
	m.When(mock.PromptHas("East")).Throttle(1, 0).JSON(Part{"East", "Sales grew in every quarter. The last one was the best."})
	m.When(mock.PromptHas("North")).JSON(Part{"North", "Sales were steady. The third quarter was weak."})
	m.When(mock.PromptHas("West")).JSON(Part{"West", "A weak beginning was made good by the summer. The year ended flat."})
	m.When(mock.PromptHas("South")).Fail(model.ErrRefused).Always().Maybe()
	return m
}

func main() {
	choice := provider.Flags(flag.CommandLine)
	shot := picture.Flag(flag.CommandLine)
	provider.Parse()
	if err := run(context.Background(), os.Stdout, choice, shot, Question{2025}); err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, choice *provider.Choice, shot *picture.Picture, q Question) error {
	m, err := choice.Open(ctx, offline())
	if err != nil {
		return err
	}
	db, err := openDB(ctx)
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // it is in memory
	f, err := report(m, db)
	if err != nil {
		return err
	}
	page, err := f.Run(ctx, q, shot.Watch())
	if err != nil {
		return err
	}
	if _, err := io.WriteString(out, page); err != nil {
		return err
	}
	return shot.Save(f, out)
}
