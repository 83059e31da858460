package main

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"sync"

	einomodel "github.com/cloudwego/eino/components/model"
	einoprompt "github.com/cloudwego/eino/components/prompt"
	"github.com/cloudwego/eino/compose"
	"github.com/cloudwego/eino/schema"
	"github.com/firebase/genkit/go/ai"
	"github.com/firebase/genkit/go/genkit"
	"github.com/tmc/langchaingo/chains"
	"github.com/tmc/langchaingo/llms"
	langprompts "github.com/tmc/langchaingo/prompts"
	"google.golang.org/adk/v2/agent"
	"google.golang.org/adk/v2/agent/llmagent"
	adkmodel "google.golang.org/adk/v2/model"
	"google.golang.org/adk/v2/session"
	"google.golang.org/genai"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/model"
)

// letter has the three variables of the prompt.
type letter struct {
	From  string `json:"from"`
	To    string `json:"to"`
	About string `json:"about"`
}

var aLetter = letter{From: "Ada", To: "Charles", About: "the engine"}

const (
	promptText   = "Write a letter from {{from}} to {{to}} about {{about}}, in three sentences."
	promptFilled = "Write a letter from Ada to Charles about the engine, in three sentences."
	answerText   = "Dear Charles, it weaves algebraic patterns."
)

func (l letter) variables() map[string]any {
	return map[string]any{"from": l.From, "to": l.To, "about": l.About}
}

// reply is the model of all contenders: it looks at what it is asked and
// answers at once.
func reply(text string) (string, error) {
	if text != promptFilled {
		return "", fmt.Errorf("the prompt is %q", text)
	}
	return answerText, nil
}

type ourModel struct{}

// Generate answers.
func (ourModel) Generate(_ context.Context, req *model.Request) (*model.Response, error) {
	text, err := reply(req.Messages[0].Text())
	if err != nil {
		return nil, err
	}
	return &model.Response{Model: "memory", Content: model.Texts(text), Stop: model.StopEnd}, nil
}

