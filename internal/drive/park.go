package drive

import (
	"time"

	"github.com/flowstone-go/flow/internal/machine"
)

// park puts a thread aside until a time. It gives false where that has come,
// or where the thread is to stop: then the caller goes on.
func (t *thread) park(until time.Time) bool {
	d := until.Sub(t.x.Now())
	if d <= 0 {
		return false
	}
	t.x.mu.Lock()
	defer t.x.mu.Unlock()
	if t.stopped() {
		return false
	}
	t.rest()
	if t.timer == nil {
		t.timer = time.AfterFunc(d, t.wake)
	} else {
		t.timer.Reset(d)
	}
	return true
}

// rest enters the thread into the list of those without a goroutine. The
// execution is locked.
func (t *thread) rest() {
	t.resting = true
	t.x.top().marks.set(kept)
	t.prev, t.next = nil, t.x.parked
	if t.next != nil {
		t.next.prev = t
	}
	t.x.parked = t
	if t.x.counted && t.x.busy.Add(-1) == 0 {
		t.x.calm()
	}
}

// rise takes the thread off that list; whoever does so goes on with it.
// The execution is locked.
func (t *thread) rise() bool {
	if !t.resting {
		return false
	}
	t.resting = false
	if t.prev != nil {
		t.prev.next = t.next
	} else {
		t.x.parked = t.next
	}
	if t.next != nil {
		t.next.prev = t.prev
	}
	t.prev, t.next = nil, nil
	if t.x.counted {
		t.x.busy.Add(1)
	}
	return true
}

// wake goes on with a thread whose time has come.
func (t *thread) wake() {
	t.x.mu.Lock()
	mine := t.rise()
	t.x.mu.Unlock()
	if !mine {
		return
	}
	if t.frame.Phase == machine.Awaiting {
		t.take(t.x.desk().expire)
		return
	}
	t.run(machine.Completion{Answer: machine.Woke})
}

// cancelParked goes on with the parked threads below a group, or with all of
// them where g is nil, so that they find that their context is done.
func (x *Exec) cancelParked(g *group) {
	x.mu.Lock()
	if g == nil {
		x.marks.set(stopping)
	}
	var stopped *thread
	for t := x.parked; t != nil; {
		next := t.next
		if x.opts.step == nil && (g == nil || t.within(g)) { // a stepper finds it by itself
			t.rise()
			if t.timer != nil {
				t.timer.Stop()
			}
			t.next, stopped = stopped, t
		}
		t = next
	}
	x.mu.Unlock()
	wakeAll(stopped)
}

// wakeAll goes on with a list of threads.
func wakeAll(list *thread) {
	defer func() {
		if list != nil { // a function of the user's ends this goroutine
			go wakeAll(list)
		}
	}()
	for list != nil {
		t := list
		list, t.next = t.next, nil
		t.run(machine.Completion{Answer: machine.Woke})
	}
}

// within tells whether a thread is a child in g, at any depth.
func (t *thread) within(g *group) bool {
	for ; t.group != nil; t = t.group.parent {
		if t.group == g {
			return true
		}
	}
	return false
}
