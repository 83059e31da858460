package schema_test

import (
	"encoding/json"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/schema"
)

type address struct {
	Street string `json:"street" description:"Street, with number"`
	City   string `json:"city,omitempty"`
}

type tree struct {
	Value    int     `json:"value"`
	Children []tree  `json:"children"`
	Parent   *tree   `json:"parent,omitempty"`
	Other    *string `json:"other"`
}

type forest []forest

type page[T any] struct {
	Items []T `json:"items"`
}

type base struct {
	ID    string `json:"id"`
	Kind  string
	inner int //nolint:unused // stands for what JSON does not see
}

type Deep struct {
	Level int `json:"level"`
	Kind  int
}

type mood string

func (mood) JSONSchema() json.RawMessage {
	return json.RawMessage(`{"enum":["glad","sad"],"type":"string"}`)
}

type pointed struct{ N int }

func (*pointed) JSONSchema() json.RawMessage { return json.RawMessage(`{"type":"integer"}`) }

type texted struct{ A, B int }

func (texted) MarshalText() ([]byte, error) { return nil, nil }

func schemaOf(t *testing.T, typ reflect.Type) string {
	t.Helper()
	s, err := schema.For(typ)
	if err != nil {
		t.Fatal(err)
	}
	return string(s.JSON())
}

