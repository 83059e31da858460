package flow_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/flowstone-go/flow"
)

const lambda = "arn:aws:lambda:us-east-1:123456789012:function:"

// tasks is a registry of what the tests call.
func tasks() flow.Option {
	r := flow.NewRegistry()
	flow.HandleFunc(r, lambda+"double", func(_ context.Context, in struct{ N int }) (map[string]int, error) {
		return map[string]int{"n": in.N * 2}, nil
	})
	r.Handle(lambda+"fail", flow.HandlerFunc(func(_ context.Context, q *flow.Request) (any, error) {
		in, _ := q.Parameters.(map[string]any)
		name, _ := in["name"].(string)
		cause, _ := in["cause"].(string)
		return nil, &flow.Error{Name: name, Cause: cause}
	}))
	r.Handle(lambda+"twice", flow.HandlerFunc(func(_ context.Context, q *flow.Request) (any, error) {
		if q.Attempt < 2 {
			return nil, &flow.Error{Name: "Busy", Cause: "try later"}
		}
		return q.Attempt, nil
	}))
	r.Handle(lambda+"sleep", flow.HandlerFunc(func(ctx context.Context, _ *flow.Request) (any, error) {
		<-ctx.Done()
		return nil, context.Cause(ctx)
	}))
	r.Handle(lambda+"long", flow.HandlerFunc(func(context.Context, *flow.Request) (any, error) {
		return strings.Repeat("x", 1000), nil
	}))
	r.Handle("sqs:*", flow.HandlerFunc(func(_ context.Context, q *flow.Request) (any, error) {
		return map[string]any{"resource": q.Service + " " + q.Action + " " + q.Pattern, "sent": q.Parameters}, nil
	}))
	return flow.Resources(r)
}

func lambdaTask(function, more string) string {
	return `"A": {"Type": "Task", "Resource": "` + lambda + function + `", ` + more + `"End": true}`
}

