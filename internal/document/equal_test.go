package document_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/flowstone-go/flow/internal/document"
)

// Numbers are equal if their values are, however they are written or held.
func TestEqualNumbers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b  any
		equal bool
	}{
		{0.1, json.Number("0.10"), true},
		{1.1, json.Number("11e-1"), true},
		{0.1, json.Number("0.1000000000000000055"), false},
		{float64(100), json.Number("1e2"), true},
		{1, json.Number("1.0"), true},
		{json.Number("9007199254740993"), json.Number("9007199254740992"), false},
		{json.Number("9007199254740993"), json.Number("9007199254740993.0"), true},
		{json.Number("-0"), float64(0), true},
		{math.NaN(), json.Number("1.0"), false},
		{math.Inf(1), json.Number("1.0"), false},
	} {
		if got := document.Equal(test.a, test.b); got != test.equal {
			t.Errorf("Equal(%v, %v) is %t", test.a, test.b, got)
		}
		if got := document.Equal(test.b, test.a); got != test.equal {
			t.Errorf("Equal(%v, %v) is %t", test.b, test.a, got)
		}
	}
}
