package machine

// fork begins an attempt of a Parallel or Map, whose children the driver then
// runs.
func fork(f *Frame, s *State) Op {
	k := s.Fork
	join := &Join{N: len(k.Branches)}
	if k.Concurrency != nil {
		limit, err := k.Concurrency(f, f.In)
		if err != nil {
			return failed(f, s, failureOf(err))
		}
		join.Limit = limit
	}
	if s.Kind == Map {
		join.N = 0
		if k.Items != nil && (k.Run == nil || k.Run.Read == nil) {
			items, err := k.Items(f, f.Args)
			if err != nil {
				return failed(f, s, failureOf(err))
			}
			join.Items, join.N = items, items.Len()
		}
	}
	f.Join = join
	if f.Exec.Observed {
		f.tell(Event{Type: ForkStarted, State: s, N: int32(join.N)})
	}
	if k.Tolerate != nil {
		var err error
		if join.Bound, err = k.Tolerate(f, f.In); err != nil {
			return failed(f, s, failureOf(err))
		}
	}
	if k.Run == nil {
		return spread(f, s)
	}
	join.Run = f.Exec.Host.MapRun(f)
	f.tell(Event{Type: MapRunStarted, State: s, Extra: &Extra{Text: join.Run, Run: f.mapRun()}})
	join.RunID = f.Last
	if k.Run.Read == nil {
		return spread(f, s)
	}
	if k.Run.ReadArgs != nil {
		var err error
		if f.Args, err = k.Run.ReadArgs(f, f.In); err != nil {
			return failed(f, s, failureOf(err))
		}
	}
	f.Phase = Reading
	return Call
}

// fetched takes the items that were read.
func fetched(f *Frame, s *State, c Completion) Op {
	if c.Answer == Raised {
		return runFailed(f, s, c.Fail)
	}
	items, ok := c.Value.(Items)
	if !ok {
		return runFailed(f, s, &Failure{Name: Runtime, Cause: "the reader of the items gave none", Fatal: true})
	}
	f.Join.Items, f.Join.N = items, items.Len()
	return spread(f, s)
}

// spread has the children run, if there are any.
func spread(f *Frame, s *State) Op {
	join := f.Join
	join.Tail = f.Last
	join.Total = join.N
	if run := s.Fork.Run; run != nil {
		join.tally = &tally{}
		join.Total = 0
		for i := range join.N {
			it := join.Items.At(i)
			join.Total += run.weight(&it)
		}
	}
	f.Phase = Joining
	if join.N == 0 {
		return joined(f, s)
	}
	join.Results = make([]any, join.N)
	return Children
}

// Begin makes c the frame of child i, about to enter its first state. c may
// be new, or that of a child that has ended, whose place in the order of
// events the new one then takes. Drivers call it for each index once.
func (f *Frame) Begin(i int, c *Frame) *Failure {
	s := f.Current()
	k := s.Fork
	last := f.Last
	if c.Parent == f && c.Last != 0 && s.Kind == Map {
		last = c.Last
	}
	scope := k.Branches[0]
	if s.Kind == Parallel {
		scope = k.Branches[i]
	}
	r := c.rare
	if r == nil {
		r = &rare{}
	}
	*r = rare{child: true, mapped: s.Kind == Map, counts: r.counts[:0], pauses: r.pauses[:0]}
	*c = Frame{Carrier: c.Carrier, Clock: c.Clock, Exec: f.Exec, Parent: f, Scope: scope, State: scope.Start, Last: last, rare: r, spare: c.spare}
	if f.Vars != nil {
		c.Vars = &Vars{Outer: f.Vars}
	}
	doc := f.Args
	r.item.Index = i
	if s.Kind == Map {
		r.item = f.Join.Items.At(i)
		doc = r.item.Value
	}
	if k.Run != nil {
		f.Join.tally.began(k.Run.weight(&r.item))
	}
	if k.Item != nil {
		var err error
		if doc, err = k.Item(f, f.In, &r.item); err != nil {
			fail := failureOf(err).at(f)
			if fail.Query {
				f.evaluationFailed(s, fail)
			}
			return fail
		}
	}
	c.Doc = doc
	if f.Exec.Observed {
		r.spot = &Spot{Outer: f.Spot(), Owner: s, Index: i}
	}
	switch {
	case k.Run != nil:
		c.Exec, c.Vars, c.Last, r.spot = f.Exec.Host.Spawn(f, &r.item), nil, 0, nil
		c.Exec.Input = doc
	case s.Kind == Map && f.Exec.Observed:
		c.Last = c.record(last, &Event{Type: IterationStarted, State: s, N: int32(i)})
	}
	return nil
}

// Succeeded takes the document with which child i has ended. Calls for
// different children may run at the same time where nobody observes.
func (f *Frame) Succeeded(i int, c *Frame) {
	f.Join.Results[i] = c.Doc
	run := f.Current().Fork.Run
	if run != nil && run.Succeeded != nil {
		f.Join.Results[i] = run.Succeeded(f, c)
	}
	if f.Join.tally != nil {
		f.Join.tally.succeeded(run.weight(&c.rare.item))
		return
	}
	if f.Exec.Observed {
		f.Join.Tail = max(f.Join.Tail, c.closing())
	}
}

