package document

import (
	"encoding"
	"encoding/json"
	"reflect"
	"sync"
	"sync/atomic"
)

// class is what there is to know of a Go type for reading its values as JSON.
type class struct {
	// writes and writesBehind tell that values, or pointers to them, make
	// their own JSON.
	writes, writesBehind bool
	once                 bool // to be encoded once: it writes itself, bytes, or a map whose keys do
	kind                 Kind // of containers; Invalid for scalars and what has no JSON
	keys                 reflect.Kind
	plan                 *plan                 // of a struct
	elem                 atomic.Pointer[class] // of a pointer, once it was asked for
}

// behind gives the class of what pointers of a type point to.
func (c *class) behind(t reflect.Type) *class {
	if e := c.elem.Load(); e != nil {
		return e
	}
	e := classOf(t.Elem())
	c.elem.Store(e)
	return e
}

var (
	classes    sync.Map // reflect.Type to *class
	objectType = reflect.TypeFor[*Object]()
	numberType = reflect.TypeFor[json.Number]()
	jsonType   = reflect.TypeFor[json.Marshaler]()
	textType   = reflect.TypeFor[encoding.TextMarshaler]()
)

func classOf(t reflect.Type) *class {
	if c, ok := classes.Load(t); ok {
		return c.(*class) //nolint:forcetypeassert // only classes are stored
	}
	stored, _ := classes.LoadOrStore(t, newClass(t))
	return stored.(*class) //nolint:forcetypeassert // only classes are stored
}

func newClass(t reflect.Type) *class {
	c := &class{writes: writesItself(t), writesBehind: writesItself(reflect.PointerTo(t))}
	c.once = c.writes
	switch t.Kind() {
	case reflect.Struct:
		c.kind = ObjectKind
		c.plan = newPlan(t)
	case reflect.Array:
		c.kind = Array
	case reflect.Slice:
		c.kind = Array
		if t.Elem().Kind() == reflect.Uint8 && !writesItself(reflect.PointerTo(t.Elem())) {
			c.once = true // base64, as encoding/json has it
		}
	case reflect.Map:
		c.keys = t.Key().Kind()
		switch {
		case c.keys == reflect.String:
			c.kind = ObjectKind
		case t.Key().Implements(textType):
			c.once = true
		case c.keys >= reflect.Int && c.keys <= reflect.Uintptr:
			c.kind = ObjectKind
		}
	}
	return c
}

func writesItself(t reflect.Type) bool {
	return t.Kind() != reflect.Interface && (t.Implements(jsonType) || t.Implements(textType)) && t != objectType && t != numberType
}
