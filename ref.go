package flow

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync/atomic"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/machine"
	"github.com/flowstone-go/flow/internal/path"
)

// Ref is a typed reference: a place in the document, or a variable, that
// knows which Go type it holds. Nodes read it with From, write it with Into;
// conditions and prompts read it. It is a value, made once, usually at package
// level, and used in any number of flows. The zero Ref refers to nothing and
// is refused by Build.
type Ref[T any] struct{ r *reference }

// AnyRef is a reference of any type.
type AnyRef interface{ referred() *reference }

func (r Ref[T]) referred() *reference { return r.r }

// String gives the path of the reference as the States Language writes it.
func (r Ref[T]) String() string {
	if r.r == nil {
		return "no reference"
	}
	return r.r.String()
}

// source is where a reference starts.
type source uint8

const (
	fromDocument source = iota
	fromVariable
	fromResult
	fromParts
	fromConstant
	fromExpression
)

// ref is a reference without its Go type.
type reference struct {
	at      place
	source  source
	text    string     // $.a.b, $name.a, or for a result $.a
	name    string     // of the variable
	path    *path.Path // nil where problem says why
	typ     reflect.Type
	or      any // what stands in for a missing value
	hasOr   bool
	problem string
	fields  atomic.Pointer[shortcut]
	*making // of what refers to no place; nil for all others
}

// At refers to a place in the document: "$" is the whole, "$.order.id" a
// member of a member, "$.items[0]" an element. The path is a reference path of
// the States Language: names and indexes, nothing that may match several
// places. Build reports a text that is none.
func At[T any](text string) Ref[T] {
	return Ref[T]{makeRef(here(), fromDocument, "", text, reflect.TypeFor[T]())}
}

// Var refers to a variable of the flow: written by Assign, read everywhere,
// also inside the Maps and Parallels below, which can't write it. A name is 1
// to 80 letters, digits and underscores and begins with a letter.
func Var[T any](name string) Ref[T] {
	r := makeRef(here(), fromVariable, name, "$", reflect.TypeFor[T]())
	r.text = "$" + name
	if !path.ValidName(name) || strings.HasPrefix(name, "_") || len([]rune(name)) > 80 || name == "states" {
		r.problem = fmt.Sprintf("%q is no name for a variable: it has to begin with a letter and have at most 80 letters, digits and underscores", name)
	}
	return Ref[T]{r}
}

// Result refers to what the node's own work gave. It is read in [Set] and its
// kind, inside Assign.
func Result[T any]() Ref[T] {
	return Ref[T]{makeRef(here(), fromResult, "", "$", reflect.TypeFor[T]())}
}

// Field refers to a field of a struct that r refers to. The selector returns
// the address of the field: func(s *Summary) *string { return &s.Sentiment }; a
// misspelt field does not compile. Fields of nested structs may be selected
// too, but not through pointers.
func Field[T, F any](r Ref[T], selector func(*T) *F) Ref[F] {
	at := here()
	if r.r == nil {
		return Ref[F]{&reference{at: at, problem: "Field of a reference that refers to nothing", typ: reflect.TypeFor[F]()}}
	}
	name, problem := selected(selector)
	out := r.r.below(at, "."+name, reflect.TypeFor[F]())
	if out.problem == "" {
		out.problem = problem
	}
	return Ref[F]{out}
}

// Elem refers to element i of the array that r refers to, counted from 0.
func Elem[T any](r Ref[[]T], i int) Ref[T] {
	at := here()
	if r.r == nil {
		return Ref[T]{&reference{at: at, problem: "Elem of a reference that refers to nothing", typ: reflect.TypeFor[T]()}}
	}
	out := r.r.below(at, fmt.Sprintf("[%d]", i), reflect.TypeFor[T]())
	if i < 0 && out.problem == "" {
		out.problem = fmt.Sprintf("Elem(%d): an index can't be negative", i)
	}
	return Ref[T]{out}
}

// Or gives a reference that reads as v where its place is missing. It can't
// be written to.
func (r Ref[T]) Or(v T) Ref[T] {
	if r.r == nil {
		return r
	}
	out := r.r.orless()
	out.or, out.hasOr = &v, true
	return Ref[T]{out}
}

func makeRef(at place, from source, name, text string, typ reflect.Type) *reference {
	r := &reference{at: at, source: from, name: name, text: text, typ: typ}
	p, err := path.CompileTarget(text)
	if err != nil {
		r.problem = fmt.Sprintf("%q is no path to one place: %v", text, err)
		return r
	}
	r.path = p
	return r
}

// orless is the same reference, to be given an Or.
func (r *reference) orless() *reference {
	if r.making != nil {
		return &reference{at: r.at, source: r.source, text: r.text, typ: r.typ, problem: r.problem, making: r.making}
	}
	return r.below(r.at, "", r.typ)
}

// below is the reference to a place under r.
func (r *reference) below(at place, step string, typ reflect.Type) *reference {
	if r.making != nil && r.problem == "" {
		return &reference{at: at, problem: fmt.Sprintf("a place below %s: it refers to no place", r), typ: typ}
	}
	if r.problem != "" {
		return &reference{at: at, problem: r.problem, typ: typ}
	}
	out := makeRef(at, r.source, r.name, r.path.String()+step, typ)
	if r.source == fromVariable {
		out.text = "$" + r.name + strings.TrimPrefix(out.text, "$")
	}
	return out
}

