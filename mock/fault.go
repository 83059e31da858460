package mock

import (
	"encoding/json"
	"hash/fnv"
	"math/rand/v2"
	"strconv"

	"github.com/flowstone-go/flow/model"
)

// faults makes calls fail now and then.
type faults struct {
	seed uint64
	rate float64
	errs []error
	seen map[uint64]int // calls with the same state and request up to now
}

// Faults lets a share of all calls fail before any script is asked: rate is
// from 0 (none) to 1 (all), the errors are taken in turn by chance, and without
// any they are Model.Throttled, Model.Unavailable, Model.Timeout and
// Model.Internal.
//
// Which calls fail depends on the seed, the state, the request, and how many
// calls of the same state and request came before; not on time, nor on what
// other goroutines do. The same test therefore meets the same faults.
func (m *Model) Faults(seed uint64, rate float64, errs ...error) *Model {
	if len(errs) == 0 {
		errs = []error{model.ErrThrottled, model.ErrUnavailable, model.ErrTimeout, model.ErrInternal}
	}
	f := &faults{seed: seed, rate: rate, errs: make([]error, len(errs)), seen: map[uint64]int{}}
	for i, err := range errs {
		if f.errs[i] = complete(err); err == nil {
			f.errs[i] = &scriptError{"Faults: an error is nil"}
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.faults = f
	return m
}

// next tells the fault of a call, nil for none.
func (f *faults) next(c *Call) error {
	if f == nil {
		return nil
	}
	h := fnv.New64a()
	data, err := json.Marshal(c.Request)
	if err != nil {
		data = []byte(err.Error()) // as good as any other text for a request that has no JSON
	}
	h.Write([]byte(strconv.Quote(c.Caller.State)))
	h.Write(data)
	key := h.Sum64()
	n := f.seen[key]
	f.seen[key]++
	r := rand.New(rand.NewPCG(f.seed, key+uint64(n)*0x9e3779b97f4a7c15))
	if r.Float64() >= f.rate {
		return nil
	}
	return f.errs[r.IntN(len(f.errs))]
}

func (f *faults) reset() {
	if f != nil {
		clear(f.seen)
	}
}
