// Programs to read and run, one folder a question that a user has. The module
// is not meant to be imported; go.work ties it to the library beside it.
module github.com/flowstone-go/flow/examples

go 1.26.0

require (
	github.com/google/go-cmp v0.7.0
	github.com/klippa-app/go-pdfium v1.21.4
	github.com/tetratelabs/wazero v1.12.0
	github.com/yuin/goldmark v1.8.7
	golang.org/x/net v0.62.0
)

require (
	github.com/google/uuid v1.6.0 // indirect
	github.com/jolestar/go-commons-pool/v2 v2.1.2 // indirect
	golang.org/x/sys v0.50.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)

require (
	github.com/flowstone-go/flow v0.0.0
	golang.org/x/term v0.48.0
)
