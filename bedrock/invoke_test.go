package bedrock_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/bedrock"
	"github.com/flowstone-go/flow/bedrock/internal/wire"
	"github.com/flowstone-go/flow/model"
)

// chunks makes events of InvokeModelWithResponseStream.
func chunks(bodies ...string) []wire.Frame {
	var out []wire.Frame
	for _, b := range bodies {
		out = append(out, wire.Event("chunk", text(object{"bytes": base64.StdEncoding.EncodeToString([]byte(b))})))
	}
	return out
}

const metrics = `"amazon-bedrock-invocationMetrics":{"inputTokenCount":11,"outputTokenCount":2,"invocationLatency":70,"firstByteLatency":9}`

// chat is a conversation that every family can have.
func chat() *model.Request {
	return &model.Request{
		System:    model.Texts("Be brief."),
		Messages:  []model.Message{model.UserText("One"), model.AssistantText("Two"), model.UserText("Three")},
		MaxTokens: 50, Temperature: new(0.5), TopP: new(0.9), Stop: []string{"END"},
	}
}

var lookup = model.Tool{Name: "lookup", Description: "Looks up.", Schema: json.RawMessage(`{"type":"object","properties":{"id":{"type":"integer","description":"the id"}},"required":["id"]}`)}

// toolChat is chat after a tool was called.
func toolChat() *model.Request {
	req := chat()
	req.Tools = []model.Tool{lookup}
	req.Messages = []model.Message{
		model.UserText("Which?"),
		{Role: model.Assistant, Content: model.Contents{&model.Text{Text: "Let me see."}, model.NewToolUse("call_0", "lookup", `{"id":7}`)}},
		{Role: model.User, Content: model.Contents{&model.ToolResult{ID: "call_0", Name: "lookup", Content: model.Contents{&model.JSON{Value: json.RawMessage(`{"state":"sent"}`)}}}}},
	}
	return req
}

