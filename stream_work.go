package flow

import (
	"errors"
	"reflect"
	"runtime/debug"

	"github.com/flowstone-go/flow/internal/drive"
	"github.com/flowstone-go/flow/internal/machine"
)

func (c *streamCall[In, I, O]) inputType() reflect.Type { return reflect.TypeFor[In]() }

// feed reads the source and hands each item to a worker, as there is room.
func (r *streamRun[In, I, O]) feed() {
	defer r.tasks.Done()
	defer close(r.work)
	returned := false
	defer func() {
		if p := recover(); p != nil {
			r.failed = &PanicError{Value: p, Stack: debug.Stack()}
		} else if !returned {
			r.failed = errors.New("Read called runtime.Goexit (testing's FailNow does)")
		}
	}()
	r.failed = r.pump()
	returned = true
}

// pump is the loop of feed.
func (r *streamRun[In, I, O]) pump() error {
	workers, most := 0, r.workers()
	if drive.Stepped(r.f) {
		most = 1
	}
	index, skip := r.state.Index, r.state.Skip
	if r.state.Cursor == "" && index > 0 {
		return nil // an attempt before this one has come to the end of the source
	}
	for cursor := r.state.Cursor; r.ctx.Err() == nil; {
		items, next, err := r.src.Read(r.ctx, cursor)
		if err != nil {
			if r.ctx.Err() != nil {
				return nil //nolint:nilerr // what ended the attempt is known already
			}
			return err
		}
		skipped := min(skip, len(items))
		skip = 0
		p := &page{start: index, n: len(items), through: skipped, next: next}
		r.mu.Lock()
		r.pages = append(r.pages, p)
		if p.through == p.n {
			r.passPages()
		}
		r.mu.Unlock()
		r.read.Add(int64(len(items) - skipped))
		for i := skipped; i < len(items); i++ {
			select {
			case r.slots <- struct{}{}:
			case <-r.halted:
				return nil
			case <-r.ctx.Done():
				return nil
			}
			e := &entry[I, O]{index: index + i, page: p, item: items[i]}
			select {
			case r.work <- e:
				continue
			default:
			}
			if workers < most {
				workers++
				r.tasks.Add(1)
				go r.worker(e)
				continue
			}
			select {
			case r.work <- e:
			case <-r.halted:
				return nil
			case <-r.ctx.Done():
				return nil
			}
		}
		if next == "" {
			return nil
		}
		index += len(items)
		cursor = next
	}
	return nil
}

// worker runs items, the given one first, until there are no more.
func (r *streamRun[In, I, O]) worker(e *entry[I, O]) {
	defer r.tasks.Done()
	for ok := true; ok; e, ok = <-r.work {
		r.item(e)
		r.done <- e
	}
}

// item runs one item.
func (r *streamRun[In, I, O]) item(e *entry[I, O]) {
	select {
	case <-r.halted:
		return
	default:
	}
	doc, err := drive.Checked(r.f, &e.item)
	if err != nil {
		r.fault(e, &machine.Failure{Name: machine.Runtime, Fatal: true, Err: err, Cause: err.Error()})
		return
	}
	e.within = &drive.Within{}
	e.within.Begin(r.ctx, r.f, e.index, doc)
	returned := false
	defer func() {
		if returned {
			return
		}
		// A function in the item has ended this goroutine; another one takes over
		// from here.
		r.tasks.Add(1)
		go func() {
			r.outcome(e, e.within.Frame())
			r.done <- e
			next, ok := <-r.work
			if !ok {
				r.tasks.Done()
				return
			}
			r.worker(next)
		}()
	}()
	end := e.within.Run()
	returned = true
	r.outcome(e, end)
}

// outcome takes what an item came to.
func (r *streamRun[In, I, O]) outcome(e *entry[I, O], end *machine.Frame) {
	e.within = nil
	if end.Phase != machine.Failed {
		out, err := borrowing[O](end.Doc)
		if err != nil {
			fail, _ := errors.AsType[*machine.Failure](wrongOutput(r.name, r.result, err))
			r.fault(e, fail)
			return
		}
		e.out, e.ended = out, true
		return
	}
	if r.ctx.Err() == nil || end.Err.Name != ErrCancelled.Name {
		r.fault(e, end.Err)
	}
}

// fault takes the failure of an item. One that is not tolerated ends the
// stream: nothing more begins.
func (r *streamRun[In, I, O]) fault(e *entry[I, O], fail *machine.Failure) {
	e.ended, e.fail = true, fail
	if fail.Fatal || r.exceeds(r.faults.Add(1)) {
		e.last = true
		r.halt.Do(func() { close(r.halted) })
	}
}
