package jsonata_test

import (
	"testing"

	"github.com/flowstone-go/flow/internal/jsonata"
)

// What becomes of empty arrays and of sequences of one item where the
// reference implementation is subtle.

func TestEmptyArraysInPaths(t *testing.T) {
	t.Parallel()
	runExamples(t, jsonata.Options{}, decode(t, []byte(`{"z": [], "o": {"z": []}, "p": [{"z": []}, {"z": []}]}`)), nil, []example{
		{`z`, `[]`},
		{`o.z`, `[]`},
		{`p.z`, `nothing`},
		{`z.(1)`, `nothing`},
		{`z.[1]`, `nothing`},
		{`z.{"k": 1}`, `nothing`},
		{`z.**`, `nothing`},
		{`z^($)`, `nothing`},
		{`z.a[]`, `nothing`},
		{`p[0].z.a`, `nothing`},
		{`[].a`, `[]`},
		{`[]^($)`, `nothing`},
		{`[missing].l@$v`, `[]`},
		{`[missing].l@$v{"k": ($x := 1; $x)}`, `{"k":1}`},
		{`[]@$v.a`, `nothing`},
		{`[p]@$v.z`, `nothing`},
		{`missing.a@$v{"k": 1}`, `{"k":1}`},
		{`missing.a#$i{"k": ($x := 1; $x)}`, `{"k":1}`},
		{`p.missing@$v.b{"k": $v}`, `{}`},
	})
	runExamples(t, jsonata.Options{}, decode(t, []byte(`[]`)), nil, []example{
		{`$`, `[]`},
		{`$.a.b`, `nothing`},
		{`$^($)`, `nothing`},
	})
}

// A function of the library called last in a function, or given as it is,
// hands its array to the higher-order function even if it has one item.
func TestSequencesFromFunctions(t *testing.T) {
	t.Parallel()
	for _, dialect := range []jsonata.Dialect{jsonata.Standard, jsonata.StepFunctions} {
		runExamples(t, jsonata.Options{Dialect: dialect, Input: true}, decode(t, []byte(`{"b": [{"c": 5}, {"c": 6}], "l": [3, 4]}`)), nil, []example{
			{`$map([1, 2], function($x) { $filter([$x, 9], function($y) { $y < 9 }) })`, `[[1],[2]]`},
			{`$map([1], function($x) { $filter([$x, 9], function($y) { $y < 9 }) })`, `[1]`},
			{`$map([1, 2], function($x) { $filter([$x], function() { false }) })`, `[[],[]]`},
			{`$map([1, 2], function($x) { $x = 1 ? $keys({"a": 1}) : 1 })`, `[["a"],1]`},
			{`$map([1, 2], function($x) { ($keys({"a": 1})) })`, `[["a"],["a"]]`},
			{`$map([1, 2], function($x) { b[c = 5].c })`, `[5,5]`},
			{`$map([{"a": 1}, {"b": 2}], $keys)`, `[["a"],["b"]]`},
			{`$each({"a": {"x": 1}, "b": {}}, $keys)`, `[["x"],[]]`},
			{`($f := $keys ~> $reverse; $map([{"a": 1}], $f))`, `["a"]`},
			{`l.(function($x) { $keys({"a": $x}) }($))`, `["a","a"]`},
			{`$map($map([1, 2], function() { $keys({"a": 1}) }), function($y) { $type($y) })`, `["string","string"]`},
			{`$map($map([1, 2], function() { $keys({"a": 1}) }), $type)`, `["array","array"]`},
			{`$map([1, 2], function() { $keys({"a": 1}) })[0]`, `"a"`},
			{`$map([1, 2], function() { $keys({"a": 1}) }).$type($)`, `["string","string"]`},
			{`$reduce([1, 2], function($a, $x) { $keys({"a": 1}) })`, `"a"`},
			{`$filter([1, 2], function($x) { $keys({"a": 1}) })`, `[1,2]`},
			{`$string($map([1, 2], function() { $keys({"a": 1}) }))`, `"[[\"a\"],[\"a\"]]"`},
			{`$spread([{"a": 1}])`, `[{"a":1}]`},
			{`$map([1], function($s)<s-n?:s> { $s })`, `T0411: Context value is not a compatible type with argument 1 of function "map"`},
			{`$spread({"a": 1})`, `{"a":1}`},
			{`$spread([{}])`, `[]`},
			{`$spread([])`, `nothing`},
		})
	}
}

// Pictures of numbers and times at their edges.
func TestPictures(t *testing.T) {
	t.Parallel()
	fault := map[string]string{
		"D3085": `D3085: The mantissa part of a sub-picture must contain at least one character that is either an 'optional digit character' or a member of the 'decimal digit family'`,
		"D3086": `D3086: The sub-picture must not contain a passive character that is preceded by an active character and that is followed by another active character`,
		"D3088": `D3088: The sub-picture must not contain a 'grouping-separator' at the end of the integer part`,
		"D3093": `D3093: The exponent part of the sub-picture must comprise only of one or more characters that are members of the 'decimal digit family'`,
	}
	runExamples(t, jsonata.Options{}, jsonata.Undefined, nil, []example{
		{`$formatNumber(100, "0e0")`, `"10e1"`},
		{`$formatNumber(99, "0.0e0")`, `"9.9e1"`},
		{`$formatNumber(1, "#0#")`, `"1"`},
		{`$formatNumber(1, "")`, fault["D3085"]},
		{`$formatNumber(1, "0;")`, fault["D3085"]},
		{`$formatNumber(1, "x")`, fault["D3086"]},
		{`$formatNumber(1, "a,b")`, fault["D3088"]},
		{`$formatNumber(1, "0e")`, fault["D3093"]},
		{`$formatNumber(1, "0%%x0")`, fault["D3086"]},
		{`$formatInteger(12, "1-")`, `"12-"`},
		{`$formatInteger(12, "$0")`, `"1$2"`},
		{`$formatInteger(5, "a-0")`, `"a-5"`},
		{`$formatInteger(1234, "0--0")`, `"123--4"`},
		{`$formatInteger(1234567, "#,##,#0")`, `"1,23,45,67"`},
		{`$parseInteger(" 7", "0")`, `7`},
		{`$fromMillis(0, "[D,*-4]")`, `"1"`},
		{`$fromMillis(0, "[H01]:[m01][Z]", "0130")`, `"01:30+01:30"`},
		{`$toMillis("18", "[Y]") ~> $fromMillis()`, `"1918-01-01T00:00:00.000Z"`},
		{`$toMillis("0099", "[Y0001]") ~> $fromMillis()`, `"1999-01-01T00:00:00.000Z"`},
		{`$toMillis("13:00 pm 2018-01-02", "[h]:[m] [P] [Y]-[M]-[D]") ~> $fromMillis()`, `"2018-01-03T01:00:00.000Z"`},
		{`$toMillis("2018 ISO", "[Y] [CN]")`, `D3133: The 'name' modifier can only be applied to months and days in the date/time picture string, not "C"`},
		{`$substringBefore("abc", missing)`, `"abc"`},
		{`$power(2, missing)`, `D3061: The power function has resulted in a value that cannot be represented as a JSON number: base=2, exponent=undefined`},
		{`$sift({})`, `nothing`},
		{`$base64decode("aGVs!bG8=rest")`, `"hello"`},
	})
}
