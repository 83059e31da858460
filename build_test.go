package flow_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow"
)

type in struct {
	A    string  `json:"a"`
	N    int     `json:"n"`
	List []point `json:"list"`
	Opt  string  `json:"opt,omitempty"`
}

type point struct {
	X int `json:"x"`
}

type wantsBoth struct {
	A   string `json:"a"`
	Sum int    `json:"sum"`
}

func same(_ context.Context, v in) (in, error)            { return v, nil }
func look(context.Context, in) error                      { return nil }
func str(context.Context, in) (string, error)             { return "", nil }
func takesString(context.Context, string) error           { return nil }
func takesBoth(context.Context, wantsBoth) error          { return nil }
func takesFuncs(context.Context, map[string]func()) error { return nil }

var (
	a    = flow.At[string]("$.a")
	n    = flow.At[int]("$.n")
	list = flow.At[[]point]("$.list")
	opt  = flow.At[string]("$.opt")
	s    = flow.At[string]("$.s")
	fail = flow.At[*flow.Failure]("$.fail")
	v    = flow.Var[int]("v")
)

// Each mistake with the findings of Build, whole: the line is that of the
// comment /*N*/ in the case's source, by its number.
func TestBuildFindsMistakes(t *testing.T) {
	do := func(name string) *flow.TaskNode[in, flow.None] { return flow.Do(name, look) }
	var nilTask *flow.TaskNode[in, in]
	cases := []struct {
		name  string
		nodes []flow.Node
		want  []string // "STATE: TEXT (CURE)"
	}{
		{"no nodes", nil, []string{"a flow without a node (add nodes with Then)"}},
		{"nil node", []flow.Node{do("A"), nil}, []string{"a node that is nil (it was given after the node named here)"}},
		{"nil pointer to a node", []flow.Node{do("A"), nilTask}, []string{"a node that is nil (it was given after the node named here)"}},
		{"no name", []flow.Node{do("")}, []string{"a Task without a name (give each node a name of its own)"}},
		{"long name", []flow.Node{do(strings.Repeat("x", 81))}, []string{strings.Repeat("x", 81) + ": a name of 81 characters; at most 80 are allowed"}},
		{"nil function", []flow.Node{flow.Task[in, in]("A", nil)}, []string{"A: Task without a function"}},
		{"nil function of Do", []flow.Node{flow.Do[in]("A", nil)}, []string{"A: Do without a function"}},
		{"duplicate name", []flow.Node{do("A"), do("A")}, []string{"A: duplicate name (first at PLACE) (names are unique within a flow, a branch or a Map)"}},
		{"Goto to nowhere", []flow.Node{do("Start"), flow.Choice("C").When(flow.Eq(n, 1), flow.Goto("Strat")).Otherwise()}, []string{`Goto("Strat"): there is no such node in this scope (did you mean "Start"?)`}},
		{"after the end", []flow.Node{flow.Succeed("S"), do("A")}, []string{`A: can't be reached: nothing leads to it (what stands before it, "S", goes elsewhere or ends the flow)`}},
		{"after Fail", []flow.Node{flow.Fail("F", "My.Error", ""), do("A")}, []string{`A: can't be reached: nothing leads to it (what stands before it, "F", goes elsewhere or ends the flow)`}},
		{"after Goto", []flow.Node{do("A"), flow.Choice("C").When(flow.Eq(n, 1), flow.Goto("End")).Otherwise(flow.Goto("End")), do("B"), do("End")}, []string{`B: can't be reached: nothing leads to it (what stands before it, "C", goes elsewhere or ends the flow)`}},
		{"loop", []flow.Node{do("A"), do("B"), flow.Goto("A")}, []string{"A: is in a loop without an exit: no way leads from here to an end (let a Choice leave the loop)"}},
		{"Fail with a reserved name", []flow.Node{flow.Fail("F", "States.Mine", "")}, []string{`F: Fail with the name "States.Mine": names that begin with "States." belong to the engine (use a name of your own, such as "Orders.OutOfStock")`}},
		{"Choice without a way", []flow.Node{flow.Choice("C").Otherwise()}, []string{"C: a Choice without a way (add one with When)"}},
		{"Choice without Otherwise", []flow.Node{flow.Choice("C").When(flow.Eq(n, 1))}, []string{"C: a Choice without Otherwise (Otherwise() goes on after the Choice)"}},
		{"Otherwise twice", []flow.Node{flow.Choice("C").When(flow.Eq(n, 1)).Otherwise().Otherwise()}, []string{"C: Otherwise twice in one Choice (keep one of them)"}},
		{"empty condition", []flow.Node{flow.Choice("C").When(flow.Condition{}).Otherwise()}, []string{"C: When with an empty Condition (make it with Eq, Less, Present, Test…)"}},
		{"empty And", []flow.Node{flow.Choice("C").When(flow.And()).Otherwise()}, []string{"C: And of no conditions"}},
		{"nil predicate", []flow.Node{flow.Choice("C").When(flow.Test[int](n, nil)).Otherwise()}, []string{"C: Test without a function"}},
		{"bad pattern", []flow.Node{flow.Choice("C").When(flow.Like(a, `x\y`)).Otherwise()}, []string{`C: Like("x\\y"): a backslash has to stand before * or \`}},
		{"no reference", []flow.Node{flow.Choice("C").When(flow.Eq(flow.Ref[int]{}, 1)).Otherwise()}, []string{"C: Equals of a reference that refers to nothing"}},
		{"From nothing", []flow.Node{flow.Do("A", takesString).From(flow.Ref[string]{})}, []string{"A: From of a reference that refers to nothing (make it with At, Field or Var)"}},
		{"no path", []flow.Node{flow.Do("A", takesString).From(flow.At[string]("a.b"))}, []string{`A: From: "a.b" is no path to one place: PATH`}},
		{"path to several places", []flow.Node{flow.Do("A", takesString).From(flow.At[string]("$.list[*]"))}, []string{`A: From: "$.list[*]" is no path to one place: PATH`}},
		{"bad variable", []flow.Node{do("A").Assign(flow.Set(flow.Var[int]("1x"), 1))}, []string{`A: Assign: "1x" is no name for a variable: it has to begin with a letter and have at most 80 letters, digits and underscores`}},
		{"assign to the document", []flow.Node{do("A").Assign(flow.Set(n, 1))}, []string{"A: an assignment to $.n: only a whole variable can be assigned (see Var)"}},
		{"Into a variable", []flow.Node{flow.Task("A", str).Into(flow.Var[string]("x"))}, []string{"A: Into($x): a variable is not a place in the document (write variables with Assign(Set(…)))"}},
		{"Into with Or", []flow.Node{flow.Task("A", str).Into(a.Or(""))}, []string{"A: Into($.a): a reference with Or can't be written to (write to the reference without its Or)"}},
		{"field that is none", []flow.Node{flow.Do("A", takesString).From(flow.Field(flow.At[in]("$"), func(*in) *string { return new(string) }))}, []string{"A: From: the selector of a field of flow_test.in does not return the address of a field of its argument"}},
		{"States.ALL not last", []flow.Node{do("A").Retry(flow.Retry{}, flow.Retry{On: flow.ErrTimeout})}, []string{"A: Retry 1: States.ALL matches everything, so that what follows is never used (put it last)"}},
		{"States.ALL not alone", []flow.Node{do("A").Retry(flow.Retry{On: flow.On(flow.ErrTimeout, flow.ErrAll)})}, []string{"A: Retry 1: States.ALL has to stand alone (leave the others out, they are matched too)"}},
		{"matched before", []flow.Node{do("A").Catch(flow.ErrTimeout, flow.Pass("B")).Catch(flow.On(flow.ErrThrottled, flow.ErrTimeout), flow.Pass("C"))}, []string{"A: Catch 2: States.Timeout is matched by an earlier one already"}},
		{"heartbeat that can't be missed", []flow.Node{do("A").Catch(flow.ErrHeartbeat, flow.Pass("B"))}, []string{"A: Catch 1: matches a missed heartbeat, but the node has none (give the node a Heartbeat)"}},
		{"uncatchable", []flow.Node{do("A").Catch(flow.ErrRuntime, flow.Pass("B"))}, []string{"A: Catch 1: States.Runtime is matched by no retrier and no catcher"}},
		{"On nothing", []flow.Node{do("A").Catch(flow.On(), flow.Pass("B"))}, []string{"A: Catch: On without an error matches nothing"}},
		{"Catch without a handler", []flow.Node{do("A").Catch(flow.ErrAll)}, []string{"A: Catch without a handler (give it a node, such as flow.Pass, or use Recover)"}},
		{"Catch of nil", []flow.Node{do("A").Catch(nil, flow.Pass("B"))}, []string{"A: Catch(nil): no error to match (flow.ErrAll matches every error)"}},
		{"Recover without a function", []flow.Node{flow.Task("A", same).Recover(flow.ErrAll, nil)}, []string{"A.Recover: Recover without a function"}},
		{"negative attempts", []flow.Node{do("A").Retry(flow.Retry{MaxAttempts: -2})}, []string{"A: Retry with MaxAttempts -2 (use flow.Never for no retry)"}},
		{"rate", []flow.Node{do("A").Retry(flow.Retry{BackoffRate: 0.5})}, []string{"A: Retry with BackoffRate 0.5: it has to be at least 1 (1 keeps the delay as it is)"}},
		{"negative interval", []flow.Node{do("A").Retry(flow.Retry{Interval: -time.Second})}, []string{"A: Retry with Interval -1s (use flow.NoDelay for none)"}},
		{"two sources of delays", []flow.Node{do("A").Retry(flow.Retry{Interval: time.Second, BackOff: func() backoff.BackOff { return &backoff.ZeroBackOff{} }})}, []string{"A: Retry with a BackOff and with Interval, BackoffRate, MaxDelay or FullJitter, which it stands in for (leave those out)"}},
		{"timeout", []flow.Node{do("A").Timeout(0)}, []string{"A: Timeout(0s): the time has to be positive (leave it out for no bound)"}},
		{"heartbeat too long", []flow.Node{do("A").Timeout(time.Second).Heartbeat(time.Minute)}, []string{"A: the Heartbeat, 1m0s, is not shorter than the Timeout, 1s"}},
		{"negative wait", []flow.Node{flow.Wait("W", -1)}, []string{"W: Wait(-1ns): the time can't be negative"}},
		{"function in a document", []flow.Node{flow.Do("A", takesFuncs).From(flow.At[map[string]func()]("$.f"))}, []string{"A: what it takes can't be a document: map[string]func() is a func, which no document can hold (keep handles such as files and clients in the function, not in the document)"}},
		{"Parallel without a branch", []flow.Node{flow.Parallel("P")}, []string{"P: Parallel without a branch"}},
		{"branches that overlap", []flow.Node{flow.Parallel("P", flow.Task("A", str).Into(s), flow.Task("B", str).Into(s))}, []string{`P: branches "A" and "B" both write $.s (give each branch a place of its own)`}},
		{"branch that replaces", []flow.Node{flow.Parallel("P", flow.Task("A", str))}, []string{`A: replaces the document in a branch of "P", so that its result would be lost (say where it goes with Into, or use Do)`}},
		{"Branch outside", []flow.Node{flow.Branch("B", do("A"))}, []string{"B: a Branch outside of a Parallel (list its nodes here instead)"}},
		{"Map without a node", []flow.Node{flow.Map[int]("M", list)}, []string{"M: Map without a node"}},
		{"batch of none", []flow.Node{flow.Batch[int]("M", list, 0, flow.Task("L", func(context.Context, []point) (int, error) { return 0, nil }))}, []string{"M: Batch of 0 items: at least 1"}},
		{"percent", []flow.Node{flow.Map[point]("M", list, flow.Pass("P")).ToleratePercent(101, flow.At[[]flow.ItemFailure]("$.f")).Into(list)}, []string{"M: ToleratePercent(101): a share is from 0 to 100"}},
		{"handler that replaces", []flow.Node{do("A").Catch(flow.ErrAll, flow.Task("H", str))}, []string{`H: gives a result at the end of a handler of "A", which has none: it would replace the document (use Do, or say where it goes with Into)`}},
		{"Call of nil", []flow.Node{flow.Call[in, in]("C", nil)}, []string{"C: Call of a flow that is nil (Build it first)"}},
		{"several at once", []flow.Node{do("A"), do("A"), flow.Wait("W", -1), flow.Goto("X")}, []string{
			"A: duplicate name (first at PLACE) (names are unique within a flow, a branch or a Map)",
			"W: Wait(-1ns): the time can't be negative",
		}},

		// What follows from the data.
		{"misspelt path", []flow.Node{flow.Do("A", takesString).From(flow.At[string]("$.aa"))}, []string{`A: From($.aa): $ has no "aa" (did you mean "a"?)`}},
		{"path into a scalar", []flow.Node{flow.Do("A", takesString).From(flow.At[string]("$.a.b"))}, []string{`A: From($.a.b): $.a is a Go string, which has no "b"`}},
		{"wrong type of a reference", []flow.Node{flow.Do("A", takesString).From(flow.At[string]("$.n"))}, []string{"A: From($.n): $.n is a Go int, but string is wanted"}},
		{"wrong document", []flow.Node{flow.Do("A", takesString)}, []string{"A: what the node takes: $ is a Go flow_test.in, but string is wanted (see From and Into)"}},
		{"nobody writes what is wanted", []flow.Node{flow.Do("A", takesBoth)}, []string{`A: what the node takes: flow_test.wantsBoth wants $.sum, which nothing before writes (see From and Into)`}},
		{"omitted", []flow.Node{flow.Do("A", takesString).From(opt)}, []string{"A: From($.opt): $.opt may be missing (give the reference an Or, or ask Present first)"}},
		{"written on one way only", []flow.Node{
			flow.Choice("C").When(flow.Eq(n, 1), flow.Task("S", str).Into(s)).Otherwise(),
			flow.Do("A", takesString).From(s),
		}, []string{"A: From($.s): $.s may be missing (give the reference an Or, or ask Present first)"}},
		{"read before it is caught", []flow.Node{
			do("A").Catch(flow.On(flow.ErrAll).Into(fail), flow.Pass("H")),
			flow.Choice("C").When(flow.IsNull(fail)).Otherwise(),
		}, []string{"C: IsNull($.fail): $.fail may be missing (give the reference an Or, or ask Present first)"}},
		{"unassigned variable", []flow.Node{flow.Choice("C").When(flow.Eq(v, 1)).Otherwise()}, []string{"C: Equals($v): the variable is never assigned before (assign it before, or give the reference an Or)"}},
		{"variable assigned on one way", []flow.Node{
			flow.Choice("C").When(flow.Eq(n, 1), flow.Pass("P").Assign(flow.Set(v, 1))).Otherwise(),
			flow.Choice("D").When(flow.Eq(v, 1)).Otherwise(),
		}, []string{"D: Equals($v): the variable is not assigned on every way to here (assign it on all of them, or give the reference an Or)"}},
		{"variable of two types", []flow.Node{do("A").Assign(flow.Set(v, 1)), do("B").Assign(flow.Set(flow.Var[string]("v"), ""))}, []string{"B: Assign of a string to $v: the variable holds a int from before (use another name)"}},
		{"Into a scalar", []flow.Node{flow.Task("A", str).Into(flow.At[string]("$.a.b"))}, []string{"A: Into($.a.b): $.a is a Go string, which nothing can be put into"}},
		{"Map over no array", []flow.Node{flow.Map[point]("M", flow.At[[]point]("$.a"), flow.Pass("P"))}, []string{"M: Map($.a): $.a is a Go string, but []flow_test.point is wanted"}},
		{"item that comes to something else", []flow.Node{flow.Map[string]("M", list, flow.Pass("P")).Into(flow.At[[]string]("$.l"))}, []string{"M: the document at the end of an item: $ is a Go flow_test.point, but string is wanted"}},
		{"below what may be null", []flow.Node{
			flow.Task("P", func(context.Context, in) (*point, error) { return nil, nil }).Into(flow.At[*point]("$.p")),
			flow.Choice("C").When(flow.Eq(flow.At[int]("$.p.x"), 1)).Otherwise(),
		}, []string{"C: Equals($.p.x): $.p may be null (give the reference an Or, or ask Present first)"}},
		{"Into what may be null", []flow.Node{
			flow.Task("P", func(context.Context, in) (*point, error) { return nil, nil }).Into(flow.At[*point]("$.p")),
			flow.Task("Q", func(context.Context, in) (int, error) { return 0, nil }).Into(flow.At[int]("$.p.x")),
		}, []string{"Q: Into($.p.x): $.p may be null, and nothing can be put into that; ask Present for something in it first"}},
		{"map of other values", []flow.Node{flow.Do("A", func(context.Context, map[string]int) error { return nil })}, []string{"A: what the node takes: $.a is a Go string, but int is wanted (see From and Into)"}},
		{"Into a scalar in a loop", []flow.Node{
			flow.Task("A", str).Into(flow.At[string]("$.n.y")),
			flow.Choice("C").When(flow.Eq(n, 1), flow.Goto("A")).Otherwise(),
		}, []string{"A: Into($.n.y): $.n is a Go int, which nothing can be put into"}},
		{"item of a Stream that comes to something else", []flow.Node{flow.Stream[string]("S", func(context.Context, in) (flow.Source[point], error) { return nil, nil }, flow.Pass("P")).Into(flow.At[flow.Streamed]("$.s"))}, []string{"S: the document at the end of an item: $ is a Go flow_test.point, but string is wanted"}},
		{"Window smaller than the Concurrency", []flow.Node{flow.Stream[point]("S", func(context.Context, in) (flow.Source[point], error) { return nil, nil }, flow.Pass("P")).Concurrency(8).Window(4).Into(flow.At[flow.Streamed]("$.s"))}, []string{"S: a Window of 4 for 8 items at once (make it larger, or the Concurrency smaller)"}},
		{"result that is none", []flow.Node{flow.Task("A", str)}, []string{"the document at the end of the flow is not its result, a flow_test.in: $ is a Go string, but flow_test.in is wanted"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := flow.New[in, in]("f").Then(c.nodes...).Build()
			got := findings(t, err, "build_test.go:")
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// wildcards hides lines and what the path package says.
func wildcards(s string) string {
	if i := strings.Index(s, "(first at "); i >= 0 {
		s = s[:i] + "(first at PLACE" + s[i+strings.Index(s[i:], ")"):]
	}
	if i := strings.Index(s, "is no path to one place: "); i >= 0 {
		s = s[:i] + "is no path to one place: PATH"
	}
	return s
}

// What is right, Build lets pass.
func TestBuildLetsPass(t *testing.T) {
	cases := map[string][]flow.Node{
		"omitted with Or":  {flow.Do("A", takesString).From(opt.Or("x"))},
		"asked for":        {flow.Choice("C").When(flow.Present(opt), flow.Do("A", takesString).From(opt)).Otherwise()},
		"asked for in And": {flow.Choice("C").When(flow.And(flow.Present(opt), flow.Eq(opt, "x"))).Otherwise()},
		"asked for by Not": {flow.Choice("C").When(flow.Not(flow.Present(opt)), flow.Succeed("S")).When(flow.Eq(opt, "x")).Otherwise()},
		"asked for in Or":  {flow.Choice("C").When(flow.Or(flow.Not(flow.Present(opt)), flow.Eq(opt, "x"))).Otherwise()},
		"written by both ways": {
			flow.Choice("C").When(flow.Eq(n, 1), flow.Task("S", str).Into(s)).Otherwise(flow.Task("T", str).Into(s)),
			flow.Do("A", takesString).From(s),
		},
		"written by the handler too": {
			flow.Task("S", str).Into(s).Catch(flow.ErrAll, flow.Task("H", str)),
			flow.Do("A", takesString).From(s),
		},
		"unknown": {
			flow.Task("M", func(context.Context, in) (map[string]any, error) { return nil, nil }).Into(flow.At[map[string]any]("$.m")),
			flow.Do("A", takesString).From(flow.At[string]("$.m.x.y")),
		},
		"a handler writes into a map": {
			flow.Task("M", func(context.Context, in) (map[string]any, error) { return nil, nil }),
			flow.Do("A", func(context.Context, map[string]any) error { return nil }).Catch(flow.ErrAll, flow.Task("H", str).From(flow.At[in]("$.in")).Into(flow.At[string]("$.b"))),
			flow.Do("B", takesString).From(flow.At[string]("$.b")),
		},
		"a branch may write into a map": {
			flow.Task("M", func(context.Context, in) (map[string]any, error) { return nil, nil }),
			flow.Parallel("P", flow.Branch("1", flow.Choice("C").When(flow.Eq(n, 1), flow.Task("T", str).From(flow.At[in]("$.in")).Into(s)).Otherwise())),
			flow.Do("B", takesString).From(s),
		},
		"unused name":      {flow.Choice("C").When(flow.Eq(n, 1), flow.Goto("End")).Otherwise(flow.Do("A", look)), flow.Pass("End")},
		"by its JSON":      {flow.Do("A", func(context.Context, struct{ A string }) error { return nil })},
		"a fragment twice": {flow.Parallel("P", flow.Branch("1", flow.Do("A", look)), flow.Branch("2", flow.Do("A", look)))},
	}
	for name, nodes := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := flow.New[in, any]("f").Then(nodes...).Build(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestPlaceOfAProblem(t *testing.T) {
	_, err := flow.New[in, in]("orders").Then(
		flow.Do("Score", look), // line A
		flow.Do("Score", look), // line B
	).Build()
	source, rerr := os.ReadFile("build_test.go")
	if rerr != nil {
		t.Fatal(rerr)
	}
	lineOf := func(mark string) (line int) {
		for i, l := range strings.Split(string(source), "\n") {
			if strings.HasSuffix(l, "// line "+mark) {
				line = i + 1
			}
		}
		return line
	}
	want := fmt.Sprintf(`flow "orders" has a mistake: build_test.go:%d: state "Score": duplicate name (first at build_test.go:%d) (names are unique within a flow, a branch or a Map)`, lineOf("B"), lineOf("A"))
	if err == nil || err.Error() != want {
		t.Errorf("want %s\n got %v", want, err)
	}
}

func TestShape(t *testing.T) {
	f := flow.New[in, any]("f").Then(
		flow.Choice("C").When(flow.Eq(n, 1), flow.Task("S", str).Into(s)).Otherwise(),
		flow.Map[point]("M", list, flow.Pass("P")).Into(list),
		flow.Pass("End"),
	).Must()
	for path, want := range map[string]string{
		"C":    "{a: string, list: []flow_test.point, n: int, opt?: string}",
		"End":  "{a: string, list: []flow_test.point, n: int, opt?: string, s?: string}",
		"M/P":  "{x: int}",
		"None": "",
	} {
		if got := f.Shape(path); got != want {
			t.Errorf("%s: want %s, got %s", path, want, got)
		}
	}
}

type failsToMarshal struct{ X int }

func (failsToMarshal) MarshalJSON() ([]byte, error) { return nil, errors.New("no JSON today") }
func (*failsToMarshal) UnmarshalJSON([]byte) error  { return nil }

var _ json.Marshaler = failsToMarshal{}

func TestAResultThatCantBeWritten(t *testing.T) {
	f := flow.New[int, any]("f").Then(
		flow.Task("T", func(context.Context, int) (failsToMarshal, error) { return failsToMarshal{}, nil }),
		flow.Do("Read", func(context.Context, map[string]int) error { return nil })).Must()
	for _, opts := range [][]flow.Option{nil, {flow.Checked()}, {flow.Stepwise()}} {
		_, err := f.Run(t.Context(), 1, opts...)
		if !errors.Is(err, flow.ErrRuntime) || !strings.Contains(err.Error(), "no JSON today") {
			t.Errorf("got %v", err)
		}
	}
}
