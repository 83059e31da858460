package prompt_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/flowstone-go/flow/model"
	"github.com/flowstone-go/flow/prompt"
)

const sumUp = `---
version: 3
description: Sums up a letter.
model: nova
system: |
  You are brief.
settings: {maxTokens: 300, temperature: 0, stop: [END], extra: {top_k: 5, deep: {a: [1, x]}}}
variables: [from, body]
variants:
  formal: {system: You are formal., settings: {temperature: 0.5}}
  short:  {text: "{{body}} of {{from}}", model: lite}
---

Sum up the letter of {{from}}:

{{body}}
`

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

func TestLoad(t *testing.T) {
	set, err := prompt.Load(fstest.MapFS{
		"letters/sum-up.md":    file(sumUp),
		"letters/sum-up.v1.md": file(strings.Replace(sumUp, "version: 3", "version: 1", 1)),
		"plain.txt":            file("\ufeffHello {{name}}\r\n"),
		"draft.a.md":           file("---\n---\nnew"),
		"draft.b.md":           file("---\nversion: 9\n---\nold"),
		"README.md":            file("{{#not}} a prompt"),
		"_partial.md":          file("{{#not}}"),
		".git/config":          file("{{#not}}"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"draft", "letters/sum-up", "plain"}, set.Names()); diff != "" {
		t.Error(diff)
	}
	want := &prompt.Prompt{
		Name: "letters/sum-up", Version: 3, Description: "Sums up a letter.", Model: "nova", System: "You are brief.",
		Text:      "Sum up the letter of {{from}}:\n\n{{body}}",
		Variables: []string{"from", "body"},
		Settings: prompt.Settings{
			MaxTokens: 300, Temperature: new(0.0), Stop: []string{"END"},
			Extra: map[string]any{"top_k": 5.0, "deep": map[string]any{"a": []any{1.0, "x"}}},
		},
	}
	got, err := set.Get("letters/sum-up")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(prompt.Prompt{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"formal", "short"}, got.VariantNames()); diff != "" {
		t.Error(diff)
	}
	formal, err := got.Choose("formal")
	if err != nil {
		t.Fatal(err)
	}
	w := *want
	w.Variant, w.System, w.Settings.Temperature = "formal", "You are formal.", new(0.5)
	if diff := cmp.Diff(&w, formal, cmpopts.IgnoreUnexported(prompt.Prompt{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if p, err := set.Version("letters/sum-up", 1); err != nil || p.Version != 1 {
		t.Errorf("got %v, %v", p, err)
	}
	if p, err := set.Get("draft"); err != nil || p.Text != "new" {
		t.Errorf("the draft is not the newest: %v, %v", p, err)
	}
	if p, err := set.Get("plain"); err != nil || p.Text != "Hello {{name}}" || p.Version != 0 {
		t.Errorf("got %v, %v", p, err)
	}
	_, noName := set.Get("nope")
	_, noVersion := set.Version("plain", 4)
	_, noDraft := set.Version("letters/sum-up", 0)
	_, noVariant := got.Choose("loud")
	for want, err := range map[string]error{
		`there is no prompt "nope"; there are: draft, letters/sum-up, plain`:      noName,
		`prompt "plain" has no version 4`:                                         noVersion,
		`prompt "letters/sum-up" has no draft`:                                    noDraft,
		`prompt "letters/sum-up" has no variant "loud"; there are: formal, short`: noVariant,
	} {
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestRequest(t *testing.T) {
	p, err := prompt.Parse("sum-up", []byte(sumUp))
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Request(map[string]any{"from": "Ada", "body": "All is well."})
	if err != nil {
		t.Fatal(err)
	}
	want := &model.Request{
		Model: "nova", System: model.Texts("You are brief."), Messages: []model.Message{model.UserText("Sum up the letter of Ada:\n\nAll is well.")},
		MaxTokens: 300, Temperature: new(0.0), Stop: []string{"END"}, Extra: map[string]any{"top_k": 5.0, "deep": map[string]any{"a": []any{1.0, "x"}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := p.Request(map[string]any{"from": "Ada"}); err == nil || err.Error() != `prompt "sum-up": template variable {{body}} has no value: the input has only from` {
		t.Errorf("got %v", err)
	}
}

func TestApplyLeavesTheRest(t *testing.T) {
	p, err := prompt.Parse("p", []byte("---\nsettings: {topP: 0.5, topK: 1, seed: 2, frequencyPenalty: 0.1, presencePenalty: 0.2, effort: low, serviceTier: flex, latency: optimized, extra: {b: 2}}\n---\nhi"))
	if err != nil {
		t.Fatal(err)
	}
	extra := map[string]any{"a": 1}
	r := &model.Request{Model: "m", MaxTokens: 5, Temperature: new(0.3), Stop: []string{"x"}, Extra: extra}
	p.Apply(r)
	want := &model.Request{
		Model: "m", MaxTokens: 5, Temperature: new(0.3), Stop: []string{"x"}, TopP: new(0.5), TopK: new(1), Seed: new(int64(2)), FrequencyPenalty: new(0.1), PresencePenalty: new(0.2),
		Effort: "low", ServiceTier: "flex", Latency: "optimized", Extra: map[string]any{"a": 1, "b": 2.0},
	}
	if diff := cmp.Diff(want, r); diff != "" || len(extra) != 1 {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMistakes(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"no text", "---\nmodel: m\n---\n", "there is no text"},
		{"no end", "---\nmodel: m\n", "the settings that begin with --- have no line of --- behind them"},
		{"a setting that is not known", "---\ncolour: m\n---\nhi", `unknown field "colour"`},
		{"a setting of a variant that is not known", "---\nvariants: {a: {colour: m}}\n---\nhi", `unknown field "colour"`},
		{"no YAML", "---\n{\n---\nhi", "[1:1]"},
		{"another type", "---\nversion: three\n---\nhi", "version"},
		{"a negative version", "---\nversion: -1\n---\nhi", "version -1: they count from 1"},
		{"text among the settings", "---\ntext: a\n---\nhi", "text: the text stands below the settings"},
		{"a negative bound", "---\nsettings: {maxTokens: -1}\n---\nhi", "settings.maxTokens -1 is negative"},
		{"braces that are no variable", "{{#if}}", `{{#if}} is no variable; write \{{ for braces that are text`},
		{"a variable that is not named", "---\nvariables: []\n---\n{{a}}", "the variable {{a}} is not among the variables"},
		{"a variable that is not used", "---\nvariables: [a, b]\n---\n{{a}}", `the variable "b" is not used`},
		{"a variant without a variable", "---\nvariables: [a]\nvariants: {x: {text: hi}}\n---\n{{a}}", `variant "x": the variable "a" is not used`},
		{"bytes that are no UTF-8", "\xff", "it is not UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := prompt.Load(fstest.MapFS{"x.md": file(c.text)})
			if err == nil || !strings.HasPrefix(err.Error(), "prompts: x.md: ") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	_, err := prompt.Load(fstest.MapFS{"a.md": file("x"), "a.txt": file("y")})
	if err == nil || err.Error() != `prompts: a.txt: there is another file for the draft of "a"` {
		t.Errorf("got %v", err)
	}
}

func TestDirNoticesChanges(t *testing.T) {
	dir := t.TempDir()
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "a.md"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		write("one")
		d := prompt.Dir(dir)
		for _, step := range []struct{ write, text, err string }{
			{"", "one", ""}, {"three", "three", ""}, {"{{#if}}", "", "{{#if}} is no variable"}, {"seven", "seven", ""},
		} {
			if step.write != "" {
				write(step.write)
			}
			time.Sleep(time.Second) // on the test's own clock
			p, err := d.Get("a")
			switch {
			case step.err != "":
				if err == nil || !strings.Contains(err.Error(), step.err) {
					t.Errorf("got %v, want %s", err, step.err)
				}
			case err != nil || p.Text != step.text:
				t.Errorf("got %v, %v; want %s", p, err, step.text)
			}
		}
		same, err := d.Get("a")
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		if again, _ := d.Get("a"); again != same {
			t.Error("a folder that did not change was read again")
		}
	})
	if _, err := prompt.Dir(filepath.Join(dir, "none")).Get("a"); err == nil {
		t.Error("a folder that is not there has prompts")
	}
}

func TestRender(t *testing.T) {
	got, err := prompt.Render("{{a.b}} {{$}}", map[string]any{"a": map[string]any{"b": 1}})
	if err != nil || got != `1 {"a":{"b":1}}` {
		t.Errorf("got %q, %v", got, err)
	}
	if diff := cmp.Diff([]string{"a", "b"}, prompt.Variables("{{a.x}}{{b}}{{a}}")); diff != "" {
		t.Error(diff)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sumUp))
	f.Add([]byte("---\n---\n"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		if p, err := prompt.Parse("p", data); err == nil {
			_, _ = p.Request(map[string]any{"from": 1, "body": nil})
		}
	})
}
