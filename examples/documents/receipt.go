package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/flowstone-go/flow/model"
)

// Receipt says what was stored.
type Receipt struct {
	ID        string      `json:"id"` // of the row in the database
	Path      string      `json:"path"`
	Title     string      `json:"title"`
	Pages     int         `json:"pages"`
	Words     int         `json:"words"`
	Summary   string      `json:"summary"`
	Sentiment string      `json:"sentiment"`
	Score     float64     `json:"score"`
	Author    string      `json:"author"` // the model, or "a person"
	Tokens    model.Usage `json:"tokens"`
}

const person = "a person"

// receiptOf makes the receipt of a record, with the tokens that were used for
// it by then.
func receiptOf(ctx context.Context, r Record) Receipt {
	used := watchOf(ctx).meter.ByModel()
	author := person
	if r.Failure == nil && len(used) > 0 {
		author = strings.Join(slices.Sorted(maps.Keys(used)), ", ")
	}
	return Receipt{
		ID: identity(r.Text.Body), Path: r.Path, Title: r.Text.Title, Pages: r.Text.Pages, Words: len(strings.Fields(r.Text.Body)),
		Summary: r.Summary.Text, Sentiment: r.Summary.Sentiment, Score: r.Summary.Score, Author: author,
		Tokens: watchOf(ctx).meter.Usage(),
	}
}

// print writes a receipt for people.
func (r Receipt) print(w io.Writer) {
	mood := r.Sentiment
	if mood != byHand {
		mood = fmt.Sprintf("%s (%+.2f)", mood, r.Score)
	}
	_, _ = fmt.Fprintf(w, "%s: %s\n", name(r.Path), r.Title)
	_, _ = fmt.Fprintf(w, "  %s, %s, mood %s\n", count(r.Pages, "page"), count(r.Words, "word"), mood)
	_, _ = io.WriteString(w, wrap(r.Summary, "  ", 100))
	_, _ = fmt.Fprintf(w, "  receipt %s, summary by %s, %d + %d tokens\n\n", r.ID, r.Author, r.Tokens.TotalInput(), r.Tokens.Output)
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// wrap breaks a text into indented lines.
func wrap(text, indent string, width int) string {
	var b strings.Builder
	line := indent
	for word := range strings.FieldsSeq(text) {
		if len([]rune(line))+1+len([]rune(word)) > width && line != indent {
			b.WriteString(line + "\n")
			line = indent
		}
		if line != indent {
			line += " "
		}
		line += word
	}
	return b.String() + line + "\n"
}

// name is what a document is called on the terminal.
func name(path string) string { return printable(strings.TrimPrefix(path, "inbox/")) }

// printable is a text without what a terminal would obey.
func printable(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return '?'
		}
		return r
	}, name)
}
