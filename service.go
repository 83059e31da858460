package flow

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/machine"
)

// Service owns the executions of a flow in a program that serves: it starts them
// once for each name, finds them again, and brings them to a good end when the
// program is told to stop. Make it with [NewService]. It is safe for concurrent
// use.
type Service[In, Out any] struct {
	flow *Flow[In, Out]

	mu       sync.Mutex
	known    map[string]*served[Out] // running ones, and the last that have ended
	running  int
	ended    []string // in the order of their ends
	keep     int
	draining bool
	drained  chan struct{}
	outcome  Drained
}

// served is an execution of a Service.
type served[Out any] struct {
	exec  *Execution[Out]
	input [sha256.Size]byte // of an execution with a name
	over  bool
}

// DefaultKeep is how many executions that have ended a [Service] keeps by
// default; see [Service.Keep].
const DefaultKeep = 100

// NewService gives a Service for the flow, with options for all executions.
func NewService[In, Out any](f *Flow[In, Out], opts ...Option) *Service[In, Out] {
	if f != nil && len(opts) > 0 {
		f = f.With(opts...)
	}
	return &Service[In, Out]{flow: f, known: map[string]*served[Out]{}, keep: DefaultKeep}
}

// Keep says how many executions that have ended are kept, for Find and for
// their names: 0 keeps none.
func (s *Service[In, Out]) Keep(executions int) *Service[In, Out] {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keep = max(0, executions)
	s.forget()
	return s
}

var (
	// ErrDraining is a [Service] that starts nothing new.
	ErrDraining = errors.New("the service is draining: it starts nothing new")
	// ErrExecutionExists is a name that another execution has.
	ErrExecutionExists = errors.New("there is an execution of this name already")
)

// Start begins an execution, which goes on when ctx has ended: of ctx it takes
// the values only.
//
// With [WithName] it begins one only if there is none of this name. As Step
// Functions does, it gives the one that is there, without an error, if that has
// the same input and is still running; else it gives that one and
// [ErrExecutionExists]. Names of executions that are no longer kept are free
// again (see [Service.Keep]). After Drain the error is [ErrDraining] and there
// is no execution.
func (s *Service[In, Out]) Start(ctx context.Context, in In, opts ...Option) (*Execution[Out], error) {
	name := ""
	if s.flow != nil && s.flow.settings != nil {
		name = s.flow.settings.with(opts).name
	}
	var sum [sha256.Size]byte
	if name != "" {
		data, err := document.Encode(&in)
		if err != nil {
			return nil, &Error{Name: machine.Runtime, Cause: "the input can't be written as JSON: " + err.Error(), wrapped: err, fatal: true}
		}
		sum = sha256.Sum256(data)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.known[name]; name != "" && old != nil {
		if old.over || old.input != sum {
			return old.exec, ErrExecutionExists
		}
		return old.exec, nil
	}
	if s.draining {
		return nil, ErrDraining
	}
	if ctx != nil {
		if ctx.Err() != nil {
			return nil, errorOf(cancelled(nil, context.Cause(ctx)))
		}
		ctx = context.WithoutCancel(ctx)
	}
	e := s.flow.start(ctx, in, opts, func(e *Execution[Out]) { s.own(e, sum) })
	if err := e.never(); err != nil {
		return nil, err
	}
	return e, nil
}

// Resume goes on with an execution that was put away, by this process or
// another; see [Flow.Resume]. Of ctx it takes the values only. An ID that is
// known already gives [ErrExecutionExists], with that execution.
func (s *Service[In, Out]) Resume(ctx context.Context, p Parked, opts ...Option) (*Execution[Out], error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch old := s.known[p.Execution]; {
	case old != nil:
		return old.exec, ErrExecutionExists
	case s.draining:
		return nil, ErrDraining
	}
	if ctx != nil {
		ctx = context.WithoutCancel(ctx)
	}
	var begun *Execution[Out]
	e := s.flow.resume(ctx, p.Snapshot, opts, func(e *Execution[Out]) {
		s.own(e, sha256.Sum256(e.inputJSON()))
		begun = e
	})
	if err := e.never(); err != nil {
		if begun != nil { // it was refused at the last moment
			s.running--
			delete(s.known, begun.ID())
		}
		return nil, err
	}
	return e, nil
}

// inputJSON is the input of the execution.
func (e *Execution[Out]) inputJSON() []byte {
	data, err := document.Encode(e.x.Input)
	if err != nil {
		return nil
	}
	return data
}

// own enters an execution that is about to begin. The Service is locked.
func (s *Service[In, Out]) own(e *Execution[Out], input [sha256.Size]byte) {
	id := e.ID()
	s.known[id] = &served[Out]{exec: e, input: input}
	s.running++
	e.x.OnEnd(func() {
		e.release()
		s.mu.Lock()
		defer s.mu.Unlock()
		known := s.known[id]
		if known == nil || known.exec != e {
			return
		}
		known.over = true
		s.running--
		s.ended = append(s.ended, id)
		s.forget()
	})
}

// forget drops the oldest of the executions that have ended. The Service is
// locked.
func (s *Service[In, Out]) forget() {
	for len(s.ended) > s.keep {
		delete(s.known, s.ended[0])
		s.ended = slices.Delete(s.ended, 0, 1)
	}
}

// Find gives the execution of this ID, if it is running or one of the last that
// have ended.
func (s *Service[In, Out]) Find(id string) (*Execution[Out], bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known, ok := s.known[id]
	if !ok {
		return nil, false
	}
	return known.exec, true
}

// Running is how many executions are running.
func (s *Service[In, Out]) Running() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running
}

