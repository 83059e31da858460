package compare_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/flowstone-go/flow/internal/compare"
	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/path"
)

type env struct{ input any }

func (e env) Input() any                  { return e.input }
func (env) Context() any                  { return document.ObjectOf(document.Field{Key: "n", Value: 1.0}) }
func (env) Variable(s string) (any, bool) { return "set", s == "v" }

func TestHolds(t *testing.T) {
	t.Parallel()
	const early, late = "2012-10-09T19:00:55Z", "2012-10-09T19:00:56Z"
	num := func(s string) any { return json.Number(s) }
	for _, test := range []struct {
		op          compare.Operator
		left, right any
		want        bool
	}{
		{compare.StringEquals, "a", "a", true},
		{compare.StringEquals, "a", "b", false},
		{compare.StringEquals, "", "", true},
		{compare.StringEquals, nil, "a", false},
		{compare.StringEquals, 1.0, "1", false},
		{compare.StringEquals, []any{}, "a", false},
		{compare.StringEquals, "é", "e\u0301", false},
		{compare.StringLessThan, "A", "AB", true},
		{compare.StringLessThan, "AB", "A", false},
		{compare.StringLessThan, "\uff61", "\U0001F600", false}, // by code units the emoji is first
		{compare.StringGreaterThan, "\uff61", "\U0001F600", true},
		{compare.StringGreaterThan, "b", "a", true},
		{compare.StringGreaterThan, "a", "a", false},
		{compare.StringLessThanEquals, "a", "a", true},
		{compare.StringLessThanEquals, "b", "a", false},
		{compare.StringGreaterThanEquals, "a", "a", true},
		{compare.StringGreaterThanEquals, "a", "b", false},
		{compare.StringMatches, "log-2026.txt", "log-*.txt", true},
		{compare.StringMatches, 5.0, "*", false},
		{compare.NumericEquals, 0.0, num("0.0"), true},
		{compare.NumericEquals, 1, num("1e0"), true},
		{compare.NumericEquals, true, 1.0, false},
		{compare.NumericEquals, nil, 0.0, false},
		{compare.NumericEquals, "1", 1.0, false},
		{compare.NumericEquals, num("9007199254740993"), num("9007199254740992"), false},
		{compare.NumericLessThan, 1.0, 2.0, true},
		{compare.NumericLessThan, -1.0, num("1e400"), true},
		{compare.NumericLessThan, 1.0, 1.0, false},
		{compare.NumericGreaterThan, 2.0, 1.0, true},
		{compare.NumericGreaterThan, 0.0, 0.0, false},
		{compare.NumericLessThanEquals, 1.0, 1.0, true},
		{compare.NumericGreaterThanEquals, 1.0, 1.0, true},
		{compare.NumericGreaterThanEquals, "a", 1.0, false},
		{compare.BooleanEquals, true, true, true},
		{compare.BooleanEquals, false, true, false},
		{compare.BooleanEquals, nil, false, false},
		{compare.BooleanEquals, 0.0, false, false},
		{compare.BooleanEquals, "", false, false},
		{compare.TimestampEquals, early, early, true},
		{compare.TimestampEquals, early, "2012-10-09T21:00:55.000+02:00", true},
		{compare.TimestampEquals, early, late, false},
		{compare.TimestampEquals, "", early, false},
		{compare.TimestampEquals, "2012-10-09", "2012-10-09", false},
		{compare.TimestampLessThan, early, late, true},
		{compare.TimestampGreaterThan, late, early, true},
		{compare.TimestampGreaterThan, early, late, false},
		{compare.TimestampLessThanEquals, early, early, true},
		{compare.TimestampLessThanEquals, late, early, false},
		{compare.TimestampGreaterThanEquals, early, late, false},
		{compare.IsPresent, nil, true, true},
		{compare.IsPresent, "x", false, false},
		{compare.IsNull, nil, true, true},
		{compare.IsNull, "", true, false},
		{compare.IsNull, "", false, true},
		{compare.IsNumeric, 1.5, true, true},
		{compare.IsNumeric, "1.5", true, false},
		{compare.IsNumeric, "1.5", false, true},
		{compare.IsString, "", true, true},
		{compare.IsString, nil, true, false},
		{compare.IsBoolean, false, true, true},
		{compare.IsBoolean, 0.0, true, false},
		{compare.IsTimestamp, early, true, true},
		{compare.IsTimestamp, "2012-10-09T19:00:55", true, false},
		{compare.IsTimestamp, 5.0, false, true},
		{compare.IsNull, nil, "true", false}, // no boolean to give
	} {
		if got := test.op.Holds(test.left, test.right); got != test.want {
			t.Errorf("%v %s %v is %t", test.left, test.op, test.right, got)
		}
		// As a condition: with a literal, and with a path to the operand.
		doc := document.ObjectOf(document.Field{Key: "l", Value: test.left}, document.Field{Key: "r", Value: test.right})
		if c, err := compare.New(compile(t, "$.l"), test.op, test.right); err == nil {
			if got, err := c.Test(env{doc}); got != test.want || err != nil {
				t.Errorf("the condition %v %s %v is %t, %v", test.left, test.op, test.right, got, err)
			}
		}
		if c, err := compare.NewPath(compile(t, "$.l"), test.op, compile(t, "$.r")); err == nil {
			if got, err := c.Test(env{doc}); got != test.want || err != nil {
				t.Errorf("by path %v %s %v is %t, %v", test.left, test.op, test.right, got, err)
			}
		}
	}
}

