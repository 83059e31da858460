package definitionsuite

import (
	"fmt"
	"strings"

	"github.com/flowstone-go/flow/cmd/conform/internal/compare"
	"github.com/flowstone-go/flow/cmd/conform/internal/report"
	"github.com/flowstone-go/flow/internal/document"
)

// The levels at which a definition is tried.
const (
	LevelAccept    = "accept"    // a valid one has no errors
	LevelRoundTrip = "roundtrip" // read, written and read again it means the same
	LevelRun       = "run"       // it runs to an end
	LevelRefuse    = "refuse"    // an invalid one is refused for its reason
)

// Levels lists the levels in the order in which they are shown.
var Levels = []string{LevelAccept, LevelRoundTrip, LevelRun, LevelRefuse}

// Engine is what is tried. A function that is nil is not there, and its level
// is left out.
type Engine struct {
	// Check gives the errors of a definition.
	Check func(c *Case) []Diagnostic
	// Write reads a definition and writes it again.
	Write func(definition []byte) ([]byte, error)
	// Run runs a definition: every task echoes its input, the input is {}, time
	// is virtual, and after 1,000 transitions it is stopped. How it ends does
	// not matter; an error says that it could not be run.
	Run func(c *Case) error
}

// Judge tries a definition.
func Judge(c *Case, e Engine) report.Result {
	r := report.Result{Area: c.Area, Case: c.Name}
	level := func(name string, differences []string) {
		r.Levels = append(r.Levels, report.Level{Name: name, Agrees: len(differences) == 0, Differences: differences})
	}
	found := e.Check(c)
	if !c.Valid() {
		level(LevelRefuse, refusal(c, found))
		return r
	}
	var errors []string
	for _, d := range found {
		errors = append(errors, d.String())
	}
	level(LevelAccept, errors)
	if e.Write != nil {
		level(LevelRoundTrip, roundTrip(c, e.Write))
	}
	if e.Run != nil {
		if err := e.Run(c); err != nil {
			level(LevelRun, []string{err.Error()})
		} else {
			level(LevelRun, nil)
		}
	}
	return r
}

func refusal(c *Case, found []Diagnostic) []string {
	switch {
	case len(found) == 0:
		return []string{"accepted, but: " + c.Problem}
	case MeetsReason(c.Problem, c.Definition, found):
		return nil
	}
	differences := []string{"refused for another reason than: " + c.Problem}
	for _, d := range found {
		differences = append(differences, d.String())
	}
	return differences
}

// roundTrip compares what was written with the definition, and what is written
// of that with it.
func roundTrip(c *Case, write func([]byte) ([]byte, error)) []string {
	text, err := write(c.Definition)
	if err != nil {
		return []string{"write: " + err.Error()}
	}
	again, err := write(text)
	if err != nil {
		return []string{fmt.Sprintf("write again: %v\n%s", err, text)}
	}
	var all []string
	for _, step := range []struct {
		name      string
		want, got []byte
	}{{"written", c.Definition, text}, {"written again", text, again}} {
		want, err := document.Decode(step.want)
		if err != nil {
			return []string{step.name + ": " + err.Error()}
		}
		got, err := document.Decode(step.got)
		if err != nil {
			return []string{step.name + ": " + err.Error()}
		}
		for _, d := range compare.NewPlaceholders(nil).Values(step.name, want, got) {
			if !means(d) {
				all = append(all, d.String())
			}
		}
	}
	return all
}

// means tells that a difference changes nothing: an End that is false, and a
// Comment or a Next that is empty, may be left out.
func means(d compare.Difference) bool {
	if d.Note != "missing" {
		return false
	}
	return d.Want == "false" && strings.HasSuffix(d.Path, ".End") ||
		d.Want == `""` && (strings.HasSuffix(d.Path, ".Comment") || strings.HasSuffix(d.Path, ".Next"))
}
