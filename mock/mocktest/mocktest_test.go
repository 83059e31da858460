package mocktest_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/flowstone-go/flow/mock"
	"github.com/flowstone-go/flow/mock/mocktest"
	"github.com/flowstone-go/flow/model"
)

// fake is a test whose end we see.
type fake struct {
	testing.TB
	cleanups []func()
	errors   []string
}

func (f *fake) Helper()                   {}
func (f *fake) Cleanup(fn func())         { f.cleanups = append(f.cleanups, fn) }
func (f *fake) Errorf(s string, a ...any) { f.errors = append(f.errors, fmt.Sprintf(s, a...)) }
func (f *fake) Fatalf(s string, a ...any) { f.Errorf(s, a...); panic("fatal") }
func (f *fake) end() []string {
	for _, fn := range f.cleanups {
		fn()
	}
	return f.errors
}

func request(text string) *model.Request {
	return &model.Request{Messages: []model.Message{model.UserText(text)}}
}

func TestAGoodTestPasses(t *testing.T) {
	f := &fake{TB: t}
	m := mocktest.Model(f)
	m.When().Text("yes")
	if _, err := m.Generate(t.Context(), request("a")); err != nil {
		t.Fatal(err)
	}
	if errs := f.end(); len(errs) > 0 {
		t.Errorf("got %q", errs)
	}
}

func TestAnUnexpectedCallFailsTheTest(t *testing.T) {
	f := &fake{TB: t}
	m := mocktest.Model(f)
	_, _ = m.Generate(t.Context(), request("surprise"))
	errs := f.end()
	if len(errs) != 1 || !strings.Contains(errs[0], "user: surprise") {
		t.Errorf("got %q", errs)
	}
}

func TestAnUnusedReplyFailsTheTest(t *testing.T) {
	f := &fake{TB: t}
	mocktest.Model(f).When().Text("yes")
	if errs := f.end(); len(errs) != 1 || !strings.HasSuffix(errs[0], "nobody asked for it") {
		t.Errorf("got %q", errs)
	}
}

func TestRecordThenReplay(t *testing.T) {
	file := filepath.Join(t.TempDir(), "testdata", "letters.jsonl")
	ask := func(t testing.TB, m model.Model, texts ...string) (got []string) {
		t.Helper()
		for _, text := range texts {
			resp, err := m.Generate(t.Context(), request(text))
			if err != nil {
				got = append(got, "error")
				continue
			}
			got = append(got, resp.Text())
		}
		return got
	}
	source := func() model.Model { return mock.Echo() }
	t.Setenv(mocktest.RecordVariable, "1")
	f := &fake{TB: t}
	ask(f, mocktest.Recording(f, file, source), "a", "b")
	if errs := f.end(); len(errs) > 0 {
		t.Fatal(errs)
	}
	t.Setenv(mocktest.RecordVariable, "0")
	f = &fake{TB: t}
	if got := ask(f, mocktest.Recording(f, file, nil), "a", "b"); got[0] != "a" || got[1] != "b" {
		t.Errorf("replayed %q", got)
	}
	if errs := f.end(); len(errs) > 0 {
		t.Error(errs)
	}
	f = &fake{TB: t}
	ask(f, mocktest.Recording(f, file, nil), "a", "c")
	if errs := f.end(); len(errs) != 2 || !strings.Contains(errs[0], "user: c") || !strings.HasSuffix(errs[1], "1 recorded calls were not made") {
		t.Errorf("got %q", errs)
	}
	f = &fake{TB: t}
	func() {
		defer func() { _ = recover() }()
		mocktest.Recording(f, file+".none", nil)
	}()
	if len(f.errors) != 1 || !strings.HasSuffix(f.errors[0], "set FLOWSTONE_RECORD=1 to record") {
		t.Errorf("got %q", f.errors)
	}
}
