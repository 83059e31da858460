package flow

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/path"
	"github.com/flowstone-go/flow/internal/treap"
)

// shape is what Build knows of a document at one point of a flow. It is
// immutable. What it does not know it lets pass: the run finds it.
type shape struct {
	kind   shapeKind
	goType reflect.Type      // goShape
	fields treap.Map[member] // objectShape
	open   bool              // objectShape: there may be others
	elem   *shape            // arrayShape
	least  int               // arrayShape: it has so many elements at least
	fixed  bool              // arrayShape: and no more
	null   bool              // it may be null
	depth  int               // how deep objects and arrays stand in each other, as far as is known
}

type shapeKind uint8

const (
	unknownShape shapeKind = iota
	goShape                // the JSON of a Go type
	objectShape
	arrayShape
)

// member is a field of an object.
type member struct {
	shape *shape
	maybe bool // it may be missing
	// unwritten tells why: because on some way here nothing writes it, and not only
	// because it is the zero value of an omitempty field.
	unwritten bool
}

// Join is the field where one or the other holds.
func (m member) Join(o member) member {
	return member{m.shape.join(o.shape), m.maybe || o.maybe, m.unwritten || o.unwritten}
}

// Maybe is the field where it may be missing.
func (m member) Maybe() member { return member{m.shape, true, true} }

// Same tells that two say the same.
func (m member) Same(o member) bool {
	return m.maybe == o.maybe && m.unwritten == o.unwritten && m.shape.equal(o.shape)
}

// Weight is the number of shapes in it.
func (m member) Weight() int { return m.shape.weight() }

// deepest and heaviest bound what is followed of a document: a loop that puts
// the document into itself makes it deeper each time, one that does so twice
// doubles it.
const deepest, heaviest = 50, 100_000

// bounded is the shape, or anything where that is too much to follow.
func (s *shape) bounded() *shape {
	if s.depth > deepest || s.weight() > heaviest {
		return anyShape
	}
	return s
}

func (s *shape) weight() int {
	if s.elem != nil {
		return 1 + s.elem.weight()
	}
	return 1 + s.fields.Weight()
}

// objectOf is the shape of an object of these fields.
func objectOf(fields treap.Map[member], open, null bool, depth int) *shape {
	return &shape{kind: objectShape, fields: fields, open: open, null: null, depth: depth}
}

// arrayOf is the shape of an array of such elements, at least so many of them.
func arrayOf(elem *shape, least int, fixed, null bool) *shape {
	return &shape{kind: arrayShape, elem: elem, least: least, fixed: fixed, null: null, depth: elem.depth + 1}
}

// with is the object with one field set; then it is not null.
func (s *shape) with(name string, m member) *shape {
	fields := s.fields.With(name, m)
	depth := max(s.depth, m.shape.depth+1)
	if fields == s.fields && depth == s.depth && !s.null {
		return s
	}
	return objectOf(fields, s.open, false, depth)
}

var (
	anyShape    = &shape{}
	emptyObject = &shape{kind: objectShape, depth: 1}
	openObject  = &shape{kind: objectShape, depth: 1, open: true}
)

// typeShapes are the shapes of Go types, openShapes those one level deep: each
// is made once, so that what has not changed is the same shape.
var typeShapes, openShapes sync.Map

// shapeOf is the shape of a Go type.
func shapeOf(t reflect.Type) *shape {
	if known, ok := typeShapes.Load(t); ok {
		return known.(*shape) //nolint:forcetypeassert // nothing else is there
	}
	known, _ := typeShapes.LoadOrStore(t, newShapeOf(t))
	return known.(*shape) //nolint:forcetypeassert // nothing else is there
}

func newShapeOf(t reflect.Type) *shape {
	null := false
	for t != nil && t.Kind() == reflect.Pointer {
		t, null = t.Elem(), true
	}
	if t == nil || t.Kind() == reflect.Interface {
		return anyShape
	}
	return &shape{kind: goShape, goType: t, null: null}
}

// opened is the shape as an object or array one level deep; s itself where it
// is neither.
func (s *shape) opened() *shape {
	if s.kind != goShape {
		return s
	}
	if known, ok := openShapes.Load(s.goType); ok {
		return known.(*shape) //nolint:forcetypeassert // nothing else is there
	}
	known, _ := openShapes.LoadOrStore(s.goType, s.openType())
	return known.(*shape) //nolint:forcetypeassert // nothing else is there
}

