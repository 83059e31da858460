package jsonata_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/jsonata"
)

var service = jsonata.Options{Dialect: jsonata.StepFunctions}

// inState is what an expression of a state sees.
func inState(input any) *jsonata.Env {
	return &jsonata.Env{Variables: jsonata.Map{
		"states": document.ObjectOf(document.Field{Key: "input", Value: input}),
		"limit":  2.0,
		"max":    "hides the function",
	}}
}

func TestStepFunctions(t *testing.T) {
	t.Parallel()
	runExamples(t, service, jsonata.Undefined, inState(decode(t, []byte(orders))), []example{
		{`$states.input.name`, `"Ada"`},
		{`$states.input.a[$ > $limit]`, `3`},
		{`$states.input.rows[v > $limit].k`, `"a"`},
		{`$states.input.rows[$.v > 2].k`, `"a"`},
		{`$states.input.rows.{"k": k, "n": $.v}[1]`, `nothing`},
		{`$states.input.rows{k: $sum(v)}`, `{"a":4,"b":2}`},
		{`$states.input.rows^(>v).v`, `[3,2,1]`},
		{`$map($states.input.a, function($v) { $v * $limit })`, `[2,4,6]`},
		{`($order := $states.input.o; $order.x)`, `1`},
		{`$states.input.o ~> |$|{"x": x + 1}, "z"|`, `{"x":2,"y":[5]}`},
		{`$max`, `"hides the function"`},
		{`$max([1])`, `T1006: Attempted to invoke a non-function`},
		{`$unknown`, `nothing`},
		{`$unknown(1)`, `T1006: Attempted to invoke a non-function`},
		{`sum([1])`, `T1005: Attempted to invoke a non-function. Did you mean $sum?`},
		{`$eval("1")`, `T1006: Attempted to invoke a non-function`},
		{`name`, `Reference to 'name' at the top level is not supported.`},
		{`{"a": [name]}`, `Reference to 'name' at the top level is not supported.`},
		{`$sum(rows.v)`, `Reference to 'rows' at the top level is not supported.`},
		{`$`, `Reference to '$' at the top level is not supported.`},
		{`$.name`, `Reference to '$' at the top level is not supported.`},
		{`*`, `Reference to '*' at the top level is not supported.`},
		{`**.x`, `Reference to '**' at the top level is not supported.`},
		{`$states.input.($$)`, `Reference to '$$' is not supported.`},
		{`missing ?? 1`, `S0211: The symbol "?" cannot be used as a unary operator`},
		{`0 ?: 1`, `S0211: The symbol ":" cannot be used as a unary operator`},
		{`1 +`, `S0207: Unexpected end of expression`},
		{`$string(5890840712243076)`, `"5890840712243080"`},
		{`$contains("a", missing)`, `Reference to 'missing' at the top level is not supported.`},
		{`$contains("undefined", $unknown)`, `true`},
		{`1/0`, `"Infinity"`},
		{`[1/0, -1/0]`, `["Infinity","-Infinity"]`},
		{`{"r": $states.input.missing}`, `{}`},
		{`function() { 1 }`, `function`},
		{`[1, {"f": $sum}]`, `function`},
		{`$count(null)`, `1`},
	})
}

