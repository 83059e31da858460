package drive

import (
	"context"
	"math"
	"runtime"
	"sync/atomic"

	"github.com/flowstone-go/flow/internal/machine"
)

// callCtx is the context of a thread's calls: its parent's, and where the
// call is. A task may keep it, so that it is never used again.
type callCtx struct {
	context.Context //nolint:containedctx // this is a context
	at              *site
	// lookers is how many look at the site at the moment; from math.MinInt32 on
	// while it is closed, so that its memory may be used for something else.
	lookers atomic.Int32
}

// look tells that the site may be looked at, up to the call of seen.
func (c *callCtx) look() bool {
	if c.lookers.Add(1) > 0 {
		return true
	}
	c.seen()
	return false
}

func (c *callCtx) seen() { c.lookers.Add(-1) }

// shut waits for those who look at the site, and lets nobody else. Goroutines that
// a task has left behind may ask at any time, and never ask for long.
func (c *callCtx) shut() {
	if c.lookers.Load() < 0 {
		return
	}
	for n := c.lookers.Add(math.MinInt32); n != math.MinInt32; n = c.lookers.Load() {
		runtime.Gosched()
	}
}

// open is the opposite of shut.
func (c *callCtx) open() {
	if c.lookers.Load() < 0 {
		c.lookers.Add(math.MinInt32)
	}
}

// site is where calls are made.
type site struct {
	frame    *machine.Frame
	opts     *Options
	detached *detached // of a detached call
}

// detached is what a detached call has beside its context.
type detached struct {
	beat      func()
	submitted chan any // whoever moves the thread tells of it
}

// contexts are what a thread that is used again makes its contexts of. It will
// need many, which cost less together: to make one alone takes longer than to
// call a task.
type contexts struct {
	site   site
	unused []callCtx
}

// calling is the context of the thread's calls.
func (t *thread) calling() *callCtx {
	if t.ctx == nil {
		t.enter()
	}
	return t.ctx
}

// enter makes the context of the thread's calls.
func (t *thread) enter() {
	again := t.again
	if again == nil {
		c := &struct {
			callCtx
			site
		}{callCtx{Context: t.under}, site{frame: &t.frame, opts: t.x.opts}}
		c.at, t.ctx = &c.site, &c.callCtx
		return
	}
	if len(again.unused) == 0 {
		again.unused = make([]callCtx, 8)
	}
	again.site = site{frame: &t.frame, opts: t.x.opts}
	t.ctx, again.unused = &again.unused[0], again.unused[1:]
	t.ctx.Context, t.ctx.at = t.under, &again.site
}

// AfterFunc passes on that the parent has a cheap way to wait for its end.
func (c *callCtx) AfterFunc(f func()) (stop func() bool) { return context.AfterFunc(c.Context, f) }

type placeKey struct{}

// Value gives the parent's values, and the call itself to [FrameOf].
func (c *callCtx) Value(key any) any {
	if key == (placeKey{}) {
		return c
	}
	if v := c.own(key); v != nil {
		return v
	}
	return c.Context.Value(key)
}

// own gives the value that a call has beside those of its parent.
func (c *callCtx) own(key any) any {
	if !c.look() {
		return nil
	}
	defer c.seen()
	if c.at.opts.Value == nil {
		return nil
	}
	return c.at.opts.Value(c.at.frame, key)
}

// calledUnder gives the context of the call under ctx; nil outside of one.
func calledUnder(ctx context.Context) *callCtx {
	if ctx == nil {
		return nil
	}
	c, _ := ctx.Value(placeKey{}).(*callCtx)
	return c
}

// siteOf tells of the call under ctx, while that goes on; nil outside of one.
func siteOf(ctx context.Context) *site {
	if c := calledUnder(ctx); c != nil && c.lookers.Load() >= 0 {
		return c.at
	}
	return nil
}

// Look shows the frame whose work runs under ctx, to a goroutine too that goes on
// after the work: it gives false outside of one, and where its execution is over
// and has left its memory to another. Until see returns it does not.
func Look(ctx context.Context, see func(f *machine.Frame)) bool {
	c := calledUnder(ctx)
	if c == nil || !c.look() {
		return false
	}
	defer c.seen()
	see(c.at.frame)
	return true
}

// FrameOf gives the frame whose work runs under ctx, for that work itself to
// ask; nil outside of one. See [Look].
func FrameOf(ctx context.Context) *machine.Frame {
	if at := siteOf(ctx); at != nil {
		return at.frame
	}
	return nil
}

// IdentityOf is the name of the execution of a frame.
func IdentityOf(f *machine.Frame) string {
	x, ok := f.Exec.Host.(*Exec)
	if !ok {
		return f.Exec.Known().Name
	}
	return x.Identity()
}

// Beat tells that the work under ctx is alive. It gives false outside of one.
func Beat(ctx context.Context) bool {
	c := calledUnder(ctx)
	if c == nil || !c.look() {
		return false
	}
	defer c.seen()
	if c.at.detached != nil {
		c.at.detached.beat()
	}
	return true
}

// Submit tells of what the request behind the call under ctx was answered
// with, while the call goes on. It is called once at most, by the goroutine
// that makes the call.
func Submit(ctx context.Context, v any) {
	switch at := siteOf(ctx); {
	case at == nil:
	case at.detached != nil:
		at.detached.submitted <- v
	default:
		at.frame.Submitted(v)
	}
}
