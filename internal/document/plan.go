package document

import (
	"reflect"
	"slices"
	"strings"
	"sync"
)

// plan is how a struct type stands in JSON: its fields by encoding/json's
// rules of tags, embedding and precedence.
type plan struct {
	fields []planField
	byName map[string]*planField
}

type planField struct {
	name      string
	index     []int
	tagged    bool
	omitEmpty bool
	omitZero  bool
	quoted    bool
}

var plans sync.Map // reflect.Type to *plan

func planOf(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan) //nolint:forcetypeassert // only plans are stored
	}
	p := &plan{byName: map[string]*planField{}}
	candidates := map[string][]planField{}
	collect(t, nil, map[reflect.Type]bool{}, candidates)
	for _, fields := range candidates {
		if f, ok := dominant(fields); ok {
			p.fields = append(p.fields, f)
		}
	}
	slices.SortFunc(p.fields, func(a, b planField) int { return slices.Compare(a.index, b.index) })
	for i := range p.fields {
		p.byName[p.fields[i].name] = &p.fields[i]
	}
	stored, _ := plans.LoadOrStore(t, p)
	return stored.(*plan) //nolint:forcetypeassert // only plans are stored
}

func collect(t reflect.Type, at []int, seen map[reflect.Type]bool, out map[string][]planField) {
	if seen[t] {
		return
	}
	seen[t] = true
	defer delete(seen, t)
	for i := range t.NumField() {
		f := t.Field(i)
		tag, tagged := f.Tag.Lookup("json")
		if tag == "-" {
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		index := append(slices.Clone(at), i)
		ft := f.Type
		if ft.Kind() == reflect.Pointer && ft.Name() == "" {
			ft = ft.Elem()
		}
		if f.Anonymous && name == "" && ft.Kind() == reflect.Struct && !writesItself(f.Type) {
			collect(ft, index, seen, out)
			continue
		}
		if !f.IsExported() {
			continue
		}
		pf := planField{name: name, index: index, tagged: tagged && name != ""}
		if name == "" {
			pf.name = f.Name
		}
		for opt := range strings.SplitSeq(options, ",") {
			switch opt {
			case "omitempty":
				pf.omitEmpty = true
			case "omitzero":
				pf.omitZero = true
			case "string":
				pf.quoted = true
			}
		}
		out[pf.name] = append(out[pf.name], pf)
	}
}

// dominant picks the field that encoding/json would: the shallowest, among
// equals the tagged one; none where that leaves two.
func dominant(fields []planField) (planField, bool) {
	best, ties := fields[0], 0
	for _, f := range fields[1:] {
		switch {
		case len(f.index) < len(best.index), len(f.index) == len(best.index) && f.tagged && !best.tagged:
			best, ties = f, 0
		case len(f.index) == len(best.index) && f.tagged == best.tagged:
			ties++
		}
	}
	return best, ties == 0
}

func (f *planField) read(r reflect.Value) (any, bool) {
	for i, x := range f.index {
		if i > 0 && r.Kind() == reflect.Pointer {
			if r.IsNil() {
				return nil, false
			}
			r = r.Elem()
		}
		r = r.Field(x)
	}
	if (f.omitEmpty && empty(r)) || (f.omitZero && r.IsZero()) {
		return nil, false
	}
	if f.quoted {
		switch r.Kind() {
		case reflect.Bool, reflect.String, reflect.Float32, reflect.Float64,
			reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
			reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
			return Text(hold(r)), true
		}
	}
	return hold(r), true
}

func empty(r reflect.Value) bool {
	switch r.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return r.Len() == 0
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr,
		reflect.Float32, reflect.Float64, reflect.Interface, reflect.Pointer:
		return r.IsZero()
	}
	return false
}
