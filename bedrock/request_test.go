package bedrock_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/bedrock"
	"github.com/flowstone-go/flow/bedrock/internal/wire"
	"github.com/flowstone-go/flow/model"
)

// everything is a request with each field set that Converse has a place for.
func everything() *model.Request {
	return &model.Request{
		System: model.Contents{
			&model.Text{Text: "Be brief."},
			&model.Guard{Text: "guarded", Qualifiers: []string{"query"}},
			&model.CachePoint{TTL: "1h"},
		},
		Messages: []model.Message{
			{Role: model.User, Content: model.Contents{
				&model.Text{Text: "Look at these."},
				&model.Image{Format: "png", Source: model.Source{Bytes: []byte("img")}},
				&model.Image{Source: model.Source{URL: "s3://bucket/a/photo.JPG", S3Owner: "123456789012"}},
				&model.Document{Name: "Report", Format: "pdf", Source: model.Source{Bytes: []byte("pdf")}, Context: "this year's", Cite: true},
				&model.Document{Name: "Notes", Source: model.Source{MIMEType: "text/plain"}, Text: "note"},
				&model.Document{Name: "Chunks", Format: "md", Content: []string{"one", "two"}},
				&model.Video{Format: "mp4", Source: model.Source{URL: "s3://bucket/v.mp4"}},
				&model.Audio{Source: model.Source{Bytes: []byte("snd"), MIMEType: "audio/mpeg"}},
				&model.SearchResult{Source: "https://example.com", Title: "T", Content: []string{"found"}, Cite: true},
				&model.Guard{Image: &model.Image{Format: "jpeg", Source: model.Source{Bytes: []byte("g")}}},
				&model.CachePoint{},
			}},
			{Role: model.Assistant, Content: model.Contents{
				&model.Reasoning{Text: "hm", Signature: "sig", Redacted: []byte("dark")},
				&model.Text{Text: "cited", Citations: []model.Citation{
					{Title: "Report", Source: "s", Cited: []string{"passage"}, Location: model.Location{Kind: model.LocationPages, Index: 1, Start: 2, End: 3}},
					{Location: model.Location{Kind: model.LocationChars, Start: 0, End: 9}},
					{Location: model.Location{Kind: model.LocationChunks, Index: 2, Start: 1, End: 1}},
					{Location: model.Location{Kind: model.LocationSearchResult, Index: 4, Start: 5, End: 6}},
					{Location: model.Location{Kind: model.LocationWeb, URL: "https://example.com/p", Domain: "example.com"}},
				}},
				&model.Refusal{Text: "no"},
				&model.ToolUse{ID: "t1", Name: "lookup", Input: json.RawMessage(`{"n":12345678901234567890,"f":1.50}`)},
				&model.ToolUse{ID: "t2", Name: "lookup", Malformed: `{"n":`},
				&model.ToolUse{ID: "t3", Name: "web", Server: true},
			}},
			{Role: model.User, Content: model.Contents{
				&model.ToolResult{ID: "t1", Name: "lookup", Content: model.Contents{
					&model.Text{Text: "found"}, &model.JSON{Value: json.RawMessage(`{"a":[1,null]}`)},
					&model.Image{Format: "gif", Source: model.Source{Bytes: []byte("i")}},
					&model.Document{Name: "D", Format: "txt", Text: "d"},
					&model.Video{Format: "3gpp", Source: model.Source{Bytes: []byte("v")}},
					&model.SearchResult{Source: "s", Title: "t"},
				}},
				&model.ToolResult{ID: "t2", Error: true, Content: model.Contents{&model.Text{Text: "no JSON"}}},
				&model.ToolResult{ID: "t3", Server: "web_result"},
			}},
			{Role: model.System, Content: model.Contents{
				&model.ToolChange{Name: "extra", Server: "mcp", Type: "tool"},
				&model.ToolChange{Name: "lookup", Remove: true},
			}},
		},
		MaxTokens:   512,
		Temperature: new(0.2),
		TopP:        new(0.9),
		TopK:        new(50),
		Stop:        []string{"END"},
		Effort:      "low",
		Tools: []model.Tool{
			{Name: "lookup", Description: "Looks up.", Schema: json.RawMessage(`{"type":"object","properties":{"n":{"type":"integer"}}}`), Strict: true, Cache: &model.CachePoint{TTL: "5m"}},
			{Name: "bare"},
			{Name: "web", Server: true},
		},
		ToolChoice:  model.ToolChoice{Mode: model.ToolNamed, Name: "lookup"},
		Output:      &model.Output{Name: "Out", Description: "The answer.", Schema: json.RawMessage(`{"type":"object"}`)},
		Guardrail:   &model.Guardrail{ID: "abc", Trace: "enabled", StreamMode: "async"},
		ServiceTier: "flex", Latency: "optimized",
		Metadata:   map[string]string{"flow": "f1"},
		Extra:      map[string]any{"big": json.Number("12345678901234567890"), "inferenceConfig": map[string]any{"x": true}},
		ExtraPaths: []string{"/stop_sequence"},
	}
}

