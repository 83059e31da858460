package model_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/flowstone-go/flow/mock"
	"github.com/flowstone-go/flow/model"
)

// A model outside of any flow: a request goes in, a response comes out.
func ExampleModel() {
	m := mock.Always("Oslo") // or bedrock.New, openai.Open
	resp, err := m.Generate(context.Background(), &model.Request{
		System:    model.Texts("Answer with one word."),
		Messages:  []model.Message{model.UserText("What is the capital of Norway?")},
		MaxTokens: 10,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(resp.Text(), resp.Stop)
	// Output: Oslo end_turn
}

// A stream is ranged over, and adds up to the response that Generate would give.
func ExampleCollector() {
	m := mock.New()
	m.When().Chunks("Os", "lo")
	var c model.Collector
	for event, err := range model.Stream(context.Background(), m, &model.Request{Messages: []model.Message{model.UserText("And?")}}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		if event.Type == model.EventText {
			fmt.Printf("%q ", event.Text)
		}
		c.Add(event)
	}
	resp, err := c.Response()
	fmt.Println(resp.Text(), err)
	// Output: "Os" "lo" Oslo <nil>
}

// Any function is a model.
func ExampleFunc() {
	m := model.Func(func(_ context.Context, req *model.Request) (*model.Response, error) {
		return nil, model.NewError("Model.Throttled", "too fast", nil)
	})
	_, err := m.Generate(context.Background(), &model.Request{})
	fmt.Println(err, errors.Is(err, model.ErrThrottled))
	// Output: Model.Throttled: too fast (HTTP 429) true
}

// The same question is asked once.
func ExampleCache() {
	inner := mock.New()
	inner.When().Text("Oslo")
	m := &model.Cache{Model: inner, Store: model.NewMemoryStore(100)}
	for range 2 {
		resp, err := m.Generate(context.Background(), &model.Request{Messages: []model.Message{model.UserText("The capital of Norway?")}})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(resp.Text(), len(inner.Calls()))
	}
	// Output:
	// Oslo 1
	// Oslo 1
}

// What an answer cost, by a price list of one's own.
func ExamplePrices() {
	prices := model.BedrockPrices().With(model.Prices{"my-own": {Input: 1, Output: 4}})
	price, ok := prices.Find("my-own")
	fmt.Printf("$%.4f %t\n", price.Cost(model.Usage{Input: 2000, Output: 500}), ok)
	// Output: $0.0040 true
}
