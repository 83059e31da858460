package lint_test

import (
	"go/ast"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Code in the package comment of the root is code that runs: each block stands in
// an example, word by word.
func TestCodeInPackageComment(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, "doc.go"), nil, parser.ParseComments|parser.PackageClauseOnly)
	if err != nil {
		t.Fatal(err)
	}
	examples, err := filepath.Glob(filepath.Join(root, "example_*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	var code strings.Builder
	for _, path := range append(examples, filepath.Join(root, "example_test.go")) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		code.WriteString(string(text))
	}
	for _, block := range codeOf(file) {
		if !strings.Contains(bare(code.String()), bare(block)) {
			t.Errorf("no example has this code of the package comment:\n%s", block)
		}
	}
}

func codeOf(file *ast.File) []string {
	var blocks []string
	for _, b := range new(comment.Parser).Parse(file.Doc.Text()).Content {
		if code, ok := b.(*comment.Code); ok {
			blocks = append(blocks, code.Text)
		}
	}
	return blocks
}
