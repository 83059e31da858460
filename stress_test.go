package flow_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/flowstone-go/flow"
)

// burden is the document of the flows under stress: numbers that every task mixes.
type burden struct {
	N    int   `json:"n"`
	A    int   `json:"a"`
	B    int   `json:"b"`
	C    int   `json:"c"`
	List []int `json:"list"`
	X    []int `json:"x"`
	Y    []int `json:"y"`
	Z    []int `json:"z"`
}

// mix makes a number of another, for one task.
func mix(n, salt int) int { return (n*7919 + salt*104729 + 12345) % 1_000_003 }

// stressed is one execution under stress; tasks find it in their context. The
// slow runs that give the expected results have none.
type stressed struct {
	t        *testing.T
	cancel   context.CancelFunc // nil: it is not cancelled by its tasks
	wild     bool               // its tasks may end their goroutine
	over     chan struct{}
	left     *sync.WaitGroup
	mu       sync.Mutex
	identity string
}

type stressKey struct{}

// meet is what a task does with its context beside its work: it leaves goroutines
// behind that use it, cancels its execution, or ends the goroutine.
func meet(ctx context.Context, h int) {
	x, _ := ctx.Value(stressKey{}).(*stressed)
	if x == nil {
		return
	}
	s, ok := flow.StateOf(ctx)
	x.mu.Lock()
	if x.identity == "" {
		x.identity = s.Execution
	}
	if !ok || s.Execution != x.identity {
		x.t.Errorf("a task of %s is told that it is in %+v", x.identity, s)
	}
	x.mu.Unlock()
	switch h % 16 {
	case 0, 1:
		x.left.Go(func() { x.linger(ctx, time.Duration(h%500)*time.Microsecond) })
	case 2:
		runtime.Gosched()
	case 3:
		if x.cancel != nil {
			x.cancel()
		}
	case 4:
		if x.wild {
			runtime.Goexit()
		}
	case 5:
		context.AfterFunc(ctx, func() {
			if ctx.Err() == nil || context.Cause(ctx) == nil {
				x.t.Error("a context that has ended without an error")
			}
		})
	}
}

// linger uses the context of a task that may have returned long ago.
func (x *stressed) linger(ctx context.Context, d time.Duration) {
	inner, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	done := ctx.Done()
	for inner.Err() == nil {
		if err := ctx.Err(); err != nil {
			select {
			case <-done:
			default:
				x.t.Errorf("%v before Done is closed", err)
			}
		}
		_, _ = ctx.Value(stressKey{}).(*stressed)
		flow.Beat(ctx)
		runtime.Gosched()
	}
	<-inner.Done()
	first, why := ctx.Err(), context.Cause(ctx)
	<-x.over
	if s, ok := flow.StateOf(ctx); ok && s.Execution != x.identity {
		x.t.Errorf("the context of %s tells of %+v", x.identity, s)
	}
	if first != nil && (ctx.Err() != first || context.Cause(ctx) != why) {
		x.t.Errorf("a context has ended by %v for %v, then by %v for %v", first, why, ctx.Err(), context.Cause(ctx))
	}
}

// stress makes flows at random.
type stress struct {
	r     *rand.Rand
	salt  int
	waits bool // some of its tasks wait, or run detached
}

func (g *stress) name() string {
	g.salt++
	return fmt.Sprint("s", g.salt)
}

// several gives one to three nodes.
func (g *stress) several(one func() flow.Node) []flow.Node {
	nodes := make([]flow.Node, 1+g.r.IntN(3))
	for i := range nodes {
		nodes[i] = one()
	}
	return nodes
}

var errStress = errors.New("as it comes")

