// Package ask makes tasks that put a question to a model.
package ask

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/flowstone-go/flow/model"
)

// JSON is a task whose answer is JSON. An answer that is none fails with
// Model.Output.
func JSON[In, Out any](m model.Model, prompt func(In) string) func(context.Context, In) (Out, error) {
	return func(ctx context.Context, in In) (out Out, err error) {
		resp, err := m.Generate(ctx, &model.Request{
			Messages: []model.Message{model.UserText(prompt(in))}, Output: &model.Output{}, MaxTokens: 500,
		})
		if err != nil {
			return out, err
		}
		if err := json.Unmarshal([]byte(resp.Text()), &out); err != nil {
			return out, model.NewError("Model.Output", fmt.Sprintf("the answer is not the JSON that was asked for: %v", err), err)
		}
		return out, nil
	}
}
