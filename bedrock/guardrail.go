package bedrock

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"

	"github.com/flowstone-go/flow/model"
)

// GuardrailClient is what a [Guardrail] needs. *bedrockruntime.Client has it.
type GuardrailClient interface {
	ApplyGuardrail(context.Context, *bedrockruntime.ApplyGuardrailInput, ...func(*bedrockruntime.Options)) (*bedrockruntime.ApplyGuardrailOutput, error)
}

// Guardrail applies a guardrail without a model, with ApplyGuardrail. Its methods are tasks. It is safe for concurrent use.
type Guardrail struct {
	// Client makes the calls. Required.
	Client GuardrailClient
	// ID is the guardrail's id or ARN. Required.
	ID string
	// Version is a number, or "DRAFT", which is also what empty means.
	Version string
	// Full asks for all assessments, those that found nothing too.
	Full bool
	// KeepMatches leaves in the assessments the text that the policies matched. By default it is removed, because it is often the
	// personal data that the guardrail is there for, and a verdict is kept in histories and logs.
	KeepMatches bool
}

// Verdict is what a guardrail said of a content.
type Verdict struct {
	// Intervened says that the guardrail did something: blocked or masked.
	Intervened bool `json:"intervened"`
	// Blocked says that the content must not go on; Text is then the message for the user. An intervention that only masked is
	// not a block.
	Blocked bool `json:"blocked"`
	// Text is what may go on: the text as it was, the masked text, or the guardrail's message. Several contents make several lines.
	Text string `json:"text"`
	// Outputs are the texts that the guardrail put in place of the contents; none if it did not intervene.
	Outputs []string `json:"outputs,omitempty"`
	// Reason is the service's word for why it acted.
	Reason string `json:"reason,omitempty"`
	// Assessments say what was found.
	Assessments []Assessment `json:"assessments,omitempty"`
	// Usage is what is charged.
	Usage *GuardrailUsage `json:"usage,omitempty"`
	// Coverage says how much was looked at.
	Coverage *GuardrailCoverage `json:"coverage,omitempty"`
}

// Guarded is content for a guardrail.
type Guarded struct {
	// Output says that a model wrote the content; otherwise a user did.
	Output bool `json:"output,omitempty"`
	// Content is what to look at.
	Content []GuardedContent `json:"content"`
}

// GuardedContent is a text or an image.
type GuardedContent struct {
	Text string `json:"text,omitempty"`
	// Qualifiers say what a text is for contextual grounding: "grounding_source", "query", "guard_content".
	Qualifiers []string `json:"qualifiers,omitempty"`
	// Image holds the bytes of a picture, instead of Text; ImageFormat is "png" or "jpeg".
	Image       []byte `json:"image,omitempty"`
	ImageFormat string `json:"imageFormat,omitempty"`
}

// Input looks at what a user wrote. An intervention is no error: a Choice decides by the verdict.
func (g *Guardrail) Input(ctx context.Context, text string) (Verdict, error) {
	return g.Check(ctx, Guarded{Content: []GuardedContent{{Text: text}}})
}

// Output looks at what a model wrote. An intervention is no error: a Choice decides by the verdict.
func (g *Guardrail) Output(ctx context.Context, text string) (Verdict, error) {
	return g.Check(ctx, Guarded{Output: true, Content: []GuardedContent{{Text: text}}})
}

// PassInput gives the text on, masked where the guardrail masks. If the guardrail blocks it, the error is Model.Guardrail with the
// guardrail's message.
func (g *Guardrail) PassInput(ctx context.Context, text string) (string, error) {
	v, err := g.Input(ctx, text)
	return v.pass(err)
}

// PassOutput is PassInput for what a model wrote.
func (g *Guardrail) PassOutput(ctx context.Context, text string) (string, error) {
	v, err := g.Output(ctx, text)
	return v.pass(err)
}

