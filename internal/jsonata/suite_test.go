package jsonata_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/jsonata"
)

// suiteCase is one case of the conformance suite (see its README).
type suiteCase struct {
	Group     string                     `json:"group"`
	Name      string                     `json:"name"`
	Expr      string                     `json:"expr"`
	Data      json.RawMessage            `json:"data"`
	Dataset   string                     `json:"dataset"`
	Bindings  map[string]json.RawMessage `json:"bindings"`
	TimeLimit int64                      `json:"timelimit"`
	Depth     int                        `json:"depth"`
	Expect    struct {
		Result    json.RawMessage `json:"result"`
		Undefined bool            `json:"undefined"`
		Unordered bool            `json:"unordered"`
		Error     *struct {
			Code    string `json:"code"`
			Token   string `json:"token"`
			Message string `json:"message"`
		} `json:"error"`
	} `json:"expect"`
	SFN  string `json:"sfn"`
	Note string `json:"note"`
}

// suiteFolder finds the suite, which is not part of the repository.
func suiteFolder(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("FLOWSTONE_CONFORMANCE")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "conformance")
	}
	dir = filepath.Join(dir, "jsonata")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the JSONata conformance suite is not here (FLOWSTONE_CONFORMANCE names its folder)")
	}
	return dir
}

func decode(t *testing.T, data []byte) any {
	t.Helper()
	v, err := document.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSuite(t *testing.T) {
	dir := suiteFolder(t)
	data, err := os.ReadFile(filepath.Join(dir, "cases.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []suiteCase
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	datasets := map[string]any{}
	for _, dialect := range []struct {
		name string
		id   jsonata.Dialect
	}{{"Standard", jsonata.Standard}, {"StepFunctions", jsonata.StepFunctions}} {
		t.Run(dialect.name, func(t *testing.T) {
			agreed, failed := 0, 0
			for _, c := range cases {
				if c.Note == "lone-surrogate" || (dialect.id == jsonata.StepFunctions && c.SFN != "") {
					continue
				}
				input := any(jsonata.Undefined)
				switch {
				case c.Dataset != "":
					if _, ok := datasets[c.Dataset]; !ok {
						data, err := os.ReadFile(filepath.Join(dir, "datasets", c.Dataset+".json"))
						if err != nil {
							t.Fatal(err)
						}
						datasets[c.Dataset] = decode(t, data)
					}
					input = datasets[c.Dataset]
				case c.Data != nil:
					input = decode(t, c.Data)
				}
				if err := runCase(t, c, input, dialect.id); err != nil {
					failed++
					t.Errorf("%s/%s: %s\n\t%v", c.Group, c.Name, c.Expr, err)
					continue
				}
				agreed++
			}
			t.Logf("%d agree, %d do not", agreed, failed)
		})
	}
}

func runCase(t *testing.T, c suiteCase, input any, dialect jsonata.Dialect) error {
	t.Helper()
	opts := jsonata.Options{Dialect: dialect, Input: true, Limits: jsonata.Limits{
		Depth: 10_000, Value: 512 << 20, Total: 512 << 20, Steps: 50_000_000,
	}}
	if c.Depth > 0 {
		opts.Limits.Depth = c.Depth
		opts.Limits.Steps = c.TimeLimit * 10_000
	}
	vars := jsonata.Map{}
	for name, v := range c.Bindings {
		vars[name] = decode(t, v)
	}
	var got any
	e, err := jsonata.Compile(c.Expr, opts)
	if err == nil {
		got, err = e.Eval(t.Context(), input, &jsonata.Env{Variables: vars})
	}
	if want := c.Expect.Error; want != nil {
		var failure *jsonata.Error
		switch {
		case !errors.As(err, &failure):
			return fmt.Errorf("got %s and error %v, want error %s", document.Text(got), err, want.Code)
		case failure.Code != want.Code, want.Token != "" && failure.Token != want.Token, want.Message != "" && failure.Message != want.Message:
			return fmt.Errorf("got error %#v, want %+v", failure, want)
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("got error %w", err)
	}
	if c.Expect.Undefined {
		if got != jsonata.Undefined {
			return fmt.Errorf("got %s, want nothing", document.Text(got))
		}
		return nil
	}
	want := decode(t, c.Expect.Result)
	if c.Expect.Unordered {
		got, want = sorted(got), sorted(want)
	}
	if got == jsonata.Undefined || !document.Equal(got, want) {
		return fmt.Errorf("got %s, want %s", document.Text(got), document.Text(want))
	}
	return nil
}

func sorted(v any) any {
	list, ok := v.([]any)
	if !ok {
		return v
	}
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b any) int {
		switch x, y := document.Text(a), document.Text(b); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	return list
}
