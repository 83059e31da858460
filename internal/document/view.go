package document

import (
	"encoding"
	"encoding/json"
	"iter"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
)

// Member gives the member of an object by its JSON name. ok is false where v
// is no object or has no such member (an omitempty field that is empty
// counts as absent).
func Member(v any, key string) (any, bool) {
	switch v := v.(type) {
	case *Object:
		return v.Get(key)
	case map[string]any:
		m, ok := v[key]
		return m, ok
	case nil, bool, string, float64, json.Number, []any:
		return nil, false
	}
	v, canonical := Resolve(v)
	if canonical {
		o, _ := v.(*Object)
		return o.Get(key)
	}
	if o, ok := v.(*Object); ok {
		return o.Get(key)
	}
	return guestMember(indirect(v), key)
}

func guestMember(r reflect.Value, key string) (any, bool) {
	switch r.Kind() {
	case reflect.Struct:
		f, ok := planOf(r.Type()).byName[key]
		if !ok {
			return nil, false
		}
		return f.read(r)
	case reflect.Map:
		for name, v := range guestEntries(r) {
			if name == key {
				return v, true
			}
		}
	}
	return nil, false
}

// Len is the number of elements of an array or members of an object, else 0.
func Len(v any) int {
	switch v := v.(type) {
	case []any:
		return len(v)
	case *Object:
		return v.Len()
	case map[string]any:
		return len(v)
	case nil, bool, string, float64, json.Number:
		return 0
	}
	v, canonical := Resolve(v)
	switch v := v.(type) {
	case []any, *Object:
		return Len(v)
	}
	if canonical {
		return 0
	}
	r := indirect(v)
	switch r.Kind() {
	case reflect.Struct:
		n := 0
		for range guestEntries(r) {
			n++
		}
		return n
	case reflect.Map, reflect.Slice, reflect.Array:
		return r.Len()
	}
	return 0
}

// Index gives the element of an array at a place from 0 on. ok is false where
// v is no array or has no such place.
func Index(v any, i int) (any, bool) {
	if list, ok := v.([]any); ok {
		if i < 0 || i >= len(list) {
			return nil, false
		}
		return list[i], true
	}
	v, canonical := Resolve(v)
	if list, ok := v.([]any); ok {
		return Index(list, i)
	}
	if canonical {
		return nil, false
	}
	r := indirect(v)
	if (r.Kind() != reflect.Slice && r.Kind() != reflect.Array) || i < 0 || i >= r.Len() {
		return nil, false
	}
	return hold(r.Index(i)), true
}

// Elements ranges over an array; over nothing where v is none.
func Elements(v any) iter.Seq[any] {
	return func(yield func(any) bool) {
		if list, ok := v.([]any); ok {
			for _, e := range list {
				if !yield(e) {
					return
				}
			}
			return
		}
		resolved, _ := Resolve(v)
		for i := range Len(resolved) {
			e, ok := Index(resolved, i)
			if !ok || !yield(e) {
				return
			}
		}
	}
}

// Entries ranges over the members of an object: an [Object] in its order, a
// struct in the order of its fields, a map sorted by key; over nothing where v
// is no object.
func Entries(v any) iter.Seq2[string, any] {
	switch v := v.(type) {
	case *Object:
		return v.All()
	case map[string]any:
		return func(yield func(string, any) bool) {
			for _, k := range slices.Sorted(maps.Keys(v)) {
				if !yield(k, v[k]) {
					return
				}
			}
		}
	case nil, bool, string, float64, json.Number, []any:
		return func(func(string, any) bool) {}
	}
	resolved, canonical := Resolve(v)
	if o, ok := resolved.(*Object); ok {
		return o.All()
	}
	if canonical {
		return func(func(string, any) bool) {}
	}
	return guestEntries(indirect(resolved))
}

func guestEntries(r reflect.Value) iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		switch r.Kind() {
		case reflect.Struct:
			for _, f := range planOf(r.Type()).fields {
				if v, ok := f.read(r); ok && !yield(f.name, v) {
					return
				}
			}
		case reflect.Map:
			type entry struct {
				key string
				v   reflect.Value
			}
			entries := make([]entry, 0, r.Len())
			for it := r.MapRange(); it.Next(); {
				entries = append(entries, entry{mapKey(it.Key()), it.Value()})
			}
			slices.SortFunc(entries, func(a, b entry) int { return compare(a.key, b.key) })
			for _, e := range entries {
				if !yield(e.key, hold(e.v)) {
					return
				}
			}
		}
	}
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func mapKey(k reflect.Value) string {
	if m, ok := reflect.TypeAssert[encoding.TextMarshaler](k); ok && k.Kind() != reflect.String {
		text, _ := m.MarshalText()
		return string(text)
	}
	switch k.Kind() {
	case reflect.String:
		return k.String()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(k.Int(), 10)
	}
	if k.CanUint() {
		return strconv.FormatUint(k.Uint(), 10)
	}
	return ""
}

func indirect(v any) reflect.Value {
	r := reflect.ValueOf(v)
	for r.Kind() == reflect.Pointer && !r.IsNil() {
		r = r.Elem()
	}
	return r
}

// hold gives the value behind r, scalars in canonical form; containers keep
// their address where they have one, so that nothing is copied.
func hold(r reflect.Value) any {
	v, _ := resolveGuest(r)
	return v
}

// Float gives the number that v is, as a float64. ok is false where v is no
// number.
func Float(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int:
		return float64(v), true
	case json.Number:
		f, err := strconv.ParseFloat(string(v), 64)
		return f, err == nil || math.IsInf(f, 0)
	case nil, bool, string, []any, *Object, map[string]any:
		return 0, false
	}
	v, canonical := Resolve(v)
	if !canonical {
		return 0, false
	}
	return Float(v)
}

// Integer gives the number that v is, if it is a whole one that an int64
// holds: 3, 3.0 and 3e2 are, 1.5 is not.
func Integer(v any) (int64, bool) {
	if n, ok := v.(json.Number); ok {
		if i, err := strconv.ParseInt(string(n), 10, 64); err == nil {
			return i, true
		}
	}
	f, ok := Float(v)
	if !ok || f != math.Trunc(f) || math.Abs(f) >= 1<<63 {
		return 0, false
	}
	return int64(f), true
}

// Str gives the string that v is.
func Str(v any) (string, bool) {
	if s, ok := v.(string); ok {
		return s, true
	}
	switch v.(type) {
	case nil, bool, float64, json.Number, []any, *Object, map[string]any:
		return "", false
	}
	v, _ = Resolve(v)
	s, ok := v.(string)
	return s, ok
}

// Boolean gives the boolean that v is.
func Boolean(v any) (value, ok bool) {
	if b, ok := v.(bool); ok {
		return b, true
	}
	switch v.(type) {
	case nil, string, float64, json.Number, []any, *Object, map[string]any:
		return false, false
	}
	v, _ = Resolve(v)
	b, ok := v.(bool)
	return b, ok
}
