package machine

import "sort"

// Pieces are dropped where there are too many of them. An entry keeps its place
// in the log, from 0 on, whatever is dropped before it, so that a reader goes on
// where it was.

// PiecesKept is how many pieces a log keeps where nothing else is said.
const PiecesKept = 10_000

// pieces is what a log knows of those that it keeps.
type pieces struct {
	n     int // how many there are
	marks []mark
}

// mark is where entries were dropped: the index of the one that stands in the
// place of them all, and the place of the last of them.
type mark struct{ index, last int }

func (l *Log) marks() []mark {
	if l.terms == nil || l.terms.pieces == nil {
		return nil
	}
	return l.terms.pieces.marks
}

func (r *entry) dropped() bool { return r.types[0] == uint8(Dropped) }

// place is that of the entry at an index.
func (l *Log) place(index int) int {
	marks := l.marks()
	k := sort.Search(len(marks), func(k int) bool { return marks[k].index > index })
	if k == 0 {
		return index
	}
	m := marks[k-1]
	return m.last + index - m.index
}

// index is that of the entry at a place, or of what stands for it.
func (l *Log) index(place int) int {
	marks := l.marks()
	k := sort.Search(len(marks), func(k int) bool { return marks[k].last >= place })
	index := place
	if k > 0 {
		m := marks[k-1]
		index = m.index + place - m.last
	}
	if k < len(marks) {
		return min(index, marks[k].index)
	}
	return index
}

// piece counts a piece that was added, and drops others where there are too many.
func (l *Log) piece() {
	terms := l.Terms()
	if terms.pieces == nil {
		terms.pieces = &pieces{}
	}
	p := terms.pieces
	p.n++
	bound := terms.Pieces
	if bound <= 0 {
		bound = PiecesKept
	}
	// Not before many can be dropped, since all that is kept is moved.
	if p.n > bound+max(bound/2, len(l.entries)/8) {
		l.drop(p.n-bound, bound)
	}
}

// drop drops the n oldest pieces. Those that lay side by side leave one Dropped
// behind.
func (l *Log) drop(n, bound int) {
	kept := make([]entry, 0, len(l.entries)-n+bound/2)
	var marks []mark
	for i := range l.entries {
		r := l.entries[i]
		switch {
		case r.types[0] == uint8(Piece) && n > 0:
			n--
			l.terms.pieces.n--
			r = entryOf(&Event{Type: Dropped, N: 1, Nanos: r.nanos, Previous: r.previous, State: r.states[0]})
		case !r.dropped():
			kept = append(kept, r)
			continue
		}
		last := len(kept) - 1
		if last < 0 || !kept[last].dropped() {
			kept, marks = append(kept, r), append(marks, mark{last + 1, l.place(i)})
			continue
		}
		r.n += kept[last].n
		if r.states != kept[last].states {
			r.states = [2]*State{} // they are of several
		}
		kept[last], marks[len(marks)-1].last = r, l.place(i)
	}
	l.entries, l.terms.pieces.marks = kept, marks
}