// number gives a task on the number at a place, or on the document where that is
// nil. Some fail, by an error or a panic, and are tried again or recovered; fails
// tells that one may fail for good.
func (g *stress) number(at *flow.Ref[int], fails bool) flow.Node {
	name := g.name()
	salt, kind := g.salt, g.r.IntN(8)
	n := flow.Task(name, func(ctx context.Context, n int) (int, error) {
		h := mix(n, salt)
		meet(ctx, h)
		s, _ := flow.StateOf(ctx)
		switch {
		case kind < 2 && s.Attempt < h%3, kind == 2 && h%3 == 0, kind == 3 && fails && h%8 == 0:
			if h%2 == 0 {
				panic(fmt.Sprintf("%s at %d", name, n))
			}
			return -1, fmt.Errorf("%w: %s at %d", errStress, name, n)
		}
		return h, nil
	})
	switch {
	case kind < 2 && g.waits:
		n.Retry(flow.Retry{Interval: 100 * time.Microsecond, BackoffRate: 1})
	case kind < 2:
		n.Retry(flow.Retry{Interval: flow.NoDelay})
	case kind == 2:
		n.Recover(flow.ErrAll, func(ctx context.Context, e *flow.Error) (int, error) {
			meet(ctx, salt)
			return mix(len(e.Cause), salt), nil
		})
	case kind == 4 && g.waits:
		n.Timeout(time.Minute)
	}
	if at != nil {
		n.From(*at).Into(*at)
	}
	return n
}

// branch gives a node that writes to one number and one list only.
func (g *stress) branch(depth int, at flow.Ref[int], list flow.Ref[[]int]) flow.Node {
	switch g.r.IntN(6) {
	case 0:
		name := g.name()
		salt := g.salt
		return flow.Do(name, func(ctx context.Context, l burden) error { meet(ctx, mix(l.N, salt)); return nil })
	case 1:
		return flow.Choice(g.name()).When(flow.Test(at, func(n int) bool { return n%2 == 0 }), g.several(func() flow.Node { return g.branch(depth-1, at, list) })...).Otherwise()
	case 2:
		if depth > 0 {
			return flow.Map[int](g.name(), flow.At[[]int]("$.list"), g.several(func() flow.Node { return g.number(nil, true) })...).
				Into(list).Recover(flow.ErrAll, func(context.Context, *flow.Error) ([]int, error) { return []int{-1}, nil })
		}
	case 3:
		if depth > 0 {
			return flow.Parallel(g.name(), g.branch(depth-1, at, list), flow.Do(g.name(), func(context.Context, burden) error { return nil })).
				Recover(flow.ErrAll, func(context.Context, *flow.Error) error { return nil })
		}
	}
	return g.number(&at, true)
}

// node gives a node of the flow itself. Only one after the other can fail there, so
// that it is known with what.
func (g *stress) node() flow.Node {
	a, b, c := flow.At[int]("$.a"), flow.At[int]("$.b"), flow.At[int]("$.c")
	x, y, z := flow.At[[]int]("$.x"), flow.At[[]int]("$.y"), flow.At[[]int]("$.z")
	switch g.r.IntN(5) {
	case 0:
		return g.number(&a, true)
	case 1:
		p := flow.Parallel(g.name(),
			flow.Branch(g.name(), g.several(func() flow.Node { return g.branch(2, a, x) })...),
			flow.Branch(g.name(), g.several(func() flow.Node { return g.branch(2, b, y) })...),
			flow.Branch(g.name(), g.several(func() flow.Node { return g.branch(1, c, z) })...),
		)
		return p.Concurrency(g.r.IntN(3)).Recover(flow.ErrAll, func(context.Context, *flow.Error) error { return nil })
	case 2:
		return flow.Map[int](g.name(), flow.At[[]int]("$.list"), g.several(func() flow.Node { return g.number(nil, true) })...).
			Into(x).Concurrency(g.r.IntN(4)).Recover(flow.ErrAll, func(context.Context, *flow.Error) ([]int, error) { return nil, nil })
	}
	name := g.name()
	salt := g.salt
	return flow.Task(name, func(ctx context.Context, l burden) (burden, error) {
		h := mix(l.N, salt)
		meet(ctx, h)
		l.N, l.A = h, mix(l.A, h)
		return l, nil
	})
}

// come is what a run of a flow has come to.
type come struct {
	out  burden
	err  error
	text string // of the error, when it was given
}

