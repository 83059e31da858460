package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/examples/internal/extract"
	"github.com/flowstone-go/flow/examples/internal/progress"
)

// outcome is how one document fared.
type outcome struct {
	path    string
	receipt Receipt
	err     error
}

// batch runs the flow on each document, on at most so many at once, and hands
// the outcomes over in the order of the documents, each as soon as those
// before it are there.
func batch(ctx context.Context, f *flow.Flow[Document, Receipt], paths []string, concurrency int, board *progress.Board, done func(outcome)) {
	outcomes := make([]chan outcome, len(paths))
	for i := range outcomes {
		outcomes[i] = make(chan outcome, 1)
	}
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(concurrency, len(paths)) {
		workers.Go(func() {
			for i := range next {
				outcomes[i] <- one(ctx, f, paths[i], board)
			}
		})
	}
	workers.Go(func() {
		defer close(next)
		for i := range paths {
			next <- i
		}
	})
	for _, o := range outcomes {
		done(<-o)
	}
	workers.Wait()
}

// one runs the flow on one document and shows on the board what happens to it.
func one(ctx context.Context, f *flow.Flow[Document, Receipt], path string, board *progress.Board) outcome {
	job := board.Start(name(path))
	defer job.End()
	w := &watch{job: job}
	ctx = w.in(ctx)
	exec := f.Start(ctx, Document{Path: path}, flow.Observe(w.meter.Observe))
	written := ""
	for event, err := range exec.Events(ctx) {
		if err != nil {
			break
		}
		switch {
		case strings.HasSuffix(event.Type, "StateEntered"):
			job.Doing(event.State)
		case event.Type == flow.ModelText:
			written += event.Text
			job.Doing(event.State + ": " + printable(written[max(0, strings.LastIndexByte(written, '\n')):]))
		case event.Type == flow.RetryScheduled:
			written = ""
			job.Note("%s: %s: attempt %d in %v", event.State, event.Error.Name, event.Attempt+1, event.Delay.Round(time.Millisecond))
		}
	}
	receipt, err := exec.Wait(context.WithoutCancel(ctx)) // its end, whatever it is
	return outcome{path, receipt, err}
}

// watch is what accompanies one document: its line on the board, and what it
// uses.
type watch struct {
	job   *progress.Job
	meter flow.Meter
}

type watchKey struct{}

func (w *watch) in(ctx context.Context) context.Context {
	return context.WithValue(ctx, watchKey{}, w)
}

// watchOf gives what accompanies the document that a context belongs to.
func watchOf(ctx context.Context) *watch {
	if w, ok := ctx.Value(watchKey{}).(*watch); ok {
		return w
	}
	return new(watch)
}

// note writes a line about the document that a context belongs to.
func note(ctx context.Context, text string) { watchOf(ctx).job.Note("%s", text) }

// explain is an error for people: what is wrong with the document, or where in
// the flow something failed.
func explain(err error) string {
	if errors.Is(err, flow.ErrCancelled) {
		return "interrupted"
	}
	if refused, ok := errors.AsType[*extract.Error](err); ok {
		return fmt.Sprintf("%s [%s]", refused.Detail, refused.Name)
	}
	return err.Error()
}
