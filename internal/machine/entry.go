package machine

import "reflect"

// entry is what a log keeps: one event, or several in a row that differ in
// nothing but what follows from their order. Most do: a state is left and the
// next one entered at the same time and with the same document.
type entry struct {
	nanos        int64
	value        any       // of those that have one; see valued
	states       [2]*State // that of the first event, and one that another began with
	spot         *Spot
	extra        *Extra
	id, previous int32 // of the first event
	n, attempt   int32
	types        [7]uint8 // of the events; with second, they are of states[1]
	count        uint8
}

// second marks the type of an event of the second state of an entry.
const second = 1 << 7

// folds are the events that may stand in an entry with others, and valued those
// of them that have a document.
const (
	valued = 1<<ExecutionStarted | 1<<ExecutionSucceeded | 1<<StateEntered | 1<<StateExited | 1<<TaskScheduled | 1<<TaskSucceeded
	folds  = valued | 1<<TaskStarted
)

// entryOf makes an entry of an event.
func entryOf(e *Event) entry {
	return entry{
		nanos: e.Nanos, value: e.Value, states: [2]*State{e.State}, spot: e.Spot, extra: e.Extra,
		id: e.ID, previous: e.Previous, n: e.N, attempt: e.Attempt, types: [7]uint8{uint8(e.Type)}, count: 1,
	}
}

// fold adds an event, if all of it follows from the entry.
func (r *entry) fold(e *Event) bool {
	if int(r.count) == len(r.types) || r.extra != nil || e.Extra != nil || r.nanos != e.Nanos {
		return false
	}
	last := r.types[r.count-1]
	if folds>>(last&^second)&1 == 0 || folds>>e.Type&1 == 0 {
		return false
	}
	if e.ID != r.id+int32(r.count) || e.Previous != r.follows(e.ID) || e.Spot != r.spot || e.Attempt != r.attempt || e.N != r.n {
		return false
	}
	if valued>>e.Type&1 == 1 && !same(r.value, e.Value) {
		return false
	}
	mark := last & second
	if at := mark / second; e.State != r.states[at] {
		if at == 1 {
			return false
		}
		r.states[1], mark = e.State, second
	}
	r.types[r.count] = uint8(e.Type) | mark
	r.count++
	return true
}

// follows is what an event other than the first follows: the one before it. The
// first state follows nothing, as AWS has it.
func (r *entry) follows(id int32) int32 {
	if r.types[0] == uint8(ExecutionStarted) && id == r.id+1 {
		return 0
	}
	return id - 1
}

// passing are the events between the return of one plain Task and the call of the
// next.
var passing = [7]uint8{
	uint8(TaskSucceeded), uint8(StateExited),
	uint8(StateEntered) | second, uint8(TaskScheduled) | second, uint8(TaskStarted) | second,
}

// pass adds the events with which a frame passes from the plain Task s, which gave
// result, to the one after it. It gives false, and has done nothing, where more is
// to be done with them than to keep them.
func (l *Log) pass(f *Frame, s *State, result any) bool {
	if l.terms != nil || l.Forget || s.Scope.Streamed || f.Attempt != 0 {
		return false
	}
	if l.shared {
		l.mu.Lock()
		defer l.mu.Unlock()
	}
	l.entries = append(l.entries, entry{
		nanos: f.Clock, value: result, states: [2]*State{s, s.then}, spot: f.Spot(),
		id: l.n + 1, previous: f.Last, types: passing, count: 5,
	})
	f.before, f.Entered, f.Last = l.n+2, l.n+3, l.n+5
	l.n += 5
	l.wake()
	return true
}

// same tells whether two documents are one; where that is not cheap to say, they
// are not.
func same(a, b any) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	switch reflect.TypeOf(a).Kind() {
	case reflect.Pointer, reflect.String, reflect.Float64, reflect.Bool:
		return a == b
	}
	return false
}

// event gives event i of the entry.
func (r *entry) event(i int) Event {
	t := r.types[i]
	e := Event{
		Nanos: r.nanos, State: r.states[t/second], Spot: r.spot, Extra: r.extra,
		ID: r.id, Previous: r.previous, N: r.n, Attempt: r.attempt, Type: EventType(t &^ second),
	}
	if i > 0 {
		e.ID += int32(i) //nolint:gosec // at most seven
		e.Previous = r.follows(e.ID)
	}
	if r.count == 1 || valued>>e.Type&1 == 1 {
		e.Value = r.value
	}
	return e
}
