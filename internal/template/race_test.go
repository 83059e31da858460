//go:build race

package template_test

// raced tells that the race detector is on, under which a sync.Pool drops
// some of what it is given, so that allocations can't be counted.
const raced = true
