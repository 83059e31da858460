package flow_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
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

// genWants is what a node or the whole flow may want, much of which others have
// to write.
type genWants struct {
	A   string  `json:"a"`
	Opt string  `json:"opt,omitempty"`
	P   string  `json:"p"`
	R   genSub  `json:"r"`
	S   *genSub `json:"s"`
}

// generator makes nodes.
type generator struct {
	*rand.Rand
	names int
	depth int
	loops []string       // the names that a Goto may lead to in the scope, each once
	made  map[string]int // nodes by kind
}

// count counts a node of a kind.
func (g *generator) count(kind string) { g.made[kind]++ }

var genPlaces = []string{"a", "n", "opt", "sub", "sub.x", "sub.y", "ptr", "ptr.x", "opp", "opp.x", "list", "strs", "p", "q", "r", "r.y", "s", "s.x", "u", "new", "new.x", "ints", "whole", "whole.opt", "open", "fail"}

func (g *generator) path() string {
	if g.IntN(15) == 0 {
		return "$"
	}
	return "$." + genPlaces[g.IntN(len(genPlaces))]
}

// likelyPlaces are where a value of a type is found in the document or in an
// item, or is when a node before has put it there.
var likelyPlaces = map[string][]string{
	"string":             {"$.a", "$.a", "$.opt", "$.p", "$.sub.y", "$.y"},
	"int":                {"$.n", "$.n", "$.sub.x", "$.new.x", "$.x"},
	"flow_test.genSub":   {"$.sub", "$.sub", "$.r", "$"},
	"*flow_test.genSub":  {"$.ptr", "$.opp", "$.s"},
	"[]flow_test.genSub": {"$.list", "$.list", "$.u"},
	"[]string":           {"$.strs"},
	"flow_test.genDoc":   {"$", "$.whole"},
	"flow_test.genWants": {"$"},
}

func (g *generator) name() string { g.names++; return fmt.Sprintf("N%d", g.names) }

// ref is one that a T may be read from: mostly where a T is, or can be.
func ref[T any](g *generator) flow.Ref[T] {
	var r flow.Ref[T]
	switch likely := likelyPlaces[fmt.Sprint(reflect.TypeFor[T]())]; {
	case g.IntN(6) == 0:
		r = flow.Var[T]([]string{"v", "w"}[g.IntN(2)])
	case len(likely) > 0 && g.IntN(4) > 0:
		r = flow.At[T](likely[g.IntN(len(likely))])
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
		g.count("Catch")
		n.Catch(flow.On(flow.ErrAll).Into(flow.At[*flow.Failure]("$.fail")), g.nodes(2)...)
	case 1:
		g.count("Recover")
		n.Recover(flow.ErrAll, func(context.Context, *flow.Error) (O, error) { return give(), nil })
	case 2:
		n.Retry(flow.Retry{Interval: flow.NoDelay})
	}
	return n
}

