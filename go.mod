module github.com/flowstone-go/flow

go 1.26.0
