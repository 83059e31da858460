// Package document holds the values that travel between the states of a
// workflow.
//
// A document means its JSON. The canonical form, which [Decode] gives, is
//
//	null     nil
//	boolean  bool
//	number   float64, or json.Number where a float64 would not print the same text (0.0, 1e2, 2^53+1)
//	string   string
//	array    []any
//	object   *Object, its keys in order
//
// Every other Go value is a guest: it stands for the JSON that encoding/json
// would make of it, and is read in place by [KindOf], [Member], [Index],
// [Entries] without converting the whole of it first. Values in circulation
// are never changed; what changes a document copies the nodes on the way.
package document

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
)

// Kind is what a value is in JSON.
type Kind uint8

// The kinds. Invalid is a value that has no JSON: a function, a channel, a
// complex number.
const (
	Invalid Kind = iota
	Null
	Bool
	Number
	String
	Array
	ObjectKind
)

// String gives the name by which JSON speaks of the kind.
func (k Kind) String() string {
	return [...]string{"invalid", "null", "boolean", "number", "string", "array", "object"}[k]
}

// KindOf tells what v is in JSON. A guest is looked at, not converted, unless
// it writes its own JSON (json.Marshaler, encoding.TextMarshaler).
func KindOf(v any) Kind {
	switch v := v.(type) {
	case nil:
		return Null
	case bool:
		return Bool
	case float64, json.Number, int, int64:
		return Number
	case string:
		return String
	case []any:
		return Array
	case *Object:
		if v == nil {
			return Null
		}
		return ObjectKind
	case map[string]any:
		if v == nil {
			return Null
		}
		return ObjectKind
	}
	v, canonical := Resolve(v)
	if canonical {
		return KindOf(v)
	}
	return kindOfGuest(indirect(v))
}

func kindOfGuest(r reflect.Value) Kind {
	switch r.Kind() {
	case reflect.Map, reflect.Slice:
		switch {
		case r.IsNil():
			return Null
		case r.Kind() == reflect.Map:
			return ObjectKind
		}
		return Array
	case reflect.Struct:
		return ObjectKind
	case reflect.Array:
		return Array
	}
	return Invalid
}

// Resolve strips a guest down to the value that decides its JSON: pointers and
// interfaces are followed, scalars of named types become their canonical
// scalar, and what writes its own JSON is encoded once. canonical tells that
// the result is in canonical form throughout; otherwise it is a struct, map,
// slice or array that [Member], [Index] and [Entries] read in place.
func Resolve(v any) (resolved any, canonical bool) {
	switch v := v.(type) {
	case nil, bool, float64, json.Number, string:
		return v, true
	case *Object:
		if v == nil {
			return nil, true
		}
		return v, false
	case []any:
		if v == nil {
			return nil, true
		}
		return v, false
	case map[string]any:
		if v == nil {
			return nil, true
		}
		return v, false
	case int:
		return integer(int64(v)), true
	}
	return resolveGuest(reflect.ValueOf(v))
}

func resolveGuest(r reflect.Value) (any, bool) {
	for {
		if r.Kind() == reflect.Pointer || r.Kind() == reflect.Interface {
			if r.IsNil() {
				return nil, true
			}
		}
		if r.Type() == objectType {
			return Resolve(r.Interface())
		}
		if writesItself(r.Type()) {
			return encodeOnce(r.Interface())
		}
		if r.CanAddr() && writesItself(reflect.PointerTo(r.Type())) {
			return encodeOnce(r.Addr().Interface())
		}
		if r.Kind() != reflect.Pointer && r.Kind() != reflect.Interface {
			break
		}
		r = r.Elem()
	}
	switch r.Kind() {
	case reflect.Bool:
		return r.Bool(), true
	case reflect.String:
		if r.Type() == numberType {
			return r.Interface(), true
		}
		return r.String(), true
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return integer(r.Int()), true
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		if u := r.Uint(); u > 1<<53 {
			return json.Number(strconv.FormatUint(u, 10)), true
		}
		return float64(r.Uint()), true
	case reflect.Float32:
		f, _ := strconv.ParseFloat(strconv.FormatFloat(r.Float(), 'g', -1, 32), 64)
		return f, true
	case reflect.Float64:
		return r.Float(), true
	case reflect.Slice:
		if r.IsNil() {
			return nil, true
		}
		if r.Type().Elem().Kind() == reflect.Uint8 && !writesItself(reflect.PointerTo(r.Type().Elem())) {
			return encodeOnce(r.Interface()) // base64, as encoding/json has it
		}
	case reflect.Map:
		if r.IsNil() {
			return nil, true
		}
	}
	if !r.CanInterface() {
		return nil, false
	}
	if r.CanAddr() { // keep the address, so that pointer marshalers below are found
		return r.Addr().Interface(), false
	}
	return r.Interface(), false
}

// integer keeps an integer exact: as a float64 where that prints the same.
func integer(i int64) any {
	if i >= -(1<<53) && i <= 1<<53 {
		return float64(i)
	}
	return json.Number(strconv.FormatInt(i, 10))
}

var (
	objectType = reflect.TypeFor[*Object]()
	numberType = reflect.TypeFor[json.Number]()
	jsonType   = reflect.TypeFor[json.Marshaler]()
	textType   = reflect.TypeFor[encoding.TextMarshaler]()
)

func writesItself(t reflect.Type) bool {
	return t.Kind() != reflect.Interface && (t.Implements(jsonType) || t.Implements(textType)) && t != objectType && t != numberType
}

func encodeOnce(v any) (any, bool) {
	data, err := json.Marshal(v)
	if err != nil {
		return failing{err}, false
	}
	out, err := Decode(data)
	if err != nil {
		return failing{err}, false
	}
	return out, true
}

// failing is a guest whose marshaler failed: it has no members, and encoding
// it gives the marshaler's error.
type failing struct{ err error }

// MarshalJSON gives the error that was met.
func (f failing) MarshalJSON() ([]byte, error) { return nil, f.err }

// errDeep is what every walk over a value ends with that is too deep or has a
// cycle.
var errDeep = fmt.Errorf("value is nested more than %d deep, or holds itself", MaxDepth)
