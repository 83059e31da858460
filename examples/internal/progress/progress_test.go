package progress

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Without a terminal only notes are written.
func TestLines(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	board := New(&out, 2)
	job := board.Start("a.txt")
	job.Doing("reading")
	job.Note("throttled, again in %s", "1s")
	job.End()
	board.Close()
	if diff := cmp.Diff("a.txt: throttled, again in 1s\n", out.String()); diff != "" {
		t.Error(diff)
	}
}

// On a terminal each picture replaces the one before; notes stay above it.
func TestDrawing(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	board := New(&out, 2)
	board.width = func() int { return 21 }
	a := board.Start("a.txt")
	board.Start("b.txt").Doing("something long to say")
	a.Note("note")
	a.End()
	board.Close()
	screen := (&terminal{}).show(t, out.String())
	if diff := cmp.Diff([]string{"a.txt: note"}, screen[len(screen)-1]); diff != "" {
		t.Error(diff)
	}
	want := [][]string{
		{"░░░░░░░░░░░░░░░░░░░░░░░░ 0 of 2", "  a.txt"},
		{"░░░░░░░░░░░░░░░░░░░░░░░░ 0 of 2", "  a.txt", "  b.txt"},
		{"░░░░░░░░░░░░░░░░░░░░░░░░ 0 of 2", "  a.txt", "  b.txt  something …"},
		{"a.txt: note", "░░░░░░░░░░░░░░░░░░░░░░░░ 0 of 2", "  a.txt", "  b.txt  something …"},
		{"a.txt: note", "████████████░░░░░░░░░░░░ 1 of 2", "  b.txt  something …"},
		{"a.txt: note"},
	}
	if diff := cmp.Diff(want, screen); diff != "" {
		t.Error(diff)
	}
}

func TestNilBoard(t *testing.T) {
	t.Parallel()
	var board *Board
	job := board.Start("a")
	job.Doing("x")
	job.Note("y")
	job.End()
	board.Close()
}

// terminal understands as much as the display needs.
type terminal struct {
	lines []string
	row   int
}

// show gives the screen after each picture.
func (s *terminal) show(t *testing.T, output string) [][]string {
	t.Helper()
	var screens [][]string
	for picture := range strings.SplitAfterSeq(output, "\r\x1b[J") {
		up := 0
		text, moves := strings.CutSuffix(picture, "\r\x1b[J")
		if before, after, found := strings.Cut(text, "\x1b["); found {
			text = before
			for _, digit := range strings.TrimSuffix(after, "A") {
				up = up*10 + int(digit-'0')
			}
		}
		for line := range strings.Lines(text) {
			s.lines = append(s.lines, strings.TrimRight(line, " \n"))
			s.row++
		}
		if len(s.lines) > 0 {
			screens = append(screens, append([]string(nil), s.lines...))
		}
		if moves {
			s.row -= up
			s.lines = s.lines[:s.row]
		}
	}
	return screens
}