func TestFor(t *testing.T) {
	for _, c := range []struct {
		name string
		of   any
		want string
	}{
		{"fields in their order, omitempty and omitzero optional", struct {
			Z string  `json:"z"`
			A float64 `json:"a,omitempty"`
			M bool    `json:"m,omitzero"`
			U uint8
			X string `json:"-"`
			f int
		}{}, `{"type":"object","properties":{"z":{"type":"string"},"a":{"type":"number"},"m":{"type":"boolean"},"U":{"type":"integer"}},"required":["z","U"],"additionalProperties":false}`},
		{"a pointer may be null, an optional one is left out instead", struct {
			A *string `json:"a"`
			B *string `json:"b,omitempty"`
			C *any    `json:"c"`
			D *string `json:"d" enum:"x,y"`
		}{}, `{"type":"object","properties":{"a":{"type":["string","null"]},"b":{"type":"string"},"c":{},"d":{"type":["string","null"],"enum":["x","y",null]}},"required":["a","c","d"],"additionalProperties":false}`},
		{"a type used once stands in its place", struct {
			Home *address `json:"home"`
		}{}, `{"type":"object","properties":{"home":{"type":["object","null"],"properties":{"street":{"type":"string","description":"Street, with number"},"city":{"type":"string"}},"required":["street"],"additionalProperties":false}},"required":["home"],"additionalProperties":false}`},
		{"a type used twice is defined once", struct {
			Home address   `json:"home" description:"At night"`
			Work *address  `json:"work" description:"By day"`
			Rest []address `json:"rest"`
		}{}, `{"type":"object","properties":{"home":{"$ref":"#/$defs/address","description":"At night"},"work":{"description":"By day","anyOf":[{"$ref":"#/$defs/address"},{"type":"null"}]},"rest":{"type":"array","items":{"$ref":"#/$defs/address"}}},"required":["home","work","rest"],"additionalProperties":false,"$defs":{"address":{"type":"object","properties":{"street":{"type":"string","description":"Street, with number"},"city":{"type":"string"}},"required":["street"],"additionalProperties":false}}}`},
		{"a recursive type refers to the top", tree{}, `{"type":"object","properties":{"value":{"type":"integer"},"children":{"type":"array","items":{"$ref":"#"}},"parent":{"$ref":"#"},"other":{"type":["string","null"]}},"required":["value","children","other"],"additionalProperties":false}`},
		{"a recursive type below the top", struct {
			T tree `json:"t"`
		}{}, `{"type":"object","properties":{"t":{"$ref":"#/$defs/tree"}},"required":["t"],"additionalProperties":false,"$defs":{"tree":{"type":"object","properties":{"value":{"type":"integer"},"children":{"type":"array","items":{"$ref":"#/$defs/tree"}},"parent":{"$ref":"#/$defs/tree"},"other":{"type":["string","null"]}},"required":["value","children","other"],"additionalProperties":false}}}`},
		{"a list that is no object is wrapped", []tree{}, `{"type":"object","properties":{"value":{"type":"array","items":{"$ref":"#/$defs/tree"}}},"required":["value"],"additionalProperties":false,"$defs":{"tree":{"type":"object","properties":{"value":{"type":"integer"},"children":{"type":"array","items":{"$ref":"#/$defs/tree"}},"parent":{"$ref":"#/$defs/tree"},"other":{"type":["string","null"]}},"required":["value","children","other"],"additionalProperties":false}}}`},
		{"a recursive list", forest{}, `{"type":"object","properties":{"value":{"$ref":"#/$defs/forest"}},"required":["value"],"additionalProperties":false,"$defs":{"forest":{"type":"array","items":{"$ref":"#/$defs/forest"}}}}`},
		{"a scalar is wrapped", 7, `{"type":"object","properties":{"value":{"type":"integer"}},"required":["value"],"additionalProperties":false}`},
		{"maps", struct {
			A map[string]int         `json:"a"`
			B map[int][]string       `json:"b" enum:"x,y"`
			C map[string]any         `json:"c"`
			D map[mood]json.Number   `json:"d"`
			E map[string]map[int]any `json:"e"`
		}{}, `{"type":"object","properties":{"a":{"type":"object","additionalProperties":{"type":"integer"}},"b":{"type":"object","additionalProperties":{"type":"array","items":{"type":"string","enum":["x","y"]}}},"c":{"type":"object","additionalProperties":{}},"d":{"type":"object","additionalProperties":{"type":"number"}},"e":{"type":"object","additionalProperties":{"type":"object","additionalProperties":{}}}},"required":["a","b","c","d","e"],"additionalProperties":false}`},
		{"a map at the top", map[string]int{}, `{"type":"object","additionalProperties":{"type":"integer"}}`},
		{"embedded structs give their fields, as encoding/json has it", struct {
			base
			*Deep
			Kind  bool
			Named base `json:"named"`
		}{}, `{"type":"object","properties":{"id":{"type":"string"},"level":{"type":"integer"},"Kind":{"type":"boolean"},"named":{"type":"object","properties":{"id":{"type":"string"},"Kind":{"type":"string"}},"required":["id","Kind"],"additionalProperties":false}},"required":["id","Kind","named"],"additionalProperties":false}`},
		{"fields of one name at one depth are none", struct {
			base
			Deep
		}{}, `{"type":"object","properties":{"id":{"type":"string"},"level":{"type":"integer"}},"required":["id","level"],"additionalProperties":false}`},
		{"types with a JSON of their own", struct {
			T  time.Time        `json:"t"`
			D  time.Duration    `json:"d"`
			R  json.RawMessage  `json:"r"`
			N  json.Number      `json:"n"`
			B  []byte           `json:"b"`
			A  [2]int           `json:"a"`
			I  *big.Int         `json:"i"`
			F  big.Float        `json:"f"`
			M  mood             `json:"m"`
			Ms []mood           `json:"ms"`
			P  *pointed         `json:"p,omitempty"`
			X  texted           `json:"x"`
			O  *document.Object `json:"o,omitempty"`
			Q  int              `json:"q,string"`
			Y  any              `json:"y"`
		}{}, `{"type":"object","properties":{"t":{"type":"string","format":"date-time"},"d":{"type":"integer","description":"nanoseconds"},"r":{},"n":{"type":"number"},"b":{"type":"string","contentEncoding":"base64"},"a":{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":2},"i":{"type":["integer","null"]},"f":{"type":"string"},"m":{"enum":["glad","sad"],"type":"string"},"ms":{"type":"array","items":{"enum":["glad","sad"],"type":"string"}},"p":{"type":"integer"},"x":{"type":"string"},"o":{"type":"object"},"q":{"type":"string"},"y":{}},"required":["t","d","r","n","b","a","i","f","m","ms","x","q","y"],"additionalProperties":false}`},
		{"generic types have readable names", struct {
			A page[address]   `json:"a"`
			B page[address]   `json:"b"`
			C page[*[]string] `json:"c"`
		}{}, `{"type":"object","properties":{"a":{"$ref":"#/$defs/page_address"},"b":{"$ref":"#/$defs/page_address"},"c":{"type":"object","properties":{"items":{"type":"array","items":{"type":"array","items":{"type":"string"}}}},"required":["items"],"additionalProperties":false}},"required":["a","b","c"],"additionalProperties":false,"$defs":{"page_address":{"type":"object","properties":{"items":{"type":"array","items":{"type":"object","properties":{"street":{"type":"string","description":"Street, with number"},"city":{"type":"string"}},"required":["street"],"additionalProperties":false}}},"required":["items"],"additionalProperties":false}}}`},
		{"tags", struct {
			_ struct{} `description:"A verdict"`
			A string   `json:"a" jsonschema:"What it is about, in short"`
			B string   `json:"b" description:"Mood" enum:"glad,so\\, so,sad"`
			C int      `json:"c" jsonschema:"description=From 1\\, up,minimum=1,maximum=10,multipleOf=0.5,title=C"`
			D []int    `json:"d" enum:"1,2" jsonschema:"minItems=1,maxItems=3"`
			E string   `json:"e,omitempty" jsonschema:"required"`
			F float64  `json:"f" jsonschema:"enum=1.5,enum=2,exclusiveMinimum=0,exclusiveMaximum=3"`
			G bool     `json:"g" enum:"true"`
			H string   `json:"h" jsonschema:"pattern=^a=b$,format=email,minLength=1,maxLength=3"`
		}{}, `{"type":"object","description":"A verdict","properties":{"a":{"type":"string","description":"What it is about, in short"},"b":{"type":"string","enum":["glad","so, so","sad"],"description":"Mood"},"c":{"type":"integer","title":"C","minimum":1,"maximum":10,"multipleOf":0.5,"description":"From 1, up"},"d":{"type":"array","items":{"type":"integer","enum":[1,2]},"minItems":1,"maxItems":3},"e":{"type":"string"},"f":{"type":"number","enum":[1.5,2],"exclusiveMinimum":0,"exclusiveMaximum":3},"g":{"type":"boolean","enum":[true]},"h":{"type":"string","pattern":"^a=b$","format":"email","minLength":1,"maxLength":3}},"required":["a","b","c","d","e","f","g","h"],"additionalProperties":false}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := schemaOf(t, reflect.TypeOf(c.of))
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("got  %s\n%s", got, diff)
			}
			if _, err := schema.Parse([]byte(got)); err != nil {
				t.Errorf("it does not parse: %v", err)
			}
			if again := schemaOf(t, reflect.PointerTo(reflect.TypeOf(c.of))); again != got && !strings.Contains(got, `"value":`) {
				t.Errorf("a pointer to it has another schema: %s", again)
			}
		})
	}
}

func TestTypesOfOneName(t *testing.T) {
	type address struct{ N int }
	type both struct {
		A, B address
		C, D []*struct{ X, Y other }
	}
	want := `"$defs":{"address":{"type":"object","properties":{"N":{"type":"integer"}},"required":["N"],"additionalProperties":false},"other":{"type":"object","properties":{"A":{"$ref":"#/$defs/address_2"},"B":{"$ref":"#/$defs/address_2"}}`
	if got := schemaOf(t, reflect.TypeFor[both]()); !strings.Contains(got, want) {
		t.Errorf("got %s", got)
	}
}

type other struct{ A, B address }

func TestForRefuses(t *testing.T) {
	type p *p
	for _, c := range []struct {
		of   any
		want string
	}{
		{struct{ F func() }{}, "F: a value of type func() has no JSON"},
		{struct{ C []chan int }{}, "C[]: a value of type chan int has no JSON"},
		{struct{ M map[string]complex64 }{}, "M[key]: a value of type complex64 has no JSON"},
		{map[float64]int{}, "map[float64]int: a map with keys of type float64 has no JSON"},
		{struct{ E error }{}, "E: the interface error says nothing about its JSON; use a concrete type or a JSONSchema method"},
		{new(p), "schema_test.p: a pointer type that holds only itself has no JSON"},
		{struct {
			A address `enum:"x"`
		}{}, "A: enum tag: only a string, a number, a boolean, or a slice or map of them has one"},
		{struct {
			A int `enum:"x"`
		}{}, `A: enum tag: "x" is no number`},
		{struct {
			A bool `enum:"x"`
		}{}, `A: enum tag: "x" is no boolean`},
		{struct {
			A int `jsonschema:"minimum=one"`
		}{}, "A: tag: minimum=one is no number"},
		{struct {
			A int `jsonschema:"minimum=1,odd"`
		}{}, `A: jsonschema tag: "odd" is not known; a comma in a text is written \\,`},
		{struct {
			A string `jsonschema:"pattern=("`
		}{}, "JSON schema: error parsing regexp: missing closing ): `(`"},
		{struct{ A broken }{}, "broken: JSONSchema: "},
		{struct{ A listed }{}, "listed: JSONSchema gives no object"},
	} {
		t.Run(c.want, func(t *testing.T) {
			s, err := schema.For(reflect.TypeOf(c.of))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, %v", s, err)
			}
		})
	}
}

type broken int

func (broken) JSONSchema() json.RawMessage { return json.RawMessage(`{no`) }

type listed int

func (listed) JSONSchema() json.RawMessage { return json.RawMessage(`[]`) }

func TestStrict(t *testing.T) {
	for _, c := range []struct {
		name string
		of   any
		want string // "" for none
	}{
		{"optional becomes nullable, a $ref stands alone", struct {
			A string   `json:"a"`
			B string   `json:"b,omitempty" enum:"x"`
			C address  `json:"c" description:"Home"`
			D *address `json:"d,omitempty"`
			E []tree   `json:"e"`
		}{}, `{"type":"object","properties":{"a":{"type":"string"},"b":{"type":["string","null"],"enum":["x",null]},"c":{"description":"Home","anyOf":[{"$ref":"#/$defs/address"}]},"d":{"anyOf":[{"$ref":"#/$defs/address"},{"type":"null"}]},"e":{"type":"array","items":{"$ref":"#/$defs/tree"}}},"required":["a","b","c","d","e"],"additionalProperties":false,"$defs":{"address":{"type":"object","properties":{"street":{"type":"string","description":"Street, with number"},"city":{"type":["string","null"]}},"required":["street","city"],"additionalProperties":false},"tree":{"type":"object","properties":{"value":{"type":"integer"},"children":{"type":"array","items":{"$ref":"#/$defs/tree"}},"parent":{"anyOf":[{"$ref":"#/$defs/tree"},{"type":"null"}]},"other":{"type":["string","null"]}},"required":["value","children","parent","other"],"additionalProperties":false}}}`},
		{"a map has no strict form", struct{ M map[string]int }{}, ""},
		{"nor has any value", struct{ A []any }{}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := schema.For(reflect.TypeOf(c.of))
			if err != nil {
				t.Fatal(err)
			}
			before := string(s.JSON())
			got, ok := s.Strict()
			if diff := cmp.Diff(c.want, string(got)); diff != "" || ok != (c.want != "") {
				t.Errorf("%v %s\n%s", ok, got, diff)
			}
			if text, _ := document.Encode(s.JSON()); string(text) != before {
				t.Errorf("the schema was changed: %s", text)
			}
		})
	}
}

func TestClosed(t *testing.T) {
	for _, c := range []struct {
		name string
		of   any
		want string // "" for none
	}{
		{"bounds are said in words", struct {
			A int      `json:"a" description:"Score" jsonschema:"minimum=1,maximum=5"`
			B []string `json:"b,omitempty" jsonschema:"minItems=1"`
			C string   `json:"c" jsonschema:"pattern=^a$,minLength=1,maxLength=3"`
			D struct {
				E float64 `json:"e" jsonschema:"exclusiveMinimum=0,exclusiveMaximum=1,multipleOf=0.1"`
			} `json:"d"`
			F [2]int `json:"f"`
		}{}, `{"type":"object","properties":{"a":{"type":"integer","description":"Score (at least 1, at most 5)"},"b":{"type":["array","null"],"items":{"type":"string"},"description":"at least 1 elements"},"c":{"type":"string","pattern":"^a$","description":"at least 1 characters, at most 3 characters"},"d":{"type":"object","properties":{"e":{"type":"number","description":"more than 0, less than 1, a multiple of 0.1"}},"required":["e"],"additionalProperties":false},"f":{"type":"array","items":{"type":"integer"},"description":"at least 2 elements, at most 2 elements"}},"required":["a","b","c","d","f"],"additionalProperties":false}`},
		{"a type used twice is no recursion", struct {
			A, B *address
		}{}, `{"type":"object","properties":{"A":{"anyOf":[{"$ref":"#/$defs/address"},{"type":"null"}]},"B":{"anyOf":[{"$ref":"#/$defs/address"},{"type":"null"}]}},"required":["A","B"],"additionalProperties":false,"$defs":{"address":{"type":"object","properties":{"street":{"type":"string","description":"Street, with number"},"city":{"type":["string","null"]}},"required":["street","city"],"additionalProperties":false}}}`},
		{"a recursive type", tree{}, ""},
		{"a recursive type below the top", struct{ T []tree }{}, ""},
		{"a map", struct{ M map[string]int }{}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := schema.For(reflect.TypeOf(c.of))
			if err != nil {
				t.Fatal(err)
			}
			before := string(s.JSON())
			got, ok := s.Closed()
			if diff := cmp.Diff(c.want, string(got)); diff != "" || ok != (c.want != "") {
				t.Errorf("%v %s\n%s", ok, got, diff)
			}
			if after, _ := document.Encode(s.JSON()); string(after) != before {
				t.Errorf("the schema was changed: %s", after)
			}
		})
	}
}
