package bedrock

import (
	"context"
	"encoding/json"
	"iter"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/flowstone-go/flow/model"
)

// InvokeClient is what an [InvokeModel] and an [Embedder] need. *bedrockruntime.Client has it, and InvokeModelWithResponseStream and
// CountTokens as well, which are used where a client has them.
type InvokeClient interface {
	InvokeModel(context.Context, *bedrockruntime.InvokeModelInput, ...func(*bedrockruntime.Options)) (*bedrockruntime.InvokeModelOutput, error)
}

type invokeStreamClient interface {
	InvokeModelWithResponseStream(context.Context, *bedrockruntime.InvokeModelWithResponseStreamInput, ...func(*bedrockruntime.Options)) (*bedrockruntime.InvokeModelWithResponseStreamOutput, error)
}

// InvokeModel is a model reached with InvokeModel and the JSON body that its maker defined: for models without Converse, imported ones
// for instance, and for fields that Converse lacks. Prefer [Model] otherwise. It implements [model.Model], [model.Streamer],
// [model.TokenCounter] and [model.Describer], and is safe for concurrent use.
//
// What a family's body has no place for is the error Model.Unsupported; Request.Extra goes into the body as it is.
type InvokeModel struct {
	client InvokeClient
	id     string
	settings
}

// NewInvoke makes a model of a client and of what InvokeModel takes as its modelId. The family is that of the id; where the id does not
// tell it, [WithFamily] must. The SDK's own retries are switched off, as for [New].
func NewInvoke(client InvokeClient, id string, opts ...Option) *InvokeModel {
	return &InvokeModel{client: client, id: id, settings: settingsOf(opts)}
}

// Describe tells the provider, "aws.bedrock", and what the options said about the model.
func (m *InvokeModel) Describe() model.Description {
	return describe(m.id, m.settings)
}

// body is a family's way to write a request and to read an answer.
type body interface {
	// request gives the members of the body, without Request.Extra.
	request(req *model.Request) (map[string]any, error)
	// response reads an answer. What it does not fill in comes from the headers.
	response(data []byte) (*model.Response, error)
	// reader reads the chunks of one stream.
	reader() chunkReader
}

// chunkReader turns the chunks of a stream into events, from the first block to EventEnd.
type chunkReader interface {
	chunk(data []byte) ([]model.Event, error)
	// finish gives the events that are due when the stream is over; an error if it broke off.
	finish() ([]model.Event, error)
}

// bodies are the families that can be written and read.
var bodies = map[Family]body{
	Anthropic: anthropicBody{}, Nova: novaBody{}, TitanText: titanBody{}, Llama: llamaBody{}, CohereCommandR: commandRBody{},
	CohereCommand: commandBody{}, Jamba: jambaBody{}, MistralText: mistralTextBody{}, MistralChat: mistralChatBody{},
}

// call is a request ready to be sent.
type call struct {
	modelID  string
	body     body
	data     []byte
	metadata *string
	req      *model.Request
}

func (m *InvokeModel) call(req *model.Request) (*call, error) {
	c := &call{modelID: m.id, req: req}
	if req.Model != "" {
		c.modelID = req.Model
	}
	if c.modelID == "" {
		return nil, invalid("no model is named")
	}
	var ok bool
	if c.body, ok = bodies[m.familyFor(c.modelID)]; !ok {
		return nil, unsupported("the body of model %q is not known; say its family by WithFamily", c.modelID)
	}
	if len(req.Variables) > 0 || len(req.ExtraPaths) > 0 {
		return nil, unsupported("InvokeModel has no variables and no extra paths")
	}
	if err := whole(req); err != nil {
		return nil, err
	}
	members, err := c.body.request(req)
	if err != nil {
		return nil, err
	}
	for name, value := range req.Extra {
		if _, taken := members[name]; taken {
			return nil, invalid("Extra has %q and the request sets it too", name)
		}
		members[name] = value
	}
	if c.data, err = json.Marshal(members); err != nil {
		return nil, model.NewError(model.ErrValidation.Name, "", err)
	}
	if len(req.Metadata) > 0 {
		data, err := json.Marshal(req.Metadata)
		if err != nil {
			return nil, model.NewError(model.ErrValidation.Name, "", err)
		}
		c.metadata = aws.String(string(data))
	}
	return c, nil
}

// guardrail gives the three headers of a guardrail.
func (c *call) guardrail() (id, version *string, trace types.Trace) {
	g := c.req.Guardrail
	if g == nil {
		return nil, nil, ""
	}
	switch types.GuardrailTrace(g.Trace) {
	case types.GuardrailTraceEnabled:
		trace = types.TraceEnabled
	case types.GuardrailTraceEnabledFull:
		trace = types.TraceEnabledFull
	case types.GuardrailTraceDisabled:
		trace = types.TraceDisabled
	}
	return aws.String(g.ID), aws.String(guardrailVersion(g.Version)), trace
}

