package path_test

import (
	"errors"
	"testing"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/path"
)

func TestSet(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ doc, path, want string }{
		{`{"a":1}`, "$", `"new"`},
		{`null`, "$", `"new"`},
		{`{"a":1}`, "$.a", `{"a":"new"}`},
		{`{"a":1,"b":2}`, "$.a", `{"a":"new","b":2}`},
		{`{"a":1}`, "$.b", `{"a":1,"b":"new"}`},
		{`{"a":{"x":1}}`, "$.a.y", `{"a":{"x":1,"y":"new"}}`},
		{`{}`, "$.a.b.c", `{"a":{"b":{"c":"new"}}}`},
		{`{}`, "$['a b'].c", `{"a b":{"c":"new"}}`},
		{`{"a":[1,2,3]}`, "$.a[1]", `{"a":[1,"new",3]}`},
		{`{"a":[1]}`, "$.a[1]", `{"a":[1,"new"]}`},
		{`{"a":[1]}`, "$.a[3]", `{"a":[1,null,null,"new"]}`},
		{`{}`, "$.a[1]", `{"a":[null,"new"]}`},
		{`{}`, "$.a[0].b", `{"a":[{"b":"new"}]}`},
		{`{"a":[{"b":1,"c":2}]}`, "$.a[0].b", `{"a":[{"b":"new","c":2}]}`},
		{`[1,2]`, "$[0]", `["new",2]`},
		{`[[1]]`, "$[0][0]", `[["new"]]`},
		{`[]`, "$[0]", `["new"]`},
	} {
		p := mustTarget(t, test.path)
		doc := decode(t, test.doc)
		got, err := p.Set(doc, "new")
		if err != nil {
			t.Errorf("%s in %s: %v", test.path, test.doc, err)
			continue
		}
		if text := document.Text(got); text != test.want {
			t.Errorf("%s in %s:\nwant %s\ngot  %s", test.path, test.doc, test.want, text)
		}
		if text := document.Text(doc); text != test.doc {
			t.Errorf("%s changed the document: %s", test.path, text)
		}
	}
}

// SetOwn gives what Set gives, changes the object itself and nothing below it.
func TestSetOwn(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		doc, path, want string
		place           bool
	}{
		{`{"a":1,"b":2}`, "$.a", `{"a":"new","b":2}`, true},
		{`{"a":1}`, "$.b", `{"a":1,"b":"new"}`, true},
		{`{"a":{"x":[1]}}`, "$.a.x[0]", `{"a":{"x":["new"]}}`, true},
		{`{}`, "$.a.b.c", `{"a":{"b":{"c":"new"}}}`, true},
		{`{"a":1}`, "$", `"new"`, false},
		{`{"a":1}`, "$.a.b", "", false},
		{`{"a":1}`, "$[0]", "", false},
	} {
		p := mustTarget(t, test.path)
		own, ok := decode(t, test.doc).(*document.Object)
		if !ok {
			t.Fatalf("%s is no object", test.doc)
		}
		below, _ := own.Get("a")
		was := document.Text(below)
		got, err := p.SetOwn(own, "new")
		if test.want == "" {
			if err == nil || document.Text(own) != test.doc {
				t.Errorf("%s in %s: %v, and it is %s", test.path, test.doc, err, document.Text(own))
			}
			continue
		}
		if text := document.Text(got); err != nil || text != test.want {
			t.Errorf("%s in %s:\nwant %s\ngot  %s, %v", test.path, test.doc, test.want, text, err)
		}
		if same := got == any(own); same != test.place {
			t.Errorf("%s in %s: in place %v, want %v", test.path, test.doc, same, test.place)
		}
		if text := document.Text(below); text != was {
			t.Errorf("%s in %s changed what lies below to %s", test.path, test.doc, text)
		}
	}
}

func TestSetErrors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ doc, path, want string }{
		{`"foo"`, "$.x", `Unable to apply step "x" to input "foo"`},
		{`null`, "$.x", `Unable to apply step "x" to input null`},
		{`5`, "$.x.y", `Unable to apply step "x" to input 5`},
		{`{"a":1}`, "$.a.b", `Unable to apply step "b" to input 1`},
		{`{"a":null}`, "$.a.b", `Unable to apply step "b" to input null`},
		{`{"a":[1]}`, "$.a.b", `Unable to apply step "b" to input [1]`},
		{`{"a":{}}`, "$.a[0]", `Unable to apply step "0" to input {}`},
		{`[]`, "$.a", `Unable to apply step "a" to input []`},
		{`{}`, "$.a[10001]", `Unable to apply step "10001" to input null: the index is too far beyond the end of the array`},
	} {
		got, err := mustTarget(t, test.path).Set(decode(t, test.doc), "new")
		if _, ok := errors.AsType[*path.MatchError](err); !ok || err.Error() != test.want {
			t.Errorf("%s in %s:\nwant %s\ngot  %v, %v", test.path, test.doc, test.want, got, err)
		}
	}
	for _, text := range []string{"$.a[*]", "$$.a", "$.a[-1]"} {
		if _, err := mustCompile(t, text).Set(decode(t, `{"a":[1]}`), 1); err == nil {
			t.Errorf("%s: no error", text)
		}
	}
}

func TestSetOpensGuests(t *testing.T) {
	t.Parallel()
	type inner struct {
		X int `json:"x"`
		Y int `json:"y,omitempty"`
	}
	type outer struct {
		In   inner          `json:"in"`
		List []inner        `json:"list"`
		Map  map[string]int `json:"map"`
	}
	doc := &outer{In: inner{X: 1}, List: []inner{{X: 2}, {X: 3}}, Map: map[string]int{"b": 1, "a": 2}}
	for text, want := range map[string]string{
		"$.in.y":      `{"in":{"x":1,"y":"new"},"list":[{"x":2},{"x":3}],"map":{"a":2,"b":1}}`,
		"$.list[1].x": `{"in":{"x":1},"list":[{"x":2},{"x":"new"}],"map":{"a":2,"b":1}}`,
		"$.map.c":     `{"in":{"x":1},"list":[{"x":2},{"x":3}],"map":{"a":2,"b":1,"c":"new"}}`,
		"$.more":      `{"in":{"x":1},"list":[{"x":2},{"x":3}],"map":{"a":2,"b":1},"more":"new"}`,
	} {
		got, err := mustTarget(t, text).Set(doc, "new")
		if err != nil || document.Text(got) != want {
			t.Errorf("%s:\nwant %s\ngot  %s, %v", text, want, document.Text(got), err)
		}
	}
	if text := document.Text(doc); text != `{"in":{"x":1},"list":[{"x":2},{"x":3}],"map":{"a":2,"b":1}}` {
		t.Errorf("the struct was changed: %s", text)
	}
}

func TestSetShares(t *testing.T) {
	t.Parallel()
	doc := decode(t, `{"a":{"b":1},"c":{"d":1}}`)
	got, err := mustTarget(t, "$.a.b").Set(doc, 2)
	if err != nil {
		t.Fatal(err)
	}
	before, _ := document.Member(doc, "c")
	after, _ := document.Member(got, "c")
	if before != after {
		t.Error("what is not on the way is shared, not copied")
	}
}

func mustTarget(tb testing.TB, text string) *path.Path {
	tb.Helper()
	p, err := path.CompileTarget(text)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}
