package treap_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/flowstone-go/flow/internal/treap"
)

// fact is a set of numbers that may be missing.
type fact struct {
	bits  uint8
	maybe bool
}

func (f fact) Join(o fact) fact     { return fact{f.bits | o.bits, f.maybe || o.maybe} }
func (f fact) Maybe() fact          { f.maybe = true; return f }
func (f fact) Same(other fact) bool { return f == other }
func (f fact) Weight() int          { return int(f.bits) }

// joined says in maps of Go what Join has to give.
func joined(a, b map[string]fact, aOpen, bOpen bool) map[string]fact {
	out := map[string]fact{}
	for name, v := range a {
		if w, ok := b[name]; ok {
			out[name] = v.Join(w)
		} else if !bOpen {
			out[name] = v.Maybe()
		}
	}
	for name, w := range b {
		if _, ok := a[name]; !ok && !aOpen {
			out[name] = w.Maybe()
		}
	}
	return out
}

func made(m map[string]fact, r *rand.Rand) treap.Map[fact] {
	names := slices.Collect(maps.Keys(m))
	r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	var out treap.Map[fact]
	for _, name := range names {
		out = out.With(name, fact{bits: 99}) // is written again
	}
	for name, v := range m {
		out = out.With(name, v)
	}
	return out
}

// A Map does what a map of Go does, whatever the order; and what a Join leaves
// as it is, is the same tree.
func TestMapIsAMap(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	random := func() map[string]fact {
		m := map[string]fact{}
		for range r.IntN(40) {
			m[fmt.Sprint("f", r.IntN(50))] = fact{uint8(1 + r.IntN(3)), r.IntN(3) == 0}
		}
		return m
	}
	for range 3000 {
		a, b := random(), random()
		x, y := made(a, r), made(b, r)
		if x.Same(y) != maps.Equal(a, b) || !x.Same(made(a, r)) {
			t.Fatalf("Same of %v and %v", a, b)
		}
		aOpen, bOpen := r.IntN(4) == 0, r.IntN(4) == 0
		want, got := joined(a, b, aOpen, bOpen), x.Join(y, aOpen, bOpen)
		if !maps.Equal(want, maps.Collect(got.All())) || got.Len() != len(want) || !got.Same(made(want, r)) {
			t.Fatalf("%v joined with %v: want %v, got %v", a, b, want, maps.Collect(got.All()))
		}
		if again := got.Join(y, false, false); maps.Equal(joined(want, b, false, false), want) && again != got {
			t.Fatalf("%v joined again with %v is another tree", want, b)
		}
		var names []string
		weight := 0
		for name, v := range got.All() {
			names = append(names, name)
			weight += v.Weight()
			if w, ok := got.Get(name); !ok || w != v {
				t.Fatalf("Get(%s)", name)
			}
		}
		if _, ok := got.Get("none"); ok || !slices.IsSorted(names) || weight != got.Weight() {
			t.Fatal(names, weight, got.Weight())
		}
	}
}
