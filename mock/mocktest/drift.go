package mocktest

import (
	"os"
	"testing"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/internal/states"
)

// Exported is a flow that can be written in the States Language: a *flow.Flow of
// any types.
type Exported interface {
	ASL(opts ...flow.ExportOption) ([]byte, error)
}

// SameAsASL fails the test where a flow, exported with these options, does not
// mean the same as the definition in a file, JSON or YAML: so that the Go source and
// what is deployed never drift apart. It says where they differ first.
//
// Comments, fields that have their default, older names of fields, and how
// numbers, times and negations are spelled make no difference. Neither does the
// order of states; their names do.
func SameAsASL(t testing.TB, f Exported, file string, opts ...flow.ExportOption) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Errorf("SameAsASL: %v", err)
		return
	}
	exported, err := f.ASL(opts...)
	if err != nil {
		t.Errorf("SameAsASL: %v", err)
		return
	}
	want, found := states.Parse(text)
	if want == nil {
		t.Errorf("SameAsASL: %s is no definition: %v", file, found)
		return
	}
	got, found := states.Parse(exported)
	if got == nil {
		t.Errorf("SameAsASL: the flow is exported to no definition: %v", found)
		return
	}
	if d := states.Difference(got, want); d != "" {
		t.Errorf("SameAsASL: the flow and %s differ (the flow is the first): %s", file, d)
	}
}
