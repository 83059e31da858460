package main

import (
	"context"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"time"
)

// workload is a piece of work that several libraries do.
type workload struct {
	letter string
	title  string
	// want is what each contender gives.
	want any
	// base is the contender that ratios refer to.
	base string
	// most is the ratio that the project has set itself; 0 for none.
	most float64
	// per is how many pieces one operation has, for a further column: items,
	// executions; 0 for none.
	per  int
	unit string
	who  []contender
}

// contender does a workload in one way.
type contender struct {
	name string
	// note says what is not alike.
	note string
	// prepare is called once and gives the function that does the work n times
	// and returns what the last time gave.
	prepare func(ctx context.Context) (func(ctx context.Context, n int) (any, error), error)
}

// ready is a contender without preparation.
func ready(loop func(ctx context.Context, n int) (any, error)) func(context.Context) (func(context.Context, int) (any, error), error) {
	return func(context.Context) (func(context.Context, int) (any, error), error) { return loop, nil }
}

// against keeps the contenders with text in their names, and the base.
func (wl workload) against(text string) workload {
	wl.who = slices.DeleteFunc(slices.Clone(wl.who), func(c contender) bool {
		return c.name != wl.base && !strings.Contains(c.name, text)
	})
	return wl
}

// result is what was measured of a contender, for one operation.
type result struct {
	name, note     string
	times          []float64 // in nanoseconds, sorted
	allocs, octets float64
	goroutines     float64 // of what waits
}

func (r *result) least() float64  { return r.times[0] }
func (r *result) median() float64 { return r.times[len(r.times)/2] }

// compete measures the contenders of a workload in turn, round by round, so
// that a disturbance of the machine meets all of them.
func compete(ctx context.Context, wl workload, rounds int, span time.Duration) ([]result, error) {
	type lane struct {
		loop func(context.Context, int) (any, error)
		n    int
	}
	results := make([]result, len(wl.who))
	lanes := make([]lane, len(wl.who))
	for i, c := range wl.who {
		loop, err := c.prepare(ctx)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
		n, err := calibrate(ctx, loop, wl.want, span)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
		lanes[i] = lane{loop, n}
		results[i] = result{name: c.name, note: c.note}
	}
	for range rounds {
		for i, l := range lanes {
			r := &results[i]
			s, err := once(ctx, l.loop, wl.want, l.n)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", r.name, err)
			}
			r.times = append(r.times, float64(s.took)/float64(l.n))
			r.allocs, r.octets = float64(s.allocs)/float64(l.n), float64(s.octets)/float64(l.n)
		}
	}
	for i := range results {
		slices.Sort(results[i].times)
	}
	return results, nil
}

// calibrate finds how many operations fill the span.
func calibrate(ctx context.Context, loop func(context.Context, int) (any, error), want any, span time.Duration) (int, error) {
	for n := 1; ; {
		s, err := once(ctx, loop, want, n)
		if err != nil {
			return 0, err
		}
		if s.took >= span/2 || n >= 1<<28 {
			return max(1, int(float64(n)*float64(span)/float64(s.took))), nil
		}
		grow := float64(span) / float64(max(s.took, time.Microsecond))
		n = max(n+1, int(float64(n)*min(grow, 20)))
	}
}

// sample is one measurement.
type sample struct {
	took           time.Duration
	allocs, octets uint64
}

// once measures n operations and looks whether they gave what they should.
func once(ctx context.Context, loop func(context.Context, int) (any, error), want any, n int) (sample, error) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := time.Now()
	got, err := loop(ctx, n)
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	if err != nil {
		return sample{}, err
	}
	if !reflect.DeepEqual(got, want) {
		return sample{}, fmt.Errorf("it gave %+v (%T), want %+v (%T)", got, got, want, want)
	}
	return sample{took: took, allocs: after.Mallocs - before.Mallocs, octets: after.TotalAlloc - before.TotalAlloc}, nil
}
