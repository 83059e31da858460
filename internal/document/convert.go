package document

import (
	"encoding/json"
	"fmt"
)

// Canonical gives v in canonical form throughout; a value that is canonical
// already is given back as it is.
func Canonical(v any) (any, error) { return canonical(v, 0) }

func canonical(v any, depth int) (any, error) {
	if depth > MaxDepth {
		return nil, errDeep
	}
	switch x := v.(type) { // v is given back where it is what it should be, in its box
	case string:
		if valid := validUTF8(x); valid != x {
			return valid, nil
		}
		return v, nil
	case nil, bool:
		return v, nil
	case float64:
		return v, finite(x)
	case json.Number:
		if x == "" || !validNumber(string(x)) {
			data, err := appendNumber(nil, x)
			if err != nil {
				return nil, err
			}
			return ParseNumber(string(data))
		}
		return v, nil
	case []any:
		return canonicalArray(x, depth)
	case *Object:
		return canonicalObject(x, depth)
	}
	data, err := appendValue(nil, v, depth)
	if err != nil {
		return nil, err
	}
	return Decode(data)
}

func canonicalArray(list []any, depth int) (any, error) {
	var out []any
	for i, e := range list {
		c, err := canonical(e, depth+1)
		if err != nil {
			return nil, err
		}
		if out == nil && !same(e, c) {
			out = append(make([]any, 0, len(list)), list[:i]...)
		}
		if out != nil {
			out = append(out, c)
		}
	}
	if out == nil {
		return list, nil
	}
	return out, nil
}

func canonicalObject(o *Object, depth int) (any, error) {
	if o == nil {
		return nil, nil //nolint:nilnil // JSON null
	}
	out := o
	for i := range o.fields {
		c, err := canonical(o.fields[i].Value, depth+1)
		if err != nil {
			return nil, err
		}
		if same(o.fields[i].Value, c) {
			continue
		}
		if out == o {
			out = o.Copy(0)
		}
		out.fields[i].Value = c
	}
	return out, nil
}

// same tells that canonical gave back the very value: those of scalars and
// containers that it does not rebuild.
func same(a, b any) bool {
	switch a := a.(type) {
	case nil, bool, float64:
		return true
	case string, json.Number:
		return a == b
	case *Object:
		o, ok := b.(*Object)
		return ok && o == a
	case []any:
		l, ok := b.([]any)
		return ok && len(l) == len(a) && (len(l) == 0 || &l[0] == &a[0])
	}
	return false
}

// Plain gives v for a user's function that takes any: canonical, but every
// object a map[string]any of its own, and every array a slice of its own.
func Plain(v any) (any, error) { return plain(v, 0) }

func plain(v any, depth int) (any, error) {
	if depth > MaxDepth {
		return nil, errDeep
	}
	if out, certain := certainly(v); certain {
		return out, nil
	}
	v, _ = Resolve(v)
	switch KindOf(v) {
	case Array:
		out := make([]any, 0, Len(v))
		for e := range Elements(v) {
			p, err := plain(e, depth+1)
			if err != nil {
				return nil, err
			}
			out = append(out, p)
		}
		return out, nil
	case ObjectKind:
		out := make(map[string]any, Len(v))
		for key, e := range Entries(v) {
			p, err := plain(e, depth+1)
			if err != nil {
				return nil, err
			}
			out[key] = p
		}
		return out, nil
	case Invalid:
		return nil, invalid(v)
	default:
		return canonical(v, depth)
	}
}

// invalid says why v has no JSON.
func invalid(v any) error {
	if _, err := Encode(v); err != nil {
		return err
	}
	return fmt.Errorf("%T has no JSON", v)
}

// Equal tells whether two values mean the same JSON: the order of keys does
// not matter, numbers are equal if their values are.
func Equal(a, b any) bool { return equal(a, b, 0) }

func equal(a, b any, depth int) bool {
	if depth > MaxDepth {
		return false
	}
	ka, kb := KindOf(a), KindOf(b)
	if ka != kb {
		return false
	}
	switch ka {
	case Null:
		return true
	case Bool:
		x, _ := Boolean(a)
		y, _ := Boolean(b)
		return x == y
	case String:
		x, _ := Str(a)
		y, _ := Str(b)
		return x == y
	case Number:
		return CompareNumbers(a, b) == 0
	case Array:
		n := Len(a)
		if n != Len(b) {
			return false
		}
		for i := range n {
			x, _ := Index(a, i)
			y, _ := Index(b, i)
			if !equal(x, y, depth+1) {
				return false
			}
		}
		return true
	case ObjectKind:
		if Len(a) != Len(b) {
			return false
		}
		for k, x := range Entries(a) {
			y, ok := Member(b, k)
			if !ok || !equal(x, y, depth+1) {
				return false
			}
		}
		return true
	case Invalid:
	}
	return false
}