func TestStringMatches(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		pattern, text string
		want          bool
	}{
		{"*", "", true},
		{"*", "anything", true},
		{"", "", true},
		{"", "a", false},
		{"a", "a", true},
		{"a", "ab", false},
		{"a*", "a", true},
		{"a*", "ba", false},
		{"*a", "ba", true},
		{"*a", "ab", false},
		{"a*b", "ab", true},
		{"a*b", "a", false},
		{"a*a", "a", false},
		{"a*a", "aa", true},
		{"*b*", "abc", true},
		{"a*b*c", "a1b2c", true},
		{"a*b*c", "a1c2b", false},
		{"*ab*ab", "ab", false},
		{"*ab*ab", "abab", true},
		{"**", "x", true},
		{`a\*`, "a*", true},
		{`a\*`, "ab", false},
		{`\\*`, `\x`, true},
		{`a?c`, "abc", false},
		{`a?c`, "a?c", true},
		{"*.log", "föö.log", true},
	} {
		c, err := compare.New(compile(t, "$"), compare.StringMatches, test.pattern)
		if err != nil {
			t.Errorf("%q: %v", test.pattern, err)
			continue
		}
		if got, err := c.Test(env{test.text}); got != test.want || err != nil {
			t.Errorf("%q matches %q: %t, %v", test.pattern, test.text, got, err)
		}
	}
}

func TestParseTimestamp(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2016-12-05T21:29:29Z":        "2016-12-05T21:29:29Z",
		"2016-12-05T21:29:29.00Z":     "2016-12-05T21:29:29Z",
		"2016-12-05T21:29:29.000001Z": "2016-12-05T21:29:29.000001Z",
		"2016-12-05T21:29:29+01:30":   "2016-12-05T19:59:29Z",
		"2016-12-05T21:29:29.5-01:00": "2016-12-05T22:29:29.5Z",
		"2024-02-29T00:00:00Z":        "2024-02-29T00:00:00Z",
		"2016-12-05T21:29:29":         "",
		"2016-12-05T21:29Z":           "",
		"2016-12-05 21:29:29Z":        "",
		"2016-12-05t21:29:29Z":        "",
		"2016-12-05T21:29:29z":        "",
		"2016-12-05T21:29:29,5Z":      "",
		"2016-12-05T21:29:29.Z":       "",
		"2016-12-05T21:29:29+0100":    "",
		"2016-12-05T21:29:29+1:00":    "",
		"2016-12-05T25:29:29Z":        "",
		"2016-12-05T24:00:00Z":        "",
		"2016-13-05T21:29:29Z":        "",
		"2023-02-29T00:00:00Z":        "",
		"05-12-2016T21:29:29Z":        "",
		"2016-12-5T21:29:29Z":         "",
		"2023-02-24":                  "",
		"":                            "",
		"2016-12-05T21:29:29Z ":       "",
	} {
		got, ok := compare.ParseTimestamp(text)
		if text := got.UTC().Format("2006-01-02T15:04:05.999999999Z07:00"); ok != (want != "") || ok && text != want {
			t.Errorf("%q: want %q, got %s, %t", text, want, got, ok)
		}
	}
}

