package flow

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"time"

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
	for _, set := range limits {
		if set == nil {
			l.problem = errors.New("a limit that is nil")
			continue
		}
		set.limit(l)
	}
	if m == nil {
		l.problem = errors.New("Limit of a model that is nil")
	}
	return l
}

// ModelLimit is one limit of [Limit]: [RPM], [TPM] or [InFlight].
type ModelLimit interface{ limit(l *limited) }

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

func (n RPM) limit(l *limited) {
	if n <= 0 {
		l.problem = fmt.Errorf("RPM(%d): a limit has to be positive", n)
		return
	}
	l.requests = newBucket(float64(n)/60, max(1, float64(n)/60))
}

func (n TPM) limit(l *limited) {
	if n <= 0 {
		l.problem = fmt.Errorf("TPM(%d): a limit has to be positive", n)
		return
	}
	l.tokens = newBucket(float64(n)/60, float64(n))
}

func (n InFlight) limit(l *limited) {
	if n <= 0 {
		l.problem = fmt.Errorf("InFlight(%d): a limit has to be positive", n)
		return
	}
	l.slots = make(chan struct{}, n)
}

type limited struct {
	Model
	requests *bucket
	tokens   *bucket
	slots    chan struct{}
	problem  error

	mu     sync.Mutex
	paused time.Time // until then the provider wants no calls
}

// Unwrap gives the model inside.
func (l *limited) Unwrap() model.Model { return l.Model }

// Generate asks the model when the limits allow it.
func (l *limited) Generate(ctx context.Context, req *model.Request) (*model.Response, error) {
	done, err := l.enter(ctx, req)
	if err != nil {
		return nil, err
	}
	resp, err := l.Model.Generate(ctx, req)
	done(resp, err)
	return resp, err
}

// Stream asks the model when the limits allow it.
func (l *limited) Stream(ctx context.Context, req *model.Request) iter.Seq2[model.Event, error] {
	return func(yield func(model.Event, error) bool) {
		done, err := l.enter(ctx, req)
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

// enter waits for the turn of a call. done is called with what came of it.
func (l *limited) enter(ctx context.Context, req *model.Request) (done func(*model.Response, error), err error) {
	problem := l.problem
	if req == nil && problem == nil {
		problem = errors.New("the request is nil")
	}
	if problem != nil {
		return nil, model.NewError(model.ErrValidation.Name, problem.Error(), problem)
	}
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
	cost := float64(model.EstimateTokens(req) + req.MaxTokens)
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
	return func(resp *model.Response, err error) {
		if after, ok := errors.AsType[interface {
			error
			RetryAfter() time.Duration
		}](err); ok && after.RetryAfter() > 0 {
			l.hold(after.RetryAfter())
		}
		if l.tokens != nil && resp != nil && resp.Usage.Total() > 0 {
			l.tokens.give(cost - float64(resp.Usage.Total()))
		}
		free()
	}, nil
}

func (l *limited) hold(d time.Duration) {
	until := time.Now().Add(d)
	l.mu.Lock()
	defer l.mu.Unlock()
	if until.After(l.paused) {
		l.paused = until
	}
}

// pause waits until the provider wants calls again.
func (l *limited) pause(ctx context.Context) error {
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
