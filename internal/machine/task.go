package machine

// begin begins an attempt of a state's work: what it is given is made afresh,
// since expressions may read how often it was tried.
func begin(f *Frame, s *State) Op {
	f.Phase = Beginning
	args := f.In
	if s.Args != nil {
		var err error
		if args, err = s.Args(f, f.In); err != nil {
			return unscheduled(f, s, failureOf(err))
		}
	}
	f.Args = args
	switch s.Kind {
	case Parallel, Map:
		return fork(f, s)
	case Pass:
		return pass(f, s)
	}
	w := s.Work
	if w.Timeout != nil || w.Heartbeat != nil {
		if err := bounds(f, w); err != nil {
			return unscheduled(f, s, failureOf(err))
		}
	}
	if w.Credentials != nil {
		role, err := w.Credentials(f, f.In)
		if err != nil {
			return unscheduled(f, s, failureOf(err))
		}
		f.rarely().role = role
	}
	if w.Ready != nil {
		if fail := w.Ready(f, args); fail != nil {
			return unscheduled(f, s, fail)
		}
	}
	if w.Awaits {
		f.Expect()
	}
	if f.Exec.Observed {
		f.scheduled(s)
		if f.Exec.Log.Full() {
			f.withdraw()
			return f.overfull()
		}
	}
	f.Phase = Running
	return Call
}

// unscheduled is failed for an attempt that never began.
func unscheduled(f *Frame, s *State, fail *Failure) Op {
	f.withdraw()
	return failed(f, s, fail)
}

// withdraw takes back the token of an attempt that never began.
func (f *Frame) withdraw() {
	if f.Token() != "" {
		f.Exec.Host.Forget(f)
		f.rare.token = ""
	}
}

func bounds(f *Frame, w *Work) (err error) {
	r := f.rarely()
	r.timeout, r.heartbeat = 0, 0
	if w.Timeout != nil {
		if r.timeout, err = w.Timeout(f, f.In); err != nil {
			return err
		}
	}
	if w.Heartbeat != nil {
		r.heartbeat, err = w.Heartbeat(f, f.In)
	}
	return err
}

//go:noinline
func (f *Frame) scheduled(s *State) {
	e := Event{Type: TaskScheduled, State: s, Value: f.Args}
	if timeout, heartbeat := f.Bounds(); timeout > 0 || heartbeat > 0 {
		e.Extra = &Extra{Timeout: timeout, Heartbeat: heartbeat}
	}
	if s.Work.Credentials != nil {
		if e.Extra == nil {
			e.Extra = &Extra{}
		}
		e.Extra.Role = f.rare.role
	}
	f.tell(e)
	started := Event{Type: TaskStarted, State: s}
	if s.Work.Worker != nil {
		if name := s.Work.Worker(f); name != "" {
			started.Extra = &Extra{Text: name}
		}
	}
	f.tell(started)
}

// worked takes the answer of a call, or of a token.
func worked(f *Frame, s *State, c Completion) Op {
	if f.rare != nil && c.Answer != Submitted {
		f.rare.token, f.rare.timeout, f.rare.heartbeat = "", 0, 0
	}
	switch c.Answer {
	case Submitted:
		f.Phase = Awaiting
		f.tell(Event{Type: TaskSubmitted, State: s, Value: c.Value})
		return Await
	case Raised:
		if c.Value != nil {
			f.Res = c.Value // for the next attempt
		}
		return taskFailed(f, s, c.Fail)
	}
	if s.Work.Check != nil {
		if fail := s.Work.Check(f, c.Value); fail != nil {
			return taskFailed(f, s, fail)
		}
	}
	if f.Exec.Observed {
		f.tell(Event{Type: TaskSucceeded, State: s, Value: c.Value})
	}
	if s.Select == nil {
		return leave(f, s, c.Value, s.Assign, s.Output)
	}
	return selected(f, s, c.Value)
}

// Submitted tells, while a call is out, what its request was answered with.
// It is for whoever moves the frame.
func (f *Frame) Submitted(v any) {
	f.tell(Event{Type: TaskSubmitted, State: f.Current(), Value: v, Nanos: f.Exec.Host.Now().UnixNano()})
}

// taskFailed tells of a failed attempt and looks for who deals with it.
func taskFailed(f *Frame, s *State, fail *Failure) Op {
	fail.at(f) // before anybody sees it
	t := TaskDidFail
	if fail.Timer {
		t = TaskTimedOut
	}
	if f.Exec.Observed {
		f.tell(Event{Type: t, State: s, Extra: failing(fail)})
	}
	return failed(f, s, fail)
}

// selected is leave for a state with a ResultSelector: variables are made of
// the raw result, the output of the selected one.
func selected(f *Frame, s *State, result any) Op {
	f.Res = result
	var vars *Vars
	var err error
	if len(s.Assign) > 0 {
		if vars, err = assigned(f, s.Assign, result); err != nil {
			return failed(f, s, failureOf(err))
		}
	}
	out, err := s.Select(f, result)
	if err != nil {
		return failed(f, s, failureOf(err))
	}
	if s.Output != nil {
		if out, err = s.Output(f, out); err != nil {
			return failed(f, s, failureOf(err))
		}
	}
	return exit(f, s, out, vars, s.Next)
}
