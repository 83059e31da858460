package schema

import (
	"encoding"
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/flowstone-go/flow/internal/document"
)

// Schemer is a type that has a schema of its own: a Go enum, a type with its
// own JSON. The method is called on the type's zero value.
type Schemer interface {
	JSONSchema() json.RawMessage
}

// Own tells that a type has a schema of its own.
func Own(t reflect.Type) bool { return does(t, schemerType) }

// inferrer makes the schema of one type.
type inferrer struct {
	root  reflect.Type         // what "#" stands for; nil if the top is a wrapper
	uses  map[reflect.Type]int // of named types that hold others
	names map[reflect.Type]string
	taken map[string]bool
	defs  *document.Object
}

func infer(t reflect.Type) (*document.Object, error) {
	t = pointee(t)
	in := &inferrer{root: t, uses: map[reflect.Type]int{}, names: map[reflect.Type]string{}, taken: map[string]bool{}, defs: document.NewObject(0)}
	if err := in.count(t, t.String()); err != nil {
		return nil, err
	}
	top, err := in.define(t, t.String())
	if err != nil {
		return nil, err
	}
	return in.withDefs(top), nil
}

// inferWrapped makes the schema of an object that holds the type's value.
func inferWrapped(t reflect.Type) (*document.Object, error) {
	in := &inferrer{uses: map[reflect.Type]int{}, names: map[reflect.Type]string{}, taken: map[string]bool{}, defs: document.NewObject(0)}
	if err := in.count(t, t.String()); err != nil {
		return nil, err
	}
	value, err := in.node(t, t.String())
	if err != nil {
		return nil, err
	}
	return in.withDefs(object(
		"type", "object",
		"properties", object(wrapKey, value),
		"required", []any{wrapKey},
		"additionalProperties", false,
	)), nil
}

func (in *inferrer) withDefs(top *document.Object) *document.Object {
	if in.defs.Len() > 0 {
		top.Set("$defs", in.defs)
	}
	return top
}

// object makes an object of alternating keys and values.
func object(pairs ...any) *document.Object {
	o := document.NewObject(len(pairs) / 2)
	for i := 0; i < len(pairs); i += 2 {
		key, _ := pairs[i].(string)
		o.Set(key, pairs[i+1])
	}
	return o
}

var (
	timeType      = reflect.TypeFor[time.Time]()
	durationType  = reflect.TypeFor[time.Duration]()
	rawType       = reflect.TypeFor[json.RawMessage]()
	numberType    = reflect.TypeFor[json.Number]()
	bigIntType    = reflect.TypeFor[big.Int]()
	documentType  = reflect.TypeFor[document.Object]()
	schemerType   = reflect.TypeFor[Schemer]()
	marshaler     = reflect.TypeFor[json.Marshaler]()
	unmarshaler   = reflect.TypeFor[json.Unmarshaler]()
	textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()
	textReader    = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// does tells that a type or a pointer to it implements an interface.
func does(t, i reflect.Type) bool {
	return t.Implements(i) || t.Kind() != reflect.Interface && reflect.PointerTo(t).Implements(i)
}

// special gives the schema of types whose JSON does not follow their kind; nil
// for all others.
func special(t reflect.Type) (*document.Object, error) {
	switch {
	case does(t, schemerType):
		return ownSchema(t)
	case t == timeType:
		return object("type", "string", "format", "date-time"), nil
	case t == durationType:
		return object("type", "integer", "description", "nanoseconds"), nil
	case t == numberType:
		return object("type", "number"), nil
	case t == bigIntType:
		return object("type", "integer"), nil
	case t == documentType:
		return object("type", "object"), nil
	case t == rawType, does(t, marshaler), does(t, unmarshaler):
		return object(), nil // any JSON, as far as we know
	case does(t, textMarshaler), does(t, textReader):
		return object("type", "string"), nil
	}
	return nil, nil //nolint:nilnil // documented: not special
}

func ownSchema(t reflect.Type) (*document.Object, error) {
	s, ok := reflect.TypeAssert[Schemer](reflect.New(t))
	if !ok {
		return nil, fmt.Errorf("%s: JSONSchema is a method of an interface; no value to ask", t)
	}
	v, err := document.Decode(s.JSONSchema())
	if err != nil {
		return nil, fmt.Errorf("%s: JSONSchema: %w", t, err)
	}
	o, ok := v.(*document.Object)
	if !ok {
		return nil, fmt.Errorf("%s: JSONSchema gives no object", t)
	}
	return o, nil
}

// pointee gives what a type points to, through any number of pointers; of a
// type that points to itself, a pointer.
func pointee(t reflect.Type) reflect.Type {
	for range 100 {
		if t.Kind() != reflect.Pointer {
			break
		}
		t = t.Elem()
	}
	return t
}

// holds tells that a type can hold others, and so can be recursive.
func holds(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct, reflect.Map, reflect.Slice, reflect.Array:
		return true
	}
	return false
}

