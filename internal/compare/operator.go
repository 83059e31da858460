// Package compare evaluates conditions: the comparison operators of the Amazon
// States Language's Choice state, joined by and, or and not.
//
// The typed conditions of the Go builder stand on the same operators.
package compare

import (
	"strings"

	"github.com/flowstone-go/flow/internal/document"
)

// Operator is a comparison or a test of one value.
type Operator uint8

// The operators. Those from IsPresent on test the value itself; their operand
// is the boolean that the test must give.
const (
	StringEquals Operator = iota
	StringLessThan
	StringGreaterThan
	StringLessThanEquals
	StringGreaterThanEquals
	StringMatches
	NumericEquals
	NumericLessThan
	NumericGreaterThan
	NumericLessThanEquals
	NumericGreaterThanEquals
	BooleanEquals
	TimestampEquals
	TimestampLessThan
	TimestampGreaterThan
	TimestampLessThanEquals
	TimestampGreaterThanEquals
	IsPresent
	IsNull
	IsNumeric
	IsString
	IsBoolean
	IsTimestamp
)

var names = [...]string{
	"StringEquals", "StringLessThan", "StringGreaterThan", "StringLessThanEquals", "StringGreaterThanEquals", "StringMatches",
	"NumericEquals", "NumericLessThan", "NumericGreaterThan", "NumericLessThanEquals", "NumericGreaterThanEquals",
	"BooleanEquals",
	"TimestampEquals", "TimestampLessThan", "TimestampGreaterThan", "TimestampLessThanEquals", "TimestampGreaterThanEquals",
	"IsPresent", "IsNull", "IsNumeric", "IsString", "IsBoolean", "IsTimestamp",
}

var byName = func() map[string]Operator {
	m := make(map[string]Operator, len(names))
	for i, name := range names {
		m[name] = Operator(i) //nolint:gosec // a short list
	}
	return m
}()

// Named gives the operator of a name. byPath tells that the name is that of
// the form whose operand is a path: StringEqualsPath.
func Named(name string) (op Operator, byPath, ok bool) {
	if op, ok = byName[name]; ok {
		return op, false, true
	}
	if name, byPath = strings.CutSuffix(name, "Path"); byPath {
		op, ok = byName[name]
	}
	return op, byPath, ok && op.TakesPath()
}

// String gives the operator's name.
func (op Operator) String() string { return names[op] }

// TakesPath tells that the operator's operand may be a path. That of
// StringMatches and of the tests may not.
func (op Operator) TakesPath() bool { return op < IsPresent && op != StringMatches }

// Operand is the type of value that an operator compares with.
type Operand uint8

// The types of operands.
const (
	String Operand = iota
	Pattern
	Numeric
	Boolean
	Timestamp
)

// Operand tells what the operator compares with.
func (op Operator) Operand() Operand {
	switch {
	case op < StringMatches:
		return String
	case op == StringMatches:
		return Pattern
	case op < BooleanEquals:
		return Numeric
	case op >= TimestampEquals && op < IsPresent:
		return Timestamp
	}
	return Boolean
}

// accepts tells that two values in this order satisfy the operator.
func (op Operator) accepts(order int) bool {
	switch op {
	case StringLessThan, NumericLessThan, TimestampLessThan:
		return order < 0
	case StringGreaterThan, NumericGreaterThan, TimestampGreaterThan:
		return order > 0
	case StringLessThanEquals, NumericLessThanEquals, TimestampLessThanEquals:
		return order <= 0
	case StringGreaterThanEquals, NumericGreaterThanEquals, TimestampGreaterThanEquals:
		return order >= 0
	default:
		return order == 0
	}
}

// Holds applies a comparison to two values that are there. A value of another
// type than the operator's makes it false, never an error: null, 0 and "" are
// not false. Strings are ordered by UTF-16 code units, numbers by their exact
// values, timestamps as instants. For a test, the right value is the boolean
// that it must give; a value that is there is present.
func (op Operator) Holds(left, right any) bool {
	switch op.Operand() {
	case String:
		l, ok := document.Str(left)
		r, ok2 := document.Str(right)
		return ok && ok2 && op.accepts(document.CompareStrings(l, r))
	case Pattern:
		l, ok := document.Str(left)
		r, ok2 := document.Str(right)
		if !ok || !ok2 {
			return false
		}
		g, err := compileGlob(r)
		return err == nil && g.match(l)
	case Numeric:
		return document.KindOf(left) == document.Number && document.KindOf(right) == document.Number &&
			op.accepts(document.CompareNumbers(left, right))
	case Timestamp:
		l, ok := timestampOf(left)
		r, ok2 := timestampOf(right)
		return ok && ok2 && op.accepts(l.Compare(r))
	case Boolean:
	}
	want, ok := document.Boolean(right)
	if !ok {
		return false
	}
	if op == BooleanEquals {
		got, ok := document.Boolean(left)
		return ok && got == want
	}
	return op.is(left) == want
}

// is applies a test to a value that is there.
func (op Operator) is(v any) bool {
	switch op {
	case IsPresent:
		return true
	case IsNull:
		return document.KindOf(v) == document.Null
	case IsNumeric:
		return document.KindOf(v) == document.Number
	case IsString:
		return document.KindOf(v) == document.String
	case IsBoolean:
		return document.KindOf(v) == document.Bool
	default:
		_, ok := timestampOf(v)
		return ok
	}
}
