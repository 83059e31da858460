package jsonata

import (
	"encoding/json"
	"math"

	"github.com/flowstone-go/flow/internal/document"
)

// kind is what a value is in an evaluation. The zero kind is undefined.
type kind uint8

const (
	undefined kind = iota
	null
	boolean
	number
	text
	array
	object
	function
	unset  // a variable that has not been bound yet
	tuples // the stream of a path that binds variables; never leaves a path
	tail   // a call in tail position, left to the caller
)

// value is one value of an evaluation: a tagged struct, so that numbers and
// booleans need no boxing.
//
//	boolean  num is 0 or 1
//	number   num; ref is the box it came in, if it came in one
//	text     ref is a string
//	array    ref is a *list (made here), a []any, or a guest
//	object   ref is a *document.Object, a map[string]any, or a guest
//	function ref is a *closure
type value struct {
	kind kind
	num  float64
	ref  any
}

func numberOf(f float64) value { return value{kind: number, num: f} }

func textOf(s string) value { return value{kind: text, ref: s} }

func booleanOf(b bool) value {
	if b {
		return value{kind: boolean, num: 1}
	}
	return value{kind: boolean}
}

func listOf(l *list) value { return value{kind: array, ref: l} }

func (v value) str() string {
	s, _ := v.ref.(string)
	return s
}

func (v value) list() *list {
	l, _ := v.ref.(*list)
	return l
}

func (v value) fn() *closure {
	f, _ := v.ref.(*closure)
	return f
}

// list is an array made by an evaluation, with the marks by which the language
// tells a sequence (which a single item slips out of) from an array.
type list struct {
	vals  []value
	lo    float64 // first number of a range
	n     int     // length of a range, vals is then nil
	seq   bool    // a sequence
	keep  bool    // a sequence that stays an array even with one item
	cons  bool    // written as [...] at the start or end of a path: not flattened
	outer bool    // the wrapper around an input document that is an array
}

func newSequence(n int) *list { return &list{seq: true, vals: make([]value, 0, n)} }

func (l *list) len() int {
	if l.n > 0 {
		return l.n
	}
	return len(l.vals)
}

func (l *list) at(i int) value {
	if l.n > 0 {
		return numberOf(l.lo + float64(i))
	}
	return l.vals[i]
}

// length is the number of items of an array value.
func length(v value) int {
	switch r := v.ref.(type) {
	case *list:
		return r.len()
	case []any:
		return len(r)
	}
	return document.Len(v.ref)
}

// item gives an item of an array value; i must be within its length.
func item(v value, i int) value {
	switch r := v.ref.(type) {
	case *list:
		return r.at(i)
	case []any:
		return valueOf(r[i])
	}
	e, ok := document.Index(v.ref, i)
	if !ok {
		return value{}
	}
	return valueOf(e)
}

// member gives the member of an object value.
func member(v value, key string) value {
	switch r := v.ref.(type) {
	case *document.Object:
		if m, ok := r.Get(key); ok {
			return valueOf(m)
		}
		return value{}
	case map[string]any:
		if m, ok := r[key]; ok {
			return valueOf(m)
		}
		return value{}
	}
	if m, ok := document.Member(v.ref, key); ok {
		return valueOf(m)
	}
	return value{}
}

func size(v value) int { return document.Len(v.ref) }

// valueOf reads a document value, or one that an evaluation has put into an
// object, without converting what is below it.
func valueOf(a any) value {
	switch r := a.(type) {
	case nil:
		return value{kind: null}
	case string:
		return value{kind: text, ref: a}
	case float64:
		return value{kind: number, num: r, ref: a}
	case *document.Object:
		if r == nil {
			return value{kind: null}
		}
		return value{kind: object, ref: a}
	case []any:
		if r == nil {
			return value{kind: null}
		}
		return value{kind: array, ref: a}
	case bool:
		return booleanOf(r)
	case *list:
		return value{kind: array, ref: a}
	case *closure:
		return value{kind: function, ref: a}
	case map[string]any:
		if r == nil {
			return value{kind: null}
		}
		return value{kind: object, ref: a}
	case json.Number:
		f, _ := document.Float(r)
		return numberOf(f)
	case Nothing:
		return value{}
	}
	return guestValue(a)
}

func guestValue(a any) value {
	r, canonical := document.Resolve(a)
	if canonical {
		switch r.(type) {
		case nil, string, float64, bool, json.Number, *document.Object, []any:
			return valueOf(r)
		}
		return value{kind: null}
	}
	switch document.KindOf(r) {
	case document.Array:
		return value{kind: array, ref: r}
	case document.ObjectKind:
		return value{kind: object, ref: r}
	case document.Null:
		return value{kind: null}
	}
	return value{kind: object, ref: r} // no JSON: export fails on it
}

// boxed is the inverse of valueOf: what stands for a value inside an object.
func boxed(v value) any {
	switch v.kind {
	case number:
		if v.ref != nil {
			return v.ref
		}
		return v.num
	case boolean:
		return v.num != 0
	case text, array, object, function:
		return v.ref
	}
	return nil
}

// unwrap gives what a sequence stands for: nothing when empty, the item when
// there is one and nothing asked to keep the array.
func unwrap(v value, keepArray bool) value {
	if v.kind != array {
		return v
	}
	l, ok := v.ref.(*list)
	if !ok || !l.seq {
		return v
	}
	switch n := l.len(); {
	case n == 0:
		return value{}
	case n == 1 && !keepArray && !l.keep:
		return l.at(0)
	case keepArray && !l.keep:
		kept := *l
		kept.keep = true
		return listOf(&kept)
	}
	return v
}

func isSequence(v value) bool {
	l, ok := v.ref.(*list)
	return ok && l.seq
}

// isWhole tells that f is an integer.
func isWhole(f float64) bool { return f == math.Trunc(f) && !math.IsInf(f, 0) }