// closing is the event that tells of the end of a child.
func (c *Frame) closing() int32 {
	if c.rare.ending != 0 {
		return c.rare.ending
	}
	return c.Last
}

// Faulted takes the failure with which child i has ended, and tells whether
// the state fails by it, so that the other children are to be stopped.
// Calls must not run at the same time.
func (f *Frame) Faulted(i int, c *Frame, fail *Failure) (stop bool) {
	join := f.Join
	s := f.Current()
	if join.First != nil {
		return true
	}
	join.Fails = append(join.Fails, &ChildFault{Item: c.rare.item, Fail: fail})
	weight := 1
	if run := s.Fork.Run; run != nil {
		weight = run.weight(&c.rare.item)
	}
	join.Weight += weight
	if s.Kind == Map && (!fail.Fatal || s.Fork.Run != nil) && !join.Bound.Exceeded(join.Weight, join.Total) {
		if s.Fork.Run != nil && s.Fork.Run.Failed != nil {
			join.Results[i] = s.Fork.Run.Failed(f, c, fail)
		}
		if f.Exec.Observed && s.Fork.Run == nil {
			join.Tail = max(join.Tail, c.closing())
		}
		return false
	}
	join.First = fail
	if s.Fork.Run == nil {
		join.Tail = max(c.Last, f.Last)
	}
	if s.Kind == Map && (s.Fork.Run != nil || join.Bound.HasCount || join.Bound.HasPercent) && !fail.Uncatchable() {
		join.First = &Failure{Name: ToleranceExceeded, Cause: "The specified tolerated failure threshold was exceeded", Err: fail}
	}
	if s.Kind == Parallel && c.Scope != nil && c.Current().Kind == Task && f.Exec.Observed {
		c.record(c.Last, &Event{Type: StateAborted, State: c.Current()})
	}
	return true
}

// Abort tells that a child was stopped, because the state around it has
// failed or the execution was stopped.
func (c *Frame) Abort() {
	if !c.Exec.Observed || c.Parent == nil || c.Exec != c.Parent.Exec || c.Parent.Join.First == nil || c.Phase == Ended || c.Phase == Failed {
		return
	}
	after := c.Parent.Join.Tail
	switch s := c.Current(); s.Kind {
	case Task, Wait, Parallel, Map:
		if c.Phase != Entering {
			if s.Kind == Map && s.Fork.Run != nil && c.Join != nil {
				c.record(after, &Event{Type: MapRunAborted, State: s, Extra: &Extra{Text: c.Join.Run, Run: c.mapRun()}})
			}
			c.record(after, &Event{Type: StateAborted, State: s})
		}
	}
	if c.rare.mapped {
		c.record(after, &Event{Type: IterationAborted, State: c.Parent.Current(), N: int32(c.Index())})
	}
	c.Phase = Failed
}

// joined ends the state when none of its children is at work any more.
func joined(f *Frame, s *State) Op {
	join := f.Join
	run := s.Fork.Run
	if join.First != nil {
		if run != nil {
			return runFailed(f, s, join.First)
		}
		f.Last = join.Tail
		return failed(f, s, join.First)
	}
	if run != nil && run.Write != nil {
		if run.WriteArgs != nil {
			var err error
			if f.Args, err = run.WriteArgs(f, f.In); err != nil {
				return failed(f, s, failureOf(err))
			}
		}
		f.Phase = Writing
		return Call
	}
	var result any = join.Results
	if join.Results == nil {
		result = []any{}
	}
	if s.Fork.Collect != nil {
		var err error
		if result, err = s.Fork.Collect(f, join.Results); err != nil {
			return failed(f, s, failureOf(err))
		}
	}
	return gathered(f, s, result)
}

// written takes what the writer of the results gave for the state's result.
func written(f *Frame, s *State, c Completion) Op {
	if c.Answer == Raised {
		return runFailed(f, s, c.Fail)
	}
	return gathered(f, s, c.Value)
}

// gathered tells of the success of the children and leaves the state.
func gathered(f *Frame, s *State, result any) Op {
	if f.Exec.Observed {
		if s.Fork.Run == nil {
			f.Last = f.Join.Tail
			f.note(Event{Type: ForkSucceeded, State: s})
		} else {
			over := f.record(f.Join.RunID, &Event{Type: MapRunSucceeded, State: s, Extra: &Extra{Text: f.Join.Run, Run: f.mapRun()}})
			f.record(over, &Event{Type: ForkSucceeded, State: s})
			f.Last = f.Join.RunID
			if f.Exec.Known().OldMapRuns {
				f.Last = over
			}
		}
	}
	if s.Select != nil {
		return selected(f, s, result)
	}
	return leave(f, s, result, s.Assign, s.Output)
}

func runFailed(f *Frame, s *State, fail *Failure) Op {
	fail.at(f)
	if f.Exec.Observed {
		f.Last = f.record(f.Join.RunID, &Event{Type: MapRunFailed, State: s, Extra: &Extra{Fail: fail, Text: f.Join.Run, Run: f.mapRun()}})
	}
	if f.Join.First == nil {
		f.Join.First = fail
	}
	return failed(f, s, fail)
}
