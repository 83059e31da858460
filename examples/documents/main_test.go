package main

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/examples/internal/extract"
	goldenfile "github.com/flowstone-go/flow/examples/internal/golden"
	"github.com/flowstone-go/flow/examples/internal/offline"
	"github.com/flowstone-go/flow/model"
)

// golden compares with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	if err := goldenfile.File(filepath.Join("testdata", name), got); err != nil {
		t.Error(err)
	}
}

// start runs the program with a database of its own.
func start(t *testing.T, args ...string) (db string, status int, stdout, stderr string) {
	t.Helper()
	db = filepath.Join(t.TempDir(), "documents.db")
	var out, errs strings.Builder
	status = run(t.Context(), append([]string{"-db", db}, args...), &out, &errs)
	return db, status, strings.ReplaceAll(out.String(), db, "documents.db"), errs.String()
}

// stored is a row of the database.
type stored struct {
	Path, Title, Text, Summary, Sentiment, Author string
	Pages, Words                                  int
	Failure                                       sql.NullString
	InputTokens, OutputTokens                     int
}

func rows(t *testing.T, path string) map[string]stored {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	found, err := db.QueryContext(t.Context(), `SELECT id, path, title, text, summary, sentiment, author, pages, words, failure, input_tokens, output_tokens FROM documents`)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	all := map[string]stored{}
	for found.Next() {
		var id string
		var r stored
		if err := found.Scan(&id, &r.Path, &r.Title, &r.Text, &r.Summary, &r.Sentiment, &r.Author, &r.Pages, &r.Words, &r.Failure, &r.InputTokens, &r.OutputTokens); err != nil {
			t.Fatal(err)
		}
		all[id] = r
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// The six documents of the folder: their receipts, the rows behind them, and
// summaries that stand in the text word by word.
func TestInbox(t *testing.T) {
	t.Parallel()
	db, status, stdout, stderr := start(t, "-concurrency", "3", "-price", "3,15")
	if status != 0 {
		t.Errorf("status %d: %s", status, stderr)
	}
	golden(t, "inbox.txt", stdout)
	got := rows(t, db)
	if len(got) != 6 {
		t.Fatalf("%d rows, want 6", len(got))
	}
	for id, row := range got {
		if !strings.Contains(stdout, "receipt "+id+", summary by offline-extractive") {
			t.Errorf("%s: no receipt for row %s", row.Path, id)
		}
		sentences := offline.Sentences(row.Summary)
		if len(sentences) != 3 {
			t.Errorf("%s: %d sentences in %q, want 3", row.Path, len(sentences), row.Summary)
		}
		for _, sentence := range sentences {
			if !strings.Contains(row.Text, sentence) {
				t.Errorf("%s: %q does not stand in the text", row.Path, sentence)
			}
		}
		if row.Failure.Valid || row.InputTokens == 0 || row.OutputTokens == 0 {
			t.Errorf("%s: stored as %+v", row.Path, row)
		}
	}
}

// Bad documents are refused one by one, and the good one among them is stored.
func TestRefused(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	db, status, stdout, stderr := start(t, "-q", "-max-size", "1", "-concurrency", "2",
		filepath.Join(folder, "missing.txt"),
		write("empty.txt", ""),
		write("program.txt", "\x7fELF\x00"),
		write("good.txt", "This is good."),
		filepath.Join("..", "internal", "extract", "testdata", "encrypted.pdf"),
		write("damaged.pdf", "%PDF-1.7 and nothing"),
		write("huge.txt", strings.Repeat("word ", 300_000)),
		write("evil\x1b[2J.txt", ""),
	)
	if status != 1 || stderr != "documents: 7 of 8 documents not stored\n" {
		t.Errorf("status %d: %s", status, stderr)
	}
	golden(t, "refused.txt", strings.ReplaceAll(stdout, folder+string(filepath.Separator), ""))
	if got := rows(t, db); len(got) != 1 {
		t.Errorf("%d rows, want 1", len(got))
	}
}

// A throttled model is asked again until it answers; one that fails has a person
// asked instead. No time passes but on the clock of the test.
func TestRetryAndCatch(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args   []string
		status int
		author string
		mood   string
	}{
		"throttled":              {[]string{"-throttle", "2"}, 0, offline.Name, "negative"},
		"throttled beyond retry": {[]string{"-throttle", "4"}, 0, person, byHand},
		"failed":                 {[]string{"-fail"}, 0, person, byHand},
		"both":                   {[]string{"-throttle", "2", "-fail"}, 0, person, byHand},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				path := filepath.Join("inbox", "complaint.html")
				db, status, _, stderr := start(t, append(test.args, path)...)
				if status != test.status {
					t.Errorf("status %d", status)
				}
				golden(t, strings.ReplaceAll(name, " ", "-")+".txt", stderr)
				for _, row := range rows(t, db) {
					if row.Author != test.author || row.Sentiment != test.mood || row.Failure.Valid != (test.author == person) {
						t.Errorf("stored: author %s, mood %s, failure %q", row.Author, row.Sentiment, row.Failure.String)
					}
				}
			})
		})
	}
}

