package bedrock

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/document"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"

	"github.com/flowstone-go/flow/model"
)

// conversation holds what Converse and ConverseStream have in common, in the SDK's types.
type conversation struct {
	modelID     string
	messages    []types.Message
	system      []types.SystemContentBlock
	inference   *types.InferenceConfiguration
	tools       *types.ToolConfiguration
	output      *types.OutputConfig
	guard       *model.Guardrail
	extra       document.Interface
	extraPaths  []string
	stopPath    bool // extraPaths ends in one that the caller did not ask for
	variables   map[string]types.PromptVariableValues
	metadata    map[string]string
	performance *types.PerformanceConfiguration
	tier        *types.ServiceTier
}

// unsupported makes the error for what Bedrock cannot take.
func unsupported(format string, args ...any) error {
	return model.NewError(model.ErrUnsupported.Name, fmt.Sprintf(format, args...), nil)
}

// invalid makes the error for what no provider could take.
func invalid(format string, args ...any) error {
	return model.NewError(model.ErrValidation.Name, fmt.Sprintf(format, args...), nil)
}

// within says where in a request an error is.
func within(err error, format string, args ...any) error {
	place := fmt.Sprintf(format, args...)
	own, ok := errors.AsType[*model.Error](err)
	if !ok {
		return fmt.Errorf("%s: %w", place, err)
	}
	e := *own
	if e.Message == "" && e.Err != nil {
		e.Message = e.Err.Error()
	}
	e.Message = place + ": " + e.Message
	return &e
}

// whole reports a block that is nil, so that nobody after it has to look.
func whole(req *model.Request) error {
	if err := noNil(req.System); err != nil {
		return within(err, "system")
	}
	for i, msg := range req.Messages {
		if err := noNil(msg.Content); err != nil {
			return within(err, "message %d", i)
		}
	}
	return nil
}

func noNil(contents model.Contents) error {
	for i, c := range contents {
		if c == nil || reflect.ValueOf(c).IsNil() {
			return invalid("block %d is nil", i)
		}
		if result, ok := c.(*model.ToolResult); ok {
			if err := noNil(result.Content); err != nil {
				return within(err, "block %d", i)
			}
		}
	}
	return nil
}

func (m *Model) conversation(req *model.Request) (*conversation, error) {
	c := &conversation{modelID: m.id, guard: req.Guardrail, extraPaths: req.ExtraPaths, metadata: req.Metadata}
	if req.Model != "" {
		c.modelID = req.Model
	}
	if c.modelID == "" {
		return nil, invalid("no model is named")
	}
	c.askForStop(m.familyFor(c.modelID), req)
	err := whole(req)
	if err != nil {
		return nil, err
	}
	if c.messages, err = messages(req.Messages); err != nil {
		return nil, err
	}
	if c.system, err = system(req.System); err != nil {
		return nil, err
	}
	if c.inference, err = inference(req); err != nil {
		return nil, err
	}
	if c.tools, err = toolConfig(req); err != nil {
		return nil, err
	}
	if c.output, err = outputConfig(req); err != nil {
		return nil, err
	}
	if c.extra, err = m.extra(c.modelID, req); err != nil {
		return nil, err
	}
	if err := c.managed(req); err != nil {
		return nil, err
	}
	for name, text := range req.Variables {
		if c.variables == nil {
			c.variables = make(map[string]types.PromptVariableValues, len(req.Variables))
		}
		c.variables[name] = &types.PromptVariableValuesMemberText{Value: text}
	}
	if req.Latency != "" {
		c.performance = &types.PerformanceConfiguration{Latency: types.PerformanceConfigLatency(req.Latency)}
	}
	if req.ServiceTier != "" {
		c.tier = &types.ServiceTier{Type: types.ServiceTierType(req.ServiceTier)}
	}
	return c, nil
}

