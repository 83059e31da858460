package bedrock

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	smithydocument "github.com/aws/smithy-go/document"
)

// plain turns a value of the SDK into the JSON value that stands for it on the wire: fields in lower camel case, unset ones left
// out, a union as an object with its one member, bytes as base64, documents as their own JSON. Traces and assessments, which the
// service may extend at any time and nobody reads in a hurry, reach the user this way without a line of code for each field.
func plain(v any) (any, error) { return plainValue(reflect.ValueOf(v)) }

// shape decodes plain(v) into a type of ours, whose JSON names are those of the wire.
func shape[T any](v any) (T, error) {
	var out T
	p, err := plain(v)
	if err != nil {
		return out, err
	}
	data, err := json.Marshal(p)
	if err != nil {
		return out, err
	}
	err = json.Unmarshal(data, &out)
	return out, err
}

type documentMarshaler interface{ MarshalSmithyDocument() ([]byte, error) }

func plainValue(v reflect.Value) (any, error) {
	if !v.IsValid() {
		return nil, nil
	}
	if v.CanInterface() {
		switch x := v.Interface().(type) {
		case documentMarshaler:
			return plainDocument(x)
		case time.Time:
			return x.Format(time.RFC3339Nano), nil
		case []byte:
			return base64.StdEncoding.EncodeToString(x), nil
		}
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil, nil
		}
		return plainValue(v.Elem())
	case reflect.Struct:
		return plainStruct(v)
	case reflect.Slice:
		out := make([]any, v.Len())
		for i := range out {
			item, err := plainValue(v.Index(i))
			if err != nil {
				return nil, err
			}
			out[i] = item
		}
		return out, nil
	case reflect.Map:
		out := make(map[string]any, v.Len())
		for it := v.MapRange(); it.Next(); {
			item, err := plainValue(it.Value())
			if err != nil {
				return nil, err
			}
			out[it.Key().String()] = item
		}
		return out, nil
	case reflect.String:
		return v.String(), nil
	case reflect.Bool:
		return v.Bool(), nil
	default:
		return v.Interface(), nil
	}
}

func plainStruct(v reflect.Value) (any, error) {
	out := map[string]any{}
	if member, ok := unionMember(v.Type()); ok {
		item, err := plainValue(v.FieldByName("Value"))
		out[member] = item
		return out, err
	}
	for field, value := range v.Fields() {
		if !field.IsExported() || field.Name == "ResultMetadata" || unset(value) {
			continue
		}
		item, err := plainValue(value)
		if err != nil {
			return nil, err
		}
		out[wireName(field.Name)] = item
	}
	return out, nil
}

// unionMember gives the wire name of the member that a type such as FooMemberBar holds.
func unionMember(t reflect.Type) (string, bool) {
	_, member, ok := strings.Cut(t.Name(), "Member")
	// The agent runtime names a union itself InvocationInputMember, so that its members read InvocationInputMemberMember….
	member = strings.TrimPrefix(member, "Member")
	if _, has := t.FieldByName("Value"); !ok || !has || member == "" {
		return "", false
	}
	return wireName(member), true
}

func unset(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface, reflect.Slice, reflect.Map:
		return v.IsNil()
	case reflect.String:
		return v.Len() == 0
	default:
		return false
	}
}

// wireName lowers the first letter of a field's Go name, which is all that the SDK changed.
func wireName(name string) string {
	r, n := utf8.DecodeRuneInString(name)
	return string(unicode.ToLower(r)) + name[n:]
}

func plainDocument(d documentMarshaler) (any, error) {
	data, err := d.MarshalSmithyDocument()
	if err != nil {
		return nil, fmt.Errorf("read a document: %w", err)
	}
	dec := json.NewDecoder(strings.NewReader(string(data)))
	dec.UseNumber()
	var out any
	if err := dec.Decode(&out); err != nil {
		return nil, fmt.Errorf("read a document: %w", err)
	}
	return out, nil
}

// lazy prepares a value for the SDK's documents, which know neither json tags nor json.Number: it goes through its JSON, and
// numbers keep their text.
func lazy(v any) (any, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(strings.NewReader(string(data)))
	dec.UseNumber()
	var out any
	if err := dec.Decode(&out); err != nil {
		return nil, err
	}
	return numbers(out), nil
}

func numbers(v any) any {
	switch x := v.(type) {
	case json.Number:
		return smithydocument.Number(x)
	case []any:
		for i, item := range x {
			x[i] = numbers(item)
		}
	case map[string]any:
		for name, item := range x {
			x[name] = numbers(item)
		}
	}
	return v
}
