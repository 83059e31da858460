package jsonata

import (
	"regexp"
	"strings"

	"github.com/flowstone-go/flow/internal/document"
)

// regexNode is a regular expression literal: a function that finds matches.
type regexNode struct{ re *regexp.Regexp }

func (c *compiler) regex(n *ast) (node, int, error) {
	re, err := compileRegex(n.value, n.flags)
	if err != nil {
		f := syntaxError("S0303", n.pos, n.value)
		f.Message = "Regular expression is not supported: " + err.Error()
		return nil, 0, f
	}
	return &constNode{functionOf(&closure{made: &regexNode{re}})}, 1, nil
}

func (r *regexNode) arity() int { return 1 }

// call gives the first match as the language shows it to functions, the one
// after it behind its next.
func (r *regexNode) call(ev *evaluator, args []value, _ value) (value, error) {
	s := arg(args, 0)
	if s.kind != text {
		return value{}, nil
	}
	return (&matches{re: r.re, text: s.str()}).call(ev, nil, value{})
}

// matches is the function that gives the next match of a regular expression.
type matches struct {
	re    *regexp.Regexp
	text  string
	found [][]int // all matches, once one is asked for
	ready bool
	at    int
}

func (m *matches) arity() int { return 0 }

func (m *matches) call(ev *evaluator, _ []value, _ value) (value, error) {
	if !m.ready {
		most := int(min(ev.room, ev.expr.opts.Limits.Value)/(matchItems*itemBytes)) + 1
		m.found, m.ready = m.re.FindAllStringSubmatchIndex(m.text, most), true
		if err := ev.take(int64(matchItems * itemBytes * len(m.found))); err != nil {
			return value{}, err
		}
	}
	if m.at >= len(m.found) {
		if m.at > 0 && emptyAt(m.re, m.text, m.found[m.at-1][1], -1) {
			return value{}, dynamic("D1004")
		}
		return value{}, nil
	}
	loc := m.found[m.at]
	if m.at > 0 && (loc[0] == loc[1] || emptyAt(m.re, m.text, m.found[m.at-1][1], loc[0])) {
		return value{}, dynamic("D1004")
	}
	next := &matches{re: m.re, text: m.text, found: m.found, ready: true, at: m.at + 1}
	return value{kind: object, ref: document.ObjectOf(
		document.Field{Key: "match", Value: m.text[loc[0]:loc[1]]},
		document.Field{Key: "start", Value: float64(units(m.text[:loc[0]]))},
		document.Field{Key: "end", Value: float64(units(m.text[:loc[1]]))},
		document.Field{Key: "groups", Value: groupsOf(m.text, loc)},
		document.Field{Key: "next", Value: &closure{made: next}},
	)}, nil
}

func groupsOf(s string, loc []int) *list {
	groups := &list{}
	for i := 2; i < len(loc); i += 2 {
		if loc[i] < 0 {
			groups.vals = append(groups.vals, textOf(""))
			continue
		}
		groups.vals = append(groups.vals, textOf(s[loc[i]:loc[i+1]]))
	}
	return groups
}

// units is the length of a string in UTF-16 code units, in which the
// reference implementation counts.
func units(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}

// match is one match of a matcher, a regular expression or a user's function.
type match struct {
	text       string
	start, end int // in bytes
	index      value
	groups     *list
}

// find calls each for the matches of a matcher in s, at most limit (all of
// them if negative), until each fails.
func (ev *evaluator) find(matcher *closure, s string, limit int, each func(match) error) error {
	if limit == 0 {
		return nil
	}
	if r, ok := matcher.made.(*regexNode); ok {
		return ev.findRegex(r.re, s, limit, each)
	}
	at, err := ev.call(matcher, []value{textOf(s)}, value{})
	for ; err == nil && limit != 0; limit-- {
		if at = unwrap(at, false); at.kind == undefined {
			return nil
		}
		if at.kind != object {
			return dynamic("T1010")
		}
		m := match{text: member(at, "match").str(), index: member(at, "start")}
		start, end, groups, next := m.index, member(at, "end"), member(at, "groups"), member(at, "next")
		if start.kind != number && end.kind != number && groups.kind != array && next.kind != function {
			return dynamic("T1010")
		}
		m.start, m.end = byteOffset(s, start.num), byteOffset(s, end.num)
		m.end = max(m.start, m.end)
		m.groups = &list{}
		if groups.kind == array {
			m.groups.vals = appendItems(nil, groups)
		}
		if err := each(m); err != nil {
			return err
		}
		if next.kind != function {
			return nil
		}
		at, err = ev.call(next.fn(), nil, value{})
	}
	return err
}

// matchItems is what a match takes, in items.
const matchItems = 8

