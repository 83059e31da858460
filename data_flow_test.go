package flow_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/mock"
)

// give is a task that takes any document and gives a T.
func give[T any](name string) *flow.TaskNode[any, T] {
	return flow.Task(name, func(context.Context, any) (T, error) { var zero T; return zero, nil })
}

// use is a task that takes what stands at a reference.
func use[T any](name string, ref flow.Ref[T]) flow.Node {
	return flow.Do(name, func(context.Context, T) error { return nil }).From(ref)
}

// takesAll is a task that takes the whole document.
func takesAll[T any](name string) *flow.TaskNode[T, flow.None] {
	return flow.Do(name, func(context.Context, T) error { return nil })
}

func nodes(n ...flow.Node) []flow.Node { return n }

// withS is a document with a text at $.s too, optS one where it may be missing.
type (
	withS struct {
		A string `json:"a"`
		S string `json:"s"`
	}
	optS struct {
		A string `json:"a"`
		S string `json:"s,omitempty"`
	}
	withFail struct {
		Fail *flow.Failure `json:"fail"`
	}
	tree struct {
		Name string  `json:"name"`
		Kids []*tree `json:"kids"`
		Up   *tree   `json:"up,omitempty"`
	}
	itemPair struct {
		Item point  `json:"item"`
		A    string `json:"a"`
	}
)

var (
	isOne   = flow.Eq(n, 1)
	texts   = flow.At[[]string]("$.texts")
	vs      = flow.Var[string]("vs")
	item    = flow.At[point]("$.item")
	x       = flow.At[int]("$.x")
	kid     = flow.At[tree]("$.kid")
	oops    = flow.At[[]flow.ItemFailure]("$.oops")
	pause   = flow.At[time.Duration]("$.pause")
	sides   = flow.At[[2]int]("$.sides")
	setS    = func(name string) flow.Node { return give[string](name).Into(s) }
	orMaybe = func(ref flow.Ref[string]) flow.Ref[string] { return ref.Or("") }
)

