package machine

// Op is what Next asks its driver to do before the next step. Its operands
// stand in the frame, so that a frame that was put away and taken up again
// still knows what it waits for.
type Op uint8

// The commands, and what the driver says back with the next call of Next.
const (
	// Step: nothing; call Next again with [Go]. Between any two steps an
	// execution may be stopped, or put away.
	Step Op = iota
	// Call the work of the state with Args (its Read in phase Reading, its
	// Write in phase Writing): [Returned], [Raised] or [Submitted].
	Call
	// Sleep until Wake: [Woke].
	Sleep
	// Await the answer to Token, at most Timeout, Heartbeat between two beats:
	// [Returned] or [Raised].
	Await
	// Children: run the children of Join: [Joined] when none is at work any more.
	Children
	// Done: the scope has ended with Doc.
	Done
	// Broken: the scope has ended with Err.
	Broken
)

// Answer is what came of a command.
type Answer uint8

// The answers.
const (
	Go Answer = iota
	Returned
	Raised
	Submitted
	Woke
	Joined
)

// Completion is an answer with its value: the result of a call, or the error
// and what the next attempt is to know.
type Completion struct {
	Answer Answer
	Value  any
	Fail   *Failure
}

// Next moves a frame by one step: it takes what came of the last command,
// changes the frame, tells what happened, and gives the next command. It is
// pure: clock, chance and identity come from the execution's host.
func Next(f *Frame, c Completion) Op {
	s := f.Scope.States[f.State]
	switch f.Phase {
	case Running:
		if s.Plain && c.Answer == Returned && !f.Exec.Observed {
			_, op := Follow(f, s, c.Value)
			return op
		}
		return worked(f, s, c)
	case Entering:
		if s.Plain && !f.Exec.Observed {
			return f.follow(Step)
		}
		return enter(f, s)
	case Beginning, BackingOff:
		return begin(f, s)
	case Awaiting:
		return worked(f, s, c)
	case Waiting:
		return leave(f, s, f.In, s.Assign, s.Output)
	case Reading:
		return fetched(f, s, c)
	case Joining:
		return joined(f, s)
	case Writing:
		return written(f, s, c)
	case Ended:
		return Done
	}
	return Broken
}

// enter begins the visit of a state with the raw input in Doc.
func enter(f *Frame, s *State) Op {
	if f.Exec.Observed {
		f.entered(s)
		if f.Exec.Log.Full() {
			return f.overfull()
		}
	}
	f.In = f.Doc
	if s.Input != nil {
		in, err := s.Input(f, f.Doc)
		if err != nil {
			return failed(f, s, failureOf(err))
		}
		f.In = in
	}
	switch s.Kind {
	case Task:
		return begin(f, s)
	case Pass:
		return pass(f, s)
	case Choice:
		return choose(f, s)
	case Wait:
		return wait(f, s)
	case Succeed:
		return leave(f, s, f.In, nil, s.Output)
	case Fail:
		fail := s.Raise(f, f.Doc)
		if fail.Query {
			f.evaluationFailed(s, fail)
		}
		f.Phase = Failed
		return broken(f, fail)
	}
	return begin(f, s)
}

//go:noinline
func (f *Frame) entered(s *State) {
	if f.Exec.Machine.Times {
		f.rarely().enteredAt = f.Exec.Host.Now()
	}
	previous := f.Last
	if f.Visit == 0 && f.Parent == nil {
		previous = 0 // as AWS has it: the first state follows nothing
	}
	f.before = previous
	f.Last = f.record(previous, &Event{Type: StateEntered, State: s, Value: f.Doc})
	f.Entered = f.Last
}

// leave ends the visit of a state with the result of its work: variables and
// output are made side by side, then the frame goes on to the next state.
func leave(f *Frame, s *State, result any, assign []Assignment, output Eval) Op {
	var vars *Vars
	if len(assign) > 0 || output != nil {
		f.Res = result
	}
	if len(assign) > 0 {
		var err error
		if vars, err = assigned(f, assign, result); err != nil {
			return failed(f, s, failureOf(err))
		}
	}
	out := result
	if output != nil {
		var err error
		if out, err = output(f, result); err != nil {
			return failed(f, s, failureOf(err))
		}
	}
	return exit(f, s, out, vars, s.Next)
}

// exit tells of leaving the state and goes where next says.
func exit(f *Frame, s *State, out any, vars *Vars, next int32) Op {
	if vars != nil {
		f.Vars = f.Vars.with(vars.Names, vars.Values)
	}
	if f.Exec.Observed {
		e := Event{Type: StateExited, State: s, Value: out}
		if vars != nil {
			e.Extra = &Extra{Assigned: vars}
		}
		f.tell(e)
	}
	if s.Kind != Task {
		return move(f, out, next)
	}
	if f.Scope.Recycle && !f.Exec.Observed {
		f.recycle()
	}
	op := move(f, out, next)
	if op != Step || f.Phase != Entering {
		return op
	}
	if n := f.Scope.States[f.State]; n.Kind == Task {
		return enter(f, n) // a chain of tasks goes without a stop in between
	}
	return Step
}

// move takes the frame to its next state, or to the end of its scope.
func move(f *Frame, doc any, next int32) Op {
	// In and Args are left to the next state to write: in the shortest flows
	// the writing of pointers is what takes the time.
	f.Doc, f.Attempt = doc, 0
	if f.Res != nil || f.Join != nil {
		f.Res, f.Join = nil, nil
	}
	if f.rare != nil {
		f.rare.counts, f.rare.pauses = f.rare.counts[:0], f.rare.pauses[:0]
	}
	if next == End {
		f.Phase = Ended
		if f.Exec.Observed {
			f.ended()
		}
		return Done
	}
	f.Phase = Entering
	f.State = next
	f.Visit++
	if limit := f.Exec.MaxTransitions; limit > 0 && f.Visit > limit-trailed {
		return f.overrun(int(limit))
	}
	return Step
}

func (f *Frame) ended() {
	switch {
	case f.Parent == nil:
		f.tell(Event{Type: ExecutionSucceeded, Value: f.Doc})
	case f.rare.mapped && f.Exec == f.Parent.Exec:
		f.rare.ending = f.record(f.Last, &Event{Type: IterationSucceeded, State: f.Parent.Current(), N: int32(f.Index())})
	}
}

// broken ends the scope of the frame with a failure.
func broken(f *Frame, fail *Failure) Op {
	f.Phase = Failed
	f.Err = fail.at(f)
	if !f.Exec.Observed {
		return Broken
	}
	switch {
	case f.Parent == nil:
		f.tell(Event{Type: ExecutionFailed, Extra: failing(fail)})
	case f.rare.mapped && f.Exec == f.Parent.Exec:
		f.rare.ending = f.record(f.Last, &Event{Type: IterationFailed, State: f.Parent.Current(), N: int32(f.Index())})
	}
	return Broken
}

// assigned evaluates the variables of a state. All of them see those of
// before, and if one fails none is assigned.
func assigned(f *Frame, assign []Assignment, doc any) (*Vars, error) {
	vars := &Vars{Names: make([]string, len(assign)), Values: make([]any, len(assign))}
	for i := range assign {
		v, err := assign[i].Value(f, doc)
		if err != nil {
			return nil, err
		}
		vars.Names[i], vars.Values[i] = assign[i].Name, v
	}
	return vars, nil
}
