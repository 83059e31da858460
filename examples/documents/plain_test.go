package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/examples/internal/extract"
	"github.com/flowstone-go/flow/examples/internal/offline"
	"github.com/flowstone-go/flow/model"
)

// short is the job as one would write it first.
func short(ctx context.Context, m model.Model, files *library, db *DB, d Document) (Receipt, error) {
	text, err := files.extract(ctx, d)
	if err != nil {
		return Receipt{}, fmt.Errorf("extract text: %w", err)
	}
	summary, err := ask(ctx, m, text)
	if err != nil {
		return Receipt{}, fmt.Errorf("summarize: %w", err)
	}
	if summary.Sentiment == "negative" {
		if err := files.alert(ctx, summary); err != nil {
			return Receipt{}, fmt.Errorf("alert: %w", err)
		}
	}
	return db.Put(ctx, Record{Document: d, Text: text, Summary: summary})
}

// long is the job with what the flow does about failures: a throttled model is
// asked again, one that fails is replaced by a person, reading has a time limit
// that holds even if it does not listen, a panic is an error, and a cancellation
// is neither retried nor caught.
func long(ctx context.Context, m model.Model, files *library, db *DB, d Document) (receipt Receipt, err error) {
	text, err := limited(ctx, time.Minute, func(ctx context.Context) (extract.Text, error) { return files.extract(ctx, d) })
	if err != nil {
		return Receipt{}, fmt.Errorf("extract text: %w", err)
	}
	record := Record{Document: d, Text: text}
	record.Summary, err = retried(ctx, 3, time.Second/2, func() (Summary, error) { return ask(ctx, m, text) })
	switch {
	case ctx.Err() != nil:
		return Receipt{}, context.Cause(ctx)
	case err != nil:
		name := "States.TaskFailed"
		if e, ok := errors.AsType[*model.Error](err); ok {
			name = e.Name
		}
		record.Failure = &flow.Failure{Error: name, Cause: err.Error()}
		record.Summary, err = safely(func() (Summary, error) {
			note(ctx, "Summarize: "+record.Failure.Cause+": a person is asked")
			return Summary{Text: offline.Lead(text.Body, 2), Sentiment: byHand}, nil
		})
		if err != nil {
			return Receipt{}, fmt.Errorf("ask a person: %w", err)
		}
	}
	if record.Summary.Sentiment == "negative" {
		if _, err := safely(func() (any, error) { return nil, files.alert(ctx, record.Summary) }); err != nil {
			return Receipt{}, fmt.Errorf("alert: %w", err)
		}
	}
	return safely(func() (Receipt, error) { return db.Put(ctx, record) })
}

// retried calls f again while it is throttled, each time after twice the time.
func retried[T any](ctx context.Context, times int, delay time.Duration, f func() (T, error)) (T, error) {
	for {
		v, err := safely(f)
		if times == 0 || !errors.Is(err, model.ErrThrottled) {
			return v, err
		}
		wait := delay
		if e, ok := errors.AsType[*model.Error](err); ok {
			wait = max(wait, e.RetryAfter())
		}
		note(ctx, fmt.Sprintf("Summarize: Model.Throttled: again in %v", wait))
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return v, context.Cause(ctx)
		}
		times--
		delay *= 2
	}
}

// limited calls f and leaves it behind when its time is up.
func limited[T any](ctx context.Context, d time.Duration, f func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, d, errors.New("it took too long"))
	type result struct {
		v   T
		err error
	}
	done := make(chan result, 1)
	go func() {
		defer cancel()
		v, err := safely(func() (T, error) { return f(ctx) })
		done <- result{v, err}
	}()
	select {
	case r := <-done:
		return r.v, r.err
	case <-ctx.Done():
		select {
		case r := <-done: // both at once
			return r.v, r.err
		default:
		}
		var none T
		return none, context.Cause(ctx)
	}
}

// safely makes an error of a panic.
func safely[T any](f func() (T, error)) (v T, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return f()
}

// ask is the call of the model, for which the flow has a node.
func ask(ctx context.Context, m model.Model, text extract.Text) (s Summary, err error) {
	resp, err := m.Generate(ctx, &model.Request{
		Messages: []model.Message{model.UserText(strings.Replace(prompt, "{{text.body}}", text.Body, 1))},
		Output:   &model.Output{}, MaxTokens: 300,
	})
	if err != nil {
		return s, err
	}
	watchOf(ctx).meter.Observe(flow.Event{Type: flow.ModelAnswered, State: "Summarize", Usage: resp.Usage, Model: resp.Model})
	return s, json.Unmarshal([]byte(resp.Text()), &s)
}

// The three ways do the same where nothing fails, and the flow and the long way
// also where the model is throttled or fails.
func TestPlainGo(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		throttle int
		fail     bool
	}{
		"well": {}, "throttled": {throttle: 2}, "failing": {fail: true}, "both": {throttle: 3, fail: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ways := []func(context.Context, model.Model, *library, *DB, Document) (Receipt, error){viaFlow, long}
				if name == "well" {
					ways = append(ways, short)
				}
				var receipts []Receipt
				for _, way := range ways {
					receipts = append(receipts, oneWay(t, way, &offline.Model{Throttle: test.throttle, Fail: test.fail}))
				}
				for _, other := range receipts[1:] {
					if diff := cmp.Diff(receipts[0], other); diff != "" {
						t.Error(diff)
					}
				}
			})
		})
	}
}

func viaFlow(ctx context.Context, m model.Model, files *library, db *DB, d Document) (Receipt, error) {
	f, err := pipeline(m, files, db)
	if err != nil {
		return Receipt{}, err
	}
	return f.Run(ctx, d, flow.Observe(watchOf(ctx).meter.Observe))
}

func oneWay(t *testing.T, way func(context.Context, model.Model, *library, *DB, Document) (Receipt, error), m model.Model) Receipt {
	t.Helper()
	db, err := OpenDB(t.Context(), t.TempDir()+"/d.db")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ctx := new(watch).in(t.Context())
	receipt, err := way(ctx, m, &library{fs: inbox, alerts: note}, db, Document{Path: "inbox/complaint.html"})
	if err != nil {
		t.Fatal(err)
	}
	return receipt
}
