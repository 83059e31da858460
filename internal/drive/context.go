package drive

import (
	"context"
	"sync/atomic"

	"github.com/flowstone-go/flow/internal/machine"
)

// callCtx is the context of a thread's calls: its parent's, and where the
// call is. A task may keep it, so that it is never used again.
type callCtx struct {
	context.Context //nolint:containedctx // this is a context
	at              *site
	over            atomic.Bool // the execution is, and has left its memory to another
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
	if c.at.opts.Value != nil && !c.over.Load() {
		if v := c.at.opts.Value(c.at.frame, key); v != nil {
			return v
		}
	}
	return c.Context.Value(key)
}

// siteOf tells of the call under ctx; nil outside of one, and where its
// execution is over and has left its memory to another.
func siteOf(ctx context.Context) *site {
	if ctx == nil {
		return nil
	}
	c, ok := ctx.Value(placeKey{}).(*callCtx)
	if !ok || c.over.Load() {
		return nil
	}
	return c.at
}

// FrameOf gives the frame whose work runs under ctx; nil outside of one.
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
	at := siteOf(ctx)
	if at != nil && at.detached != nil {
		at.detached.beat()
	}
	return at != nil
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
