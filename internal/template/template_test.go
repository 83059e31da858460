package template_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/template"
)

type order struct {
	ID    int       `json:"id"`
	Items []item    `json:"items"`
	Note  *string   `json:"note"`
	Skip  string    `json:"skip,omitempty"`
	When  time.Time `json:"when"`
}

type item struct {
	Name  string  `json:"name"`
	Price float64 `json:"unit price"`
}

func doc(t testing.TB) any {
	t.Helper()
	v, err := document.Decode([]byte(`{
		"name": "Ada", "n": 1.5, "exact": 2.0, "yes": true, "none": null, "list": [1, "a", {"k": []}], "object": {"b": 1, "a": 2},
		"tricky": "{{name}} \\{{", "first-name": "A", "größe": "XL", "it's": "q", "a": {"b": {"c": "deep"}}, "1st": "one", "html": "<b>&</b>"}`))
	if err != nil {
		t.Fatal(err)
	}
	o, _ := v.(*document.Object)
	o.Set("order", &order{ID: 7, Items: []item{{"pen", 2}, {"ink", 3.25}}, When: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)})
	return v
}

func TestRender(t *testing.T) {
	for _, c := range []struct{ name, source, want string }{
		{"text alone", "no variables", "no variables"},
		{"nothing", "", ""},
		{"a variable", "Dear {{name}}!", "Dear Ada!"},
		{"several, side by side", "{{name}}{{n}}{{name}}", "Ada1.5Ada"},
		{"blanks inside the braces", "{{ name\t}}", "Ada"},
		{"a number keeps its text", "{{n}} {{exact}}", "1.5 2.0"},
		{"a boolean and null are their JSON", "{{yes}} {{none}}", "true null"},
		{"an array and an object are compact JSON in their order", "{{list}} {{object}}", `[1,"a",{"k":[]}] {"b":1,"a":2}`},
		{"a string is not escaped", "{{html}}", "<b>&</b>"},
		{"a value is not searched again", "{{tricky}}", `{{name}} \{{`},
		{"a hyphen in a name", "{{first-name}}", "A"},
		{"letters beyond ASCII", "{{größe}}", "XL"},
		{"a name that begins with a digit", "{{1st}}", "one"},
		{"a path", "{{a.b.c}}", "deep"},
		{"a path from the root", "{{$.a.b.c}}", "deep"},
		{"the whole document", "{{$}}", ""},
		{"an element", "{{list[1]}} {{list[2].k}}", "a []"},
		{"quoted steps", `{{a['b']["c"]}} {{$['it\'s']}}`, "deep q"},
		{"into a Go value", "{{order.id}}: {{order.items[1].name}} for {{order.items[1]['unit price']}}", "7: ink for 3.25"},
		{"a Go value as JSON", "{{order.items}}", `[{"name":"pen","unit price":2},{"name":"ink","unit price":3.25}]`},
		{"an omitted field is its zero value", "[{{order.skip}}]", "[]"},
		{"a nil pointer", "{{order.note}}", "null"},
		{"a time is a string", "{{order.when}}", "2026-01-02T03:04:05Z"},
		{"an escape", `\{{name}}`, "{{name}}"},
		{"a backslash before a variable", `\\{{name}}`, `\Ada`},
		{"a backslash before an escape", `\\\{{name}}`, `\{{name}}`},
		{"other backslashes", `a\b \\ \{ {{name}}\`, `a\b \\ \{ Ada\`},
		{"three braces", "{{{name}}}", "{Ada}"},
		{"in JSON", `{"a":{"b":{{n}}}}`, `{"a":{"b":1.5}}`},
		{"what is no name is text", "{{#if x}}{{name}}{{/if}}", "{{#if x}}Ada{{/if}}"},
		{"empty braces", "{{}} {{ }}", "{{}} {{ }}"},
		{"two words", "{{user name}}", "{{user name}}"},
		{"braces that don't close", "a {{name", "a {{name"},
		{"braces that don't close before some that do", "a {{ b {{name}}", "a {{ b Ada"},
		{"broken paths", "{{a.}}{{a..b}}{{.a}}{{a[}}{{a[x]}}{{a[-1]}}{{a[+1]}}{{a['b}}{{a['b'}}{{$a}}{{[0]}}{{-a}}", "{{a.}}{{a..b}}{{.a}}{{a[}}{{a[x]}}{{a[-1]}}{{a[+1]}}{{a['b}}{{a['b'}}{{$a}}{{[0]}}{{-a}}"},
		{"bytes that are no UTF-8", "\xff{{\xff}}{{name}}\xff", "\xff{{\xff}}Ada\xff"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := doc(t)
			if c.source == "{{$}}" {
				d, c.want = "itself", "itself"
			}
			got, err := template.Compile(c.source).Render(d, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestMissing(t *testing.T) {
	for _, c := range []struct {
		name, source string
		doc          any
		want         *template.MissingError
		text         string
	}{
		{
			"a name", "Dear {{ nam }}", document.ObjectOf(document.Field{Key: "name"}, document.Field{Key: "n"}),
			&template.MissingError{Name: "nam", Offset: 5, Have: []string{"name", "n"}},
			"template variable {{nam}} has no value: the input has only name, n",
		},
		{
			"a step", "{{a.b[0]}}",
			map[string]any{"a": map[string]any{"c": 1}},
			&template.MissingError{Name: "a.b[0]", Found: "a", Have: []string{"c"}},
			"template variable {{a.b[0]}} has no value: a has only c",
		},
		{
			"an element", "{{a[2]}}",
			map[string]any{"a": []any{1}},
			&template.MissingError{Name: "a[2]", Found: "a"},
			"template variable {{a[2]}} has no value: a has no such member",
		},
		{"in no object", "{{x}}", "text", &template.MissingError{Name: "x"}, "template variable {{x}} has no value: the input has no such member"},
		{"a field that is none", "{{skipped}}", order{}, &template.MissingError{Name: "skipped", Have: []string{"id", "items", "note", "when"}}, "template variable {{skipped}} has no value: the input has only id, items, note, when"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := template.Compile(c.source).Render(c.doc, nil)
			missing, ok := errors.AsType[*template.MissingError](err)
			if !ok || got != "" {
				t.Fatalf("got %q, %v", got, err)
			}
			if diff := cmp.Diff(c.want, missing); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if err.Error() != c.text {
				t.Errorf("got %q, want %q", err, c.text)
			}
		})
	}
}

func TestAValueThatHasNoJSON(t *testing.T) {
	got, err := template.Compile("a {{f}}").Render(map[string]any{"f": func() {}}, nil)
	if err == nil || !strings.HasPrefix(err.Error(), "template variable {{f}}: ") || got != "" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestVarsComeBeforeTheDocument(t *testing.T) {
	vars := func(name string) (any, bool, error) {
		if name == "bad" {
			return nil, false, errors.New("no such luck")
		}
		v, ok := map[string]any{"name": "Bob", "list": []any{"v"}}[name]
		return v, ok, nil
	}
	if _, err := template.Compile("{{bad}}").Render(doc(t), vars); err == nil || err.Error() != "no such luck" {
		t.Errorf("got %v", err)
	}
	got, err := template.Compile("{{name}} {{list[0]}} {{n}}").Render(doc(t), vars)
	if err != nil || got != "Bob v 1.5" {
		t.Errorf("got %q, %v", got, err)
	}
	_, err = template.Compile("{{list[1]}}").Render(doc(t), vars)
	if want := "template variable {{list[1]}} has no value: list has no such member"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestWhatATemplateUses(t *testing.T) {
	tmpl := template.Compile(`{{b.c}} {{a}} {{ a }} {{b}} {{$['x y'][0]}} {{$[1]}} {{$}} {{#each}} \{{escaped}} {{b.c}} {{open`)
	var paths []string
	for _, p := range tmpl.Paths() {
		paths = append(paths, p.String())
		again, ok := template.ParsePath(p.String())
		if diff := cmp.Diff(p, again); !ok || (len(p) > 0 && diff != "") {
			t.Errorf("path %s does not read back: %s", p, diff)
		}
	}
	if diff := cmp.Diff([]string{"b.c", "a", "b", "$['x y'][0]", "$[1]", "$"}, paths); diff != "" {
		t.Errorf("paths (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"b", "a", "x y"}, tmpl.Variables()); diff != "" {
		t.Errorf("variables (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]template.Literal{{Text: "{{#each}}", Line: 1}, {Text: "{{open", Line: 1, Open: true}}, tmpl.Literals()); diff != "" {
		t.Errorf("literals (-want +got):\n%s", diff)
	}
}

func TestRenderIsLean(t *testing.T) {
	if raced {
		t.Skip("allocations are counted without the race detector")
	}
	tmpl := template.Compile("Dear {{name}}, your {{n}} of {{a.b.c}}.")
	d := doc(t)
	if n := testing.AllocsPerRun(100, func() { _, _ = tmpl.Render(d, nil) }); n > 1 {
		t.Errorf("%v allocations, want 1: the text", n)
	}
	plain := template.Compile("nothing to fill in")
	if n := testing.AllocsPerRun(100, func() { _, _ = plain.Render(d, nil) }); n > 0 {
		t.Errorf("%v allocations for plain text, want 0", n)
	}
}

func FuzzRender(f *testing.F) {
	for _, s := range []string{"{{name}}", `\\\{{a}}`, "{{{n}}}", "{{a['b']}}", "{{list[2]}}", "{{$}}", "{{a[\"", "\xff{{"} {
		f.Add(s, "v")
	}
	f.Fuzz(func(t *testing.T, source, value string) {
		tmpl := template.Compile(source)
		got, err := tmpl.Render(map[string]any{}, func(string) (any, bool, error) { return value, true, nil })
		if err == nil && !strings.Contains(source, "{{") && got != source {
			t.Errorf("text without braces became %q", got)
		}
		for _, p := range tmpl.Paths() {
			again, ok := template.ParsePath(p.String())
			a, _ := json.Marshal(p)
			b, _ := json.Marshal(again)
			if !ok || (len(p) > 0 && string(a) != string(b)) {
				t.Errorf("path %q does not read back", p)
			}
		}
	})
}

func BenchmarkRender(b *testing.B) {
	tmpl := template.Compile("Summarize the letter of {{name}} about order {{order.id}} in {{n}} sentences:\n\n{{a.b.c}}")
	d := doc(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tmpl.Render(d, nil); err != nil {
			b.Fatal(err)
		}
	}
}
