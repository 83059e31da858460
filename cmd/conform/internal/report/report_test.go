package report_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/flowstone-go/flow/cmd/conform/internal/report"
)

func suite() report.Suite {
	return report.Suite{Name: "asl", Levels: []string{"outcome", "history"}, Results: []report.Result{
		{Area: "wait", Case: "w1", Levels: []report.Level{{Name: "outcome", Agrees: true}, {Name: "history", Agrees: true}}},
		{Area: "map", Case: "m1", Took: 1500 * time.Millisecond, Levels: []report.Level{
			{Name: "outcome", Agrees: true},
			{Name: "history", Differences: []string{"event 1: x\n    want 1", "event <2>", "3", "4", "5", "6", "7", "8", "9", "10"}},
		}},
		{Area: "wait", Case: "w2", Impossible: "because", Levels: []report.Level{{Name: "outcome", Differences: []string{strings.Repeat("y", 700)}}}},
		{Area: "wait", Case: "w3"},
	}}
}

func TestText(t *testing.T) {
	t.Parallel()
	const table = `
asl    cases  agree  outcome  history
map        1      0      1/1      0/1
wait       3      1      1/2      1/1
total      4      1      2/3      1/2
impossible: w2: because
asl: 1 of 4 cases agree, 1 cannot
`
	if got := "\n" + suite().Text(false); got != table {
		t.Errorf("got%s\nwant%s", got, table)
	}
	details, rest, _ := strings.Cut(suite().Text(true), "\nasl    cases")
	if "\nasl    cases"+rest != table {
		t.Errorf("table%s", rest)
	}
	want := `--- map: m1
  history
    event 1: x
        want 1
    event <2>
    3
    4
    5
    6
    7
    8
    … and 2 more

--- wait: w2
  outcome
    ` + strings.Repeat("y", 600) + `… (700 bytes)

--- wait: w3
`
	if details != want {
		t.Errorf("got\n%s\nwant\n%s", details, want)
	}
}

func TestWriteJSON(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := report.WriteJSON(&b, []report.Suite{suite()}); err != nil {
		t.Fatal(err)
	}
	var got []struct {
		Suite                    string
		Cases, Agree, Impossible int
		Levels                   map[string]report.Share
		Areas                    map[string]struct {
			Cases, Agree int
			Levels       map[string]report.Share
		}
		Results []struct {
			Area, Case string
			Agrees     bool
			Impossible string
			Seconds    float64
			Levels     []report.Level
		}
	}
	if err := json.Unmarshal([]byte(b.String()), &got); err != nil {
		t.Fatal(err)
	}
	s := got[0]
	if s.Suite != "asl" || s.Cases != 4 || s.Agree != 1 || s.Impossible != 1 || s.Levels["history"] != (report.Share{Cases: 2, Agree: 1}) {
		t.Errorf("suite %+v", s)
	}
	if wait := s.Areas["wait"]; wait.Cases != 3 || wait.Agree != 1 || wait.Levels["outcome"] != (report.Share{Cases: 2, Agree: 1}) {
		t.Errorf("area %+v", wait)
	}
	if len(s.Results) != 4 || !s.Results[0].Agrees || s.Results[1].Seconds != 1.5 || len(s.Results[1].Levels[1].Differences) != 10 || s.Results[2].Impossible != "because" || s.Results[3].Agrees {
		t.Errorf("results %+v", s.Results)
	}
}
