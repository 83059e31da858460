package document

import (
	"encoding"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// As reads v as a T. A T, or what a *T points to, is given as it is, shared;
// all else is read as encoding/json would read v's JSON into a T (names match
// without regard to case where none matches exactly, null leaves zero, unknown
// members are left out), except that
//
//   - a whole number however it is written can be read as an integer (3.0, 3e2);
//   - what is read as any comes as from [Plain]: a number that a float64 does
//     not print the same is a json.Number.
//
// The error is a [ReadError].
func As[T any](v any) (T, error) {
	if p, ok := v.(*T); ok && p != nil && isPrivate(reflect.TypeFor[T]()) {
		return *p, nil
	}
	if c, certain := certainly(v); certain {
		if out, same := c.(T); same {
			return out, nil
		}
	}
	var out T
	err := readInto(v, reflect.ValueOf(&out).Elem())
	return out, err
}

// Convert is [As] for a type known only at run time. The result can be set.
func Convert(v any, t reflect.Type) (reflect.Value, error) {
	dst := reflect.New(t).Elem()
	err := readInto(v, dst)
	return dst, err
}

func readInto(v any, dst reflect.Value) error {
	err := readerOf(dst.Type())(v, dst, 0)
	if e, ok := errors.AsType[*ReadError](err); ok {
		e.Path = "$" + e.Path
	}
	return err
}

// isPrivate tells that values of type t are never documents in circulation, so
// that one can be handed on as it is.
func isPrivate(t reflect.Type) bool {
	return t.Kind() != reflect.Interface && t != objectType && t != reflect.TypeFor[[]any]() && t != reflect.TypeFor[map[string]any]()
}

// reader reads a value into a variable that is zero.
type reader func(v any, dst reflect.Value, depth int) error

var readers sync.Map // reflect.Type to reader

func readerOf(t reflect.Type) reader {
	if r, ok := readers.Load(t); ok {
		return r.(reader) //nolint:forcetypeassert // only readers are stored
	}
	stored, _ := readers.LoadOrStore(t, guarded(t, newReader(t)))
	return stored.(reader) //nolint:forcetypeassert // only readers are stored
}

// guarded does for every type what is the same for all.
func guarded(t reflect.Type, read reader) reader {
	private := isPrivate(t)
	return func(v any, dst reflect.Value, depth int) error {
		if depth > MaxDepth {
			return misread(v, t, errDeep)
		}
		if private && v != nil {
			switch r := reflect.ValueOf(v); {
			case r.Type() == t:
				dst.Set(r)
				return nil
			case r.Kind() == reflect.Pointer && r.Type().Elem() == t && !r.IsNil():
				dst.Set(r.Elem())
				return nil
			}
		}
		return read(v, dst, depth)
	}
}

// later is the reader of a type that may still be on the way: it is looked up
// when it is first used.
func later(t reflect.Type) reader {
	look := sync.OnceValue(func() reader { return readerOf(t) })
	return func(v any, dst reflect.Value, depth int) error { return look()(v, dst, depth) }
}

func misread(v any, t reflect.Type, err error) error {
	text := "the value"
	if !errors.Is(err, errDeep) {
		text = abridge(Text(v))
	}
	return &ReadError{Value: text, Type: t, Err: err}
}

// below puts a step before the path of an error.
func below(err error, step string) error {
	if e, ok := errors.AsType[*ReadError](err); ok {
		e.Path = step + e.Path
	}
	return err
}

func nameStep(name string) string {
	for i, r := range name {
		if r != '_' && (r|0x20 < 'a' || r|0x20 > 'z') && (i == 0 || r < '0' || r > '9') {
			return "['" + name + "']"
		}
	}
	return "." + name
}

var (
	unmarshalerType     = reflect.TypeFor[json.Unmarshaler]()
	textUnmarshalerType = reflect.TypeFor[encoding.TextUnmarshaler]()
)

func newReader(t reflect.Type) reader {
	switch {
	case t == objectType:
		return readObject
	case t == numberType:
		return readNumber
	case reflect.PointerTo(t).Implements(unmarshalerType) && t.Kind() != reflect.Pointer:
		return readUnmarshaler
	case reflect.PointerTo(t).Implements(textUnmarshalerType) && t.Kind() != reflect.Pointer:
		return readText
	}
	switch t.Kind() {
	case reflect.Bool:
		return readBool
	case reflect.String:
		return readString
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return readInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return readUint
	case reflect.Float32, reflect.Float64:
		return readFloat
	case reflect.Interface:
		return readInterface
	case reflect.Pointer:
		return readPointer(t)
	case reflect.Slice:
		return readSlice(t)
	case reflect.Array:
		return readArray(t)
	case reflect.Map:
		return readMap(t)
	case reflect.Struct:
		return readStruct(t)
	}
	return func(v any, dst reflect.Value, _ int) error {
		if KindOf(v) == Null {
			return nil
		}
		return misread(v, dst.Type(), errors.New("no JSON is read as one"))
	}
}

func readBool(v any, dst reflect.Value, _ int) error {
	b, ok := Boolean(v)
	if !ok && KindOf(v) != Null {
		return misread(v, dst.Type(), nil)
	}
	dst.SetBool(b)
	return nil
}

func readString(v any, dst reflect.Value, _ int) error {
	s, ok := Str(v)
	if !ok && KindOf(v) != Null {
		return misread(v, dst.Type(), nil)
	}
	dst.SetString(s)
	return nil
}

func readInt(v any, dst reflect.Value, _ int) error {
	if i, ok := Integer(v); ok && !dst.OverflowInt(i) {
		dst.SetInt(i)
		return nil
	}
	return notNull(v, dst.Type())
}

// notNull is the error of a value that a type can't hold, but null leaves zero.
func notNull(v any, t reflect.Type) error {
	if KindOf(v) == Null {
		return nil
	}
	return misread(v, t, nil)
}

func readUint(v any, dst reflect.Value, _ int) error {
	n, ok := Integer(v)
	u := uint64(n) //nolint:gosec // looked at below
	if !ok && KindOf(v) == Number {
		u, ok = wholeUnsigned(Text(v))
	} else if n < 0 {
		ok = false
	}
	if ok && !dst.OverflowUint(u) {
		dst.SetUint(u)
		return nil
	}
	return notNull(v, dst.Type())
}

func wholeUnsigned(text string) (uint64, bool) {
	digits, ok := wholeDigits(text)
	if !ok {
		return 0, false
	}
	u, err := strconv.ParseUint(digits, 10, 64)
	return u, err == nil
}

func readFloat(v any, dst reflect.Value, _ int) error {
	if f, ok := Float(v); ok && !math.IsInf(f, 0) && !dst.OverflowFloat(f) {
		dst.SetFloat(f)
		return nil
	}
	return notNull(v, dst.Type())
}

func readNumber(v any, dst reflect.Value, _ int) error {
	switch s, isString := Str(v); {
	case KindOf(v) == Number:
		data, err := Encode(v)
		if err != nil {
			return misread(v, dst.Type(), err)
		}
		dst.SetString(string(data))
		return nil
	case isString && validNumber(s):
		dst.SetString(s)
		return nil
	}
	return notNull(v, dst.Type())
}

func readObject(v any, dst reflect.Value, depth int) error {
	c, err := canonical(v, depth)
	if err != nil {
		return misread(v, dst.Type(), err)
	}
	if o, ok := c.(*Object); ok {
		dst.Set(reflect.ValueOf(o))
		return nil
	}
	return notNull(v, dst.Type())
}

func readUnmarshaler(v any, dst reflect.Value, depth int) error {
	data, err := appendValue(nil, v, depth)
	if err != nil {
		return misread(v, dst.Type(), err)
	}
	u, _ := reflect.TypeAssert[json.Unmarshaler](dst.Addr())
	if err := asked(u, func() error { return u.UnmarshalJSON(data) }); err != nil {
		return misread(v, dst.Type(), err)
	}
	return nil
}

func readText(v any, dst reflect.Value, _ int) error {
	s, ok := Str(v)
	if !ok {
		return notNull(v, dst.Type())
	}
	u, _ := reflect.TypeAssert[encoding.TextUnmarshaler](dst.Addr())
	if err := asked(u, func() error { return u.UnmarshalText([]byte(s)) }); err != nil {
		return misread(v, dst.Type(), err)
	}
	return nil
}

func readInterface(v any, dst reflect.Value, depth int) error {
	t := dst.Type()
	if t.NumMethod() > 0 {
		if v != nil && reflect.TypeOf(v).Implements(t) {
			dst.Set(reflect.ValueOf(v))
			return nil
		}
		return notNull(v, t)
	}
	p, err := plain(v, depth)
	if err != nil {
		return misread(v, t, err)
	}
	if p != nil {
		dst.Set(reflect.ValueOf(p))
	}
	return nil
}

func readPointer(t reflect.Type) reader {
	elem := later(t.Elem())
	return func(v any, dst reflect.Value, depth int) error {
		if KindOf(v) == Null {
			return nil
		}
		p := reflect.New(t.Elem())
		if err := elem(v, p.Elem(), depth+1); err != nil {
			return err
		}
		dst.Set(p)
		return nil
	}
}

func readSlice(t reflect.Type) reader {
	elem := later(t.Elem())
	bytes := t.Elem().Kind() == reflect.Uint8
	return func(v any, dst reflect.Value, depth int) error {
		if KindOf(v) != Array {
			s, isString := Str(v)
			if !isString || !bytes {
				return notNull(v, t)
			}
			data, err := base64.StdEncoding.DecodeString(s)
			if err != nil {
				return misread(v, t, err)
			}
			dst.Set(reflect.ValueOf(data).Convert(t))
			return nil
		}
		n, i := Len(v), 0
		list := reflect.MakeSlice(t, n, n)
		for e := range Elements(v) {
			if err := elem(e, list.Index(i), depth+1); err != nil {
				return below(err, "["+strconv.Itoa(i)+"]")
			}
			i++
		}
		dst.Set(list)
		return nil
	}
}

func readArray(t reflect.Type) reader {
	elem := later(t.Elem())
	return func(v any, dst reflect.Value, depth int) error {
		if KindOf(v) != Array {
			return notNull(v, t)
		}
		i := 0
		for e := range Elements(v) {
			if i == t.Len() {
				break
			}
			if err := elem(e, dst.Index(i), depth+1); err != nil {
				return below(err, "["+strconv.Itoa(i)+"]")
			}
			i++
		}
		return nil
	}
}

// plainMapType is what most maps are read as.
var plainMapType = reflect.TypeFor[map[string]any]()

// readPlainMap is the reader of map[string]any. Reflection would make it several
// times as expensive.
func readPlainMap(v any, dst reflect.Value, depth int) error {
	if KindOf(v) != ObjectKind {
		return notNull(v, plainMapType)
	}
	m := make(map[string]any, Len(v))
	for name, e := range Entries(v) {
		p, err := plain(e, depth+1)
		if err != nil {
			return below(misread(e, plainMapType.Elem(), err), nameStep(name))
		}
		m[name] = p
	}
	dst.Set(reflect.ValueOf(m))
	return nil
}

func readMap(t reflect.Type) reader {
	if t == plainMapType {
		return readPlainMap
	}
	elem := later(t.Elem())
	return func(v any, dst reflect.Value, depth int) error {
		if KindOf(v) != ObjectKind {
			return notNull(v, t)
		}
		m := reflect.MakeMapWithSize(t, Len(v))
		for name, e := range Entries(v) {
			key := reflect.New(t.Key()).Elem()
			if err := readKey(name, key); err != nil {
				return below(misread(name, t.Key(), err), nameStep(name))
			}
			value := reflect.New(t.Elem()).Elem()
			if err := elem(e, value, depth+1); err != nil {
				return below(err, nameStep(name))
			}
			m.SetMapIndex(key, value)
		}
		dst.Set(m)
		return nil
	}
}

func readKey(name string, dst reflect.Value) error {
	if u, ok := reflect.TypeAssert[encoding.TextUnmarshaler](dst.Addr()); ok {
		return asked(u, func() error { return u.UnmarshalText([]byte(name)) })
	}
	switch {
	case dst.Kind() == reflect.String:
		dst.SetString(name)
		return nil
	case dst.CanInt():
		i, err := strconv.ParseInt(name, 10, dst.Type().Bits())
		dst.SetInt(i)
		return err
	case dst.CanUint():
		u, err := strconv.ParseUint(name, 10, dst.Type().Bits())
		dst.SetUint(u)
		return err
	}
	return errors.New("JSON has no such keys")
}

func readStruct(t reflect.Type) reader {
	type field struct {
		*planField
		read reader
	}
	p := planOf(t)
	fields := make([]field, len(p.fields))
	byName := make(map[string]int, len(fields))
	for i := range p.fields {
		ft := t
		for _, x := range p.fields[i].index {
			if ft.Kind() == reflect.Pointer {
				ft = ft.Elem()
			}
			ft = ft.Field(x).Type
		}
		read := later(ft)
		if p.fields[i].quoted {
			read = readQuoted(read)
		}
		fields[i] = field{&p.fields[i], read}
		byName[p.fields[i].name] = i
	}
	// find gives the field of a name; those of an object often come in order.
	find := func(name string, guess int) int {
		if guess < len(fields) && fields[guess].name == name {
			return guess
		}
		if i, ok := byName[name]; ok {
			return i
		}
		for i := range fields {
			if strings.EqualFold(fields[i].name, name) {
				return i
			}
		}
		return -1
	}
	return func(v any, dst reflect.Value, depth int) error {
		if KindOf(v) != ObjectKind {
			return notNull(v, t)
		}
		guess := 0
		for name, e := range Entries(v) {
			i := find(name, guess)
			if i < 0 {
				continue
			}
			guess = i + 1
			r, err := fields[i].settable(dst)
			if err != nil {
				return below(misread(e, t, err), nameStep(name))
			}
			if !r.IsZero() {
				r.SetZero() // a name that came before, in other case
			}
			if err := fields[i].read(e, r, depth+1); err != nil {
				return below(err, nameStep(name))
			}
		}
		return nil
	}
}

// settable gives the field's variable; embedded pointers on the way are made.
func (f *planField) settable(r reflect.Value) (reflect.Value, error) {
	for i, x := range f.index {
		if i > 0 && r.Kind() == reflect.Pointer {
			if r.IsNil() {
				if !r.CanSet() {
					return r, fmt.Errorf("the embedded pointer to the unexported %v can't be set", r.Type().Elem())
				}
				r.Set(reflect.New(r.Type().Elem()))
			}
			r = r.Elem()
		}
		r = r.Field(x)
	}
	return r, nil
}

// readQuoted reads the value within a string: the option string of a tag.
func readQuoted(read reader) reader {
	return func(v any, dst reflect.Value, depth int) error {
		s, ok := Str(v)
		if !ok {
			return notNull(v, dst.Type())
		}
		inner, err := Decode([]byte(unpadded(s)))
		if err != nil {
			return misread(v, dst.Type(), fmt.Errorf("no JSON within the string: %w", err))
		}
		return read(inner, dst, depth)
	}
}

// unpadded takes the zeros off before the digits of a number, which encoding/json
// lets stand in a string, as in "007".
func unpadded(s string) string {
	digits, negative := strings.CutPrefix(s, "-")
	for len(digits) > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9' {
		digits = digits[1:]
	}
	if negative {
		return "-" + digits
	}
	return digits
}
