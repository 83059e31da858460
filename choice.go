package flow

import (
	"cmp"
	"fmt"
	"reflect"
	"runtime/debug"
	"time"

	"github.com/flowstone-go/flow/internal/compare"
	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/machine"
)

// ChoiceNode goes one of several ways. See [Choice].
type ChoiceNode struct{ spec }

type rule struct {
	at    place
	when  Condition
	nodes []Node
}

// Choice takes the first way whose condition holds, and the one of Otherwise
// if none does. A way that ends goes on after the Choice. The document stays.
func Choice(name string) *ChoiceNode {
	n := &ChoiceNode{spec{name: name, at: here(), kind: machine.Choice}}
	n.checkName()
	return n
}

// When adds a way: the nodes that run where the condition holds; without nodes
// the flow just goes on after the Choice.
func (n *ChoiceNode) When(c Condition, nodes ...Node) *ChoiceNode {
	n.rules = append(n.rules, rule{here(), c, nodes})
	return n
}

// Otherwise is the way where no condition holds; without nodes the flow goes
// on after the Choice. Every Choice needs it, once, so that no case is
// forgotten.
func (n *ChoiceNode) Otherwise(nodes ...Node) *ChoiceNode {
	if n.otherwise != nil {
		n.wrong("keep one of them", "Otherwise twice in one Choice")
	}
	if nodes == nil {
		nodes = []Node{}
	}
	n.otherwise = &nodes
	return n
}

// Condition is a question about the document and the variables. A value that
// it asks about has to be there, or the flow fails with [ErrRuntime]: ask
// [Present] first, or give the reference an Or.
type Condition struct {
	at      place
	eval    func(f *machine.Frame, doc any) (bool, error)
	problem string
	export  exported
}

// operandCheck gives the problem of a reference in a condition.
func operandCheck(name string, refs ...*reference) string {
	for _, r := range refs {
		switch {
		case r == nil:
			return name + " of a reference that refers to nothing"
		case r.source == fromResult:
			return name + " of a result: conditions see the document"
		}
	}
	return ""
}

func condition[T any](at place, op string, r Ref[T], value any, holds func(T) bool) Condition {
	c := Condition{at: at, problem: operandCheck(op, r.r), export: exported{op: op, refs: []*reference{r.r}, value: value}}
	c.eval = func(f *machine.Frame, doc any) (bool, error) {
		v, err := valueOf(r, f, doc)
		return err == nil && holds(v), err
	}
	return c
}

func pairCondition[T any](at place, op string, a, b Ref[T], holds func(x, y T) bool) Condition {
	c := Condition{at: at, problem: operandCheck(op, a.r, b.r), export: exported{op: op, refs: []*reference{a.r, b.r}}}
	c.eval = func(f *machine.Frame, doc any) (bool, error) {
		x, err := valueOf(a, f, doc)
		if err != nil {
			return false, err
		}
		y, err := valueOf(b, f, doc)
		return err == nil && holds(x, y), err
	}
	return c
}

// valueOf reads a reference for a condition, which changes nothing.
func valueOf[T any](r Ref[T], f *machine.Frame, doc any) (T, error) {
	if at := inPlace[T](r.r, doc); at != nil {
		return *at, nil
	}
	v, err := r.r.get(f, doc)
	if err != nil {
		var zero T
		return zero, err
	}
	out, err := borrowing[T](v)
	if err != nil {
		err = &machine.Failure{
			Name: machine.Runtime, Fatal: true, Err: err,
			Cause: fmt.Sprintf("%s is no %v: %v", r, reflect.TypeFor[T](), err),
		}
	}
	return out, err
}

// equality compares scalars with ==, and all else by the JSON that it means: in
// an interface == tells 1 from 1.0, and panics at a map or a slice.
func equality[T comparable]() func(x, y T) bool {
	switch reflect.TypeFor[T]().Kind() {
	case reflect.Interface, reflect.Struct, reflect.Array, reflect.Pointer:
		return func(x, y T) bool { return document.Equal(x, y) }
	}
	return func(x, y T) bool { return x == y }
}

// Eq holds where the value at ref equals v; of any, and of what
// holds interfaces or pointers, where both mean the same JSON.
func Eq[T comparable](ref Ref[T], v T) Condition {
	same := equality[T]()
	return condition(here(), "Equals", ref, v, func(x T) bool { return same(x, v) })
}

