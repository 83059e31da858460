package flow

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/path"
)

// shape is what Build knows of a document at one point of a flow. It is
// immutable. What it does not know it lets pass: the run finds it.
type shape struct {
	kind   shapeKind
	goType reflect.Type      // goShape
	fields map[string]member // objectShape
	open   bool              // objectShape: there may be others
	elem   *shape            // arrayShape
	least  int               // arrayShape: it has so many elements at least
	fixed  bool              // arrayShape: and no more
	null   bool              // it may be null
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
	shape  *shape
	maybe  bool // it may be missing
	writer string
}

var anyShape = &shape{}

// shapeOf is the shape of a Go type.
func shapeOf(t reflect.Type) *shape {
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
	if s.kind != goShape || document.WritesItself(s.goType) {
		return s
	}
	switch s.goType.Kind() {
	case reflect.Struct:
		o := &shape{kind: objectShape, fields: map[string]member{}}
		for _, name := range document.FieldNames(s.goType) {
			ft, always, _ := document.FieldType(s.goType, name)
			o.fields[name] = member{shape: shapeOf(ft), maybe: !always}
		}
		return o
	case reflect.Map:
		return &shape{kind: objectShape, fields: map[string]member{}, open: true}
	case reflect.Slice, reflect.Array:
		if s.goType.Elem().Kind() != reflect.Uint8 {
			o := &shape{kind: arrayShape, elem: shapeOf(s.goType.Elem())}
			if s.goType.Kind() == reflect.Array {
				o.least, o.fixed = s.goType.Len(), true
			}
			return o
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
	maybe string // why there may be nothing there
	names []string
}

// at reads a path.
func (s *shape) at(steps []path.Step) found {
	f := found{shape: s}
	for i, step := range steps {
		where := pathText(steps[:i])
		o := f.shape.opened()
		if f.shape.null && i > 0 { // a pointer as the whole document is taken to be one to something
			f.maybe = where + " may be null"
		}
		switch {
		case o.kind == unknownShape || o.kind == goShape && o.jsonKind() == document.Invalid:
			return found{shape: anyShape}
		case step.IsIndex && o.kind == arrayShape:
			f = found{shape: o.elem, maybe: f.maybe}
			switch {
			case step.Index < o.least:
			case o.fixed:
				return found{shape: anyShape, never: fmt.Sprintf("%s has %d elements only", where, o.least)}
			} // how long a slice is, only the run knows
		case step.IsIndex:
			return found{shape: anyShape, never: fmt.Sprintf("%s is %s, not an array", where, o)}
		case o.kind == objectShape:
			m, ok := o.fields[step.Name]
			if !ok && !o.open {
				return found{shape: anyShape, never: fmt.Sprintf("%s has no %q", where, step.Name), names: o.names()}
			}
			if !ok {
				return found{shape: anyShape}
			}
			f.shape = m.shape
			if m.maybe {
				f.maybe = fmt.Sprintf("%s may be missing", pathText(steps[:i+1]))
			}
		default:
			return found{shape: anyShape, never: fmt.Sprintf("%s is %s, which has no %q", where, o, step.Name)}
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
func (s *shape) set(steps []path.Step, v *shape, maybe bool, writer string) (out *shape, wrong string) {
	if out, wrong = s.setBelow(steps, 0, v, maybe, writer); wrong != "" {
		return s, wrong // it stays as known, so that a loop still shows what is wrong
	}
	return out, ""
}

func (s *shape) setBelow(steps []path.Step, i int, v *shape, maybe bool, writer string) (out *shape, wrong string) {
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
		return &shape{kind: arrayShape, elem: anyShape, least: o.least, fixed: o.fixed}, ""
	}
	if o.kind != objectShape {
		return anyShape, fmt.Sprintf("%s is %s, which nothing can be put into", pathText(steps[:i]), o)
	}
	old, has := o.fields[step.Name]
	below := old.shape
	if !has {
		below = &shape{kind: objectShape, fields: map[string]member{}}
		if steps[min(i+1, len(steps)-1)].IsIndex && i+1 < len(steps) {
			below = &shape{kind: arrayShape, elem: anyShape, least: steps[i+1].Index + 1}
		}
	}
	inner, wrong := below.setBelow(steps, i+1, v, maybe, writer)
	if maybe && !has && o.open {
		return o, wrong // it may be there from elsewhere, and hold anything
	}
	c := &shape{kind: objectShape, fields: maps.Clone(o.fields), open: o.open}
	m := member{shape: inner, writer: writer}
	if maybe {
		m.maybe = !has || old.maybe
		if has {
			m.shape = old.shape.join(inner)
		}
	}
	c.fields[step.Name] = m
	return c, wrong
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
		return &shape{kind: arrayShape, elem: o.elem, least: max(o.least, steps[0].Index+1)}
	case o.kind != objectShape || steps[0].IsIndex:
		return s
	}
	m, ok := o.fields[steps[0].Name]
	if !ok {
		m = member{shape: anyShape}
	}
	m.maybe = false
	m.shape = m.shape.present(steps[1:])
	c := &shape{kind: objectShape, fields: maps.Clone(o.fields), open: o.open}
	c.fields[steps[0].Name] = m
	return c
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
	m, ok := o.fields[steps[0].Name]
	if !ok || steps[0].IsIndex {
		return s
	}
	m.shape = m.shape.nonNull(steps[1:])
	c := *o
	c.fields = maps.Clone(o.fields)
	c.fields[steps[0].Name] = m
	return &c
}

// join is the shape of a document that may have come by either way.
func (s *shape) join(t *shape) *shape {
	switch {
	case s == nil:
		return t
	case t == nil || s.equal(t):
		return s
	case s.kind == goShape && t.kind == goShape && s.goType == t.goType: // one of them may be null
		return &shape{kind: goShape, goType: s.goType, null: true}
	}
	a, b := s.opened(), t.opened()
	switch {
	case a.kind == objectShape && b.kind == objectShape:
		out := &shape{kind: objectShape, fields: map[string]member{}, open: a.open || b.open, null: s.null || t.null}
		for name, m := range a.fields {
			n, ok := b.fields[name]
			switch {
			case !ok && b.open: // it may be there, and hold anything
				continue
			case !ok:
				m.maybe = true
				out.fields[name] = m
				continue
			}
			out.fields[name] = member{shape: m.shape.join(n.shape), maybe: m.maybe || n.maybe, writer: m.writer}
		}
		for name, n := range b.fields {
			if _, ok := a.fields[name]; !ok && !a.open {
				n.maybe = true
				out.fields[name] = n
			}
		}
		return out
	case a.kind == arrayShape && b.kind == arrayShape:
		return &shape{kind: arrayShape, elem: a.elem.join(b.elem), least: min(a.least, b.least), fixed: a.fixed && b.fixed && a.least == b.least, null: s.null || t.null}
	}
	return anyShape
}

func (s *shape) equal(t *shape) bool {
	if s == t {
		return true
	}
	if s.kind != t.kind || s.goType != t.goType || s.open != t.open || s.null != t.null || s.least != t.least || s.fixed != t.fixed || len(s.fields) != len(t.fields) {
		return false
	}
	for name, m := range s.fields {
		n, ok := t.fields[name]
		if !ok || m.maybe != n.maybe || !m.shape.equal(n.shape) {
			return false
		}
	}
	return s.elem == nil || s.elem.equal(t.elem)
}

// misfit says why a document of this shape can't be read as a Go type in any
// execution; empty where it can, or may.
func (s *shape) misfit(t reflect.Type) string { return s.misfitAt(t, "", nil) }

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
		return fmt.Sprintf("%s is %s, but %v is wanted", name(at), s, t)
	}
	o := s.opened()
	switch {
	case o.kind == arrayShape && wants == document.Array:
		return o.elem.misfitAt(t.Elem(), at+"[…]", append(seen, t))
	case o.kind == objectShape && t.Kind() == reflect.Map:
		for _, field := range o.names() {
			if m := o.fields[field]; !m.maybe {
				if why := m.shape.misfitAt(t.Elem(), at+"."+field, append(seen, t)); why != "" {
					return why
				}
			}
		}
	case o.kind == objectShape && t.Kind() == reflect.Struct:
		for _, field := range document.FieldNames(t) {
			ft, always, _ := document.FieldType(t, field)
			m, ok := o.fields[field]
			if !ok {
				if o.open || !always || ft.Kind() == reflect.Pointer || ft.Kind() == reflect.Interface || o.hasFold(field) {
					continue
				}
				why := fmt.Sprintf("%v wants %s, which nothing before writes", t, name(at+"."+field))
				if near := nearest(field, o.names()); near != "" {
					why += fmt.Sprintf("; there is %q", near)
				}
				return why
			}
			if why := m.shape.misfitAt(ft, at+"."+field, append(seen, t)); why != "" {
				return why
			}
		}
	}
	return ""
}

// hasFold tells whether encoding/json would find the field in another case.
func (s *shape) hasFold(name string) bool {
	for n := range s.fields {
		if strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}

func name(at string) string { return "$" + at }

func (s *shape) names() []string { return slices.Sorted(maps.Keys(s.fields)) }

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
		parts := make([]string, 0, len(s.fields)+1)
		for _, n := range s.names() {
			m := s.fields[n]
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
