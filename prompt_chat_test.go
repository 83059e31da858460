package flow_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/mock/mocktest"
	"github.com/flowstone-go/flow/model"
)

// chat is a prompt of several messages.
type chat struct {
	system   model.Contents
	messages []model.Message
}

func (c *chat) Templates() (system, text string, err error) { return "", "", nil }

func (c *chat) Apply(r *model.Request) {
	r.System = append(r.System, c.system...)
	r.Messages = append(r.Messages, c.messages...)
}

// picture is a letter with a picture and with what was said before.
type picture struct {
	letter
	Scan model.Image     `json:"scan"`
	Past []model.Message `json:"past"`
}

func example() *chat {
	return &chat{
		system: model.Contents{&model.Text{Text: "You write to {{from}}."}, &model.CachePoint{}},
		messages: []model.Message{
			model.UserText("A letter of {{from}}"), model.AssistantText(`Dear {{from}}, \{{done}}`),
			{Role: model.User, Content: model.Contents{&model.Text{Text: "Now: {{body}}"}, &model.CachePoint{}}},
		},
	}
}

func TestTheTextsOfAChatAreTemplates(t *testing.T) {
	scan := model.Image{Format: "png", Source: model.Source{Bytes: []byte("dots")}}
	in := picture{ada, scan, []model.Message{model.UserText("Hello {{from}}"), model.AssistantText("Hello.")}}
	for name, node := range map[string]func(p flow.PromptSource, m flow.Model) flow.Node{
		"prompt": func(p flow.PromptSource, m flow.Model) flow.Node {
			return flow.Prompt[string]("Draft", m).Of(p).Settings(func(r *model.Request) {
				r.System, r.Messages = model.Texts("{{as it is}}"), []model.Message{model.UserText("{{this too}}"), model.AssistantText("Yes.")}
			}).Text("Be quick.").History(flow.At[[]model.Message]("$.past")).Image(flow.At[model.Image]("$.scan"))
		},
		"agent": func(p flow.PromptSource, m flow.Model) flow.Node {
			return flow.Agent[string]("Draft", m).Of(p).Settings(func(r *model.Request) {
				r.System, r.Messages = model.Texts("{{as it is}}"), []model.Message{model.UserText("{{this too}}"), model.AssistantText("Yes.")}
			}).Text("Be quick.").History(flow.At[[]model.Message]("$.past"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := mocktest.Model(t)
			m.When().Text("Dear Ada").Times(2)
			source := example()
			f, err := flow.New[picture, string]("letters").Then(node(source, m)).Build()
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // the second sees what the first has changed
				if _, err := f.Run(t.Context(), in); err != nil {
					t.Fatal(err)
				}
			}
			last := model.Contents{&model.Text{Text: "Now: All is well."}, &model.CachePoint{}, &model.Text{Text: "Be quick."}}
			if name == "prompt" {
				last = append(last, &scan)
			}
			want := []model.Message{
				model.UserText("{{this too}}"), model.AssistantText("Yes."),
				model.UserText("A letter of Ada"), model.AssistantText("Dear Ada, {{done}}"),
				model.UserText("Hello {{from}}"), model.AssistantText("Hello."),
				{Role: model.User, Content: last},
			}
			system := model.Contents{&model.Text{Text: "{{as it is}}"}, &model.Text{Text: "You write to Ada."}, &model.CachePoint{}}
			for _, call := range m.Calls() {
				if diff := cmp.Diff(want, call.Request.Messages); diff != "" {
					t.Errorf("messages (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(system, call.Request.System); diff != "" {
					t.Errorf("system (-want +got):\n%s", diff)
				}
			}
			if diff := cmp.Diff(example(), source, cmp.AllowUnexported(chat{})); diff != "" {
				t.Errorf("the source was changed (-want +got):\n%s", diff)
			}
		})
	}
}

// Build looks at the templates of a chat as at others.
func TestTheTemplatesOfAChatAreChecked(t *testing.T) {
	for want, source := range map[string]*chat{
		"the template's ($.form)":    {messages: []model.Message{model.UserText("Of {{form}}"), model.AssistantText("{{body}}")}},
		"{{#if}} is no variable":     {system: model.Texts("{{#if}}"), messages: []model.Message{model.UserText("?")}},
		"a Prompt that asks nothing": {},
	} {
		_, err := flow.New[letter, string]("letters").Then(flow.Prompt[string]("Draft", mocktest.Model(t)).Of(source)).Build()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nsays nothing of %s", err, want)
		}
	}
}