func TestParsedTask(t *testing.T) {
	runAll(t, []machineCase{
		{
			name: "a function", states: lambdaTask("double", `"ResultSelector": {"m.$": "$.n"}, "ResultPath": "$.r", `), in: `{"N": 4}`, out: `{"N": 4, "r": {"m": 8}}`,
			trail: "ExecutionStarted<0 TaskStateEntered<0 LambdaFunctionScheduled<2 LambdaFunctionStarted<3 LambdaFunctionSucceeded<4 TaskStateExited<5 ExecutionSucceeded<6",
		},
		{
			name:   "an integration",
			states: `"A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": {"QueueUrl": "q", "MessageBody.$": "$.m"}, "End": true}`,
			in:     `{"m": "hi"}`, out: `{"resource": "sqs sendMessage ", "sent": {"QueueUrl": "q", "MessageBody": "hi"}}`,
			trail: "ExecutionStarted<0 TaskStateEntered<0 TaskScheduled<2 TaskStarted<3 TaskSucceeded<4 TaskStateExited<5 ExecutionSucceeded<6",
		},
		{
			name: "an error ends it", states: lambdaTask("fail", ""), in: `{"name": "Bad", "cause": "very"}`, err: "Bad: very",
			trail: "ExecutionStarted<0 TaskStateEntered<0 LambdaFunctionScheduled<2 LambdaFunctionStarted<3 LambdaFunctionFailed<4 ExecutionFailed<5",
		},
		{
			name: "an error is caught", states: lambdaTask("fail", `"OutputPath": "$.no", "Catch": [{"ErrorEquals": ["Other"], "Next": "B"}, {"ErrorEquals": ["States.ALL"], "ResultPath": "$.e", "Next": "B"}], `) + `, "B": {"Type": "Succeed"}`,
			in: `{"name": "Bad", "cause": "very"}`, out: `{"name": "Bad", "cause": "very", "e": {"Error": "Bad", "Cause": "very"}}`,
		},
		{
			name: "neither name nor cause", states: lambdaTask("fail", `"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "B"}], `) + `, "B": {"Type": "Succeed"}`,
			out: `{"Error": null, "Cause": null}`,
		},
		{
			name: "what a catcher assigns and puts out", more: `"QueryLanguage": "JSONata", `,
			states: lambdaTask("fail", `"Catch": [{"ErrorEquals": ["Bad"], "Assign": {"e": "{% $states.errorOutput.Error %}"}, "Output": {"c": "{% $states.errorOutput.Cause %}"}, "Next": "B"}], `) + `, "B": {"Type": "Pass", "Output": {"in": "{% $states.input %}", "e": "{% $e %}"}, "End": true}`,
			in:     `{"name": "Bad", "cause": "very"}`, out: `{"in": {"c": "very"}, "e": "Bad"}`,
		},
		{
			name: "retries", states: lambdaTask("twice", `"Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 3}], `), out: `2`,
			trail: "ExecutionStarted<0 TaskStateEntered<0 LambdaFunctionScheduled<2 LambdaFunctionStarted<3 LambdaFunctionFailed<4 LambdaFunctionScheduled<5 LambdaFunctionStarted<6 LambdaFunctionFailed<7 LambdaFunctionScheduled<8 LambdaFunctionStarted<9 LambdaFunctionSucceeded<10 TaskStateExited<11 ExecutionSucceeded<12",
		},
		{
			name: "the retrier is used up, a later one does not help", states: lambdaTask("twice", `"Retry": [{"ErrorEquals": ["Busy"], "MaxAttempts": 1}, {"ErrorEquals": ["States.ALL"]}], `), err: "Busy: try later",
		},
		{
			name: "a timeout has no cause", states: lambdaTask("sleep", `"TimeoutSeconds": 5, `), err: "States.Timeout: ",
			trail: "ExecutionStarted<0 TaskStateEntered<0 LambdaFunctionScheduled<2 LambdaFunctionStarted<3 LambdaFunctionTimedOut<4 ExecutionFailed<5",
		},
		{
			name: "a timeout is no States.TaskFailed", states: lambdaTask("sleep", `"TimeoutSecondsPath": "$.t", "Catch": [{"ErrorEquals": ["States.TaskFailed"], "Next": "B"}, {"ErrorEquals": ["States.Timeout"], "Next": "C"}], `) + `, "B": {"Type": "Fail"}, "C": {"Type": "Succeed"}`,
			in: `{"t": 5}`, out: `{"Error": "States.Timeout", "Cause": ""}`,
		},
		{
			name: "States.Runtime is never caught", states: lambdaTask("double", `"OutputPath": "$.no", "Retry": [{"ErrorEquals": ["States.ALL"]}], "Catch": [{"ErrorEquals": ["States.Runtime", "States.TaskFailed"], "Next": "B"}], `) + `, "B": {"Type": "Succeed"}`,
			in: `{"N": 1}`, err: "States.Runtime: " + entered + "Invalid path '$.no' : No results for path: $['no']",
		},
		{
			name: "a Fail with paths", states: `"A": {"Type": "Fail", "ErrorPath": "$.e", "CausePath": "States.Format('since {}', $.c)"}`, in: `{"e": "E", "c": 1}`, err: "E: since 1",
		},
		{name: "a Fail without anything", states: `"A": {"Type": "Fail"}`, err: ": "},
	}, tasks())
}

func TestPayloadLimit(t *testing.T) {
	runAll(t, []machineCase{
		{
			name: "a task's result is caught", states: lambdaTask("long", `"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "B"}], `) + `, "B": {"Type": "Pass", "OutputPath": "$.Error", "End": true}`,
			out: `"States.DataLimitExceeded"`,
		},
		{
			name: "that of a Pass", states: `"A": {"Type": "Pass", "Result": "` + strings.Repeat("x", 600) + `", "End": true}`,
			err: "States.DataLimitExceeded: The state/task 'A' returned a result with a size exceeding the maximum number of bytes service limit.",
		},
	}, tasks(), flow.PayloadLimit(500))
}

// A run that has nobody to do its tasks does not begin; its error names all.
func TestMissingHandlers(t *testing.T) {
	f, err := flow.Parse([]byte(`{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "` + lambda + `one", "Next": "B"},
		"B": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": {"TopicArn": "t", "Message": "m"}, "End": true}}}`))
	if err != nil {
		t.Fatal(err)
	}
	r := flow.NewRegistry()
	_, err = f.Run(t.Context(), nil, flow.Resources(r))
	want := `States.Runtime: nothing handles the resources ` + lambda + `one (state "A"), arn:aws:states:::sns:publish (state "B") of the flow "StateMachine": ` +
		`give what does to a Registry, and that to Resources or Bind; or have a function stand in with StandIn`
	if err == nil || err.Error() != want {
		t.Errorf("want %s\n got %v", want, err)
	}
	if _, err := f.Bind(r); err == nil || err.Error() != want {
		t.Errorf("Bind: want %s\n got %v", want, err)
	}
	r.Handle("*", flow.HandlerFunc(func(context.Context, *flow.Request) (any, error) { return 1, nil }))
	bound, err := f.Bind(r)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := bound.Run(t.Context(), nil); out != any(1.0) || err != nil {
		t.Errorf("%v (%T), %v", out, out, err)
	}
}

