// Package report shows how the cases of a suite came out: a table for people,
// JSON for machines.
package report

import (
	"cmp"
	"slices"
	"time"
)

// Level is one thing that a case says, and whether the answer agrees with it.
type Level struct {
	Name        string   `json:"level"`
	Agrees      bool     `json:"agrees"`
	Differences []string `json:"differences,omitempty"`
}

// Result is how one case came out. A case says nothing at the levels that are
// not there.
type Result struct {
	Area   string
	Case   string
	Levels []Level
	// Impossible says why no answer can agree; "" where one can. It matters
	// only for a case that does not agree.
	Impossible string
	Took       time.Duration
}

// Agrees tells that the answer agrees with everything that the case says. A
// case that says nothing was not judged, and does not agree.
func (r Result) Agrees() bool {
	for _, l := range r.Levels {
		if !l.Agrees {
			return false
		}
	}
	return len(r.Levels) > 0
}

// Suite is how the cases of a suite came out.
type Suite struct {
	Name    string
	Levels  []string // in the order in which they are shown
	Results []Result
}

// Count is how many of some cases agree.
type Count struct {
	Cases, Agree, Impossible int
	Levels                   []Share // one for each of the suite's levels
}

// Share is how many of the cases that say something at a level agree there.
type Share struct {
	Cases, Agree int
}

// Total counts all cases of the suite.
func (s Suite) Total() Count { return s.count(s.Results) }

func (s Suite) count(results []Result) Count {
	c := Count{Levels: make([]Share, len(s.Levels))}
	for _, r := range results {
		c.Cases++
		switch {
		case r.Agrees():
			c.Agree++
		case r.Impossible != "":
			c.Impossible++
		}
		for _, l := range r.Levels {
			i := slices.Index(s.Levels, l.Name)
			if i < 0 {
				continue
			}
			c.Levels[i].Cases++
			if l.Agrees {
				c.Levels[i].Agree++
			}
		}
	}
	return c
}

// areas gives the suite's areas in alphabetical order, each with its results.
func (s Suite) areas() ([]string, map[string][]Result) {
	byArea := map[string][]Result{}
	var names []string
	for _, r := range s.Results {
		if byArea[r.Area] == nil {
			names = append(names, r.Area)
		}
		byArea[r.Area] = append(byArea[r.Area], r)
	}
	slices.SortFunc(names, cmp.Compare[string])
	return names, byArea
}
