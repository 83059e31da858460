package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	coinbasepath "github.com/coinbase/step/jsonpath"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/jsonata"
	"github.com/flowstone-go/flow/internal/path"
)

// tenStates is a machine in the Amazon States Language: a Choice, eight Pass
// states that each put something into the document, and a Succeed.
func tenStates() string {
	var b strings.Builder
	b.WriteString(`{"StartAt": "C", "States": {
		"C": {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericLessThan": 10, "Next": "P0"}], "Default": "End"}`)
	for i := range 8 {
		next := fmt.Sprintf("P%d", i+1)
		if i == 7 {
			next = "End"
		}
		fmt.Fprintf(&b, `, "P%d": {"Type": "Pass", "Result": {"v": %[1]d}, "ResultPath": "$.p%[1]d", "Next": %q}`, i, next)
	}
	b.WriteString(`, "End": {"Type": "Succeed"}}}`)
	return b.String()
}

// tenSteps is the same by hand.
func tenSteps(ctx context.Context, in map[string]any) (map[string]any, error) {
	n, ok := in["n"].(float64)
	if !ok {
		return nil, fmt.Errorf("n is a %T", in["n"])
	}
	out := map[string]any{"n": n}
	if n < 10 {
		for i, name := range passNames {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			out[name] = map[string]any{"v": float64(i)}
		}
	}
	return out, nil
}

var passNames = []string{"p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7"}

// mapping has fn make a map n times.
func mapping[M any](fn func(ctx context.Context) (M, error)) func(ctx context.Context, n int) (any, error) {
	return func(ctx context.Context, n int) (any, error) {
		var out M
		var err error
		for range n {
			if out, err = fn(ctx); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
}

func language() workload {
	want, _ := tenSteps(context.Background(), map[string]any{"n": 1.0})
	return workload{
		letter: "k", title: "A machine of ten states in the Amazon States Language", want: want, base: hand,
		who: []contender{
			{name: hand, note: "one map that is filled", prepare: ready(mapping(func(ctx context.Context) (map[string]any, error) {
				return tenSteps(ctx, map[string]any{"n": 1.0})
			}))},
			{name: ours, note: "parsed once", prepare: func(context.Context) (func(context.Context, int) (any, error), error) {
				f, err := flow.Parse([]byte(tenStates()))
				if err != nil {
					return nil, err
				}
				return mapping(func(ctx context.Context) (any, error) { return f.Run(ctx, map[string]any{"n": 1.0}) }), nil
			}},
			{name: "coinbase/step", note: "parsed once; " + allJSON, prepare: func(context.Context) (func(context.Context, int) (any, error), error) {
				sm, err := coinbaseMachine(tenStates(), nil)
				if err != nil {
					return nil, err
				}
				return mapping(func(context.Context) (map[string]any, error) {
					x, err := sm.Execute(map[string]any{"n": 1.0})
					if err != nil {
						return nil, err
					}
					return x.Output, nil
				}), nil
			}},
		},
	}
}

// order is what the expressions read.
func order() map[string]any {
	return map[string]any{
		"id":       "o-1",
		"customer": map[string]any{"name": "Ada", "address": map[string]any{"city": "London"}},
		"lines": []any{
			map[string]any{"sku": "a", "price": 5.0, "quantity": 2.0},
			map[string]any{"sku": "b", "price": 15.0, "quantity": 1.0},
			map[string]any{"sku": "c", "price": 25.0, "quantity": 4.0},
		},
	}
}

// orderDocument is the order as it is between two states.
func orderDocument() (any, error) {
	data, err := json.Marshal(order())
	if err != nil {
		return nil, err
	}
	return document.Decode(data)
}

func city(o map[string]any) (string, error) {
	customer, _ := o["customer"].(map[string]any)
	address, _ := customer["address"].(map[string]any)
	if s, ok := address["city"].(string); ok {
		return s, nil
	}
	return "", fmt.Errorf("no city")
}

func paths() workload {
	const text = "$.customer.address.city"
	o := order()
	return workload{
		letter: "l", title: "JSONPath " + text, want: "London", base: hand,
		who: []contender{
			{name: hand, note: "map[string]any", prepare: ready(asking(func(context.Context) (string, error) { return city(o) }))},
			{name: ours, note: "compiled once; internal/path alone", prepare: func(context.Context) (func(context.Context, int) (any, error), error) {
				doc, err := orderDocument()
				if err != nil {
					return nil, err
				}
				p, err := path.Compile(text)
				if err != nil {
					return nil, err
				}
				return mapping(func(context.Context) (any, error) { return p.GetFrom(doc) }), nil
			}},
			{name: "coinbase/step", note: "compiled once; its jsonpath alone", prepare: func(context.Context) (func(context.Context, int) (any, error), error) {
				p, err := coinbasepath.NewPath(text)
				if err != nil {
					return nil, err
				}
				return mapping(func(context.Context) (any, error) { return p.Get(o) }), nil
			}},
		},
	}
}

// total is what the JSONata expression says.
func total(o map[string]any) (float64, error) {
	lines, _ := o["lines"].([]any)
	sum := 0.0
	for _, l := range lines {
		line, _ := l.(map[string]any)
		price, ok := line["price"].(float64)
		quantity, ok2 := line["quantity"].(float64)
		if !ok || !ok2 {
			return 0, fmt.Errorf("a line is %v", l)
		}
		if quantity > 1 {
			sum += price * quantity
		}
	}
	return sum, nil
}

func queries() workload {
	const text = "$sum($order.lines[quantity > 1].(price * quantity))"
	o := order()
	return workload{
		letter: "l", title: "JSONata " + text, want: 110.0, base: hand,
		who: []contender{
			{name: hand, note: "map[string]any", prepare: ready(mapping(func(context.Context) (float64, error) { return total(o) }))},
			{name: ours, note: "compiled once; internal/jsonata alone", prepare: func(context.Context) (func(context.Context, int) (any, error), error) {
				doc, err := orderDocument()
				if err != nil {
					return nil, err
				}
				e, err := jsonata.Compile(text, jsonata.Options{})
				if err != nil {
					return nil, err
				}
				env := &jsonata.Env{Variables: jsonata.Map{"order": doc}}
				return mapping(func(ctx context.Context) (any, error) { return e.Eval(ctx, jsonata.Undefined, env) }), nil
			}},
		},
	}
}