func TestJoined(t *testing.T) {
	t.Parallel()
	yes := condition(t, "$.a", compare.NumericEquals, 1.0)
	no := condition(t, "$.a", compare.NumericEquals, 2.0)
	bad := condition(t, "$.nowhere", compare.NumericEquals, 2.0)
	e := env{document.ObjectOf(document.Field{Key: "a", Value: 1.0})}
	for _, test := range []struct {
		c       compare.Condition
		want    bool
		invalid bool
	}{
		{compare.And(yes, yes), true, false},
		{compare.And(yes, no, bad), false, false},
		{compare.And(yes, bad), false, true},
		{compare.Or(no, no), false, false},
		{compare.Or(no, yes, bad), true, false},
		{compare.Or(no, bad), false, true},
		{compare.Not(no), true, false},
		{compare.Not(yes), false, false},
		{compare.Not(bad), false, true},
		{compare.Not(compare.And(yes, compare.Or(no, compare.Not(no)))), false, false},
		{compare.And(), true, false},
		{compare.Or(), false, false},
	} {
		got, err := test.c.Test(e)
		_, invalid := errors.AsType[*compare.InvalidValueError](err)
		if got != test.want || invalid != test.invalid || (err != nil) != test.invalid {
			t.Errorf("%v: got %t, %v", test.c.Paths(), got, err)
		}
	}
	if got := fmt.Sprint(compare.And(yes, compare.Not(compare.Or(bad))).Paths()); got != "[$.a $.nowhere]" {
		t.Errorf("got %s", got)
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()
	e := env{document.ObjectOf(document.Field{Key: "a", Value: nil})}
	for _, test := range []struct {
		path string
		op   compare.Operator
		want bool
		err  string
	}{
		{"$.a", compare.IsPresent, true, ""},
		{"$.b", compare.IsPresent, false, ""},
		{"$.b.c", compare.IsPresent, false, ""},
		{"$.a.c", compare.IsPresent, false, ""},
		{"$w", compare.IsPresent, false, ""},
		{"$v", compare.IsPresent, true, ""},
		{"$$.n", compare.IsNumeric, true, ""},
		{"$.b[*]", compare.IsPresent, true, ""},
		{"$.b", compare.IsNull, false, "Invalid path '$.b': The choice state's condition path references an invalid value."},
		{"$$.b", compare.IsString, false, "Invalid path '$.b': The choice state's condition path references an invalid value."},
	} {
		got, err := condition(t, test.path, test.op, true).Test(e)
		if got != test.want || (err != nil) != (test.err != "") || err != nil && err.Error() != test.err {
			t.Errorf("%s %s: got %t, %v", test.path, test.op, got, err)
		}
	}
	got, err := condition(t, "$.b", compare.IsPresent, false).Test(e)
	if !got || err != nil {
		t.Errorf("absent as wanted: %t, %v", got, err)
	}
	byPath, err := compare.NewPath(compile(t, "$.a"), compare.StringEquals, compile(t, "$.b"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := byPath.Test(e); err == nil {
		t.Error("the path to the operand leads nowhere: no error")
	}
}

func TestNewErrors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		op      compare.Operator
		operand any
	}{
		{compare.StringEquals, 1.0},
		{compare.StringEquals, nil},
		{compare.StringMatches, true},
		{compare.StringMatches, `a\b`},
		{compare.StringMatches, `a\`},
		{compare.NumericEquals, "1"},
		{compare.BooleanEquals, "true"},
		{compare.IsNull, 1.0},
		{compare.TimestampEquals, "2016-12-05"},
		{compare.TimestampEquals, 5.0},
	} {
		if c, err := compare.New(compile(t, "$"), test.op, test.operand); err == nil {
			t.Errorf("%s %v: no error, %v", test.op, test.operand, c)
		}
	}
	for _, op := range []compare.Operator{compare.StringMatches, compare.IsPresent, compare.IsTimestamp} {
		if _, err := compare.NewPath(compile(t, "$"), op, compile(t, "$")); err == nil {
			t.Errorf("%sPath: no error", op)
		}
	}
}

func TestNamed(t *testing.T) {
	t.Parallel()
	for op := compare.StringEquals; op <= compare.IsTimestamp; op++ {
		if got, byPath, ok := compare.Named(op.String()); got != op || byPath || !ok {
			t.Errorf("%s: got %s, %t, %t", op, got, byPath, ok)
		}
		got, byPath, ok := compare.Named(op.String() + "Path")
		if ok != op.TakesPath() || ok && (got != op || !byPath) {
			t.Errorf("%sPath: got %s, %t, %t", op, got, byPath, ok)
		}
	}
	for _, name := range []string{"", "Path", "stringEquals", "StringEqual", "StringEqualsPathPath", "Variable"} {
		if op, _, ok := compare.Named(name); ok {
			t.Errorf("%q: got %s", name, op)
		}
	}
}

func condition(tb testing.TB, variable string, op compare.Operator, operand any) *compare.Comparison {
	tb.Helper()
	c, err := compare.New(compile(tb, variable), op, operand)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func compile(tb testing.TB, text string) *path.Path {
	tb.Helper()
	p, err := path.Compile(text)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}
