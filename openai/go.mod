module github.com/flowstone-go/flow/openai

go 1.26.0