// managed reports what the service refuses, or drops, of a request for a managed prompt and of one for a model.
func (c *conversation) managed(req *model.Request) error {
	if !strings.Contains(c.modelID, ":prompt/") {
		if len(req.Variables) > 0 {
			return invalid("there are variables, and model %q is no managed prompt, by its ARN", c.modelID)
		}
		return nil
	}
	var taken string
	switch {
	case c.system != nil:
		taken = "instructions"
	case c.inference != nil:
		taken = "MaxTokens, Temperature, TopP and Stop"
	case c.tools != nil:
		taken = "tools"
	case c.extra != nil:
		taken = "Extra and what becomes of it: TopK, Seed and penalties"
	default:
		return nil
	}
	return unsupported("a managed prompt has its own %s: with its ARN as the model the request can't set them (Prompts.Get gives a prompt that it can)", taken)
}

// familyFor is the family of a model, by the option or by its id.
func (s *settings) familyFor(modelID string) Family {
	if s.family != "" {
		return s.family
	}
	return familyOf(modelID)
}

// stopField is where Claude says which stop sequence it met; Converse itself does not tell.
const stopField = "stop_sequence"

// askForStop has Claude say which stop sequence it met, if there are any.
func (c *conversation) askForStop(family Family, req *model.Request) {
	if family != Anthropic || len(req.Stop) == 0 || slices.Contains(req.ExtraPaths, "/"+stopField) {
		return
	}
	c.extraPaths = append(slices.Clone(req.ExtraPaths), "/"+stopField)
	c.stopPath = true
}

func messages(list []model.Message) ([]types.Message, error) {
	out := make([]types.Message, 0, len(list))
	for i, msg := range list {
		blocks, err := contentBlocks(msg.Content)
		if err != nil {
			return nil, within(err, "message %d", i)
		}
		role := types.ConversationRole(msg.Role)
		switch msg.Role {
		case model.User, model.Assistant, model.System:
		default:
			return nil, within(unsupported("there is no role %q", msg.Role), "message %d", i)
		}
		out = append(out, types.Message{Role: role, Content: blocks})
	}
	return out, nil
}

func system(contents model.Contents) ([]types.SystemContentBlock, error) {
	var out []types.SystemContentBlock
	for i, c := range contents {
		switch b := c.(type) {
		case *model.Text:
			if len(b.Citations) > 0 {
				return nil, unsupported("system block %d: instructions have no citations", i)
			}
			out = append(out, &types.SystemContentBlockMemberText{Value: b.Text})
		case *model.CachePoint:
			out = append(out, &types.SystemContentBlockMemberCachePoint{Value: cachePoint(b)})
		case *model.Guard:
			g, err := guardContent(b)
			if err != nil {
				return nil, within(err, "system block %d", i)
			}
			out = append(out, &types.SystemContentBlockMemberGuardContent{Value: g})
		default:
			return nil, unsupported("system block %d: %s cannot be an instruction", i, c.Kind())
		}
	}
	return out, nil
}

func inference(req *model.Request) (*types.InferenceConfiguration, error) {
	if req.MaxTokens < 0 || req.MaxTokens > math.MaxInt32 {
		return nil, invalid("MaxTokens is %d", req.MaxTokens)
	}
	if req.MaxTokens == 0 && req.Temperature == nil && req.TopP == nil && req.Stop == nil {
		return nil, nil
	}
	in := &types.InferenceConfiguration{
		Temperature:   float32Of(req.Temperature),
		TopP:          float32Of(req.TopP),
		StopSequences: req.Stop,
	}
	if req.MaxTokens > 0 {
		in.MaxTokens = aws.Int32(int32(req.MaxTokens))
	}
	return in, nil
}

func float32Of(f *float64) *float32 {
	if f == nil {
		return nil
	}
	return aws.Float32(float32(*f))
}

