package main

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"time"

	"github.com/flowstone-go/flow/cmd/conform/internal/report"
	"github.com/flowstone-go/flow/cmd/conform/internal/virtual"
)

// suite runs the cases of a folder that are wanted.
type suite struct {
	name string
	run  func(ctx context.Context, dir string, wanted filter, bubble virtual.Bubble) (report.Suite, error)
}

// filter chooses cases by -area and -run.
type filter struct {
	area string         // "": all
	name *regexp.Regexp // nil: all
}

func (f filter) has(area, name string) bool {
	return (f.area == "" || f.area == area) && (f.name == nil || f.name.MatchString(name))
}

// patience is how long a case may take in truth. What hangs can't be stopped
// from outside, so that the program then says which case it was, and ends.
const patience = 2 * time.Minute

// guarded judges a case in a bubble. What panics or waits for ever in it counts
// as a case that does not agree.
func guarded(area, name string, bubble virtual.Bubble, judge func() report.Result) report.Result {
	watchdog := time.AfterFunc(patience, func() {
		fmt.Fprintf(os.Stderr, "conform: %s: %s has not ended after %v\n", area, name, patience)
		os.Exit(statusBroken)
	})
	defer watchdog.Stop()
	began := time.Now()
	r := report.Result{}
	if err := bubble(func() { r = judge() }); err != nil {
		r.Levels = append(r.Levels, report.Level{Name: "run", Differences: []string{err.Error()}})
	}
	r.Area, r.Case, r.Took = area, name, time.Since(began)
	return r
}