func TestAddedFunctions(t *testing.T) {
	t.Parallel()
	env := &jsonata.Env{Random: func() uint64 { return 0x0123456789abcdef }}
	runExamples(t, service, jsonata.Undefined, env, []example{
		{`$partition([1, 2, 3, 4, 5], 2)`, `[[1,2],[3,4],[5]]`},
		{`$partition([0], 1)`, `[[0]]`},
		{`$partition([1, 2], 9)`, `[[1,2]]`},
		{`$partition([], 2)`, `nothing`},
		{`$partition([1], 0)`, `nothing`},
		{`$partition([1], -1)`, `D3137: $partition() size must not be negative`},
		{`$range(0, 9, 3)`, `[0,3,6,9]`},
		{`$range(0, 10, 3)`, `[0,3,6,9]`},
		{`$range(3, 1, -1)`, `[3,2,1]`},
		{`$range(-1.7, 2, 1)`, `[-1,0,1,2]`},
		{`$range(1, 9, 9)`, `1`},
		{`$range(1, 9, 0)`, `nothing`},
		{`$range(1, 9, -1)`, `nothing`},
		{`$count($range(1, 5000, 1))`, `5000`},
		{`$hash("input", "MD5")`, `"a43c1b0aa53a0c908810c06ab1ff3967"`},
		{`$hash("input", "SHA-1")`, `"140f86aae51ab9e1cda9b4254fe98a74eb54c1a1"`},
		{`$length($hash("", "SHA-256")) & " " & $length($hash("", "SHA-384")) & " " & $length($hash("", "SHA-512"))`, `"64 96 128"`},
		{`$hash("input", "SHA-9")`, `D3137: $hash() does not know the algorithm "SHA-9"`},
		{`$random(42)`, `0.7275636800328681`},
		{`$random(-1.9)`, `0.26894263088050496`},
		{`$random()`, `0.004444444444444362`},
		{`$uuid()`, `"01234567-89ab-4def-8123-456789abcdef"`},
		{`$parse("{'a': [1, 2.50, 'it\\'s \"x\"'], \"b\": \"'\"}")`, `{"a":[1,2.5,"it's \"x\""],"b":"'"}`},
		{`$parse("[1, 2]") ~> $sum()`, `3`},
		{`$parse("{\"a\": 1, \"a\": 2}")`, `D3137: $parse() could not read its argument as JSON: key "a" stands twice in one object, at offset 9`},
		{`$parse("1e400")`, `D3137: $parse() could not read its argument as JSON: a number is out of range`},
		{`$base64encode("é")`, `"w6k="`},
		{`$base64decode("w6k=")`, `"é"`},
		{`$base64decode("*")`, `Input is not valid Base64.`},
	})
}