// Ready tells whether Start begins executions: it does until Drain is called.
func (s *Service[In, Out]) Ready() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.draining
}

// Drained is how a [Service] was drained. All lists are in the order of the IDs.
type Drained struct {
	// Finished are the IDs of the executions that came to their end while the
	// Service drained, well or not.
	Finished []string
	// Parked are the executions that were put away.
	Parked []Parked
	// Stopped are the IDs of those that were neither there in time: they were
	// stopped, with ErrDraining as the cause.
	Stopped []string
}

// Drain brings the Service to its end: nothing new is started, and each running
// execution is awaited until it has ended or all of it waits (for a time, a
// retry, a callback); then it is put away and handed over in Parked, so that it
// can be kept and taken up again by [Flow.Resume]. Its Wait then gives
// [ErrCancelled], which wraps [ErrParked], and its tokens are late at the
// [Desk]. When ctx ends, what has not come to one or the other is stopped, and
// Drain returns without waiting for functions that don't heed their context. A
// nil ctx has no end.
//
// The items of a [Stream] don't count as waiting: the Stream as a whole is
// awaited. Further calls wait for the first and give the same.
func (s *Service[In, Out]) Drain(ctx context.Context) Drained {
	s.mu.Lock()
	if s.draining {
		s.mu.Unlock()
		<-s.drained
		return s.outcome
	}
	s.draining = true
	s.drained = make(chan struct{})
	var running []*Execution[Out]
	for _, known := range s.known {
		if !known.over {
			running = append(running, known.exec)
		}
	}
	s.mu.Unlock()
	s.outcome = drainAll(ctx, running)
	close(s.drained)
	return s.outcome
}

// drainAll settles executions: first those that wait already, then the others
// as they get there.
func drainAll[Out any](ctx context.Context, running []*Execution[Out]) Drained {
	var out Drained
	var mu sync.Mutex
	take := func(e *Execution[Out]) (settled bool) {
		p, err := e.park()
		mu.Lock()
		defer mu.Unlock()
		switch {
		case err != nil: // it has ended, but nothing can be kept of it
			out.Stopped = append(out.Stopped, e.ID())
		case p != nil:
			out.Parked = append(out.Parked, *p)
		default:
			select {
			case <-e.Done():
				out.Finished = append(out.Finished, e.ID())
			default:
				return false
			}
		}
		return true
	}
	var late <-chan struct{}
	if ctx != nil {
		late = ctx.Done()
	}
	var wait sync.WaitGroup
	for _, e := range running {
		if take(e) {
			continue
		}
		wait.Go(func() {
			calm := e.x.Calm()
			for !take(e) {
				select {
				case <-calm:
				case <-e.Done():
				case <-late:
					e.Stop(ErrDraining)
					mu.Lock()
					defer mu.Unlock()
					out.Stopped = append(out.Stopped, e.ID())
					return
				}
			}
		})
	}
	wait.Wait()
	slices.Sort(out.Finished)
	slices.Sort(out.Stopped)
	slices.SortFunc(out.Parked, func(a, b Parked) int { return strings.Compare(a.Execution, b.Execution) })
	return out
}
