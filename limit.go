package flow

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"time"

	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/model"
)

// Limit is a model with limits on how it is asked. Make one for each model of an
// account, and share it between all flows that ask it: calls over a limit wait
// for their turn, first come, first served, until their context ends.
//
// A provider that asks to wait (Retry-After) is not asked again before that
// time, by any of the flows; the call that was told so fails as it would without
// the limit, for a [Retry] to deal with.
//
// Limits that are not positive, and a model that is nil, are reported by Build,
// and make every call fail with the name Model.Validation. The model is safe for concurrent use, and keeps the abilities
// of the one inside.
func Limit(m Model, limits ...ModelLimit) Model {
	l := &limited{Model: m}
	l.set(limits)
	if m == nil {
		l.problem = errors.New("Limit of a model that is nil")
	}
	return l
}

// LimitFunc is [Limit] for a function: what it gives is the same function, each
// call of which waits for its turn. Make it once and share it: whatever calls it,
// a [Task], [Try], [TryEach] or plain Go, counts together.
//
//	var geocode = flow.LimitFunc(client.Geocode, flow.RPM(600), flow.InFlight(4))
//
// An error with a method RetryAfter() time.Duration holds up all calls for that
// time. With a limit that is wrong, one of tokens ([TPM]) among them, each call
// fails with [ErrRuntime].
func LimitFunc[In, Out any](fn func(context.Context, In) (Out, error), limits ...ModelLimit) func(context.Context, In) (Out, error) {
	l := &turns{}
	l.set(limits)
	switch {
	case fn == nil:
		l.problem = errors.New("LimitFunc of a function that is nil")
	case l.tokens != nil:
		l.problem = errors.New("TPM counts the tokens of a model, and a function has none")
	}
	return func(ctx context.Context, in In) (out Out, err error) {
		if l.problem != nil {
			return out, &Error{Name: machine.Runtime, Cause: l.problem.Error(), wrapped: l.problem, fatal: true}
		}
		if ctx == nil {
			return out, errNilContext()
		}
		done, err := l.enter(ctx, 0)
		if err != nil {
			return out, err
		}
		defer func() { done(0, err) }() // also where fn panics
		return fn(ctx, in)
	}
}

// ModelLimit is one limit of [Limit]: [RPM], [TPM] or [InFlight].
type ModelLimit interface{ limit(l *turns) }

// RPM bounds the requests per minute. They are spread evenly: at most the share
// of a second, and at least one, goes at once.
type RPM int

// TPM bounds the tokens per minute, of requests and answers together. Before a
// call its tokens are estimated, one for every four bytes of text and MaxTokens
// for the answer, as providers do, and a minute's tokens at most; after it what
// was used in fact is counted.
type TPM int

// InFlight bounds the calls that are out at once.
type InFlight int

func (n RPM) limit(l *turns) {
	if n <= 0 {
		l.problem = fmt.Errorf("RPM(%d): a limit has to be positive", n)
		return
	}
	l.requests = newBucket(float64(n)/60, max(1, float64(n)/60))
}

func (n TPM) limit(l *turns) {
	if n <= 0 {
		l.problem = fmt.Errorf("TPM(%d): a limit has to be positive", n)
		return
	}
	l.tokens = newBucket(float64(n)/60, float64(n))
}

func (n InFlight) limit(l *turns) {
	if n <= 0 {
		l.problem = fmt.Errorf("InFlight(%d): a limit has to be positive", n)
		return
	}
	l.slots = make(chan struct{}, n)
}

type limited struct {
	Model
	turns
}

// turns says whose turn it is to call.
type turns struct {
	requests *bucket
	tokens   *bucket
	slots    chan struct{}
	problem  error

	mu     sync.Mutex
	paused time.Time // until then the provider wants no calls
}

func (l *turns) set(limits []ModelLimit) {
	for _, set := range limits {
		if set == nil {
			l.problem = errors.New("a limit that is nil")
			continue
		}
		set.limit(l)
	}
}

// Unwrap gives the model inside.
func (l *limited) Unwrap() model.Model { return l.Model }

// Generate asks the model when the limits allow it.
func (l *limited) Generate(ctx context.Context, req *model.Request) (resp *model.Response, err error) {
	done, err := l.ask(ctx, req)
	if err != nil {
		return nil, err
	}
	defer func() { done(resp, err) }() // also where the model panics, or its place would be lost
	return l.Model.Generate(ctx, req)
}