// An interrupt ends what is under way, and says so of each document.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), 600*time.Millisecond, errors.New("interrupt"))
		defer cancel()
		var stdout, stderr strings.Builder
		db := filepath.Join(t.TempDir(), "d.db")
		status := run(ctx, []string{"-q", "-db", db, "-throttle", "2", "inbox/minutes.txt", "inbox/complaint.html"}, &stdout, &stderr)
		if status != 1 || strings.Count(stdout.String(), ": refused: interrupted\n") != 2 {
			t.Errorf("status %d: %s%s", status, stdout.String(), stderr.String())
		}
		if got := rows(t, db); len(got) != 0 {
			t.Errorf("%d rows, want none", len(got))
		}
	})
}

// The same document again replaces its row.
func TestAgain(t *testing.T) {
	t.Parallel()
	path := filepath.Join("inbox", "minutes.txt")
	db, status, _, stderr := start(t, "-q", path, path)
	if got := rows(t, db); status != 0 || len(got) != 1 {
		t.Errorf("status %d, %d rows: %s", status, len(got), stderr)
	}
}

func TestWrongCommandLine(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args []string
		want string // the beginning of what is said
	}{
		"no such flag":       {[]string{"-colour"}, "flag provided but not defined: -colour\nusage: "},
		"no concurrency":     {[]string{"-concurrency", "0"}, "documents: -concurrency and -max-size want"},
		"no price":           {[]string{"-price", "3"}, "invalid value \"3\" for flag -price: want two prices, as in 3,15\nusage: "},
		"no place for it":    {[]string{"-db", filepath.Join(t.TempDir(), "none", "d.db")}, "documents: open "},
		"nothing in folder":  {[]string{t.TempDir()}, "documents: " + os.TempDir()},
		"no model":           {[]string{"-openai", "http://localhost:1"}, "documents: -openai wants a -model"},
		"offline flags only": {[]string{"-model", "m", "-fail"}, "documents: -throttle and -fail"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, status, stdout, stderr := start(t, test.args...)
			if status != 2 || stdout != "" || !strings.HasPrefix(stderr, test.want) {
				t.Errorf("status %d, stdout %q, stderr %q, want %q", status, stdout, stderr, test.want)
			}
		})
	}
}

// The picture of a run shows what was retried and what was caught.
func TestPictureOfRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, status, stdout, stderr := start(t, "-q", "-throttle", "1", "-fail", "-picture", "-", filepath.Join("inbox", "minutes.txt"))
		if status != 0 || !strings.Contains(stdout, `"]:::caught`) || !strings.Contains(stdout, `["AskAPerson<br/><small>Task</small>"]:::done`) {
			t.Errorf("status %d: %s%s", status, stdout, stderr)
		}
	})
}

func TestPicture(t *testing.T) {
	t.Parallel()
	f, err := pipeline(new(offline.Model), new(library), new(DB))
	if err != nil {
		t.Fatal(err)
	}
	if err := goldenfile.Mermaid("README.md", flow.Draw(f).Mermaid()); err != nil {
		t.Error(err)
	}
}

func TestCost(t *testing.T) {
	t.Parallel()
	var m flow.Meter
	m.Observe(flow.Event{Type: flow.ModelAnswered, Model: "amazon.nova-lite-v1:0", Usage: model.Usage{Input: 1e6, Output: 1e5}})
	var o options
	if got, want := cost(&m, o.price), "1000000 + 100000 tokens, $0.0840"; got != want {
		t.Errorf("by the list: %s, want %s", got, want)
	}
	if err := o.setPrice("3, 15"); err != nil {
		t.Fatal(err)
	}
	if got, want := cost(&m, o.price), "1000000 + 100000 tokens, $4.5000"; got != want {
		t.Errorf("by the flag: %s, want %s", got, want)
	}
	for _, wrong := range []string{"", "3", "3,x", "-1,2", "NaN,1", "1,Inf"} {
		if err := o.setPrice(wrong); err == nil {
			t.Errorf("%q was taken for a price", wrong)
		}
	}
}

// What an error of the file system or of the flow says to people.
func TestExplain(t *testing.T) {
	t.Parallel()
	err := &extract.Error{Path: "a", Name: extract.Empty, Detail: "it has no bytes"}
	if got, want := explain(err), "it has no bytes [Document.Empty]"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
