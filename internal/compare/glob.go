package compare

import (
	"fmt"
	"strings"
)

// glob is a pattern of StringMatches: the texts between its stars.
type glob []string

// compileGlob reads a pattern: * stands for any characters, \* for a star, \\
// for a backslash; a backslash before anything else is an error.
func compileGlob(pattern string) (glob, error) {
	g := glob{}
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		switch c {
		case '*':
			g = append(g, b.String())
			b.Reset()
			continue
		case '\\':
			i++
			if i == len(pattern) || pattern[i] != '*' && pattern[i] != '\\' {
				return nil, fmt.Errorf(`pattern %q: a backslash stands only before * and \`, pattern)
			}
			c = pattern[i]
		}
		b.WriteByte(c)
	}
	return append(g, b.String()), nil
}

// Wildcards compiles a pattern of StringMatches to what tells whether the whole
// of a string matches it. The error tells of a stray backslash.
func Wildcards(pattern string) (match func(string) bool, err error) {
	g, err := compileGlob(pattern)
	if err != nil {
		return nil, err
	}
	return g.match, nil
}

// match tells that the whole of s matches.
func (g glob) match(s string) bool {
	first, last := g[0], g[len(g)-1]
	if len(g) == 1 {
		return s == first
	}
	s, ok := strings.CutPrefix(s, first)
	if !ok {
		return false
	}
	for _, text := range g[1 : len(g)-1] {
		i := strings.Index(s, text)
		if i < 0 {
			return false
		}
		s = s[i+len(text):]
	}
	return strings.HasSuffix(s, last)
}
