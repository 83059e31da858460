package flow

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/flowstone-go/flow/internal/asl"
	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/drive"
	"github.com/flowstone-go/flow/internal/machine"
)

// Parts are the members of an object that [Make] makes. A value is a reference,
// which stands for what it refers to, Parts of its own, a []any of such, or any
// other Go value that JSON has a form for, which stands for itself.
type Parts map[string]any

// Make refers to an object that is made of parts when it is read, so that a node
// is given just what it takes:
//
//	flow.Task("Charge", charge).From(flow.Make[Charge](flow.Parts{
//		"order": id, "amount": total, "currency": "EUR",
//	}))
//
// It is read by From, [Give] and [SetFrom], and can't be written to. A part
// that refers to a missing value fails the node with [ErrRuntime], or has an Or.
// The States Language calls it Parameters.
func Make[T any](parts Parts) Ref[T] {
	r := made(here(), fromParts, reflect.TypeFor[T]())
	r.parts = maps.Clone(parts)
	r.text = "the object of " + strings.Join(slices.Sorted(maps.Keys(parts)), ", ")
	r.problem = r.unfitPart(Parts(r.parts))
	r.eval = func(f *machine.Frame, doc any) (any, error) { return assemble(Parts(r.parts), f, doc) }
	return Ref[T]{r}
}

// Const refers to a value that is always the same. It is read by From, [Give]
// and [SetFrom]. What v points to must not be changed afterwards.
func Const[T any](v T) Ref[T] {
	r := made(here(), fromConstant, reflect.TypeFor[T]())
	cell := any(&v)
	r.constant, r.text = cell, "a constant"
	if why := document.Unfit(r.typ); why != "" {
		r.problem = "Const: " + why
	} else if _, err := document.Encode(cell); err != nil {
		r.problem = fmt.Sprintf("Const: it can't be a document: %v", err)
	}
	r.eval = func(*machine.Frame, any) (any, error) { return cell, nil }
	return Ref[T]{r}
}

// Expr refers to what an expression of the States Language comes to: a path,
// which may match several places and then gives an array
// ("$.lines[?(@.qty > 1)].sku"), the context object ("$$.Execution.Name") or a
// variable ("$rounds"), or a call of an intrinsic function
// ("States.Format('{} of {}', $.id, $$.Execution.Name)"). It is read wherever
// a reference is read, and can't be written to. What it gives, only the run
// knows; a text that is no expression, Build reports.
func Expr[T any](text string) Ref[T] {
	r := made(here(), fromExpression, reflect.TypeFor[T]())
	r.text = text
	eval, variables, err := asl.Expression(text)
	if err != nil {
		r.problem = fmt.Sprintf("%q is no expression: %v", text, err)
		return Ref[T]{r}
	}
	r.variables = variables
	r.eval = func(f *machine.Frame, doc any) (any, error) {
		drive.IdentityOf(f) // the context object has its name, which is made when it is first asked for
		return eval(f, doc)
	}
	return Ref[T]{r}
}

// making is what a reference has that refers to no place.
type making struct {
	eval      machine.Eval
	parts     map[string]any // of Make
	constant  any            // of Const
	variables []string       // that an Expr reads
}

func made(at place, from source, typ reflect.Type) *reference {
	return &reference{at: at, source: from, typ: typ, making: &making{}}
}

// unfitPart says which part of a Make is none.
func (r *reference) unfitPart(v any) string {
	switch v := v.(type) {
	case AnyRef:
		switch part := refOf(v); {
		case part == nil:
			return "Make of a reference that refers to nothing"
		case part.source == fromResult:
			return "Make of a result: it is made of the document"
		default:
			return part.problem
		}
	case Parts:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if why := r.unfitPart(v[name]); why != "" {
				return why
			}
		}
	case []any:
		for _, e := range v {
			if why := r.unfitPart(e); why != "" {
				return why
			}
		}
	default:
		if _, err := document.Encode(v); err != nil {
			return fmt.Sprintf("Make of a value that can't be a document: %v", err)
		}
	}
	return ""
}

// assemble makes the value of a part.
func assemble(v any, f *machine.Frame, doc any) (any, error) {
	switch v := v.(type) {
	case AnyRef:
		return refOf(v).get(f, doc)
	case Parts:
		o := document.NewObject(len(v))
		for _, name := range slices.Sorted(maps.Keys(v)) {
			part, err := assemble(v[name], f, doc)
			if err != nil {
				return nil, err
			}
			o.Set(name, part)
		}
		return o, nil
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			part, err := assemble(e, f, doc)
			if err != nil {
				return nil, err
			}
			list[i] = part
		}
		return list, nil
	}
	return v, nil
}

// madeShape is what is known of a value that is made; what its parts read is
// checked on the way.
func (c *checker) madeShape(n *lowered, r *reference, k knowledge, what string) *shape {
	switch r.source {
	case fromParts:
		return c.partShape(n, Parts(r.parts), k, what)
	case fromConstant:
		return shapeOf(r.typ)
	}
	return anyShape
}

func (c *checker) partShape(n *lowered, v any, k knowledge, what string) *shape {
	switch v := v.(type) {
	case AnyRef:
		return c.read(n, refOf(v), k, what)
	case Parts:
		o := emptyObject
		for _, name := range slices.Sorted(maps.Keys(v)) {
			o = o.with(name, member{shape: c.partShape(n, v[name], k, what)})
		}
		return o
	case []any:
		elem := (*shape)(nil)
		for _, e := range v {
			elem = elem.join(c.partShape(n, e, k, what))
		}
		if elem == nil {
			elem = anyShape
		}
		return arrayOf(elem, 0, false, false)
	case nil:
		return anyShape
	}
	return shapeOf(reflect.TypeOf(v))
}

// GiveNode puts a value into the document. See [Give].
type GiveNode[T any] struct{ spec }

// Give replaces the document by the value at ref, or with Into puts it in a
// place of the document: a constant ([Const]), an object made of parts ([Make]),
// another place ([At]). In the States Language it is a Pass.
func Give[T any](name string, ref Ref[T]) *GiveNode[T] {
	n := &GiveNode[T]{spec{name: name, at: here(), kind: machine.Pass, out: reflect.TypeFor[T](), gives: true}}
	n.checkName()
	n.setRef(&n.from, ref.r, "Give")
	return n
}

// Into puts the value at ref in the document instead of in its place.
func (n *GiveNode[T]) Into(ref Ref[T]) *GiveNode[T] {
	n.setRef(&n.into, ref.r, "Into")
	return n
}

// Assign gives variables their values; see [Set].
func (n *GiveNode[T]) Assign(a ...Assignment) *GiveNode[T] {
	n.assign = append(n.assign, a...)
	return n
}
