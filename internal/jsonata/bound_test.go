package jsonata_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/jsonata"
)

const (
	stack  = "Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive."
	memory = "Expression evaluation memory limit exceeded: Check for excessive memory usage"
	steps  = "Expression evaluation timeout: Check for infinite loop"
)

// doubled makes a value that shares its parts, so that it is 2^40 times the
// size of the memory it takes.
const doubled = `($f := function($a, $n) { $n = 0 ? $a : $f([[$a], [$a]], $n - 1) }; $v := $f(%, 40); `

func TestBounds(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, expr, want string }{
		{"a range that fits", `$count([1..873782])`, ""},
		{"a range that does not", `$count([1..873783])`, memory},
		{"a string that fits", `$length($pad("", 4194304))`, ""},
		{"a string that does not", `($s := $pad("", 4194304); $length($s & $s))`, memory},
		{"a padded string that does not", `$length($pad("", 100000000))`, memory},
		{"a string doubled without end", `($f := function($s) { $f($s & $s) }; $f("x"))`, memory},
		{"an array doubled without end", `($f := function($s) { $f($append($s, $s)) }; $f([1]))`, memory},
		{"a replacement that grows", `$replace($pad("", 1000000, "a"), "a", $pad("", 1000))`, memory},
		{"a regular replacement that grows", `$replace($pad("", 100000, "a"), /a/, $pad("", 1000))`, memory},
		{"a join that grows", `$join($map([1..10000], function() { $pad("", 10000) }))`, memory},
		{"a split into letters", `$split($pad("", 4000000), "")`, memory},
		{"a split at every letter", `$split($pad("", 4000000, "a"), /a/)`, memory},
		{"many matches", `$match($pad("", 4000000, "a"), /a/)`, memory},
		{"a map of maps", `$map([1..100000], function() { $map([1..100000], function($x) { $x }) })`, memory},
		{"a product of arrays", `[1..10000].([1..10000])`, memory},
		{"groups of groups", `[1..800000]{"a": $, "b": $, "c": $}.$keys() ~> $map(function($k) { $map([1..800000], $string) })`, memory},
		{"pretty text of nested arrays", strings.Replace(doubled, "%", "1", 1) + `$string($v, true))`, memory},
		{"a result that shares parts", strings.Replace(doubled, "%", "1", 1) + `$v)`, memory},
		{"objects that share parts", `($f := function($a, $n) { $n = 0 ? $a : $f({"a": $a, "b": $a}, $n - 1) }; $f(1, 40))`, memory},
		{"comparing what shares parts", strings.Replace(doubled, "%", "1", 1) + `$w := $f(1, 40); $v = $w)`, steps},
		{"casting what shares parts", strings.Replace(doubled, "%", "0", 1) + `$v ? 1 : 2)`, steps},
		{"a field of what shares parts", strings.Replace(doubled, "%", "{}", 1) + `$v.x)`, memory},
		{"keys of what shares parts", strings.Replace(doubled, "%", "{}", 1) + `$keys($v))`, steps},
		{"spreading what shares parts", strings.Replace(doubled, "%", "1", 1) + `$count($spread($v)))`, memory},
		{"all below what shares parts", strings.Replace(doubled, "%", "1", 1) + `$count($v.**))`, memory},
		{"all fields of what shares parts", strings.Replace(doubled, "%", "1", 1) + `$count($v.*))`, memory},
		{"a copy of what shares parts", strings.Replace(doubled, "%", "1", 1) + `$clone($v))`, memory},
		{"distinct of large arrays", `($a := [1..10000]; $count($distinct($map([1..800], function($i) { [$a, $i] }))))`, steps},
		{"an endless loop", `($f := function() { $f() }; $f())`, steps},
		{"an endless loop over two functions", `($f := function($n) { $g($n + 1) }; $g := function($n) { $f($n) }; $f(1))`, steps},
		{"endless recursion", `($f := function($n) { 1 + $f($n + 1) }; $f(1))`, stack},
		{"recursion through the library", `($f := function($n) { $map([1], $f) }; $f(1))`, stack},
		{"recursion through a partial application", `($f := function($n) { ($g := $f(?); 1 + $g($n)) }; $f(1))`, stack},
		{"functions chained without end", `($f := function($g, $n) { $n = 0 ? $g : $f($g ~> $string, $n - 1) }; $h := $f($string, 100000); $h(1))`, stack},
		{"deep recursion", `($f := function($n) { $n = 0 ? 0 : 1 + $f($n - 1) }; $f(50))`, stack},
		{"recursion that is not deep", `($f := function($n) { $n = 0 ? 0 : 1 + $f($n - 1) }; $f(20))`, ""},
		{"a long tail recursion", `($f := function($n) { $n = 0 ? 0 : $f($n - 1) }; $f(100000))`, ""},
		{"200 terms", "1" + strings.Repeat("+1", 199), stack},
		{"50 terms", "1" + strings.Repeat("+1", 49), ""},
		{"arrays nested deeper than a document may be", `($f := function($a, $n) { $n = 0 ? $a : $f([[$a]], $n - 1) }; $f(1, 2000))`, stack},
		{"a Roman numeral of many letters", `$formatInteger(1e15, "I")`, ""},
		{"a wide picture", `$fromMillis(0, "[Y,999999999]")`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			opts := jsonata.Options{Dialect: jsonata.StepFunctions}
			switch { // as sure with less of the one bound, and faster
			case tt.want == memory:
				opts.Limits.Total = 24 << 20
			case tt.want == steps && tt.name != "an endless loop":
				opts.Limits.Steps = 1_000_000
			}
			e, err := jsonata.Compile(tt.expr, opts)
			if err != nil {
				t.Fatal(err)
			}
			v, err := e.Eval(t.Context(), jsonata.Undefined, nil)
			failure, _ := errors.AsType[*jsonata.Error](err)
			switch {
			case tt.want == "" && (failure != nil && failure.Kind == jsonata.Bound):
				t.Errorf("got error %v", err)
			case tt.want == "":
			case failure == nil:
				t.Errorf("got %.100s and error %v, want %s", document.Text(v), err, tt.want)
			case failure.Kind != jsonata.Bound || failure.Code != "U1001" || failure.Message != tt.want:
				t.Errorf("got error %#v, want %s", failure, tt.want)
			}
		})
	}
}

