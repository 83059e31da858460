package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const machine = `{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}`

func TestRun(t *testing.T) {
	file := filepath.Join(t.TempDir(), "orders.json")
	if err := os.WriteFile(file, []byte(machine), 0o600); err != nil {
		t.Fatal(err)
	}
	const body = `

import (
	"github.com/flowstone-go/flow"
)

// New builds the flow NAME.
func New() (*flow.Flow[any, any], error) {
	return flow.New[any, any]("NAME").Then(
		flow.Pass("A"),
	).Build()
}

// Resource is what the node of a path calls in the definition.
func Resource(path string) string {
	return ""
}
`
	for _, c := range []struct {
		name     string
		args     []string
		in       string
		status   int
		out, err string
	}{
		{"standard input", nil, machine, 0, "// Written by flowgen after the state machine, to be edited.\n\npackage main" + strings.ReplaceAll(body, "NAME", "StateMachine"), ""},
		{"a file", []string{"-package", "orders", "-name", "o", file}, "", 0, "// Written by flowgen after the state machine of orders.json, to be edited.\n\npackage orders" + strings.ReplaceAll(body, "NAME", "o"), ""},
		{"help", []string{"-h"}, "", 0, "", "Usage of flowgen:"},
		{"a flag", []string{"-x"}, "", 2, "", "flag provided but not defined: -x"},
		{"two files", []string{"a", "b"}, "", 1, "", "flowgen reads one file, not 2\n"},
		{"no file", []string{file + "x"}, "", 1, "", "open "},
		{"no machine", nil, "{}", 1, "", "the definition can't be written as a Go flow:\n\t"},
		{"no package", []string{"-package", "a-b"}, machine, 1, "", "the definition can't be written as a Go flow:\n\t\"a-b\" is no name of a package\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out, complaints bytes.Buffer
			if status := run(c.args, strings.NewReader(c.in), &out, &complaints); status != c.status {
				t.Errorf("status %d, want %d", status, c.status)
			}
			if out.String() != c.out || !strings.HasPrefix(complaints.String(), c.err) || c.err == "" && complaints.Len() > 0 {
				t.Errorf("got\n%s\n%s\nwant\n%s\n%s", &out, &complaints, c.out, c.err)
			}
		})
	}
}
