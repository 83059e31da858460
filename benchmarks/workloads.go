package main

// The names that the bounds go by: those that every table has, and one more.
const (
	hand = "hand-written Go"
	ours = "flow"
	// plain is ours without what a workload adds.
	plain = "flow, without"
)

// workloads are all that is timed, in the order of the issue.
func workloads() []workload {
	return []workload{
		typedChains(), fields(), branches(), parallels(), items(), crowded(), retries(), prompts(),
		everything(), language(), paths(), queries(), streams(),
	}
}
