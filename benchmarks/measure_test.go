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
