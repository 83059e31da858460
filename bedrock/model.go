package bedrock

import (
	"context"
	"iter"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
	"github.com/aws/smithy-go/middleware"

	"github.com/flowstone-go/flow/model"
)

// ConverseClient is what a [Model] needs. *bedrockruntime.Client has it.
//
// Two more methods are used where a client has them: ConverseStream of the SDK or, before it, [EventSource] for streams, and
// CountTokens of the SDK.
type ConverseClient interface {
	Converse(context.Context, *bedrockruntime.ConverseInput, ...func(*bedrockruntime.Options)) (*bedrockruntime.ConverseOutput, error)
}

// EventSource streams as ConverseStream does. The SDK keeps the stream of its own output where nobody else can put one, so that a
// client which is not the SDK's, such as a recorder, implements this instead of ConverseStream. A sequence ends with the stream or
// with an error, which comes last; leaving it early releases the stream.
type EventSource interface {
	ConverseEvents(context.Context, *bedrockruntime.ConverseStreamInput) iter.Seq2[types.ConverseStreamOutput, error]
}

type streamClient interface {
	ConverseStream(context.Context, *bedrockruntime.ConverseStreamInput, ...func(*bedrockruntime.Options)) (*bedrockruntime.ConverseStreamOutput, error)
}

type countClient interface {
	CountTokens(context.Context, *bedrockruntime.CountTokensInput, ...func(*bedrockruntime.Options)) (*bedrockruntime.CountTokensOutput, error)
}

// Model is a model reached with Converse and ConverseStream. It implements [model.Model], [model.Streamer], [model.TokenCounter]
// and [model.Describer], and is safe for concurrent use.
type Model struct {
	client ConverseClient
	id     string
	settings
}

// New makes a model of a client and of what Converse takes as its modelId: the id of a model, the id or ARN of an inference profile,
// the ARN of a provisioned model or a prompt router, or the ARN of a version of a managed prompt (see [model.Request].Variables).
//
// The SDK's own retries are switched off for each call, so that they do not multiply with those of a workflow: see the package's
// section on retries. A model call can take minutes; give the client no short HTTP timeout, the context's deadline counts.
func New(client ConverseClient, id string, opts ...Option) *Model {
	return &Model{client: client, id: id, settings: settingsOf(opts)}
}

// Describe tells the provider, "aws.bedrock", and what the options said about the model; whether it has structured output is known
// for some models by their id.
func (m *Model) Describe() model.Description {
	return describe(m.id, m.settings)
}

// Generate calls Converse.
func (m *Model) Generate(ctx context.Context, req *model.Request) (*model.Response, error) {
	if missing(m.client) {
		return nil, errNoClient
	}
	c, err := m.conversation(req)
	if err != nil {
		return nil, err
	}
	out, err := m.client.Converse(ctx, &bedrockruntime.ConverseInput{
		ModelId:                           aws.String(c.modelID),
		Messages:                          c.messages,
		System:                            c.system,
		InferenceConfig:                   c.inference,
		ToolConfig:                        c.tools,
		OutputConfig:                      c.output,
		GuardrailConfig:                   c.guardrail(),
		AdditionalModelRequestFields:      c.extra,
		AdditionalModelResponseFieldPaths: c.extraPaths,
		PromptVariables:                   c.variables,
		RequestMetadata:                   c.metadata,
		PerformanceConfig:                 c.performance,
		ServiceTier:                       c.tier,
	}, once)
	if err != nil {
		return nil, failure(ctx, "Converse", err)
	}
	resp, err := response(out, c)
	if err != nil {
		return nil, err
	}
	if err := m.check(resp); err != nil {
		return nil, err
	}
	return resp, nil
}

