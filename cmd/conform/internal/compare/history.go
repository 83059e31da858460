package compare

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
)

// The orders in which a case's history can be compared.
const (
	Total             = "total"              // order, ids and previous ids are fixed
	Concurrent        = "concurrent"         // one interleaving of several: a multiset
	ParallelUnordered = "parallel-unordered" // fixed but for the inside of Parallel states
)

// Histories tells where the history got differs from want, both lists of
// events as GetExecutionHistory gives them. Timestamps of got, and members
// that say no more than truncated: false, do not count. An empty order is
// [Total]; an order that is not known is a difference.
func (p *Placeholders) Histories(order string, want, got []any) []Difference {
	want, got = events(want), events(got)
	c := comparison{p: p}
	switch order {
	case Total, "":
		c.total(want, got)
	case Concurrent:
		c.freeIDs = true
		c.multiset("history", "", bare(want), bare(got), nil)
	case ParallelUnordered:
		c.parallel(want, got)
	default:
		c.differ(Difference{Path: "history", Note: fmt.Sprintf("the order %q of this case is not known", order)})
	}
	return c.finish()
}

// Paths tells where the states entered and left in got, with their inputs and
// outputs, differ from those in want.
func (p *Placeholders) Paths(order string, want, got []any) []Difference {
	c := comparison{p: p}
	wanted, given := visits(want), visits(got)
	switch order {
	case Total, "":
		c.sequence("path", wanted, given)
	case ParallelUnordered:
		// The recorder lost what ends a Parallel state inside another.
		c.multiset("path", "", wanted, given, func(e any) bool { return eventType(e) == "ParallelStateExited" })
	default:
		c.multiset("path", "", wanted, given, nil)
	}
	return c.finish()
}

// total compares event by event; where events are missing or superfluous it
// says which, rather than that all after them differ.
func (c *comparison) total(want, got []any) {
	if !sameTypes(want, got) {
		c.sequence("history", bare(want), bare(got))
		return
	}
	for i := range want {
		c.value(eventPath(want[i], i), want[i], got[i])
	}
}

// sequence lines up two lists of events by type and state, and compares those
// that stand opposite each other.
func (c *comparison) sequence(path string, want, got []any) {
	for _, pair := range lineUp(want, got) {
		switch {
		case pair.want < 0:
			e := got[pair.got]
			c.differ(Difference{Path: path, Got: brief(e), Note: fmt.Sprintf("event %d is not expected", pair.got+1)})
		case pair.got < 0:
			e := want[pair.want]
			c.differ(Difference{Path: path, Want: brief(e), Note: fmt.Sprintf("event %d is missing", pair.want+1)})
		default:
			c.value(eventPath(want[pair.want], pair.want), want[pair.want], got[pair.got])
		}
	}
}

// events gives the events without what the cases leave out.
func events(list []any) []any {
	all := make([]any, len(list))
	for i, e := range list {
		all[i] = stripped(canonical(e))
	}
	return all
}

func stripped(e any) any {
	event, ok := e.(*document.Object)
	if !ok {
		return e
	}
	kept := document.NewObject(event.Len())
	for key, v := range event.All() {
		if key == "timestamp" {
			continue
		}
		if details, ok := v.(*document.Object); ok {
			v = untruncated(details)
		}
		kept.Set(key, v)
	}
	return kept
}

// untruncated drops the members that say only that a value is whole.
func untruncated(details *document.Object) *document.Object {
	kept := document.NewObject(details.Len())
	for key, v := range details.All() {
		switch key {
		case "inputDetails", "outputDetails", "assignedVariablesDetails":
			if whole, ok := v.(*document.Object); ok && whole.Len() == 1 {
				if t, ok := whole.Get("truncated"); ok && t == false {
					continue
				}
			}
		}
		kept.Set(key, v)
	}
	return kept
}

// bare gives the events without their ids.
func bare(list []any) []any {
	all := make([]any, len(list))
	for i, e := range list {
		all[i] = without(e, "id", "previousEventId", "unordered")
	}
	return all
}

func without(e any, keys ...string) any {
	event, ok := e.(*document.Object)
	if !ok {
		return e
	}
	event = event.Copy(0)
	for _, key := range keys {
		event.Delete(key)
	}
	return event
}

// visits gives the events that enter and leave states, reduced to name, input
// and output.
func visits(list []any) []any {
	var all []any
	for _, e := range list {
		typ := eventType(e)
		if !strings.HasSuffix(typ, "StateEntered") && !strings.HasSuffix(typ, "StateExited") {
			continue
		}
		visit := document.ObjectOf(document.Field{Key: "type", Value: typ})
		details := stateDetails(e)
		for _, key := range []string{"name", "input", "output"} {
			if v, ok := document.Member(details, key); ok {
				visit.Set(key, v)
			}
		}
		all = append(all, visit)
	}
	return all
}

// stateDetails gives the details of an event that enters or leaves a state, or
// the event itself if it was reduced to them.
func stateDetails(e any) any {
	for _, key := range []string{"stateEnteredEventDetails", "stateExitedEventDetails"} {
		if details, ok := document.Member(e, key); ok {
			return details
		}
	}
	return e
}

func eventType(e any) string {
	v, _ := document.Member(e, "type")
	s, _ := document.Str(v)
	return s
}

func stateName(e any) string {
	v, _ := document.Member(stateDetails(e), "name")
	s, _ := document.Str(v)
	return s
}

func sameTypes(want, got []any) bool {
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if eventType(want[i]) != eventType(got[i]) {
			return false
		}
	}
	return true
}

// eventPath names an event for people: event 5 (TaskFailed).
func eventPath(e any, i int) string {
	name := eventType(e)
	if state := stateName(e); state != "" {
		name += " " + state
	}
	return fmt.Sprintf("event %d (%s) ", i+1, name)
}

// brief is one line on an event.
func brief(e any) string {
	text := document.Text(e)
	const most = 300
	if len(text) > most {
		text = text[:most] + "…"
	}
	return text
}

// entered is how the cause of a failing evaluation names the event that
// entered its state.
var entered = regexp.MustCompile(`\(entered at the event id #\d+\)`)

func withoutIDs(s string) string {
	return entered.ReplaceAllString(s, "(entered at the event id #?)")
}