// openType makes what opened gives.
func (s *shape) openType() *shape {
	if document.WritesItself(s.goType) {
		return s
	}
	switch s.goType.Kind() {
	case reflect.Struct:
		o := emptyObject
		for _, name := range document.FieldNames(s.goType) {
			ft, always, _ := document.FieldType(s.goType, name)
			o = o.with(name, member{shape: shapeOf(ft), maybe: !always})
		}
		return o
	case reflect.Map:
		return openObject
	case reflect.Slice, reflect.Array:
		if s.goType.Elem().Kind() != reflect.Uint8 {
			least, fixed := 0, s.goType.Kind() == reflect.Array
			if fixed {
				least = s.goType.Len()
			}
			return arrayOf(shapeOf(s.goType.Elem()), least, fixed, false)
		}
	}
	return s
}

// jsonKind is what the shape is in JSON; document.Invalid where that is not
// known.
func (s *shape) jsonKind() document.Kind {
	switch s.kind {
	case objectShape:
		return document.ObjectKind
	case arrayShape:
		return document.Array
	case goShape:
		return jsonKindOf(s.goType)
	}
	return document.Invalid
}

func jsonKindOf(t reflect.Type) document.Kind {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == reflect.TypeFor[json.Number]() {
		return document.Number
	}
	if document.WritesItself(t) {
		return document.Invalid
	}
	switch k := t.Kind(); {
	case k == reflect.Struct, k == reflect.Map:
		return document.ObjectKind
	case k == reflect.String:
		return document.String
	case k == reflect.Bool:
		return document.Bool
	case k >= reflect.Int && k <= reflect.Float64:
		return document.Number
	case k == reflect.Slice && t.Elem().Kind() == reflect.Uint8:
		return document.String
	case k == reflect.Slice, k == reflect.Array:
		return document.Array
	}
	return document.Invalid
}

// found is what reading a path in a shape comes to.
type found struct {
	shape *shape
	never string // why there is nothing there, in any execution
	lacks *shape // the object that does not have it
	depth int    // after how many steps that is
	// missing and null are up to which step something may be missing, or be null;
	// 0 is not at all. What stands further on is what counts.
	missing, null int
}

// maybe says why there may be nothing there; empty where there is something.
func (f *found) maybe(steps []path.Step) string {
	switch {
	case f.missing > f.null:
		return pathText(steps[:f.missing]) + " may be missing"
	case f.null > 0:
		return pathText(steps[:f.null]) + " may be null"
	}
	return ""
}

// unsure tells whether there may be nothing there.
func (f *found) unsure() bool { return f.missing > 0 || f.null > 0 }

// at reads a path.
func (s *shape) at(steps []path.Step) found {
	f := found{shape: s}
	never := func(format string, args ...any) found {
		return found{shape: anyShape, never: fmt.Sprintf(format, args...)}
	}
	for i, step := range steps {
		o := f.shape.opened()
		if f.shape.null && i > 0 { // a pointer as the whole document is taken to be one to something
			f.null = i
		}
		switch {
		case o.kind == unknownShape || o.kind == goShape && o.jsonKind() == document.Invalid:
			return found{shape: anyShape}
		case step.IsIndex && o.kind == arrayShape:
			f.shape = o.elem
			switch {
			case step.Index < o.least:
			case o.fixed:
				return never("%s has %d elements only", pathText(steps[:i]), o.least)
			} // how long a slice is, only the run knows
		case step.IsIndex:
			return never("%s is %s, not an array", pathText(steps[:i]), o)
		case o.kind == objectShape:
			m, ok := o.fields.Get(step.Name)
			if !ok && !o.open {
				f = never("%s has no %q", pathText(steps[:i]), step.Name)
				f.lacks, f.depth = o, i
				return f
			}
			if !ok {
				return found{shape: anyShape}
			}
			f.shape = m.shape
			if m.maybe {
				f.missing = i + 1
			}
		default:
			return never("%s is %s, which has no %q", pathText(steps[:i]), o, step.Name)
		}
	}
	return f
}

