package flow

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/machine"
)

// compiler makes a machine of nodes.
type compiler struct {
	machine  *machine.Machine
	nodes    map[*machine.State]*lowered
	problems []problem
	paths    map[string]place // of the states; see declareState
	open     []*definition    // flows being compiled, to find one that calls itself
	declared int              // nodes that were met, as often as they stand somewhere
	full     bool             // those are more than may be
}

// maxStates is how many states a flow may have. A node that stands in several
// places is a state in each: in two branches of a node that itself stands in two
// branches, and so on, it soon is more than memory holds.
const maxStates = 100_000

func (c *compiler) add(p problem) { c.problems = append(c.problems, p) }

// scoping compiles one scope.
type scoping struct {
	*compiler
	scope *machine.Scope
	names map[string]int32
	specs []*spec // by state
	path  string  // before the names of the states
}

// scope compiles the nodes of the flow, a branch, or a Map.
func (c *compiler) scope(owner *machine.State, label, path string, nodes []Node) *machine.Scope {
	b := &scoping{compiler: c, scope: &machine.Scope{ID: len(c.machine.Scopes), Owner: owner, Label: label}, names: map[string]int32{}, path: path}
	b.scope.Streamed = owner != nil && (owner.Kind == machine.Task || owner.Scope.Streamed)
	c.machine.Scopes = append(c.machine.Scopes, b.scope)
	before := len(c.problems)
	b.declare(nodes)
	if len(c.problems) > before {
		return b.scope
	}
	b.scope.Start = b.sequence(nodes, machine.End, nil)
	if b.scope.Start == machine.End && len(nodes) > 0 {
		c.add(problem{at: nodes[0].describe().at, text: "nothing is left of these nodes to run"})
		return b.scope
	}
	if len(c.problems) == before {
		b.checkReach()
		b.scope.Recycle, b.scope.Passing = b.recycles(), b.passes()
	}
	return b.scope
}

// declare makes a state for each node of the scope, in the order of the
// source, so that a Goto may lead forward.
func (b *scoping) declare(nodes []Node) {
	for i, n := range nodes {
		if b.full {
			return
		}
		if isNil(n) {
			b.add(b.nilNode(nodes, i))
			continue
		}
		s := n.describe()
		if s.at == 0 {
			b.add(problem{at: b.around(), text: fmt.Sprintf("the zero value of a %T, which is no node", n), cure: "make nodes with the functions of package flow"})
			continue
		}
		for _, p := range s.problems {
			b.add(p)
		}
		switch s.role {
		case gotoRole, endRole:
			continue
		case branchRole:
			b.add(problem{at: s.at, state: s.name, text: "a Branch outside of a Parallel", cure: "list its nodes here instead"})
			continue
		}
		b.declareState(s)
		for _, r := range s.rules {
			b.declare(r.nodes)
		}
		if s.otherwise != nil {
			b.declare(*s.otherwise)
		}
		for _, c := range s.catches {
			b.declare(c.handler)
		}
	}
}

// nilNode is the problem of node i, which is nil.
func (b *scoping) nilNode(nodes []Node, i int) problem {
	if i == 0 || isNil(nodes[i-1]) {
		return problem{at: b.around(), text: "a node that is nil", cure: "it was given to what is named here"}
	}
	return problem{at: nodes[i-1].describe().at, text: "a node that is nil", cure: "it was given after the node named here"}
}

// around is the place of what the scope belongs to: a state, or the flow.
func (b *scoping) around() place {
	if n := b.nodes[b.scope.Owner]; n != nil {
		return n.spec.at
	}
	return b.open[len(b.open)-1].at
}

// inPath is the index of an item in a path, as in Each[3]/Resize.
var inPath = regexp.MustCompile(`\[[0-9]+\]/`)

// checkPath reports a state that its path does not tell from another, which only
// names with the signs of paths in them bring about.
func (b *scoping) checkPath(s *spec, path string) {
	plain := inPath.ReplaceAllLiteralString(path, "/")
	first, twice := b.paths[plain]
	if !twice {
		b.paths[plain] = s.at
		return
	}
	b.add(problem{
		at: s.at, state: s.name, cure: "leave / and [0] out of names: they stand in paths, as in Each[3]/Resize",
		text: fmt.Sprintf("the path %q is also that of another state (at %v)", path, first),
	})
}

