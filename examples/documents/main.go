// Documents is the main job: it reads documents, has a model summarize them, and
// stores what came of it.
//
//	ExtractText → Summarize ─────────────→ Mood ─ negative → Alert ─→ Store
//	               │ ↺ when throttled       └─ otherwise ────────────↗
//	               └ fails: AskAPerson ──→ Mood
//
// What to look at: flow.go has the whole flow in twenty lines, with a Retry, a
// Catch and a Choice; batch.go runs it on several documents at once and watches
// its events; store.go has the SQLite database.
//
//	go run ./examples/documents                     the documents in its own folder
//	go run ./examples/documents FILE… FOLDER…       others: text, Markdown, HTML, PDF
//	go run ./examples/documents -throttle 2 -fail   see the Retry and the Catch at work
//	go run ./examples/documents -picture run.svg    draw what was done
//
// Without -model it works offline: its model then picks sentences out
// of the text and counts words of praise and complaint.
package main

import (
	"context"
	"embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/examples/internal/progress"
)

// inbox has the documents that are read when none is named.
//
//go:embed inbox
var inbox embed.FS

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is the program. Its status is 0 if every document was stored, 1 if one was
// not, and 2 if the work could not begin.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	if err := work(ctx, o, stdout, stderr); err != nil {
		_, _ = fmt.Fprintln(stderr, "documents:", err)
		if errors.Is(err, errRefused) {
			return 1
		}
		return 2
	}
	return 0
}

// errRefused is that a document, not the whole work, failed.
var errRefused = errors.New("not stored")

func work(ctx context.Context, o options, stdout, stderr io.Writer) error {
	m, about, err := chooseModel(ctx, o)
	if err != nil {
		return err
	}
	files := &library{maxBytes: o.maxSize << 20, alerts: note}
	paths, err := expand(o.paths)
	if err != nil {
		return err
	}
	if len(o.paths) == 0 {
		files.fs = inbox
		if paths, err = fs.Glob(inbox, "inbox/*"); err != nil {
			return err
		}
	}
	db, err := OpenDB(ctx, o.db)
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // every write was committed
	f, err := pipeline(m, files, db)
	if err != nil {
		return err
	}
	var board *progress.Board
	if !o.quiet {
		board = progress.New(stderr, len(paths))
	}
	_, _ = fmt.Fprintf(stdout, "%s, %s\n\n", count(len(paths), "document"), about)
	var sum totals
	batch(ctx, f.With(flow.Observe(sum.meter.Observe), o.picture.Watch()), paths, o.concurrency, board, func(out outcome) {
		board.Hide(func() { sum.add(stdout, out) })
	})
	board.Close()
	sum.print(stdout, o)
	if err := o.picture.Save(f, stdout); err != nil {
		return err
	}
	if sum.refused > 0 {
		return fmt.Errorf("%d of %s %w", sum.refused, count(len(paths), "document"), errRefused)
	}
	return nil
}