// Flows that are right in the way their data moves, and flows that are wrong,
// with the findings of Build, whole. Those that are right are run too: what Build
// lets pass has nothing to fail on.
func TestDataFlow(t *testing.T) {
	m := mock.New()
	m.When().Text("x").Always()
	prompt := func(text string) *flow.PromptNode[string] { return flow.Prompt[string]("Ask", m).Text(text) }
	for _, c := range []struct {
		name  string
		nodes []flow.Node
		want  []string // "STATE: TEXT (CURE)"; none for a flow that is right
	}{
		// Reading and writing places.
		{"read what is there", nodes(use("A", a), use("B", n), use("C", list)), nil},
		{"read what was written", nodes(setS("S"), use("A", s)), nil},
		{"read before it is written", nodes(use("A", s), setS("S")), []string{`A: From($.s): $ has no "s" (the document is {a: string, list: []flow_test.point, n: int, opt?: string})`}},
		{"write makes the way to a new place", nodes(give[string]("S").Into(flow.At[string]("$.new.s")), use("A", flow.At[string]("$.new.s"))), nil},
		{"a new place has nothing else", nodes(give[string]("S").Into(flow.At[string]("$.new.s")), use("A", flow.At[string]("$.new.t"))), []string{`A: From($.new.t): $.new has no "t" ($.new is {s: string})`}},
		{"a misspelt member of what was written", nodes(give[withS]("W").Into(flow.At[withS]("$.w")), use("A", flow.At[string]("$.w.S"))), []string{`A: From($.w.S): $.w has no "S" (did you mean "s"?)`}},
		{"far from any name", nodes(use("A", flow.At[string]("$.completely"))), []string{`A: From($.completely): $ has no "completely" (the document is {a: string, list: []flow_test.point, n: int, opt?: string})`}},
		{"what replaces the document is all there is", nodes(give[withS]("W"), use("A", s), use("B", n)), []string{`B: From($.n): $ has no "n" (the document is {a: string, s: string})`}},
		{"Do keeps the document", nodes(takesAll[in]("D"), use("A", a)), nil},
		{"type of what was written over", nodes(give[int]("I").Into(flow.At[int]("$.a")), use("A", a)), []string{"A: From($.a): $.a is a Go int, but string is wanted"}},
		{"a member is no element", nodes(use("A", flow.At[string]("$.a[0]"))), []string{"A: From($.a[0]): $.a is a Go string, not an array"}},
		{"an element of an array", nodes(use("A", flow.At[point]("$.list[0]").Or(point{})), use("B", flow.At[int]("$.list[0].x").Or(0))), nil},
		{"an element beyond an array of Go", nodes(give[[2]int]("T").Into(sides), use("A", flow.At[int]("$.sides[2]"))), []string{"A: From($.sides[2]): $.sides has 2 elements only"}},
		{"a misspelt member of an element", nodes(use("A", flow.At[int]("$.list[0].y").Or(0)), use("B", flow.At[int]("$.list[0].y"))), []string{`B: From($.list[0].y): $.list[0] has no "y" ($.list[0] is {x: int})`}},
		{"Or where there is never anything", nodes(use("A", orMaybe(flow.At[string]("$.zzz")))), nil},
		{"a number as a text", nodes(use("A", flow.At[string]("$.n").Or(""))), []string{"A: From($.n): $.n is a Go int, but string is wanted"}},
		{"recursive types", nodes(give[tree]("T").Into(kid), use("A", flow.At[string]("$.kid.name")), use("B", flow.At[string]("$.kid.up.up.name").Or("")), use("C", flow.At[[]*tree]("$.kid.kids"))), nil},
		{"a misspelt member of a recursive type", nodes(give[tree]("T").Into(kid), use("A", flow.At[string]("$.kid.up.up.nam").Or("")), use("B", flow.At[string]("$.kid.up.nam"))), []string{`B: From($.kid.up.nam): $.kid.up has no "nam" (did you mean "name"?)`}},

		// Choice.
		{"both ways write", nodes(flow.Choice("C").When(isOne, setS("S")).Otherwise(setS("T")), use("A", s)), nil},
		{"one way writes", nodes(flow.Choice("C").When(isOne, setS("S")).Otherwise(), use("A", s)), []string{"A: From($.s): $.s may be missing (give the reference an Or, or ask Present first)"}},
		{"one way writes, the other ends", nodes(flow.Choice("C").When(isOne, setS("S")).Otherwise(flow.Fail("F", "No", "")), use("A", s)), nil},
		{"one way writes, the other jumps past", nodes(flow.Choice("C").When(isOne, setS("S")).Otherwise(flow.Goto("End")), use("A", s), flow.Pass("End")), nil},
		{"one way writes, read after all have met", nodes(flow.Choice("C").When(isOne, setS("S")).Otherwise(flow.Goto("End")), flow.Pass("P"), flow.Choice("End").When(flow.Eq(s, "x")).Otherwise()), []string{"End: Equals($.s): $.s may be missing (give the reference an Or, or ask Present first)"}},
		{"ways that write other types", nodes(flow.Choice("C").When(isOne, setS("S")).Otherwise(give[int]("T").Into(flow.At[int]("$.s"))), use("A", flow.At[any]("$.s"))), nil},
		{"one way replaces the document", nodes(flow.Choice("C").When(isOne, give[withS]("W")).Otherwise(), use("A", a), use("B", n)), []string{"B: From($.n): $.n may be missing (give the reference an Or, or ask Present first)"}},
		{"the struct wants what one way writes", nodes(flow.Choice("C").When(isOne, setS("S")).Otherwise(), takesAll[withS]("A")), []string{"A: what the node takes: flow_test.withS wants $.s, which is not written on every way to here: write it on each, or make the field omitempty (see From and Into)"}},
		{"the struct has it omitempty", nodes(flow.Choice("C").When(isOne, setS("S")).Otherwise(), takesAll[optS]("A")), nil},

		// Present and what it tells.
		{"Present", nodes(flow.Choice("C").When(flow.Present(opt), use("A", opt)).Otherwise()), nil},
		{"Present on the other way", nodes(flow.Choice("C").When(flow.Present(opt)).Otherwise(use("A", opt))), []string{"A: From($.opt): $.opt may be missing (give the reference an Or, or ask Present first)"}},
		{"Not Present ends", nodes(flow.Choice("C").When(flow.Not(flow.Present(opt)), flow.Succeed("S")).Otherwise(), use("A", opt)), nil},
		{"Present holds only inside", nodes(flow.Choice("C").When(flow.Present(opt), flow.Pass("P")).Otherwise(), use("A", opt)), []string{"A: From($.opt): $.opt may be missing (give the reference an Or, or ask Present first)"}},
		{"Present or something else", nodes(flow.Choice("C").When(flow.Or(flow.Present(opt), isOne), use("A", opt)).Otherwise()), []string{"A: From($.opt): $.opt may be missing (give the reference an Or, or ask Present first)"}},
		{"Present and something else", nodes(flow.Choice("C").When(flow.And(isOne, flow.Present(opt)), use("A", opt)).Otherwise()), nil},
		{"Present of a place below", nodes(give[*withS]("W").Into(flow.At[*withS]("$.w")), flow.Choice("C").When(flow.Present(flow.At[string]("$.w.s")), use("A", flow.At[string]("$.w.s")), use("B", flow.At[string]("$.w.a"))).Otherwise()), nil},
		{"Present of a variable", nodes(flow.Choice("C").When(isOne, flow.Pass("P").Assign(flow.Set(v, 1))).Otherwise(), flow.Choice("D").When(flow.Present(v), use("A", v)).Otherwise()), nil},
		{"Present makes a struct whole", nodes(flow.Choice("C").When(isOne, setS("S")).Otherwise(), flow.Choice("D").When(flow.Present(s), takesAll[withS]("A")).Otherwise()), nil},
		{"not null", nodes(give[*withS]("W").Into(flow.At[*withS]("$.w")), flow.Choice("C").When(flow.IsNull(flow.At[*withS]("$.w"))).Otherwise(use("A", flow.At[string]("$.w.s")))), nil},
		{"perhaps null", nodes(give[*withS]("W").Into(flow.At[*withS]("$.w")), use("A", flow.At[string]("$.w.s"))), []string{"A: From($.w.s): $.w may be null (give the reference an Or, or ask Present first)"}},

		// Loops.
		{"written in the first round", nodes(flow.Pass("Begin"), setS("S"), flow.Choice("C").When(flow.Eq(s, "again"), flow.Goto("Begin")).Otherwise(), use("A", s)), nil},
		{"read before the round writes it", nodes(flow.Pass("Begin"), use("A", s), setS("S"), flow.Choice("C").When(isOne, flow.Goto("Begin")).Otherwise()), []string{"A: From($.s): $.s may be missing (give the reference an Or, or ask Present first)"}},
		{"read in the round before", nodes(flow.Pass("Begin"), flow.Choice("First").When(flow.Present(s), use("A", s)).Otherwise(), setS("S"), flow.Choice("C").When(flow.Eq(s, "again"), flow.Goto("Begin")).Otherwise()), nil},
		{"replaced in the round", nodes(flow.Choice("Begin").When(isOne, give[withS]("W"), flow.Goto("Begin")).Otherwise()), []string{"Begin: Equals($.n): $.n may be missing (give the reference an Or, or ask Present first)"}},
		{"two loops in each other", nodes(flow.Pass("Outer"), flow.Pass("Inner"), setS("S"), flow.Choice("C").When(flow.Eq(s, "i"), flow.Goto("Inner")).When(flow.Eq(s, "o"), flow.Goto("Outer")).Otherwise(), use("A", s)), nil},
		{"jump forward past the write", nodes(flow.Choice("C").When(isOne, flow.Goto("End")).Otherwise(), setS("S"), use("A", s), flow.Choice("End").When(flow.Eq(s, "x")).Otherwise()), []string{"End: Equals($.s): $.s may be missing (give the reference an Or, or ask Present first)"}},

		// Catch.
		{"the handler's result lands", nodes(give[string]("S").Into(s).Catch(flow.ErrAll, give[string]("H")), use("A", s)), nil},
		{"the handler writes nothing", nodes(give[string]("S").Into(s).Catch(flow.ErrAll, flow.Pass("H")), use("A", s)), []string{"A: From($.s): $.s may be missing (give the reference an Or, or ask Present first)"}},
		{"the handler does not have the result", nodes(give[string]("S").Into(s).Catch(flow.ErrAll, use("H", s), flow.Fail("F", "No", ""))), []string{`H: From($.s): $ has no "s" (the document is {a: string, list: []flow_test.point, n: int, opt?: string})`}},
		{"the handler has the failure", nodes(give[string]("S").Into(s).Catch(flow.On(flow.ErrAll).Into(fail), use("H", fail), takesAll[withFail]("I"), flow.Fail("F", "No", ""))), nil},
		{"the failure is there after a failure only", nodes(takesAll[in]("D").Catch(flow.On(flow.ErrAll).Into(fail), flow.Pass("H")), use("A", fail)), []string{"A: From($.fail): $.fail may be missing (give the reference an Or, or ask Present first)"}},
		{"the failure asked for", nodes(takesAll[in]("D").Catch(flow.On(flow.ErrAll).Into(fail), flow.Pass("H")), flow.Choice("C").When(flow.Present(fail), use("A", fail)).Otherwise()), nil},
		{"the failure into a text", nodes(takesAll[in]("D").Catch(flow.On(flow.ErrAll).Into(flow.At[*flow.Failure]("$.a.f")), flow.Pass("H"))), []string{"D: On(…).Into($.a.f): $.a is a Go string, which nothing can be put into"}},
		{"Recover gives what the task gives", nodes(give[string]("S").Into(s).Recover(flow.ErrAll, func(context.Context, *flow.Error) (string, error) { return "", nil }), use("A", s)), nil},
		{"the variables of a failed node are not assigned", nodes(takesAll[in]("D").Assign(flow.Set(v, 1)).Catch(flow.ErrAll, flow.Pass("H")), use("A", v)), []string{"A: From($v): the variable is not assigned on every way to here (assign it on all of them, or give the reference an Or)"}},

		// Parallel.
		{"branches write places of their own", nodes(flow.Parallel("P", setS("S"), give[int]("T").Into(flow.At[int]("$.t"))), use("A", s), use("B", flow.At[int]("$.t"))), nil},
		{"branches write beside each other in one object", nodes(flow.Parallel("P", give[int]("S").Into(flow.At[int]("$.o.s")), give[int]("T").Into(flow.At[int]("$.o.t"))), use("A", flow.At[int]("$.o.s"))), nil},
		{"a branch writes below another's place", nodes(flow.Parallel("P", give[withS]("S").Into(flow.At[withS]("$.w")), give[string]("T").Into(flow.At[string]("$.w.s")))), []string{`P: branches "S" and "T" both write $.w.s (give each branch a place of its own)`}},
		{"branches don't see each other", nodes(flow.Parallel("P", setS("S"), flow.Branch("B", use("A", s)))), []string{`A: From($.s): $ has no "s" (the document is {a: string, list: []flow_test.point, n: int, opt?: string})`}},
		{"a branch reads what it wrote", nodes(flow.Parallel("P", flow.Branch("B", setS("S"), use("A", s)), flow.Branch("C", use("D", a)))), nil},
		{"a branch that may write", nodes(flow.Parallel("P", flow.Branch("B", flow.Choice("C").When(isOne, setS("S")).Otherwise()), flow.Branch("D", use("E", a))), use("A", s)), []string{"A: From($.s): $.s may be missing (give the reference an Or, or ask Present first)"}},
		{"a branch that never ends well", nodes(flow.Parallel("P", flow.Branch("B", setS("S"), flow.Fail("F", "No", "")), flow.Branch("D", use("E", a))), flow.Pass("Q")), nil},
		{"variables of a branch stay in it", nodes(flow.Parallel("P", flow.Branch("B", flow.Pass("V").Assign(flow.Set(v, 1)), use("A", v)), flow.Branch("D", use("E", a))), use("F", v)), []string{"F: From($v): the variable is never assigned before (assign it before, or give the reference an Or)"}},

		// Map.
		{"an item in, an array out", nodes(flow.Map[int]("M", list, flow.Task("T", func(_ context.Context, p point) (int, error) { return p.X, nil })).Into(flow.At[[]int]("$.xs")), use("A", flow.At[[]int]("$.xs"))), nil},
		{"the document in a Map is the item", nodes(flow.Map[point]("M", list, use("A", a)).Into(list)), []string{`A: From($.a): $ has no "a" (the document is {x: int})`}},
		{"a misspelt member of the item", nodes(flow.Map[point]("M", list, use("A", flow.At[int]("$.X"))).Into(list)), []string{`A: From($.X): $ has no "X" (did you mean "x"?)`}},
		{"the item is the result", nodes(flow.Map[point]("M", list, use("A", x)).Into(list), takesAll[in]("B")), nil},
		{"the item comes to something else", nodes(flow.Map[point]("M", list, give[string]("T")).Into(list)), []string{"M: the document at the end of an item: $ is a Go string, but flow_test.point is wanted"}},
		{"some items come to something else", nodes(flow.Map[withS]("M", list, flow.Choice("C").When(flow.Eq(x, 1), give[withS]("T")).Otherwise()).Into(flow.At[[]withS]("$.ws"))), []string{"M: the document at the end of an item: flow_test.withS wants $.a, which is not written on every way to here: write it on each, or make the field omitempty"}},
		{"Item and Carry", nodes(flow.Map[itemPair]("M", list, use("A", item), use("B", a)).Item(item).Carry(a).Into(flow.At[[]itemPair]("$.pairs"))), nil},
		{"not carried", nodes(flow.Map[any]("M", list, use("A", item), use("B", a)).Item(item).Into(flow.At[[]any]("$.pairs"))), []string{`B: From($.a): $ has no "a" (the document is {item: flow_test.point})`}},
		{"Carry of what is not there", nodes(flow.Map[any]("M", list, use("A", item)).Item(item).Carry(s).Into(flow.At[[]any]("$.pairs"))), []string{`M: Carry($.s): $ has no "s" (the document is {a: string, list: []flow_test.point, n: int, opt?: string})`}},
		{"Map over a misspelt array", nodes(flow.Map[point]("M", flow.At[[]point]("$.lst"), flow.Pass("P")).Into(list)), []string{`M: Map($.lst): $ has no "lst" (did you mean "list"?)`}},
		{"failures that were tolerated", nodes(flow.Map[point]("M", list, flow.Pass("P")).Tolerate(1, oops).Into(list), use("A", oops)), nil},
		{"failures into a text", nodes(flow.Map[point]("M", list, flow.Pass("P")).Tolerate(1, flow.At[[]flow.ItemFailure]("$.a.f")).Into(list)), []string{"M: Tolerate($.a.f): $.a is a Go string, which nothing can be put into"}},
		{"variables from around a Map", nodes(flow.Pass("V").Assign(flow.Set(v, 1)), flow.Map[point]("M", list, use("A", v)).Into(list)), nil},
		{"variables of an item stay in it", nodes(flow.Map[point]("M", list, flow.Pass("V").Assign(flow.Set(v, 1))).Into(list), use("A", v)), []string{"A: From($v): the variable is never assigned before (assign it before, or give the reference an Or)"}},
		{"a batch is an array of items", nodes(flow.Batch[int]("M", list, 2, flow.Task("T", func(_ context.Context, b []point) (int, error) { return len(b), nil })).Into(flow.At[[]int]("$.xs"))), nil},

		// Variables.
		{"assigned before", nodes(flow.Pass("V").Assign(flow.Set(v, 1)), use("A", v)), nil},
		{"assigned on all ways", nodes(flow.Choice("C").When(isOne, flow.Pass("V").Assign(flow.Set(v, 1))).Otherwise(flow.Pass("W").Assign(flow.Set(v, 2))), use("A", v)), nil},
		{"assigned on one way", nodes(flow.Choice("C").When(isOne, flow.Pass("V").Assign(flow.Set(v, 1))).Otherwise(), use("A", v), use("B", v.Or(0))), []string{"A: From($v): the variable is not assigned on every way to here (assign it on all of them, or give the reference an Or)"}},
		{"a misspelt variable", nodes(flow.Pass("V").Assign(flow.Set(flow.Var[int]("count"), 1)), use("A", flow.Var[int]("cuont"))), []string{"A: From($cuont): the variable is never assigned before (did you mean $count?)"}},
		{"a variable as another type", nodes(flow.Pass("V").Assign(flow.Set(v, 1)), use("A", flow.Var[string]("v"))), []string{"A: From($v): $v is a Go int, but string is wanted"}},
		{"assigned from what may be missing", nodes(flow.Pass("V").Assign(flow.SetFrom(vs, opt)), use("A", vs)), []string{"V: SetFrom($.opt): $.opt may be missing (give the reference an Or, or ask Present first)"}},
		{"assigned from what is there", nodes(flow.Pass("V").Assign(flow.SetFrom(vs, a)), use("A", vs)), nil},
		{"assigned in the round before", nodes(flow.Pass("Begin"), use("A", v), flow.Pass("V").Assign(flow.Set(v, 1)), flow.Choice("C").When(isOne, flow.Goto("Begin")).Otherwise()), []string{"A: From($v): the variable is not assigned on every way to here (assign it on all of them, or give the reference an Or)"}},
		{"counted in a loop", nodes(flow.Pass("Begin").Assign(flow.Add(v, 1)), flow.Choice("C").When(flow.Less(v, 3), flow.Goto("Begin")).Otherwise(), use("A", v)), nil},
		{"two types on two ways", nodes(flow.Choice("C").When(isOne, flow.Pass("V").Assign(flow.Set(v, 1))).Otherwise(flow.Pass("W").Assign(flow.Set(flow.Var[string]("v"), ""))), flow.Pass("P")), nil},

		// Conditions.
		{"a condition on a misspelt path", nodes(flow.Choice("C").When(flow.Eq(flow.At[int]("$.nn"), 1)).Otherwise()), []string{`C: Equals($.nn): $ has no "nn" (did you mean "n"?)`}},
		{"a condition on another type", nodes(flow.Choice("C").When(flow.Less(flow.At[int]("$.a"), 1)).Otherwise()), []string{"C: LessThan($.a): $.a is a Go string, but int is wanted"}},
		{"a predicate on another type", nodes(flow.Choice("C").When(flow.Test(flow.At[point]("$.a"), func(point) bool { return true })).Otherwise()), []string{"C: Test($.a): $.a is a Go string, but flow_test.point is wanted"}},
		{"a condition after what Present found", nodes(flow.Choice("C").When(flow.Not(flow.Present(opt))).When(flow.Like(opt, "x*"), use("A", opt)).Otherwise()), nil},

		// Prompts and waits.
		{"a template of what is there", nodes(prompt("{{a}} and {{n}}").Into(s), use("A", s)), nil},
		{"a misspelt variable of a template", nodes(prompt("{{aa}}").Into(s)), []string{`Ask: the template's ($.aa): $ has no "aa" (did you mean "a"?)`}},
		{"a template of what may be missing", nodes(prompt("{{opt}}").Into(s)), []string{"Ask: the template's ($.opt): $.opt may be missing (give the reference an Or, or ask Present first)"}},
		{"a template of the item", nodes(flow.Map[string]("M", list, prompt("{{x}} of {{a}}")).Into(texts)), []string{`Ask: the template's ($.a): $ has no "a" (the document is {x: int})`}},
		{"time to wait that is none", nodes(flow.WaitFor("W", flow.At[time.Duration]("$.a"))), []string{"W: the time to wait($.a): $.a is a Go string, but time.Duration is wanted"}},
		{"time to wait that nothing writes", nodes(flow.WaitFor("W", pause)), []string{`W: the time to wait($.pause): $ has no "pause" (the document is {a: string, list: []flow_test.point, n: int, opt?: string})`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := flow.New[in, any]("f").Then(c.nodes...).Build()
			got := findings(t, err, "data_flow_test.go:")
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
			if err != nil {
				return
			}
			for _, doc := range []in{{}, {A: "a", N: 1, Opt: "o", List: []point{{1}, {2}}}, {N: 2, List: []point{{3}}}} {
				if _, err := f.Run(t.Context(), doc, flow.Checked(), flow.MaxTransitions(1000)); errors.Is(err, flow.ErrRuntime) {
					t.Errorf("it builds, but with %+v: %v", doc, err)
				}
			}
		})
	}
}

