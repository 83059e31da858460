package report

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Text is a table with a line for each area and a total, below it a line that
// says how many cases agree. With verbose the cases that do not stand above,
// each with its differences.
func (s Suite) Text(verbose bool) string {
	var b strings.Builder
	if verbose {
		for _, r := range s.Results {
			if !r.Agrees() {
				b.WriteString(r.text() + "\n")
			}
		}
	}
	s.table(&b)
	for _, r := range s.Results {
		if r.Impossible != "" && !r.Agrees() {
			b.WriteString("impossible: " + r.Case + ": " + r.Impossible + "\n")
		}
	}
	b.WriteString(s.Summary() + "\n")
	return b.String()
}

func (s Suite) table(b *strings.Builder) {
	names, byArea := s.areas()
	rows := [][]string{append([]string{s.Name, "cases", "agree"}, s.Levels...)}
	for _, name := range names {
		rows = append(rows, s.count(byArea[name]).cells(name))
	}
	rows = append(rows, s.Total().cells("total"))
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		for i, cell := range row {
			if i == 0 { // names stand at the left, numbers at the right
				fmt.Fprintf(b, "%-*s", widths[i], cell)
			} else {
				fmt.Fprintf(b, "  %*s", widths[i], cell)
			}
		}
		b.WriteString("\n")
	}
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
	cells := []string{name, strconv.Itoa(c.Cases), strconv.Itoa(c.Agree)}
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
