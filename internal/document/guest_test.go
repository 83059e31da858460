package document_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/flowstone-go/flow/internal/document"
)

// rebuild makes the canonical form of a value by reading it in place.
func rebuild(v any) any {
	switch document.KindOf(v) {
	case document.Bool:
		b, _ := document.Boolean(v)
		return b
	case document.Number:
		n, _ := document.Resolve(v)
		return n
	case document.String:
		s, _ := document.Str(v)
		return s
	case document.Array:
		list := []any{}
		for i := range document.Len(v) {
			e, ok := document.Index(v, i)
			if !ok {
				return fmt.Sprintf("no element %d", i)
			}
			list = append(list, rebuild(e))
		}
		n := 0
		for e := range document.Elements(v) {
			if !document.Equal(rebuild(e), list[n]) {
				return "Elements differ from Index"
			}
			n++
		}
		return list
	case document.ObjectKind:
		o := document.NewObject(0)
		for key, e := range document.Entries(v) {
			o.Set(key, rebuild(e))
			m, ok := document.Member(v, key)
			if !ok || !document.Equal(rebuild(m), rebuild(e)) {
				return "Member differs from Entries at " + key
			}
		}
		if o.Len() != document.Len(v) {
			return fmt.Sprintf("Len is %d for %d entries", document.Len(v), o.Len())
		}
		return o
	case document.Invalid:
		return "invalid"
	case document.Null:
	}
	return nil
}

type (
	named       string
	number      int
	bytesNamed  []byte
	upper       string
	pointerText struct{ s string }
	valueJSON   struct{ n int }
	pointerJSON struct{ n int }
	zeroer      struct{ N int }
	pzeroer     struct{ N int }
	key         struct{ a, b int }

	inner  struct{ X, Y int }
	Shared struct {
		A, B int
		C    int `json:"c"`
	}
	Second struct {
		B int
		D int `json:"d,omitempty"`
	}
	lower struct{ Low, x int }
	tree  struct {
		Name string
		Kids []tree `json:",omitempty"`
		Up   *tree  `json:",omitempty"`
	}
)

func (u upper) MarshalText() ([]byte, error)        { return []byte(strings.ToUpper(string(u))), nil }
func (p *pointerText) MarshalText() ([]byte, error) { return []byte("text " + p.s), nil }
func (v valueJSON) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, `{"n": %d, "l": [1.0]}`, v.n), nil
}
func (p *pointerJSON) MarshalJSON() ([]byte, error) { return fmt.Appendf(nil, `[%d]`, p.n), nil }
func (z zeroer) IsZero() bool                       { return z.N == 7 }
func (z *pzeroer) IsZero() bool                     { return z.N == 7 }
func (k key) MarshalText() ([]byte, error)          { return fmt.Appendf(nil, "%d-%d", k.a, k.b), nil }

