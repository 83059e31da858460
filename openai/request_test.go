package openai_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	sdk "github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"

	"github.com/flowstone-go/flow/model"
	"github.com/flowstone-go/flow/openai"
)

func everything() *model.Request {
	return &model.Request{
		System: model.Texts("Be brief.", "Be kind."),
		Messages: []model.Message{
			{Role: model.User, Content: model.Contents{
				&model.Text{Text: "Look."},
				&model.Image{Format: "png", Source: model.Source{Bytes: []byte("img")}, Detail: "low"},
				&model.Image{Source: model.Source{URL: "https://example.com/i.png"}},
				&model.Audio{Source: model.Source{Bytes: []byte("snd"), MIMEType: "audio/mpeg"}},
				&model.Document{Name: "r.pdf", Format: "pdf", Source: model.Source{Bytes: []byte("pdf")}},
				&model.Document{Name: "x", Source: model.Source{FileID: "file-1"}},
			}},
			{Role: model.Assistant, Content: model.Contents{
				&model.Reasoning{Text: "hm", Signature: "s"}, &model.Text{Text: "Let me see.", Citations: []model.Citation{{Title: "T"}}},
				&model.ToolUse{ID: "t1", Name: "lookup", Input: json.RawMessage(`{"n":12345678901234567890}`)},
				&model.ToolUse{ID: "t2", Name: "now"}, &model.ToolUse{ID: "t3", Name: "bad", Malformed: `{"n":`},
			}},
			{Role: model.User, Content: model.Contents{
				&model.ToolResult{ID: "t1", Name: "lookup", Content: model.Contents{&model.JSON{Value: json.RawMessage(`{"a":1}`)}}},
				&model.ToolResult{ID: "t2", Content: model.Texts("no clock"), Error: true},
				&model.Text{Text: "And?"},
			}},
			{Role: model.Assistant, Content: model.Contents{&model.Text{Text: "I "}, &model.Refusal{Text: "won't."}}},
			{Role: model.Assistant, Content: model.Contents{&model.Audio{ID: "a1"}}},
			{Role: model.System, Content: model.Texts("Hurry.")},
			model.UserText("Now."),
		},
		MaxTokens: 100, Temperature: new(0.5), TopP: new(0.9), Seed: new(int64(7)), FrequencyPenalty: new(0.25), PresencePenalty: new(-0.5),
		Stop: []string{"END"}, Effort: "low",
		Tools: []model.Tool{
			{Name: "lookup", Description: "Looks up.", Schema: json.RawMessage(`{"type":"object","properties":{"n":{"type":"integer","maximum":12345678901234567890}}}`), Strict: true},
			{Name: "now", Extra: map[string]any{"x": 1}},
			{Name: "web_search", Server: true, Extra: map[string]any{"depth": 2}},
		},
		ToolChoice: model.ToolChoice{Mode: model.ToolNamed, Name: "lookup"}, ParallelTools: new(false),
		Output:      &model.Output{Name: "Out", Description: "The answer.", Schema: json.RawMessage(`{"type":"object"}`), Strict: true},
		ServiceTier: "flex", Metadata: map[string]string{"a": "b"},
		Extra: map[string]any{"verbosity": "low", "big": json.Number("12345678901234567890"), "n": 1},
	}
}

const everythingOnTheWire = `{"model":"gpt-test",
	"messages":[
		{"role":"system","content":[{"type":"text","text":"Be brief."},{"type":"text","text":"Be kind."}]},
		{"role":"user","content":[{"type":"text","text":"Look."},
			{"type":"image_url","image_url":{"url":"data:image/png;base64,aW1n","detail":"low"}},
			{"type":"image_url","image_url":{"url":"https://example.com/i.png"}},
			{"type":"input_audio","input_audio":{"data":"c25k","format":"mp3"}},
			{"type":"file","file":{"file_data":"data:application/pdf;base64,cGRm","filename":"r.pdf"}},
			{"type":"file","file":{"file_id":"file-1"}}]},
		{"role":"assistant","content":"Let me see.","tool_calls":[
			{"id":"t1","type":"function","function":{"name":"lookup","arguments":"{\"n\":12345678901234567890}"}},
			{"id":"t2","type":"function","function":{"name":"now","arguments":"{}"}},
			{"id":"t3","type":"function","function":{"name":"bad","arguments":"{\"n\":"}}]},
		{"role":"tool","tool_call_id":"t1","content":"{\"a\":1}"},
		{"role":"tool","tool_call_id":"t2","content":"Error: no clock"},
		{"role":"user","content":"And?"},
		{"role":"assistant","content":[{"type":"text","text":"I "},{"type":"refusal","refusal":"won't."}]},
		{"role":"assistant","audio":{"id":"a1"}},
		{"role":"system","content":"Hurry."},
		{"role":"user","content":"Now."}],
	"max_completion_tokens":100,"temperature":0.5,"top_p":0.9,"seed":7,"frequency_penalty":0.25,"presence_penalty":-0.5,"stop":["END"],"reasoning_effort":"low",
	"tools":[{"type":"function","function":{"name":"lookup","description":"Looks up.","strict":true,"parameters":{"type":"object","properties":{"n":{"type":"integer","maximum":12345678901234567890}}}}},
		{"type":"function","function":{"name":"now"},"x":1},{"type":"web_search","depth":2}],
	"tool_choice":{"type":"function","function":{"name":"lookup"}},"parallel_tool_calls":false,
	"response_format":{"type":"json_schema","json_schema":{"name":"Out","description":"The answer.","strict":true,"schema":{"type":"object"}}},
	"service_tier":"flex","metadata":{"a":"b"},"verbosity":"low","big":12345678901234567890,"n":1}`

