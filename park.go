package flow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/machine"
)

// ErrParked is why an execution ended that was put away to go on later; see
// [Service.Drain]. It is wrapped by the [ErrCancelled] of its Wait.
var ErrParked = errors.New("the execution was put away, to go on later")

// Parked is an execution that was put away while it waited. encoding/json
// writes and reads it, so that it can be kept: [Flow.Resume] goes on with it.
type Parked struct {
	// Flow is the name of the flow, Execution the ID.
	Flow      string `json:"flow"`
	Execution string `json:"execution"`
	// Waits is what it waits for: more than one thing in a Parallel or Map.
	Waits []ParkedWait `json:"waits"`
	// Snapshot is all that is needed to go on.
	Snapshot json.RawMessage `json:"snapshot"`
}

// ParkedWait is one thing that a parked execution waits for.
type ParkedWait struct {
	// Path is that of the state: "Each[3]/Approve".
	Path string `json:"path"`
	// Until is when its time comes: of a Wait or a retry when it goes on, of a
	// Callback when its Timeout runs out; zero where it has none. That goes on
	// running while the execution is put away.
	Until time.Time `json:"until,omitzero"`
	// Token is what answers it, once it has been taken up again; empty unless it
	// is a Callback.
	Token Token `json:"token,omitempty"`
}

// snapshot is an execution as it is kept.
type snapshot struct {
	Flow      string          `json:"flow"`
	States    string          `json:"states"` // tells one version of the flow from another
	Execution string          `json:"execution"`
	Started   time.Time       `json:"started,omitzero"`
	Events    int32           `json:"events"`
	Input     document.Value  `json:"input"`
	Spent     float64         `json:"spent,omitempty"` // of a Budget, in dollars
	Frame     json.RawMessage `json:"frame"`
}

// fingerprint tells apart flows whose states differ in name, type or order.
func (d *definition) fingerprint() string {
	h := sha256.New()
	for _, sc := range d.machine.Scopes {
		for _, st := range sc.States {
			_, _ = io.WriteString(h, fmt.Sprintf("%d %s %q\n", sc.ID, st.Kind, st.Path))
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// park puts the execution away if all of it waits; nil where it does not.
func (e *Execution[Out]) park() (*Parked, error) {
	frame, waits, ok, err := e.x.Freeze(ErrParked)
	if !ok {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	p := &Parked{Flow: e.def.name, Execution: e.ID()}
	for _, w := range waits {
		p.Waits = append(p.Waits, ParkedWait{Path: w.Path, Until: w.Until, Token: Token(w.Token)})
	}
	s := snapshot{
		Flow: e.def.name, States: e.def.fingerprint(), Execution: p.Execution, Started: e.x.Known().Started,
		Events: e.x.Log.Len(), Input: document.ValueOf(e.x.Input), Frame: frame,
	}
	if e.rare != nil && e.rare.purse != nil {
		s.Spent = e.rare.purse.spent()
	}
	p.Snapshot, err = json.Marshal(s)
	return p, err
}

// Resume goes on with an execution that was put away, from its Snapshot (see
// [Parked]): in this process or another, at the state and in the attempt where
// it was, under its old ID and with the tokens that it gave out. What has become
// due in the meantime happens at once; heartbeats and a [RunTimeout] begin anew. Of
// a [Budget] what was spent stays spent.
// The events go on counting where they were; those from before are not told
// again. The flow has to have the same states as before, but may do other things
// in them. A snapshot that is none, or of another flow, is refused: the error
// comes with Wait.
func (f *Flow[In, Out]) Resume(ctx context.Context, snapshot []byte, opts ...Option) *Execution[Out] {
	return f.resume(ctx, snapshot, opts, nil)
}

func (f *Flow[In, Out]) resume(ctx context.Context, data []byte, opts []Option, before func(*Execution[Out])) *Execution[Out] {
	var s snapshot
	if err := json.Unmarshal(data, &s); err != nil {
		return refusedResume[Out](f.definitionOrNil(), fmt.Errorf("it can't be read: %w", err))
	}
	if d := f.definitionOrNil(); d != nil && d.machine != nil && (d.name != s.Flow || d.fingerprint() != s.States) {
		return refusedResume[Out](d, fmt.Errorf("it is of the flow %q with other states", s.Flow))
	}
	switch {
	case s.Execution == "":
		return refusedResume[Out](f.definitionOrNil(), errors.New("it names no execution"))
	case s.Events < 0:
		return refusedResume[Out](f.definitionOrNil(), fmt.Errorf("it has %d events", s.Events))
	}
	e, set := f.prepareStart(&ctx, s.Input.V, append(opts[:len(opts):len(opts)], WithName(s.Execution)))
	if e.never() != nil {
		return e
	}
	if set.stepped() {
		return refusedResume[Out](f.def, errors.New("it can't go on under Stepwise or VirtualTime"))
	}
	if e.rare != nil && e.rare.purse != nil {
		e.rare.purse.spend(s.Spent)
	}
	e.x.About.Started = s.Started
	e.x.Log.From(s.Events)
	if before != nil {
		before(e)
	}
	if err := e.x.Thaw(s.Frame); err != nil { //nolint:contextcheck // its own is begun already
		e.x.Stop(err)
		return refusedResume[Out](f.def, err)
	}
	return e
}

func refusedResume[Out any](d *definition, err error) *Execution[Out] {
	why := &Error{Name: machine.Runtime, Cause: fmt.Sprintf("Resume of a snapshot: %v", err), wrapped: err, fatal: true}
	return &Execution[Out]{def: d, rare: &rarity{refused: why}}
}