// guests are Go values that encoding/json has some rule for.
func guests() map[string]any {
	seven := 7
	when := time.Date(2026, 1, 2, 3, 4, 5, 600, time.FixedZone("", 3600))
	var nilInner *inner
	var nilStringer fmt.Stringer
	return map[string]any{
		"scalars": []any{true, int8(-8), int16(16), int32(32), int64(math.MinInt64), uint(1), uint8(8), uint16(16), uint32(32), uint64(math.MaxUint64), uintptr(5)},
		"floats":  []any{1.5, float32(0.1), float32(1e30), float32(1e-7), 1e21, 1e20, 1e-6, 1e-7, 0.0, math.MaxFloat64, math.SmallestNonzeroFloat64, float32(math.MaxFloat32)},
		"safe":    []any{int64(1 << 53), int64(1<<53 + 1), int64(-(1 << 53)), int64(-(1<<53 + 1)), uint64(1<<53 + 1), int64(math.MaxInt64)},
		"numbers": []any{json.Number("1.50"), json.Number("-0"), json.Number("1E5")},
		"named":   []any{named("n"), number(5), []named{"a"}, map[named]number{"k": 1}},
		"strings": []string{"", "<a&b>", "é\u2028", "\x00\x1f\"\\/", "\xff"},
		"bytes":   []any{[]byte("abc"), []byte{}, []byte(nil), bytesNamed("x"), [3]byte{1, 2, 3}, []int8{1}},
		"nils":    []any{nil, (*int)(nil), []int(nil), map[string]int(nil), nilInner, nilStringer, (*document.Object)(nil), (*valueJSON)(nil), (*pointerText)(nil)},
		"empty":   []any{[]int{}, map[string]int{}, struct{}{}, [0]int{}},
		"pointer": []any{&seven, new(&seven), &inner{1, 2}, new(any(inner{3, 4}))},
		"maps": []any{
			map[string]any{"b": 1, "a": []int{2}},
			map[int]string{10: "x", 9: "y", -1: "z"},
			map[uint8]bool{3: true},
			map[key]int{{1, 2}: 3, {0, 1}: 4},
			map[upper]int{"k": 1},
			map[*pointerText]int{{"p"}: 1},
			map[string]map[string]int{"a": {"b": 1}},
		},
		"marshalers": []any{
			upper("u"), &pointerText{"p"},
			pointerText{"p"},
			valueJSON{1},
			&valueJSON{2},
			pointerJSON{3},
			&pointerJSON{4},
			[]pointerJSON{{5}},
			[]valueJSON{{6}},
			map[string]pointerJSON{"m": {7}},
			&map[string]valueJSON{"m": {8}}, json.RawMessage(`{"z": [1, 2.50]}`), when, time.Second,
			big.NewInt(1 << 60), netip.MustParseAddr("::1"),
			[2]pointerJSON{{9}},
			&[2]pointerJSON{{9}},
		},
		"tags": struct {
			Plain    int
			Renamed  int    `json:"renamed"`
			Dash     int    `json:"-"`
			DashName int    `json:"-,"`
			Odd      int    `json:"a b/c.d"`
			Bad      int    `json:"a\"b"`
			Comma    int    `json:",omitempty"`
			Other    string `yaml:"x"`
			hidden   int
		}{1, 2, 3, 4, 5, 6, 0, "o", 8},
		"omitempty": []any{full(), partly()},
		"omitzero": struct {
			A int       `json:",omitzero"`
			B inner     `json:",omitzero"`
			C time.Time `json:",omitzero"`
			D time.Time `json:",omitzero"`
			E zeroer    `json:",omitzero"`
			F zeroer    `json:",omitzero"`
			G pzeroer   `json:",omitzero"`
			H pzeroer   `json:",omitzero"`
			I *zeroer   `json:",omitzero"`
			J *zeroer   `json:",omitzero"`
			K any       `json:",omitzero"`
			L []int     `json:",omitzero"`
			M []int     `json:"m,omitempty,omitzero"`
		}{C: time.Time{}.In(time.FixedZone("x", 60)), D: when, E: zeroer{7}, G: pzeroer{7}, J: &zeroer{7}, L: []int{}, M: []int{}},
		"quoted": struct {
			I int     `json:",string"`
			F float64 `json:",string"`
			B bool    `json:",string"`
			S string  `json:",string"`
			P *int    `json:",string"`
			N *int    `json:",string"`
			L []int   `json:",string"`
			M number  `json:"m,string,omitempty"`
			T upper   `json:",string"`
		}{1, 2.5, true, "q\"", &seven, nil, []int{1}, 5, "t"},
		"embedded": struct {
			Shared
			Second
			*inner
			lower
			A string
		}{Shared{1, 2, 3}, Second{4, 5}, &inner{6, 7}, lower{8, 9}, "own"},
		"embedded nil": struct {
			*Shared
			Z int
		}{nil, 1},
		"embedded named": struct {
			Shared `json:"shared"`
			named
			Second *Second
		}{Shared: Shared{A: 1}, named: "hidden"},
		"embedded twice": struct {
			A1
			A2
		}{A1{Second2{1}}, A2{Second2{2}}},
		"embedded clash": struct {
			C1
			C2
			C3
		}{C1{1}, C2{2, 3}, C3{4}},
		"embedded interface": struct{ fmt.Stringer }{},
		"interfaces": struct {
			A any
			B fmt.Stringer
			C error
		}{A: &inner{1, 2}, B: time.Second},
		"recursive": tree{"r", []tree{{Name: "k", Kids: []tree{{Name: "g"}}}}, &tree{Name: "u"}},
		"document":  document.ObjectOf(document.Field{Key: "z", Value: inner{1, 2}}, document.Field{Key: "a", Value: []any{&inner{3, 4}, valueJSON{1}}}),
		"deep":      map[string]any{"rows": []map[string]*inner{{"a": {1, 2}, "b": nil}}},
	}
}

type (
	A1      struct{ Second2 }
	A2      struct{ Second2 }
	Second2 struct{ Twice int }
	C1      struct {
		N int `json:"n"`
	}
	C2 struct {
		Other int
		N     int
	}
	C3       struct{ Other int }
	omitting struct {
		A bool           `json:"a,omitempty"`
		B int            `json:"b,omitempty"`
		C float64        `json:"c,omitempty"`
		D string         `json:"d,omitempty"`
		E []int          `json:"e,omitempty"`
		F map[string]int `json:"f,omitempty"`
		G *int           `json:"g,omitempty"`
		H any            `json:"h,omitempty"`
		I [0]int         `json:"i,omitempty"`
		J [1]int         `json:"j,omitempty"`
		K inner          `json:"k"`
		L time.Time      `json:"l"`
	}
)

func partly() omitting { return omitting{E: []int{}, F: map[string]int{}} }

func full() omitting {
	return omitting{A: true, B: 1, C: 1, D: "d", E: []int{0}, F: map[string]int{"": 0}, G: new(int), H: 0, J: [1]int{1}}
}

