// Package mocktest ties package mock to a test: what goes wrong with a mock
// fails the test that uses it.
package mocktest

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/flowstone-go/flow/mock"
	"github.com/flowstone-go/flow/model"
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

// RecordVariable is the environment variable that has [Recording] record anew.
const RecordVariable = "FLOWSTONE_RECORD"

// Recording gives a model that answers from the recording in a file (see
// [mock.Replay]). A recorded call that the test did not make fails it at its
// end, and so does one that was not recorded, even if the code under test
// swallowed the error.
//
// Where the environment variable FLOWSTONE_RECORD is set to anything but 0 or
// nothing, the model that source gives is asked instead, and the file written
// anew, without secrets (see [mock.Record]).
func Recording(t testing.TB, file string, source func() model.Model, more ...mock.Redaction) model.Model {
	t.Helper()
	if v := os.Getenv(RecordVariable); v != "" && v != "0" {
		return record(t, file, source, more)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("mock: %v; set %s=1 to record", err, RecordVariable)
	}
	replay, err := mock.Replay(bytes.NewReader(data), more...)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	t.Cleanup(func() {
		t.Helper()
		for _, u := range replay.Unexpected() {
			t.Errorf("mock: %s: %s", file, u.Report())
		}
		if n := replay.Unused(); n > 0 {
			t.Errorf("mock: %s: %d recorded calls were not made", file, n)
		}
	})
	return replay
}

func record(t testing.TB, file string, source func() model.Model, more []mock.Redaction) model.Model {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatalf("mock: %v", err)
	}
	f, err := os.Create(file)
	if err != nil {
		t.Fatalf("mock: %v", err)
	}
	r := mock.Record(source(), f, more...)
	t.Cleanup(func() {
		t.Helper()
		if err := errors.Join(r.Err(), f.Close()); err != nil {
			t.Errorf("%v", err)
		}
	})
	return r
}