// count counts how often each named type that holds others is used below t, and
// finds what has no JSON.
func (in *inferrer) count(t reflect.Type, at string) error {
	if t = pointee(t); t.Kind() == reflect.Pointer {
		return fmt.Errorf("%s: a pointer type that holds only itself has no JSON", at)
	}
	if s, err := special(t); s != nil || err != nil {
		return err
	}
	if t.Name() != "" && holds(t) {
		if in.uses[t]++; in.uses[t] > 1 {
			return nil
		}
	}
	switch t.Kind() {
	case reflect.Struct:
		for _, f := range document.StructFields(t) {
			if err := in.count(f.Type, at+"."+f.Name); err != nil {
				return err
			}
		}
	case reflect.Map:
		if k := t.Key(); k.Kind() != reflect.String && !integer(k) && !does(k, textMarshaler) {
			return fmt.Errorf("%s: a map with keys of type %s has no JSON", at, k)
		}
		return in.count(t.Elem(), at+"[key]")
	case reflect.Slice, reflect.Array:
		return in.count(t.Elem(), at+"[]")
	case reflect.Interface:
		if t.NumMethod() > 0 {
			return fmt.Errorf("%s: the interface %s says nothing about its JSON; use a concrete type or a JSONSchema method", at, t)
		}
	case reflect.Func, reflect.Chan, reflect.Complex64, reflect.Complex128, reflect.UnsafePointer:
		return fmt.Errorf("%s: a value of type %s has no JSON", at, t)
	}
	return nil
}

// node gives the schema of a type where it is used: a reference, if it is used
// more than once.
func (in *inferrer) node(t reflect.Type, at string) (*document.Object, error) {
	t = pointee(t)
	if in.uses[t] < 2 {
		return in.define(t, at)
	}
	if t == in.root {
		return object("$ref", "#"), nil
	}
	name, known := in.names[t]
	if !known {
		name = in.name(t)
		in.defs.Set(name, nil) // keeps the place of the first use
		def, err := in.define(t, at)
		if err != nil {
			return nil, err
		}
		in.defs.Set(name, def)
	}
	return object("$ref", "#/$defs/"+name), nil
}

// name gives a type a name of its own in $defs, of letters, digits and
// underscores.
func (in *inferrer) name(t reflect.Type) string {
	base := t.Name()
	if generic, arguments, ok := strings.Cut(base, "["); ok { // Page[example.com/shop.Item]
		parts := []string{generic}
		for arg := range strings.SplitSeq(strings.TrimSuffix(arguments, "]"), ",") {
			parts = append(parts, arg[strings.LastIndexAny(arg, "./")+1:])
		}
		base = strings.Join(parts, "_")
	}
	base = strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, base)
	name := base
	for i := 2; in.taken[name]; i++ {
		name = base + "_" + strconv.Itoa(i)
	}
	in.taken[name], in.names[t] = true, name
	return name
}

// define gives the schema of a type in full.
func (in *inferrer) define(t reflect.Type, at string) (*document.Object, error) {
	if s, err := special(t); s != nil || err != nil {
		return s, err
	}
	switch t.Kind() {
	case reflect.Bool:
		return object("type", "boolean"), nil
	case reflect.String:
		return object("type", "string"), nil
	case reflect.Float32, reflect.Float64:
		return object("type", "number"), nil
	case reflect.Interface:
		return object(), nil
	case reflect.Slice, reflect.Array:
		return in.array(t, at)
	case reflect.Map:
		elem, err := in.node(t.Elem(), at+"[key]")
		if err != nil {
			return nil, err
		}
		return object("type", "object", "additionalProperties", elem), nil
	case reflect.Struct:
		return in.structure(t, at)
	}
	return object("type", "integer"), nil // count refused all others
}

func (in *inferrer) array(t reflect.Type, at string) (*document.Object, error) {
	if t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8 && !does(t.Elem(), marshaler) && !does(t.Elem(), textMarshaler) {
		return object("type", "string", "contentEncoding", "base64"), nil
	}
	elem, err := in.node(t.Elem(), at+"[]")
	if err != nil {
		return nil, err
	}
	s := object("type", "array", "items", elem)
	if t.Kind() == reflect.Array {
		s.Set("minItems", float64(t.Len()))
		s.Set("maxItems", float64(t.Len()))
	}
	return s, nil
}

func (in *inferrer) structure(t reflect.Type, at string) (*document.Object, error) {
	s := object("type", "object")
	if d := typeDescription(t); d != "" {
		s.Set("description", d)
	}
	properties, required := document.NewObject(t.NumField()), []any{}
	for _, f := range document.StructFields(t) {
		where := at + "." + f.Name
		node, err := in.node(f.Type, where)
		if err != nil {
			return nil, err
		}
		if f.Quoted && scalar(f.Type) {
			node = object("type", "string")
		}
		tags, err := readTags(f.Tag)
		if err == nil {
			err = tags.apply(node)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", where, err)
		}
		optional := f.Optional
		if tags.required != nil {
			optional = !*tags.required
		}
		if !optional {
			required = append(required, f.Name)
			if f.Type.Kind() == reflect.Pointer {
				node = nullable(node)
			}
		}
		properties.Set(f.Name, node)
	}
	s.Set("properties", properties)
	s.Set("required", required)
	s.Set("additionalProperties", false)
	return s, nil
}

// scalar tells that the option "string" of a json tag works on the type.
func scalar(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Bool, reflect.String, reflect.Float32, reflect.Float64:
		return true
	}
	return integer(t)
}

func integer(t reflect.Type) bool {
	return t.Kind() >= reflect.Int && t.Kind() <= reflect.Uintptr
}

// nullable gives a schema that allows null too.
func nullable(s *document.Object) *document.Object {
	kind, _ := s.Get("type")
	switch kind := kind.(type) {
	case string:
		s = s.Copy(0)
		s.Set("type", []any{kind, "null"})
		if list, ok := s.Get("enum"); ok {
			values, _ := list.([]any)
			s.Set("enum", append(values[:len(values):len(values)], nil))
		}
		return s
	case []any:
		return s
	}
	if s.Len() == 0 {
		return s // anything, null too
	}
	either, inner := object(), s
	if d, ok := s.Get("description"); ok {
		inner = s.Copy(0)
		inner.Delete("description")
		either.Set("description", d)
	}
	either.Set("anyOf", []any{inner, object("type", "null")})
	return either
}
