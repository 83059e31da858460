package machine

import "sync"

// Log is the events of one execution, kept from the first to the last, and
// readable by any number of readers while it grows. The zero value is ready, and
// works without its lock until it is shared.
type Log struct {
	// Hook is called with each event, in order, before anyone can read it; it
	// must be quick and must not block.
	Hook func(*Event)
	// Forget drops the events once Hook has had them. A Log that forgets and has
	// no Hook only counts.
	Forget bool
	shared bool // several goroutines write, or some read while others write
	over   bool
	full   bool // an event was left out because of the Limit
	// Pass is called with each event of the items of a stream, which are not
	// kept, since there is no end of them; nil: nobody is.
	Pass func(*Event)

	// Limit bounds the events: the last of them can only be one that ends the
	// execution. 0 is no bound.
	Limit int64

	mu     sync.Mutex
	events []Event
	n      int64
	more   chan struct{} // closed when there is more to read
}

// Counting gives a log that only counts, from n on.
func Counting(n int64) *Log { return &Log{Forget: true, n: n} }

// Counts tells that the log only counts: nobody will see its events.
func (l *Log) Counts() bool { return l.Forget && l.Hook == nil }

// From has the events counted from n on: those before stand elsewhere.
func (l *Log) From(n int64) { l.n = n }

// Len is the number of the last event.
func (l *Log) Len() int64 {
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
func (l *Log) add(e *Event) int64 {
	if l.shared {
		l.mu.Lock()
		defer l.mu.Unlock()
	}
	if e.Type < RetryScheduled {
		if l.Limit > 0 && l.n >= l.Limit-1 && e.Type > ExecutionTimedOut {
			l.full = true
			return l.n
		}
		l.n++
		e.ID = int32(l.n) //nolint:gosec // a history ends long before
	}
	if l.Hook != nil {
		told := *e
		l.Hook(&told)
	}
	switch {
	case l.Forget:
	case e.State != nil && e.State.Scope.Streamed:
		if l.Pass != nil {
			passed := *e // so that no event is moved to the heap for this
			l.Pass(&passed)
		}
		return int64(e.ID)
	default:
		if l.events == nil {
			l.events = make([]Event, 0, 2) // many executions wait in their first state
		}
		l.events = append(l.events, *e)
	}
	if l.more != nil {
		close(l.more)
		l.more = nil
	}
	return int64(e.ID)
}

// Full tells that the Limit has been reached: the execution is to end.
func (l *Log) Full() bool {
	if l.Limit == 0 {
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
	l.events, l.n, l.over, l.shared, l.full = l.events[:0], 0, false, false, false
}

// Close tells that there will be no more.
func (l *Log) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
	if l.more != nil {
		close(l.more)
		l.more = nil
	}
}

// Read gives the events from place i on. Where there are none yet, more is
// closed when there are, or when none will come; over tells that the log has
// ended.
func (l *Log) Read(i int) (events []Event, over bool, more <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if i < len(l.events) {
		return l.events[i:len(l.events):len(l.events)], l.over, nil
	}
	if l.over {
		return nil, true, nil
	}
	if l.more == nil {
		l.more = make(chan struct{})
	}
	return nil, false, l.more
}