// Guests read in place as the JSON that encoding/json makes of them: by value
// and by pointer.
func TestGuestsReadAsTheirJSON(t *testing.T) {
	t.Parallel()
	for name, v := range guests() {
		behind := reflect.New(reflect.TypeOf(v))
		behind.Elem().Set(reflect.ValueOf(v))
		for how, v := range map[string]any{"value": v, "pointer": behind.Interface()} {
			data, err := json.Marshal(v)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			want, err := document.Decode(data)
			if err != nil {
				t.Fatal(err)
			}
			for way, got := range map[string]any{"rebuild": rebuild(v), "Canonical": must(document.Canonical(v)), "Encode": must(document.Decode(must(document.Encode(v))))} {
				// As texts: so that the order of keys and the digits count.
				if document.Text(got) != document.Text(want) {
					t.Errorf("%s by %s, %s:\nwant %s\ngot  %s", name, how, way, document.Text(want), document.Text(got))
				}
			}
			if !document.Equal(v, want) || !document.Equal(want, v) {
				t.Errorf("%s by %s is not equal to its JSON", name, how)
			}
			k1, err := document.Key(v)
			k2, err2 := document.Key(want)
			if k1 != k2 || err != nil || err2 != nil {
				t.Errorf("%s by %s has the key %s, %v; its JSON %s, %v", name, how, k1, err, k2, err2)
			}
			if _, ok := document.Member(v, "no such member"); ok {
				t.Errorf("%s has a member of any name", name)
			}
			if _, ok := document.Index(v, 1000); ok {
				t.Errorf("%s has a thousand elements", name)
			}
			if _, ok := document.Index(v, -1); ok {
				t.Errorf("%s has an element -1", name)
			}
			plain := must(document.Plain(v))
			var standard any
			dec := json.NewDecoder(bytes.NewReader(data))
			dec.UseNumber()
			if err := dec.Decode(&standard); err != nil {
				t.Fatal(err)
			}
			if !document.Equal(plain, standard) || hasObject(plain) {
				t.Errorf("%s by %s is not plain: %v", name, how, plain)
			}
		}
	}
}

func hasObject(v any) bool {
	switch v := v.(type) {
	case *document.Object:
		return true
	case []any:
		return slices.ContainsFunc(v, hasObject)
	case map[string]any:
		for _, e := range v {
			if hasObject(e) {
				return true
			}
		}
	}
	return false
}

type failing struct{}

func (failing) MarshalJSON() ([]byte, error) { return nil, errors.New("no") }

type failingText struct{}

func (failingText) MarshalText() ([]byte, error) { return nil, errors.New("no") }

// What has no JSON is invalid, and an error where it is encoded: nothing is
// lost in silence.
func TestGuestsWithoutJSON(t *testing.T) {
	t.Parallel()
	type loop struct{ Next *loop }
	circle := &loop{}
	circle.Next = circle
	list := []any{1}
	list[0] = list
	object := document.NewObject(1)
	object.Set("self", object)
	mapped := map[string]any{}
	mapped["self"] = mapped
	for name, v := range map[string]any{
		"function":           func() {},
		"channel":            make(chan int),
		"complex":            complex(1, 2),
		"failing":            failing{},
		"failing text":       failingText{},
		"pointer to failing": &failing{},
		"bool keys":          map[bool]int{true: 1},
		"float keys":         map[float64]int{1: 1},
		"failing keys":       map[failingText]int{{}: 1},
		"NaN":                math.NaN(),
		"infinite":           math.Inf(1),
		"float32 NaN":        float32(math.NaN()),
		"bad number":         json.Number("1x"),
		"circle":             circle,
		"list":               list,
		"object":             object,
		"map":                mapped,
		"field":              struct{ F func() }{func() {}},
		"element":            []any{1, math.NaN()},
		"member":             map[string]any{"a": make(chan int)},
	} {
		if data, err := document.Encode(v); err == nil {
			t.Errorf("%s: Encode gives %s", name, data)
		}
		if c, err := document.Canonical(v); err == nil {
			t.Errorf("%s: Canonical gives %v", name, c)
		}
		if p, err := document.Plain(v); err == nil {
			t.Errorf("%s: Plain gives %v", name, p)
		}
		document.Equal(v, v)
		document.Text(v)
		_, _ = document.Key(v)
		document.Len(v)
		for range document.Entries(v) {
			break
		}
		for range document.Elements(v) {
			break
		}
		document.Member(v, "self")
		document.Index(v, 0)
	}
	for _, v := range []any{func() {}, make(chan int), complex(1, 2), failing{}, &failing{}, failingText{}, map[bool]int{true: 1}} {
		if kind := document.KindOf(v); kind != document.Invalid {
			t.Errorf("%T is of kind %s", v, kind)
		}
	}
	if n := document.KindOf(json.Number("")); n != document.Number {
		t.Errorf("an empty json.Number is %s", n)
	}
	if text := document.Text(json.Number("")); text != "0" {
		t.Errorf("an empty json.Number is %s, not 0 as encoding/json has it", text)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
