// Package mocktest ties package mock to a test: what goes wrong with a mock
// fails the test that uses it.
package mocktest

import (
	"testing"

	"github.com/flowstone-go/flow/mock"
)

// Model gives a model without any script. When the test ends it fails for each
// of [mock.Model.Problems]: a call that no script expects, even if the code under
// test swallowed the error, a reply that nobody asked for, a mistake in a script.
func Model(t testing.TB) *mock.Model {
	t.Helper()
	m := mock.New()
	t.Cleanup(func() {
		t.Helper()
		for _, p := range m.Problems() {
			t.Errorf("mock: %s", p)
		}
	})
	return m
}