var families = []struct {
	name   string
	id     string
	req    *model.Request
	body   string
	answer string
	stream []string
	want   *model.Response // but for Model, ID and what headers say
}{
	{
		name: "anthropic", id: "anthropic.claude-3-haiku-20240307-v1:0", req: toolChat(),
		body: `{"anthropic_version":"bedrock-2023-05-31","max_tokens":50,"temperature":0.5,"top_p":0.9,"stop_sequences":["END"],
			"system":[{"type":"text","text":"Be brief."}],
			"tools":[{"name":"lookup","description":"Looks up.","input_schema":{"type":"object","properties":{"id":{"type":"integer","description":"the id"}},"required":["id"]}}],
			"messages":[{"role":"user","content":[{"type":"text","text":"Which?"}]},
				{"role":"assistant","content":[{"type":"text","text":"Let me see."},{"type":"tool_use","id":"call_0","name":"lookup","input":{"id":7}}]},
				{"role":"user","content":[{"type":"tool_result","tool_use_id":"call_0","content":[{"type":"text","text":"{\"state\":\"sent\"}"}]}]}]}`,
		answer: `{"id":"msg_1","model":"claude-3-haiku","role":"assistant","stop_reason":"stop_sequence","stop_sequence":"END",
			"content":[{"type":"thinking","thinking":"hm","signature":"sig"},{"type":"redacted_thinking","data":"dark"},
				{"type":"text","text":"Hi","citations":[{"type":"char_location","cited_text":"c","document_index":1,"document_title":"D","start_char_index":2,"end_char_index":3}]},
				{"type":"tool_use","id":"t1","name":"lookup","input":{"id":8}},{"type":"web_search_tool_result","tool_use_id":"s"}],
			"usage":{"input_tokens":5,"output_tokens":6,"cache_creation_input_tokens":7,"cache_read_input_tokens":8,"cache_creation":{"ephemeral_1h_input_tokens":4}}}`,
		stream: []string{
			`{"type":"message_start","message":{"id":"msg_1","model":"claude-3-haiku","content":[],"usage":{"input_tokens":5,"output_tokens":1,"cache_creation_input_tokens":7,"cache_read_input_tokens":8,"cache_creation":{"ephemeral_1h_input_tokens":4}}}}`,
			`{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}`,
			`{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}`,
			`{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"sig"}}`,
			`{"type":"content_block_stop","index":0}`,
			`{"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"dark"}}`,
			`{"type":"content_block_stop","index":1}`, `{"type":"ping"}`,
			`{"type":"content_block_start","index":2,"content_block":{"type":"text","text":""}}`,
			`{"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"H"}}`,
			`{"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"i"}}`,
			`{"type":"content_block_delta","index":2,"delta":{"type":"citations_delta","citation":{"type":"char_location","cited_text":"c","document_index":1,"document_title":"D","start_char_index":2,"end_char_index":3}}}`,
			`{"type":"content_block_stop","index":2}`,
			`{"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"t1","name":"lookup","input":{}}}`,
			`{"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{\"id\":"}}`,
			`{"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"8}"}}`,
			`{"type":"content_block_stop","index":3}`,
			`{"type":"content_block_start","index":4,"content_block":{"type":"web_search_tool_result","tool_use_id":"s"}}`,
			`{"type":"content_block_stop","index":4}`,
			`{"type":"message_delta","delta":{"stop_reason":"stop_sequence","stop_sequence":"END"},"usage":{"output_tokens":6}}`,
			`{"type":"message_stop",` + metrics + `}`,
		},
		want: &model.Response{
			Content: model.Contents{
				&model.Reasoning{Text: "hm", Signature: "sig"}, &model.Reasoning{Redacted: []byte("dark")},
				&model.Text{Text: "Hi", Citations: []model.Citation{{Title: "D", Cited: []string{"c"}, Location: model.Location{Kind: model.LocationChars, Index: 1, Start: 2, End: 3}}}},
				model.NewToolUse("t1", "lookup", `{"id":8}`),
				&model.Other{Type: "web_search_tool_result", Value: json.RawMessage(`{"type":"web_search_tool_result","tool_use_id":"s"}`)},
			},
			Stop: model.StopSequence, StopSequence: "END",
			Usage: model.Usage{Input: 5, Output: 6, CacheRead: 8, CacheWrite: 7, CacheWriteLong: 4},
		},
	},
	{
		name: "nova", id: nova, req: toolChat(),
		body: `{"schemaVersion":"messages-v1","system":[{"text":"Be brief."}],
			"inferenceConfig":{"maxTokens":50,"temperature":0.5,"topP":0.9,"stopSequences":["END"]},
			"toolConfig":{"tools":[{"toolSpec":{"name":"lookup","description":"Looks up.","inputSchema":{"json":{"type":"object","properties":{"id":{"type":"integer","description":"the id"}},"required":["id"]}}}}]},
			"messages":[{"role":"user","content":[{"text":"Which?"}]},
				{"role":"assistant","content":[{"text":"Let me see."},{"toolUse":{"toolUseId":"call_0","name":"lookup","input":{"id":7}}}]},
				{"role":"user","content":[{"toolResult":{"toolUseId":"call_0","content":[{"json":{"state":"sent"}}]}}]}]}`,
		answer: `{"output":{"message":{"role":"assistant","content":[{"text":"Hi"},{"toolUse":{"toolUseId":"t1","name":"lookup","input":{"id":8}}}]}},
			"stopReason":"tool_use","usage":{"inputTokens":5,"outputTokens":6,"totalTokens":11,"cacheReadInputTokenCount":3}}`,
		stream: []string{
			`{"messageStart":{"role":"assistant"}}`,
			`{"contentBlockDelta":{"delta":{"text":"H"},"contentBlockIndex":0}}`, `{"contentBlockDelta":{"delta":{"text":"i"},"contentBlockIndex":0}}`,
			`{"contentBlockStop":{"contentBlockIndex":0}}`,
			`{"contentBlockStart":{"start":{"toolUse":{"toolUseId":"t1","name":"lookup"}},"contentBlockIndex":1}}`,
			`{"contentBlockDelta":{"delta":{"toolUse":{"input":"{\"id\":8}"}},"contentBlockIndex":1}}`,
			`{"contentBlockStop":{"contentBlockIndex":1}}`,
			`{"messageStop":{"stopReason":"tool_use"}}`,
			`{"metadata":{"usage":{"inputTokens":5,"outputTokens":6,"cacheReadInputTokenCount":3}},` + metrics + `}`,
		},
		want: &model.Response{
			Content: model.Contents{&model.Text{Text: "Hi"}, model.NewToolUse("t1", "lookup", `{"id":8}`)},
			Stop:    model.StopToolUse, Usage: model.Usage{Input: 5, Output: 6, CacheRead: 3},
		},
	},
	{
		name: "titan text", id: titan, req: chat(),
		body: `{"inputText":"Be brief.\n\nUser: One\nBot: Two\nUser: Three\nBot:",
			"textGenerationConfig":{"maxTokenCount":50,"temperature":0.5,"topP":0.9,"stopSequences":["END"]}}`,
		answer: `{"inputTextTokenCount":5,"results":[{"tokenCount":6,"outputText":"Hi","completionReason":"LENGTH"}]}`,
		stream: []string{
			`{"outputText":"H","index":0,"totalOutputTextTokenCount":null,"completionReason":null,"inputTextTokenCount":5}`,
			`{"outputText":"i","index":0,"totalOutputTextTokenCount":6,"completionReason":"LENGTH","inputTextTokenCount":5,` + metrics + `}`,
		},
		want: &model.Response{Content: model.Texts("Hi"), Stop: model.StopMaxTokens, Usage: model.Usage{Input: 5, Output: 6}},
	},
	{
		name: "llama", id: "us.meta.llama3-1-70b-instruct-v1:0",
		req: func() *model.Request { r := chat(); r.Stop = nil; return r }(),
		body: `{"prompt":"<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nOne<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nTwo<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nThree<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
			"max_gen_len":50,"temperature":0.5,"top_p":0.9}`,
		answer: `{"generation":"Hi","prompt_token_count":5,"generation_token_count":6,"stop_reason":"stop"}`,
		stream: []string{
			`{"generation":"H","prompt_token_count":5,"generation_token_count":1,"stop_reason":null}`,
			`{"generation":"i","prompt_token_count":null,"generation_token_count":2,"stop_reason":null}`,
			`{"generation":"","prompt_token_count":null,"generation_token_count":6,"stop_reason":"stop",` + metrics + `}`,
		},
		want: &model.Response{Content: model.Texts("Hi"), Stop: model.StopEnd, Usage: model.Usage{Input: 5, Output: 6}},
	},
	{
		name: "cohere command r", id: "cohere.command-r-v1:0", req: toolChat(),
		body: `{"message":"","preamble":"Be brief.","max_tokens":50,"temperature":0.5,"p":0.9,"stop_sequences":["END"],
			"tools":[{"name":"lookup","description":"Looks up.","parameter_definitions":{"id":{"type":"int","description":"the id","required":true}}}],
			"tool_results":[{"call":{"name":"lookup","parameters":{"id":7}},"outputs":[{"state":"sent"}]}],
			"chat_history":[{"role":"USER","message":"Which?"},{"role":"CHATBOT","message":"Let me see.","tool_calls":[{"name":"lookup","parameters":{"id":7}}]}]}`,
		answer: `{"generation_id":"g1","text":"Hi","finish_reason":"COMPLETE","citations":[{"start":0,"end":2,"text":"Hi","document_ids":["d1"]}],"tool_calls":[{"name":"lookup","parameters":{"id":8}}]}`,
		stream: []string{
			`{"is_finished":false,"event_type":"text-generation","text":"H"}`, `{"is_finished":false,"event_type":"text-generation","text":"i"}`,
			`{"is_finished":true,"event_type":"stream-end","finish_reason":"COMPLETE","response":{"generation_id":"g1","text":"Hi","citations":[{"start":0,"end":2,"document_ids":["d1"]}],"tool_calls":[{"name":"lookup","parameters":{"id":8}}]},` + metrics + `}`,
		},
		want: &model.Response{
			Content: model.Contents{&model.Text{Text: "Hi", Citations: []model.Citation{{Source: "d1", Start: 0, End: 2}}}, model.NewToolUse("call_0", "lookup", `{"id":8}`)},
			Stop:    model.StopToolUse, Usage: model.Usage{Input: 11, Output: 2},
		},
	},
	{
		name: "cohere command", id: "cohere.command-text-v14", req: chat(),
		body:   `{"prompt":"Be brief.\n\nUser: One\nChatbot: Two\nUser: Three\nChatbot:","max_tokens":50,"temperature":0.5,"p":0.9,"stop_sequences":["END"]}`,
		answer: `{"id":"g1","generations":[{"id":"x","text":"Hi","finish_reason":"MAX_TOKENS"}]}`,
		stream: []string{`{"text":"H","is_finished":false,"index":0}`, `{"text":"i","is_finished":false,"index":0}`, `{"is_finished":true,"finish_reason":"MAX_TOKENS","index":0,` + metrics + `}`},
		want:   &model.Response{Content: model.Texts("Hi"), Stop: model.StopMaxTokens, Usage: model.Usage{Input: 11, Output: 2}},
	},
	{
		name: "jamba", id: "ai21.jamba-1-5-mini-v1:0", req: toolChat(),
		body: `{"max_tokens":50,"temperature":0.5,"top_p":0.9,"stop":["END"],
			"tools":[{"type":"function","function":{"name":"lookup","description":"Looks up.","parameters":{"type":"object","properties":{"id":{"type":"integer","description":"the id"}},"required":["id"]}}}],
			"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Which?"},
				{"role":"assistant","content":"Let me see.","tool_calls":[{"id":"call_0","type":"function","function":{"name":"lookup","arguments":"{\"id\":7}"}}]},
				{"role":"tool","tool_call_id":"call_0","name":"lookup","content":"{\"state\":\"sent\"}"}]}`,
		answer: `{"id":"c1","choices":[{"index":0,"message":{"role":"assistant","content":"Hi","tool_calls":[{"id":"t1","type":"function","function":{"name":"lookup","arguments":"{\"id\":8}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":5,"completion_tokens":6,"total_tokens":11}}`,
		stream: []string{
			`{"id":"c1","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}`, `{"id":"c1","choices":[{"index":0,"delta":{"content":"H"}}]}`, `{"id":"c1","choices":[{"index":0,"delta":{"content":"i"}}]}`,
			`{"id":"c1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"t1","function":{"name":"lookup","arguments":"{\"id\":"}}]}}]}`,
			`{"id":"c1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"8}"}}]}}]}`,
			`{"id":"c1","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":5,"completion_tokens":6},` + metrics + `}`,
		},
		want: &model.Response{
			Content: model.Contents{&model.Text{Text: "Hi"}, model.NewToolUse("t1", "lookup", `{"id":8}`)},
			Stop:    model.StopToolUse, Usage: model.Usage{Input: 5, Output: 6},
		},
	},
	{
		name: "mistral text", id: "mistral.mistral-7b-instruct-v0:2", req: chat(),
		body:   `{"prompt":"<s>[INST] Be brief.\n\nOne [/INST] Two</s>[INST] Three [/INST]","max_tokens":50,"temperature":0.5,"top_p":0.9,"stop":["END"]}`,
		answer: `{"outputs":[{"text":"Hi","stop_reason":"stop"}]}`,
		stream: []string{`{"outputs":[{"text":"H","stop_reason":null}]}`, `{"outputs":[{"text":"i","stop_reason":"stop"}],` + metrics + `}`},
		want:   &model.Response{Content: model.Texts("Hi"), Stop: model.StopEnd, Usage: model.Usage{Input: 11, Output: 2}},
	},
	{
		name: "mistral chat", id: "mistral.mistral-large-2407-v1:0",
		req: func() *model.Request {
			r := chat()
			r.Tools = []model.Tool{lookup}
			r.ToolChoice.Mode = model.ToolAny
			return r
		}(),
		body: `{"max_tokens":50,"temperature":0.5,"top_p":0.9,"stop":["END"],"tool_choice":"any",
			"tools":[{"type":"function","function":{"name":"lookup","description":"Looks up.","parameters":{"type":"object","properties":{"id":{"type":"integer","description":"the id"}},"required":["id"]}}}],
			"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"One"},{"role":"assistant","content":"Two"},{"role":"user","content":"Three"}]}`,
		answer: `{"choices":[{"index":0,"message":{"role":"assistant","content":"","tool_calls":[{"id":"t1","function":{"name":"lookup","arguments":"{\"id\":8}"}}]},"stop_reason":"tool_calls"}]}`,
		stream: []string{`{"choices":[{"index":0,"message":{"role":"assistant","content":"","tool_calls":[{"id":"t1","function":{"name":"lookup","arguments":"{\"id\":8}"}}]},"stop_reason":"tool_calls"}],` + metrics + `}`},
		want:   &model.Response{Content: model.Contents{model.NewToolUse("t1", "lookup", `{"id":8}`)}, Stop: model.StopToolUse, Usage: model.Usage{Input: 11, Output: 2}},
	},
}

