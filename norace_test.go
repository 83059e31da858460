//go:build !race

package flow_test

// raced tells that the race detector is on.
const raced = false
