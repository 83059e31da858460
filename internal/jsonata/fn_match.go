package jsonata

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/flowstone-go/flow/internal/document"
)

func isLetter(r rune) bool { return unicode.IsLetter(r) }

// limitOf reads an optional count: all (-1) where it is missing.
func limitOf(v value, code string) (int, error) {
	if v.kind != number {
		return -1, nil
	}
	if v.num < 0 {
		return 0, dynamicValue(code, v)
	}
	return int(math.Min(math.Ceil(v.num), 1<<40)), nil
}

func fnMatch(ev *evaluator, args []value, _ value) (value, error) {
	s, f := arg(args, 0), arg(args, 1)
	if s.kind != text {
		return value{}, nil
	}
	limit, err := limitOf(arg(args, 2), "D3040")
	if err != nil {
		return value{}, err
	}
	out := &list{seq: true}
	err = ev.find(f.fn(), s.str(), limit, func(m match) error {
		out.vals = append(out.vals, value{kind: object, ref: document.ObjectOf(
			document.Field{Key: "match", Value: m.text},
			document.Field{Key: "index", Value: boxed(m.index)},
			document.Field{Key: "groups", Value: m.groups},
		)})
		return ev.charge(4 + m.groups.len())
	})
	return listOf(out), err
}

func fnContains(ev *evaluator, args []value, _ value) (value, error) {
	s, token := arg(args, 0), arg(args, 1)
	if s.kind != text || (token.kind == undefined && ev.expr.opts.newer()) {
		return value{}, nil
	}
	if token.kind != function {
		return booleanOf(strings.Contains(s.str(), token.str())), nil
	}
	if r, ok := token.fn().made.(*regexNode); ok {
		return booleanOf(r.re.MatchString(s.str())), nil
	}
	found := false
	err := ev.find(token.fn(), s.str(), 1, func(match) error {
		found = true
		return nil
	})
	return booleanOf(found), err
}

func fnSplit(ev *evaluator, args []value, _ value) (value, error) {
	v, sep := arg(args, 0), arg(args, 1)
	if v.kind != text {
		return value{}, nil
	}
	s := v.str()
	limit, err := limitOf(arg(args, 2), "D3020")
	if err != nil {
		return value{}, err
	}
	out := &list{}
	if sep.kind != function {
		if l := arg(args, 2); l.kind == number {
			limit = int(math.Min(math.Floor(l.num), 1<<40))
		}
		return ev.splitText(s, sep, limit)
	}
	at := 0
	err = ev.find(sep.fn(), s, limit, func(m match) error {
		out.vals = append(out.vals, textOf(s[at:m.start]))
		at = m.end
		return nil
	})
	if limit < 0 || len(out.vals) < limit {
		out.vals = append(out.vals, textOf(s[at:]))
	}
	if err != nil {
		return value{}, err
	}
	return listOf(out), ev.charge(len(out.vals))
}

func (ev *evaluator) splitText(s string, sep value, limit int) (value, error) {
	out := &list{}
	if err := ev.charge(0); err != nil {
		return value{}, err
	}
	if sep.kind == undefined {
		if limit != 0 {
			out.vals = append(out.vals, textOf(s))
		}
		return listOf(out), nil
	}
	by := sep.str()
	for limit != 0 {
		if by == "" && s == "" {
			break
		}
		end := strings.Index(s, by)
		if by == "" {
			_, end = utf8.DecodeRuneInString(s)
		}
		if end < 0 {
			out.vals = append(out.vals, textOf(s))
			break
		}
		if err := ev.grow(len(out.vals)); err != nil {
			return value{}, err
		}
		out.vals = append(out.vals, textOf(s[:end]))
		s = s[end+len(by):]
		limit--
	}
	return listOf(out), nil
}