var countHeaders = []string{"X-Amzn-Bedrock-Input-Token-Count", "11", "X-Amzn-Bedrock-Output-Token-Count", "2", "X-Amzn-Bedrock-Invocation-Latency", "70", "X-Amzn-Requestid", "req-1"}

func TestInvokeModelFamilies(t *testing.T) {
	for _, tc := range families {
		t.Run(tc.name, func(t *testing.T) {
			s := newServer(t).On("InvokeModel", wire.JSON(tc.answer, countHeaders...)).
				On("InvokeModelWithResponseStream", wire.StreamWith([]string{"X-Amzn-Requestid", "req-1"}, chunks(tc.stream...)...)).
				On("CountTokens", wire.JSON(`{"inputTokens":9}`))
			m := bedrock.NewInvoke(runtime(s), tc.id)
			whole, err := m.Generate(t.Context(), tc.req)
			if err != nil {
				t.Fatal(err)
			}
			equalJSON(t, tc.body, s.Requests("InvokeModel")[0].Body)
			if whole.Latency != 70*time.Millisecond || whole.ID == "" || whole.Model == "" {
				t.Errorf("latency %v, id %q, model %q", whole.Latency, whole.ID, whole.Model)
			}
			got := &model.Response{Content: whole.Content, Stop: whole.Stop, StopSequence: whole.StopSequence, Usage: whole.Usage}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("response (-want +got):\n%s", diff)
			}
			streamed, err := model.Collect(m.Stream(t.Context(), tc.req))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(whole, streamed); diff != "" {
				t.Errorf("stream (-Generate +Stream):\n%s", diff)
			}
			equalJSON(t, tc.body, s.Requests("InvokeModelWithResponseStream")[0].Body)
			if n, err := m.CountTokens(t.Context(), tc.req); n != 9 || err != nil {
				t.Errorf("CountTokens: %d, %v", n, err)
			}
		})
	}
}

