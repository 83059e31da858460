package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/flowstone-go/flow/cmd/conform/internal/aslsuite"
	"github.com/flowstone-go/flow/cmd/conform/internal/report"
	"github.com/flowstone-go/flow/cmd/conform/internal/virtual"
	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/states"
)

func asl(ctx context.Context, dir string, wanted filter, bubble virtual.Bubble) (report.Suite, error) {
	suite := report.Suite{Name: "asl", Levels: aslsuite.Levels}
	cases, err := aslsuite.Load(dir)
	if err != nil {
		return suite, err
	}
	for _, c := range cases {
		if !wanted.has(c.Area, c.Name) {
			continue
		}
		suite.Results = append(suite.Results, guarded(c.Area, c.Name, bubble, func() report.Result {
			answer, err := answerASL(ctx, c)
			return report.Result{Levels: aslsuite.Judge(c, answer, err)}
		}))
	}
	return suite, nil
}

// answerASL does what a case asks for.
func answerASL(ctx context.Context, c *aslsuite.Case) (*aslsuite.Answer, error) {
	ctx = context.WithoutCancel(ctx) // a channel from outside of the bubble is no good in it
	if c.Problem != nil {
		return nil, c.Problem
	}
	switch c.Kind {
	case aslsuite.KindCreate:
		return exception("InvalidDefinition", validation(c).Exception()), nil
	case aslsuite.KindValidate:
		return &aslsuite.Answer{Expect: validated(validation(c))}, nil
	case aslsuite.KindStart:
		return exception("InvalidExecutionInput", states.InputProblem([]byte(c.Input))), nil
	case aslsuite.KindTestState:
		return testState(ctx, c)
	case aslsuite.KindExecution:
		return execute(ctx, c)
	case aslsuite.KindMapRun:
		return describeMapRun(ctx, c)
	case aslsuite.KindVariableReferences:
		return references(c)
	}
	return nil, fmt.Errorf("no case of the kind %q can be run", c.Kind)
}

// exception is the answer of an operation that refuses what it is given. An
// empty message: it does not.
func exception(name, message string) *aslsuite.Answer {
	expect := document.NewObject(1)
	if message != "" {
		expect.Set("exception", document.ObjectOf(
			document.Field{Key: "type", Value: name},
			document.Field{Key: "message", Value: message},
		))
	}
	return &aslsuite.Answer{Expect: expect}
}

// validation gives what ValidateStateMachineDefinition finds: errors only,
// unless it is asked for warnings.
func validation(c *aslsuite.Case) states.Diagnostics {
	workflow := states.Standard
	if c.Express {
		workflow = states.Express
	}
	m, found := states.ParseJSON([]byte(c.Definition))
	if m != nil {
		found = states.Check(m, workflow)
	}
	return found.Errors()
}

// validated is the answer of ValidateStateMachineDefinition.
func validated(found states.Diagnostics) *document.Object {
	result := "OK"
	list := []any{}
	for _, d := range found {
		result = "FAIL"
		o := document.ObjectOf(
			document.Field{Key: "severity", Value: string(d.Severity)},
			document.Field{Key: "code", Value: string(d.Code)},
			document.Field{Key: "message", Value: d.Message},
		)
		if d.Location != "" {
			o.Set("location", d.Location)
		}
		list = append(list, o)
	}
	return document.ObjectOf(
		document.Field{Key: "result", Value: result},
		document.Field{Key: "diagnostics", Value: list},
		document.Field{Key: "truncated", Value: false},
	)
}

// references is what DescribeStateMachine reports of a definition's variables.
func references(c *aslsuite.Case) (*aslsuite.Answer, error) {
	m, found := states.ParseJSON([]byte(c.Definition))
	if m == nil {
		return nil, errors.New(found.Exception())
	}
	return &aslsuite.Answer{Expect: document.ObjectOf(
		document.Field{Key: "variableReferences", Value: states.VariableReferences(m)},
	)}, nil
}
