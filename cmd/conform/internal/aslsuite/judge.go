package aslsuite

import (
	"github.com/flowstone-go/flow/cmd/conform/internal/compare"
	"github.com/flowstone-go/flow/cmd/conform/internal/report"
	"github.com/flowstone-go/flow/internal/document"
)

// The levels at which a case is compared.
const (
	LevelOutcome = "outcome" // how an execution ended
	LevelPath    = "path"    // the states entered and left, with inputs and outputs
	LevelHistory = "history" // every event
	LevelAnswer  = "answer"  // what another operation answered, and the logs
)

// Levels lists the levels in the order in which they are shown.
var Levels = []string{LevelOutcome, LevelPath, LevelHistory, LevelAnswer}

// Answer is what an engine answers to a case, in the form of the case: values
// that the API carries as JSON text are documents.
type Answer struct {
	// Expect has the members of the case's expect. Of an execution: status, and
	// output or error and cause; those that there were none of are absent.
	Expect *document.Object
	// History is the list of events of GetExecutionHistory.
	History []any
	// Logs are the records that a logging configuration like the case's wrote.
	Logs []any
}

// Judge compares an answer with what the case expects. If err is not nil there
// is no answer, and the case agrees at no level.
func Judge(c *Case, a *Answer, err error) []report.Level {
	if err == nil && a == nil {
		a = &Answer{}
	}
	var levels []report.Level
	level := func(name string, differences func() []compare.Difference) {
		l := report.Level{Name: name}
		if err != nil {
			l.Differences = []string{err.Error()}
		} else {
			for _, d := range differences() {
				l.Differences = append(l.Differences, d.String())
			}
		}
		l.Agrees = len(l.Differences) == 0
		levels = append(levels, l)
	}
	expect := LevelAnswer
	if c.Kind == KindExecution {
		expect = LevelOutcome
	}
	level(expect, func() []compare.Difference {
		p := c.Placeholders
		if c.HasHistory && c.HistoryOrder != compare.Total {
			p = p.AnyEvent()
		}
		return p.Values("expect", c.Expect, a.Expect)
	})
	if c.HasHistory {
		level(LevelPath, func() []compare.Difference { return c.Placeholders.Paths(c.HistoryOrder, c.History, a.History) })
		level(LevelHistory, func() []compare.Difference {
			return c.Placeholders.Histories(c.HistoryOrder, c.History, a.History)
		})
	}
	if c.Logs != nil {
		level(LevelAnswer, func() []compare.Difference { return c.logs(a.Logs) })
	}
	return levels
}

// logs compares log records; without events in the case nothing was logged.
func (c *Case) logs(got []any) []compare.Difference {
	want := []any{}
	if v, ok := c.Logs.Get("events"); ok {
		if list, ok := v.([]any); ok {
			want = list
		}
	}
	if got == nil {
		got = []any{}
	}
	return c.Placeholders.Values("logs", want, got)
}
