package path_test

import (
	"testing"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/path"
)

// No text makes the compiler or the reader panic or run without end; a path
// reads the same after it was printed; a written place reads back.
func FuzzPath(f *testing.F) {
	for _, text := range []string{
		"$", "$.a.b", "$$.x", "$v[0]", "$['a','b']", "$..a[*]", "$.a[1:-2].b", "$.a[?(@.b == 'x' && !(@.c in [1,{'k':null}]))]",
		"$.a[?(@.x =~ /a.*/i)].length()", `$.a\.b\u0041`, "$.a.append(1, $.b, @.c)", "$..*..*", "$.[0].x", "$.a[0].b",
	} {
		f.Add(text, store)
	}
	f.Fuzz(func(t *testing.T, text, doc string) {
		p, err := path.Compile(text)
		if err != nil {
			return
		}
		again, err := path.Compile(p.String())
		if err != nil || again.String() != p.String() || again.Definite() != p.Definite() {
			t.Fatalf("%q printed as %q, which is another path: %v", text, p, err)
		}
		v, err := document.Decode([]byte(doc))
		if err != nil {
			return
		}
		got, err := p.GetFrom(v)
		if err == nil && !p.Definite() && document.KindOf(got) != document.Array {
			t.Fatalf("%q gives %v, not an array", text, got)
		}
		target, err := path.CompileTarget(text)
		if err != nil {
			return
		}
		set, err := target.Set(v, "new")
		if err != nil {
			return
		}
		if got, err := target.GetFrom(set); err != nil || got != "new" {
			t.Fatalf("%q in %s: read back %v, %v", text, doc, got, err)
		}
	})
}
