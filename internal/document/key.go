package document

import (
	"slices"
	"strconv"
	"strings"
)

// Key gives a text that is the same for two values exactly if they are
// [Equal]: to find equal ones without comparing each with each. The error is
// that of a value without JSON.
func Key(v any) (string, error) {
	b, err := appendKey(nil, v, 0)
	return string(b), err
}

func appendKey(dst []byte, v any, depth int) (_ []byte, err error) {
	if depth > MaxDepth {
		return dst, errDeep
	}
	switch kind := KindOf(v); kind {
	case Number:
		return appendNumberKey(dst, v), nil
	case Array:
		dst = append(dst, '[')
		for e := range Elements(v) {
			if dst, err = appendKey(dst, e, depth+1); err != nil {
				return dst, err
			}
			dst = append(dst, ',')
		}
		return append(dst, ']'), nil
	case ObjectKind:
		fields := make([]Field, 0, Len(v))
		for key, e := range Entries(v) {
			fields = append(fields, Field{key, e})
		}
		slices.SortFunc(fields, func(a, b Field) int { return strings.Compare(a.Key, b.Key) })
		dst = append(dst, '{')
		for _, f := range fields {
			dst = append(AppendString(dst, f.Key), ':')
			if dst, err = appendKey(dst, f.Value, depth+1); err != nil {
				return dst, err
			}
			dst = append(dst, ',')
		}
		return append(dst, '}'), nil
	case Invalid:
		return dst, invalid(v)
	default:
		v, _ = Resolve(v)
		return appendValue(dst, v, depth)
	}
}

// appendNumberKey writes the digits and the exponent, so that 1.0 and 1 are one.
func appendNumberKey(dst []byte, v any) []byte {
	d, ok := decimalOf(v)
	if !ok {
		return append(dst, "NaN"...)
	}
	if d.negative {
		dst = append(dst, '-')
	}
	dst = append(append(dst, d.digits...), 'e')
	return strconv.AppendInt(dst, d.exponent, 10)
}
