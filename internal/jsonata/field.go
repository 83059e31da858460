package jsonata

import (
	"sync/atomic"

	"github.com/flowstone-go/flow/internal/document"
)

// fieldName is a name in a path, with the place at which the last object had
// it: rows of one shape have it there again.
type fieldName struct {
	name string
	hint atomic.Int32
}

// of gives the field of an object value.
func (f *fieldName) of(v value) value {
	o, ok := v.ref.(*document.Object)
	if !ok {
		return member(v, f.name)
	}
	if i := int(f.hint.Load()); i < o.Len() {
		if at := o.At(i); at.Key == f.name {
			return valueOf(at.Value)
		}
	}
	return f.search(o)
}

func (f *fieldName) search(o *document.Object) value {
	m, ok := o.Get(f.name)
	if !ok {
		return value{}
	}
	for i := range min(o.Len(), maxHint) {
		if o.At(i).Key == f.name {
			f.hint.Store(int32(i)) //nolint:gosec // below maxHint
			break
		}
	}
	return valueOf(m)
}

const maxHint = 64

// nameNode is a field of the context item, as a step.
type nameNode struct{ field *fieldName }

func (n *nameNode) eval(ev *evaluator, _ *frame, ctx value) (value, error) {
	if ctx.kind == object {
		return n.field.get(ctx), nil
	}
	return unwrap(ev.lookup(ctx, n.field.name), false), nil
}

// get is of, without the sequence that a computed object may hold.
func (f *fieldName) get(v value) value {
	m := f.of(v)
	if m.kind == array {
		return unwrap(m, false)
	}
	return m
}

// fieldsNode is a path of nothing but names, behind a variable or the context
// item: as long as no array is met, there are no sequences to be made.
type fieldsNode struct {
	of    node // nil for the context item
	names []*fieldName
	path  *pathNode // the same path, for what is not so simple
}

func (n *fieldsNode) eval(ev *evaluator, fr *frame, ctx value) (value, error) {
	v, skip := ctx, 0
	if n.of != nil {
		var err error
		if v, err = n.of.eval(ev, fr, ctx); err != nil {
			return value{}, err
		}
		skip = 1
	}
	for i, f := range n.names {
		if v.kind != object {
			if v.kind != array {
				return value{}, nil
			}
			return n.slow(ev, fr, v, i+skip)
		}
		v = f.get(v)
	}
	if v.kind == array {
		return unwrap(spread(v), false), nil
	}
	return v, nil
}

func (n *fieldsNode) slow(ev *evaluator, fr *frame, v value, at int) (value, error) {
	l := v.list()
	v, err := n.path.walk(ev, fr, v, at, at == 0 || l == nil || !l.cons)
	return unwrap(v, false), err
}
