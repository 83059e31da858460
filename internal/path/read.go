package path

import (
	"fmt"

	"github.com/flowstone-go/flow/internal/document"
)

// walker is one read of a path.
type walker struct {
	path  *Path
	root  any
	left  int   // visits left
	err   error // that they are used up
	depth int   // of the scan
	out   []any
}

// visit counts one node.
func (w *walker) visit() error { return w.spend(1) }

func (w *walker) spend(n int) error {
	if w.left -= n; w.left < 0 && w.err == nil {
		w.err = w.impossible(fmt.Sprintf("it visits more than %d nodes", MaxVisits))
	}
	return w.err
}

func (w *walker) impossible(reason string) error { return &EvalError{Path: w.path, Reason: reason} }

func (w *walker) missing(reason string) error { return &NotFoundError{w.path, reason} }

// read is GetFrom for every path and every value.
func (p *Path) read(from any) (any, error) {
	if len(p.steps) > 0 && p.root == Document && document.KindOf(from) == document.Null {
		return nil, &NotFoundError{Path: p, Reason: nullRoot}
	}
	if err := p.unreadable(from); len(p.steps) > 0 && err != nil {
		return nil, err
	}
	w := walker{path: p, root: from, left: MaxVisits}
	found, err := w.collect(p.steps, from)
	if err != nil {
		if _, nothing := err.(*NotFoundError); nothing && !p.definite { //nolint:errorlint // made here, never wrapped
			return []any{}, nil // as AWS does, even where the parent is missing
		}
		return nil, err
	}
	switch {
	case !p.definite && found == nil:
		return []any{}, nil
	case !p.definite:
		return found, nil
	case len(found) == 0:
		return nil, w.missing("No results for path: " + render(p.steps))
	}
	return found[0], nil
}

// collect gives the nodes that steps lead to.
func (w *walker) collect(steps []step, from any) ([]any, error) {
	for i := len(steps) - 1; i > 0; i-- {
		if steps[i].kind != stepFunction || !gathers(steps[:i]) {
			continue
		}
		found, err := w.collect(steps[:i], from)
		if err != nil {
			return nil, err
		}
		if found == nil {
			found = []any{}
		}
		v, err := steps[i].call.of(w, found)
		if err != nil {
			return nil, err
		}
		return w.collect(steps[i+1:], v)
	}
	outer := w.out
	w.out = nil
	err := w.walk(steps, 0, from, true)
	found := w.out
	w.out = outer
	return found, err
}

// inner reads a path within a filter or an argument. A path that can't be
// applied is one that leads nowhere.
func (w *walker) inner(steps []step, definite bool, from any) (v any, ok bool, err error) {
	found, err := w.collect(steps, from)
	switch {
	case w.err != nil:
		return nil, false, w.err
	case err != nil || (definite && len(found) == 0):
		return nil, false, nil //nolint:nilerr // it leads nowhere
	case definite:
		return found[0], true, nil
	case found == nil:
		found = []any{}
	}
	return found, true, nil
}

// walk takes the steps from i on. sure tells that those before named one node:
// then what is missing is an error, else it is skipped.
func (w *walker) walk(steps []step, i int, v any, sure bool) error {
	if err := w.visit(); err != nil {
		return err
	}
	if i == len(steps) {
		w.out = append(w.out, v)
		return nil
	}
	s := &steps[i]
	switch s.kind {
	case stepName:
		return w.name(steps, i, v, sure)
	case stepNames:
		return w.names(steps, i, v, sure)
	case stepIndex:
		if ok, err := w.isArray(steps, i, v, sure, true); !ok {
			return err
		}
		return w.element(steps, i, v, s.index, sure)
	case stepIndexes:
		if ok, err := w.isArray(steps, i, v, sure, false); !ok {
			return err
		}
		for _, n := range s.indexes {
			if err := w.element(steps, i, v, n, false); err != nil {
				return err
			}
		}
		return nil
	case stepSlice:
		return w.slice(steps, i, v, sure)
	case stepWildcard:
		return w.each(v, func(child any) error { return w.walk(steps, i+1, child, false) })
	case stepScan:
		return w.scan(steps, i+1, v)
	case stepFilter:
		return w.filter(steps, i, v, sure)
	default:
		result, err := s.call.of(w, v)
		if err != nil {
			return err
		}
		return w.walk(steps, i+1, result, sure)
	}
}

// member gives the member that a step names. A name in quotes is looked up with
// its escapes resolved and, where there is none, as it is written.
func member(v any, s *step) (any, bool) {
	child, ok := document.Member(v, s.name)
	if !ok && s.written != "" {
		return document.Member(v, s.written)
	}
	return child, ok
}

func (w *walker) name(steps []step, i int, v any, sure bool) error {
	child, ok := member(v, &steps[i])
	switch {
	case ok:
		return w.walk(steps, i+1, child, sure)
	case !sure:
		return nil
	case document.KindOf(v) != document.ObjectKind:
		return w.missing("Property ['" + steps[i].name + "'] not found in path " + render(steps[:i]))
	case i == len(steps)-1:
		return w.missing("No results for path: " + render(steps))
	}
	return w.missing("Missing property in path " + render(steps[:i+1]))
}