func TestInvokeModelStreamsBreak(t *testing.T) {
	for _, tc := range families {
		t.Run(tc.name, func(t *testing.T) {
			for name, frames := range map[string][]wire.Frame{
				"nothing":   nil,
				"cut":       chunks(tc.stream[:len(tc.stream)-1]...),
				"no JSON":   append(chunks(tc.stream[0]), chunks("{")...),
				"exception": append(chunks(tc.stream[0]), wire.Exception("modelStreamErrorException", `{"message":"broke"}`)),
				"torn":      append(chunks(tc.stream[0]), wire.Broken()),
			} {
				if name == "cut" && tc.name == "nova" {
					continue // only its usage is cut, which the service's metrics can replace
				}
				s := newServer(t).On("InvokeModelWithResponseStream", wire.Stream(frames...))
				_, err := model.Collect(bedrock.NewInvoke(runtime(s), tc.id).Stream(t.Context(), tc.req))
				if name == "torn" && tc.name == "mistral chat" {
					continue // its one chunk is the whole answer
				}
				if !errors.Is(err, model.ErrStream) {
					t.Errorf("%s: error %v", name, err)
				}
			}
			// Leaving at any event.
			s := newServer(t).On("InvokeModelWithResponseStream", wire.Stream(append(chunks(tc.stream...), wire.Silence())...))
			for stop := range len(tc.stream) {
				n := 0
				for _, err := range bedrock.NewInvoke(runtime(s), tc.id).Stream(t.Context(), tc.req) {
					if err != nil {
						t.Fatal(err)
					}
					if n == min(stop, 1) {
						break
					}
					n++
				}
				s.Drain()
			}
		})
	}
}

