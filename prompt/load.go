package prompt

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
)

// Set is the prompts of a file system. It is immutable.
type Set struct {
	prompts map[string][]*Prompt // by name; the newest first
}

// Load reads every file of a file system as a prompt, but for those whose name
// begins with a dot or an underscore, and README.md. The error names each file
// with a mistake: settings that are not known, variables that are named but not
// used or used but not named, two files of one name and version.
func Load(files fs.FS) (*Set, error) {
	s := &Set{prompts: map[string][]*Prompt{}}
	var errs []error
	err := fs.WalkDir(files, ".", func(file string, d fs.DirEntry, err error) error {
		switch name := path.Base(file); {
		case err != nil:
			return err
		case file != "." && (name[0] == '.' || name[0] == '_'):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir(), name == "README.md":
			return nil
		}
		data, err := fs.ReadFile(files, file)
		if err != nil {
			return err
		}
		p, err := Parse(nameOf(file), data)
		if err == nil {
			err = s.add(p)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", file, err))
		}
		return nil
	})
	if err = errors.Join(append(errs, err)...); err != nil {
		return nil, fmt.Errorf("prompts: %w", err)
	}
	return s, nil
}

func nameOf(file string) string {
	dir, base := path.Split(file)
	base, _, _ = strings.Cut(base, ".")
	return dir + base
}

func (s *Set) add(p *Prompt) error {
	for _, other := range s.prompts[p.Name] {
		if other.Version == p.Version {
			return fmt.Errorf("there is another file for %s of %q", versionName(p.Version), p.Name)
		}
	}
	s.prompts[p.Name] = append(s.prompts[p.Name], p)
	slices.SortFunc(s.prompts[p.Name], func(a, b *Prompt) int {
		if a.Version == 0 || b.Version == 0 {
			return cmp.Compare(a.Version, b.Version) // a draft is the newest
		}
		return cmp.Compare(b.Version, a.Version)
	})
	return nil
}

func versionName(v int) string {
	if v == 0 {
		return "the draft"
	}
	return fmt.Sprintf("version %d", v)
}

// Names are the names of all prompts, sorted.
func (s *Set) Names() []string {
	names := make([]string, 0, len(s.prompts))
	for name := range s.prompts {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Get gives the newest version of a prompt: its draft, if it has one.
func (s *Set) Get(name string) (*Prompt, error) {
	if list := s.prompts[name]; len(list) > 0 {
		return list[0], nil
	}
	return nil, fmt.Errorf("there is no prompt %q; there are: %s", name, strings.Join(s.Names(), ", "))
}

// Version gives one version of a prompt; 0 is the draft.
func (s *Set) Version(name string, version int) (*Prompt, error) {
	list, err := s.Get(name)
	if err != nil {
		return nil, err
	}
	for _, p := range s.prompts[list.Name] {
		if p.Version == version {
			return p, nil
		}
	}
	return nil, fmt.Errorf("prompt %q has no %s", name, strings.TrimPrefix(versionName(version), "the "))
}

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
// is the text; blank lines around it don't count.
func Parse(name string, data []byte) (*Prompt, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("it is not UTF-8")
	}
	front, body, err := split(data)
	if err != nil {
		return nil, err
	}
	var h head
	if err := yaml.UnmarshalWithOptions(front, &h, yaml.Strict(), yaml.DisallowUnknownField()); err != nil && len(bytes.TrimSpace(front)) > 0 {
		return nil, err
	}
	switch {
	case h.Version < 0:
		return nil, fmt.Errorf("version %d: they count from 1", h.Version)
	case h.Own.Text != nil:
		return nil, errors.New("text: the text stands below the settings")
	}
	body = strings.TrimSpace(body)
	p := &Prompt{Name: name, Version: h.Version, Description: h.Description, Text: body, variants: map[string]*Prompt{}}
	if err := p.change(h.Own); err != nil {
		return nil, err
	}
	errs := []error{p.check(h.Variables)}
	for key, v := range h.Variants {
		own := *p
		own.Variant, own.Variables = key, nil
		err := own.change(v)
		if err == nil {
			err = own.check(h.Variables)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("variant %q: %w", key, err))
		}
		p.variants[key] = &own
	}
	return p, errors.Join(errs...)
}

// change makes of a prompt what a variant says.
func (p *Prompt) change(v variant) error {
	set(&p.Model, v.Model)
	if v.System != nil {
		p.System = strings.TrimSpace(*v.System)
	}
	if v.Text != nil {
		p.Text = strings.TrimSpace(*v.Text)
	}
	extra, err := plain(v.Settings.Extra)
	if err != nil {
		return fmt.Errorf("settings.extra: %w", err)
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
	if extra != nil {
		s.Extra = extra
	}
	if s.MaxTokens < 0 {
		return fmt.Errorf("settings.maxTokens %d is negative", s.MaxTokens)
	}
	return nil
}

// split cuts a file into its settings and its text.
func split(data []byte) (front []byte, body string, err error) {
	text := strings.ReplaceAll(strings.TrimPrefix(string(data), "\ufeff"), "\r\n", "\n")
	rest, ok := strings.CutPrefix(text, "---\n")
	if !ok {
		return nil, text, nil
	}
	if after, ok := strings.CutPrefix(rest, "---\n"); ok {
		return nil, after, nil
	}
	settings, body, ok := strings.Cut(rest, "\n---\n")
	if !ok {
		if settings, ok = strings.CutSuffix(rest, "\n---"); !ok {
			return nil, "", errors.New("the settings that begin with --- have no line of --- behind them")
		}
	}
	return []byte(settings), body, nil
}
