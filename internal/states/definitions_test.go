package states_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/states"
)

type published struct {
	Name       string          `json:"name"`
	Definition json.RawMessage `json:"definition"`
	Problem    string          `json:"problem"`
	Type       states.Workflow `json:"type"`
}

func TestPublishedDefinitionsAreAccepted(t *testing.T) {
	t.Parallel()
	for _, c := range suite[published](t, "definitions/asl-valid.json") {
		t.Run(c.Name, func(t *testing.T) {
			m, ds := states.Parse(c.Definition)
			if m == nil {
				t.Fatal(ds)
			}
			for _, d := range states.Check(m, states.Standard).Errors() {
				t.Error(d)
			}
			text, err := states.Write(m)
			if err != nil {
				t.Fatal(err)
			}
			again, ds := states.Parse(text)
			if again == nil {
				t.Fatal(ds)
			}
			if !states.Equal(m, again) {
				t.Errorf("not equal after Write:\n%s", text)
			}
			want, _ := document.Decode(c.Definition)
			got, _ := document.Decode(text)
			if !document.Equal(want, got) {
				t.Errorf("written as\n%s\nwant\n%s", text, c.Definition)
			}
		})
	}
}

func TestPublishedMistakesAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range suite[published](t, "definitions/asl-invalid.json") {
		t.Run(c.Name, func(t *testing.T) {
			m, ds := states.Parse(c.Definition)
			if m == nil {
				t.Fatal(ds)
			}
			workflow := c.Type
			if workflow == "" {
				workflow = states.Standard
			}
			ds = states.Check(m, workflow).Errors()
			if len(ds) == 0 {
				t.Fatal("accepted, but: " + c.Problem)
			}
			if recorded, ok := strings.CutPrefix(c.Problem, "AWS (recorded from the service): "); ok {
				if got := ds[0].Message + " at " + ds[0].Location; len(ds) != 1 || got != recorded {
					t.Errorf("AWS says %s\nwe say %v", recorded, ds)
				}
			}
		})
	}
}
