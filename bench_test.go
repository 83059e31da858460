package flow_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/flowstone-go/flow"
)

type doc struct {
	ID    string  `json:"id"`
	N     int     `json:"n"`
	Score float64 `json:"score"`
	Text  string  `json:"text"`
}

func step(_ context.Context, d doc) (doc, error) { d.N++; d.Score += 0.5; return d, nil }

func BenchmarkDirect(b *testing.B) {
	steps := []func(context.Context, doc) (doc, error){step, step, step, step, step, step, step, step, step, step}
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		d := doc{ID: "a", N: 1}
		var err error
		for _, s := range steps {
			if err = ctx.Err(); err != nil {
				b.Fatal(err)
			}
			if d, err = s(ctx, d); err != nil {
				b.Fatal(err)
			}
		}
		sink = d
	}
}

var sink doc

func BenchmarkChain(b *testing.B) {
	bl := flow.New[doc, doc]("chain")
	for i := range 10 {
		bl.Then(flow.Task(fmt.Sprintf("S%d", i), step))
	}
	f := bl.Must()
	b.ReportAllocs()
	for b.Loop() {
		d, err := f.Run(context.Background(), doc{ID: "a", N: 1})
		if err != nil {
			b.Fatal(err)
		}
		sink = d
	}
}

func BenchmarkChainStart(b *testing.B) {
	bl := flow.New[doc, doc]("chain")
	for i := range 10 {
		bl.Then(flow.Task(fmt.Sprintf("S%d", i), step))
	}
	f := bl.Must()
	b.ReportAllocs()
	for b.Loop() {
		d, err := f.Start(context.Background(), doc{ID: "a", N: 1}).Wait(context.Background())
		if err != nil {
			b.Fatal(err)
		}
		sink = d
	}
}
