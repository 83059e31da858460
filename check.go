package flow

import (
	"fmt"
	"reflect"

	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/internal/path"
	"github.com/flowstone-go/flow/internal/treap"
)

// The data-flow check: Build follows what is known of the document along every
// way through the flow, and reports what would fail on every execution that
// gets there, and what may be missing where it is read without an Or. What is
// not known (any, maps, types that write their own JSON) is left to the run.

// lowered is a node with what compiling decided about it.
type lowered struct {
	*spec
	into *reference
	more *lowering // nil for most
	// writes are the places that each branch of a Parallel writes.
	writes [][]*reference
}

// checker follows the data through a machine.
type checker struct {
	nodes    map[*machine.State]*lowered
	problems []problem
	quiet    bool // while a fixpoint is sought
	shapes   map[string]*shape
	followed map[*machine.Scope]*following
	root     *machine.Scope
	closed   bool // there are ways that nothing can take
	open     bool // those are followed too
	visits   int  // of states
	most     int  // visits that are made
}

// edge is a way out of a state with what is known on it.
type edge struct {
	to  int32
	out knowledge
	// closed is a way that nothing can take as far as is known: its condition asks
	// for something that is never there. In a loop more may be known later.
	closed bool
}

// state follows one state.
func (c *checker) state(st *machine.State, k knowledge) []edge {
	n := c.nodes[st]
	out := k
	eff := k.doc
	if n.from != nil {
		eff = c.read(n, n.from, k, "From")
	}
	if n.more != nil {
		for _, r := range n.more.reads {
			c.read(n, r, knowledge{doc: eff, vars: k.vars}, "the template's ")
		}
		for _, r := range n.more.readsRaw {
			c.read(n, r, k, "the prompt's ")
		}
	}
	var edges []edge
	switch st.Kind {
	case machine.Task:
		if n.in != nil {
			c.fits(n, eff, n.in)
		}
		if n.stream != nil {
			c.streamed(n, st, k)
		}
		result := shapeOf(n.out)
		if n.selects != nil {
			result = c.read(n, n.selects, knowledge{doc: result, vars: k.vars}, "Select")
		}
		out.doc = c.write(n, k.doc, result, n.into)
	case machine.Wait:
		if n.wait.ref != nil {
			c.read(n, n.wait.ref, k, "the time to wait")
		}
	case machine.Choice:
		return c.choice(n, st, k)
	case machine.Parallel:
		out.doc = c.parallel(n, st, k, eff)
	case machine.Map:
		out.doc = c.iterate(n, st, k)
	case machine.Fail:
		return nil
	case machine.Pass:
		if n.gives {
			out.doc = c.write(n, k.doc, eff, n.into)
		}
	}
	out.vars = c.assign(n, k)
	edges = append(edges, edge{to: st.Next, out: out})
	for i, catcher := range st.Catch {
		caught := k
		if into := n.catches[i].into; into != nil {
			if steps, ok := stepsOf(into); ok {
				var wrong string
				caught.doc, wrong = k.doc.set(steps, shapeOf(reflect.TypeFor[Failure]()), false)
				c.wrong(n, wrong, "On(…).Into("+into.String()+")", "")
			}
		}
		edges = append(edges, edge{to: catcher.Next, out: caught})
	}
	return edges
}

func stepsOf(r *reference) ([]path.Step, bool) {
	if r == nil || r.path == nil {
		return nil, false
	}
	return r.path.Steps()
}

func (c *checker) wrong(n *lowered, text, what, cure string) {
	if text == "" || c.quiet {
		return
	}
	c.problems = append(c.problems, problem{at: n.at, state: n.name, text: what + ": " + text, cure: cure})
}

