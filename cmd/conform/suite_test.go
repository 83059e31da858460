package main

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/flowstone-go/flow/cmd/conform/internal/corpus"
	"github.com/flowstone-go/flow/cmd/conform/internal/report"
	"github.com/flowstone-go/flow/cmd/conform/internal/virtual"
)

// The suites, run under go test: as many cases agree as the floor says.
func TestSuites(t *testing.T) {
	t.Parallel()
	floor, err := readFloor(filepath.Join("..", "..", ".ci", "floor"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range suites {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			dir, err := corpus.Dir("", s.name)
			if err != nil {
				t.Skip(err)
			}
			result, err := s.run(t.Context(), dir, filter{}, virtual.In(t))
			if err != nil {
				t.Fatal(err)
			}
			least, ok := floor[s.name]
			if got := result.Total().Agree; !ok || got < least {
				t.Errorf("%d cases agree, want %d (%t)\n%s", got, least, ok, result.Text(true))
			}
		})
	}
}

func TestFilter(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		f    filter
		want string // of a/x, a/y, b/x
	}{
		{filter{}, "a/x a/y b/x"},
		{filter{area: "a"}, "a/x a/y"},
		{filter{name: regexp.MustCompile("^x")}, "a/x b/x"},
		{filter{area: "b", name: regexp.MustCompile("y")}, ""},
	} {
		var got []string
		for _, c := range [][2]string{{"a", "x"}, {"a", "y"}, {"b", "x"}} {
			if test.f.has(c[0], c[1]) {
				got = append(got, c[0]+"/"+c[1])
			}
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%+v: %q, want %q", test.f, got, test.want)
		}
	}
}

// A case that breaks its bubble disagrees, whatever else it said.
func TestGuarded(t *testing.T) {
	t.Parallel()
	agreeing := report.Result{Levels: []report.Level{{Name: "outcome", Agrees: true}}}
	broken := func(func()) error { return errors.New("broken") }
	r := guarded("a", "c", broken, func() report.Result { return agreeing })
	if r.Agrees() || r.Area != "a" || r.Case != "c" || r.Levels[0].Differences[0] != "broken" {
		t.Errorf("%+v", r)
	}
	whole := func(f func()) error { f(); return nil }
	if r := guarded("a", "c", whole, func() report.Result { return agreeing }); !r.Agrees() {
		t.Errorf("%+v", r)
	}
	leaks := func(f func()) error { f(); return errors.New("left behind") }
	if r := guarded("a", "c", leaks, func() report.Result { return agreeing }); r.Agrees() || len(r.Levels) != 2 {
		t.Errorf("%+v", r)
	}
}

// The floor that CI holds names every suite.
func TestFloorNamesEverySuite(t *testing.T) {
	t.Parallel()
	file := filepath.Join("..", "..", ".ci", "floor")
	if _, err := os.Stat(file); err != nil {
		t.Fatal(err)
	}
	floor, err := readFloor(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range suites {
		if _, ok := floor[s.name]; !ok {
			t.Errorf("%s is not there", s.name)
		}
	}
}

// Our own cases, which everybody has, all agree.
func TestOwnCases(t *testing.T) {
	t.Parallel()
	for _, s := range suites {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			result, err := s.run(t.Context(), filepath.Join("testdata", "conformance", s.name), filter{}, virtual.In(t))
			if err != nil {
				t.Fatal(err)
			}
			if total := result.Total(); total.Agree != total.Cases || total.Cases == 0 {
				t.Error(result.Text(true))
			}
		})
	}
}