// toolConfig makes the tools and the choice among them. The API knows no choice of "none": without tools in the conversation so far
// it means not to send any, else the API wants them sent.
func toolConfig(req *model.Request) (*types.ToolConfiguration, error) {
	if req.ParallelTools != nil && !*req.ParallelTools {
		return nil, unsupported("Converse cannot forbid parallel tool calls")
	}
	if req.ToolChoice.Mode == model.ToolNone {
		if usesTools(req.Messages) {
			return nil, unsupported("Converse cannot forbid tools in a conversation that has used some")
		}
		return nil, nil
	}
	if len(req.Tools) == 0 {
		if req.ToolChoice.Mode != "" && req.ToolChoice.Mode != model.ToolAuto {
			return nil, invalid("the tool choice is %q and there are no tools", req.ToolChoice.Mode)
		}
		return nil, nil
	}
	cfg := &types.ToolConfiguration{}
	for _, t := range req.Tools {
		tool, err := toolOf(t)
		if err != nil {
			return nil, within(err, "tool %q", t.Name)
		}
		cfg.Tools = append(cfg.Tools, tool)
		if t.Cache != nil {
			cfg.Tools = append(cfg.Tools, &types.ToolMemberCachePoint{Value: cachePoint(t.Cache)})
		}
	}
	switch req.ToolChoice.Mode {
	case "":
	case model.ToolAuto:
		cfg.ToolChoice = &types.ToolChoiceMemberAuto{}
	case model.ToolAny:
		cfg.ToolChoice = &types.ToolChoiceMemberAny{}
	case model.ToolNamed:
		cfg.ToolChoice = &types.ToolChoiceMemberTool{Value: types.SpecificToolChoice{Name: aws.String(req.ToolChoice.Name)}}
	default:
		return nil, unsupported("there is no tool choice %q", req.ToolChoice.Mode)
	}
	return cfg, nil
}

func usesTools(list []model.Message) bool {
	for _, msg := range list {
		for _, c := range msg.Content {
			switch c.(type) {
			case *model.ToolUse, *model.ToolResult:
				return true
			default:
			}
		}
	}
	return false
}

func toolOf(t model.Tool) (types.Tool, error) {
	if len(t.Extra) > 0 {
		return nil, unsupported("a tool of Converse has no further fields")
	}
	if t.Server {
		return &types.ToolMemberSystemTool{Value: types.SystemTool{Name: aws.String(t.Name)}}, nil
	}
	schema := t.Schema
	if len(schema) == 0 {
		schema = json.RawMessage(`{"type":"object"}`)
	}
	doc, err := documentOf(schema)
	if err != nil {
		return nil, invalid("the schema is no JSON: %v", err)
	}
	spec := types.ToolSpecification{
		Name:        aws.String(t.Name),
		InputSchema: &types.ToolInputSchemaMemberJson{Value: doc},
	}
	if t.Description != "" {
		spec.Description = aws.String(t.Description)
	}
	if t.Strict {
		spec.Strict = aws.Bool(true)
	}
	return &types.ToolMemberToolSpec{Value: spec}, nil
}

func outputConfig(req *model.Request) (*types.OutputConfig, error) {
	if req.Effort == "" && req.Output == nil {
		return nil, nil
	}
	cfg := &types.OutputConfig{}
	if req.Effort != "" {
		cfg.Effort = aws.String(req.Effort)
	}
	if req.Output == nil {
		return cfg, nil
	}
	if len(req.Output.Schema) == 0 {
		return nil, unsupported("Converse has structured output only with a schema")
	}
	if !json.Valid(req.Output.Schema) {
		return nil, invalid("the output's schema is no JSON")
	}
	def := types.JsonSchemaDefinition{Schema: aws.String(string(req.Output.Schema))}
	if req.Output.Name != "" {
		def.Name = aws.String(req.Output.Name)
	}
	if req.Output.Description != "" {
		def.Description = aws.String(req.Output.Description)
	}
	cfg.TextFormat = &types.OutputFormat{
		Type:      types.OutputFormatTypeJsonSchema,
		Structure: &types.OutputFormatStructureMemberJsonSchema{Value: def},
	}
	return cfg, nil
}

