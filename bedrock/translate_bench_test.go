package bedrock

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"

	"github.com/flowstone-go/flow/model"
)

// BenchmarkChunk is what a piece of text costs between the SDK's event and the reader of the stream.
func BenchmarkChunk(b *testing.B) {
	ev := &types.ConverseStreamOutputMemberContentBlockDelta{Value: types.ContentBlockDeltaEvent{
		ContentBlockIndex: aws.Int32(0), Delta: &types.ContentBlockDeltaMemberText{Value: "a piece of text"},
	}}
	t := &translator{model: "m"}
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		events, err := t.translate(ev)
		if err != nil {
			b.Fatal(err)
		}
		for _, ev := range events {
			if ev.Type == model.EventText {
				n += len(ev.Text)
			}
		}
	}
	if n == 0 {
		b.Fatal("no text")
	}
}