func pathText(steps []path.Step) string {
	var b strings.Builder
	b.WriteString("$")
	for _, s := range steps {
		if s.IsIndex {
			fmt.Fprintf(&b, "[%d]", s.Index)
		} else {
			b.WriteString("." + s.Name)
		}
	}
	return b.String()
}

// set writes a path. wrong says why that fails in every execution.
func (s *shape) set(steps []path.Step, v *shape, maybe bool) (out *shape, wrong string) {
	if out, wrong = s.setBelow(steps, 0, v, maybe); wrong != "" {
		return s, wrong // it stays as known, so that a loop still shows what is wrong
	}
	return out.bounded(), ""
}

func (s *shape) setBelow(steps []path.Step, i int, v *shape, maybe bool) (out *shape, wrong string) {
	if i == len(steps) {
		return v, ""
	}
	o := s.opened()
	if o.kind == unknownShape || o.jsonKind() == document.Invalid {
		return anyShape, "" // what else it holds is not known
	}
	if s.null && i > 0 {
		return anyShape, fmt.Sprintf("%s may be null, and nothing can be put into that; ask Present for something in it first", pathText(steps[:i]))
	}
	step := steps[i]
	if step.IsIndex {
		if o.kind != arrayShape {
			return anyShape, fmt.Sprintf("%s is %s, not an array to put a result into", pathText(steps[:i]), o)
		}
		if o.fixed && step.Index >= o.least {
			return anyShape, fmt.Sprintf("%s has %d elements only", pathText(steps[:i]), o.least)
		}
		return arrayOf(anyShape, o.least, o.fixed, false), ""
	}
	if o.kind != objectShape {
		return anyShape, fmt.Sprintf("%s is %s, which nothing can be put into", pathText(steps[:i]), o)
	}
	old, has := o.fields.Get(step.Name)
	below := old.shape
	if !has {
		below = emptyObject
		if i+1 < len(steps) && steps[i+1].IsIndex {
			below = arrayOf(anyShape, steps[i+1].Index+1, false, false)
		}
	}
	inner, wrong := below.setBelow(steps, i+1, v, maybe)
	switch {
	case !maybe:
		return o.with(step.Name, member{shape: inner}), wrong
	case has:
		return o.with(step.Name, member{old.shape.join(inner), old.maybe, old.unwritten}), wrong
	case o.open: // it may be there from elsewhere, and hold anything
		return o, wrong
	}
	return o.with(step.Name, member{shape: inner}.Maybe()), wrong
}

// present is the shape where something is known to be at the path.
func (s *shape) present(steps []path.Step) *shape {
	f := s.at(steps)
	if f.never != "" || len(steps) == 0 {
		return s
	}
	o := s.opened()
	switch {
	case steps[0].IsIndex && o.kind == arrayShape && !o.fixed:
		return arrayOf(o.elem, max(o.least, steps[0].Index+1), false, false)
	case o.kind != objectShape || steps[0].IsIndex:
		return s
	}
	m, ok := o.fields.Get(steps[0].Name)
	if !ok {
		m.shape = anyShape
	}
	return o.with(steps[0].Name, member{shape: m.shape.present(steps[1:])})
}

// nonNull is the shape where what is at the path is known not to be null.
func (s *shape) nonNull(steps []path.Step) *shape {
	s = s.present(steps)
	if len(steps) == 0 {
		if !s.null {
			return s
		}
		c := *s
		c.null = false
		return &c
	}
	o := s.opened()
	m, ok := o.fields.Get(steps[0].Name)
	if !ok || steps[0].IsIndex {
		return s
	}
	m.shape = m.shape.nonNull(steps[1:])
	return o.with(steps[0].Name, m)
}

// join is the shape of a document that may have come by either way; s itself
// where t tells nothing new.
func (s *shape) join(t *shape) *shape {
	switch {
	case s == nil:
		return t
	case t == nil || s.equal(t):
		return s
	case s.kind == goShape && t.kind == goShape && s.goType == t.goType: // one of them may be null
		return shapeOf(reflect.PointerTo(s.goType))
	}
	a, b := s.opened(), t.opened()
	null := s.null || t.null
	switch {
	case a.kind == objectShape && b.kind == objectShape:
		fields := a.fields.Join(b.fields, a.open, b.open)
		if fields == a.fields && (a.open || !b.open) && null == a.null && a.depth >= b.depth {
			return a
		}
		return objectOf(fields, a.open || b.open, null, max(a.depth, b.depth))
	case a.kind == arrayShape && b.kind == arrayShape:
		return arrayOf(a.elem.join(b.elem), min(a.least, b.least), a.fixed && b.fixed && a.least == b.least, null)
	}
	return anyShape
}

