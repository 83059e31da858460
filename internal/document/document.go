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
	"encoding/json"
	"fmt"
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
		if v == nil {
			return Null
		}
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
	_, c, out := look(v)
	switch {
	case c != nil:
		return c.kind
	case out == nil:
		return Null
	}
	if _, bad := out.(failing); bad {
		return Invalid
	}
	return KindOf(out)
}

// Resolve strips a guest down to the value that decides its JSON: pointers and
// interfaces are followed, scalars of named types become their canonical
// scalar, and what writes its own JSON is encoded once. canonical tells that
// the result is in canonical form throughout; otherwise it is an object, array,
// map, slice or struct (or a pointer to one) that [Member], [Index] and
// [Entries] read in place, or something that has no JSON.
func Resolve(v any) (resolved any, canonical bool) {
	switch v := v.(type) {
	case nil, bool, float64, json.Number, string:
		return v, true
	case *Object, []any:
		if KindOf(v) == Null {
			return nil, true
		}
		return v, false
	}
	r, c, out := look(v)
	switch {
	case c == nil:
		_, bad := out.(failing)
		return out, !bad
	case r.CanAddr():
		return r.Addr().Interface(), false
	}
	return r.Interface(), false
}

// errDeep is what every walk over a value ends with that is too deep or has a
// cycle.
var errDeep = fmt.Errorf("value is nested more than %d deep, or holds itself", MaxDepth)
