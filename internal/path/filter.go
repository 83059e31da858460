package path

import (
	"regexp"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
)

// predicate is the condition of a filter, tested on one node.
type predicate interface {
	test(w *walker, item any) (bool, error)
}

type (
	allOf  []predicate
	anyOf  []predicate
	not    struct{ predicate }
	exists struct{ *operand }
)

func (ps allOf) test(w *walker, item any) (bool, error) {
	for _, p := range ps {
		if ok, err := p.test(w, item); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

func (ps anyOf) test(w *walker, item any) (bool, error) {
	for _, p := range ps {
		if ok, err := p.test(w, item); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

func (n not) test(w *walker, item any) (bool, error) {
	ok, err := n.predicate.test(w, item)
	return !ok, err
}

// test of a path alone: it is there, whatever its value; a path to many nodes
// finds at least one.
func (e exists) test(w *walker, item any) (bool, error) {
	v, ok, err := e.get(w, item)
	if !ok || err != nil {
		return false, err
	}
	return e.definite || document.Len(v) > 0, nil
}

type operandKind uint8

const (
	literal operandKind = iota
	current             // a path from @
	root                // a path from $
)

type operand struct {
	kind      operandKind
	value     any            // of a literal
	undefined bool           // the literal undefined
	pattern   *regexp.Regexp // of the literal /…/
	steps     []step
	definite  bool
	member    string // the only step of a path from @
}

// get gives the value; ok is false where the path leads nowhere.
func (o *operand) get(w *walker, item any) (v any, ok bool, err error) {
	switch {
	case o.kind == literal:
		return o.value, !o.undefined, nil
	case o.member != "":
		if object, isObject := item.(*document.Object); isObject {
			v, ok = object.Get(o.member)
		} else {
			v, ok = document.Member(item, o.member)
		}
		if ok || o.steps[0].written == "" {
			return v, ok, nil
		}
	case o.kind == root:
		item = w.root
	}
	return w.inner(o.steps, o.definite, item)
}

type operator uint8

const (
	opEqual operator = iota
	opNotEqual
	opSame
	opNotSame
	opLess
	opLessEqual
	opGreater
	opGreaterEqual
	opMatch
	opIn
	opNotIn
	opContains
	opSize
	opEmpty
	opSubsetOf
	opAnyOf
	opNoneOf
	opAll
)

type comparison struct {
	op          operator
	left, right *operand
}

func newComparison(op operator, left, right *operand) predicate {
	return &comparison{op, left, right}
}

func (c *comparison) test(w *walker, item any) (bool, error) {
	if err := w.visit(); err != nil {
		return false, err
	}
	l, lok, err := c.left.get(w, item)
	if err != nil {
		return false, err
	}
	r, rok, err := c.right.get(w, item)
	if err != nil {
		return false, err
	}
	switch c.op {
	case opEqual, opNotEqual, opSame, opNotSame:
		negative := c.op == opNotEqual || c.op == opNotSame
		if !lok || !rok {
			return (lok == rok) != negative, nil
		}
		return w.equal(l, r, c.op == opSame || c.op == opNotSame) != negative, w.err
	case opMatch:
		if c.left.pattern != nil {
			return rok && w.matches(c.left.pattern, r), w.err
		}
		return lok && w.matches(c.right.pattern, l), w.err
	case opNotIn:
		return !lok || !rok || !w.contains(r, l), w.err
	default:
		return lok && rok && w.holds(c.op, l, r), w.err
	}
}

// holds tests two values that are there.
func (w *walker) holds(op operator, l, r any) bool {
	switch op {
	case opLess, opLessEqual, opGreater, opGreaterEqual:
		order, ok := compare(l, r)
		return ok && op.accepts(order)
	case opIn:
		return w.contains(r, l)
	case opContains:
		return w.holdsMember(l, r)
	case opSize:
		n, ok := size(l)
		want, isNumber := document.Integer(r)
		return ok && isNumber && int64(n) == want
	case opEmpty:
		n, ok := size(l)
		want, isBool := document.Boolean(r)
		return ok && isBool && (n == 0) == want
	case opSubsetOf:
		return isList(l) && isList(r) && w.covers(r, l)
	case opAll:
		return isList(l) && isList(r) && w.covers(l, r)
	case opAnyOf:
		return isList(l) && isList(r) && w.overlaps(l, r)
	case opNoneOf:
		return isList(l) && isList(r) && !w.overlaps(l, r)
	default:
		return false
	}
}

func (op operator) accepts(order int) bool {
	switch op {
	case opLess:
		return order < 0
	case opLessEqual:
		return order <= 0
	case opGreater:
		return order > 0
	default:
		return order >= 0
	}
}

// equal compares as Jayway does: a number also equals the string that is its
// text, unless the operator is type-safe.
func (w *walker) equal(l, r any, typeSafe bool) bool {
	switch a := l.(type) {
	case float64:
		if b, ok := r.(float64); ok {
			return a == b
		}
	case string:
		if b, ok := r.(string); ok {
			return a == b
		}
	}
	lk, rk := document.KindOf(l), document.KindOf(r)
	if lk == rk {
		return w.alike(l, r, lk)
	}
	if typeSafe {
		return false
	}
	switch {
	case lk == document.Number && rk == document.String:
		return numberIsText(l, r)
	case lk == document.String && rk == document.Number:
		return numberIsText(r, l)
	}
	return false
}

// alike is document.Equal of two values of one kind, but counts the nodes.
func (w *walker) alike(l, r any, kind document.Kind) bool {
	if kind != document.Array && kind != document.ObjectKind {
		return document.Equal(l, r)
	}
	if document.Len(l) != document.Len(r) {
		return false
	}
	if kind == document.Array {
		for i := range document.Len(l) {
			a, _ := document.Index(l, i)
			b, _ := document.Index(r, i)
			if !w.alikeBelow(a, b) {
				return false
			}
		}
		return true
	}
	for key, a := range document.Entries(l) {
		b, ok := document.Member(r, key)
		if !ok || !w.alikeBelow(a, b) {
			return false
		}
	}
	return true
}

func (w *walker) alikeBelow(a, b any) bool {
	if w.visit() != nil {
		return false
	}
	kind := document.KindOf(a)
	return kind == document.KindOf(b) && w.alike(a, b, kind)
}

func numberIsText(number, text any) bool {
	s, _ := document.Str(text)
	v, err := document.ParseNumber(s)
	return err == nil && document.Equal(number, v)
}

// compare orders two numbers or two strings; ok is false for anything else.
func compare(l, r any) (order int, ok bool) {
	switch document.KindOf(l) {
	case document.Number:
		if document.KindOf(r) == document.Number {
			return document.CompareNumbers(l, r), true
		}
	case document.String:
		a, _ := document.Str(l)
		if b, ok := document.Str(r); ok {
			return document.CompareStrings(a, b), true
		}
	default:
	}
	return 0, false
}

func (w *walker) matches(re *regexp.Regexp, v any) bool {
	switch document.KindOf(v) {
	case document.String:
		s, _ := document.Str(v)
		return w.spend(len(s)/64) == nil && re.MatchString(s)
	case document.Number, document.Bool:
		return re.MatchString(document.Text(v))
	case document.Array:
		for e := range document.Elements(v) {
			if w.matches(re, e) {
				return true
			}
		}
	default:
	}
	return false
}

func isList(v any) bool { return document.KindOf(v) == document.Array }

// contains tells that a list has an element equal to v.
func (w *walker) contains(list, v any) bool {
	for e := range document.Elements(list) {
		if w.visit() != nil || w.equal(e, v, false) {
			return true
		}
	}
	return false
}

// holdsMember tells that a string has another within it, or a list an element.
func (w *walker) holdsMember(l, r any) bool {
	if s, ok := document.Str(l); ok {
		part, ok := document.Str(r)
		return ok && w.spend(len(s)/64) == nil && strings.Contains(s, part)
	}
	return w.contains(l, r)
}

func size(v any) (int, bool) {
	switch document.KindOf(v) {
	case document.String:
		s, _ := document.Str(v)
		return len([]rune(s)), true
	case document.Array, document.ObjectKind:
		return document.Len(v), true
	default:
		return 0, false
	}
}

// covers tells that each element of part is in list.
func (w *walker) covers(list, part any) bool {
	for e := range document.Elements(part) {
		if !w.contains(list, e) {
			return false
		}
	}
	return true
}

func (w *walker) overlaps(a, b any) bool {
	for e := range document.Elements(a) {
		if w.contains(b, e) {
			return true
		}
	}
	return false
}
