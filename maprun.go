package flow

import (
	"encoding/json"
	"time"

	"github.com/flowstone-go/flow/internal/machine"
)

// MapRun is one run of a distributed Map of a parsed flow. encoding/json writes
// it in the form of DescribeMapRun.
type MapRun struct {
	// ARN names the run and Execution the execution that it is part of.
	ARN, Execution string
	// Status is Running, Succeeded, Failed or, where it was stopped with the state
	// or the execution around it, Aborted.
	Status Status
	// Started and Stopped are when it began and ended; Stopped is zero while it
	// runs.
	Started, Stopped time.Time
	// MaxConcurrency bounds the child executions at work at once; 0: no bound.
	MaxConcurrency int
	// ToleratedFailureCount and ToleratedFailurePercentage are how many items may
	// fail; 0 where the definition does not say.
	ToleratedFailureCount      int
	ToleratedFailurePercentage float64
	// Items and Executions count the items and the child executions, of which
	// each has one item or a batch. They are those at the end of the run: zero
	// while it runs, and where the whole execution was stopped.
	Items, Executions MapRunCounts
}

// MapRunCounts says how the items or the child executions of a [MapRun] ended.
type MapRunCounts struct {
	// Pending had not begun when the run ended, and Aborted were stopped by its end.
	Pending, Succeeded, Failed, Aborted, Total int
}

// MapRuns gives the runs of distributed Maps in the order in which they began.
// Those in child executions are not among them.
func (h *History) MapRuns() []MapRun {
	var runs []MapRun
	at := map[string]int{}
	events := h.log.Events()
	for i := range events {
		e := &events[i]
		if e.Extra == nil || e.Extra.Run == nil {
			continue
		}
		m := e.Extra.Run
		if e.Type == machine.MapRunStarted {
			at[e.Extra.Text] = len(runs)
			runs = append(runs, MapRun{
				ARN: e.Extra.Text, Execution: m.Execution, Status: Running, Started: e.Time(), MaxConcurrency: m.Limit,
				ToleratedFailureCount: int(m.Bound.Count), ToleratedFailurePercentage: m.Bound.Percent,
			})
			continue
		}
		r := &runs[at[e.Extra.Text]]
		r.Status, r.Stopped = Failed, e.Time()
		switch e.Type {
		case machine.MapRunSucceeded:
			r.Status = Succeeded
		case machine.MapRunAborted:
			r.Status = Aborted
		default:
		}
		r.Executions, r.Items = MapRunCounts(m.Executions), MapRunCounts(m.Items)
	}
	// The history of an execution that was stopped tells nothing of what was at work.
	if n := len(events); n > 0 && events[n-1].Type > machine.ExecutionStarted && events[n-1].Type <= machine.ExecutionTimedOut {
		for i := range runs {
			if runs[i].Status == Running {
				runs[i].Status, runs[i].Stopped = Aborted, events[n-1].Time()
			}
		}
	}
	return runs
}

// MarshalJSON writes the run in the form of DescribeMapRun. The results of all
// that have ended count as written, as the service has it also where there is
// no ResultWriter.
func (r MapRun) MarshalJSON() ([]byte, error) {
	out := map[string]any{
		"mapRunArn": r.ARN, "executionArn": r.Execution, "status": r.Status, "startDate": r.Started,
		"maxConcurrency": r.MaxConcurrency, "toleratedFailureCount": r.ToleratedFailureCount,
		"toleratedFailurePercentage": r.ToleratedFailurePercentage,
		"itemCounts":                 r.Items.api(), "executionCounts": r.Executions.api(),
	}
	if !r.Stopped.IsZero() {
		out["stopDate"] = r.Stopped
	}
	return json.Marshal(out)
}

func (c MapRunCounts) api() map[string]int {
	return map[string]int{
		"pending": c.Pending, "running": 0, "succeeded": c.Succeeded, "failed": c.Failed, "timedOut": 0,
		"aborted": c.Aborted, "total": c.Total, "resultsWritten": c.Succeeded + c.Failed,
	}
}
