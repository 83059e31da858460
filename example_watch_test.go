package flow_test

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/flowstone-go/flow"
)

// begin is when the executions of these examples begin, on a clock of their own.
var begin = time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)

// One observer may serve any number of executions: here it writes a log.
func ExampleObserve() {
	attempts := 0
	charge := func(context.Context, int) (string, error) {
		if attempts++; attempts == 1 {
			return "", fmt.Errorf("the line is busy")
		}
		return "paid", nil
	}
	log := func(e flow.Event) {
		if e.Error != nil {
			fmt.Printf("%s %s, attempt %d: %v\n", e.Type, e.Path, e.Attempt, e.Error.Cause)
		}
	}
	f := flow.New[int, string]("payment").Then(
		flow.Task("Charge", charge).Retry(flow.Retry{On: flow.ErrTaskFailed}),
	).Must().With(flow.Observe(log), flow.VirtualTime(begin))
	fmt.Println(f.Run(context.Background(), 12))
	// Output:
	// TaskFailed Charge, attempt 0: the line is busy
	// RetryScheduled Charge, attempt 1: the line is busy
	// paid <nil>
}

// The history of a run in the form of GetExecutionHistory, for tools that read
// that of Step Functions.
func ExampleHistory() {
	f := flow.New[int, int]("wait").Then(flow.Wait("Pause", time.Minute)).Must()
	var h flow.History
	if _, err := f.Run(context.Background(), 7, flow.Record(&h), flow.VirtualTime(begin)); err != nil {
		fmt.Println(err)
	}
	text, err := json.MarshalIndent(h.Events()[1], "", "  ")
	fmt.Println(h.Len(), string(text), err)
	// Output:
	// 4 {
	//   "id": 2,
	//   "previousEventId": 0,
	//   "type": "WaitStateEntered",
	//   "timestamp": "2026-05-04T09:00:00.000Z",
	//   "stateEnteredEventDetails": {
	//     "name": "Pause",
	//     "input": "7",
	//     "inputDetails": {
	//       "truncated": false
	//     }
	//   }
	// } <nil>
}

// A function that changes what it has given away before: under Checked the result
// is another one, since each value goes through JSON there.
func ExampleChecked() {
	var cache []string
	load := func(context.Context, string) ([]string, error) {
		cache = []string{"draft"}
		return cache, nil
	}
	touch := func(context.Context, []string) error {
		cache[0] = "changed"
		return nil
	}
	f := flow.New[string, []string]("pages").Then(flow.Task("Load", load), flow.Do("Touch", touch)).Must()
	fmt.Println(f.Run(context.Background(), "page 1"))
	fmt.Println(f.Run(context.Background(), "page 1", flow.Checked()))
	// Output:
	// [changed] <nil>
	// [draft] <nil>
}

// A clock of the execution's own: the week takes no time, and comes out the same
// each time.
func ExampleVirtualTime() {
	f := flow.New[int, int]("week").Then(flow.Wait("A week", 7*24*time.Hour)).Must()
	var last flow.Event
	_, err := f.Run(context.Background(), 1, flow.VirtualTime(begin), flow.Observe(func(e flow.Event) { last = e }))
	fmt.Println(last.Type, last.Time.Format(time.DateTime), err)
	// Output: ExecutionSucceeded 2026-05-11 09:00:00 <nil>
}

// A program that serves starts each execution once for its name, and puts away
// what waits when it is told to stop; the next process goes on with it.
func ExampleService() {
	ctx := context.Background()
	ask := func(context.Context, string, flow.Token) error { return nil }
	f := flow.New[string, string]("approval").Then(flow.Callback[string]("Approve", ask)).Must()

	desk := flow.NewDesk()
	service := flow.NewService(f, desk)
	exec, err := service.Start(ctx, "order 7", flow.WithName("order-7"))
	fmt.Println(exec.ID(), err)
	again, err := service.Start(ctx, "order 7", flow.WithName("order-7"))
	fmt.Println("the same:", again == exec, err)

	drained := service.Drain(ctx) // on SIGTERM
	_, err = service.Start(ctx, "order 8")
	fmt.Println(err)
	kept, _ := json.Marshal(drained.Parked) // in a file or a database

	var parked []flow.Parked
	if err := json.Unmarshal(kept, &parked); err != nil {
		fmt.Println(err)
	}
	desk = flow.NewDesk()
	service = flow.NewService(f, desk) // in the next process
	exec, err = service.Resume(ctx, parked[0])
	fmt.Println(exec.ID(), err, desk.Succeed(ctx, parked[0].Waits[0].Token, "yes"))
	fmt.Println(exec.Wait(ctx))
	// Output:
	// order-7 <nil>
	// the same: true <nil>
	// the service is draining: it starts nothing new
	// order-7 <nil> <nil>
	// yes <nil>
}
