package flow_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/flowstone-go/flow"
)

// An existing call, tried again until it succeeds. What it gives may be anything.
func ExampleTry() {
	ctx := context.Background()
	attempts := 0
	open := func(context.Context) (io.Reader, error) {
		if attempts++; attempts < 3 {
			return nil, errors.New("not there yet")
		}
		return strings.NewReader("there"), nil
	}
	file, err := flow.Try(ctx, open, flow.Retry{MaxAttempts: 5, Interval: time.Millisecond}, flow.Timeout(time.Minute))
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := io.ReadAll(file)
	fmt.Printf("%s after %d attempts, %v\n", text, attempts, err)
	// Output: there after 3 attempts, <nil>
}

// A function for each item of a slice, a few at once, some of which may fail.
func ExampleTryEach() {
	ctx := context.Background()
	length := func(_ context.Context, word string) (int, error) {
		if word == "" {
			return 0, errors.New("no word")
		}
		return len(word), nil
	}
	var failed []flow.ItemFailure
	lengths, err := flow.TryEach(ctx, []string{"one", "", "three"}, length,
		flow.Concurrency(2), flow.Retry{MaxAttempts: 1, Interval: flow.NoDelay}, flow.Tolerate(1, &failed))
	fmt.Println(lengths, err)
	fmt.Println(failed[0].Index, failed[0].Cause)
	// Output:
	// [3 0 5] <nil>
	// 1 no word
}

// A function as a flow of its own: checked and compiled once, then drawn, watched,
// exported and run like any other.
func ExampleSingle() {
	resize := func(_ context.Context, width int) (int, error) { return width / 2, nil }
	thumbnail := flow.Single(flow.Task("Resize", resize).Retry(flow.Retry{MaxAttempts: 5}).Timeout(time.Minute)).Must()
	width, err := thumbnail.Run(context.Background(), 640)
	fmt.Println(thumbnail.Name(), width, err)
	// Output: Resize 320 <nil>
}

// Whatever calls the function, all calls together stay below its limits.
func ExampleLimitFunc() {
	ctx := context.Background()
	lookup := func(_ context.Context, place string) (string, error) { return strings.ToUpper(place), nil }
	geocode := flow.LimitFunc(lookup, flow.RPM(6000), flow.InFlight(4))
	places, err := flow.TryEach(ctx, []string{"Bern", "Oslo"}, geocode)
	fmt.Println(places, err)
	place, err := geocode(ctx, "Rome")
	fmt.Println(place, err)
	// Output:
	// [BERN OSLO] <nil>
	// ROME <nil>
}
