package machine

// Most states have nothing but their work. Then all the questions of enter,
// begin, worked, leave and exit are answered no, and what is left of them stands
// here.

// Follow goes on from the plain Task s, which a frame visits, with what it gave,
// up to the next that is to be called: Call, with that Task. Where it comes to
// something else it gives what [Next] would.
func Follow(f *Frame, s *State, result any) (*State, Op) {
	if f.Exec.Observed {
		return f.tellAndFollow(s, result)
	}
	f.recycle()
	if s.then == nil || f.nearLimit() {
		op := f.follow(move(f, result, s.Next))
		return f.Scope.States[f.State], op
	}
	f.Doc, f.In, f.Args = result, result, result
	f.State = s.then.Index
	f.Visit++
	return s.then, Call
}

// tellAndFollow is Follow for a frame whose events are told.
func (f *Frame) tellAndFollow(s *State, result any) (*State, Op) {
	if s.then == nil || f.nearLimit() || f.Exec.Machine.Times || !f.Exec.Log.pass(f, s, result) {
		op := worked(f, s, Completion{Answer: Returned, Value: result})
		return f.Scope.States[f.State], op
	}
	f.Doc, f.In, f.Args = result, result, result
	f.State = s.then.Index
	f.Visit++
	return s.then, Call
}

// follow enters the state that a move with this outcome has led to, and those
// that plain Choices lead to.
func (f *Frame) follow(op Op) Op {
	for op == Step {
		s := f.Scope.States[f.State]
		if !s.Plain {
			return Step
		}
		if s.Kind == Task {
			f.In, f.Args = f.Doc, f.Doc
			f.Phase = Running
			return Call
		}
		r, err := s.rule(f, f.Doc)
		if err != nil {
			return failed(f, s, failureOf(err))
		}
		if op = move(f, f.Doc, r.Next); r.Next <= s.Index {
			return op // between the rounds of a loop the driver may be told to stop
		}
	}
	return op
}

// recycle lets the document that is about to be replaced take the next
// result, if it is the frame's own.
func (f *Frame) recycle() {
	f.spare = nil
	if f.Own || f.Parent == nil {
		f.spare = f.Doc
	}
	f.Own = true
}

// Ahead is how many documents, of this Task and the plain ones after it, the log
// is going to keep; 0 where it keeps none.
func (f *Frame) Ahead() int {
	if !f.Exec.Observed || f.Exec.Log.Forget {
		return 0
	}
	return f.Current().ahead
}

// Spare gives a cell that the driver may let the next call write its result
// to; nil where there is none. A cell is spare only where nobody but the frame
// has seen it.
func (f *Frame) Spare() any { return f.spare }

// Lend gives a frame that is about to begin a cell that may take the first
// result.
func (f *Frame) Lend(cell any) { f.spare = cell }
