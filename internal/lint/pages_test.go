package lint_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// block is a fenced Go block of a page.
type block struct {
	line int    // where its text begins
	from string // the file that it claims to come from
	text string
}

var source = regexp.MustCompile(`^<!-- from: (\S+) -->$`)

// goBlocks gives the Go blocks of a Markdown page. The line before a block's
// fence may name the file that it stands in: <!-- from: path -->.
func goBlocks(page string) []block {
	var (
		blocks []block
		from   string
		open   *block
		other  bool // within a fence of another language
	)
	for i, line := range strings.Split(page, "\n") {
		switch {
		case open != nil && line == "```":
			blocks = append(blocks, *open)
			open = nil
		case open != nil:
			open.text += line + "\n"
		case other:
			other = line != "```"
		case line == "```go":
			open = &block{line: i + 2, from: from}
			from = ""
		case strings.HasPrefix(line, "```"):
			other = true
		case strings.TrimSpace(line) != "":
			from = ""
			if m := source.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
				from = m[1]
			}
		}
	}
	return blocks
}

// bare is Go text without the white space at the ends of its lines and
// without empty lines, so that a block may be indented otherwise than its
// source.
func bare(text string) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	return "\n" + strings.Join(lines, "\n") + "\n"
}

// Go code on a page is code that compiles: each block stands in a Go file of
// the repository, word by word, and names it.
func TestGoOnPages(t *testing.T) {
	t.Parallel()
	for _, path := range pages(t) {
		page, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range goBlocks(string(page)) {
			if err := standsIn(b, root); err != nil {
				t.Errorf("%s:%d: %v", path, b.line, err)
			}
		}
	}
}

func standsIn(b block, folder string) error {
	if b.from == "" {
		return fmt.Errorf("a Go block that no <!-- from: file --> before it ties to compiled code")
	}
	if !strings.HasSuffix(b.from, ".go") {
		return fmt.Errorf("%s is not a Go file", b.from)
	}
	code, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(b.from)))
	if err != nil {
		return err
	}
	if !strings.Contains(bare(string(code)), bare(b.text)) {
		return fmt.Errorf("the block does not stand in %s", b.from)
	}
	return nil
}

// The README's first code is seen without scrolling.
func TestReadmeShowsCodeEarly(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := goBlocks(string(page))
	if len(blocks) == 0 {
		t.Skip("the README shows no Go code")
	}
	if blocks[0].line > 20 {
		t.Errorf("the README's code begins at line %d, want line 20 at the latest", blocks[0].line)
	}
}

func TestGoBlocks(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "a.go"), []byte("package a\n\nfunc f() {\n\tg(1,\n\n\t\t2)\n}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const fence = "```"
	for name, test := range map[string]struct {
		page  string
		wrong bool
	}{
		"stands there":         {"<!-- from: a.go -->\n" + fence + "go\ng(1,\n    2)\n" + fence, false},
		"an empty line before": {"<!-- from: a.go -->\n\n" + fence + "go\ng(1,\n" + fence, false},
		"part of a line":       {"<!-- from: a.go -->\n" + fence + "go\ng(\n" + fence, true},
		"something else":       {"<!-- from: a.go -->\n" + fence + "go\ng(2)\n" + fence, true},
		"from nowhere":         {fence + "go\ng(1,\n" + fence, true},
		"no such file":         {"<!-- from: b.go -->\n" + fence + "go\ng(1,\n" + fence, true},
		"another language":     {fence + "json\n" + fence, false},
		"named for another":    {"<!-- from: a.go -->\ntext\n" + fence + "go\ng(1,\n" + fence, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var wrong bool
			for _, b := range goBlocks(test.page) {
				wrong = wrong || standsIn(b, folder) != nil
			}
			if wrong != test.wrong {
				t.Errorf("wrong: %t, want %t", wrong, test.wrong)
			}
		})
	}
}
