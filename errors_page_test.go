package flow_test

import (
	"context"
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/mock"
	"github.com/flowstone-go/flow/model"
)

// reserved are the errors of the root package that have names of their own.
var reserved = map[string]*flow.Error{
	"ErrAll": flow.ErrAll, "ErrTaskFailed": flow.ErrTaskFailed, "ErrTimeout": flow.ErrTimeout, "ErrHeartbeat": flow.ErrHeartbeat,
	"ErrRuntime": flow.ErrRuntime, "ErrDataLimit": flow.ErrDataLimit, "ErrQuery": flow.ErrQuery, "ErrTolerance": flow.ErrTolerance,
	"ErrPermissions": flow.ErrPermissions, "ErrItemReader": flow.ErrItemReader, "ErrResultWriter": flow.ErrResultWriter,
	"ErrNoChoice": flow.ErrNoChoice, "ErrCancelled": flow.ErrCancelled, "ErrThrottled": flow.ErrThrottled,
	"ErrBudget": flow.ErrBudget, "ErrAgentLimit": flow.ErrAgentLimit,
}

// The page on errors has a row for every name that an execution can fail with.
func TestPageHasEveryError(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("docs/errors.md")
	if err != nil {
		t.Fatal(err)
	}
	row := func(name, variable string) {
		for line := range strings.SplitSeq(string(text), "\n") {
			if strings.HasPrefix(line, "|") && strings.Contains(line, "`"+name+"`") && strings.Contains(line, variable+"`") {
				return
			}
		}
		t.Errorf("no row has %s and %s", name, variable)
	}
	for variable, e := range reserved {
		row(e.Name, variable)
	}
	for info := range model.ErrorNames() {
		row(info.Name, "model.Err"+strings.TrimPrefix(info.Name, "Model."))
	}
	row(mock.Unexpected, "mock.ErrUnexpected")
}

// reserved leaves none out.
func TestReservedErrors(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	declared := regexp.MustCompile(`(?m)^(?:var |\t)(Err\w+)\s+= &Error\{`)
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), ".go") || strings.HasSuffix(file.Name(), "_test.go") {
			continue
		}
		text, err := os.ReadFile(file.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range declared.FindAllStringSubmatch(string(text), -1) {
			if reserved[m[1]] == nil {
				t.Errorf("%s: %s is not among the reserved errors", file.Name(), m[1])
			}
		}
	}
}

// What the page says of who is matched by States.TaskFailed and States.ALL holds
// for a task that fails with that name.
func TestWhatMatches(t *testing.T) {
	t.Parallel()
	for variable, want := range map[string]struct{ taskFailed, all bool }{
		"ErrTaskFailed": {true, true}, "ErrTimeout": {false, true}, "ErrHeartbeat": {false, true},
		"ErrDataLimit": {true, true}, "ErrQuery": {false, true}, "ErrTolerance": {true, true}, "ErrPermissions": {true, true},
		"ErrItemReader": {true, true}, "ErrResultWriter": {true, true}, "ErrThrottled": {true, true},
		"ErrBudget": {true, true}, "ErrAgentLimit": {true, true},
	} {
		for on, takes := range map[*flow.Error]bool{flow.ErrTaskFailed: want.taskFailed, flow.ErrAll: want.all} {
			fail := func(context.Context, int) (int, error) { return 0, reserved[variable] }
			saved := func(context.Context, *flow.Error) (int, error) { return 1, nil }
			f := flow.New[int, int]("f").Then(flow.Task("Fail", fail).Recover(on, saved)).Must()
			out, err := f.Run(t.Context(), 0)
			if took := err == nil && out == 1; took != takes {
				t.Errorf("%s taken by %s: %t, want %t (%v)", variable, on.Name, took, takes, err)
			}
			if !takes && !errors.Is(err, reserved[variable]) {
				t.Errorf("%s became %v", variable, err)
			}
		}
	}
}

// What the engine itself raises under these names, nothing takes.
func TestWhatNothingMatches(t *testing.T) {
	t.Parallel()
	type order struct {
		Discount map[string]int `json:"discount"`
	}
	ctx, cancel := context.WithCancel(t.Context())
	missing := flow.Task("Read", func(_ context.Context, n int) (int, error) { return n, nil }).From(flow.At[int]("$.discount.today"))
	stop := flow.Task("Stop", func(ctx context.Context, _ order) (int, error) {
		cancel()
		return 0, context.Cause(ctx)
	})
	saved := func(context.Context, *flow.Error) (int, error) { return 1, nil }
	again := flow.Retry{Interval: flow.NoDelay}
	for _, test := range []struct {
		node flow.Node
		want error
	}{{missing.Retry(again).Recover(flow.ErrAll, saved), flow.ErrRuntime}, {stop.Retry(again).Recover(flow.ErrAll, saved), flow.ErrCancelled}} {
		f := flow.New[order, int]("f").Then(test.node).Must()
		attempts := 0
		_, err := f.Run(ctx, order{Discount: map[string]int{}}, flow.Observe(func(e flow.Event) {
			if e.Type == "TaskStarted" || e.Type == flow.RetryScheduled {
				attempts++
			}
		}))
		if !errors.Is(err, test.want) || attempts > 1 {
			t.Errorf("%v after %d attempts, want %v", err, attempts, test.want)
		}
	}
}
