package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"

	"github.com/flowstone-go/flow/bedrock"
	"github.com/flowstone-go/flow/examples/internal/offline"
	"github.com/flowstone-go/flow/model"
	"github.com/flowstone-go/flow/openai"
)

// chooseModel gives the model that the command line names, and says what it is.
func chooseModel(ctx context.Context, o options) (m model.Model, about string, err error) {
	switch {
	case o.model == "" && o.openai != "":
		return nil, "", errors.New("-openai wants a -model of that endpoint")
	case o.model == "":
		return &offline.Model{Throttle: o.throttle, Fail: o.fail},
			"offline: the summaries are sentences of the text, the mood a count of words (" + offline.Name + ")", nil
	case o.throttle > 0 || o.fail:
		return nil, "", errors.New("-throttle and -fail are for the offline model")
	case o.openai != "":
		settings := []openai.Option{openai.BaseURL(o.openai)}
		if key := os.Getenv("OPENAI_API_KEY"); key != "" {
			settings = append(settings, openai.APIKey(key))
		}
		return openai.Open(o.model, settings...), "summarized by " + o.model + " at " + o.openai, nil
	}
	aws, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, "", fmt.Errorf("configure AWS: %w", err)
	}
	return bedrock.New(bedrockruntime.NewFromConfig(aws), o.model), "summarized by " + o.model + " on Amazon Bedrock", nil
}
