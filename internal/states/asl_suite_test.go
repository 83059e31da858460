package states_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowstone-go/flow/internal/states"
)

type recorded struct {
	Name           string          `json:"name"`
	Kind           string          `json:"kind"`
	Workflow       states.Workflow `json:"workflow_type"`
	Definition     json.RawMessage `json:"definition"`
	DefinitionText *string         `json:"definition_text"`
	InputText      *string         `json:"input_text"`
	Expect         struct {
		Exception struct {
			Type    string `json:"type"`
			Message string `json:"message"`
		} `json:"exception"`
		Result             string              `json:"result"`
		Diagnostics        []recordedFinding   `json:"diagnostics"`
		VariableReferences map[string][]string `json:"variableReferences"`
	} `json:"expect"`
}

type recordedFinding struct {
	Severity string `json:"severity"`
	Code     string `json:"code"`
	Message  string `json:"message"`
	Location string `json:"location"`
}

func (c *recorded) text() []byte {
	if c.DefinitionText != nil {
		return []byte(*c.DefinitionText)
	}
	return c.Definition
}

// validate does what ValidateStateMachineDefinition does, warnings left out.
func validate(text []byte, workflow states.Workflow) states.Diagnostics {
	m, ds := states.ParseJSON(text)
	if m != nil {
		ds = states.Check(m, workflow)
	}
	return ds.Errors()
}

var areas = []string{
	"activities", "base", "callback", "choice", "comments", "context", "credentials", "distributed-map", "errorhandling",
	"evaluate-jsonata", "express", "intrinsic", "jsonata", "logs", "map", "parallel", "query-language", "scenarios", "services",
	"test-state", "timeouts", "validation", "variable-references", "variables", "wait",
}

func TestRecordings(t *testing.T) {
	t.Parallel()
	for _, area := range areas {
		for _, c := range suite[recorded](t, "asl/"+area+".json") {
			t.Run(area+"/"+c.Name, func(t *testing.T) { checkRecording(t, &c) })
		}
	}
}

func checkRecording(t *testing.T, c *recorded) {
	t.Helper()
	switch c.Kind {
	case "create":
		if diff := cmp.Diff(c.Expect.Exception.Message, validate(c.text(), c.Workflow).Exception()); diff != "" {
			t.Error(diff)
		}
	case "validate":
		got := []recordedFinding{}
		for _, d := range validate(c.text(), c.Workflow) {
			got = append(got, recordedFinding{string(d.Severity), string(d.Code), d.Message, d.Location})
		}
		if diff := cmp.Diff(c.Expect.Diagnostics, got); diff != "" {
			t.Error(diff)
		}
	case "start":
		if diff := cmp.Diff(c.Expect.Exception.Message, states.InputProblem([]byte(*c.InputText))); diff != "" {
			t.Error(diff)
		}
	case "variable-references":
		m, ds := states.ParseJSON(c.text())
		if m == nil {
			t.Fatal(ds)
		}
		if diff := cmp.Diff(c.Expect.VariableReferences, states.VariableReferences(m)); diff != "" {
			t.Error(diff)
		}
	case "execution", "map-run":
		if ds := validate(c.text(), c.Workflow); len(ds) > 0 {
			t.Errorf("AWS ran it: %v", ds)
		}
	}
}
