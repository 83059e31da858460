package machine

import "time"

// The states that work without a driver: Pass, Choice, Wait.

func pass(f *Frame, s *State) Op {
	args := f.In
	if s.Result != nil {
		return leave(f, s, s.Result(f), s.Assign, s.Output)
	}
	if s.Args != nil {
		var err error
		if args, err = s.Args(f, f.In); err != nil {
			return failed(f, s, failureOf(err))
		}
	}
	return leave(f, s, args, s.Assign, s.Output)
}

func choose(f *Frame, s *State) Op {
	r, err := s.rule(f, f.In)
	if err != nil {
		return failed(f, s, failureOf(err))
	}
	return take(f, s, r)
}

// rule finds the way that a Choice goes with a document.
func (s *State) rule(f *Frame, doc any) (*Rule, error) {
	for i := range s.Rules {
		r := &s.Rules[i]
		if ok, err := r.When(f, doc); ok || err != nil {
			return r, err
		}
	}
	if s.Else == nil {
		return nil, s.Raise(f, doc)
	}
	return s.Else, nil
}

func take(f *Frame, s *State, r *Rule) Op {
	assign, output := s.Assign, s.Output
	if r.Own {
		assign, output = r.Assign, r.Output
	}
	var vars *Vars
	var err error
	if len(assign) > 0 {
		if vars, err = assigned(f, assign, f.In); err != nil {
			return failed(f, s, failureOf(err))
		}
	}
	out := f.In
	if output != nil {
		if out, err = output(f, f.In); err != nil {
			return failed(f, s, failureOf(err))
		}
	}
	return exit(f, s, out, vars, r.Next)
}

func wait(f *Frame, s *State) Op {
	until, err := s.Until(f, f.In)
	if err != nil {
		return failed(f, s, failureOf(err))
	}
	f.Phase = Waiting
	if until.IsZero() || !until.After(f.Exec.Host.Now()) {
		return leave(f, s, f.In, s.Assign, s.Output)
	}
	f.Wake = until
	return Sleep
}

// After gives the time d from now on, for a Wait: the zero time for none.
func (f *Frame) After(d time.Duration) time.Time {
	if d <= 0 {
		return time.Time{}
	}
	return f.Exec.Host.Now().Add(d)
}
