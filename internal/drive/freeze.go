package drive

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/flowstone-go/flow/internal/machine"
)

// A started execution counts the goroutines that move it. Where none does, all
// of it waits: then it can be put away as plain data, and be taken up again
// from that, in this process or another.

// still takes a goroutine off that stops moving the execution, at the end of
// its run.
func (x *Exec) still() {
	if x.busy.Add(-1) > 0 {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.calm()
}

// calm tells whoever waits for it that nothing moves. The execution is locked.
func (x *Exec) calm() {
	if x.rare == nil || x.rare.calm == nil {
		return
	}
	select {
	case x.rare.calm <- struct{}{}:
	default:
	}
}

// Calm gives a channel on which it is told each time that all of the execution
// waits. It is for one reader.
func (x *Exec) Calm() <-chan struct{} {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.rarely().calm == nil {
		x.rare.calm = make(chan struct{}, 1)
	}
	if x.counted && x.busy.Load() == 0 {
		x.calm()
	}
	return x.rare.calm
}

// OnEnd has f called when the execution has ended; it must be quick. It is
// given before the execution starts.
func (x *Exec) OnEnd(f func()) { x.rarely().ended = f }

// Resting is a thread of an execution that was put away.
type Resting struct {
	State *machine.State
	Path  string // of the state, with the items around it
	Phase machine.Phase
	Until time.Time // when its wait is over; zero: by an answer only
	Token string
	Args  any
}

// Freeze puts the execution away, if all of it waits: it ends with cause, and
// what it was is given as JSON. ok is false, and nothing has happened, where
// something moves or the execution has ended.
func (x *Exec) Freeze(cause error) (snapshot []byte, list []Resting, ok bool, err error) {
	threads := x.seize()
	if threads == nil {
		return nil, nil, false, nil
	}
	for _, t := range threads {
		if t.frame.Phase == machine.Awaiting {
			x.desk().release(t)
		}
	}
	for _, t := range threads {
		list = append(list, Resting{
			State: t.frame.Current(), Path: t.frame.Path(), Phase: t.frame.Phase,
			Until: t.frame.Wake, Token: t.frame.Token(), Args: t.frame.Args,
		})
	}
	groups := gather(threads)
	if snapshot, err = json.Marshal(x.root.frame.Snapshot()); err != nil {
		err = fmt.Errorf("the execution can't be written as JSON: %w", err)
	}
	for _, g := range groups {
		g.ctx.end(cause)
	}
	x.root.tick()
	x.root.frame.Stop(x.opts.Cancelled(&x.root.frame, cause))
	x.finish()
	return snapshot, list, true, err
}

// seize takes all threads of an execution in which nothing moves, so that
// nobody else goes on with them; nil where something moves.
func (x *Exec) seize() []*thread {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.counted || x.busy.Load() != 0 || x.marks.has(over) || x.life.Err() != nil {
		return nil
	}
	x.frozen = true
	var threads []*thread
	for t := x.parked; t != nil; t = t.next {
		threads = append(threads, t)
		t.resting = false
		if t.timer != nil {
			t.timer.Stop()
		}
	}
	x.parked = nil
	slices.Reverse(threads) // in the order in which they came to rest
	return threads
}

// gather lists the children of each group in the frame of its parent, as a
// snapshot has them.
func gather(threads []*thread) []*group {
	var groups []*group
	for _, t := range threads {
		for ; t.group != nil; t = t.group.parent {
			join := t.group.parent.frame.Join
			known := slices.Contains(groups, t.group)
			if !known {
				groups = append(groups, t.group)
				join.Live = nil
				join.Begun = int(min(t.group.claimed.Load(), t.group.n))
			}
			join.Live = append(join.Live, &t.frame)
			if known {
				break // so are those around it
			}
		}
	}
	return groups
}

// release gives up the token of a thread that is put away, and keeps in its
// frame until when it would have waited.
func (d *Desk) release(t *thread) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t.frame.Wake = time.Time{}
	if a := t.answer; a != nil && a.bounds[0] > 0 {
		t.frame.Wake = a.begun.Add(a.bounds[0])
	}
	d.drop(t)
}

// Thaw begins the execution from what Freeze gave, in the place of Start.
func (x *Exec) Thaw(snapshot []byte) error {
	var snap machine.Snapshot
	if err := json.Unmarshal(snapshot, &snap); err != nil {
		return fmt.Errorf("it can't be read: %w", err)
	}
	if err := snap.Check(x.Machine); err != nil {
		return err
	}
	x.counted = true
	x.busy.Store(1) // this goroutine, until all threads are there
	x.root.frame.Restore(&x.Exec, nil, &snap)
	ready := x.root.thaw(&snap, nil)
	x.busy.Add(int32(len(ready))) //nolint:gosec // bounded by memory
	for _, t := range ready {
		if t.frame.Phase == machine.Awaiting {
			x.desk().renew(t) // who has its token may answer as soon as Thaw returns
		}
		go t.resume()
	}
	x.still()
	return nil
}

// thaw makes the threads below one whose frame was restored, and gives those
// that go on.
func (t *thread) thaw(snap *machine.Snapshot, ready []*thread) []*thread {
	if t.frame.Phase != machine.Joining {
		return append(ready, t)
	}
	join := t.frame.Join
	g := newGroup(t)
	g.claimed.Store(int32(join.Begun))                                //nolint:gosec // bounded by memory
	g.pending.Store(int32(join.N - join.Begun + len(snap.Join.Live))) //nolint:gosec // bounded by memory
	g.stopped.Store(join.First != nil)
	join.Live = nil
	for i := range snap.Join.Live {
		child := &snap.Join.Live[i]
		w := g.worker()
		w.index = int32(child.Index) //nolint:gosec // it was checked
		w.frame.Restore(&t.x.Exec, &t.frame, child)
		ready = w.thaw(child, ready)
	}
	return ready
}

// resume goes on with a thread that was put away.
func (t *thread) resume() {
	switch t.frame.Phase {
	case machine.Waiting, machine.BackingOff:
		if t.park(t.frame.Wake) {
			return
		}
		t.run(machine.Completion{Answer: machine.Woke})
	case machine.Awaiting:
		if c, answered := t.await(); answered {
			t.run(c)
		}
	default:
		t.run(machine.Completion{})
	}
}

// renew expects the answer to the token that a thread had before it was put
// away.
func (d *Desk) renew(t *thread) {
	a := d.awaited(t)
	a.token = t.frame.Token()
	if until := t.frame.Wake; !until.IsZero() {
		a.begun = until.Add(-a.bounds[0]) // heartbeats are counted from now
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiting[a.token] = a
	t.answer = a
}