func (b *scoping) declareState(s *spec) {
	if b.declared++; b.declared > maxStates {
		b.full = true
		b.add(problem{
			at: s.at, state: s.name, cure: "make what stands in many places a flow of its own, and run that from a Task",
			text: fmt.Sprintf("the flow has more than %d states: a node that stands in several places is one in each", maxStates),
		})
		return
	}
	if first, twice := b.names[s.name]; twice {
		b.add(problem{
			at: s.at, state: s.name, cure: "names are unique within a flow, a branch or a Map",
			text: fmt.Sprintf("duplicate name (first at %v)", b.specs[first].at),
		})
		return
	}
	i := int32(len(b.scope.States)) //nolint:gosec // bounded by maxStates
	b.names[s.name] = i
	st := &machine.State{Name: s.name, Path: b.path + s.name, Kind: s.kind, Scope: b.scope, Index: i, Next: machine.End}
	b.scope.States = append(b.scope.States, st)
	b.specs = append(b.specs, s)
	b.nodes[st] = &lowered{spec: s}
	b.checkPath(s, st.Path)
	if s.lower != nil {
		low := s.lower()
		b.nodes[st].more = low
		for _, p := range low.problems {
			b.add(p)
		}
	}
}

// sequence compiles nodes that run one after another and gives where they
// begin. next is where they lead, landing where the result of the last one
// goes if that does not say so itself.
func (b *scoping) sequence(nodes []Node, next int32, landing *reference) int32 {
	for i, n := range slices.Backward(nodes) {
		s := n.describe()
		switch s.role {
		case gotoRole:
			next = b.jump(s)
			continue
		case endRole:
			next = machine.End
			continue
		}
		next = b.state(s, next, landingIf(i == len(nodes)-1, landing))
	}
	return next
}

func (b *scoping) jump(s *spec) int32 {
	if i, ok := b.names[s.target]; ok {
		return i
	}
	names := make([]string, len(b.specs))
	for i, sp := range b.specs {
		names[i] = sp.name
	}
	p := problem{at: s.at, text: fmt.Sprintf("Goto(%q): there is no such node in this scope", s.target)}
	if near := nearest(s.target, names); near != "" {
		p.cure = fmt.Sprintf("did you mean %q?", near)
	}
	b.add(p)
	return machine.End
}

// state compiles one node and gives its index.
func (b *scoping) state(s *spec, next int32, landing *reference) int32 {
	i := b.names[s.name]
	st := b.scope.States[i]
	st.Next = next
	into := s.into
	if into == nil && s.results() {
		into = landing
	}
	b.nodes[st].into = into
	b.data(s, st, into)
	switch s.kind {
	case machine.Task:
		st.Work = b.work(s)
		if s.stream != nil {
			b.checkStream(s)
			st.Work.Scope = b.compiler.scope(st, "", b.path+s.name+"/", s.body)
		}
	case machine.Choice:
		b.choice(s, st, next, landing)
	case machine.Wait:
		st.Until = s.wait.end()
	case machine.Succeed:
		st.Next = machine.End
	case machine.Fail:
		fail := machine.Failure{Name: s.errName, Cause: s.cause}
		st.Raise = func(*machine.Frame, any) *machine.Failure { own := fail; return &own }
	case machine.Parallel:
		b.parallel(s, st)
	case machine.Map:
		inner := b.compiler.scope(st, "", b.path+s.name+"/", s.body)
		st.Fork = s.iterator.fork(s, inner)
		if fs := s.iterator.failures; fs != nil {
			st.Output = withFailures(st.Output, fs)
		}
	}
	for j := range s.retries {
		st.Retry = append(st.Retry, s.retries[j].retrier())
		if s.retries[j].On != nil {
			if m := s.retries[j].On.matching(); m.problem != "" {
				b.add(problem{at: s.at, state: s.name, text: "Retry: " + m.problem})
			}
		}
	}
	b.catches(s, st, next, into)
	b.checkMatching(s)
	return i
}

// data compiles what a node reads and where its result goes.
func (b *scoping) data(s *spec, st *machine.State, into *reference) {
	if s.from != nil && b.sound(s, s.from, "From") {
		if s.from.making != nil || s.gives {
			st.Args = s.from.get // afresh for each attempt
		} else {
			st.Input = s.from.get
		}
	}
	if s.selects != nil && b.sound(s, s.selects, "Select") {
		st.Select = s.selects.get
	}
	switch {
	case s.keeps:
		st.Output = keep
	case into != nil && b.sound(s, into, "Into"):
		st.Output = func(f *machine.Frame, result any) (any, error) { return into.set(f.Doc, result) }
		if s.kind == machine.Task {
			st.Output = into.write
		}
	}
	for _, a := range s.assign {
		switch {
		case a.problem != "":
			b.add(problem{at: a.at, state: s.name, text: a.problem})
		case a.ref == nil:
			b.add(problem{at: s.at, state: s.name, text: "an empty Assignment", cure: "make it with Set, SetFrom or Add"})
		case !b.soundAll(s, a.export):
		case b.sound(s, a.ref, "Assign"):
			st.Assign = append(st.Assign, machine.Assignment{Name: a.ref.name, Value: a.value})
		}
	}
}

