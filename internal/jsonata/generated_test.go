package jsonata_test

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/jsonata"
)

// writer writes expressions at random: paths with predicates, bindings, order
// and groups in each other, which no table holds in all their combinations.
type writer struct{ *rand.Rand }

func (w writer) of(words ...string) string { return words[w.IntN(len(words))] }

func (w writer) chance(percent int) bool { return w.IntN(100) < percent }

func (w writer) path(depth int) string {
	var text strings.Builder
	for i := range 1 + w.IntN(4) {
		if i > 0 {
			text.WriteString(".")
		}
		step := w.of("a", "b", "c", "empty", "null", "list", "*", "**", "$", "missing")
		switch n := w.IntN(100); {
		case n < 8 && i > 0:
			step = "%"
		case n < 18:
			step = "(" + w.expr(depth-1) + ")"
		case n < 24:
			step = `{"k": ` + w.expr(depth-1) + "}"
		case n < 32:
			step = "[" + w.expr(depth-1) + "]"
		}
		text.WriteString(step)
		for w.chance(25) {
			text.WriteString("[" + w.of(w.expr(depth-1), "0", "-1", "", "[0..1]", "c = 1", "$v") + "]")
		}
		if w.chance(10) {
			text.WriteString(w.of("@$v", "#$i", "@$w#$i"))
		}
		if w.chance(6) {
			text.WriteString("^(" + w.of("", ">", "<") + w.of("c", "$", "a") + ")")
		}
	}
	if w.chance(10) {
		text.WriteString("{" + w.of(`"k"`, "c", "$string($)") + ": " + w.expr(depth-1) + "}")
	}
	return text.String()
}

func (w writer) expr(depth int) string {
	if depth <= 0 {
		return w.of("1", "0", `"x"`, "true", "null", "[]", "{}", "[1, 2]", "a", "$", "$v", "$i", "missing")
	}
	below := func() string { return w.expr(depth - 1) }
	switch w.IntN(9) {
	case 0, 1, 2:
		return w.path(depth)
	case 3:
		return "(" + below() + " " + w.of("+", "&", "=", "<", "and", "or", "in", "..", "~>") + " " + below() + ")"
	case 4:
		return below() + " ? " + below() + w.of("", " : "+below())
	case 5:
		return "($v := " + below() + "; " + below() + ")"
	case 6:
		return "$" + w.of("map", "filter", "each", "sift", "single") + "(" + below() + ", function($x, $i) {" + w.of("$x", below(), "$keys($x)") + "})"
	case 7:
		return "$" + w.of("count", "string", "keys", "spread", "distinct", "reverse", "exists", "sum", "merge", "zip") + "(" + below() + ")"
	}
	return w.of("["+below()+"]", `{"k": `+below()+"}")
}

// Whatever an expression is made of, it gives a value or an error, and the same
// when it is evaluated again.
func TestGeneratedExpressions(t *testing.T) {
	t.Parallel()
	input := decode(t, []byte(`{"a": {"b": [{"c": 1}, {"c": 2}, {"c": [3, 4]}], "c": null}, "b": [{"c": 1}, {"a": 2}], "list": [3, 1, 2], "empty": [], "null": null, "c": "text"}`))
	for _, dialect := range []jsonata.Dialect{jsonata.Standard, jsonata.StepFunctions} {
		opts := jsonata.Options{Dialect: dialect, Input: true, Limits: jsonata.Limits{Depth: 1000, Steps: 100_000, Total: 16 << 20}}
		for seed := range uint64(4000) {
			w := writer{rand.New(rand.NewPCG(seed, 1))}
			expr := w.expr(3)
			e, err := jsonata.Compile(expr, opts)
			if err != nil {
				continue
			}
			evaluate := func() (text string) {
				defer func() {
					if r := recover(); r != nil {
						t.Fatalf("seed %s: %s\npanicked: %v", strconv.FormatUint(seed, 10), expr, r)
					}
				}()
				v, err := e.Eval(t.Context(), input, nil)
				if err != nil {
					return err.Error()
				}
				return document.Text(v)
			}
			if first, second := evaluate(), evaluate(); first != second {
				t.Errorf("seed %d: %s\nfirst  %s\nsecond %s", seed, expr, first, second)
			}
		}
	}
}
