package extract

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// line is a line of a page. Where it stands, in points from the lower left
// corner, is known of a PDF; size 0 means that it is not.
type line struct {
	text       string
	x, y, size float64
}

// hyphen is what PDFium puts where a word was parted at the end of a line; the
// second half follows at once.
const hyphen = "\x02"

// pageNumber is a line that numbers a page and says nothing else.
var pageNumber = regexp.MustCompile(`(?i)^\s*([-–—]\s*)?(page\s+)?\d{1,4}(\s*(/|of)\s*\d{1,4})?(\s*[-–—])?\s*$`)

// unnumbered drops the empty lines of a page, and its number from the first or
// last one.
func unnumbered(page []line) []line {
	page = slices.DeleteFunc(page, func(l line) bool { return strings.TrimSpace(l.text) == "" })
	if len(page) > 1 && pageNumber.MatchString(page[0].text) {
		page = page[1:]
	}
	if len(page) > 1 && pageNumber.MatchString(page[len(page)-1].text) {
		page = page[:len(page)-1]
	}
	return page
}

// reflow makes paragraphs of lines that nothing parts into paragraphs.
func reflow(lines []line) []string {
	var (
		paragraphs []string
		open       []string
		width      = usualWidth(lines)
		spacing    = usualSpacing(lines)
	)
	for i, l := range lines {
		open = append(open, strings.ReplaceAll(l.text, hyphen, ""))
		if i+1 == len(lines) || moves(l, lines[i+1], spacing) || breaks(l.text, lines[i+1].text, width) {
			paragraphs = append(paragraphs, strings.Join(open, " "))
			open = nil
		}
	}
	return paragraphs
}

// moves tells by where they stand that the next line begins a paragraph: by the
// space between them, another size, or an indent after the end of a sentence.
func moves(l, next line, spacing float64) bool {
	if l.size == 0 || next.size == 0 || spacing == 0 {
		return false
	}
	drop := l.y - next.y
	switch {
	case drop > spacing*1.25, math.Abs(l.size-next.size) > 0.1*l.size:
		return true
	case drop < 0: // the next column or page: a sentence may go on there
		return false
	}
	return endsSentence(l.text) && next.x > l.x+0.8*l.size
}

// breaks tells by what they say that the next line begins a paragraph: its first
// word would have fitted in, and the line ends a sentence or is as short as a
// heading and the next one begins like a sentence.
func breaks(text, next string, width int) bool {
	text, next = strings.TrimSpace(text), strings.TrimSpace(next)
	if text == "" || next == "" || item.MatchString(next) {
		return true
	}
	length := utf8.RuneCountInString(text[strings.LastIndex(text, hyphen)+1:])
	word, _, _ := strings.Cut(next, " ")
	if length+1+utf8.RuneCountInString(word) > width*9/10 {
		return false
	}
	begin, _ := utf8.DecodeRuneInString(word)
	return endsSentence(text) || length < width*6/10 && !unicode.IsLower(begin)
}

func endsSentence(text string) bool {
	end, _ := utf8.DecodeLastRuneInString(strings.TrimSpace(text))
	return strings.ContainsRune(".!?:\"”’)", end)
}

// usualWidth is how many characters a full line has: what only one line in
// twenty exceeds.
func usualWidth(lines []line) int {
	var widths []int
	for _, l := range lines {
		for part := range strings.SplitSeq(l.text, hyphen) {
			widths = append(widths, utf8.RuneCountInString(part))
		}
	}
	if len(widths) == 0 {
		return 0
	}
	slices.Sort(widths)
	return widths[(len(widths)-1)*19/20]
}

// usualSpacing is the median distance from line to line, 0 if it is not known.
func usualSpacing(lines []line) float64 {
	var drops []float64
	for i := 1; i < len(lines); i++ {
		if drop := lines[i-1].y - lines[i].y; drop > 0 && lines[i-1].size > 0 && lines[i].size > 0 {
			drops = append(drops, drop)
		}
	}
	if len(drops) == 0 {
		return 0
	}
	slices.Sort(drops)
	return drops[len(drops)/2]
}
