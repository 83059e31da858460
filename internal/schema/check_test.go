package schema_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/schema"
)

type letter struct {
	Mood  string   `json:"mood" enum:"glad,sad"`
	Score int      `json:"score" jsonschema:"minimum=1,maximum=5"`
	Tags  []string `json:"tags" jsonschema:"minItems=1,maxItems=2"`
	From  address  `json:"from"`
	To    *address `json:"to,omitempty"`
	Note  *string  `json:"note"`
	Next  *letter  `json:"next,omitempty"`
	Code  string   `json:"code,omitempty" jsonschema:"pattern=^[A-Z]+$,minLength=2,maxLength=3"`
	Step  float64  `json:"step,omitempty" jsonschema:"multipleOf=0.1,exclusiveMinimum=0,exclusiveMaximum=1"`
	More  map[string]int
}

const good = `{"mood":"glad","score":3,"tags":["a"],"from":{"street":"x"},"note":null,"More":{}}`

func TestCheck(t *testing.T) {
	s, err := schema.For(reflect.TypeFor[letter]())
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := schema.Parse(s.JSON())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, in string
		want     []string
	}{
		{"fits", good, nil},
		{"fits to the last field", `{"mood":"sad","score":3.0,"tags":["a","b"],"from":{"street":"x","city":"y"},"to":{"street":"x"},"note":"n","next":` + good + `,"code":"AB","step":0.3,"More":{"a":1}}`, nil},
		{"no object", `"hello"`, []string{`the answer must be an object, it is "hello"`}},
		{"nothing there", `{}`, []string{"mood is missing", "score is missing", "tags is missing", "from is missing", "note is missing", "More is missing"}},
		{
			"everything wrong",
			`{"mood":"so so","score":0,"tags":[],"from":{"street":7,"town":"x"},"to":1,"note":[],"code":"a","step":0.25,"More":{"a b":"1"},"extra":1}`,
			[]string{
				`mood must be one of "glad", "sad", it is "so so"`,
				"score must be at least 1, it is 0",
				"tags must have at least 1 elements, it has 0",
				"from.street must be a string, it is 7",
				"from.town is not known; the members are street, city",
				"to must be an object, it is 1",
				"note must be a string or null, it is an array",
				"code must have at least 2 characters, it has 1",
				`code must match the regular expression ^[A-Z]+$, it is "a"`,
				"step must be a multiple of 0.1, it is 0.25",
				`More["a b"] must be an integer, it is "1"`,
				"extra is not known; the members are mood, score, tags, from, to, note, next, code, step, More",
			},
		},
		{
			"other limits",
			`{"mood":null,"score":5.5,"tags":["a","b",1],"from":{"street":"x"},"note":null,"code":"ABCD","step":1,"More":{}}`,
			[]string{
				"mood must be a string, it is null",
				"score must be an integer, it is 5.5",
				"tags must have at most 2 elements, it has 3",
				"tags[2] must be a string, it is 1",
				"code must have at most 3 characters, it has 4",
				"step must be less than 1, it is 1",
			},
		},
		{"deep inside", strings.Replace(good, `"note"`, `"next":{"score":6},"note"`, 1), []string{
			"next.mood is missing", "next.tags is missing", "next.from is missing", "next.note is missing", "next.More is missing", "next.score must be at most 5, it is 6",
		}},
		{"a number too large for a float", strings.Replace(good, "3", "123456789012345678901234567890", 1), []string{"score must be at most 5, it is 123456789012345678901234567890"}},
		{"a number with a huge exponent", strings.Replace(good, "3", "1e999999", 1), []string{"score must be an integer, it is 1e999999"}},
		{"a long text is cut", strings.Replace(good, "glad", strings.Repeat("é", 100), 1), []string{`mood must be one of "glad", "sad", it is "` + strings.Repeat("é", 59) + "…"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := document.Decode([]byte(c.in))
			if err != nil {
				t.Fatal(err)
			}
			for name, s := range map[string]*schema.Schema{"made": s, "parsed": foreign} {
				var got []string
				err := s.Check(v)
				if invalid, ok := errors.AsType[*schema.InvalidError](err); ok {
					for _, p := range invalid.Problems {
						got = append(got, p.String())
					}
				} else if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
			}
		})
	}
}

