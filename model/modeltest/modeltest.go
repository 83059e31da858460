// Package modeltest checks that a provider keeps the rules of [model.Model] and
// [model.Streamer]. As with testing/fstest, the suite returns an error, and a
// test of the provider reports it:
//
//	func TestConformance(t *testing.T) {
//		err := modeltest.Test(t.Context(), func(ctx context.Context, c modeltest.Case) (model.Model, error) {
//			server := newWireServer(t, c) // answers every call with c.Response, or fails with c.Err
//			return acme.New(server.URL), nil
//		})
//		if err != nil {
//			t.Error(err)
//		}
//	}
//
// Whether a stream that is left early leaves goroutines behind is for a leak
// detector to say, around the call of [Test].
package modeltest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"sync"

	"github.com/flowstone-go/flow/model"
)

// Open makes a model whose provider answers every call, of Generate and of
// Stream, as the case says. It gives an error that is [errors.ErrUnsupported]
// to leave out a case that the provider cannot have.
type Open func(ctx context.Context, c Case) (model.Model, error)

// Test runs all of [Cases] and reports every broken rule, nil if there is none.
// A suite that left out every case is an error too.
func Test(ctx context.Context, open Open) error {
	var errs []error
	ran := 0
	for _, c := range Cases() {
		m, err := open(ctx, c)
		if errors.Is(err, errors.ErrUnsupported) {
			continue
		}
		ran++
		if err == nil {
			err = c.check(ctx, m)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", c.Name, err))
		}
	}
	if ran == 0 {
		errs = append(errs, errors.New("every case was left out"))
	}
	return errors.Join(errs...)
}

func (c Case) check(ctx context.Context, m model.Model) error {
	before, err := json.Marshal(c.Request)
	if err != nil {
		return err
	}
	var errs []error
	note := func(what string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", what, err))
		}
	}
	if c.Pieces == 0 {
		note("Generate", c.generate(ctx, m))
		if changed := c.changed(before); changed != nil {
			return errors.Join(append(errs, changed)...) // calls side by side would race
		}
		note("Generate, eight at once", c.concurrently(ctx, m))
	}
	if s, ok := m.(model.Streamer); ok {
		n, err := c.stream(ctx, s)
		note("Stream", err)
		for leave := range n {
			note(fmt.Sprintf("Stream, left at event %d", leave), c.leave(ctx, s, leave))
		}
		if c.Err == nil {
			note("Stream, cancelled on the way", c.cancelStream(ctx, s))
			note("Stream with a cancelled context", c.cancelled(ctx, func(ctx context.Context) (*model.Response, error) {
				return model.Collect(s.Stream(ctx, c.Request))
			}))
		}
	}
	if c.Err == nil {
		note("Generate with a cancelled context", c.cancelled(ctx, func(ctx context.Context) (*model.Response, error) {
			return m.Generate(ctx, c.Request)
		}))
	}
	return errors.Join(append(errs, c.changed(before))...)
}

// changed tells that the request is not what it was.
func (c Case) changed(before []byte) error {
	after, err := json.Marshal(c.Request)
	if err != nil || !bytes.Equal(before, after) {
		return fmt.Errorf("the request was changed:\nbefore %s\nafter  %s", before, after)
	}
	return nil
}

func (c Case) generate(ctx context.Context, m model.Model) error {
	resp, err := m.Generate(ctx, c.Request)
	return c.outcome(resp, err)
}

// outcome compares an answer with what the case wants.
func (c Case) outcome(resp *model.Response, err error) error {
	if c.Err != nil {
		if resp != nil {
			return errors.New("there is a response beside the error")
		}
		return c.fails(err)
	}
	switch {
	case err != nil:
		return fmt.Errorf("unexpected error: %w", err)
	case resp == nil:
		return errors.New("neither response nor error")
	case resp.Model == "":
		return errors.New("Response.Model is empty")
	}
	got := model.Response{Content: resp.Content, Stop: resp.Stop, StopSequence: resp.StopSequence, Usage: resp.Usage}
	want := *c.Response
	if len(got.Content) == 0 && len(want.Content) == 0 {
		got.Content, want.Content = nil, nil
	}
	return same(&want, &got)
}

