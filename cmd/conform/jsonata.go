package main

import (
	"context"
	"errors"

	"github.com/flowstone-go/flow/cmd/conform/internal/jsonatasuite"
	"github.com/flowstone-go/flow/cmd/conform/internal/report"
	"github.com/flowstone-go/flow/cmd/conform/internal/virtual"
	"github.com/flowstone-go/flow/internal/jsonata"
)

func jsonataSuite(ctx context.Context, dir string, wanted filter, bubble virtual.Bubble) (report.Suite, error) {
	suite := report.Suite{Name: "jsonata", Levels: jsonatasuite.Levels}
	cases, err := jsonatasuite.Load(dir)
	if err != nil {
		return suite, err
	}
	evaluate := func(c *jsonatasuite.Case, dialect jsonatasuite.Dialect) (jsonatasuite.Answer, error) {
		return evaluateJSONata(ctx, c, dialect)
	}
	for _, c := range cases {
		name := c.Group + "/" + c.Name
		if !wanted.has(c.Group, name) {
			continue
		}
		suite.Results = append(suite.Results, guarded(c.Group, name, bubble, func() report.Result {
			return jsonatasuite.Judge(c, evaluate)
		}))
	}
	return suite, nil
}

// stepsPerMillisecond turns the time that a case allows into a number of
// steps, so that the answer does not depend on the machine.
const stepsPerMillisecond = 10_000

func evaluateJSONata(ctx context.Context, c *jsonatasuite.Case, dialect jsonatasuite.Dialect) (jsonatasuite.Answer, error) {
	// The cases are about the language; the bounds that the service sets have
	// tests of their own. In both dialects they are those of a case.
	options := jsonata.Options{Input: true, Limits: jsonata.Limits{
		Depth: c.Depth, Steps: c.TimeLimit.Milliseconds() * stepsPerMillisecond,
	}}
	if dialect == jsonatasuite.StepFunctions {
		options.Dialect = jsonata.StepFunctions
		usual(&options.Limits)
	}
	expr, err := jsonata.Compile(c.Expr, options)
	if err != nil {
		return failedJSONata(err)
	}
	input := any(jsonata.Undefined)
	if c.HasInput {
		input = c.Input
	}
	v, err := expr.Eval(ctx, input, &jsonata.Env{Variables: jsonata.Map(c.Bindings)})
	if err != nil {
		return failedJSONata(err)
	}
	return jsonatasuite.Answer{Value: v, Undefined: v == jsonata.Undefined}, nil
}

// usual sets the bounds that are not set to those of the whole language.
func usual(l *jsonata.Limits) {
	if l.Depth == 0 {
		l.Depth = 100_000
	}
	if l.Steps == 0 {
		l.Steps = 1_000_000_000
	}
	l.Value, l.Total = 512<<20, 512<<20
}

func failedJSONata(err error) (jsonatasuite.Answer, error) {
	e, ok := errors.AsType[*jsonata.Error](err)
	if !ok {
		return jsonatasuite.Answer{}, err
	}
	return jsonatasuite.Answer{Error: &jsonatasuite.Failure{Code: e.Code, Token: e.Token, Message: e.Message}}, nil
}
