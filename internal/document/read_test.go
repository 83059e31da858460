package document_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/internal/document"
)

type (
	lineItem struct {
		SKU   string  `json:"sku"`
		Price float64 `json:"price"`
		Count int     `json:"count,omitempty"`
	}
	order struct {
		ID    string         `json:"id"`
		Items []lineItem     `json:"items"`
		Total *float64       `json:"total"`
		Meta  map[string]any `json:"meta"`
		When  time.Time      `json:"when"`
		Next  *order         `json:"next"`
		Raw   json.RawMessage
		Any   any
	}
	base struct {
		ID   string `json:"id"`
		Deep struct{ X, Y int8 }
	}
	wide struct {
		base
		*lineItem
		Quoted  int          `json:"quoted,string"`
		QuotedP *bool        `json:",string"`
		Bytes   []byte       `json:"bytes"`
		Array   [3]uint16    `json:"array"`
		ByNum   map[int8]int `json:"byNum"`
		ByText  map[netip.Addr]bool
		Big     *big.Int
		Addr    netip.Addr
		Num     json.Number
		Iface   fmt.Stringer
		F32     float32
		U64     uint64
		Ignored int `json:"-"`
		Case    string
		unseen  int //nolint:unused // that is the point
		Fn      func()
	}
	trim string
)

func (s *trim) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		return errors.New("empty")
	}
	*s = trim(strings.TrimSpace(string(b)))
	return nil
}

// What is read is what encoding/json reads of the same text.
func TestAsReadsLikeJSON(t *testing.T) {
	t.Parallel()
	targets := []any{
		false, "", 0, int8(0), int64(0), uint(0), uint8(0), uint64(0), 0.0, float32(0), trim(""), json.Number(""),
		time.Time{},
		netip.Addr{},
		big.Int{},
		lineItem{},
		order{},
		base{},
		[]int{},
		[]string{},
		[]lineItem{},
		[]*lineItem{},
		[]byte{},
		[2]int{},
		map[string]int{},
		map[string]lineItem{},
		map[int]string{},
		map[trim]int{},
		map[uint8]bool{},
		(*int)(nil), (**string)(nil), (*order)(nil),
		struct{}{},
		json.RawMessage{},
		[][]int{},
		map[string][]map[string]string{},
		wide{},
		[3]string{},
		func() {}, make(chan int),
	}
	texts := []string{
		"null", "true", "false", `""`, `"a"`, `" a "`, `"5"`, `"aGk="`, `"2026-01-02T03:04:05Z"`, `"::1"`, "0", "1", "-1", "127", "128", "255", "256", "65536",
		"9223372036854775807", "9223372036854775808", "18446744073709551615", "18446744073709551616", "1.5", "-0.25", "1e39", "1e400", "[]", "[1,2]", "[1,2,3,4]",
		`["a","b"]`, `[null,1]`, `[[1],[2,3]]`, `[{"sku":"x","price":1.5,"count":2},null,{}]`, "{}", `{"a":1,"b":2}`, `{"1":"x","-2":"y"}`, `{"300":true}`, `{"":1}`,
		`{"a":{"sku":"x"}}`, `{"a":[{"k":"v"}]}`, `{"sku":"x","PRICE":2,"Count":3,"other":[1]}`, `{"sku":5}`, `{"price":"x"}`, `{"count":1.5}`,
		`{"id":"o1","items":[{"sku":"a"},{"price":2}],"total":3.5,"meta":{"k":[1,{"z":null}]},"when":"2026-01-02T03:04:05+01:00","next":{"id":"o2"},"Raw":{"a":[1,2]},"Any":{"x":1}}`,
		`{"id":1}`, `{"items":{}}`, `{"items":[1]}`, `{"total":"3"}`, `{"meta":[]}`, `{"when":5}`, `{"when":"yesterday"}`, `{"next":[]}`,
		`{"quoted":"5"}`, `{"quoted":"-007"}`, `{"quoted":5}`, `{"quoted":"x"}`, `{"quoted":null}`, `{"QuotedP":"true"}`, `{"QuotedP":null}`, `{"bytes":"aGk="}`, `{"bytes":"*"}`, `{"bytes":[1,2]}`, `{"bytes":[256]}`,
		`{"array":[1,2,3]}`, `{"array":[1]}`, `{"array":[1,2,3,"x"]}`, `{"array":[65536]}`, `{"byNum":{"1":2,"-8":0}}`, `{"byNum":{"128":1}}`, `{"byNum":{"x":1}}`, `{"ByText":{"::1":true}}`, `{"ByText":{"x":true}}`,
		`{"Big":123456789012345678901234567890}`, `{"Big":"5"}`, `{"Addr":"10.0.0.1"}`, `{"Addr":""}`, `{"Num":1.50}`, `{"Num":"2"}`, `{"Num":"x"}`, `{"Iface":null}`, `{"Iface":1}`,
		`{"F32":1e39}`, `{"F32":0.1}`, `{"U64":18446744073709551615}`, `{"U64":-1}`, `{"Ignored":1}`, `{"CASE":"a"}`, `{"case":"a"}`, `{"caſe":"a"}`, `{"unseen":1}`, `{"Fn":null}`, `{"Fn":1}`,
		`{"Deep":{"X":1,"Y":200}}`, `{"deep":{"x":1}}`, `{"id":"b","sku":"s","Deep":{"Y":2}}`,
	}
	for _, target := range targets {
		typ := reflect.TypeOf(target)
		for _, text := range texts {
			want := reflect.New(typ)
			wantErr := json.Unmarshal([]byte(text), want.Interface())
			v := must(document.Decode([]byte(text)))
			got, err := document.Convert(v, typ)
			if (err == nil) != (wantErr == nil) {
				t.Errorf("%s as %v: %v, encoding/json: %v", text, typ, err, wantErr)
				continue
			}
			if err != nil {
				if _, ok := errors.AsType[*document.ReadError](err); !ok {
					t.Errorf("%s as %v: %T", text, typ, err)
				}
				continue
			}
			if !reflect.DeepEqual(want.Elem().Interface(), got.Interface()) && typ.Kind() != reflect.Chan && typ.Kind() != reflect.Func {
				t.Errorf("%s as %v:\nwant %#v\ngot  %#v", text, typ, want.Elem().Interface(), got.Interface())
			}
		}
	}
}

