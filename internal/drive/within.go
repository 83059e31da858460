package drive

import (
	"context"

	"github.com/flowstone-go/flow/internal/machine"
)

// Within is one item of the work of a state: an execution inside the one that
// the state belongs to. It sees the variables around it, tells its events to
// the same log, and ends with the context of the work.
type Within struct {
	child Exec
	outer *thread
}

// Share prepares the execution of a frame, whose work runs under ctx, for
// items that several goroutines move.
func Share(f *machine.Frame) {
	x, _ := f.Exec.Host.(*Exec)
	if x.Log != nil {
		x.Log.Share()
	}
	x.Identity() // all items go by it
}

// Begin prepares the item with this index and document; ctx is that of the
// work of frame f, or one made from it.
func (w *Within) Begin(ctx context.Context, f *machine.Frame, index int, doc any) {
	x, _ := f.Exec.Host.(*Exec)
	x.top().marks.set(kept)
	w.outer, _ = f.Carrier.(*thread)
	c := &w.child
	c.Exec = x.Exec
	c.Host, c.Within = c, true
	c.opts, c.base, c.outer = x.opts, x.base, x.top()
	c.root.init(c, ctx)
	f.Within(&c.Exec, index, doc, &c.root.frame)
}

// Run runs the item to its end and gives its frame, Ended or Failed.
func (w *Within) Run() *machine.Frame {
	c := &w.child
	if step := w.outer.x.opts.step; step != nil {
		return c.runStepped(step)
	}
	c.root.tick()
	c.root.run(machine.Completion{})
	c.settle()
	return &c.root.frame
}

// Frame waits for the end of an item whose Run has not returned, because a
// function in it ended its goroutine, and gives its frame.
func (w *Within) Frame() *machine.Frame {
	w.child.settle()
	return &w.child.root.frame
}

// Stepped tells whether the execution of a frame is moved step by step, so
// that its items are to run one after another.
func Stepped(f *machine.Frame) bool {
	t, ok := f.Carrier.(*thread)
	return ok && t.x.opts.step != nil
}

// runStepped runs an item as the execution around it runs. The virtual clock
// of that is set forward by the time that the item took.
func (x *Exec) runStepped(around *stepper) *machine.Frame {
	s := newStepper(x, around.how)
	x.opts = s.options(x.opts)
	if s.how.Virtual {
		s.clock = around.now()
		defer func() { around.advance(s.now()) }()
	}
	s.run(x.root.under, s.begin)
	return &x.root.frame
}

// top is the execution that all of an execution within it belongs to.
func (x *Exec) top() *Exec {
	if x.outer != nil {
		return x.outer
	}
	return x
}

// Checked gives a document as a checked execution has it between two states:
// through JSON; in any other, as it is.
func Checked(f *machine.Frame, doc any) (any, error) {
	x, _ := f.Exec.Host.(*Exec)
	if x.opts.Check == nil {
		return doc, nil
	}
	return x.opts.Check(f, func() (any, error) { return doc, nil })
}
