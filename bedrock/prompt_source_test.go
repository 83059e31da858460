package bedrock_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/bedrock"
	"github.com/flowstone-go/flow/bedrock/internal/wire"
	"github.com/flowstone-go/flow/model"
	"github.com/flowstone-go/flow/prompt"
)

// visitor is the document of flows that greet.
type visitor struct {
	Name string `json:"name"`
	Tone string `json:"tone"`
	X    int    `json:"x"`
}

// greet fetches the managed prompt, makes a flow of it, and gives what Converse was asked.
func greet(t *testing.T, variant string) any {
	t.Helper()
	s := newServer(t).On("GetPrompt", wire.JSON(managed)).On("Converse", wire.JSON(okAnswer))
	m, err := (&bedrock.Prompts{Client: agentBuild(s)}).Get(t.Context(), "PROMPT1234:3")
	if err != nil {
		t.Fatal(err)
	}
	var source flow.PromptSource = m
	if variant != "" {
		if source, err = m.Variant(variant); err != nil {
			t.Fatal(err)
		}
	}
	f, err := flow.New[visitor, string]("greeter").Then(flow.Prompt[string]("Greet", newModel(s)).Of(source).
		Settings(func(r *model.Request) { r.Extra, r.MaxTokens = map[string]any{"own": true}, 9 })).Build()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := f.Run(t.Context(), visitor{Name: "Ada {{x}}", Tone: "kind", X: 7}); err != nil || got != "Hi" {
		t.Fatalf("%q, %v", got, err)
	}
	call := s.Requests("Converse")[0]
	return map[string]any{"model": call.Path[1], "body": parse(t, string(call.Body))}
}

func TestAManagedTextInAFlow(t *testing.T) {
	want := map[string]any{"model": "amazon.nova-lite-v1:0", "body": parse(t, `{
		"messages":[{"role":"user","content":[{"text":"Hi Ada {{x}}, {{not a name}} Ada {{x}}7"},{"cachePoint":{"type":"default"}}]}],
		"inferenceConfig":{"maxTokens":50,"temperature":0.2,"topP":0.9,"stopSequences":["END"]},
		"additionalModelRequestFields":{"own":true,"top_k":5}}`)}
	if diff := cmp.Diff(want, greet(t, "text")); diff != "" {
		t.Errorf("call (-want +got):\n%s", diff)
	}
}

func TestAManagedChatInAFlow(t *testing.T) {
	want := map[string]any{"model": nova, "body": parse(t, `{
		"system":[{"text":"Be kind."},{"cachePoint":{"type":"default"}}],
		"messages":[{"role":"user","content":[{"text":"I am Ada {{x}}."},{"cachePoint":{"type":"default"}}]},{"role":"assistant","content":[{"text":"Hello."}]}],
		"inferenceConfig":{"maxTokens":9},"additionalModelRequestFields":{"own":true},
		"toolConfig":{"tools":[{"toolSpec":{"name":"t","description":"d","strict":true,"inputSchema":{"json":{"type":"object"}}}},{"cachePoint":{"type":"default"}}],
			"toolChoice":{"tool":{"name":"t"}}}}`)}
	if diff := cmp.Diff(want, greet(t, "")); diff != "" {
		t.Errorf("call (-want +got):\n%s", diff)
	}
}

// What is a single text comes as a template, so that System and Text of the node can stand in its place.
func TestTemplatesOfAManagedPrompt(t *testing.T) {
	single := &bedrock.PromptVariant{Request: &model.Request{
		System:   model.Texts("Be {{tone}}."),
		Messages: []model.Message{model.UserText("Hello"), model.AssistantText("Yes?"), model.UserText(`I am {{name}}; {{#if}} \{{x}}`)},
	}}
	system, text, err := single.Templates()
	if want := `I am {{name}}; \{{#if}} \\{{x}}`; system != "Be {{tone}}." || text != want || err != nil {
		t.Errorf("%q, %q, %v", system, text, err)
	}
	r := &model.Request{}
	single.Apply(r)
	want := &model.Request{Messages: []model.Message{model.UserText("Hello"), model.AssistantText("Yes?")}}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Errorf("applied (-want +got):\n%s", diff)
	}
	lost := &bedrock.ManagedPrompt{Name: "p", DefaultVariant: "gone"}
	if _, _, err := lost.Templates(); err == nil || !strings.Contains(err.Error(), `prompt "p" has no variant "gone"`) {
		t.Errorf("error %v", err)
	}
}

// A node whose document lacks a variable is found when the flow is built.
func TestBuildChecksTheVariablesOfAManagedPrompt(t *testing.T) {
	s := newServer(t).On("GetPrompt", wire.JSON(strings.ReplaceAll(managed, "{{tone}}", "{{mood}}")))
	m, err := (&bedrock.Prompts{Client: agentBuild(s)}).Get(t.Context(), "PROMPT1234")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := flow.New[visitor, string]("greeter").Then(flow.Prompt[string]("Greet", newModel(s)).Of(m)).Build(); err == nil || !strings.Contains(err.Error(), "$.mood") {
		t.Errorf("error %v", err)
	}
}

// The text of a prompt means the same to a node as to Prompt management.
func FuzzTemplate(f *testing.F) {
	for _, text := range []string{"", "{{a}}", `\{{a}}`, `\\{{ a }}`, "{{{a}}}", "{{{{a}}}}", "{{a.b}} {{a[0]}} {{$}} {{a b}}", "{{a}}{{b", `{{\{{a}}\`, "{ {{a}} }", `x\{\{{{a}}`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v := &bedrock.PromptVariant{Variables: []string{"a", "b"}, Request: &model.Request{Messages: []model.Message{model.UserText(text)}}}
		want, err := v.Render(map[string]string{"a": "A", "b": `\{{B}}`})
		if err != nil {
			t.Skip("it uses other variables")
		}
		_, template, err := v.Templates()
		if err != nil {
			t.Fatal(err)
		}
		got, err := prompt.Render(template, map[string]string{"a": "A", "b": `\{{B}}`})
		if err != nil || got != want.Messages[0].Text() {
			t.Errorf("%q as %q: got %q, %v, want %q", text, template, got, err, want.Messages[0].Text())
		}
	})
}

// The values of a managed prompt are JSON, for logs and caches.
func TestAManagedPromptIsJSON(t *testing.T) {
	s := newServer(t).On("GetPrompt", wire.JSON(managed))
	m, err := (&bedrock.Prompts{Client: agentBuild(s)}).Get(t.Context(), "PROMPT1234")
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var again *bedrock.ManagedPrompt
	if err := json.Unmarshal(data, &again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(m, again); diff != "" {
		t.Errorf("again (-want +got):\n%s", diff)
	}
}
