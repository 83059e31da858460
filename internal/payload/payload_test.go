package payload_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/intrinsic"
	"github.com/flowstone-go/flow/internal/path"
	"github.com/flowstone-go/flow/internal/payload"
)

type env struct {
	input, context any
	variables      map[string]any
}

func (e env) Input() any    { return e.input }
func (e env) Context() any  { return e.context }
func (env) UUID() string    { return "00000000-0000-4000-8000-000000000001" }
func (env) Random() float64 { return 0.5 }
func (e env) Variable(name string) (any, bool) {
	v, ok := e.variables[name]
	return v, ok
}

func TestEval(t *testing.T) {
	t.Parallel()
	e := env{
		input:     decode(t, `{"a":1,"b":{"c":[1,2]},"null":null}`),
		context:   decode(t, `{"Execution":{"Id":"e1"}}`),
		variables: map[string]any{"v": "var"},
	}
	for _, test := range []struct{ template, want string }{
		{`{}`, `{}`},
		{`"$.a"`, `"$.a"`},
		{`{"x":"$.a","y":[1,"$.a"]}`, `{"x":"$.a","y":[1,"$.a"]}`},
		{`{"x.$":"$.a"}`, `{"x":1}`},
		{`{"x.$":"$.null"}`, `{"x":null}`},
		{`{"x.$":"$"}`, `{"x":{"a":1,"b":{"c":[1,2]},"null":null}}`},
		{`{"x.$":"$$.Execution.Id","y.$":"$v","z.$":"States.Format('{}-{}', $.a, $v)"}`, `{"x":"e1","y":"var","z":"1-var"}`},
		{`{"x.$":"$.nowhere[*]"}`, `{"x":[]}`},
		{`{"x.$":"$$.Execution.Id  "}`, `{"x":"e1"}`},
		{`{"b":2,"a.$":"$.a","c":{"d":{"e.$":"$.b.c"},"f":null}}`, `{"b":2,"a":1,"c":{"d":{"e":[1,2]},"f":null}}`},
		{`{"l":[{"x.$":"$.a"},{"x":"$.a"},[{"y.$":"$.b"}]]}`, `{"l":[{"x":1},{"x":"$.a"},[{"y":{"c":[1,2]}}]]}`},
		{`[{"x.$":"$.a"}]`, `[{"x":1}]`},
		{`{"x.$.y":"$.a","$":"$.a"}`, `{"x.$.y":"$.a","$":"$.a"}`},
		{`{".$":"$.a"}`, `{"":1}`},
		{
			`{"k1.$":"$.a","k2":0,"k3":0,"k4":0,"k5":0,"k6":0,"k7":0,"k8":0,"k9":0,"k10":0,"k11":0,"k12":0,"k13.$":"$.a"}`,
			`{"k1":1,"k2":0,"k3":0,"k4":0,"k5":0,"k6":0,"k7":0,"k8":0,"k9":0,"k10":0,"k11":0,"k12":0,"k13":1}`,
		},
	} {
		template, err := payload.Compile(decode(t, test.template))
		if err != nil {
			t.Errorf("%s: %v", test.template, err)
			continue
		}
		for range 2 {
			got, err := template.Eval(e)
			if err != nil || document.Text(got) != test.want {
				t.Errorf("%s:\nwant %s\ngot  %s, %v", test.template, test.want, document.Text(got), err)
			}
		}
	}
}

// Payloads of one template share their literal parts and their keys, and
// nothing that one of them changes.
func TestSharing(t *testing.T) {
	t.Parallel()
	template := compile(t, `{"x.$":"$.n","fixed":{"deep":[1]},"k3":0,"k4":0,"k5":0,"k6":0,"k7":0,"k8":0,"k9":0,"k10":0,"k11":0,"k12":0}`)
	objects := [2]*document.Object{}
	for i := range objects {
		v, err := template.Eval(env{input: decode(t, fmt.Sprintf(`{"n":%d}`, i))})
		if err != nil {
			t.Fatal(err)
		}
		objects[i] = v.(*document.Object)
	}
	first, _ := objects[0].Get("fixed")
	second, _ := objects[1].Get("fixed")
	if first != second {
		t.Error("the literal part was copied")
	}
	objects[0].Set("more", true)
	objects[1].Delete("x")
	if _, ok := objects[1].Get("more"); ok {
		t.Error("a key of one payload is in another")
	}
	if v, ok := objects[0].Get("x"); v != 0.0 || !ok {
		t.Errorf("x is %v, %t", v, ok)
	}
	if v, ok := objects[1].Get("k12"); v != 0.0 || !ok {
		t.Errorf("k12 is %v, %t", v, ok)
	}
	v, err := template.Eval(env{input: decode(t, `{"n":5}`)})
	if err != nil || !strings.HasPrefix(document.Text(v), `{"x":5,"fixed":`) {
		t.Errorf("got %s, %v", document.Text(v), err)
	}
}