// read gives what is known at a reference and reports what is wrong with it.
func (c *checker) read(n *lowered, r *reference, k knowledge, what string) *shape {
	if r == nil || r.path == nil && r.making == nil || r.source == fromResult {
		return anyShape
	}
	if r.making != nil {
		s := c.madeShape(n, r, k, what)
		if why := s.misfit(r.typ); why != "" {
			c.wrong(n, why, what+"("+r.String()+")", "")
		}
		return s
	}
	what += "(" + r.String() + ")"
	steps, ok := stepsOf(r)
	if !ok {
		return anyShape
	}
	root, missing := k.doc, false
	if r.source == fromVariable {
		v, assigned := k.vars.Get(r.name)
		switch {
		case !assigned && !r.hasOr:
			cure := "assign it before, or give the reference an Or"
			if near := nearest(r.name, sortedNames(k.vars)); near != "" {
				cure = fmt.Sprintf("did you mean $%s?", near)
			}
			c.wrong(n, "the variable is never assigned before", what, cure)
			return anyShape
		case !assigned:
			return r.standIn()
		case v.maybe && !r.hasOr:
			c.wrong(n, "the variable is not assigned on every way to here", what, "assign it on all of them, or give the reference an Or")
		}
		root, missing = shapeOf(v.typ), v.maybe
	}
	f := root.at(steps)
	switch {
	case f.never != "" && r.hasOr:
		return r.standIn()
	case f.never != "":
		cure := ""
		if f.lacks != nil && !c.quiet {
			cure = whatThereIs(r, steps, f)
		}
		c.wrong(n, f.never, what, cure)
		return anyShape
	case f.unsure() && !r.hasOr && !c.quiet:
		c.wrong(n, f.maybe(steps), what, "give the reference an Or, or ask Present first")
	}
	if r.typ != nil {
		if why := f.shape.misfitAt(r.typ, placeText(r, steps), nil); why != "" {
			c.wrong(n, why, what, "")
			return anyShape
		}
	}
	if r.hasOr && (missing || f.unsure()) {
		return f.shape.join(r.standIn())
	}
	return f.shape
}

// standIn is the shape of what the Or of a reference gives.
func (r *reference) standIn() *shape {
	if r.typ == nil {
		return anyShape
	}
	return shapeOf(r.typ)
}

// whatThereIs helps whoever reads what an object does not have.
func whatThereIs(r *reference, steps []path.Step, f found) string {
	if near := nearest(steps[f.depth].Name, f.lacks.names()); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	if f.depth == 0 && r.source == fromDocument {
		return "the document is " + f.lacks.describe()
	}
	return placeText(r, steps[:f.depth]) + " is " + f.lacks.describe()
}

// placeText is what is read, without what stands in for it where it is missing.
func placeText(r *reference, steps []path.Step) string {
	text := pathText(steps)
	if r.source == fromVariable {
		return "$" + r.name + text[1:]
	}
	return text
}

func sortedNames(vars treap.Map[variable]) []string {
	names := make([]string, 0, vars.Len())
	for name := range vars.All() {
		names = append(names, name)
	}
	return names
}

func (c *checker) fits(n *lowered, s *shape, t reflect.Type) {
	if why := s.misfit(t); why != "" {
		c.wrong(n, why, "what the node takes", "see From and Into")
	}
}

// write gives the document after a node's result has gone where it goes.
func (c *checker) write(n *lowered, doc, result *shape, into *reference) *shape {
	switch {
	case n.keeps:
		return doc
	case into == nil:
		return result.bounded()
	}
	steps, ok := stepsOf(into)
	if !ok {
		return anyShape
	}
	out, wrong := doc.set(steps, result, false)
	c.wrong(n, wrong, "Into("+into.String()+")", "")
	return out
}

func (c *checker) assign(n *lowered, k knowledge) treap.Map[variable] {
	if len(n.spec.assign) == 0 {
		return k.vars
	}
	vars := k.vars
	for _, a := range n.spec.assign {
		if a.ref == nil || a.problem != "" {
			continue
		}
		for _, r := range a.export.refs {
			c.read(n, r, k, "SetFrom")
		}
		old, has := k.vars.Get(a.ref.name)
		if has && old.typ != a.ref.typ && old.typ.Kind() != reflect.Interface {
			c.wrong(n, fmt.Sprintf("the variable holds a %v from before", old.typ), fmt.Sprintf("Assign of a %v to $%s", a.ref.typ, a.ref.name), "use another name")
		}
		vars = vars.With(a.ref.name, variable{typ: a.ref.typ})
	}
	return vars
}

// choice follows the ways out of a Choice: each knows that its condition
// holds and that those before it do not.
func (c *checker) choice(n *lowered, st *machine.State, k knowledge) []edge {
	var edges []edge
	for i, r := range n.rules {
		c.condition(n, r.when.export, k)
		edges = append(edges, edge{st.Rules[i].Next, narrow(r.when.export, true, k), impossible(r.when.export, true, k)})
		k = narrow(r.when.export, false, k)
	}
	if st.Else != nil {
		edges = append(edges, edge{to: st.Else.Next, out: k})
	}
	return edges
}

// condition checks what a condition reads.
func (c *checker) condition(n *lowered, e exported, k knowledge) {
	switch e.op {
	case "And", "Or":
		for _, p := range e.parts {
			c.condition(n, p, k)
			k = narrow(p, e.op == "And", k)
		}
	case "Not":
		c.condition(n, e.parts[0], k)
	case "IsPresent":
	default:
		for _, r := range e.refs {
			c.read(n, r, k, e.op)
		}
	}
}

