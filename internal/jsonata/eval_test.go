package jsonata_test

import (
	"testing"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/jsonata"
)

// example is one line of a table: an expression, and the JSON of what it
// gives, "nothing", or the text of its error.
type example struct{ expr, want string }

// result evaluates an expression and writes down what comes of it.
func result(t *testing.T, expr string, opts jsonata.Options, input any, env *jsonata.Env) string {
	t.Helper()
	e, err := jsonata.Compile(expr, opts)
	if err != nil {
		return err.Error()
	}
	v, err := e.Eval(t.Context(), input, env)
	switch {
	case err != nil:
		return err.Error()
	case v == jsonata.Undefined:
		return "nothing"
	case v == jsonata.Function{}:
		return "function"
	}
	return document.Text(v)
}

func runExamples(t *testing.T, opts jsonata.Options, input any, env *jsonata.Env, examples []example) {
	t.Helper()
	for _, x := range examples {
		t.Run(x.expr, func(t *testing.T) {
			t.Parallel()
			if got := result(t, x.expr, opts, input, env); got != x.want {
				t.Errorf("%s\ngot  %s\nwant %s", x.expr, got, x.want)
			}
		})
	}
}

const orders = `{
	"name": "Ada", "a": [1, 2, 3], "empty": [], "null": null, "single": [7], "nest": [[1, 2], [3]],
	"o": {"x": 1, "y": [5], "z": {"w": "deep"}},
	"rows": [{"k": "a", "v": 1, "t": ["p", "q"]}, {"k": "b", "v": 2, "t": []}, {"k": "a", "v": 3, "t": ["r"]}],
	"shop": {"id": 9, "orders": [
		{"no": 1, "lines": [{"sku": "A", "n": 2}, {"sku": "B", "n": 1}]},
		{"no": 2, "lines": [{"sku": "A", "n": 5}]}
	]},
	"stock": [{"sku": "A", "price": 10}, {"sku": "B", "price": 4}]
}`

func TestPaths(t *testing.T) {
	t.Parallel()
	runExamples(t, jsonata.Options{}, decode(t, []byte(orders)), nil, []example{
		{`name`, `"Ada"`},
		{`o.z.w`, `"deep"`},
		{`missing`, `nothing`},
		{`missing.field`, `nothing`},
		{`name.field`, `nothing`},
		{`null`, `null`},
		{"`null`", `null`},
		{"`null`.field", `nothing`},
		{`empty`, `[]`},
		{`empty[0]`, `nothing`},
		{`single`, `[7]`},
		{`single[0]`, `7`},
		{`a[0]`, `1`},
		{`a[-1]`, `3`},
		{`a[9]`, `nothing`},
		{`a[1.9]`, `2`},
		{`a[[0, 2]]`, `[1,3]`},
		{`a[[0..1]]`, `[1,2]`},
		{`a[$ > 1]`, `[2,3]`},
		{`a[$ > 2]`, `3`},
		{`a[$ > 2][]`, `[3]`},
		{`a[$ > 9]`, `nothing`},
		{`a[$ > 9][]`, `nothing`},
		{`name[0]`, `"Ada"`},
		{`name[1]`, `nothing`},
		{`nest`, `[[1,2],[3]]`},
		{`nest[0]`, `[1,2]`},
		{`nest[0][1]`, `2`},
		{`nest.$`, `[1,2,3]`},
		{`rows.v`, `[1,2,3]`},
		{`rows.t`, `["p","q","r"]`},
		{`rows.t[0]`, `["p","r"]`},
		{`(rows.t)[0]`, `"p"`},
		{`rows[1].k`, `"b"`},
		{`rows[k = "a"].v`, `[1,3]`},
		{`rows[k = "b"].v`, `2`},
		{`rows[k = "b"].v[]`, `[2]`},
		{`rows[k = "a"][1].v`, `3`},
		{`rows[$.v > 1].k`, `["b","a"]`},
		{`rows["p" in t].v`, `1`},
		{`o.*`, `[1,5,{"w":"deep"}]`},
		{`*[0]`, `"Ada"`},
		{`o.**.w`, `"deep"`},
		{`$count(**)`, `48`},
		{`shop.orders.lines.sku`, `["A","B","A"]`},
		{`shop.orders.lines.(n * 2)`, `[4,2,10]`},
		{`shop.orders.[no]`, `[[1],[2]]`},
		{`shop.orders.{"no": no}`, `[{"no":1},{"no":2}]`},
		{`shop.orders[0].lines.sku`, `["A","B"]`},
		{`shop.orders.lines[0].sku`, `["A","A"]`},
		{`$.name`, `"Ada"`},
		{`$$.o.x`, `1`},
		{`rows.($$.name)`, `["Ada","Ada","Ada"]`},
		{`"name"`, `"name"`},
		{`$."name"`, `"Ada"`},
		{`o.x[]`, `[1]`},
		{`o.y[]`, `[5]`},
	})
}

