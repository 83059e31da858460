package machine

import "sync"

// Log is the events of one execution, kept from the first to the last, and
// readable by any number of readers while it grows. The zero value is ready, and
// works without its lock until it is shared.
type Log struct {
	terms   *Terms // nil for most
	entries []entry
	more    chan struct{} // closed when there is more to read
	mu      sync.Mutex
	n       int32
	// Forget drops the events once the Hook has had them. A Log that forgets and
	// has no Hook only counts.
	Forget bool
	shared bool // several goroutines write, or some read while others write
	over   bool
	full   bool // an event was left out because of the Limit
}

// Terms say what else is done with the events of a log.
type Terms struct {
	// Hook is called with each event, in order, before anyone can read it; it
	// must be quick and must not block.
	Hook func(*Event)
	// Pass is called with each event of the items of a stream, which are not
	// kept, since there is no end of them; nil: nobody is.
	Pass func(*Event)
	// Limit bounds the events: the last of them can only be one that ends the
	// execution. 0 is no bound.
	Limit int64
	// Pieces bounds the pieces that are kept, about: where there are half as many
	// more, the oldest are dropped. 0 is [PiecesKept].
	Pieces int
	pieces *pieces // nil before the first
}

// Terms are those of the log, to be changed before anything is told.
func (l *Log) Terms() *Terms {
	if l.terms == nil {
		l.terms = &Terms{}
	}
	return l.terms
}

// Bare has the log keep its events and do nothing else with them.
func (l *Log) Bare() { l.terms = nil }

// Counting gives a log that only counts, from n on.
func Counting(n int32) *Log { return &Log{Forget: true, n: n} }

// Counts tells that the log only counts: nobody will see its events.
func (l *Log) Counts() bool { return l.Forget && (l.terms == nil || l.terms.Hook == nil) }

// From has the events counted from n on: those before stand elsewhere.
func (l *Log) From(n int32) { l.n = n }

// Len is the number of the last event.
func (l *Log) Len() int32 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.n
}

// Share tells that the log is about to be used by several goroutines.
func (l *Log) Share() {
	if !l.shared {
		l.shared = true
	}
}

// add takes an event and gives the id under which it stands.
func (l *Log) add(e *Event) int32 {
	if l.shared || e.Type >= Told { // what a work tells may come from goroutines of its own
		l.mu.Lock()
		defer l.mu.Unlock()
	}
	if e.Type < RetryScheduled {
		if l.terms != nil && l.terms.Limit > 0 && int64(l.n) >= l.terms.Limit-1 && e.Type > ExecutionTimedOut {
			l.full = true
			return l.n
		}
		l.n++
		e.ID = l.n
	}
	passes := !l.Forget && e.State != nil && e.State.Scope.Streamed
	if l.terms != nil {
		l.terms.tell(e, passes)
	}
	if passes {
		return e.ID
	}
	if !l.Forget {
		l.keep(e)
	}
	l.wake()
	return e.ID
}

// wake has those read on who wait for more. The log is locked.
func (l *Log) wake() {
	if l.more != nil {
		close(l.more)
		l.more = nil
	}
}

// tell shows an event to who wants to see it. It shows a copy, so that no event
// is moved to the heap for this where nobody does.
func (t *Terms) tell(e *Event, passes bool) {
	if t.Hook != nil {
		told := *e
		t.Hook(&told)
	}
	if passes && t.Pass != nil {
		passed := *e
		t.Pass(&passed)
	}
}

// keep adds an event to the entries.
func (l *Log) keep(e *Event) {
	if last := len(l.entries) - 1; last >= 0 && l.entries[last].fold(e) {
		return
	}
	if l.entries == nil {
		l.entries = make([]entry, 0, 1) // many executions wait in their first state
	}
	l.entries = append(l.entries, entryOf(e))
	if e.Type == Piece {
		l.piece()
	}
}

// Full tells that the Limit has been reached: the execution is to end.
func (l *Log) Full() bool {
	if l.terms == nil || l.terms.Limit == 0 {
		return false
	}
	if l.shared {
		l.mu.Lock()
		defer l.mu.Unlock()
	}
	return l.full
}

// Reset empties the log for another execution.
func (l *Log) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.entries) // or it would keep the documents of the one before
	l.entries, l.n, l.over, l.shared, l.full = l.entries[:0], 0, false, false, false
	if l.terms != nil {
		l.terms.pieces = nil
	}
}

// Close tells that there will be no more.
func (l *Log) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
	l.wake()
}

// Cursor is a place in a log, between two events; the zero value is before the
// first.
type Cursor struct {
	place int // of an entry; see [Log.place]
	event int // in it
}

// window is how many entries are read at once, so that no reader holds up who
// writes.
const window = 64

// Read gives events from the cursor on, and moves it behind them. Where there are
// none yet, more is closed when there are, or when none will come; over tells that
// there will be none.
func (l *Log) Read(at *Cursor) (events []Event, over bool, more <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	events = l.read(at, window)
	switch {
	case events != nil:
	case l.over:
		over = true
	case l.more == nil:
		l.more = make(chan struct{})
		fallthrough
	default:
		more = l.more
	}
	return events, over, more
}

// read gives the events of at most so many entries from the cursor on.
func (l *Log) read(at *Cursor, most int) []Event {
	first := l.index(at.place)
	if first == len(l.entries) {
		return nil
	}
	list := l.entries[first:min(len(l.entries), first+most)]
	n := -at.event
	for i := range list {
		n += int(list[i].count)
	}
	if n == 0 && !list[0].dropped() {
		return nil
	}
	events := make([]Event, 0, max(n, 1))
	for i := range list {
		r := &list[i]
		if i == 0 && r.dropped() {
			if missed := l.place(first) + 1 - at.place - at.event; missed > 0 {
				e := r.event(0)
				e.N = int32(missed) //nolint:gosec // at most what it was
				events = append(events, e)
			}
			at.event = int(r.count)
		}
		for j := at.event; j < int(r.count); j++ {
			events = append(events, r.event(j))
		}
		at.event = 0
	}
	at.place = l.place(first + len(list) - 1)
	at.event = int(list[len(list)-1].count) // it may grow
	if len(events) == 0 {
		return nil
	}
	return events
}

// Events gives all events up to now.
func (l *Log) Events() []Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.read(&Cursor{}, len(l.entries))
}

// Count is the number of events up to now.
func (l *Log) Count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for i := range l.entries {
		n += int(l.entries[i].count)
	}
	return n
}