// guardrail is for Converse, which checks an answer as a whole: the stream mode has no meaning there.
func (c *conversation) guardrail() *types.GuardrailConfiguration {
	if c.guard == nil {
		return nil
	}
	return &types.GuardrailConfiguration{
		GuardrailIdentifier: aws.String(c.guard.ID),
		GuardrailVersion:    aws.String(guardrailVersion(c.guard.Version)),
		Trace:               types.GuardrailTrace(c.guard.Trace),
	}
}

func (c *conversation) streamGuardrail() *types.GuardrailStreamConfiguration {
	if c.guard == nil {
		return nil
	}
	return &types.GuardrailStreamConfiguration{
		GuardrailIdentifier:  aws.String(c.guard.ID),
		GuardrailVersion:     aws.String(guardrailVersion(c.guard.Version)),
		Trace:                types.GuardrailTrace(c.guard.Trace),
		StreamProcessingMode: types.GuardrailStreamProcessingMode(c.guard.StreamMode),
	}
}

// guardrailVersion is the working draft where none is named, as the service has it elsewhere.
func guardrailVersion(v string) string {
	if v == "" {
		return "DRAFT"
	}
	return v
}

// extra makes the additional model fields of Request.Extra and of the settings that have no field in Converse, by the names that the
// model's family has for them.
func (m *Model) extra(modelID string, req *model.Request) (document.Interface, error) {
	fields := map[string]any{}
	maps.Copy(fields, req.Extra)
	family := m.familyFor(modelID)
	for _, s := range samplingSettings(req) {
		name, ok := samplingNames[family][s.name]
		if !ok {
			return nil, unsupported("%s has no name that is known for model %q; use Extra, or WithFamily if the id does not tell the model's family", s.name, modelID)
		}
		if err := put(fields, name, s.value); err != nil {
			return nil, err
		}
	}
	if len(fields) == 0 {
		return nil, nil
	}
	return documentOf(fields)
}

type setting struct {
	name  string
	value any
}

// samplingSettings are those of the settings of a request that only some models have.
func samplingSettings(req *model.Request) []setting {
	var out []setting
	if req.TopK != nil {
		out = append(out, setting{"TopK", *req.TopK})
	}
	if req.Seed != nil {
		out = append(out, setting{"Seed", *req.Seed})
	}
	if req.FrequencyPenalty != nil {
		out = append(out, setting{"FrequencyPenalty", *req.FrequencyPenalty})
	}
	if req.PresencePenalty != nil {
		out = append(out, setting{"PresencePenalty", *req.PresencePenalty})
	}
	return out
}

// samplingNames are the names of such settings in the bodies of the families, a dot leading into an object.
var samplingNames = map[Family]map[string]string{
	Anthropic:      {"TopK": "top_k"},
	Nova:           {"TopK": "inferenceConfig.topK"},
	CohereCommandR: {"TopK": "k", "Seed": "seed", "FrequencyPenalty": "frequency_penalty", "PresencePenalty": "presence_penalty"},
	CohereCommand:  {"TopK": "k"},
	Jamba:          {"FrequencyPenalty": "frequency_penalty", "PresencePenalty": "presence_penalty"},
	MistralText:    {"TopK": "top_k"},
}

// put sets a field unless the caller's Extra has it, in which case both would claim it.
func put(fields map[string]any, name string, value any) error {
	outer, inner, nested := strings.Cut(name, ".")
	if !nested {
		if _, taken := fields[outer]; taken {
			return invalid("Extra has %q and the request sets it too", name)
		}
		fields[outer] = value
		return nil
	}
	object := map[string]any{}
	if have, ok := fields[outer]; ok {
		given, ok := have.(map[string]any)
		if !ok {
			return invalid("Extra has %q, which is no map, and the request sets %q", outer, name)
		}
		object = maps.Clone(given)
	}
	if err := put(object, inner, value); err != nil {
		return err
	}
	fields[outer] = object
	return nil
}

// documentOf makes an SDK document of what means a JSON value.
func documentOf(v any) (document.Interface, error) {
	x, err := lazy(v)
	if err != nil {
		return nil, model.NewError(model.ErrValidation.Name, "", err)
	}
	return document.NewLazyDocument(x), nil
}
