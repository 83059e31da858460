package extract

import (
	"regexp"
	"strings"
)

// item is the beginning of a line that starts a list item or a quotation.
var item = regexp.MustCompile(`^\s*([-*+•>]|\d{1,3}[.)])\s`)

// ruler is a line that only draws.
var ruler = regexp.MustCompile(`^\s*[-=_*~#]{3,}\s*$`)

// parsePlain reads a text. Empty lines part paragraphs; what stands between two
// of them is hard-wrapped or has a paragraph a line, which [reflow] tells apart.
func parsePlain(text string) *Text {
	text = newlines.Replace(text)
	var lines []line
	for l := range strings.SplitSeq(strings.ReplaceAll(text, "\f", "\n\n"), "\n") {
		if ruler.MatchString(l) {
			l = ""
		}
		lines = append(lines, line{text: l})
	}
	return &Text{Pages: pages(text), Body: clean(reflow(lines))}
}

// pages counts the pages that form feeds part; one at the end parts nothing.
func pages(text string) int {
	return 1 + strings.Count(strings.TrimRight(text, "\f\n "), "\f")
}

var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n\n")