// The longest pattern counts.
func TestRegistryPatterns(t *testing.T) {
	r := flow.NewRegistry()
	for _, pattern := range []string{"*", "sqs:*", "sqs:sendMessage", "sqs:sendMessage.waitForTaskToken", "aws-sdk:s3:getObject", lambda + "a", lambda + "*"} {
		r.Handle(pattern, flow.HandlerFunc(func(context.Context, *flow.Request) (any, error) { return pattern, nil }))
	}
	r.Handle("sqs:gone", nil)
	for resource, want := range map[string]string{
		"arn:aws:states:::sqs:sendMessage":      "sqs:sendMessage",
		"arn:aws:states:::aws-sdk:s3:getObject": "aws-sdk:s3:getObject",
		"arn:aws:states:::aws-sdk:s3:putObject": "*",
		lambda + "a":                            lambda + "a",
		lambda + "b":                            lambda + "*",
	} {
		f, err := flow.Parse([]byte(`{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "` + resource + `", "Parameters": {"QueueUrl": "q", "MessageBody": "m"}, "End": true}}}`))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := f.Run(t.Context(), nil, flow.Resources(r)); got != any(want) || err != nil {
			t.Errorf("%s: %v, %v, want %s", resource, got, err, want)
		}
	}
}

// refusing refuses what has no "ok".
type refusing struct{}

func (refusing) Handle(context.Context, *flow.Request) (any, error) { return "done", nil }

func (refusing) Refuse(q *flow.Request) error {
	if in, _ := q.Parameters.(map[string]any); in["ok"] == nil {
		return errors.New("that is not ok")
	}
	return nil
}

func (refusing) WorkerName(string) string { return "Ada" }

func TestRefuserAndWorker(t *testing.T) {
	r := flow.NewRegistry()
	r.Handle("*", refusing{})
	const activity = `"A": {"Type": "Task", "Resource": "arn:aws:states:us-east-1:123456789012:activity:work", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "B"}], "End": true}, "B": {"Type": "Succeed"}`
	runAll(t, []machineCase{
		{
			name: "refused", states: activity, err: "States.Runtime: " + entered + "that is not ok",
			trail: "ExecutionStarted<0 TaskStateEntered<0 ExecutionFailed<2",
		},
		{
			name: "taken", states: activity, in: `{"ok": 1}`, out: `"done"`,
			trail: "ExecutionStarted<0 TaskStateEntered<0 ActivityScheduled<2 ActivityStarted<3 ActivitySucceeded<4 TaskStateExited<5 ExecutionSucceeded<6",
		},
	}, flow.Resources(r), flow.Observe(func(e flow.Event) {
		if e.Type != "ActivityStarted" {
			return
		}
		text, err := json.Marshal(e)
		if err != nil || !strings.Contains(string(text), `"activityStartedEventDetails":{"workerName":"Ada"}`) {
			t.Errorf("%s, %v", text, err)
		}
	}))
}

// tokenMachine waits for a token, for ten seconds at most.
const tokenMachine = `{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "TimeoutSeconds": 10,
	"Parameters": {"QueueUrl": "q", "MessageBody": {"token.$": "$$.Task.Token"}}, "Retry": [{"ErrorEquals": ["Again"]}], "End": true}}}`

// tokens sends the tokens that its machine asks to be answered with.
func tokens(found chan<- flow.Token) flow.Option {
	r := flow.NewRegistry()
	r.Handle("sqs:sendMessage", flow.HandlerFunc(func(_ context.Context, q *flow.Request) (any, error) {
		in, _ := q.Parameters.(map[string]any)
		body, _ := in["MessageBody"].(map[string]any)
		if body["token"] != q.Token {
			return nil, errors.New("the parameters have another token")
		}
		found <- flow.Token(q.Token)
		return "sent", nil
	}))
	return flow.Resources(r)
}

