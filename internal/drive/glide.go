package drive

import "github.com/flowstone-go/flow/internal/machine"

// glides tells that the state which the frame visits, and all calls from there
// on, are for glide.
func (t *thread) glides() bool {
	opts := t.x.opts
	return t.frame.Current().Plain && opts.Check == nil && opts.StandIn == nil
}

// glide makes the call that the frame asks for and those that follow along plain
// states, so that each costs little more than itself. It gives what is to be done
// then: a Step where the thread was stopped on the way, as its mover will see.
func (t *thread) glide() machine.Op {
	op, err := t.along()
	if err == nil {
		return op
	}
	c, stop := t.raised(err)
	if stop {
		return machine.Step
	}
	t.tick()
	return machine.Next(&t.frame, c)
}

// along is glide up to the first error.
func (t *thread) along() (op machine.Op, err error) {
	called := false // a function of the user's, which has not returned
	defer func() {
		if called {
			err = t.caught(recover())
		}
	}()
	f, ctx := &t.frame, t.calling()
	observed := f.Exec.Observed
	for s := f.Current(); !t.stopped(); {
		called = true
		v, failed := s.Work.Callee.Call(ctx, f, f.Spare())
		called = false
		if failed != nil {
			return op, failed
		}
		if observed {
			t.tick()
		}
		if s, op = machine.Follow(f, s, v); op != machine.Call || !s.Plain {
			return op, nil
		}
	}
	return machine.Step, nil
}
