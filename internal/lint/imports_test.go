package lint_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/flowstone-go/flow"

// root is the folder of the module, seen from this one.
var root = filepath.Join("..", "..")

// adapters are the packages that may import what they adapt: SDKs,
// OpenTelemetry. programs are made of everything. All else is the core.
var (
	adapters = []string{"bedrock", "openai", "lambda", "aws", "telemetry"}
	programs = []string{"examples", "cmd", "benchmarks"}
)

// allowed are the modules outside the standard library that the core may
// import, each with what it is for.
var allowed = map[string]string{
	"github.com/cenkalti/backoff/v4":           "delays of a Retry",
	"golang.org/x/sync":                        "bounded groups",
	"golang.org/x/time":                        "rate limits",
	"gopkg.in/yaml.v3":                         "definitions and prompts in YAML",
	"go.yaml.in/yaml/v3":                       "definitions and prompts in YAML",
	"go.yaml.in/yaml/v4":                       "definitions and prompts in YAML",
	"github.com/goccy/go-yaml":                 "definitions and prompts in YAML",
	"github.com/google/jsonschema-go":          "schemas of answers and tools",
	"github.com/santhosh-tekuri/jsonschema/v6": "schemas of answers and tools",
	"golang.org/x/text":                        "messages of the schema library",
	"github.com/dlclark/regexp2":               "regular expressions of JSONata",
	"github.com/dlclark/regexp2/v2":            "regular expressions of JSONata",
}

// helpers is the one package made for use in tests alone: it fails them.
const helpers = module + "/mock/mocktest"

// barred are imports that a part must not have, by the first element of its
// path in the module ("" is the root package).
var barred = map[string][]string{
	"model":             {module, module + "/internal/machine", module + "/internal/drive"},
	"internal/machine":  {module, module + "/model", module + "/internal/drive", module + "/internal/states", "net/http"},
	"internal/document": {module, module + "/model", module + "/internal/machine", "net/http"},
	"internal/path":     {module, module + "/model", module + "/internal/machine", "net/http"},
	"internal/jsonata":  {module, module + "/model", module + "/internal/machine", "net/http"},
	"internal/states":   {module, module + "/model", module + "/internal/drive", "net/http"},
}

type listed struct {
	path     string // import path
	name     string
	standard bool
	module   string   // path of its module, "" for the standard library
	imports  []string // of its non-test files
}

// golist asks the go command about packages of the workspace.
func golist(t *testing.T, args ...string) []listed {
	t.Helper()
	const format = "{{.ImportPath}}\t{{.Name}}\t{{.Standard}}\t{{with .Module}}{{.Path}}{{end}}\t{{join .Imports \" \"}}"
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list", "-f", format}, args...)...)
	cmd.Dir = root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	var packages []listed
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		field := strings.Split(lines.Text(), "\t")
		packages = append(packages, listed{
			path: field[0], name: field[1], standard: field[2] == "true",
			module: field[3], imports: strings.Fields(field[4]),
		})
	}
	return packages
}

// part is a package's path within the module.
func part(importPath string) string {
	return strings.TrimPrefix(strings.TrimPrefix(importPath, module), "/")
}

// first is the first element of a package's path within the module.
func first(importPath string) string {
	head, _, _ := strings.Cut(part(importPath), "/")
	return head
}

func ours(importPath string) bool {
	return importPath == module || strings.HasPrefix(importPath, module+"/")
}

// within tells that a path is the folder, or lies in it.
func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, folder+"/")
}

// The core imports, directly and through others, the standard library and a
// short named list of modules: no SDK, no OpenTelemetry, no test library.
func TestCoreImports(t *testing.T) {
	t.Parallel()
	var core []string
	for _, p := range golist(t, "work") {
		if !slices.Contains(slices.Concat(adapters, programs), first(p.path)) {
			core = append(core, p.path)
		}
	}
	wrong := map[string][]string{}
	for _, p := range golist(t, append([]string{"-deps"}, core...)...) {
		if slices.Contains(p.imports, "testing") && !p.standard && p.path != helpers {
			wrong[p.path] = append(wrong[p.path], "imports testing")
		}
		if p.standard || ours(p.path) {
			continue
		}
		if allowed[p.module] == "" {
			wrong[p.path] = append(wrong[p.path], "is not among the modules that the core may import")
		}
	}
	for path, reasons := range wrong {
		t.Errorf("%s: %s", path, strings.Join(reasons, ", "))
	}
}

// Imports point inwards: programs → adapters → root → model, internal.
func TestLayers(t *testing.T) {
	t.Parallel()
	for _, p := range golist(t, "work") {
		for _, imported := range p.imports {
			if why := misplaced(p.path, imported); why != "" {
				t.Errorf("%s imports %s: %s", p.path, imported, why)
			}
		}
	}
}

func misplaced(importer, imported string) string {
	from := part(importer)
	for folder, list := range barred {
		if within(from, folder) && slices.Contains(list, imported) {
			return folder + " must not know it"
		}
	}
	if !ours(imported) || slices.Contains(programs, first(importer)) {
		return ""
	}
	adapter := slices.Contains(adapters, first(importer))
	switch {
	case adapter && strings.HasPrefix(part(imported), "internal/"):
		return "an adapter uses what is exported"
	case adapter && slices.Contains(adapters, first(imported)) && first(imported) != first(importer):
		return "an adapter must not reach into another"
	case !adapter && slices.Contains(adapters, first(imported)):
		return "only adapters know adapters"
	case slices.Contains(programs, first(imported)):
		return "nothing stands on a program"
	}
	return ""
}

// The rules themselves.
func TestMisplaced(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		importer, imported string
		wrong              bool
	}{
		{"", "internal/machine", false},
		{"", "model", false},
		{"", "bedrock", true},
		{"model", "", true},
		{"bedrock", "", false},
		{"bedrock", "model", false},
		{"bedrock/flows", "bedrock", false},
		{"bedrock", "internal/document", true},
		{"lambda", "aws", true},
		{"internal/machine", "model", true},
		{"internal/machine", "internal/document", false},
		{"internal/document", "", true},
		{"examples/documents", "bedrock", false},
		{"mock", "examples/internal/offline", true},
	} {
		t.Run(fmt.Sprintf("%q imports %q", test.importer, test.imported), func(t *testing.T) {
			t.Parallel()
			importer := strings.TrimSuffix(module+"/"+test.importer, "/")
			imported := strings.TrimSuffix(module+"/"+test.imported, "/")
			if got := misplaced(importer, imported); (got != "") != test.wrong {
				t.Errorf("misplaced: %q, want wrong: %t", got, test.wrong)
			}
		})
	}
}
