package bedrock

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagent"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagent/types"

	"github.com/flowstone-go/flow/model"
)

// PromptClient is what [Prompts] needs. *bedrockagent.Client has it.
type PromptClient interface {
	GetPrompt(context.Context, *bedrockagent.GetPromptInput, ...func(*bedrockagent.Options)) (*bedrockagent.GetPromptOutput, error)
}

// Prompts reads prompts from Prompt management with GetPrompt. It is safe for concurrent use.
//
// There are three ways to use a managed prompt: read it here and give it to a node's Of, which reads the variables from the document and
// checks at Build that they are there (see [PromptVariant.Templates]); read it here and render it into a request, which shows what is
// sent; or give the ARN of a version to [New] and the values as Request.Variables, which leaves the rendering to Bedrock and forbids
// instructions, settings and tools in the request.
type Prompts struct {
	// Client makes the calls. Required.
	Client PromptClient
}

// ManagedPrompt is a prompt as it is stored.
type ManagedPrompt struct {
	ID          string `json:"id"`
	ARN         string `json:"arn"`
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	// Version is a number, or "DRAFT".
	Version string `json:"version"`
	// DefaultVariant names the variant that counts.
	DefaultVariant string          `json:"defaultVariant,omitempty"`
	Variants       []PromptVariant `json:"variants"`
	CreatedAt      time.Time       `json:"createdAt"`
	UpdatedAt      time.Time       `json:"updatedAt"`
	// Key is the ARN of the key it is encrypted with, empty for the service's own.
	Key string `json:"customerEncryptionKeyArn,omitempty"`
}

// PromptVariant is one form of a prompt.
type PromptVariant struct {
	Name string `json:"name"`
	// Type is "TEXT" or "CHAT".
	Type string `json:"templateType"`
	// Model is the model it is written for; empty if that is an agent, Agent.
	Model string `json:"modelId,omitempty"`
	Agent string `json:"agent,omitempty"`
	// Request is the prompt as a request whose texts hold variables as {{name}}: instructions, messages, tools, settings, the model
	// and its additional fields.
	Request *model.Request `json:"request"`
	// Variables are the declared ones.
	Variables []string `json:"variables,omitempty"`
	// Metadata are the author's remarks.
	Metadata map[string]string `json:"metadata,omitempty"`
}

// Get reads a prompt by its id or ARN. An ARN may end in a version, as in "…:prompt/ABC:3"; so may, after a colon, an id. Without a
// version it is the working draft.
func (p *Prompts) Get(ctx context.Context, id string) (*ManagedPrompt, error) {
	if missing(p.Client) {
		return nil, errNoClient
	}
	in := &bedrockagent.GetPromptInput{}
	name, version := splitVersion(id)
	in.PromptIdentifier = aws.String(name)
	if version != "" && version != "DRAFT" {
		in.PromptVersion = aws.String(version)
	}
	out, err := p.Client.GetPrompt(ctx, in, onceBuild)
	if err != nil {
		return nil, failure(ctx, "GetPrompt", err)
	}
	m := &ManagedPrompt{
		ID: aws.ToString(out.Id), ARN: aws.ToString(out.Arn), Name: aws.ToString(out.Name), Description: aws.ToString(out.Description),
		Version: aws.ToString(out.Version), DefaultVariant: aws.ToString(out.DefaultVariant), Key: aws.ToString(out.CustomerEncryptionKeyArn),
		CreatedAt: aws.ToTime(out.CreatedAt), UpdatedAt: aws.ToTime(out.UpdatedAt),
	}
	for i := range out.Variants {
		v, err := variant(&out.Variants[i])
		if err != nil {
			return nil, within(err, "prompt %q: variant %q", m.Name, aws.ToString(out.Variants[i].Name))
		}
		m.Variants = append(m.Variants, *v)
	}
	return m, nil
}

// splitVersion takes a version off an id or an ARN: what follows the last colon behind the last slash.
func splitVersion(id string) (name, version string) {
	colon := strings.LastIndexByte(id, ':')
	if colon < 0 || colon < strings.LastIndexByte(id, '/') {
		return id, ""
	}
	return id[:colon], id[colon+1:]
}

