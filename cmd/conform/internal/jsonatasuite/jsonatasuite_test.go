package jsonatasuite_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/flowstone-go/flow/cmd/conform/internal/corpus"
	"github.com/flowstone-go/flow/cmd/conform/internal/jsonatasuite"
	"github.com/flowstone-go/flow/cmd/conform/internal/report"
	"github.com/flowstone-go/flow/internal/document"
)

func load(t *testing.T, cases string) []*jsonatasuite.Case {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "datasets"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"cases.json": cases, "datasets/d.json": `{"a":[1,2.0]}`} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	read, err := jsonatasuite.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return read
}

func TestLoad(t *testing.T) {
	t.Parallel()
	cases := load(t, `[
	 {"group":"g","name":"a#000","expr":"a","dataset":"d","bindings":{"x":1},"timelimit":1500,"depth":3,"expect":{"result":[1]},"sfn":"newer"},
	 {"group":"g","name":"b","expr":"b","data":null,"expect":{"undefined":true},"note":"lone-surrogate","heavy":true},
	 {"group":"g","name":"c","expr":"c","expect":{"error":{"code":"S0201","token":5}}},
	 {"group":"g","name":"d","expr":"d","expect":{"result":null,"unordered":true}}]`)
	a, b, c, d := cases[0], cases[1], cases[2], cases[3]
	if document.Text(a.Input) != `{"a":[1,2.0]}` || !a.HasInput || document.Text(a.Bindings["x"]) != "1" || a.TimeLimit != 1500*time.Millisecond || a.Depth != 3 || a.StepFunctions {
		t.Errorf("%+v", a)
	}
	if b.Input != nil || !b.HasInput || !b.Undefined || !b.LoneSurrogate || !b.Heavy || !b.StepFunctions {
		t.Errorf("%+v", b)
	}
	if c.HasInput || *c.Error != (jsonatasuite.Failure{Code: "S0201", Token: "5"}) {
		t.Errorf("%+v", c)
	}
	if d.Result != nil || d.Undefined || d.Error != nil || !d.Unordered {
		t.Errorf("%+v", d)
	}
}

func TestLoadErrors(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{`, `{}`, `[{"name":"n","expr":"x","expect":{}}]`, `[{"expr":"x","dataset":"no","expect":{"undefined":true}}]`,
		`[{"expr":"x","dataset":"../cases","expect":{"undefined":true}}]`,
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "cases.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := jsonatasuite.Load(dir); err == nil {
			t.Errorf("%s: no error", text)
		}
	}
	if _, err := jsonatasuite.Load(t.TempDir()); err == nil {
		t.Error("no cases.json: no error")
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	fails := func(code, token, message string) jsonatasuite.Answer {
		return jsonatasuite.Answer{Error: &jsonatasuite.Failure{Code: code, Token: token, Message: message}}
	}
	gives := func(v any) jsonatasuite.Answer { return jsonatasuite.Answer{Value: v} }
	nothing := jsonatasuite.Answer{Undefined: true}
	for _, test := range []struct {
		name, expect string
		answer       jsonatasuite.Answer
		difference   string // "" if it agrees
	}{
		{"a value", `{"result":{"a":[1,"x",null]}}`, gives(map[string]any{"a": []any{1.0, "x", nil}}), ""},
		{"numbers are doubles", `{"result":9007199254740993}`, gives(9007199254740992.0), ""},
		{"all of their digits count", `{"result":0.1}`, gives(0.10000000000000002), "result\n    want 0.1\n    got  0.10000000000000002"},
		{"another value", `{"result":[1,2]}`, gives([]any{2.0, 1.0}), "result[0]\n    want 1\n    got  2"},
		{"in any order", `{"result":[1,2,2],"unordered":true}`, gives([]any{2.0, 1.0, 2.0}), ""},
		{"in any order but not other values", `{"result":[1,2,2],"unordered":true}`, gives([]any{2.0, 1.0, 1.0}), "result[0]\n    want 1\n    got  2"},
		{"null is not nothing", `{"result":null}`, nothing, "want null\ngot  nothing (undefined)"},
		{"nothing is not null", `{"undefined":true}`, gives(nil), "want nothing (undefined)\ngot  null"},
		{"nothing", `{"undefined":true}`, nothing, ""},
		{"an error", `{"error":{"code":"S0201"}}`, fails("S0201", "x", "m"), ""},
		{"another error", `{"error":{"code":"S0201","token":"y","message":"m"}}`, fails("S0202", "x", "m"), "error code\n    want S0201\n    got  S0202"},
		{"no error", `{"error":{"code":"S0201"}}`, gives(1), "want error S0201, token \"\": \ngot  1"},
		{"an error where a value was expected", `{"result":1}`, fails("S0201", "x", "m"), "want 1\ngot  error S0201, token \"x\": m"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := load(t, `[{"group":"g","name":"n","expr":"e","expect":`+test.expect+`}]`)[0]
			r := jsonatasuite.Judge(c, func(*jsonatasuite.Case, jsonatasuite.Dialect) (jsonatasuite.Answer, error) { return test.answer, nil })
			if len(r.Levels) != 2 || r.Agrees() != (test.difference == "") {
				t.Fatalf("%+v", r)
			}
			if test.difference != "" && (r.Levels[0].Differences[0] != "expr e" || r.Levels[0].Differences[1] != test.difference) {
				t.Errorf("%q", r.Levels[0].Differences)
			}
		})
	}
}

func TestJudgeDialects(t *testing.T) {
	t.Parallel()
	c := load(t, `[{"group":"g","name":"n","expr":"e","expect":{"result":1},"sfn":"eval","note":"lone-surrogate"}]`)[0]
	r := jsonatasuite.Judge(c, func(_ *jsonatasuite.Case, d jsonatasuite.Dialect) (jsonatasuite.Answer, error) {
		return jsonatasuite.Answer{}, errors.New("no " + string(d))
	})
	if len(r.Levels) != 1 || r.Levels[0].Differences[0] != "no 2.2" || r.Impossible == "" || r.Case != "g/n" {
		t.Errorf("%+v", r)
	}
}

// Every case agrees with what it expects itself.
func TestCasesAgreeWithThemselves(t *testing.T) {
	t.Parallel()
	dir, err := corpus.Dir("", "jsonata")
	if err != nil {
		t.Skip(err)
	}
	cases, err := jsonatasuite.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	var results []report.Result
	for _, c := range cases {
		results = append(results, jsonatasuite.Judge(c, func(c *jsonatasuite.Case, _ jsonatasuite.Dialect) (jsonatasuite.Answer, error) {
			return jsonatasuite.Answer{Value: c.Result, Undefined: c.Undefined, Error: c.Error}, nil
		}))
	}
	for _, r := range results {
		if !r.Agrees() {
			t.Errorf("%s: %s", r.Case, strings.Join(r.Levels[0].Differences, "\n"))
		}
	}
}
