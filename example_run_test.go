package flow_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/flowstone-go/flow"
)

// An execution begun with Start is watched while it runs; the events are those
// that Step Functions records.
func ExampleExecution_Events() {
	f := flow.New[int, int]("steps").Then(
		flow.Pass("Begin"),
		flow.Task("Double", func(_ context.Context, n int) (int, error) { return 2 * n, nil }),
	).Must()
	ctx := context.Background()
	exec := f.Start(ctx, 4)
	for event, err := range exec.Events(ctx) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(event)
	}
	out, err := exec.Wait(ctx)
	fmt.Println(out, err, exec.Status())
	// Output:
	// 1 ExecutionStarted
	// 2 PassStateEntered Begin
	// 3 PassStateExited Begin
	// 4 TaskStateEntered Double
	// 5 TaskScheduled Double
	// 6 TaskStarted Double
	// 7 TaskSucceeded Double
	// 8 TaskStateExited Double
	// 9 ExecutionSucceeded
	// 8 <nil> SUCCEEDED
}

// A task learns where it is; the key stays the same over its attempts.
func ExampleStateOf() {
	attempts, key := 0, ""
	pay := func(ctx context.Context, amount int) (int, error) {
		state, _ := flow.StateOf(ctx)
		fmt.Println(state.Name, "attempt", state.Attempt, state.Key == key || key == "")
		key = state.Key
		if attempts++; attempts == 1 {
			return 0, fmt.Errorf("no answer")
		}
		return amount, nil
	}
	f := flow.New[int, int]("payment").Then(
		flow.Task("Pay", pay).Retry(flow.Retry{Interval: flow.NoDelay}),
	).Must()
	out, err := f.Run(context.Background(), 12)
	fmt.Println(out, err)
	// Output:
	// Pay attempt 0 true
	// Pay attempt 1 true
	// 12 <nil>
}

// With gives a Flow that runs otherwise; the first one stays as it is.
func ExampleFlow_With() {
	f := flow.New[string, string]("late").Then(flow.Wait("Wait", time.Hour)).Must()
	impatient := f.With(flow.RunTimeout(time.Millisecond))
	_, err := impatient.Run(context.Background(), "")
	fmt.Println(err)
	// Output: state "Wait": States.Timeout: the time for the whole execution ran out
}

// A picture of a run shows the way that it took.
func ExampleDraw() {
	big := flow.More(flow.At[int]("$"), 10)
	f := flow.New[int, int]("sizes").Then(
		flow.Choice("Size").When(big, flow.Pass("Big")).Otherwise(flow.Pass("Small")),
	).Must()
	var events []flow.Event
	observe := flow.Observe(func(e flow.Event) { events = append(events, e) })
	if _, err := f.Run(context.Background(), 12, observe); err != nil {
		fmt.Println(err)
	}
	plain := flow.Draw(f).Mermaid()
	fmt.Print(plain)
	run := flow.Draw(f, events...).Mermaid()
	fmt.Println(strings.Contains(run, `["Big<br/><small>Pass</small>"]:::done`), strings.Contains(run, `["Small<br/><small>Pass</small>"]:::plain`))
	// Output:
	// flowchart TD
	//   n0(("Start"))
	//   n1{"Size"}
	//   n2["Big<br/><small>Pass</small>"]
	//   n3["Small<br/><small>Pass</small>"]
	//   n4(("End"))
	//   n0 --> n1
	//   n1 -->|"$ #gt; 10"| n2
	//   n1 -->|"otherwise"| n3
	//   n2 --> n4
	//   n3 --> n4
	// true true
}

// Shape tells what Build knows of the document where a node is entered: what may
// be missing has a question mark.
func ExampleFlow_Shape() {
	type Order struct {
		Total float64 `json:"total"`
	}
	discount := flow.At[float64]("$.discount")
	half := func(_ context.Context, o Order) (float64, error) { return o.Total / 2, nil }
	f := flow.New[Order, any]("orders").Then(
		flow.Choice("Large").
			When(flow.More(flow.At[float64]("$.total"), 1000), flow.Task("Halve", half).Into(discount)).
			Otherwise(),
		flow.Pass("Send"),
	).Must()
	fmt.Println(f.Shape("Large"))
	fmt.Println(f.Shape("Send"))
	// Output:
	// {total: float64}
	// {discount?: float64, total: float64}
}
