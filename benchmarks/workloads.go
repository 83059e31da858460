package main

// The names of the two that every table has.
const (
	hand = "hand-written Go"
	ours = "flow"
)

// workloads are all that is timed, in the order of the issue.
func workloads() []workload {
	return []workload{
		typedChains(), fields(), branches(), parallels(), items(), crowded(), retries(), prompts(),
		everything(), language(), paths(), queries(), streams(),
	}
}
