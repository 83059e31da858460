package document

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Encode writes a value as compact JSON: keys in their order (those of a Go
// map sorted), no HTML escaping.
func Encode(v any) ([]byte, error) { return Append(nil, v) }

// Append is [Encode] onto dst.
func Append(dst []byte, v any) ([]byte, error) { return appendValue(dst, v, 0) }

// Text is [Encode] as a string, for messages; of what can't be encoded it gives
// the type and the reason.
func Text(v any) string {
	b, err := Encode(v)
	if err != nil {
		return fmt.Sprintf("%T (%v)", v, err)
	}
	return string(b)
}

func appendValue(dst []byte, v any, depth int) ([]byte, error) {
	if depth > MaxDepth {
		return dst, errDeep
	}
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...), nil
	case bool:
		return strconv.AppendBool(dst, v), nil
	case string:
		return AppendString(dst, v), nil
	case float64:
		return appendFloat(dst, v), finite(v)
	case int:
		return strconv.AppendInt(dst, int64(v), 10), nil
	case json.Number:
		return appendNumber(dst, v)
	case failing:
		return dst, v.err
	case []any:
		if v == nil {
			return append(dst, "null"...), nil
		}
		return appendArray(dst, v, depth)
	case *Object:
		if v == nil {
			return append(dst, "null"...), nil
		}
		return appendObject(dst, v, depth)
	case map[string]any:
		if v == nil {
			return append(dst, "null"...), nil
		}
		return appendMap(dst, v, depth)
	}
	r, c, out := look(v)
	if c == nil {
		return appendValue(dst, out, depth)
	}
	return appendGuest(dst, r, c, depth)
}

func finite(f float64) error {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return fmt.Errorf("JSON has no number %v", f)
	}
	return nil
}

func appendNumber(dst []byte, n json.Number) ([]byte, error) {
	switch {
	case n == "":
		return append(dst, '0'), nil // as encoding/json has it
	case !validNumber(string(n)):
		return dst, fmt.Errorf("JSON has no number %q", abridge(string(n)))
	}
	return append(dst, n...), nil
}

// appendGuest writes a struct, map, slice or array.
func appendGuest(dst []byte, r reflect.Value, c *class, depth int) (_ []byte, err error) {
	if c.kind == Array {
		dst = append(dst, '[')
		for i := range r.Len() {
			if i > 0 {
				dst = append(dst, ',')
			}
			if dst, err = appendReflected(dst, r.Index(i), depth+1); err != nil {
				return dst, err
			}
		}
		return append(dst, ']'), nil
	}
	dst = append(dst, '{')
	start := len(dst)
	if c.plan == nil {
		for _, e := range sorted(r, c) {
			if len(dst) > start {
				dst = append(dst, ',')
			}
			dst = append(AppendString(dst, e.key), ':')
			if dst, err = appendReflected(dst, e.value, depth+1); err != nil {
				return dst, err
			}
		}
		return append(dst, '}'), nil
	}
	for i := range c.plan.fields {
		f := &c.plan.fields[i]
		r, ok := f.find(r)
		if !ok {
			continue
		}
		if len(dst) > start {
			dst = append(dst, ',')
		}
		dst = append(dst, f.prefix...)
		before := len(dst)
		if dst, err = appendReflected(dst, r, depth+1); err != nil {
			return dst, err
		}
		if f.quoted && string(dst[before:]) != "null" {
			dst = AppendString(dst[:before], string(dst[before:]))
		}
	}
	return append(dst, '}'), nil
}

func appendReflected(dst []byte, r reflect.Value, depth int) ([]byte, error) {
	if depth > MaxDepth {
		return dst, errDeep
	}
	switch r.Kind() { // the commonest, without an interface
	case reflect.String:
		if c := classOf(r.Type()); !c.writes && !c.writesBehind && r.Type() != numberType {
			return AppendString(dst, r.String()), nil
		}
	case reflect.Int, reflect.Int64:
		if c := classOf(r.Type()); !c.writes && !c.writesBehind {
			return strconv.AppendInt(dst, r.Int(), 10), nil
		}
	}
	r, c, out := lookAt(r)
	if c == nil {
		return appendValue(dst, out, depth)
	}
	return appendGuest(dst, r, c, depth)
}

func appendArray(dst []byte, list []any, depth int) (_ []byte, err error) {
	dst = append(dst, '[')
	for i, e := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = appendValue(dst, e, depth+1); err != nil {
			return dst, err
		}
	}
	return append(dst, ']'), nil
}

func appendObject(dst []byte, o *Object, depth int) (_ []byte, err error) {
	dst = append(dst, '{')
	for i := range o.fields {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(AppendString(dst, o.fields[i].Key), ':')
		if dst, err = appendValue(dst, o.fields[i].Value, depth+1); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

func appendMap(dst []byte, m map[string]any, depth int) (_ []byte, err error) {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	dst = append(dst, '{')
	for i, k := range keys {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(AppendString(dst, k), ':')
		if dst, err = appendValue(dst, m[k], depth+1); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

// appendFloat writes a number as ECMAScript and encoding/json do.
func appendFloat(dst []byte, f float64) []byte {
	abs := math.Abs(f)
	if abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		dst = strconv.AppendFloat(dst, f, 'e', -1, 64)
		if n := len(dst); n >= 4 && dst[n-4] == 'e' && dst[n-3] == '-' && dst[n-2] == '0' {
			dst[n-2] = dst[n-1] // e-09 to e-9
			dst = dst[:n-1]
		}
		return dst
	}
	return strconv.AppendFloat(dst, f, 'f', -1, 64)
}

const hexDigits = "0123456789abcdef"

// AppendString writes s as a JSON string; bytes that are no UTF-8 become
// U+FFFD.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(append(dst, s[start:i]...), "\ufffd"...)
				start = i + 1
			}
			i += size
			continue
		}
		dst = append(dst, s[start:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		case '\b':
			dst = append(dst, '\\', 'b')
		case '\f':
			dst = append(dst, '\\', 'f')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		start = i
	}
	return append(append(dst, s[start:]...), '"')
}
