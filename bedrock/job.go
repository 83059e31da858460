package bedrock

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/model"
)

// JobClient is what [Jobs] needs. *bedrockruntime.Client has it.
type JobClient interface {
	StartAsyncInvoke(context.Context, *bedrockruntime.StartAsyncInvokeInput, ...func(*bedrockruntime.Options)) (*bedrockruntime.StartAsyncInvokeOutput, error)
	GetAsyncInvoke(context.Context, *bedrockruntime.GetAsyncInvokeInput, ...func(*bedrockruntime.Options)) (*bedrockruntime.GetAsyncInvokeOutput, error)
}

// DefaultJobEvery is how long [Jobs.Run] waits before it looks again.
const DefaultJobEvery = 10 * time.Second

// Jobs run models that work for minutes and leave what they made in S3, such as those that make videos, with StartAsyncInvoke and
// GetAsyncInvoke. Their methods are tasks. They are safe for concurrent use.
//
// Run waits within its task, whose goroutine it holds. A flow that holds none starts the job, waits in a Wait, looks by Look, and goes
// back by a Choice while the job is [Job.Running].
type Jobs struct {
	// Client makes the calls. Required.
	Client JobClient
	// Model is the model's id. Required.
	Model string
	// Output is where in S3 the results go: "s3://bucket/prefix". Required.
	Output string
	// OutputOwner is the account of the bucket if that is another's; Key the id of the KMS key that encrypts the results.
	OutputOwner, Key string
	// Tags are those of the job.
	Tags map[string]string
	// Every is how long Run waits before it looks again; 0 or less is [DefaultJobEvery].
	Every time.Duration
}

// Job is one run of such a model.
type Job struct {
	// ID is its ARN.
	ID string `json:"id"`
	// Model is the model's ARN; empty for one that was just started.
	Model string `json:"model,omitempty"`
	// Status is "InProgress", "Completed" or "Failed", and Running says that it is the first.
	Status  string `json:"status"`
	Running bool   `json:"running"`
	// Output is the place in S3 that the results are below.
	Output string `json:"output"`
	// Failure says why it failed.
	Failure string `json:"failure,omitempty"`
	// Submitted and Ended are zero where the service has not told.
	Submitted time.Time `json:"submitted,omitzero"`
	Ended     time.Time `json:"ended,omitzero"`
}

// Start starts a job with the model's own JSON for input. Within a flow it is started once for an attempt of the state, even if the
// call is made again after a crash.
func (j *Jobs) Start(ctx context.Context, input map[string]any) (Job, error) {
	if missing(j.Client) {
		return Job{}, errNoClient
	}
	if input == nil {
		input = map[string]any{}
	}
	doc, err := documentOf(input)
	if err != nil {
		return Job{}, within(err, "the input of a job")
	}
	in := &bedrockruntime.StartAsyncInvokeInput{
		ModelId: aws.String(j.Model), ModelInput: doc, ClientRequestToken: attemptToken(ctx),
		OutputDataConfig: &types.AsyncInvokeOutputDataConfigMemberS3OutputDataConfig{Value: types.AsyncInvokeS3OutputDataConfig{
			S3Uri: aws.String(j.Output), BucketOwner: optional(j.OutputOwner), KmsKeyId: optional(j.Key),
		}},
	}
	for _, name := range slices.Sorted(maps.Keys(j.Tags)) {
		in.Tags = append(in.Tags, types.Tag{Key: aws.String(name), Value: aws.String(j.Tags[name])})
	}
	out, err := j.Client.StartAsyncInvoke(ctx, in, once)
	if err != nil {
		return Job{}, failure(ctx, "StartAsyncInvoke", err)
	}
	return Job{ID: aws.ToString(out.InvocationArn), Status: string(types.AsyncInvokeStatusInProgress), Running: true, Output: j.Output}, nil
}

// attemptToken names an attempt of a state; nil outside of a flow, where the SDK makes a token.
func attemptToken(ctx context.Context) *string {
	state, ok := flow.StateOf(ctx)
	if !ok {
		return nil
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%d", state.Key, state.Attempt))
	return aws.String(hex.EncodeToString(sum[:]))
}

// Look gives a job as it is now, by its ID. That it has failed is no error: see [Job.Failure].
func (j *Jobs) Look(ctx context.Context, id string) (Job, error) {
	if missing(j.Client) {
		return Job{}, errNoClient
	}
	out, err := j.Client.GetAsyncInvoke(ctx, &bedrockruntime.GetAsyncInvokeInput{InvocationArn: aws.String(id)}, once)
	if err != nil {
		return Job{}, failure(ctx, "GetAsyncInvoke", err)
	}
	job := Job{
		ID: id, Model: aws.ToString(out.ModelArn), Status: string(out.Status), Running: out.Status == types.AsyncInvokeStatusInProgress,
		Failure: aws.ToString(out.FailureMessage), Submitted: aws.ToTime(out.SubmitTime), Ended: aws.ToTime(out.EndTime),
	}
	if s3, ok := out.OutputDataConfig.(*types.AsyncInvokeOutputDataConfigMemberS3OutputDataConfig); ok {
		job.Output = aws.ToString(s3.Value.S3Uri)
	}
	return job, nil
}

// Run starts a job and waits for its end. One that fails is the error Model.Failed. A look that fails and may succeed later, a throttled
// one for instance, is repeated: the job goes on meanwhile, and to start another would be paid twice. It beats for a node with a
// Heartbeat. Bound it by a Timeout, which does not stop the job.
func (j *Jobs) Run(ctx context.Context, input map[string]any) (Job, error) {
	job, err := j.Start(ctx, input)
	if err != nil {
		return Job{}, err
	}
	id, every := job.ID, cmp.Or(max(j.Every, 0), DefaultJobEvery)
	for job.Running {
		if err := pause(ctx, every); err != nil {
			return Job{}, fmt.Errorf("bedrock: %s is still at work: %w", id, err)
		}
		now, err := j.Look(ctx, id)
		if told, ok := errors.AsType[*model.Error](err); ok && told.Retryable {
			continue
		}
		if err != nil {
			return Job{}, err
		}
		job = now
	}
	if job.Status == string(types.AsyncInvokeStatusFailed) {
		return Job{}, model.NewError(model.ErrFailed.Name, fmt.Sprintf("job %s: %s", id, cmp.Or(job.Failure, "no reason is told")), nil)
	}
	return job, nil
}

// pause waits, and says that the task is alive.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		flow.Beat(ctx)
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