// result is a task whose result is that of the scope it stands in.
func result[O any](g *generator, give O) flow.Node {
	n := flow.Task(g.name(), func(ctx context.Context, _ any) (O, error) { return give, fails(ctx) })
	if g.IntN(3) == 0 {
		n.From(ref[any](g))
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
	case 2, 3:
		g.count("Present")
		return flow.Present(flow.At[any](g.path()))
	case 4:
		g.count("Present")
		return flow.Present(flow.Var[any]([]string{"v", "w"}[g.IntN(2)]))
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
	switch g.IntN(22) {
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
		g.count("Assign")
		return flow.Pass(g.name()).Assign(g.assign())
	case 10, 11:
		g.count("Choice")
		c := flow.Choice(g.name()).When(g.condition(), g.nodes(2)...)
		if g.IntN(2) == 0 {
			c.When(g.condition(), g.nodes(1)...)
		}
		return c.Otherwise(g.nodes(1)...)
	case 12:
		g.count("Map")
		m := flow.Map[int](g.name(), ref[[]genSub](g), append(g.scope(1), result(g, 1))...).Into(place[[]int](g)).Concurrency(1)
		if g.IntN(2) == 0 {
			m.Tolerate(10, flow.At[[]flow.ItemFailure]("$.q"))
		}
		return m
	case 13:
		g.count("Map")
		return flow.Map[genSub](g.name(), ref[[]genSub](g), append(g.scope(2), result(g, genSub{X: 1}))...).Item(flow.At[genSub]("$.sub")).Carry(flow.At[any](g.path())).Into(place[[]genSub](g)).Concurrency(1)
	case 14:
		g.count("Parallel")
		return flow.Parallel(g.name(), flow.Branch(g.name(), g.scope(2)...), flow.Branch(g.name(), g.scope(2)...)).Concurrency(1)
	case 15, 16:
		if n := len(g.loops); n > 0 {
			g.count("Goto")
			again := g.loops[n-1]
			g.loops = g.loops[:n-1]
			return flow.Choice(g.name()).When(flow.And(flow.Present(flow.Var[int]("v")), flow.Less(flow.Var[int]("v").Or(9), 4)), flow.Goto(again)).Otherwise(g.nodes(1)...)
		}
	case 17:
		return takes[genWants](g)
	case 18:
		g.count("Give")
		parts := flow.Parts{"a": ref[string](g), "sub": ref[genSub](g), "n": 7}
		if g.IntN(2) == 0 {
			return flow.Give(g.name(), flow.Make[any](parts))
		}
		return flow.Give(g.name(), ref[string](g)).Into(place[string](g))
	case 19:
		g.count("Gather")
		return flow.Gather[any](g.name(), flow.Branch(g.name(), g.scope(2)...), flow.Branch(g.name(), g.scope(2)...)).Into(flow.At[[]any]("$.gathered"))
	case 20:
		return flow.Choice(g.name()).When(flow.Present(flow.At[any](g.path())), g.nodes(2)...).Otherwise(flow.Fail(g.name(), "Missing", ""))
	}
	return flow.Callback[genSub](g.name(), func(ctx context.Context, _ string, token flow.Token) error {
		return deskOf(ctx).Succeed(ctx, token, genSub{X: 1})
	}).From(ref[string](g)).Into(place[genSub](g))
}

// scope makes the nodes of a scope of their own, which may begin with a place to
// jump back to.
func (g *generator) scope(most int) []flow.Node {
	around := g.loops
	g.loops = nil
	defer func() { g.loops = around }()
	var out []flow.Node
	if g.IntN(3) == 0 {
		out = append(out, g.label())
	}
	return append(out, g.nodes(most)...)
}

// label makes a place to jump back to.
func (g *generator) label() flow.Node {
	g.loops = append(g.loops, g.name())
	return flow.Pass(g.loops[len(g.loops)-1]).Assign(flow.Add(flow.Var[int]("v"), 1))
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
// often it was run, and of what kinds its nodes are.
func generated(t *testing.T, seed uint64) (runs int, made map[string]int) {
	t.Helper()
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 1)), made: map[string]int{}}
	nodes := []flow.Node{flow.Pass("Begin")}
	for range 1 + g.IntN(4) {
		if g.IntN(3) == 0 {
			nodes = append(nodes, g.label())
		}
		nodes = append(nodes, g.node())
	}
	switch g.IntN(3) {
	case 0:
		runs = runGenerated(t, seed, g, flow.New[genDoc, genDoc]("f").Then(nodes...))
	case 1:
		runs = runGenerated(t, seed, g, flow.New[genDoc, genWants]("f").Then(nodes...))
	default:
		runs = runGenerated(t, seed, g, flow.New[genDoc, any]("f").Then(nodes...))
	}
	return runs, g.made
}

func runGenerated[Out any](t *testing.T, seed uint64, g *generator, b *flow.Builder[genDoc, Out]) (runs int) {
	t.Helper()
	f, err := b.Build()
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
	seed, built, kinds := uint64(0), 0, map[string]int{}
	for runs := 0; runs < want && !t.Failed(); seed++ {
		ran, made := generated(t, seed)
		if ran == 0 {
			continue
		}
		runs += ran
		built++
		for kind := range made {
			kinds[kind]++
		}
	}
	t.Logf("%d flows generated, %d of them built, with nodes of the kinds %v", seed, built, kinds)
	for _, kind := range []string{"Assign", "Catch", "Choice", "Gather", "Give", "Goto", "Map", "Parallel", "Present", "Recover"} {
		if kinds[kind] < want/1000 {
			t.Errorf("only %d of the flows that built have a %s", kinds[kind], kind)
		}
	}
}

func FuzzBuild(f *testing.F) {
	f.Add(uint64(1 << 40))
	f.Fuzz(func(t *testing.T, seed uint64) { generated(t, seed) })
}
