package document

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A map[string]any has a reader of its own: it gives what the one of any other
// map gives, with members in canonical form that are nobody else's.
func TestReadPlainMap(t *testing.T) {
	type named map[string]any
	f, s, no := 1.5, "a\xff", (*float64)(nil)
	inner := map[string]any{"x": 1}
	v := ObjectOf(
		Field{"f", &f}, Field{"s", &s}, Field{"no", no}, Field{"nil", nil}, Field{"i", 3}, Field{"b", true},
		Field{"list", []int{1, 2}}, Field{"inner", inner}, Field{"o", ObjectOf(Field{"y", &f})},
	)
	want := map[string]any{
		"f": 1.5, "s": "a\ufffd", "no": nil, "nil": nil, "i": 3.0, "b": true,
		"list": []any{1.0, 2.0}, "inner": map[string]any{"x": 1.0}, "o": map[string]any{"y": 1.5},
	}
	got, err := As[map[string]any](v)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	other, err := As[named](v)
	if diff := cmp.Diff(named(want), other); err != nil || diff != "" {
		t.Errorf("as a named map: %v\n%s", err, diff)
	}
	own, _ := got["inner"].(map[string]any)
	own["x"] = "changed"
	if inner["x"] != 1 {
		t.Error("what was read shares a map with what it was read of")
	}
	if null, err := As[map[string]any](nil); null != nil || err != nil {
		t.Errorf("null gives %v, %v", null, err)
	}
}

func TestReadPlainMapFails(t *testing.T) {
	type named map[string]any
	for name, tc := range map[string]struct {
		v    any
		path string
	}{
		"no number": {ObjectOf(Field{"a", ObjectOf(Field{"b", math.NaN()})}), "$.a"},
		"infinite":  {ObjectOf(Field{"a b", math.Inf(1)}), "$['a b']"},
		"a cell":    {ObjectOf(Field{"c", new(math.Inf(-1))}), "$.c"},
		"no object": {[]any{1.0}, "$"},
	} {
		_, err := As[map[string]any](tc.v)
		_, same := As[named](tc.v)
		e, ok := errors.AsType[*ReadError](err)
		if !ok || e.Path != tc.path {
			t.Errorf("%s: %v, want an error at %s", name, err, tc.path)
		}
		if other, ok := errors.AsType[*ReadError](same); !ok || other.Path != tc.path {
			t.Errorf("%s: as a named map: %v, want an error at %s", name, same, tc.path)
		}
	}
}

func TestCellsAreReadAsTheirValues(t *testing.T) {
	f := 2.5
	if got, err := As[float64](&f); got != 2.5 || err != nil {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := As[any](&f); got != any(2.5) || err != nil {
		t.Errorf("as any: %v (%T), %v", got, got, err)
	}
	if got, err := As[bool](true); !got || err != nil {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := As[any](math.NaN()); err == nil {
		t.Errorf("no number is read as %v", got)
	}
}