func TestBindingsInPaths(t *testing.T) {
	t.Parallel()
	runExamples(t, jsonata.Options{}, decode(t, []byte(orders)), nil, []example{
		{`rows#$i.(k & $i)`, `["a0","b1","a2"]`},
		{`rows#$i[$i > 0].k`, `["b","a"]`},
		{`rows[k = "a"]#$i.($i & v)`, `["01","13"]`},
		{`rows^(>v)#$i.(v & $i)`, `["30","21","12"]`},
		{`shop.orders@$o.lines.{"no": $o.no}`, `nothing`},
		{`shop.orders@$o.$o.lines.{"no": $o.no, "sku": sku}`, `[{"no":1,"sku":"A"},{"no":1,"sku":"B"},{"no":2,"sku":"A"}]`},
		{`shop.orders.lines@$l.$$.stock[sku = $l.sku].(price * $l.n)`, `[20,4,50]`},
		{`shop.orders.lines.{"no": %.no, "sku": sku}`, `[{"no":1,"sku":"A"},{"no":1,"sku":"B"},{"no":2,"sku":"A"}]`},
		{`shop.orders.lines[%.no = 2].sku`, `"A"`},
		{`shop.orders.lines.sku.(%.%.no & $)`, `["1A","1B","2A"]`},
		{`shop.orders.lines.(%.%.id)`, `[9,9,9]`},
		{`(shop.orders.lines)[%.no = 1].n`, `[2,1]`},
		{`shop.(orders.lines).{"id": %.%.id}`, `[{"id":9},{"id":9},{"id":9}]`},
		{`shop.orders.lines^(%.no, n).n`, `[1,2,5]`},
		{`shop.orders@$o.lines{$string($o.no): n}`, `{}`},
		{`rows#$i{k: $i}`, `{"a":[0,2],"b":1}`},
		{`rows@$.k`, `nothing`},
		{`rows[0]#$[0].k`, `"a"`},
		{`%`, "S0217: The object representing the 'parent' cannot be derived from this expression"},
		{`name.%.%`, "S0217: The object representing the 'parent' cannot be derived from this expression"},
	})
}

