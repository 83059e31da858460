package jsonata

import (
	"math"
	"strconv"
	"strings"
)

// integerStyle is how an integer is written.
type integerStyle uint8

const (
	inDigits integerStyle = iota
	inLetters
	inRoman
	inWords
	inSequence // of symbols not supported
)

type letterCase uint8

const (
	lowerCase letterCase = iota
	upperCase
	titleCase
)

// integerFormat is an integer picture, of XPath's fn:format-integer, taken
// apart.
type integerFormat struct {
	style     integerStyle
	letters   letterCase
	ordinal   bool
	zero      rune
	mandatory int
	optional  int
	every     int // digits between separators, where they are regular
	groups    []separator
	token     string // that no format is known for
	width     int    // digits to read, where another number follows at once
}

type separator struct {
	position int // digits to its right
	char     rune
}

// decimalZeros are the zeros of Unicode's decimal digits.
var decimalZeros = []rune{
	0x30, 0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6, 0x0E50, 0x0ED0,
	0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900,
	0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
}

// parseIntegerPicture reads a picture such as #,##0 or w;o.
func parseIntegerPicture(picture string) (*integerFormat, error) {
	f := &integerFormat{zero: '0'}
	primary := picture
	if i := strings.LastIndexByte(picture, ';'); i >= 0 {
		primary = picture[:i]
		f.ordinal = strings.HasPrefix(picture[i+1:], "o")
	}
	switch primary {
	case "A", "a":
		f.style = inLetters
	case "I", "i":
		f.style = inRoman
	case "W", "w", "Ww":
		f.style = inWords
	default:
		return f, f.digits(primary)
	}
	switch {
	case primary == "Ww":
		f.letters = titleCase
	case primary[0] < 'a':
		f.letters = upperCase
	}
	return f, nil
}

func (f *integerFormat) digits(primary string) error {
	runes := []rune(primary)
	position, zero := 0, rune(-1)
	for i := len(runes) - 1; i >= 0; i-- {
		r := runes[i]
		family := rune(-1)
		for _, z := range decimalZeros {
			if r >= z && r <= z+9 {
				family = z
			}
		}
		switch {
		case family >= 0:
			if zero >= 0 && zero != family {
				return dynamic("D3131")
			}
			zero = family
			f.mandatory++
			position++
		case r == '#':
			f.optional++
			position++
		default:
			f.groups = append(f.groups, separator{position, r})
		}
	}
	if f.mandatory == 0 {
		f.style, f.token = inSequence, primary
		return nil
	}
	f.zero = zero
	f.every = regularity(f.groups)
	return nil
}

// regularity gives the distance at which separators repeat, 0 if they don't.
func regularity(groups []separator) int {
	if len(groups) == 0 {
		return 0
	}
	factor := 0
	for _, g := range groups {
		if g.char != groups[0].char {
			return 0
		}
		for a, b := factor, g.position; ; a, b = b, a%b {
			if b == 0 {
				factor = a
				break
			}
		}
	}
	for i := 1; i <= len(groups); i++ {
		found := false
		for _, g := range groups {
			found = found || g.position == i*factor
		}
		if !found {
			return 0
		}
	}
	return factor
}

// maxRoman bounds Roman numerals, whose length grows with the number.
const maxRoman = 1e6

func (f *integerFormat) format(v float64) (string, error) {
	v = math.Floor(v)
	negative := v < 0
	v = math.Abs(v)
	var s string
	switch f.style {
	case inLetters:
		s = toLetters(v, f.letters)
	case inRoman:
		if v > maxRoman {
			return "", dynamicValue("D1001", numberOf(v))
		}
		s = toRoman(int(v))
		if f.letters == upperCase {
			s = strings.ToUpper(s)
		}
	case inWords:
		s = toWords(v, f.ordinal)
		switch f.letters {
		case upperCase:
			s = strings.ToUpper(s)
		case lowerCase:
			s = strings.ToLower(s)
		}
	case inDigits:
		s = f.formatDigits(v)
	default:
		return "", dynamicValue("D3130", textOf(f.token))
	}
	if negative {
		s = "-" + s
	}
	return s, nil
}

func (f *integerFormat) formatDigits(v float64) string {
	s := strconv.FormatFloat(v, 'f', -1, 64)
	if n := f.mandatory - len(s); n > 0 {
		s = strings.Repeat("0", n) + s
	}
	suffix := ""
	if f.ordinal {
		suffix = ordinalSuffix(s)
	}
	var out []rune
	for i := range len(s) {
		if i > 0 || f.every == 0 {
			out = f.separate(out, len(s)-i)
		}
		out = append(out, f.zero+rune(s[i]-'0'))
	}
	return string(f.separate(out, 0)) + suffix
}

