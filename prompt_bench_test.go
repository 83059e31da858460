package flow_test

import (
	"context"
	"iter"
	"strings"
	"testing"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/model"
)

// instant answers at once, in many pieces if streamed.
type instant struct{ pieces int }

var instantAnswer = &model.Response{Model: "instant", Content: model.Texts("ok"), Stop: model.StopEnd}

func (instant) Generate(context.Context, *model.Request) (*model.Response, error) {
	return instantAnswer, nil
}

func (m instant) Stream(context.Context, *model.Request) iter.Seq2[model.Event, error] {
	return func(yield func(model.Event, error) bool) {
		for range m.pieces {
			if !yield(model.Event{Type: model.EventText, Text: "token "}, nil) {
				return
			}
		}
		yield(model.Event{Type: model.EventEnd, Response: &model.Response{Stop: model.StopEnd}}, nil)
	}
}

const benchText = "Summarize the letter of {{from}} in three sentences, and say how the writer feels:\n\n{{body}}"

// BenchmarkPrompt is a flow of one Prompt; BenchmarkPromptByHand what one
// writes without a library. The bound is 3 times.
func BenchmarkPrompt(b *testing.B) {
	f := flow.New[letter, string]("letters").Then(flow.Prompt[string]("Draft", instant{}).Text(benchText).MaxTokens(300)).Must()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.Run(b.Context(), ada); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPromptByHand(b *testing.B) {
	m := instant{}
	b.ReportAllocs()
	for b.Loop() {
		text := strings.NewReplacer("{{from}}", ada.From, "{{body}}", ada.Body).Replace(benchText)
		resp, err := m.Generate(b.Context(), &model.Request{Messages: []model.Message{model.UserText(text)}, MaxTokens: 300})
		if err != nil || resp.Text() == "" {
			b.Fatal(err)
		}
	}
}

// BenchmarkChunk is the cost of one piece of a streamed answer, from the model
// to an observer.
func BenchmarkChunk(b *testing.B) {
	n := 0
	f := flow.New[letter, string]("letters").Then(flow.Prompt[string]("Draft", instant{b.N}).Text("?")).Must().
		With(flow.Observe(func(flow.Event) { n++ }))
	b.ReportAllocs()
	b.ResetTimer()
	if _, err := f.Run(b.Context(), ada); err != nil || n < b.N {
		b.Fatal(n, err)
	}
}

// BenchmarkChunkKept is that cost in an execution that keeps its events for
// readers, of which one reads them.
func BenchmarkChunkKept(b *testing.B) {
	f := flow.New[letter, string]("letters").Then(flow.Prompt[string]("Draft", instant{b.N}).Text("?")).Must()
	b.ReportAllocs()
	b.ResetTimer()
	n := 0
	for ev := range f.Start(b.Context(), ada).Events(b.Context()) {
		switch ev.Type {
		case flow.ModelText:
			n++
		case flow.ModelTextDropped:
			n += ev.Length
		}
	}
	if n != b.N {
		b.Fatalf("%d of %d pieces", n, b.N)
	}
}
