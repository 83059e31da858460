package prompt

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/template"
)

// head is what stands before the text of a file.
type head struct {
	Own         variant            `yaml:",inline"`
	Version     int                `yaml:"version"`
	Description string             `yaml:"description"`
	Variables   []string           `yaml:"variables"`
	Variants    map[string]variant `yaml:"variants"`
}

// variant is what a variant may say otherwise.
type variant struct {
	Model    string   `yaml:"model"`
	System   *string  `yaml:"system"`
	Text     *string  `yaml:"text"`
	Settings Settings `yaml:"settings"`
}

// Parse reads one file. What is not between two lines of --- at its beginning
// is the text; blank lines around it don't count. The error names the line of
// each mistake.
func Parse(name string, data []byte) (*Prompt, error) {
	p, wrong := parse(name, data)
	if len(wrong) > 0 {
		return nil, wrong.in("line ")
	}
	return p, nil
}

func parse(name string, data []byte) (*Prompt, mistakes) {
	var wrong mistakes
	if !utf8.Valid(data) {
		wrong.add(1, "it is not UTF-8")
		return nil, wrong
	}
	front, body, at := wrong.split(data)
	if len(wrong) > 0 {
		return nil, wrong
	}
	var h head
	if err := yaml.UnmarshalWithOptions(front, &h, yaml.Strict(), yaml.DisallowUnknownField()); err != nil && len(bytes.TrimSpace(front)) > 0 {
		wrong.unread(err)
		return nil, wrong
	}
	r := &reading{head: h, settings: settingsOf(front), mistakes: &wrong}
	at += lineOf(body, len(body)-len(strings.TrimLeft(body, " \t\n"))) - 1
	p := &Prompt{Name: name, Version: h.Version, Description: h.Description, Text: strings.TrimSpace(body), variants: map[string]*Prompt{}}
	r.whole("version")
	if h.Version < 0 {
		wrong.add(r.line("version"), "version %d: they count from 1", h.Version)
	}
	if h.Own.Text != nil {
		wrong.add(r.line("text"), "text: the text stands below the settings")
		return nil, wrong
	}
	r.change(p, h.Own)
	r.check(p, at)
	for _, key := range slices.Sorted(maps.Keys(h.Variants)) {
		v := h.Variants[key]
		own := *p
		own.Variant, own.Variables = key, nil
		r.within = []string{"variants", key}
		r.change(&own, v)
		if v.Text != nil {
			at = r.line("text")
		}
		r.check(&own, at)
		p.variants[key] = &own
	}
	return p, wrong
}

// reading is what is known of a file while it is read.
type reading struct {
	head
	settings
	*mistakes
	within []string // the keys of the variant that is read
}

// line is that of a setting of the prompt, or of the variant that is read; that
// of the variant where it does not say so itself.
func (r *reading) line(keys ...string) int {
	if n := r.settings.line(append(slices.Clip(r.within), keys...)...); n > 0 {
		return n
	}
	return r.settings.line(r.within...)
}

func (r *reading) wrong(line int, format string, args ...any) {
	if r.within != nil {
		format, args = "variant %q: "+format, append([]any{r.within[1]}, args...)
	}
	r.add(line, format, args...)
}

// whole reports a number that is none; the reader of YAML would cut it.
func (r *reading) whole(keys ...string) {
	node := r.node(append(slices.Clip(r.within), keys...)...)
	if node != nil && node.Type() == ast.FloatType {
		r.wrong(r.line(keys...), "%s %s is no whole number", strings.Join(keys, "."), node)
	}
}

// change makes of a prompt what a variant says.
func (r *reading) change(p *Prompt, v variant) {
	set(&p.Model, v.Model)
	if v.System != nil {
		p.System = strings.TrimSpace(*v.System)
	}
	if v.Text != nil {
		p.Text = strings.TrimSpace(*v.Text)
	}
	s, w := &p.Settings, v.Settings
	set(&s.MaxTokens, w.MaxTokens)
	set(&s.Temperature, w.Temperature)
	set(&s.TopP, w.TopP)
	set(&s.TopK, w.TopK)
	set(&s.Seed, w.Seed)
	set(&s.FrequencyPenalty, w.FrequencyPenalty)
	set(&s.PresencePenalty, w.PresencePenalty)
	set(&s.Effort, w.Effort)
	set(&s.ServiceTier, w.ServiceTier)
	set(&s.Latency, w.Latency)
	if w.Stop != nil {
		s.Stop = w.Stop
	}
	switch extra, err := plain(w.Extra); {
	case err != nil:
		r.wrong(r.line("settings", "extra"), "settings.extra: %v", err)
	case extra != nil:
		s.Extra = extra
	}
	for _, name := range []string{"maxTokens", "topK", "seed"} {
		r.whole("settings", name)
	}
	if w.MaxTokens < 0 {
		r.wrong(r.line("settings", "maxTokens"), "settings.maxTokens %d is negative (leave it out for the model's maximum)", w.MaxTokens)
	}
}

// check finds mistakes in the templates of a prompt, whose text begins in a
// line of the file.
func (r *reading) check(p *Prompt, at int) {
	if p.Text == "" {
		r.wrong(at, "there is no text (it stands below the settings)")
	}
	for _, part := range []struct {
		text string
		line int
	}{{p.System, r.line("system")}, {p.Text, at}} {
		t := template.Compile(part.text)
		for _, l := range t.Literals() {
			r.wrong(part.line+l.Line-1, "%s (%s)", l, l.Cure())
		}
		for _, name := range t.Variables() {
			if !slices.Contains(p.Variables, name) {
				p.Variables = append(p.Variables, name)
			}
		}
	}
	if r.Variables == nil {
		return
	}
	declared := r.settings.line("variables")
	for _, name := range p.Variables {
		if !slices.Contains(r.Variables, name) {
			r.wrong(declared, "the variable {{%s}} is not among the variables", name)
		}
	}
	for _, name := range r.Variables {
		if !slices.Contains(p.Variables, name) {
			r.wrong(declared, "the variable %q is not used", name)
		}
	}
}

// plain gives the values of a YAML document as encoding/json would have read
// them.
func plain(v map[string]any) (map[string]any, error) {
	if v == nil {
		return nil, nil //nolint:nilnil // nothing of nothing
	}
	out, err := document.Plain(v)
	if err != nil {
		return nil, err
	}
	m, _ := out.(map[string]any)
	return m, nil
}

// split cuts a file into its settings and its text, which begins in the line at.
func (m *mistakes) split(data []byte) (front []byte, body string, at int) {
	text := strings.ReplaceAll(strings.TrimPrefix(string(data), "\ufeff"), "\r\n", "\n")
	lines := strings.SplitAfter(text, "\n")
	fence := func(i int) bool { return strings.TrimRight(lines[i], " \t\n") == "---" }
	if !fence(0) {
		if first, _, _ := strings.Cut(strings.TrimSpace(text), "\n"); strings.TrimSpace(first) == "---" {
			m.add(lineOf(text, strings.Index(text, "---")), "a line of --- before which something stands (settings begin with the first line of the file)")
		}
		return nil, text, 1
	}
	for i := 1; i < len(lines); i++ {
		if fence(i) {
			return []byte(strings.Join(lines[1:i], "")), strings.Join(lines[i+1:], ""), i + 2
		}
	}
	m.add(1, "the settings that begin with --- have no line of --- behind them")
	return nil, "", 0
}
