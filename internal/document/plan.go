package document

import (
	"reflect"
	"slices"
	"strings"
	"unicode"
)

// plan is how a struct type stands in JSON: its fields by encoding/json's
// rules of tags, embedding and precedence.
type plan struct {
	fields []planField
	byName map[string]*planField
}

type planField struct {
	name      string
	prefix    string // the name as it is encoded, with the colon
	index     []int
	tagged    bool
	omitEmpty bool
	omitZero  func(reflect.Value) bool // nil without the option
	quoted    bool
}

func planOf(t reflect.Type) *plan { return classOf(t).plan }

func newPlan(t reflect.Type) *plan {
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
		f := &p.fields[i]
		f.prefix = string(append(AppendString(nil, f.name), ':'))
		p.byName[f.name] = f
	}
	return p
}

func collect(t reflect.Type, at []int, seen map[reflect.Type]bool, out map[string][]planField) {
	if seen[t] {
		return
	}
	seen[t] = true
	defer delete(seen, t)
	for i := range t.NumField() {
		f := t.Field(i)
		tag := f.Tag.Get("json")
		if tag == "-" {
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		if !validName(name) {
			name = ""
		}
		index := append(slices.Clone(at), i)
		base := f.Type
		if base.Kind() == reflect.Pointer && base.Name() == "" {
			base = base.Elem()
		}
		if f.Anonymous && name == "" && base.Kind() == reflect.Struct {
			collect(base, index, seen, out)
			continue
		}
		if !f.IsExported() {
			continue
		}
		pf := planField{name: name, index: index, tagged: name != ""}
		if name == "" {
			pf.name = f.Name
		}
		for opt := range strings.SplitSeq(options, ",") {
			switch opt {
			case "omitempty":
				pf.omitEmpty = true
			case "omitzero":
				pf.omitZero = zeroTest(f.Type)
			case "string":
				pf.quoted = isScalar(base.Kind()) && !writesItself(base) && !writesItself(reflect.PointerTo(base))
			}
		}
		out[pf.name] = append(out[pf.name], pf)
	}
}

// validName tells that encoding/json takes a name from a tag.
func validName(name string) bool {
	return !strings.ContainsFunc(name, func(r rune) bool {
		return !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

func isScalar(k reflect.Kind) bool {
	return k == reflect.Bool || k == reflect.String || k >= reflect.Int && k <= reflect.Float64
}

type zeroer interface{ IsZero() bool }

var zeroerType = reflect.TypeFor[zeroer]()

// zeroTest gives the test of omitzero: the type's own IsZero, where it has one.
func zeroTest(t reflect.Type) func(reflect.Value) bool {
	switch {
	case t.Kind() == reflect.Interface && t.Implements(zeroerType):
		return func(r reflect.Value) bool {
			return r.IsNil() || r.Elem().Kind() == reflect.Pointer && r.Elem().IsNil() || isZero(r)
		}
	case t.Kind() == reflect.Pointer && t.Implements(zeroerType):
		return func(r reflect.Value) bool { return r.IsNil() || isZero(r) }
	case t.Implements(zeroerType):
		return isZero
	case reflect.PointerTo(t).Implements(zeroerType):
		return func(r reflect.Value) bool {
			if !r.CanAddr() {
				copied := reflect.New(t).Elem()
				copied.Set(r)
				r = copied
			}
			return isZero(r.Addr())
		}
	}
	return reflect.Value.IsZero
}

func isZero(r reflect.Value) bool {
	z, ok := reflect.TypeAssert[zeroer](r)
	return ok && z.IsZero()
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

// find gives the field's value in a struct; ok is false where the JSON leaves
// it out.
func (f *planField) find(r reflect.Value) (_ reflect.Value, ok bool) {
	for i, x := range f.index {
		if i > 0 && r.Kind() == reflect.Pointer {
			if r.IsNil() {
				return r, false
			}
			r = r.Elem()
		}
		r = r.Field(x)
	}
	if (f.omitEmpty && empty(r)) || (f.omitZero != nil && f.omitZero(r)) {
		return r, false
	}
	return r, true
}

// read gives the value of a field that find has found.
func (f *planField) read(r reflect.Value) any {
	v := reveal(r)
	if f.quoted && v != nil {
		return Text(v)
	}
	return v
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
