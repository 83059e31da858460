package document

import (
	"encoding/json"
	"iter"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
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
	case *map[string]any:
		if v != nil {
			m, ok := (*v)[key]
			return m, ok
		}
	case nil, bool, string, float64, json.Number, []any:
		return nil, false
	}
	r, c, out := look(v)
	switch {
	case c == nil:
		o, _ := out.(*Object)
		return o.Get(key)
	case c.plan != nil:
		f, ok := c.plan.byName[key]
		if !ok {
			return nil, false
		}
		if r, ok = f.find(r); !ok {
			return nil, false
		}
		return f.read(r), true
	case c.kind == ObjectKind:
		k, ok := keyValue(key, r.Type().Key())
		if !ok {
			return nil, false
		}
		if r = r.MapIndex(k); !r.IsValid() {
			return nil, false
		}
		return reveal(r), true
	}
	return nil, false
}

// keyValue gives the key of a Go map that has this name in JSON.
func keyValue(name string, t reflect.Type) (k reflect.Value, ok bool) {
	k = reflect.New(t).Elem()
	switch {
	case t.Kind() == reflect.String:
		k.SetString(name)
		return k, true
	case k.CanInt():
		i, err := strconv.ParseInt(name, 10, 64)
		if err != nil || k.OverflowInt(i) || strconv.FormatInt(i, 10) != name {
			return k, false
		}
		k.SetInt(i)
		return k, true
	}
	u, err := strconv.ParseUint(name, 10, 64)
	if err != nil || k.OverflowUint(u) || strconv.FormatUint(u, 10) != name {
		return k, false
	}
	k.SetUint(u)
	return k, true
}

// keyName gives the name in JSON of a Go map's key.
func keyName(k reflect.Value) string {
	switch {
	case k.Kind() == reflect.String:
		return validUTF8(k.String())
	case k.CanInt():
		return strconv.FormatInt(k.Int(), 10)
	}
	return strconv.FormatUint(k.Uint(), 10)
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
	case *map[string]any:
		if v != nil {
			return len(*v)
		}
	case nil, bool, string, float64, json.Number:
		return 0
	}
	r, c, out := look(v)
	switch {
	case c == nil && (KindOf(out) == Array || KindOf(out) == ObjectKind):
		return Len(out)
	case c == nil:
		return 0
	case c.plan == nil:
		return r.Len()
	}
	n := 0
	for i := range c.plan.fields {
		if _, ok := c.plan.fields[i].find(r); ok {
			n++
		}
	}
	return n
}

// Index gives the element of an array at a place from 0 on. ok is false where
// v is no array or has no such place.
func Index(v any, i int) (any, bool) {
	list, ok := v.([]any)
	if !ok {
		r, c, out := look(v)
		if c != nil {
			if c.kind != Array || i < 0 || i >= r.Len() {
				return nil, false
			}
			return reveal(r.Index(i)), true
		}
		list, _ = out.([]any)
	}
	if i < 0 || i >= len(list) {
		return nil, false
	}
	return list[i], true
}

// Elements ranges over an array; over nothing where v is none.
func Elements(v any) iter.Seq[any] {
	return func(yield func(any) bool) {
		list, ok := v.([]any)
		if !ok {
			r, c, out := look(v)
			if c != nil && c.kind == Array {
				for i := range r.Len() {
					if !yield(reveal(r.Index(i))) {
						return
					}
				}
				return
			}
			list, _ = out.([]any)
		}
		for _, e := range list {
			if !yield(e) {
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
		return byKey(v)
	case *map[string]any:
		if v != nil {
			return byKey(*v)
		}
	case nil, bool, string, float64, json.Number, []any:
		return func(func(string, any) bool) {}
	}
	r, c, out := look(v)
	if c == nil {
		o, _ := out.(*Object)
		return o.All()
	}
	return func(yield func(string, any) bool) {
		if c.plan == nil {
			for _, e := range sorted(r, c) {
				if !yield(e.key, reveal(e.value)) {
					return
				}
			}
			return
		}
		for i := range c.plan.fields {
			f := &c.plan.fields[i]
			if r, ok := f.find(r); ok && !yield(f.name, f.read(r)) {
				return
			}
		}
	}
}

// byKey ranges over a map sorted by key.
func byKey(m map[string]any) iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		keys := make([]string, 0, len(m))
		for k := range m {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			if !yield(validUTF8(k), m[k]) {
				return
			}
		}
	}
}

type entry struct {
	key   string
	value reflect.Value
}

// sorted gives the entries of a map; of anything else none.
func sorted(r reflect.Value, c *class) []entry {
	if c.kind != ObjectKind {
		return nil
	}
	entries := make([]entry, 0, r.Len())
	for it := r.MapRange(); it.Next(); {
		entries = append(entries, entry{keyName(it.Key()), it.Value()})
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.key, b.key) })
	return entries
}

// Float gives the number that v is, as a float64. ok is false where v is no
// number. A number beyond the range of a float64 is infinite.
func Float(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int:
		return float64(v), true
	case json.Number:
		if v == "" {
			return 0, true
		}
		f, err := strconv.ParseFloat(string(v), 64)
		return f, err == nil || math.IsInf(f, 0)
	case nil, bool, string, []any, *Object, map[string]any:
		return 0, false
	}
	_, _, out := look(v)
	switch out.(type) {
	case float64, json.Number:
		return Float(out)
	}
	return 0, false
}

// Integer gives the number that v is, if it is a whole one that an int64
// holds: 3, 3.0 and 3e2 are, 1.5 is not.
func Integer(v any) (int64, bool) {
	switch n := v.(type) {
	case float64:
		return wholeFloat(n)
	case int:
		return int64(n), true
	case json.Number:
		return wholeText(string(n))
	case nil, bool, string, []any, *Object, map[string]any:
		return 0, false
	}
	_, _, out := look(v)
	switch n := out.(type) {
	case float64:
		return wholeFloat(n)
	case json.Number:
		return wholeText(string(n))
	}
	return 0, false
}

func wholeFloat(f float64) (int64, bool) {
	if f != math.Trunc(f) || f < -(1<<63) || f >= 1<<63 {
		return 0, false
	}
	return int64(f), true
}

// wholeText reads the exact value, without going through a float64.
func wholeText(text string) (int64, bool) {
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return i, true
	}
	digits, ok := wholeDigits(text)
	if !ok {
		return 0, false
	}
	i, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, false
	}
	return i, true
}

// wholeDigits writes a whole number of up to 20 digits out.
func wholeDigits(text string) (string, bool) {
	d, ok := decimalOf(json.Number(text))
	switch {
	case !ok || d.exponent > 20 || d.exponent < int64(len(d.digits)):
		return "", false
	case d.digits == "":
		return "0", true
	}
	digits := d.digits + strings.Repeat("0", int(d.exponent)-len(d.digits))
	if d.negative {
		digits = "-" + digits
	}
	return digits, true
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
	_, _, out := look(v)
	s, ok := out.(string)
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
	_, _, out := look(v)
	b, ok := out.(bool)
	return b, ok
}
