package openai

import (
	"context"
	"iter"
	"net/http"
	"strings"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/packages/ssestream"

	"github.com/flowstone-go/flow/model"
)

// Completions is what a [Model] needs of a client. *openai.ChatCompletionService has it: the field Chat.Completions of the SDK's
// client, by its address.
type Completions interface {
	New(context.Context, openai.ChatCompletionNewParams, ...option.RequestOption) (*openai.ChatCompletion, error)
	NewStreaming(context.Context, openai.ChatCompletionNewParams, ...option.RequestOption) *ssestream.Stream[openai.ChatCompletionChunk]
}

// Model is a model behind an endpoint for Chat Completions. It implements [model.Model], [model.Streamer] and [model.Describer], and is
// safe for concurrent use.
type Model struct {
	client Completions
	id     string
	settings
}

// New makes a model of a client and of a model's id. The SDK's own retries are switched off for each call.
func New(client Completions, id string, opts ...Option) *Model {
	m := &Model{client: client, id: id}
	for _, opt := range opts {
		opt.apply(&m.settings)
	}
	return m
}

// errNoClient is the error of a model that was made without a client.
var errNoClient = model.NewError(model.ErrValidation.Name, "there is no client", nil)

// Open makes a model and the client for it: of OpenAI, or of another server with [BaseURL]. It reads no environment; [APIKey] gives the
// key where one is needed.
func Open(id string, opts ...Option) *Model {
	m := New(nil, id, opts...)
	request := []option.RequestOption{option.WithEnvironmentProduction()}
	if m.baseURL != "" {
		request = append(request, option.WithBaseURL(m.baseURL))
	}
	if m.apiKey != "" {
		request = append(request, option.WithAPIKey(m.apiKey))
	}
	if m.httpClient != nil {
		request = append(request, option.WithHTTPClient(m.httpClient))
	}
	service := openai.NewChatCompletionService(request...)
	m.client = &service
	return m
}

// Option sets something about a [Model].
type Option interface{ apply(*settings) }

type settings struct {
	baseURL       string
	apiKey        string
	httpClient    *http.Client
	compatible    bool
	maxOutput     int
	contextWindow int
	unstructured  bool
}

type setting func(*settings)

func (s setting) apply(to *settings) { s(to) }

// BaseURL names the server for [Open], up to and with the version: "http://localhost:11434/v1". It implies [Compatible], unless it is
// OpenAI's own. With [New] it only says which kind of server the client talks to.
func BaseURL(url string) Option {
	return setting(func(s *settings) {
		s.baseURL = url
		s.compatible = !strings.Contains(url, "//api.openai.com/")
	})
}

// APIKey gives the key for [Open]. Servers on one's own machine want none as a rule.
func APIKey(key string) Option { return setting(func(s *settings) { s.apiKey = key }) }

// HTTPClient gives the HTTP client for [Open]; nil is [http.DefaultClient]. It should have no timeout: the context's deadline counts.
func HTTPClient(c *http.Client) Option { return setting(func(s *settings) { s.httpClient = c }) }

// Compatible says that the server is not OpenAI's but follows it: see the package's section on such servers.
func Compatible() Option { return setting(func(s *settings) { s.compatible = true }) }

// WithLimits says how many tokens an answer can have at most, and request and answer together; 0 means not known. Both only describe
// the model, for budgets and the like.
func WithLimits(maxOutput, contextWindow int) Option {
	return setting(func(s *settings) { s.maxOutput, s.contextWindow = maxOutput, contextWindow })
}

// WithoutStructuredOutput says that the server does not enforce a schema, so that a prompt node uses a tool instead.
func WithoutStructuredOutput() Option { return setting(func(s *settings) { s.unstructured = true }) }

// Describe tells the provider, "openai", and what the options said about the model.
func (m *Model) Describe() model.Description {
	return model.Description{
		Provider: "openai", Model: m.id, MaxOutput: m.maxOutput, ContextWindow: m.contextWindow, StructuredOutput: !m.unstructured,
	}
}

// Generate asks for a whole answer.
func (m *Model) Generate(ctx context.Context, req *model.Request) (*model.Response, error) {
	if m.client == nil {
		return nil, errNoClient
	}
	params, err := m.params(req)
	if err != nil {
		return nil, err
	}
	var raw *http.Response
	out, err := m.client.New(ctx, *params, option.WithMaxRetries(0), option.WithResponseInto(&raw))
	if err != nil {
		return nil, m.cured(failure(ctx, raw, err), params.Model)
	}
	return m.response(out, params.Model, req)
}

// Stream asks for an answer piece by piece.
func (m *Model) Stream(ctx context.Context, req *model.Request) iter.Seq2[model.Event, error] {
	return func(yield func(model.Event, error) bool) {
		if m.client == nil {
			yield(model.Event{}, errNoClient)
			return
		}
		params, err := m.params(req)
		if err != nil {
			yield(model.Event{}, err)
			return
		}
		params.StreamOptions = openai.ChatCompletionStreamOptionsParam{IncludeUsage: openai.Bool(true)}
		var raw *http.Response
		stream := m.client.NewStreaming(ctx, *params, option.WithMaxRetries(0), option.WithResponseInto(&raw))
		defer func() {
			if err := stream.Close(); err != nil {
				return // the connection is gone, which is what was wanted
			}
		}()
		t := m.newTranslator(params.Model, req)
		for stream.Next() {
			chunk := stream.Current()
			for _, ev := range t.chunk(&chunk) {
				if !yield(ev, nil) {
					return
				}
			}
		}
		if err := stream.Err(); err != nil {
			if raw == nil || raw.StatusCode != http.StatusOK {
				yield(model.Event{}, m.cured(failure(ctx, raw, err), params.Model))
			} else {
				yield(model.Event{}, brokenStream(ctx, raw, err))
			}
			return
		}
		events, err := t.finish()
		if err != nil {
			yield(model.Event{}, brokenStream(ctx, raw, err))
			return
		}
		for _, ev := range events {
			if !yield(ev, nil) {
				return
			}
		}
	}
}