// equal tells that two shapes say the same.
func (s *shape) equal(t *shape) bool {
	if s == t {
		return true
	}
	if s.kind != t.kind || s.goType != t.goType || s.open != t.open || s.null != t.null || s.least != t.least || s.fixed != t.fixed {
		return false
	}
	return s.fields.Same(t.fields) && (s.elem == nil || s.elem.equal(t.elem))
}

// misfit says why a document of this shape can't be read as a Go type in any
// execution; empty where it can, or may.
func (s *shape) misfit(t reflect.Type) string { return s.misfitAt(t, "$", nil) }

func (s *shape) misfitAt(t reflect.Type, at string, seen []reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if s.kind == unknownShape || s.kind == goShape && s.goType == t || t.Kind() == reflect.Interface || slices.Contains(seen, t) {
		return ""
	}
	is, wants := s.jsonKind(), jsonKindOf(t)
	if is == document.Invalid || wants == document.Invalid {
		return ""
	}
	if is != wants {
		return fmt.Sprintf("%s is %s, but %v is wanted", at, s, t)
	}
	o := s.opened()
	switch {
	case o.kind == arrayShape && wants == document.Array:
		return o.elem.misfitAt(t.Elem(), at+"[…]", append(seen, t))
	case o.kind == objectShape && t.Kind() == reflect.Map:
		for field, m := range o.fields.All() {
			if !m.maybe {
				if why := m.shape.misfitAt(t.Elem(), at+"."+field, append(seen, t)); why != "" {
					return why
				}
			}
		}
	case o.kind == objectShape && t.Kind() == reflect.Struct:
		for _, field := range document.FieldNames(t) {
			ft, always, _ := document.FieldType(t, field)
			m, ok := o.fields.Get(field)
			if !ok {
				if o.open || !always || nullable(ft) || o.hasFold(field) {
					continue
				}
				why := fmt.Sprintf("%v wants %s, which nothing before writes", t, at+"."+field)
				if near := nearest(field, o.names()); near != "" {
					why += fmt.Sprintf("; there is %q", near)
				}
				return why
			}
			if m.unwritten && always && !nullable(ft) {
				return fmt.Sprintf("%v wants %s, which is not written on every way to here: write it on each, or make the field omitempty", t, at+"."+field)
			}
			if why := m.shape.misfitAt(ft, at+"."+field, append(seen, t)); why != "" {
				return why
			}
		}
	}
	return ""
}

// nullable tells whether a field of the type is null where nothing is there.
func nullable(t reflect.Type) bool {
	return t.Kind() == reflect.Pointer || t.Kind() == reflect.Interface
}

// hasFold tells whether encoding/json would find the field in another case.
func (s *shape) hasFold(name string) bool {
	for n := range s.fields.All() {
		if strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}

func (s *shape) names() []string {
	names := make([]string, 0, s.fields.Len())
	for n := range s.fields.All() {
		names = append(names, n)
	}
	return names
}

// String describes the shape in a few words.
func (s *shape) String() string {
	switch s.kind {
	case goShape:
		return fmt.Sprintf("a Go %v", s.goType)
	case arrayShape:
		return "an array"
	case objectShape:
		return "an object"
	}
	return "anything"
}

// describe writes all that is known, for people: {id: string, note?: string}.
func (s *shape) describe() string {
	switch s.kind {
	case goShape:
		return s.goType.String()
	case arrayShape:
		return "[" + s.elem.describe() + "]"
	case objectShape:
		parts := make([]string, 0, s.fields.Len()+1)
		for n, m := range s.fields.All() {
			mark := ""
			if m.maybe {
				mark = "?"
			}
			parts = append(parts, n+mark+": "+m.shape.describe())
		}
		if s.open {
			parts = append(parts, "…")
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return "any"
}
