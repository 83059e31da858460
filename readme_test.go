package flow_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/mock"
)

// The picture in the README is that of the flow in the README.
func TestReadmePicture(t *testing.T) {
	t.Parallel()
	f, err := documents(mock.New(), DB{})
	if err != nil {
		t.Fatal(err)
	}
	picture := flow.Draw(f).Mermaid()
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(page), "```mermaid\n")
	shown, after, closed := strings.Cut(rest, "```\n")
	if !found || !closed {
		t.Fatal("the README shows no picture")
	}
	if os.Getenv("FLOWSTONE_UPDATE") != "" {
		if err := os.WriteFile("README.md", []byte(before+"```mermaid\n"+picture+"```\n"+after), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(picture, shown); diff != "" {
		t.Errorf("FLOWSTONE_UPDATE=1 rewrites it: %s", diff)
	}
}
