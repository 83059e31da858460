package states_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// suite reads a file of the conformance suites, or skips the test.
func suite[T any](t testing.TB, name string) []T {
	t.Helper()
	folder := os.Getenv("FLOWSTONE_CONFORMANCE")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared", "conformance")
	}
	data, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
	if err != nil {
		t.Skipf("no conformance suite (set FLOWSTONE_CONFORMANCE to its folder): %v", err)
	}
	var cases []T
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	return cases
}
