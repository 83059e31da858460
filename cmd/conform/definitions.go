package main

import (
	"context"
	"errors"

	"github.com/flowstone-go/flow/cmd/conform/internal/definitionsuite"
	"github.com/flowstone-go/flow/cmd/conform/internal/report"
	"github.com/flowstone-go/flow/cmd/conform/internal/virtual"
	"github.com/flowstone-go/flow/internal/states"
)

func definitions(_ context.Context, dir string, wanted filter, bubble virtual.Bubble) (report.Suite, error) {
	suite := report.Suite{Name: "definitions", Levels: definitionsuite.Levels}
	cases, err := definitionsuite.Load(dir)
	if err != nil {
		return suite, err
	}
	engine := definitionsuite.Engine{Check: checkDefinition, Write: writeDefinition, Run: runDefinition}
	for _, c := range cases {
		if c.Flow() || !wanted.has(c.Area, c.Name) {
			continue
		}
		suite.Results = append(suite.Results, guarded(c.Area, c.Name, bubble, func() report.Result {
			return definitionsuite.Judge(c, engine)
		}))
	}
	return suite, nil
}

// checkDefinition gives the errors of an ASL definition.
func checkDefinition(c *definitionsuite.Case) []definitionsuite.Diagnostic {
	workflow := states.Standard
	if c.Type != "" {
		workflow = states.Workflow(c.Type)
	}
	m, found := states.ParseJSON(c.Definition)
	if m != nil {
		found = states.Check(m, workflow)
	}
	var all []definitionsuite.Diagnostic
	for _, d := range found.Errors() {
		all = append(all, definitionsuite.Diagnostic{Code: string(d.Code), Message: d.Message, Location: d.Location})
	}
	return all
}

// writeDefinition reads an ASL definition and writes it again.
func writeDefinition(text []byte) ([]byte, error) {
	m, found := states.ParseJSON(text)
	if m == nil {
		return nil, errors.New(found.Exception())
	}
	return states.Write(m)
}
