package document

import (
	"encoding/json"
	"math"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// look follows pointers and interfaces to what decides v's JSON. A struct, map,
// slice or array is given as r, with its class c; all else as out: a value in
// canonical form, or a failing one. c is nil then.
func look(v any) (r reflect.Value, c *class, out any) {
	switch v := v.(type) {
	case nil, bool, string, float64, json.Number, failing:
		return reflect.Value{}, nil, v
	case int:
		return reflect.Value{}, nil, integer(int64(v))
	case *float64: // the cells of what tasks give most
		if v == nil {
			return reflect.Value{}, nil, nil
		}
		return reflect.Value{}, nil, *v
	case *string:
		if v == nil {
			return reflect.Value{}, nil, nil
		}
		return reflect.Value{}, nil, validUTF8(*v)
	case *Object:
		if v == nil {
			return reflect.Value{}, nil, nil
		}
		return reflect.Value{}, nil, v
	case []any:
		if v == nil {
			return reflect.Value{}, nil, nil
		}
		return reflect.Value{}, nil, v
	}
	return lookAt(reflect.ValueOf(v))
}

// certainly gives what v is in canonical form, where that is seen at once: of a
// truth value and of a number that has JSON. Members of objects are this more
// often than anything else.
func certainly(v any) (out any, ok bool) {
	switch x := v.(type) {
	case bool:
		return v, true
	case float64:
		return v, x-x == 0 // neither infinite nor no number
	case *float64:
		if x != nil && *x-*x == 0 {
			return *x, true
		}
	}
	return nil, false
}

// maxPointers is how many pointers to pointers are followed; a type can point
// to itself.
const maxPointers = 100

func lookAt(r reflect.Value) (_ reflect.Value, c *class, out any) {
	c = classOf(r.Type())
	for range maxPointers {
		kind := r.Kind()
		pointer := kind == reflect.Pointer || kind == reflect.Interface
		if pointer {
			if r.IsNil() {
				return reflect.Value{}, nil, nil
			}
			if r.Type() == objectType {
				return reflect.Value{}, nil, r.Interface()
			}
		}
		switch {
		case !c.writes && c.writesBehind && r.CanAddr():
			return reflect.Value{}, nil, encodeOnce(r.Addr().Interface())
		case c.once && (c.writes || !nilContainer(r)):
			return reflect.Value{}, nil, encodeOnce(r.Interface())
		case !pointer:
			return lookAtPlain(r, c)
		case kind == reflect.Pointer:
			c = c.behind(r.Type())
			r = r.Elem()
		default:
			r = r.Elem()
			c = classOf(r.Type())
		}
	}
	return reflect.Value{}, nil, failing{errDeep}
}

// nilContainer tells of a nil slice or map: it is null, whatever it would hold.
func nilContainer(r reflect.Value) bool {
	return (r.Kind() == reflect.Slice || r.Kind() == reflect.Map) && r.IsNil()
}

func lookAtPlain(r reflect.Value, c *class) (reflect.Value, *class, any) {
	var out any
	switch r.Kind() {
	case reflect.Bool:
		out = r.Bool()
	case reflect.String:
		if r.Type() == numberType {
			out = json.Number(r.String())
		} else {
			out = validUTF8(r.String())
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		out = integer(r.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		if u := r.Uint(); u > 1<<53 {
			out = json.Number(strconv.FormatUint(u, 10))
		} else {
			out = float64(u)
		}
	case reflect.Float32:
		f := r.Float()
		if !math.IsNaN(f) && !math.IsInf(f, 0) {
			f, _ = strconv.ParseFloat(strconv.FormatFloat(f, 'g', -1, 32), 64)
		}
		out = f
	case reflect.Float64:
		out = r.Float()
	default:
		switch {
		case nilContainer(r):
			return reflect.Value{}, nil, nil
		case c.kind == Invalid:
			return reflect.Value{}, nil, failing{&json.UnsupportedTypeError{Type: r.Type()}}
		}
		return r, c, nil
	}
	return reflect.Value{}, nil, out
}

// validUTF8 puts U+FFFD in the place of each byte that is no UTF-8, as
// encoding does.
func validUTF8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		b.WriteRune(r)
	}
	return b.String()
}

// integer keeps an integer exact: as a float64 where that prints the same.
func integer(i int64) any {
	if i >= -(1<<53) && i <= 1<<53 {
		if i >= 0 && i < int64(len(smallNumbers)) {
			return smallNumbers[i]
		}
		return float64(i)
	}
	return json.Number(strconv.FormatInt(i, 10))
}

func encodeOnce(v any) any {
	data, err := marshal(v)
	if err != nil {
		return failing{err}
	}
	out, err := Decode(data)
	if err != nil {
		return failing{err}
	}
	return out
}

// failing stands for a guest that has no JSON, or whose marshaler failed: it
// is of no kind, has no members, and encoding it gives the error.
type failing struct{ err error }

// MarshalJSON gives the error that was met.
func (f failing) MarshalJSON() ([]byte, error) { return nil, f.err }

// reveal gives the value behind r for passing on: scalars in canonical form;
// containers keep their address where they have one, so that nothing is
// copied and pointer marshalers below are found.
func reveal(r reflect.Value) any {
	r, c, out := lookAt(r)
	switch {
	case c == nil:
		return out
	case r.CanAddr():
		return r.Addr().Interface()
	}
	return r.Interface()
}
