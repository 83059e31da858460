package main

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/cmd/conform/internal/aslsuite"
	"github.com/flowstone-go/flow/cmd/conform/internal/corpus"
	"github.com/flowstone-go/flow/internal/document"
)

// oddities are values in whose place something else was expected.
var oddities = []any{
	nil,
	true,
	0.0,
	-1.5,
	1e18,
	"",
	"x",
	"$.a",
	"{% 1 %}",
	[]any{},
	[]any{1.0, "a", nil},
	document.NewObject(0),
	document.ObjectOf(document.Field{Key: "a", Value: 1.0}),
	strings.Repeat("é", 140_000), // more than a payload may have
}

// oddly puts oddities in a value, and leaves members out.
func oddly(r *rand.Rand, v any, chance float64) any {
	if r.Float64() < chance {
		return oddities[r.IntN(len(oddities))]
	}
	switch v := v.(type) {
	case *document.Object:
		o := document.NewObject(v.Len())
		for key, e := range v.All() {
			if r.Float64() >= chance/2 {
				o.Set(key, oddly(r, e, chance))
			}
		}
		return o
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = oddly(r, e, chance)
		}
		return list
	}
	return v
}

// erratic is a handler that fails, gives what nobody expects, or does nothing
// until it is stopped.
type erratic struct {
	calls atomic.Uint32
	echo  echo
}

func (e *erratic) Handle(ctx context.Context, q *flow.Request) (any, error) {
	n := e.calls.Add(1)
	switch n % 8 {
	case 0:
		return nil, &flow.Error{Name: "Bad", Cause: "one of the days"}
	case 1:
		return nil, &flow.Error{}
	case 2:
		<-ctx.Done()
		return nil, context.Cause(ctx)
	case 3:
		return oddities[int(n)%len(oddities)], nil
	}
	return e.echo.Handle(ctx, q)
}

// Whatever a definition that is accepted is given, and whatever its tasks do,
// the execution ends, and its history tells how.
func TestOddities(t *testing.T) {
	t.Parallel()
	dir, err := corpus.Dir("", "asl")
	if err != nil {
		dir = filepath.Join("testdata", "conformance", "asl")
	}
	cases, err := aslsuite.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	ran := 0
	for range 1500 {
		c := cases[r.IntN(len(cases))]
		definition, err := document.Decode([]byte(c.Definition))
		if err != nil {
			continue // the text itself is what the case is about
		}
		if r.IntN(2) == 0 {
			definition = oddly(r, definition, 0.03)
		}
		input, err := document.Decode([]byte(c.Input))
		if err != nil {
			input = document.NewObject(0)
		}
		input = oddly(r, input, 0.2)
		text, err := document.Encode(definition)
		if err != nil {
			t.Fatal(err)
		}
		f, err := flow.Parse(text)
		if err != nil {
			if _, ok := errors.AsType[*flow.BuildError](err); !ok {
				t.Errorf("%s: %v", text, err)
			}
			continue
		}
		ran++
		synctest.Test(t, func(t *testing.T) { endsOddly(t, f, r, text, input) })
	}
	if ran < 500 {
		t.Errorf("only %d were accepted", ran)
	}
}

func endsOddly(t *testing.T, f *flow.Flow[any, any], r *rand.Rand, text []byte, input any) {
	t.Helper()
	desk := flow.NewDesk()
	registry := flow.NewRegistry()
	tasks := &erratic{echo: echo{desk}}
	tasks.calls.Store(r.Uint32() % 1024)
	registry.Handle("*", tasks)
	ctx, cancel := context.WithTimeout(t.Context(), 100_000*time.Hour) // there are Waits of years
	defer cancel()
	var history flow.History
	_, err := f.Run(ctx, input, flow.Record(&history), flow.Resources(registry), desk, flow.Store(&flow.MemoryStorage{}),
		flow.PayloadLimit(payloadLimit), flow.MaxTransitions(300))
	failed, ours := errors.AsType[*flow.Error](err)
	events := history.Events()
	switch {
	case err != nil && !ours:
		t.Errorf("%s\n%s: the error is %v", text, document.Text(input), err)
	case ours && strings.Contains(failed.Cause, "panic"):
		t.Errorf("%s\n%s: %v", text, document.Text(input), err)
	case len(events) == 0 || !strings.HasPrefix(events[len(events)-1].Type, "Execution"):
		t.Errorf("%s\n%s: the history has no end: %v", text, document.Text(input), events)
	}
	if _, err := json.Marshal(&history); err != nil {
		t.Errorf("%s\n%s: %v", text, document.Text(input), err)
	}
}