func TestParsedToken(t *testing.T) {
	f, err := flow.Parse([]byte(tokenMachine))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		ctx := t.Context()
		desk := flow.NewDesk()
		found := make(chan flow.Token, 1)
		e := f.Start(ctx, nil, desk, tokens(found))
		first := <-found
		synctest.Wait()
		if w := desk.Waiting(); len(w) != 1 || w[0].Token != first || !w[0].Until.Equal(w[0].Since.Add(10*time.Second)) {
			t.Errorf("waiting: %+v", w)
		}
		if err := desk.Fail(ctx, first, &flow.Error{Name: "Again"}); err != nil {
			t.Fatal(err)
		}
		second := <-found
		if second == first {
			t.Error("a retry has the same token")
		}
		synctest.Wait()
		if err := desk.Succeed(ctx, first, 1); !errors.Is(err, flow.ErrTokenUsed) {
			t.Errorf("a token used twice: %v", err)
		}
		if err := desk.Succeed(ctx, second, map[string]any{"ok": true}); err != nil {
			t.Fatal(err)
		}
		out, err := e.Wait(ctx)
		if m, _ := out.(map[string]any); m["ok"] != true || err != nil {
			t.Errorf("%v, %v", out, err)
		}
		var types []string
		for ev := range e.Events(ctx) {
			types = append(types, ev.Type)
		}
		if !slices.Contains(types, "TaskSubmitted") {
			t.Errorf("%v", types)
		}
	})
}

// Nobody answers: the task's own time counts although its parameters have read
// the token.
func TestParsedTokenTimesOut(t *testing.T) {
	f, err := flow.Parse([]byte(tokenMachine))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		desk := flow.NewDesk()
		began := time.Now()
		_, err := f.Run(t.Context(), nil, desk, tokens(make(chan flow.Token, 1)))
		if !errors.Is(err, flow.ErrTimeout) || time.Since(began) != 10*time.Second || len(desk.Waiting()) != 0 {
			t.Errorf("%v after %v, waiting %v", err, time.Since(began), desk.Waiting())
		}
	})
}

// An attempt whose parameters fail after they read the token leaves none
// behind.
func TestParsedTokenForgotten(t *testing.T) {
	f, err := flow.Parse([]byte(`{"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
		"Arguments": {"QueueUrl": "q", "MessageBody": {"token": "{% $states.context.Task.Token %}", "no": "{% $states.input.no %}"}}, "End": true}}}`))
	if err != nil {
		t.Fatal(err)
	}
	desk := flow.NewDesk()
	_, err = f.Run(t.Context(), nil, desk, tokens(make(chan flow.Token, 1)))
	if !errors.Is(err, flow.ErrQuery) || len(desk.Waiting()) != 0 {
		t.Errorf("%v, waiting %v", err, desk.Waiting())
	}
}

// A job: the request is answered at once, the result comes by the token; or
// the handler does the job itself.
func TestParsedSync(t *testing.T) {
	f, err := flow.Parse([]byte(`{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask.sync", "Parameters": {"Cluster": "c", "TaskDefinition": "d"}, "End": true}}}`))
	if err != nil {
		t.Fatal(err)
	}
	desk := flow.NewDesk()
	r := flow.NewRegistry()
	r.Handle("ecs:runTask.sync", flow.HandlerFunc(func(ctx context.Context, q *flow.Request) (any, error) {
		if err := desk.Succeed(ctx, flow.Token(q.Token), "done"); err != nil {
			return nil, err
		}
		return nil, flow.Submitted("job 1")
	}))
	if out, err := f.Run(t.Context(), nil, desk, flow.Resources(r)); out != any("done") || err != nil {
		t.Errorf("%v, %v", out, err)
	}
	r.Handle("ecs:runTask.sync", flow.HandlerFunc(func(context.Context, *flow.Request) (any, error) { return "by itself", nil }))
	if out, err := f.Run(t.Context(), nil, desk, flow.Resources(r)); out != any("by itself") || err != nil || len(desk.Waiting()) != 0 {
		t.Errorf("%v, %v, waiting %v", out, err, desk.Waiting())
	}
}
