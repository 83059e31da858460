package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"
	"github.com/google/go-cmp/cmp"
)

// answer comes in two pieces, as models write.
var answer = [2]string{`{"text":"A pump fails. The customer is angry.","senti`, `ment":"negative","score":-0.8}`}

// endpoint streams a reply as a server of models does, and keeps what it was asked.
func endpoint(t *testing.T, path, contentType string, reply []byte) (url string, asked *[]string) {
	t.Helper()
	asked = new([]string)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body bytes.Buffer
		_, err := body.ReadFrom(r.Body)
		if err != nil || !strings.HasSuffix(r.URL.Path, path) {
			http.NotFound(w, r)
			return
		}
		*asked = append(*asked, body.String())
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write(reply)
	}))
	t.Cleanup(server.Close)
	return server.URL, asked
}

// check runs the program on a complaint and compares what it stored.
func check(t *testing.T, asked *[]string, author string, args ...string) {
	t.Helper()
	db, status, stdout, stderr := start(t, append(args, "-price", "1000,1000", "inbox/complaint.html")...)
	if status != 0 || !strings.Contains(stderr, "alert: the mood is negative (-0.80)") {
		t.Errorf("status %d: %s", status, stderr)
	}
	if len(*asked) != 1 || !strings.Contains((*asked)[0], "heat pump that you installed in November") {
		t.Errorf("asked %q", *asked)
	}
	if !strings.Contains(stdout, "120 + 30 tokens, $0.1500\n") {
		t.Errorf("the sum is wrong:\n%s", stdout)
	}
	for _, row := range rows(t, db) {
		got := [...]any{row.Summary, row.Sentiment, row.Author, row.InputTokens, row.OutputTokens}
		want := [...]any{"A pump fails. The customer is angry.", "negative", author, 120, 30}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestOpenAI(t *testing.T) {
	t.Setenv("OPENAI_API_KEY", "k")
	var reply bytes.Buffer
	chunk := func(format string, args ...any) {
		fmt.Fprintf(&reply, `data: {"id":"c-1","object":"chat.completion.chunk","model":"small-1",`+format+"}\n\n", args...)
	}
	for _, piece := range answer {
		chunk(`"choices":[{"index":0,"delta":{"role":"assistant","content":%q}}]`, piece)
	}
	chunk(`"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]`)
	chunk(`"choices":[],"usage":{"prompt_tokens":120,"completion_tokens":30,"total_tokens":150}`)
	reply.WriteString("data: [DONE]\n\n")
	url, asked := endpoint(t, "/v1/chat/completions", "text/event-stream", reply.Bytes())
	check(t, asked, "small-1", "-openai", url+"/v1", "-model", "small")
}

func TestBedrock(t *testing.T) {
	var reply bytes.Buffer
	encoder := eventstream.NewEncoder()
	event := func(name string, payload any) {
		data, err := json.Marshal(payload)
		if err != nil {
			t.Fatal(err)
		}
		m := eventstream.Message{Payload: data}
		m.Headers.Set(":message-type", eventstream.StringValue("event"))
		m.Headers.Set(":event-type", eventstream.StringValue(name))
		m.Headers.Set(":content-type", eventstream.StringValue("application/json"))
		if err := encoder.Encode(&reply, m); err != nil {
			t.Fatal(err)
		}
	}
	event("messageStart", map[string]any{"role": "assistant"})
	for _, piece := range answer {
		event("contentBlockDelta", map[string]any{"contentBlockIndex": 0, "delta": map[string]any{"text": piece}})
	}
	event("contentBlockStop", map[string]any{"contentBlockIndex": 0})
	event("messageStop", map[string]any{"stopReason": "end_turn"})
	event("metadata", map[string]any{"usage": map[string]any{"inputTokens": 120, "outputTokens": 30, "totalTokens": 150}, "metrics": map[string]any{"latencyMs": 5}})
	url, asked := endpoint(t, "/converse-stream", "application/vnd.amazon.eventstream", reply.Bytes())
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL_BEDROCK_RUNTIME": url, "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s",
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
	} {
		t.Setenv(name, value)
	}
	check(t, asked, "amazon.nova-lite-v1:0", "-model", "amazon.nova-lite-v1:0")
}
