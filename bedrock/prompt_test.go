package bedrock_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/bedrock"
	"github.com/flowstone-go/flow/bedrock/internal/wire"
	"github.com/flowstone-go/flow/model"
)

const managed = `{"arn":"arn:aws:bedrock:us-east-1:123456789012:prompt/PROMPT1234:3","id":"PROMPT1234","name":"greet","description":"Greets.","version":"3",
	"createdAt":"2025-01-02T03:04:05Z","updatedAt":"2025-02-02T03:04:05Z","defaultVariant":"chat","customerEncryptionKeyArn":"key","variants":[
	{"name":"text","templateType":"TEXT","modelId":"amazon.nova-lite-v1:0","templateConfiguration":{"text":{"text":"Hi {{ name }}, {{not a name}} {{name}}{{x}}","inputVariables":[{"name":"name"},{"name":"x"}],"cachePoint":{"type":"default"}}},
		"inferenceConfiguration":{"text":{"maxTokens":50,"temperature":0.2,"topP":0.9,"stopSequences":["END"]}},"additionalModelRequestFields":{"top_k":5},
		"metadata":[{"key":"owner","value":"ada"}]},
	{"name":"chat","templateType":"CHAT","genAiResource":{"agent":{"agentIdentifier":"arn:agent"}},"templateConfiguration":{"chat":{
		"system":[{"text":"Be {{tone}}."},{"cachePoint":{"type":"default"}}],
		"messages":[{"role":"user","content":[{"text":"I am {{name}}."},{"cachePoint":{"type":"default"}}]},{"role":"assistant","content":[{"text":"Hello."}]}],
		"inputVariables":[{"name":"tone"},{"name":"name"},{"name":"unused"}],
		"toolConfiguration":{"tools":[{"toolSpec":{"name":"t","description":"d","strict":true,"inputSchema":{"json":{"type":"object"}}}},{"cachePoint":{"type":"default"}}],"toolChoice":{"tool":{"name":"t"}}}}}}]}`

func TestManagedPrompts(t *testing.T) {
	s := newServer(t).On("GetPrompt", wire.JSON(managed))
	p := &bedrock.Prompts{Client: agentBuild(s)}
	got, err := p.Get(t.Context(), "arn:aws:bedrock:us-east-1:123456789012:prompt/PROMPT1234:3")
	if err != nil {
		t.Fatal(err)
	}
	want := &bedrock.ManagedPrompt{
		ID: "PROMPT1234", ARN: "arn:aws:bedrock:us-east-1:123456789012:prompt/PROMPT1234:3", Name: "greet", Description: "Greets.", Version: "3",
		DefaultVariant: "chat", Key: "key", CreatedAt: time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC), UpdatedAt: time.Date(2025, 2, 2, 3, 4, 5, 0, time.UTC),
		Variants: []bedrock.PromptVariant{
			{
				Name: "text", Type: "TEXT", Model: "amazon.nova-lite-v1:0", Variables: []string{"name", "x"}, Metadata: map[string]string{"owner": "ada"},
				Request: &model.Request{
					Model:     "amazon.nova-lite-v1:0",
					Messages:  []model.Message{{Role: model.User, Content: model.Contents{&model.Text{Text: "Hi {{ name }}, {{not a name}} {{name}}{{x}}"}, &model.CachePoint{}}}},
					MaxTokens: 50, Temperature: new(0.2), TopP: new(0.9), Stop: []string{"END"}, Extra: map[string]any{"top_k": 5.0},
				},
			},
			{
				Name: "chat", Type: "CHAT", Agent: "arn:agent", Variables: []string{"tone", "name", "unused"},
				Request: &model.Request{
					System: model.Contents{&model.Text{Text: "Be {{tone}}."}, &model.CachePoint{}},
					Messages: []model.Message{
						{Role: model.User, Content: model.Contents{&model.Text{Text: "I am {{name}}."}, &model.CachePoint{}}}, model.AssistantText("Hello."),
					},
					Tools:      []model.Tool{{Name: "t", Description: "d", Strict: true, Schema: json.RawMessage(`{"type":"object"}`), Cache: &model.CachePoint{}}},
					ToolChoice: model.ToolChoice{Mode: model.ToolNamed, Name: "t"},
				},
			},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("prompt (-want +got):\n%s", diff)
	}
	call := s.Requests("GetPrompt")[0]
	if call.Path[1] != "arn:aws:bedrock:us-east-1:123456789012:prompt/PROMPT1234" || call.Query.Get("promptVersion") != "3" {
		t.Errorf("path %v, query %v", call.Path, call.Query)
	}

	req, err := got.Render(map[string]string{"tone": "kind", "name": "Ada {{tone}}", "unused": ""})
	if err != nil {
		t.Fatal(err)
	}
	rendered := *want.Variants[1].Request
	rendered.System = model.Contents{&model.Text{Text: "Be kind."}, &model.CachePoint{}}
	rendered.Messages = []model.Message{{Role: model.User, Content: model.Contents{&model.Text{Text: "I am Ada {{tone}}."}, &model.CachePoint{}}}, model.AssistantText("Hello.")}
	if diff := cmp.Diff(&rendered, req); diff != "" {
		t.Errorf("rendered (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rendering changed the prompt (-want +got):\n%s", diff)
	}
	text, err := got.Variant("text")
	if err != nil {
		t.Fatal(err)
	}
	if req, err = text.Render(map[string]string{"name": "Ada", "x": "!"}); err != nil || req.Messages[0].Text() != "Hi Ada, {{not a name}} Ada!" {
		t.Errorf("%v, %v", req, err)
	}
}

func TestManagedPromptsFail(t *testing.T) {
	s := newServer(t).On("GetPrompt", wire.JSON(managed))
	p := &bedrock.Prompts{Client: agentBuild(s)}
	m, err := p.Get(t.Context(), "PROMPT1234")
	if err != nil {
		t.Fatal(err)
	}
	if q := s.Requests("GetPrompt")[0].Query; q.Has("promptVersion") {
		t.Errorf("query %v", q)
	}
	for name, values := range map[string]map[string]string{
		`variable "tone" has no value; variable "name" has no value`: nil,
		`there is no variable "naem"`:                                {"tone": "x", "name": "y", "naem": "z"},
	} {
		if req, err := m.Render(values); !errors.Is(err, model.ErrValidation) || !strings.Contains(err.Error(), name) || req != nil {
			t.Errorf("%v, %v, want %s", req, err, name)
		}
	}
	if _, err := m.Variant("none"); !errors.Is(err, model.ErrNotFound) {
		t.Errorf("variant: %v", err)
	}
	s.On("GetPrompt", wire.Error(404, "ResourceNotFoundException", "no such prompt"))
	if _, err := p.Get(t.Context(), "X:DRAFT"); !errors.Is(err, model.ErrNotFound) {
		t.Errorf("error %v", err)
	}
	s.On("GetPrompt", wire.JSON(`{"name":"n","variants":[{"name":"v","templateType":"DANCE","templateConfiguration":{"dance":{}}}]}`))
	if _, err := p.Get(t.Context(), "X"); !errors.Is(err, model.ErrUnsupported) {
		t.Errorf("error %v", err)
	}
	if _, err := (&bedrock.Prompts{}).Get(t.Context(), "X"); !errors.Is(err, model.ErrValidation) {
		t.Errorf("without a client: %v", err)
	}
}
