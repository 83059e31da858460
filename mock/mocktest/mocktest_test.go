package mocktest_test

import (
	"fmt"
	"strings"
	"testing"

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
