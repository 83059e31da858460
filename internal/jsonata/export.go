package jsonata

import (
	"errors"
	"math"

	"github.com/flowstone-go/flow/internal/document"
)

// Function is the result of an expression that gives a function. It has no
// JSON.
type Function struct{}

// MarshalJSON fails.
func (Function) MarshalJSON() ([]byte, error) { return nil, errors.New("a function has no JSON") }

// exportMode says what becomes of what JSON does not have.
type exportMode uint8

const (
	exportResult  exportMode = iota // functions become a Function
	exportMessage                   // functions become an empty string, as in the texts of errors
)

// export turns a value into a document value in canonical form.
func export(v value, mode exportMode) (any, error) { return exporter{mode}.value(v, 0) }

type exporter struct{ mode exportMode }

func (x exporter) value(v value, depth int) (any, error) {
	if depth > document.MaxDepth {
		return nil, tooDeep()
	}
	switch v.kind {
	case null:
		return nil, nil //nolint:nilnil // JSON null
	case boolean:
		return v.num != 0, nil
	case number:
		return exportNumber(v.num), nil
	case text:
		return v.ref, nil
	case array:
		return x.array(v, depth)
	case object:
		return x.object(v, depth)
	case function:
		if x.mode == exportMessage {
			return "", nil
		}
		return Function{}, nil
	case tuples:
		st, _ := v.ref.(*stream)
		return x.value(unwrap(st.values(), false), depth)
	}
	return Undefined, nil
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

func (x exporter) array(v value, depth int) (any, error) {
	if items, ok := v.ref.([]any); ok && x.clean(items, depth) {
		return items, nil
	}
	n := length(v)
	out := make([]any, 0, n)
	for i := range n {
		e, err := x.value(item(v, i), depth+1)
		if err != nil {
			return nil, err
		}
		if e == Undefined {
			e = nil
		}
		out = append(out, e)
	}
	return out, nil
}

func (x exporter) object(v value, depth int) (any, error) {
	if o, ok := v.ref.(*document.Object); ok && x.cleanObject(o, depth) {
		return o, nil
	}
	switch document.KindOf(v.ref) {
	case document.ObjectKind:
	default: // no JSON: let encoding say why
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

// clean tells that a document value is canonical already and holds nothing
// that only an evaluation knows.
func (x exporter) clean(items []any, depth int) bool {
	for _, e := range items {
		if !x.isClean(e, depth+1) {
			return false
		}
	}
	return true
}

func (x exporter) cleanObject(o *document.Object, depth int) bool {
	for i := range o.Len() {
		if !x.isClean(o.At(i).Value, depth+1) {
			return false
		}
	}
	return true
}

func (x exporter) isClean(a any, depth int) bool {
	if depth > document.MaxDepth {
		return false
	}
	switch a := a.(type) {
	case nil, bool, string:
		return true
	case float64:
		return a-a == 0 && (a != 0 || !math.Signbit(a))
	case *document.Object:
		return a != nil && x.cleanObject(a, depth)
	case []any:
		return a != nil && x.clean(a, depth)
	}
	return false
}