func TestStates(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		expr  string
		want  []string
		whole bool
	}{
		{`1`, nil, false},
		{`$states.input.a + $states.input.b`, []string{"input"}, false},
		{`$states.result[0].x & $states.context.State.Name`, []string{"context", "result"}, false},
		{`{"e": $states.errorOutput.Error}`, []string{"errorOutput"}, false},
		{`$states`, nil, true},
		{`$states.*`, nil, true},
		{`$states.(input)`, nil, true},
		{`($s := $states; $states.input)`, []string{"input"}, true},
		{`function($states) { $states.input }({})`, nil, false},
	} {
		t.Run(tt.expr, func(t *testing.T) {
			t.Parallel()
			e, err := jsonata.Compile(tt.expr, service)
			if err != nil {
				t.Fatal(err)
			}
			members, whole := e.States()
			if fmt.Sprint(members) != fmt.Sprint(tt.want) || whole != tt.whole {
				t.Errorf("got %v %v, want %v %v", members, whole, tt.want, tt.whole)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		expr string
		want jsonata.Error
	}{
		{`1 + "a"`, jsonata.Error{Kind: jsonata.Dynamic, Code: "T2002", Position: 3, Token: "+", Message: `The right side of the "+" operator must evaluate to a number`}},
		{`$sum(["a"])`, jsonata.Error{Kind: jsonata.Dynamic, Code: "T0412", Position: 5, Token: "sum", Message: `Argument 1 of function "sum" must be an array of "numbers"`}},
		{`$abs("a")`, jsonata.Error{Kind: jsonata.Dynamic, Code: "T0410", Position: 5, Token: "abs", Message: `Argument 1 of function "abs" does not match function signature`}},
		{`$map([1], function($x) { $x - "a" })`, jsonata.Error{Kind: jsonata.Dynamic, Code: "T2002", Position: 29, Token: "-", Message: `The right side of the "-" operator must evaluate to a number`}},
		{`[1..1e8]`, jsonata.Error{Kind: jsonata.Dynamic, Code: "D2014", Position: 4, Token: "..", Message: `The size of the sequence allocated by the range operator (..) must not exceed 1e7.  Attempted to allocate 100000000.`}},
		{`"a" < {"b": [1]}`, jsonata.Error{Kind: jsonata.Dynamic, Code: "T2010", Position: 5, Token: "<", Message: `The expressions either side of operator "<" must evaluate to numeric or string values`}},
		{`1 ~> 2`, jsonata.Error{Kind: jsonata.Dynamic, Code: "T2006", Position: 4, Token: "~>", Message: `The right side of the function application operator ~> must be a function`}},
		{`-{"a": 1}`, jsonata.Error{Kind: jsonata.Dynamic, Code: "D1002", Position: 1, Token: "-", Message: `Cannot negate a non-numeric value: {"a":1}`}},
		{`(1`, jsonata.Error{Kind: jsonata.Syntax, Code: "S0203", Position: 2, Token: "(end)", Message: `Expected ")" before end of expression`}},
		{`[1}`, jsonata.Error{Kind: jsonata.Syntax, Code: "S0202", Position: 3, Token: "}", Message: `Expected "]", got "}"`}},
		{`$sum(1 +`, jsonata.Error{Kind: jsonata.Syntax, Code: "S0203", Position: 8, Token: "(end)", Message: `Expected ")" before end of expression`}},
		{`$a@`, jsonata.Error{Kind: jsonata.Syntax, Code: "S0214", Position: 3, Token: "@", Message: `The right side of "@" must be a variable name (start with $)`}},
		{`[1 2]`, jsonata.Error{Kind: jsonata.Syntax, Code: "S0202", Position: 4, Token: "2", Message: `Expected "]", got 2`}},
		{`$a null`, jsonata.Error{Kind: jsonata.Syntax, Code: "S0201", Position: 7, Token: "null", Message: `Syntax error: null`}},
		{`1 + 1e400`, jsonata.Error{Kind: jsonata.Syntax, Code: "S0102", Position: 4, Token: "1e400", Message: `Number out of range: "1e400"`}},
		{`function($a, b) { 1 }`, jsonata.Error{Kind: jsonata.Syntax, Code: "S0208", Position: 14, Token: "b", Message: `Parameter 2 of function definition must be a variable name (start with $)`}},
		{`false or $sum("a")`, jsonata.Error{Kind: jsonata.Dynamic, Code: "T0412", Position: 8, Token: "or", Message: `Argument 1 of function "or" must be an array of "numbers"`}},
		{`$sum("a") and true`, jsonata.Error{Kind: jsonata.Dynamic, Code: "T0412", Position: 5, Token: "sum", Message: `Argument 1 of function "sum" must be an array of "numbers"`}},
		{`$x =`, jsonata.Error{Kind: jsonata.Syntax, Code: "S0207", Position: 4, Token: "(end)", Message: `Unexpected end of expression`}},
		{`a.1`, jsonata.Error{Kind: jsonata.Syntax, Code: "S0213", Position: 3, Message: `The literal value 1 cannot be used as a step within a path expression`}},
	} {
		t.Run(tt.expr, func(t *testing.T) {
			t.Parallel()
			e, err := jsonata.Compile(tt.expr, jsonata.Options{})
			if err == nil {
				_, err = e.Eval(t.Context(), jsonata.Undefined, nil)
			}
			if got, ok := errors.AsType[*jsonata.Error](err); !ok || *got != tt.want {
				t.Errorf("got  %#v\nwant %#v", got, tt.want)
			}
		})
	}
}

func TestCause(t *testing.T) {
	t.Parallel()
	for expr, want := range map[string]string{
		`$unknown(1)`:        `threw an error during evaluation. T1006: Attempted to invoke a non-function`,
		`$sum("a")`:          `threw an error during evaluation. T0412: Argument 1 of function "sum" must be an array of "numbers"`,
		`$count([1..1e6])`:   `threw an error during evaluation: ` + memory,
		`$base64decode("*")`: `threw an internal error during evaluation.`,
	} {
		e, err := jsonata.Compile(expr, service)
		if err != nil {
			t.Fatal(err)
		}
		_, err = e.Eval(t.Context(), jsonata.Undefined, nil)
		if got, ok := errors.AsType[*jsonata.Error](err); !ok || got.Cause() != want {
			t.Errorf("%s: got %v, want %s", expr, err, want)
		}
	}
}

type line struct {
	SKU   string  `json:"sku"`
	Count int     `json:"n"`
	Note  *string `json:"note,omitempty"`
}

type order struct {
	ID    int64           `json:"id"`
	Lines []line          `json:"lines"`
	Extra map[string]any  `json:"extra"`
	Raw   json.RawMessage `json:"raw"`
	Fails failing         `json:"fails,omitzero"`
}

type failing struct{ On bool }

func (f failing) MarshalJSON() ([]byte, error) { return nil, errors.New("no JSON today") }

func TestGuests(t *testing.T) {
	t.Parallel()
	input := order{
		ID: 1<<53 + 1, Lines: []line{{"A", 2, nil}, {"B", 1, new("fragile")}},
		Extra: map[string]any{"b": 1, "a": []int{1, 2}, "n": json.Number("1.50"), "nil": map[string]any(nil)}, Raw: json.RawMessage(`{"r": [1]}`),
	}
	examples := []example{
		{`lines.sku`, `["A","B"]`},
		{`lines[n > 1]`, `{"sku":"A","n":2}`},
		{`$sum(lines.n)`, `3`},
		{`lines.note`, `"fragile"`},
		{`lines[0].note`, `nothing`},
		{`$keys(lines)`, `["sku","n","note"]`},
		{`extra.a[1]`, `2`},
		{`extra`, `{"a":[1,2],"b":1,"n":1.5,"nil":null}`},
		{`extra = {"b": 1, "a": [1, 2], "n": 1.5, "nil": null}`, `true`},
		{`extra.n + 1`, `2.5`},
		{`extra.nil`, `null`},
		{`raw.r`, `[1]`},
		{`$string(lines)`, `"[{\"sku\":\"A\",\"n\":2},{\"sku\":\"B\",\"n\":1,\"note\":\"fragile\"}]"`},
		{`lines.*`, `["A",2,"B",1,"fragile"]`},
		{`lines^(n).sku`, `["B","A"]`},
		{`$merge(lines)`, `{"sku":"B","n":1,"note":"fragile"}`},
		{`($ ~> |lines|{"n": n + 1}|).lines.n`, `[3,2]`},
		{`id`, `9007199254740992`},
	}
	runExamples(t, jsonata.Options{}, input, nil, examples)
	runExamples(t, jsonata.Options{}, &input, nil, examples)
	input.Fails.On = true
	t.Run("a marshaler that fails", func(t *testing.T) {
		t.Parallel()
		e, err := jsonata.Compile(`fails`, jsonata.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if v, err := e.Eval(t.Context(), input, nil); err == nil {
			t.Errorf("got %v and no error", v)
		}
	})
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	e, err := jsonata.Compile(`($f := function($n) { $n < 2 ? $n : $f($n - 1) + $f($n - 2) }; rows.{k: $f(v)}^($keys($)) & $sum(rows.v))`, jsonata.Options{})
	if err != nil {
		t.Fatal(err)
	}
	input := decode(t, []byte(orders))
	want := `[{"a":1},{"a":2},{"b":1}]6`
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				v, err := e.Eval(t.Context(), input, nil)
				if err != nil {
					t.Error(err)
					return
				}
				if v != want {
					t.Errorf("got %v, want %s", v, want)
					return
				}
			}
		})
	}
	wg.Wait()
}
