package generate

import (
	"fmt"
	"go/token"
	"go/types"
	"strings"
	"unicode"
)

// identifier gives a Go name for a state: its words in camel case, with a
// number where that is taken.
func (g *generator) identifier(state string) string {
	var b strings.Builder
	upper := false
	for _, r := range state {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			upper = b.Len() > 0
			continue
		case b.Len() == 0 && unicode.IsDigit(r):
			b.WriteString("task")
		case b.Len() == 0:
			r = unicode.ToLower(r)
		case upper:
			r = unicode.ToUpper(r)
		}
		upper = false
		b.WriteRune(r)
	}
	name := b.String()
	if name == "" {
		name = "task"
	}
	if token.IsKeyword(name) || types.Universe.Lookup(name) != nil || reserved[name] {
		name += "Task"
	}
	out := name
	for i := 2; g.names[out]; i++ {
		out = fmt.Sprintf("%s%d", name, i)
	}
	g.names[out] = true
	return out
}

// reserved are the names that the file uses itself.
var reserved = map[string]bool{"flow": true, "context": true, "errors": true, "time": true, "init": true, "main": true}

// comment writes a text as the lines of a comment.
func comment(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString("// " + oneLine(line) + "\n")
	}
	return b.String()
}

// oneLine keeps a text from leaving its comment.
func oneLine(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text))
}
