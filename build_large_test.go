package flow_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/flowstone-go/flow"
)

// big are flows of some thousand nodes whose data moves in ways that are costly
// to follow.
func big(nodes int) map[string][]flow.Node {
	write := func(i int) flow.Node {
		return flow.Task(fmt.Sprint("N", i), str).From(flow.At[in]("$")).Into(flow.At[string](fmt.Sprint("$.f", i)))
	}
	loop := func(i int, to string) flow.Node {
		return flow.Choice(fmt.Sprint("C", i)).When(flow.Eq(a, "x"), flow.Goto(to)).Otherwise()
	}
	start := flow.Do("N-1", look)
	out := map[string][]flow.Node{
		"straight": {start}, "loops back by one": {start}, "loops back to the start": {start}, "loops back by half": {start},
		"variables": {start}, "handlers": {start},
	}
	add := func(name string, n ...flow.Node) { out[name] = append(out[name], n...) }
	for i := range nodes {
		add("straight", write(i))
		add("loops back by one", write(i), loop(i, fmt.Sprint("N", i-1)))
		add("loops back to the start", write(i), loop(i, "N-1"))
		add("loops back by half", write(i), loop(i, fmt.Sprint("N", i/2-1)))
		add("variables", flow.Pass(fmt.Sprint("N", i)).Assign(flow.Set(flow.Var[int](fmt.Sprint("v", i)), i)), loop(i, fmt.Sprint("N", i/2-1)))
		add("handlers", flow.Task(fmt.Sprint("N", i), str).From(flow.At[in]("$")).Into(flow.At[string](fmt.Sprint("$.f", i))).
			Catch(flow.On(flow.ErrAll).Into(flow.At[*flow.Failure](fmt.Sprint("$.e", i))), flow.Goto(fmt.Sprint("N", i/3-1))))
	}
	return out
}

// Build takes time for each node, not for each pair of them: these took minutes.
func TestLargeFlowsBuildSoon(t *testing.T) {
	for name, nodes := range big(1000) {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_, err := flow.New[in, any]("f").Then(nodes...).Build()
			if took := time.Since(start); err != nil || took > time.Minute {
				t.Errorf("after %v: %v", took, err)
			} else {
				t.Log(took)
			}
		})
	}
}

// What stands in each other is followed once, not once for each way around it.
func TestLoopsInLoopsBuildSoon(t *testing.T) {
	anything := flow.At[[]any]("$.list")
	again := flow.Choice("Again").When(flow.Present(flow.At[any]("$.again")), flow.Goto("Begin")).Otherwise()
	node := flow.Node(flow.Pass("Leaf"))
	for i := range 200 {
		node = flow.Map[any](fmt.Sprint("M", i), anything, flow.Pass("Begin"), node, again).Into(flow.At[[]any]("$.r"))
	}
	start := time.Now()
	_, err := flow.New[map[string]any, any]("f").Then(node).Build()
	if took := time.Since(start); err != nil || took > time.Minute {
		t.Errorf("after %v: %v", took, err)
	}
}

// A document that is put into itself in a loop is followed so far and no
// further.
func TestDocumentsThatGrowInALoop(t *testing.T) {
	doc := flow.At[any]("$")
	for name, grow := range map[string][]flow.Node{
		"into a member":      {flow.Give("G", doc).Into(flow.At[any]("$.x"))},
		"into two members":   {flow.Give("G", doc).Into(flow.At[any]("$.x")), flow.Give("H", doc).Into(flow.At[any]("$.y"))},
		"of two parts":       {flow.Give("G", flow.Make[any](flow.Parts{"x": doc, "y": doc}))},
		"of an array":        {flow.Give("G", flow.Make[any](flow.Parts{"x": []any{doc, doc}}))},
		"through a variable": {flow.Pass("G").Assign(flow.SetFrom(flow.Var[any]("v"), doc)), flow.Give("H", flow.Var[any]("v")).Into(flow.At[any]("$.x"))},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			nodes := append(grow, flow.Choice("Again").When(flow.Present(flow.At[any]("$.again").Or(1)), flow.Goto("G")).Otherwise())
			_, err := flow.New[map[string]any, any]("f").Then(nodes...).Build()
			if took := time.Since(start); err != nil || took > time.Minute {
				t.Errorf("after %v: %v", took, err)
			}
			_, err = flow.New[in, any]("f").Then(nodes...).Build()
			if took := time.Since(start); err != nil && !strings.Contains(err.Error(), "$.again") || took > time.Minute {
				t.Errorf("after %v: %v", took, err)
			}
		})
	}
}

// A node in two branches of one in two branches of one… is more than memory
// holds after a few levels, and Build says so.
func TestMoreStatesThanMayBe(t *testing.T) {
	for name, around := range map[string]func(flow.Node) flow.Node{
		"Parallel": func(n flow.Node) flow.Node { return flow.Parallel("P", flow.Branch("1", n), flow.Branch("2", n)) },
		"Gather":   func(n flow.Node) flow.Node { return flow.Gather[any]("G", flow.Branch("1", n), flow.Branch("2", n)) },
		"Choice":   func(n flow.Node) flow.Node { return flow.Choice("C").When(flow.Eq(a, "x"), n).Otherwise(n) },
		"Catch":    func(n flow.Node) flow.Node { return flow.Do("D", look).Catch(flow.ErrTimeout, n).Catch(flow.ErrAll, n) },
	} {
		t.Run(name, func(t *testing.T) {
			node := flow.Node(flow.Do("Leaf", look))
			for range 40 {
				node = around(node)
			}
			start := time.Now()
			_, err := flow.New[in, any]("f").Then(node).Build()
			want := "the flow has more than 100000 states: a node that stands in several places is one in each"
			if took := time.Since(start); err == nil || !strings.Contains(err.Error(), want) || took > time.Minute {
				t.Errorf("after %v: %.300v", took, err)
			}
		})
	}
}
