package flow_test

import (
	"context"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/flowstone-go/flow"
)

// Each case runs a distributed Map whose child executions wait a second and
// fail where their item, or the first of their batch, is "bad".
func TestMapRuns(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fields string
		input  string
		want   flow.MapRun
	}{
		"all well": {
			fields: `"MaxConcurrency": 2`,
			input:  `[1, 2, 3]`,
			want: flow.MapRun{
				Status: flow.Succeeded, MaxConcurrency: 2,
				Items:      flow.MapRunCounts{Succeeded: 3, Total: 3},
				Executions: flow.MapRunCounts{Succeeded: 3, Total: 3},
			},
		},
		"in batches, one of which may fail": {
			fields: `"MaxConcurrency": 1, "ToleratedFailurePercentage": 50, "ItemBatcher": {"MaxItemsPerBatch": 2}`,
			input:  `["bad", 2, 3, 4, 5]`,
			want: flow.MapRun{
				Status: flow.Succeeded, MaxConcurrency: 1, ToleratedFailurePercentage: 50,
				Items:      flow.MapRunCounts{Succeeded: 3, Failed: 2, Total: 5},
				Executions: flow.MapRunCounts{Succeeded: 2, Failed: 1, Total: 3},
			},
		},
		"one too many": {
			fields: `"MaxConcurrency": 1, "ToleratedFailureCount": 1`,
			input:  `[1, "bad", "bad", 4, 5]`,
			want: flow.MapRun{
				Status: flow.Failed, MaxConcurrency: 1, ToleratedFailureCount: 1,
				Items:      flow.MapRunCounts{Succeeded: 1, Failed: 2, Pending: 2, Total: 5},
				Executions: flow.MapRunCounts{Succeeded: 1, Failed: 2, Pending: 2, Total: 5},
			},
		},
		"others at work": {
			fields: `"MaxConcurrency": 3`,
			input:  `["slow", "bad", "slow", 4]`,
			want: flow.MapRun{
				Status: flow.Failed, MaxConcurrency: 3,
				Items:      flow.MapRunCounts{Failed: 1, Aborted: 2, Pending: 1, Total: 4},
				Executions: flow.MapRunCounts{Failed: 1, Aborted: 2, Pending: 1, Total: 4},
			},
		},
		"nothing to read": {
			fields: `"MaxConcurrency": 1, "ItemReader": {"Resource": "arn:aws:states:::s3:getObject",
				"ReaderConfig": {"InputType": "JSON"}, "Parameters": {"Bucket": "b", "Key": "none"}}`,
			input: `{}`,
			want:  flow.MapRun{Status: flow.Failed, MaxConcurrency: 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := runMap(t, c.fields, c.input)
				runs := h.MapRuns()
				if len(runs) != 1 {
					t.Fatalf("%d runs", len(runs))
				}
				got := runs[0]
				if got.ARN == "" || got.Execution == "" || got.Stopped.Before(got.Started) || got.Started.IsZero() {
					t.Errorf("%+v", got)
				}
				named := cmpopts.IgnoreFields(flow.MapRun{}, "ARN", "Execution", "Started", "Stopped")
				if d := cmp.Diff(c.want, got, named); d != "" {
					t.Error(d)
				}
			})
		})
	}
}

func runMap(t *testing.T, fields, input string) *flow.History {
	t.Helper()
	return runAMap(t.Context(), t, `{`+mapState(fields)+`}`, input)
}

// mapState is the state M, a distributed Map.
func mapState(fields string) string {
	return `"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, ` + fields + `,
		"ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Work", "States": {
			"Work": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f", "Payload.$": "$"}, "End": true}}}}}`
}

