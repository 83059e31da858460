package document_test

import (
	"encoding/json"
	"math/big"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/flowstone-go/flow/internal/document"
)

type (
	embedded struct{ List []int }
	copied   struct {
		embedded
		Strings []string
		Map     map[string][]int
		Pointer *int
		Any     any
		Array   [2][]int
		Nested  []struct{ P *string }
		Tree    tree
		Big     *big.Int
		Value   big.Int
		When    time.Time
		Raw     json.RawMessage
		Nil     []int
		NilMap  map[string]int
	}
	cloner  struct{ List []int }
	pcloner struct{ List []int }
)

func (c cloner) Clone() cloner    { return cloner{append([]int{-1}, c.List...)} }
func (c *pcloner) Clone() pcloner { return pcloner{append([]int{-2}, c.List...)} }

func fill() copied {
	seven, s := 7, "s"
	c := copied{
		embedded: embedded{[]int{1}}, Strings: []string{"a"}, Map: map[string][]int{"k": {1}}, Pointer: &seven, Any: []any{map[string]any{"x": []int{1}}},
		Array: [2][]int{{1}, nil}, Nested: []struct{ P *string }{{&s}}, Tree: tree{Name: "r", Kids: []tree{{Name: "k"}}, Up: &tree{Name: "u"}},
		Big: big.NewInt(1 << 40), When: time.Unix(5, 0).UTC(), Raw: json.RawMessage(`{"a":1}`),
	}
	c.Value.SetInt64(1 << 50)
	return c
}

// spoil changes everything that a copy could share.
func (c *copied) spoil() {
	c.List[0], c.Strings[0], c.Map["k"][0], *c.Pointer, c.Array[0][0], *c.Nested[0].P = 9, "9", 9, 9, 9, "9"
	c.Map["new"] = nil
	c.Any.([]any)[0].(map[string]any)["x"].([]int)[0] = 9
	c.Tree.Kids[0].Name, c.Tree.Up.Name = "9", "9"
	c.Big.Add(c.Big, big.NewInt(1))
	c.Value.Add(&c.Value, big.NewInt(1))
	c.Raw[1] = '9'
}

func TestCopier(t *testing.T) {
	t.Parallel()
	deepen := document.Copier[copied]()
	original := fill()
	c := original
	if err := deepen(&c); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(c, fill()) {
		t.Errorf("the copy differs: %+v", c)
	}
	c.spoil()
	if !reflect.DeepEqual(original, fill()) {
		t.Errorf("the copy shares with the original, which is now %+v", original)
	}

	v, err := document.CopyAny(original)
	if err != nil {
		t.Fatal(err)
	}
	again := v.(copied)
	again.spoil()
	if !reflect.DeepEqual(original, fill()) {
		t.Errorf("CopyAny shares with the original, which is now %+v", original)
	}
}

func TestCopierOfPlainTypes(t *testing.T) {
	t.Parallel()
	type plain struct {
		A int
		B string
		C [2]float64
		D time.Time
		E struct{ F bool }
		G netip.Addr
	}
	for name, none := range map[string]bool{
		"struct": document.Copier[plain]() == nil,
		"int":    document.Copier[int]() == nil,
		"array":  document.Copier[[3]plain]() == nil,
		"time":   document.Copier[time.Time]() == nil,
		"object": document.Copier[*document.Object]() == nil,
	} {
		if !none {
			t.Errorf("%s: a shallow copy is deep already", name)
		}
	}
	for _, v := range []any{nil, 1, "a", plain{}, document.NewObject(0)} {
		if c, err := document.CopyAny(v); c != v || err != nil {
			t.Errorf("%T: got %v, %v", v, c, err)
		}
	}
}

func TestCopierUsesClone(t *testing.T) {
	t.Parallel()
	c := cloner{[]int{1}}
	if err := document.Copier[cloner]()(&c); err != nil || c.List[0] != -1 {
		t.Errorf("by value: %v, %v", c, err)
	}
	p := pcloner{[]int{1}}
	if err := document.Copier[pcloner]()(&p); err != nil || p.List[0] != -2 {
		t.Errorf("by pointer: %v, %v", p, err)
	}
}

func TestCopierOfCircles(t *testing.T) {
	t.Parallel()
	type loop struct{ Next *loop }
	circle := &loop{}
	circle.Next = circle
	if err := document.Copier[*loop]()(&circle); err == nil {
		t.Error("a circle of pointers: no error")
	}
	list := []any{nil}
	list[0] = list
	if _, err := document.CopyAny(list); err == nil {
		t.Error("a list of itself: no error")
	}
}

