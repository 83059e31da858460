// Package flow embeds AI workflows in a Go service: a fluent builder composes
// typed nodes into a graph that runs in this process with the semantics of AWS
// Step Functions.
package flow
