package compare

import (
	"fmt"
	"slices"

	"github.com/flowstone-go/flow/internal/document"
)

// multiset compares events in any order: each of want needs one of got of its
// own. Those of got that are left over count unless spare allows them. note
// says which part of the history it is about.
func (c *comparison) multiset(path, note string, want, got []any, spare func(any) bool) {
	fits := make([][]int, len(want))
	for i, w := range want {
		for j, g := range got {
			if eventType(w) == eventType(g) && c.same(w, g) {
				fits[i] = append(fits[i], j)
			}
		}
	}
	partner := assign(fits, len(got))
	unmatched := map[int]bool{}
	for j := range got {
		unmatched[j] = true
	}
	var lost []int
	for i, j := range partner {
		if j < 0 {
			lost = append(lost, i)
			continue
		}
		delete(unmatched, j)
		// Only now, since the placeholders of other pairings must not count.
		c.value(path, want[i], got[j])
	}
	for _, i := range lost {
		c.unpaired(path, note, want[i], got, unmatched)
	}
	for _, j := range slices.Sorted(keys(unmatched)) {
		if spare == nil || !spare(got[j]) {
			c.differ(Difference{Path: path, Got: brief(got[j]), Note: "an event is not expected" + note})
		}
	}
}

// unpaired reports an expected event that none equals: by its differences from
// the one left over of the same type and state, if there is one.
func (c *comparison) unpaired(path, note string, want any, got []any, unmatched map[int]bool) {
	for _, j := range slices.Sorted(keys(unmatched)) {
		if label(want) == label(got[j]) {
			delete(unmatched, j)
			c.value(fmt.Sprintf("%s (%s %s) ", path, eventType(want), stateName(want)), want, got[j])
			return
		}
	}
	c.differ(Difference{Path: path, Want: brief(want), Note: "an event is missing" + note})
}

// same tells that two events are equal as far as they alone can show.
func (c *comparison) same(want, got any) bool {
	alone := comparison{p: c.p, first: true, freeIDs: c.freeIDs}
	alone.value("", want, got)
	return len(alone.found) == 0
}

// parallel compares a history whose recorder sorted the events inside Parallel
// states, took their ids, and lost the events that end such states.
func (c *comparison) parallel(want, got []any) {
	unclaimed := map[int]bool{} // events of got by position
	for j := range got {
		unclaimed[j] = true
	}
	var inside []any
	last := 0
	for _, w := range want {
		id, ok := document.Integer(get(w, "id"))
		if !ok {
			inside = append(inside, without(w, "id", "previousEventId", "unordered"))
			continue
		}
		last = int(id)
		if id < 1 || int(id) > len(got) {
			c.differ(Difference{Path: "history", Want: brief(w), Note: fmt.Sprintf("event %d is missing", id)})
			continue
		}
		delete(unclaimed, int(id)-1)
		c.value(eventPath(w, int(id)-1), w, got[id-1])
	}
	if len(got) != last {
		c.differ(Difference{Path: "history", Note: fmt.Sprintf("%d events, not %d", len(got), last)})
	}
	var rest []any
	for _, j := range slices.Sorted(keys(unclaimed)) {
		rest = append(rest, without(got[j], "id", "previousEventId"))
	}
	c.freeIDs = true
	c.multiset("history", " inside a Parallel state", inside, rest, endsParallel)
}

func endsParallel(e any) bool {
	switch eventType(e) {
	case "ParallelStateSucceeded", "ParallelStateFailed", "ParallelStateExited":
		return true
	}
	return false
}

func get(e any, key string) any {
	v, _ := document.Member(e, key)
	return v
}

func keys(m map[int]bool) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// assign gives each of the rows one of the columns that fit it, no column
// twice, so that as few as possible have none (-1).
func assign(fits [][]int, columns int) []int {
	row := make([]int, columns) // the row that has the column, plus one
	partner := make([]int, len(fits))
	for i := range partner {
		partner[i] = -1
	}
	var place func(i int, tried []bool) bool
	place = func(i int, tried []bool) bool {
		for _, j := range fits[i] {
			if tried[j] {
				continue
			}
			tried[j] = true
			if row[j] == 0 || place(row[j]-1, tried) {
				row[j] = i + 1
				partner[i] = j
				return true
			}
		}
		return false
	}
	for i := range fits {
		place(i, make([]bool, columns))
	}
	return partner
}
