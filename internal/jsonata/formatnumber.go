package jsonata

import (
	"math"
	"strconv"
	"strings"
)

// numberSymbols are the characters with a meaning in a number picture.
type numberSymbols struct {
	decimal, grouping, exponent, digit, pattern, zero rune
	minus, infinity, nan                              string
	percent, perMille                                 string
}

func symbolsOf(options value) numberSymbols {
	s := numberSymbols{'.', ',', 'e', '#', ';', '0', "-", "Infinity", "NaN", "%", "‰"}
	if options.kind != object {
		return s
	}
	char := func(name string, to *rune) {
		if v := member(options, name); v.kind == text {
			for _, r := range v.str() {
				*to = r
				break
			}
		}
	}
	char("decimal-separator", &s.decimal)
	char("grouping-separator", &s.grouping)
	char("exponent-separator", &s.exponent)
	char("digit", &s.digit)
	char("pattern-separator", &s.pattern)
	char("zero-digit", &s.zero)
	word := func(name string, to *string) {
		if v := member(options, name); v.kind == text {
			*to = v.str()
		}
	}
	word("minus-sign", &s.minus)
	word("infinity", &s.infinity)
	word("NaN", &s.nan)
	word("percent", &s.percent)
	word("per-mille", &s.perMille)
	return s
}

func (s *numberSymbols) isDigit(r rune) bool { return r >= s.zero && r <= s.zero+9 }

func (s *numberSymbols) isActive(r rune) bool {
	return s.isDigit(r) || r == s.decimal || r == s.grouping || r == s.digit
}

// subPicture is one half of a number picture, taken apart as XPath's
// fn:format-number says.
type subPicture struct {
	prefix, suffix string
	integer        []rune
	fraction       []rune
	exponent       []rune
	hasExponent    bool
	hasDecimal     bool
	mantissa       []rune
	active         []rune
	percent, mille bool
}

func (s *numberSymbols) split(picture string) subPicture {
	p := subPicture{percent: strings.Contains(picture, s.percent), mille: strings.Contains(picture, s.perMille)}
	runes := []rune(picture)
	from, to := 0, len(runes)
	for from < to && !s.isActive(runes[from]) {
		from++
	}
	for to > from && !s.isActive(runes[to-1]) {
		to--
	}
	if from == to {
		p.active, p.mantissa = runes, runes // no active character at all
		return p
	}
	p.prefix, p.suffix, p.active = string(runes[:from]), string(runes[to:]), runes[from:to]
	p.mantissa = p.active
	// The exponent separator counts too where nothing stands behind it.
	if i := firstRune(runes[from:], func(r rune) bool { return r == s.exponent }); i >= 0 && i <= len(p.active) {
		p.mantissa, p.exponent, p.hasExponent = p.active[:i], nil, true
		if i < len(p.active) {
			p.exponent = p.active[i+1:]
		}
	}
	p.integer = p.mantissa
	for i, r := range p.mantissa {
		if r == s.decimal {
			p.integer, p.fraction, p.hasDecimal = p.mantissa[:i], p.mantissa[i+1:], true
			break
		}
	}
	return p
}

func countRunes(runes []rune, is func(rune) bool) int {
	n := 0
	for _, r := range runes {
		if is(r) {
			n++
		}
	}
	return n
}

// check tells what is wrong with a picture. Of several faults the reference
// implementation reports the one that its list of rules names last.
func (s *numberSymbols) check(picture string, p *subPicture) error {
	is := func(c rune) func(rune) bool { return func(r rune) bool { return r == c } }
	runes := []rune(picture)
	percents, milles := strings.Count(picture, s.percent), strings.Count(picture, s.perMille)
	significant := func(r rune) bool { return r == s.digit || s.isDigit(r) }
	passive := func(r rune) bool { return !s.isActive(r) && r != s.exponent }
	integer, fraction := string(p.integer), string(p.fraction)
	group := string(s.grouping)
	optional := firstRune(p.integer, is(s.digit))
	fractional := firstRune(p.fraction, is(s.digit))
	for _, rule := range []struct {
		code   string
		broken bool
	}{
		{"D3093", p.hasExponent && (len(p.exponent) == 0 || countRunes(p.exponent, s.isDigit) != len(p.exponent))},
		{"D3092", p.hasExponent && len(p.exponent) > 0 && percents+milles > 0},
		{"D3091", fractional >= 0 && firstRune(p.fraction[fractional:], s.isDigit) >= 0},
		{"D3090", optional >= 0 && countRunes(p.integer[:optional], s.isDigit) > 0},
		{"D3089", strings.Contains(picture, group+group)},
		{"D3088", !p.hasDecimal && strings.HasSuffix(integer, group)},
		{"D3087", p.hasDecimal && (strings.HasSuffix(integer, group) || strings.HasPrefix(fraction, group))},
		{"D3086", firstRune(p.active, passive) >= 0},
		{"D3085", countRunes(p.mantissa, significant) == 0},
		{"D3084", percents > 0 && milles > 0},
		{"D3083", milles > 1},
		{"D3082", percents > 1},
		{"D3081", countRunes(runes, is(s.decimal)) > 1},
	} {
		if rule.broken {
			return dynamic(rule.code)
		}
	}
	return nil
}

