package compare

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// patience bounds how many readings are tried before placeholders count as
// inconsistent. Recordings need hardly more than one for each string.
const patience = 20_000

// consistent looks for one reading of all strings in which each numbered
// placeholder stands for the same text everywhere, adds to known what they
// stand for, and tells where there is no such reading. Each string alone has
// one.
func consistent(equations []equation, known map[string]string) (Difference, bool) {
	// Strings with the fewest placeholders leave the fewest choices: they go first.
	ordered := distinct(equations)
	slices.SortStableFunc(ordered, func(a, b equation) int { return count(a.pieces) - count(b.pieces) })

	left := patience
	deepest := 0
	var stuck map[string]string // what was known where the search got furthest
	var solve func(i int) bool
	solve = func(i int) bool {
		if i == len(ordered) {
			return true
		}
		if i >= deepest {
			deepest, stuck = i, maps.Clone(known)
		}
		solved := false
		readings(ordered[i].pieces, ordered[i].text, known, func(assigned map[string]string) bool {
			if left--; left < 0 {
				return false
			}
			maps.Copy(known, assigned)
			if solved = solve(i + 1); solved {
				return false
			}
			for name := range assigned {
				delete(known, name)
			}
			return true
		})
		return solved
	}
	if solve(0) {
		return Difference{}, true
	}
	e := ordered[deepest]
	return Difference{
		Path: e.path, Want: quoted(e.pattern), Got: quoted(e.text),
		Note: "a placeholder stands for different texts" + readAs(e.pieces, stuck),
	}, false
}

// distinct drops the strings that say what another one says.
func distinct(equations []equation) []equation {
	seen := map[[2]string]bool{}
	var kept []equation
	for _, e := range equations {
		if key := [2]string{e.pattern, e.text}; !seen[key] {
			seen[key] = true
			kept = append(kept, e)
		}
	}
	return kept
}

func count(pieces []piece) int {
	n := 0
	for _, q := range pieces {
		if q.placeholder {
			n++
		}
	}
	return n
}

// readAs says what the placeholders of a string stood for elsewhere.
func readAs(pieces []piece, known map[string]string) string {
	var text strings.Builder
	for _, q := range pieces {
		if value, ok := known[q.text]; ok && q.placeholder {
			fmt.Fprintf(&text, ", elsewhere %s is %q", q.text, value)
		}
	}
	return text.String()
}

func quoted(s string) string { return fmt.Sprintf("%q", s) }