func (r *reference) String() string {
	if r.source == fromResult {
		return "the result" + strings.TrimPrefix(r.text, "$")
	}
	return r.text
}

// whole tells that r is the whole document.
func (r *reference) whole() bool { return r.source == fromDocument && r.text == "$" }

// selected finds the JSON name of the field that a selector picks.
func selected[T, F any](selector func(*T) *F) (name, problem string) {
	t := reflect.TypeFor[T]()
	if selector == nil {
		return "x", "Field without a selector"
	}
	if t.Kind() != reflect.Struct {
		return "x", fmt.Sprintf("Field selects from %v, which is no struct", t)
	}
	zero := new(T)
	field, panicked := pick(selector, zero)
	if panicked != nil || field == nil {
		return "x", fmt.Sprintf("the selector of a field of %v does not return the address of a field of its argument", t)
	}
	start := reflect.ValueOf(zero).Pointer()
	offset := reflect.ValueOf(field).Pointer() - start
	if offset >= t.Size() {
		return "x", fmt.Sprintf("the selector of a field of %v does not return the address of a field of its argument", t)
	}
	name, ok := document.FieldAt(t, offset, reflect.TypeFor[F]())
	if !ok {
		return "x", fmt.Sprintf("the selected field of %v has no place in its JSON", t)
	}
	return name, ""
}

func pick[T, F any](selector func(*T) *F, zero *T) (field *F, panicked any) {
	defer func() { panicked = recover() }()
	return selector(zero), nil
}

// get reads the reference. doc is what $ stands for.
func (r *reference) get(f *machine.Frame, doc any) (any, error) {
	var v any
	var err error
	switch r.source {
	case fromParts, fromConstant, fromExpression:
		v, err = r.eval(f, doc)
	case fromVariable:
		root, ok := f.Vars.Get(r.name)
		if !ok {
			err = fmt.Errorf("the variable $%s has no value here", r.name)
			break
		}
		v, err = r.path.GetFrom(root)
	case fromResult:
		v, err = r.path.GetFrom(f.Res)
	default:
		if !r.hasOr { // an Or stands for a field that its JSON leaves out, too
			if field, ok := r.quick(doc); ok {
				return field, nil
			}
		}
		v, err = r.path.GetFrom(doc)
	}
	if err != nil {
		if lost := r.unreadable(err); lost != nil {
			return nil, lost
		}
		if r.hasOr {
			return r.or, nil
		}
		if v, ok := r.zeroField(doc); ok {
			return v, nil
		}
		return nil, &machine.Failure{
			Name: machine.Runtime, Fatal: true, Err: err,
			Cause: fmt.Sprintf("%s is missing: %v; give the reference an Or, or ask Present first", r, err),
		}
	}
	return v, nil
}

// unreadable is the failure where a value on the way has no JSON, since its own
// method failed to write it: then nobody knows what is missing.
func (r *reference) unreadable(err error) error {
	broken, ok := errors.AsType[*path.EvalError](err)
	if !ok || broken.Err == nil {
		return nil
	}
	return &machine.Failure{Name: machine.Runtime, Fatal: true, Err: broken.Err, Cause: fmt.Sprintf("%s can't be read: %s", r, broken.Reason)}
}

// present tells whether the place that r refers to is there.
func (r *reference) present(f *machine.Frame, doc any) (bool, error) {
	var err error
	switch r.source {
	case fromParts, fromConstant, fromExpression:
		_, err = r.eval(f, doc)
	case fromVariable:
		root, ok := f.Vars.Get(r.name)
		if !ok {
			return false, nil
		}
		_, err = r.path.GetFrom(root)
	case fromResult:
		_, err = r.path.GetFrom(f.Res)
	default:
		_, err = r.path.GetFrom(doc)
	}
	return err == nil, r.unreadable(err)
}

// zeroField gives the zero value of a field that the document's struct type
// is known to have but that its JSON leaves out while it is empty.
func (r *reference) zeroField(doc any) (any, bool) {
	if r.source != fromDocument {
		return nil, false
	}
	if t := reflect.TypeOf(doc); t == nil || t.Kind() != reflect.Pointer {
		return nil, false
	}
	return r.quick(doc)
}

// set gives doc with v at the place of r.
func (r *reference) set(doc, v any) (any, error) {
	if r.whole() {
		return v, nil
	}
	if doc == nil {
		doc = document.NewObject(1)
	}
	out, err := r.path.Set(doc, v)
	if err != nil {
		return nil, unwritable(err)
	}
	return out, nil
}

// write gives the document of the visit with v at the place of r. It changes it
// in place where it is an object that the frame alone holds.
func (r *reference) write(f *machine.Frame, v any) (any, error) {
	if !f.Scope.Passing || f.Exec.Observed || r.whole() {
		return r.set(f.Doc, v)
	}
	var out any
	var err error
	if own, ok := f.Doc.(*document.Object); ok && f.Owns() {
		if out, err = r.path.SetOwn(own, v); err != nil {
			return nil, unwritable(err)
		}
	} else if out, err = r.set(f.Doc, v); err != nil {
		return nil, err
	}
	if _, ok := out.(*document.Object); ok {
		f.Made()
	}
	return out, nil
}

func unwritable(err error) error {
	return &machine.Failure{Name: machine.Runtime, Fatal: true, Err: err, Cause: err.Error()}
}

// refOf gives the reference behind a reference of any type; nil for none.
func refOf(r AnyRef) *reference {
	if r == nil {
		return nil
	}
	return r.referred()
}
