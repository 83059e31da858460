package compare_test

import (
	"strings"
	"testing"

	"github.com/flowstone-go/flow/cmd/conform/internal/compare"
)

const passed = `[
 {"id":1,"previousEventId":0,"type":"ExecutionStarted","executionStartedEventDetails":{"input":{},"roleArn":"role"}},
 {"id":2,"previousEventId":0,"type":"PassStateEntered","stateEnteredEventDetails":{"input":{},"name":"A"}},
 {"id":3,"previousEventId":2,"type":"PassStateExited","stateExitedEventDetails":{"name":"A","output":1}},
 {"id":4,"previousEventId":3,"type":"ExecutionSucceeded","executionSucceededEventDetails":{"output":1}}]`

func TestTotal(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name          string
		replace, with string
		notes         []string // of each difference: the path, then the note
	}{
		{"equal", "", "", nil},
		{"what the cases leave out", `"input":{},"name"`, `"input":{},"inputDetails":{"truncated":false},"name"`, nil},
		{"truncated data", `"input":{},"name"`, `"input":{},"inputDetails":{"truncated":true},"name"`, []string{"event 2 (PassStateEntered A) stateEnteredEventDetails.inputDetails: not expected"}},
		{"a timestamp", `{"id":2,`, `{"timestamp":"2026-01-01","id":2,`, nil},
		{"a previous id", `"id":3,"previousEventId":2`, `"id":3,"previousEventId":1`, []string{"event 3 (PassStateExited A) previousEventId"}},
		{"an output", `"name":"A","output":1`, `"name":"A","output":2`, []string{"event 3 (PassStateExited A) stateExitedEventDetails.output"}},
		{"details that are missing", `,"executionSucceededEventDetails":{"output":1}`, ``, []string{"event 4 (ExecutionSucceeded) executionSucceededEventDetails: missing"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := compare.NewPlaceholders([]string{"role"})
			want := list(t, passed)
			got := list(t, strings.Replace(passed, test.replace, test.with, 1))
			expect(t, p.Histories(compare.Total, want, got), test.notes)
		})
	}
}

// Where an event is missing it is named; those after it are not all wrong.
func TestTotalWithEventsMissing(t *testing.T) {
	t.Parallel()
	p := compare.NewPlaceholders(nil)
	want, got := list(t, passed), list(t, passed)
	expect(t, p.Histories("", want, append(got[:1:1], got[2:]...)), []string{"history: event 2 is missing"})
	expect(t, p.Histories("", append(want[:1:1], want[2:]...), got), []string{"history: event 2 is not expected"})
	expect(t, p.Histories("", want, nil), []string{
		"history: event 1 is missing", "history: event 2 is missing", "history: event 3 is missing", "history: event 4 is missing",
	})
	expect(t, p.Histories("", want, []any{"no event"}), []string{
		"history: event 1 is missing", "history: event 2 is missing", "history: event 3 is missing", "history: event 4 is missing",
		"history: event 1 is not expected",
	})
	expect(t, p.Histories("sorted", want, got), []string{`history: the order "sorted" of this case is not known`})
}

func TestPaths(t *testing.T) {
	t.Parallel()
	p := compare.NewPlaceholders(nil)
	want := list(t, passed)
	for _, test := range []struct {
		name          string
		replace, with string
		notes         []string
	}{
		{"equal", "", "", nil},
		{"ids and other events do not count", `"id":3,"previousEventId":2`, `"id":9,"previousEventId":1`, nil},
		{"variables do not count", `"name":"A","output":1`, `"name":"A","output":1,"assignedVariables":{"x":1}`, nil},
		{"outputs do", `"name":"A","output":1`, `"name":"A","output":2`, []string{"event 2 (PassStateExited A) output"}},
		{"names do", `"input":{},"name":"A"`, `"input":{},"name":"B"`, []string{"path: event 1 is missing", "path: event 1 is not expected"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := list(t, strings.Replace(passed, test.replace, test.with, 1))
			expect(t, p.Paths(compare.Total, want, got), test.notes)
		})
	}
}

const branches = `[
 {"id":1,"previousEventId":0,"type":"ParallelStateStarted"},
 {"id":2,"previousEventId":1,"type":"PassStateEntered","stateEnteredEventDetails":{"input":1,"name":"A"}},
 {"id":3,"previousEventId":1,"type":"PassStateEntered","stateEnteredEventDetails":{"input":1,"name":"B"}},
 {"id":4,"previousEventId":3,"type":"ExecutionFailed","executionFailedEventDetails":{"cause":"state 'B' (entered at the event id #3). No."}}]`

const otherwise = `[
 {"id":1,"previousEventId":0,"type":"ParallelStateStarted"},
 {"id":2,"previousEventId":1,"type":"PassStateEntered","stateEnteredEventDetails":{"input":1,"name":"B"}},
 {"id":3,"previousEventId":1,"type":"PassStateEntered","stateEnteredEventDetails":{"input":1,"name":"A"}},
 {"id":4,"previousEventId":2,"type":"ExecutionFailed","executionFailedEventDetails":{"cause":"state 'B' (entered at the event id #2). No."}}]`

