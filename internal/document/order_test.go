package document_test

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"testing"
	"unicode/utf16"

	"github.com/flowstone-go/flow/internal/document"
)

func TestCompareNumbers(t *testing.T) {
	t.Parallel()
	n := func(s string) any { return json.Number(s) }
	ascending := []any{
		n("-1e99999999999999999999"), n("-1e400"), -math.MaxFloat64, n("-9007199254740993"), -9007199254740992.0, -1.5, int64(-1), n("-1e-400"),
		0.0, n("1e-400"), n("1e-399"), math.SmallestNonzeroFloat64, 0.1, n("0.10000000000000001"), 1, 1.5, uint8(2), 10.0, n("10.000000000000000000001"),
		9007199254740992.0, n("9007199254740993"), n("9007199254740993.5"), n("1e400"), n("1.1e400"), n("1e99999999999999999999"),
	}
	for i, a := range ascending {
		for j, b := range ascending {
			if got, want := document.CompareNumbers(a, b), cmp.Compare(i, j); got != want {
				t.Errorf("%v and %v: want %d, got %d", a, b, want, got)
			}
			if got := document.Equal(a, b); got != (i == j) {
				t.Errorf("Equal(%v, %v) is %t", a, b, got)
			}
		}
	}
	for _, zero := range []any{0.0, n("-0"), n("0e5"), n("-0.00"), n("0e-99999999999999999999")} {
		if document.CompareNumbers(zero, 0.0) != 0 {
			t.Errorf("%v is not zero", zero)
		}
	}
	for _, pair := range [][2]any{{n("100"), n("1e2")}, {n("0.00120"), n("12e-4")}, {n("-5.0"), -5}, {n("123.456e3"), 123456.0}} {
		if document.CompareNumbers(pair[0], pair[1]) != 0 {
			t.Errorf("%v is not %v", pair[0], pair[1])
		}
	}
}

func TestInteger(t *testing.T) {
	t.Parallel()
	n := func(s string) any { return json.Number(s) }
	for _, test := range []struct {
		v    any
		want int64
		ok   bool
	}{
		{3.0, 3, true},
		{n("3.0"), 3, true},
		{n("3e2"), 300, true},
		{n("30e-1"), 3, true},
		{n("0.0"), 0, true},
		{n("-0"), 0, true},
		{7, 7, true},
		{uint8(7), 7, true},
		{n("9223372036854775807"), math.MaxInt64, true},
		{n("-9223372036854775808"), math.MinInt64, true},
		{n("9223372036854775807.0"), math.MaxInt64, true},
		{n("9223372036854775808"), 0, false},
		{9.3e18, 0, false},
		{1.5, 0, false},
		{n("1e-1"), 0, false},
		{n("1e99999999999"), 0, false},
		{n("9007199254740993.0"), 9007199254740993, true},
		{math.Inf(1), 0, false},
		{math.NaN(), 0, false},
		{"3", 0, false},
		{nil, 0, false},
		{true, 0, false},
	} {
		if got, ok := document.Integer(test.v); got != test.want || ok != test.ok {
			t.Errorf("%v: want %d, %t, got %d, %t", test.v, test.want, test.ok, got, ok)
		}
	}
}

// Strings are in the order of their UTF-16 code units.
func TestCompareStrings(t *testing.T) {
	t.Parallel()
	texts := []string{"", "a", "ab", "b", "é", "e\u0301", "\ud7ff", "\ue000", "\uff61", "\uffff", "\U00010000", "\U0001f600", "\U0010ffff", "a\uff61", "a\U0001f600", "\U0001f600a", "\U0001f600b", "\U0001f601"}
	for _, a := range texts {
		for _, b := range texts {
			want := slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
			if got := document.CompareStrings(a, b); got != want {
				t.Errorf("%q and %q: want %d, got %d", a, b, want, got)
			}
		}
	}
}