// Generate calls InvokeModel.
func (m *InvokeModel) Generate(ctx context.Context, req *model.Request) (*model.Response, error) {
	if missing(m.client) {
		return nil, errNoClient
	}
	c, err := m.call(req)
	if err != nil {
		return nil, err
	}
	id, version, trace := c.guardrail()
	out, err := m.client.InvokeModel(ctx, &bedrockruntime.InvokeModelInput{
		ModelId: aws.String(c.modelID), Body: c.data,
		ContentType: aws.String("application/json"), Accept: aws.String("application/json"),
		GuardrailIdentifier: id, GuardrailVersion: version, Trace: trace,
		PerformanceConfigLatency: types.PerformanceConfigLatency(req.Latency),
		ServiceTier:              types.ServiceTierType(req.ServiceTier),
		RequestMetadata:          c.metadata,
	}, once)
	if err != nil {
		return nil, failure(ctx, "InvokeModel", err)
	}
	resp, err := c.body.response(out.Body)
	if err != nil {
		return nil, model.NewError(model.ErrFailed.Name, "InvokeModel: the answer is not of the form of its family", err)
	}
	if resp.Model == "" {
		resp.Model = c.modelID
	}
	if resp.ID == "" {
		resp.ID = requestID(out.ResultMetadata)
	}
	resp.LatencyMode, resp.ServiceTier = string(out.PerformanceConfigLatency), string(out.ServiceTier)
	counted(resp, out.ResultMetadata)
	if err := guarded(resp, out.Body); err != nil {
		return nil, err
	}
	if m.failOnGuardrail && resp.Stop == model.StopGuardrail {
		return nil, model.NewError(model.ErrGuardrail.Name, "a guardrail intervened: "+resp.Text(), nil)
	}
	return resp, nil
}

// counted fills in what the headers of an answer say and its body did not.
func counted(resp *model.Response, md middleware.Metadata) {
	raw, ok := awsmiddleware.GetRawResponse(md).(*smithyhttp.Response)
	if !ok || raw.Response == nil {
		return
	}
	if resp.Usage.Total() == 0 {
		resp.Usage.Input = headerInt(raw.Header, "X-Amzn-Bedrock-Input-Token-Count")
		resp.Usage.Output = headerInt(raw.Header, "X-Amzn-Bedrock-Output-Token-Count")
	}
	resp.Latency = time.Duration(headerInt(raw.Header, "X-Amzn-Bedrock-Invocation-Latency")) * time.Millisecond
}

func headerInt(h http.Header, name string) int {
	n, err := strconv.Atoi(h.Get(name))
	if err != nil {
		return 0
	}
	return n
}

// guardedBody is what a guardrail adds to a body.
type guardedBody struct {
	Action string          `json:"amazon-bedrock-guardrailAction"`
	Trace  json.RawMessage `json:"amazon-bedrock-trace"`
}

func guarded(resp *model.Response, data []byte) error {
	var g guardedBody
	if err := json.Unmarshal(data, &g); err != nil {
		return model.NewError(model.ErrFailed.Name, "InvokeModel: the answer is no JSON object", err)
	}
	g.apply(resp)
	return nil
}

func (g guardedBody) apply(resp *model.Response) {
	if g.Action == "INTERVENED" {
		resp.Stop = model.StopGuardrail
	}
	if len(g.Trace) > 0 {
		resp.GuardrailTrace = g.Trace
	}
}

// lastChunk is what the service itself adds to the end of a stream.
type lastChunk struct {
	guardedBody
	Metrics *struct {
		Input   int   `json:"inputTokenCount"`
		Output  int   `json:"outputTokenCount"`
		Latency int64 `json:"invocationLatency"`
	} `json:"amazon-bedrock-invocationMetrics"`
}

// Stream calls InvokeModelWithResponseStream. A client without it is asked with InvokeModel, and its answer comes in whole blocks.
func (m *InvokeModel) Stream(ctx context.Context, req *model.Request) iter.Seq2[model.Event, error] {
	return func(yield func(model.Event, error) bool) {
		streams, ok := m.client.(invokeStreamClient)
		if !ok || missing(m.client) {
			resp, err := m.Generate(ctx, req)
			if err != nil {
				yield(model.Event{}, err)
				return
			}
			model.Events(resp)(yield)
			return
		}
		c, err := m.call(req)
		if err != nil {
			yield(model.Event{}, err)
			return
		}
		id, version, trace := c.guardrail()
		out, err := streams.InvokeModelWithResponseStream(ctx, &bedrockruntime.InvokeModelWithResponseStreamInput{
			ModelId: aws.String(c.modelID), Body: c.data,
			ContentType: aws.String("application/json"), Accept: aws.String("application/json"),
			GuardrailIdentifier: id, GuardrailVersion: version, Trace: trace,
			PerformanceConfigLatency: types.PerformanceConfigLatency(req.Latency),
			ServiceTier:              types.ServiceTierType(req.ServiceTier),
			RequestMetadata:          c.metadata,
		}, onceStream)
		if err != nil {
			yield(model.Event{}, failure(ctx, "InvokeModelWithResponseStream", err))
			return
		}
		m.chunks(ctx, c, out, yield)
	}
}