const everythingOnTheWire = `{
	"system": [
		{"text": "Be brief."},
		{"guardContent": {"text": {"text": "guarded", "qualifiers": ["query"]}}},
		{"cachePoint": {"type": "default", "ttl": "1h"}}],
	"messages": [
		{"role": "user", "content": [
			{"text": "Look at these."},
			{"image": {"format": "png", "source": {"bytes": "aW1n"}}},
			{"image": {"format": "jpeg", "source": {"s3Location": {"uri": "s3://bucket/a/photo.JPG", "bucketOwner": "123456789012"}}}},
			{"document": {"name": "Report", "format": "pdf", "source": {"bytes": "cGRm"}, "context": "this year's", "citations": {"enabled": true}}},
			{"document": {"name": "Notes", "format": "txt", "source": {"text": "note"}}},
			{"document": {"name": "Chunks", "format": "md", "source": {"content": [{"text": "one"}, {"text": "two"}]}}},
			{"video": {"format": "mp4", "source": {"s3Location": {"uri": "s3://bucket/v.mp4"}}}},
			{"audio": {"format": "mp3", "source": {"bytes": "c25k"}}},
			{"searchResult": {"source": "https://example.com", "title": "T", "content": [{"text": "found"}], "citations": {"enabled": true}}},
			{"guardContent": {"image": {"format": "jpeg", "source": {"bytes": "Zw=="}}}},
			{"cachePoint": {"type": "default"}}]},
		{"role": "assistant", "content": [
			{"reasoningContent": {"reasoningText": {"text": "hm", "signature": "sig"}}},
			{"reasoningContent": {"redactedContent": "ZGFyaw=="}},
			{"citationsContent": {"content": [{"text": "cited"}], "citations": [
				{"title": "Report", "source": "s", "sourceContent": [{"text": "passage"}], "location": {"documentPage": {"documentIndex": 1, "start": 2, "end": 3}}},
				{"location": {"documentChar": {"documentIndex": 0, "start": 0, "end": 9}}},
				{"location": {"documentChunk": {"documentIndex": 2, "start": 1, "end": 1}}},
				{"location": {"searchResultLocation": {"searchResultIndex": 4, "start": 5, "end": 6}}},
				{"location": {"web": {"url": "https://example.com/p", "domain": "example.com"}}}]}},
			{"text": "no"},
			{"toolUse": {"toolUseId": "t1", "name": "lookup", "input": {"n": 12345678901234567890, "f": 1.50}}},
			{"toolUse": {"toolUseId": "t2", "name": "lookup", "input": {"malformed": "{\"n\":"}}},
			{"toolUse": {"toolUseId": "t3", "name": "web", "input": {}, "type": "server_tool_use"}}]},
		{"role": "user", "content": [
			{"toolResult": {"toolUseId": "t1", "content": [
				{"text": "found"}, {"json": {"a": [1, null]}},
				{"image": {"format": "gif", "source": {"bytes": "aQ=="}}},
				{"document": {"name": "D", "format": "txt", "source": {"text": "d"}}},
				{"video": {"format": "three_gp", "source": {"bytes": "dg=="}}},
				{"searchResult": {"source": "s", "title": "t", "content": []}}]}},
			{"toolResult": {"toolUseId": "t2", "status": "error", "content": [{"text": "no JSON"}]}},
			{"toolResult": {"toolUseId": "t3", "type": "web_result", "content": []}}]},
		{"role": "system", "content": [
			{"toolAddition": {"tool": {"name": "extra", "serverName": "mcp", "type": "tool"}}},
			{"toolRemoval": {"tool": {"name": "lookup"}}}]}],
	"inferenceConfig": {"maxTokens": 512, "temperature": 0.2, "topP": 0.9, "stopSequences": ["END"]},
	"outputConfig": {"effort": "low", "textFormat": {"type": "json_schema", "structure": {"jsonSchema": {
		"name": "Out", "description": "The answer.", "schema": "{\"type\":\"object\"}"}}}},
	"toolConfig": {"toolChoice": {"tool": {"name": "lookup"}}, "tools": [
		{"toolSpec": {"name": "lookup", "description": "Looks up.", "strict": true,
			"inputSchema": {"json": {"type": "object", "properties": {"n": {"type": "integer"}}}}}},
		{"cachePoint": {"type": "default", "ttl": "5m"}},
		{"toolSpec": {"name": "bare", "inputSchema": {"json": {"type": "object"}}}},
		{"systemTool": {"name": "web"}}]},
	"guardrailConfig": {"guardrailIdentifier": "abc", "guardrailVersion": "DRAFT", "trace": "enabled"},
	"serviceTier": {"type": "flex"}, "performanceConfig": {"latency": "optimized"},
	"requestMetadata": {"flow": "f1"},
	"additionalModelRequestFields": {"big": 12345678901234567890, "inferenceConfig": {"topK": 50, "x": true}},
	"additionalModelResponseFieldPaths": ["/stop_sequence"]}`

