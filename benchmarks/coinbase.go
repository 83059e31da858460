package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/coinbase/step/machine"
)

const allJSON = "documents are JSON at each state, and a history is always kept"

// coinbaseMachine reads a definition whose Tasks are all done by fn.
func coinbaseMachine(text string, fn any) (*machine.StateMachine, error) {
	sm, err := machine.FromJSON([]byte(text))
	if err != nil {
		return nil, err
	}
	for name := range sm.Tasks() {
		if err := sm.SetTaskHandler(name, fn); err != nil {
			return nil, err
		}
	}
	return sm, nil
}

// coinbaseLine is the JSON of n Tasks, the last one ending.
func coinbaseLine(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		next := fmt.Sprintf(`"Next": "S%d"`, i+1)
		if i == n-1 {
			next = `"End": true`
		}
		fmt.Fprintf(&b, `"S%d": {"Type": "Task", "Resource": "step", %s}`, i, next)
	}
	return b.String()
}

func coinbaseStep(ctx context.Context, d *doc) (*doc, error) {
	out, err := step(ctx, *d)
	return &out, err
}

// executing runs a machine over the first document.
func executing(note, text string) contender {
	return contender{name: "coinbase/step", note: note, prepare: func(context.Context) (func(context.Context, int) (any, error), error) {
		sm, err := coinbaseMachine(text, coinbaseStep)
		if err != nil {
			return nil, err
		}
		return func(_ context.Context, n int) (any, error) {
			var out map[string]any
			for range n {
				x, err := sm.Execute(first)
				if err != nil {
					return nil, err
				}
				out = x.Output
			}
			var d doc
			data, err := json.Marshal(out)
			if err != nil {
				return nil, err
			}
			return d, json.Unmarshal(data, &d)
		}, nil
	}}
}

func coinbaseChain() contender {
	return executing(allJSON, `{"StartAt": "S0", "States": {`+coinbaseLine(10)+`}}`)
}

func coinbaseBranch() contender {
	return executing(allJSON, `{"StartAt": "C", "States": {
		"C": {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericGreaterThan": 1, "Next": "F"}], "Default": "S0"},
		"F": {"Type": "Fail", "Error": "No"}, `+coinbaseLine(3)+`}}`)
}

func coinbaseFields() contender {
	return contender{name: "coinbase/step", note: "each Task is given the whole document; " + allJSON, prepare: func(context.Context) (func(context.Context, int) (any, error), error) {
		var states []string
		for i := range 10 {
			next := fmt.Sprintf(`"Next": "S%d"`, i+1)
			if i == 9 {
				next = `"End": true`
			}
			states = append(states, fmt.Sprintf(`"S%d": {"Type": "Task", "Resource": "increment", "ResultPath": "$.%s", %s}`, i, fieldNames[i%8], next))
		}
		sm, err := machine.FromJSON([]byte(`{"StartAt": "S0", "States": {` + strings.Join(states, ", ") + `}}`))
		if err != nil {
			return nil, err
		}
		for i := range 10 {
			k := fieldNames[i%8]
			if err := sm.SetTaskHandler(fmt.Sprintf("S%d", i), func(ctx context.Context, m map[string]any) (float64, error) {
				x, ok := m[k].(float64)
				if !ok {
					return 0, fmt.Errorf("the field %s is a %T", k, m[k])
				}
				return increment(ctx, x)
			}); err != nil {
				return nil, err
			}
		}
		return mapping(func(context.Context) (map[string]any, error) {
			x, err := sm.Execute(eight())
			if err != nil {
				return nil, err
			}
			return x.Output, nil
		}), nil
	}}
}

func coinbaseItems() contender {
	return contender{name: "coinbase/step", note: "one after another; items are objects; " + allJSON, prepare: func(context.Context) (func(context.Context, int) (any, error), error) {
		type item struct {
			X int `json:"x"`
		}
		sm, err := machine.FromJSON([]byte(`{"StartAt": "M", "States": {"M": {"Type": "Map", "ItemsPath": "$.list", "ResultPath": "$.out", "End": true,
			"Iterator": {"StartAt": "S", "States": {"S": {"Type": "Task", "Resource": "square", "End": true}}}}}}`))
		if err != nil {
			return nil, err
		}
		m, ok := sm.States["M"].(*machine.MapState)
		if !ok {
			return nil, fmt.Errorf("M is a %T", sm.States["M"])
		}
		if err := m.Iterator.SetTaskHandler("S", func(ctx context.Context, in *item) (*item, error) {
			y, err := square(ctx, in.X)
			return &item{y}, err
		}); err != nil {
			return nil, err
		}
		list := make([]item, itemCount)
		for i, x := range numbers() {
			list[i].X = x
		}
		return func(_ context.Context, n int) (any, error) {
			var results []map[string]any
			for range n {
				x, err := sm.Execute(map[string]any{"list": list})
				if err != nil {
					return nil, err
				}
				if results, ok = x.Output["out"].([]map[string]any); !ok {
					return nil, fmt.Errorf("the results are a %T", x.Output["out"])
				}
			}
			out := make([]int, len(results))
			for i, r := range results {
				y, _ := r["x"].(float64)
				out[i] = int(y)
			}
			return out, nil
		}, nil
	}}
}
