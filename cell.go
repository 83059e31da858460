package flow

import (
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/flowstone-go/flow/internal/document"
)

// A value between nodes travels in a cell: a pointer to the Go value that a
// node gave. So it is boxed nowhere, and read in place as the JSON it means.

// reader makes a T of a cell, or of any document value.
type reader[T any] func(v any) (T, error)

// owning gives the reader for a function that may do with its argument what
// it likes: nothing of it is shared.
func owning[T any]() reader[T] {
	deepen := document.Copier[T]()
	if deepen == nil {
		return borrowing[T]
	}
	return func(v any) (T, error) {
		p, ok := v.(*T)
		if !ok || p == nil {
			return convert[T](v)
		}
		out := *p
		err := deepen(&out)
		return out, err
	}
}

// borrowing reads for whoever changes nothing, or what nobody else will read.
func borrowing[T any](v any) (T, error) {
	if p, ok := v.(*T); ok && p != nil {
		return *p, nil
	}
	return convert[T](v)
}

// convert makes a T of a value of another form: what encoding/json makes of
// its JSON.
func convert[T any](v any) (T, error) {
	var out T
	t := reflect.TypeFor[T]()
	if t.Kind() == reflect.Interface {
		if t.NumMethod() == 0 {
			plain, err := document.Plain(v)
			if err != nil {
				return out, err
			}
			if plain != nil {
				reflect.ValueOf(&out).Elem().Set(reflect.ValueOf(plain))
			}
			return out, nil
		}
	}
	if scalar[T](v, &out) {
		return out, nil
	}
	data, err := document.Encode(v)
	if err != nil {
		return out, err
	}
	if err := json.Unmarshal(data, &out); err != nil {
		return out, fmt.Errorf("%s is no %v: %w", abridged(data), t, err)
	}
	return out, nil
}

// scalar makes the commonest conversions without text.
func scalar[T any](v any, out *T) bool {
	switch out := any(out).(type) {
	case *string:
		if s, ok := document.Str(v); ok {
			*out = s
			return true
		}
	case *bool:
		if b, ok := document.Boolean(v); ok {
			*out = b
			return true
		}
	case *float64:
		if f, ok := document.Float(v); ok {
			*out = f
			return true
		}
	case *int:
		if i, ok := document.Integer(v); ok && int64(int(i)) == i {
			*out = int(i)
			return true
		}
	case *int64:
		if i, ok := document.Integer(v); ok {
			*out = i
			return true
		}
	}
	return false
}

func abridged(data []byte) string {
	const most = 80
	if len(data) > most {
		return string(data[:most]) + "…"
	}
	return string(data)
}
