package jsonata_test

import (
	"slices"
	"testing"

	"github.com/flowstone-go/flow/internal/jsonata"
)

func TestVariables(t *testing.T) {
	t.Parallel()
	tests := []struct {
		expression        string
		variables, hiding []string
	}{
		{"1 + $sum([1])", nil, nil},
		{"$b.c + $a[$d > 1] + $a", []string{"a", "b", "d"}, nil},
		{"$states.input.a", nil, nil},
		{"($x := $y; $x + 1)", []string{"y"}, nil},
		{"($x := $x + 1; $x)", []string{"x"}, nil},
		{"$x & ($x := 1; $x)", []string{"x"}, nil},
		{"$map($l, function($v, $i) { $v + $i + $f })", []string{"f", "l"}, nil},
		{"($f := function($n) { $n < 2 ? 1 : $sum($map([$n - 1], $f)) }; $f(3))", nil, nil},
		{"$call(1)", nil, nil},
		{"($call := function() { 1 }; $call())", nil, nil},
		{"$call(1) + $call", []string{"call"}, nil},
		{"$count + $max($count)", nil, []string{"count"}},
		{"$map([1], $string)", nil, []string{"string"}},
		{"$a#$i.{ 'i': $i, 'j': $j }", []string{"a", "j"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.expression, func(t *testing.T) {
			t.Parallel()
			e, err := jsonata.Compile(tt.expression, jsonata.Options{Dialect: jsonata.StepFunctions})
			if err != nil {
				t.Fatal(err)
			}
			if got := e.Variables(); !slices.Equal(got, tt.variables) {
				t.Errorf("Variables: got %v, want %v", got, tt.variables)
			}
			if got := e.Hiding(); !slices.Equal(got, tt.hiding) {
				t.Errorf("Hiding: got %v, want %v", got, tt.hiding)
			}
		})
	}
}
