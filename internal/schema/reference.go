package schema

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
)

// Where schemas stand within a schema: as the value of a keyword, in a list, or
// as the members of an object. The first ones of each are about the same value
// as the schema they stand in.
var (
	sameOne  = []string{"not", "if", "then", "else"}
	sameList = []string{"allOf", "anyOf", "oneOf"}
	sameMap  = []string{"dependentSchemas", "dependencies"}
	one      = []string{"items", "additionalItems", "unevaluatedItems", "contains", "additionalProperties", "unevaluatedProperties", "propertyNames", "contentSchema"}
	inList   = []string{"prefixItems", "items"}
	inMap    = []string{"properties", "patternProperties", "$defs", "definitions"}
)

// children are the schemas that stand directly within one.
func children(o *document.Object) []any {
	return append(about(o), within(o, one, inList, inMap)...)
}

// about are those of the children that are about the same value.
func about(o *document.Object) []any { return within(o, sameOne, sameList, sameMap) }

func within(o *document.Object, one, inList, inMap []string) []any {
	var found []any
	for _, key := range one {
		if v, ok := o.Get(key); ok {
			found = append(found, v)
		}
	}
	for _, key := range inList {
		v, _ := o.Get(key)
		for e := range document.Elements(v) {
			found = append(found, e)
		}
	}
	for _, key := range inMap {
		v, _ := o.Get(key)
		for _, e := range document.Entries(v) {
			found = append(found, e)
		}
	}
	return found
}

// checkReferences finds references that cannot be followed, and such as lead
// back to themselves without a step into the value: checking would not end.
func (s *Schema) checkReferences() error {
	done := map[*document.Object]bool{} // false while on the way
	var follow func(node any) error
	follow = func(node any) error {
		o, ok := node.(*document.Object)
		if !ok {
			return nil
		}
		if finished, seen := done[o]; finished {
			return nil
		} else if seen {
			return errors.New("it refers to itself without end")
		}
		done[o] = false
		next := about(o)
		if ref, ok := stringAt(o, "$ref"); ok {
			target, ok := s.resolve(ref)
			if !ok {
				return fmt.Errorf("$ref %q leads nowhere in this schema", ref)
			}
			next = append(next, target)
		}
		for _, n := range next {
			if err := follow(n); err != nil {
				return err
			}
		}
		done[o] = true
		return nil
	}
	var every func(node any) error
	every = func(node any) error {
		o, ok := node.(*document.Object)
		if !ok {
			return nil
		}
		for _, key := range []string{"$dynamicRef", "$recursiveRef"} {
			if _, ok := o.Get(key); ok {
				return fmt.Errorf("%s is not supported", key)
			}
		}
		if _, ok := o.Get("$id"); ok && node != s.root {
			return errors.New("$id within a schema is not supported")
		}
		if err := follow(o); err != nil {
			return err
		}
		for _, child := range children(o) {
			if err := every(child); err != nil {
				return err
			}
		}
		return nil
	}
	return every(s.root)
}

// resolve follows a reference within the schema: "#", or a JSON pointer behind
// it.
func (s *Schema) resolve(ref string) (any, bool) {
	pointer, ok := strings.CutPrefix(ref, "#")
	if !ok || (pointer != "" && pointer[0] != '/') {
		return nil, false
	}
	if pointer == "" {
		return s.root, true
	}
	at := s.root
	for token := range strings.SplitSeq(pointer[1:], "/") {
		token = strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
		next, ok := document.Member(at, token)
		if !ok {
			i, err := strconv.Atoi(token)
			if err != nil {
				return nil, false
			}
			if next, ok = document.Index(at, i); !ok {
				return nil, false
			}
		}
		at = next
	}
	return at, true
}
