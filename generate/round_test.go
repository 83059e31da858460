package generate_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/flowstone-go/flow"
	"github.com/flowstone-go/flow/generate"
	"github.com/flowstone-go/flow/generate/testdata/orders"
	"github.com/flowstone-go/flow/internal/states"
	"github.com/flowstone-go/flow/mock/mocktest"
)

// What is written exports back to the definition that it was written after.
func TestSourceExportsBack(t *testing.T) {
	f, err := orders.New()
	if err != nil {
		t.Fatal(err)
	}
	mocktest.SameAsASL(t, f, "testdata/orders.json", flow.ExportResource(orders.Resource))
}

type definition struct {
	Name       string
	Definition json.RawMessage
}

// published gives some larger definitions that others have published and that
// can be written, with their sources.
func published(t *testing.T, most int) (all []definition, sources [][]byte) {
	t.Helper()
	dir := os.Getenv("FLOWSTONE_CONFORMANCE")
	if dir == "" {
		dir = "../../shared/conformance"
	}
	text, err := os.ReadFile(filepath.Join(dir, "definitions", "asl-valid.json"))
	if err != nil {
		t.Skip("no conformance data: set FLOWSTONE_CONFORMANCE to its folder")
	}
	var candidates []definition
	if err := json.Unmarshal(text, &candidates); err != nil {
		t.Fatal(err)
	}
	for _, c := range candidates {
		m, _ := states.Parse(c.Definition)
		if len(all) == most || m == nil || len(m.States) < 5 {
			continue
		}
		source, err := generate.Source(c.Definition, generate.Options{Package: fmt.Sprintf("p%d", len(all))})
		if err == nil {
			all, sources = append(all, c), append(sources, source)
		}
	}
	return all, sources
}

// The source of published definitions compiles, builds without a false alarm
// about their data, and exports back to what they mean. FLOWSTONE_ALL=1 does so
// with all of them, which takes minutes; by hand it was seen of one that a state
// reads what the state before it never leaves, which is right to say.
func TestPublished(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles a program")
	}
	most, alarms := 25, 0
	if os.Getenv("FLOWSTONE_ALL") != "" {
		most, alarms = 1000, 1
	}
	all, sources := published(t, most)
	if len(all) < 20 {
		t.Fatalf("only %d definitions can be written", len(all))
	}
	dir := t.TempDir()
	module(t, dir)
	var imports, calls strings.Builder
	for i, source := range sources {
		write(t, filepath.Join(dir, fmt.Sprintf("p%d", i), "flow.go"), source)
		fmt.Fprintf(&imports, "%q\n", fmt.Sprintf("x/p%d", i))
		fmt.Fprintf(&calls, "export(p%d.New, p%d.Resource)\n", i, i)
	}
	write(t, filepath.Join(dir, "main.go"), fmt.Appendf(nil, program, &imports, &calls))
	run := exec.Command("go", "run", ".")
	run.Dir = dir
	run.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod")
	var stderr bytes.Buffer
	run.Stderr = &stderr
	out, err := run.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	var exported []json.RawMessage
	if err := json.Unmarshal(out, &exported); err != nil {
		t.Fatal(err)
	}
	for i, c := range all {
		if exported[i][0] == '"' {
			t.Logf("%s: %s", c.Name, exported[i])
			if alarms--; alarms < 0 {
				t.Errorf("%s does not build", c.Name)
			}
			continue
		}
		want, _ := states.Parse(c.Definition)
		got, found := states.Parse(exported[i])
		if got == nil {
			t.Errorf("%s: %v: %s", c.Name, found, exported[i])
			continue
		}
		if d := states.Difference(got, want); d != "" {
			t.Errorf("%s: %s\n%s", c.Name, d, sources[i])
		}
	}
}

// program exports flows and prints them as one JSON array.
const program = `package main

import (
	"encoding/json"
	"os"

	"github.com/flowstone-go/flow"
	%s)

var all []json.RawMessage

func export(build func() (*flow.Flow[any, any], error), resource func(string) string) {
	f, err := build()
	if err != nil {
		text, _ := json.Marshal(err.Error())
		all = append(all, text)
		return
	}
	text, err := f.ASL(flow.ExportResource(resource))
	if err != nil {
		panic(err)
	}
	all = append(all, text)
}

func main() {
	%s
	if err := json.NewEncoder(os.Stdout).Encode(all); err != nil {
		panic(err)
	}
}
`

// module makes dir a module that uses this one as it lies here.
func module(t *testing.T, dir string) {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	_, requires, _ := strings.Cut(string(mod), "\n")
	write(t, filepath.Join(dir, "go.mod"), fmt.Appendf(nil, "module x\n%s\nrequire github.com/flowstone-go/flow v0.0.0\n\nreplace github.com/flowstone-go/flow => %s\n", requires, root))
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "go.sum"), sum)
}

func write(t *testing.T, file string, text []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}