func TestEvalErrors(t *testing.T) {
	t.Parallel()
	e := env{input: decode(t, `{"a":1,"b":"x"}`), context: decode(t, `{}`)}
	for _, test := range []struct{ template, field, want string }{
		{`{"value.$":"$.x"}`, "value.$", `The JSONPath '$.x' specified for the field 'value.$' could not be found in the input '{"a":1,"b":"x"}'`},
		{`{"l":[{"deep.$":"$.no.such"}]}`, "deep.$", `The JSONPath '$.no.such' specified for the field 'deep.$' could not be found in the input '{"a":1,"b":"x"}'`},
		{`{"value.$":"$$.Task.Token"}`, "value.$", `The JSONPath '$$.Task.Token' specified for the field 'value.$' could not be found in the input '{"a":1,"b":"x"}'`},
		{`{"value.$":"$unset"}`, "value.$", `The JSONPath '$unset' specified for the field 'value.$' could not be found in the input '{"a":1,"b":"x"}'`},
		{`{"value.$":"$[1:]"}`, "value.$", `Invalid path '$[1:]' : Filter: [1:] can only be applied to arrays. Current context is: {"a":1,"b":"x"}`},
		{`{"value.$":"States.ArrayLength($.b)"}`, "value.$", `The function 'States.ArrayLength($.b)' had the following error: States.ArrayLength: the first argument is no array but a string`},
		{`{"value.$":"States.Array($.x)"}`, "value.$", `The function 'States.Array($.x)' had the following error: The JsonPath argument for the field '$.x' could not be found in the input '{"a":1,"b":"x"}'`},
	} {
		got, err := compile(t, test.template).Eval(e)
		problem, ok := errors.AsType[*payload.FieldError](err)
		if !ok || problem.Field != test.field || err.Error() != test.want {
			t.Errorf("%s:\nwant %s\ngot  %v, %v", test.template, test.want, got, err)
		}
	}
	_, err := compile(t, `{"value.$":"$.x"}`).Eval(e)
	if missing, ok := errors.AsType[*path.NotFoundError](err); !ok || missing.Path.String() != "$.x" {
		t.Errorf("the path's error is not kept: %v", err)
	}
	_, err = compile(t, `{"value.$":"States.ArrayLength($.b)"}`).Eval(e)
	if _, ok := errors.AsType[*intrinsic.EvalError](err); !ok {
		t.Errorf("the function's error is not kept: %v", err)
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	type problem struct {
		At    string
		Field string
		Twice bool
	}
	for _, test := range []struct {
		template string
		want     []problem
	}{
		{`{"a.$":"not a path"}`, []problem{{"", "a.$", false}}},
		{`{"a.$":""}`, []problem{{"", "a.$", false}}},
		{`{"a.$":22}`, []problem{{"", "a.$", false}}},
		{`{"a.$":null}`, []problem{{"", "a.$", false}}},
		{`{"a.$":{"b.$":"$.b"}}`, []problem{{"", "a.$", false}}},
		{`{"a.$":" States.Array()"}`, []problem{{"", "a.$", false}}},
		{`{"a.$":" $.b"}`, []problem{{"", "a.$", false}}},
		{`{"a.$":"States.Xyz()"}`, []problem{{"", "a.$", false}}},
		{`{"a.$":"prod-v1"}`, []problem{{"", "a.$", false}}},
		{`{"a":1,"a.$":"$.b"}`, []problem{{"", "a.$", true}}},
		{`{"a.$":"$.b","a":1}`, []problem{{"", "a.$", true}}},
		{`{"a.$":"$.b","a.$.$":"$.c"}`, []problem{{"", "a.$.$", true}}},
		{`{"p":{"x.$":"1","y":[0,{"z.$":"2"}]},"q.$":"3"}`, []problem{{"p", "x.$", false}, {"p/y/1", "z.$", false}, {"", "q.$", false}}},
	} {
		template, err := payload.Compile(decode(t, test.template))
		problems, ok := errors.AsType[payload.InvalidFieldErrors](err)
		if !ok {
			t.Errorf("%s: no problems, %v, %v", test.template, template, err)
			continue
		}
		var got []problem
		for _, p := range problems {
			got = append(got, problem{strings.Join(p.At, "/"), p.Field, p.Twice})
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", test.template, diff)
		}
	}
	_, err := payload.Compile(decode(t, `{"a.$":"x","b.$":1}`))
	const want = "The value for the field 'a.$' must be a valid JSONPath or a valid intrinsic function call; " +
		"The value for the field 'b.$' must be a valid JSONPath or a valid intrinsic function call"
	if err == nil || err.Error() != want {
		t.Errorf("want %s, got %v", want, err)
	}
	if _, ok := errors.AsType[*path.SyntaxError](err); !ok {
		t.Errorf("why it is no path is not kept: %v", err)
	}
	if _, err := payload.Compile(make(chan int)); err == nil {
		t.Error("a value without JSON: no error")
	}
}

func TestTemplateTells(t *testing.T) {
	t.Parallel()
	template := compile(t, `{"a.$":"$x.y","b":[{"c.$":"States.Array($z, $x, $.q, $$.r)"}],"warn":"$.a","p":{"call":"States.UUID()","no":"$ 5","no2":"States of"}}`)
	if got := fmt.Sprint(template.Variables()); got != "[x z]" {
		t.Errorf("variables %s", got)
	}
	if got := fmt.Sprint(template.Expressions()); got != "[$x.y States.Array($z, $x, $.q, $$.r)]" {
		t.Errorf("expressions %s", got)
	}
	want := []payload.Suspect{{At: []string{}, Field: "warn", Text: "$.a"}, {At: []string{"p"}, Field: "call", Text: "States.UUID()"}}
	if diff := cmp.Diff(want, template.Suspects()); diff != "" {
		t.Errorf("suspects: -want +got\n%s", diff)
	}
	if v, ok := template.Literal(); ok {
		t.Errorf("it is no literal: %v", v)
	}
	fixed := decode(t, `{"a":[1,{"b":2}]}`)
	template, err := payload.Compile(fixed)
	if err != nil {
		t.Fatal(err)
	}
	if v, ok := template.Literal(); !ok || v != fixed {
		t.Errorf("a literal is the value itself: %v, %t", v, ok)
	}
}

func TestExpression(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"$.a", "$$.b", "$c", "States.Format('{}', $.a)"} {
		x, err := payload.CompileExpression(text)
		if err != nil || x.String() != text || (x.Path() == nil) == (x.Call() == nil) {
			t.Errorf("%s: got %v, %v", text, x, err)
		}
	}
	for _, text := range []string{"", "a", "Cause", "States.Nope()", "$..", "States"} {
		if x, err := payload.CompileExpression(text); err == nil {
			t.Errorf("%s: no error, %v", text, x)
		}
	}
}

