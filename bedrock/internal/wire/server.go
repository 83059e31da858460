// Package wire is a server on the loopback interface that speaks the wire format of Amazon Bedrock: REST with JSON bodies, errors
// named by a header, and event streams in frames of application/vnd.amazon.eventstream. Tests point the real SDK client at it.
package wire

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
)

// Request is one call as it came over the wire.
type Request struct {
	// Op is the name of the operation, "Converse" for instance, or "" for a path that none has.
	Op string
	// Path holds the segments of the path, decoded.
	Path []string
	// Query is the decoded query string.
	Query url.Values
	// Header is as received.
	Header http.Header
	// Body is as received.
	Body []byte
}

// Server answers calls with the replies queued for their operation, in order; the last one is repeated.
// It is safe for concurrent use. Close it after the test.
type Server struct {
	// URL is the endpoint to give to the SDK.
	URL string

	http *httptest.Server

	mu       sync.Mutex
	replies  map[string][]Reply
	requests []Request
	open     sync.WaitGroup
}

// NewServer starts a server without any reply: each call is answered with status 501 until [Server.On] says otherwise.
func NewServer() *Server {
	s := &Server{replies: map[string][]Reply{}}
	s.http = httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = s.http.URL
	return s
}

// Close waits for the calls in progress and stops the server.
func (s *Server) Close() { s.http.Close() }

// Client returns an HTTP client whose idle connections end with the server.
func (s *Server) Client() *http.Client { return s.http.Client() }

// Drain waits until no call is in progress: a client that abandons a stream must have hung up for it to return.
func (s *Server) Drain() { s.open.Wait() }

// On queues replies for an operation, replacing those queued before.
func (s *Server) On(op string, replies ...Reply) *Server {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replies[op] = replies
	return s
}

// Requests returns what was asked of an operation so far, or everything for "".
func (s *Server) Requests(op string) []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Request
	for _, r := range s.requests {
		if op == "" || r.Op == op {
			out = append(out, r)
		}
	}
	return out
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	s.open.Add(1)
	defer s.open.Done()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	var path []string
	for segment := range strings.SplitSeq(strings.Trim(r.URL.EscapedPath(), "/"), "/") {
		if decoded, err := url.PathUnescape(segment); err == nil {
			path = append(path, decoded)
		}
	}
	req := Request{Op: operation(r.Method, path), Path: path, Query: r.URL.Query(), Header: r.Header, Body: body}

	s.mu.Lock()
	s.requests = append(s.requests, req)
	queue := s.replies[req.Op]
	if len(queue) > 1 {
		s.replies[req.Op] = queue[1:]
	}
	s.mu.Unlock()

	if len(queue) == 0 {
		http.Error(w, fmt.Sprintf("no reply for %q %v", req.Op, path), http.StatusNotImplemented)
		return
	}
	queue[0](w, r)
}

// operation names the call that has this method and path.
func operation(method string, path []string) string {
	var shape strings.Builder
	shape.WriteString(method)
	for i, segment := range path {
		if variable(path, i) {
			segment = "*"
		}
		shape.WriteString("/" + segment)
	}
	return map[string]string{
		"POST/model/*/converse":                        "Converse",
		"POST/model/*/converse-stream":                 "ConverseStream",
		"POST/model/*/invoke":                          "InvokeModel",
		"POST/model/*/invoke-with-response-stream":     "InvokeModelWithResponseStream",
		"POST/model/*/count-tokens":                    "CountTokens",
		"POST/async-invoke":                            "StartAsyncInvoke",
		"GET/async-invoke/*":                           "GetAsyncInvoke",
		"POST/guardrail/*/version/*/apply":             "ApplyGuardrail",
		"POST/guardrail-checks/invoke":                 "InvokeGuardrailChecks",
		"POST/knowledgebases/*/retrieve":               "Retrieve",
		"POST/retrieveAndGenerate":                     "RetrieveAndGenerate",
		"POST/retrieveAndGenerateStream":               "RetrieveAndGenerateStream",
		"POST/rerank":                                  "Rerank",
		"POST/agents/*/agentAliases/*/sessions/*/text": "InvokeAgent",
		"GET/prompts/*":                                "GetPrompt",
	}[shape.String()]
}

// variable reports whether a segment is an identifier rather than a word of the API: those come after a collection's name.
func variable(path []string, i int) bool {
	if i == 0 {
		return false
	}
	switch path[i-1] {
	case "model", "guardrail", "version", "knowledgebases", "agents", "agentAliases", "sessions", "prompts", "async-invoke":
		return i%2 == 1
	}
	return false
}