func comeOf(out burden, err error) come {
	if err == nil {
		return come{out: out}
	}
	return come{out, err, err.Error()}
}

func (c come) same(d come) bool {
	return reflect.DeepEqual(c.out, d.out) && c.text == d.text && (c.err == nil || c.err.Error() == c.text) &&
		errors.Is(c.err, errStress) == errors.Is(d.err, errStress)
}

// once runs a flow in one of the ways in which it can be run. certain tells that it
// was let come to its end.
func once(t *testing.T, f *flow.Flow[burden, burden], in burden, r *rand.Rand, left *sync.WaitGroup) (c come, certain bool) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	x := &stressed{t: t, left: left, over: make(chan struct{})}
	defer close(x.over)
	ctx = context.WithValue(ctx, stressKey{}, x)
	switch r.IntN(8) {
	case 0:
		return comeOf(f.Run(ctx, in, flow.WithName(fmt.Sprint(in.N, r.Int())))), true
	case 1:
		var h flow.History
		c = comeOf(f.Run(ctx, in, flow.Record(&h)))
		if h.Len() < 3 {
			t.Errorf("%d events", h.Len())
		}
		return c, true
	case 2:
		return comeOf(f.Start(ctx, in).Wait(t.Context())), true
	case 3:
		e := f.Start(ctx, in)
		time.AfterFunc(time.Duration(r.IntN(300))*time.Microsecond, func() { e.Stop(errStress) })
		c = comeOf(e.Wait(t.Context()))
		return c, !errors.Is(c.err, flow.ErrCancelled)
	case 4, 5:
		x.cancel = cancel
		if r.IntN(2) == 0 {
			time.AfterFunc(time.Duration(r.IntN(300))*time.Microsecond, cancel)
		}
		c = comeOf(f.Run(ctx, in))
		return c, !errors.Is(c.err, flow.ErrCancelled)
	case 6:
		x.wild = true
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_, _ = f.Run(ctx, in)
		}()
		<-ended
		return c, false
	}
	return comeOf(f.Run(ctx, in)), true
}

// Executions take one another's memory, while their tasks use their contexts for
// longer than they should, fail, panic, end their goroutines and cancel all of it.
// Each that is let come to its end gives what it gives alone and step by step, and
// goes on giving it. FLOWSTONE_STRESS=n does n times as much.
func TestExecutionsShareNothing(t *testing.T) {
	times := 1
	if n, err := strconv.Atoi(os.Getenv("FLOWSTONE_STRESS")); err == nil {
		times = n
	}
	for seed := range uint64(6 * times) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) { underStress(t, seed) })
	}
}

func underStress(t *testing.T, seed uint64) {
	t.Helper()
	g := &stress{r: rand.New(rand.NewPCG(seed, 1)), waits: seed%3 == 2}
	nodes := append(g.several(g.node), g.several(g.node)...)
	f, err := flow.New[burden, burden]("stress").Then(nodes...).Build()
	if err != nil {
		t.Fatal(err)
	}
	const inputs, workers, runs = 8, 6, 20
	ins, want := [inputs]burden{}, [inputs]come{}
	for i := range ins {
		ins[i] = burden{N: i, A: 10 * i, B: 20 * i, C: 30 * i, List: []int{i, i + 1, i + 2, i + 3}}
		want[i] = comeOf(f.With(flow.Stepwise()).Run(t.Context(), ins[i]))
	}
	var left, all sync.WaitGroup
	for w := range uint64(workers) {
		all.Go(func() {
			r := rand.New(rand.NewPCG(seed, w))
			var got [inputs][]come
			for range runs {
				i := r.IntN(inputs)
				if c, certain := once(t, f, ins[i], r, &left); certain {
					got[i] = append(got[i], c)
				}
			}
			for i := range got {
				for _, c := range got[i] {
					if !c.same(want[i]) {
						t.Errorf("input %d: %+v\nwant %+v", i, c, want[i])
					}
				}
			}
		})
	}
	all.Wait()
	left.Wait()
}
