package flow

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"time"
)

// Try calls a function as a flow of this one node would: with retries that the
// first matching [Retry] decides, a [Timeout], its panics made errors. Without
// any policy it is called once.
//
//	page, err := flow.Try(ctx, func(ctx context.Context) (*http.Response, error) { return client.Do(req.WithContext(ctx)) },
//		flow.Retry{On: flow.ErrTimeout, MaxAttempts: 5}, flow.Timeout(10*time.Second))
//
// An Out may be anything, a file or a connection too, since it is no document:
// observers see that the call took place, not what it gave. The error is an
// [*Error] of the state Try, through which errors.Is and errors.As reach that of
// fn; a policy that is wrong is a [*BuildError]. In fn [StateOf] tells the attempt,
// and a key that stays the same over all of them.
//
// A call costs a few microseconds and some sixty allocations. Where that counts,
// make a Flow once: see [Single].
func Try[Out any](ctx context.Context, fn func(context.Context) (Out, error), how ...Policy) (Out, error) {
	var zero Out
	var got results[Out]
	n := Task("Try", func(ctx context.Context, _ None) (int, error) { return got.add(fn(ctx)) })
	n.at = here()
	if fn == nil {
		n.wrong("", "Try without a function")
	}
	p := policiesOf(how)
	p.apply(&n.spec)
	if p.concurrency != nil || len(p.tolerances) > 0 {
		n.wrong("use TryEach", "Try with Concurrency or a tolerance, which are for several calls")
	}
	f, err := New[None, int]("Try").Then(n).Build()
	if err != nil {
		return zero, err
	}
	place, err := f.Run(ctx, None{}, p.options...)
	return got.at(place), err
}

// TryEach calls a function for each item, as a [Map] does: several at once (40,
// or as [Concurrency] says), each with the retries and the [Timeout] given, as in
// [Try]. What they gave is in the order of the items.
//
//	thumbnails, err := flow.TryEach(ctx, pages, resize, flow.Concurrency(8), flow.Retry{MaxAttempts: 5})
//
// The first item that fails for good cancels the others, and TryEach gives its
// error, with its place from 0, once all have returned.
// With [Tolerate] some may fail. Items and results may be of any type; they are
// handed on as they are.
func TryEach[I, O any](ctx context.Context, items []I, fn func(context.Context, I) (O, error), how ...Policy) ([]O, error) {
	var got results[O]
	n := Task("Try", func(ctx context.Context, i int) (int, error) {
		v, err := fn(ctx, items[i])
		if err != nil {
			return 0, &itemError{i, err}
		}
		return got.add(v, nil)
	})
	m := Map[int]("Each", At[[]int]("$.items"), n).Into(At[[]int]("$.results"))
	m.at = here()
	n.at = m.at
	if fn == nil {
		m.wrong("", "TryEach without a function")
	}
	p := policiesOf(how)
	p.apply(&n.spec)
	if p.concurrency != nil {
		m.Concurrency(*p.concurrency)
	}
	for _, tolerate := range p.tolerances {
		tolerate(m)
	}
	f, err := New[places, places]("Each").Then(m).Build()
	if err != nil {
		return nil, err
	}
	in := places{Items: make([]int, len(items))}
	for i := range in.Items {
		in.Items[i] = i
	}
	end, err := f.Run(ctx, in, p.options...)
	if item, ok := errors.AsType[*itemError](err); ok {
		err = fmt.Errorf("item %d: %w", item.index, err)
	}
	if err != nil {
		return nil, err
	}
	if p.failures != nil {
		*p.failures = end.Failures
	}
	out := make([]O, len(items))
	for i, place := range end.Results {
		out[i] = got.at(place)
	}
	return out, nil
}

