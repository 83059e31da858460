package drive

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/flowstone-go/flow/internal/machine"
)

// Stepping says how [RunStepped] moves an execution.
type Stepping struct {
	On bool
	// Encode writes every frame to JSON between any two steps and goes on with
	// what is read back: the proof that nothing hides outside of the frames.
	Encode bool
	// Virtual has time stand still while there is work and jump to the next
	// event when there is none.
	Virtual bool
	// From is where the virtual clock begins; zero: the present.
	From time.Time
	// Limit bounds the execution on the virtual clock; 0 is no bound. Over is
	// the cause with which it is cancelled then.
	Limit time.Duration
	Over  error
}

// stepper is the driver that moves one step at a time, in one goroutine, the
// threads in turn, so that an execution goes the same way each time.
type stepper struct {
	limit    time.Time // on the virtual clock; zero: none
	expire   context.CancelCauseFunc
	x        *Exec
	at       *thread // which is being moved; nil: all of the execution is written
	how      Stepping
	clock    time.Time
	ready    []work
	sleeping []*thread
	awaiting []*thread

	mu    sync.Mutex // of the inbox and the clock
	inbox []delivery
	wake  chan struct{}
}

// delivery is the answer to a token.
type delivery struct {
	t *thread
	r reply
}

// work is a step to be made.
type work struct {
	t *thread
	c machine.Completion
}

// RunStepped runs an execution step by step. It returns the root frame.
func RunStepped(ctx context.Context, x *Exec, m *machine.Machine, doc any, opts *Options, log *machine.Log, how Stepping) *machine.Frame {
	s := newStepper(x, how)
	opts = s.options(opts)
	if how.Virtual {
		if s.clock = how.From; s.clock.IsZero() {
			s.clock = x.started()
		}
		if how.Limit > 0 {
			s.limit = s.clock.Add(how.Limit)
			ctx, s.expire = context.WithCancelCause(ctx)
			defer s.expire(nil)
		}
	}
	if x.life.Context != nil {
		x.mu.Lock() // it was begun by Start, and others look at it
		x.opts = opts
		x.mu.Unlock()
		ctx, s.expire = &x.life, x.Stop
	} else {
		x.Init(ctx, m, doc, opts, log)
	}
	s.run(ctx, func() {
		x.root.tick()
		x.root.frame.Begun(x.Input)
		s.begin()
	})
	x.linger()
	return &x.root.frame
}

func newStepper(x *Exec, how Stepping) *stepper {
	return &stepper{x: x, how: how, wake: make(chan struct{}, 1)}
}

// options are those of an execution that the stepper moves.
func (s *stepper) options(opts *Options) *Options {
	own := *opts
	own.step = s
	if s.how.Virtual {
		own.Now = s.now
	}
	return &own
}

// now is the virtual time.
func (s *stepper) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clock
}

// run moves the execution to its end, from what first does on.
func (s *stepper) run(ctx context.Context, first func()) {
	x := s.x
	over := false
	defer func() {
		if over {
			return
		}
		if p := recover(); p != nil {
			panic(p) // one of ours
		}
		go s.run(ctx, s.exited)
		<-x.Done() // this goroutine may be that of the caller of Run
	}()
	first()
	for !x.finished() {
		if len(s.ready) == 0 && !s.idle(ctx) {
			continue
		}
		w := s.ready[0]
		s.ready = s.ready[1:]
		s.at = w.t
		s.move(w)
		if s.how.Encode && !x.finished() {
			s.recode()
		}
	}
	over = true
}

// begin prepares the first step.
func (s *stepper) begin() {
	s.push(&s.x.root, machine.Completion{})
}

// exited goes on with a thread whose goroutine has ended.
func (s *stepper) exited() {
	t := s.at
	switch {
	case t == nil:
		s.broken(errExited)
	case t.fled:
		t.fled = false
		if c, stop := t.raised(errExited); !stop {
			s.push(t, c)
			return
		}
		s.cancel(t)
	case t.group == nil:
		t.tick()
		t.frame.Break(exitedStep())
		s.x.finish()
	default:
		g := t.group
		g.parent.frame.Lost(&t.frame, exitedStep())
		if !g.stopped.Swap(true) {
			g.ctx.end(errSibling)
			s.cancelBelow(g)
		}
		s.unlive(t)
		s.leave(t)
	}
}

func (x *Exec) started() time.Time {
	if at := x.Known().Started; !at.IsZero() {
		return at
	}
	return time.Now()
}

