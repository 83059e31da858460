package machine

import (
	"time"

	"github.com/flowstone-go/flow/internal/document"
)

// Snapshot is a frame tree as plain data: what encoding/json writes and reads
// back loses nothing that the execution needs to go on. Of errors it keeps
// name, cause and place, of documents their JSON.
type Snapshot struct {
	Scope   int            `json:"scope"`
	State   int32          `json:"state"`
	Phase   Phase          `json:"phase"`
	Attempt int32          `json:"attempt,omitempty"`
	Visit   int32          `json:"visit,omitempty"`
	Counts  []int32        `json:"counts,omitempty"`
	Doc     document.Value `json:"doc,omitzero"`
	In      document.Value `json:"in,omitzero"`
	Args    document.Value `json:"args,omitzero"`
	Res     document.Value `json:"res,omitzero"`
	Err     *Fault         `json:"err,omitempty"`
	Vars    []Variable     `json:"vars,omitempty"`
	Item    *ItemValue     `json:"item,omitempty"`
	Index   int            `json:"index,omitempty"`
	Child   bool           `json:"child,omitempty"`

	Last      int32         `json:"last,omitempty"`
	Ending    int32         `json:"ending,omitempty"`
	Before    int32         `json:"before,omitempty"`
	Entered   int32         `json:"entered,omitempty"`
	EnteredAt time.Time     `json:"enteredAt,omitzero"`
	Wake      time.Time     `json:"wake,omitzero"`
	Timeout   time.Duration `json:"timeout,omitempty"`
	Heartbeat time.Duration `json:"heartbeat,omitempty"`
	Token     string        `json:"token,omitempty"`
	Trail     []int32       `json:"trail,omitempty"`
	Join      *JoinState    `json:"join,omitempty"`
}

// Variable is a variable of the frame's own scope.
type Variable struct {
	Name  string         `json:"name"`
	Value document.Value `json:"value"`
}

// ItemValue is an [Item] as plain data.
type ItemValue struct {
	Index  int            `json:"index"`
	Value  document.Value `json:"value"`
	Key    string         `json:"key,omitempty"`
	Keyed  bool           `json:"keyed,omitempty"`
	Source string         `json:"source,omitempty"`
}

// Fault is a [Failure] as plain data.
type Fault struct {
	Name      string        `json:"name,omitempty"`
	Cause     string        `json:"cause,omitempty"`
	State     string        `json:"state,omitempty"`
	Attempt   int           `json:"attempt,omitempty"`
	Bare      bool          `json:"bare,omitempty"`
	Fatal     bool          `json:"fatal,omitempty"`
	Permanent bool          `json:"permanent,omitempty"`
	After     time.Duration `json:"after,omitempty"`
	Timer     bool          `json:"timer,omitempty"`
	Heartbeat bool          `json:"heartbeat,omitempty"`
	Query     bool          `json:"query,omitempty"`
	Late      bool          `json:"late,omitempty"`
	Location  string        `json:"location,omitempty"`
}

// JoinState is a [Join] as plain data, with the frames of the children at work.
type JoinState struct {
	N       int              `json:"n"`
	Begun   int              `json:"begun"`
	Limit   int              `json:"limit,omitempty"`
	Items   []ItemValue      `json:"items,omitempty"`
	HasMap  bool             `json:"map,omitempty"`
	Results []document.Value `json:"results,omitempty"`
	Fails   []ChildFailure   `json:"fails,omitempty"`
	Weight  int              `json:"weight,omitempty"`
	Total   int              `json:"total,omitempty"`
	Bound   Tolerance        `json:"bound"`
	Live    []Snapshot       `json:"live,omitempty"`
	First   *Fault           `json:"first,omitempty"`
	Tail    int32            `json:"tail,omitempty"`
	Run     string           `json:"run,omitempty"`
	RunID   int32            `json:"runId,omitempty"`
	Tally   *[2][2]int       `json:"tally,omitempty"`
}

// ChildFailure is a [ChildFault] as plain data.
type ChildFailure struct {
	Item ItemValue `json:"item"`
	Fail *Fault    `json:"fail"`
}

// Snapshot gives the frame tree as plain data. The values are shared.
func (f *Frame) Snapshot() Snapshot {
	s := Snapshot{
		Scope: f.Scope.ID, State: f.State, Phase: f.Phase, Attempt: f.Attempt, Visit: f.Visit,
		Doc: document.ValueOf(f.Doc), In: document.ValueOf(f.In), Args: document.ValueOf(f.Args), Res: document.ValueOf(f.Res),
		Err: faultOf(f.Err), Last: f.Last, Before: f.before, Entered: f.Entered, Wake: f.Wake,
	}
	if f.Phase == Entering {
		s.In, s.Args = document.Value{}, document.Value{}
	}
	if r := f.rare; r != nil {
		s.Counts, s.Trail, s.EnteredAt, s.Timeout, s.Heartbeat, s.Token = r.counts, r.trail, r.enteredAt, r.timeout, r.heartbeat, r.token
		s.Child, s.Index, s.Ending = r.child, r.item.Index, r.ending
		if r.mapped {
			it := itemValue(r.item)
			s.Item = &it
		}
	}
	if f.Vars != nil {
		for i, name := range f.Vars.Names {
			s.Vars = append(s.Vars, Variable{name, document.ValueOf(f.Vars.Values[i])})
		}
	}
	if f.Join != nil {
		s.Join = f.Join.state()
	}
	return s
}