// Stream asks the model when the limits allow it.
func (l *limited) Stream(ctx context.Context, req *model.Request) iter.Seq2[model.Event, error] {
	return func(yield func(model.Event, error) bool) {
		done, err := l.ask(ctx, req)
		if err != nil {
			yield(model.Event{}, err)
			return
		}
		var frame model.Response // what is known of the answer, for its usage
		var failed error
		defer func() { done(&frame, failed) }()
		for ev, err := range model.Stream(ctx, l.Model, req) {
			if ev.Type == model.EventEnd && ev.Response != nil && ev.Response.Usage != (model.Usage{}) {
				frame.Usage = ev.Response.Usage
			}
			failed = err
			if !yield(ev, err) || err != nil {
				return
			}
		}
	}
}

// ask waits for the turn of a request. done is called with what came of it.
func (l *limited) ask(ctx context.Context, req *model.Request) (done func(*model.Response, error), err error) {
	problem := l.problem
	if req == nil && problem == nil {
		problem = errors.New("the request is nil")
	}
	if problem != nil {
		return nil, model.NewError(model.ErrValidation.Name, problem.Error(), problem)
	}
	leave, err := l.enter(ctx, float64(model.EstimateTokens(req)+req.MaxTokens))
	if err != nil {
		return nil, err
	}
	return func(resp *model.Response, err error) {
		used := 0
		if resp != nil {
			used = resp.Usage.Total()
		}
		leave(used, err)
	}, nil
}

// enter waits for the turn of a call that is estimated to cost so many tokens.
// done is called with how many it has used, 0 where that is not known, and with
// its error.
func (l *turns) enter(ctx context.Context, cost float64) (done func(used int, err error), err error) {
	if l.slots != nil {
		select {
		case l.slots <- struct{}{}:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	free := func() {
		if l.slots != nil {
			<-l.slots
		}
	}
	if l.tokens != nil {
		cost = min(cost, l.tokens.size)
	}
	for _, w := range []struct {
		b *bucket
		n float64
	}{{l.requests, 1}, {l.tokens, cost}} {
		if w.b == nil {
			continue
		}
		if err := w.b.wait(ctx, w.n); err != nil {
			free()
			return nil, err
		}
	}
	if err := l.pause(ctx); err != nil {
		free()
		return nil, err
	}
	return func(used int, err error) {
		if after, ok := errors.AsType[interface {
			error
			RetryAfter() time.Duration
		}](err); ok && after.RetryAfter() > 0 {
			l.hold(after.RetryAfter())
		}
		if l.tokens != nil && used > 0 {
			l.tokens.give(cost - float64(used))
		}
		free()
	}, nil
}

func (l *turns) hold(d time.Duration) {
	until := time.Now().Add(d)
	l.mu.Lock()
	defer l.mu.Unlock()
	if until.After(l.paused) {
		l.paused = until
	}
}

// pause waits until the provider wants calls again.
func (l *turns) pause(ctx context.Context) error {
	for {
		l.mu.Lock()
		d := time.Until(l.paused)
		l.mu.Unlock()
		if d <= 0 {
			return ctx.Err()
		}
		if err := sleep(ctx, d); err != nil {
			return err
		}
	}
}

// bucket fills at a rate up to a size; whoever takes more than there is waits
// until that has run in. It is not a Limiter of x/time/rate, since what a call has
// not used is given back when it has ended: a Reservation there can only be
// cancelled before its time has come, and says nothing of negative numbers.
type bucket struct {
	mu        sync.Mutex
	rate      float64 // per second
	size      float64
	level     float64 // negative where takers wait
	refreshed time.Time
}

func newBucket(rate, size float64) *bucket {
	return &bucket{rate: rate, size: size, level: size}
}

func (b *bucket) wait(ctx context.Context, n float64) error {
	d := b.take(n)
	if d <= 0 {
		return ctx.Err()
	}
	if err := sleep(ctx, d); err != nil {
		b.give(n)
		return err
	}
	return nil
}

// take takes n and tells how long to wait for them.
func (b *bucket) take(n float64) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if !b.refreshed.IsZero() {
		b.level = min(b.size, b.level+now.Sub(b.refreshed).Seconds()*b.rate)
	}
	b.refreshed = now
	b.level -= n
	if b.level >= 0 {
		return 0
	}
	return time.Duration(-b.level / b.rate * float64(time.Second))
}

// give gives n back, or takes more where it is negative.
func (b *bucket) give(n float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.level = min(b.size, b.level+n)
}

// sleep waits for a time, or for the end of the context.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