func fnReplace(ev *evaluator, args []value, _ value) (value, error) {
	v, pattern, with := arg(args, 0), arg(args, 1), arg(args, 2)
	if v.kind != text {
		return value{}, nil
	}
	if pattern.kind == text && pattern.str() == "" {
		return value{}, dynamicValue("D3010", pattern)
	}
	limit, err := limitOf(arg(args, 3), "D3011")
	if err != nil {
		return value{}, err
	}
	s := v.str()
	if pattern.kind == text && with.kind == text {
		p, w := pattern.str(), with.str()
		times := strings.Count(s, p)
		if limit >= 0 {
			times = min(times, limit)
		}
		if err := ev.checkText(max(0, len(s)+times*(len(w)-len(p)))); err != nil {
			return value{}, err
		}
		return ev.made(strings.Replace(s, p, w, limit))
	}
	matcher := pattern.fn()
	if pattern.kind != function {
		if pattern.kind != text {
			return v, nil
		}
		matcher = &closure{made: &literalMatcher{pattern.str()}}
	}
	var out strings.Builder
	at := 0
	err = ev.find(matcher, s, limit, func(m match) error {
		text, err := ev.replacement(m, with)
		if err != nil {
			return err
		}
		out.WriteString(s[at:m.start])
		out.WriteString(text)
		at = m.end
		return ev.checkText(out.Len())
	})
	if err != nil {
		return value{}, err
	}
	out.WriteString(s[at:])
	return ev.made(out.String())
}

// replacement gives what a match is replaced by.
func (ev *evaluator) replacement(m match, with value) (string, error) {
	if with.kind != function {
		return expand(with.str(), m), nil
	}
	r, err := ev.call(with.fn(), []value{{kind: object, ref: document.ObjectOf(
		document.Field{Key: "match", Value: m.text},
		document.Field{Key: "start", Value: boxed(m.index)},
		document.Field{Key: "end", Value: m.index.num + float64(units(m.text))},
		document.Field{Key: "groups", Value: m.groups},
	)}}, value{})
	if err != nil {
		return "", err
	}
	if r = unwrap(r, false); r.kind != text {
		return "", dynamicValue("D3012", r)
	}
	return r.str(), nil
}

// expand fills $0, $1, ... of a replacement; $$ is a dollar. A number takes as
// many digits as the count of groups has, fewer where that names no group.
func expand(template string, m match) string {
	if !strings.Contains(template, "$") {
		return template
	}
	groups := m.groups.len()
	var out strings.Builder
	for {
		before, rest, ok := strings.Cut(template, "$")
		out.WriteString(before)
		if !ok {
			return out.String()
		}
		template = rest
		switch {
		case strings.HasPrefix(rest, "$"):
			out.WriteByte('$')
			template = rest[1:]
			continue
		case strings.HasPrefix(rest, "0"):
			out.WriteString(m.text)
			template = rest[1:]
			continue
		}
		digits := len(strconv.Itoa(max(groups, 1)))
		n, used := leadingNumber(rest, digits)
		if used > 1 && n > groups {
			n, used = leadingNumber(rest, digits-1)
		}
		if used == 0 {
			out.WriteByte('$')
			continue
		}
		if n >= 1 && n <= groups {
			out.WriteString(m.groups.at(n - 1).str())
		}
		template = rest[used:]
	}
}

func leadingNumber(s string, most int) (n, used int) {
	for used < most && used < len(s) && isDigit(s[used]) {
		n = n*10 + int(s[used]-'0')
		used++
	}
	return n, used
}

// literalMatcher finds a string, for a replacement that is a function.
type literalMatcher struct{ text string }

func (l *literalMatcher) arity() int { return 1 }

func (l *literalMatcher) call(_ *evaluator, args []value, _ value) (value, error) {
	return literalMatch(l.text, arg(args, 0).str(), 0), nil
}

func literalMatch(find, in string, from int) value {
	i := strings.Index(in[from:], find)
	if i < 0 {
		return value{}
	}
	start := from + i
	end := start + len(find)
	return value{kind: object, ref: document.ObjectOf(
		document.Field{Key: "match", Value: find},
		document.Field{Key: "start", Value: float64(units(in[:start]))},
		document.Field{Key: "end", Value: float64(units(in[:end]))},
		document.Field{Key: "groups", Value: &list{}},
		document.Field{Key: "next", Value: &closure{made: &literalRest{find, in, end}}},
	)}
}

type literalRest struct {
	find, in string
	from     int
}

func (l *literalRest) arity() int { return 0 }

func (l *literalRest) call(*evaluator, []value, value) (value, error) {
	return literalMatch(l.find, l.in, l.from), nil
}