func keep(f *machine.Frame, _ any) (any, error) {
	if f.Owns() {
		f.Made()
	}
	return f.Doc, nil
}

// sound reports a reference that is none.
func (b *scoping) sound(s *spec, r *reference, method string) bool {
	if r.problem == "" {
		return true
	}
	b.add(problem{at: r.at, state: s.name, text: method + ": " + r.problem})
	return false
}

// goResource is the resource type of what is called in this process.
const goResource = "go"

func (b *scoping) work(s *spec) *machine.Work {
	if why := unfitOf(s); why != "" {
		b.add(problem{at: s.at, state: s.name, text: why, cure: "keep handles such as files and clients in the function, not in the document"})
	}
	w := &machine.Work{Callee: s.callee, Resource: s.name, ResourceType: goResource, Awaits: s.awaits}
	if s.speaks != "" {
		w.Resource = s.speaks
	}
	if s.timeout > 0 {
		w.Timeout = constant(s.timeout)
	}
	if s.heartbeat > 0 {
		w.Heartbeat = constant(s.heartbeat)
	}
	if s.timeout > 0 && s.heartbeat >= s.timeout {
		b.add(problem{at: s.at, state: s.name, text: fmt.Sprintf("the Heartbeat, %v, is not shorter than the Timeout, %v", s.heartbeat, s.timeout)})
	}
	return w
}

// unfitOf says why what a node takes or gives can't be a document.
func unfitOf(s *spec) string {
	if s.in != nil {
		if why := document.Unfit(s.in); why != "" {
			return "what it takes can't be a document: " + why
		}
	}
	if s.out != nil && !s.keeps {
		if why := document.Unfit(s.out); why != "" {
			return "what it gives can't be a document: " + why
		}
	}
	return ""
}

func constant(d time.Duration) machine.DurationFunc {
	return func(*machine.Frame, any) (time.Duration, error) { return d, nil }
}

func (b *scoping) choice(s *spec, st *machine.State, next int32, landing *reference) {
	for _, r := range s.rules {
		switch {
		case r.when.eval == nil && r.when.problem == "":
			b.add(problem{at: r.at, state: s.name, text: "When with an empty Condition", cure: "make it with Eq, Less, Present, Test…"})
		case r.when.problem != "":
			b.add(problem{at: r.when.at, state: s.name, text: r.when.problem})
		}
		b.soundAll(s, r.when.export)
		st.Rules = append(st.Rules, machine.Rule{When: r.when.eval, Next: b.sequence(r.nodes, next, landing)})
	}
	if len(s.rules) == 0 {
		b.add(problem{at: s.at, state: s.name, text: "a Choice without a way", cure: "add one with When"})
	}
	if s.otherwise == nil {
		b.add(problem{at: s.at, state: s.name, text: "a Choice without Otherwise", cure: "Otherwise() goes on after the Choice"})
		return
	}
	st.Else = &machine.Rule{Next: b.sequence(*s.otherwise, next, landing)}
}

// soundAll reports the references among those of a condition or an assignment
// that are none.
func (b *scoping) soundAll(s *spec, e exported) bool {
	ok := true
	for _, r := range e.refs {
		ok = (r == nil || b.sound(s, r, e.op)) && ok
	}
	for _, p := range e.parts {
		ok = b.soundAll(s, p) && ok
	}
	return ok
}

// end compiles when a Wait ends.
func (w *waiting) end() machine.UntilFunc {
	switch {
	case w.ref == nil && !w.until.IsZero():
		return func(*machine.Frame, any) (time.Time, error) { return w.until, nil }
	case w.ref == nil:
		return func(f *machine.Frame, _ any) (time.Time, error) { return f.After(w.d), nil }
	}
	return func(f *machine.Frame, doc any) (time.Time, error) {
		v, err := w.ref.get(f, doc)
		if err != nil {
			return time.Time{}, err
		}
		if t, err := borrowing[time.Time](v); err == nil {
			return t, nil
		}
		d, err := borrowing[time.Duration](v)
		if err == nil && d < 0 {
			err = fmt.Errorf("%v is negative", d)
		}
		if err != nil {
			return time.Time{}, &machine.Failure{Name: machine.Runtime, Fatal: true, Err: err, Cause: fmt.Sprintf("%s is no time to wait: %v", w.ref, err)}
		}
		return f.After(d), nil
	}
}

