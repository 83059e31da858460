package compare_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/flowstone-go/flow/internal/compare"
	"github.com/flowstone-go/flow/internal/document"
)

// What AWS decided in Choice states of one comparison.
func TestRecordedChoices(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("FLOWSTONE_CONFORMANCE")
	if dir == "" {
		dir = filepath.FromSlash("../../../shared/conformance")
	}
	data, err := os.ReadFile(filepath.Join(dir, "asl", "choice.json"))
	if err != nil {
		t.Skip("the recordings are not here")
	}
	var cases []struct {
		Name       string
		Definition struct {
			StartAt string
			States  map[string]struct {
				Choices []json.RawMessage
				Default string
				Result  json.RawMessage
			}
		}
		Input  json.RawMessage
		Expect struct{ Output json.RawMessage }
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, c := range cases {
		start := c.Definition.States[c.Definition.StartAt]
		if len(start.Choices) != 1 || c.Expect.Output == nil {
			continue
		}
		rule, err := document.Decode(start.Choices[0])
		if err != nil {
			t.Fatal(err)
		}
		condition, next := ruleOf(t, rule)
		if condition == nil {
			continue
		}
		tried++
		input, err := document.Decode(c.Input)
		if err != nil {
			t.Fatal(err)
		}
		ok, err := condition.Test(env{input})
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		if !ok {
			next = start.Default
		}
		want, _ := document.Decode(c.Expect.Output)
		got, err := document.Decode(c.Definition.States[next].Result)
		if err != nil || !document.Equal(want, got) {
			t.Errorf("%s: went to %s, AWS gave %s", c.Name, next, c.Expect.Output)
		}
	}
	t.Logf("%d recorded choices", tried)
}

func ruleOf(t *testing.T, rule any) (condition compare.Condition, next string) {
	t.Helper()
	variable, _ := document.Member(rule, "Variable")
	text, ok := variable.(string)
	if !ok {
		return nil, ""
	}
	for key, v := range document.Entries(rule) {
		op, byPath, ok := compare.Named(key)
		var err error
		switch {
		case key == "Next":
			next, _ = v.(string)
		case ok && byPath:
			condition, err = compare.NewPath(compile(t, text), op, compile(t, v.(string)))
		case ok:
			condition, err = compare.New(compile(t, text), op, v)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return condition, next
}