func runAMap(ctx context.Context, t *testing.T, machine, input string) *flow.History {
	t.Helper()
	f, err := flow.Parse([]byte(machine))
	if err != nil {
		t.Fatal(err)
	}
	r := flow.NewRegistry()
	r.Handle("lambda:invoke", flow.HandlerFunc(func(ctx context.Context, q *flow.Request) (any, error) {
		payload := q.Parameters.(map[string]any)["Payload"]
		if batch, ok := payload.(map[string]any); ok {
			payload = batch["Items"].([]any)[0]
		}
		pause := time.Second
		if payload == "slow" {
			pause = time.Hour
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
		if payload == "bad" {
			return nil, &flow.Error{Name: "Bad"}
		}
		return payload, nil
	}))
	var in any
	if err := json.Unmarshal([]byte(input), &in); err != nil {
		t.Fatal(err)
	}
	var h flow.History
	_, _ = f.Run(ctx, in, flow.Resources(r), flow.Record(&h), flow.Store(&flow.MemoryStorage{})) // the run tells
	return &h
}

// A run that is stopped from outside has ended too.
func TestMapRunsThatAreStopped(t *testing.T) {
	t.Parallel()
	beside := `{"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true, "Branches": [
		{` + mapState(`"MaxConcurrency": 2`) + `},
		{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 5, "Next": "F"}, "F": {"Type": "Fail", "Error": "Bad"}}}]}}}`
	counts := flow.MapRunCounts{Succeeded: 1, Aborted: 2, Pending: 1, Total: 4}
	for name, c := range map[string]struct {
		machine string
		within  time.Duration
		trail   string
		want    flow.MapRun
	}{
		"by a branch beside it": {
			beside, time.Hour,
			"ExecutionStarted<0 ParallelStateEntered<0 ParallelStateStarted<2 MapStateEntered<3 MapStateStarted<4 MapRunStarted<5 " +
				"WaitStateEntered<3 WaitStateExited<7 FailStateEntered<8 MapRunAborted<9 MapStateAborted<9 ParallelStateFailed<9 ExecutionFailed<12",
			flow.MapRun{Status: flow.Aborted, MaxConcurrency: 2, Items: counts, Executions: counts},
		},
		"with its execution": {
			`{` + mapState(`"MaxConcurrency": 2`) + `}`, 5 * time.Second,
			"ExecutionStarted<0 MapStateEntered<0 MapStateStarted<2 MapRunStarted<3 ExecutionAborted<0",
			flow.MapRun{Status: flow.Aborted, MaxConcurrency: 2},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), c.within)
				defer cancel()
				h := runAMap(ctx, t, c.machine, `[1, "slow", "slow", 4]`)
				runs := h.MapRuns()
				if len(runs) != 1 || runs[0].Stopped.Sub(runs[0].Started) != 5*time.Second {
					t.Fatalf("runs %+v", runs)
				}
				named := cmpopts.IgnoreFields(flow.MapRun{}, "ARN", "Execution", "Started", "Stopped")
				if d := cmp.Diff(c.want, runs[0], named); d != "" {
					t.Error(d)
				}
				if d := cmp.Diff(c.trail, trailOf(h)); d != "" {
					t.Error(d)
				}
			})
		})
	}
}

func TestMapRunJSON(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	got, err := json.Marshal(flow.MapRun{
		ARN: "r", Execution: "e", Status: flow.Failed, Started: at, Stopped: at.Add(time.Minute), MaxConcurrency: 2,
		ToleratedFailureCount: 1, ToleratedFailurePercentage: 2.5,
		Items:      flow.MapRunCounts{Pending: 1, Succeeded: 2, Failed: 3, Aborted: 4, Total: 10},
		Executions: flow.MapRunCounts{Succeeded: 5, Total: 5},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"executionArn":"e",` +
		`"executionCounts":{"aborted":0,"failed":0,"pending":0,"resultsWritten":5,"running":0,"succeeded":5,"timedOut":0,"total":5},` +
		`"itemCounts":{"aborted":4,"failed":3,"pending":1,"resultsWritten":5,"running":0,"succeeded":2,"timedOut":0,"total":10},` +
		`"mapRunArn":"r","maxConcurrency":2,"startDate":"2026-01-02T03:04:05Z","status":"FAILED","stopDate":"2026-01-02T03:05:05Z",` +
		`"toleratedFailureCount":1,"toleratedFailurePercentage":2.5}`
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Error(d)
	}
}
