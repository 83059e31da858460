package main

import (
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
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		if err := run(t.Context(), &out, &provider.Choice{}, new(picture.Picture)); err != nil {
			t.Fatal(err)
		}
		if err := golden.File("testdata/output.txt", out.String()); err != nil {
			t.Error(err)
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
				if err := run(t.Context(), &out, choice, new(picture.Picture)); err != nil {
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
	f, err := support(offline(), newShop(flow.NewDesk()))
	if err != nil {
		t.Fatal(err)
	}
	if err := golden.Mermaid("README.md", flow.Draw(f).Mermaid()); err != nil {
		t.Error(err)
	}
}
