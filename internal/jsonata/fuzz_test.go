package jsonata_test

import (
	"errors"
	"testing"
	"time"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/jsonata"
)

// FuzzEval looks for expressions that panic, hang, take more than they may, or
// give what is no JSON.
func FuzzEval(f *testing.F) {
	for _, expr := range []string{
		`a.b[0].c`, `$sum(a.(b * c))`, `a{b: $count($)}`, `a^(>b, c)`, `a@$x#$i[$i = 1].b.%.%`, `$map(a, function($v, $i) { $v & $i })`,
		`($f := function($n)<n:n> { $n < 2 ? 1 : $f($n - 1) }; $f(?)(5))`, `a ~> |b|{"c": 1}, ["d"]|`, `$replace(s, /(\w)(\s)/i, "$2$1")`,
		`$formatNumber(1.5e3, "#,##0.00;(0)")`, `$fromMillis(1e12, "[FNn] [D1o] [MNn,3-3] [Y] [Z]", "+0130")`, `$toMillis("1 Jan 2020", "[D] [MNn,3-3] [Y]")`,
		`$parseInteger($formatInteger(1234, "w;o"), "w;o")`, `$eval("1 + $x") ?: ** ?? *`, `[1..5][$ in [2, 3]]`, `$pad("ä", -5, "-+") & $split("a1b", /\d/)`,
		`$string({"a": [null, true, 1e21]}, true)`, `$parse("{'a': 1}")`, `$partition([1..9], 2)`, `"\u00e9\ud83d\ude00" <= 'b'`,
	} {
		f.Add(expr)
	}
	input, err := document.Decode([]byte(`{"a": [{"b": 1, "c": [2, "x"]}, {"b": {"c": null}, "d": true}], "s": "héllo w", "n": 1e300, "e": [], "z": {}}`))
	if err != nil {
		f.Fatal(err)
	}
	before := document.Text(input)
	env := &jsonata.Env{
		Variables: jsonata.Map{"states": input, "x": 5.0},
		Now:       func() time.Time { return time.Unix(1e9, 0) },
		Random:    func() uint64 { return 1 << 62 },
	}
	f.Fuzz(func(t *testing.T, expr string) {
		for _, opts := range []jsonata.Options{
			{Limits: jsonata.Limits{Depth: 1000, Value: 1 << 20, Total: 4 << 20, Steps: 100_000}},
			{Dialect: jsonata.StepFunctions, Input: true, Limits: jsonata.Limits{Total: 4 << 20, Value: 1 << 20, Steps: 100_000}},
		} {
			e, err := jsonata.Compile(expr, opts)
			if err != nil {
				if failure, ok := errors.AsType[*jsonata.Error](err); !ok || failure.Message == "" {
					t.Fatalf("%q: error %#v is none of ours", expr, err)
				}
				continue
			}
			e.Variables()
			e.States()
			v, err := e.Eval(t.Context(), input, env)
			if err != nil {
				if failure, ok := errors.AsType[*jsonata.Error](err); !ok || failure.Message == "" && failure.Code != "D3137" {
					t.Fatalf("%q: error %#v is none of ours", expr, err)
				}
				continue
			}
			again, err := e.Eval(t.Context(), input, env)
			if err != nil {
				t.Fatalf("%q: the second evaluation fails: %v", expr, err)
			}
			if v == jsonata.Undefined || v == (jsonata.Function{}) {
				continue
			}
			first, err := document.Encode(v)
			if second := document.Text(again); err == nil && string(first) != second {
				t.Fatalf("%q: %s, then %s", expr, first, second)
			}
		}
		if after := document.Text(input); after != before {
			t.Fatalf("%q changed its input: %s", expr, after)
		}
	})
}
