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
	const noVariable = ` is no variable (write {{name}} or {{order.items[0].name}}, or \{{ for braces that are text)`
	const open = ` is never closed (close it with }}, or write \{{ for braces that are text)`
	for _, c := range []struct{ name, text, want string }{
		{"an empty file", "", "1: there is no text (it stands below the settings)"},
		{"no text", "---\nmodel: m\n---\n\n", "5: there is no text (it stands below the settings)"},
		{"no end", "---\nmodel: m\n", "1: the settings that begin with --- have no line of --- behind them"},
		{"settings that begin late", "\n---\nmodel: m\n---\nhi", "2: a line of --- before which something stands (settings begin with the first line of the file)"},
		{"a setting that is not known", "---\nmodel: m\ncolour: m\n---\nhi", `3: there is no setting "colour" here (see the documentation of package prompt)`},
		{"a setting of a variant that is not known", "---\nvariants:\n  a: {colour: m}\n---\nhi", `3: there is no setting "colour" here (see the documentation of package prompt)`},
		{"a setting that is made twice", "---\nmodel: m\nmodel: n\n---\nhi", `3: mapping key "model" is there twice`},
		{"a list that is not closed", "---\nvariables: [a\n---\nhi", "2: sequence end token ']' not found"},
		{"a tab", "---\n\tmodel: m\n---\nhi", "2: tab character cannot use as a map key directly"},
		{"text for a number", "---\nversion: three\n---\nhi", `2: "three" is no whole number`},
		{"text for a fraction", "---\nsettings:\n  temperature: warm\n---\nhi", `3: "warm" is no number`},
		{"a fraction for a whole number", "---\nsettings:\n  topK: 1.5\n---\nhi", `3: settings.topK 1.5 is no whole number`},
		{"a fraction for a version", "---\nversion: 1.5\n---\nhi", `2: version 1.5 is no whole number`},
		{"settings for a text", "---\nmodel: {a: 1}\n---\nhi", `2: "{" is no text`},
		{"text for a list", "---\nvariables: a\n---\n{{a}}", `2: "a" stands in the place of a list, such as [a, b]`},
		{"a number for settings", "---\nsettings: 5\n---\nhi", `2: "5" stands in the place of settings, such as name: value`},
		{"no settings", "---\nhello\n---\nhi", `2: "hello" stands in the place of settings, such as name: value`},
		{"a negative version", "---\nversion: -1\n---\nhi", "2: version -1: they count from 1"},
		{"text among the settings", "---\ntext: a\n---\nhi", "2: text: the text stands below the settings"},
		{"a negative bound", "---\nsettings: {maxTokens: -1}\n---\nhi", "2: settings.maxTokens -1 is negative (leave it out for the model's maximum)"},
		{"a number that JSON has not", "---\nsettings:\n  extra:\n    x: .nan\n---\nhi", "4: settings.extra: JSON has no number NaN"},
		{"braces that are no variable", "---\nversion: 1\n---\n\nhi\n{{#if}}", "6: {{#if}}" + noVariable},
		{"broken paths", "{{a.}}\n{{a[-1]}} {{}}", "1: {{a.}}" + noVariable + "\nx.md:2: {{a[-1]}}" + noVariable + "\nx.md:2: {{}}" + noVariable},
		{"braces that don't close", "hi\n{{a, you", "2: {{a, you" + open},
		{"braces that don't close in the instructions", "---\nsystem: |\n  You\n  are {{who\n---\nhi", "4: {{who" + open},
		{"a variable that is not named", "---\nvariables: []\n---\n{{a}}", "2: the variable {{a}} is not among the variables"},
		{"a variable that is not used", "---\nversion: 1\nvariables: [a, b]\n---\n{{a}}", `3: the variable "b" is not used`},
		{"a variant without a variable", "---\nvariables: [a]\nvariants: {x: {text: hi}}\n---\n{{a}}", `2: variant "x": the variable "a" is not used`},
		{"several in a variant", "---\nvariants:\n  x:\n    settings:\n      maxTokens: -5\n    text: '{{#x}}'\n---\nhi", `5: variant "x": settings.maxTokens -5 is negative (leave it out for the model's maximum)` + "\nx.md:6: variant \"x\": {{#x}}" + noVariable},
		{"bytes that are no UTF-8", "\xff", "1: it is not UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := prompt.Load(fstest.MapFS{"x.md": file(c.text)})
			want := "prompts: x.md:" + c.want
			if err == nil || err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
			p, err := prompt.Parse("x", []byte(c.text))
			if want := strings.ReplaceAll(strings.TrimPrefix(want, "prompts: "), "x.md:", "line "); p != nil || err == nil || err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
	_, err := prompt.Load(fstest.MapFS{"a.md": file("x"), "a.txt": file("y")})
	if err == nil || err.Error() != `prompts: a.txt:1: there is another file for the draft of "a" (give one of them another version)` {
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
