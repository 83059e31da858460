// Package wire serves a scripted model as Amazon Bedrock and as an
// OpenAI-compatible endpoint do, so that the tests of the examples run them with
// -model and -openai: through the SDKs, in the wire formats. The connections are
// pipes within the process, whose waiting the clock of testing/synctest knows.
package wire

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/flowstone-go/flow/examples/internal/provider"
	"github.com/flowstone-go/flow/model"
)

// T is what is needed of a *testing.T.
type T interface {
	Helper()
	Setenv(name, value string)
	Cleanup(func())
	Error(...any)
}

// Bedrock is the choice of a model of Amazon Bedrock, which answers as m does. It
// sets variables of the environment, which a parallel test must not.
func Bedrock(t T, m model.Model) *provider.Choice {
	t.Helper()
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "http://bedrock.test", "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret",
		"AWS_BEARER_TOKEN_BEDROCK": "", "AWS_CA_BUNDLE": "", "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
	} {
		t.Setenv(name, value)
	}
	s := &bedrock{m}
	routes := http.NewServeMux()
	routes.HandleFunc("POST /model/{id}/converse", s.converse)
	routes.HandleFunc("POST /model/{id}/converse-stream", s.stream)
	return &provider.Choice{Model: "us.amazon.nova-lite-v1:0", HTTP: serve(t, routes)}
}

// OpenAI is the choice of a model behind an OpenAI-compatible endpoint, which
// answers as m does.
func OpenAI(t T, m model.Model) *provider.Choice {
	t.Helper()
	routes := http.NewServeMux()
	routes.HandleFunc("POST /v1/chat/completions", (&chat{m}).complete)
	return &provider.Choice{Model: "small", OpenAI: "http://openai.test/v1", HTTP: serve(t, routes)}
}

// Providers are both, by name.
var Providers = map[string]func(T, model.Model) *provider.Choice{"bedrock": Bedrock, "openai": OpenAI}

// serve gives a client all of whose calls the handler answers.
func serve(t T, h http.Handler) *http.Client {
	t.Helper()
	pipes := &listener{conns: make(chan net.Conn), closed: make(chan struct{})}
	server := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	transport := &http.Transport{DialContext: pipes.dial}
	var serving sync.WaitGroup
	serving.Go(func() {
		if err := server.Serve(pipes); !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		serving.Wait()
	})
	return &http.Client{Transport: transport}
}

// listener accepts what its dial connects.
type listener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *listener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case l.conns <- there:
		return here, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *listener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

// block is a piece of a message's content; both formats have the text of one in
// this place.
type block struct {
	Text string `json:"text"`
}

// join is the text of the blocks.
func join(blocks []block) string {
	var texts []string
	for _, b := range blocks {
		texts = append(texts, b.Text)
	}
	return strings.Join(texts, "\n")
}

// object is a JSON object.
type object map[string]any

func text(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprint("wire: ", err)) // there is nothing in an object that JSON has not
	}
	return string(data)
}

// halves cuts a text in two, as models write in pieces.
func halves(s string) []string {
	runes := []rune(s)
	half := len(runes) / 2
	return []string{string(runes[:half]), string(runes[half:])}
}

// respond writes a body with a status.
func respond(w http.ResponseWriter, status int, contentType, body string) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body)) // a caller that hung up needs no answer
}

// refuse prepares the answer for an error: its status, and when to come again.
func refuse(w http.ResponseWriter, err error) *model.Error {
	e, ok := errors.AsType[*model.Error](err)
	if !ok {
		e = model.NewError(model.ErrInternal.Name, err.Error(), err)
	}
	e = model.NewError(e.Name, e.Message, nil)
	if e.Status == 0 {
		e.Status = http.StatusBadRequest
	}
	if own, ok := errors.AsType[*model.Error](err); ok && own.After > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(own.After.Seconds())))
	}
	return e
}
