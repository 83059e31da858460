package flow

import (
	"context"
	"iter"
)

// Source gives the items of a [Stream], a page at a time. It is made for one
// attempt of the node and read by one goroutine. If it is an io.Closer it is
// closed at the end of the attempt.
type Source[I any] interface {
	// Read gives items and the cursor after them. The first cursor is ""; the
	// source ends where the next one is. A page may be empty.
	//
	// With the same cursor another Source made for the same input has to give the
	// same items again, now or after a crash: a [Retry] of the node goes on from
	// the page that it had come to. A Source that can't says so by a method
	// Resumable() bool that gives false: then a Retry begins anew.
	Read(ctx context.Context, cursor string) (items []I, next string, err error)
}

// SourceFunc is a function as a [Source].
type SourceFunc[I any] func(ctx context.Context, cursor string) (items []I, next string, err error)

// Read calls the function.
func (f SourceFunc[I]) Read(ctx context.Context, cursor string) ([]I, string, error) {
	return f(ctx, cursor)
}

// Seq is a sequence as a [Source]: rows of a query, lines of a file. It is read
// item by item as the stream takes them, and left early where the stream ends
// early. It is not resumable. An error ends it.
func Seq[I any](seq iter.Seq2[I, error]) Source[I] {
	s := &seqSource[I]{}
	if seq != nil {
		s.next, s.stop = iter.Pull2(seq)
	}
	return s
}

// seqSource pulls a sequence.
type seqSource[I any] struct {
	next func() (I, error, bool)
	stop func()
}

// Read gives the next item.
func (s *seqSource[I]) Read(ctx context.Context, _ string) ([]I, string, error) {
	if s.next == nil || ctx.Err() != nil {
		return nil, "", ctx.Err()
	}
	item, err, ok := s.next()
	if err != nil || !ok {
		return nil, "", err
	}
	return []I{item}, "more", nil
}

// Close leaves the sequence.
func (s *seqSource[I]) Close() error {
	if s.stop != nil {
		s.stop()
	}
	return nil
}

// Resumable is false: a sequence can only begin anew.
func (s *seqSource[I]) Resumable() bool { return false }