// NotEq holds where the value at ref does not equal v; see [Eq].
func NotEq[T comparable](ref Ref[T], v T) Condition {
	same := equality[T]()
	return condition(here(), "NotEquals", ref, v, func(x T) bool { return !same(x, v) })
}

// Less holds where the value at ref is less than v. Strings are compared byte
// by byte.
func Less[T cmp.Ordered](ref Ref[T], v T) Condition {
	return condition(here(), "LessThan", ref, v, func(x T) bool { return x < v })
}

// AtMost holds where the value at ref is v or less.
func AtMost[T cmp.Ordered](ref Ref[T], v T) Condition {
	return condition(here(), "LessThanEquals", ref, v, func(x T) bool { return x <= v })
}

// More holds where the value at ref is more than v.
func More[T cmp.Ordered](ref Ref[T], v T) Condition {
	return condition(here(), "GreaterThan", ref, v, func(x T) bool { return x > v })
}

// AtLeast holds where the value at ref is v or more.
func AtLeast[T cmp.Ordered](ref Ref[T], v T) Condition {
	return condition(here(), "GreaterThanEquals", ref, v, func(x T) bool { return x >= v })
}

// EqRef holds where the values at a and b are equal; see [Eq].
func EqRef[T comparable](a, b Ref[T]) Condition {
	return pairCondition(here(), "Equals", a, b, equality[T]())
}

// LessRef holds where the value at a is less than that at b.
func LessRef[T cmp.Ordered](a, b Ref[T]) Condition {
	return pairCondition(here(), "LessThan", a, b, func(x, y T) bool { return x < y })
}

// AtMostRef holds where the value at a is that at b or less.
func AtMostRef[T cmp.Ordered](a, b Ref[T]) Condition {
	return pairCondition(here(), "LessThanEquals", a, b, func(x, y T) bool { return x <= y })
}

// Before holds where the time at ref is before t.
func Before(ref Ref[time.Time], t time.Time) Condition {
	return condition(here(), "LessThan", ref, t, func(x time.Time) bool { return x.Before(t) })
}

// After holds where the time at ref is after t.
func After(ref Ref[time.Time], t time.Time) Condition {
	return condition(here(), "GreaterThan", ref, t, func(x time.Time) bool { return x.After(t) })
}

// SameTime holds where the time at ref is the same instant as t, in whichever
// time zone.
func SameTime(ref Ref[time.Time], t time.Time) Condition {
	return condition(here(), "Equals", ref, t, func(x time.Time) bool { return x.Equal(t) })
}

// BeforeRef holds where the time at a is before that at b.
func BeforeRef(a, b Ref[time.Time]) Condition {
	return pairCondition(here(), "LessThan", a, b, func(x, y time.Time) bool { return x.Before(y) })
}

// True holds where the value at ref is true.
func True(ref Ref[bool]) Condition {
	return condition(here(), "Equals", ref, true, func(x bool) bool { return x })
}

// False holds where the value at ref is false; a missing one is not.
func False(ref Ref[bool]) Condition {
	return condition(here(), "Equals", ref, false, func(x bool) bool { return !x })
}

