package flow

import (
	"fmt"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/states"
)

// writes are the places that each branch of a Parallel writes, in which more
// than one branch writes anything.
func (w *writing) writes() (all []branchWrite) {
	for i, n := range w.n.branches {
		nodes, _ := nodesOf(n)
		var refs []*reference
		writesOf(nodes, nil, &refs)
		seen := map[string]bool{}
		for _, r := range refs {
			if !seen[r.path.String()] {
				seen[r.path.String()] = true
				all = append(all, branchWrite{i, r})
			}
		}
	}
	return all
}

type branchWrite struct {
	branch int
	ref    *reference
}

// parallel writes a Parallel or a Call. The document after a Parallel is that
// before it with what each branch has written.
func (w *writing) parallel() {
	if w.called() {
		w.call()
		return
	}
	if it := w.n.iterator; it != nil && it.limit > 0 {
		w.wrong(w.n.spec, "leave it out, or use a Map", "Concurrency(%d) of a Parallel", it.limit)
	}
	for _, sc := range w.st.Fork.Branches {
		w.out.Branches = append(w.out.Branches, w.scope(sc, w.vars))
	}
	if w.n.gathers {
		w.input()
		w.output()
		return
	}
	if writes := w.writes(); len(writes) > 0 {
		w.out.Output = expression(merged(writes))
		return
	}
	w.output()
}

// merged spells, in JSONata, the document with what branches have written.
func merged(writes []branchWrite) string {
	flat := true
	members := make([]string, 0, len(writes))
	for _, b := range writes {
		steps, _ := b.ref.path.Steps()
		flat = flat && len(steps) == 1 && !steps[0].IsIndex
		if flat {
			members = append(members, fmt.Sprintf("%s: $states.result[%d]%s", document.AppendString(nil, steps[0].Name), b.branch, below(steps)))
		}
	}
	if flat { // what a branch has not written is undefined, and so left out
		return "$merge([$states.input, {" + strings.Join(members, ", ") + "}])"
	}
	var out strings.Builder
	out.WriteString("($document := $states.input; ")
	for _, b := range writes {
		steps, _ := b.ref.path.Steps()
		value := fmt.Sprintf("$states.result[%d]%s", b.branch, below(steps))
		fmt.Fprintf(&out, "$document := $exists(%s) ? %s : $document; ", value, written("$document", steps, value))
	}
	return out.String() + "$document)"
}

// call writes a Call as a Parallel with one branch.
func (w *writing) call() {
	w.input()
	inner := renaming{x: w.exporter, names: map[string]string{}, own: true}
	w.out.Branches = []*states.Scope{w.scope(w.st.Fork.Branches[0], inner)}
	if w.jsonata {
		w.output()
		return
	}
	w.out.OutputPath = states.Of("$[0]")
}

// iterate writes a Map.
func (w *writing) iterate() {
	it := w.n.iterator
	switch {
	case it.size > 0:
		items := w.read(it.items)
		w.out.Items = expression(fmt.Sprintf("$count(%s) = 0 ? [] : $partition(%s, %d)", items, items, it.size))
	case w.jsonata:
		w.out.Items = expression(w.read(it.items))
	case !it.items.whole():
		w.out.ItemsPath = states.Of(w.pathOf(it.items))
	}
	if it.limit > 0 {
		w.out.MaxConcurrency = number(int64(it.limit))
	}
	if it.tolerates {
		w.wrong(w.n.spec, "catch the failure of an item inside the Map", "Tolerate: a Map whose items are part of the execution has to be whole")
	}
	if it.itemAt != nil && (!it.itemAt.whole() || len(it.carried) > 0) {
		w.selector(it)
	}
	w.out.Processor = &states.Processor{
		Scope:  *w.scope(w.st.Fork.Branches[0], w.vars),
		Config: &states.ProcessorConfig{Mode: "INLINE"},
	}
	w.output()
}

// selector writes what the document of an item is made of.
func (w *writing) selector(it *iterating) {
	root := document.NewObject(1 + len(it.carried))
	put := func(r *reference, path, source string) {
		steps, _ := r.path.Steps()
		o := root
		for i, s := range steps {
			if s.IsIndex || r.source != fromDocument {
				break
			}
			if i < len(steps)-1 {
				inner, _ := o.Get(s.Name)
				next, ok := inner.(*document.Object)
				if !ok {
					next = document.NewObject(1)
					o.Set(s.Name, next)
				}
				o = next
				continue
			}
			if w.jsonata {
				o.Set(s.Name, "{% "+source+" %}")
			} else {
				o.Set(s.Name+".$", path)
			}
			return
		}
		w.wrong(w.n.spec, "use names only", "Item and Carry of a Map to %s", r)
	}
	put(it.itemAt, "$$.Map.Item.Value", "$states.context.Map.Item.Value")
	for _, r := range it.carried {
		put(r, w.pathOf(r), w.read(r))
	}
	w.out.ItemSelector = states.Of(root)
}
