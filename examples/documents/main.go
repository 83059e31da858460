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
	"path/filepath"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/examples/internal/progress"
	"github.com/flowstone-go/flow/examples/internal/provider"
	"github.com/flowstone-go/flow/model"
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

// options are what the command line says.
type options struct {
	model       *provider.Choice
	db          string
	price       *model.Price
	concurrency int
	maxSize     int64
	throttle    int
	fail, quiet bool
	paths       []string
}

// parse reads the command line. What is wrong with it is on stderr already.
func parse(args []string, stderr io.Writer) (o options, err error) {
	flags := flag.NewFlagSet("documents", flag.ContinueOnError)
	flags.SetOutput(stderr)
	o.model = provider.Flags(flags)
	flags.Func("price", "what a million tokens cost in dollars, `input,output` (default: the list prices of Amazon Bedrock)", o.setPrice)
	flags.StringVar(&o.db, "db", "documents.db", "store in this SQLite `file`")
	flags.IntVar(&o.concurrency, "concurrency", 4, "work on this many documents at once")
	flags.Int64Var(&o.maxSize, "max-size", 32, "refuse documents of more `MiB`")
	flags.IntVar(&o.throttle, "throttle", 0, "have the offline model refuse the first `n` calls for each document")
	flags.BoolVar(&o.fail, "fail", false, "have the offline model fail")
	flags.BoolVar(&o.quiet, "q", false, "show no progress")
	flags.Usage = func() {
		_, _ = fmt.Fprintln(stderr, "usage: documents [flags] [FILE or FOLDER]...")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	o.paths = flags.Args()
	if o.concurrency < 1 || o.maxSize < 1 || o.throttle < 0 {
		err = errors.New("-concurrency and -max-size want a number from 1 on, -throttle one from 0 on")
		_, _ = fmt.Fprintln(stderr, "documents:", err)
	}
	return o, err
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
	batch(ctx, f.With(flow.Observe(sum.meter.Observe)), paths, o.concurrency, board, func(out outcome) {
		board.Hide(func() { sum.add(stdout, out) })
	})
	board.Close()
	sum.print(stdout, o)
	if sum.refused > 0 {
		return fmt.Errorf("%d of %s %w", sum.refused, count(len(paths), "document"), errRefused)
	}
	return nil
}

// expand lists the files of the folders among paths.
func expand(paths []string) ([]string, error) {
	var files []string
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil || !info.IsDir() {
			files = append(files, path) // what is wrong with it, reading it will say
			continue
		}
		entries, err := os.ReadDir(path)
		if err != nil {
			return nil, err
		}
		found := len(files)
		for _, entry := range entries {
			if !entry.IsDir() && entry.Name()[0] != '.' {
				files = append(files, filepath.Join(path, entry.Name()))
			}
		}
		if len(files) == found {
			return nil, fmt.Errorf("%s: there are no files in this folder", path)
		}
	}
	return files, nil
}

// totals sums up.
type totals struct {
	stored, byPerson, refused int
	meter                     flow.Meter
}

func (t *totals) add(w io.Writer, out outcome) {
	if out.err != nil {
		t.refused++
		_, _ = fmt.Fprintf(w, "%s: refused: %s\n\n", name(out.path), printable(explain(out.err)))
		return
	}
	t.stored++
	if out.receipt.Author == person {
		t.byPerson++
	}
	out.receipt.print(w)
}

func (t *totals) print(w io.Writer, o options) {
	_, _ = fmt.Fprintf(w, "%d stored in %s, %d of them for a person to look at, %d refused\n", t.stored, o.db, t.byPerson, t.refused)
	_, _ = fmt.Fprintln(w, cost(&t.meter, o.price))
}
