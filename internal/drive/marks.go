package drive

import "sync/atomic"

// marks are what is true of an execution, for many goroutines to see, in one word
// of memory.
type marks struct{ bits atomic.Uint32 }

const (
	over     = 1 << iota // it has ended
	stopping             // all of it is to stop, which is known here before the contexts below know
	fled                 // a function of the user's has ended its goroutine
	kept                 // something may keep its memory: a timer, a token, a detached call
)

func (m *marks) has(mark uint32) bool { return m.bits.Load()&mark != 0 }
func (m *marks) set(mark uint32)      { m.bits.Or(mark) }
func (m *marks) clear()               { m.bits.Store(0) }
