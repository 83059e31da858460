package machine

import (
	"fmt"
	"slices"
	"strings"
)

// trailed is how many of the last states before the transition limit are
// remembered, to name the cycle.
const trailed = 256

// nearLimit tells that the next transition is one that has to be remembered.
func (f *Frame) nearLimit() bool {
	limit := f.Exec.MaxTransitions
	return limit > 0 && f.Visit+1 > limit-trailed
}

// overrun is called for the last transitions before the limit: it remembers
// the states that are visited and, at the limit, ends the execution with an
// error that names the cycle.
func (f *Frame) overrun(limit int) Op {
	r := f.rarely()
	r.trail = append(r.trail, f.State)
	if int(f.Visit) <= limit {
		return Step
	}
	return broken(f, &Failure{
		Name: Runtime, Fatal: true,
		Cause: fmt.Sprintf("more than %d transitions: %s", limit, f.cycle()),
	})
}

// overfull ends the scope of the frame because the execution has told of as
// much as it may.
func (f *Frame) overfull() Op {
	return broken(f, &Failure{
		Name: Runtime, Fatal: true,
		Cause: fmt.Sprintf("The execution reached the maximum number of history events (%d).", f.Exec.Log.Terms().Limit),
	})
}

// cycle names the shortest run of states that the trail ends with twice.
func (f *Frame) cycle() string {
	trail := f.rare.trail
	n := len(trail)
	for length := 1; length <= n/2; length++ {
		if slices.Equal(trail[n-length:], trail[n-2*length:n-length]) {
			return "the states " + f.names(trail[n-length:]) + " repeat"
		}
	}
	return "the last states were " + f.names(trail[max(0, n-12):])
}

func (f *Frame) names(states []int32) string {
	names := make([]string, len(states))
	for i, s := range states {
		names[i] = fmt.Sprintf("%q", f.Scope.States[s].Name)
	}
	return strings.Join(names, " → ")
}
