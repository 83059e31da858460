package document

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"reflect"
	"sync"
	"time"
)

// Copier gives the function that makes a shallow copy of a T a deep one, in
// place; nil where a shallow copy is deep already. A T with a method Clone() T
// is copied by that. The function fails on values that hold themselves.
func Copier[T any]() func(*T) error {
	t := reflect.TypeFor[T]()
	if _, ok := any(new(T)).(interface{ Clone() T }); ok {
		return func(v *T) error {
			if c, ok := any(v).(interface{ Clone() T }); ok && !nilPointer(*v) {
				*v = c.Clone()
			}
			return nil
		}
	}
	c := copierOf(t)
	if c == nil {
		return nil
	}
	return func(v *T) error { return c(reflect.ValueOf(v).Elem(), 0) }
}

func nilPointer(v any) bool {
	r := reflect.ValueOf(v)
	return r.Kind() == reflect.Pointer && r.IsNil()
}

// CopyAny gives a deep copy of a value of any type.
func CopyAny(v any) (any, error) {
	switch v.(type) {
	case nil, bool, string, float64, int, *Object:
		return v, nil // objects in circulation are never changed
	}
	r := reflect.New(reflect.TypeOf(v)).Elem()
	r.Set(reflect.ValueOf(v))
	c := copierOf(r.Type())
	if c == nil {
		return v, nil
	}
	err := c(r, 0)
	return r.Interface(), err
}

type copier func(v reflect.Value, depth int) error

var copiers sync.Map // reflect.Type to copier, nil for plain types

func copierOf(t reflect.Type) copier {
	if c, ok := copiers.Load(t); ok {
		return c.(copier) //nolint:forcetypeassert // only copiers are stored
	}
	c := compileCopier(t, map[reflect.Type]*copier{})
	copiers.Store(t, c)
	return c
}

func compileCopier(t reflect.Type, open map[reflect.Type]*copier) copier {
	if known, ok := open[t]; ok { // a recursive type: its copier is on the way
		return func(v reflect.Value, depth int) error {
			if *known == nil {
				return nil
			}
			return (*known)(v, depth)
		}
	}
	if unchanging[t] {
		return nil
	}
	if hides(t) {
		return copyByText
	}
	var c copier
	open[t] = &c
	defer delete(open, t)
	switch t.Kind() {
	case reflect.Slice:
		c = copySlice(compileCopier(t.Elem(), open))
	case reflect.Map:
		c = copyMap(t, compileCopier(t.Elem(), open))
	case reflect.Pointer:
		c = copyPointer(compileCopier(t.Elem(), open))
	case reflect.Interface:
		c = copyInterface
	case reflect.Array:
		c = copyArray(compileCopier(t.Elem(), open))
	case reflect.Struct:
		c = copyStruct(t, open)
	}
	return c
}

// unchanging are types whose values can't be changed, though they have
// pointers.
var unchanging = map[reflect.Type]bool{
	objectType:                        true,
	reflect.TypeFor[time.Time]():      true,
	reflect.TypeFor[netip.Addr]():     true,
	reflect.TypeFor[netip.AddrPort](): true,
	reflect.TypeFor[netip.Prefix]():   true,
	reflect.TypeFor[reflect.Type]():   true,
}

// hides tells of a struct that writes and reads its own JSON and has pointers,
// slices or maps in unexported fields, as big.Int has: only it can copy itself.
func hides(t reflect.Type) bool {
	if t.Kind() != reflect.Struct || !WritesItself(t) || !readsItself(t) {
		return false
	}
	for f := range t.Fields() {
		if !f.IsExported() && refers(f.Type) {
			return true
		}
	}
	return false
}

// refers tells that values of type t share something when they are copied.
func refers(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return true
	case reflect.Array:
		return refers(t.Elem())
	case reflect.Struct:
		for f := range t.Fields() {
			if refers(f.Type) {
				return true
			}
		}
	}
	return false
}

func readsItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(unmarshalerType) || p.Implements(textUnmarshalerType)
}

// copyByText lets a value write its JSON, and a fresh one read it.
func copyByText(v reflect.Value, _ int) error {
	data, err := marshal(v.Addr().Interface())
	if err != nil {
		return err
	}
	fresh := reflect.New(v.Type())
	if err := asked(fresh.Interface(), func() error { return json.Unmarshal(data, fresh.Interface()) }); err != nil {
		return err
	}
	v.Set(fresh.Elem())
	return nil
}

func tooDeep(depth int) error {
	if depth > MaxDepth {
		return errDeep
	}
	return nil
}

