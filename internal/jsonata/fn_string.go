package jsonata

import (
	"math"
	"strings"
	"unicode/utf8"
)

func (ev *evaluator) made(s string) (value, error) { return textOf(s), ev.chargeText(len(s)) }

func fnString(ev *evaluator, args []value, _ value) (value, error) {
	v, pretty := arg(args, 0), ev.truth(arg(args, 1))
	if v.kind == undefined || v.kind == text {
		return v, nil
	}
	if l := v.list(); l != nil && l.outer {
		v = l.vals[0]
	}
	var s string
	var err error
	if pretty && (v.kind == array || v.kind == object) {
		s, err = ev.json(v, true)
	} else {
		s, err = ev.text(v)
	}
	if err != nil {
		return value{}, err
	}
	return ev.made(s)
}

// runeOffset gives where the nth rune of s begins; n is not negative.
func runeOffset(s string, n float64) int {
	if n <= 0 {
		return 0
	}
	for i := range s {
		if n <= 0 {
			return i
		}
		n--
	}
	return len(s)
}

func fnSubstring(_ *evaluator, args []value, _ value) (value, error) {
	v := arg(args, 0)
	if v.kind != text {
		return value{}, nil
	}
	s, n := v.str(), math.Inf(1)
	start := math.Trunc(arg(args, 1).num)
	if l := arg(args, 2); l.kind == number {
		n = l.num
	}
	if start < 0 {
		start = max(0, start+float64(utf8.RuneCountInString(s)))
	}
	if n <= 0 {
		return textOf(""), nil
	}
	from := runeOffset(s, start)
	to := from + runeOffset(s[from:], math.Trunc(start+n)-start)
	return textOf(s[from:to]), nil
}

func fnSubstringBefore(_ *evaluator, args []value, _ value) (value, error) {
	v := arg(args, 0)
	if v.kind != text {
		return value{}, nil
	}
	if arg(args, 1).kind != text { // nothing to look for
		return v, nil
	}
	before, _, _ := strings.Cut(v.str(), arg(args, 1).str())
	return textOf(before), nil
}

func fnSubstringAfter(_ *evaluator, args []value, _ value) (value, error) {
	v := arg(args, 0)
	if v.kind != text {
		return value{}, nil
	}
	if _, after, ok := strings.Cut(v.str(), arg(args, 1).str()); ok {
		return textOf(after), nil
	}
	return v, nil
}

func fnLowercase(ev *evaluator, args []value, _ value) (value, error) {
	if v := arg(args, 0); v.kind == text {
		return ev.made(lower(v.str()))
	}
	return value{}, nil
}

func fnUppercase(ev *evaluator, args []value, _ value) (value, error) {
	if v := arg(args, 0); v.kind == text {
		return ev.made(upper(v.str()))
	}
	return value{}, nil
}

func fnLength(_ *evaluator, args []value, _ value) (value, error) {
	if v := arg(args, 0); v.kind == text {
		return numberOf(float64(utf8.RuneCountInString(v.str()))), nil
	}
	return value{}, nil
}

// fnTrim turns runs of white space into one space and strips both ends.
func fnTrim(ev *evaluator, args []value, _ value) (value, error) {
	v := arg(args, 0)
	if v.kind != text {
		return value{}, nil
	}
	words := strings.FieldsFunc(v.str(), func(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\r' })
	return ev.made(strings.Join(words, " "))
}

func fnPad(ev *evaluator, args []value, _ value) (value, error) {
	v := arg(args, 0)
	if v.kind != text {
		return value{}, nil
	}
	s, width, with := v.str(), math.Trunc(arg(args, 1).num), arg(args, 2).str()
	if with == "" {
		with = " "
	}
	missing := math.Abs(width) - float64(utf8.RuneCountInString(s))
	if missing <= 0 {
		return v, nil
	}
	unit := utf8.RuneCountInString(with)
	if err := ev.checkText(int(math.Min(missing/float64(unit)*float64(len(with)), 1<<50))); err != nil {
		return value{}, err
	}
	padding := strings.Repeat(with, int(missing)/unit+1)
	padding = padding[:runeOffset(padding, missing)]
	if width > 0 {
		return ev.made(s + padding)
	}
	return ev.made(padding + s)
}

func fnJoin(ev *evaluator, args []value, _ value) (value, error) {
	v, sep := arg(args, 0), arg(args, 1).str()
	if v.kind != array {
		return value{}, nil
	}
	n := length(v)
	size := len(sep) * max(n-1, 0)
	for i := range n {
		size += len(item(v, i).str())
	}
	if err := ev.chargeText(size); err != nil {
		return value{}, err
	}
	var out strings.Builder
	out.Grow(size)
	for i := range n {
		if i > 0 {
			out.WriteString(sep)
		}
		out.WriteString(item(v, i).str())
	}
	return textOf(out.String()), nil
}

// upper and lower map what Unicode maps to several letters as ECMAScript
// does; the tables of the standard library map one letter to one.
func upper(s string) string {
	out := strings.ToUpper(s)
	if isASCII(s) {
		return out
	}
	return specialUpper.Replace(strings.ToUpper(specialUpper.Replace(s)))
}

func lower(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	return strings.ToLower(strings.ReplaceAll(finalSigma(s), "İ", "i̇"))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

var specialUpper = strings.NewReplacer(
	"ß", "SS", "ŉ", "ʼN", "ǰ", "J̌", "ΐ", "Ϊ́", "ΰ", "Ϋ́", "և", "ԵՒ", "ẖ", "H̱", "ẗ", "T̈", "ẘ", "W̊", "ẙ", "Y̊", "ẚ", "Aʾ",
	"ﬀ", "FF", "ﬁ", "FI", "ﬂ", "FL", "ﬃ", "FFI", "ﬄ", "FFL", "ﬅ", "ST", "ﬆ", "ST",
	"ﬓ", "ՄՆ", "ﬔ", "ՄԵ", "ﬕ", "ՄԻ", "ﬖ", "ՎՆ", "ﬗ", "ՄԽ",
)

// finalSigma writes a capital sigma at the end of a word as ς.
func finalSigma(s string) string {
	if !strings.Contains(s, "Σ") {
		return s
	}
	runes := []rune(s)
	for i, r := range runes {
		if r == 'Σ' && i > 0 && isLetter(runes[i-1]) && (i+1 == len(runes) || !isLetter(runes[i+1])) {
			runes[i] = 'ς'
		}
	}
	return string(runes)
}