// move makes one step of a thread and does what it asks for.
func (s *stepper) move(w work) {
	t := w.t
	if w.c.Answer != machine.Returned && t.stopped() {
		s.cancel(t)
		return
	}
	t.tick()
	switch machine.Next(&t.frame, w.c) {
	case machine.Step:
		s.push(t, machine.Completion{})
	case machine.Call:
		s.call(t)
	case machine.Sleep:
		s.sleeping = append(s.sleeping, t)
	case machine.Await:
		s.await(t)
	case machine.Children:
		s.spread(t)
	case machine.Done:
		s.ended(t, nil)
	case machine.Broken:
		s.ended(t, t.frame.Err)
	}
}

func (s *stepper) push(t *thread, c machine.Completion) { s.ready = append(s.ready, work{t, c}) }

func (s *stepper) call(t *thread) {
	if t.stopped() {
		s.cancel(t)
		return
	}
	if s.how.Encode {
		s.recode() // a crash may come between the step and its call
		s.at = t
	}
	c, stop := t.work()
	if stop {
		s.cancel(t)
		return
	}
	s.push(t, c)
}

func (s *stepper) await(t *thread) {
	if c, answered := t.await(); answered {
		s.push(t, c)
		return
	}
	s.awaiting = append(s.awaiting, t)
}

// deliver takes the answer to a token, from any goroutine.
func (s *stepper) deliver(t *thread, r reply) {
	s.mu.Lock()
	s.inbox = append(s.inbox, delivery{t, r})
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// receive moves the inbox to the steps to be made.
func (s *stepper) receive() bool {
	for {
		d, ok := s.taken()
		if !ok {
			return len(s.ready) > 0
		}
		s.at = d.t
		s.awaiting = remove(s.awaiting, d.t)
		s.push(d.t, d.r(d.t))
	}
}

// taken takes one answer off the inbox.
func (s *stepper) taken() (d delivery, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.inbox) == 0 {
		return d, false
	}
	d = s.inbox[0]
	s.inbox = s.inbox[1:]
	return d, true
}

// idle waits for the next thing to do. It gives whether there is one.
func (s *stepper) idle(ctx context.Context) bool {
	if s.receive() {
		return true
	}
	if ctx.Err() != nil {
		return s.cancelAll()
	}
	at, ok := s.next()
	if !s.limit.IsZero() && (!ok || !at.Before(s.limit)) {
		s.advance(s.limit)
		s.expire(s.how.Over)
		return s.cancelAll()
	}
	if s.how.Virtual && ok {
		s.advance(at)
		return s.due()
	}
	var timer <-chan time.Time
	if ok {
		tm := time.NewTimer(at.Sub(s.x.Now()))
		defer tm.Stop()
		timer = tm.C
	}
	select {
	case <-timer:
		return s.due()
	case <-s.wake:
		return s.receive()
	case <-ctx.Done():
		return s.cancelAll()
	}
}

// advance sets the virtual clock forward.
func (s *stepper) advance(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at.After(s.clock) {
		s.clock = at
	}
}

// next is when the first sleeping or awaiting thread is due.
func (s *stepper) next() (at time.Time, ok bool) {
	earlier := func(t time.Time) {
		if !ok || t.Before(at) {
			at, ok = t, true
		}
	}
	for _, t := range s.sleeping {
		earlier(t.frame.Wake)
	}
	now := s.x.Now()
	for _, t := range s.awaiting {
		if left := s.x.desk().remaining(t); left >= 0 {
			earlier(now.Add(left))
		}
	}
	return at, ok
}

// due wakes the threads whose time has come.
func (s *stepper) due() bool {
	now := s.x.Now()
	for _, t := range slices.Clone(s.sleeping) {
		if !t.frame.Wake.After(now) {
			s.sleeping = remove(s.sleeping, t)
			s.push(t, machine.Completion{Answer: machine.Woke})
		}
	}
	for _, t := range slices.Clone(s.awaiting) {
		if s.x.desk().remaining(t) != 0 {
			continue
		}
		s.x.mu.Lock()
		mine := t.rise()
		s.x.mu.Unlock()
		if mine {
			s.at = t
			s.awaiting = remove(s.awaiting, t)
			s.push(t, s.x.desk().expire(t))
		}
	}
	return len(s.ready) > 0
}

func remove(list []*thread, t *thread) []*thread {
	if i := slices.Index(list, t); i >= 0 {
		return slices.Delete(list, i, i+1)
	}
	return list
}

