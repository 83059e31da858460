package openai_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/flowstone-go/flow/model"
	"github.com/flowstone-go/flow/openai"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server answers calls of Chat Completions over the loopback interface.
type server struct {
	*httptest.Server

	mu     sync.Mutex
	bodies []string
	heads  []http.Header
	open   sync.WaitGroup
}

// newServer answers a call for a stream with one handler and others with another; nil answers 501.
func newServer(t *testing.T, whole, stream http.HandlerFunc) *server {
	t.Helper()
	s := &server{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.open.Add(1)
		defer s.open.Done()
		data, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		s.mu.Lock()
		s.bodies, s.heads = append(s.bodies, string(data)), append(s.heads, r.Header)
		s.mu.Unlock()
		var asked struct {
			Stream bool `json:"stream"`
		}
		h := whole
		if json.Unmarshal(data, &asked) == nil && asked.Stream {
			h = stream
		}
		if h == nil || r.Method != http.MethodPost || r.URL.Path != "/v1/chat/completions" {
			http.Error(w, "nothing here for "+r.Method+" "+r.URL.Path, http.StatusNotImplemented)
			return
		}
		h(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *server) body(i int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bodies[i]
}

func (s *server) calls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.bodies)
}

// model asks this server, in the words that OpenAI's own understands.
func (s *server) model(opts ...openai.Option) *openai.Model {
	return openai.Open("gpt-test", append([]openai.Option{openai.BaseURL(s.URL + "/v1"), openai.HTTPClient(s.Client())}, opts...)...)
}

func answer(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		write(w, body)
	}
}

func write(w io.Writer, text string) {
	if _, err := io.WriteString(w, text); err != nil {
		return // the caller hung up
	}
}

// Words for a stream beside its chunks.
const (
	done    = "[DONE]"
	silence = "(silence)" // nothing more until the caller hangs up
	torn    = "(torn)"    // the connection breaks in the middle of a chunk
)

// sse answers with server-sent events, each flushed.
func sse(chunks ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("X-Request-Id", "req-1")
		w.WriteHeader(http.StatusOK)
		for _, c := range chunks {
			switch c {
			case silence:
				<-r.Context().Done()
			case torn:
				write(w, `data: {"choices":[{"ind`)
				flush(w)
				panic(http.ErrAbortHandler)
			default:
				write(w, "data: "+strings.ReplaceAll(c, "\n", " ")+"\n\n")
				flush(w)
			}
		}
	}
}

func flush(w http.ResponseWriter) {
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
}

func hello() *model.Request {
	return &model.Request{Messages: []model.Message{model.UserText("Hello")}}
}

const okAnswer = `{"id":"c1","model":"gpt-real","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],
	"usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4}}`

var okStream = []string{
	`{"id":"c1","model":"gpt-real","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}`,
	`{"id":"c1","model":"gpt-real","choices":[{"index":0,"delta":{"content":"H"},"finish_reason":null}]}`,
	`{"id":"c1","model":"gpt-real","choices":[{"index":0,"delta":{"content":"i"},"finish_reason":null}]}`,
	`{"id":"c1","model":"gpt-real","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`,
	`{"id":"c1","model":"gpt-real","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4}}`,
	done,
}

func parse(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

func equalJSON(t *testing.T, want, got string) {
	t.Helper()
	if diff := cmp.Diff(parse(t, want), parse(t, got)); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
}

type object map[string]any

func text(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprint("test data: ", err))
	}
	return string(data)
}
