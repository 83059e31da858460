package bedrock

import (
	"maps"
	"slices"
	"strings"

	"github.com/flowstone-go/flow/model"
)

// Templates are those of the default variant. See [PromptVariant.Templates].
func (m *ManagedPrompt) Templates() (system, text string, err error) {
	v, err := m.Variant("")
	if err != nil {
		return "", "", err
	}
	return v.Templates()
}

// Apply sets what the default variant says. See [PromptVariant.Apply].
func (m *ManagedPrompt) Apply(r *model.Request) {
	if v, err := m.Variant(""); err == nil { // else Templates has told
		v.Apply(r)
	}
}

// Templates are the instructions and the text of a message that asks, where each is a single text; what there is beside them comes by
// Apply. They are in the syntax of a prompt node, in which a backslash stands before braces that are no variable. With Apply it makes a
// variant a prompt for a node:
//
//	p, err := prompts.Get(ctx, "arn:aws:bedrock:us-east-1:123456789012:prompt/PROMPT1234:3")
//	flow.Prompt[Summary]("Summarize", m).Of(p) // or of one of its variants
//
// The variables are read from the node's document, and Build checks that they are there. There is no error.
func (v *PromptVariant) Templates() (system, text string, err error) {
	if only, ok := onlyOne(v.request().System); ok {
		system = template(only)
	}
	if last, ok := v.question(); ok {
		text = template(last)
	}
	return system, text, nil
}

// Apply sets in a request the model that the prompt is written for, if any, its settings and additional fields, tools and their choice,
// and adds instructions and messages that are more than one text: those of a chat, and cache points. Their texts are templates too.
func (v *PromptVariant) Apply(r *model.Request) {
	own := v.request()
	if own.Model != "" {
		r.Model = own.Model
	}
	if own.MaxTokens != 0 {
		r.MaxTokens = own.MaxTokens
	}
	if own.Temperature != nil {
		r.Temperature = own.Temperature
	}
	if own.TopP != nil {
		r.TopP = own.TopP
	}
	if own.Stop != nil {
		r.Stop = slices.Clone(own.Stop)
	}
	if len(own.Extra) > 0 {
		extra := maps.Clone(r.Extra)
		if extra == nil {
			extra = map[string]any{}
		}
		maps.Copy(extra, own.Extra)
		r.Extra = extra
	}
	r.Tools = append(slices.Clip(r.Tools), own.Tools...)
	if own.ToolChoice != (model.ToolChoice{}) {
		r.ToolChoice = own.ToolChoice
	}
	if _, ok := onlyOne(own.System); !ok {
		r.System = append(slices.Clip(r.System), templates(own.System)...)
	}
	messages := own.Messages
	if _, ok := v.question(); ok {
		messages = messages[:len(messages)-1]
	}
	r.Messages = slices.Clip(r.Messages)
	for _, m := range messages {
		m.Content = templates(m.Content)
		r.Messages = append(r.Messages, m)
	}
}

// question is the text of the last message, if that is the user's and nothing but a text.
func (v *PromptVariant) question() (string, bool) {
	list := v.request().Messages
	if len(list) == 0 || list[len(list)-1].Role != model.User {
		return "", false
	}
	return onlyOne(list[len(list)-1].Content)
}

// onlyOne gives the text of contents that are one text.
func onlyOne(contents model.Contents) (string, bool) {
	if len(contents) != 1 {
		return "", false
	}
	text, ok := contents[0].(*model.Text)
	if !ok {
		return "", false
	}
	return text.Text, true
}

// templates gives contents with their texts as templates.
func templates(contents model.Contents) model.Contents {
	out := slices.Clone(contents)
	for i, c := range out {
		if t, ok := c.(*model.Text); ok {
			out[i] = &model.Text{Text: template(t.Text)}
		}
	}
	return out
}

// template writes a text of Prompt management as a template of a prompt node, which gives the same: there a backslash takes the meaning
// off the braces behind it and off other backslashes before them, here it is but text; there a path may stand in braces, here a name.
func template(text string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "{{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		b.WriteString(before[len(strings.TrimRight(before, `\`)):])
		inner, after, closed := strings.Cut(rest, "}}")
		if closed && isVariable(strings.TrimSpace(inner)) {
			b.WriteString("{{" + inner + "}}")
			text = after
			continue
		}
		b.WriteString(`\{{`)
		text = rest
	}
}
