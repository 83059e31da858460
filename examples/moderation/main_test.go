package main

import (
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/examples/internal/golden"
	"github.com/flowstone-go/flow/examples/internal/picture"
	"github.com/flowstone-go/flow/examples/internal/provider"
	"github.com/flowstone-go/flow/examples/internal/wire"
)

// A day of patience passes in no time on the clock of the test.
func TestRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var out strings.Builder
		if err := run(t.Context(), &out, &provider.Choice{}, new(picture.Picture), 24*time.Hour); err != nil {
			t.Fatal(err)
		}
		if err := golden.File("testdata/output.txt", out.String()); err != nil {
			t.Error(err)
		}
		if took, want := time.Since(began), 24*time.Hour+time.Second; took != want {
			t.Errorf("it took %v, want the patience for one post and the delay of one retry, %v", took, want)
		}
	})
}

// The same comes out of either provider, over its SDK and wire format.
func TestProviders(t *testing.T) {
	for name, choose := range wire.Providers {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				choice := choose(t, offline())
				var out strings.Builder
				if err := run(t.Context(), &out, choice, new(picture.Picture), 24*time.Hour); err != nil {
					t.Fatal(err)
				}
				if err := golden.File("testdata/output.txt", out.String()); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestPicture(t *testing.T) {
	t.Parallel()
	f, err := moderation(offline(), &Office{out: io.Discard, patience: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if err := golden.Mermaid("README.md", flow.Draw(f).Mermaid()); err != nil {
		t.Error(err)
	}
}