func decode(tb testing.TB, text string) any {
	tb.Helper()
	v, err := document.Decode([]byte(text))
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

func compile(tb testing.TB, text string) *payload.Template {
	tb.Helper()
	template, err := payload.Compile(decode(tb, text))
	if err != nil {
		tb.Fatal(err)
	}
	return template
}

func FuzzTemplate(f *testing.F) {
	for _, text := range []string{
		`{"a.$":"$.b","c":[{"d.$":"States.Array($)"}]}`, `{"a":1,"a.$":"$"}`, `{"a.$":5}`, `[[{"x.$":"$$.y[*]"}]]`, `{"x.$":"$v.a[?(@.b==1)]"}`,
	} {
		f.Add(text, `{"b":[1,{"x":null}]}`)
	}
	f.Fuzz(func(t *testing.T, text, input string) {
		v, err := document.Decode([]byte(text))
		if err != nil {
			return
		}
		in, err := document.Decode([]byte(input))
		if err != nil {
			return
		}
		before := document.Text(v)
		template, err := payload.Compile(v)
		if err != nil {
			return
		}
		if _, err := template.Eval(env{input: in, context: in}); err != nil {
			if _, ok := errors.AsType[*payload.FieldError](err); !ok {
				t.Fatalf("%s: %v is no FieldError", text, err)
			}
		}
		if after := document.Text(v); after != before {
			t.Fatalf("the template was %s and is %s", before, after)
		}
	})
}

func BenchmarkEval(b *testing.B) {
	template := compile(b, `{"FunctionName":"f","Payload":{"id.$":"$.order.id","customer.$":"$.order.customer","fixed":{"a":[1,2,3]}}}`)
	e := &env{input: decode(b, `{"order":{"id":"o1","customer":{"name":"Ada"}}}`)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := template.Eval(e); err != nil {
			b.Fatal(err)
		}
	}
}
