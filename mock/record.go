package mock

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"
	"time"

	"github.com/flowstone-go/flow/model"
)

// A recording is lines of JSON: one that says what it is, then one for each
// call in the order in which they ended.

// recordingVersion is what the first line has.
const recordingVersion = 1

type recordingHead struct {
	Recording int `json:"flowstoneRecording"`
}

// exchange is one recorded call.
type exchange struct {
	State    string          `json:"state,omitempty"`
	Request  json.RawMessage `json:"request"`
	Response *model.Response `json:"response,omitempty"`
	Events   []model.Event   `json:"events,omitempty"`
	Streamed bool            `json:"streamed,omitempty"`
	Left     bool            `json:"left,omitempty"` // the reader left the stream
	Error    *recordedError  `json:"error,omitempty"`
}

// recordedError is an error as plain data.
type recordedError struct {
	Name      string        `json:"name,omitempty"` // empty for an error that has none
	Message   string        `json:"message,omitempty"`
	Retryable bool          `json:"retryable,omitempty"`
	After     time.Duration `json:"after,omitempty"`
	Status    int           `json:"status,omitempty"`
	Code      string        `json:"code,omitempty"`
}

func recordError(err error) *recordedError {
	if e, ok := errors.AsType[*model.Error](err); ok {
		r := &recordedError{Name: e.Name, Message: e.Message, Retryable: e.Retryable, After: e.After, Status: e.Status, Code: e.Code}
		if r.Message == "" && e.Err != nil {
			r.Message = e.Err.Error()
		}
		return r
	}
	return &recordedError{Message: err.Error()}
}

func (r *recordedError) replay() error {
	if r.Name == "" {
		return errors.New(r.Message)
	}
	return &model.Error{Name: r.Name, Message: r.Message, Retryable: r.Retryable, After: r.After, Status: r.Status, Code: r.Code}
}

// Recorder is a model that records what another one is asked and answers. See
// [Record].
type Recorder struct {
	m    model.Model
	more []Redaction

	mu    sync.Mutex
	w     io.Writer
	begun bool
	err   error
}

// Record wraps a model so that each call is written to w, for [Replay]. Secrets
// are taken out: what has the form of a key, token or account number, and members
// with names such as password and authorization; see [Redact] for more. Look
// at a recording before you publish it: texts of prompts and answers are in it.
//
// A call whose recording can't be written fails. A call that ended by its
// context is not recorded.
func Record(m model.Model, w io.Writer, more ...Redaction) *Recorder {
	r := &Recorder{m: m, w: w, more: more}
	if m == nil {
		r.m = model.Func(func(context.Context, *model.Request) (*model.Response, error) {
			return nil, &scriptError{"Record of a model that is nil"}
		})
	}
	return r
}

// Unwrap gives the model inside.
func (r *Recorder) Unwrap() model.Model { return r.m }

// Err is the first error of writing.
func (r *Recorder) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// Generate asks the model inside, and records.
func (r *Recorder) Generate(ctx context.Context, req *model.Request) (*model.Response, error) {
	resp, err := r.m.Generate(ctx, req)
	x := exchange{Response: resp}
	if err != nil {
		x.Error = recordError(err)
	}
	if err := r.write(ctx, req, &x); err != nil {
		return nil, err
	}
	return resp, err
}

// Stream asks the model inside, and records.
func (r *Recorder) Stream(ctx context.Context, req *model.Request) iter.Seq2[model.Event, error] {
	return func(yield func(model.Event, error) bool) {
		x := exchange{Streamed: true}
		for ev, err := range model.Stream(ctx, r.m, req) {
			if err != nil {
				x.Error = recordError(err)
				if failed := r.write(ctx, req, &x); failed != nil {
					err = failed
				}
				yield(model.Event{}, err)
				return
			}
			x.Events = append(x.Events, ev)
			if !yield(ev, nil) {
				x.Left = true
				_ = r.write(ctx, req, &x) // nobody listens any more; Err has it
				return
			}
		}
		if err := r.write(ctx, req, &x); err != nil {
			yield(model.Event{}, err)
		}
	}
}

func (r *Recorder) write(ctx context.Context, req *model.Request, x *exchange) error {
	if ctx.Err() != nil && (x.Error != nil || x.Left) {
		return nil
	}
	caller, _ := model.CallerOf(ctx)
	x.State = caller.State
	r.mu.Lock()
	defer r.mu.Unlock()
	err := r.line(req, x)
	if err != nil {
		err = fmt.Errorf("mock: recording: %w", err)
		if r.err == nil {
			r.err = err
		}
	}
	return err
}

func (r *Recorder) line(req *model.Request, x *exchange) (err error) {
	if r.w == nil {
		return errors.New("there is no file to write to")
	}
	if x.Request, err = json.Marshal(req); err != nil {
		return err
	}
	data, err := json.Marshal(x)
	if err != nil {
		return err
	}
	line, err := redacted(data, r.more)
	if err != nil {
		return err
	}
	if !r.begun {
		head, err := json.Marshal(recordingHead{recordingVersion})
		if err != nil {
			return err
		}
		if _, err := r.w.Write(append(head, '\n')); err != nil {
			return err
		}
		r.begun = true
	}
	_, err = r.w.Write(append(line, '\n'))
	return err
}