// Variant gives a variant by its name; an empty name means the default one, or the first if there is none.
func (m *ManagedPrompt) Variant(name string) (*PromptVariant, error) {
	if name == "" {
		name = m.DefaultVariant
	}
	for i := range m.Variants {
		if name == "" || m.Variants[i].Name == name {
			return &m.Variants[i], nil
		}
	}
	return nil, model.NewError(model.ErrNotFound.Name, fmt.Sprintf("prompt %q has no variant %q", m.Name, name), nil)
}

// Render puts values in the place of the variables of the default variant and gives the request. See [PromptVariant.Render].
func (m *ManagedPrompt) Render(values map[string]string) (*model.Request, error) {
	v, err := m.Variant("")
	if err != nil {
		return nil, err
	}
	return v.Render(values)
}

// Render puts values in the place of variables, in instructions and messages, and gives a new request. Blanks inside the braces do not
// count; what is no name in braces stays as it is; values are not looked through again. A variable without a value is the error
// Model.Validation, and so is a value for which there is no variable, declared or used.
func (v *PromptVariant) Render(values map[string]string) (*model.Request, error) {
	used := map[string]bool{}
	var missing []string
	fill := func(contents model.Contents) model.Contents {
		out := slices.Clone(contents)
		for i, c := range out {
			if t, ok := c.(*model.Text); ok {
				out[i] = &model.Text{Text: substitute(t.Text, func(name string) (string, bool) {
					used[name] = true
					value, ok := values[name]
					if !ok && !slices.Contains(missing, name) {
						missing = append(missing, name)
					}
					return value, ok
				})}
			}
		}
		return out
	}
	req := *v.request()
	req.System = fill(req.System)
	req.Messages = slices.Clone(req.Messages)
	for i := range req.Messages {
		req.Messages[i].Content = fill(req.Messages[i].Content)
	}
	var errs []error
	for _, name := range missing {
		errs = append(errs, fmt.Errorf("variable %q has no value", name))
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !used[name] && !slices.Contains(v.Variables, name) {
			errs = append(errs, fmt.Errorf("there is no variable %q", name))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, model.NewError(model.ErrValidation.Name, strings.ReplaceAll(err.Error(), "\n", "; "), nil)
	}
	return &req, nil
}

// request is the stored request; one that says nothing for a variant that has none.
func (v *PromptVariant) request() *model.Request {
	if v.Request == nil {
		return &model.Request{}
	}
	return v.Request
}

// substitute replaces {{name}} in one pass.
func substitute(text string, value func(name string) (string, bool)) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "{{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		inner, after, closed := strings.Cut(rest, "}}")
		name := strings.TrimSpace(inner)
		if !closed || !isVariable(name) {
			b.WriteString("{{")
			text = rest
			continue
		}
		if v, ok := value(name); ok {
			b.WriteString(v)
		}
		text = after
	}
}

// isVariable tells whether a text is a variable's name: letters and digits, with single underscores or hyphens between or behind them.
func isVariable(name string) bool {
	mark := true
	for _, r := range name {
		switch {
		case r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z':
			mark = false
		case (r == '_' || r == '-') && !mark:
			mark = true
		default:
			return false
		}
	}
	return name != "" && len(name) <= 200
}