func copySlice(elem copier) copier {
	return func(v reflect.Value, depth int) error {
		if v.IsNil() {
			return nil
		}
		if err := tooDeep(depth); err != nil {
			return err
		}
		out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(out, v)
		if elem != nil {
			for i := range out.Len() {
				if err := elem(out.Index(i), depth+1); err != nil {
					return err
				}
			}
		}
		v.Set(out)
		return nil
	}
}

func copyMap(t reflect.Type, elem copier) copier {
	return func(v reflect.Value, depth int) error {
		if v.IsNil() {
			return nil
		}
		if err := tooDeep(depth); err != nil {
			return err
		}
		out := reflect.MakeMapWithSize(t, v.Len())
		slot := reflect.New(t.Elem()).Elem()
		for it := v.MapRange(); it.Next(); {
			slot.Set(it.Value())
			if elem != nil {
				if err := elem(slot, depth+1); err != nil {
					return err
				}
			}
			out.SetMapIndex(it.Key(), slot)
		}
		v.Set(out)
		return nil
	}
}

func copyPointer(elem copier) copier {
	return func(v reflect.Value, depth int) error {
		if v.IsNil() {
			return nil
		}
		if err := tooDeep(depth); err != nil {
			return err
		}
		out := reflect.New(v.Type().Elem())
		out.Elem().Set(v.Elem())
		if elem != nil {
			if err := elem(out.Elem(), depth+1); err != nil {
				return err
			}
		}
		v.Set(out)
		return nil
	}
}

func copyInterface(v reflect.Value, depth int) error {
	if v.IsNil() {
		return nil
	}
	c := copierOf(v.Elem().Type())
	if c == nil {
		return nil
	}
	out := reflect.New(v.Elem().Type()).Elem()
	out.Set(v.Elem())
	if err := c(out, depth+1); err != nil {
		return err
	}
	v.Set(out)
	return nil
}

func copyArray(elem copier) copier {
	if elem == nil {
		return nil
	}
	return func(v reflect.Value, depth int) error {
		for i := range v.Len() {
			if err := elem(v.Index(i), depth+1); err != nil {
				return err
			}
		}
		return nil
	}
}

func copyStruct(t reflect.Type, open map[reflect.Type]*copier) copier {
	type part struct {
		index int
		copy  copier
	}
	var parts []part
	for i := range t.NumField() {
		if !t.Field(i).IsExported() && !t.Field(i).Anonymous {
			continue // not part of the document
		}
		// The fields of an embedded struct can be set, though it can't itself
		// where its type is unexported.
		f := t.Field(i)
		if c := compileCopier(f.Type, open); c != nil && (f.IsExported() || f.Type.Kind() == reflect.Struct) {
			parts = append(parts, part{i, c})
		}
	}
	if len(parts) == 0 {
		return nil
	}
	return func(v reflect.Value, depth int) error {
		for _, p := range parts {
			if err := p.copy(v.Field(p.index), depth+1); err != nil {
				return err
			}
		}
		return nil
	}
}

// Unfit says why values of type t can't travel in a document: a part that JSON
// has no form for, or would lose. It is empty where they can.
func Unfit(t reflect.Type) string { return unfit(t, t.String(), map[reflect.Type]bool{}) }

func unfit(t reflect.Type, at string, seen map[reflect.Type]bool) string {
	if seen[t] || WritesItself(t) {
		return ""
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Func, reflect.Chan, reflect.Complex64, reflect.Complex128, reflect.UnsafePointer:
		return fmt.Sprintf("%s is a %s, which no document can hold", at, t.Kind())
	case reflect.Interface:
		if t.NumMethod() > 0 {
			return fmt.Sprintf("%s is the interface %s, which can't be read back from JSON", at, t)
		}
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return unfit(t.Elem(), at, seen)
	case reflect.Map:
		if k := t.Key().Kind(); k != reflect.String && (k < reflect.Int || k > reflect.Uintptr) && !t.Key().Implements(textType) {
			return fmt.Sprintf("%s is a map with keys of type %s, which JSON does not have", at, t.Key())
		}
		return unfit(t.Elem(), at, seen)
	case reflect.Struct:
		for f := range t.Fields() {
			switch {
			case f.Anonymous:
				if base := behind(f.Type); base.Kind() == reflect.Struct {
					if why := unfit(base, at+"."+f.Name, seen); why != "" {
						return why
					}
				}
			case !f.IsExported():
				return fmt.Sprintf("%s has the unexported field %s, which JSON would lose", at, f.Name)
			case f.Tag.Get("json") == "-":
				return fmt.Sprintf(`%s has the field %s with the tag json:"-", which JSON would lose`, at, f.Name)
			}
		}
		for _, f := range planOf(t).fields {
			ft, _, _ := FieldType(t, f.name)
			if why := unfit(ft, at+"."+f.name, seen); why != "" {
				return why
			}
		}
	}
	return ""
}

func behind(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}