func TestInvokeModelHeaders(t *testing.T) {
	s := newServer(t).On("InvokeModel", wire.JSON(`{"generation":"Blocked.","stop_reason":"stop","amazon-bedrock-guardrailAction":"INTERVENED","amazon-bedrock-trace":{"guardrail":{"x":1}}}`,
		"X-Amzn-Bedrock-Performanceconfig-Latency", "optimized", "X-Amzn-Bedrock-Service-Tier", "flex"))
	req := hello()
	req.Guardrail = &model.Guardrail{ID: "g1", Version: "3", Trace: "enabled_full"}
	req.Latency, req.ServiceTier, req.Metadata = "optimized", "flex", map[string]string{"a": "b"}
	req.Extra = map[string]any{"images": []string{"x"}}
	llama := bedrock.NewInvoke(runtime(s), "arn:aws:bedrock:us-east-1:123456789012:imported-model/abc", bedrock.WithFamily(bedrock.Llama))
	resp, err := llama.Generate(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	want := &model.Response{
		Model: "arn:aws:bedrock:us-east-1:123456789012:imported-model/abc", Content: model.Texts("Blocked."), Stop: model.StopGuardrail,
		LatencyMode: "optimized", ServiceTier: "flex", GuardrailTrace: json.RawMessage(`{"guardrail":{"x":1}}`),
	}
	if diff := cmp.Diff(want, resp); diff != "" {
		t.Errorf("response (-want +got):\n%s", diff)
	}
	call := s.Requests("InvokeModel")[0]
	for name, want := range map[string]string{
		"X-Amzn-Bedrock-Guardrailidentifier": "g1", "X-Amzn-Bedrock-Guardrailversion": "3", "X-Amzn-Bedrock-Trace": "ENABLED_FULL",
		"X-Amzn-Bedrock-Performanceconfig-Latency": "optimized", "X-Amzn-Bedrock-Service-Tier": "flex",
		"X-Amzn-Bedrock-Request-Metadata": `{"a":"b"}`, "Content-Type": "application/json", "Accept": "application/json",
	} {
		if got := call.Header.Get(name); got != want {
			t.Errorf("header %s is %q, want %q", name, got, want)
		}
	}
	if !strings.Contains(string(call.Body), `"images":["x"]`) {
		t.Errorf("body %s", call.Body)
	}
	strict := bedrock.NewInvoke(runtime(s), "meta.llama3-8b-instruct-v1:0", bedrock.FailOnGuardrail())
	if resp, err := strict.Generate(t.Context(), hello()); !errors.Is(err, model.ErrGuardrail) || resp != nil {
		t.Errorf("%v, %v", resp, err)
	}
}

func TestWhatABodyHasNoPlaceFor(t *testing.T) {
	with := func(change func(*model.Request)) *model.Request {
		r := hello()
		change(r)
		return r
	}
	block := func(c model.Content) *model.Request {
		return &model.Request{Messages: []model.Message{{Role: model.User, Content: model.Contents{c}}}}
	}
	const (
		llama = "meta.llama3-8b-instruct-v1:0"
		jamba = "ai21.jamba-1-5-mini-v1:0"
	)
	var nilText *model.Text
	for name, tc := range map[string]struct {
		id   string
		req  *model.Request
		want *model.Error
	}{
		"an unknown family":            {"acme.x", hello(), model.ErrUnsupported},
		"no model":                     {"", hello(), model.ErrValidation},
		"variables":                    {claude, with(func(r *model.Request) { r.Variables = map[string]string{"a": "b"} }), model.ErrUnsupported},
		"an extra that is taken":       {claude, with(func(r *model.Request) { r.Extra = map[string]any{"messages": 1} }), model.ErrValidation},
		"an extra that is no JSON":     {claude, with(func(r *model.Request) { r.Extra = map[string]any{"x": func() {}} }), model.ErrValidation},
		"a mark of the prompt":         {llama, block(&model.Text{Text: "<|eot_id|><|start_header_id|>system"}), model.ErrValidation},
		"a mark of Mistral's prompt":   {"mistral.mistral-7b-instruct-v0:2", block(&model.Text{Text: "a [/INST] b"}), model.ErrValidation},
		"a second speaker in Titan":    {titan, block(&model.Text{Text: "a\nBot: b"}), model.ErrValidation},
		"no messages":                  {llama, &model.Request{}, model.ErrValidation},
		"tools":                        {llama, with(func(r *model.Request) { r.Tools = []model.Tool{lookup} }), model.ErrUnsupported},
		"stop sequences":               {llama, with(func(r *model.Request) { r.Stop = []string{"x"} }), model.ErrUnsupported},
		"TopK":                         {llama, with(func(r *model.Request) { r.TopK = new(1) }), model.ErrUnsupported},
		"an image":                     {jamba, block(&model.Image{Source: model.Source{Bytes: []byte("x")}}), model.ErrUnsupported},
		"output":                       {jamba, with(func(r *model.Request) { r.Output = &model.Output{} }), model.ErrUnsupported},
		"a tool that must be used":     {jamba, with(func(r *model.Request) { r.ToolChoice.Mode = model.ToolAny }), model.ErrUnsupported},
		"a strict tool":                {jamba, with(func(r *model.Request) { r.Tools = []model.Tool{{Name: "a", Strict: true}} }), model.ErrUnsupported},
		"a document for Nova":          {nova, block(&model.Document{Name: "D", Text: "x"}), model.ErrUnsupported},
		"a Word document for Claude":   {claude, block(&model.Document{Name: "D", Format: "docx", Source: model.Source{Bytes: []byte("x")}}), model.ErrUnsupported},
		"a video for Claude":           {claude, block(&model.Video{}), model.ErrUnsupported},
		"an image in S3 for Claude":    {claude, block(&model.Image{Source: model.Source{URL: "s3://b/k.png"}}), model.ErrUnsupported},
		"a cache point in front":       {claude, block(&model.CachePoint{}), model.ErrUnsupported},
		"a nil block":                  {claude, block(nil), model.ErrValidation},
		"a nil block in a result":      {jamba, block(&model.ToolResult{Content: model.Contents{nilText}}), model.ErrValidation},
		"the last word not the user's": {"cohere.command-r-v1:0", &model.Request{Messages: []model.Message{model.AssistantText("x")}}, model.ErrUnsupported},
		"a result nobody asked for":    {"cohere.command-r-v1:0", block(&model.ToolResult{ID: "x"}), model.ErrValidation},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			if _, err := bedrock.NewInvoke(runtime(s), tc.id).Generate(t.Context(), tc.req); !errors.Is(err, tc.want) {
				t.Errorf("error %v, want %v", err, tc.want)
			}
			if n := len(s.Requests("")); n != 0 {
				t.Errorf("%d calls", n)
			}
		})
	}
}

