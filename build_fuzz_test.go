package flow_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/flowstone-go/flow"
)

// What Build lets pass never fails on a path or a type: flows are made at
// random, most of them wrong, and those that build are run. Left out is what
// Build leaves to the run: how long a slice is, what a map holds, and places that
// hold values of different kinds on different ways.

type genSub struct {
	X int    `json:"x"`
	Y string `json:"y,omitempty"`
}

type genDoc struct {
	A    string         `json:"a"`
	N    int            `json:"n"`
	Opt  string         `json:"opt,omitempty"`
	Sub  genSub         `json:"sub"`
	Ptr  *genSub        `json:"ptr"`
	Opp  *genSub        `json:"opp,omitempty"`
	List []genSub       `json:"list"`
	Strs []string       `json:"strs"`
	Open map[string]int `json:"open"`
}

// generator makes nodes.
type generator struct {
	*rand.Rand
	names int
	depth int
	loop  string // a name that a Goto may lead to, once
}

var genPlaces = []string{"a", "n", "opt", "sub", "sub.x", "sub.y", "ptr", "ptr.x", "opp", "opp.x", "list", "strs", "p", "q", "r", "r.y", "s", "s.x", "u", "new", "new.x", "ints", "whole", "whole.opt", "open", "fail"}

func (g *generator) path() string {
	if g.IntN(15) == 0 {
		return "$"
	}
	return "$." + genPlaces[g.IntN(len(genPlaces))]
}

func (g *generator) name() string { g.names++; return fmt.Sprintf("N%d", g.names) }

func ref[T any](g *generator) flow.Ref[T] {
	var r flow.Ref[T]
	switch g.IntN(6) {
	case 0:
		r = flow.Var[T]([]string{"v", "w"}[g.IntN(2)])
	default:
		r = flow.At[T](g.path())
	}
	if g.IntN(3) == 0 {
		var zero T
		r = r.Or(zero)
	}
	return r
}

// place is one that a T may be written to. Each holds one type: of a place that
// holds an object on one way and a text on another nothing is known, and the run
// finds what is wrong.
func place[T any](g *generator) flow.Ref[T] {
	var zero T
	names := map[string][]string{
		"string":             {"a", "opt", "sub.y", "p", "n.y", "opp.y"},
		"int":                {"n", "sub.x", "ptr.x", "opp.x", "a.x", "new.x"},
		"flow_test.genSub":   {"sub", "r"},
		"*flow_test.genSub":  {"ptr", "opp", "s"},
		"[]flow_test.genSub": {"list", "u"},
		"[]int":              {"ints", "new.ints"},
		"flow_test.genDoc":   {"whole"},
	}[fmt.Sprintf("%T", zero)]
	return flow.At[T]("$." + names[g.IntN(len(names))])
}

// fails tells whether a task fails, by chance that a run repeats.
func fails(ctx context.Context) error {
	s, _ := flow.StateOf(ctx)
	sum := 0
	for _, c := range s.Execution + s.Name {
		sum = sum*31 + int(c)
	}
	if sum%7 == 0 && s.Attempt == 0 {
		return errStock
	}
	return nil
}

// task is a node that takes an I and gives an O.
func task[I, O any](g *generator, give func() O) flow.Node {
	n := flow.Task(g.name(), func(ctx context.Context, _ I) (O, error) { return give(), fails(ctx) })
	if g.IntN(4) > 0 {
		n.From(ref[I](g))
	}
	if _, whole := any(give()).(genDoc); !whole || g.IntN(2) == 0 {
		n.Into(place[O](g))
	}
	switch g.IntN(6) {
	case 0:
		n.Catch(flow.On(flow.ErrAll).Into(flow.At[*flow.Failure]("$.fail")), g.nodes(2)...)
	case 1:
		n.Recover(flow.ErrAll, func(context.Context, *flow.Error) (O, error) { return give(), nil })
	case 2:
		n.Retry(flow.Retry{Interval: flow.NoDelay})
	}
	return n
}

func takes[I any](g *generator) flow.Node {
	n := flow.Do(g.name(), func(ctx context.Context, _ I) error { return fails(ctx) })
	if g.IntN(6) > 0 {
		n.From(ref[I](g))
	}
	return n.Retry(flow.Retry{Interval: flow.NoDelay})
}

func (g *generator) condition() flow.Condition {
	switch g.IntN(9) {
	case 0:
		return flow.Eq(ref[string](g), "x")
	case 1:
		return flow.Less(ref[int](g), 3)
	case 2, 3, 4:
		return flow.Present(flow.At[any](g.path()))
	case 5:
		return flow.Not(g.condition())
	case 6:
		return flow.And(g.condition(), g.condition())
	case 7:
		return flow.Or(g.condition(), g.condition())
	}
	return flow.Test(ref[genSub](g), func(s genSub) bool { return s.X > 0 })
}

func (g *generator) assign() flow.Assignment {
	switch g.IntN(4) {
	case 0:
		return flow.Set(flow.Var[int]("v"), 1)
	case 1:
		return flow.SetFrom(flow.Var[string]("w"), ref[string](g))
	case 2:
		return flow.SetFrom(flow.Var[int]("v"), ref[int](g))
	}
	return flow.Add(flow.Var[int]("v"), 1)
}

