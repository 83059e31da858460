package bedrock_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/bedrock"
	"github.com/flowstone-go/flow/bedrock/internal/wire"
	"github.com/flowstone-go/flow/model"
)

const jobARN = "arn:aws:bedrock:us-east-1:123456789012:async-invoke/abc"

func TestJobs(t *testing.T) {
	s := newServer(t).On("StartAsyncInvoke", wire.JSON(`{"invocationArn":"`+jobARN+`"}`)).On("GetAsyncInvoke", wire.JSON(`{"invocationArn":"`+jobARN+`",
		"modelArn":"arn:m","clientRequestToken":"t","status":"Failed","failureMessage":"too dark","submitTime":"2025-01-02T03:04:05Z","endTime":"2025-01-02T03:09:05Z",
		"lastModifiedTime":"2025-01-02T03:09:05Z","outputDataConfig":{"s3OutputDataConfig":{"s3Uri":"s3://b/p/abc"}}}`))
	jobs := &bedrock.Jobs{
		Client: runtime(s), Model: "amazon.nova-reel-v1:0", Output: "s3://b/p", OutputOwner: "123456789012", Key: "k", Tags: map[string]string{"b": "2", "a": "1"},
	}
	job, err := jobs.Start(t.Context(), map[string]any{"taskType": "TEXT_VIDEO", "seed": 7})
	if diff := cmp.Diff(bedrock.Job{ID: jobARN, Status: "InProgress", Running: true, Output: "s3://b/p"}, job); diff != "" || err != nil {
		t.Errorf("%v, started (-want +got):\n%s", err, diff)
	}
	sent := parse(t, string(s.Requests("StartAsyncInvoke")[0].Body)).(map[string]any)
	if token, ok := sent["clientRequestToken"].(string); !ok || token == "" {
		t.Errorf("no token in %v", sent)
	}
	delete(sent, "clientRequestToken") // the SDK's own: we are in no flow
	equalJSON(t, `{"modelId":"amazon.nova-reel-v1:0","modelInput":{"taskType":"TEXT_VIDEO","seed":7},"tags":[{"key":"a","value":"1"},{"key":"b","value":"2"}],
		"outputDataConfig":{"s3OutputDataConfig":{"s3Uri":"s3://b/p","bucketOwner":"123456789012","kmsKeyId":"k"}}}`, []byte(text(sent)))
	job, err = jobs.Look(t.Context(), job.ID)
	want := bedrock.Job{
		ID: jobARN, Model: "arn:m", Status: "Failed", Output: "s3://b/p/abc", Failure: "too dark",
		Submitted: time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC), Ended: time.Date(2025, 1, 2, 3, 9, 5, 0, time.UTC),
	}
	if diff := cmp.Diff(want, job); diff != "" || err != nil {
		t.Errorf("%v, looked (-want +got):\n%s", err, diff)
	}
	if path := s.Requests("GetAsyncInvoke")[0].Path; path[1] != jobARN {
		t.Errorf("path %v", path)
	}
	s.On("StartAsyncInvoke", wire.Error(400, "ValidationException", "no such task type"))
	if _, err := jobs.Run(t.Context(), nil); !errors.Is(err, model.ErrValidation) {
		t.Errorf("error %v", err)
	}
	if _, err := jobs.Start(t.Context(), map[string]any{"f": func() {}}); !errors.Is(err, model.ErrValidation) {
		t.Errorf("an input that is no JSON: %v", err)
	}
	for _, err := range []error{
		func() error { _, err := (&bedrock.Jobs{}).Run(t.Context(), nil); return err }(),
		func() error { _, err := (&bedrock.Jobs{}).Look(t.Context(), "x"); return err }(),
	} {
		if !errors.Is(err, model.ErrValidation) {
			t.Errorf("without a client: %v", err)
		}
	}
}