// names makes one object of several members, those that are there.
func (w *walker) names(steps []step, i int, v any, sure bool) error {
	if document.KindOf(v) != document.ObjectKind {
		if !sure {
			return nil
		}
		return w.missing("Property " + render(steps[i : i+1])[1:] + " not found in path " + render(steps[:i]))
	}
	if i != len(steps)-1 {
		return w.impossible("Multi properties can only be used as path leafs: " + render(steps[:i+1]))
	}
	o := document.NewObject(len(steps[i].names))
	for _, name := range steps[i].names {
		if child, ok := document.Member(v, name); ok {
			o.Set(name, child)
		}
	}
	return w.walk(steps, i+1, o, sure)
}

// isArray tells whether a step into an array can be taken.
func (w *walker) isArray(steps []step, i int, v any, sure, single bool) (bool, error) {
	kind := document.KindOf(v)
	switch {
	case kind == document.Array:
		return true, nil
	case !sure:
		return false, nil
	case kind == document.Null:
		return false, w.missing("The path " + render(steps[:i]) + " is null")
	}
	reason := fmt.Sprintf("Filter: %s can only be applied to arrays. Current context is: %s",
		render(steps[i : i+1])[1:], abridge(document.Text(v)))
	if single {
		return false, w.missing(reason)
	}
	return false, w.impossible(reason)
}

func (w *walker) element(steps []step, i int, v any, at int, sure bool) error {
	if at < 0 {
		at += document.Len(v)
	}
	child, ok := document.Index(v, at)
	switch {
	case ok:
		return w.walk(steps, i+1, child, sure)
	case sure:
		return w.missing("No results for path: " + render(steps))
	}
	return nil
}

// slice takes the elements from one place up to another, exclusive; places
// below zero count from the end.
func (w *walker) slice(steps []step, i int, v any, sure bool) error {
	if ok, err := w.isArray(steps, i, v, sure, false); !ok {
		return err
	}
	n := document.Len(v)
	from, to := 0, n
	if p := steps[i].from; p != nil {
		from = clamp(*p, n)
	}
	if p := steps[i].to; p != nil {
		to = clamp(*p, n)
	}
	for k := from; k < to; k++ {
		if err := w.element(steps, i, v, k, false); err != nil {
			return err
		}
	}
	return nil
}

func clamp(at, n int) int {
	if at < 0 {
		at += n
	}
	return max(0, min(at, n))
}

// each calls f for the elements of an array and the members of an object.
func (w *walker) each(v any, f func(any) error) error {
	switch v := v.(type) {
	case []any:
		for _, child := range v {
			if err := f(child); err != nil {
				return err
			}
		}
		return nil
	case *document.Object:
		for i := range v.Len() {
			if err := f(v.At(i).Value); err != nil {
				return err
			}
		}
		return nil
	}
	switch document.KindOf(v) {
	case document.Array:
		for child := range document.Elements(v) {
			if err := f(child); err != nil {
				return err
			}
		}
	case document.ObjectKind:
		for _, child := range document.Entries(v) {
			if err := f(child); err != nil {
				return err
			}
		}
	default:
	}
	return nil
}

// scan takes the steps from i on at v and at everything below it. A filter
// there is put to the nodes themselves, not to their elements.
func (w *walker) scan(steps []step, i int, v any) error {
	if w.depth++; w.depth > document.MaxDepth {
		return w.impossible(fmt.Sprintf("the value is nested more than %d deep", document.MaxDepth))
	}
	defer func() { w.depth-- }()
	var err error
	if i < len(steps) && steps[i].kind == stepFilter {
		var ok bool
		if ok, err = w.accepts(&steps[i], v); ok && err == nil {
			err = w.walk(steps, i+1, v, false)
		}
	} else {
		err = w.walk(steps, i, v, false)
	}
	if err != nil {
		return err
	}
	return w.each(v, func(child any) error { return w.scan(steps, i, child) })
}

func (w *walker) accepts(s *step, v any) (bool, error) {
	if kind := document.KindOf(v); kind != document.ObjectKind {
		return false, w.visit()
	}
	return s.filter.test(w, v)
}

// filter takes the elements of an array, or the object itself, that pass.
func (w *walker) filter(steps []step, i int, v any, sure bool) error {
	if list, ok := v.([]any); ok {
		return w.filterList(steps, i, list)
	}
	switch document.KindOf(v) {
	case document.Array:
		return w.each(v, func(child any) error { return w.filterOne(steps, i, child) })
	case document.ObjectKind:
		return w.filterOne(steps, i, v)
	default:
		if !sure {
			return nil
		}
		return w.impossible(fmt.Sprintf("Filter: %s can not be applied to primitives. Current context is: %s",
			render(steps[i : i+1])[1:], abridge(document.Text(v))))
	}
}

func (w *walker) filterOne(steps []step, i int, v any) error {
	ok, err := steps[i].filter.test(w, v)
	if !ok || err != nil {
		return err
	}
	return w.walk(steps, i+1, v, false)
}

func (w *walker) filterList(steps []step, i int, list []any) error {
	test, last := steps[i].filter, i == len(steps)-1
	for _, v := range list {
		ok, err := test.test(w, v)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if last {
			w.out = append(w.out, v)
		} else if err := w.walk(steps, i+1, v, false); err != nil {
			return err
		}
	}
	return nil
}