func TestEveryFieldIsSent(t *testing.T) {
	s := newServer(t, answer(http.StatusOK, okAnswer), sse(okStream...))
	client := sdk.NewChatCompletionService(option.WithBaseURL(s.URL+"/v1"), option.WithAPIKey("secret"), option.WithHTTPClient(s.Client()))
	m := openai.New(&client, "gpt-test")
	req := everything()
	if _, err := m.Generate(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(everything(), req); diff != "" {
		t.Errorf("the request was changed (-want +got):\n%s", diff)
	}
	equalJSON(t, everythingOnTheWire, s.body(0))
	if n := strings.Count(s.body(0), "12345678901234567890"); n != 3 {
		t.Errorf("%d of 3 large numbers kept their digits", n)
	}
	if got := s.heads[0].Get("Authorization"); got != "Bearer secret" {
		t.Errorf("authorization %q", got)
	}
	if _, err := model.Collect(m.Stream(t.Context(), req)); err != nil {
		t.Fatal(err)
	}
	equalJSON(t, strings.TrimSuffix(everythingOnTheWire, "}")+`,"stream":true,"stream_options":{"include_usage":true}}`, s.body(1))
}

func TestCompatibleServers(t *testing.T) {
	s := newServer(t, answer(http.StatusOK, okAnswer), nil)
	req := &model.Request{Model: "other", Messages: []model.Message{model.UserText("Hi")}, MaxTokens: 5, TopK: new(20), Output: &model.Output{}}
	if _, err := s.model().Generate(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	equalJSON(t, `{"model":"other","messages":[{"role":"user","content":"Hi"}],"max_tokens":5,"top_k":20,"response_format":{"type":"json_object"}}`, s.body(0))
	if got := s.heads[0].Get("Authorization"); got != "" {
		t.Errorf("authorization %q, want none without a key", got)
	}
	want := model.Description{Provider: "openai", Model: "gpt-test", MaxOutput: 10, ContextWindow: 20}
	if got := model.Describe(s.model(openai.WithLimits(10, 20), openai.WithoutStructuredOutput())); got != want {
		t.Errorf("description %+v, want %+v", got, want)
	}
}

func TestToolChoices(t *testing.T) {
	for _, tc := range []struct {
		mode  model.ToolMode
		tools []model.Tool
		want  string // of the body, "" for none
		err   error
	}{
		{"", []model.Tool{{Name: "a"}}, "", nil},
		{model.ToolAuto, []model.Tool{{Name: "a"}}, `"auto"`, nil},
		{model.ToolNone, []model.Tool{{Name: "a"}}, `"none"`, nil},
		{model.ToolAny, []model.Tool{{Name: "a"}}, `"required"`, nil},
		{model.ToolAuto, nil, "", nil},
		{model.ToolAny, nil, "", model.ErrValidation},
		{"maybe", []model.Tool{{Name: "a"}}, "", model.ErrUnsupported},
	} {
		s := newServer(t, answer(http.StatusOK, okAnswer), nil)
		req := hello()
		req.Tools, req.ToolChoice.Mode = tc.tools, tc.mode
		_, err := s.model().Generate(t.Context(), req)
		if !errors.Is(err, tc.err) {
			t.Errorf("%q: error %v, want %v", tc.mode, err, tc.err)
		}
		if tc.err != nil {
			continue
		}
		got := ""
		if choice, ok := parse(t, s.body(0)).(map[string]any)["tool_choice"]; ok {
			got = text(choice)
		}
		if got != tc.want {
			t.Errorf("%q: %s, want %s", tc.mode, got, tc.want)
		}
	}
}

func TestWhatTheAPICannotTakeIsNotSent(t *testing.T) {
	user := func(blocks ...model.Content) model.Request {
		return model.Request{Messages: []model.Message{{Role: model.User, Content: blocks}}}
	}
	said := func(blocks ...model.Content) model.Request {
		return model.Request{Messages: []model.Message{{Role: model.Assistant, Content: blocks}}}
	}
	bytes := model.Source{Bytes: []byte("x")}
	var none *model.Text
	for name, tc := range map[string]struct {
		req  model.Request
		want error
		says string
	}{
		"a nil block":               {user(nil), model.ErrValidation, "message 0: block 0"},
		"a nil pointer":             {said(none), model.ErrValidation, "nil"},
		"a nil in a result":         {user(&model.ToolResult{Content: model.Contents{none}}), model.ErrValidation, "block 0: block 0"},
		"a nil instruction":         {model.Request{System: model.Contents{nil}}, model.ErrValidation, "system"},
		"an image as instruction":   {model.Request{System: model.Contents{&model.Image{}}}, model.ErrUnsupported, "system"},
		"an unknown role":           {model.Request{Messages: []model.Message{{Role: "robot"}}}, model.ErrUnsupported, "robot"},
		"negative MaxTokens":        {model.Request{MaxTokens: -1}, model.ErrValidation, "MaxTokens"},
		"a guardrail":               {model.Request{Guardrail: &model.Guardrail{}}, model.ErrUnsupported, "guardrails"},
		"variables":                 {model.Request{Variables: map[string]string{"a": "b"}}, model.ErrUnsupported, "variables"},
		"extra paths":               {model.Request{ExtraPaths: []string{"/a"}}, model.ErrUnsupported, "paths"},
		"latency":                   {model.Request{Latency: "optimized"}, model.ErrUnsupported, "latency"},
		"an extra that is set":      {model.Request{MaxTokens: 1, Extra: map[string]any{"max_tokens": 2}}, model.ErrValidation, "max_tokens"},
		"streaming by an extra":     {model.Request{Extra: map[string]any{"stream": true}}, model.ErrValidation, "stream"},
		"several answers":           {model.Request{Extra: map[string]any{"n": 2}}, model.ErrUnsupported, "one answer"},
		"an extra that is no JSON":  {model.Request{Extra: map[string]any{"f": func() {}}}, model.ErrValidation, "func"},
		"an image in S3":            {user(&model.Image{Source: model.Source{URL: "s3://b/k"}}), model.ErrUnsupported, "image"},
		"an image from nowhere":     {user(&model.Image{}), model.ErrValidation, "image"},
		"audio from the web":        {user(&model.Audio{Source: model.Source{URL: "https://x"}}), model.ErrUnsupported, "audio"},
		"a document as text":        {user(&model.Document{Name: "D", Text: "x"}), model.ErrUnsupported, `"D"`},
		"a document with citations": {user(&model.Document{Name: "D", Source: bytes, Cite: true}), model.ErrUnsupported, `"D"`},
		"a document from the web":   {user(&model.Document{Name: "D", Source: model.Source{URL: "https://x"}}), model.ErrUnsupported, `"D"`},
		"a video":                   {user(&model.Video{}), model.ErrUnsupported, "video"},
		"a cache point":             {user(&model.CachePoint{}), model.ErrUnsupported, "cachePoint"},
		"an image of the model":     {said(&model.Image{}), model.ErrUnsupported, "image"},
		"audio without its id":      {said(&model.Audio{}), model.ErrUnsupported, "id"},
		"a call of the provider":    {said(&model.ToolUse{Server: true}), model.ErrUnsupported, "provider"},
		"an image as a result":      {user(&model.ToolResult{Content: model.Contents{&model.Image{}}}), model.ErrUnsupported, "image"},
		"a broken tool schema":      {model.Request{Tools: []model.Tool{{Name: "a", Schema: json.RawMessage("[")}}}, model.ErrValidation, `tool "a"`},
		"a broken output schema":    {model.Request{Output: &model.Output{Schema: json.RawMessage("1")}}, model.ErrValidation, "output"},
		"a tool's cache point":      {model.Request{Tools: []model.Tool{{Name: "a", Cache: &model.CachePoint{}}}}, model.ErrUnsupported, `tool "a"`},
		"a server tool no JSON":     {model.Request{Tools: []model.Tool{{Name: "a", Server: true, Extra: map[string]any{"f": func() {}}}}}, model.ErrValidation, `tool "a"`},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, nil, nil)
			if _, err := s.model().Generate(t.Context(), &tc.req); !errors.Is(err, tc.want) || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("error %v, want %v saying %q", err, tc.want, tc.says)
			}
			if _, err := model.Collect(s.model().Stream(t.Context(), &tc.req)); !errors.Is(err, tc.want) {
				t.Errorf("streaming gives %v", err)
			}
			if s.calls() != 0 {
				t.Errorf("%d calls", s.calls())
			}
		})
	}
	if _, err := openai.Open("x").Generate(t.Context(), &model.Request{TopK: new(1)}); !errors.Is(err, model.ErrUnsupported) {
		t.Errorf("TopK at OpenAI: %v", err)
	}
	if _, err := openai.New(nil, "x").Generate(t.Context(), hello()); !errors.Is(err, model.ErrValidation) {
		t.Errorf("without a client: %v", err)
	}
	if _, err := model.Collect(openai.New(nil, "x").Stream(t.Context(), hello())); !errors.Is(err, model.ErrValidation) {
		t.Errorf("without a client: %v", err)
	}
	if _, err := openai.Open("").Generate(t.Context(), &model.Request{}); !errors.Is(err, model.ErrValidation) {
		t.Errorf("without a model: %v", err)
	}
}
