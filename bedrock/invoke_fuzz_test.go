package bedrock

import (
	"testing"

	"github.com/flowstone-go/flow/model"
)

// FuzzInvokeAnswers feeds every family's reader with anything: whole, and as two chunks of a stream. Nothing may panic, an answer
// comes without an error or not at all, and events make an answer or an error when they are collected.
func FuzzInvokeAnswers(f *testing.F) {
	for _, seed := range []string{
		`null`, `{}`, `[]`, `{"type":"content_block_start","index":0}`, `{"type":"content_block_start","index":-1,"content_block":{"type":"tool_use","input":{}}}`,
		`{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":6}}`, `{"type":"message_stop"}`, `{"content":[{"type":"text","text":"x"}]}`,
		`{"contentBlockDelta":{"delta":{"toolUse":{"input":"x"}},"contentBlockIndex":1}}`, `{"contentBlockStart":{"start":{"toolUse":{}}}}`, `{"messageStop":{"stopReason":"tool_use"}}`,
		`{"output":{"message":{"content":[{"text":"x"},{"toolUse":{"input":null}}]}}}`, `{"results":[{}]}`, `{"generation":"x","stop_reason":"stop"}`,
		`{"event_type":"text-generation","text":"x"}`, `{"event_type":"stream-end","response":{"tool_calls":[{"name":"a"}]}}`, `{"text":null,"tool_calls":[{}]}`,
		`{"choices":[{"index":0,"delta":{"tool_calls":[{"index":-2,"function":{"arguments":{"a":1}}}]},"finish_reason":"stop"}]}`, `{"outputs":[{"text":"x","stop_reason":"length"}]}`,
		`{"generations":[{"text":"x"}]}`, `{"is_finished":true}`, `{"outputText":"x","completionReason":"FINISH"}`,
	} {
		f.Add([]byte(seed), []byte(`{}`))
		f.Add([]byte(seed), []byte(seed))
	}
	f.Fuzz(func(t *testing.T, first, second []byte) {
		for family, b := range bodies {
			if resp, err := b.response(first); (resp == nil) == (err == nil) {
				t.Errorf("%s: %v, %v", family, resp, err)
			} else if err == nil && resp.Stop == "" {
				t.Errorf("%s: no stop reason in %s", family, first)
			}
			reader := b.reader()
			_, err := model.Collect(func(yield func(model.Event, error) bool) {
				for _, data := range [][]byte{first, second} {
					events, err := reader.chunk(data)
					for _, ev := range events {
						if !yield(ev, nil) {
							return
						}
					}
					if err != nil {
						yield(model.Event{}, err)
						return
					}
				}
				events, err := reader.finish()
				for _, ev := range events {
					if !yield(ev, nil) {
						return
					}
				}
				if err != nil {
					yield(model.Event{}, err)
				}
			})
			if err != nil && err.Error() == "" {
				t.Errorf("%s: an error without a word", family)
			}
		}
	})
}
