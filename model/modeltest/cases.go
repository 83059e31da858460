package modeltest

import (
	"encoding/json"
	"time"

	"github.com/flowstone-go/flow/model"
)

// Case is one exchange with a provider.
type Case struct {
	Name    string
	Request *model.Request

	// Response is what the model answers: of its fields, Content, Stop,
	// StopSequence and Usage are compared. Nil if the call fails.
	Response *model.Response

	// Err is how the call fails: of its fields, Name, Retryable and After are
	// compared.
	Err *model.Error

	// Pieces is the number of pieces of text that a stream gives before it
	// fails; such a case is not one for Generate.
	Pieces int
}

// Cases are the exchanges of the suite.
func Cases() []Case {
	cases := append(answers(), toolCases()...)
	for _, f := range failures() {
		f.Request = ask("This call fails.")
		cases = append(cases, f)
	}
	return cases
}

func ask(text string) *model.Request {
	return &model.Request{Messages: []model.Message{model.UserText(text)}, MaxTokens: 100}
}

func answers() []Case {
	usage := model.Usage{Input: 12, Output: 3}
	rich := ask("Hello")
	rich.System = model.Texts("Be brief.", "Be kind.")
	rich.Temperature, rich.TopP, rich.Stop = new(0.5), new(0.9), []string{"END", "STOP"}
	structured := ask("Give me JSON.")
	structured.Output = &model.Output{Name: "Out", Schema: json.RawMessage(`{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"],"additionalProperties":false}`)}
	picture := ask("What is this?")
	picture.Messages[0].Content = append(picture.Messages[0].Content, &model.Image{Format: "png", Source: model.Source{Bytes: []byte{0x89, 'P', 'N', 'G'}}})
	talk := ask("One")
	talk.Messages = append(talk.Messages, model.AssistantText("Two"), model.UserText("Three"))
	return []Case{
		{Name: "a text", Request: ask("Hello"), Response: &model.Response{Content: model.Texts("Dear Ada,\n\nall is \"well\"."), Stop: model.StopEnd, Usage: usage}},
		{Name: "a text beyond ASCII", Request: ask("Grüße 👋"), Response: &model.Response{Content: model.Texts("Größe: 5 €, 世界 👩‍🚀"), Stop: model.StopEnd, Usage: usage}},
		{Name: "a long text", Request: ask("Hello"), Response: &model.Response{Content: model.Texts(long(4000)), Stop: model.StopEnd, Usage: model.Usage{Input: 1, Output: 4000}}},
		{Name: "no content", Request: ask("Say nothing."), Response: &model.Response{Stop: model.StopEnd, Usage: model.Usage{Input: 3}}},
		{Name: "instructions and settings", Request: rich, Response: &model.Response{Content: model.Texts("Hi"), Stop: model.StopEnd, Usage: usage}},
		{Name: "a conversation", Request: talk, Response: &model.Response{Content: model.Texts("Four"), Stop: model.StopEnd, Usage: usage}},
		{Name: "a picture in the request", Request: picture, Response: &model.Response{Content: model.Texts("A dot."), Stop: model.StopEnd, Usage: usage}},
		{Name: "structured output", Request: structured, Response: &model.Response{Content: model.Texts(`{"n":1}`), Stop: model.StopEnd, Usage: usage}},
		{Name: "several texts", Request: ask("Hello"), Response: &model.Response{Content: model.Texts("a", "b"), Stop: model.StopEnd, Usage: usage}},
		{Name: "the limit reached", Request: ask("Hello"), Response: &model.Response{Content: model.Texts("Once upon"), Stop: model.StopMaxTokens, Usage: usage}},
		{Name: "a stop sequence", Request: rich, Response: &model.Response{Content: model.Texts("Once"), Stop: model.StopSequence, StopSequence: "END", Usage: usage}},
		{Name: "content filtered", Request: ask("Hello"), Response: &model.Response{Content: model.Texts("I "), Stop: model.StopFiltered, Usage: usage}},
		{Name: "a guardrail intervened", Request: ask("Hello"), Response: &model.Response{Content: model.Texts("Blocked."), Stop: model.StopGuardrail, Usage: usage}},
		{Name: "a refusal", Request: structured, Response: &model.Response{Content: model.Contents{&model.Refusal{Text: "I won't."}}, Stop: model.StopRefusal, Usage: usage}},
		{Name: "cached tokens", Request: ask("Hello"), Response: &model.Response{Content: model.Texts("Hi"), Stop: model.StopEnd, Usage: model.Usage{Input: 5, CacheRead: 100, Output: 1}}},
		{Name: "tokens put into the cache", Request: ask("Hello"), Response: &model.Response{Content: model.Texts("Hi"), Stop: model.StopEnd, Usage: model.Usage{Input: 5, CacheWrite: 30, CacheWriteLong: 10, Output: 1}}},
		{Name: "reasoning tokens", Request: ask("Hello"), Response: &model.Response{Content: model.Texts("Hi"), Stop: model.StopEnd, Usage: model.Usage{Input: 5, Output: 50, Reasoning: 40}}},
		{Name: "reasoning before the text", Request: ask("Hello"), Response: &model.Response{
			Content: model.Contents{&model.Reasoning{Text: "They greet me.", Signature: "c2ln"}, &model.Text{Text: "Hi"}}, Stop: model.StopEnd, Usage: usage,
		}},
		{Name: "encrypted reasoning", Request: ask("Hello"), Response: &model.Response{
			Content: model.Contents{&model.Reasoning{Redacted: []byte{0, 1, 254, 255}}, &model.Text{Text: "Hi"}}, Stop: model.StopEnd, Usage: usage,
		}},
		{Name: "a text with a citation", Request: ask("Hello"), Response: &model.Response{
			Content: model.Contents{&model.Text{Text: "Water boils at 100 °C.", Citations: []model.Citation{{
				Title: "Physics", Cited: []string{"boils at 100"}, Location: model.Location{Kind: model.LocationChars, Index: 1, Start: 10, End: 22},
			}}}}, Stop: model.StopEnd, Usage: usage,
		}},
	}
}

