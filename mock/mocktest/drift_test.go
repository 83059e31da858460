package mocktest_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/mock/mocktest"
)

// told collects what a test is told.
type told struct {
	testing.TB
	errors []string
}

func (t *told) Helper() {}
func (t *told) Errorf(format string, args ...any) {
	t.errors = append(t.errors, fmt.Sprintf(format, args...))
}

func TestSameAsASL(t *testing.T) {
	double := func(_ context.Context, n int) (int, error) { return 2 * n, nil }
	f := flow.New[int, int]("double").Then(flow.Task("Double", double)).Must()
	dir := t.TempDir()
	write := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	const arn = "arn:aws:lambda:us-east-1:123456789012:function:Double"
	same := write("same.yaml", "Comment: doubles\nStartAt: Double\nStates:\n  Double: {Type: Task, Resource: '"+arn+"', ResultPath: $, End: true}\n")
	other := write("other.json", `{"StartAt":"Double","States":{"Double":{"Type":"Task","Resource":"`+arn+`","TimeoutSeconds":5,"End":true}}}`)
	none := write("none.json", `{"StartAt":`)
	inexact := flow.New[any, any]("f").Then(flow.Parallel("P", flow.Pass("A"), flow.Pass("B")).Concurrency(1)).Must()
	for _, c := range []struct {
		name string
		flow mocktest.Exported
		file string
		want string
	}{
		{"the same", f, same, ""},
		{"another", f, other, "SameAsASL: the flow and " + other + " differ (the flow is the first): /States/Double/TimeoutSeconds: only the second has it: 5"},
		{"no file", f, filepath.Join(dir, "x"), "SameAsASL: open " + filepath.Join(dir, "x") + ": no such file or directory"},
		{"no definition", f, none, "SameAsASL: " + none + " is no definition: "},
		{"no export", inexact, same, `SameAsASL: flow "f" has a mistake: `},
	} {
		t.Run(c.name, func(t *testing.T) {
			probe := &told{TB: t}
			mocktest.SameAsASL(probe, c.flow, c.file)
			got := ""
			if len(probe.errors) > 0 {
				got = probe.errors[0]
			}
			if c.want == "" && got != "" || len(got) < len(c.want) || got[:len(c.want)] != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
