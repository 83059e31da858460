//go:build unix

package extract_test

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/flowstone-go/flow/examples/internal/extract"
)

// A pipe that nobody writes to is refused, not waited for.
func TestPipe(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skipf("no pipe: %v", err)
	}
	_, err := extract.File(t.Context(), path, extract.Options{})
	refused, ok := errors.AsType[*extract.Error](err)
	if !ok || refused.Name != extract.Unreadable || refused.Detail != "it is not a regular file" {
		t.Errorf("error %v", err)
	}
}
