package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/cmd/conform/internal/definitionsuite"
	"github.com/flowstone-go/flow/internal/document"
)

// transitions is when a definition that goes round without end is stopped.
const transitions = 1000

// runDefinition runs an ASL definition with tasks that give back what they are
// given. However it ends, it is an execution that has ended: its history says
// so.
func runDefinition(c *definitionsuite.Case) error {
	f, err := flow.Parse(c.Definition)
	if err != nil {
		return err
	}
	desk := flow.NewDesk()
	registry := flow.NewRegistry()
	registry.Handle("*", echo{desk})
	var history flow.History
	// A context of the program is none of the bubble's.
	_, err = f.Run(context.Background(), document.NewObject(0),
		flow.Resources(registry), desk, flow.Store(&flow.MemoryStorage{}), flow.MaxTransitions(transitions), flow.Record(&history))
	var failed *flow.Error
	if err != nil && !errors.As(err, &failed) {
		return fmt.Errorf("it ended with an error that is no *flow.Error: %w", err)
	}
	events := history.Events()
	if len(events) < 2 {
		return fmt.Errorf("its history has %d events", len(events))
	}
	switch end := events[len(events)-1].Type; {
	case end != "ExecutionSucceeded" && end != "ExecutionFailed" && end != "ExecutionTimedOut":
		return fmt.Errorf("its history ends with %s", end)
	case (err == nil) != (end == "ExecutionSucceeded"):
		return fmt.Errorf("its history ends with %s, but the error is %w", end, err)
	}
	_, err = history.MarshalJSON()
	return err
}

// echo is the handler of tasks that give back what they are given.
type echo struct{ desk *flow.Desk }

// Handle gives back the parameters, by the token where one is waited for.
func (e echo) Handle(ctx context.Context, r *flow.Request) (any, error) {
	if r.Token == "" {
		return r.Parameters, nil
	}
	if err := e.desk.Succeed(ctx, flow.Token(r.Token), r.Parameters); err != nil {
		return nil, err
	}
	if r.Pattern == "waitForTaskToken" {
		return r.Parameters, nil
	}
	return nil, flow.Submitted(r.Parameters)
}
