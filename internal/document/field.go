package document

import "reflect"

// FieldAt gives the JSON path, without the leading dot, of the field of struct
// type t that lies at an offset and has type ft; fields of nested structs are
// found too, but not those behind pointers. ok is false where there is none
// that has a place in the JSON.
func FieldAt(t reflect.Type, offset uintptr, ft reflect.Type) (path string, ok bool) {
	p := planOf(t)
	for i := range p.fields {
		f := &p.fields[i]
		at, sf, ok := offsetOf(t, f.index)
		if !ok || offset < at || offset >= at+max(sf.Size(), 1) {
			continue
		}
		if offset == at && sf == ft {
			return f.name, true
		}
		if sf.Kind() == reflect.Struct {
			if below, ok := FieldAt(sf, offset-at, ft); ok {
				return f.name + "." + below, true
			}
		}
	}
	return "", false
}

func offsetOf(t reflect.Type, index []int) (offset uintptr, ft reflect.Type, ok bool) {
	for _, x := range index {
		if t.Kind() != reflect.Struct {
			return 0, nil, false // embedded by pointer
		}
		f := t.Field(x)
		offset += f.Offset
		t = f.Type
	}
	return offset, t, true
}

// FieldIndex gives the index, for reflect's FieldByIndex, of the field of
// struct type t that lies at a path of JSON names, if structs alone lie on the
// way and the JSON of each is that of its fields. It is nil where it does not.
func FieldIndex(t reflect.Type, names []string) []int {
	var index []int
	for _, name := range names {
		if t.Kind() != reflect.Struct || writesItself(t) || writesItself(reflect.PointerTo(t)) {
			return nil
		}
		f, ok := planOf(t).byName[name]
		if !ok || f.quoted {
			return nil
		}
		_, ft, ok := offsetOf(t, f.index)
		if !ok {
			return nil
		}
		index = append(index, f.index...)
		t = ft
	}
	return index
}

// FieldType gives the type of the member of struct type t with a JSON name.
// always tells that its JSON has it in every case.
func FieldType(t reflect.Type, name string) (ft reflect.Type, always, ok bool) {
	f, ok := planOf(t).byName[name]
	if !ok {
		return nil, false, false
	}
	always = !f.omitEmpty && f.omitZero == nil
	for _, x := range f.index {
		for t.Kind() == reflect.Pointer {
			t, always = t.Elem(), false
		}
		t = t.Field(x).Type
	}
	if f.quoted {
		t = reflect.TypeFor[string]()
	}
	return t, always, true
}

// FieldNames gives the JSON names of the members of struct type t, in order.
func FieldNames(t reflect.Type) []string {
	p := planOf(t)
	names := make([]string, len(p.fields))
	for i := range p.fields {
		names[i] = p.fields[i].name
	}
	return names
}

// WritesItself tells that values of type t make their own JSON, so that their
// fields say nothing about it.
func WritesItself(t reflect.Type) bool {
	return writesItself(t) || writesItself(reflect.PointerTo(t))
}
