package path_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/path"
)

const store = `{
	"name": "corner shop",
	"null": null,
	"a.b": "dotted", "a b": "blank", "it's": "quoted", "tab\tbed": "tab",
	"books": [
		{"title": "Sayings", "category": "reference", "price": 8.95, "tags": ["old", "short"], "stock": 3},
		{"title": "Sword", "category": "fiction", "price": 12.99, "tags": [], "stock": 0},
		{"title": "Moby", "category": "fiction", "isbn": "0-553", "price": 8.99, "stock": null},
		{"title": "Lord", "category": "fiction", "isbn": "0-395", "price": 22.99, "tags": ["long"], "stock": "7"}
	],
	"limit": 10,
	"bike": {"color": "red", "price": 19.95},
	"matrix": [[1, 2, 3], [4, 5, 6]],
	"words": ["to", "be", "or"],
	"empty": {}
}`

func decode(tb testing.TB, text string) any {
	tb.Helper()
	v, err := document.Decode([]byte(text))
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

func TestGetFrom(t *testing.T) {
	t.Parallel()
	doc := decode(t, store)
	for _, test := range []struct{ path, want string }{
		// One node.
		{"$.name", `"corner shop"`},
		{"$['name']", `"corner shop"`},
		{`$["name"]`, `"corner shop"`},
		{"$.name  ", `"corner shop"`},
		{"$.null", `null`},
		{"$.books[0].title", `"Sayings"`},
		{"$.books[-1].title", `"Lord"`},
		{"$.books.[1].title", `"Sword"`},
		{"$.['bike'].color", `"red"`},
		{"$['bike']['price']", `19.95`},
		{"$[ 'bike' ].color", `"red"`},
		{"$.matrix[1][2]", `6`},
		{`$.a\.b`, `"dotted"`},
		{`$.a\u002eb`, `"dotted"`},
		{`$['a.b']`, `"dotted"`},
		{`$['a b']`, `"blank"`},
		{`$['it\'s']`, `"quoted"`},
		{`$.it's`, `"quoted"`},
		{`$['tab\tbed']`, `"tab"`},
		{`$["it's"]`, `"quoted"`},
		{"$['name', 'limit', 'nowhere']", `{"name":"corner shop","limit":10}`},
		// Many nodes.
		{"$.books[*].price", `[8.95,12.99,8.99,22.99]`},
		{"$.books.*.price", `[8.95,12.99,8.99,22.99]`},
		{"$.bike.*", `["red",19.95]`},
		{"$.bike[*]", `["red",19.95]`},
		{"$.books[0,2].title", `["Sayings","Moby"]`},
		{"$.books[0, 9].title", `["Sayings"]`},
		{"$.books[1:3].title", `["Sword","Moby"]`},
		{"$.books[2:].title", `["Moby","Lord"]`},
		{"$.books[:1].title", `["Sayings"]`},
		{"$.books[-2:].title", `["Moby","Lord"]`},
		{"$.books[:-3].title", `["Sayings"]`},
		{"$.books[1:-1].title", `["Sword","Moby"]`},
		{"$.books[3:1].title", `[]`},
		{"$.books[9:].title", `[]`},
		{"$.books[*].isbn", `["0-553","0-395"]`},
		{"$.books[*]['title','price']", `[{"title":"Sayings","price":8.95},{"title":"Sword","price":12.99},{"title":"Moby","price":8.99},{"title":"Lord","price":22.99}]`},
		{"$.[*].['color', 'nothing']", `[{"color":"red"},{}]`},
		{"$..color", `["red"]`},
		{"$..price", `[8.95,12.99,8.99,22.99,19.95]`},
		{"$.books..price", `[8.95,12.99,8.99,22.99]`},
		{"$..books[0].title", `["Sayings"]`},
		{"$..[0]", `[{"title":"Sayings","category":"reference","price":8.95,"tags":["old","short"],"stock":3},"old","long",[1,2,3],1,4,"to"]`},
		{"$.matrix..*", `[[1,2,3],[4,5,6],1,2,3,4,5,6]`},
		{"$.matrix[*][0]", `[1,4]`},
		{"$.words[*].nope", `[]`},
		// Nothing found by a path to many.
		{"$.nowhere[*]", `[]`},
		{"$.nowhere.books[1:].x", `[]`},
		{"$.nowhere.books[0,1]", `[]`},
		{"$..nowhere", `[]`},
		{"$.name[*]", `[]`},
		{"$.empty[*]", `[]`},
		// Filters.
		{"$.books[?(@.price < 10)].title", `["Sayings","Moby"]`},
		{"$.books[?(@.price<10)].title", `["Sayings","Moby"]`},
		{"$.books[?(@['price'] <= 8.95)].title", `["Sayings"]`},
		{"$.books[?(@.price >= 12.99)].title", `["Sword","Lord"]`},
		{"$.books[?(@.price > 12.99)].title", `["Lord"]`},
		{"$.books[?(10 > @.price)].title", `["Sayings","Moby"]`},
		{"$.books[?(@.price > $.limit)].title", `["Sword","Lord"]`},
		{"$.books[?(@.category == 'fiction')].title", `["Sword","Moby","Lord"]`},
		{`$.books[?(@.category == "fiction")].title`, `["Sword","Moby","Lord"]`},
		{"$.books[?(@.category==fiction)].title", `["Sword","Moby","Lord"]`},
		{"$.books[?(@.category != 'fiction')].title", `["Sayings"]`},
		{"$.books[?(@.title > 'Moby')].title", `["Sayings","Sword"]`},
		{"$.books[?(@.isbn)].title", `["Moby","Lord"]`},
		{"$.books[?(!@.isbn)].title", `["Sayings","Sword"]`},
		{"$.books[?(!(@.isbn))].title", `["Sayings","Sword"]`},
		{"$.books[?(@.isbn && @.price < 10)].title", `["Moby"]`},
		{"$.books[?(@.isbn || @.price < 10)].title", `["Sayings","Moby","Lord"]`},
		{"$.books[?(@.title == 'Sword' || @.isbn && @.price < 10)].title", `["Sword","Moby"]`},
		{"$.books[?((@.title == 'Sword' || @.isbn) && !(@.price < 10))].title", `["Sword","Lord"]`},
		{"$.books[?(@.stock == null)].title", `["Moby"]`},
		{"$.books[?(@.stock)].title", `["Sayings","Sword","Moby","Lord"]`},
		{"$.books[?(@.stock == 7)].title", `["Lord"]`},
		{"$.books[?(@.stock == '3')].title", `["Sayings"]`},
		{"$.books[?(@.stock === 7)].title", `[]`},
		{"$.books[?(@.stock !== '3')].title", `["Sayings","Sword","Moby","Lord"]`},
		{"$.books[?(@.isbn == undefined)].title", `["Sayings","Sword"]`},
		{"$.books[?(@.isbn != 'x')].title", `["Sayings","Sword","Moby","Lord"]`},
		{"$.books[?(@.title =~ /S.*/)].title", `["Sayings","Sword"]`},
		{"$.books[?(@.title =~ /s.*D/i)].title", `["Sword"]`},
		{"$.books[?(@.title =~ /ord/)].title", `[]`},
		{"$.books[?(@.title in ['Moby', 'Lord'])].price", `[8.99,22.99]`},
		{"$.books[?(@.title nin ['Moby', 'Lord'])].price", `[8.95,12.99]`},
		{"$.books[?(@.title IN [\"Moby\"])].price", `[8.99]`},
		{"$.books[?('old' in @.tags)].title", `["Sayings"]`},
		{"$.books[?(@.tags contains 'long')].title", `["Lord"]`},
		{"$.books[?(@.title contains 'or')].title", `["Sword","Lord"]`},
		{"$.books[?(@.tags size 2)].title", `["Sayings"]`},
		{"$.books[?(@.title size 5)].title", `["Sword"]`},
		{"$.books[?(@.tags empty true)].title", `["Sword"]`},
		{"$.books[?(@.tags empty false)].title", `["Sayings","Lord"]`},
		{"$.books[?(@.tags subsetof ['long', 'short', 'old'])].title", `["Sayings","Sword","Lord"]`},
		{"$.books[?(@.tags anyof ['long', 'short'])].title", `["Sayings","Lord"]`},
		{"$.books[?(@.tags noneof ['short'])].title", `["Sword","Lord"]`},
		{"$.books[?(@.tags all ['old'])].title", `["Sayings"]`},
		{"$.books[?(@.tags == ['long'])].title", `["Lord"]`},
		{"$.books[?(@.tags[0] == 'old')].title", `["Sayings"]`},
		{"$.books[?(@.tags.length() == 1)].title", `["Lord"]`},
		{"$.books[?(@.tags[*])].title", `["Sayings","Lord"]`},
		{"$.books[?(@.tags[?(@ == 'old')])].title", `["Sayings"]`},
		{"$.bike[?(@.color == 'red')].price", `[19.95]`},
		{"$.words[?(@ == 'be')]", `["be"]`},
		{"$.matrix[*][?(@ > 4)]", `[5,6]`},
		{"$..[?(@.color == 'red')].price", `[19.95]`},
		{"$..[?(@.isbn)].title", `["Moby","Lord"]`},
		{"$.nowhere[?(@.x == 1)]", `[]`},
		// Functions.
		{"$.books.length()", `4`},
		{"$.bike.length()", `2`},
		{"$.name.length()", `null`},
		{"$..price.length()", `5`},
		{"$.books[*].tags.length()", `[2,0,1]`},
		{"$.bike.keys()", `["color","price"]`},
		{"$.matrix[0].min()", `1`},
		{"$.matrix[0].max()", `3`},
		{"$.matrix[0].avg()", `2`},
		{"$.matrix[0].sum()", `6`},
		{"$.matrix[0].sum($.limit)", `16`},
		{"$.matrix[0].stddev()", `0.8164965809277263`},
		{"$..price.max()", `22.99`},
		{"$.words.first()", `"to"`},
		{"$.words.last()", `"or"`},
		{"$.words.index(1)", `"be"`},
		{"$.words.index(-1)", `"or"`},
		{"$.words.append('not', 4)", `["to","be","or","not",4]`},
		{"$.words.concat('-', $.bike.color)", `"tobeor-red"`},
		{"$.bike.color.concat('dish')", `"reddish"`},
		{"$.books.last().title", `"Lord"`},
	} {
		p, err := path.Compile(test.path)
		if err != nil {
			t.Errorf("%s: %v", test.path, err)
			continue
		}
		got, err := p.GetFrom(doc)
		if err != nil {
			t.Errorf("%s: %v", test.path, err)
			continue
		}
		if text := document.Text(got); text != test.want {
			t.Errorf("%s:\nwant %s\ngot  %s", test.path, test.want, text)
		}
	}
}

func TestQuotedNameAsWritten(t *testing.T) {
	t.Parallel()
	doc := decode(t, `{"a\\\"b": 1, "c\"d": 2}`)
	for text, want := range map[string]string{
		`$['a\"b']`:   `1`, // no member a"b: the text as it stands
		`$['c\"d']`:   `2`,
		`$['c"d']`:    `2`,
		`$['a\\\"b']`: `1`,
	} {
		p, err := path.Compile(text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := p.GetFrom(doc)
		if err != nil || document.Text(got) != want {
			t.Errorf("%s: want %s, got %v, %v", text, want, got, err)
		}
	}
}

func TestGetFromErrors(t *testing.T) {
	t.Parallel()
	doc := decode(t, store)
	const missing, impossible = "missing", "impossible"
	for _, test := range []struct{ path, kind, want string }{
		{"$.X", missing, "Invalid path '$.X' : No results for path: $['X']"},
		{"$.bike.X", missing, "Invalid path '$.bike.X' : No results for path: $['bike']['X']"},
		{"$.no.such.path", missing, "Invalid path '$.no.such.path' : Missing property in path $['no']"},
		{"$.bike.no.such", missing, "Invalid path '$.bike.no.such' : Missing property in path $['bike']['no']"},
		{"$.words[3]", missing, "Invalid path '$.words[3]' : No results for path: $['words'][3]"},
		{"$.words[-4]", missing, "Invalid path '$.words[-4]' : No results for path: $['words'][-4]"},
		{"$.words[3].x", missing, "Invalid path '$.words[3].x' : No results for path: $['words'][3]['x']"},
		{"$.name.x", missing, "Invalid path '$.name.x' : Property ['x'] not found in path $['name']"},
		{"$.null.x", missing, "Invalid path '$.null.x' : Property ['x'] not found in path $['null']"},
		{"$.null[0]", missing, "Invalid path '$.null[0]' : The path $['null'] is null"},
		{"$.empty[0]", missing, "Invalid path '$.empty[0]' : Filter: [0] can only be applied to arrays. Current context is: {}"},
		{"$.name['a', 'b']", missing, "Invalid path '$.name['a', 'b']' : Property ['a', 'b'] not found in path $['name']"},
		{"$$.X.Y", missing, "Invalid path '$.X.Y' : Missing property in path $['X']"},
		{"$[1:5]", impossible, ""},
		{"$[1:]", impossible, ""},
		{"$.empty[:1]", impossible, "Invalid path '$.empty[:1]' : Filter: [:1] can only be applied to arrays. Current context is: {}"},
		{"$.empty[0,1]", impossible, "Invalid path '$.empty[0,1]' : Filter: [0,1] can only be applied to arrays. Current context is: {}"},
		{"$.limit[?(@.x)]", impossible, "Invalid path '$.limit[?(@.x)]' : Filter: [?] can not be applied to primitives. Current context is: 10"},
		{"$['a', 'b'].v", impossible, "Invalid path '$['a', 'b'].v' : Multi properties can only be used as path leafs: $['a', 'b']"},
		{"$.empty.sum()", impossible, ""},
		{"$.words.sum()", impossible, ""},
		{"$.empty.first()", impossible, ""},
		{"$.words.index(3)", impossible, ""},
		{"$.words.index('x')", impossible, ""},
	} {
		p, err := path.Compile(test.path)
		if err != nil {
			t.Errorf("%s: %v", test.path, err)
			continue
		}
		got, err := p.GetFrom(doc)
		kind := ""
		if _, ok := errors.AsType[*path.NotFoundError](err); ok {
			kind = missing
		} else if _, ok := errors.AsType[*path.EvalError](err); ok {
			kind = impossible
		}
		if kind != test.kind || (test.want != "" && err.Error() != test.want) {
			t.Errorf("%s:\nwant %s %s\ngot  %s %v, value %v", test.path, test.kind, test.want, kind, err, got)
		}
	}
}

func TestNullDocument(t *testing.T) {
	t.Parallel()
	whole, below, context := mustCompile(t, "$"), mustCompile(t, "$.a"), mustCompile(t, "$$.a")
	if v, err := whole.GetFrom(nil); v != nil || err != nil {
		t.Errorf("$ of null: %v, %v", v, err)
	}
	for p, want := range map[*path.Path]string{
		below:   "Unable to apply Path transformation to null or empty input.",
		context: "Invalid path '$.a' : Property ['a'] not found in path $",
	} {
		if _, err := p.GetFrom(nil); err == nil || err.Error() != want {
			t.Errorf("%s of null: want %s, got %v", p, want, err)
		}
	}
}

func TestCompileRoots(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text     string
		root     path.Root
		variable string
		definite bool
	}{
		{"$", path.Document, "", true},
		{"$.a[0]['b']", path.Document, "", true},
		{"$['a','b']", path.Document, "", true},
		{"$.a.length()", path.Document, "", true},
		{"$..a.length()", path.Document, "", true},
		{"$.a[*].length()", path.Document, "", false},
		{"$.a[*]", path.Document, "", false},
		{"$..a", path.Document, "", false},
		{"$.a[0,1]", path.Document, "", false},
		{"$.a[?(@.b)]", path.Document, "", false},
		{"$$", path.Context, "", true},
		{"$$.Execution.Id", path.Context, "", true},
		{"$$['Execution']", path.Context, "", true},
		{"$name", path.Variable, "name", true},
		{"$größe_1.a[*]", path.Variable, "größe_1", false},
		{"$x[0]", path.Variable, "x", true},
	} {
		p, err := path.Compile(test.text)
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
			continue
		}
		if p.Root() != test.root || p.Variable() != test.variable || p.Definite() != test.definite || p.String() != test.text {
			t.Errorf("%s: got root %d, variable %q, definite %v, text %q", test.text, p.Root(), p.Variable(), p.Definite(), p)
		}
	}
}