func TestNesting(t *testing.T) {
	t.Parallel()
	const n = 200_000
	for name, expr := range map[string]string{
		"brackets":    strings.Repeat("(", n),
		"arrays":      strings.Repeat("[", n),
		"objects":     strings.Repeat(`{"a":`, n),
		"signs":       strings.Repeat("-", n) + "1",
		"terms":       "1" + strings.Repeat("+1", n),
		"steps":       "a" + strings.Repeat(".a", n),
		"predicates":  "a" + strings.Repeat("[0]", n),
		"conditions":  strings.Repeat("a?", n) + "1",
		"bindings":    strings.Repeat("$a:=", n) + "1",
		"functions":   strings.Repeat("function(){", n),
		"signatures":  "function($a)<" + strings.Repeat("<", n),
		"parents":     "a" + strings.Repeat(".%", n),
		"wildcards":   "*" + strings.Repeat(".*", n),
		"transforms":  strings.Repeat("|", n),
		"texts":       "'a'" + strings.Repeat("&'a'", n),
		"regex":       "/" + strings.Repeat("(", n),
		"regex ends":  "/" + strings.Repeat("(", n) + strings.Repeat(")", n) + "/",
		"application": "a" + strings.Repeat("~>a", n),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, err := jsonata.Compile(expr, jsonata.Options{})
			if err == nil {
				_, err = e.Eval(t.Context(), jsonata.Undefined, nil)
			}
			if failure, ok := errors.AsType[*jsonata.Error](err); err != nil && !ok {
				t.Errorf("got error %v, want none or a %T", err, failure)
			}
		})
	}
}

func TestCancellation(t *testing.T) {
	t.Parallel()
	e, err := jsonata.Compile(`($f := function() { $f() }; $f())`, jsonata.Options{Limits: jsonata.Limits{Steps: 1 << 60}})
	if err != nil {
		t.Fatal(err)
	}
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	if _, err := e.Eval(ctx, nil, nil); !errors.Is(err, cause) {
		t.Errorf("got error %v, want %v", err, cause)
	}
	calls := 0
	ctx, cancel = context.WithCancelCause(t.Context())
	env := &jsonata.Env{Random: func() uint64 {
		if calls++; calls == 100 {
			cancel(cause)
		}
		return 0
	}}
	e, err = jsonata.Compile(`($f := function() { ($random(); $f()) }; $f())`, jsonata.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Eval(ctx, nil, env); !errors.Is(err, cause) {
		t.Errorf("got error %v, want %v", err, cause)
	}
}
