package schema

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
)

// tags are what the tags of a field say about its schema:
//
//	`description:"What it means"`
//	`enum:"a,b,c"`
//	`jsonschema:"What it means"`
//	`jsonschema:"description=What it means,enum=a,enum=b,minimum=1,maximum=10"`
//
// A jsonschema tag is a description unless it begins with WORD= (or is the word
// required). A comma in a value is written \, there. An enum on a slice or map
// is one of its elements.
type tags struct {
	description string
	enum        []string
	numbers     map[string]string // keyword to number
	texts       map[string]string // keyword to text
	required    *bool
}

// numeric and textual are the keywords of a jsonschema tag.
var (
	numeric = map[string]bool{
		"minimum": true, "maximum": true, "exclusiveMinimum": true, "exclusiveMaximum": true, "multipleOf": true,
		"minLength": true, "maxLength": true, "minItems": true, "maxItems": true, "minProperties": true, "maxProperties": true,
	}
	textual = map[string]bool{"title": true, "pattern": true, "format": true}
	keyed   = regexp.MustCompile(`^[A-Za-z]+=`)
)

func readTags(tag reflect.StructTag) (tags, error) {
	t := tags{numbers: map[string]string{}, texts: map[string]string{}, description: tag.Get("description")}
	if list, ok := tag.Lookup("enum"); ok {
		t.enum = splitCommas(list)
	}
	text := tag.Get("jsonschema")
	switch {
	case text == "":
		return t, nil
	case text != "required" && !keyed.MatchString(text):
		t.description = text
		return t, nil
	}
	for _, item := range splitCommas(text) {
		key, value, hasValue := strings.Cut(item, "=")
		switch {
		case key == "required" && !hasValue:
			t.required = new(true)
		case key == "description" && hasValue:
			t.description = value
		case key == "enum" && hasValue:
			t.enum = append(t.enum, value)
		case numeric[key] && hasValue:
			t.numbers[key] = value
		case textual[key] && hasValue:
			t.texts[key] = value
		default:
			return t, fmt.Errorf("jsonschema tag: %q is not known; a comma in a text is written \\\\,", item)
		}
	}
	return t, nil
}

// splitCommas splits at commas that have no backslash before them.
func splitCommas(text string) []string {
	var items []string
	var item strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text) && text[i+1] == ',':
			i++
			item.WriteByte(',')
		case text[i] == ',':
			items = append(items, item.String())
			item.Reset()
		default:
			item.WriteByte(text[i])
		}
	}
	return append(items, item.String())
}

// apply adds what the tags say to a schema.
func (t tags) apply(s *document.Object) error {
	if len(t.enum) > 0 {
		if err := applyEnum(s, t.enum); err != nil {
			return err
		}
	}
	for _, key := range []string{"title", "pattern", "format"} {
		if v, ok := t.texts[key]; ok {
			s.Set(key, v)
		}
	}
	for _, key := range []string{
		"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
		"minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties",
	} {
		text, ok := t.numbers[key]
		if !ok {
			continue
		}
		n, err := document.Decode([]byte(text))
		if err != nil || document.KindOf(n) != document.Number {
			return fmt.Errorf("tag: %s=%s is no number", key, text)
		}
		s.Set(key, n)
	}
	if t.description != "" {
		s.Set("description", t.description)
	}
	return nil
}

func applyEnum(s *document.Object, texts []string) error {
	kind, _ := s.Get("type")
	for _, inner := range []string{"items", "additionalProperties"} {
		if v, ok := s.Get(inner); ok && (kind == "array" || kind == "object") {
			if elem, ok := v.(*document.Object); ok {
				return applyEnum(elem, texts)
			}
		}
	}
	values := make([]any, len(texts))
	for i, text := range texts {
		switch kind {
		case "string":
			values[i] = text
		case "boolean":
			b, err := strconv.ParseBool(text)
			if err != nil {
				return fmt.Errorf("enum tag: %q is no boolean", text)
			}
			values[i] = b
		case "integer", "number":
			n, err := document.Decode([]byte(text))
			if err != nil || document.KindOf(n) != document.Number {
				return fmt.Errorf("enum tag: %q is no number", text)
			}
			values[i] = n
		default:
			return errors.New("enum tag: only a string, a number, a boolean, or a slice or map of them has one")
		}
	}
	s.Set("enum", values)
	return nil
}

// typeDescription is the description of a struct type, which stands at a blank
// field: _ struct{} `description:"..."`.
func typeDescription(t reflect.Type) string {
	for f := range t.Fields() {
		if f.Name == "_" {
			if d := f.Tag.Get("description"); d != "" {
				return d
			}
		}
	}
	return ""
}
