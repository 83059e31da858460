package definitionsuite_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/flowstone-go/flow/cmd/conform/internal/definitionsuite"
	"github.com/flowstone-go/flow/cmd/conform/internal/report"
)

func TestLoad(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := definitionsuite.Load(dir); err == nil {
		t.Error("an empty folder is no error")
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("asl-invalid.json", `[{"name":"n","definition":{"StartAt":"A"},"problem":"p","type":"EXPRESS"}]`)
	write("bedrock-flows.json", `[{"name":"f","definition":{},"flowName":"F"}]`)
	cases, err := definitionsuite.Load(dir)
	if err != nil || len(cases) != 2 {
		t.Fatal(cases, err)
	}
	if c := cases[0]; c.Valid() || c.Flow() || c.Problem != "p" || c.Type != "EXPRESS" || string(c.Definition) != `{"StartAt":"A"}` {
		t.Errorf("%+v", c)
	}
	if c := cases[1]; !c.Valid() || !c.Flow() || c.FlowName != "F" {
		t.Errorf("%+v", c)
	}
	for _, text := range []string{`{`, `[null]`, `[{"name":"n"}]`, `[{"definition":{}}]`} {
		write("asl-valid.json", text)
		if _, err := definitionsuite.Load(dir); err == nil {
			t.Errorf("%s: no error", text)
		}
	}
}

func TestMeetsReason(t *testing.T) {
	t.Parallel()
	const definition = `{"StartAt":"First","States":{"First":{"Type":"Task","Catch":[{"Next":"No such state"}],"x.$":"$.a"}}}`
	for _, test := range []struct {
		name, problem string
		found         definitionsuite.Diagnostic
		meets         bool
	}{
		{"to the letter", "AWS (recorded from the service): Bad value at /States/A", definitionsuite.Diagnostic{Message: "Bad value", Location: "/States/A"}, true},
		{"not to the letter", "AWS (recorded from the service): Bad value at /States/A", definitionsuite.Diagnostic{Message: "bad value", Location: "/States/A"}, false},
		{"not at the place", "AWS (recorded from the service): Bad value at /States/A", definitionsuite.Diagnostic{Message: "Bad value", Location: "/States/B"}, false},
		{"the place", "x: /States/First/Catch/0: target missing", definitionsuite.Diagnostic{Location: "/States/First/Catch[0]"}, true},
		{"within the place", "x: /States/First/Catch/0: target missing", definitionsuite.Diagnostic{Location: "/States/First/Catch[0]/Next"}, true},
		{"around the place", "x: /States/First/Catch/0: target missing", definitionsuite.Diagnostic{Location: "/States/First"}, true},
		{"another place", "x: /States/Second: unknown", definitionsuite.Diagnostic{Location: "/States/First"}, false},
		{"all of it is no place", "x: /States/Second: unknown", definitionsuite.Diagnostic{Location: "/States"}, false},
		{"a dotted place", "x: States.First.Catch[0] is wrong", definitionsuite.Diagnostic{Location: "/States/First/Catch[0]"}, true},
		{"a word of the definition", `x: "No such state" is missing`, definitionsuite.Diagnostic{Message: "Missing target: No such state"}, true},
		{"part of a word", `x: Firsts`, definitionsuite.Diagnostic{Location: "/States/First"}, false},
		{"a key without its dollar", `x: x is no path`, definitionsuite.Diagnostic{Message: "y.$ is no path"}, false},
		{"a field that is missing", "x: result writer needs both", definitionsuite.Diagnostic{Location: "/States/M/ResultWriter"}, true},
		{"a common word", "x: Type of Task", definitionsuite.Diagnostic{Message: "Type Task"}, false},
		{"a common word in quotes", `x: "Type" missing`, definitionsuite.Diagnostic{Message: "These fields are required: [Type]"}, true},
		{"the topic", "x: no terminal state", definitionsuite.Diagnostic{Message: "Workflow has no terminal state"}, true},
		{"another topic", "x: not reachable", definitionsuite.Diagnostic{Message: "Workflow has no terminal state"}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := definitionsuite.MeetsReason(test.problem, []byte(definition), []definitionsuite.Diagnostic{test.found}); got != test.meets {
				t.Errorf("%t", got)
			}
		})
	}
	if definitionsuite.MeetsReason("x: no terminal state", []byte("{"), nil) {
		t.Error("met by no diagnostic")
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	valid := &definitionsuite.Case{Area: definitionsuite.ASLValid, Name: "v", Definition: []byte(`{"States":{"A":{"End":false,"Comment":"","Next":"B","x":1.0}}}`)}
	invalid := &definitionsuite.Case{Area: definitionsuite.ASLInvalid, Name: "i", Definition: []byte(`{}`), Problem: "no terminal state"}
	accepts := func(*definitionsuite.Case) []definitionsuite.Diagnostic { return nil }
	refuses := func(*definitionsuite.Case) []definitionsuite.Diagnostic {
		return []definitionsuite.Diagnostic{{Code: "C", Message: "no terminal state", Location: "/"}}
	}
	writes := func(text string) func([]byte) ([]byte, error) {
		return func([]byte) ([]byte, error) { return []byte(text), nil }
	}
	for _, test := range []struct {
		name   string
		c      *definitionsuite.Case
		engine definitionsuite.Engine
		levels string // those that agree, then those that do not
	}{
		{"accepted", valid, definitionsuite.Engine{Check: accepts}, "accept|"},
		{"refused", valid, definitionsuite.Engine{Check: refuses}, "|accept"},
		{"refused for its reason", invalid, definitionsuite.Engine{Check: refuses}, "refuse|"},
		{"accepted though invalid", invalid, definitionsuite.Engine{Check: accepts}, "|refuse"},
		{"what changes nothing is left out", valid, definitionsuite.Engine{Check: accepts, Write: writes(`{"States":{"A":{"x":1,"Next":"B"}}}`)}, "accept roundtrip|"},
		{"a transition is lost", valid, definitionsuite.Engine{Check: accepts, Write: writes(`{"States":{"A":{"x":1}}}`)}, "accept|roundtrip"},
		{"a value is changed", valid, definitionsuite.Engine{Check: accepts, Write: writes(`{"States":{"A":{"x":2,"Next":"B"}}}`)}, "accept|roundtrip"},
		{"what is no JSON", valid, definitionsuite.Engine{Check: accepts, Write: writes(`{`)}, "accept|roundtrip"},
		{"what can't be written", valid, definitionsuite.Engine{Check: accepts, Write: func([]byte) ([]byte, error) { return nil, errors.New("no") }}, "accept|roundtrip"},
		{"runs", valid, definitionsuite.Engine{Check: accepts, Run: func(*definitionsuite.Case) error { return nil }}, "accept run|"},
		{"does not run", valid, definitionsuite.Engine{Check: accepts, Run: func(*definitionsuite.Case) error { return errors.New("no") }}, "accept|run"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := levels(definitionsuite.Judge(test.c, test.engine)); got != test.levels {
				t.Errorf("%s, want %s", got, test.levels)
			}
		})
	}
}

func levels(r report.Result) string {
	var agree, not []string
	for _, l := range r.Levels {
		if l.Agrees {
			agree = append(agree, l.Name)
		} else {
			not = append(not, l.Name)
		}
	}
	return strings.Join(agree, " ") + "|" + strings.Join(not, " ")
}
