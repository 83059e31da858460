package main

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/cmd/conform/internal/aslsuite"
	"github.com/flowstone-go/flow/internal/document"
)

// testState tests a state as the case does.
func testState(ctx context.Context, c *aslsuite.Case) (*aslsuite.Answer, error) {
	given := c.TestState
	t := &flow.StateTest{
		Definition: []byte(c.Definition), State: given.StateName, Level: flow.InspectionLevel(given.InspectionLevel),
		RevealSecrets: given.RevealSecrets,
	}
	if c.HasInput {
		t.Input = []byte(c.Input)
	}
	if given.RoleGiven {
		t.Role = "arn:aws:iam::" + account + ":role/conform"
	}
	if given.Variables != "" {
		t.Variables = []byte(given.Variables)
	}
	if given.Context != "" {
		t.Context = []byte(given.Context)
	}
	mockOf(given.Mock, t)
	configure(given.Configuration, t)
	registry := flow.NewRegistry()
	registry.Handle("*", &services{services: aslsuite.NewServices(c), desk: flow.NewDesk()})
	r, err := flow.TestState(ctx, t, flow.Resources(registry), flow.Identify(flow.Identity{Account: account}))
	if refused, ok := errors.AsType[*flow.RequestError](err); ok {
		return exception(refused.Exception, refused.Message), nil
	}
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	v, err := document.Decode(text)
	expect, _ := v.(*document.Object)
	return &aslsuite.Answer{Expect: expect}, err
}

func mockOf(given *document.Object, t *flow.StateTest) {
	if given == nil {
		return
	}
	t.Mock = &flow.StateMock{}
	if mode, ok := given.Get("fieldValidationMode"); ok {
		text, _ := mode.(string)
		t.Mock.Validation = flow.FieldValidation(text)
	}
	if result, ok := given.Get("result"); ok {
		text, _ := result.(string)
		t.Mock.Result = []byte(text)
	}
	if failure, ok := given.Get("errorOutput"); ok {
		name, _ := document.Member(failure, "error")
		cause, _ := document.Member(failure, "cause")
		t.Mock.Failure = &flow.Failure{}
		t.Mock.Failure.Error, _ = name.(string)
		t.Mock.Failure.Cause, _ = cause.(string)
	}
}

func configure(given *document.Object, t *flow.StateTest) {
	if given == nil {
		return
	}
	number := func(name string) (int, bool) {
		v, _ := given.Get(name)
		n, ok := document.Integer(v)
		return int(n), ok
	}
	t.RetrierRetryCount, _ = number("retrierRetryCount")
	if n, ok := number("mapIterationFailureCount"); ok {
		t.MapIterationFailureCount = &n
	}
	if data, ok := given.Get("mapItemReaderData"); ok {
		text, _ := data.(string)
		t.MapItemReaderData = []byte(text)
	}
}
