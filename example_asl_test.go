package flow_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/flowstone-go/flow"
)

// A state machine in the Amazon States Language runs on the same engine; what its
// resources mean is up to you.
func ExampleParse() {
	f, err := flow.Parse([]byte(`{
		"StartAt": "Greet",
		"States": {
			"Greet": {
				"Type": "Task",
				"Resource": "arn:aws:lambda:us-east-1:123456789012:function:greet",
				"Retry": [{"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 3}],
				"ResultPath": "$.greeting",
				"End": true
			}
		}
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	type Person struct {
		Name string `json:"name"`
	}
	attempts := 0
	resources := flow.NewRegistry()
	flow.HandleFunc(resources, "arn:aws:lambda:us-east-1:123456789012:function:greet", func(_ context.Context, p Person) (string, error) {
		if attempts++; attempts == 1 {
			return "", errors.New("not awake yet")
		}
		return "Hello, " + p.Name + "!", nil
	})
	f = f.With(flow.Resources(resources), flow.VirtualTime(time.Time{}))
	out, err := f.Run(context.Background(), map[string]any{"name": "Ada"})
	text, _ := json.Marshal(out)
	fmt.Println(string(text), err)
	// Output: {"greeting":"Hello, Ada!","name":"Ada"} <nil>
}

// What is wrong with a definition is said in the words of AWS, with its place.
func ExampleParse_mistakes() {
	_, err := flow.Parse([]byte(`{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}}`))
	if mistakes, ok := errors.AsType[*flow.BuildError](err); ok {
		for _, p := range mistakes.Problems {
			fmt.Println(p)
		}
	}
	// Output:
	// /States/A/Next (1:59): MISSING_TRANSITION_TARGET: Missing 'Next' target: B
	// MISSING_END_STATE: Workflow has no terminal state
}

// A flow that was built in Go can be deployed to Step Functions.
func ExampleFlow_ASL() {
	score := flow.At[float64]("$.score")
	type Payment struct {
		Amount float64 `json:"amount"`
		Score  float64 `json:"score"`
	}
	rate := func(_ context.Context, p Payment) (float64, error) { return p.Amount / 1000, nil }
	f := flow.New[Payment, Payment]("payments").Then(
		flow.Task("Rate", rate).Into(score).Retry(flow.Retry{On: flow.ErrAll, MaxAttempts: 2}),
		flow.Choice("Risky").When(flow.AtLeast(score, 0.8), flow.Fail("Refuse", "Payments.Risk", "too risky")).Otherwise(),
	).Must()
	text, err := f.ASL(flow.ExportResource(func(path string) string {
		return "arn:aws:lambda:eu-west-1:123456789012:function:payments-" + strings.ToLower(path)
	}))
	if err != nil {
		fmt.Println(err)
		return
	}
	var pretty bytes.Buffer
	_ = json.Indent(&pretty, text, "", "  ")
	fmt.Println(pretty.String())
	// Output:
	// {
	//   "Comment": "payments",
	//   "StartAt": "Rate",
	//   "States": {
	//     "Rate": {
	//       "Type": "Task",
	//       "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:payments-rate",
	//       "ResultPath": "$.score",
	//       "Retry": [
	//         {
	//           "ErrorEquals": [
	//             "States.ALL"
	//           ],
	//           "MaxAttempts": 2
	//         }
	//       ],
	//       "Next": "Risky"
	//     },
	//     "Risky": {
	//       "Type": "Choice",
	//       "Choices": [
	//         {
	//           "Variable": "$.score",
	//           "NumericGreaterThanEquals": 0.8,
	//           "Next": "Refuse"
	//         }
	//       ],
	//       "Default": "End"
	//     },
	//     "Refuse": {
	//       "Type": "Fail",
	//       "Error": "Payments.Risk",
	//       "Cause": "too risky"
	//     },
	//     "End": {
	//       "Type": "Succeed"
	//     }
	//   }
	// }
}

// A Callback hands out a token and waits until somebody answers with it.
func ExampleCallback() {
	type Request struct {
		Amount   float64 `json:"amount"`
		Approved bool    `json:"approved"`
	}
	desk := flow.NewDesk()
	mail := make(chan flow.Token, 1) // stands for a mail with a link in it
	ask := func(_ context.Context, r Request, token flow.Token) error {
		mail <- token
		return nil
	}
	f := flow.New[Request, Request]("approval").Then(
		flow.Callback[bool]("Approve", ask).Timeout(48 * time.Hour).Into(flow.At[bool]("$.approved")),
	).Must().With(desk)

	ctx := context.Background()
	exec := f.Start(ctx, Request{Amount: 70})
	token := <-mail
	fmt.Println("waiting:", desk.Waiting()[0].Name)
	fmt.Println("first answer:", desk.Succeed(ctx, token, true))
	out, err := exec.Wait(ctx)
	fmt.Println(out.Approved, err)
	fmt.Println("second answer:", desk.Succeed(ctx, token, false))
	// Output:
	// waiting: Approve
	// first answer: <nil>
	// true <nil>
	// second answer: the attempt with this token has been answered before
}
