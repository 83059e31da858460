package machine

import (
	"math"
	"time"
)

// Retrier says which failures of a state's work are tried again, and when.
type Retrier struct {
	Match    func(*Failure) bool
	Max      int32 // retries; 0: none
	Interval time.Duration
	Rate     float64
	MaxDelay time.Duration // 0: no bound
	Jitter   bool          // a random time from 0 to the delay instead of the delay
	// BackOff gives a fresh source of delays for each visit of the state, in the
	// place of Interval, Rate and MaxDelay; a false ends retrying.
	BackOff func() func() (time.Duration, bool)
}

// pause is a source of delays in use.
type pause func() (time.Duration, bool)

// Catcher says which failures of a state go on at another state.
type Catcher struct {
	Match func(*Failure) bool
	// Output makes the document of the next state; the failure is the frame's
	// Err, the raw input of the state its Doc. doc is nil.
	Output Eval
	Assign []Assignment
	Next   int32
}

// failed looks for who deals with a failure of the state: the first retrier
// that matches, while it has retries left; then the first catcher; else the
// scope fails.
func failed(f *Frame, s *State, fail *Failure) Op {
	fail.at(f)
	if fail.Query {
		f.evaluationFailed(s, fail)
	}
	if fail.Fatal {
		if f.Join != nil && f.Join.First != nil {
			f.tell(Event{Type: ForkFailed, State: s, Extra: failing(fail)})
		}
		return broken(f, fail)
	}
	if fail.Again {
		return f.again(s, fail)
	}
	if !fail.Permanent && len(s.Retry) > 0 {
		if delay, ok := f.retry(s, fail); ok {
			return f.backOff(s, fail, delay)
		}
	}
	if s.Fork != nil {
		f.tell(Event{Type: ForkFailed, State: s, Extra: failing(fail)})
	}
	for i := range s.Catch {
		if c := &s.Catch[i]; c.Match(fail) {
			return caught(f, s, c, fail)
		}
	}
	return broken(f, fail)
}

// retry counts a failure with the first retrier that matches it and gives
// the delay; ok is false where none does, or it has no retry left: a later
// one that matches too does not help then.
func (f *Frame) retry(s *State, fail *Failure) (delay time.Duration, ok bool) {
	for i := range s.Retry {
		r := &s.Retry[i]
		if !r.Match(fail) {
			continue
		}
		counts := f.tries(len(s.Retry))
		if counts[i] >= r.Max {
			return 0, false
		}
		if delay, ok = f.delay(r, i, len(s.Retry)); !ok {
			return 0, false
		}
		counts[i]++
		return max(delay, fail.After), true
	}
	return 0, false
}

// tries are the retries by each of n retriers in this visit.
func (f *Frame) tries(n int) []int32 {
	r := f.rarely()
	if len(r.counts) < n {
		r.counts = append(r.counts[:0], make([]int32, n)...)
	}
	return r.counts
}

// Tried has each retrier of the state count n retries before the attempt that
// is about to begin.
func (f *Frame) Tried(n int32) {
	counts := f.tries(len(f.Current().Retry))
	for i := range counts {
		counts[i] = n
	}
}

func (f *Frame) delay(r *Retrier, i, n int) (time.Duration, bool) {
	count := f.rare.counts[i]
	if r.BackOff != nil {
		if len(f.rare.pauses) < n {
			f.rare.pauses = append(f.rare.pauses[:0], make([]pause, n)...)
		}
		pauses := f.rare.pauses
		if pauses[i] == nil { // of a visit that begins, or of a frame taken up again
			pauses[i] = r.BackOff()
			for range count {
				pauses[i]()
			}
		}
		return pauses[i]()
	}
	d := Delay(r, int(count))
	if r.Jitter {
		d = time.Duration(f.Exec.Host.Float64() * float64(d))
	}
	return d, true
}

// Delay is the time before retry n, from 0 on, without jitter.
func Delay(r *Retrier, n int) time.Duration {
	d := r.Interval
	if n > 0 && r.Rate != 1 {
		grown := float64(r.Interval) * math.Pow(r.Rate, float64(n))
		d = math.MaxInt64
		if grown < math.MaxInt64 {
			d = time.Duration(grown)
		}
	}
	if r.MaxDelay > 0 {
		d = min(d, r.MaxDelay)
	}
	return d
}

func (f *Frame) backOff(s *State, fail *Failure, delay time.Duration) Op {
	f.Attempt++
	f.Phase = BackingOff
	if f.Exec.Observed {
		f.note(Event{Type: RetryScheduled, State: s, Extra: &Extra{Fail: fail, Timeout: delay}})
	} else if fail.blank {
		f.rare.taken = fail
	}
	if delay <= 0 {
		return Step
	}
	f.Wake = f.Exec.Host.Now().Add(delay)
	return Sleep
}

// again leaves the state and enters it once more. It is a visit like any other,
// with retries, number and place of its own, so that one that is done is never
// made twice.
func (f *Frame) again(s *State, fail *Failure) Op {
	if f.Owns() {
		f.Made()
	}
	if f.Exec.Observed {
		f.note(Event{Type: VisitedAgain, State: s, Extra: failing(fail)})
		f.tell(Event{Type: StateExited, State: s, Value: f.Doc})
	}
	left := f.Res
	op := move(f, f.Doc, s.Index)
	f.Res = left
	return op
}

// caught goes on at the catcher's state. A catcher whose own expressions fail
// ends the scope.
func caught(f *Frame, s *State, c *Catcher, fail *Failure) Op {
	f.Err = fail
	var vars *Vars
	var err error
	if len(c.Assign) > 0 {
		if vars, err = assigned(f, c.Assign, nil); err != nil {
			return lost(f, s, err)
		}
	}
	out, err := c.Output(f, nil)
	if err != nil {
		return lost(f, s, err)
	}
	return exit(f, s, out, vars, c.Next)
}

func lost(f *Frame, s *State, err error) Op {
	fail := failureOf(err).at(f)
	if fail.Query {
		f.evaluationFailed(s, fail)
	}
	return broken(f, fail)
}

func (f *Frame) evaluationFailed(s *State, fail *Failure) {
	fail.Query = false // what the failure does further out is not told again
	if !f.Exec.Observed {
		return
	}
	previous := f.before
	if fail.Late {
		previous = f.Last
	}
	f.Last = f.record(previous, &Event{Type: EvaluationFailed, State: s, Extra: failing(fail)})
}