// chunks ranges over an open stream.
func (m *InvokeModel) chunks(ctx context.Context, c *call, out *bedrockruntime.InvokeModelWithResponseStreamOutput, yield func(model.Event, error) bool) {
	end := model.Response{LatencyMode: string(out.PerformanceConfigLatency), ServiceTier: string(out.ServiceTier)}
	var usage model.Usage
	reader := c.body.reader()
	started := false
	give := func(events []model.Event, err error) bool {
		if !started && len(events) > 0 {
			started = true
			if !yield(model.Event{Type: model.EventStart, Response: &model.Response{ID: requestID(out.ResultMetadata), Model: c.modelID}}, nil) {
				return false
			}
		}
		for _, ev := range events {
			if ev.Type == model.EventEnd && ev.Response.Usage != (model.Usage{}) {
				usage = ev.Response.Usage
			}
			if !yield(ev, nil) {
				return false
			}
		}
		if err != nil {
			yield(model.Event{}, asStream(err))
			return false
		}
		return true
	}
	for part, err := range events(ctx, sdkStream[types.ResponseStream](out.GetStream())) {
		if err != nil {
			yield(model.Event{}, brokenStream(ctx, "InvokeModelWithResponseStream", err))
			return
		}
		chunk, ok := part.(*types.ResponseStreamMemberChunk)
		if !ok {
			continue // a kind of event that is new to the SDK
		}
		var last lastChunk
		if err := json.Unmarshal(chunk.Value.Bytes, &last); err != nil {
			yield(model.Event{}, asStream(err))
			return
		}
		last.apply(&end)
		if last.Metrics != nil {
			end.Usage = model.Usage{Input: last.Metrics.Input, Output: last.Metrics.Output}
			end.Latency = milliseconds(&last.Metrics.Latency)
		}
		if !give(reader.chunk(chunk.Value.Bytes)) {
			return
		}
	}
	if !give(reader.finish()) {
		return
	}
	if usage != (model.Usage{}) {
		end.Usage = usage // the body's own is finer
	}
	if !give([]model.Event{{Type: model.EventEnd, Response: &end}}, nil) {
		return
	}
	if m.failOnGuardrail && end.Stop == model.StopGuardrail {
		yield(model.Event{}, model.NewError(model.ErrGuardrail.Name, "a guardrail intervened", nil))
	}
}

func asStream(err error) error {
	return model.NewError(model.ErrStream.Name, "InvokeModelWithResponseStream", err)
}

// CountTokens counts the input tokens of a request's body with the service's CountTokens, if the client has it.
func (m *InvokeModel) CountTokens(ctx context.Context, req *model.Request) (int, error) {
	return count(ctx, m.client, func() (string, types.CountTokensInput, error) {
		c, err := m.call(req)
		if err != nil {
			return "", nil, err
		}
		return c.modelID, &types.CountTokensInputMemberInvokeModel{Value: types.InvokeModelTokensRequest{Body: c.data}}, nil
	})
}

// members collects the members of a body, leaving out what is not set.
type members map[string]any

func (m members) int(name string, v int) {
	if v != 0 {
		m[name] = v
	}
}

func (m members) list(name string, v []string) {
	if len(v) > 0 {
		m[name] = v
	}
}

// sampling sets what a family has names for and reports what it has none for: TopK, Seed, FrequencyPenalty, PresencePenalty.
func (m members) sampling(family Family, req *model.Request) error {
	for _, s := range samplingSettings(req) {
		name, ok := samplingNames[family][s.name]
		if !ok {
			return unsupported("models of the family %s have no %s", family, s.name)
		}
		fields := maps.Clone(map[string]any(m))
		if err := put(fields, name, s.value); err != nil {
			return err
		}
		maps.Copy(m, fields)
	}
	return nil
}

func optionalNumber[T any](m members, name string, v *T) {
	if v != nil {
		m[name] = *v
	}
}

// lacks reports the first of the things that a request asks for and a family does not have.
func lacks(family Family, req *model.Request, things ...string) error {
	for _, thing := range things {
		asked := false
		switch thing {
		case "tools":
			asked = len(req.Tools) > 0 || usesTools(req.Messages)
		case "output":
			asked = req.Output != nil
		case "effort":
			asked = req.Effort != ""
		case "parallel":
			asked = req.ParallelTools != nil && !*req.ParallelTools
		case "stop":
			asked = len(req.Stop) > 0
		}
		if asked {
			return unsupported("the body of the family %s has no place for %s", family, map[string]string{
				"tools": "tools", "output": "structured output", "effort": "effort", "parallel": "forbidding parallel tool calls", "stop": "stop sequences",
			}[thing])
		}
	}
	return nil
}

// onlyText gives the text of contents that may hold nothing else.
func onlyText(family Family, contents model.Contents) (string, error) {
	var text strings.Builder
	for i, c := range contents {
		switch b := c.(type) {
		case *model.Text:
			text.WriteString(b.Text)
		case *model.Refusal:
			text.WriteString(b.Text)
		default:
			return "", unsupported("block %d: the body of the family %s has no place for %s", i, family, c.Kind())
		}
	}
	return text.String(), nil
}
