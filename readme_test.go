package flow_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/mock"
)

// updating tells that files are to be written from what the code does now.
func updating() bool { return os.Getenv("FLOWSTONE_UPDATE") != "" }

// fenced gives what stands in the first block of a language in a Markdown page,
// and what stands before and after it.
func fenced(t *testing.T, page, language string) (before, block, after string) {
	t.Helper()
	before, rest, found := strings.Cut(page, "```"+language+"\n")
	block, after, closed := strings.Cut(rest, "```\n")
	if !found || !closed {
		t.Fatalf("the README shows no %s", language)
	}
	return before + "```" + language + "\n", block, "```\n" + after
}

func readme(t *testing.T) (*flow.Flow[Document, Receipt], string) {
	t.Helper()
	f, err := documents(mock.New(), DB{})
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	return f, string(page)
}

// The picture in the README is that of the flow in the README.
func TestReadmePicture(t *testing.T) {
	t.Parallel()
	f, page := readme(t)
	before, shown, after := fenced(t, page, "mermaid")
	want := flow.Draw(f).Mermaid()
	if updating() && want != shown {
		if err := os.WriteFile("README.md", []byte(before+want+after), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, shown); diff != "" {
		t.Errorf("FLOWSTONE_UPDATE=1 rewrites it: %s", diff)
	}
}

// The definition beside the README is that of its flow, and the states that the
// README shows are states of it.
func TestReadmeDefinition(t *testing.T) {
	t.Parallel()
	const file = "docs/documents.asl.json"
	f, page := readme(t)
	definition, err := f.ASL()
	if err != nil {
		t.Fatal(err)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, definition, "", "  "); err != nil {
		t.Fatal(err)
	}
	want := pretty.String() + "\n"
	if updating() {
		if err := os.WriteFile(file, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("FLOWSTONE_UPDATE=1 rewrites it: %s", diff)
	}
	_, block, _ := fenced(t, page, "json")
	var shown map[string]any
	if err := json.Unmarshal([]byte("{"+block+"}"), &shown); err != nil {
		t.Fatal(err)
	}
	var all struct{ States map[string]any }
	if err := json.Unmarshal(definition, &all); err != nil {
		t.Fatal(err)
	}
	if len(shown) == 0 {
		t.Error("the README shows no state")
	}
	for name, state := range shown {
		if diff := cmp.Diff(all.States[name], state); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