// What a flow promises to give has to be written on every way to its end, but
// for what JSON leaves out.
func TestResultIsWhole(t *testing.T) {
	sometimes := nodes(flow.Choice("C").When(isOne, setS("S")).Otherwise())
	always := nodes(flow.Choice("C").When(isOne, setS("S")).Otherwise(setS("T")))
	for name, c := range map[string]struct {
		err  error
		want []string
	}{
		"on some ways": {errOf(flow.New[in, withS]("f").Then(sometimes...).Build()), []string{
			"the document at the end of the flow is not its result, a flow_test.withS: flow_test.withS wants $.s, which is not written on every way to here: write it on each, or make the field omitempty",
		}},
		"on none": {errOf(flow.New[in, withS]("f").Then(flow.Pass("P")).Build()), []string{
			"the document at the end of the flow is not its result, a flow_test.withS: flow_test.withS wants $.s, which nothing before writes",
		}},
		"on all": {errOf(flow.New[in, withS]("f").Then(always...).Build()), nil},
		"on the ways that end well": {errOf(flow.New[in, withS]("f").Then(
			flow.Choice("C").When(isOne, setS("S")).Otherwise(flow.Fail("F", "No", ""))).Build()), nil},
		"omitempty":                  {errOf(flow.New[in, optS]("f").Then(sometimes...).Build()), nil},
		"of another name in Go only": {errOf(flow.New[in, struct{ S string }]("f").Then(sometimes...).Build()), nil},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(c.want, findings(t, c.err, "data_flow_test.go:")); d != "" {
				t.Error(d)
			}
		})
	}
}

// findings are what Build found, each as "STATE: TEXT (CURE)".
func findings(t *testing.T, err error, file string) (out []string) {
	t.Helper()
	b, ok := errors.AsType[*flow.BuildError](err)
	if err != nil && !ok {
		t.Fatal(err)
	}
	if !ok {
		return nil
	}
	for _, p := range b.Problems {
		if !strings.HasPrefix(p.Place, file) {
			t.Errorf("%v is at %s", p, p.Place)
		}
		text := strings.TrimPrefix(p.String(), p.Place+": ")
		if p.State != "" {
			text = strings.Replace(text, fmt.Sprintf("state %q: ", p.State), p.State+": ", 1)
		}
		out = append(out, wildcards(text))
	}
	return out
}