func (ev *evaluator) findRegex(re *regexp.Regexp, s string, limit int, each func(match) error) error {
	most := int(min(ev.room, ev.expr.opts.Limits.Value)/(matchItems*itemBytes)) + 1
	if limit >= 0 {
		most = min(most, limit+1) // the one after the last is looked for as well
	}
	found := re.FindAllStringSubmatchIndex(s, most)
	if err := ev.take(int64(matchItems * itemBytes * len(found))); err != nil {
		return err
	}
	seen, seenUnits := 0, 0
	for i, loc := range found {
		if err := ev.tick(); err != nil {
			return err
		}
		if loc[0] == loc[1] && (i > 0 || loc[1] < len(s)) {
			return dynamic("D1004")
		}
		if i == limit {
			break
		}
		seenUnits += units(s[seen:loc[0]])
		seen = loc[0]
		m := match{s[loc[0]:loc[1]], loc[0], loc[1], numberOf(float64(seenUnits)), groupsOf(s, loc)}
		if err := each(m); err != nil {
			return err
		}
		after := -1
		if i+1 < len(found) {
			after = found[i+1][0]
		}
		if emptyAt(re, s, loc[1], after) {
			return dynamic("D1004")
		}
	}
	return nil
}

// emptyAt tells that the match after one that ends at from, which begins at
// next as far as [regexp] finds it, would be of nothing, right at from:
// [regexp] passes over such a match. An expression that asks for the start of
// the text has none there.
func emptyAt(re *regexp.Regexp, s string, from, next int) bool {
	if from >= len(s) || next == from || !re.MatchString("") || strings.Contains(re.String(), "^") && from > 0 {
		return false
	}
	loc := re.FindStringIndex(s[from:])
	return loc != nil && loc[1] == 0
}

// byteOffset turns an offset in code units into one in bytes.
func byteOffset(s string, n float64) int {
	for i, r := range s {
		if n <= 0 {
			return i
		}
		n--
		if r > 0xFFFF {
			n--
		}
	}
	return len(s)
}

const jsSpace = `\t\n\v\f\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}`

// compileRegex turns the syntax of ECMAScript into that of RE2.
func compileRegex(pattern, flags string) (*regexp.Regexp, error) {
	var out strings.Builder
	if flags != "" {
		out.WriteString("(?" + strings.Join(uniqueFlags(flags), "") + ")")
	}
	class := false
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		switch {
		case c == '\\' && i+1 < len(pattern):
			i += translateEscape(&out, pattern[i+1:], class)
		case class && c == ']':
			class = false
			out.WriteByte(c)
		case class && c == '[':
			out.WriteString(`\[`)
		case class:
			out.WriteByte(c)
		case strings.HasPrefix(pattern[i:], "[^]"):
			out.WriteString(`(?s:.)`)
			i += 2
		case strings.HasPrefix(pattern[i:], "[]"):
			out.WriteString(`[^\x00-\x{10FFFF}]`)
			i++
		case c == '[':
			class = true
			out.WriteByte(c)
			if strings.HasPrefix(pattern[i+1:], "^") {
				out.WriteByte('^')
				i++
			}
		case c == '.':
			out.WriteString(`[^\n\r\x{2028}\x{2029}]`)
		default:
			out.WriteByte(c)
		}
	}
	return regexp.Compile(out.String())
}

func uniqueFlags(flags string) []string {
	var out []string
	for _, f := range []string{"i", "m"} {
		if strings.Contains(flags, f) {
			out = append(out, f)
		}
	}
	return out
}

// translateEscape writes what a backslash and rest mean; it gives how many
// bytes of rest it used.
func translateEscape(out *strings.Builder, rest string, class bool) int {
	switch c := rest[0]; {
	case c == 's' && class:
		out.WriteString(jsSpace)
	case c == 's':
		out.WriteString("[" + jsSpace + "]")
	case c == 'S' && !class:
		out.WriteString("[^" + jsSpace + "]")
	case c == 'u' && len(rest) >= 5 && isHex(rest[1:5]):
		out.WriteString(`\x{` + rest[1:5] + "}")
		return 5
	case c == 'c' && len(rest) >= 2:
		const digits = "0123456789abcdef"
		out.WriteString(`\x` + string(digits[rest[1]>>4&1]) + string(digits[rest[1]&15]))
		return 2
	case c == '0' && (len(rest) < 2 || !isDigit(rest[1])):
		out.WriteString(`\x00`)
	case c == 'b' && class:
		out.WriteString(`\x08`)
	case c >= 0x80 || c == '_' || strings.IndexByte("aeghijklmopqyzACEFGHIJKLMNOQRTUVXYZ", c) >= 0:
		out.WriteByte(c) // an escape without a meaning stands for the character
	default:
		out.WriteByte('\\')
		out.WriteByte(c)
	}
	return 1
}

func isHex(s string) bool {
	return strings.Trim(s, "0123456789abcdefABCDEF") == ""
}
