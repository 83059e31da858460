package drive

import (
	"sync"

	"github.com/flowstone-go/flow/internal/machine"
)

// Log is the events of one execution, kept from the first to the last, and
// readable by any number of readers while it grows. The zero value is ready.
type Log struct {
	// Hook is called with each event, in order, before anyone can read it; it
	// must be quick and must not block.
	Hook func(*machine.Event)
	// Forget drops the events once Hook has had them.
	Forget bool

	mu     sync.Mutex
	shared bool // several goroutines write, or some read while others write
	events []machine.Event
	n      int64
	over   bool
	more   chan struct{} // closed when there is more to read
}

// share tells that the log is about to be used by several goroutines. Before,
// it works without its lock.
func (l *Log) share() {
	if !l.shared {
		l.shared = true
	}
}

func (l *Log) add(e machine.Event) int64 {
	if l.shared {
		l.mu.Lock()
		defer l.mu.Unlock()
	}
	if e.Type < machine.RetryScheduled {
		l.n++
		e.ID = l.n
	}
	if l.Hook != nil {
		told := e
		l.Hook(&told)
	}
	if !l.Forget {
		if l.events == nil {
			l.events = make([]machine.Event, 0, 2) // many executions wait in their first state
		}
		l.events = append(l.events, e)
	}
	if l.more != nil {
		close(l.more)
		l.more = nil
	}
	return e.ID
}

// Reset empties the log for another execution.
func (l *Log) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.events)
	l.events, l.n, l.over, l.shared = l.events[:0], 0, false, false
}

func (l *Log) close() {
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
func (l *Log) Read(i int) (events []machine.Event, over bool, more <-chan struct{}) {
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