func TestConverseSendsEveryField(t *testing.T) {
	s := newServer(t).On("Converse", wire.JSON(okAnswer))
	req := everything()
	if _, err := newModel(s).Generate(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(everything(), req); diff != "" {
		t.Errorf("the request was changed (-want +got):\n%s", diff)
	}
	calls := s.Requests("Converse")
	if len(calls) != 1 {
		t.Fatalf("%d calls, want 1", len(calls))
	}
	if want := []string{"model", nova, "converse"}; !cmp.Equal(want, calls[0].Path) {
		t.Errorf("path %v, want %v", calls[0].Path, want)
	}
	equalJSON(t, everythingOnTheWire, calls[0].Body)
	if !strings.Contains(string(calls[0].Body), "12345678901234567890") || !strings.Contains(string(calls[0].Body), "1.50") {
		t.Error("a number has lost digits")
	}
}

func TestConverseStreamSendsEveryField(t *testing.T) {
	s := newServer(t).On("ConverseStream", wire.Stream(textStream()...))
	if _, err := model.Collect(newModel(s).Stream(t.Context(), everything())); err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(everythingOnTheWire, `"trace": "enabled"`, `"trace": "enabled", "streamProcessingMode": "async"`, 1)
	equalJSON(t, want, s.Requests("ConverseStream")[0].Body)
}

func TestCountTokensSendsWhatTheModelReads(t *testing.T) {
	s := newServer(t).On("CountTokens", wire.JSON(`{"inputTokens": 42}`))
	n, err := newModel(s).CountTokens(t.Context(), everything())
	if err != nil || n != 42 {
		t.Fatalf("%d, %v", n, err)
	}
	if got := s.Requests("CountTokens")[0].Path[1]; got != "amazon.nova-lite-v1:0" {
		t.Errorf("counted by %q", got)
	}
	all := parse(t, everythingOnTheWire).(map[string]any)
	want := map[string]any{"input": map[string]any{"converse": map[string]any{
		"messages": all["messages"], "system": all["system"], "toolConfig": all["toolConfig"],
		"additionalModelRequestFields": all["additionalModelRequestFields"],
	}}}
	if diff := cmp.Diff(any(want), parse(t, string(s.Requests("CountTokens")[0].Body))); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
}

func TestClaudeIsAskedForItsStopSequence(t *testing.T) {
	const answer = `{"output":{"message":{"role":"assistant","content":[{"text":"x"}]}},"stopReason":"stop_sequence","additionalModelResponseFields":{"stop_sequence":"END","id":"m1"}}`
	s := newServer(t).On("Converse", wire.JSON(answer)).On("ConverseStream", wire.Stream(
		wire.Event("contentBlockDelta", `{"contentBlockIndex":0,"delta":{"text":"x"}}`), wire.Event("contentBlockStop", `{"contentBlockIndex":0}`),
		wire.Event("messageStop", `{"stopReason":"stop_sequence","additionalModelResponseFields":{"stop_sequence":"END","id":"m1"}}`), wire.Event("metadata", metadata)))
	for _, tc := range []struct {
		id    string
		paths []string
		sent  []any
		extra map[string]any
	}{
		{claude, nil, []any{"/stop_sequence"}, map[string]any{"id": "m1"}},
		{claude, []string{"/id"}, []any{"/id", "/stop_sequence"}, map[string]any{"id": "m1"}},
		{claude, []string{"/stop_sequence"}, []any{"/stop_sequence"}, map[string]any{"id": "m1", "stop_sequence": "END"}},
		{nova, []string{"/id"}, []any{"/id"}, map[string]any{"id": "m1", "stop_sequence": "END"}},
	} {
		req := hello()
		req.Stop, req.ExtraPaths = []string{"END"}, tc.paths
		m := bedrock.New(runtime(s), tc.id)
		whole, err := m.Generate(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		streamed, err := model.Collect(m.Stream(t.Context(), req))
		if err != nil {
			t.Fatal(err)
		}
		for name, got := range map[string]*model.Response{"Converse": whole, "ConverseStream": streamed} {
			if got.StopSequence != "END" || !cmp.Equal(tc.extra, got.Extra) {
				t.Errorf("%s of %s: stop sequence %q, extra %v", name, tc.id, got.StopSequence, got.Extra)
			}
			calls := s.Requests(name)
			sent := parse(t, string(calls[len(calls)-1].Body)).(map[string]any)["additionalModelResponseFieldPaths"]
			if diff := cmp.Diff(any(tc.sent), sent); diff != "" {
				t.Errorf("%s of %s: paths (-want +got):\n%s", name, tc.id, diff)
			}
		}
	}
}

// With the ARN of a managed prompt the request brings variables, messages behind the prompt's, and a guardrail.
func TestAManagedPromptAsTheModel(t *testing.T) {
	const arn = "arn:aws:bedrock:us-east-1:123456789012:prompt/PROMPT1234:7"
	s := newServer(t).On("Converse", wire.JSON(okAnswer)).On("ConverseStream", wire.Stream(textStream()...))
	req := hello()
	req.Variables, req.Guardrail = map[string]string{"name": "Ada"}, &model.Guardrail{ID: "g", Version: "1"}
	m := bedrock.New(runtime(s), arn)
	if _, err := m.Generate(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	if _, err := model.Collect(m.Stream(t.Context(), req)); err != nil {
		t.Fatal(err)
	}
	for _, op := range []string{"Converse", "ConverseStream"} {
		equalJSON(t, `{"messages":[{"role":"user","content":[{"text":"Hello"}]}],"promptVariables":{"name":{"text":"Ada"}},
			"guardrailConfig":{"guardrailIdentifier":"g","guardrailVersion":"1"}}`, s.Requests(op)[0].Body)
	}
	for name, set := range map[string]func(r *model.Request){
		"instructions": func(r *model.Request) { r.System = model.Texts("Be brief.") },
		"MaxTokens":    func(r *model.Request) { r.MaxTokens = 5 },
		"tools":        func(r *model.Request) { r.Tools = []model.Tool{{Name: "t"}} },
		"Extra":        func(r *model.Request) { r.Extra = map[string]any{"a": 1} },
	} {
		req := hello()
		set(req)
		if _, err := m.Generate(t.Context(), req); !errors.Is(err, model.ErrUnsupported) || !strings.Contains(err.Error(), "its own "+name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := newModel(s).Generate(t.Context(), req); !errors.Is(err, model.ErrValidation) || !strings.Contains(err.Error(), "no managed prompt") {
		t.Errorf("variables for a model: %v", err)
	}
	if n := len(s.Requests("")); n != 2 {
		t.Errorf("%d calls, want 2", n)
	}
}

func TestAMinimalRequestSendsNothingElse(t *testing.T) {
	s := newServer(t).On("Converse", wire.JSON(okAnswer))
	req := hello()
	req.Model = "arn:aws:bedrock:us-east-1:123456789012:prompt/PROMPT1234:7"
	if _, err := newModel(s).Generate(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	call := s.Requests("Converse")[0]
	equalJSON(t, `{"messages":[{"role":"user","content":[{"text":"Hello"}]}]}`, call.Body)
	if call.Path[1] != req.Model {
		t.Errorf("model %q", call.Path[1])
	}
}

func TestToolChoices(t *testing.T) {
	tools := []model.Tool{{Name: "a"}}
	const sent = `"tools":[{"toolSpec":{"name":"a","inputSchema":{"json":{"type":"object"}}}}]`
	used := append(hello().Messages, model.Message{Role: model.Assistant, Content: model.Contents{model.NewToolUse("1", "a", "")}})
	for _, tc := range []struct {
		name     string
		tools    []model.Tool
		choice   model.ToolChoice
		messages []model.Message
		parallel *bool
		want     string // the toolConfig, "" for none
		err      error
	}{
		{name: "left open", tools: tools, want: `{` + sent + `}`},
		{name: "auto", tools: tools, choice: model.ToolChoice{Mode: model.ToolAuto}, want: `{` + sent + `,"toolChoice":{"auto":{}}}`},
		{name: "any", tools: tools, choice: model.ToolChoice{Mode: model.ToolAny}, want: `{` + sent + `,"toolChoice":{"any":{}}}`},
		{name: "none sends no tools", tools: tools, choice: model.ToolChoice{Mode: model.ToolNone}},
		{name: "none after tools were used", tools: tools, choice: model.ToolChoice{Mode: model.ToolNone}, messages: used, err: model.ErrUnsupported},
		{name: "any without tools", choice: model.ToolChoice{Mode: model.ToolAny}, err: model.ErrValidation},
		{name: "auto without tools", choice: model.ToolChoice{Mode: model.ToolAuto}},
		{name: "one that nobody knows", tools: tools, choice: model.ToolChoice{Mode: "maybe"}, err: model.ErrUnsupported},
		{name: "parallel allowed", tools: tools, parallel: new(true), want: `{` + sent + `}`},
		{name: "parallel forbidden", tools: tools, parallel: new(false), err: model.ErrUnsupported},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newServer(t).On("Converse", wire.JSON(okAnswer))
			req := hello()
			req.Tools, req.ToolChoice, req.ParallelTools = tc.tools, tc.choice, tc.parallel
			if tc.messages != nil {
				req.Messages = tc.messages
			}
			_, err := newModel(s).Generate(t.Context(), req)
			if !errors.Is(err, tc.err) {
				t.Fatalf("error %v, want %v", err, tc.err)
			}
			if tc.err != nil {
				return
			}
			got := parse(t, string(s.Requests("Converse")[0].Body)).(map[string]any)["toolConfig"]
			var want any
			if tc.want != "" {
				want = parse(t, tc.want)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("toolConfig (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSamplingSettingsByFamily(t *testing.T) {
	for _, tc := range []struct {
		id   string
		opts []bedrock.Option
		req  model.Request
		want string
		err  error
	}{
		{id: "anthropic.claude-3-5-haiku-20241022-v1:0", req: model.Request{TopK: new(5)}, want: `{"top_k":5}`},
		{id: "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-5-20250929-v1:0", req: model.Request{TopK: new(5)}, want: `{"top_k":5}`},
		{id: "us.amazon.nova-pro-v1:0", req: model.Request{TopK: new(5)}, want: `{"inferenceConfig":{"topK":5}}`},
		{id: "cohere.command-r-plus-v1:0", req: model.Request{TopK: new(5), Seed: new(int64(7)), FrequencyPenalty: new(0.5), PresencePenalty: new(0.25)}, want: `{"k":5,"seed":7,"frequency_penalty":0.5,"presence_penalty":0.25}`},
		{id: "ai21.jamba-1-5-large-v1:0", req: model.Request{PresencePenalty: new(0.5)}, want: `{"presence_penalty":0.5}`},
		{id: "mistral.mixtral-8x7b-instruct-v0:1", req: model.Request{TopK: new(5)}, want: `{"top_k":5}`},
		{id: "meta.llama3-1-70b-instruct-v1:0", req: model.Request{TopK: new(5)}, err: model.ErrUnsupported},
		{id: "us.amazon.nova-pro-v1:0", req: model.Request{Seed: new(int64(1))}, err: model.ErrUnsupported},
		{id: "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abc", req: model.Request{TopK: new(5)}, err: model.ErrUnsupported},
		{id: "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abc", opts: []bedrock.Option{bedrock.WithFamily(bedrock.Anthropic)}, req: model.Request{TopK: new(5)}, want: `{"top_k":5}`},
		{id: "anthropic.claude-3-haiku-20240307-v1:0", req: model.Request{TopK: new(5), Extra: map[string]any{"top_k": 6}}, err: model.ErrValidation},
		{id: "amazon.nova-lite-v1:0", req: model.Request{TopK: new(5), Extra: map[string]any{"inferenceConfig": 1}}, err: model.ErrValidation},
	} {
		t.Run(tc.id, func(t *testing.T) {
			s := newServer(t).On("Converse", wire.JSON(okAnswer))
			_, err := bedrock.New(runtime(s), tc.id, tc.opts...).Generate(t.Context(), &tc.req)
			if !errors.Is(err, tc.err) {
				t.Fatalf("error %v, want %v", err, tc.err)
			}
			if tc.err == nil {
				equalJSON(t, `{"messages":[],"additionalModelRequestFields":`+tc.want+`}`, s.Requests("Converse")[0].Body)
			}
		})
	}
}

func TestWhatBedrockCannotTakeIsNotSent(t *testing.T) {
	user := func(blocks ...model.Content) model.Request {
		return model.Request{Messages: []model.Message{{Role: model.User, Content: blocks}}}
	}
	var none *model.Text
	for name, tc := range map[string]struct {
		req  model.Request
		want error
		says string
	}{
		"a nil block":               {user(nil), model.ErrValidation, "message 0: block 0"},
		"a nil pointer":             {user(none), model.ErrValidation, "nil"},
		"an unknown role":           {model.Request{Messages: []model.Message{{Role: "robot"}}}, model.ErrUnsupported, "robot"},
		"another provider's block":  {user(&model.Other{Type: "x"}), model.ErrUnsupported, "other"},
		"JSON outside a result":     {user(&model.JSON{Value: json.RawMessage("1")}), model.ErrUnsupported, "json"},
		"an image from the web":     {user(&model.Image{Source: model.Source{URL: "https://example.com/i.png"}}), model.ErrUnsupported, "example.com"},
		"an image by file id":       {user(&model.Image{Source: model.Source{FileID: "f1"}}), model.ErrUnsupported, "f1"},
		"an image in two places":    {user(&model.Image{Source: model.Source{URL: "s3://b/k", Bytes: []byte("x")}}), model.ErrValidation, "bytes and a URL"},
		"an image from nowhere":     {user(&model.Image{}), model.ErrValidation, "empty"},
		"an image in high detail":   {user(&model.Image{Detail: "high", Source: model.Source{Bytes: []byte("x")}}), model.ErrUnsupported, "detail"},
		"an empty document":         {user(&model.Document{Name: "D"}), model.ErrValidation, `"D" has 0`},
		"a document twice":          {user(&model.Document{Name: "D", Text: "x", Content: []string{"y"}}), model.ErrValidation, `"D" has 2`},
		"audio by id":               {user(&model.Audio{ID: "a1"}), model.ErrUnsupported, "audio"},
		"reasoning by id":           {user(&model.Reasoning{ID: "r1"}), model.ErrUnsupported, "reasoning"},
		"guard text and image":      {user(&model.Guard{Text: "x", Image: &model.Image{}}), model.ErrValidation, "not both"},
		"guard image in S3":         {user(&model.Guard{Image: &model.Image{Source: model.Source{URL: "s3://b/k.png"}}}), model.ErrUnsupported, "S3"},
		"a citation in a file":      {user(&model.Text{Citations: []model.Citation{{Location: model.Location{Kind: model.LocationFile}}}}), model.ErrUnsupported, "file"},
		"a tool in a result":        {user(&model.ToolResult{Content: model.Contents{&model.ToolUse{}}}), model.ErrUnsupported, "toolUse"},
		"bad JSON in a result":      {user(&model.ToolResult{Content: model.Contents{&model.JSON{Value: json.RawMessage("{")}}}), model.ErrValidation, "result 0"},
		"an image as instruction":   {model.Request{System: model.Contents{&model.Image{}}}, model.ErrUnsupported, "system block 0"},
		"negative MaxTokens":        {model.Request{MaxTokens: -1}, model.ErrValidation, "MaxTokens"},
		"MaxTokens beyond the wire": {model.Request{MaxTokens: 1 << 40}, model.ErrValidation, "MaxTokens"},
		"any JSON":                  {model.Request{Output: &model.Output{}}, model.ErrUnsupported, "schema"},
		"a broken output schema":    {model.Request{Output: &model.Output{Schema: json.RawMessage("{")}}, model.ErrValidation, "schema"},
		"a broken tool schema":      {model.Request{Tools: []model.Tool{{Name: "a", Schema: json.RawMessage("{")}}}, model.ErrValidation, `tool "a"`},
		"a tool with extras":        {model.Request{Tools: []model.Tool{{Name: "a", Extra: map[string]any{"x": 1}}}}, model.ErrUnsupported, `tool "a"`},
		"an extra that is no JSON":  {model.Request{Extra: map[string]any{"f": func() {}}}, model.ErrValidation, "func"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			_, err := newModel(s).Generate(t.Context(), &tc.req)
			if !errors.Is(err, tc.want) || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("error %v, want %v saying %q", err, tc.want, tc.says)
			}
			if _, ok := err.(*model.Error); !ok {
				t.Errorf("error is a %T", err)
			}
			if _, serr := model.Collect(newModel(s).Stream(t.Context(), &tc.req)); !errors.Is(serr, tc.want) {
				t.Errorf("streaming gives %v", serr)
			}
			if n := len(s.Requests("")); n != 0 {
				t.Errorf("%d calls", n)
			}
		})
	}
}