func (g *generator) node() flow.Node {
	if g.depth > 2 {
		return takes[genSub](g)
	}
	g.depth++
	defer func() { g.depth-- }()
	switch g.IntN(17) {
	case 0:
		return task[string, int](g, func() int { return 1 })
	case 1:
		return task[genDoc, genSub](g, func() genSub { return genSub{X: 1} })
	case 2:
		return task[genSub, *genSub](g, func() *genSub { return nil })
	case 3:
		return task[[]genSub, string](g, func() string { return "" })
	case 4:
		return task[int, []genSub](g, func() []genSub { return nil })
	case 5:
		return task[any, genDoc](g, func() genDoc { return genDoc{} })
	case 6:
		return takes[string](g)
	case 7:
		return takes[*genSub](g)
	case 8:
		return takes[[]string](g)
	case 9:
		return flow.Pass(g.name()).Assign(g.assign())
	case 10, 11:
		c := flow.Choice(g.name()).When(g.condition(), g.nodes(2)...)
		if g.IntN(2) == 0 {
			c.When(g.condition(), g.nodes(1)...)
		}
		return c.Otherwise(g.nodes(1)...)
	case 12:
		m := flow.Map[int](g.name(), ref[[]genSub](g), append(g.nodes(1), task[genSub, int](g, func() int { return 1 }))...).Into(place[[]int](g)).Concurrency(1)
		if g.IntN(2) == 0 {
			m.Tolerate(10, flow.At[[]flow.ItemFailure]("$.q"))
		}
		return m
	case 13:
		return flow.Map[genSub](g.name(), ref[[]genSub](g), g.nodes(2)...).Item(flow.At[genSub]("$.sub")).Carry(flow.At[any](g.path())).Into(place[[]genSub](g)).Concurrency(1)
	case 14:
		return flow.Parallel(g.name(), flow.Branch(g.name(), g.nodes(2)...), flow.Branch(g.name(), g.nodes(2)...)).Concurrency(1)
	case 15:
		if g.loop != "" {
			again := g.loop
			g.loop = ""
			return flow.Choice(g.name()).When(flow.And(flow.Present(flow.Var[int]("v")), flow.Less(flow.Var[int]("v").Or(9), 2)), flow.Goto(again)).Otherwise()
		}
	}
	return flow.Callback[genSub](g.name(), func(ctx context.Context, _ string, token flow.Token) error {
		return deskOf(ctx).Succeed(ctx, token, genSub{X: 1})
	}).From(ref[string](g)).Into(place[genSub](g))
}

func (g *generator) nodes(most int) []flow.Node {
	var out []flow.Node
	for range g.IntN(most + 1) {
		out = append(out, g.node())
	}
	return out
}

func (g *generator) document() genDoc {
	d := genDoc{A: []string{"", "x"}[g.IntN(2)], N: g.IntN(5), Opt: []string{"", "x"}[g.IntN(2)]}
	if g.IntN(2) == 0 {
		d.Ptr, d.Opp = &genSub{X: 1}, &genSub{Y: "y"}
	}
	for range g.IntN(3) {
		d.List = append(d.List, genSub{X: g.IntN(2)})
		d.Strs = append(d.Strs, "s")
	}
	if g.IntN(2) == 0 {
		d.Open = map[string]int{"x": 1}
	}
	return d
}

// generated makes a flow of a seed and, if it builds, runs it. It tells how
// often it was run.
func generated(t *testing.T, seed uint64) (runs int) {
	t.Helper()
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 1))}
	nodes := []flow.Node{flow.Pass("Begin")}
	if g.IntN(2) == 0 {
		nodes = append(nodes, flow.Pass("Again").Assign(flow.Add(flow.Var[int]("v"), 1)))
		g.loop = "Again"
	}
	for range 1 + g.IntN(3) {
		nodes = append(nodes, g.node())
	}
	f, err := flow.New[genDoc, any]("f").Then(nodes...).Build()
	if err != nil {
		var b *flow.BuildError
		if !errors.As(err, &b) || len(b.Problems) == 0 {
			t.Errorf("seed %d: %v", seed, err)
		}
		return 0
	}
	for i := range 4 {
		in := g.document()
		ctx, desk := atDesk(t.Context())
		_, err := f.Run(ctx, in, flow.Checked(), desk, flow.WithName(strconv.Itoa(i)), flow.MaxTransitions(200))
		if errors.Is(err, flow.ErrRuntime) && !strings.Contains(err.Error(), "transitions") {
			t.Errorf("seed %d: it builds, but with %+v: %v\n%s", seed, in, err, flow.Draw(f).Mermaid())
			return runs
		}
		runs++
	}
	return runs
}

func TestWhatBuildsDoesNotFailOnPathsOrTypes(t *testing.T) {
	want := 10_000
	if testing.Short() {
		want = 1000
	}
	seed := uint64(0)
	for runs := 0; runs < want && !t.Failed(); seed++ {
		runs += generated(t, seed)
	}
	t.Logf("%d flows generated", seed)
}

func FuzzBuild(f *testing.F) {
	f.Add(uint64(1 << 40))
	f.Fuzz(func(t *testing.T, seed uint64) { generated(t, seed) })
}
