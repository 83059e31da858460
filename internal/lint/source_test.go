package lint_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// goFiles calls visit for each Go file of the repository, nested modules
// included; testdata and folders beginning with a dot or an underscore are not
// the repository's code.
func goFiles(t *testing.T, visit func(path string)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			hidden := strings.HasPrefix(name, ".") && path != root || strings.HasPrefix(name, "_")
			if hidden || name == "testdata" || name == "bin" {
				return filepath.SkipDir
			}
			return nil
		}
		if strings.HasSuffix(name, ".go") {
			visit(path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Every package says what it is, once.
func TestPackageComments(t *testing.T) {
	t.Parallel()
	documented := map[string]int{} // by folder
	goFiles(t, func(path string) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.PackageClauseOnly)
		if err != nil {
			t.Fatal(err)
		}
		folder := filepath.Dir(path)
		documented[folder] += 0
		if file.Doc != nil {
			documented[folder]++
		}
	})
	for folder, n := range documented {
		if n != 1 {
			t.Errorf("%s: %d package comments, want one", folder, n)
		}
	}
}

var (
	unfinished = regexp.MustCompile(`\b(` + "TO" + `DO|` + "FIX" + `ME|` + "XX" + `X)\b`)
	unbuilt    = regexp.MustCompile(`(?i)not (yet )?implemented|unimplemented|\bto` + `do\b`)
)

// What is there is finished: no note of work left, no panic in its place.
func TestNothingUnfinished(t *testing.T) {
	t.Parallel()
	goFiles(t, func(path string) {
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, group := range file.Comments {
			for _, comment := range group.List {
				if word := unfinished.FindString(comment.Text); word != "" {
					t.Errorf("%s: a comment says %s: finish it, or file it as an issue", files.Position(comment.Pos()), word)
				}
			}
		}
		ast.Inspect(file, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok || len(call.Args) != 1 {
				return true
			}
			function, isName := call.Fun.(*ast.Ident)
			text, isText := call.Args[0].(*ast.BasicLit)
			if isName && isText && function.Name == "panic" && unbuilt.MatchString(text.Value) {
				t.Errorf("%s: a panic in place of code", files.Position(call.Pos()))
			}
			return true
		})
	})
}

// A file owns one idea: short enough to be read at once.
func TestFileLength(t *testing.T) {
	t.Parallel()
	const limit = 600
	goFiles(t, func(path string) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(text), "\n"); n > limit && !strings.Contains(string(text[:min(len(text), 400)]), "// Code generated ") {
			t.Errorf("%s: %d lines, more than %d: split it by concept", path, n, limit)
		}
	})
}
