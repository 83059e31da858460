package flow_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/flowstone-go/flow"
)

// parkedOf is what is kept of an animal when all of it waits for the first time;
// nil where it never does.
func parkedOf(t *testing.T, a animal) (data []byte) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, desk := atDesk(t.Context())
		svc := flow.NewService(a.flow, desk)
		if _, err := svc.Start(ctx, zooOrder, flow.WithName("zoo")); err != nil {
			t.Fatal(err)
		}
		if d := svc.Drain(ctx); len(d.Parked) == 1 {
			data = d.Parked[0].Snapshot
		}
	})
	return data
}

// resumed goes on with a snapshot, whatever it says, for a year at most: it has
// to end, with nothing left behind, and to say what it came to.
func resumed(t *testing.T, a animal, snapshot []byte) (out any, err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, desk := atDesk(t.Context())
		ctx, cancel := context.WithTimeout(ctx, 365*24*time.Hour)
		defer cancel()
		e := a.flow.Resume(ctx, snapshot, desk, flow.MaxTransitions(1000))
		out, err = e.Wait(context.WithoutCancel(ctx))
		if _, named := errors.AsType[*flow.Error](err); err != nil && !named {
			t.Errorf("%s\n%v is no Error", snapshot, err)
		}
		if w := desk.Waiting(); len(w) > 0 {
			t.Errorf("%s\nstill waits: %v", snapshot, w)
		}
	})
	return out, err
}

// mutate changes something in a value of JSON, wherever that may be.
func mutate(r *rand.Rand, v any) any {
	odd := []any{nil, true, "", "Waiting", "M", -1, 0, 1, 7, 1e18, -1e18, []any{}, map[string]any{}, "2026-01-01T00:00:00Z", "9999-12-31T23:59:59Z", []any{nil}, map[string]any{"": nil}}
	if r.IntN(12) == 0 {
		return odd[r.IntN(len(odd))]
	}
	switch v := v.(type) {
	case map[string]any:
		names := slices.Sorted(maps.Keys(v))
		if len(names) == 0 {
			return odd[r.IntN(len(odd))]
		}
		name := names[r.IntN(len(names))]
		switch r.IntN(8) {
		case 0:
			delete(v, name)
		case 1:
			v[name] = v[names[r.IntN(len(names))]]
		default:
			v[name] = mutate(r, v[name])
		}
		return v
	case []any:
		if len(v) == 0 {
			return []any{odd[r.IntN(len(odd))]}
		}
		i := r.IntN(len(v))
		switch r.IntN(8) {
		case 0:
			return slices.Delete(v, i, i+1)
		case 1:
			return append(v, v[i])
		}
		v[i] = mutate(r, v[i])
		return v
	case json.Number:
		n, _ := v.Int64()
		return n + int64(r.IntN(5)) - 2
	}
	return odd[r.IntN(len(odd))]
}

// mutated is a snapshot with some changes.
func mutated(t *testing.T, r *rand.Rand, snapshot []byte) []byte {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(snapshot))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Fatal(err)
	}
	for range 1 + r.IntN(3) {
		v = mutate(r, v)
	}
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A snapshot that something has happened to is refused, or goes on to some end:
// nothing panics, hangs or is left behind. As it was, it comes to what the
// animal comes to.
func TestResumeOfAnything(t *testing.T) {
	rounds := 150
	if testing.Short() {
		rounds = 15
	}
	refused, ended := 0, 0
	for _, a := range zoo() {
		snapshot := parkedOf(t, a)
		if snapshot == nil {
			continue
		}
		t.Run(a.name, func(t *testing.T) {
			out, err := resumed(t, a, snapshot)
			a.check(t, out, err)
			r := rand.New(rand.NewPCG(1, uint64(len(a.name))))
			for range rounds {
				if _, err := resumed(t, a, mutated(t, r, snapshot)); errors.Is(err, flow.ErrRuntime) {
					refused++
				} else {
					ended++
				}
			}
		})
	}
	t.Logf("%d snapshots were refused, %d went on to an end", refused, ended)
	if refused < rounds || ended < rounds {
		t.Errorf("%d snapshots were refused, %d went on to an end", refused, ended)
	}
}

// FuzzResume is that test with texts of any kind.
func FuzzResume(f *testing.F) {
	animals := map[string]animal{}
	var names []string
	for _, a := range zoo() {
		animals[a.name] = a
		names = append(names, a.name)
	}
	for i := range names {
		f.Add(i, uint64(1), []byte(nil))
		f.Add(i, uint64(0), []byte(`{}`))
	}
	f.Fuzz(func(t *testing.T, i int, seed uint64, text []byte) {
		a := animals[names[uint(i)%uint(len(names))]]
		if seed > 0 {
			if text = parkedOf(t, a); text == nil {
				return
			}
			text = mutated(t, rand.New(rand.NewPCG(seed, 2)), text)
		}
		_, _ = resumed(t, a, text)
	})
}
