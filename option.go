package flow

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/drive"
	"github.com/flowstone-go/flow/internal/machine"
)

// Option says how a flow is run: given to Build or With for all runs of the Flow
// that they return, or to Run and Start for one. Of two that say the same the
// later counts, but observers add up; nil is no option. It is a [Policy] of [Try]
// too.
type Option interface {
	Policy
	apply(s *settings)
}

type option func(s *settings)

func (o option) apply(s *settings) { o(s) }

func (o option) policy(p *policies) { p.options = append(p.options, o) }

// With gives a Flow that runs with these options. The Flow itself stays as it
// is.
func (f *Flow[In, Out]) With(opts ...Option) *Flow[In, Out] {
	if f.made() != nil {
		return f // its runs say so
	}
	return &Flow[In, Out]{def: f.def, spare: f.spare, settings: f.settings.with(opts)}
}

// DefaultTransitions is how many transitions a flow, a branch or an item may
// make by default; see [MaxTransitions].
const DefaultTransitions = 1_000_000

// settings are the options of a run put together.
type settings struct {
	drive          drive.Options
	maxTransitions int
	runTimeout     time.Duration
	name           string
	observers      []func(Event)
	history        *History
	stepping       drive.Stepping
	registry       *Registry
	identity       Identity
	asOf           time.Time
	storage        Storage
	payloadLimit   int
	budget         *budgeting
	keepText       int
	standIns       map[string]machine.Callee // by name or path
	problem        error

	// bare tells that nothing of the above asks for anything around a run, which
	// then need not look at each.
	bare bool
}

func defaults() *settings {
	return &settings{
		bare:           true,
		maxTransitions: DefaultTransitions,
		drive:          drive.Options{Explain: explain, Cancelled: cancelled, Detach: detached, Value: callerOf},
	}
}

// detached copies the arguments of a call that may be abandoned.
func detached(args any) any {
	c, err := document.CopyAny(args)
	if err != nil {
		return args // the call itself will report it
	}
	return c
}

func (s *settings) with(opts []Option) *settings {
	out := *s
	out.observers = append([]func(Event){}, s.observers...)
	for _, o := range opts {
		if o != nil {
			o.apply(&out)
		}
	}
	out.bare = out.problem == nil && out.runTimeout == 0 && out.name == "" && len(out.observers) == 0 && out.history == nil &&
		out.budget == nil && len(out.standIns) == 0 && !out.stepped()
	return &out
}

func (s *settings) fail(format string, args ...any) {
	if s.problem == nil {
		s.problem = &Error{Name: machine.Runtime, Cause: fmt.Sprintf(format, args...), fatal: true}
	}
}

// unfit is what is wrong with the options of a flow, for Build.
func (s *settings) unfit(d *definition) []problem {
	for _, err := range []error{s.problem, s.checkStandIns(d.machine)} {
		if e, ok := errors.AsType[*Error](err); ok {
			return []problem{{at: d.at, text: e.Cause}}
		}
	}
	return s.unpriced(d)
}

func (s *settings) stepped() bool { return s.stepping.On }

// prepare gives an execution what its machine wants to know.
func (s *settings) prepare(d *definition, x *drive.Exec, in any) {
	x.MaxTransitions = int32(min(s.maxTransitions, math.MaxInt32-1)) //nolint:gosec // bounded
	if s.name != "" {
		x.About = &machine.About{Name: s.name}
	}
	x.Input = in
	if d.asl != nil {
		s.prepareASL(d, x)
	}
}

// watch gives the log where anybody listens: the given one, if the events are
// to be kept; nil where nobody does.
func (s *settings) watch(log *machine.Log, o *observing) *machine.Log {
	switch {
	case log != nil:
	case s.history != nil:
		log = &s.history.log
	case o == nil:
		return nil
	default:
		log = &machine.Log{Forget: true}
	}
	log.Bare() // a History may have the terms of an earlier execution
	if s.keepText > 0 && !log.Forget {
		log.Terms().Pieces = s.keepText
	}
	if o != nil {
		log.Terms().Hook = o.tell
	}
	return log
}

// realLimit bounds the time of the execution on the real clock; 0 is no bound.
func (s *settings) realLimit(d *definition) time.Duration {
	if s.stepping.Virtual {
		return 0
	}
	return s.timeLimit(d)
}

// steps says how an execution is moved step by step.
func (s *settings) steps(d *definition) drive.Stepping {
	how := s.stepping
	if how.Virtual {
		how.Limit, how.Over = s.timeLimit(d), errOvertime
	}
	return how
}

// MaxTransitions bounds the number of transitions that a flow, a branch or an
// item makes: one more fails it with [ErrRuntime] and names the states that go
// round. The default is [DefaultTransitions]; 0 is no bound.
func MaxTransitions(n int) Option {
	return option(func(s *settings) {
		if n < 0 {
			s.fail("MaxTransitions(%d): 0 is no bound", n)
		}
		s.maxTransitions = n
	})
}

// DefaultKeepText is how many pieces of text an execution keeps by default; see
// [KeepText].
const DefaultKeepText = machine.PiecesKept

// KeepText bounds the pieces of text ([ModelText]) that an execution keeps for
// those who read its events late or slowly, and a [History]: where there are about
// half as many more, the oldest are dropped, and a [ModelTextDropped] in their place
// says to each reader how many it has missed. Observers get them all. No other
// event is ever dropped. The default is [DefaultKeepText]; the bound has to be
// positive.
func KeepText(pieces int) Option {
	return option(func(s *settings) {
		if pieces <= 0 {
			s.fail("KeepText(%d): it has to be positive", pieces)
		}
		s.keepText = pieces
	})
}

// RunTimeout bounds the time of a whole execution: when it runs out the
// execution ends with [ErrTimeout], its calls cancelled. No retrier and no
// catcher sees it.
func RunTimeout(d time.Duration) Option {
	return option(func(s *settings) {
		if err := positive(d, "RunTimeout"); err != nil && s.problem == nil {
			s.problem = err
		}
		s.runTimeout = d
	})
}

// WithName names the execution; see [Execution.ID]. Without it the name is
// random.
func WithName(name string) Option { return option(func(s *settings) { s.name = name }) }

// Grace is how long Run waits at its end for calls that their Timeout has
// abandoned. The default is 0: it does not wait.
func Grace(d time.Duration) Option {
	return option(func(s *settings) {
		if d < 0 {
			s.fail("Grace(%v)", d)
		}
		s.drive.Grace = d
	})
}

// Checked runs the flow as if each value between two nodes went through JSON. The
// result is the same as without, or the flow relies on something that JSON does
// not keep, such as a function that changes what it has given away before. A
// value that has no JSON fails the node that gave it. It is slow: meant for tests.
func Checked() Option {
	return option(func(s *settings) {
		s.drive.Check = checkCall
	})
}

// VirtualTime runs the execution on a clock of its own, which begins at from
// (the zero time: now), stands still while anything is to be done, and then
// jumps to the next time that is waited for: a week of waiting takes
// microseconds. Calls take no time on that clock, and their own timers are the
// real ones. Everything runs in one goroutine, in the same order each time.
func VirtualTime(from time.Time) Option {
	return option(func(s *settings) {
		s.stepping.On, s.stepping.Virtual, s.stepping.From = true, true, from
	})
}

// Stepwise runs the execution one step at a time and writes the whole of its
// state to JSON and back between any two steps, as a durable execution would.
// The result is the same as without; what a caught error wrapped is lost (see
// [Error]). It is slow: meant for tests.
func Stepwise() Option {
	return option(func(s *settings) { s.stepping.On, s.stepping.Encode = true, true })
}
