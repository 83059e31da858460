package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// child is the environment variable with which the test binary is the program.
const child = "CONFORM_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(child) != "" {
		main()
	}
	os.Exit(m.Run())
}

const (
	good = `{"name":"good","definition":{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}}`
	bad  = `{"name":"bad","definition":{"StartAt":"A","States":{"A":{"Type":"Nonsense"}}}}`
)

// corpusOf makes a folder of suites with these valid definitions.
func corpusOf(t *testing.T, cases ...string) string {
	t.Helper()
	root := t.TempDir()
	dir := filepath.Join(root, "definitions")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "asl-valid.json"), "["+strings.Join(cases, ",")+"]")
	return root
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// program runs the program.
func program(t *testing.T, root string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, args...)
	cmd.Env = append(os.Environ(), child+"=1", "FLOWSTONE_CONFORMANCE="+root)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

func TestStatus(t *testing.T) {
	t.Parallel()
	root := corpusOf(t, good, bad)
	only := corpusOf(t, good)
	floor := filepath.Join(t.TempDir(), "floor")
	write(t, floor, "# cases that agree at least\n\ndefinitions 1 # of 2\n")
	high := filepath.Join(t.TempDir(), "floor")
	write(t, high, "definitions 2\n")
	for _, test := range []struct {
		name   string
		root   string
		args   []string
		status int
		stdout string // a part of it
		stderr string
	}{
		{"all agree", only, []string{"-suite", "definitions"}, 0, "definitions: 1 of 1 cases agree\n", ""},
		{"one does not", root, []string{"-suite", "definitions"}, 1, "definitions: 1 of 2 cases agree\n", ""},
		{"its differences", root, []string{"-suite", "definitions", "-v"}, 1, "--- asl-valid: bad\n  accept\n", ""},
		{"by name", root, []string{"-suite", "definitions", "-run", "^go"}, 0, "1 of 1", ""},
		{"by area", root, []string{"-suite", "definitions", "-area", "asl-invalid"}, 2, "", "no case was chosen"},
		{"a folder", "nowhere", []string{"-suite", "definitions", "-data", filepath.Join(only, "definitions")}, 0, "1 of 1", ""},
		{"a folder of suites", "nowhere", []string{"-suite", "definitions", "-data", only}, 0, "1 of 1", ""},
		{"no folder", "nowhere", []string{"-suite", "definitions"}, 2, "", "definitions: no folder"},
		{"on the floor", root, []string{"-suite", "definitions", "-floor", floor}, 0, "1 of 2", ""},
		{"below the floor", root, []string{"-suite", "definitions", "-floor", high}, 1, "definitions: 1 cases agree, fewer than the 2 of ", ""},
		{"no floor", root, []string{"-suite", "definitions", "-floor", "nothing"}, 2, "", "nothing"},
		{"a floor of a part", root, []string{"-suite", "definitions", "-floor", floor, "-run", "x"}, 2, "", "whole suites"},
		{"no suite", root, []string{"-suite", "no"}, 2, "", `no suite "no"`},
		{"no regexp", root, []string{"-run", "("}, 2, "", "-run: "},
		{"no flag", root, []string{"-no"}, 2, "", "-no"},
		{"no argument", root, []string{"asl"}, 2, "", `unknown argument "asl"`},
		{"help", root, []string{"-help"}, 0, "", "-suite suite"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			status, stdout, stderr := program(t, test.root, test.args...)
			if status != test.status || !strings.Contains(stdout, test.stdout) || !strings.Contains(stderr, test.stderr) {
				t.Errorf("status %d, want %d\n%s\n%s", status, test.status, stdout, stderr)
			}
		})
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	status, stdout, stderr := program(t, corpusOf(t, good, bad), "-suite", "definitions", "-json")
	var suites []struct {
		Suite        string
		Cases, Agree int
	}
	if err := json.Unmarshal([]byte(stdout), &suites); err != nil || status != 1 {
		t.Fatalf("%v, status %d\n%s\n%s", err, status, stdout, stderr)
	}
	if len(suites) != 1 || suites[0].Suite != "definitions" || suites[0].Cases != 2 || suites[0].Agree != 1 {
		t.Errorf("%+v", suites)
	}
}

func TestReadFloor(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, message string }{
		{"asl 5\njsonata 0 # none\n\n# more\n", ""},
		{"asl\n", ":1: not a suite and a number"},
		{"\nasl x\n", ":2: x is no number of cases"},
		{"asl -1", ":1: -1 is no number of cases"},
	} {
		file := filepath.Join(t.TempDir(), "floor")
		write(t, file, test.text)
		floor, err := readFloor(file)
		if test.message == "" {
			if err != nil || len(floor) != 2 || floor["asl"] != 5 {
				t.Errorf("%v, %v", floor, err)
			}
		} else if err == nil || !strings.HasSuffix(err.Error(), test.message) {
			t.Errorf("%q: %v", test.text, err)
		}
	}
}