func TestAsOwnRules(t *testing.T) {
	t.Parallel()
	if n, err := document.As[int](json.Number("3.0")); n != 3 || err != nil {
		t.Errorf("3.0 as an int: %d, %v", n, err)
	}
	if n, err := document.As[uint64](json.Number("1e19")); n != 1e19 || err != nil {
		t.Errorf("1e19 as a uint64: %d, %v", n, err)
	}
	plain, err := document.As[any](document.ObjectOf(document.Field{Key: "a", Value: []any{lineItem{SKU: "x"}, json.Number("1.0")}}))
	want := map[string]any{"a": []any{map[string]any{"sku": "x", "price": 0.0}, json.Number("1.0")}}
	if diff := cmp.Diff(any(want), plain); diff != "" || err != nil {
		t.Errorf("as any: %v\n%s", err, diff)
	}
	if v, err := document.As[any](nil); v != nil || err != nil {
		t.Errorf("null as any: %v, %v", v, err)
	}
	list, err := document.As[[]any]([]any{document.NewObject(0)})
	if diff := cmp.Diff([]any{map[string]any{}}, list); diff != "" || err != nil {
		t.Errorf("as []any: %v\n%s", err, diff)
	}
	object, err := document.As[*document.Object](map[string]any{"a": lineItem{SKU: "x"}})
	if document.Text(object) != `{"a":{"sku":"x","price":0}}` || err != nil {
		t.Errorf("as an object: %s, %v", document.Text(object), err)
	}
	if _, ok := object.At(0).Value.(*document.Object); !ok {
		t.Errorf("the object is not canonical throughout: %T", object.At(0).Value)
	}
	iface, err := document.As[fmt.Stringer](time.Second)
	if iface != fmt.Stringer(time.Second) || err != nil {
		t.Errorf("as an interface that it has: %v, %v", iface, err)
	}
}

