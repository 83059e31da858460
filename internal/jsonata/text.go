package jsonata

import (
	"math"
	"strconv"

	"github.com/flowstone-go/flow/internal/document"
)

// text is the language's cast to string; nothing becomes "".
func (ev *evaluator) text(v value) (string, error) {
	switch v.kind {
	case text:
		return v.str(), nil
	case undefined, function:
		return "", nil
	case number:
		if isInfinite(v.num) {
			return "", dynamicValue("D3001", v)
		}
		var buf [32]byte
		return string(ev.appendNumber(buf[:0], v.num)), nil
	case boolean:
		return strconv.FormatBool(v.num != 0), nil
	case null:
		return "null", nil
	}
	return ev.json(v, false)
}

func (ev *evaluator) json(v value, pretty bool) (string, error) {
	out, err := ev.appendJSON(nil, v, pretty, 0)
	return string(out), err
}

// appendNumber writes a number with the 15 digits that the language keeps;
// since 2.1 integers keep all of theirs.
func (ev *evaluator) appendNumber(dst []byte, f float64) []byte {
	whole := f == math.Trunc(f)
	if whole && math.Abs(f) < 1e15 {
		return strconv.AppendInt(dst, int64(f), 10)
	}
	if !whole || !ev.expr.opts.newer() {
		f, _ = strconv.ParseFloat(strconv.FormatFloat(f, 'e', 14, 64), 64)
	}
	dst, _ = document.Append(dst, f)
	return dst
}

func (ev *evaluator) appendJSON(dst []byte, v value, pretty bool, depth int) ([]byte, error) {
	if depth > document.MaxDepth {
		return dst, tooDeep()
	}
	if len(dst) > 1<<16 { // grown large: look at the bound before going on
		if err := ev.checkText(len(dst)); err != nil {
			return dst, err
		}
	}
	switch v.kind {
	case number:
		if isInfinite(v.num) {
			return dst, dynamicValue("D1001", v)
		}
		return ev.appendNumber(dst, v.num), nil
	case boolean:
		return strconv.AppendBool(dst, v.num != 0), nil
	case text:
		return document.AppendString(dst, v.str()), nil
	case function:
		return append(dst, `""`...), nil
	case array:
		return ev.appendArray(dst, v, pretty, depth)
	case object:
		return ev.appendObject(dst, v, pretty, depth)
	}
	return append(dst, "null"...), nil
}

func (ev *evaluator) appendArray(dst []byte, v value, pretty bool, depth int) (_ []byte, err error) {
	n := length(v)
	dst = append(dst, '[')
	for i := range n {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = newline(dst, pretty, depth+1)
		if dst, err = ev.appendJSON(dst, item(v, i), pretty, depth+1); err != nil {
			return dst, err
		}
	}
	if n > 0 {
		dst = newline(dst, pretty, depth)
	}
	return append(dst, ']'), nil
}

func (ev *evaluator) appendObject(dst []byte, v value, pretty bool, depth int) (_ []byte, err error) {
	dst = append(dst, '{')
	some := false
	for k, m := range document.Entries(v.ref) {
		if some {
			dst = append(dst, ',')
		}
		some = true
		dst = newline(dst, pretty, depth+1)
		dst = append(document.AppendString(dst, k), ':')
		if pretty {
			dst = append(dst, ' ')
		}
		if dst, err = ev.appendJSON(dst, valueOf(m), pretty, depth+1); err != nil {
			return dst, err
		}
	}
	if some {
		dst = newline(dst, pretty, depth)
	}
	return append(dst, '}'), nil
}

func newline(dst []byte, pretty bool, depth int) []byte {
	if !pretty {
		return dst
	}
	dst = append(dst, '\n')
	for range depth {
		dst = append(dst, ' ', ' ')
	}
	return dst
}

// checkText fails if a string so long may not be made.
func (ev *evaluator) checkText(n int) error {
	if int64(n) > ev.room || int64(n)*charBytes > ev.expr.opts.Limits.Value {
		return ev.take(math.MaxInt64 / 2)
	}
	return nil
}
