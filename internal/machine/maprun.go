package machine

import "sync"

// MapRun is what the events of a distributed Map's run tell of it beside its
// name.
type MapRun struct {
	Execution         string // ID of the execution that the Map is in
	Limit             int    // children at once; 0: no limit
	Bound             Tolerance
	Executions, Items Counts
}

// Counts says what became of the children of a run, or of their items.
type Counts struct{ Pending, Succeeded, Failed, Aborted, Total int }

// tally counts the children of a run while they begin and end, side by side.
// Executions come first, then items.
type tally struct {
	mu           sync.Mutex
	begun, ended [2]int // ended: well
}

// began counts a child that begins; nil, of a snapshot without one, does not.
func (t *tally) began(weight int) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.begun[0]++
	t.begun[1] += weight
}

// succeeded counts a child that has ended well.
func (t *tally) succeeded(weight int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended[0]++
	t.ended[1] += weight
}

// weight is how many items a child of a distributed Map has.
func (r *ChildRun) weight(it *Item) int {
	if r.Weigh == nil {
		return 1
	}
	return r.Weigh(it)
}

// mapRun is what is known of the run of the Map that f is at.
func (f *Frame) mapRun() *MapRun {
	j := f.Join
	r := &MapRun{Execution: f.Exec.Known().ID, Limit: j.Limit, Bound: j.Bound}
	if j.tally == nil {
		return r
	}
	t := j.tally
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, c := range []struct {
		to            *Counts
		total, failed int
	}{{&r.Executions, j.N, len(j.Fails)}, {&r.Items, j.Total, j.Weight}} {
		*c.to = Counts{
			Pending: c.total - t.begun[i], Succeeded: t.ended[i], Failed: c.failed,
			Aborted: t.begun[i] - t.ended[i] - c.failed, Total: c.total,
		}
	}
	return r
}
