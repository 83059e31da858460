module github.com/flowstone-go/flow/cmd/conform

go 1.26.0

require (
	github.com/flowstone-go/flow v0.0.0
	github.com/google/go-cmp v0.7.0
)

require (
	github.com/cenkalti/backoff/v4 v4.3.0 // indirect
	github.com/goccy/go-yaml v1.19.2 // indirect
	github.com/google/jsonschema-go v0.4.3 // indirect
)