func firstRune(runes []rune, is func(rune) bool) int {
	for i, r := range runes {
		if is(r) {
			return i
		}
	}
	return -1
}

func fnFormatNumber(ev *evaluator, args []value, _ value) (value, error) {
	v := arg(args, 0)
	if v.kind != number {
		return value{}, nil
	}
	s := symbolsOf(arg(args, 2))
	pictures := strings.Split(arg(args, 1).str(), string(s.pattern))
	if len(pictures) > 2 {
		return value{}, dynamic("D3080")
	}
	parts := make([]subPicture, len(pictures))
	for i, picture := range pictures {
		parts[i] = s.split(picture)
		if err := s.check(picture, &parts[i]); err != nil {
			return value{}, err
		}
	}
	p := &parts[0]
	if v.num < 0 {
		if len(parts) == 1 {
			parts[0].prefix = s.minus + parts[0].prefix
		} else {
			p = &parts[1]
		}
	}
	return ev.made(s.format(v.num, p))
}

func (s *numberSymbols) format(v float64, p *subPicture) string {
	abs := math.Abs(v)
	switch {
	case v != v:
		return s.nan
	case math.IsInf(v, 0):
		return p.prefix + s.infinity + p.suffix
	case p.percent:
		abs *= 100
	case p.mille:
		abs *= 1000
	}
	minInteger := countRunes(p.integer, s.isDigit)
	scaling := minInteger
	minFraction := countRunes(p.fraction, s.isDigit)
	maxFraction := countRunes(p.fraction, func(r rune) bool { return s.isDigit(r) || r == s.digit })
	if minInteger == 0 && maxFraction == 0 {
		if p.hasExponent {
			minFraction, maxFraction = 1, 1
		} else {
			minInteger = 1
		}
	}
	if p.hasExponent && minInteger == 0 && countRunes(p.integer, func(r rune) bool { return r == s.digit }) > 0 {
		minInteger = 1
	}
	if minInteger == 0 && minFraction == 0 {
		minFraction = 1
	}
	exponent := 0
	if p.hasExponent {
		abs, exponent = scale(abs, scaling)
	}
	digits := strconv.FormatFloat(roundEven(abs, maxFraction), 'f', maxFraction, 64)
	whole, fraction, _ := strings.Cut(digits, ".")
	whole = strings.TrimLeft(whole, "0")
	if n := minInteger - len(whole); n > 0 {
		whole = strings.Repeat("0", n) + whole
	}
	for len(fraction) > minFraction && fraction[len(fraction)-1] == '0' {
		fraction = fraction[:len(fraction)-1]
	}
	out := p.prefix + s.grouped(whole, p)
	if fraction != "" {
		out += string(s.decimal) + s.groupedFraction(fraction, p)
	}
	if p.hasExponent {
		e := strconv.Itoa(exponent)
		sign := ""
		if exponent < 0 {
			sign, e = s.minus, e[1:]
		}
		if n := len(p.exponent) - len(e); n > 0 {
			e = strings.Repeat("0", n) + e
		}
		out += string(s.exponent) + sign + s.localize(e)
	}
	return out + p.suffix
}

// scale brings a number to so many digits before the decimal point; one too
// great keeps a digit more where it is a power of ten, as in the reference
// implementation.
func scale(f float64, digits int) (float64, int) {
	if f == 0 {
		return 0, 0
	}
	most, least := math.Pow(10, float64(digits)), math.Pow(10, float64(digits-1))
	exponent := 0
	for f < least {
		f *= 10
		exponent--
	}
	for f > most {
		f /= 10
		exponent++
	}
	return f, exponent
}

func (s *numberSymbols) localize(digits string) string {
	out := make([]rune, len(digits))
	for i := range len(digits) {
		out[i] = s.zero + rune(digits[i]-'0')
	}
	return string(out)
}

// positions lists after how many digits the separators stand, counted away
// from the decimal point.
func (s *numberSymbols) positions(part []rune, fromRight bool) []separator {
	var out []separator
	n := 0
	for i := range part {
		r := part[i]
		if fromRight {
			r = part[len(part)-1-i]
		}
		if r == s.grouping {
			out = append(out, separator{n, s.grouping})
		} else {
			n++
		}
	}
	return out
}

func (s *numberSymbols) grouped(whole string, p *subPicture) string {
	f := integerFormat{groups: s.positions(p.integer, true)}
	f.every = regularity(f.groups)
	var out []rune
	for i := range len(whole) {
		if i > 0 {
			out = f.separate(out, len(whole)-i)
		}
		out = append(out, s.zero+rune(whole[i]-'0'))
	}
	return string(out)
}

func (s *numberSymbols) groupedFraction(fraction string, p *subPicture) string {
	groups := s.positions(p.fraction, false)
	var out []rune
	for i := range len(fraction) {
		for _, g := range groups {
			if g.position == i && i > 0 {
				out = append(out, g.char)
			}
		}
		out = append(out, s.zero+rune(fraction[i]-'0'))
	}
	return string(out)
}
