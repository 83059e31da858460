package flow

import (
	"reflect"

	"github.com/flowstone-go/flow/internal/document"
)

// A value between nodes travels in a cell: a pointer to the Go value that a
// node gave. So it is boxed nowhere, and read in place as the JSON it means.

// cellOf gives a cell for a result: the spare one, if that is of the type.
func cellOf[T any](spare any) *T {
	if cell, ok := spare.(*T); ok {
		return cell
	}
	return new(T)
}

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
		out, err := borrowing[T](v)
		if err == nil {
			err = deepen(&out)
		}
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
// its JSON. An any is given as maps and slices of its own.
func convert[T any](v any) (T, error) {
	if t := reflect.TypeFor[T](); t.Kind() != reflect.Interface || t.NumMethod() > 0 {
		out, err := document.As[T](v)
		if err != nil {
			if _, broken := document.Encode(v); broken != nil {
				err = broken // it has no JSON to be read
			}
		}
		return out, err
	}
	var out T
	plain, err := document.Plain(v)
	if err == nil && plain != nil {
		reflect.ValueOf(&out).Elem().Set(reflect.ValueOf(plain))
	}
	return out, err
}

func abridged(data []byte) string {
	const most = 80
	if len(data) > most {
		return string(data[:most]) + "…"
	}
	return string(data)
}
