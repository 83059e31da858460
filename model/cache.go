package model

import (
	"container/list"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"iter"
	"sync"
)

// Store keeps answers for a [Cache]. It is safe for concurrent use.
type Store interface {
	// Get gives the response that was put under a key; ok is false where there
	// is none (any more).
	Get(ctx context.Context, key string) (resp *Response, ok bool, err error)
	// Put keeps a response. It may be forgotten at any time.
	Put(ctx context.Context, key string, resp *Response) error
}

// Cache is a model that gives the answer of an equal request again, at no cost:
// its Usage and Latency are zero. Requests are equal if their JSON is, and the
// model that they go to. Only whole answers are kept, no failures.
//
// A cache changes what a temperature means: the same question always gets the
// same answer. It is for development, evaluations and questions that repeat.
type Cache struct {
	// Model is asked where the store has no answer.
	Model Model
	// Store keeps the answers.
	Store Store
	// OnError is told when the store fails; the model is then asked as if there
	// were no cache. Nil: failures of the store fail the call.
	OnError func(error)
}

// Unwrap gives the model inside.
func (c *Cache) Unwrap() Model { return c.Model }

// Generate gives the answer of an equal request, or asks the model.
func (c *Cache) Generate(ctx context.Context, req *Request) (*Response, error) {
	key, known, err := c.lookup(ctx, req)
	if err != nil || known != nil {
		return known, err
	}
	resp, err := c.Model.Generate(ctx, req)
	if err != nil {
		return nil, err
	}
	if err := c.keep(ctx, key, resp); err != nil {
		return nil, err
	}
	return resp, nil
}

// Stream gives the answer of an equal request, each block in one piece, or asks
// the model.
func (c *Cache) Stream(ctx context.Context, req *Request) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		key, known, err := c.lookup(ctx, req)
		switch {
		case err != nil:
			yield(Event{}, err)
			return
		case known != nil:
			Events(known)(yield)
			return
		}
		var whole Collector
		for ev, err := range Stream(ctx, c.Model, req) {
			if err == nil {
				whole.Add(ev)
			}
			if !yield(ev, err) || err != nil {
				return
			}
		}
		resp, err := whole.Response()
		if err == nil {
			err = c.keep(ctx, key, resp)
		}
		if err != nil {
			yield(Event{}, err)
		}
	}
}

// lookup gives the key of a request, and what the store has under it.
func (c *Cache) lookup(ctx context.Context, req *Request) (key string, known *Response, err error) {
	switch {
	case c.Model == nil:
		return "", nil, NewError(ErrValidation.Name, "a Cache without a Model", nil)
	case c.Store == nil:
		return "", nil, NewError(ErrValidation.Name, "a Cache without a Store", nil)
	case ctx.Err() != nil:
		return "", nil, ctx.Err()
	}
	data, err := json.Marshal(req)
	if err != nil {
		return "", nil, NewError(ErrValidation.Name, "the request can't be written as JSON", err)
	}
	h := sha256.New()
	about := Describe(c.Model)
	for _, part := range []string{about.Provider, about.Model, string(data)} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	key = hex.EncodeToString(h.Sum(nil))
	resp, ok, err := c.Store.Get(ctx, key)
	if err != nil {
		return key, nil, c.failed(err)
	}
	if !ok || resp == nil {
		return key, nil, nil
	}
	free := *resp
	free.Usage, free.Latency = Usage{}, 0
	return key, &free, nil
}

func (c *Cache) keep(ctx context.Context, key string, resp *Response) error {
	if err := c.Store.Put(ctx, key, resp); err != nil {
		return c.failed(err)
	}
	return nil
}

func (c *Cache) failed(err error) error {
	if c.OnError == nil {
		return err
	}
	c.OnError(err)
	return nil
}

// MemoryStore keeps the answers that were used last. See [NewMemoryStore].
type MemoryStore struct {
	mu    sync.Mutex
	most  int
	byKey map[string]*list.Element
	order *list.List // of *kept, the last used first
}

type kept struct {
	key  string
	resp *Response
}

// NewMemoryStore gives a store in memory for so many answers; when it is full,
// the one that was used longest ago is forgotten. 0 or less is 1,000.
func NewMemoryStore(answers int) *MemoryStore {
	if answers <= 0 {
		answers = 1000
	}
	return &MemoryStore{most: answers, byKey: map[string]*list.Element{}, order: list.New()}
}

// Get gives what was put under a key.
func (s *MemoryStore) Get(_ context.Context, key string) (*Response, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.byKey[key]
	if !ok {
		return nil, false, nil
	}
	s.order.MoveToFront(e)
	k, _ := e.Value.(*kept)
	return k.resp, true, nil
}

// Put keeps a response.
func (s *MemoryStore) Put(_ context.Context, key string, resp *Response) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := s.byKey[key]; ok {
		e.Value = &kept{key, resp}
		s.order.MoveToFront(e)
		return nil
	}
	s.byKey[key] = s.order.PushFront(&kept{key, resp})
	for s.order.Len() > s.most {
		last := s.order.Back()
		k, _ := last.Value.(*kept)
		delete(s.byKey, k.key)
		s.order.Remove(last)
	}
	return nil
}
