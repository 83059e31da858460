package machine

import "fmt"

// Check tells whether a snapshot is one that an execution of m that waited as a
// whole may have left: what was read from outside can be anything.
func (s *Snapshot) Check(m *Machine) error {
	if s.Scope != m.Root.ID || s.Child {
		return fmt.Errorf("it is not that of a whole execution")
	}
	return s.check(m, nil)
}

func (s *Snapshot) check(m *Machine, parent *State) error {
	if s.Scope < 0 || s.Scope >= len(m.Scopes) {
		return fmt.Errorf("there is no scope %d", s.Scope)
	}
	sc := m.Scopes[s.Scope]
	if sc.Owner != parent {
		return fmt.Errorf("scope %d is not a part of the state around it", s.Scope)
	}
	if s.State < 0 || int(s.State) >= len(sc.States) {
		return fmt.Errorf("there is no state %d in scope %d", s.State, s.Scope)
	}
	st := sc.States[s.State]
	fits := false
	switch s.Phase {
	case Waiting:
		fits = st.Kind == Wait
	case BackingOff:
		fits = len(st.Retry) > 0
	case Awaiting:
		fits = st.Work != nil && s.Token != ""
	case Joining:
		fits = st.Fork != nil && st.Fork.Run == nil && s.Join != nil
	}
	if !fits {
		return fmt.Errorf("the state %q can't be in phase %d while an execution waits", st.Path, s.Phase)
	}
	if len(s.Counts) > len(st.Retry) || s.Attempt < 0 || s.Visit < 0 {
		return fmt.Errorf("the counts of the state %q are wrong", st.Path)
	}
	if s.Phase != Joining {
		return nil
	}
	return s.Join.check(m, st)
}

func (j *JoinState) check(m *Machine, st *State) error {
	n := len(st.Fork.Branches)
	if st.Kind == Map {
		n = len(j.Items)
	}
	if j.N != n || len(j.Results) != n || j.HasMap != (st.Kind == Map) || j.Begun < 0 || j.Begun > n || j.Limit < 0 || len(j.Live) == 0 {
		return fmt.Errorf("the children of the state %q are wrong", st.Path)
	}
	for i := range j.Live {
		c := &j.Live[i]
		if c.Index < 0 || c.Index >= j.Begun || !c.Child || (c.Item != nil) != (st.Kind == Map) {
			return fmt.Errorf("a child of the state %q is wrong", st.Path)
		}
		if st.Kind == Parallel && c.Scope != st.Fork.Branches[c.Index].ID {
			return fmt.Errorf("branch %d of the state %q is another one", c.Index, st.Path)
		}
		if err := c.check(m, st); err != nil {
			return err
		}
	}
	return nil
}
