package flow

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/flowstone-go/flow/internal/drive"
	"github.com/flowstone-go/flow/internal/machine"
)

// streamCall is a Stream as a callee.
type streamCall[In, I, O any] struct {
	*streaming
	name  string
	open  func(context.Context, In) (Source[I], error)
	write func(context.Context, []StreamItem[I, O]) error
	own   reader[In]
}

// streamState is how far a Stream has come: what an attempt leaves to the next.
type streamState struct {
	Cursor string `json:"cursor"` // of the first page that is not through
	Index  int    `json:"index"`  // of that page's first item
	Skip   int    `json:"skip"`   // items of that page that are through
	Streamed
}

// Call opens the source and runs the stream to its end.
func (c *streamCall[In, I, O]) Call(ctx context.Context, f *machine.Frame, _ any) (any, error) {
	in, err := c.own(f.Args)
	if err != nil {
		return nil, wrongInput(c.inputType(), err)
	}
	var state streamState
	if f.Res != nil {
		if state, err = borrowing[streamState](f.Res); err != nil {
			return nil, err
		}
	}
	src, err := c.open(ctx, in)
	if err == nil && src == nil {
		err = errors.New("there is no source")
	}
	if err != nil {
		return nil, &Error{Name: ErrItemReader.Name, Cause: fmt.Sprintf("open: %v", err), wrapped: err}
	}
	drive.Share(f)
	r := newStreamRun(ctx, c, f, src, state)
	defer r.close()
	if err := r.run(); err != nil {
		return nil, err
	}
	return &r.state.Streamed, nil
}

// page is what one Read of the source gave.
type page struct {
	start, n int // index of the first item, number of items
	through  int // items that are through
	failed   int // those of them that have failed
	next     string
}

// entry is an item on its way.
type entry[I, O any] struct {
	index  int
	page   *page
	item   I
	out    O
	fail   *machine.Failure
	last   bool          // its failure ends the stream
	ended  bool          // it was not stopped on its way
	within *drive.Within // while it is at work
}

// streamRun is one attempt of a Stream. Three kinds of goroutines work in it:
// one reads the source and gives each item a place in the window, workers run
// the items, and the caller's own takes what is done, in order, to the sink.
type streamRun[In, I, O any] struct {
	*streamCall[In, I, O]
	f      *machine.Frame
	src    Source[I]
	ctx    context.Context //nolint:containedctx // of one call
	cancel context.CancelCauseFunc
	state  streamState

	slots  chan struct{} // the window
	work   chan *entry[I, O]
	done   chan *entry[I, O]
	tasks  sync.WaitGroup
	read   atomic.Int64 // items read in all
	faults atomic.Int64 // items that have failed
	halt   sync.Once
	halted chan struct{} // closed when a failure ends the stream: nothing more begins
	failed error         // of the source; set before done is closed

	mu    sync.Mutex // of the pages and of the place in state
	pages []*page    // not through yet, oldest first

	ring  []*entry[I, O] // done, but before their turn
	next  int            // whose turn it is
	told  int
	taken []*entry[I, O]

	lastFault error // of an item that is through
}

func newStreamRun[In, I, O any](ctx context.Context, c *streamCall[In, I, O], f *machine.Frame, src Source[I], state streamState) *streamRun[In, I, O] {
	r := &streamRun[In, I, O]{streamCall: c, f: f, src: src, state: state}
	if m, ok := src.(interface{ Resumable() bool }); ok && !m.Resumable() {
		r.state = streamState{}
	}
	r.ctx, r.cancel = context.WithCancelCause(ctx)
	held := c.held()
	r.slots = make(chan struct{}, held)
	r.work = make(chan *entry[I, O])
	r.done = make(chan *entry[I, O], held)
	r.ring = make([]*entry[I, O], held)
	r.next = r.state.Index + r.state.Skip
	r.told = r.next
	r.read.Store(int64(r.next))
	r.faults.Store(int64(r.state.Failed))
	r.halted = make(chan struct{})
	return r
}

// errStreamEnded stops what is left of an attempt.
var errStreamEnded = errors.New("the stream has ended")

// close stops and awaits what is still at work, and closes the source.
func (r *streamRun[In, I, O]) close() {
	r.cancel(errStreamEnded)
	for range r.done {
	}
	if c, ok := r.src.(io.Closer); ok {
		_ = c.Close() // what was read was read
	}
}

// run moves the stream. The error carries what the next attempt is to know.
func (r *streamRun[In, I, O]) run() error {
	r.tasks.Add(1)
	go r.feed()
	go func() {
		r.tasks.Wait()
		close(r.done)
	}()
	for e := range r.done {
		fail := r.arrive(e)
		for more := true; more && fail == nil; {
			select {
			case e, more = <-r.done:
				if more {
					fail = r.arrive(e)
				}
			default:
				more = false
			}
		}
		if err := r.deliver(); err != nil {
			return r.stopped(err)
		}
		if fail == nil && r.state.Items >= r.held() {
			fail = r.overshare()
		}
		if fail != nil {
			return r.stopped(fail)
		}
		if r.state.Items-r.told >= max(r.held(), r.told/64) {
			r.tell()
		}
	}
	switch {
	case r.failed != nil:
		return r.stopped(&Error{Name: ErrItemReader.Name, Cause: r.failed.Error(), wrapped: r.failed})
	case r.ctx.Err() != nil:
		return context.Cause(r.ctx)
	}
	if fail := r.overshare(); fail != nil {
		return r.stopped(fail)
	}
	r.tell()
	return nil
}

