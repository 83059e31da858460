package generate_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/flowstone-go/flow/generate"
)

// TestSource holds what is written for a definition with a bit of everything to
// the letter. FLOWSTONE_UPDATE=1 writes the file anew.
func TestSource(t *testing.T) {
	definition, err := os.ReadFile("testdata/orders.json")
	if err != nil {
		t.Fatal(err)
	}
	got, err := generate.Source(definition, generate.Options{Package: "orders", Name: "orders", File: "orders.json"})
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("FLOWSTONE_UPDATE") != "" {
		if err := os.WriteFile("testdata/orders/flow.go", got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/orders/flow.go")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("got\n%s", got)
	}
}

// All that the builder has no words for is told at once.
func TestSourceRefuses(t *testing.T) {
	for _, c := range []struct{ name, definition, want string }{
		{
			"everything", `{"StartAt":"A","States":{
			"A":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"f"},"ResultSelector":{"x.$":"$.y"},"OutputPath":"$.Payload","Retry":[{"ErrorEquals":["States.Runtime"]}],"Next":"B"},
			"B":{"Type":"Pass","QueryLanguage":"JSONata","Output":"{% 1 %}","Next":"C"},
			"C":{"Type":"Choice","Choices":[{"Variable":"$.a","TimestampLessThanEquals":"2026-01-01T00:00:00Z","Next":"D"}]},
			"D":{"Type":"Wait","SecondsPath":"$.s","Next":"E"},
			"E":{"Type":"Map","ItemsPath":"$.m","ItemSelector":{"x.$":"$$.Map.Item.Index"},"ItemProcessor":{"StartAt":"F","States":{"F":{"Type":"Pass","End":true}}},"Next":"H"},
			"H":{"Type":"Fail","Error":"States.Mine"}}}`,
			`the definition can't be written as a Go flow:
	/States/A/OutputPath: state "A": it has OutputPath, and not as a Task without ResultPath and ResultSelector
	/States/A/Retry/0: state "A": it retries or catches States.Runtime, which nothing can
	/States/B: state "B": it is in JSONata
	/States/C: state "C": a Choice without Default: the builder wants Otherwise
	/States/C/Choices/0: state "C": the builder has no TimestampLessThanEquals
	/States/D/SecondsPath: state "D": it has SecondsPath
	/States/E/ItemSelector: state "E": x of its items is neither the item nor carried from the same place
	/States/E/ItemSelector: state "E": its items are made without the item
	/States/H/Error: state "H": it fails with the name States.Mine, which belongs to the engine`,
		},
		{"no definition", `{"StartAt":"A","States":{}}`, "the definition can't be written as a Go flow:\n\t"},
		{"no JSON", `{`, "the definition can't be written as a Go flow:\n\t"},
	} {
		t.Run(c.name, func(t *testing.T) {
			source, err := generate.Source([]byte(c.definition), generate.Options{})
			var e *generate.Error
			if source != nil || !errors.As(err, &e) {
				t.Fatalf("got %s, %v", source, err)
			}
			if got := err.Error(); got != c.want && (strings.HasSuffix(c.want, "engine") || !strings.HasPrefix(got, c.want)) {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func FuzzSource(f *testing.F) {
	definition, err := os.ReadFile("testdata/orders.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(definition)
	f.Add([]byte(`{"StartAt":"` + "A\\u2028*/" + `","States":{"` + "A\\u2028*/" + `":{"Type":"Pass","Comment":"a\nb*/","Result":{"` + "`" + `":[1e400,-0,5.0]},"End":true}}}`))
	f.Fuzz(func(t *testing.T, definition []byte) {
		source, err := generate.Source(definition, generate.Options{Package: "p"})
		var e *generate.Error
		if err != nil && !errors.As(err, &e) {
			t.Fatalf("%v\n%s", err, source)
		}
	})
}

// What is wrong is told with its place, once.
func TestSourceOfNoDefinition(t *testing.T) {
	for text, want := range map[string]string{
		`{"StartAt":}`:                "\n\t1:13: INVALID_JSON_DESCRIPTION: Unexpected character ('}' (code 125)): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
		`{"StartAt":"A","States":{}}`: "\n\t/States (1:25): SCHEMA_VALIDATION_FAILED: Value cannot be empty\n\t/StartAt (1:12): MISSING_TRANSITION_TARGET: Missing 'Next' target: A",
	} {
		_, err := generate.Source([]byte(text), generate.Options{})
		if err == nil || err.Error() != "the definition can't be written as a Go flow:"+want {
			t.Errorf("%s: got %v", text, err)
		}
	}
}
