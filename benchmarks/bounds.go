package main

import (
	"fmt"
	"io"
)

// figure is one of the numbers that the project has set itself bounds for.
type figure struct {
	letter, what, unit string
	// first is the bound that the engine was built to, fast the one that it was
	// made faster for; 0 for none.
	first, fast float64
	// of gives the number from what was measured, with the times that take picks.
	of func(m measured, take func(*result) float64) float64
}

// measured is what a run has measured, by workload.
type measured map[string][]result

// get gives the result of a contender; nil where it was not measured.
func (m measured) get(letter, name string) *result {
	for i := range m[letter] {
		if m[letter][i].name == name {
			return &m[letter][i]
		}
	}
	return nil
}

// times is how often the time of another contender ours takes.
func times(letter, base string) func(measured, func(*result) float64) float64 {
	return func(m measured, take func(*result) float64) float64 {
		return take(m.get(letter, ours)) / take(m.get(letter, base))
	}
}

func figures() []figure {
	return []figure{
		{letter: "a", what: "ten typed nodes", unit: "× hand-written Go", first: 3, fast: 2.5, of: times("a", hand)},
		{letter: "a", what: "ten typed nodes", unit: "allocations", first: 4, of: func(m measured, _ func(*result) float64) float64 { return m.get("a", ours).allocs }},
		{letter: "b", what: "ten nodes, a field each", unit: "× hand-written Go", fast: 1, of: times("b", hand)},
		{letter: "c", what: "a branch, then three nodes", unit: "× hand-written Go", first: 3, fast: 2.5, of: times("c", hand)},
		{letter: "d", what: "eight parallel branches", unit: "× errgroup", first: 1.5, fast: 1.2, of: times("d", group)},
		{letter: "e", what: "Map over 1,000 items", unit: "× errgroup", first: 0.6, fast: 0.5, of: times("e", group)},
		{letter: "f", what: "1,000 executions of (a)", unit: "× hand-written Go", fast: 2.5, of: times("f", hand)},
		{letter: "g", what: "two retries without a delay", unit: "µs in all", first: 1, of: func(m measured, take func(*result) float64) float64 { return take(m.get("g", ours)) / 1e3 }},
		{letter: "h", what: "a prompt of three variables", unit: "× hand-written Go", fast: 2, of: times("h", hand)},
		{letter: "i", what: "an execution that waits", unit: "bytes", first: 1024, of: func(m measured, _ func(*result) float64) float64 { return m.get("i", ours).octets }},
		{letter: "i", what: "an execution that waits", unit: "goroutines", first: 0.005, of: func(m measured, _ func(*result) float64) float64 { return m.get("i", ours).goroutines }},
		{letter: "j", what: "full history", unit: "× without", first: 3, of: times("j", plain)},
	}
}

// summary writes all figures of a run beside their bounds. A bound is met where
// the medians meet it.
func (m measured) summary(w io.Writer) error {
	p := &printer{w: w}
	p.line("\n### All bounds\n")
	p.line("The first bound is that of the engine, the second that of making it fast. Met are those that the medians meet.\n")
	p.line("| | | medians | minima | bound | | second | |\n|---|---|---:|---:|---:|---|---:|---|")
	for _, f := range figures() {
		if m.get(f.letter, ours) == nil {
			continue
		}
		median, least := f.of(m, (*result).median), f.of(m, (*result).least)
		p.line("| (%s) %s | %s | %s | %s | %s | %s |", f.letter, f.what, f.unit, ratio(median), ratio(least), kept(median, f.first), kept(median, f.fast))
	}
	return p.err
}

// kept writes a bound and whether a number keeps to it.
func kept(x, most float64) string {
	switch {
	case most == 0:
		return " | "
	case x <= most:
		return fmt.Sprintf("%g | met", most)
	}
	return fmt.Sprintf("%g | missed", most)
}
