package flow

import (
	"reflect"
	"unsafe"

	"github.com/flowstone-go/flow/internal/document"
)

// shortcut is how a reference lies in one struct type, so that it is read
// without looking at names.
type shortcut struct {
	typ    reflect.Type // of a pointer to the struct
	index  []int        // for FieldByIndex; nil: there is no such field
	offset uintptr      // of the field
	field  any          // a nil pointer to the field's type
}

// inPlace gives the address of the T that r refers to, where doc is a pointer
// to a struct that holds one there; nil where it is not. Conditions are asked at
// every visit, and reflection's way to a field costs them more than all else
// they do. So this is the one place that computes with an address: offset and
// type are those that reflection found for the very type of doc.
func inPlace[T any](r *reference, doc any) *T {
	if r.source != fromDocument || r.hasOr { // an Or stands for a field that its JSON leaves out, too
		return nil
	}
	s := r.shortcut(doc)
	if s == nil {
		return nil
	}
	if _, same := s.field.(*T); !same {
		return nil
	}
	start := reflect.ValueOf(doc).UnsafePointer()
	if start == nil {
		return nil
	}
	return (*T)(unsafe.Add(start, s.offset))
}

// quick reads the reference where the document is a pointer to a struct in
// which it names fields of fields; the field's address is the value, so that
// nothing is boxed.
func (r *reference) quick(doc any) (any, bool) {
	s := r.shortcut(doc)
	if s == nil {
		return nil, false
	}
	v := reflect.ValueOf(doc)
	if v.IsNil() {
		return nil, false
	}
	if v = v.Elem(); len(s.index) == 1 {
		return v.Field(s.index[0]).Addr().Interface(), true // half the price of FieldByIndex
	}
	return v.FieldByIndex(s.index).Addr().Interface(), true
}

// shortcut gives how the reference lies in the struct that doc points to; nil
// where it does not.
func (r *reference) shortcut(doc any) *shortcut {
	t := reflect.TypeOf(doc)
	s := r.fields.Load()
	if s == nil || s.typ != t {
		if _, ok := doc.(*document.Object); ok || t == nil || t.Kind() != reflect.Pointer {
			return nil
		}
		s = r.shortcutIn(t)
		r.fields.Store(s)
	}
	if s.index == nil {
		return nil
	}
	return s
}

func (r *reference) shortcutIn(t reflect.Type) *shortcut {
	s := &shortcut{typ: t}
	steps, ok := r.path.Steps()
	if !ok || len(steps) == 0 {
		return s
	}
	names := make([]string, len(steps))
	for i, step := range steps {
		if step.IsIndex {
			return s
		}
		names[i] = step.Name
	}
	if s.index = document.FieldIndex(t.Elem(), names); s.index == nil {
		return s
	}
	at := t.Elem()
	for _, i := range s.index {
		f := at.Field(i)
		s.offset += f.Offset
		at = f.Type
	}
	s.field = reflect.Zero(reflect.PointerTo(at)).Interface()
	return s
}
