package jsonata_test

import (
	"fmt"
	"sort"
	"testing"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/jsonata"
)

// benchInput is decoded data: a few fields, and 1,000 rows.
func benchInput() any {
	rows := make([]any, 1000)
	for i := range rows {
		rows[i] = document.ObjectOf(
			document.Field{Key: "id", Value: float64(i)},
			document.Field{Key: "name", Value: fmt.Sprintf("row %d", i*7919%1000)},
			document.Field{Key: "price", Value: float64(i*7919%1000) + 0.5},
			document.Field{Key: "quantity", Value: float64(i % 7)},
		)
	}
	return document.ObjectOf(
		document.Field{Key: "a", Value: document.ObjectOf(document.Field{Key: "b", Value: 5.0})},
		document.Field{Key: "c", Value: "x"},
		document.Field{Key: "rows", Value: rows},
	)
}

func BenchmarkEval(b *testing.B) {
	states := document.ObjectOf(document.Field{Key: "input", Value: benchInput()})
	env := &jsonata.Env{Variables: jsonata.Map{"states": states}}
	for _, bench := range []struct{ name, expr string }{
		{"path", `$states.input.a.b`},
		{"condition", `$states.input.a.b > 3 and $states.input.c = "x"`},
		{"concat", `$states.input.c & "-" & $states.input.a.b`},
		{"exists", `$exists($states.input.a.b)`},
		{"map", `$map($states.input.rows, function($r) { $r.price * $r.quantity })`},
		{"mapObjects", `$states.input.rows.{"id": id, "total": price * quantity}`},
		{"reduce", `$reduce($states.input.rows.price, function($a, $v) { $a + $v })`},
		{"aggregate", `$sum($states.input.rows.(price * quantity))`},
		{"filterSum", `$sum($states.input.rows[quantity > 3].price)`},
		{"sort", `$states.input.rows^(price)`},
		{"sortFunction", `$sort($states.input.rows, function($l, $r) { $l.price > $r.price })`},
		{"fib15", `($fib := function($n) { $n < 2 ? $n : $fib($n - 1) + $fib($n - 2) }; $fib(15))`},
	} {
		b.Run(bench.name, func(b *testing.B) {
			e, err := jsonata.Compile(bench.expr, jsonata.Options{})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := e.Eval(b.Context(), jsonata.Undefined, env); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	const expr = `$states.input.order.items[price > 10 and quantity < 5].{"name": name, "sum": price * quantity}^(>sum)`
	b.ReportAllocs()
	for b.Loop() {
		if _, err := jsonata.Compile(expr, jsonata.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func field(v any, keys ...string) any {
	for _, k := range keys {
		v, _ = document.Member(v, k)
	}
	return v
}

// BenchmarkHandWritten is what a Go programmer would write over the same data.
func BenchmarkHandWritten(b *testing.B) {
	states := document.ObjectOf(document.Field{Key: "input", Value: benchInput()})
	rows, _ := field(states, "input", "rows").([]any)
	number := func(v any, key string) float64 {
		f, _ := document.Float(field(v, key))
		return f
	}
	var sink any
	for _, bench := range []struct {
		name string
		run  func()
	}{
		{"path", func() { sink = field(states, "input", "a", "b") }},
		{"condition", func() {
			f, _ := document.Float(field(states, "input", "a", "b"))
			s, _ := document.Str(field(states, "input", "c"))
			sink = f > 3 && s == "x"
		}},
		{"concat", func() {
			s, _ := document.Str(field(states, "input", "c"))
			sink = s + "-" + fmt.Sprint(field(states, "input", "a", "b"))
		}},
		{"map", func() {
			out := make([]any, len(rows))
			for i, r := range rows {
				out[i] = number(r, "price") * number(r, "quantity")
			}
			sink = out
		}},
		{"aggregate", func() {
			total := 0.0
			for _, r := range rows {
				total += number(r, "price") * number(r, "quantity")
			}
			sink = total
		}},
		{"sort", func() {
			out := append([]any(nil), rows...)
			sort.SliceStable(out, func(i, j int) bool { return number(out[i], "price") < number(out[j], "price") })
			sink = out
		}},
		{"fib15", func() {
			var fib func(n float64) float64
			fib = func(n float64) float64 {
				if n < 2 {
					return n
				}
				return fib(n-1) + fib(n-2)
			}
			sink = fib(15)
		}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				bench.run()
			}
		})
	}
	_ = sink
}