func TestConcurrent(t *testing.T) {
	t.Parallel()
	p := compare.NewPlaceholders(nil)
	want := list(t, branches)
	expect(t, p.Histories(compare.Concurrent, want, list(t, otherwise)), nil)
	expect(t, p.Paths(compare.Concurrent, want, list(t, otherwise)), nil)
	expect(t, p.Histories(compare.Concurrent, want, list(t, strings.Replace(otherwise, `"input":1,"name":"A"`, `"input":2,"name":"A"`, 1))),
		[]string{"history (PassStateEntered A) stateEnteredEventDetails.input"})
	expect(t, p.Histories(compare.Concurrent, want, list(t, otherwise)[:3]), []string{"history: an event is missing"})
	expect(t, p.Histories(compare.Concurrent, want[:3], list(t, otherwise)), []string{"history: an event is not expected"})
	if p.Equal("(entered at the event id #3)", "(entered at the event id #2)") {
		t.Error("the number of an event does not count")
	}
	if d := p.AnyEvent().Values("", "(entered at the event id #3)", "(entered at the event id #2)"); len(d) > 0 {
		t.Error(d)
	}
}

// An event that could be paired with either of two leaves the other one to an
// event that fits only that.
func TestConcurrentPairing(t *testing.T) {
	t.Parallel()
	p := compare.NewPlaceholders([]string{"<id>"})
	want := list(t, `[{"type":"T","details":{"x":"<id>"}},{"type":"T","details":{"x":"a"}}]`)
	expect(t, p.Histories(compare.Concurrent, want, list(t, `[{"type":"T","details":{"x":"a"}},{"type":"T","details":{"x":"b"}}]`)), nil)
}

// The recorder sorted what is inside and lost the end of the Parallel states.
const sorted = `[
 {"id":1,"previousEventId":0,"type":"ParallelStateEntered","stateEnteredEventDetails":{"input":1,"name":"P"}},
 {"id":2,"previousEventId":1,"type":"ParallelStateStarted"},
 {"unordered":true,"type":"PassStateEntered","stateEnteredEventDetails":{"input":1,"name":"A"}},
 {"unordered":true,"type":"PassStateEntered","stateEnteredEventDetails":{"input":1,"name":"B"}},
 {"unordered":true,"type":"PassStateExited","stateExitedEventDetails":{"output":1,"name":"A"}},
 {"unordered":true,"type":"PassStateExited","stateExitedEventDetails":{"output":1,"name":"B"}},
 {"id":8,"previousEventId":6,"type":"ParallelStateExited","stateExitedEventDetails":{"output":[1,1],"name":"P"}}]`

const run = `[
 {"id":1,"previousEventId":0,"type":"ParallelStateEntered","stateEnteredEventDetails":{"input":1,"name":"P"}},
 {"id":2,"previousEventId":1,"type":"ParallelStateStarted"},
 {"id":3,"previousEventId":2,"type":"PassStateEntered","stateEnteredEventDetails":{"input":1,"name":"A"}},
 {"id":4,"previousEventId":3,"type":"PassStateExited","stateExitedEventDetails":{"output":1,"name":"A"}},
 {"id":5,"previousEventId":2,"type":"PassStateEntered","stateEnteredEventDetails":{"input":1,"name":"B"}},
 {"id":6,"previousEventId":5,"type":"PassStateExited","stateExitedEventDetails":{"output":1,"name":"B"}},
 {"id":7,"previousEventId":6,"type":"ParallelStateSucceeded"},
 {"id":8,"previousEventId":6,"type":"ParallelStateExited","stateExitedEventDetails":{"output":[1,1],"name":"P"}}]`

func TestParallelUnordered(t *testing.T) {
	t.Parallel()
	p := compare.NewPlaceholders(nil)
	want := list(t, sorted)
	for _, test := range []struct {
		name          string
		replace, with string
		notes         []string
	}{
		{"equal", "", "", nil},
		{"an id outside", `"id":8,"previousEventId":6`, `"id":8,"previousEventId":7`, []string{"event 8 (ParallelStateExited P) previousEventId"}},
		{"an output inside", `"output":1,"name":"B"`, `"output":2,"name":"B"`, []string{"history (PassStateExited B) stateExitedEventDetails.output"}},
		{"an event that was not lost", `"type":"ParallelStateSucceeded"`, `"type":"PassStateFailed"`, []string{"history: an event is not expected inside a Parallel state"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := list(t, strings.Replace(run, test.replace, test.with, 1))
			expect(t, p.Histories(compare.ParallelUnordered, want, got), test.notes)
		})
	}
	expect(t, p.Histories(compare.ParallelUnordered, want, list(t, run)[:7]), []string{
		"history: event 8 is missing", "history: 7 events, not 8",
	})
	expect(t, p.Paths(compare.ParallelUnordered, want, list(t, run)), nil)
}

func list(t *testing.T, text string) []any {
	t.Helper()
	all, ok := decode(t, text).([]any)
	if !ok {
		t.Fatal("not an array")
	}
	return all
}

func expect(t *testing.T, got []compare.Difference, want []string) {
	t.Helper()
	var notes []string
	for _, d := range got {
		head, _, _ := strings.Cut(d.String(), "\n")
		notes = append(notes, head)
	}
	if strings.Join(notes, "\n") != strings.Join(want, "\n") {
		t.Errorf("differences\n%s\nwant\n%s", strings.Join(notes, "\n"), strings.Join(want, "\n"))
	}
}
