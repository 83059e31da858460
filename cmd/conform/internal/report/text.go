package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode/utf8"
)

// WriteText writes a table with a line for each area and a total, and after it
// the cases that disagree: only their number, or with verbose each with its
// differences.
func (s Suite) WriteText(w io.Writer, verbose bool) error {
	if verbose {
		for _, r := range s.Results {
			if !r.Agrees() {
				if _, err := io.WriteString(w, r.text()+"\n"); err != nil {
					return err
				}
			}
		}
	}
	names, byArea := s.areas()
	width := len("total")
	for _, name := range append(names, s.Name) {
		width = max(width, utf8.RuneCountInString(name))
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(cells ...string) {
		cells[0] = fmt.Sprintf("%-*s", width, cells[0]) // names stand at the left, numbers at the right
		fmt.Fprintln(table, strings.Join(cells, "\t")+"\t")
	}
	row(append([]string{s.Name, "cases", "agree"}, s.Levels...)...)
	for _, name := range names {
		row(s.count(byArea[name]).cells(name)...)
	}
	total := s.Total()
	row(total.cells("total")...)
	if err := table.Flush(); err != nil {
		return err
	}
	for _, r := range s.Results {
		if r.Impossible != "" && !r.Agrees() {
			if _, err := fmt.Fprintf(w, "impossible: %s: %s\n", r.Case, r.Impossible); err != nil {
				return err
			}
		}
	}
	_, err := fmt.Fprintln(w, s.Summary())
	return err
}

// Summary is one line: how many of the suite's cases agree.
func (s Suite) Summary() string {
	t := s.Total()
	line := fmt.Sprintf("%s: %d of %d cases agree", s.Name, t.Agree, t.Cases)
	if t.Impossible > 0 {
		line += fmt.Sprintf(", %d cannot", t.Impossible)
	}
	return line
}

func (c Count) cells(name string) []string {
	cells := []string{name, fmt.Sprint(c.Cases), fmt.Sprint(c.Agree)}
	for _, level := range c.Levels {
		cell := "-"
		if level.Cases > 0 {
			cell = fmt.Sprintf("%d/%d", level.Agree, level.Cases)
		}
		cells = append(cells, cell)
	}
	return cells
}

// most is how many differences of a level are shown; a history that is off by
// one event would fill pages.
const most = 8

func (r Result) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "--- %s: %s\n", r.Area, r.Case)
	for _, l := range r.Levels {
		if l.Agrees {
			continue
		}
		fmt.Fprintf(&b, "  %s\n", l.Name)
		for i, d := range l.Differences {
			if i == most {
				fmt.Fprintf(&b, "    … and %d more\n", len(l.Differences)-most)
				break
			}
			b.WriteString("    " + strings.ReplaceAll(shortened(d), "\n", "\n    ") + "\n")
		}
	}
	return b.String()
}

// shortened cuts the long lines of a difference; -json gives them in full.
func shortened(d string) string {
	const width = 600
	lines := strings.Split(d, "\n")
	for i, line := range lines {
		if len(line) > width {
			lines[i] = strings.ToValidUTF8(line[:width], "") + fmt.Sprintf("… (%d bytes)", len(line))
		}
	}
	return strings.Join(lines, "\n")
}
