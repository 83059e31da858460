package asl

import (
	"slices"
	"strconv"
	"time"

	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/internal/states"
)

// matching tells which failures a list of error names stands for.
func matching(names []string) func(*machine.Failure) bool {
	return func(fail *machine.Failure) bool {
		return slices.ContainsFunc(names, func(n string) bool { return matches(n, fail) })
	}
}

func matches(name string, fail *machine.Failure) bool {
	switch name {
	case machine.All:
		return true
	case machine.HeartbeatTimedOut:
		return fail.Heartbeat || fail.Name == name
	case machine.TaskFailed:
		switch fail.Name {
		case machine.TimedOut, machine.HeartbeatTimedOut, machine.QueryEvaluation, machine.Runtime:
			return false
		}
		return true
	}
	return fail.Name == name
}

func (c *stateCompiler) retries() {
	for _, r := range c.in.Retry {
		out := machine.Retrier{Match: matching(r.ErrorEquals), Max: 3, Interval: time.Second, Rate: 2, Jitter: r.JitterStrategy == "FULL"}
		if n, ok := r.MaxAttempts.Int(); ok {
			out.Max = int32(min(n, 1<<31-1)) //nolint:gosec // bounded
		}
		if n, ok := r.IntervalSeconds.Int(); ok {
			out.Interval = time.Duration(n) * time.Second
		}
		if rate, ok := r.BackoffRate.Float(); ok {
			out.Rate = rate
		}
		if n, ok := r.MaxDelaySeconds.Int(); ok {
			out.MaxDelay = time.Duration(n) * time.Second
		}
		c.out.Retry = append(c.out.Retry, out)
	}
}

func (c *stateCompiler) catches() {
	for i, k := range c.in.Catch {
		at := "Catch[" + strconv.Itoa(i) + "]/"
		out := machine.Catcher{Match: matching(k.ErrorEquals), Next: c.target(k.Next, k.Pos)}
		if c.in.Language == states.JSONata {
			out.Assign = c.queried(k.Assign, at+"Assign", ofError)
			out.Output = func(f *machine.Frame, _ any) (any, error) { return errorOutput(f), nil }
			if t := c.query(k.Output, at+"Output"); t != nil {
				out.Output = func(f *machine.Frame, _ any) (any, error) { return t.eval(ofError(f, nil)) }
			}
		} else {
			out.Assign = c.assignments(k.Assign, func(f *machine.Frame) any { return errorOutput(f) })
			place := c.placement(k.ResultPath)
			out.Output = func(f *machine.Frame, _ any) (any, error) {
				if place == nil {
					return errorOutput(f), nil
				}
				return place(f, errorOutput(f))
			}
		}
		c.out.Catch = append(c.out.Catch, out)
	}
}
