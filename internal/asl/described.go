package asl

import (
	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/machine"
)

// described is what a ResultWriter writes of a child execution that has ended,
// as DescribeExecution has it. fail is nil for one that succeeded.
func described(c *machine.Frame, fail *machine.Failure) *document.Object {
	about := c.Exec.Known()
	whole := document.ObjectOf(document.Field{Key: "Included", Value: true})
	o := document.NewObject(14)
	o.Set("ExecutionArn", about.ID)
	o.Set("Input", document.Text(c.Exec.Input))
	o.Set("InputDetails", whole)
	o.Set("Name", about.Name)
	if fail == nil {
		o.Set("Output", document.Text(c.Doc))
		o.Set("OutputDetails", whole)
	} else {
		o.Set("Error", fail.Name)
		o.Set("Cause", fail.Cause)
	}
	o.Set("RedriveCount", float64(about.Redrives))
	if fail == nil {
		o.Set("RedriveStatus", "NOT_REDRIVABLE")
		o.Set("RedriveStatusReason", "Execution is SUCCEEDED and cannot be redriven")
	} else {
		o.Set("RedriveStatus", "REDRIVABLE")
	}
	o.Set("StartDate", stamp(about.Started))
	o.Set("StateMachineArn", about.MachineID)
	if fail == nil {
		o.Set("Status", "SUCCEEDED")
	} else {
		o.Set("Status", "FAILED")
	}
	o.Set("StopDate", stamp(c.Exec.Host.Now()))
	return o
}