func TestUnfit(t *testing.T) {
	t.Parallel()
	type private struct{ a int } //nolint:unused // that is the point
	type dashed struct {
		A int `json:"-"`
	}
	for _, test := range []struct {
		t    reflect.Type
		want string
	}{
		{reflect.TypeFor[order](), ""},
		{reflect.TypeFor[tree](), ""},
		{reflect.TypeFor[time.Time](), ""},
		{reflect.TypeFor[map[int][]*string](), ""},
		{reflect.TypeFor[any](), ""},
		{reflect.TypeFor[struct{ embedded }](), ""},
		{reflect.TypeFor[func()](), "func() is a func, which no document can hold"},
		{reflect.TypeFor[[]chan int](), "[]chan int is a chan, which no document can hold"},
		{reflect.TypeFor[complex64](), "complex64 is a complex64, which no document can hold"},
		{reflect.TypeFor[error](), "error is the interface error, which can't be read back from JSON"},
		{reflect.TypeFor[map[bool]int](), "map[bool]int is a map with keys of type bool, which JSON does not have"},
		{reflect.TypeFor[private](), "document_test.private has the unexported field a, which JSON would lose"},
		{reflect.TypeFor[struct{ P *[]private }](), "struct { P *[]document_test.private }.P has the unexported field a, which JSON would lose"},
		{reflect.TypeFor[struct{ private }](), "struct { document_test.private }.private has the unexported field a, which JSON would lose"},
		{reflect.TypeFor[dashed](), `document_test.dashed has the field A with the tag json:"-", which JSON would lose`},
	} {
		if got := document.Unfit(test.t); got != test.want {
			t.Errorf("%v:\nwant %s\ngot  %s", test.t, test.want, got)
		}
	}
}

func TestFields(t *testing.T) {
	t.Parallel()
	type inner struct {
		A int `json:"a"`
		B int `json:"b,string"`
	}
	type outer struct {
		X     string `json:"x"`
		In    inner  `json:"in"`
		Ptr   *inner `json:"ptr,omitempty"`
		Empty struct{}
		embedded
		*cloner
		Big big.Int
	}
	typ := reflect.TypeFor[outer]()
	if got := strings.Join(document.FieldNames(typ), " "); got != "x in ptr Empty Big" {
		t.Errorf("names: %s", got) // List stands twice at one depth
	}
	var o outer
	base := reflect.ValueOf(&o).Pointer()
	for want, field := range map[string]any{"x": &o.X, "in": &o.In, "in.a": &o.In.A, "in.b": &o.In.B, "ptr": &o.Ptr, "Big": &o.Big} {
		r := reflect.ValueOf(field)
		if got, ok := document.FieldAt(typ, r.Pointer()-base, r.Type().Elem()); got != want || !ok {
			t.Errorf("field at %s: got %s, %t", want, got, ok)
		}
	}
	if got, ok := document.FieldAt(typ, 1, reflect.TypeFor[int]()); ok {
		t.Errorf("within a field: got %s", got)
	}
	for _, test := range []struct {
		names string
		want  []int
	}{
		{"x", []int{0}}, {"in.a", []int{1, 0}}, {"in", []int{1}}, {"in.b", nil}, {"ptr", []int{2}}, {"ptr.a", nil}, {"nope", nil}, {"x.y", nil}, {"Big.abs", nil},
	} {
		if got := document.FieldIndex(typ, strings.Split(test.names, ".")); !reflect.DeepEqual(got, test.want) {
			t.Errorf("index of %s: want %v, got %v", test.names, test.want, got)
		}
	}
	for name, want := range map[string]struct {
		t      reflect.Type
		always bool
	}{
		"x": {reflect.TypeFor[string](), true}, "ptr": {reflect.TypeFor[*inner](), false}, "in": {reflect.TypeFor[inner](), true},
	} {
		if ft, always, ok := document.FieldType(typ, name); ft != want.t || always != want.always || !ok {
			t.Errorf("type of %s: got %v, %t, %t", name, ft, always, ok)
		}
	}
	if ft, always, ok := document.FieldType(reflect.TypeFor[inner](), "b"); ft != reflect.TypeFor[string]() || !always || !ok {
		t.Errorf("type of a quoted field: got %v, %t, %t", ft, always, ok)
	}
	if ft, always, ok := document.FieldType(reflect.TypeFor[struct{ *embedded }](), "List"); ft != reflect.TypeFor[[]int]() || always || !ok {
		t.Errorf("type of a field behind an embedded pointer: got %v, %t, %t", ft, always, ok)
	}
	if _, _, ok := document.FieldType(typ, "nope"); ok {
		t.Error("a type for a name that is not there")
	}
}

func TestValue(t *testing.T) {
	t.Parallel()
	type holder struct {
		A document.Value `json:"a,omitzero"`
		B document.Value `json:"b,omitzero"`
		C document.Value `json:"c,omitzero"`
	}
	data, err := json.Marshal(holder{A: document.ValueOf(must(document.Decode([]byte(`{"z":1.50,"a":[]}`)))), B: document.ValueOf(nil)})
	if string(data) != `{"a":{"z":1.50,"a":[]},"b":null}` || err != nil {
		t.Fatalf("got %s, %v", data, err)
	}
	var h holder
	if err := json.Unmarshal(data, &h); err != nil {
		t.Fatal(err)
	}
	if document.Text(h.A.V) != `{"z":1.50,"a":[]}` || !h.B.There || h.B.V != nil || h.C.There {
		t.Errorf("got %+v", h)
	}
	if err := json.Unmarshal([]byte(`{"a":[1,]}`), &h); err == nil {
		t.Error("bad JSON: no error")
	}
}