type env struct {
	input, context any
	variables      map[string]any
}

func (e env) Input() any   { return e.input }
func (e env) Context() any { return e.context }
func (e env) Variable(name string) (any, bool) {
	v, ok := e.variables[name]
	return v, ok
}

func TestGet(t *testing.T) {
	t.Parallel()
	e := env{decode(t, `{"a":1}`), decode(t, `{"a":2}`), map[string]any{"v": decode(t, `{"a":3}`)}}
	for text, want := range map[string]string{"$.a": `1`, "$$.a": `2`, "$v.a": `3`, "$": `{"a":1}`, "$$": `{"a":2}`, "$v": `{"a":3}`} {
		got, err := mustCompile(t, text).Get(e)
		if err != nil || document.Text(got) != want {
			t.Errorf("%s: want %s, got %v, %v", text, want, got, err)
		}
	}
	_, err := mustCompile(t, "$unset.a").Get(e)
	if _, ok := errors.AsType[*path.NotFoundError](err); !ok {
		t.Errorf("a variable that was never assigned: %v", err)
	}
}

func TestCompileErrors(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", " $.a", "a", ".a", "()", "@.a", "$.", "$..", "$...", "$...a", "$.a.", "$.a..", "$a b", "$.a b", "$_x", "$-", "$.a)", "$.a]",
		"$[", "$[]", "$['a", "$['a'", "$['a',]", "$['a' 'b']", "$[,1]", "$[1,]", "$[1,'a']", "$[:]", "$[1:2:3]", "$[1.5]", "$[99999999999]",
		"$[a]", "$[-]", "$.a\\", "$[?]", "$[?@.a]", "$[?()]", "$[?(@.a ==)]", "$[?(@.a == 1]", "$[?(1)]", "$[?(@.a ~ 1)]",
		"$[?(@.a =~ 'x')]", "$[?(@.a =~ /x)]", "$[?(@.a =~ /(/)]", "$[?(@.a =~ /x/q)]", "$[?(@.a in [1,)]", "$[?(@.a == {'a' 1})]",
		"$[?(@.a == {a: 1})]", "$[?(@.a &&)]", "$[?(&& @.a)]", "$[?(@.a == 'x)]", "$.a.nope()", "$.a.index()", "$.a.append(1", "$.a.append(1 2)",
		"$.a[(@.length()-1)]", "$$$", "$.a\x00", "$.a\nb",
		"$" + strings.Repeat("[?(@", 60) + strings.Repeat(")]", 60),
		"$[?(" + strings.Repeat("!", 60) + "@.a)]",
		"$[?(@.a in " + strings.Repeat("[", 60) + strings.Repeat("]", 60) + ")]",
		"$." + strings.Repeat("a", path.MaxLength),
	} {
		p, err := path.Compile(text)
		if _, ok := errors.AsType[*path.SyntaxError](err); !ok {
			t.Errorf("%.80q: want a SyntaxError, got %v, %v", text, p, err)
		}
	}
}

