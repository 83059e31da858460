package jsonata

import (
	"errors"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/flowstone-go/flow/internal/document"
)

// Function is the result of an expression that gives a function, which has no
// JSON. In the StepFunctions dialect it is also the result of one that gives
// an array or object with a function in it; else the Function stands there.
type Function struct{}

// MarshalJSON fails.
func (Function) MarshalJSON() ([]byte, error) { return nil, errors.New("a function has no JSON") }

// exportMode says what becomes of what JSON does not have.
type exportMode uint8

const (
	exportResult  exportMode = iota // functions become a Function
	exportMessage                   // functions become an empty string, as in the texts of errors
)

// export turns the value of the evaluation into a document value in canonical
// form. What it shares between places counts once for each of them.
func (ev *evaluator) export(v value) (any, error) {
	ev.out = exporter{mode: exportResult, room: ev.room, halves: ev.expr.halves}
	out, err := ev.out.value(v, 0)
	if err == nil && ev.out.function && ev.expr.opts.Dialect == StepFunctions {
		return Function{}, nil
	}
	return out, err
}

type exporter struct {
	mode exportMode
	room int64 // bytes left

	halves   bool // strings may hold halves of surrogate pairs
	function bool // there was a function
}

func (x *exporter) take(n int64) error {
	if x.room -= n; x.room < 0 {
		return tooLarge()
	}
	return nil
}

func (x *exporter) value(v value, depth int) (any, error) {
	if depth > document.MaxDepth {
		return nil, tooDeep()
	}
	if err := x.take(itemBytes); err != nil {
		return nil, err
	}
	switch v.kind {
	case null:
		return nil, nil //nolint:nilnil // JSON null
	case boolean:
		return v.num != 0, nil
	case number:
		if f := v.num; v.ref != nil && f-f == 0 && f != 0 {
			return v.ref, nil
		}
		return exportNumber(v.num), nil
	case text:
		if x.halves {
			return whole(v.str()), nil
		}
		return v.ref, nil
	case array:
		return x.array(v, depth)
	case object:
		return x.object(v, depth)
	case function:
		if x.mode == exportMessage {
			return "", nil
		}
		x.function = true
		return Function{}, nil
	case tuples:
		st, _ := v.ref.(*stream)
		return x.value(unwrap(st.values(), false), depth)
	}
	return Undefined, nil
}

// whole replaces halves of surrogate pairs by U+FFFD.
func whole(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var out strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 && s[i] == 0xED && i+3 <= len(s) {
			n = 3
		}
		out.WriteRune(r)
		i += n
	}
	return out.String()
}

// exportNumber gives infinities by name, as the service does: JSON has none.
func exportNumber(f float64) any {
	switch {
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case f != f:
		return "NaN"
	case f == 0:
		return float64(0) // no negative zero
	}
	return f
}

func (x *exporter) array(v value, depth int) (any, error) {
	if items, ok := v.ref.([]any); ok {
		out, _, err := x.slice(items, depth)
		return out, err
	}
	n := length(v)
	if int64(n) > x.room/itemBytes {
		return nil, tooLarge()
	}
	out := make([]any, n)
	for i := range n {
		e, err := x.value(item(v, i), depth+1)
		if err != nil {
			return nil, err
		}
		if e != Undefined {
			out[i] = e
		}
	}
	return out, nil
}

func (x *exporter) object(v value, depth int) (any, error) {
	if o, ok := v.ref.(*document.Object); ok {
		out, _, err := x.fields(o, depth)
		return out, err
	}
	return x.guest(v, depth)
}

// guest reads an object that is a Go map or struct.
func (x *exporter) guest(v value, depth int) (any, error) {
	if document.KindOf(v.ref) != document.ObjectKind { // no JSON: let encoding say why
		_, err := document.Encode(v.ref)
		if err == nil {
			err = errors.New("value has no JSON")
		}
		return nil, err
	}
	out := document.NewObject(size(v))
	for k, m := range document.Entries(v.ref) {
		e, err := x.value(valueOf(m), depth+1)
		if err != nil {
			return nil, err
		}
		if e != Undefined {
			out.Set(k, e)
		}
	}
	return out, nil
}

// slice gives an array of a document as it is, or a copy where something
// below it is not in canonical form.
func (x *exporter) slice(items []any, depth int) (_ []any, changed bool, _ error) {
	out := items
	for i, e := range items {
		c, fresh, err := x.any(e, depth+1)
		if err != nil {
			return nil, false, err
		}
		if !fresh {
			continue
		}
		if !changed {
			out, changed = append([]any(nil), items...), true
		}
		out[i] = c
	}
	return out, changed, nil
}

// fields is slice for an object.
func (x *exporter) fields(o *document.Object, depth int) (_ *document.Object, changed bool, _ error) {
	out := o
	for i := range o.Len() {
		f := o.At(i)
		c, fresh, err := x.any(f.Value, depth+1)
		if err != nil {
			return nil, false, err
		}
		if !fresh {
			continue
		}
		if !changed {
			out, changed = o.Copy(0), true
		}
		out.Set(f.Key, c)
	}
	return out, changed, nil
}

// any exports what stands in an array or object; changed tells that the
// result is another value.
func (x *exporter) any(a any, depth int) (_ any, changed bool, _ error) {
	if err := x.take(itemBytes); err != nil {
		return nil, false, err
	}
	switch r := a.(type) {
	case nil, bool:
		return a, false, nil
	case string:
		if x.halves {
			return whole(r), true, nil
		}
		return a, false, nil
	case float64:
		if r-r == 0 && (r != 0 || !math.Signbit(r)) {
			return a, false, nil
		}
	case *document.Object:
		if depth > document.MaxDepth {
			return nil, false, tooDeep()
		}
		if r != nil {
			return x.fields(r, depth)
		}
	case []any:
		if depth > document.MaxDepth {
			return nil, false, tooDeep()
		}
		if r != nil {
			return x.slice(r, depth)
		}
	}
	out, err := x.value(valueOf(a), depth)
	if out == Undefined {
		out = nil
	}
	return out, true, err
}
