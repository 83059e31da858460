package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/cmd/conform/internal/aslsuite"
	"github.com/flowstone-go/flow/cmd/conform/internal/virtual"
	"github.com/flowstone-go/flow/internal/document"
)

// payloadLimit is the quota of AWS Step Functions for what a state puts out.
const payloadLimit = 256 << 10

// account is that of the cases.
const account = "111111111111"

// execute runs the state machine of a case as its execution was run.
func execute(ctx context.Context, c *aslsuite.Case) (*aslsuite.Answer, error) {
	var history flow.History
	e, err := start(ctx, c, &history)
	if err != nil {
		return nil, err
	}
	out, err := e.Wait(ctx)
	a, err := answer(e.Status(), out, err, &history)
	if err == nil && c.Logs != nil {
		a.Logs, err = logs(c.Logs, &history)
	}
	return a, err
}

// describeMapRun tells of the distributed Map of a case once it has run.
func describeMapRun(ctx context.Context, c *aslsuite.Case) (*aslsuite.Answer, error) {
	var history flow.History
	e, err := start(ctx, c, &history)
	if err != nil {
		return nil, err
	}
	_, failed := e.Wait(ctx) // the run tells
	runs := history.MapRuns()
	if len(runs) == 0 {
		return nil, fmt.Errorf("there was no run of a distributed Map: %w", failed)
	}
	text, err := json.Marshal(runs[0])
	if err != nil {
		return nil, err
	}
	run, err := document.Decode(text)
	return &aslsuite.Answer{Expect: document.ObjectOf(document.Field{Key: "map_run", Value: run})}, err
}

// start begins the execution of a case.
func start(ctx context.Context, c *aslsuite.Case, history *flow.History) (*flow.Execution[any], error) {
	parse := []flow.ParseOption{flow.ParseName("sm_u00001")}
	if c.Express {
		parse = append(parse, flow.ParseExpress())
	}
	f, err := flow.Parse([]byte(c.Definition), parse...)
	if err != nil {
		return nil, err
	}
	var input any = document.NewObject(0)
	if c.HasInput {
		if input, err = document.Decode([]byte(c.Input)); err != nil {
			return nil, err
		}
	}
	if given, ok := c.Given(); ok && !c.Placeholders.Equal(given, input) {
		input = given
	}
	store := &flow.MemoryStorage{}
	for _, o := range c.Objects {
		if err := store.Put(ctx, o.Bucket, o.Key, []byte(o.Body)); err != nil {
			return nil, err
		}
	}
	desk := flow.NewDesk()
	registry := flow.NewRegistry()
	registry.Handle("*", &services{services: aslsuite.NewServices(c), desk: desk})
	virtual.SleepUntil(c.Start)
	e := f.Start(ctx, input,
		flow.Resources(registry), desk, flow.Store(store), flow.AsOf(c.AsOf), flow.PayloadLimit(payloadLimit),
		flow.Identify(flow.Identity{Account: account, Synchronous: c.Synchronous}), flow.Record(history))
	if stop := c.Stop(); stop != nil {
		time.Sleep(time.Nanosecond) // nothing happens any more before that
		e.Stop(failure(stop))
	}
	return e, nil
}

// logs are the records that the case's logging configuration asks for.
func logs(configuration *document.Object, h *flow.History) ([]any, error) {
	level, _ := configuration.Get("level")
	data, _ := configuration.Get("includeExecutionData")
	text, _ := level.(string)
	records, err := h.Logs(flow.LogLevel(text), data == true)
	if err != nil {
		return nil, err
	}
	all := make([]any, len(records))
	for i, r := range records {
		line, err := json.Marshal(r)
		if err != nil {
			return nil, err
		}
		v, err := document.Decode(line)
		if err != nil {
			return nil, err
		}
		if all[i], err = aslsuite.FromLog(v); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// answer puts the end of an execution into the form of a case.
func answer(status flow.Status, out any, failed error, h *flow.History) (*aslsuite.Answer, error) {
	expect := document.ObjectOf(document.Field{Key: "status", Value: string(status)})
	if failed == nil {
		v, err := document.Canonical(out)
		if err != nil {
			return nil, err
		}
		expect.Set("output", v)
	} else {
		var e *flow.Error
		if !errors.As(failed, &e) {
			return nil, failed
		}
		if status != flow.TimedOut && status != flow.Aborted {
			if e.Name != "" {
				expect.Set("error", e.Name)
			}
			if e.Cause != "" {
				expect.Set("cause", e.Cause)
			}
		}
	}
	text, err := h.MarshalJSON()
	if err != nil {
		return nil, err
	}
	v, err := document.Decode(text)
	if err != nil {
		return nil, err
	}
	events, _ := document.Member(v, "events")
	list, _ := events.([]any)
	for _, e := range list {
		bare(e)
	}
	if list, err = aslsuite.FromAPI(list); err != nil {
		return nil, err
	}
	if status == flow.Aborted && len(list) > 0 { // with what it was stopped for, if anything was said
		details, _ := document.Member(list[len(list)-1], "executionAbortedEventDetails")
		for key, v := range document.Entries(details) {
			expect.Set(key, v)
		}
	}
	return &aslsuite.Answer{Expect: expect, History: list}, nil
}

// services answers tasks as the case recorded.
type services struct {
	services *aslsuite.Services
	desk     *flow.Desk
}

func (s *services) request(r *flow.Request) (aslsuite.Request, error) {
	parameters, err := document.Canonical(r.Parameters)
	return aslsuite.Request{State: r.State, Resource: r.Resource, Parameters: parameters}, err
}

// Refuse refuses what AWS would not schedule.
func (s *services) Refuse(r *flow.Request) error {
	q, err := s.request(r)
	if err != nil {
		return err
	}
	if text := s.services.Refuse(q); text != "" {
		return errors.New(text)
	}
	return nil
}

// WorkerName is that of the activity's worker.
func (s *services) WorkerName(activity string) string { return s.services.Worker(activity) }

func (s *services) Handle(ctx context.Context, r *flow.Request) (any, error) {
	q, err := s.request(r)
	if err != nil {
		return nil, err
	}
	reply, err := s.services.Call(q)
	if err != nil {
		return nil, fmt.Errorf("conform: %w", err)
	}
	if reply.HasSubmitted {
		if !reply.Never {
			if reply.Failed != nil {
				err = s.desk.Fail(ctx, flow.Token(r.Token), failure(reply.Failed))
			} else {
				err = s.desk.Succeed(ctx, flow.Token(r.Token), reply.Output)
			}
			if err != nil {
				return nil, err
			}
		}
		if r.Pattern == "waitForTaskToken" {
			return reply.Submitted, nil
		}
		return nil, flow.Submitted(reply.Submitted)
	}
	if reply.Never {
		<-ctx.Done()
		return nil, context.Cause(ctx)
	}
	if reply.After > 0 {
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(reply.After):
		}
	}
	if reply.Failed != nil {
		return nil, failure(reply.Failed)
	}
	return reply.Output, nil
}

func failure(f *aslsuite.Failure) error {
	e := &flow.Error{}
	if f.Error != nil {
		e.Name = *f.Error
	}
	if f.Cause != nil {
		e.Cause = *f.Cause
	}
	return e
}

// bare drops what the cases leave out of events: timestamps, and that a
// document is whole.
func bare(v any) {
	o, _ := v.(*document.Object)
	o.Delete("timestamp")
	for _, details := range o.All() {
		if d, ok := details.(*document.Object); ok {
			aslsuite.DropWhole(d)
		}
	}
}
