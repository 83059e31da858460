# `make help` lists what there is.
.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: test
test: ## Run the tests of every module
	go test work

.PHONY: race
race: ## Run the tests of the core under the race detector
	bash .ci/run race

.PHONY: lint
lint: ## Run the linters of .golangci.yml (the first time builds them: minutes)
	bash .ci/run lint

.PHONY: fmt
fmt: ## Format the code as the linters want it
	@lint=$$(cd tools && GOWORK=off go tool -n golangci-lint) && \
	for dir in $$(go list -m -f '{{.Dir}}'); do (cd $$dir && $$lint fmt ./...); done

.PHONY: tidy
tidy: ## Bring every go.mod up to date
	TIDY=write bash .ci/run tidy

.PHONY: update
update: ## Rewrite the golden files from what the code does now
	FLOWSTONE_UPDATE=1 go test -count=1 work

.PHONY: conformance
conformance: ## Compare with the recorded behaviour (FLOWSTONE_CONFORMANCE names the cases)
	bash .ci/run conformance

.PHONY: documents
documents: ## Run the main job on its own documents
	go run ./examples/documents

.PHONY: bench
bench: ## Measure beside hand-written Go and other libraries, and print the tables (benchmarks/RESULTS.md)
	@cd benchmarks && GOWORK=off go run .

.PHONY: api
api: ## List what has become incompatible in the API since the last release (or BASE=commit)
	API_BASE=$(BASE) bash .ci/run api

.PHONY: ci
ci: ## Run everything that CI runs
	bash .ci/run
