package document

import "reflect"

// StructField is a field of a Go struct as encoding/json sees it.
type StructField struct {
	Name     string // in JSON
	Type     reflect.Type
	Tag      reflect.StructTag
	Optional bool // it may be left out: by omitempty, omitzero, or behind an embedded pointer
	Quoted   bool // its JSON stands in a string, by the option "string"
}

// StructFields are the fields of a struct type in their order, with embedding
// and precedence resolved as encoding/json does.
func StructFields(t reflect.Type) []StructField {
	p := planOf(t)
	fields := make([]StructField, len(p.fields))
	for i := range p.fields {
		f := &p.fields[i]
		at, optional := t, f.omitEmpty || f.omitZero != nil
		for _, x := range f.index[:len(f.index)-1] {
			if at = at.Field(x).Type; at.Kind() == reflect.Pointer {
				at, optional = at.Elem(), true
			}
		}
		sf := at.Field(f.index[len(f.index)-1])
		fields[i] = StructField{Name: f.name, Type: sf.Type, Tag: sf.Tag, Optional: optional, Quoted: f.quoted}
	}
	return fields
}

// ZeroMember gives the zero value of a member that a Go struct has but whose
// JSON leaves it out while it is empty. ok is false where v is no struct that is
// read by its fields, or has no such member.
func ZeroMember(v any, key string) (zero any, ok bool) {
	v, canonical := Resolve(v)
	if canonical {
		return nil, false
	}
	r := reflect.ValueOf(v)
	for r.Kind() == reflect.Pointer && !r.IsNil() {
		r = r.Elem()
	}
	if r.Kind() != reflect.Struct || r.Type() == objectType.Elem() {
		return nil, false
	}
	t, _, ok := FieldType(r.Type(), key)
	if !ok {
		return nil, false
	}
	return reflect.Zero(t).Interface(), true
}