func TestOperators(t *testing.T) {
	t.Parallel()
	runExamples(t, jsonata.Options{}, decode(t, []byte(orders)), nil, []example{
		{`1 + 2 * 3 - 4 / 2`, `5`},
		{`7 % 3`, `1`},
		{`-7 % 3`, `-1`},
		{`-o.x`, `-1`},
		{`-missing`, `nothing`},
		{`1 + missing`, `nothing`},
		{`0.1 + 0.2`, `0.30000000000000004`},
		{`-0`, `0`},
		{`1/0`, `"Infinity"`},
		{`[-1/0, 0/0]`, `["-Infinity","NaN"]`},
		{`1/0 + 1`, `D1001: Number out of range: "Infinity"`},
		{`-(1/0)`, `D1001: Number out of range: "Infinity"`},
		{`0/0 + 1`, `T2001: The left side of the "+" operator must evaluate to a number`},
		{`a[1/0]`, `D1001: Number out of range: "Infinity"`},
		{`9007199254740993`, `9007199254740992`},
		{`1 = 1 and "a" != "b"`, `true`},
		{`a = [1, 2, 3]`, `true`},
		{`{"a": 1, "b": 2} = {"b": 2, "a": 1}`, `true`},
		{`{"a": 1} = {"a": 1, "b": 2}`, `false`},
		{`missing = missing`, `false`},
		{`missing != 1`, `false`},
		{`null = null`, `true`},
		{`1 = "1"`, `false`},
		{`1 < 2`, `true`},
		{`"a" < "b"`, `true`},
		{`"b" <= "a"`, `false`},
		{`2 >= 2`, `true`},
		{`"10" > "9"`, `false`},
		{`missing < 1`, `nothing`},
		{`"\uFFFD" < "😀"`, `false`},
		{`missing or true`, `true`},
		{`false and $error("not evaluated")`, `false`},
		{`true or $error("not evaluated")`, `true`},
		{`"a" & 1 & true & null & missing & [1] & {"k": 1.5}`, `"a1truenull[1]{\"k\":1.5}"`},
		{`"a" & ("b" & "c") & "d"`, `"abcd"`},
		{`1 in a`, `true`},
		{`9 in a`, `false`},
		{`1 in 1`, `true`},
		{`missing in a`, `false`},
		{`nest[0] in nest`, `true`},
		{`[1, 2] in nest`, `false`},
		{`{"sku": "A", "price": 10} in stock`, `false`},
		{`[1..3]`, `[1,2,3]`},
		{`[3..1]`, `[]`},
		{`[1..missing]`, `[]`},
		{`[0, 1..3, 9]`, `[0,1,2,3,9]`},
		{`[1..3][$ > 1]`, `[2,3]`},
		{`[1..3].($ * $)`, `[1,4,9]`},
		{`[[1..3], a]`, `[[1,2,3],1,2,3]`},
		{`true ? 1 : 2`, `1`},
		{`false ? 1`, `nothing`},
		{`missing ? 1 : 2`, `2`},
		{`[0, 0] ? 1 : 2`, `2`},
		{`[0, 1] ? 1 : 2`, `1`},
		{`{} ? 1 : 2`, `2`},
		{`missing ?? 1`, `1`},
		{`null ?? 1`, `null`},
		{`0 ?: 1`, `1`},
		{`2 ?: 1`, `2`},
		{`function() { 5 ?: 6 }()`, `5`},
		{`a ~> $sum`, `6`},
		{`a ~> $map(function($x) { $x + 1 }) ~> $sum()`, `9`},
		{`($f := $uppercase ~> $substring(?, 0, 2); $f("hello"))`, `"HE"`},
		{`/* a comment */ 1 /* and one more */`, `1`},
		{`{"a": missing, "b": null}`, `{"b":null}`},
		{`[missing, null]`, `[null]`},
		{`"A\t\u00e9\ud83d\ude00\/"`, `"A\té😀/"`},
		{`'it''s'`, `S0201: Syntax error: "s"`},
		{`'it\'s'`, `S0103: Unsupported escape sequence: \"'"`},
	})
}

