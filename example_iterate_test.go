package flow_test

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/flowstone-go/flow"
)

// What the nodes of a Map need beside the item they carry along.
func ExampleMapNode_Carry() {
	type Order struct {
		Currency string   `json:"currency"`
		Prices   []int    `json:"prices"`
		Lines    []string `json:"lines"`
	}
	type Line struct {
		Currency string `json:"currency"`
		Price    int    `json:"price"`
	}
	write := func(_ context.Context, l Line) (string, error) { return fmt.Sprint(l.Price, " ", l.Currency), nil }
	f := flow.New[Order, Order]("order").Then(
		flow.Map[string]("Lines", flow.At[[]int]("$.prices"), flow.Task("Write", write)).
			Item(flow.At[int]("$.price")).
			Carry(flow.At[string]("$.currency")).
			Into(flow.At[[]string]("$.lines")),
	).Must()
	out, err := f.Run(context.Background(), Order{Currency: "EUR", Prices: []int{3, 15}})
	fmt.Printf("%q %v\n", out.Lines, err)
	// Output: ["3 EUR" "15 EUR"] <nil>
}

// Items in batches: fewer calls, of up to two items here.
func ExampleBatch() {
	insert := func(_ context.Context, rows []string) (int, error) { return len(rows), nil }
	f := flow.New[[]string, []int]("import").Then(
		flow.Batch[int]("Rows", flow.At[[]string]("$"), 2, flow.Task("Insert", insert)),
	).Must()
	out, err := f.Run(context.Background(), []string{"a", "b", "c", "d", "e"})
	fmt.Println(out, err)
	// Output: [2 2 1] <nil>
}

// A Stream is a Map over a source without end: it holds a window of items, and
// hands over what has come of them in the order of the source.
func ExampleStream() {
	open := func(_ context.Context, first int) (flow.Source[int], error) {
		var numbers iter.Seq2[int, error] = func(yield func(int, error) bool) {
			for n := first; n < first+10_000 && yield(n, nil); n++ {
			}
		}
		return flow.Seq(numbers), nil
	}
	sum := 0
	add := func(_ context.Context, items []flow.StreamItem[int, int]) error {
		for _, item := range items {
			sum += item.Output
		}
		return nil
	}
	square := func(_ context.Context, n int) (int, error) {
		if n == 7 {
			return 0, fmt.Errorf("nobody likes %d", n)
		}
		return n * n, nil
	}
	f := flow.New[int, flow.Streamed]("squares").Then(
		flow.Stream[int]("Squares", open, flow.Task("Square", square)).Concurrency(16).Tolerate(1).Sink(add),
	).Must()
	out, err := f.Run(context.Background(), 1)
	fmt.Println(out.Items, out.Failed, out.Failures[0].Cause, sum, err)
	// Output: 10000 1 nobody likes 7 333383334951 <nil>
}

// A Wait until a time that stands in the document.
func ExampleWaitUntil() {
	type Reminder struct {
		At time.Time `json:"at"`
	}
	begin := time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)
	f := flow.New[Reminder, Reminder]("reminder").Then(
		flow.WaitUntil("Until then", flow.At[time.Time]("$.at")),
	).Must()
	_, err := f.Run(context.Background(), Reminder{begin.Add(24 * time.Hour)}, flow.VirtualTime(begin), flow.Observe(func(e flow.Event) {
		fmt.Println(e.Time.Format(time.RFC3339), e.Type)
	}))
	fmt.Println(err)
	// Output:
	// 2026-05-04T09:00:00Z ExecutionStarted
	// 2026-05-04T09:00:00Z WaitStateEntered
	// 2026-05-05T09:00:00Z WaitStateExited
	// 2026-05-05T09:00:00Z ExecutionSucceeded
	// <nil>
}

// A task that takes long says that it is alive; one that says nothing is given up.
func ExampleBeat() {
	copyAll := func(ctx context.Context, parts int) (int, error) {
		for range parts {
			flow.Beat(ctx) // after each part
		}
		<-ctx.Done() // and then it hangs
		return 0, context.Cause(ctx)
	}
	f := flow.New[int, int]("backup").Then(
		flow.Task("Copy", copyAll).Heartbeat(10 * time.Millisecond),
	).Must()
	_, err := f.Run(context.Background(), 3)
	fmt.Println(err)
	// Output: state "Copy": States.HeartbeatTimeout: no heartbeat came in time
}

// Succeed and Fail end a flow early; a Task, too, may name its error.
func ExampleFail() {
	f := flow.New[int, int]("withdrawal").Then(
		flow.Choice("Amount").
			When(flow.AtMost(flow.At[int]("$"), 0), flow.Succeed("Nothing to do")).
			When(flow.More(flow.At[int]("$"), 400), flow.Fail("Refuse", "Bank.OverLimit", "400 is the limit")).
			Otherwise(),
		flow.Task("Pay", func(_ context.Context, n int) (int, error) { return -n, nil }),
	).Must()
	for _, amount := range []int{0, 20, 500} {
		fmt.Println(f.Run(context.Background(), amount))
	}
	// Output:
	// 0 <nil>
	// -20 <nil>
	// 0 state "Refuse": Bank.OverLimit: 400 is the limit
}

// An intrinsic function of the States Language as a value.
func ExampleExpr() {
	type Person struct {
		Name string `json:"name"`
	}
	f := flow.New[Person, string]("greeting").Then(
		flow.Give("Greet", flow.Expr[string]("States.Format('Hello, {}!', $.name)")),
	).Must()
	fmt.Println(f.Run(context.Background(), Person{"Ada"}))
	// Output: Hello, Ada! <nil>
}

// A reference with a value for where its place is missing.
func ExampleRef_Or() {
	type Order struct {
		Discount int `json:"discount,omitempty"`
	}
	discount := flow.At[int]("$.discount").Or(5)
	f := flow.New[Order, int]("discount").Then(flow.Give("Discount", discount)).Must()
	fmt.Println(f.Run(context.Background(), Order{}))
	fmt.Println(f.Run(context.Background(), Order{Discount: 20}))
	// Output:
	// 5 <nil>
	// 20 <nil>
}
