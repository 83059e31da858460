package mock_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/mock"
)

// A test case of a MockConfigFile.json, as Step Functions Local runs it: the first
// attempt throws, the second one returns.
func ExampleTestCase() {
	f, err := flow.Parse([]byte(`{"StartAt": "Charge", "States": {"Charge": {
		"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "charge"},
		"Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 1}], "End": true}}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	config, err := mock.ParseConfig([]byte(`{
		"StateMachines": {"Orders": {"TestCases": {"BusyAtFirst": {"Charge": "BusyOnce"}}}},
		"MockedResponses": {"BusyOnce": {
			"0": {"Throw": {"Error": "Busy", "Cause": "try later"}},
			"1": {"Return": {"StatusCode": 200, "Payload": "paid"}}}}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	f, err = mock.TestCase(f, config, "Orders", "BusyAtFirst")
	if err != nil {
		fmt.Println(err)
		return
	}
	out, err := f.Run(context.Background(), map[string]any{})
	fmt.Println(out.(map[string]any)["Payload"], err)
	// Output: paid <nil>
}

// Half of all calls fail, the same ones each time the test runs.
func ExampleModel_Faults() {
	failures := func() (failed []int) {
		m := mock.Always("Dear Ada").Faults(7, 0.5)
		for i := range 20 {
			if _, err := draft(m).Run(context.Background(), Letter{Body: strconv.Itoa(i)}, flow.VirtualTime(time.Time{})); err != nil {
				failed = append(failed, i)
			}
		}
		return failed
	}
	first := failures()
	fmt.Println(len(first) > 0, len(first) < 20, slices.Equal(first, failures()))
	// Output: true true true
}
