// Package schema makes JSON schemas of Go types, for models to answer by, and
// checks answers against schemas with messages that a model can correct itself
// by.
//
// The schemas are those of draft 2020-12, in the part of it that providers
// understand: types, properties in the order of the struct's fields, required,
// additionalProperties, items, enum, $defs. A validating library stands behind
// schemas that come from elsewhere.
package schema

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/flowstone-go/flow/internal/document"
)

// Schema is a JSON schema. It is immutable.
type Schema struct {
	root     any // a document: an object or a boolean
	text     json.RawMessage
	patterns map[string]*regexp.Regexp
	wrapped  bool
	foreign  *jsonschema.Resolved // for a schema that was not made here
	multiple bool                 // foreign lacks multipleOf, which the library does not do exactly
}

// wrapKey is the member in which a value that is no object is wrapped.
const wrapKey = "value"

// For makes the schema of a Go type. Providers want an object at the top: a
// type of another kind is wrapped, see [Schema.Unwrap].
func For(t reflect.Type) (*Schema, error) {
	root, err := infer(t)
	if err != nil {
		return nil, err
	}
	s := &Schema{root: root}
	if !isObject(root) {
		s.wrapped = true
		if root, err = inferWrapped(t); err != nil {
			return nil, err
		}
		s.root = root
	}
	return s, s.prepare()
}

func isObject(root *document.Object) bool {
	kind, _ := root.Get("type")
	return kind == "object"
}

// Parse reads a schema that was written elsewhere. References are JSON pointers
// within the schema; others, and such as lead back to themselves without end,
// are errors.
func Parse(text []byte) (*Schema, error) {
	root, err := document.Decode(text)
	if err != nil {
		return nil, fmt.Errorf("JSON schema: %w", err)
	}
	s := &Schema{root: root}
	simple, err := document.Encode(s.withoutMultiples(root))
	if err != nil {
		return nil, err
	}
	var parsed jsonschema.Schema
	if err := json.Unmarshal(simple, &parsed); err != nil {
		return nil, fmt.Errorf("JSON schema: %w", err)
	}
	if err := s.checkReferences(); err != nil {
		return nil, fmt.Errorf("JSON schema: %w", err)
	}
	if s.foreign, err = parsed.Resolve(nil); err != nil {
		return nil, fmt.Errorf("JSON schema: %w", err)
	}
	return s, s.prepare()
}

// withoutMultiples gives a schema without the keyword multipleOf.
func (s *Schema) withoutMultiples(node any) any {
	switch node := node.(type) {
	case []any:
		list := make([]any, len(node))
		for i, e := range node {
			list[i] = s.withoutMultiples(e)
		}
		return list
	case *document.Object:
		o := node.Copy(0)
		for key, v := range node.All() {
			switch key {
			case "enum", "const", "default", "examples":
				if document.KindOf(v) != document.ObjectKind { // else it may be a property of that name
					continue
				}
			case "multipleOf":
				if document.KindOf(v) == document.Number {
					s.multiple = true
					o.Delete(key)
					continue
				}
			}
			o.Set(key, s.withoutMultiples(v))
		}
		return o
	}
	return node
}

// prepare compiles what checking needs.
func (s *Schema) prepare() error {
	text, err := document.Encode(s.root)
	if err != nil {
		return err
	}
	s.text, s.patterns = text, map[string]*regexp.Regexp{}
	return s.compilePatterns(s.root)
}

func (s *Schema) compilePatterns(node any) error {
	o, ok := node.(*document.Object)
	if !ok {
		return nil
	}
	if pattern, ok := stringAt(o, "pattern"); ok {
		re, err := regexp.Compile(pattern)
		if err != nil {
			return fmt.Errorf("JSON schema: %w", err)
		}
		s.patterns[pattern] = re
	}
	for _, child := range children(o) {
		if err := s.compilePatterns(child); err != nil {
			return err
		}
	}
	return nil
}

// JSON is the schema as text.
func (s *Schema) JSON() json.RawMessage { return s.text }

// Wrapped tells that values stand in the member "value" of an object, since the
// type is none itself.
func (s *Schema) Wrapped() bool { return s.wrapped }

// Unwrap gives the value of a checked answer.
func (s *Schema) Unwrap(v any) any {
	if s.wrapped {
		v, _ = document.Member(v, wrapKey)
	}
	return v
}

func stringAt(o *document.Object, key string) (string, bool) {
	v, _ := o.Get(key)
	text, ok := v.(string)
	return text, ok
}
