package openai_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/flowstone-go/flow/model"
	"github.com/flowstone-go/flow/openai"
)

// A server on this machine, such as Ollama, needs no key and no account.
func ExampleOpen() {
	local := httptest.NewServer(answer(http.StatusOK, okAnswer)) // stands in for http://localhost:11434
	defer local.Close()

	m := openai.Open("qwen3:8b", openai.BaseURL(local.URL+"/v1"))
	resp, err := m.Generate(context.Background(), &model.Request{
		Messages:  []model.Message{model.UserText("Say hi.")},
		MaxTokens: 10,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(resp.Text(), resp.Stop, resp.Usage.Total(), "tokens")
	// Output: Hi end_turn 4 tokens
}

// The model asks for a tool; its result goes back in the next request.
func ExampleModel_tools() {
	local := httptest.NewServer(answer(http.StatusOK, `{"model":"m","choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant",
		"tool_calls":[{"id":"c1","type":"function","function":{"name":"lookup","arguments":"{\"id\":7}"}}]}}]}`))
	defer local.Close()

	m := openai.Open("qwen3:8b", openai.BaseURL(local.URL+"/v1"))
	req := &model.Request{
		Messages: []model.Message{model.UserText("Where is order 7?")},
		Tools:    []model.Tool{{Name: "lookup", Schema: json.RawMessage(`{"type":"object","properties":{"id":{"type":"integer"}}}`)}},
	}
	resp, err := m.Generate(context.Background(), req)
	if err != nil {
		fmt.Println(err)
		return
	}
	next := append(req.Messages, resp.Message())
	for _, use := range resp.ToolUses() {
		fmt.Println(use.Name, string(use.Input))
		next = append(next, model.Message{Role: model.User, Content: model.Contents{
			&model.ToolResult{ID: use.ID, Name: use.Name, Content: model.Texts("It was sent yesterday.")},
		}})
	}
	fmt.Println(len(next), "messages")
	// Output:
	// lookup {"id":7}
	// 3 messages
}