// Single begins a flow of one function that you have: it is given what the task
// takes, gives what the task gives, and is named as it. More nodes may follow.
//
//	var thumbnail = flow.Single(flow.Task("Resize", resize).Retry(flow.Retry{MaxAttempts: 5}).Timeout(time.Minute)).Must()
//
// Of a [Do] the flow gives a [None].
func Single[In, Out any](task *TaskNode[In, Out]) *Builder[In, Out] {
	b := &Builder[In, Out]{at: here(), nodes: []Node{task}}
	if task == nil {
		return b
	}
	b.name = task.name
	if task.keeps {
		n := *task
		n.keeps, n.out = false, reflect.TypeFor[None]()
		b.nodes[0] = &n
	}
	return b
}

// places is the document of TryEach: what is gone over are places of items and
// of results, which may be of types that no document holds.
type places struct {
	Items    []int         `json:"items"`
	Results  []int         `json:"results,omitempty"`
	Failures []ItemFailure `json:"failures,omitempty"`
}

// itemError is the error of a call for an item.
type itemError struct {
	index int
	error
}

// Unwrap gives the error of the call.
func (e *itemError) Unwrap() error { return e.error }

// results keeps what calls gave. One that its Timeout has left behind may still
// add something, which nobody asks for.
type results[T any] struct {
	mu   sync.Mutex
	list []T
}

// add gives the place of a result, from 1.
func (r *results[T]) add(v T, err error) (int, error) {
	if err != nil {
		return 0, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, v)
	return len(r.list), nil
}

func (r *results[T]) at(place int) T {
	r.mu.Lock()
	defer r.mu.Unlock()
	if place == 0 {
		var zero T
		return zero
	}
	return r.list[place-1]
}

// Policy says how [Try] and [TryEach] call a function: a [Retry] (of several the
// first that matches), [Timeout], [Concurrency], [Tolerate], [ToleratePercent],
// or any [Option] of a run, such as [Observe] or [VirtualTime].
type Policy interface{ policy(p *policies) }

type policy func(p *policies)

func (f policy) policy(p *policies) { f(p) }

// policies are the policies of a call put together.
type policies struct {
	retries     []Retry
	timeout     *time.Duration
	concurrency *int
	tolerances  []func(m *MapNode[int, int])
	failures    *[]ItemFailure
	options     []Option
}

func policiesOf(how []Policy) *policies {
	p := &policies{}
	for _, h := range how {
		if h != nil {
			h.policy(p)
		}
	}
	return p
}

// apply gives a node the policies that are for a single call.
func (p *policies) apply(s *spec) {
	s.retry(p.retries)
	if p.timeout != nil {
		s.setBound(&s.timeout, *p.timeout, "Timeout")
	}
}

func (r Retry) policy(p *policies) { p.retries = append(p.retries, r) }

// Timeout is a [Policy] that bounds each attempt; see [TaskNode.Timeout]. The time
// has to be positive.
func Timeout(d time.Duration) Policy {
	return policy(func(p *policies) { p.timeout = &d })
}

// Concurrency is a [Policy] of [TryEach] that bounds the calls that are out at
// once. 0 is 40.
func Concurrency(limit int) Policy {
	return policy(func(p *policies) { p.concurrency = &limit })
}

// Tolerate is a [Policy] of [TryEach] that lets up to count items fail: their
// results are zero, and *failed lists them; nil where nobody wants to know. One
// more fails all with [ErrTolerance], which wraps that item's error.
func Tolerate(count int, failed *[]ItemFailure) Policy {
	return tolerating(failed, func(m *MapNode[int, int]) { m.Tolerate(count, placeOfFailures) })
}

// ToleratePercent is Tolerate for a share of the items, from 0 to 100. With
// both, exceeding either fails all.
func ToleratePercent(percent float64, failed *[]ItemFailure) Policy {
	return tolerating(failed, func(m *MapNode[int, int]) { m.ToleratePercent(percent, placeOfFailures) })
}

var placeOfFailures = At[[]ItemFailure]("$.failures")

func tolerating(failed *[]ItemFailure, set func(m *MapNode[int, int])) Policy {
	return policy(func(p *policies) {
		p.tolerances = append(p.tolerances, set)
		if failed != nil {
			p.failures = failed
		}
	})
}
