package payload_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/flowstone-go/flow/internal/document"
	"github.com/flowstone-go/flow/internal/path"
	"github.com/flowstone-go/flow/internal/payload"
)

func conformance(t *testing.T, name string) any {
	t.Helper()
	dir := os.Getenv("FLOWSTONE_CONFORMANCE")
	if dir == "" {
		dir = filepath.FromSlash("../../../shared/conformance")
	}
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Skip("the recordings are not here")
	}
	v, err := document.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func get(v any, keys ...string) any {
	for _, key := range keys {
		v, _ = document.Member(v, key)
	}
	return v
}

// What AWS gave for machines of one Pass state with Parameters.
func TestRecordedPayloads(t *testing.T) {
	t.Parallel()
	tried := 0
	for _, area := range []string{"intrinsic", "base", "scenarios"} {
		for c := range document.Elements(conformance(t, "asl/"+area+".json")) {
			name, _ := document.Str(get(c, "name"))
			states := get(c, "definition", "States")
			start, _ := document.Str(get(c, "definition", "StartAt"))
			state := get(states, start)
			parameters, ok := document.Member(state, "Parameters")
			result, _ := document.Member(state, "Result")
			if !ok || result != nil || document.Len(states) != 1 || get(state, "Type") != "Pass" || get(state, "ResultPath") != nil ||
				strings.Contains(document.Text(get(c, "expect")), "Random") || document.Len(get(c, "placeholders")) > 1 {
				continue
			}
			template, err := payload.Compile(parameters)
			if err != nil {
				if get(c, "expect", "exception") == nil {
					t.Errorf("%s: %v", name, err)
				}
				continue
			}
			tried++
			input := get(c, "input")
			context := document.ObjectOf(document.Field{Key: "Execution", Value: document.ObjectOf(document.Field{Key: "Input", Value: input})})
			got, err := template.Eval(env{input: input, context: context})
			want := get(c, "expect", "output")
			if err != nil || !document.Equal(want, got) {
				t.Errorf("%s: %s\nwant %s\ngot  %s, %v", name, document.Text(parameters), document.Text(want), document.Text(got), err)
			}
		}
	}
	t.Logf("%d recorded payloads", tried)
}

// Every template and path of the published definitions can be read.
func TestPublishedDefinitions(t *testing.T) {
	t.Parallel()
	templates, paths := 0, 0
	var walk func(name, key string, v any)
	walk = func(name, key string, v any) {
		switch text, isText := document.Str(v); {
		case key == "Parameters" || key == "ResultSelector" || key == "ItemSelector" || key == "Assign":
			if document.KindOf(v) != document.ObjectKind || strings.Contains(document.Text(v), "{%") {
				return
			}
			templates++
			if _, err := payload.Compile(v); err != nil {
				field, _ := errors.AsType[*payload.InvalidFieldError](err)
				t.Errorf("%s: %v: %v", name, err, field.Err)
			}
			return
		case key == "Result" || key == "Arguments" || key == "Output":
			return
		case isText && (key == "InputPath" || key == "OutputPath" || key == "Variable" || strings.HasSuffix(key, "EqualsPath")):
			paths++
			if _, err := path.Compile(text); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		case isText && (key == "ResultPath" || key == "ItemsPath" || key == "SecondsPath" || key == "TimestampPath"):
			paths++
			if _, err := path.CompileReference(text); err != nil {
				t.Errorf("%s: %s: %v", name, key, err)
			}
		case isText && (key == "ErrorPath" || key == "CausePath"):
			paths++
			if _, err := payload.CompileExpression(text); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		for e := range document.Elements(v) {
			walk(name, "", e)
		}
		for key, e := range document.Entries(v) {
			walk(name, key, e)
		}
	}
	for c := range document.Elements(conformance(t, "definitions/asl-valid.json")) {
		name, _ := document.Str(get(c, "name"))
		walk(name, "", get(c, "definition"))
	}
	t.Logf("%d templates, %d paths", templates, paths)
}
