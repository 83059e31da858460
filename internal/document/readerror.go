package document

import (
	"fmt"
	"reflect"
)

// ReadError says that a value can't be read as a Go type.
type ReadError struct {
	Path  string // where in the value: $.items[2].price
	Value string // the JSON there, cut short
	Type  reflect.Type
	Err   error // more than that it is of another kind, where there is more to say
}

// Error gives the path, the value and the type.
func (e *ReadError) Error() string {
	text := fmt.Sprintf("%s: %s is no %v", e.Path, e.Value, e.Type)
	if e.Err != nil {
		return text + ": " + e.Err.Error()
	}
	if wanted := form(e.Type); wanted != "" {
		text += ", which is " + wanted
	}
	return text
}

// form is what the values of a type are in JSON; empty for those whose name says
// it, and for those that say themselves how they are read.
func form(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch p := reflect.PointerTo(t); {
	case t == objectType.Elem():
		return "an object"
	case t == numberType:
		return "a number"
	case p.Implements(unmarshalerType), p.Implements(textUnmarshalerType):
		return ""
	case t.PkgPath() == "" && t.Name() != "": // int, string…
		return ""
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a string"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "a whole number"
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return "a whole number from 0 on"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Slice, reflect.Array:
		if t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8 {
			return "a string in base64"
		}
		return "an array"
	case reflect.Map, reflect.Struct:
		return "an object"
	}
	return ""
}

// Unwrap gives what there is more to say.
func (e *ReadError) Unwrap() error { return e.Err }
