package path_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/flowstone-go/flow/internal/document"
)

// The hand-written halves are what a Go program would write over decoded JSON;
// the bounds are 1.5 times that for dotted names, without allocation, and 2
// times for a filter.

func BenchmarkDotted(b *testing.B) {
	doc := decode(b, `{"x":1,"a":{"y":2,"b":{"z":3,"c":"found"}}}`)
	maps, _ := document.Plain(doc)
	b.Run("hand", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			m := maps.(map[string]any)
			m = m["a"].(map[string]any)
			m = m["b"].(map[string]any)
			if m["c"] != "found" {
				b.Fatal()
			}
		}
	})
	p := mustCompile(b, "$.a.b.c")
	b.Run("path", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if v, err := p.GetFrom(doc); v != "found" || err != nil {
				b.Fatal()
			}
		}
	})
	e := env{input: doc}
	b.Run("env", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if v, err := p.Get(&e); v != "found" || err != nil {
				b.Fatal()
			}
		}
	})
	b.Run("maps", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if v, err := p.GetFrom(maps); v != "found" || err != nil {
				b.Fatal()
			}
		}
	})
}

// A cell is a pointer to the Go value that a node gave.
func BenchmarkCell(b *testing.B) {
	type inner struct {
		X, Y int
		C    string `json:"c"`
	}
	type outer struct {
		B inner `json:"b"`
	}
	cell := any(&struct {
		Z int
		A *outer `json:"a"`
	}{A: &outer{inner{C: "found"}}})
	p := mustCompile(b, "$.a.b.c")
	b.ReportAllocs()
	for b.Loop() {
		if v, err := p.GetFrom(cell); v != "found" || err != nil {
			b.Fatal()
		}
	}
}

func BenchmarkFilter(b *testing.B) {
	var rows strings.Builder
	for i := range 100 {
		fmt.Fprintf(&rows, `,{"id":%d,"name":"n%d","status":%d}`, i, i, i%10)
	}
	doc := decode(b, `{"users":[`+rows.String()[1:]+`]}`)
	maps, _ := document.Plain(doc)
	b.Run("hand", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var out []any
			for _, row := range maps.(map[string]any)["users"].([]any) {
				if row.(map[string]any)["status"] == 0.0 {
					out = append(out, row)
				}
			}
			if len(out) != 10 {
				b.Fatal()
			}
		}
	})
	p := mustCompile(b, "$.users[?(@.status == 0)]")
	b.Run("path", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if v, err := p.GetFrom(doc); len(v.([]any)) != 10 || err != nil {
				b.Fatal()
			}
		}
	})
}