// overshare is the failure of a stream of whose items too large a share has
// failed; nil where that is tolerated.
func (r *streamRun[In, I, O]) overshare() error {
	if r.percent == 0 || float64(r.state.Failed)*100 <= r.percent*float64(r.state.Items) {
		return nil
	}
	fail := &machine.Failure{Name: machine.ToleranceExceeded, Err: r.lastFault}
	fail.Cause = fmt.Sprintf("%d of %d items have failed, more than the %v percent that are tolerated", r.state.Failed, r.state.Items, r.percent)
	if r.lastFault != nil {
		fail.Cause += fmt.Sprintf("; the last: %v", r.lastFault)
	}
	return &streamFailure{fail: fail}
}

func (r *streamRun[In, I, O]) tell() {
	r.told = r.state.Items
	if r.f.Exec.Observed {
		r.f.Tell(&progress{r.state.Items, r.state.Failed, int(r.read.Load())})
	}
}

// arrive takes an item that is done, and gives the failure that ends the
// stream.
func (r *streamRun[In, I, O]) arrive(e *entry[I, O]) error {
	if !e.ended {
		return nil // it was stopped
	}
	if e.fail != nil {
		switch {
		case e.last && (e.fail.Fatal || r.tolerate == 0):
			return &streamFailure{fail: e.fail}
		case e.last:
			return &streamFailure{fail: &machine.Failure{
				Name: machine.ToleranceExceeded, Err: e.fail,
				Cause: fmt.Sprintf("item %d is one failure more than the %d that are tolerated: %v", e.index, r.tolerate, e.fail),
			}}
		}
	}
	if r.unordered {
		r.taken = append(r.taken, e)
		return nil
	}
	r.ring[e.index%len(r.ring)] = e
	for {
		at := r.next % len(r.ring)
		if r.ring[at] == nil {
			return nil
		}
		r.taken = append(r.taken, r.ring[at])
		r.ring[at] = nil
		r.next++
	}
}

// deliver gives the sink what is ready, and frees its places in the window.
func (r *streamRun[In, I, O]) deliver() error {
	if len(r.taken) == 0 {
		return nil
	}
	if r.write != nil {
		batch := make([]StreamItem[I, O], len(r.taken))
		for i, e := range r.taken {
			batch[i] = StreamItem[I, O]{Index: e.index, Item: e.item, Output: e.out}
			if e.fail != nil {
				batch[i].Err = errorOf(e.fail)
			}
		}
		if err := r.write(r.ctx, batch); err != nil {
			return &Error{Name: ErrResultWriter.Name, Cause: err.Error(), wrapped: err}
		}
	}
	r.mu.Lock()
	for _, e := range r.taken {
		r.state.Items++
		e.page.through++
		if e.fail != nil {
			e.page.failed++
			r.state.Failed++
			r.lastFault = e.fail
			if len(r.state.Failures) < 100 {
				r.state.Failures = append(r.state.Failures, ItemFailure{Index: e.index, Error: e.fail.Name, Cause: e.fail.Cause})
			}
		}
		r.passPages()
	}
	r.mu.Unlock()
	for range r.taken {
		<-r.slots
	}
	clear(r.taken)
	r.taken = r.taken[:0]
	return nil
}

// passPages moves the state past the pages that are through. The pages are
// locked.
func (r *streamRun[In, I, O]) passPages() {
	for len(r.pages) > 0 {
		p := r.pages[0]
		r.state.Index, r.state.Skip = p.start, p.through
		if p.through < p.n {
			return
		}
		r.state.Cursor, r.state.Index, r.state.Skip = p.next, p.start+p.n, 0
		r.pages[0] = nil
		r.pages = r.pages[1:]
	}
}

// stopped gives an error that leaves to the next attempt how far this one has
// come.
func (r *streamRun[In, I, O]) stopped(err error) error {
	r.mu.Lock()
	left := r.state
	if r.unordered { // pages that are not through are given again as a whole
		left.Items, left.Skip = left.Index, 0
		for _, p := range r.pages {
			left.Failed -= p.failed
		}
		left.Failures = slices.DeleteFunc(slices.Clone(left.Failures), func(f ItemFailure) bool { return f.Index >= left.Index })
	}
	r.mu.Unlock()
	fail, ok := errors.AsType[*streamFailure](err)
	if !ok {
		fail = &streamFailure{fail: explain(r.f, err)}
	}
	fail.left = &left
	return fail
}

// streamFailure is what a Stream fails with.
type streamFailure struct {
	fail *machine.Failure
	left *streamState
}

// Error says what it is.
func (e *streamFailure) Error() string { return e.fail.Error() }

// Unwrap gives the failure.
func (e *streamFailure) Unwrap() error { return e.fail }

// Failure is the failure itself.
func (e *streamFailure) Failure() *machine.Failure { return e.fail }

// Left is how far the attempt has come.
func (e *streamFailure) Left() any { return e.left }