// same compares two responses by their JSON.
func same(want, got *model.Response) error {
	w, err := json.Marshal(want)
	if err != nil {
		return err
	}
	g, err := json.Marshal(got)
	if err != nil {
		return fmt.Errorf("response cannot be encoded: %w", err)
	}
	if !bytes.Equal(w, g) {
		return fmt.Errorf("the wrong response:\nwant %s\ngot  %s", w, g)
	}
	return nil
}

// fails checks an error against the one of the case.
func (c Case) fails(err error) error {
	if err == nil {
		return fmt.Errorf("no error, want %s", c.Err.Name)
	}
	got, ok := errors.AsType[*model.Error](err)
	switch {
	case !ok:
		return fmt.Errorf("no *model.Error: %w", err)
	case got.Name != c.Err.Name:
		return fmt.Errorf("error %s, want %s: %w", got.Name, c.Err.Name, err)
	case got.Retryable != c.Err.Retryable:
		return fmt.Errorf("error %s: retryable is %v, want %v", got.Name, got.Retryable, c.Err.Retryable)
	case got.After != c.Err.After:
		return fmt.Errorf("error %s asks to wait %v, want %v", got.Name, got.After, c.Err.After)
	case got.Message == "" && got.Err == nil:
		return fmt.Errorf("error %s says nothing", got.Name)
	}
	return nil
}

func (c Case) concurrently(ctx context.Context, m model.Model) error {
	errs := make([]error, 8)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { errs[i] = c.generate(ctx, m) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// stream checks the events and what they add up to, and gives their number.
func (c Case) stream(ctx context.Context, s model.Streamer) (int, error) {
	n, pieces := 0, 0
	var failed, broken error
	resp, err := model.Collect(func(yield func(model.Event, error) bool) {
		for ev, err := range s.Stream(ctx, c.Request) {
			n++
			if failed != nil { // what follows an error is not for the collector
				broken = errors.New("the sequence goes on after an error")
				continue
			}
			if failed = err; err != nil && !isZero(ev) {
				broken = errors.New("an event comes together with an error")
			}
			if ev.Type == model.EventText {
				pieces++
			}
			if !yield(ev, err) && err == nil {
				return
			}
		}
	})
	if broken != nil {
		return n, broken
	}
	if c.Err != nil && pieces < c.Pieces {
		return n, fmt.Errorf("%d pieces of text came before the error, want %d", pieces, c.Pieces)
	}
	return n, c.outcome(resp, err)
}

func isZero(ev model.Event) bool {
	return ev.Type == "" && ev.Index == 0 && ev.Text == "" && ev.Block == nil && ev.Response == nil
}

// leave breaks out of the stream at an event. A provider that calls yield
// again makes the loop panic, which is reported as well.
func (c Case) leave(ctx context.Context, s model.Streamer, at int) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	n := 0
	for _, err := range s.Stream(ctx, c.Request) {
		if n == at || err != nil {
			break
		}
		n++
	}
	return nil
}

// cancelled calls with a context that is over.
func (c Case) cancelled(ctx context.Context, call func(context.Context) (*model.Response, error)) error {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	resp, err := call(ctx)
	if resp != nil || !errors.Is(err, context.Canceled) {
		return fmt.Errorf("response %v and error %w, want one that is context.Canceled", resp != nil, errOrNone(err))
	}
	return nil
}

// cancelStream cancels after the first event; what comes then may be the rest
// of the answer or the cancellation.
func (c Case) cancelStream(ctx context.Context, s model.Streamer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	next, stop := iter.Pull2(s.Stream(ctx, c.Request))
	defer stop()
	_, err, ok := next()
	cancel()
	for ok && err == nil {
		_, err, ok = next()
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("error %w, want one that is context.Canceled", err)
	}
	return nil
}

func errOrNone(err error) error {
	if err == nil {
		return errors.New("none")
	}
	return err
}