func TestFunctionsOfTheExpression(t *testing.T) {
	t.Parallel()
	runExamples(t, jsonata.Options{}, decode(t, []byte(orders)), nil, []example{
		{`($x := 1; $y := $x + 1; $x + $y)`, `3`},
		{`($x := 1; ($x := 2; $x) + $x)`, `3`},
		{`($x := 1; (true ? $x := 2); $x)`, `1`},
		{`($f := function() { $x }; $x := 5; $f())`, `5`},
		{`($x := 1; $f := function() { ($y := $x; $x := 2; $y & $x) }; $f() & $x)`, `"121"`},
		{`function($x, $y) { [$x, $y] }(1)`, `[1]`},
		{`function($x) { $x }(1, 2)`, `1`},
		{`($add := function($x) { function($y) { $x + $y } }; $add(1)(2))`, `3`},
		{`($fs := [1..3].(($n := $; function() { $n })); $fs.$())`, `[1,2,3]`},
		{`($fs := $map([1..3], function($n) { function() { $n * 10 } }); $fs[1]())`, `20`},
		{`($fact := function($n) { $n < 2 ? 1 : $n * $fact($n - 1) }; $fact(10))`, `3628800`},
		{`($even := function($n) { $n = 0 ? true : $odd($n - 1) }; $odd := function($n) { $n = 0 ? false : $even($n - 1) }; $even(1001))`, `false`},
		{`($f := function($n, $t) { $n = 0 ? $t : ($m := $n - 1; $f($m, $t + $n)) }; $f(10000, 0))`, `50005000`},
		{`($y := function($f) { function($x) { $x($x) }(function($g) { $f(function($a) { $g($g)($a) }) }) }; $y(function($f) { function($n) { $n < 2 ? 1 : $n * $f($n - 1) } })(6))`, `720`},
		{`($first := $substring(?, 0, 1); $first("abc"))`, `"a"`},
		{`($f := function($a, $b, $c) { $a & $b & $c }; $g := $f(?, "-", ?); $g(1, 2))`, `"1-2"`},
		{`rows.(function() { k })()`, `["a","b","a"]`},
		{`λ($x) { $x + 1 }(1)`, `2`},
		{`function($x)<n:n> { $x }("a")`, `T0410: Argument 1 of function "(" does not match function signature`},
		{`($f := function($x)<n:n> { $x }; $f("a"))`, `T0410: Argument 1 of function "f" does not match function signature`},
		{`"abc".$f := 1`, `S0212: The left side of := must be a variable name (start with $)`},
		{`function($x) { $x }`, `function`},
		{`$sum`, `function`},
		{`o ~> |z|{"w": 1, "n": x}|`, `{"x":1,"y":[5],"z":{"w":1}}`},
		{`o ~> |$|{"x": 2}, ["y", "z"]|`, `{"x":2}`},
		{`($ ~> |rows[k = "a"]|{"v": v * 10}|).rows.v`, `[10,2,30]`},
		{`(o ~> |$|{"x": 2}|; o.x)`, `1`},
		{`($x := 5; $eval("$x + 1"))`, `6`},
		{`($f := $eval("function($n) { $n + $x }"); $x := 2; $f(1))`, `3`},
		{`[1, 2].$eval("$ + 1")`, `[2,3]`},
		{`$map(["1 + 1", "2 * 3"], $eval)`, `[2,6]`},
		{`$eval("1 +")`, `D3120: Syntax error in expression passed to function eval: "Unexpected end of expression"`},
		{`$eval("1 + 'a'")`, `D3121: Dynamic error evaluating the expression passed to function eval: "The right side of the \"+\" operator must evaluate to a number"`},
	})
}

func TestGroupsAndOrder(t *testing.T) {
	t.Parallel()
	runExamples(t, jsonata.Options{}, decode(t, []byte(orders)), nil, []example{
		{`rows{k: v}`, `{"a":[1,3],"b":2}`},
		{`rows{k: $sum(v)}`, `{"a":4,"b":2}`},
		{`rows{k: {"n": $count($)}}`, `{"a":{"n":2},"b":{"n":1}}`},
		{`(rows){k: v}`, `{"a":[1,3],"b":2}`},
		{`missing{"k": 1}`, `{"k":1}`},
		{`rows.{k: v}`, `[{"a":1},{"b":2},{"a":3}]`},
		{`rows{k: v, "a": v}`, `D1009: Multiple key definitions evaluate to same key: "a"`},
		{`rows{v: k}`, `T1003: Key in object structure must evaluate to a string; got: 1`},
		{`rows^(v).v`, `[1,2,3]`},
		{`rows^(>v).v`, `[3,2,1]`},
		{`rows^(k, >v).(k & v)`, `["a3","a1","b2"]`},
		{`rows^(>k).v`, `[2,1,3]`},
		{`a^(>$)`, `[3,2,1]`},
		{`a^(>$)[0]`, `3`},
		{`single^($)`, `7`},
		{`[{"a": 1}, {}, {"a": 0}]^(a)`, `[{"a":0},{"a":1},{}]`},
		{`[{"a": 1}, {}, {"a": 0}]^(>a)`, `[{"a":1},{"a":0},{}]`},
		{`[1, "a"]^($)`, `T2007: Type mismatch when comparing values 1 and "a" in order-by clause`},
		{`[true, false]^($)`, `T2008: The expressions within an order-by clause must evaluate to numeric or string values`},
	})
}
