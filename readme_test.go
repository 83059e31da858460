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

// The picture and the definition in the README are those of the flow in the
// README.
func TestReadmeShowsTheFlow(t *testing.T) {
	t.Parallel()
	f, err := documents(mock.New(), DB{})
	if err != nil {
		t.Fatal(err)
	}
	definition, err := f.ASL()
	if err != nil {
		t.Fatal(err)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, definition, "", "  "); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	for language, want := range map[string]string{"mermaid": flow.Draw(f).Mermaid(), "json": pretty.String() + "\n"} {
		before, rest, found := strings.Cut(text, "```"+language+"\n")
		shown, after, closed := strings.Cut(rest, "```\n")
		if !found || !closed {
			t.Fatalf("the README shows no %s", language)
		}
		if os.Getenv("FLOWSTONE_UPDATE") != "" {
			text = before + "```" + language + "\n" + want + "```\n" + after
			continue
		}
		if diff := cmp.Diff(want, shown); diff != "" {
			t.Errorf("FLOWSTONE_UPDATE=1 rewrites it: %s", diff)
		}
	}
	if text != string(page) {
		if err := os.WriteFile("README.md", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
