package jsonata

import (
	"context"
	"sync"
	"time"
)

// evaluator is the state of one evaluation.
type evaluator struct {
	ctx     context.Context //nolint:containedctx // lives only as long as the call of Eval it belongs to
	expr    *Expr
	env     *Env
	globals []value
	root    value // the input document
	base    int   // depth of the call being evaluated
	fuel    int   // steps until the next look at the bounds
	steps   int64 // steps left after that
	room    int64 // bytes left
	spent   bool  // no steps left
	full    bool  // no bytes left
	out     exporter
	args    []value
	later   tailCall
	free    []*frame
	now     time.Time
}

// tailCall is a call that a body left to its caller.
type tailCall struct {
	fn   *closure
	args []value
	call *callNode
	ctx  value
}

const (
	fuelTank = 1024
	keptArgs = 128
)

var evaluators = sync.Pool{New: func() any { return new(evaluator) }}

// release forgets the evaluation and keeps what the next one can use, unless
// it has grown so large that clearing it would cost more than making it.
func (ev *evaluator) release() {
	if cap(ev.args) > keptArgs {
		ev.args = nil
	}
	if cap(ev.later.args) > keptArgs {
		ev.later.args = nil
	}
	if len(ev.args) > 0 { // it failed; otherwise all are popped
		clear(ev.args[:cap(ev.args)])
		ev.args = ev.args[:0]
	}
	clear(ev.globals)
	clear(ev.later.args[:cap(ev.later.args)])
	ev.later.args, ev.later.fn, ev.later.ctx = ev.later.args[:0], nil, value{}
	ev.ctx, ev.expr, ev.env, ev.root = nil, nil, nil, value{}
	ev.base, ev.fuel, ev.now, ev.spent, ev.full = 0, 0, time.Time{}, false, false
	evaluators.Put(ev)
}

// pop takes arguments off the stack again.
func (ev *evaluator) pop(mark int) {
	clear(ev.args[mark:])
	ev.args = ev.args[:mark]
}

// tick counts one step of work.
func (ev *evaluator) tick() error {
	if ev.fuel--; ev.fuel <= 0 {
		return ev.refuel()
	}
	return nil
}

func (ev *evaluator) refuel() error {
	ev.steps += int64(min(ev.fuel, 0)) // what was spent on credit
	if ev.full {
		return tooLarge()
	}
	if ev.spent || ev.steps <= 0 {
		return bound("Expression evaluation timeout: Check for infinite loop")
	}
	ev.fuel = int(min(fuelTank, ev.steps))
	ev.steps -= int64(ev.fuel)
	if ev.ctx.Err() != nil {
		return context.Cause(ev.ctx)
	}
	return nil
}

// spend counts n steps on credit: for walks that can't fail themselves. It is
// false when there are none left; the walk then ends, and the evaluation fails
// at its next step or at its end.
func (ev *evaluator) spend(n int) bool {
	if ev.fuel -= n; ev.fuel < -fuelTank && int64(-ev.fuel) >= ev.steps {
		ev.spent = true
	}
	return !ev.spent
}

// hold counts an item that a walk which can't fail itself adds to a list of
// n, as spend does a step.
func (ev *evaluator) hold(n int) bool {
	if ev.room -= itemBytes; ev.room < 0 || int64(n) > ev.expr.opts.Limits.Value/itemBytes {
		ev.full, ev.fuel = true, 0
	}
	return ev.spend(1) && !ev.full
}

// grow counts an item added to a list that has n.
func (ev *evaluator) grow(n int) error {
	if int64(n) > ev.expr.opts.Limits.Value/itemBytes {
		return tooLarge()
	}
	return ev.take(itemBytes)
}

// charge counts n items of memory, and what holds them.
func (ev *evaluator) charge(n int) error {
	if int64(n)*itemBytes+headBytes > ev.expr.opts.Limits.Value {
		return tooLarge()
	}
	return ev.take(int64(n)*itemBytes + holderBytes)
}

// chargeText counts a string of so many bytes.
func (ev *evaluator) chargeText(n int) error {
	if int64(n)*charBytes > ev.expr.opts.Limits.Value {
		return tooLarge()
	}
	return ev.take(int64(n))
}

func (ev *evaluator) take(n int64) error {
	ev.room -= n
	if ev.room < 0 || n > ev.expr.opts.Limits.Value {
		return tooLarge()
	}
	return nil
}

func tooLarge() error {
	return bound("Expression evaluation memory limit exceeded: Check for excessive memory usage")
}

// enter checks that a place so deep below the current call may be entered.
func (ev *evaluator) enter(depth int) error {
	if ev.base+depth > ev.expr.opts.Limits.Depth {
		return tooDeep()
	}
	return nil
}

func tooDeep() error {
	return bound("Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive.")
}

func bound(message string) error {
	return &fault{details: &Error{Kind: Bound, Code: "U1001", Message: message}}
}

// newFrame gives a frame that lives as long as the call.
func (ev *evaluator) newFrame(size int, up *frame) *frame {
	if n := len(ev.free); n > 0 {
		f := ev.free[n-1]
		ev.free = ev.free[:n-1]
		f.up = up
		if cap(f.vals) >= size {
			f.vals = f.vals[:size]
		} else {
			f.vals = make([]value, size, max(size, 4))
		}
		return f
	}
	return &frame{vals: make([]value, size, max(size, 4)), up: up}
}

// drop gives back a frame that nothing can see any more.
func (ev *evaluator) drop(f *frame) {
	clear(f.vals)
	f.up = nil
	if len(ev.free) < 64 {
		ev.free = append(ev.free, f)
	}
}

// keptFrame gives a frame that a closure may keep, all its slots unset.
func (ev *evaluator) keptFrame(size int, up *frame) *frame {
	f := &frame{vals: make([]value, size), up: up}
	f.reset(0, size)
	return f
}

// clock is the time of the evaluation: one for all its parts.
func (ev *evaluator) clock() time.Time {
	if ev.now.IsZero() {
		if ev.env.Now != nil {
			ev.now = ev.env.Now()
		} else {
			ev.now = time.Now()
		}
	}
	return ev.now
}
