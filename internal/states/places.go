package states

import (
	"sort"
	"unicode/utf8"
)

// places finds lines and columns in a text, also where all of a long text
// stands in one line.
type places struct {
	text  []byte
	lines []int // offset of the first byte of each line
	marks []int // how many characters begin before each block
}

// block is how many bytes are counted anew for each place.
const block = 512

func newPlaces(text []byte) *places {
	p := &places{text: text, lines: []int{0}}
	characters := 0
	for i, c := range text {
		if i%block == 0 {
			p.marks = append(p.marks, characters)
		}
		if utf8.RuneStart(c) {
			characters++
		}
		if c == '\n' || c == '\r' && (i+1 == len(text) || text[i+1] != '\n') {
			p.lines = append(p.lines, i+1)
		}
	}
	p.marks = append(p.marks, characters)
	return p
}

// lineColumn counts lines from 1, and columns in characters from 1.
func (p *places) lineColumn(offset int) (line, column int) {
	offset = min(offset, len(p.text))
	line = sort.SearchInts(p.lines, offset+1)
	return line, p.before(offset) - p.before(p.lines[line-1]) + 1
}

// before counts the characters that begin before an offset.
func (p *places) before(offset int) int {
	start := offset / block * block
	if start >= len(p.text) {
		return p.marks[len(p.marks)-1]
	}
	n := p.marks[offset/block]
	for _, c := range p.text[start:offset] {
		if utf8.RuneStart(c) {
			n++
		}
	}
	return n
}
