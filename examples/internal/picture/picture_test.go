package picture_test

import (
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/examples/internal/picture"
)

// observed is a flow, and a picture that has seen a run of it.
func observed(t *testing.T, args ...string) (*flow.Flow[int, int], *picture.Picture) {
	t.Helper()
	flags := flag.NewFlagSet("test", flag.ContinueOnError)
	p := picture.Flag(flags)
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	f := flow.New[int, int]("one").Then(flow.Pass("Begin")).Must()
	if _, err := f.Run(t.Context(), 1, p.Watch()); err != nil {
		t.Fatal(err)
	}
	return f, p
}

func TestSave(t *testing.T) {
	t.Parallel()
	for name, begins := range map[string]string{"run.svg": "<svg ", "run.dot": "digraph ", "run.mmd": "flowchart TD\n", "run": "flowchart TD\n"} {
		file := filepath.Join(t.TempDir(), name)
		f, p := observed(t, "-picture", file)
		if err := p.Save(f, io.Discard); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(file)
		if err != nil || !strings.HasPrefix(string(text), begins) {
			t.Errorf("%s: %v, %.40q, want %q", name, err, text, begins)
		}
	}
}

// What is printed shows the run, not the flow alone.
func TestPrint(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	f, p := observed(t, "-picture", "-")
	if err := p.Save(f, &out); err != nil || !strings.Contains(out.String(), `["Begin<br/><small>Pass</small>"]:::done`) {
		t.Errorf("%v, %s", err, out.String())
	}
}

func TestNoPicture(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	f, p := observed(t)
	if err := p.Save(f, &out); err != nil || out.Len() > 0 {
		t.Errorf("%v, %s", err, out.String())
	}
}

func TestNoPlace(t *testing.T) {
	t.Parallel()
	f, p := observed(t, "-picture", filepath.Join(t.TempDir(), "none", "run.svg"))
	if err := p.Save(f, io.Discard); err == nil {
		t.Error("want an error")
	}
}
