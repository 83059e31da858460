package drive

import (
	"crypto/rand"
	mathrand "math/rand/v2"
	"time"

	"github.com/flowstone-go/flow/internal/machine"
)

// Now is the present time.
func (x *Exec) Now() time.Time {
	if x.opts.Now != nil {
		return x.opts.Now()
	}
	return time.Now()
}

// base is a time from which others are counted.
type base struct {
	at    time.Time
	nanos int64 // since 1970
}

// begin takes the time from which nanos counts, which is that of the first step. A
// started execution, which may wait for long, asks the clock each time instead.
// A base that is not old serves the next execution too.
func (x *Exec) begin() int64 {
	if x.base == nil {
		x.base = &base{}
	}
	if past := time.Since(x.base.at); past >= 0 && past < time.Second {
		return x.base.nanos + int64(past)
	}
	x.base.at = time.Now()
	x.base.nanos = x.base.at.UnixNano()
	return x.base.nanos
}

// nanos is the time for the events of a step.
func (x *Exec) nanos() int64 {
	if x.opts.Now != nil || x.life.Context != nil {
		return x.Now().UnixNano()
	}
	if x.base == nil {
		x.begin()
	}
	return x.base.nanos + int64(time.Since(x.base.at)) // half the price of time.Now
}

// Float64 gives a random number in [0,1).
func (x *Exec) Float64() float64 {
	if x.opts.Float64 != nil {
		return x.opts.Float64()
	}
	return mathrand.Float64()
}

// Token makes an unguessable name for an attempt that awaits its answer, and
// expects the answer from then on: it may come before the call returns.
func (x *Exec) Token(f *machine.Frame) string {
	t, _ := f.Carrier.(*thread)
	return t.x.desk().expect(t)
}

// Forget takes back the token of an attempt that did not begin.
func (x *Exec) Forget(f *machine.Frame) {
	t, _ := f.Carrier.(*thread)
	t.x.desk().forget(t)
}

// newID makes a random name.
func (x *Exec) newID() string {
	if x.opts.NewID != nil {
		return x.opts.NewID()
	}
	return rand.Text()
}

// desk is where the execution's attempts await their answers. Without one of
// the caller's, nobody outside can answer, but timeouts still end the wait.
func (x *Exec) desk() *Desk {
	if x.opts.Desk != nil {
		return x.opts.Desk
	}
	x = x.top()
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.rarely().own == nil {
		x.rare.own = NewDesk()
	}
	return x.rare.own
}

// Spawn gives the execution of a child of a distributed Map.
func (x *Exec) Spawn(f *machine.Frame, it *machine.Item) *machine.Exec {
	x.marks.set(kept)
	child := &Exec{Exec: x.Exec, opts: x.opts}
	child.Host = child
	about := *x.Known()
	about.Parent, about.ParentFrame, about.Started = &x.Exec, f, x.Now()
	child.About = &about
	child.Log, child.Observed = nil, x.Machine.Numbered
	if child.Observed {
		child.Log = machine.Counting(1) // after its ExecutionStarted
	}
	if x.opts.Child != nil {
		x.opts.Child(f, it, &child.Exec)
	}
	return &child.Exec
}

// MapRun names the run of a distributed Map.
func (x *Exec) MapRun(f *machine.Frame) string {
	if x.opts.MapRun == nil {
		return f.Current().Path
	}
	return x.opts.MapRun(f)
}
