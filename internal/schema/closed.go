package schema

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
)

// bounds are the keywords that providers refuse who compile a schema into a
// grammar, with how they are said in words instead.
var bounds = []struct{ keyword, words string }{
	{"minimum", "at least %s"},
	{"maximum", "at most %s"},
	{"exclusiveMinimum", "more than %s"},
	{"exclusiveMaximum", "less than %s"},
	{"multipleOf", "a multiple of %s"},
	{"minLength", "at least %s characters"},
	{"maxLength", "at most %s characters"},
	{"minItems", "at least %s elements"},
	{"maxItems", "at most %s elements"},
	{"minProperties", "at least %s members"},
	{"maxProperties", "at most %s members"},
}

// Closed gives [Schema.Strict] in the form for providers that take no bounds on
// numbers, lengths and counts: those are said in the descriptions, and are for
// [Schema.Check] to hold. ok is false where there is no strict form, and for a
// type that holds itself, which such providers refuse too.
func (s *Schema) Closed() (text json.RawMessage, ok bool) {
	root, ok := strict(s.root)
	if !ok || s.recursive() {
		return nil, false
	}
	text, err := document.Encode(unbounded(root))
	return text, err == nil
}

// unbounded gives a schema without bounds. Schemas from strict hold others only
// where this looks for them.
func unbounded(node any) any {
	o, ok := node.(*document.Object)
	if !ok {
		return node
	}
	out := o.Copy(1)
	var said []string
	for _, b := range bounds {
		if v, ok := o.Get(b.keyword); ok {
			said = append(said, fmt.Sprintf(b.words, document.Text(v)))
			out.Delete(b.keyword)
		}
	}
	if len(said) > 0 {
		text := strings.Join(said, ", ")
		if d, ok := stringAt(o, "description"); ok {
			text = d + " (" + text + ")"
		}
		out.Set("description", text)
	}
	if v, ok := o.Get("items"); ok {
		out.Set("items", unbounded(v))
	}
	if v, ok := o.Get("anyOf"); ok {
		list := []any{}
		for e := range document.Elements(v) {
			list = append(list, unbounded(e))
		}
		out.Set("anyOf", list)
	}
	for _, key := range []string{"properties", "$defs"} {
		v, ok := o.Get(key)
		if !ok {
			continue
		}
		members := document.NewObject(document.Len(v))
		for name, e := range document.Entries(v) {
			members.Set(name, unbounded(e))
		}
		out.Set(key, members)
	}
	return out
}

// recursive tells that a reference leads back to a schema that holds it.
func (s *Schema) recursive() bool {
	var open []*document.Object
	var walk func(node any) bool
	walk = func(node any) bool {
		o, ok := node.(*document.Object)
		if !ok {
			return false
		}
		if slices.Contains(open, o) {
			return true
		}
		open = append(open, o)
		defer func() { open = open[:len(open)-1] }()
		if ref, ok := stringAt(o, "$ref"); ok {
			if target, ok := s.resolve(ref); ok && walk(target) {
				return true
			}
		}
		return slices.ContainsFunc(within(o, slices.Concat(sameOne, one), slices.Concat(sameList, inList), []string{"properties"}), walk)
	}
	return walk(s.root)
}
