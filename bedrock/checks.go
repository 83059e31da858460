package bedrock

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"

	"github.com/flowstone-go/flow/model"
)

// ChecksClient is what [Checks] needs. *bedrockruntime.Client has it.
type ChecksClient interface {
	InvokeGuardrailChecks(context.Context, *bedrockruntime.InvokeGuardrailChecksInput, ...func(*bedrockruntime.Options)) (*bedrockruntime.InvokeGuardrailChecksOutput, error)
}

// Checks look at texts with InvokeGuardrailChecks: without a guardrail in the account, and without a decision. They give scores, and
// the flow decides, in a Choice for instance. Their methods are tasks. They are safe for concurrent use.
type Checks struct {
	// Client makes the calls. Required.
	Client ChecksClient
	// Content are categories of harmful content to look for: "VIOLENCE", "HATE", "SEXUAL", "MISCONDUCT", "INSULTS".
	Content []string
	// Attacks are kinds of attacks on a prompt: "JAILBREAK", "PROMPT_INJECTION", "PROMPT_LEAKAGE".
	Attacks []string
	// Entities are kinds of personal data: "EMAIL", "PHONE", "NAME" and the others of the service.
	Entities []string
}

// Findings are what checks found. What was not looked for is empty.
type Findings struct {
	// Content and Attacks hold a score for each category.
	Content []CheckScore `json:"content,omitempty"`
	Attacks []CheckScore `json:"attacks,omitempty"`
	// Worst is the highest of their scores.
	Worst float64 `json:"worst"`
	// Entities is where personal data stands; Truncated says that there is more of it than was told.
	Entities  []FoundEntity `json:"entities,omitempty"`
	Truncated bool          `json:"truncated,omitempty"`
	// Units count the text units that are charged.
	Units int `json:"units,omitempty"`
}

// CheckScore says how severe something is.
type CheckScore struct {
	Category string `json:"category"`
	// Severity is from 0 to 1.
	Severity float64 `json:"severity"`
}

// FoundEntity is where a piece of personal data stands.
type FoundEntity struct {
	Type string `json:"type"`
	// Message and Content are the places, from 0, of the message and of its block that is a text.
	Message int `json:"message"`
	Content int `json:"content"`
	// Begin and End are offsets in characters of the text.
	Begin int `json:"begin"`
	End   int `json:"end"`
	// Confidence is from 0 to 1.
	Confidence float64 `json:"confidence"`
}

// Input looks at what a user wrote.
func (c *Checks) Input(ctx context.Context, text string) (Findings, error) {
	return c.Messages(ctx, []model.Message{model.UserText(text)})
}

// Output looks at what a model wrote.
func (c *Checks) Output(ctx context.Context, text string) (Findings, error) {
	return c.Messages(ctx, []model.Message{model.AssistantText(text)})
}

// Messages looks at a conversation, which may hold texts only.
func (c *Checks) Messages(ctx context.Context, list []model.Message) (Findings, error) {
	if missing(c.Client) {
		return Findings{}, errNoClient
	}
	in := &bedrockruntime.InvokeGuardrailChecksInput{Checks: c.config()}
	for i, msg := range list {
		m := types.GuardrailChecksMessage{Role: types.GuardrailChecksRole(msg.Role)}
		if err := noNil(msg.Content); err != nil {
			return Findings{}, within(err, "message %d", i)
		}
		for _, block := range msg.Content {
			t, ok := block.(*model.Text)
			if !ok {
				return Findings{}, within(unsupported("checks look at texts, not at %s", block.Kind()), "message %d", i)
			}
			m.Content = append(m.Content, &types.GuardrailChecksContentBlockMemberText{Value: t.Text})
		}
		in.Messages = append(in.Messages, m)
	}
	out, err := c.Client.InvokeGuardrailChecks(ctx, in, once)
	if err != nil {
		return Findings{}, failure(ctx, "InvokeGuardrailChecks", err)
	}
	return findings(out), nil
}

func (c *Checks) config() *types.GuardrailChecksConfig {
	config := &types.GuardrailChecksConfig{}
	if len(c.Content) > 0 {
		config.ContentFilter = &types.GuardrailChecksContentFilterConfig{}
		for _, name := range c.Content {
			config.ContentFilter.Categories = append(config.ContentFilter.Categories,
				types.GuardrailChecksContentFilterCategoryConfig{Category: types.GuardrailChecksContentFilterCategory(name)})
		}
	}
	if len(c.Attacks) > 0 {
		config.PromptAttack = &types.GuardrailChecksPromptAttackConfig{}
		for _, name := range c.Attacks {
			config.PromptAttack.Categories = append(config.PromptAttack.Categories,
				types.GuardrailChecksPromptAttackCategoryConfig{Category: types.GuardrailChecksPromptAttackCategory(name)})
		}
	}
	if len(c.Entities) > 0 {
		config.SensitiveInformation = &types.GuardrailChecksSensitiveInformationConfig{}
		for _, name := range c.Entities {
			config.SensitiveInformation.Entities = append(config.SensitiveInformation.Entities,
				types.GuardrailChecksSensitiveInformationEntityConfig{Type: types.GuardrailChecksSensitiveInformationEntityType(name)})
		}
	}
	return config
}

func findings(out *bedrockruntime.InvokeGuardrailChecksOutput) Findings {
	f := Findings{}
	score := func(category string, severity *float64) CheckScore {
		f.Worst = max(f.Worst, aws.ToFloat64(severity))
		return CheckScore{category, aws.ToFloat64(severity)}
	}
	if r := out.Results; r != nil {
		if r.ContentFilter != nil {
			for _, e := range r.ContentFilter.Results {
				f.Content = append(f.Content, score(string(e.Category), e.SeverityScore))
			}
		}
		if r.PromptAttack != nil {
			for _, e := range r.PromptAttack.Results {
				f.Attacks = append(f.Attacks, score(string(e.Category), e.SeverityScore))
			}
		}
		if r.SensitiveInformation != nil {
			f.Truncated = aws.ToBool(r.SensitiveInformation.Truncated)
			for _, e := range r.SensitiveInformation.Results {
				f.Entities = append(f.Entities, FoundEntity{
					string(e.Type), int(aws.ToInt32(e.MessageIndex)), int(aws.ToInt32(e.ContentIndex)),
					int(aws.ToInt32(e.BeginOffset)), int(aws.ToInt32(e.EndOffset)), aws.ToFloat64(e.ConfidenceScore),
				})
			}
		}
	}
	if u := out.Usage; u != nil {
		if u.ContentFilter != nil {
			f.Units += int(aws.ToInt32(u.ContentFilter.TextUnits))
		}
		if u.PromptAttack != nil {
			f.Units += int(aws.ToInt32(u.PromptAttack.TextUnits))
		}
		if u.SensitiveInformation != nil {
			f.Units += int(aws.ToInt32(u.SensitiveInformation.TextUnits))
		}
	}
	return f
}