func long(n int) string {
	text := make([]byte, n)
	for i := range text {
		text[i] = "abcdefghijklmnopqrstuvwxyz \n"[i%28]
	}
	return string(text)
}

func toolCases() []Case {
	usage := model.Usage{Input: 40, Output: 20}
	tools := ask("What is order 7?")
	tools.Tools = []model.Tool{
		{Name: "lookup", Description: "Looks up an order.", Schema: json.RawMessage(`{"type":"object","properties":{"id":{"type":"integer"}},"required":["id"]}`)},
		{Name: "now", Description: "Tells the time."},
	}
	answered := *tools
	answered.ToolChoice = model.ToolChoice{Mode: model.ToolAuto}
	answered.Messages = []model.Message{
		tools.Messages[0],
		{Role: model.Assistant, Content: model.Contents{&model.Text{Text: "Let me see."}, model.NewToolUse("call_1", "lookup", `{"id":7}`), model.NewToolUse("call_2", "now", `{}`)}},
		{Role: model.User, Content: model.Contents{
			&model.ToolResult{ID: "call_1", Name: "lookup", Content: model.Contents{&model.JSON{Value: json.RawMessage(`{"state":"sent"}`)}}},
			&model.ToolResult{ID: "call_2", Name: "now", Content: model.Texts("no clock"), Error: true},
		}},
	}
	must := *tools
	must.ToolChoice = model.ToolChoice{Mode: model.ToolNamed, Name: "lookup"}
	use := func(blocks ...model.Content) *model.Response {
		return &model.Response{Content: blocks, Stop: model.StopToolUse, Usage: usage}
	}
	return []Case{
		{Name: "a tool call", Request: tools, Response: use(model.NewToolUse("call_1", "lookup", `{"id":7,"note":"a \"b\" é"}`))},
		{Name: "a tool call that is demanded", Request: &must, Response: use(model.NewToolUse("call_1", "lookup", `{"id":7}`))},
		{Name: "a text and two tool calls", Request: tools, Response: use(&model.Text{Text: "Let me see."}, model.NewToolUse("call_1", "lookup", `{"id":7}`), model.NewToolUse("call_2", "lookup", `{"id":8}`))},
		{Name: "a tool call without input", Request: tools, Response: use(model.NewToolUse("call_1", "now", ``))},
		{Name: "a tool call cut off", Request: tools, Response: &model.Response{Content: model.Contents{model.NewToolUse("call_1", "lookup", `{"id":`)}, Stop: model.StopMaxTokens, Usage: usage}},
		{Name: "tool results in the request", Request: &answered, Response: &model.Response{Content: model.Texts("It was sent."), Stop: model.StopEnd, Usage: usage}},
	}
}

func failures() []Case {
	throttled := model.NewError("Model.Throttled", "Too many requests.", nil)
	waits := *throttled
	waits.After = 7 * time.Second
	return []Case{
		{Name: "throttled", Err: throttled},
		{Name: "throttled, with a time to wait", Err: &waits},
		{Name: "unavailable", Err: model.NewError("Model.Unavailable", "Try again later.", nil)},
		{Name: "internal error", Err: model.NewError("Model.Internal", "Something broke.", nil)},
		{Name: "timeout of the model", Err: model.NewError("Model.Timeout", "The model took too long.", nil)},
		{Name: "not valid", Err: model.NewError("Model.Validation", "messages: wrong.", nil)},
		{Name: "access denied", Err: model.NewError("Model.AccessDenied", "You may not.", nil)},
		{Name: "not found", Err: model.NewError("Model.NotFound", "No such model.", nil)},
		{Name: "throttled in mid stream", Err: throttled, Pieces: 2},
		{Name: "broken off in mid stream", Err: model.NewError("Model.Stream", "The connection was lost.", nil), Pieces: 2},
	}
}
