package prompt

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/flowstone-go/flow/internal/template"
	"github.com/flowstone-go/flow/model"
)

// Prompt is what a model is asked, with its settings. It is not to be changed.
type Prompt struct {
	// Name is that of the file, with its folders.
	Name string
	// Version counts from 1; 0 is a draft.
	Version     int
	Description string
	// Model is the id of the model that the prompt was written for; empty for
	// any.
	Model string
	// System and Text are templates: see [Render].
	System, Text string
	Settings     Settings
	// Variables are the names that the templates use.
	Variables []string
	// Variant is the name of the variant that this is; empty for the prompt
	// itself.
	Variant string

	variants map[string]*Prompt
}

// Settings are the settings of a request that a prompt may bring; nil or zero
// leaves one as it is. See [model.Request].
type Settings struct {
	MaxTokens        int            `yaml:"maxTokens"`
	Temperature      *float64       `yaml:"temperature"`
	TopP             *float64       `yaml:"topP"`
	TopK             *int           `yaml:"topK"`
	Seed             *int64         `yaml:"seed"`
	FrequencyPenalty *float64       `yaml:"frequencyPenalty"`
	PresencePenalty  *float64       `yaml:"presencePenalty"`
	Stop             []string       `yaml:"stop"`
	Effort           string         `yaml:"effort"`
	ServiceTier      string         `yaml:"serviceTier"`
	Latency          string         `yaml:"latency"`
	Extra            map[string]any `yaml:"extra"`
}

// VariantNames are the names of the prompt's variants, sorted.
func (p *Prompt) VariantNames() []string { return slices.Sorted(maps.Keys(p.variants)) }

// Choose gives a variant of the prompt: the prompt with what the variant says
// otherwise.
func (p *Prompt) Choose(variant string) (*Prompt, error) {
	v, ok := p.variants[variant]
	if !ok {
		return nil, fmt.Errorf("prompt %q has no variant %q; there are: %s", p.Name, variant, strings.Join(p.VariantNames(), ", "))
	}
	return v, nil
}

// Templates are the templates of the instructions and of what is asked. There
// is no error.
func (p *Prompt) Templates() (system, text string, err error) { return p.System, p.Text, nil }

// Apply sets what the prompt says in a request: the model and the settings.
func (p *Prompt) Apply(r *model.Request) {
	if p.Model != "" {
		r.Model = p.Model
	}
	s := p.Settings
	set(&r.MaxTokens, s.MaxTokens)
	set(&r.Temperature, s.Temperature)
	set(&r.TopP, s.TopP)
	set(&r.TopK, s.TopK)
	set(&r.Seed, s.Seed)
	set(&r.FrequencyPenalty, s.FrequencyPenalty)
	set(&r.PresencePenalty, s.PresencePenalty)
	set(&r.Effort, s.Effort)
	set(&r.ServiceTier, s.ServiceTier)
	set(&r.Latency, s.Latency)
	if s.Stop != nil {
		r.Stop = slices.Clone(s.Stop)
	}
	if len(s.Extra) > 0 {
		extra := maps.Clone(r.Extra)
		if extra == nil {
			extra = map[string]any{}
		}
		maps.Copy(extra, s.Extra)
		r.Extra = extra
	}
}

func set[T comparable](field *T, v T) {
	var zero T
	if v != zero {
		*field = v
	}
}

// Request renders the prompt over values, a map or a struct, and gives the
// request to send.
func (p *Prompt) Request(values any) (*model.Request, error) {
	r := &model.Request{}
	p.Apply(r)
	if p.System != "" {
		text, err := Render(p.System, values)
		if err != nil {
			return nil, fmt.Errorf("prompt %q, system: %w", p.Name, err)
		}
		r.System = model.Texts(text)
	}
	text, err := Render(p.Text, values)
	if err != nil {
		return nil, fmt.Errorf("prompt %q: %w", p.Name, err)
	}
	r.Messages = []model.Message{model.UserText(text)}
	return r, nil
}

// Render fills a template in the syntax of Amazon Bedrock's prompts from values,
// a map, a struct, or any value that JSON has a form for.
//
// {{name}} is a member, {{order.items[0].name}} or {{order['unit price']}} a
// path, {{$}} the whole; blanks inside the braces don't count. A string is
// inserted as it is, anything else as compact JSON; what is inserted is not
// searched again. A variable without a value is an error. \{{ is {{ as text, and
// braces around what is no path stay as they are.
func Render(text string, values any) (string, error) {
	return template.Compile(text).Render(values, nil)
}

// Variables are the names that a template uses, in order, each once; of a path
// it is the first step.
func Variables(text string) []string { return template.Compile(text).Variables() }