func variant(v *types.PromptVariant) (*PromptVariant, error) {
	out := &PromptVariant{Name: aws.ToString(v.Name), Type: string(v.TemplateType), Model: aws.ToString(v.ModelId)}
	req := &model.Request{Model: out.Model}
	out.Request = req
	if agent, ok := v.GenAiResource.(*types.PromptGenAiResourceMemberAgent); ok {
		out.Agent = aws.ToString(agent.Value.AgentIdentifier)
	}
	for _, entry := range v.Metadata {
		if out.Metadata == nil {
			out.Metadata = map[string]string{}
		}
		out.Metadata[aws.ToString(entry.Key)] = aws.ToString(entry.Value)
	}
	if in, ok := v.InferenceConfiguration.(*types.PromptInferenceConfigurationMemberText); ok {
		req.MaxTokens = int(aws.ToInt32(in.Value.MaxTokens))
		req.Temperature, req.TopP = float64Of(in.Value.Temperature), float64Of(in.Value.TopP)
		req.Stop = in.Value.StopSequences
	}
	if v.AdditionalModelRequestFields != nil {
		data, err := v.AdditionalModelRequestFields.MarshalSmithyDocument()
		if err == nil {
			err = json.Unmarshal(data, &req.Extra)
		}
		if err != nil {
			return nil, model.NewError(model.ErrFailed.Name, "the additional fields cannot be read", err)
		}
	}
	switch t := v.TemplateConfiguration.(type) {
	case *types.PromptTemplateConfigurationMemberText:
		content := model.Contents{&model.Text{Text: aws.ToString(t.Value.Text)}}
		if t.Value.CachePoint != nil {
			content = append(content, &model.CachePoint{})
		}
		req.Messages = []model.Message{{Role: model.User, Content: content}}
		out.Variables = variables(t.Value.InputVariables)
	case *types.PromptTemplateConfigurationMemberChat:
		out.Variables = variables(t.Value.InputVariables)
		return out, chatTemplate(req, &t.Value)
	default:
		return nil, model.NewError(model.ErrUnsupported.Name, "the template is of a kind that this version of the SDK cannot read", nil)
	}
	return out, nil
}

func float64Of(f *float32) *float64 {
	if f == nil {
		return nil
	}
	// By way of the text, so that 0.2 stays 0.2.
	var v float64
	if _, err := fmt.Sscan(fmt.Sprint(*f), &v); err != nil {
		v = float64(*f)
	}
	return &v
}

func variables(list []types.PromptInputVariable) []string {
	var out []string
	for _, v := range list {
		out = append(out, aws.ToString(v.Name))
	}
	return out
}

func chatTemplate(req *model.Request, t *types.ChatPromptTemplateConfiguration) error {
	for _, block := range t.System {
		switch b := block.(type) {
		case *types.SystemContentBlockMemberText:
			req.System = append(req.System, &model.Text{Text: b.Value})
		case *types.SystemContentBlockMemberCachePoint:
			req.System = append(req.System, &model.CachePoint{})
		default:
			return unsupported("an instruction is of a kind that this version of the SDK cannot read")
		}
	}
	for _, msg := range t.Messages {
		m := model.Message{Role: model.Role(msg.Role)}
		for _, block := range msg.Content {
			switch b := block.(type) {
			case *types.ContentBlockMemberText:
				m.Content = append(m.Content, &model.Text{Text: b.Value})
			case *types.ContentBlockMemberCachePoint:
				m.Content = append(m.Content, &model.CachePoint{})
			default:
				return unsupported("a message holds a block that this version of the SDK cannot read")
			}
		}
		req.Messages = append(req.Messages, m)
	}
	if t.ToolConfiguration == nil {
		return nil
	}
	for _, tool := range t.ToolConfiguration.Tools {
		switch b := tool.(type) {
		case *types.ToolMemberToolSpec:
			spec := model.Tool{Name: aws.ToString(b.Value.Name), Description: aws.ToString(b.Value.Description), Strict: aws.ToBool(b.Value.Strict)}
			if schema, ok := b.Value.InputSchema.(*types.ToolInputSchemaMemberJson); ok && schema.Value != nil {
				data, err := schema.Value.MarshalSmithyDocument()
				if err != nil {
					return model.NewError(model.ErrFailed.Name, fmt.Sprintf("the schema of tool %q cannot be read", spec.Name), err)
				}
				spec.Schema = data
			}
			req.Tools = append(req.Tools, spec)
		case *types.ToolMemberCachePoint:
			if n := len(req.Tools); n > 0 {
				req.Tools[n-1].Cache = &model.CachePoint{}
			}
		default:
			return unsupported("a tool is of a kind that this version of the SDK cannot read")
		}
	}
	switch choice := t.ToolConfiguration.ToolChoice.(type) {
	case *types.ToolChoiceMemberAuto:
		req.ToolChoice.Mode = model.ToolAuto
	case *types.ToolChoiceMemberAny:
		req.ToolChoice.Mode = model.ToolAny
	case *types.ToolChoiceMemberTool:
		req.ToolChoice = model.ToolChoice{Mode: model.ToolNamed, Name: aws.ToString(choice.Value.Name)}
	}
	return nil
}