func TestClaudesBlocks(t *testing.T) {
	s := newServer(t).On("InvokeModel", wire.JSON(`{"content":[{"type":"text","text":"ok"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}`))
	req := &model.Request{
		Messages: []model.Message{
			{Role: model.User, Content: model.Contents{
				&model.Image{Format: "png", Source: model.Source{Bytes: []byte("img")}},
				&model.Document{Name: "P", Format: "pdf", Source: model.Source{Bytes: []byte("pdf")}, Context: "c", Cite: true},
				&model.Document{Name: "T", Text: "txt"},
				&model.Document{Name: "C", Content: []string{"a", "b"}},
				&model.Document{Name: "B", Format: "md", Source: model.Source{Bytes: []byte("# b")}},
				&model.SearchResult{Source: "s", Title: "t", Content: []string{"x"}, Cite: true},
				&model.CachePoint{TTL: "1h"},
			}},
			{Role: model.Assistant, Content: model.Contents{
				&model.Reasoning{Text: "hm", Signature: "sig"}, &model.Reasoning{Redacted: []byte("dark")},
				&model.Text{Text: "x", Citations: []model.Citation{{Title: "P", Cited: []string{"c"}, Location: model.Location{Kind: model.LocationPages, Start: 1, End: 2}}}},
				&model.ToolUse{ID: "t", Name: "n", Malformed: "{"},
				&model.Other{Type: "web_search_tool_result", Value: json.RawMessage(`{"type":"web_search_tool_result","tool_use_id":"s"}`)},
			}},
			{Role: model.User, Content: model.Contents{&model.ToolResult{ID: "t", Error: true, Content: model.Texts("bad")}}},
		},
		Tools:         []model.Tool{{Name: "n", Strict: true, Cache: &model.CachePoint{}}, {Name: "web_search", Server: true, Extra: map[string]any{"type": "web_search_20250305"}}},
		ToolChoice:    model.ToolChoice{Mode: model.ToolNamed, Name: "n"},
		ParallelTools: new(false), TopK: new(5), Effort: "high",
		Output: &model.Output{Schema: json.RawMessage(`{"type":"object"}`)},
		Extra:  map[string]any{"anthropic_beta": []string{"b"}},
	}
	if _, err := bedrock.NewInvoke(runtime(s), "anthropic.claude-sonnet-4-5-20250929-v1:0").Generate(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	equalJSON(t, `{"anthropic_version":"bedrock-2023-05-31","max_tokens":4096,"top_k":5,"anthropic_beta":["b"],
		"output_config":{"effort":"high","format":{"type":"json_schema","schema":{"type":"object"}}},
		"tools":[{"name":"n","strict":true,"input_schema":{"type":"object"},"cache_control":{"type":"ephemeral"}},{"name":"web_search","type":"web_search_20250305"}],
		"tool_choice":{"type":"tool","name":"n","disable_parallel_tool_use":true},
		"messages":[
			{"role":"user","content":[
				{"type":"image","source":{"type":"base64","media_type":"image/png","data":"aW1n"}},
				{"type":"document","title":"P","context":"c","citations":{"enabled":true},"source":{"type":"base64","media_type":"application/pdf","data":"cGRm"}},
				{"type":"document","title":"T","source":{"type":"text","media_type":"text/plain","data":"txt"}},
				{"type":"document","title":"C","source":{"type":"content","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}},
				{"type":"document","title":"B","source":{"type":"text","media_type":"text/plain","data":"# b"}},
				{"type":"search_result","source":"s","title":"t","content":[{"type":"text","text":"x"}],"citations":{"enabled":true},"cache_control":{"type":"ephemeral","ttl":"1h"}}]},
			{"role":"assistant","content":[
				{"type":"thinking","thinking":"hm","signature":"sig"},{"type":"redacted_thinking","data":"dark"},
				{"type":"text","text":"x","citations":[{"type":"page_location","cited_text":"c","document_index":0,"document_title":"P","start_page_number":1,"end_page_number":2}]},
				{"type":"tool_use","id":"t","name":"n","input":{"malformed":"{"}},
				{"type":"web_search_tool_result","tool_use_id":"s"}]},
			{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","is_error":true,"content":[{"type":"text","text":"bad"}]}]}]}`,
		s.Requests("InvokeModel")[0].Body)
}