// separate appends the separators that stand before so many digits.
func (f *integerFormat) separate(out []rune, right int) []rune {
	if f.every > 0 {
		if right > 0 && right%f.every == 0 {
			out = append(out, f.groups[0].char)
		}
		return out
	}
	for i := len(f.groups) - 1; i >= 0; i-- { // they were found from the right
		if f.groups[i].position == right {
			out = append(out, f.groups[i].char)
		}
	}
	return out
}

func ordinalSuffix(digits string) string {
	if len(digits) < 2 || digits[len(digits)-2] != '1' {
		switch digits[len(digits)-1] {
		case '1':
			return "st"
		case '2':
			return "nd"
		case '3':
			return "rd"
		}
	}
	return "th"
}

// parse reads an integer written in the format; ok is false where it is not.
func (f *integerFormat) parse(s string) (_ float64, ok bool, err error) {
	switch f.style {
	case inLetters:
		v := 0.0
		for _, r := range strings.ToUpper(s) {
			if r < 'A' || r > 'Z' {
				return 0, false, nil
			}
			v = v*26 + float64(r-'A'+1)
		}
		return v, true, nil
	case inRoman:
		v, ok := fromRoman(strings.ToLower(s))
		return v, ok, nil
	case inWords:
		v, ok := fromWords(strings.ToLower(s))
		return v, ok, nil
	case inSequence:
		return 0, false, dynamicValue("D3130", textOf(f.token))
	}
	if f.ordinal && len(s) > 2 {
		s = s[:len(s)-2]
	}
	v, some := 0.0, false
	s = strings.TrimLeft(s, " \t\r\n")
	negative := strings.HasPrefix(s, "-")
	for _, r := range strings.TrimPrefix(s, "-") {
		switch {
		case r >= f.zero && r <= f.zero+9:
			v, some = v*10+float64(r-f.zero), true
		case f.isSeparator(r):
		default:
			if negative {
				v = -v
			}
			return v, some, nil // what follows the digits is ignored
		}
	}
	if negative {
		v = -v
	}
	return v, some, nil
}

func (f *integerFormat) isSeparator(r rune) bool {
	for _, g := range f.groups {
		if g.char == r {
			return true
		}
	}
	return false
}

func toLetters(v float64, c letterCase) string {
	first := byte('a')
	if c == upperCase {
		first = 'A'
	}
	var out []byte
	for v > 0 {
		out = append(out, first+byte(math.Mod(v-1, 26)))
		v = math.Floor((v - 1) / 26)
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return string(out)
}

var romans = []struct {
	value int
	text  string
}{
	{1000, "m"}, {900, "cm"}, {500, "d"}, {400, "cd"}, {100, "c"}, {90, "xc"}, {50, "l"}, {40, "xl"}, {10, "x"}, {9, "ix"}, {5, "v"}, {4, "iv"}, {1, "i"},
}

func toRoman(v int) string {
	var out strings.Builder
	for _, r := range romans {
		for v >= r.value {
			out.WriteString(r.text)
			v -= r.value
		}
	}
	return out.String()
}

func fromRoman(s string) (float64, bool) {
	total, most := 0, 0
	for i := len(s) - 1; i >= 0; i-- {
		v := 0
		for _, r := range romans {
			if r.text == s[i:i+1] {
				v = r.value
			}
		}
		switch {
		case v == 0:
			return 0, false
		case v < most:
			total -= v
		default:
			most = v
			total += v
		}
	}
	return float64(total), true
}

func fnFormatInteger(_ *evaluator, args []value, _ value) (value, error) {
	v := arg(args, 0)
	if v.kind != number {
		return value{}, nil
	}
	f, err := parseIntegerPicture(arg(args, 1).str())
	if err != nil {
		return value{}, err
	}
	s, err := f.format(v.num)
	return textOf(s), err
}

func fnParseInteger(_ *evaluator, args []value, _ value) (value, error) {
	v := arg(args, 0)
	if v.kind != text {
		return value{}, nil
	}
	f, err := parseIntegerPicture(arg(args, 1).str())
	if err != nil {
		return value{}, err
	}
	n, ok, err := f.parse(v.str())
	if err != nil || !ok {
		return value{}, err
	}
	return numberOf(n), nil
}
