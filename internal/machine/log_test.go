package machine

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Whatever is written comes out again, in pieces of any size, also while more is
// written: events that stand together in an entry above all.
func TestALogGivesWhatItWasTold(t *testing.T) {
	sc := &Scope{}
	a, b := &State{Name: "A", Scope: sc}, &State{Name: "B", Scope: sc}
	spot := &Spot{Owner: a, Index: 1}
	cell := &struct{ n int }{1}
	values := []any{nil, cell, &struct{ n int }{1}, "text", "text", 1.5, true, []any{1.0}, []any{1.0}, map[string]any{}}
	types := []EventType{
		ExecutionStarted, ExecutionSucceeded, StateEntered, StateExited, TaskScheduled, TaskStarted, TaskSucceeded,
		StateEntered, StateExited, TaskScheduled, TaskStarted, TaskSucceeded,
		StateAborted, TaskDidFail, RetryScheduled, Told, IterationStarted, ExecutionFailed,
	}
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 0))
		rarely := func() bool { return r.IntN(8) == 0 }
		l := &Log{}
		var want, got []Event
		var at Cursor
		read := func() {
			for {
				events, _, _ := l.Read(&at)
				if events == nil {
					return
				}
				got = append(got, events...)
			}
		}
		e := Event{Nanos: 5, State: a, Value: cell}
		for range 1 + r.IntN(300) {
			e.Type = types[r.IntN(len(types))]
			e.Previous = l.n
			if rarely() {
				e.Previous = int32(r.IntN(5))
			}
			if rarely() {
				e.Value = values[r.IntN(len(values))]
			}
			if rarely() {
				e.State = []*State{a, b, nil}[r.IntN(3)]
			}
			if rarely() {
				e.Nanos++
			}
			if rarely() {
				e.Spot = []*Spot{spot, nil}[r.IntN(2)]
			}
			if rarely() {
				e.N, e.Attempt = int32(r.IntN(2)), int32(r.IntN(2))
			}
			e.Extra = nil
			if rarely() {
				e.Extra = &Extra{Text: "x"}
			}
			told := e
			if e.Type == TaskStarted && told.Value != nil {
				told.Value = nil // it has none
			}
			l.add(&told)
			want = append(want, told)
			if rarely() {
				read()
			}
		}
		read()
		assert.Equal(t, want, l.Events())
		assert.Equal(t, want, got)
		assert.Equal(t, len(want), l.Count())
		assert.LessOrEqual(t, len(l.entries), len(want))
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// The events between two calls of a line of tasks are one entry.
func TestEventsThatFollowFromOneAnotherAreOneEntry(t *testing.T) {
	sc := &Scope{}
	a, b := &State{Name: "A", Scope: sc}, &State{Name: "B", Scope: sc}
	in, out := &struct{ n int }{1}, &struct{ n int }{2}
	l := &Log{}
	for i, e := range []Event{
		{Type: ExecutionStarted, Value: in},
		{Type: StateEntered, State: a, Value: in},
		{Type: TaskScheduled, State: a, Value: in},
		{Type: TaskStarted, State: a},
		{Type: TaskSucceeded, State: a, Value: out},
		{Type: StateExited, State: a, Value: out},
		{Type: StateEntered, State: b, Value: out},
		{Type: TaskScheduled, State: b, Value: out},
		{Type: TaskStarted, State: b},
	} {
		if i != 1 {
			e.Previous = int32(i)
		}
		l.add(&e)
	}
	assert.Len(t, l.entries, 2)
	assert.Equal(t, 9, l.Count())
}
