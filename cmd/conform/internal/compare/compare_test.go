package compare_test

import (
	"strings"
	"testing"

	"github.com/flowstone-go/flow/cmd/conform/internal/compare"
	"github.com/flowstone-go/flow/internal/document"
)

func decode(t *testing.T, text string) any {
	t.Helper()
	v, err := document.Decode([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func TestValues(t *testing.T) {
	t.Parallel()
	list := []string{"<uuid:1>", "<uuid:2>", "<id>", "date", "<<token>:1>", "<token>", "<a_0idx>", "<b_0idx>"}
	for _, test := range []struct {
		name      string
		want, got string
		paths     []string // of the differences
	}{
		{"equal", `{"a":[1,"x",null,true]}`, `{"a":[1,"x",null,true]}`, nil},
		{"the order of keys does not matter", `{"a":1,"b":2}`, `{"b":2,"a":1}`, nil},
		{"the order of elements does", `[1,2]`, `[2,1]`, []string{"at[0]", "at[1]"}},
		{"numbers are equal by value", `[1,1.0,1e2,0.10,-0]`, `[1.0,1,100,0.1,0]`, nil},
		{"large numbers are exact", `9007199254740993`, `9007199254740992`, []string{"at"}},
		{"a number is no string", `1`, `"1"`, []string{"at"}},
		{"false is not null", `false`, `null`, []string{"at"}},
		{"a missing member", `{"a":1,"b":{}}`, `{"b":{}}`, []string{"at.a"}},
		{"a superfluous member", `{}`, `{"b c":null}`, []string{`at["b c"]`}},
		{"an array of another length", `{"a":[1]}`, `{"a":[]}`, []string{"at.a"}},
		{"an empty array is no empty object", `[]`, `{}`, []string{"at"}},
		{"all differences are found", `{"a":1,"b":[{"c":1},{"d":2}]}`, `{"a":2,"b":[{"c":3},{"d":2}]}`, []string{"at.a", "at.b[0].c"}},

		{"a placeholder that is a whole value matches any", `["date","date","date"]`, `[1,{"a":[]},null]`, nil},
		{"but nothing where it is part of a string", `"on date"`, `"on Monday"`, []string{"at"}},
		{"and not as a key", `{"date":1}`, `{"x":1}`, []string{"at.date", "at.x"}},
		{"one that the case does not list is text", `"<uuid:3>"`, `"x"`, []string{"at"}},
		{"a bracketed one matches inside", `"id <id>, ok"`, `"id a, b\n>, ok"`, nil},
		{"at least one character", `"id <id>, ok"`, `"id , ok"`, []string{"at"}},
		{"and only strings", `"<id>"`, `7`, []string{"at"}},
		{"the text around must agree", `"id <id>, ok"`, `"id 5, no"`, []string{"at"}},
		{"the longest name counts", `"<<token>:1>"`, `"abc"`, nil},
		{"two in a row", `"<id><id>"`, `"ab"`, nil},
		{"two in a row need two characters", `"<id><id>"`, `"a"`, []string{"at"}},
		{"an unnumbered one may stand for several", `["<id>","<id>"]`, `["a","b"]`, nil},
		{"a numbered one stands for one text", `["<uuid:1>","x-<uuid:1>"]`, `["a","x-a"]`, nil},
		{"not for two", `["<uuid:1>","x-<uuid:1>"]`, `["a","x-b"]`, []string{"at[1]"}},
		{"within one string either", `"<uuid:1>/<uuid:1>"`, `"a/b"`, []string{"at"}},
		{"two may stand for the same", `["<uuid:1>","<uuid:2>"]`, `["a","a"]`, nil},
		{"the reading that fits all is found", `["<a_0idx>:<b_0idx>","<b_0idx>"]`, `["x:y:z","z"]`, nil},
		{"whichever comes first", `["<b_0idx>","<a_0idx>:<b_0idx>"]`, `["y:z","x:y:z"]`, nil},

		{"a cause that is an object is JSON text", `{"cause":{"a":1,"b":"<id>"}}`, `{"cause":"{\"b\": \"x\", \"a\": 1.0}"}`, nil},
		{"whose differences have a place", `{"cause":{"a":1}}`, `{"cause":"{\"a\":2}"}`, []string{"at.cause.a"}},
		{"and which must be JSON", `{"cause":{"a":1}}`, `{"cause":"a: 1"}`, []string{"at.cause"}},
		{"only a cause is", `{"output":{"a":1}}`, `{"output":"{\"a\":1}"}`, []string{"at.output"}},
		{"white space in JSON inside a string does not matter", `"{\"a\": [1, 2]}"`, `"{\"a\":[1,2]}"`, nil},
		{"its values do", `"{\"a\": [1, 2]}"`, `"{\"a\":[1,3]}"`, []string{"at.a[1]"}},
		{"white space in other strings does", `"a  b"`, `"a b"`, []string{"at"}},
		{"a number in a string is a string", `"1"`, `"1.0"`, []string{"at"}},
		{"JSON in a string that a placeholder broke", `"{\"id\":<id>\"}"`, `"{\"id\":\"5\"}"`, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := compare.NewPlaceholders(list)
			want, got := decode(t, test.want), decode(t, test.got)
			var paths []string
			for _, d := range p.Values("at", want, got) {
				paths = append(paths, d.Path)
			}
			if strings.Join(paths, " ") != strings.Join(test.paths, " ") {
				t.Errorf("differences at %q, want %q", paths, test.paths)
			}
			if equal := p.Equal(want, got); equal != (len(test.paths) == 0) {
				t.Errorf("Equal is %t", equal)
			}
		})
	}
}

// A Go value is compared as the JSON that it means.
func TestValuesOfGo(t *testing.T) {
	t.Parallel()
	p := compare.NewPlaceholders(nil)
	got := map[string]any{"n": 3, "list": []string{"a"}}
	if d := p.Values("", decode(t, `{"list":["a"],"n":3}`), got); len(d) > 0 {
		t.Error(d)
	}
	if p.Equal(decode(t, `"x"`), func() {}) {
		t.Error("a function equals a string")
	}
}

func TestDifferenceString(t *testing.T) {
	t.Parallel()
	p := compare.NewPlaceholders(nil)
	for _, test := range []struct{ want, got, text string }{
		{`{"a":1}`, `{"a":"x"}`, "a\n    want 1\n    got  \"x\""},
		{`{"a":1}`, `{}`, "a: missing\n    want 1"},
		{`{}`, `{"a":1}`, "a: not expected\n    got  1"},
	} {
		d := p.Values("", decode(t, test.want), decode(t, test.got))
		if len(d) != 1 || d[0].String() != test.text {
			t.Errorf("%v, want %s", d, test.text)
		}
	}
}

func TestMatchAndSubstitute(t *testing.T) {
	t.Parallel()
	p := compare.NewPlaceholders([]string{"<uuid:1>", "<role>", ""})
	found, ok := p.Match("<role>/<uuid:1>", "admin/5", nil)
	if !ok || found["<uuid:1>"] != "5" || len(found) != 1 {
		t.Errorf("found %q, %t", found, ok)
	}
	if _, ok := p.Match("<role>/<uuid:1>", "admin/5", map[string]string{"<uuid:1>": "6"}); ok {
		t.Error("matches against what is known")
	}
	if text := p.Substitute("<role>/<uuid:1>.", found); text != "<role>/5." {
		t.Errorf("substituted: %s", text)
	}
}

func TestBind(t *testing.T) {
	t.Parallel()
	p := compare.NewPlaceholders([]string{"<uuid:1>", "<uuid:2>"})
	known := map[string]string{"<uuid:2>": "b"}
	if !p.Bind(decode(t, `["<uuid:1>","<uuid:2>"]`), decode(t, `["a","b"]`), known) || known["<uuid:1>"] != "a" {
		t.Errorf("not bound: %q", known)
	}
	if p.Bind(decode(t, `["<uuid:1>"]`), decode(t, `["c"]`), known) {
		t.Error("bound to another text")
	}
}

// Patterns that could be read in very many ways end.
func TestHostilePattern(t *testing.T) {
	t.Parallel()
	p := compare.NewPlaceholders([]string{"<a>", "<b:1>", "<c:2>"})
	want := strings.Repeat("<a>x<b:1>x<c:2>", 20) + "y"
	if p.Equal(want, strings.Repeat("x", 2000)) {
		t.Error("equal")
	}
}