func TestNullForAnOptionalMember(t *testing.T) {
	s, err := schema.For(reflect.TypeFor[letter]())
	if err != nil {
		t.Fatal(err)
	}
	v, err := document.Decode([]byte(strings.Replace(good, `"note"`, `"to":null,"next":null,"code":null,"note"`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Check(v); err != nil {
		t.Errorf("made here: %v", err)
	}
	foreign, err := schema.Parse(s.JSON())
	if err != nil {
		t.Fatal(err)
	}
	if err := foreign.Check(v); err == nil {
		t.Error("a schema from elsewhere says what it says")
	}
}

func TestTheErrorListsTen(t *testing.T) {
	s, err := schema.For(reflect.TypeFor[struct{ A, B, C, D, E, F, G, H, I, J, K, L int }]())
	if err != nil {
		t.Fatal(err)
	}
	err = s.Check(document.NewObject(0))
	if err == nil || !strings.HasPrefix(err.Error(), "A is missing; B is missing; ") || !strings.HasSuffix(err.Error(), "J is missing; and 2 more") {
		t.Errorf("got %v", err)
	}
}

func TestWrapped(t *testing.T) {
	s, err := schema.For(reflect.TypeFor[[]int]())
	if err != nil || !s.Wrapped() {
		t.Fatal(err, s.Wrapped())
	}
	answer := document.ObjectOf(document.Field{Key: "value", Value: []any{1.0, 2.0}})
	if err := s.Check(answer); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]any{1.0, 2.0}, s.Unwrap(answer)); diff != "" {
		t.Error(diff)
	}
	if err := s.Check([]any{1.0}); err == nil || err.Error() != "the answer must be an object, it is an array" {
		t.Errorf("got %v", err)
	}
	plain, err := schema.For(reflect.TypeFor[address]())
	if err != nil || plain.Wrapped() || plain.Unwrap("x") != "x" {
		t.Error("a struct is not to be unwrapped")
	}
}

func TestForeignSchemas(t *testing.T) {
	for _, c := range []struct {
		name, schema, in, want string // want "" for valid
	}{
		{"anything", `true`, `[1]`, ""},
		{"nothing", `false`, `1`, "the answer must not be there"},
		{"the alternative that comes nearest", `{"anyOf":[{"type":"string"},{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}]}`, `{"a":"x"}`, `a must be an integer, it is "x"`},
		{"one of several that fit", `{"oneOf":[{"type":"integer"},{"minimum":0}]}`, `3`, "the answer fits 2 alternatives of which it must fit one"},
		{"one of", `{"oneOf":[{"type":"integer"},{"type":"string"}]}`, `3`, ""},
		{"all of", `{"allOf":[{"minimum":1},{"maximum":2}]}`, `3`, "the answer must be at most 2, it is 3"},
		{"a constant", `{"const":{"a":[1]}}`, `{"a":[2]}`, `the answer must be {"a":[1]}, it is an object`},
		{"a tuple", `{"prefixItems":[{"type":"string"}],"items":{"type":"integer"}}`, `["a",1,"b"]`, `[2] must be an integer, it is "b"`},
		{"definitions of draft 7", `{"definitions":{"a~/b":{"type":"string"}},"properties":{"x":{"$ref":"#/definitions/a~0~1b"}}}`, `{"x":1}`, "x must be a string, it is 1"},
		{"a keyword that only the library knows", `{"uniqueItems":true}`, `[1,1]`, "the answer does not fit the schema"},
		{"patterns of names", `{"patternProperties":{"^x":{"type":"integer"}},"additionalProperties":false}`, `{"x1":1,"y":1}`, "the answer does not fit the schema"},
		{"the empty object counts members", `{"minProperties":1}`, `{}`, "the answer must have at least 1 members, it has 0"},
		{"exact multiples", `{"multipleOf":0.01}`, `0.29`, ""},
		{"no multiple", `{"anyOf":[{"multipleOf":0.01},{"type":"string"}]}`, `0.295`, "the answer must be a multiple of 0.01, it is 0.295"},
		{"a property by the name of a keyword", `{"properties":{"$ref":{"type":"string"},"enum":{"type":"string"}}}`, `{"$ref":"a","enum":1}`, "enum must be a string, it is 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := schema.Parse([]byte(c.schema))
			if err != nil {
				t.Fatal(err)
			}
			v, err := document.Decode([]byte(c.in))
			if err != nil {
				t.Fatal(err)
			}
			err = s.Check(v)
			if (err == nil) != (c.want == "") || err != nil && !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ name, schema, want string }{
		{"no JSON", `{`, "unexpected EOF"},
		{"another type", `7`, "cannot"},
		{"a reference to itself", `{"$ref":"#"}`, "it refers to itself without end"},
		{"a circle", `{"$defs":{"a":{"allOf":[{"$ref":"#/$defs/b"}]},"b":{"not":{"$ref":"#/$defs/a"}}}}`, "it refers to itself without end"},
		{"a reference to nowhere", `{"$ref":"#/$defs/x"}`, `$ref "#/$defs/x" leads nowhere`},
		{"another document", `{"items":{"$ref":"http://example.com/s"}}`, "leads nowhere"},
		{"an anchor", `{"$anchor":"a","$ref":"#a"}`, "leads nowhere"},
		{"a dynamic reference", `{"properties":{"x":{"$dynamicRef":"#a"}}}`, "$dynamicRef is not supported"},
		{"another base", `{"items":{"$id":"x"}}`, "$id within a schema is not supported"},
		{"a pattern", `{"items":[{"pattern":"("}]}`, "missing closing )"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := schema.Parse([]byte(c.schema))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func FuzzCheck(f *testing.F) {
	f.Add(`{"anyOf":[{"$ref":"#/$defs/a"}],"$defs":{"a":{"items":{"$ref":"#"}}}}`, `[[1]]`)
	f.Add(`{"properties":{"a":{"enum":[1,"x"],"pattern":"a+"}},"required":["a"],"additionalProperties":false}`, `{"a":"x","b":1e400}`)
	f.Add(`{"minimum":1,"multipleOf":1e-300,"type":["integer","null"]}`, `1e308`)
	f.Fuzz(func(t *testing.T, text, in string) {
		s, err := schema.Parse([]byte(text))
		if err != nil {
			return
		}
		v, err := document.Decode([]byte(in))
		if err != nil {
			return
		}
		_ = s.Check(v)
		_, _ = s.Strict()
	})
}
