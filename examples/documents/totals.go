package main

import (
	"fmt"
	"io"

	"github.com/flowstone-go/flow"
)

// totals sums up.
type totals struct {
	stored, byPerson, refused int
	meter                     flow.Meter
}

func (t *totals) add(w io.Writer, out outcome) {
	if out.err != nil {
		t.refused++
		_, _ = fmt.Fprintf(w, "%s: refused: %s\n\n", name(out.path), printable(explain(out.err)))
		return
	}
	t.stored++
	if out.receipt.Author == person {
		t.byPerson++
	}
	out.receipt.print(w)
}

func (t *totals) print(w io.Writer, o options) {
	_, _ = fmt.Fprintf(w, "%d stored in %s, %d of them for a person to look at, %d refused\n", t.stored, o.db, t.byPerson, t.refused)
	_, _ = fmt.Fprintln(w, cost(&t.meter, o.price))
}
