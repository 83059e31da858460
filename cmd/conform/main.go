// Conform runs the conformance suites: recordings of AWS Step Functions, the
// cases of JSONata's reference implementation, and published definitions.
//
//	go run ./cmd/conform                      all suites
//	go run ./cmd/conform -suite asl -area map -v
//	go run ./cmd/conform -suite jsonata -data DIR -run '^joins/' -json
//
// It prints a table with a line for each area and, last, how many cases agree.
// With -v each case that does not is shown with its differences; with -json
// everything is, for machines. The cases are not part of the repository: -data
// names their folder, else FLOWSTONE_CONFORMANCE names the folder of the
// suites, else they are looked for in ../shared/conformance.
//
// The exit status is 0 if every case agrees, or with -floor FILE if as many do
// as that file says; 1 if not; 2 if the suites could not be run.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/flowstone-go/flow/cmd/conform/internal/corpus"
	"github.com/flowstone-go/flow/cmd/conform/internal/report"
	"github.com/flowstone-go/flow/cmd/conform/internal/virtual"
)

// The exit statuses.
const (
	statusAgrees    = 0
	statusDisagrees = 1
	statusBroken    = 2
)

var suites = []suite{
	{"asl", asl},
	{"jsonata", jsonataSuite},
	{"definitions", definitions},
}

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
}

// options are what the command line says.
type options struct {
	suites      []suite
	data, floor string
	wanted      filter
	verbose     bool
	json        bool
}

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("conform", flag.ContinueOnError)
	flags.SetOutput(stderr)
	var names []string
	for _, s := range suites {
		names = append(names, s.name)
	}
	name := flags.String("suite", "", "`suite` to run: "+strings.Join(names, ", ")+" (default all)")
	flags.StringVar(&o.data, "data", "", "`folder` of the suite's cases, or of all suites")
	flags.StringVar(&o.wanted.area, "area", "", "run only the cases of this `area`")
	pattern := flags.String("run", "", "run only the cases whose name matches this `regexp`")
	flags.BoolVar(&o.verbose, "v", false, "show the differences of each case that disagrees")
	flags.BoolVar(&o.json, "json", false, "write everything as JSON")
	flags.StringVar(&o.floor, "floor", "", "let a `file` say how many cases of each suite must agree")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unknown argument %q", flags.Arg(0))
	}
	if *pattern != "" {
		var err error
		if o.wanted.name, err = regexp.Compile(*pattern); err != nil {
			return o, fmt.Errorf("-run: %w", err)
		}
	}
	if o.floor != "" && (*pattern != "" || o.wanted.area != "") {
		return o, errors.New("-floor counts whole suites: it goes with neither -area nor -run")
	}
	o.suites = suites
	if *name != "" {
		i := slices.IndexFunc(suites, func(s suite) bool { return s.name == *name })
		if i < 0 {
			return o, fmt.Errorf("no suite %q: there are %s", *name, strings.Join(names, ", "))
		}
		o.suites = suites[i : i+1]
	}
	return o, nil
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	agrees, err := conform(ctx, args, stdout, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return statusAgrees
	case err != nil:
		_, _ = io.WriteString(stderr, "conform: "+err.Error()+"\n") // there is nowhere else to say it
		return statusBroken
	case !agrees:
		return statusDisagrees
	}
	return statusAgrees
}

func conform(ctx context.Context, args []string, stdout, stderr io.Writer) (agrees bool, err error) {
	o, err := parse(args, stderr)
	if err != nil {
		return false, err
	}
	results, err := o.run(ctx)
	if err != nil {
		return false, err
	}
	agrees, summary, err := o.judge(results)
	if err != nil {
		return false, err
	}
	if o.json {
		return agrees, report.WriteJSON(stdout, results)
	}
	var texts []string
	for _, s := range results {
		texts = append(texts, s.Text(o.verbose))
	}
	_, err = io.WriteString(stdout, strings.Join(texts, "\n")+summary)
	return agrees, err
}

// run runs the suites, in bubbles of virtual time.
func (o options) run(ctx context.Context) ([]report.Suite, error) {
	dirs := make([]string, len(o.suites))
	for i, s := range o.suites {
		var err error
		if dirs[i], err = corpus.Dir(o.data, s.name); err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
		if len(o.suites) > 1 && slices.Contains(dirs[:i], dirs[i]) {
			return nil, fmt.Errorf("%s holds one suite: -suite says which", dirs[i])
		}
	}
	var results []report.Suite
	var broken error
	err := virtual.Main(func(bubble virtual.Bubble) {
		for i, s := range o.suites {
			result, err := s.run(ctx, dirs[i], o.wanted, bubble)
			if err != nil {
				broken = fmt.Errorf("%s: %w", s.name, err)
				return
			}
			results = append(results, result)
		}
	})
	if broken != nil {
		return nil, broken
	}
	return results, err
}

// judge tells whether enough cases agree, and says so for people. No case at
// all is an error: a wrong folder or pattern must not look like agreement.
func (o options) judge(results []report.Suite) (agrees bool, summary string, err error) {
	var all report.Count
	for _, s := range results {
		t := s.Total()
		all.Cases += t.Cases
		all.Agree += t.Agree
	}
	if all.Cases == 0 {
		return false, "", errors.New("no case was chosen")
	}
	if len(results) > 1 {
		summary = fmt.Sprintf("\nall suites: %d of %d cases agree\n", all.Agree, all.Cases)
	}
	if o.floor == "" {
		return all.Agree == all.Cases, summary, nil
	}
	below, err := belowFloor(o.floor, results)
	return len(below) == 0, summary + strings.Join(below, ""), err
}
