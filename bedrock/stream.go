package bedrock

import (
	"context"
	"iter"
)

// sdkStream is what all event streams of the SDK have in common.
type sdkStream[T any] interface {
	Events() <-chan T
	Close() error
	Err() error
}

// events ranges over a stream and releases it however the range ends. A stream's error comes last.
func events[T any](ctx context.Context, stream sdkStream[T]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		defer release(stream)
		var none T
		for {
			select {
			case ev, ok := <-stream.Events():
				if !ok {
					if err := stream.Err(); err != nil {
						yield(none, err)
					}
					return
				}
				if !yield(ev, nil) {
					return
				}
			case <-ctx.Done():
				yield(none, context.Cause(ctx))
				return
			}
		}
	}
}

// release closes a stream and waits for the SDK's reader, which closes the channel as its last act: nothing of the call outlives it.
func release[T any](stream sdkStream[T]) {
	if err := stream.Close(); err != nil {
		// Already reported by Err where anybody wanted to know.
		_ = err
	}
	for range stream.Events() {
		continue // what is left is dropped
	}
}
