package intrinsic_test

import (
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/intrinsic"
	"github.com/flowstone-go/flow/internal/path"
)

type env struct {
	input, context any
	variables      map[string]any
	random         float64
}

func (e env) Input() any      { return e.input }
func (e env) Context() any    { return e.context }
func (e env) UUID() string    { return "00000000-0000-4000-8000-000000000001" }
func (e env) Random() float64 { return e.random }
func (e env) Variable(name string) (any, bool) {
	v, ok := e.variables[name]
	return v, ok
}

func decode(tb testing.TB, text string) any {
	tb.Helper()
	v, err := document.Decode([]byte(text))
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

func testEnv(tb testing.TB) env {
	tb.Helper()
	return env{
		input: decode(tb, `{
			"name": "Ada", "n": 3, "f": 1.5, "text": "1.10", "yes": true, "null": null, "blank": " ", "empty": "",
			"list": [1, 2, 3, 4, 5], "mixed": [1, 1.0, "1", null, null, {"a": 1, "b": 2}, {"b": 2.0, "a": 1}, [], []],
			"object": {"a": {"x": 1, "y": 2}, "b": 2}, "other": {"a": {"z": 3}, "c": "3"},
			"template": "{} is \\{{}\\} C:\\new", "json": "{\"k\": [1, 2.50]}", "exact": 12345678901234567890
		}`),
		context:   decode(tb, `{"Execution": {"Name": "run-1"}}`),
		variables: map[string]any{"v": "var", "n": 2.0},
		random:    0.5,
	}
}

func TestEval(t *testing.T) {
	t.Parallel()
	e := testEnv(t)
	for _, test := range []struct{ call, want string }{
		{"States.Array()", `[]`},
		{"States.Array( )", `[]`},
		{"States.Array(1, 'a', true, false, null, -2.5, $.n, $$.Execution.Name, $v)", `[1,"a",true,false,null,-2.5,3,"run-1","var"]`},
		{"States.Array($.list[*], $..x)", `[[1,2,3,4,5],[1]]`},
		{"States.Array(1.50)  ", `[1.50]`},
		{"States.Array('')", `[""]`},
		{`States.Array('a\n\tb\\n')`, `["a\n\tb\\n"]`},
		{`States.Format('one {}\n\{two\}', 1)`, `"one 1\n{two}"`},
		{"States.ArrayPartition($.list, 2)", `[[1,2],[3,4],[5]]`},
		{"States.ArrayPartition($.list, 1)", `[[1],[2],[3],[4],[5]]`},
		{"States.ArrayPartition($.list, 5)", `[[1,2,3,4,5]]`},
		{"States.ArrayPartition($.list, 900)", `[[1,2,3,4,5]]`},
		{"States.ArrayPartition($.list, 2.4)", `[[1,2],[3,4],[5]]`},
		{"States.ArrayPartition(States.Array(), 4)", `[]`},
		{"States.ArrayContains($.list, 3)", `true`},
		{"States.ArrayContains($.list, 3.0)", `true`},
		{"States.ArrayContains($.list, '3')", `false`},
		{"States.ArrayContains($.mixed, null)", `true`},
		{"States.ArrayContains($.mixed, States.Array())", `true`},
		{"States.ArrayContains(States.Array($.object), $.object)", `true`},
		{"States.ArrayContains(States.Array(), 1)", `false`},
		{"States.ArrayRange(0, 10, 3)", `[0,3,6,9]`},
		{"States.ArrayRange(0, 9, 3)", `[0,3,6,9]`},
		{"States.ArrayRange(1, 9, 9)", `[1]`},
		{"States.ArrayRange(5, 5, 1)", `[5]`},
		{"States.ArrayRange(5, 1, -2)", `[5,3,1]`},
		{"States.ArrayRange(1, 5, -1)", `[]`},
		{"States.ArrayRange(5, 1, 1)", `[]`},
		{"States.ArrayRange(-1, 1.2, 0.6)", `[-1,0,1]`},
		{"States.ArrayGetItem($.list, 0)", `1`},
		{"States.ArrayGetItem($.list, $.n)", `4`},
		{"States.ArrayGetItem($.list, $n)", `3`},
		{"States.ArrayLength($.list)", `5`},
		{"States.ArrayLength(States.Array())", `0`},
		{"States.ArrayUnique($.mixed)", `[1,"1",null,{"a":1,"b":2},[]]`},
		{"States.ArrayUnique(States.Array())", `[]`},
		{"States.Base64Encode('a÷b')", `"YcO3Yg=="`},
		{"States.Base64Encode('')", `""`},
		{"States.Base64Decode('YcO3Yg==')", `"a÷b"`},
		{"States.Base64Decode('')", `""`},
		{"States.Hash('input data', 'MD5')", `"812f45842bc6d66ee14572ce20db8e86"`},
		{"States.Hash('input data', 'SHA-1')", `"aaff4a450a104cd177d28d18d74485e8cae074b7"`},
		{"States.Hash('', 'SHA-256')", `"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"`},
		{"States.ArrayLength(States.StringSplit(States.Hash('x', 'SHA-384'), ''))", `1`},
		{"States.Hash(States.Array(1, 'x'), 'MD5')", `"` + md5Hex(`[1,"x"]`) + `"`},
		{"States.JsonMerge($.object, $.other, false)", `{"a":{"z":3},"b":2,"c":"3"}`},
		{"States.StringToJson($.json)", `{"k":[1,2.50]}`},
		{"States.StringToJson($.text)", `1.10`},
		{"States.StringToJson('')", `null`},
		{"States.StringToJson($.blank)", `null`},
		{"States.StringToJson('null')", `null`},
		{"States.StringToJson('-0')", `0`},
		{`States.StringToJson('\{"a": "it\'s"\}')`, `{"a":"it's"}`},
		{`States.StringToJson('{"a": "b"}')`, `{"a":"b"}`},
		{"States.JsonToString($.object)", `"{\"a\":{\"x\":1,\"y\":2},\"b\":2}"`},
		{"States.JsonToString($.name)", `"\"Ada\""`},
		{"States.JsonToString($.exact)", `"12345678901234567890"`},
		{"States.JsonToString(1.0)", `"1.0"`},
		{"States.MathAdd(1, 2)", `3`},
		{"States.MathAdd(1.49, 1.5)", `3`},
		{"States.MathAdd(-1.5, 0)", `-1`},
		{"States.MathAdd(-1.51, 0)", `-2`},
		{"States.MathAdd(-0.5, 0)", `0`},
		{"States.MathAdd(0.5, 2.5)", `4`},
		{"States.MathAdd(9007199254740993, 1)", `9007199254740994`},
		{"States.MathRandom(0, 10)", `5`},
		{"States.MathRandom(-10.4, -4.6)", `-8`},
		{"States.StringSplit('a,b,,c', ',')", `["a","b","c"]`},
		{"States.StringSplit(',,,,', ',')", `[]`},
		{"States.StringSplit('This.is+a,test=string', '.+,=')", `["This","is","a","test","string"]`},
		{"States.StringSplit('a::b', '::')", `["a","b"]`},
		{"States.StringSplit('aöb', 'ö')", `["a","b"]`},
		{"States.StringSplit(' ', ',')", `[" "]`},
		{"States.StringSplit('ab', '')", `["ab"]`},
		{"States.StringSplit('', '')", `[]`},
		{"States.UUID()", `"00000000-0000-4000-8000-000000000001"`},
		{"States.Format('no places')", `"no places"`},
		{"States.Format('{}, {}!', 'Hello', $.name)", `"Hello, Ada!"`},
		{"States.Format('{}{}',$.n,$.f)", `"31.5"`},
		{"States.Format('{} {} {}', $.null, true, $.exact)", `"null true 12345678901234567890"`},
		{"States.Format('{}', $.object)", `"{a={x=1, y=2}, b=2}"`},
		{"States.Format('{} {}', $.list, States.Array())", `"[1, 2, 3, 4, 5] []"`},
		{"States.Format('{}', States.Array('a', null, $.other))", `"[a, null, {a={z=3}, c=3}]"`},
		{`States.Format('it\'s \{\} and \\ and {} {x}', 1)`, `"it's {} and \\ and 1 {x}"`},
		{`States.Format('a\n{}\t\rb', '\n')`, `"a\n\n\t\rb"`},
		{"States.Format($.template, 'a', 'b')", `"a is {b} C:\\new"`},
		{"States.Format('{}', '{}')", `"{}"`},
		{"States.Format('a,b)(', 1)", ``},
		{"States.Format('{}', States.Format('\\{{}\\}', $.name))", `"{Ada}"`},
		{"States.ArrayGetItem(States.StringSplit($$.Execution.Name, '-'), States.MathAdd(States.ArrayLength(States.StringSplit($$.Execution.Name, '-')), -1))", `"1"`},
		{"States.ArrayGetItem($.list[?(@ > 3)], 1)", `5`},
	} {
		call, err := intrinsic.Compile(test.call)
		if err != nil {
			t.Errorf("%s: %v", test.call, err)
			continue
		}
		got, err := call.Eval(e)
		if test.want == "" {
			if err == nil {
				t.Errorf("%s: no error", test.call)
			}
			continue
		}
		if err != nil || document.Text(got) != test.want {
			t.Errorf("%s:\nwant %s\ngot  %s, %v", test.call, test.want, document.Text(got), err)
		}
	}
}

func TestRandomSeed(t *testing.T) {
	t.Parallel()
	e := testEnv(t)
	results := map[string]bool{}
	for _, seed := range []int{1, 2, 3} {
		call := compile(t, fmt.Sprintf("States.MathRandom(0, 1000000000, %d)", seed))
		first, err := call.Eval(e)
		if err != nil {
			t.Fatal(err)
		}
		again, _ := call.Eval(env{random: 0.9})
		if first != again {
			t.Errorf("seed %d gives %v, then %v", seed, first, again)
		}
		results[document.Text(first)] = true
	}
	if len(results) != 3 {
		t.Errorf("three seeds give %v", results)
	}
	for _, chance := range []float64{0, 0.999999999999} {
		v, err := compile(t, "States.MathRandom(7, 8)").Eval(env{random: chance})
		if v != 7.0 || err != nil {
			t.Errorf("from 7 up to 8: %v, %v", v, err)
		}
	}
}

func TestEvalErrors(t *testing.T) {
	t.Parallel()
	e := testEnv(t)
	const pre = "had the following error: "
	for _, test := range []struct{ call, want string }{
		{"States.ArrayGetItem($.list, 5)", "States.ArrayGetItem: the index 5 is not in an array of 5 elements"},
		{"States.ArrayGetItem($.list, -1)", "States.ArrayGetItem: the index -1 is not in an array of 5 elements"},
		{"States.ArrayGetItem($.list, 'x')", "States.ArrayGetItem: the index is no number but a string"},
		{"States.ArrayGetItem($.name, 0)", "States.ArrayGetItem: the first argument is no array but a string"},
		{"States.ArrayLength($.object)", "States.ArrayLength: the first argument is no array but an object"},
		{"States.ArrayContains(null, 0)", "States.ArrayContains: the first argument is no array but null"},
		{"States.ArrayUnique(1)", "States.ArrayUnique: the first argument is no array but a number"},
		{"States.ArrayPartition($.list, 0)", "States.ArrayPartition: the size of the parts is 0, not a positive integer"},
		{"States.ArrayRange(1, 2, 0)", "States.ArrayRange: the step is zero"},
		{"States.ArrayRange(1, 1000, 1)", ""},
		{"States.ArrayRange(0, 1000, 1)", "States.ArrayRange: the range has more than 1000 elements"},
		{"States.ArrayRange(1, -1000, -1)", "States.ArrayRange: the range has more than 1000 elements"},
		{"States.ArrayRange(-9e18, 9e18, 1)", "States.ArrayRange: the first number is out of range"},
		{"States.Base64Decode('***')", "States.Base64Decode: the string is no Base64: illegal base64 data at input byte 0"},
		{"States.Base64Encode(5)", "States.Base64Encode: the argument is no string but a number"},
		{"States.Hash('a', 'CRC32')", `States.Hash: there is no algorithm "CRC32"; there are MD5, SHA-1, SHA-256, SHA-384 and SHA-512`},
		{"States.JsonMerge($.object, $.list, false)", "States.JsonMerge: the second argument is no object but an array"},
		{"States.JsonMerge($.object, $.other, true)", "States.JsonMerge: a deep merge is not supported: the third argument must be false"},
		{"States.JsonMerge($.object, $.other, 0)", "States.JsonMerge: the third argument is no boolean but a number"},
		{"States.StringToJson('{')", "States.StringToJson: the string is no JSON: unexpected EOF"},
		{"States.StringToJson(1)", "States.StringToJson: the argument is no string but a number"},
		{"States.MathAdd('1', 2)", "States.MathAdd: the first argument is no number but a string"},
		{"States.MathAdd(9223372036854775807, 1)", "States.MathAdd: the sum is out of range"},
		{"States.MathAdd(1e300, 1)", "States.MathAdd: the first argument is out of range"},
		{"States.MathRandom(5, 5)", "States.MathRandom: the start 5 is not below the end 5"},
		{"States.StringSplit('a', 1)", "States.StringSplit: the delimiter is no string but a number"},
		{"States.Format('{} {}', 1)", "States.Format: the template has 2 places {} for 1 arguments"},
		{"States.Format('', 1)", "States.Format: the template has 0 places {} for 1 arguments"},
		{"States.Format($.n, 1)", "States.Format: the template is no string but a number"},
		{"States.Base64Encode(States.Format('" + strings.Repeat("x", 10001) + "'))", "States.Base64Encode: the string has more than 10000 characters"},
	} {
		got, err := compile(t, test.call).Eval(e)
		_, ok := errors.AsType[*intrinsic.EvalError](err)
		switch {
		case test.want == "":
			if err != nil {
				t.Errorf("%.80s: %v", test.call, err)
			}
		case !ok || err.Error() != "The function '"+test.call+"' "+pre+test.want:
			t.Errorf("%.80s:\nwant %s\ngot  %v, %v", test.call, test.want, got, err)
		}
	}
}

func TestMissingPath(t *testing.T) {
	t.Parallel()
	e := env{input: decode(t, `{"a":1}`), context: decode(t, `{}`)}
	for text, field := range map[string]string{
		"States.Array($.b)":                  "$.b",
		"States.Format('{}', $$.Task.Token)": "$$.Task.Token",
		"States.Array(States.Array($unset))": "$unset",
		"States.ArrayLength($.a.b.c)":        "$.a.b.c",
	} {
		_, err := compile(t, text).Eval(e)
		missing, ok := errors.AsType[*path.NotFoundError](err)
		want := "The function '" + text + "' had the following error: The JsonPath argument for the field '" + field +
			`' could not be found in the input '{"a":1}'`
		if !ok || missing.Path.String() != field || err.Error() != want {
			t.Errorf("%s:\nwant %s\ngot  %v", text, want, err)
		}
	}
}

func TestCompileErrors(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "States", "States.", "States.Array", "States.Array(", "States.Array(1", "States.Array(1,", "States.Array(1,)", "States.Array(,1)",
		"States.Array(1 2)", "States.Array(1))", "States.Array(1) x", " States.Array(1)", "states.Array(1)", "States.Xyz(1)", "States.array(1)",
		"States.Array('a)", `States.Array("a")`, "States.Array(a)", "States.Array(True)", "States.Array(01)", "States.Array(+1)", "States.Array(1.)",
		"States.Array(NaN)", "States.Array($.)", "States.Array($.a[)", "States.Array([1])", "States.Array({})", "States.Array (1)",
		`States.StringToJson('{"text":"An \"escaped double quote\" here"}')`, `States.Format('a\qb')`, `States.Format('a\u0041')`, `States.Format('\`,
		"States.UUID(1)", "States.Format()", "States.ArrayLength()", "States.ArrayLength(1, 2)", "States.MathRandom(1)", "States.MathRandom(1, 2, 3, 4)",
		"States.Array(Statesx)", "States.Array(" + strings.Repeat("1,", path.MaxLength) + "1)",
		strings.Repeat("States.Array(", 11) + strings.Repeat(")", 11),
	} {
		call, err := intrinsic.Compile(text)
		if _, ok := errors.AsType[*intrinsic.SyntaxError](err); !ok {
			t.Errorf("%.80q: want a SyntaxError, got %v, %v", text, call, err)
		}
	}
	if _, err := intrinsic.Compile(strings.Repeat("States.Array(", 10) + strings.Repeat(")", 10)); err != nil {
		t.Errorf("ten calls inside one another: %v", err)
	}
}

func TestVariables(t *testing.T) {
	t.Parallel()
	call := compile(t, "States.MathAdd(States.MathAdd($y, $x), States.ArrayLength($y.list))")
	if got := strings.Join(call.Variables(), " "); got != "x y" {
		t.Errorf("got %s", got)
	}
	if got := fmt.Sprint(call.Paths()); got != "[$y $x $y.list]" {
		t.Errorf("got %s", got)
	}
	if got := call.Function(); got != "MathAdd" {
		t.Errorf("got %s", got)
	}
}

func TestResultsAreLimited(t *testing.T) {
	t.Parallel()
	e := env{input: strings.Repeat("x", 1<<20)}
	places := strings.Repeat("{}", 40)
	args := strings.Repeat(", $", 40)
	for _, text := range []string{
		"States.Format('" + places + "'" + args + ")",
		"States.JsonToString(States.Array($" + args + "))",
	} {
		if v, err := compile(t, text).Eval(e); err == nil {
			t.Errorf("%.60s: a text of %d bytes", text, len(v.(string)))
		}
	}
}

func compile(tb testing.TB, text string) *intrinsic.Call {
	tb.Helper()
	call, err := intrinsic.Compile(text)
	if err != nil {
		tb.Fatal(err)
	}
	return call
}

func FuzzCall(f *testing.F) {
	for _, text := range []string{
		"States.Array(1, 'a', $.b, $$.c, $d)", `States.Format('\'{}\\', States.JsonToString($))`, "States.ArrayRange(0, 10, 3)",
		"States.StringToJson('[1]')", "States.MathRandom(1, 2, 3)", "States.Hash($, 'MD5')", "States.JsonMerge($, $, false)",
		"States.ArrayPartition(States.StringSplit('a b', ' '), 1)", "States.ArrayUnique($.list)", "States.Base64Decode('YQ==')", "States.UUID()",
	} {
		f.Add(text)
	}
	e := testEnv(f)
	f.Fuzz(func(t *testing.T, text string) {
		call, err := intrinsic.Compile(text)
		if err != nil {
			return
		}
		again, err := intrinsic.Compile(call.String())
		if err != nil {
			t.Fatalf("%q printed as %q, which is no call: %v", text, call, err)
		}
		v, err := call.Eval(e)
		w, err2 := again.Eval(e)
		if (err == nil) != (err2 == nil) || document.Text(v) != document.Text(w) {
			t.Fatalf("%q gives %v, %v; then %v, %v", text, v, err, w, err2)
		}
	})
}

func md5Hex(text string) string {
	sum := md5.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}
