// Package golden compares output with files, and pictures with the pages that
// show them. With FLOWSTONE_UPDATE set it writes them instead.
package golden

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

func updating() bool { return os.Getenv("FLOWSTONE_UPDATE") != "" }

// File tells how a text differs from that of a file; nil if it does not.
func File(path, got string) error {
	if updating() {
		return os.WriteFile(path, []byte(got), 0o600)
	}
	want, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return compare(path, string(want), got)
}

// Mermaid tells how a picture differs from the first block of the language
// mermaid in a Markdown page; nil if it does not.
func Mermaid(page, picture string) error {
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	before, rest, found := strings.Cut(string(text), "```mermaid\n")
	want, after, closed := strings.Cut(rest, "```\n")
	if !found || !closed {
		return fmt.Errorf("%s has no block of the language mermaid", page)
	}
	if updating() {
		return os.WriteFile(page, []byte(before+"```mermaid\n"+picture+"```\n"+after), 0o600)
	}
	return compare(page, want, picture)
}

// compare names the first line that differs.
func compare(what, want, got string) error {
	wants, gots := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(wants), len(gots)) {
		w, g := "nothing", "nothing"
		if i < len(wants) {
			w = fmt.Sprintf("%q", wants[i])
		}
		if i < len(gots) {
			g = fmt.Sprintf("%q", gots[i])
		}
		if w != g {
			return errors.New(what + ": " + fmt.Sprintf("line %d: want %s, got %s\n(FLOWSTONE_UPDATE=1 rewrites it) all that was got:\n%s", i+1, w, g, got))
		}
	}
	return nil
}