// spread begins the first children of a state.
func (s *stepper) spread(t *thread) {
	join := t.frame.Join
	workers := join.N
	switch {
	case join.Limit > 0:
		workers = min(workers, join.Limit)
	case t.frame.Current().Kind == machine.Map:
		workers = min(workers, atOnce)
	}
	g := &group{x: s.x, parent: t}
	g.ctx.Context = t.under //nolint:fatcontext // set once, where the group is made
	for range workers {
		w := &thread{group: g}
		w.init(s.x, &g.ctx)
		g.pending.Add(1)
		if g.stopped.Load() || !s.child(w) {
			s.leave(w)
		}
	}
}

// child gives a worker the next child; false where there is none to begin.
func (s *stepper) child(w *thread) bool {
	s.at = w
	f := &w.group.parent.frame
	for f.Join.Begun < f.Join.N && !w.group.stopped.Load() {
		w.index = int32(f.Join.Begun) //nolint:gosec // bounded by memory
		f.Join.Begun++
		w.tick()
		fail := f.Begin(int(w.index), &w.frame)
		if fail == nil {
			f.Join.Live = append(f.Join.Live, &w.frame)
			s.push(w, machine.Completion{})
			return true
		}
		s.fault(w, fail)
	}
	return false
}

func (s *stepper) ended(t *thread, fail *machine.Failure) {
	g := t.group
	if g == nil {
		s.x.finish()
		return
	}
	if fail == nil {
		g.parent.frame.Succeeded(int(t.index), &t.frame)
	} else {
		s.fault(t, fail)
	}
	s.unlive(t)
	if !s.child(t) {
		s.leave(t)
	}
}

func (s *stepper) fault(t *thread, fail *machine.Failure) {
	g := t.group
	t.frame.Phase = machine.Failed
	if g.parent.frame.Faulted(int(t.index), &t.frame, fail) && !g.stopped.Swap(true) {
		g.ctx.end(errSibling)
		s.cancelBelow(g)
	}
}

func (s *stepper) unlive(t *thread) {
	join := t.group.parent.frame.Join
	join.Live = slices.DeleteFunc(join.Live, func(f *machine.Frame) bool { return f == &t.frame })
}

// leave ends a worker; the last one wakes the parent.
func (s *stepper) leave(t *thread) {
	g := t.group
	if g.pending.Add(-1) == 0 {
		g.ctx.end(nil)
		s.push(g.parent, machine.Completion{Answer: machine.Joined})
	}
}

// cancel ends a thread that is to stop.
func (s *stepper) cancel(t *thread) {
	if t.frame.Token() != "" {
		s.x.desk().forget(t)
	}
	if t.group == nil {
		t.cancelled()
		return
	}
	t.tick()
	t.frame.Abort()
	s.unlive(t)
	s.leave(t)
}

// cancelBelow has the waiting threads in a group find that they are to stop.
func (s *stepper) cancelBelow(g *group) {
	for _, list := range []*[]*thread{&s.sleeping, &s.awaiting} {
		for _, t := range slices.Clone(*list) {
			if g != nil && !t.within(g) {
				continue
			}
			if t.frame.Phase == machine.Awaiting {
				s.x.mu.Lock()
				mine := t.rise()
				s.x.mu.Unlock()
				if !mine {
					continue // its answer is in the inbox
				}
			}
			*list = remove(*list, t)
			s.push(t, machine.Completion{Answer: machine.Woke})
		}
	}
}

func (s *stepper) cancelAll() bool {
	s.x.marks.set(stopping)
	s.cancelBelow(nil)
	return len(s.ready) > 0
}

// recode writes the tree of frames to JSON and goes on with what is read back.
func (s *stepper) recode() {
	s.at = nil
	root := &s.x.root.frame
	data, err := json.Marshal(root.Snapshot())
	if err != nil {
		s.broken(fmt.Errorf("a frame can't be written as JSON: %w", err))
		return
	}
	var snap machine.Snapshot
	if err := json.Unmarshal(data, &snap); err != nil {
		s.broken(fmt.Errorf("a frame can't be read back: %w", err))
		return
	}
	s.rebuild(root, &snap, root.Parent)
}

// rebuild puts the frames of a snapshot in the place of those of the threads.
func (s *stepper) rebuild(f *machine.Frame, snap *machine.Snapshot, parent *machine.Frame) {
	var live []*machine.Frame
	if f.Join != nil {
		live = f.Join.Live
	}
	x := f.Exec
	f.Restore(x, parent, snap)
	if f.Join == nil {
		return
	}
	f.Join.Live = live
	for i, c := range live {
		s.rebuild(c, &snap.Join.Live[i], f)
	}
}

func (s *stepper) broken(err error) {
	f := &s.x.root.frame
	s.x.root.tick()
	f.Break(&machine.Failure{Name: machine.Runtime, Cause: err.Error(), Err: err, Fatal: true})
	s.x.finish()
}
