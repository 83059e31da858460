package template

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/flowstone-go/flow/internal/document"
)

// Path is a way into a document.
type Path []Step

// Step is one step of a [Path]: a member of an object, or an element of an
// array.
type Step struct {
	Key     string
	Index   int  // where IsIndex
	IsIndex bool // the step is an element
}

// String writes the path as it may stand between braces.
func (p Path) String() string {
	if len(p) == 0 {
		return "$"
	}
	var b strings.Builder
	for i, s := range p {
		if i == 0 && (s.IsIndex || !isName(s.Key)) {
			b.WriteByte('$')
		}
		switch {
		case s.IsIndex:
			b.WriteString("[" + strconv.Itoa(s.Index) + "]")
		case !isName(s.Key):
			b.WriteString("['" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s.Key) + "']")
		default:
			if i > 0 {
				b.WriteByte('.')
			}
			b.WriteString(s.Key)
		}
	}
	return b.String()
}

// Walk follows the path from v as far as it goes, and gives the value it came
// to and the number of steps made.
func (p Path) Walk(v any) (any, int) {
	for i, s := range p {
		var next any
		var ok bool
		if s.IsIndex {
			next, ok = document.Index(v, s.Index)
		} else {
			if next, ok = document.Member(v, s.Key); !ok {
				next, ok = document.ZeroMember(v, s.Key)
			}
		}
		if !ok {
			return v, i
		}
		v = next
	}
	return v, len(p)
}

// ParsePath reads a name, or a path of names and steps in brackets. A leading
// "$" stands for the document and may be left out before a name. ok is false
// where the text is neither.
func ParsePath(text string) (path Path, ok bool) {
	text, rooted := strings.CutPrefix(text, "$")
	if !rooted {
		name := takeName(text)
		if name == "" {
			return nil, false
		}
		path, text = append(path, Step{Key: name}), text[len(name):]
	}
	for text != "" {
		step, rest, ok := takeStep(text)
		if !ok {
			return nil, false
		}
		path, text = append(path, step), rest
	}
	return path, true
}

func takeStep(text string) (step Step, rest string, ok bool) {
	if text[0] == '.' {
		name := takeName(text[1:])
		return Step{Key: name}, text[1+len(name):], name != ""
	}
	if text[0] != '[' || len(text) < 3 {
		return Step{}, "", false
	}
	if quote := text[1]; quote == '\'' || quote == '"' {
		var key strings.Builder
		for i := 2; i < len(text); i++ {
			switch c := text[i]; {
			case c == '\\' && i+1 < len(text):
				i++
				key.WriteByte(text[i])
			case c == quote:
				return Step{Key: key.String()}, text[min(i+2, len(text)):], i+1 < len(text) && text[i+1] == ']'
			default:
				key.WriteByte(c)
			}
		}
		return Step{}, "", false
	}
	digits, rest, closed := strings.Cut(text[1:], "]")
	n, err := strconv.ParseUint(digits, 10, 31)
	return Step{Index: int(n), IsIndex: true}, rest, closed && err == nil && digits[0] != '+'
}

// takeName gives the longest name that text begins with: letters, digits,
// underscores, and hyphens but for the first. That is more than Bedrock allows
// (ASCII, no two marks in a row, at most 100), since Go's JSON has such names.
func takeName(text string) string {
	end := 0
	for end < len(text) {
		r, size := utf8.DecodeRuneInString(text[end:])
		if r != '_' && (r != '-' || end == 0) && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			break
		}
		end += size
	}
	return text[:end]
}

func isName(key string) bool { return key != "" && takeName(key) == key }
