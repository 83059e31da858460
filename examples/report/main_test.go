package main

import (
	"path"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/examples/internal/golden"
	"github.com/flowstone-go/flow/examples/internal/picture"
	"github.com/flowstone-go/flow/examples/internal/provider"
	"github.com/flowstone-go/flow/examples/internal/wire"
)

func TestRun(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := run(t.Context(), &out, &provider.Choice{}, new(picture.Picture), Question{2025}); err != nil {
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
	err := run(t.Context(), &out, &provider.Choice{}, new(picture.Picture), Question{1999})
	if err == nil || err.Error() != `state "Query": there are no sales in 1999` || out.String() != "" {
		t.Errorf("error %v, output %q", err, out.String())
	}
}

// The same comes out of either provider, over its SDK and wire format, but for
// the cause of the region that is missing.
func TestProviders(t *testing.T) {
	for name, choose := range wire.Providers {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				choice := choose(t, offline())
				var out strings.Builder
				if err := run(t.Context(), &out, choice, new(picture.Picture), Question{2025}); err != nil {
					t.Fatal(err)
				}
				if err := golden.File("testdata/"+path.Base(t.Name())+".txt", out.String()); err != nil {
					t.Error(err)
				}
			})
		})
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
