package openai_test

import (
	"fmt"
	"net/http"
	"testing"

	sdk "github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"

	"github.com/flowstone-go/flow/model"
	"github.com/flowstone-go/flow/openai"
)

// The reasoning that a server leaves in the text comes out the same whole and streamed, wherever the pieces are cut.
func TestReasoningWithinTheText(t *testing.T) {
	for text, want := range map[string]model.Contents{
		"<think>I see.</think>\n\nHi.":             {&model.Reasoning{Text: "I see."}, &model.Text{Text: "Hi."}},
		" \n<think>a < b </ c</think>Hi </think>.": {&model.Reasoning{Text: "a < b </ c"}, &model.Text{Text: "Hi </think>."}},
		"<think></think>Hi.":                       {&model.Text{Text: "Hi."}},
		"<think>It never ends </thi":               {&model.Reasoning{Text: "It never ends </thi"}},
		"<thin":                                    {&model.Text{Text: "<thin"}},
		"<thing> is no mark":                       {&model.Text{Text: "<thing> is no mark"}},
		"Use <think> like this: </think>":          {&model.Text{Text: "Use <think> like this: </think>"}},
		"  Hi.":                                    {&model.Text{Text: "  Hi."}},
	} {
		const frame = `{"id":"c1","model":"m","choices":[{"index":0,%q:{"role":"assistant","content":%s},"finish_reason":%s}]}`
		for size := 1; size <= len(text); size++ {
			var chunks []string
			for i := 0; i < len(text); i += size {
				chunks = append(chunks, fmt.Sprintf(frame, "delta", quoted(text[i:min(i+size, len(text))]), "null"))
			}
			chunks = append(chunks, fmt.Sprintf(frame, "delta", `""`, `"stop"`), done)
			s := newServer(t, answer(http.StatusOK, fmt.Sprintf(frame, "message", quoted(text), `"stop"`)), sse(chunks...))
			whole, err := s.model().Generate(t.Context(), hello())
			if err != nil {
				t.Fatal(err)
			}
			streamed, err := model.Collect(s.model().Stream(t.Context(), hello()))
			if err != nil {
				t.Fatal(err)
			}
			same(t, &model.Response{ID: "c1", Model: "m", Content: want, Stop: model.StopEnd}, whole)
			same(t, whole, streamed)
			s.Close()
		}
	}
}

// OpenAI's own models have no such marks: there they are text.
func TestOpenAIsTextStays(t *testing.T) {
	s := newServer(t, answer(http.StatusOK, `{"choices":[{"index":0,"message":{"content":"<think>x</think>"},"finish_reason":"stop"}]}`), nil)
	service := sdk.NewChatCompletionService(option.WithBaseURL(s.URL+"/v1"), option.WithAPIKey("k"), option.WithHTTPClient(s.Client()))
	got, err := openai.New(&service, "gpt").Generate(t.Context(), hello())
	if err != nil || got.Text() != "<think>x</think>" {
		t.Errorf("%v, %v", got, err)
	}
}

func quoted(s string) string { return text(s) }
