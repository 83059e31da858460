// Package progress shows on a terminal what many jobs at once are doing: a line
// for each that runs, and how many are done. Where the output is no terminal it
// writes a line for each thing that is worth one, and no more.
package progress

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/term"
)

// Board is the display. Its methods are safe for concurrent use, and those of a
// nil Board do nothing.
type Board struct {
	mu    sync.Mutex
	out   io.Writer
	width func() int // columns of the terminal; nil if it is none
	total int
	done  int
	jobs  []*Job
	drawn int // lines that stand on the terminal now
}

// New makes the display of a number of jobs. It draws if the writer is a file
// that is a terminal.
func New(out io.Writer, total int) *Board {
	b := &Board{out: out, total: total}
	if file, ok := out.(*os.File); ok && term.IsTerminal(int(file.Fd())) && os.Getenv("TERM") != "dumb" {
		b.width = func() int {
			width, _, err := term.GetSize(int(file.Fd()))
			if err != nil || width < 20 {
				return 80
			}
			return width
		}
	}
	return b
}

// Job is one line of the display.
type Job struct {
	board *Board
	name  string
	doing string
}

// Start adds a line for a job.
func (b *Board) Start(name string) *Job {
	if b == nil {
		return nil
	}
	job := &Job{board: b, name: name}
	b.change(func() { b.jobs = append(b.jobs, job) })
	return job
}

// Doing says what a job does now. It is seen on a terminal only.
func (j *Job) Doing(what string) {
	if j != nil {
		j.board.change(func() { j.doing = what })
	}
}

// Note writes a line about a job that stays.
func (j *Job) Note(format string, args ...any) {
	if j != nil {
		j.board.print(j.name + ": " + fmt.Sprintf(format, args...))
	}
}

// End takes a job's line away.
func (j *Job) End() {
	if j == nil {
		return
	}
	b := j.board
	b.change(func() {
		b.done++
		for i, other := range b.jobs {
			if other == j {
				b.jobs = append(b.jobs[:i], b.jobs[i+1:]...)
				break
			}
		}
	})
}

// change changes what is shown, and shows it.
func (b *Board) change(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f()
	if b.width != nil {
		b.draw("")
	}
}

// print writes a line above the display.
func (b *Board) print(line string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.width != nil {
		b.draw(line)
		return
	}
	_, _ = fmt.Fprintln(b.out, line)
}

// Hide calls f, which may write to the same terminal, while the display is away.
func (b *Board) Hide(f func()) {
	if b == nil {
		f()
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.width == nil {
		f()
		return
	}
	b.clear()
	f()
	b.draw("")
}

// Close takes the display away; what was noted stays.
func (b *Board) Close() {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.width != nil {
		b.jobs, b.total = nil, 0
		b.draw("")
	}
}

// draw writes the note, and the display below it over the one that was there.
func (b *Board) draw(note string) {
	b.clear()
	var s strings.Builder
	if note != "" {
		s.WriteString(note + "\n")
	}
	if b.total > 0 {
		width := b.width() - 1
		const bar = 24
		full := bar * b.done / b.total
		fmt.Fprintf(&s, "%s%s %d of %d\n", strings.Repeat("█", full), strings.Repeat("░", bar-full), b.done, b.total)
		for _, job := range b.jobs {
			s.WriteString(cut("  "+job.name+"  "+job.doing, width) + "\n")
		}
		b.drawn = 1 + len(b.jobs)
	}
	_, _ = io.WriteString(b.out, s.String())
}

// clear takes what is drawn off the terminal.
func (b *Board) clear() {
	up := ""
	if b.drawn > 0 {
		up = fmt.Sprintf("\x1b[%dA", b.drawn)
	}
	_, _ = io.WriteString(b.out, up+"\r\x1b[J")
	b.drawn = 0
}

// cut shortens a line to a number of characters.
func cut(line string, width int) string {
	if utf8.RuneCountInString(line) <= width {
		return line
	}
	return string([]rune(line)[:width-1]) + "…"
}
