package flow_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/flowstone-go/flow"
)

// A Gather gives what its branches gave, in their order.
func ExampleGather() {
	upper := func(_ context.Context, s string) (string, error) { return strings.ToUpper(s), nil }
	twice := func(_ context.Context, s string) (string, error) { return s + s, nil }
	f := flow.New[string, []string]("both").Then(
		flow.Gather[string]("Both", flow.Task("Upper", upper), flow.Task("Twice", twice)),
	).Must()
	fmt.Println(f.Run(context.Background(), "ha"))
	// Output: [HA haha] <nil>
}

// A value that is made of parts: constants, places in the document, expressions
// of the States Language.
func ExampleMake() {
	type Order struct {
		ID    string `json:"id"`
		Lines []int  `json:"lines"`
	}
	type Mail struct {
		Subject string `json:"subject"`
		Largest []int  `json:"largest"`
		From    string `json:"from"`
	}
	f := flow.New[Order, Mail]("mail").Then(
		flow.Give("Write", flow.Make[Mail](flow.Parts{
			"subject": flow.Expr[string]("States.Format('Order {}', $.id)"),
			"largest": flow.Expr[[]int]("$.lines[?(@ > 5)]"),
			"from":    "shop@example.com",
		})),
	).Must()
	fmt.Println(f.Run(context.Background(), Order{"o1", []int{3, 7, 9}}))
	// Output: {Order o1 [7 9] shop@example.com} <nil>
}

// An exported flow, parsed again, is run by the functions of the flow itself.
func ExampleFlow_Handlers() {
	double := func(_ context.Context, n int) (int, error) { return 2 * n, nil }
	f := flow.New[int, int]("double").Then(
		flow.Task("Double", double),
		flow.Choice("Enough").When(flow.Less(flow.At[int]("$"), 100), flow.Goto("Double")).Otherwise(),
	).Must()
	text, err := f.ASL()
	if err != nil {
		fmt.Println(err)
		return
	}
	handlers, err := f.Handlers()
	if err != nil {
		fmt.Println(err)
		return
	}
	exported, err := flow.Parse(text)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(text))
	fmt.Println(exported.Run(context.Background(), 7, flow.Resources(handlers)))
	// Output:
	// {"Comment":"double","StartAt":"Double","States":{"Double":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:Double","Next":"Enough"},"Enough":{"Type":"Choice","Choices":[{"Variable":"$","NumericLessThan":100,"Next":"Double"}],"Default":"End"},"End":{"Type":"Succeed"}}}
	// 112 <nil>
}
