package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

var spun int // keeps the loop of counting

var errBroken = errors.New("broken")

// counting is a workload whose contenders count their operations.
func counting(calls map[string]int, fail string) workload {
	wl := workload{letter: "x", title: "Counting", want: "done", base: "one", most: 2, per: 10, unit: "piece"}
	for _, name := range []string{"one", "two"} {
		wl.who = append(wl.who, contender{name: name, note: "counts", prepare: ready(func(_ context.Context, n int) (any, error) {
			calls[name] += n
			for range 100 * n {
				spun++
			}
			switch fail {
			case name:
				return nil, errBroken
			case "wrong " + name:
				return "something else", nil
			}
			return "done", nil
		})})
	}
	return wl
}

func TestCompete(t *testing.T) {
	calls := map[string]int{}
	wl := counting(calls, "")
	results, err := compete(t.Context(), wl, 5, 200*time.Microsecond)
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"one", "two"} {
		r := results[i]
		if r.name != name || r.note != "counts" || len(r.times) != 5 || r.least() <= 0 || r.median() < r.least() {
			t.Errorf("result %d is %+v", i, r)
		}
		if calls[name] < 6 {
			t.Errorf("%s was called %d times", name, calls[name])
		}
	}
	var b strings.Builder
	if err := wl.print(&b, results); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"### (x) Counting", "Bound: 2 × one.", "| one |", "| two |", "| 1.00 | 1.00 |", "per piece"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in\n%s", want, b.String())
		}
	}
}

func TestCompeteFails(t *testing.T) {
	for fail, want := range map[string]string{
		"one":       "one: broken",
		"two":       "two: broken",
		"wrong two": "two: it gave something else (string), want done (string)",
	} {
		_, err := compete(t.Context(), counting(map[string]int{}, fail), 5, time.Microsecond)
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", fail, err, want)
		}
	}
}

func TestAgainst(t *testing.T) {
	wl := counting(nil, "")
	for text, want := range map[string]int{"": 2, "two": 2, "none": 1, "one": 1} {
		if got := len(wl.against(text).who); got != want {
			t.Errorf("against(%q) leaves %d, want %d", text, got, want)
		}
	}
	if len(wl.who) != 2 {
		t.Error("against has changed the workload")
	}
}

func TestNumbers(t *testing.T) {
	r := result{times: []float64{1, 2, 9, 10, 11}}
	if r.least() != 1 || r.median() != 9 {
		t.Errorf("minimum %v, median %v", r.least(), r.median())
	}
	for ns, want := range map[float64]string{1.25: "1.2 ns", 1500: "1.50 µs", 2.5e6: "2.50 ms", 3e9: "3.00 s"} {
		if got := nanos(ns); got != want {
			t.Errorf("nanos(%v) = %s, want %s", ns, got, want)
		}
	}
	for x, want := range map[float64]string{0.5: "0.50", 9.994: "9.99", 12.4: "12"} {
		if got := ratio(x); got != want {
			t.Errorf("ratio(%v) = %s, want %s", x, got, want)
		}
	}
}

func TestRun(t *testing.T) {
	var b strings.Builder
	if err := run(&b, "c,i", ours, 5, time.Millisecond, 20); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Measured on", "Versions:", "### (c)", "| flow |", "### (i) 20 executions"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in\n%s", want, b.String())
		}
	}
	for _, not := range []string{"### (a)", "coinbase/step |"} {
		if strings.Contains(b.String(), not) {
			t.Errorf("%q is in\n%s", not, b.String())
		}
	}
}

func TestSummary(t *testing.T) {
	times := func(least, median float64) []float64 { return []float64{least, median, median} }
	m := measured{
		"a": {{name: hand, times: times(100, 110)}, {name: ours, times: times(240, 286), allocs: 5}},
		"g": {{name: ours, times: times(900, 950)}},
		"i": {{name: ours, octets: 1000, goroutines: 0}},
		"j": {{name: ours, times: times(900, 1000)}, {name: plain, times: times(250, 250)}},
	}
	var b strings.Builder
	if err := m.summary(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| (a) ten typed nodes | × hand-written Go | 2.60 | 2.40 | 3 | met | 2.5 | missed |",
		"| (a) ten typed nodes | allocations | 5.00 | 5.00 | 4 | missed |  |  |",
		"| (g) two retries without a delay | µs in all | 0.95 | 0.90 | 1 | met |  |  |",
		"| (i) an execution that waits | bytes | 1000 | 1000 | 1024 | met |  |  |",
		"| (j) full history | × without | 4.00 | 3.60 | 3 | missed |  |  |",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in\n%s", want, b.String())
		}
	}
	if strings.Contains(b.String(), "(b)") {
		t.Errorf("a figure that was not measured:\n%s", b.String())
	}
}

// Each figure is about contenders that there are.
func TestFigures(t *testing.T) {
	m := measured{}
	for _, wl := range workloads() {
		for _, c := range wl.who {
			m[wl.letter] = append(m[wl.letter], result{name: c.name, times: []float64{1}})
		}
	}
	for _, c := range waiters() {
		m["i"] = append(m["i"], result{name: c.name, times: []float64{1}})
	}
	for _, f := range figures() {
		f.of(m, (*result).median) // it panics where one is missing
	}
}
