package flow_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/flowstone-go/flow"
)

// definition is a state machine as one has it on AWS.
const definition = `{
	"StartAt": "Charge",
	"States": {
		"Charge": {
			"Type": "Task",
			"Resource": "arn:aws:states:::lambda:invoke",
			"Parameters": {"FunctionName": "charge", "Payload.$": "$"},
			"ResultSelector": {"receipt.$": "$.Payload"},
			"Catch": [{"ErrorEquals": ["Card.Declined"], "ResultPath": "$.error", "Next": "Tell"}],
			"Next": "Archive"
		},
		"Archive": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": {"MessageBody.$": "$.receipt"}, "ResultPath": null, "End": true},
		"Tell": {"Type": "Pass", "Parameters": {"told.$": "$.error.Cause"}, "End": true}
	}
}`

type Card struct {
	Number string `json:"number"`
}

// declined gives its error a name, which catchers match.
type declined struct{}

func (declined) Error() string     { return "no money" }
func (declined) ErrorName() string { return "Card.Declined" }

func charge(_ context.Context, c Card) (string, error) {
	if c.Number == "0" {
		return "", declined{}
	}
	return "r-" + c.Number, nil
}

// The resources of a state machine are bound to Go: Lambda functions by their
// name, other services by handlers. Bind names all that is forgotten.
func ExampleFlow_Bind() {
	f, err := flow.Parse([]byte(definition), flow.ParseName("payments"))
	if err != nil {
		fmt.Println(err)
		return
	}
	resources := flow.NewRegistry()
	flow.HandleLambda(resources, "charge", charge)
	if _, err := f.Bind(resources); err != nil {
		fmt.Println("not yet:", strings.Contains(err.Error(), "sqs:sendMessage"))
	}
	resources.Handle("sqs:*", flow.HandlerFunc(func(_ context.Context, r *flow.Request) (any, error) {
		fmt.Println(r.Action, r.Parameters)
		return nil, nil
	}))
	bound, err := f.Bind(resources)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(bound.Run(context.Background(), map[string]any{"number": "7"}))
	// Output:
	// not yet: true
	// sendMessage map[MessageBody:r-7]
	// map[receipt:r-7] <nil>
}

// As gives a state machine Go types.
func ExampleAs() {
	f, err := flow.Parse([]byte(`{"StartAt": "Greet", "States": {"Greet": {
		"Type": "Pass", "QueryLanguage": "JSONata", "Output": {"text": "{% 'Hello, ' & $states.input.name %}"}, "End": true}}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	type Person struct {
		Name string `json:"name"`
	}
	type Greeting struct {
		Text string `json:"text"`
	}
	out, err := flow.As[Person, Greeting](f).Run(context.Background(), Person{"Ada"})
	fmt.Println(out.Text, err)
	// Output: Hello, Ada <nil>
}

// TestState visits one state of a definition alone, here with a mocked failure.
func ExampleTestState() {
	result, err := flow.TestState(context.Background(), &flow.StateTest{
		Definition: []byte(definition),
		State:      "Charge",
		Input:      []byte(`{"number": "0"}`),
		Mock:       &flow.StateMock{Failure: &flow.Failure{Error: "Card.Declined", Cause: "no money"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.Status, result.NextState, string(result.Output))
	// Output: CAUGHT_ERROR Tell {"number":"0","error":{"Error":"Card.Declined","Cause":"no money"}}
}

// A distributed Map reads its items from a storage, and writes what came of them.
func ExampleMemoryStorage() {
	f, err := flow.Parse([]byte(`{"StartAt": "Rows", "States": {"Rows": {
		"Type": "Map",
		"ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
			"Parameters": {"Bucket": "in", "Key": "people.csv"}},
		"ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
			"StartAt": "Name", "States": {"Name": {"Type": "Pass", "InputPath": "$.name", "End": true}}},
		"End": true}}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	var storage flow.MemoryStorage
	if err := storage.Put(ctx, "in", "people.csv", []byte("name,age\nAda,36\nAlan,41\n")); err != nil {
		fmt.Println(err)
	}
	out, err := f.Run(ctx, map[string]any{}, flow.Store(&storage))
	fmt.Println(out, err)
	// Output: [Ada Alan] <nil>
}

// State machines that call each other: Machines runs the nested ones.
func ExampleMachines() {
	parse := func(text string) *flow.Flow[any, any] {
		f, err := flow.Parse([]byte(text))
		if err != nil {
			fmt.Println(err)
		}
		return f
	}
	child := parse(`{"StartAt": "Double", "States": {"Double": {"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($.n, $.n)"}, "End": true}}}`)
	parent := parse(`{"StartAt": "Call", "States": {"Call": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2",
		"Parameters": {"StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:child", "Input.$": "$"},
		"OutputPath": "$.Output", "End": true}}}`)

	machines := flow.NewMachines()
	machines.Add("arn:aws:states:us-east-1:123456789012:stateMachine:child", child)
	resources := flow.NewRegistry()
	resources.Handle("states:startExecution", machines)
	out, err := parent.Run(context.Background(), map[string]any{"n": 21}, flow.Resources(resources))
	text, _ := json.Marshal(out)
	fmt.Println(string(text), err)
	// Output: {"n":42} <nil>
}