// asking has fn ask the model n times.
func asking(fn func(ctx context.Context) (string, error)) func(ctx context.Context, n int) (any, error) {
	return func(ctx context.Context, n int) (any, error) {
		var out string
		var err error
		for range n {
			if out, err = fn(ctx); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
}

func prompts() workload {
	f := flow.New[letter, string]("letters").Then(flow.Prompt[string]("Draft", ourModel{}).Text(promptText).MaxTokens(300)).Must()
	var m model.Model = ourModel{}
	return workload{
		letter: "h", title: "A prompt of three variables to a model in memory", want: answerText, base: hand, most: 2,
		who: []contender{
			{name: hand, note: "strings.NewReplacer and the same model package", prepare: ready(asking(func(ctx context.Context) (string, error) {
				text := strings.NewReplacer("{{from}}", aLetter.From, "{{to}}", aLetter.To, "{{about}}", aLetter.About).Replace(promptText)
				resp, err := m.Generate(ctx, &model.Request{Messages: []model.Message{model.UserText(text)}, MaxTokens: 300})
				if err != nil {
					return "", err
				}
				return resp.Text(), nil
			}))},
			{name: ours, prepare: ready(asking(func(ctx context.Context) (string, error) { return f.Run(ctx, aLetter) }))},
			einoAsks(), genkitAsks(), langchainAsks(), adkAsks(),
		},
	}
}

type einoModel struct{}

// Generate answers.
func (einoModel) Generate(_ context.Context, in []*schema.Message, _ ...einomodel.Option) (*schema.Message, error) {
	text, err := reply(in[0].Content)
	return schema.AssistantMessage(text, nil), err
}

// Stream is not asked for.
func (einoModel) Stream(context.Context, []*schema.Message, ...einomodel.Option) (*schema.StreamReader[*schema.Message], error) {
	return nil, fmt.Errorf("not asked for")
}

func einoAsks() contender {
	return contender{name: "eino chain", note: "variables are a map", prepare: func(ctx context.Context) (func(context.Context, int) (any, error), error) {
		template := strings.NewReplacer("{{", "{", "}}", "}").Replace(promptText)
		c := compose.NewChain[map[string]any, *schema.Message]().
			AppendChatTemplate(einoprompt.FromMessages(schema.FString, schema.UserMessage(template))).
			AppendChatModel(einoModel{})
		r, err := c.Compile(ctx)
		if err != nil {
			return nil, err
		}
		return asking(func(ctx context.Context) (string, error) {
			m, err := r.Invoke(ctx, aLetter.variables())
			if err != nil {
				return "", err
			}
			return m.Content, nil
		}), nil
	}}
}

var genkitDraft = sync.OnceValue(func() ai.Prompt {
	m := genkit.DefineModel(genkitApp(), "bench/memory", &ai.ModelOptions{Supports: &ai.ModelSupports{Multiturn: true, SystemRole: true}},
		func(_ context.Context, req *ai.ModelRequest, _ ai.ModelStreamCallback) (*ai.ModelResponse, error) {
			text, err := reply(req.Messages[0].Text())
			return &ai.ModelResponse{Request: req, Message: ai.NewModelTextMessage(text), FinishReason: ai.FinishReasonStop}, err
		})
	return genkit.DefinePrompt(genkitApp(), "draft", ai.WithModel(m), ai.WithInputType(letter{}), ai.WithPrompt(promptText))
})

func genkitAsks() contender {
	return contender{name: "genkit", note: "traced", prepare: func(context.Context) (func(context.Context, int) (any, error), error) {
		p := genkitDraft()
		return asking(func(ctx context.Context) (string, error) {
			resp, err := p.Execute(ctx, ai.WithInput(aLetter))
			if err != nil {
				return "", err
			}
			return resp.Text(), nil
		}), nil
	}}
}

type langchainModel struct{}

// GenerateContent answers.
func (langchainModel) GenerateContent(_ context.Context, in []llms.MessageContent, _ ...llms.CallOption) (*llms.ContentResponse, error) {
	part, ok := in[0].Parts[0].(llms.TextContent)
	if !ok {
		return nil, fmt.Errorf("a part is a %T", in[0].Parts[0])
	}
	text, err := reply(part.Text)
	return &llms.ContentResponse{Choices: []*llms.ContentChoice{{Content: text}}}, err
}

// Call is not asked for.
func (langchainModel) Call(context.Context, string, ...llms.CallOption) (string, error) {
	return "", fmt.Errorf("not asked for")
}

func langchainAsks() contender {
	return contender{name: "langchaingo", note: "an F-string template; variables are a map", prepare: func(context.Context) (func(context.Context, int) (any, error), error) {
		template := langprompts.NewPromptTemplate(strings.NewReplacer("{{", "{", "}}", "}").Replace(promptText), []string{"from", "to", "about"})
		template.TemplateFormat = langprompts.TemplateFormatFString
		c := chains.NewLLMChain(langchainModel{}, template)
		return asking(func(ctx context.Context) (string, error) { return chains.Predict(ctx, c, aLetter.variables()) }), nil
	}}
}

type adkModel struct{}

// Name is the model's.
func (adkModel) Name() string { return "memory" }

// GenerateContent answers.
func (adkModel) GenerateContent(_ context.Context, req *adkmodel.LLMRequest, _ bool) iter.Seq2[*adkmodel.LLMResponse, error] {
	return func(yield func(*adkmodel.LLMResponse, error) bool) {
		asked, _, _ := strings.Cut(req.Config.SystemInstruction.Parts[0].Text, "\n") // it adds who the agent is
		text, err := reply(asked)
		yield(&adkmodel.LLMResponse{Content: genai.NewContentFromText(text, genai.RoleModel)}, err)
	}
}

func adkAsks() contender {
	return contender{name: "adk-go agent", note: "an agent with the prompt as its instruction, variables from the session's state; " + sessions, prepare: func(context.Context) (func(context.Context, int) (any, error), error) {
		a, err := llmagent.New(llmagent.Config{
			Name: "draft", Model: adkModel{}, Instruction: strings.NewReplacer("{{", "{", "}}", "}").Replace(promptText),
			DisallowTransferToParent: true, DisallowTransferToPeers: true,
		})
		if err != nil {
			return nil, err
		}
		app, err := newADKApp(a)
		if err != nil {
			return nil, err
		}
		return asking(func(ctx context.Context) (string, error) {
			return app.ask(ctx, aLetter.variables())
		}), nil
	}}
}

// ask runs an agent in a session with some state.
func (a *adkApp) ask(ctx context.Context, state map[string]any) (text string, err error) {
	made, err := a.sessions.Create(ctx, &session.CreateRequest{AppName: "bench", UserID: "u", State: state})
	if err != nil {
		return "", err
	}
	id := made.Session.ID()
	for e, err := range a.runner.Run(ctx, "u", id, genai.NewContentFromText("go on", genai.RoleUser), agent.RunConfig{}) {
		if err != nil {
			return "", err
		}
		if e.Content != nil {
			text = e.Content.Parts[0].Text
		}
	}
	return text, a.sessions.Delete(ctx, &session.DeleteRequest{AppName: "bench", UserID: "u", SessionID: id})
}
