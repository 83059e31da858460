// Written by flowgen after the state machine of orders.json, to be edited.

package orders

import (
	"context"
	"errors"
	"time"

	"github.com/flowstone-go/flow"
)

// New builds the flow orders.
//
// What becomes of an order.
func New() (*flow.Flow[any, any], error) {
	f, err := flow.New[any, any]("orders").Then(
		// Is all of it
		// in stock?
		flow.Task("Check", check).From(flow.Make[any](flow.Parts{
			"order":  flow.At[any]("$.order"),
			"by":     flow.Expr[any]("$$.Execution.Name"),
			"strict": true,
			"limits": []any{1, flow.Parts{
				"of": flow.At[any]("$.limit"),
			}},
		})).Timeout(90*time.Second).
			Retry(
				flow.Retry{On: flow.On(flow.ErrTimeout, &flow.Error{Name: "Stock.Busy"}), Interval: 2 * time.Second, MaxAttempts: 5, BackoffRate: 1.5, MaxDelay: time.Minute, FullJitter: true},
				// never mind
				flow.Retry{On: flow.ErrAll, MaxAttempts: flow.Never},
			).
			Catch(flow.On(flow.ErrAll).Into(flow.At[*flow.Failure]("$.failure")),
				flow.Do("Report", report),
				flow.Fail("Failed", "Order.Failed", "see the report"),
			).Into(flow.At[any]("$.stock")),
		flow.Choice("Enough").
			// too little
			When(flow.Or(flow.Less(flow.At[float64]("$.stock.left"), 1), flow.Not(flow.Present(flow.At[any]("$.order.id")))),
				flow.Wait("Backorder", 24*time.Hour),
				flow.Goto("Check"),
			).
			When(flow.Like(flow.At[string]("$.order.kind"), "gift*"),
				flow.Give("Wrap", flow.Const[any](map[string]any{
					"paper": "red",
					"count": 2,
				})).Into(flow.At[any]("$.wrap")),
			).
			Otherwise(),
		flow.Map[any]("Ship", flow.At[[]any]("$.order.lines"),
			flow.Task("Pick", pick),
		).Concurrency(5).Item(flow.At[any]("$.line")).Carry(flow.At[any]("$.order")).Into(flow.At[[]any]("$.parcels")),
		flow.Gather[any]("Tell",
			flow.Branch("Branch 1",
				flow.Do("Customer", customer).From(flow.Make[any](flow.Parts{
					"Message":  flow.Expr[any]("States.Format('{} is on its way', $.order.id)"),
					"TopicArn": "arn:aws:sns:eu-central-1:123456789012:orders",
				})),
				flow.Succeed("Told"),
			),
			// and us
			flow.Branch("Branch 2",
				flow.Pass("Us"),
			),
		).
			Catch(flow.On(flow.ErrAll).Into(flow.At[*flow.Failure]("$")),
				flow.Goto("Report"),
			),
		flow.Pass("Done").
			Assign(
				flow.Set(flow.Var[any]("done"), any(true)),
				flow.SetFrom(flow.Var[any]("first"), flow.At[any]("$[0]")),
			),
	).Build()
	if err != nil {
		return nil, err
	}
	return f.With(flow.RunTimeout(time.Hour)), nil
}

// Resource is what the node of a path calls in the definition.
func Resource(path string) string {
	return map[string]string{
		"Check":                  "arn:aws:lambda:eu-central-1:123456789012:function:check",
		"Report":                 "arn:aws:lambda:eu-central-1:123456789012:function:report",
		"Ship/Pick":              "arn:aws:states:eu-central-1:123456789012:activity:pick",
		"Tell/Branch 1/Customer": "arn:aws:states:::sns:publish",
	}[path]
}

// check does the work of the state "Check", arn:aws:lambda:eu-central-1:123456789012:function:check.
func check(ctx context.Context, in any) (any, error) {
	return nil, errors.New("check is not written yet")
}

// report does the work of the state "Report", arn:aws:lambda:eu-central-1:123456789012:function:report.
func report(ctx context.Context, in any) error {
	return errors.New("report is not written yet")
}

// pick does the work of the state "Pick", arn:aws:states:eu-central-1:123456789012:activity:pick.
func pick(ctx context.Context, in any) (any, error) {
	return nil, errors.New("pick is not written yet")
}

// customer does the work of the state "Customer", arn:aws:states:::sns:publish.
func customer(ctx context.Context, in any) error {
	return errors.New("customer is not written yet")
}
