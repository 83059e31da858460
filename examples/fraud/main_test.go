package main

import (
	"io"
	"os"
	"strings"
	"testing"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/examples/internal/golden"
)

func TestRun(t *testing.T) {
	t.Parallel()
	picture := t.TempDir() + "/run.svg"
	var out strings.Builder
	if err := run(t.Context(), &out, picture); err != nil {
		t.Fatal(err)
	}
	if err := golden.File("testdata/output.txt", out.String()); err != nil {
		t.Error(err)
	}
	svg, err := os.ReadFile(picture)
	if err != nil || !strings.Contains(string(svg), "<title>fraud</title>") {
		t.Errorf("picture: %v", err)
	}
}

func TestPicture(t *testing.T) {
	t.Parallel()
	f, err := fraud(offline(), &Desk{io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	if err := golden.Mermaid("README.md", flow.Draw(f).Mermaid()); err != nil {
		t.Error(err)
	}
}
