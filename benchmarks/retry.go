package main

import (
	"context"
	"errors"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/retrypolicy"

	"github.com/flowstone-go/flow"
)

var errFlaky = errors.New("flaky")

// flaky gives a step that fails twice, then succeeds, and so on.
func flaky() func(context.Context, doc) (doc, error) {
	calls := 0
	return func(_ context.Context, d doc) (doc, error) {
		if calls++; calls%3 != 0 {
			return d, errFlaky
		}
		return d, nil
	}
}

// looping does fn n times.
func looping(fn func(ctx context.Context) (doc, error)) func(ctx context.Context, n int) (any, error) {
	return func(ctx context.Context, n int) (any, error) {
		var d doc
		var err error
		for range n {
			if d, err = fn(ctx); err != nil {
				return nil, err
			}
		}
		return d, nil
	}
}

func retries() workload {
	byHand, safe := flaky(), flaky()
	policy := failsafe.With(retrypolicy.NewBuilder[doc]().WithMaxRetries(3).Build())
	f := flow.New[doc, doc]("retry").Then(flow.Task("T", flaky()).Retry(flow.Retry{Interval: flow.NoDelay, MaxAttempts: 3})).Must()
	return workload{
		letter: "g", title: "Fails twice, then succeeds, without a delay", want: first, base: hand,
		who: []contender{
			{name: hand, prepare: ready(looping(func(ctx context.Context) (d doc, err error) {
				for range 4 {
					if err = ctx.Err(); err != nil {
						return d, err
					}
					if d, err = byHand(ctx, first); err == nil {
						return d, nil
					}
				}
				return d, err
			}))},
			running(f),
			{name: "failsafe-go", note: "wraps one call; no flow around it", prepare: ready(looping(func(ctx context.Context) (doc, error) {
				return policy.WithContext(ctx).GetWithExecution(func(e failsafe.Execution[doc]) (doc, error) { return safe(e.Context(), first) })
			}))},
			adkRetry(), langgraphRetry(),
		},
	}
}
