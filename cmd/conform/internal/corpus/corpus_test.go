package corpus_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/flowstone-go/flow/cmd/conform/internal/corpus"
)

func TestDir(t *testing.T) {
	base := t.TempDir()
	folder := func(parts ...string) string {
		dir := filepath.Join(append([]string{base}, parts...)...)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	named := folder("elsewhere", "asl")
	byRoot := folder("shared", "conformance", "asl")
	inside := folder("repo", "cmd", "conform")
	if err := os.WriteFile(filepath.Join(base, "repo", "go.work"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(inside)
	elsewhere := filepath.Dir(named)
	for _, test := range []struct {
		name, data, env, want string
	}{
		{"the folder itself", named, "", named},
		{"the folder around it", elsewhere, "", named},
		{"data counts before the variable", named, "nowhere", named},
		{"data that is not there", filepath.Join(base, "no"), elsewhere, ""},
		{"the variable", "", elsewhere, named},
		{"a variable that names nothing", "", filepath.Join(base, "no"), ""},
		{"beside the repository", "", "", byRoot},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv(corpus.Variable, test.env)
			got, err := corpus.Dir(test.data, "asl")
			if (err != nil) != (test.want == "") || !same(got, test.want) {
				t.Errorf("%q, %v, want %q", got, err, test.want)
			}
		})
	}
	t.Chdir(filepath.Join(base, "repo"))
	t.Setenv(corpus.Variable, "")
	if got, err := corpus.Dir("", "asl"); err != nil || !same(got, byRoot) {
		t.Errorf("from the root of the repository: %q, %v", got, err)
	}
	if got, err := corpus.Dir("", "jsonata"); err == nil {
		t.Errorf("a suite that is not there: %q", got)
	}
}

// same tells that two paths lead to the same folder, or that both are empty.
func same(a, b string) bool {
	if a == "" || b == "" {
		return a == b
	}
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}
