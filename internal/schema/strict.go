package schema

import (
	"encoding/json"
	"slices"

	"github.com/flowstone-go/flow/internal/document"
)

// Strict gives the schema in the form that providers ask for who hold a model
// to it while it writes: every property is required, and what was optional may
// be null instead; nothing stands beside a $ref. ok is false where the schema
// has no such form, since it has maps or free values.
func (s *Schema) Strict() (text json.RawMessage, ok bool) {
	root, ok := strict(s.root)
	if !ok {
		return nil, false
	}
	text, err := document.Encode(root)
	return text, err == nil
}

func strict(node any) (any, bool) {
	o, isObject := node.(*document.Object)
	if !isObject || o.Len() == 0 {
		return nil, false
	}
	if ref, ok := o.Get("$ref"); ok {
		d, described := o.Get("description")
		switch {
		case described && o.Len() == 2:
			return object("description", d, "anyOf", []any{object("$ref", ref)}), true
		case o.Len() > 1:
			if _, ok := o.Get("$defs"); !ok {
				return nil, false
			}
		}
	}
	out := o.Copy(0)
	for key, v := range o.All() {
		switch key {
		case "properties", "additionalProperties", "required", "type":
			continue // below
		case "items":
			s, ok := strict(v)
			if !ok {
				return nil, false
			}
			out.Set(key, s)
		case "anyOf":
			list := []any{}
			for e := range document.Elements(v) {
				s, ok := strict(e)
				if !ok {
					return nil, false
				}
				list = append(list, s)
			}
			out.Set(key, list)
		case "$defs":
			defs, ok := strictMembers(v)
			if !ok {
				return nil, false
			}
			out.Set(key, defs)
		case "allOf", "oneOf", "not", "if", "then", "else", "patternProperties", "prefixItems", "dependentSchemas":
			return nil, false
		}
	}
	if allowsObject(o) {
		return strictObject(o, out)
	}
	return out, true
}

func strictMembers(v any) (*document.Object, bool) {
	out := document.NewObject(document.Len(v))
	for name, member := range document.Entries(v) {
		s, ok := strict(member)
		if !ok {
			return nil, false
		}
		out.Set(name, s)
	}
	return out, true
}

// allowsObject tells that values of the schema can be objects.
func allowsObject(o *document.Object) bool {
	switch kind, _ := o.Get("type"); kind := kind.(type) {
	case string:
		return kind == "object"
	case []any:
		return slices.Contains(kind, any("object"))
	}
	return false
}

func strictObject(o, out *document.Object) (any, bool) {
	if closed, ok := o.Get("additionalProperties"); !ok || closed != false {
		return nil, false
	}
	v, _ := o.Get("properties")
	properties, ok := strictMembers(v)
	if !ok {
		return nil, false
	}
	list, _ := o.Get("required")
	required, _ := list.([]any)
	names := []any{}
	for name, s := range properties.All() {
		names = append(names, name)
		if member, ok := s.(*document.Object); ok && !slices.Contains(required, any(name)) {
			properties.Set(name, nullable(member))
		}
	}
	out.Set("properties", properties)
	out.Set("required", names)
	return out, true
}
