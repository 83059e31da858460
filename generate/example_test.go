package generate_test

import (
	"fmt"
	"strings"

	"github.com/flowstone-go/flow/generate"
)

// The Go source of a state machine, with a stub for each Task.
func ExampleSource() {
	source, err := generate.Source([]byte(`{
		"StartAt": "Charge",
		"States": {
			"Charge": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:charge", "ResultPath": "$.receipt", "End": true}
		}
	}`), generate.Options{Package: "orders"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for line := range strings.Lines(string(source)) {
		if strings.Contains(line, "flow.Task") || strings.HasPrefix(line, "func ") {
			fmt.Print(line)
		}
	}
	// Output:
	// func New() (*flow.Flow[any, any], error) {
	// 		flow.Task("Charge", charge).Into(flow.At[any]("$.receipt")),
	// func Resource(path string) string {
	// func charge(ctx context.Context, in any) (any, error) {
}
