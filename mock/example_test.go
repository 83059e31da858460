package mock_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/mock"
	"github.com/flowstone-go/flow/model"
)

// Letter is what the flows of the examples are given.
type Letter struct {
	From string `json:"from"`
	Body string `json:"body"`
}

var hello = Letter{From: "Ada", Body: "All is well."}

// draft is a flow that answers a letter.
func draft(m flow.Model) *flow.Flow[Letter, string] {
	return flow.New[Letter, string]("letters").Then(
		flow.Prompt[string]("Draft", m).System("Be kind.").Text("Answer this letter of {{from}}: {{body}}").MaxTokens(300).
			Retry(flow.Retry{On: flow.ErrThrottled, Interval: time.Second, MaxAttempts: 3}),
	).Must()
}

// A reply: the state Draft gets this text.
func Example_reply() {
	m := mock.New()
	m.When(mock.Node("Draft")).Text("Dear Ada, I am glad.")

	fmt.Println(draft(m).Run(context.Background(), hello))
	// Output: Dear Ada, I am glad. <nil>
}

// Mood is what the model is to say of a letter.
type Mood struct {
	Mood  string `json:"mood" enum:"glad,sad"`
	Score int    `json:"score"`
}

func judge(m flow.Model) *flow.Flow[Letter, Mood] {
	return flow.New[Letter, Mood]("letters").Then(flow.Prompt[Mood]("Judge", m).Text("How does {{from}} feel?\n\n{{body}}")).Must()
}

// A reply in JSON, made of a Go value.
func Example_json() {
	m := mock.New()
	m.When(mock.PromptHas("well")).JSON(Mood{"glad", 5})

	fmt.Println(judge(m).Run(context.Background(), hello))
	// Output: {glad 5} <nil>
}

// A tool call: the model asks for a tool, and answers when it has been told.
func Example_toolCall() {
	type city struct {
		Name string `json:"name"`
	}
	weather := flow.Tool("weather", "Tells the weather of a city.", func(_ context.Context, c city) (string, error) {
		return "rain in " + c.Name, nil
	})
	m := mock.New()
	m.When(mock.AskedHas("weather")).ToolCall("weather", city{"London"})
	m.When(mock.ToolResult("weather", "rain")).Text("Take an umbrella.")

	f := flow.New[string, string]("advice").Then(flow.Agent[string]("Advise", m, weather).Text("{{$}}")).Must()
	fmt.Println(f.Run(context.Background(), "What weather is it in London?"))
	// Output: Take an umbrella. <nil>
}

// Throttled twice, then fine: the flow's Retry waits as long as the provider
// asks, here on a clock of its own.
func Example_throttled() {
	m := mock.New()
	m.When(mock.Node("Draft")).Throttle(2, 250*time.Millisecond).Text("Dear Ada")

	reply, err := draft(m).Run(context.Background(), hello, flow.VirtualTime(time.Time{}))
	fmt.Println(reply, err, "after", len(m.Calls()), "calls")
	// Output: Dear Ada <nil> after 3 calls
}

// A timeout: the model never answers, and the node's Timeout ends the wait.
func Example_timeout() {
	m := mock.New()
	m.When().Hang()

	f := flow.New[Letter, string]("letters").Then(flow.Prompt[string]("Draft", m).Text("{{body}}").Timeout(time.Millisecond)).Must()
	_, err := f.Run(context.Background(), hello)
	fmt.Println(errors.Is(err, flow.ErrTimeout), err)
	// Output: true state "Draft": States.Timeout: the time for the attempt ran out
}

// A stream: the text comes in these pieces.
func Example_stream() {
	m := mock.New()
	m.When().Chunks("Dear ", "Ada", ", …").Usage(120, 40)

	exec := draft(m).Start(context.Background(), hello)
	for ev := range exec.Events(context.Background()) {
		if ev.Type == flow.ModelText {
			fmt.Printf("%q ", ev.Text)
		}
	}
	fmt.Println(exec.Usage().Total(), "tokens")
	// Output: "Dear " "Ada" ", …" 160 tokens
}

// Wrong JSON, then right: the model is asked again and told what was wrong.
func Example_wrongJSON() {
	m := mock.New()
	m.When().Text(`{"mood": "so so"}`).JSON(Mood{"sad", 2})

	mood, err := judge(m).Run(context.Background(), hello)
	fmt.Println(mood, err)
	fmt.Println(m.Calls().Last().Asked())
	// Output:
	// {sad 2} <nil>
	// Your answer does not have the form that was asked for: score is missing; mood must be one of "glad", "sad", it is "so so". Answer again, with the whole answer corrected and nothing else.
}

// A path that is taken when the model fails.
func Example_catch() {
	m := mock.New()
	m.When().Fail(model.ErrAccessDenied)

	f := flow.New[Letter, string]("letters").Then(
		flow.Prompt[string]("Draft", m).Text("{{body}}").
			Catch(flow.ErrAll, flow.Task("ByHand", func(ctx context.Context, l Letter) (string, error) {
				return "somebody answers " + l.From + ", since " + flow.Caught(ctx).Name, nil
			})),
	).Must()
	fmt.Println(f.Run(context.Background(), hello))
	// Output: somebody answers Ada, since Model.AccessDenied <nil>
}

// A recording of a real model is made once and replayed from then on; in a test
// mocktest.Recording does both.
func Example_recording() {
	realModel := mock.Always("Dear Ada") // stands for one that costs money
	var file strings.Builder
	recorder := mock.Record(realModel, &file)
	if _, err := draft(recorder).Run(context.Background(), hello); err != nil {
		fmt.Println(err)
	}

	replay, err := mock.Replay(strings.NewReader(file.String()))
	if err != nil {
		fmt.Println(err)
	}
	fmt.Println(draft(replay).Run(context.Background(), hello))
	_, err = draft(replay).Run(context.Background(), Letter{From: "Bob"})
	fmt.Println(errors.Is(err, mock.ErrUnexpected))
	// Output:
	// Dear Ada <nil>
	// true
}

// An assertion on what was asked.
func Example_asked() {
	m := mock.Always("Dear Ada")
	if _, err := draft(m).Run(context.Background(), hello); err != nil {
		fmt.Println(err)
	}

	call := m.Calls().Of(mock.Node("Draft"), mock.SystemHas("kind")).Last()
	fmt.Println(call.Asked())
	fmt.Println(call.Request.MaxTokens, call.Caller.Attempt)
	// Output:
	// Answer this letter of Ada: All is well.
	// 300 1
}

// A call that no script expects fails the flow past every Retry and Catch, and
// says which script came nearest.
func ExampleUnexpectedError() {
	m := mock.New()
	m.When(mock.Node("Draft"), mock.PromptHas("refund")).Text("…")

	_, err := draft(m).Run(context.Background(), hello)
	unexpected, _ := errors.AsType[*mock.UnexpectedError](err)
	before, _, _ := strings.Cut(unexpected.Nearest, " at ") // the line in the test
	_, why, _ := strings.Cut(unexpected.Nearest, ": ")
	fmt.Println(before, "-", why)
	// Output: When(Node("Draft"), PromptHas("refund")) - PromptHas("refund") does not match
}
