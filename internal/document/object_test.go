package document_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/internal/document"
)

// An object does what a map and a list of its keys do, however large it is.
func TestObject(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 5, 15, 16, 17, 100} {
		o := document.NewObject(0)
		var keys []string
		values := map[string]any{}
		check := func(when string) {
			t.Helper()
			var gotKeys []string
			got := map[string]any{}
			for key, v := range o.All() {
				gotKeys = append(gotKeys, key)
				got[key] = v
			}
			if diff := cmp.Diff(keys, gotKeys); diff != "" {
				t.Fatalf("%d fields, %s: keys -want +got\n%s", n, when, diff)
			}
			if diff := cmp.Diff(values, got); diff != "" || o.Len() != len(values) {
				t.Fatalf("%d fields, %s: values -want +got\n%s", n, when, diff)
			}
			for i, key := range keys {
				if v, ok := o.Get(key); v != values[key] || !ok || o.At(i) != (document.Field{Key: key, Value: v}) {
					t.Fatalf("%d fields, %s: %s is %v, %t", n, when, key, v, ok)
				}
			}
			if v, ok := o.Get("absent"); ok {
				t.Fatalf("%d fields, %s: an absent key is %v", n, when, v)
			}
		}
		for i := range n {
			key := fmt.Sprint("k", i)
			o.Set(key, i)
			keys, values[key] = append(keys, key), i
		}
		check("filled")
		before := o.Copy(2)
		if n > 2 {
			o.Set("k1", "changed")
			values["k1"] = "changed"
			check("changed")
			o.Delete("k0")
			o.Delete("absent")
			keys = keys[1:]
			delete(values, "k0")
			check("deleted")
			o.Set("k0", "back")
			keys, values["k0"] = append(keys, "k0"), "back"
			check("put back at the end")
		}
		if before.Len() != n {
			t.Errorf("%d fields: the copy has %d", n, before.Len())
		}
		if v, ok := before.Get("k1"); n > 2 && (v != 1 || !ok) {
			t.Errorf("%d fields: the copy was changed to %v", n, v)
		}
		with := before.With(make([]any, n))
		with.Set("more", 1)
		with.Set("more", 2)
		if _, ok := before.Get("more"); ok || with.Len() != n+1 {
			t.Errorf("%d fields: a key of one object is in the one of the same shape", n)
		}
	}
}

func TestObjectOf(t *testing.T) {
	t.Parallel()
	o := document.ObjectOf(document.Field{Key: "a", Value: 1}, document.Field{Key: "b", Value: 2}, document.Field{Key: "a", Value: 3})
	data, err := json.Marshal(o)
	if string(data) != `{"a":3,"b":2}` || err != nil {
		t.Errorf("got %s, %v", data, err)
	}
	var none *document.Object
	if _, ok := none.Get("a"); ok || none.Len() != 0 || none.Copy(1).Len() != 0 {
		t.Error("a nil object has fields")
	}
	for range none.All() {
		t.Error("a nil object has fields")
	}
	data, err = json.Marshal(struct{ O *document.Object }{})
	if string(data) != `{"O":null}` || err != nil {
		t.Errorf("a nil object is written as %s, %v", data, err)
	}
}