// studio makes videos: each look gives the next of its answers, and the last one again.
type studio struct {
	looks  []any // a status or an error
	looked int
	tokens []string
}

func (s *studio) StartAsyncInvoke(_ context.Context, in *bedrockruntime.StartAsyncInvokeInput, _ ...func(*bedrockruntime.Options)) (*bedrockruntime.StartAsyncInvokeOutput, error) {
	s.tokens = append(s.tokens, aws.ToString(in.ClientRequestToken))
	return &bedrockruntime.StartAsyncInvokeOutput{InvocationArn: aws.String(jobARN)}, nil
}

func (s *studio) GetAsyncInvoke(context.Context, *bedrockruntime.GetAsyncInvokeInput, ...func(*bedrockruntime.Options)) (*bedrockruntime.GetAsyncInvokeOutput, error) {
	now := s.looks[min(s.looked, len(s.looks)-1)]
	s.looked++
	if err, ok := now.(error); ok {
		return nil, err
	}
	return &bedrockruntime.GetAsyncInvokeOutput{Status: now.(types.AsyncInvokeStatus)}, nil
}

func TestRunningAJob(t *testing.T) {
	const working, done, failed = types.AsyncInvokeStatusInProgress, types.AsyncInvokeStatusCompleted, types.AsyncInvokeStatusFailed
	busy, gone := error(&types.ThrottlingException{}), error(&types.AccessDeniedException{})
	for name, tc := range map[string]struct {
		looks  []any
		every  time.Duration
		took   time.Duration
		status string
		err    error
	}{
		"done":                  {looks: []any{working, working, done}, took: 30 * time.Second, status: "Completed"},
		"looked at more often":  {looks: []any{working, done}, every: time.Second, took: 2 * time.Second, status: "Completed"},
		"a throttled look":      {looks: []any{busy, busy, done}, took: 30 * time.Second, status: "Completed"},
		"a look that is denied": {looks: []any{working, gone}, took: 20 * time.Second, err: model.ErrAccessDenied},
		"failed":                {looks: []any{failed}, took: 10 * time.Second, err: model.ErrFailed},
		"longer than we wait":   {looks: []any{working}, took: time.Minute, err: context.DeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				began := time.Now()
				job, err := (&bedrock.Jobs{Client: &studio{looks: tc.looks}, Model: "m", Output: "s3://b", Every: tc.every}).Run(ctx, nil)
				if !errors.Is(err, tc.err) || job.Status != tc.status || time.Since(began) != tc.took {
					t.Errorf("%+v, %v, after %v", job, err, time.Since(began))
				}
				if tc.err == context.DeadlineExceeded && !strings.Contains(err.Error(), jobARN+" is still at work") {
					t.Errorf("%v does not name the job", err)
				}
			})
		})
	}
}

// In a flow each attempt has a token of its own, so that a call made twice starts one job; and waiting is a sign of life.
func TestAJobInAFlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &studio{looks: []any{types.AsyncInvokeStatusFailed, types.AsyncInvokeStatusInProgress, types.AsyncInvokeStatusCompleted}}
		jobs := &bedrock.Jobs{Client: s, Model: "m", Output: "s3://b"}
		f := flow.New[map[string]any, bedrock.Job]("videos").Then(
			flow.Task("Make", jobs.Run).Heartbeat(15 * time.Second).Timeout(time.Hour).Retry(flow.Retry{On: flow.On(model.ErrFailed), Interval: time.Second}),
		).Must()
		for range 2 {
			s.looked = 0
			got, err := f.Run(t.Context(), map[string]any{"text": "A lake."})
			if err != nil || got.Status != "Completed" {
				t.Fatalf("%+v, %v", got, err)
			}
		}
		seen := map[string]bool{}
		for _, token := range s.tokens {
			seen[token] = token != ""
		}
		if len(s.tokens) != 4 || len(seen) != 4 || seen[""] {
			t.Errorf("tokens %v", s.tokens)
		}
	})
}