func (b *scoping) parallel(s *spec, st *machine.State) {
	if s.call != nil {
		b.callFlow(s, st)
		return
	}
	k := &machine.Fork{Collect: s.collect}
	if s.iterator != nil && s.iterator.limit > 0 {
		limit := s.iterator.limit
		k.Concurrency = func(*machine.Frame, any) (int, error) { return limit, nil }
	}
	writes := make([][]*reference, len(s.branches))
	labels := map[string]bool{}
	for i, n := range s.branches {
		if isNil(n) {
			b.add(problem{at: s.at, state: s.name, text: fmt.Sprintf("branch %d is nil", i+1)})
			continue
		}
		nodes, label := nodesOf(n)
		if d := n.describe(); d.role == branchRole {
			for _, p := range d.problems {
				b.add(p)
			}
		}
		label = branchLabel(i, label)
		if labels[label] {
			b.add(problem{at: n.describe().at, state: label, text: fmt.Sprintf("two branches of %q have this name", s.name)})
		}
		labels[label] = true
		prefix := b.path + s.name + "/"
		if n.describe().role == branchRole {
			prefix += label + "/"
		}
		k.Branches = append(k.Branches, b.compiler.scope(st, label, prefix, nodes))
		if b.full {
			return
		}
		writesOf(nodes, nil, &writes[i])
	}
	st.Fork = k
	if s.gathers {
		return
	}
	b.nodes[st].writes, st.Output = writes, merge(writes)
	b.checkWrites(s, writes)
}

// callFlow compiles another flow as the one branch of a Parallel.
func (b *scoping) callFlow(s *spec, st *machine.State) {
	d := s.call
	if slices.Contains(b.open, d) {
		b.add(problem{at: s.at, state: s.name, text: fmt.Sprintf("Call of the flow %q, which this one is part of", d.name)})
		return
	}
	b.open = append(b.open, d)
	inner := b.compiler.scope(st, "", b.path+s.name+"/", d.nodes)
	b.open = b.open[:len(b.open)-1]
	st.Fork = &machine.Fork{Branches: []*machine.Scope{inner}, Collect: s.collect, Item: s.opening}
	if s.transcript != nil && b.sound(s, s.transcript, "Transcript") {
		st.Output = withTranscript(st.Output, s.transcript)
	}
}

func withFailures(output machine.Eval, fs *reference) machine.Eval {
	return func(f *machine.Frame, result any) (any, error) {
		out := result
		var err error
		if output != nil {
			if out, err = output(f, result); err != nil {
				return nil, err
			}
		}
		return fs.set(out, failuresOf(f))
	}
}

// catches compiles the catchers of a node. landing is where the node's own
// result goes.
func (b *scoping) catches(s *spec, st *machine.State, next int32, landing *reference) {
	for _, c := range s.catches {
		if c.on.problem != "" {
			b.add(problem{at: c.at, state: s.name, text: "Catch: " + c.on.problem})
		}
		if c.into != nil {
			b.sound(s, c.into, "On(…).Into")
		}
		into := c.into
		st.Catch = append(st.Catch, machine.Catcher{
			Match: c.on.match(),
			Next:  b.sequence(c.handler, next, landing),
			Output: func(f *machine.Frame, _ any) (any, error) {
				if into == nil {
					return f.Doc, nil
				}
				e := errorOf(f.Err)
				fail := &Failure{Error: e.Name, Cause: e.Cause}
				return into.set(f.Doc, &fail)
			},
		})
	}
}

// recycles tells whether nothing in the scope keeps a document that a task
// has replaced.
func (b *scoping) recycles() bool {
	for _, st := range b.scope.States {
		switch {
		case st.Input != nil, st.Args != nil, st.Select != nil, st.Output != nil, len(st.Assign) > 0, len(st.Retry) > 0, len(st.Catch) > 0, st.Fork != nil:
			return false
		case st.Work != nil && (st.Work.Timeout != nil || st.Work.Heartbeat != nil || st.Work.Awaits || st.Work.Scope != nil):
			return false
		}
	}
	return true
}

// passes tells whether nothing in the scope keeps the document of a state that
// has been left: no variable, and no call that may go on after its state has.
func (b *scoping) passes() bool {
	for _, st := range b.scope.States {
		if len(st.Assign) > 0 {
			return false
		}
		if w := st.Work; w != nil && (w.Timeout != nil || w.Heartbeat != nil || w.Awaits || w.Scope != nil) {
			return false
		}
	}
	return true
}