// parallel follows the branches: the document after is that before with what
// each has written.
func (c *checker) parallel(n *lowered, st *machine.State, k knowledge, eff *shape) *shape {
	if n.call != nil {
		if n.in != nil {
			c.fits(n, eff, n.in)
		}
		doc := c.write(n, k.doc, shapeOf(n.out), n.into)
		if steps, ok := stepsOf(n.transcript); ok {
			var wrong string
			doc, wrong = doc.set(steps, shapeOf(n.transcript.typ), false)
			c.wrong(n, wrong, "Transcript("+n.transcript.String()+")", "")
		}
		return doc
	}
	if n.gathers {
		return c.gather(n, st, k, eff)
	}
	doc := k.doc
	for i, sc := range st.Fork.Branches {
		end := c.scope(sc, k)
		if end.doc == nil {
			continue // it never ends well
		}
		for _, r := range n.writes[i] {
			steps, ok := stepsOf(r)
			if !ok {
				continue
			}
			f := end.doc.at(steps)
			if f.never != "" {
				continue
			}
			var wrong string
			doc, wrong = doc.set(steps, f.shape, f.unsure())
			c.wrong(n, wrong, "Into("+r.String()+")", "")
		}
	}
	return doc
}

// iterate follows the nodes of a Map for an item.
func (c *checker) iterate(n *lowered, st *machine.State, k knowledge) *shape {
	it := n.iterator
	items := c.read(n, it.items, k, "Map")
	item := anyShape
	if o := items.opened(); o.kind == arrayShape {
		item = o.elem
		if n.in != nil && n.in.Kind() == reflect.Slice && it.items.typ == n.in {
			item = items // a Batch
		}
	}
	inner := knowledge{doc: item, vars: k.vars}
	if it.itemAt != nil {
		doc := emptyObject
		if steps, ok := stepsOf(it.itemAt); ok {
			doc, _ = doc.set(steps, item, false)
		}
		for _, r := range it.carried {
			v := c.read(n, r, k, "Carry")
			if steps, ok := stepsOf(r); ok && r.source == fromDocument {
				doc, _ = doc.set(steps, v, false)
			}
		}
		inner.doc = doc
	}
	end := c.scope(st.Fork.Branches[0], inner)
	if end.doc != nil && n.out != nil {
		if why := end.doc.misfit(n.out.Elem()); why != "" {
			c.wrong(n, why, "the document at the end of an item", "")
		}
	}
	out := c.write(n, k.doc, shapeOf(n.out), n.into)
	if steps, ok := stepsOf(it.failures); ok {
		var wrong string
		out, wrong = out.set(steps, shapeOf(reflect.TypeFor[[]ItemFailure]()), false)
		c.wrong(n, wrong, "Tolerate("+it.failures.String()+")", "")
	}
	return out
}

// streamed follows the nodes of a Stream for an item.
func (c *checker) streamed(n *lowered, st *machine.State, k knowledge) {
	end := c.scope(st.Work.Scope, knowledge{doc: shapeOf(n.stream.item), vars: k.vars})
	if end.doc == nil {
		return
	}
	if why := end.doc.misfit(n.stream.result); why != "" {
		c.wrong(n, why, "the document at the end of an item", "")
	}
}

// maxVisits is how many visits of states the check of the data makes, beyond
// those that every flow needs: some seconds' worth.
const maxVisits = 500_000

// checkData follows the data of a flow whose structure is sound.
func (d *definition) checkData(c *compiler) {
	ch := &checker{
		nodes: c.nodes, shapes: map[string]*shape{}, followed: map[*machine.Scope]*following{}, root: c.machine.Root, most: maxVisits + 20*len(c.nodes),
	}
	end := ch.scope(c.machine.Root, knowledge{doc: shapeOf(d.in)})
	if ch.visits >= ch.most {
		c.add(problem{
			at: d.at, text: "its loops stand in each other so that its data can't be followed through them",
			cure: "make parts of it flows of their own and Call them",
		})
		return
	}
	c.problems = append(c.problems, ch.problems...)
	if end.doc != nil && len(ch.problems) == 0 {
		if why := end.doc.misfit(d.out); why != "" {
			c.add(problem{at: d.at, text: fmt.Sprintf("the document at the end of the flow is not its result, a %v: %s", d.out, why)})
		}
	}
	d.shapes = ch.shapes
}

// Shape describes what Build knows of the document where the node of that path
// is entered, such as {id: string, note?: string}: a question mark is a member
// that may be missing, any is what is not known. It is empty where there is no
// such node.
func (f *Flow[In, Out]) Shape(path string) string {
	if f.made() != nil {
		return ""
	}
	s, ok := f.def.shapes[path]
	if !ok {
		return ""
	}
	return s.opened().describe()
}
