package main

import (
	"strings"
	"testing"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/examples/internal/golden"
)

func TestRun(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := run(t.Context(), &out, Question{2025}); err != nil {
		t.Fatal(err)
	}
	if err := golden.File("testdata/output.txt", out.String()); err != nil {
		t.Error(err)
	}
}

// A year without sales is an error that names the state.
func TestNoSales(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	err := run(t.Context(), &out, Question{1999})
	if err == nil || err.Error() != `state "Query": there are no sales in 1999` || out.String() != "" {
		t.Errorf("error %v, output %q", err, out.String())
	}
}

func TestPicture(t *testing.T) {
	t.Parallel()
	f, err := report(offline(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := golden.Mermaid("README.md", flow.Draw(f).Mermaid()); err != nil {
		t.Error(err)
	}
}