func (j *Join) state() *JoinState {
	s := &JoinState{
		N: j.N, Begun: j.Begun, Limit: j.Limit, Weight: j.Weight, Total: j.Total, Bound: j.Bound,
		First: faultOf(j.First), Tail: j.Tail, Run: j.Run, RunID: j.RunID,
	}
	if j.tally != nil {
		j.tally.mu.Lock()
		s.Tally = &[2][2]int{j.tally.begun, j.tally.ended}
		j.tally.mu.Unlock()
	}
	if j.Items != nil {
		s.HasMap = true
		for i := range j.Items.Len() {
			s.Items = append(s.Items, itemValue(j.Items.At(i)))
		}
	}
	for _, r := range j.Results {
		s.Results = append(s.Results, document.ValueOf(r))
	}
	for _, fail := range j.Fails {
		s.Fails = append(s.Fails, ChildFailure{itemValue(fail.Item), faultOf(fail.Fail)})
	}
	for _, c := range j.Live {
		s.Live = append(s.Live, c.Snapshot())
	}
	return s
}

// Restore makes f the frame of a snapshot, of execution x below parent (nil
// for the root). The frames of the children at work are in Join.Live.
func (f *Frame) Restore(x *Exec, parent *Frame, s *Snapshot) {
	*f = Frame{
		Carrier: f.Carrier, Exec: x, Parent: parent, Scope: x.Machine.Scopes[s.Scope], State: s.State, Phase: s.Phase,
		Attempt: s.Attempt, Visit: s.Visit, Doc: s.Doc.V, In: s.In.V, Args: s.Args.V, Res: s.Res.V, Err: s.Err.failure(),
		Last: s.Last, before: s.Before, Entered: s.Entered, Wake: s.Wake,
		rare: &rare{
			counts: s.Counts, trail: s.Trail, enteredAt: s.EnteredAt, timeout: s.Timeout, heartbeat: s.Heartbeat, token: s.Token,
			child: s.Child, ending: s.Ending,
		},
	}
	f.rare.item.Index = s.Index
	if s.Item != nil {
		f.rare.mapped, f.rare.item = true, s.Item.item()
	}
	if parent != nil && (x == parent.Exec || x.Within) {
		if parent.Vars != nil || len(s.Vars) > 0 {
			f.Vars = &Vars{Outer: parent.Vars}
		}
		if x.Observed {
			f.rare.spot = &Spot{Outer: parent.Spot(), Owner: parent.Current(), Index: s.Index}
		}
	}
	if len(s.Vars) > 0 {
		if f.Vars == nil {
			f.Vars = &Vars{}
		}
		for _, v := range s.Vars {
			f.Vars.Names = append(f.Vars.Names, v.Name)
			f.Vars.Values = append(f.Vars.Values, v.Value.V)
		}
	}
	if s.Join != nil {
		f.Join = s.Join.join()
		for i := range s.Join.Live {
			c := &Frame{}
			c.Restore(x, f, &s.Join.Live[i])
			f.Join.Live = append(f.Join.Live, c)
		}
	}
}

func (s *JoinState) join() *Join {
	j := &Join{
		N: s.N, Begun: s.Begun, Limit: s.Limit, Weight: s.Weight, Total: s.Total, Bound: s.Bound,
		First: s.First.failure(), Tail: s.Tail, Run: s.Run, RunID: s.RunID,
	}
	if s.Tally != nil {
		j.tally = &tally{begun: s.Tally[0], ended: s.Tally[1]}
	}
	if s.HasMap {
		j.Items = restoredItems(s.Items)
	}
	for _, r := range s.Results {
		j.Results = append(j.Results, r.V)
	}
	for _, fail := range s.Fails {
		j.Fails = append(j.Fails, &ChildFault{fail.Item.item(), fail.Fail.failure()})
	}
	return j
}

type restoredItems []ItemValue

// Len is the number of items.
func (l restoredItems) Len() int { return len(l) }

// At gives an item.
func (l restoredItems) At(i int) Item { return l[i].item() }

func itemValue(it Item) ItemValue {
	return ItemValue{it.Index, document.ValueOf(it.Value), it.Key, it.Keyed, it.Source}
}

func (v ItemValue) item() Item {
	return Item{Index: v.Index, Value: v.Value.V, Key: v.Key, Keyed: v.Keyed, Source: v.Source}
}

func faultOf(e *Failure) *Fault {
	if e == nil {
		return nil
	}
	return &Fault{
		e.Name, e.Cause, e.State, e.Attempt, e.Bare, e.Fatal, e.Permanent, e.After,
		e.Timer, e.Heartbeat, e.Query, e.Late, e.Location,
	}
}

func (e *Fault) failure() *Failure {
	if e == nil {
		return nil
	}
	return &Failure{
		Name: e.Name, Cause: e.Cause, State: e.State, Attempt: e.Attempt, Bare: e.Bare, Fatal: e.Fatal, Permanent: e.Permanent,
		After: e.After, Timer: e.Timer, Heartbeat: e.Heartbeat, Query: e.Query, Late: e.Late, Location: e.Location,
	}
}