// A value of the type itself is given as it is; one of another type is read
// field by field.
func TestAsFromGuests(t *testing.T) {
	t.Parallel()
	o := order{ID: "o", Items: []lineItem{{"a", 1.5, 2}}, Meta: map[string]any{"k": 1}}
	for name, v := range map[string]any{"value": o, "pointer": &o} {
		got, err := document.As[order](v)
		if err != nil || &got.Items[0] != &o.Items[0] {
			t.Errorf("%s: not the value itself: %v", name, err)
		}
	}
	p, err := document.As[*order](&o)
	if p != &o || err != nil {
		t.Errorf("not the pointer itself: %v", err)
	}
	nested, err := document.As[struct{ O order }](document.ObjectOf(document.Field{Key: "O", Value: &o}))
	if err != nil || &nested.O.Items[0] != &o.Items[0] {
		t.Errorf("within an object: %v", err)
	}
	type other struct {
		Items []struct {
			Price float32 `json:"price"`
			Count string  `json:"count"`
		} `json:"items"`
		ID any `json:"id"`
	}
	_, err = document.As[other](o)
	if want := "$.items[0].count: 2 is no string"; err == nil || err.Error() != want {
		t.Errorf("want %s, got %v", want, err)
	}
	o.Items[0].Count = 0
	got, err := document.As[other](&o)
	if err != nil || len(got.Items) != 1 || got.Items[0].Price != 1.5 || got.ID != "o" {
		t.Errorf("got %+v, %v", got, err)
	}
	m, err := document.As[map[string]json.RawMessage](lineItem{SKU: "x"})
	if err != nil || string(m["price"]) != "0" {
		t.Errorf("got %s, %v", m, err)
	}
}

func TestReadErrors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, want string }{
		{`5`, `$: 5 is no document_test.order, which is an object`},
		{`{"id":5}`, `$.id: 5 is no string`},
		{`{"items":[{},{"price":"` + strings.Repeat("x", 100) + `"}]}`, `$.items[1].price: "` + strings.Repeat("x", 79) + `… is no float64`},
		{`{"items":[{"count":1e30}]}`, `$.items[0].count: 1e30 is no int`},
		{`{"next":{"next":{"total":true}}}`, `$.next.next.total: true is no float64`},
		{`{"when":"x"}`, `$.when: "x" is no time.Time: parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"`},
	} {
		_, err := document.As[order](must(document.Decode([]byte(test.text))))
		if err == nil || err.Error() != test.want {
			t.Errorf("%.60s:\nwant %s\ngot  %v", test.text, test.want, err)
		}
	}
	_, err := document.As[map[string]map[int]int](must(document.Decode([]byte(`{"a b":{"x":1}}`))))
	if want := `$['a b'].x: "x" is no int: strconv.ParseInt: parsing "x": invalid syntax`; err == nil || err.Error() != want {
		t.Errorf("want %s, got %v", want, err)
	}
	_, err = document.As[int](failing{})
	if err == nil || !strings.Contains(err.Error(), "no") {
		t.Errorf("a failing marshaler: %v", err)
	}
	type loop struct{ Next *loop }
	type other struct{ Next *other }
	circle := &loop{}
	circle.Next = circle
	if _, err := document.As[other](circle); err == nil {
		t.Error("a circle of pointers: no error")
	}
}

func FuzzAs(f *testing.F) {
	f.Add([]byte(`{"id":"o1","items":[{"sku":"a"},{"price":2}],"total":3.5,"meta":{"k":[1]},"when":"2026-01-02T03:04:05Z","next":{"id":"o2"},"Raw":{"a":[1]}}`))
	f.Add([]byte(`{"quoted":"5","bytes":"aGk=","array":[1,2],"byNum":{"1":2},"Big":12,"Num":"2","caSe":"x","Deep":{"X":1}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := document.Decode(data)
		if err != nil {
			return
		}
		for _, typ := range []reflect.Type{reflect.TypeFor[order](), reflect.TypeFor[wide](), reflect.TypeFor[[]lineItem]()} {
			want := reflect.New(typ)
			wantErr := json.Unmarshal(data, want.Interface())
			got, err := document.Convert(v, typ)
			if wantErr == nil && err != nil {
				t.Fatalf("%s as %v: %v", data, typ, err)
			}
			if wantErr != nil || typ == reflect.TypeFor[order]() {
				continue // whole numbers are read however they are written; any keeps number texts
			}
			if a, b := document.Text(want.Elem().Interface()), document.Text(got.Interface()); a != b {
				t.Fatalf("%s as %v:\nwant %s\ngot  %s", data, typ, a, b)
			}
		}
	})
}

func BenchmarkAs(b *testing.B) {
	text := []byte(`{"id":"o1","items":[{"sku":"a","price":1.5,"count":2},{"sku":"b","price":2.5,"count":1}],"total":3.5}`)
	v := must(document.Decode(text))
	b.Run("document", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := document.As[order](v); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var o order
			if err := json.Unmarshal(must(document.Encode(v)), &o); err != nil {
				b.Fatal(err)
			}
		}
	})
	cell := any(&order{ID: "x"})
	b.Run("cell", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := document.As[order](cell); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("member of a cell", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, ok := document.Member(cell, "id"); !ok {
				b.Fatal()
			}
		}
	})
}
