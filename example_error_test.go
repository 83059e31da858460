package flow_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/flowstone-go/flow"
)

// The first retrier that matches counts. What it does not help with goes to the
// catchers.
func ExampleRetry() {
	attempts := 0
	fetch := func(context.Context, string) (string, error) {
		if attempts++; attempts < 3 {
			return "", errors.New("connection reset")
		}
		return "page", nil
	}
	f := flow.New[string, string]("fetch").Then(
		flow.Task("Fetch", fetch).Retry(
			flow.Retry{On: flow.ErrTimeout, MaxAttempts: flow.Never},
			flow.Retry{On: flow.ErrAll, Interval: time.Second, BackoffRate: 2, MaxAttempts: 5, MaxDelay: time.Minute, FullJitter: true},
		),
	).Must()
	out, err := f.Run(context.Background(), "https://example.com", flow.VirtualTime(time.Time{}))
	fmt.Println(out, err, "after", attempts, "attempts")
	// Output: page <nil> after 3 attempts
}

// A catcher keeps the document; the handler's result lands where the node's would.
func ExampleTaskNode_Catch() {
	type Page struct {
		URL     string        `json:"url"`
		Text    string        `json:"text"`
		Failure *flow.Failure `json:"failure,omitempty"`
	}
	url := flow.At[string]("$.url")
	fetch := func(context.Context, string) (string, error) { return "", fmt.Errorf("fetch: %w", os.ErrNotExist) }
	fromCache := func(_ context.Context, url string) (string, error) { return "an old copy of " + url, nil }
	f := flow.New[Page, Page]("fetch").Then(
		flow.Task("Fetch", fetch).From(url).
			Catch(flow.On(fs.ErrNotExist).Into(flow.At[*flow.Failure]("$.failure")), flow.Task("Cache", fromCache).From(url)).
			Into(flow.At[string]("$.text")),
	).Must()
	out, err := f.Run(context.Background(), Page{URL: "https://example.com"})
	fmt.Println(out.Text, err)
	fmt.Println(out.Failure.Error, "because of", out.Failure.Cause)
	// Output:
	// an old copy of https://example.com <nil>
	// States.TaskFailed because of fetch: file does not exist
}

// Recover is a Catch whose handler is one function of the error.
func ExampleTaskNode_Recover() {
	slow := func(ctx context.Context, _ int) (int, error) {
		<-ctx.Done()
		return 0, context.Cause(ctx)
	}
	f := flow.New[int, int]("slow").Then(
		flow.Task("Slow", slow).Timeout(time.Millisecond).
			Recover(flow.ErrTimeout, func(context.Context, *flow.Error) (int, error) { return -1, nil }),
	).Must()
	out, err := f.Run(context.Background(), 1)
	fmt.Println(out, err)
	// Output: -1 <nil>
}

// What Run returns reaches back to the error that the function gave.
func ExampleError() {
	f := flow.New[string, string]("read").Then(
		flow.Task("Open", func(_ context.Context, name string) (string, error) {
			return "", &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
		}),
	).Must()
	_, err := f.Run(context.Background(), "secret.txt")
	fmt.Println(err)
	fmt.Println(errors.Is(err, flow.ErrTaskFailed), errors.Is(err, fs.ErrPermission))
	if e, ok := errors.AsType[*flow.Error](err); ok {
		fmt.Println(e.Name, "in", e.State)
	}
	// Output:
	// state "Open": open secret.txt: permission denied
	// true true
	// States.TaskFailed in Open
}

// Build finds every mistake at once.
func ExampleBuildError() {
	type Order struct {
		ID string `json:"id"`
	}
	price := func(context.Context, float64) (float64, error) { return 0, nil }
	_, err := flow.New[Order, Order]("orders").Then(
		flow.Task("Price", price).From(flow.At[float64]("$.amount")).Into(flow.At[float64]("$.price")),
		flow.Choice("Large").When(flow.More(flow.At[float64]("$.price"), 100), flow.Goto("Prise")),
	).Build()
	mistakes, _ := errors.AsType[*flow.BuildError](err)
	for _, p := range mistakes.Problems {
		fmt.Printf("%s: %s (%s)\n", p.State, p.Text, p.Cure)
	}
	// Output:
	// : Goto("Prise"): there is no such node in this scope (did you mean "Price"?)
	// Large: a Choice without Otherwise (Otherwise() goes on after the Choice)
}