// Stream calls ConverseStream. A client without it is asked with Converse, and its answer comes in whole blocks.
func (m *Model) Stream(ctx context.Context, req *model.Request) iter.Seq2[model.Event, error] {
	return func(yield func(model.Event, error) bool) {
		source, ok := m.source()
		if !ok {
			resp, err := m.Generate(ctx, req)
			if err != nil {
				yield(model.Event{}, err)
				return
			}
			model.Events(resp)(yield)
			return
		}
		c, err := m.conversation(req)
		if err != nil {
			yield(model.Event{}, err)
			return
		}
		in := &bedrockruntime.ConverseStreamInput{
			ModelId:                           aws.String(c.modelID),
			Messages:                          c.messages,
			System:                            c.system,
			InferenceConfig:                   c.inference,
			ToolConfig:                        c.tools,
			OutputConfig:                      c.output,
			GuardrailConfig:                   c.streamGuardrail(),
			AdditionalModelRequestFields:      c.extra,
			AdditionalModelResponseFieldPaths: c.extraPaths,
			PromptVariables:                   c.variables,
			RequestMetadata:                   c.metadata,
			PerformanceConfig:                 c.performance,
			ServiceTier:                       c.tier,
		}
		t := &translator{model: c.modelID, stopPath: c.stopPath}
		for out, err := range source(ctx, in, t) {
			if err != nil {
				yield(model.Event{}, t.failure(ctx, "ConverseStream", err))
				return
			}
			events, err := t.translate(out)
			for _, ev := range events {
				if !yield(ev, nil) {
					return
				}
			}
			if err != nil {
				yield(model.Event{}, err)
				return
			}
		}
		if err := t.finish(); err != nil {
			yield(model.Event{}, err)
			return
		}
		if err := m.check(&model.Response{Stop: t.stop}); err != nil {
			yield(model.Event{}, err)
		}
	}
}

type eventSource func(context.Context, *bedrockruntime.ConverseStreamInput, *translator) iter.Seq2[types.ConverseStreamOutput, error]

// source picks the way in which the client streams.
func (m *Model) source() (eventSource, bool) {
	if s, ok := m.client.(EventSource); ok {
		return func(ctx context.Context, in *bedrockruntime.ConverseStreamInput, _ *translator) iter.Seq2[types.ConverseStreamOutput, error] {
			return s.ConverseEvents(ctx, in)
		}, true
	}
	s, ok := m.client.(streamClient)
	if !ok || missing(m.client) {
		return nil, false
	}
	return func(ctx context.Context, in *bedrockruntime.ConverseStreamInput, t *translator) iter.Seq2[types.ConverseStreamOutput, error] {
		return func(yield func(types.ConverseStreamOutput, error) bool) {
			out, err := s.ConverseStream(ctx, in, onceStream)
			if err != nil {
				yield(nil, err)
				return
			}
			t.open, t.id = true, requestID(out.ResultMetadata)
			events(ctx, sdkStream[types.ConverseStreamOutput](out.GetStream()))(yield)
		}
	}, true
}

// CountTokens counts the input tokens of a request with the service's CountTokens, which costs nothing. The client must have that
// method, as the SDK's has; otherwise the error is Model.Unsupported. The service counts by foundation model, so that the region of an
// inference profile is left off. Settings that do not change what the model reads, MaxTokens and Guardrail for example, are not sent.
func (m *Model) CountTokens(ctx context.Context, req *model.Request) (int, error) {
	return count(ctx, m.client, func() (string, types.CountTokensInput, error) {
		c, err := m.conversation(req)
		if err != nil {
			return "", nil, err
		}
		return c.modelID, &types.CountTokensInputMemberConverse{Value: types.ConverseTokensRequest{
			Messages:                     c.messages,
			System:                       c.system,
			ToolConfig:                   c.tools,
			AdditionalModelRequestFields: c.extra,
		}}, nil
	})
}

// count counts the tokens of what ask gives, if the client can.
func count(ctx context.Context, client any, ask func() (id string, in types.CountTokensInput, err error)) (int, error) {
	counter, ok := client.(countClient)
	if !ok || missing(client) {
		return 0, unsupported("the client has no CountTokens")
	}
	id, in, err := ask()
	if err != nil {
		return 0, err
	}
	out, err := counter.CountTokens(ctx, &bedrockruntime.CountTokensInput{ModelId: aws.String(foundationModel(id)), Input: in}, once)
	if err != nil {
		return 0, failure(ctx, "CountTokens", err)
	}
	return int(aws.ToInt32(out.InputTokens)), nil
}

// requestID is the service's name for a call.
func requestID(md middleware.Metadata) string {
	id, _ := awsmiddleware.GetRequestIDMetadata(md)
	return id
}

func (m *Model) check(resp *model.Response) error {
	if m.failOnGuardrail && resp.Stop == model.StopGuardrail {
		return model.NewError(model.ErrGuardrail.Name, strings.TrimSpace("a guardrail intervened "+resp.Text()), nil)
	}
	return nil
}