// Like holds where the string at ref matches the pattern as a whole: * stands
// for any characters or none, \* for a star, \\ for a backslash.
func Like[T ~string](ref Ref[T], pattern string) Condition {
	match, err := compare.Wildcards(pattern)
	c := condition(here(), "StringMatches", ref, pattern, func(x T) bool { return match(string(x)) })
	if err != nil && c.problem == "" {
		c.problem = fmt.Sprintf(`Like(%q): a backslash has to stand before * or \`, pattern)
	}
	return c
}

// Present holds where there is a value at ref, be it null. A field that its
// JSON leaves out while it is empty (omitempty) is not there then.
func Present(ref AnyRef) Condition {
	r := refOf(ref)
	c := Condition{at: here(), problem: operandCheck("Present", r), export: exported{op: "IsPresent", refs: []*reference{r}, value: true}}
	c.eval = func(f *machine.Frame, doc any) (bool, error) { return r.present(f, doc) }
	return c
}

// IsNull holds where the value at ref is null, or a nil pointer, map or slice.
func IsNull(ref AnyRef) Condition { return kindCondition(here(), "IsNull", ref, document.Null) }

// IsString holds where the value at ref is a string.
func IsString(ref AnyRef) Condition { return kindCondition(here(), "IsString", ref, document.String) }

// IsNumber holds where the value at ref is a number.
func IsNumber(ref AnyRef) Condition { return kindCondition(here(), "IsNumeric", ref, document.Number) }

// IsBool holds where the value at ref is true or false.
func IsBool(ref AnyRef) Condition { return kindCondition(here(), "IsBoolean", ref, document.Bool) }

// IsTime holds where the value at ref is a time, or a string that is one by
// RFC 3339, as strictly as Step Functions reads it: with an upper-case T and Z,
// and two digits for the hour.
func IsTime(ref AnyRef) Condition {
	r := refOf(ref)
	c := Condition{at: here(), problem: operandCheck("IsTime", r), export: exported{op: "IsTimestamp", refs: []*reference{r}, value: true}}
	c.eval = func(f *machine.Frame, doc any) (bool, error) {
		v, err := r.get(f, doc)
		if err != nil {
			return false, err
		}
		s, ok := document.Str(v)
		if !ok {
			return false, writable(r, v)
		}
		_, ok = compare.ParseTimestamp(s)
		return ok, nil
	}
	return c
}

// writable is the failure of a value that is of no kind, since its own method
// failed to write its JSON.
func writable(r *reference, v any) error {
	if document.KindOf(v) != document.Invalid {
		return nil
	}
	_, err := document.Encode(v)
	return &machine.Failure{Name: machine.Runtime, Fatal: true, Err: err, Cause: fmt.Sprintf("%s can't be written as JSON: %v", r, err)}
}

func kindCondition(at place, op string, ref AnyRef, kind document.Kind) Condition {
	r := refOf(ref)
	c := Condition{at: at, problem: operandCheck(op, r), export: exported{op: op, refs: []*reference{r}, value: true}}
	c.eval = func(f *machine.Frame, doc any) (bool, error) {
		v, err := r.get(f, doc)
		if err != nil || document.KindOf(v) == kind {
			return err == nil, err
		}
		return false, writable(r, v)
	}
	return c
}

// Test holds where the function says so of the value at ref. It can't be
// exported to the States Language. The function must not change the value; a
// panic fails the flow.
func Test[T any](ref Ref[T], holds func(T) bool) Condition {
	c := condition(here(), "Test", ref, nil, holds)
	if holds == nil {
		c.problem = "Test without a function"
	}
	eval := c.eval
	c.eval = func(f *machine.Frame, doc any) (ok bool, err error) {
		defer recovered(&err)
		return eval(f, doc)
	}
	return c
}

// recovered makes a panic of a user's function the failure of the state.
func recovered(err *error) {
	if p := recover(); p != nil {
		e := &PanicError{Value: p, Stack: debug.Stack()}
		*err = &machine.Failure{Name: machine.Runtime, Cause: e.Error(), Err: e, Fatal: true}
	}
}

// And holds where all of the conditions hold. They are asked in order, up to
// the first that does not.
func And(all ...Condition) Condition {
	c := combined(here(), "And", all)
	c.eval = func(f *machine.Frame, doc any) (bool, error) {
		for i := range all {
			if ok, err := all[i].eval(f, doc); !ok || err != nil {
				return false, err
			}
		}
		return true, nil
	}
	return c
}

// Or holds where any of the conditions holds. They are asked in order, up to
// the first that does.
func Or(some ...Condition) Condition {
	c := combined(here(), "Or", some)
	c.eval = func(f *machine.Frame, doc any) (bool, error) {
		for i := range some {
			if ok, err := some[i].eval(f, doc); ok || err != nil {
				return ok, err
			}
		}
		return false, nil
	}
	return c
}

// Not holds where the condition does not.
func Not(cond Condition) Condition {
	c := combined(here(), "Not", []Condition{cond})
	c.eval = func(f *machine.Frame, doc any) (bool, error) {
		ok, err := cond.eval(f, doc)
		return !ok, err
	}
	return c
}

func combined(at place, op string, parts []Condition) Condition {
	c := Condition{at: at, export: exported{op: op}}
	if len(parts) == 0 {
		c.problem = op + " of no conditions"
	}
	for _, p := range parts {
		c.export.parts = append(c.export.parts, p.export)
		switch {
		case c.problem != "":
		case p.eval == nil:
			c.problem = op + " of an empty Condition"
		case p.problem != "":
			c.problem = p.problem
		}
	}
	return c
}