func TestCompileReference(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"$", "$.a", "$.a.b[0][22].c", "$['a']['b c']", "$['a@b:c*?']", `$.a\.b`, `$.a\@b\[\?c`, "$.&Ж", "$.a-b_c", "$$.a", "$v.a", "$.a[-1]",
	} {
		if _, err := path.CompileReference(text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, text := range []string{
		"$.*", "$[*]", "$..a", "$.a[0,1]", "$.a[1:]", "$['a','b']", "$[?(@.a)]", "$.a.length()", "$.a@b", "$.a:b", "$.a,b", "$.a?", "$.a*", "a", ".guid", "..guid", "$...",
	} {
		if _, err := path.CompileReference(text); err == nil {
			t.Errorf("%s: no error", text)
		}
	}
}

func TestCompileTarget(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"$", "$.a", "$.a[0].b"} {
		if _, err := path.CompileTarget(text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, text := range []string{"$$", "$$.a", "$v", "$.a[-1]", "$.a[*]", ".guid"} {
		if _, err := path.CompileTarget(text); err == nil {
			t.Errorf("%s: no error", text)
		}
	}
}

func TestCompilePrefix(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"$.a, 1":                            "$.a",
		"$.a)":                              "$.a",
		"$.a b":                             "$.a",
		"$":                                 "$",
		"$$.a['b, c'] , x":                  "$$.a['b, c']",
		"$v)":                               "$v",
		"$.a[?(@.b == 'x)' && @.c)].d, 0)":  "$.a[?(@.b == 'x)' && @.c)].d",
		"$.a[?(@.k == FizzBuzz)].Value, 0)": "$.a[?(@.k == FizzBuzz)].Value",
		"$.a.append(1, 'x'), $.b":           "$.a.append(1, 'x')",
		"$..constraint,$.Name)":             "$..constraint",
		"$['stateoutputs']['p']['number'])": "$['stateoutputs']['p']['number']",
	} {
		p, n, err := path.CompilePrefix(text)
		if err != nil || p.String() != want || text[:n] != want {
			t.Errorf("%s: want %s, got %v, %d, %v", text, want, p, n, err)
		}
	}
}

func TestSteps(t *testing.T) {
	t.Parallel()
	steps, ok := mustCompile(t, "$.a['b c'][3]").Steps()
	want := []path.Step{{Name: "a"}, {Name: "b c"}, {Index: 3, IsIndex: true}}
	if !ok || len(steps) != 3 || steps[0] != want[0] || steps[1] != want[1] || steps[2] != want[2] {
		t.Errorf("got %v, %v", steps, ok)
	}
	if _, ok := mustCompile(t, "$.a[*]").Steps(); ok {
		t.Error("a wildcard is no plain step")
	}
}

func TestVisitsAreLimited(t *testing.T) {
	t.Parallel()
	list := make([]any, 1000)
	for i := range list {
		list[i] = decode(t, `{"a":{"b":{"c":[1,2,3]}}}`)
	}
	big := document.ObjectOf(document.Field{Key: "list", Value: list})
	deep := decode(t, strings.Repeat("[", 500)+strings.Repeat("]", 500))
	for text, doc := range map[string]any{
		"$..*..*..*..*":                   deep,
		"$..[?($ == $)]":                  big,
		"$..[?($.list subsetof $.list)]":  big,
		"$.list[?($..c.length() > 1000)]": big,
	} {
		_, err := mustCompile(t, text).GetFrom(doc)
		if _, ok := errors.AsType[*path.EvalError](err); !ok {
			t.Errorf("%s: want an EvalError, got %v", text, err)
		}
	}
}

func TestCycle(t *testing.T) {
	t.Parallel()
	type node struct{ Next *node }
	n := &node{}
	n.Next = n
	_, err := mustCompile(t, "$..x").GetFrom(n)
	if _, ok := errors.AsType[*path.EvalError](err); !ok {
		t.Errorf("want an EvalError, got %v", err)
	}
}

func mustCompile(tb testing.TB, text string) *path.Path {
	tb.Helper()
	p, err := path.Compile(text)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}