func (v Verdict) pass(err error) (string, error) {
	if err != nil {
		return "", err
	}
	if v.Blocked {
		return "", model.NewError(model.ErrGuardrail.Name, strings.TrimSuffix("the guardrail blocked the text: "+v.Text, ": "), nil)
	}
	return v.Text, nil
}

// Check looks at contents of any kind.
func (g *Guardrail) Check(ctx context.Context, in Guarded) (Verdict, error) {
	if missing(g.Client) {
		return Verdict{}, errNoClient
	}
	req := &bedrockruntime.ApplyGuardrailInput{
		GuardrailIdentifier: aws.String(g.ID),
		GuardrailVersion:    aws.String(guardrailVersion(g.Version)),
		Source:              types.GuardrailContentSourceInput,
	}
	if in.Output {
		req.Source = types.GuardrailContentSourceOutput
	}
	if g.Full {
		req.OutputScope = types.GuardrailOutputScopeFull
	}
	var texts []string
	for i, c := range in.Content {
		block, err := guardedBlock(c)
		if err != nil {
			return Verdict{}, within(err, "content %d", i)
		}
		req.Content = append(req.Content, block)
		if c.Image == nil {
			texts = append(texts, c.Text)
		}
	}
	out, err := g.Client.ApplyGuardrail(ctx, req, once)
	if err != nil {
		return Verdict{}, failure(ctx, "ApplyGuardrail", err)
	}
	return g.verdict(out, texts)
}

func guardedBlock(c GuardedContent) (types.GuardrailContentBlock, error) {
	if c.Image == nil {
		t := types.GuardrailTextBlock{Text: aws.String(c.Text)}
		for _, q := range c.Qualifiers {
			t.Qualifiers = append(t.Qualifiers, types.GuardrailContentQualifier(q))
		}
		return &types.GuardrailContentBlockMemberText{Value: t}, nil
	}
	if c.Text != "" || len(c.Qualifiers) > 0 {
		return nil, invalid("it is a text and an image; make two of it")
	}
	return &types.GuardrailContentBlockMemberImage{Value: types.GuardrailImageBlock{
		Format: types.GuardrailImageFormat(c.ImageFormat),
		Source: &types.GuardrailImageSourceMemberBytes{Value: c.Image},
	}}, nil
}

func (g *Guardrail) verdict(out *bedrockruntime.ApplyGuardrailOutput, texts []string) (Verdict, error) {
	v := Verdict{
		Intervened: out.Action == types.GuardrailActionGuardrailIntervened,
		Text:       strings.Join(texts, "\n"),
		Reason:     aws.ToString(out.ActionReason),
	}
	for _, o := range out.Outputs {
		v.Outputs = append(v.Outputs, aws.ToString(o.Text))
	}
	if v.Intervened && len(v.Outputs) > 0 {
		v.Text = strings.Join(v.Outputs, "\n")
	}
	var errs []error
	var err error
	v.Assessments, err = shape[[]Assessment](out.Assessments)
	errs = append(errs, err)
	if out.Usage != nil {
		v.Usage, err = shape[*GuardrailUsage](out.Usage)
		errs = append(errs, err)
	}
	if out.GuardrailCoverage != nil {
		v.Coverage, err = shape[*GuardrailCoverage](out.GuardrailCoverage)
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return Verdict{}, model.NewError(model.ErrFailed.Name, "ApplyGuardrail: the answer cannot be read", err)
	}
	masked := false
	for i := range v.Assessments {
		v.Assessments[i].actions(func(action string) {
			v.Blocked = v.Blocked || v.Intervened && action == string(types.GuardrailSensitiveInformationPolicyActionBlocked)
			masked = masked || action == string(types.GuardrailSensitiveInformationPolicyActionAnonymized)
		})
		if !g.KeepMatches {
			v.Assessments[i].redact()
		}
	}
	// An intervention whose reason is not among the assessments is taken for a block: better than to let the content pass.
	v.Blocked = v.Blocked || v.Intervened && (!masked || len(v.Outputs) == 0)
	return v, nil
}
