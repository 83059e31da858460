package machine

import (
	"math/rand/v2"
	"testing"
)

// Readers who come at any time get every event in order, and in the place of
// pieces how many of them they have missed.
func TestPiecesThatAreDroppedAreCounted(t *testing.T) {
	sc := &Scope{}
	states := []*State{{Name: "A", Scope: sc}, {Name: "B", Scope: sc}}
	types := []EventType{StateEntered, StateExited, Told, Piece, Piece, Piece, Piece}
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 1))
		l, bound := &Log{}, 1+r.IntN(10)
		l.Terms().Pieces = bound
		readers := make([]Cursor, 4)
		next := make([]int, len(readers)) // how many of the events each has had
		var all []Event
		read := func(i int) {
			for {
				events, _, _ := l.Read(&readers[i])
				if events == nil {
					return
				}
				for _, e := range events {
					if e.Type != Dropped {
						if want := all[next[i]]; e != want {
							t.Fatalf("seed %d, reader %d: event %d is %+v, want %+v", seed, i, next[i], e, want)
						}
						next[i]++
						continue
					}
					for range e.N {
						if missed := all[next[i]]; missed.Type != Piece || e.State != nil && e.State != missed.State {
							t.Fatalf("seed %d, reader %d: event %d, %+v, was dropped: %+v", seed, i, next[i], missed, e)
						}
						next[i]++
					}
				}
			}
		}
		for n := range 1 + r.IntN(300) {
			e := Event{Nanos: int64(n), Value: n, Type: types[r.IntN(len(types))], State: states[r.IntN(2)]}
			l.add(&e)
			all = append(all, e)
			if i := r.IntN(2 * len(readers)); i < len(readers)-1 { // the last comes at the end
				read(i)
			}
		}
		pieces := 0
		for _, e := range l.Events() {
			if e.Type == Piece {
				pieces++
			}
		}
		if most := bound + max(bound/2, len(l.entries)/8) + 1; l.terms.pieces != nil && pieces != l.terms.pieces.n || pieces > most {
			t.Errorf("seed %d: %d pieces are kept, at most %d should be", seed, pieces, most)
		}
		for i := range readers {
			if read(i); next[i] != len(all) {
				t.Errorf("seed %d: reader %d has had %d of %d events", seed, i, next[i], len(all))
			}
		}
	}
}
